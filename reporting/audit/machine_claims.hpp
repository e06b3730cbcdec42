// SPDX-License-Identifier: Apache-2.0
// Claims that stand in files of other programs: CycloneDX, BoAmps, codecarbon. Each is read as the claim that a person
// would write down from it, so that one way of recomputing holds for all.
#pragma once

#include <optional>
#include <string>

#include "inventory/catalogue/catalogue.hpp"

namespace cradle::reporting {

/// The claim in YAML (docs/audit.md); nothing where the text is none of these files. E011 where it claims nothing, E020
/// where a figure is no number.
std::optional<Result<std::string>> claim_of_machine_file(const inventory::Catalogue& catalogue, const std::string& text,
                                                         const std::string& file);

}  // namespace cradle::reporting
