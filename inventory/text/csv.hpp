// SPDX-License-Identifier: Apache-2.0
// Comma-separated text (RFC 4180) as rows of cells, each row with its line number.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cradle::inventory {

struct CsvRow {
  std::size_t line = 0;  ///< on which the row ends, from 1
  std::vector<std::string> cells;
};

/// Calls `row` for each row, in order; a byte-order mark is dropped, blank lines are skipped.
void read_csv(std::string_view text, const std::function<void(CsvRow&)>& row);

/// A cell as it is written: in quotes where it needs them.
std::string quoted_cell(std::string text);

/// Lower-case name of a header cell without surrounding spaces.
std::string header_name(std::string_view cell);

/// A cell that is one whole number; NaN where it is not.
double number_of(std::string_view cell);

/// ASCII letters made small, without the white space around.
std::string lower_case(std::string_view text);

/// Without the white space around it.
std::string_view trimmed(std::string_view text);
std::string trim(std::string_view text);

}  // namespace cradle::inventory
