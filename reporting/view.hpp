// SPDX-License-Identifier: Apache-2.0
// The disclosure as texts: every figure chosen, rounded and given its unit, so that a template only places it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reporting/disclosure.hpp"
#include "reporting/writers.hpp"

namespace cradle::reporting {

/// The names that templates may use (docs/templates.md). Same for HTML and Markdown.
nlohmann::ordered_json make_view(const Disclosure& disclosure, const WriteOptions& options);

}  // namespace cradle::reporting
