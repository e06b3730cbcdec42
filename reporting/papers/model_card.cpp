// SPDX-License-Identifier: Apache-2.0
#include "reporting/papers/model_card.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "reporting/papers/paper_view.hpp"
#include "reporting/rounding.hpp"
#include "reporting/template_engine.hpp"
#include "reporting/view.hpp"

namespace cradle::reporting {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size() - 1);
    lines.push_back(text.substr(at, end - at + 1));
    at = end + 1;
  }
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

/// "---" of a YAML block, whatever ends its line.
bool is_fence(const std::string& line) { return line.starts_with("---") && line.find_first_not_of("-\r\n ") == std::string::npos; }

/// Level of a heading, 0 for other lines.
std::size_t heading_level(const std::string& line) {
  const auto marks = line.find_first_not_of('#');
  return marks != std::string::npos && marks > 0 && marks <= 6 && line[marks] == ' ' ? marks : 0;
}

bool is_heading(const std::string& line, const std::string& words) {
  const auto level = heading_level(line);
  if (level == 0) return false;
  auto text = line.substr(level + 1);
  text.erase(text.find_last_not_of("\r\n #") + 1);
  return text == words;
}

void put_metadata(Lines& lines, const std::string& key, const std::string& metadata) {
  std::size_t end = 0;
  if (!lines.empty() && is_fence(lines.front()))
    for (std::size_t i = 1; i < lines.size() && end == 0; ++i)
      if (is_fence(lines[i])) end = i;
  if (end == 0) {
    lines.insert(lines.begin(), "---\n" + metadata + "---\n");
    return;
  }
  for (std::size_t i = 1; i < end; ++i) {
    if (!lines[i].starts_with(key + ":")) continue;
    std::size_t last = i + 1;
    while (last < end && (lines[last].starts_with(" ") || lines[last].starts_with("\t"))) ++last;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i), lines.begin() + static_cast<std::ptrdiff_t>(last));
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), metadata);
    return;
  }
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(end), metadata);
}

void put_section(Lines& lines, const std::string& heading, const std::string& section) {
  bool code = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("```")) code = !code;
    if (code || !is_heading(lines[i], heading)) continue;
    const auto level = heading_level(lines[i]);
    std::size_t last = i + 1;
    for (bool inside = false; last < lines.size(); ++last) {
      if (lines[last].starts_with("```")) inside = !inside;
      const auto other = heading_level(lines[last]);
      if (!inside && other > 0 && other <= level) break;
    }
    const bool followed = last < lines.size();
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i), lines.begin() + static_cast<std::ptrdiff_t>(last));
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), std::string(level, '#') + section.substr(section.find(' ')) + (followed ? "\n" : ""));
    return;
  }
  if (!lines.empty() && !lines.back().ends_with("\n")) lines.back() += "\n";
  lines.push_back((lines.empty() ? "" : "\n") + section);
}

/// A YAML string in double quotes.
std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string training_type(const Disclosure& d) {
  for (const auto& [name, model] : d.study().models)
    if (model.base) return "fine-tuning";
  const auto holds = [&](std::string_view word) { return d.study().title.find(word) != std::string::npos; };
  return holds("ine-tun") ? "fine-tuning" : "pre-training";
}

}  // namespace

std::string merge_card(std::string card, const std::string& key, const std::string& metadata, const std::string& heading,
                       const std::string& section) {
  Lines lines = lines_of(card);
  put_metadata(lines, key, metadata);
  lines = lines_of(joined(lines));
  put_section(lines, heading, section);
  return joined(lines);
}

Result<std::string> write_model_card(const Disclosure& d, const WriteOptions& options) {
  const auto& operational = d.figure("ghg.operational");
  if (!operational.value)
    return failure({"R17", "a model card needs the operational emissions, and they are not estimated: " + operational.reason,
                    "state the energy of the runs and the grid of their sites, or write another target"});
  const auto paper = paper_view(d);
  const double grams = *operational.value * 1000;
  const double place = grams > 0 ? std::pow(10, std::floor(std::log10(grams)) - 2) : 1;
  std::string metadata = fmt::format("co2_eq_emissions:\n  emissions: {}\n  source: {}\n  training_type: {}\n  geographical_location: {}\n  hardware_used: {}\n",
                                     fmt::format("{:.12g}", std::round(grams / place) * place),
                                     quoted(d.tool + ", operational emissions, location-based, for " + d.compiled().functional_unit + "; embodied ones in the text"),
                                     quoted(training_type(d)), quoted(paper["regions"].get<std::string>()),
                                     quoted(paper["devices"].get<std::string>()));
  auto text = load_template("card.md", options.templates);
  if (!text) return tl::unexpected(std::move(text.error()));
  nlohmann::ordered_json view = make_view(d, options);
  view["paper"] = paper;
  auto section = render_template("card.md", *text, view, escape_markdown);
  if (!section) return section;
  return merge_card(options.existing, "co2_eq_emissions", metadata, "Environmental Impact", *section);
}

}  // namespace cradle::reporting
