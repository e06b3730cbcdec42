// SPDX-License-Identifier: Apache-2.0
// Correlated draws: named variables whose normal scores have the correlations given (a Gaussian copula; Nelsen 2006,
// ch. 2.10), so that any distributions can be joined.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lca/matrix/matrix_system.hpp"

namespace cradle::lca {

class CorrelatedVariables {
 public:
  /// Nothing where the coefficients cannot all hold (the matrix is not positive semidefinite).
  static std::optional<CorrelatedVariables> of(const MatrixSystem& system);

  bool has(int group) const { return row_of_group_[static_cast<std::size_t>(group)] >= 0; }
  /// The probability at which every member of the group is drawn.
  double probability(int group, std::uint64_t seed, std::uint64_t draw) const;

 private:
  std::vector<int> row_of_group_;           ///< -1: correlated with nothing
  std::vector<std::uint64_t> ids_;          ///< of the independent scores, by row
  std::vector<std::vector<double>> lower_;  ///< Cholesky factor of the correlation matrix, by row
};

}  // namespace cradle::lca
