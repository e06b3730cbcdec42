// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/embedded_table.hpp"

#include <utility>

#include "inventory/catalogue/embedded.hpp"

namespace cradle::inventory {

std::string_view embedded_file(std::string_view name) {
  for (const auto& [file, bytes] : embedded::datasets())
    if (file == name) return bytes;
  return {};
}

void for_each_embedded_row(std::string_view name, const std::function<void(const CsvRow&)>& use) {
  bool header = true;
  read_csv(embedded_file(name), [&](const CsvRow& row) {
    if (!std::exchange(header, false)) use(row);
  });
}

}  // namespace cradle::inventory
