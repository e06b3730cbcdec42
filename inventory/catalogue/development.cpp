// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/development.hpp"

#include "inventory/catalogue/embedded_table.hpp"

namespace cradle::inventory {

std::vector<DevelopmentOption> development_options() {
  std::vector<DevelopmentOption> options;
  for_each_embedded_row("datasets/development/options.csv", [&](const CsvRow& row) {
    options.push_back(
        {row.cells[0], row.cells[1], number_of(row.cells[2]), row.cells[3], row.cells[4], row.cells[5] == "true"});
  });
  return options;
}

std::optional<DevelopmentOption> development_option(std::string_view id) {
  for (auto& option : development_options())
    if (option.id == id) return option;
  return std::nullopt;
}

}  // namespace cradle::inventory
