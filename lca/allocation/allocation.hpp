// SPDX-License-Identifier: Apache-2.0
// Processes with several products, made into processes with one: the rule is a switch over one model. Factors are
// formulas like every amount, so they are printed, differentiated and drawn with the rest.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lca/finding.hpp"
#include "lca/process.hpp"

namespace cradle::lca {

/// One process for each product of each process with several: every exchange times its factor. E093 no rule was chosen
/// (names the process and its products), E094 a property is missing or sums to zero, E095 given or causal factors do
/// not sum to one. `values` are those of the parameters.
Result<std::vector<UnitProcess>> allocate(std::vector<UnitProcess> processes, const Allocation& rule,
                                          std::span<const double> values);

/// The factors of one process, its reference product first; they sum to one.
Result<std::vector<Expression>> allocation_factors(const UnitProcess& process, const Allocation& rule,
                                                   std::span<const double> values);

}  // namespace cradle::lca
