// SPDX-License-Identifier: Apache-2.0
// Which impacts a study is assessed by: climate change by location, market and hour, and whatever else its sites and
// hardware can tell.
#pragma once

#include <map>
#include <string>

#include "inventory/compiler/stage.hpp"

namespace cradle::inventory {

class ImpactMethods : Stage {
 public:
  explicit ImpactMethods(const Workbench& bench) : Stage(bench) {}

  /// `catalogue_hardware`: products of the catalogue are in the system, which know more than climate change.
  void add(bool catalogue_hardware);

 private:
  void add_carbon_cost(const std::map<std::string, lca::Expression>& gases);
};

}  // namespace cradle::inventory
