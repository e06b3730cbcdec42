// SPDX-License-Identifier: Apache-2.0
// Findings as JSON, the same in every machine output.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lca/finding.hpp"

namespace cradle::reporting {

/// [{code, message, hint, file (its name only), line, column}].
nlohmann::ordered_json findings_json(const Findings& findings);

}  // namespace cradle::reporting
