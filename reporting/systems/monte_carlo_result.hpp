// SPDX-License-Identifier: Apache-2.0
// Many draws of the scores of a matrix system, summarised; as JSON ("cradle/lca-montecarlo/1").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lca/finding.hpp"
#include "lca/uncertainty/monte_carlo.hpp"
#include "lca/uncertainty/statistics.hpp"

namespace cradle::reporting {

/// Everything that a run gave.
struct Draws {
  const lca::MatrixSystem* system = nullptr;
  std::uint64_t seed = 0, draws = 0;
  std::string inputs_sha256;
  std::size_t uncertain_exchanges = 0;
  std::vector<double> static_scores;  ///< [demand][method]
  std::vector<double> scores;         ///< [draw][demand][method]; NaN where a draw failed
  lca::DrawCounts counts;
  Findings findings;

  std::size_t methods() const { return static_cast<std::size_t>(system->characterisation.rows); }
  /// The draws of one score, in order.
  std::vector<double> of(std::size_t demand, std::size_t method) const;
  /// Draw by draw, this demand's score minus that of another: both saw the same samples.
  std::vector<double> difference(std::size_t demand, std::size_t other, std::size_t method) const;
};

std::string write_draws_json(const Draws& draws);
/// Every draw: draw,demand,method,score; the score is empty where a draw has none.
std::string write_draws_csv(const Draws& draws);

}  // namespace cradle::reporting
