// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/table.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "inventory/text/csv.hpp"

namespace cradle::inventory {

NumberStyle NumberStyle::of(std::string_view head, char separator) {
  NumberStyle style{separator, false};
  if (separator == ',') return style;
  for (std::size_t at = head.find(','); at != std::string_view::npos && !style.decimal_comma; at = head.find(',', at + 1))
    style.decimal_comma = at > 0 && at + 1 < head.size() && std::isdigit(static_cast<unsigned char>(head[at - 1])) != 0 &&
                          std::isdigit(static_cast<unsigned char>(head[at + 1])) != 0;
  return style;
}

std::optional<double> NumberStyle::read(std::string_view text) const {
  const std::size_t comma = text.rfind(',');
  const bool one_comma = comma != std::string_view::npos && text.find(',') == comma;
  if (!decimal_comma && !one_comma) return log_number(text);
  if (!decimal_comma && text.size() - comma - 1 == 3) return std::nullopt;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == ',')
      plain += i == comma && one_comma ? "." : "?";
    else if (text[i] != '.' || !decimal_comma)
      plain += text[i];
  return log_number(plain);
}

LogTable::LogTable(std::string_view text) {
  read_csv(text, [&](CsvRow& row) {
    if (!header.empty()) {
      rows.push_back(std::move(row.cells));
      lines.push_back(row.line);
      return;
    }
    header = std::move(row.cells);
    for (std::size_t i = 0; i < header.size(); ++i)
      if (!trimmed(header[i]).empty()) column.emplace(header_name(header[i]), i);
  });
}

Result<void> LogTable::keep_wanted(const LogInput& input, Draft& draft, const std::string& project,
                                   const std::string& run) {
  draft.selects = true;
  const LogPartWanted& part = input.options.part;
  std::map<std::string, std::string> wanted;
  for (const auto& [name, value] : part.where) wanted[header_name(name)] = value;
  if (!part.project.empty()) wanted[project] = part.project;
  if (!part.run_id.empty()) wanted[run] = part.run_id;
  if (wanted.empty()) return {};
  for (const auto& [name, value] : wanted)
    if (!has(name)) return log_failure(input, "E063", fmt::format("there is no column '{}' to choose rows by", name));
  const std::size_t all = rows.size();
  std::size_t kept = 0;
  for (std::size_t r = 0; r < all; ++r) {
    const bool is_wanted = std::all_of(wanted.begin(), wanted.end(),
                                       [&](const auto& one) { return trimmed(cell(rows[r], one.first)) == one.second; });
    if (!is_wanted) continue;
    if (kept != r) {
      rows[kept] = std::move(rows[r]);
      lines[kept] = lines[r];
    }
    ++kept;
  }
  rows.resize(kept);
  lines.resize(kept);
  if (kept == 0) {
    std::vector<std::string> names;
    for (const auto& [name, value] : wanted) names.push_back(fmt::format("{} = {}", name, value));
    return log_failure(input, "E060", fmt::format("no usable row: none of {} has {}", all, fmt::join(names, ", ")));
  }
  draft.notes.push_back(fmt::format("{} of {} rows are those that are asked for", kept, all));
  return {};
}

const std::string& LogTable::cell(const std::vector<std::string>& row, const std::string& name) const {
  static const std::string none;
  const auto found = column.find(name);
  return found == column.end() || found->second >= row.size() ? none : row[found->second];
}

std::optional<double> LogTable::number(const std::vector<std::string>& row, const std::string& name) const {
  return log_number(cell(row, name));
}

}  // namespace cradle::inventory
