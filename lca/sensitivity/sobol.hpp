// SPDX-License-Identifier: Apache-2.0
// Sobol indices: how much of a result's variance each input carries, alone (first order) and with all interactions
// (total). Design of Saltelli et al. 2010, estimators of Jansen 1999, intervals by bootstrap.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lca/matrix/matrix_lca.hpp"

namespace cradle::lca {

struct SobolIndex {
  double first, first_low, first_high;  ///< with a 95 % bootstrap interval
  double total, total_low, total_high;
};

/// The points at which a model must be computed, each a vector of quantiles in (0, 1): n of A, n of B, then n of A with
/// column i from B for each input i.
std::vector<std::vector<double>> sobol_design(std::size_t inputs, std::size_t n, std::uint64_t seed);
/// One index an input from the results at the design's points, in its order. Points whose result is NaN are left out.
std::vector<SobolIndex> sobol_indices(std::span<const double> results, std::size_t inputs, std::uint64_t seed);

/// Of some uncertain entries of a system (indices into its uncertainties), all others at their values: one score at a
/// time, [method][entry]. The first demand only. n (entries + 2) solves, in lanes.
Result<std::vector<std::vector<SobolIndex>>> sobol_of(const MatrixSystem& system, std::span<const std::size_t> entries,
                                                      std::size_t n, std::uint64_t seed, int threads);

}  // namespace cradle::lca
