// SPDX-License-Identifier: Apache-2.0
#include "reporting/papers/model_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "inventory/text/document.hpp"
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

/// The line of a block of code's edge: three or more ` or ~; '\0' for other lines.
char code_edge(const std::string& line) { return line.starts_with("```") ? '`' : line.starts_with("~~~") ? '~' : '\0'; }

/// Words of a heading without its marks, anchor and emphasis, in lower case.
std::string plain(std::string text) {
  text.erase(0, text.find_first_not_of("# "));
  if (const auto anchor = text.find("{#"); anchor != std::string::npos) text.erase(anchor);
  std::erase_if(text, [](char c) { return c == '*' || c == '_' || c == '\r' || c == '\n'; });
  text.erase(text.find_last_not_of("# ") + 1);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Level of the heading that begins at a line, 0 where none does; a line of = or - under it makes one, too.
std::size_t heading_level(const Lines& lines, std::size_t i) {
  const auto marks = lines[i].find_first_not_of('#');
  if (marks != std::string::npos && marks > 0 && marks <= 6 && lines[i][marks] == ' ') return marks;
  if (i + 1 >= lines.size() || plain(lines[i]).empty()) return 0;
  const auto& under = lines[i + 1];
  const auto only = [&](char c) { return under.starts_with(std::string(1, c)) && under.find_first_not_of(std::string(1, c) + " \r\n") == std::string::npos; };
  return only('=') ? 1 : only('-') && under.size() > 3 ? 2 : 0;
}

/// Whether a line of YAML is a key of the top: `key:`, quoted or not.
bool is_key(std::string line, const std::string& key) {
  std::erase_if(line, [](char c) { return c == '"' || c == '\''; });
  if (!line.starts_with(key)) return false;
  const auto after = line.find_first_not_of(" \t", key.size());
  return after != std::string::npos && line[after] == ':';
}

/// Lines that go on with the value of a key: indented ones, items of a list; blank lines and remarks between them.
std::size_t end_of_value(const Lines& lines, std::size_t from, std::size_t end) {
  std::size_t last = from;
  for (std::size_t i = from; i < end; ++i) {
    const char first = lines[i].empty() ? '\n' : lines[i].front();
    if (first == ' ' || first == '\t' || lines[i].starts_with("- ") || lines[i].starts_with("-\n")) {
      if (lines[i].find_first_not_of(" \t\r\n") != std::string::npos) last = i + 1;
    } else if (first != '#' && first != '\n' && first != '\r') {
      break;
    }
  }
  return last;
}

/// False where a block of metadata is begun and never ended.
bool put_metadata(Lines& lines, const std::string& key, const std::string& metadata) {
  if (lines.empty() || !is_fence(lines.front())) {
    lines.insert(lines.begin(), "---\n" + metadata + "---\n");
    return true;
  }
  std::size_t end = 0;
  for (std::size_t i = 1; i < lines.size() && end == 0; ++i)
    if (is_fence(lines[i])) end = i;
  if (end == 0) return false;
  for (std::size_t i = 1; i < end; ++i) {
    if (!is_key(lines[i], key)) continue;
    const auto at = lines.begin() + static_cast<std::ptrdiff_t>(i);
    lines.erase(at, lines.begin() + static_cast<std::ptrdiff_t>(end_of_value(lines, i + 1, end)));
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), metadata);
    return true;
  }
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(end), metadata);
  return true;
}

void put_section(Lines& lines, const std::string& heading, const std::string& section) {
  char code = '\0';
  const auto step_over = [&](const std::string& line) {
    const char edge = code_edge(line);
    if (edge != '\0' && (code == '\0' || code == edge)) code = code == '\0' ? edge : '\0';
    return code != '\0' || edge != '\0';
  };
  // Metadata is no text: its lines are no headings.
  std::size_t first = 0;
  if (!lines.empty() && is_fence(lines.front()))
    for (std::size_t i = 1; i < lines.size() && first == 0; ++i)
      if (is_fence(lines[i])) first = i + 1;
  for (std::size_t i = first; i < lines.size(); ++i) {
    if (step_over(lines[i])) continue;
    const auto level = heading_level(lines, i);
    if (level == 0 || plain(lines[i]) != plain(heading)) continue;
    std::size_t last = i + 1;
    if (!lines[i].starts_with("#")) ++last;  // the line under it
    for (; last < lines.size(); ++last) {
      if (step_over(lines[last])) continue;
      const auto other = heading_level(lines, last);
      if (other > 0 && other <= level) break;
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
  // Of what is served per token or request it would be read as the training's own emissions.
  if (!d.study().boundary || !d.study().boundary->includes("training") || !d.study().services.empty()) return "";
  bool tuned = d.study().title.find("ine-tun") != std::string::npos;
  for (const auto& [name, model] : d.study().models) tuned = tuned || model.base.has_value();
  return fmt::format("  training_type: {}\n", quoted(tuned ? "fine-tuning" : "pre-training"));
}

}  // namespace

Result<std::string> merge_card(std::string card, const std::string& key, const std::string& metadata, const std::string& heading,
                               const std::string& section) {
  const auto unsafe = [](std::string what) {
    return failure({"R17", "the card that is there cannot be changed safely: " + std::move(what), "mend its metadata, or write to a new file"});
  };
  const std::string mark = card.starts_with("\xEF\xBB\xBF") ? card.substr(0, 3) : "";
  card.erase(0, mark.size());
  const bool crlf = card.find("\r\n") != std::string::npos;
  const auto in_its_lines = [&](std::string text) {
    for (std::size_t at = 0; crlf && (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
    return text;
  };
  Lines lines = lines_of(card);
  if (!put_metadata(lines, key, in_its_lines(metadata))) return unsafe("its block of metadata does not end");
  lines = lines_of(joined(lines));
  put_section(lines, heading, in_its_lines(section));
  std::string merged = joined(lines);
  // Read back: the metadata is YAML still, and says what was put there, once.
  const auto start = merged.find('\n') + 1, end = merged.find("\n---", start - 1);
  const auto document = inventory::Document::parse(merged.substr(start, end + 1 - start), "card");
  if (!document) return unsafe("its metadata " + document.error().front().message);
  const auto* put = document->root().find(key);
  const auto* grams = put == nullptr ? nullptr : put->find("emissions");
  if (grams == nullptr || metadata.find("emissions: " + grams->text + "\n") == std::string::npos) return unsafe("its metadata has '" + key + "' in a form that is not understood");
  return mark + merged;
}

Result<std::string> write_model_card(const Disclosure& d, const WriteOptions& options) {
  const auto& operational = d.figure("ghg.operational");
  if (!operational.value)
    return failure({"R17", "a model card needs the operational emissions, and they are not estimated: " + operational.reason,
                    "state the energy of the runs and the grid of their sites, or write another target"});
  const auto paper = paper_view(d);
  const double grams = *operational.value * 1000;
  const double place = grams > 0 ? std::pow(10, std::floor(std::log10(grams)) - 2) : 1;
  std::string metadata = fmt::format("co2_eq_emissions:\n  emissions: {}\n  source: {}\n{}  geographical_location: {}\n  hardware_used: {}\n",
                                     fmt::format("{:.12g}", std::round(grams / place) * place),
                                     quoted(d.tool + ", operational emissions, location-based, for " + d.compiled().functional_unit + "; embodied ones in the text"),
                                     training_type(d), quoted(paper["regions"].get<std::string>()),
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
