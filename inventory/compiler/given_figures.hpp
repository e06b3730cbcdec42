// SPDX-License-Identifier: Apache-2.0
// Published aggregates that a study takes over as they stand.
#pragma once

#include <string>

#include "inventory/compiler/stage.hpp"

namespace cradle::inventory {

class GivenFigures : Stage {
 public:
  explicit GivenFigures(const Workbench& bench) : Stage(bench) {}

  /// A given figure becomes a flow of the product that it belongs to, or of the functional unit as a whole; so every
  /// product is there before.
  void attach(const Given& given);

 private:
  lca::Exchange exchange_of(const Given& given);
  std::string product_of_use(const lca::Owner& owner) const;
  bool exists(const std::string& product) const;
};

}  // namespace cradle::inventory
