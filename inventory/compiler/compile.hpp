// SPDX-License-Identifier: Apache-2.0
// From a study to a product system: the only place that knows how runs, hardware, sites and logs become unit
// processes. What it cannot count it says in `coverage`; it never fills in a value of its own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inventory/compiler/compiled.hpp"
#include "inventory/compiler/study_files.hpp"

namespace cradle::inventory {

/// Values that replace parameters by name, as typed: {"sites.idris.pue", "1.4"}.
using Overrides = std::vector<std::pair<std::string, std::string>>;

/// `files` are those that the study names, read by read_files(). `profile` instead of the study's choice of how
/// hardware is made, where not empty.
Result<Compiled> compile(const Study& study, const Catalogue& catalogue, const StudyFiles& files,
                         const Overrides& overrides = {}, const std::string& profile = {});

/// Names of a study that the catalogue does not know: devices (E014), machines (E018), regions (E016). For studies that
/// cannot be compiled for other reasons, so that these are said, too.
Findings unknown_values(const Study& study, const Catalogue& catalogue);

/// One product of the catalogue, delivered and disposed of: the demand is one piece. E014, E018, E019, E050.
Result<Compiled> compile_product(const Catalogue& catalogue, const Product& product, const std::string& profile);

}  // namespace cradle::inventory
