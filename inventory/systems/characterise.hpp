// SPDX-License-Identifier: Apache-2.0
// A family of impact methods applied to a system's elementary flows by their names: what a folder without
// characterisation factors of its own can be scored with.
#pragma once

#include <string>
#include <vector>

#include "inventory/catalogue/impact_family.hpp"
#include "lca/matrix/matrix_system.hpp"

namespace cradle::inventory {

/// What names.csv may say of a flow besides its name; empty where it does not.
struct FlowDetail {
  std::string unit, compartment;
};

/// Gives the system a family's methods instead of its own. A flow's factor is that of its name and compartment; where
/// it names no compartment, the unspecified one, or the one factor that all compartments share. W118 names flows
/// without a factor in any category, W119 those whose factor or unit is not clear: they count for nothing.
Findings characterise(lca::MatrixSystem& system, const std::vector<FlowDetail>& flows, const ImpactFamily& family);

}  // namespace cradle::inventory
