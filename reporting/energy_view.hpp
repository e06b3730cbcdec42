// SPDX-License-Identifier: Apache-2.0
// The energy section as templates see it: energy by run and component, the sites' grids, and the measurement files with
// their gaps.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

nlohmann::ordered_json energy_table(const Disclosure& disclosure);

}  // namespace cradle::reporting
