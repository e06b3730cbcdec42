// SPDX-License-Identifier: Apache-2.0
// Allocation of a system given as matrices: columns with several outputs become one column an output.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lca/matrix/matrix_system.hpp"
#include "lca/process.hpp"

namespace cradle::lca {

/// Properties by name, per unit of each product (row of A); NaN where a product has none.
using ProductProperties = std::map<std::string, std::vector<double>>;

/// The rule of lca::allocate on a matrix. A square system is left as it is (what several processes make is substitution
/// already). Uncertainties of divided columns are dropped, with finding W115. E093 to E095 as allocate; E080 where
/// substitution finds no other maker.
Result<Findings> allocate(MatrixSystem& system, const Allocation& rule, const ProductProperties& properties);

}  // namespace cradle::lca
