// SPDX-License-Identifier: Apache-2.0
// The hardware section as templates see it: what a device's life is, how it is shared, the bracket of profiles and the
// tree.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

nlohmann::ordered_json hardware_table(const Disclosure& disclosure);

}  // namespace cradle::reporting
