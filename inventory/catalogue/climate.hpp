// SPDX-License-Identifier: Apache-2.0
// The climate's response to the gases that the project knows (datasets/climate/ar6-response).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lca/time/climate_response.hpp"

namespace cradle::inventory {

struct Climate {
  std::vector<lca::GasResponse> gases;  ///< carbon dioxide first
  std::vector<lca::TemperatureTerm> temperature;
  std::map<std::string, std::size_t> by_name;  ///< formula and alias, lower case, to gases
};

Climate load_climate();

}  // namespace cradle::inventory
