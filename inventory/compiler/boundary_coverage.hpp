// SPDX-License-Identifier: Apache-2.0
// What became of each item of the boundary, and of what the study defines and nothing reaches.
#pragma once

#include "inventory/compiler/activities.hpp"

namespace cradle::inventory {

class BoundaryCoverage : Stage {
 public:
  BoundaryCoverage(const Workbench& bench, const Activities& activities) : Stage(bench), activities_(activities) {}

  void check_hardware();
  void cover_unreached();
  void cover_idle_hours();
  void cover_items();

 private:
  const Activities& activities_;
};

}  // namespace cradle::inventory
