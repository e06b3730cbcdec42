// SPDX-License-Identifier: Apache-2.0
// What runs and services state of themselves, as parameters: times, device-hours, tokens, requests.
#pragma once

#include <string>

#include "inventory/compiler/stage.hpp"

namespace cradle::inventory {

class RunQuantities : Stage {
 public:
  explicit RunQuantities(const Workbench& bench) : Stage(bench) {}

  lca::Expression duration(const Run& run);  ///< of a run that states one
  std::optional<lca::Expression> stated_device_hours(const Run& run);
  lca::Expression tokens(const Run& run);  ///< of a run that states them
  lca::Expression flop(const Run& run);    ///< of a run that states it
  /// How often a run was repeated; its process is one repetition.
  lca::Expression repetitions(const Run& run);
  /// Requests or tokens that a service delivered, where the study tells them.
  std::optional<lca::Expression> units_served(const Service& service, const std::string& unit);
};

}  // namespace cradle::inventory
