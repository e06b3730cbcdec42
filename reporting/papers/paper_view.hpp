// SPDX-License-Identifier: Apache-2.0
// What papers and cards say of a disclosure: its statement in words, its runs in one table, how to cite it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

/// Keys of the view that the short form, LaTeX, checklists and model cards read beside those of the whole report, among
/// them `statement`: the disclosure in a paragraph that can be copied.
nlohmann::ordered_json paper_view(const Disclosure& disclosure);

}  // namespace cradle::reporting
