// SPDX-License-Identifier: Apache-2.0
// What a system's folder says about its entries' spread: uncertainty.csv (a distribution each), correlation.csv
// (between their groups), samples.csv and samples-*.csv (values to draw from as they stand).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/text/csv_reader.hpp"
#include "lca/matrix/matrix_system.hpp"

namespace cradle::inventory {

/// The entry that a row with the columns matrix, row, col speaks of; a finding, and nothing, where there is none.
std::optional<lca::UncertainEntry> read_entry(CsvReader& table, const CsvRow& row, const lca::MatrixSystem& system);

/// Adds them to the system, and the names of the files read to `files`. Rows about C.mtx are passed over where a family
/// of methods stands in its place (not `own_factors`). Errors are E088; W111 where a distribution is
/// taken as fixed, W116 where it lies on the other side of zero than its entry.
void read_uncertainties(const std::string& folder, bool own_factors, lca::MatrixSystem& system, Findings& findings,
                        std::vector<std::string>& files);

}  // namespace cradle::inventory
