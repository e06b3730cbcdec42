// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/csv_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

constexpr std::size_t most_errors = 100;  // nobody reads more, and a broken file may have millions

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// All of a text as a number.
template <typename Number>
bool read_whole(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

CsvReader::CsvReader(std::string path, std::string code, Findings& findings)
    : path_(std::move(path)), code_(std::move(code)), findings_(findings) {}

void CsvReader::read(const std::vector<std::string>& wanted, const std::vector<std::string>& known,
                     const std::function<void(const CsvRow&)>& use) {
  const auto text = read_text_file(path_, largest_csv_file);
  if (!text) {
    findings_.insert(findings_.end(), text.error().begin(), text.error().end());
    return;
  }
  if (const auto reason = not_text(*text)) {
    findings_.push_back({"E003", *reason, "save the file as UTF-8", {path_, 0, 0, 1}});
    return;
  }
  bool header = true;
  read_csv(*text, [&](CsvRow& row) {
    if (!header) return use(row);
    header = false;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto name = header_name(row.cells[i]);
      columns_[name] = i;
      if (!known.empty() && !contains(wanted, name) && !contains(known, name))
        warn("W112", row, fmt::format("column '{}' is not known and not read", name), did_you_mean(name, known));
    }
    for (const auto& name : wanted)
      if (columns_.count(name) == 0) wrong(row, fmt::format("the header has no column '{}'", name), "");
  });
}

std::string_view CsvReader::cell(const CsvRow& row, std::string_view column) const {
  const auto found = columns_.find(column);
  return found == columns_.end() || found->second >= row.cells.size() ? std::string_view() : row.cells[found->second];
}

double CsvReader::number(const CsvRow& row, std::string_view column) {
  const auto text = trimmed(cell(row, column));
  double value = std::numeric_limits<double>::quiet_NaN();
  if (text.empty() || read_whole(text, value)) return value;
  wrong(row, fmt::format("'{}' in column '{}' is no number", text, column), "");
  return std::numeric_limits<double>::quiet_NaN();
}

std::optional<int> CsvReader::index(const CsvRow& row, std::string_view column, int size, std::string_view of) {
  const auto text = trimmed(cell(row, column));
  int value = -1;
  if (read_whole(text, value) && value >= 0 && value < size) return value;
  wrong(row, fmt::format("'{}' in column '{}' is not one of the {} {}", text, column, size, of),
        "indices count from 0");
  return std::nullopt;
}

void CsvReader::wrong(const CsvRow& row, std::string message, std::string hint) {
  if (errors_++ < most_errors) warn(code_, row, std::move(message), std::move(hint));
}

void CsvReader::warn(std::string code, const CsvRow& row, std::string message, std::string hint) {
  std::string excerpt;
  for (const auto& text : row.cells) excerpt += (excerpt.empty() ? "" : ",") + text;
  findings_.push_back({std::move(code), std::move(message), std::move(hint), {path_, row.line, 1, 1}, excerpt});
}

}  // namespace cradle::inventory
