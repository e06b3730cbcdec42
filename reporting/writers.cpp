// SPDX-License-Identifier: Apache-2.0
#include "reporting/writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "reporting/charts.hpp"
#include "reporting/inference/training_use.hpp"
#include "reporting/papers/paper_writers.hpp"
#include "reporting/targets/target.hpp"
#include "reporting/pictures.hpp"
#include "reporting/result_json.hpp"
#include "reporting/template_engine.hpp"
#include "reporting/view.hpp"
#include "reporting/workbook.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// CO2 with its subscript; the argument is escaped here.
std::string unit_html(const std::string& unit) {
  std::string text = escape_html(unit);
  replace_all(text, "CO2e", "CO<sub>2</sub>e");
  return text;
}

/// Inside <script> nothing may look like an end tag or a comment.
std::string json_for_script(std::string json) {
  replace_all(json, "<", "\\u003c");
  return json;
}

Json draw(ChartPainter& painter, const Picture& picture, const std::string& id) {
  return {{"title", picture.title},
          {"subtitle", picture.subtitle},
          {"svg", painter.draw(picture.kind, picture.data, id, picture.title, picture.description)}};
}

Result<std::string> write_html(const Disclosure& d, const WriteOptions& options) {
  auto text = load_template("report.html", options.templates);
  auto css = load_template("report.css", options.templates);
  if (!text) return tl::unexpected(std::move(text.error()));
  if (!css) return tl::unexpected(std::move(css.error()));
  Json view = make_view(d, options);
  ChartPainter painter;
  view["css"] = *css;
  view["headline"]["unit_html"] = unit_html(view["headline"]["unit"].get<std::string>());
  view["charts"] = {{"stages", draw(painter, stage_picture(d), "chart-stages")},
                    {"sankey", draw(painter, sankey_picture(d), "chart-sankey")},
                    {"intervals", Json::array()}};
  // The rows of the table stand in the order of training_uses.
  const auto uses = training_uses(d);
  for (std::size_t i = 0; i < uses.size(); ++i)
    if (uses[i].lifetime && uses[i].emissions.break_even())
      view["training"]["rows"][i]["charts"].push_back(
          draw(painter, break_even_picture(uses[i]), fmt::format("chart-training-{}", i + 1)));
  if (const auto picture = interval_picture(d); !picture.kind.empty())
    view["charts"]["intervals"].push_back(draw(painter, picture, "chart-intervals"));
  view["ledger"] = json_for_script(embedded_result_json(d));
  return render_template("report.html", *text, view, escape_html);
}

Result<std::string> write_markdown(const Disclosure& d, const WriteOptions& options) {
  auto text = load_template("report.md", options.templates);
  if (!text) return tl::unexpected(std::move(text.error()));
  return render_template("report.md", *text, make_view(d, options), escape_markdown);
}

}  // namespace

const std::vector<Writer>& writers() {
  static const std::vector<Writer> all = [] {
    std::vector<Writer> table = {
      {"html", ".html", "the whole disclosure as one page, charts in it", write_html},
      {"markdown", ".md", "the whole disclosure as text", write_markdown},
      {"workbook", ".xlsx", "the calculation as live formulas", write_workbook},
      {"result", ".json", "the result for programs (docs/schema/result.schema.json)",
       [](const Disclosure& d, const WriteOptions&) -> Result<std::string> { return write_result_json(d); }},
    };
    for (auto& writer : paper_writers()) table.push_back(std::move(writer));
    for (auto& writer : target_writers()) table.push_back(std::move(writer));
    return table;
  }();
  return all;
}

OutputName output_name(const std::string& output) {
  const auto colon = output.find(':');
  const bool named = colon != std::string::npos && colon > 0 && output.find_first_of("/.") > colon;
  return named ? OutputName{output.substr(0, colon), output.substr(colon + 1)} : OutputName{"", output};
}

const Writer* find_writer(const OutputName& output) {
  const auto extension = std::filesystem::path(output.path).extension();
  const auto found = std::find_if(writers().begin(), writers().end(), [&](const Writer& writer) {
    return extension == writer.extension && (output.target.empty() ? !writer.by_name_only : output.target == writer.id);
  });
  return found == writers().end() ? nullptr : &*found;
}

}  // namespace cradle::reporting
