// SPDX-License-Identifier: Apache-2.0
// Monte Carlo over the parameters of a study's product system: a study is small, so every draw evaluates all formulas
// anew and solves it again. A parameter's draws hang on (seed, draw, its name) only, so studies that share a parameter
// share its draws and can be compared draw by draw.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lca/solution.hpp"

namespace cradle::lca {

/// Quantile p of what a parameter may be: value at the middle, low and high at 2.5 and 97.5 %, each side with its own
/// spread; in logarithms where both are above zero. A parameter without a 95 % range stays at its value.
double parameter_quantile(const Parameter& parameter, double p);

class ParameterDraws {
 public:
  /// Draws whose system cannot be solved are left out and counted.
  static ParameterDraws run(const ProductSystem& system, std::uint64_t seed, std::size_t draws, int threads);

  std::size_t draws() const { return amounts_.size(); }
  std::size_t failed() const { return failed_; }
  /// A fold of every draw's ledger, in order; NaN where a draw failed. `ledger` is that of the undrawn solution.
  std::vector<double> folds(const std::vector<LedgerEntry>& ledger, const Selection& selection, Weight weight) const;
  /// 2.5 and 97.5 % quantiles; nothing where no draw changes the fold.
  std::optional<Interval> interval(const std::vector<LedgerEntry>& ledger, const Selection& selection,
                                   Weight weight) const;

 private:
  std::vector<std::vector<double>> amounts_;               ///< [draw][entry]; empty where the draw failed
  std::vector<std::vector<std::vector<double>>> impacts_;  ///< [draw][entry][method]
  std::size_t failed_ = 0;
};

}  // namespace cradle::lca
