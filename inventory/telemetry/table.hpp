// SPDX-License-Identifier: Apache-2.0
// A CSV log small enough to be held: header by lower-case name without units, and rows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/telemetry/reader.hpp"

namespace cradle::inventory {

/// How a table writes numbers.
struct NumberStyle {
  char separator = ',';       ///< between cells
  bool decimal_comma = false;  ///< cells stand between other marks, and some number has a comma

  static NumberStyle of(std::string_view head, char separator);
  /// A number; nothing for "1,234" between commas, which may be a thousand.
  std::optional<double> read(std::string_view text) const;
};

struct LogTable {
  std::vector<std::string> header;            ///< as written
  std::map<std::string, std::size_t> column;  ///< lower-case name without unit -> index
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;

  explicit LogTable(std::string_view text);
  /// Keeps the rows that are wanted; `project` and `run` are what this format calls its projects and runs. E063 where it
  /// has no such column, E060 where no row is one of them.
  Result<void> keep_wanted(const LogInput& input, Draft& draft, const std::string& project, const std::string& run);
  bool has(const std::string& name) const { return column.contains(name); }
  /// Empty where the column or the cell is not there.
  const std::string& cell(const std::vector<std::string>& row, const std::string& name) const;
  std::optional<double> number(const std::vector<std::string>& row, const std::string& name) const;
};

}  // namespace cradle::inventory
