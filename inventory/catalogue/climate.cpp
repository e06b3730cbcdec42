// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/climate.hpp"

#include "inventory/catalogue/embedded_table.hpp"

namespace cradle::inventory {

Climate load_climate() {
  Climate climate;
  std::vector<lca::DecayTerm> carbon_dioxide;
  double agwp100 = 0.0;
  for_each_embedded_row("datasets/climate/ar6-response-terms.csv", [&](const CsvRow& row) {
    const auto &kind = row.cells[0], &first = row.cells[1], &second = row.cells[2];
    if (kind == "remaining fraction of CO2") carbon_dioxide.push_back({number_of(first), number_of(second)});
    if (kind == "temperature response") climate.temperature.push_back({number_of(first), number_of(second)});
    if (kind == "AGWP100 of CO2") agwp100 = number_of(first);
  });
  for_each_embedded_row("datasets/climate/ar6-response.csv", [&](const CsvRow& row) {
    lca::GasResponse gas{row.cells[0], 1.0, {}};
    if (row.cells[2].empty())
      gas.decay = carbon_dioxide;
    else
      gas.decay = {{1.0, number_of(row.cells[2])}};
    gas.radiative_efficiency = number_of(row.cells[3]) * agwp100 / lca::integrated_decay(gas, 100.0);
    climate.by_name[header_name(row.cells[0])] = climate.by_name[header_name(row.cells[1])] = climate.gases.size();
    climate.gases.push_back(std::move(gas));
  });
  return climate;
}

}  // namespace cradle::inventory
