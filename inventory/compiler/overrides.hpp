// SPDX-License-Identifier: Apache-2.0
// Parameters replaced by name, as `--param NAME=VALUE` does: within the limits that a study has for them.
#pragma once

#include <string>

#include "inventory/compiler/compile.hpp"
#include "inventory/compiler/remarks.hpp"

namespace cradle::inventory {

/// E041 an unknown or calculated parameter, E024 a value out of its limits.
void apply(const Overrides& overrides, const std::string& study, lca::Parameters& parameters, Remarks& remarks);

}  // namespace cradle::inventory
