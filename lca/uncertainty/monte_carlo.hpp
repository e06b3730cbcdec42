// SPDX-License-Identifier: Apache-2.0
// Monte Carlo over every exchange of a matrix system. A draw's value depends on (seed, draw, matrix, row, column) only,
// so any thread, any machine and any instruction set gives the same bits, and what no demand reaches need not be drawn.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "lca/lanes/kernels.hpp"
#include "lca/matrix/matrix_lca.hpp"

namespace cradle::lca {

/// Draws that plain sweeps did not settle.
struct DrawCounts {
  std::size_t escalated_to_krylov = 0;  ///< near the edge of productivity: BiCGSTAB solved them
  std::size_t solved_directly = 0;      ///< KLU did
  std::size_t failed = 0;               ///< no meaningful solution: the sampled economy uses more than it makes
  void add(const DrawCounts& other) {
    escalated_to_krylov += other.escalated_to_krylov;
    solved_directly += other.solved_directly;
    failed += other.failed;
  }
};

/// Eight draws: scores[(draw * demands + demand) * methods + method]; NaN where a draw failed.
struct DrawBatch {
  std::uint64_t index = 0;
  std::vector<double> scores;
  DrawCounts counts;
};

class MonteCarlo {
 public:
  static constexpr std::size_t draws_per_batch = lanes::lane_width;

  /// E083, E087 as MatrixLca; E089 where there is nothing to score. `lca` and its system must outlive this.
  static Result<MonteCarlo> prepare(MatrixLca& lca, std::uint64_t seed, lanes::Target target = lanes::best_target());
  MonteCarlo(MonteCarlo&&) noexcept;
  ~MonteCarlo();

  std::size_t scores_per_draw() const;
  std::size_t uncertain_exchanges() const;  ///< that some demand reaches
  /// Scores without uncertainty, [demand * methods + method].
  const std::vector<double>& static_scores() const;

  /// Computes the batches with so many threads; `finished` is called as each is done, one at a time, in any order.
  void run(std::span<const std::uint64_t> batches, int threads, const std::function<void(DrawBatch&&)>& finished) const;

  /// The system as draw number `draw` sees it, for other tools to check.
  MatrixSystem sampled(std::uint64_t draw) const;

 private:
  struct Plan;
  explicit MonteCarlo(std::unique_ptr<Plan> plan);
  std::unique_ptr<Plan> plan_;
};

}  // namespace cradle::lca
