// SPDX-License-Identifier: Apache-2.0
#include "reporting/papers/paper_writers.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "reporting/papers/model_card.hpp"
#include "reporting/papers/paper_view.hpp"
#include "reporting/template_engine.hpp"
#include "reporting/view.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

auto rendered(const std::string& name, Escape escape) {
  return [name, escape](const Disclosure& d, const WriteOptions& options) -> Result<std::string> {
    auto text = load_template(name, options.templates);
    if (!text) return tl::unexpected(std::move(text.error()));
    Json view = make_view(d, options);
    view["paper"] = paper_view(d);
    if (name.ends_with(".html")) {
      auto css = load_template("report.css", options.templates);
      if (!css) return tl::unexpected(std::move(css.error()));
      view["css"] = *css;
    }
    return render_template(name, *text, view, escape);
  };
}

/// The next code point of UTF-8; malformed bytes count as one each.
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  if (length > text.size() || length == 1) {
    text.remove_prefix(1);
    return first;
  }
  std::uint32_t point = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (byte(i) & 0x3F);
  text.remove_prefix(length);
  return point;
}

}  // namespace

std::string escape_latex(const std::string& text) {
  static const std::map<std::uint32_t, const char*> commands = {
      {'\\', "\\textbackslash{}"}, {'{', "\\{"},  {'}', "\\}"}, {'%', "\\%"}, {'$', "\\$"}, {'&', "\\&"}, {'#', "\\#"},
      {'_', "\\_"}, {'~', "\\textasciitilde{}"}, {'^', "\\textasciicircum{}"}, {'<', "\\textless{}"}, {'>', "\\textgreater{}"},
      {'|', "\\textbar{}"}, {'"', "''"}, {'\n', " "}, {'\r', " "}, {0x00A0, "~"}, {0x2013, "--"}, {0x2014, "---"}, {0x2018, "`"},
      {0x2019, "'"}, {0x201C, "``"}, {0x201D, "''"}, {0x2026, "\\dots{}"}, {0x00D7, "$\\times$"}, {0x00B1, "$\\pm$"},
      {0x2264, "$\\leq$"}, {0x2265, "$\\geq$"}, {0x00B5, "$\\mu$"}, {0x00B7, "$\\cdot$"}, {0x00B0, "$^\\circ$"}, {0x00B2, "$^2$"},
      {0x00B3, "$^3$"}, {0x2082, "$_2$"}, {0x20AC, "EUR"}, {0x202F, "\\,"}, {0x2009, "\\,"}};
  std::string escaped;
  std::string_view rest = text;
  while (!rest.empty()) {
    if (rest.starts_with("CO2e")) {
      escaped += "CO\\textsubscript{2}e";
      rest.remove_prefix(4);
      continue;
    }
    const std::string_view before = rest;
    const auto point = take_code_point(rest);
    if (const auto command = commands.find(point); command != commands.end())
      escaped += command->second;
    else if (point >= 0x20 && point < 0x7F)
      escaped += static_cast<char>(point);
    else if (point >= 0xC0 && point < 0x180)
      escaped += before.substr(0, before.size() - rest.size());  // letters of T1
    else if (point >= 0x20)
      escaped += fmt::format("[U+{:04X}]", point);
  }
  return escaped;
}

std::vector<Writer> paper_writers() {
  std::vector<Writer> all = {{"short", ".md", "one page: total, runs, hardware, grid, exclusions, method, how to cite", rendered("short.md", escape_markdown)},
          {"short", ".html", "the same as a page", rendered("short.html", escape_html)},
          {"short", ".tex", "the same for LaTeX (booktabs), to be read in with \\input", rendered("short.tex", escape_latex)},
          {"paper", ".tex", "appendix for LaTeX: statement, compute, footprint by stage, method, exclusions", rendered("paper.tex", escape_latex)},
          {"neurips", ".tex", "answer to the NeurIPS checklist on compute", rendered("neurips.tex", escape_latex)},
          {"acl", ".tex", "answer to the ACL checklist, C1", rendered("acl.tex", escape_latex)},
          {"hf", ".md", "model card of Hugging Face; a card that is there keeps all but its footprint", write_model_card}};
  for (auto& writer : all) {
    writer.by_name_only = writer.id != "paper";
    writer.keeps_existing = writer.id == "hf";
  }
  return all;
}

}  // namespace cradle::reporting
