// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reporting/calculation.hpp"
#include "reporting/charts.hpp"
#include "reporting/rounding.hpp"
#include "reporting/sheet.hpp"
#include "reporting/template_engine.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

Figure figure(double value, const std::string& unit, std::optional<double> low = {}, std::optional<double> high = {}) {
  Figure f;
  f.status = Status::estimated;
  f.value = value;
  f.unit = unit;
  f.low = low;
  f.high = high;
  return f;
}

}  // namespace

TEST_CASE("figures are rounded in one place, by rule") {
  // three digits for CO2e, four for energy, units by magnitude
  CHECK(print(figure(50533.5, "kg CO2e")).text() == "50.5 t CO2e");
  CHECK(print(figure(652.36, "kg CO2e")).text() == "652 kg CO2e");
  CHECK(print(figure(0.000096, "kg CO2e")).text() == "0.0960 g CO2e");
  CHECK(print(figure(999.7, "kg CO2e")).text() == "1.00 t CO2e");
  CHECK(print(figure(1506.83, "kWh")).text() == "1,507 kWh");
  CHECK(print(figure(689842, "kWh")).text() == "689.8 MWh");
  CHECK(print(figure(1082990, "h")).text() == "1,083,000 h");
  // beside an interval: half-width to two digits, value to the same place, never more than the cap
  const auto printed = print(figure(12345.6, "kg CO2e", 9812.0, 16087.0));
  CHECK(printed.text() == "12.3 t CO2e");
  CHECK(printed.range == "9.8 to 16.1");
  CHECK(print(figure(75211, "kg CO2e", 40000, 120000)).text() == "75 t CO2e");
}

TEST_CASE("five words where a number is not there, and zero is one of them") {
  for (const auto& [status, word] : {std::pair{Status::zero, "0"},
                                     {Status::not_applicable, "not applicable"},
                                     {Status::not_estimated, "not estimated"},
                                     {Status::below_cutoff, "below cut-off"},
                                     {Status::withheld, "withheld"}}) {
    Figure f;
    f.status = status;
    f.unit = "kg CO2e";
    CHECK(print(f).value == word);
  }
}

TEST_CASE("templates are strict: an unknown name is an error with a suggestion") {
  const nlohmann::ordered_json view = {
      {"title", "a <b>"}, {"rows", {{{"name", "x"}}}}, {"none", nlohmann::ordered_json::array()}};
  CHECK(*render_template("t", "{{title}}{{#rows}}, {{name}}{{/rows}}{{^none}}!{{/none}}", view, escape_html) ==
        "a &lt;b&gt;, x!");
  const auto unknown = render_template("t", "one\n  {{titel}}", view, escape_html);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().front().code == "E071");
  CHECK(unknown.error().front().place.line == 2);
  CHECK(unknown.error().front().hint == "did you mean 'title'?");
  CHECK_FALSE(render_template("t", "{{#rows}}", view, escape_html));
}

TEST_CASE("user text cannot break out of HTML or Markdown") {
  CHECK(escape_html("</script><b a=\"x\">&") == "&lt;/script&gt;&lt;b a=&quot;x&quot;&gt;&amp;");
  CHECK(escape_markdown("a|b *c* `d`\n# e <f>") == "a\\|b \\*c\\* \\`d\\` \\# e \\<f\\>");
}

TEST_CASE("charts are the same bytes every time and carry a name") {
  const std::string data =
      R"({"unit":"t","rows":[{"name":"a","operational":1,"embodied":0,"label":"1"}],"total":null})";
  const auto once = ChartPainter().draw("stages", data, "c", "title <1>", "words");
  CHECK(once == ChartPainter().draw("stages", data, "c", "title <1>", "words"));
  CHECK(once.find("role=\"img\" aria-labelledby=\"c-title c-desc\"") != std::string::npos);
  CHECK(once.find("title &lt;1&gt;") != std::string::npos);
  CHECK(once.find("<script") == std::string::npos);
  CHECK(once.find("http://www.w3.org") != std::string::npos);
  CHECK_THROWS(ChartPainter().draw("stages", "{", "c", "", ""));
}

TEST_CASE("spreadsheet names and columns") {
  lca::Parameters parameters;
  for (const char* name : {"sites.my site.pue", "sites.my-site.pue", "sites.MY_SITE.pue"}) {
    lca::Parameter p;
    p.name = name;
    parameters.add(p);
  }
  CHECK(defined_names(parameters) ==
        std::vector<std::string>{"in_sites.my_site.pue", "in_sites.my_site.pue_2", "in_sites.MY_SITE.pue_3"});
  CHECK(column_letters(0) == "A");
  CHECK(column_letters(25) == "Z");
  CHECK(column_letters(26) == "AA");
  CHECK(column_letters(701) == "ZZ");
  CHECK(column_letters(702) == "AAA");
}

TEST_CASE("text of a cell is cut between characters and holds nothing that XML forbids") {
  const std::string euro = "\xe2\x82\xac";
  CHECK(text_for_xml(euro + euro, 5) == euro);
  CHECK(text_for_xml(euro + euro, 6) == euro + euro);
  CHECK(text_for_xml(std::string("a\x01") + "b\tc\xef\xbf\xbe" + "d", 100) == "ab\tcd");
}
