// SPDX-License-Identifier: Apache-2.0
// Allocation of a system given as matrices: columns with several outputs become one column an output.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lca/matrix/matrix_system.hpp"
#include "lca/process.hpp"
#include "lca/time/dated_inventory.hpp"

namespace cradle::lca {

/// Properties by name, per unit of each product (row of A); NaN where a product has none.
using ProductProperties = std::map<std::string, std::vector<double>>;

/// The rule of lca::allocate on a matrix; timings follow their columns. A square system is left as it is (what several
/// processes make is substitution already), with W117 where a rule was asked for. Positive entries in the row of a
/// waste (some process takes it in and makes nothing) are no products. Uncertainties of divided columns are dropped,
/// with W115. E093 to E095 as allocate; E080 where substitution finds no other maker.
Result<Findings> allocate(MatrixSystem& system, const Allocation& rule, const ProductProperties& properties,
                          std::vector<Timing>& timings);

}  // namespace cradle::lca
