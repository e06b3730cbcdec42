// SPDX-License-Identifier: Apache-2.0
// Reads a CSV file with a header row by row, as MapReader reads a mapping: cells by the name of their column, every
// finding collected, each with its row.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/text/csv.hpp"
#include "lca/finding.hpp"

namespace cradle::inventory {

/// Bytes; larger tables are refused (E002).
inline constexpr std::size_t largest_csv_file = std::size_t{4} << 30;

class CsvReader {
 public:
  /// What is wrong with a row is added to `findings` under `code`, for the first hundred errors.
  CsvReader(std::string path, std::string code, Findings& findings);

  /// Calls `use` for every row after the header. E003 where the file is no text. A column that is neither wanted nor
  /// known is a warning (W112): a misspelt one would otherwise be taken as left out.
  void read(const std::vector<std::string>& wanted, const std::vector<std::string>& known,
            const std::function<void(const CsvRow&)>& use);

  std::string_view cell(const CsvRow& row, std::string_view column) const;
  /// NaN where the cell is empty; a finding where it is no number.
  double number(const CsvRow& row, std::string_view column);
  /// An index below `size`; a finding, and nothing, where it is not one of the `size` things `of`.
  std::optional<int> index(const CsvRow& row, std::string_view column, int size, std::string_view of);
  void wrong(const CsvRow& row, std::string message, std::string hint);
  void warn(std::string code, const CsvRow& row, std::string message, std::string hint);

 private:
  std::string path_, code_;
  Findings& findings_;
  std::size_t errors_ = 0;
  std::map<std::string, std::size_t, std::less<>> columns_;
};

}  // namespace cradle::inventory
