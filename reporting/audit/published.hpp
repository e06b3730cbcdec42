// SPDX-License-Identifier: Apache-2.0
// Published footprints, each recomputed by a study as a user would write it (examples/published): what a source
// printed, what follows from its inputs, and why where the two differ.
#pragma once

#include "reporting/hardware/reproduction.hpp"

namespace cradle::reporting {

/// One row for each figure of datasets/reproduce/published.csv. Findings of a study that cannot be assessed.
Result<std::vector<Reproduction>> reproduce_published(const inventory::Catalogue& catalogue);

}  // namespace cradle::reporting
