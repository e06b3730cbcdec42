// SPDX-License-Identifier: Apache-2.0
// Mustache templates, run strictly: a name that the view does not have is an error, never an empty place.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "lca/finding.hpp"

namespace cradle::reporting {

using Escape = std::function<std::string(const std::string&)>;

std::string escape_html(const std::string& text);
std::string escape_markdown(const std::string& text);

/// The text of a template: from `folder` if it has a file of that name, else the built-in one. E071.
Result<std::string> load_template(const std::string& name, const std::string& folder);

/// Renders; E071 with line and column for a malformed template, and for every unknown name at once.
Result<std::string> render_template(const std::string& name, const std::string& text,
                                    const nlohmann::ordered_json& view, const Escape& escape);

}  // namespace cradle::reporting
