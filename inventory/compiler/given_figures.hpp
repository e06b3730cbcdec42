// SPDX-License-Identifier: Apache-2.0
// Published aggregates that a study takes over as they stand.
#pragma once

#include <string>

#include "inventory/compiler/activities.hpp"

namespace cradle::inventory {

class GivenFigures : Stage {
 public:
  GivenFigures(const Workbench& bench, Activities& activities, RunQuantities& quantities)
      : Stage(bench), activities_(activities), quantities_(quantities) {}

  /// A given figure becomes a flow of the product that it belongs to, or of the functional unit as a whole; so every
  /// product is there before.
  void attach(const Given& given);

 private:
  lca::Exchange exchange_of(const Given& given);
  std::string product_of_given(const Given& given) const;
  lca::Expression amount_of(const Given& given);
  std::optional<lca::Expression> times(const Given& given);
  void warn_of_repeats(const Given& given, const lca::UnitProcess& process);
  bool exists(const std::string& product) const;

  Activities& activities_;
  RunQuantities& quantities_;
};

}  // namespace cradle::inventory
