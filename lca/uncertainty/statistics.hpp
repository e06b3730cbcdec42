// SPDX-License-Identifier: Apache-2.0
// What is said of many draws of one score.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace cradle::lca {

inline constexpr std::array<double, 5> reported_quantiles = {0.025, 0.25, 0.5, 0.75, 0.975};

struct DrawSummary {
  std::size_t draws = 0;  ///< that gave a number
  double mean = 0.0, sd = 0.0;
  double standard_error = 0.0;        ///< of the mean
  std::array<double, 5> quantiles{};  ///< 2.5, 25, 50, 75 and 97.5 %, linear between order statistics (type 7)
};

/// Draws that are NaN (failed) are left out and counted by the caller; of none left, everything is NaN. Summed in
/// order, compensated.
DrawSummary summarise(std::span<const double> draws);

/// How the mean settled: after 16, 32, 64 ... draws and after all.
struct MeanSoFar {
  std::size_t draws;
  double mean, standard_error;
};
std::vector<MeanSoFar> convergence(std::span<const double> draws);

/// Quantile p of sorted values, linear between order statistics (type 7 of Hyndman and Fan 1996).
double quantile_of_sorted(std::span<const double> sorted, double p);

}  // namespace cradle::lca
