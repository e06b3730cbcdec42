// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/table.hpp"

#include "inventory/telemetry/reader.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {

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

const std::string& LogTable::cell(const std::vector<std::string>& row, const std::string& name) const {
  static const std::string none;
  const auto found = column.find(name);
  return found == column.end() || found->second >= row.size() ? none : row[found->second];
}

std::optional<double> LogTable::number(const std::vector<std::string>& row, const std::string& name) const {
  return log_number(cell(row, name));
}

}  // namespace cradle::inventory
