// SPDX-License-Identifier: Apache-2.0
// Reads sheets of an Office Open XML workbook (.xlsx) as rows of texts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::inventory {

using SheetRows = std::vector<std::vector<std::string>>;

class WorkbookReader {
 public:
  /// E067 where the bytes are no workbook.
  static Result<WorkbookReader> open(std::string bytes, const std::string& file);

  /// Names in their order.
  std::vector<std::string> sheets() const;
  /// Cells as text, numbers with all their digits; empty where a row leaves one out. E067 where a sheet is damaged or
  /// larger than any of its kind.
  Result<SheetRows> rows(const std::string& sheet) const;

 private:
  Result<std::string> part(const std::string& name) const;

  std::string bytes_, file_;
  std::vector<std::pair<std::string, std::string>> sheets_;  ///< name -> part
  std::vector<std::string> texts_;                           ///< shared by all sheets
};

}  // namespace cradle::inventory
