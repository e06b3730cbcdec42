// SPDX-License-Identifier: Apache-2.0
// Monte Carlo over the parameters of a study's product system: every draw evaluates all formulas anew and solves the
// system again, for all questions at once. A parameter's draws hang on (seed, draw, its name) only, so studies that
// share a parameter share its draws and can be compared draw by draw.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lca/solution.hpp"

namespace cradle::lca {

/// Quantile p of what a parameter may be: value at the middle, low and high at 2.5 and 97.5 %, each side with its own
/// spread; in logarithms where both are above zero. A parameter without a 95 % range stays at its value.
double parameter_quantile(const Parameter& parameter, double p);

/// What the draws are: the same plan gives the same draws on any machine and at any number of threads.
struct DrawSettings {
  std::uint64_t seed = 0;
  std::size_t draws = 0;
  int threads = -1;  ///< -1: as many as there are
};

/// 2.5 and 97.5 % quantiles of draws, those that are NaN left out; nothing where they are all alike.
std::optional<Interval> interval_of(std::span<const double> draws);

/// The answers of every draw to some questions.
class ParameterDraws {
 public:
  static ParameterDraws run(const Evaluator& evaluator, std::span<const Query> queries, const DrawSettings& plan);

  std::size_t draws() const { return draws_; }
  /// Draws whose system cannot be solved; they are left out.
  std::size_t failed() const { return failed_; }
  /// The answers to query number `query`, in order of the draws; NaN where a draw failed.
  std::span<const double> folds(std::size_t query) const { return answers_[query]; }
  std::optional<Interval> interval(std::size_t query) const { return interval_of(answers_[query]); }

 private:
  std::size_t draws_ = 0, failed_ = 0;
  std::vector<std::vector<double>> answers_;  ///< [query][draw]
};

}  // namespace cradle::lca
