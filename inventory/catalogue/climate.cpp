// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/climate.hpp"

#include <charconv>
#include <functional>

#include "inventory/catalogue/embedded.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

void read_dataset(std::string_view name, const std::function<void(const CsvRow&)>& use) {
  for (const auto& [file, bytes] : embedded::datasets()) {
    if (file != name) continue;
    bool header = true;
    read_csv(bytes, [&](CsvRow& row) {
      if (!header) use(row);
      header = false;
    });
  }
}

double number(const std::string& text) {
  double value = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Climate load_climate() {
  Climate climate;
  std::vector<lca::DecayTerm> carbon_dioxide;
  double agwp100 = 0.0;
  read_dataset("datasets/climate/ar6-response-terms.csv", [&](const CsvRow& row) {
    const auto &kind = row.cells[0], &first = row.cells[1], &second = row.cells[2];
    if (kind == "remaining fraction of CO2") carbon_dioxide.push_back({number(first), number(second)});
    if (kind == "temperature response") climate.temperature.push_back({number(first), number(second)});
    if (kind == "AGWP100 of CO2") agwp100 = number(first);
  });
  read_dataset("datasets/climate/ar6-response.csv", [&](const CsvRow& row) {
    lca::GasResponse gas{row.cells[0], 1.0, {}};
    if (row.cells[2].empty())
      gas.decay = carbon_dioxide;
    else
      gas.decay = {{1.0, number(row.cells[2])}};
    gas.radiative_efficiency = number(row.cells[3]) * agwp100 / lca::integrated_decay(gas, 100.0);
    climate.by_name[header_name(row.cells[0])] = climate.by_name[header_name(row.cells[1])] = climate.gases.size();
    climate.gases.push_back(std::move(gas));
  });
  return climate;
}

}  // namespace cradle::inventory
