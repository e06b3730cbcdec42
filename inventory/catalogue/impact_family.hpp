// SPDX-License-Identifier: Apache-2.0
// Published families of impact methods: the characterisation factors of several categories, by the names of flows.
#pragma once

#include <string>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::inventory {

/// One characterisation factor: `factor` of `unit` for each `flow_unit` of the flow.
struct FamilyFactor {
  std::string category, unit, flow, compartment, flow_unit;
  double factor = 0.0;
};

struct ImpactFamily {
  std::string name, source;
  std::vector<FamilyFactor> factors;
};

/// Names of the built-in families.
std::vector<std::string> impact_families();

/// A built-in family by its name, or one of the user's: a CSV file with the columns family, category, unit, flow,
/// compartment, flow_unit, factor. E100 an unknown name; E001, E088 as any CSV file.
Result<ImpactFamily> read_impact_family(const std::string& name_or_file);

}  // namespace cradle::inventory
