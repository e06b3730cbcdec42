// SPDX-License-Identifier: Apache-2.0
// Exact first-order derivatives of a score to every exchange, from one supply and one price vector (Heijungs 2010):
// dh/da_ij = -y_i s_j, dh/db_kj = c_k s_j, dh/dc_k = g_k. With the spread of each exchange: a tornado, and the key
// issues.
#pragma once

#include <span>
#include <vector>

#include "lca/matrix/matrix_lca.hpp"

namespace cradle::lca {

struct ExchangeSensitivity {
  MatrixName matrix;
  int row, column;
  double value;
  double derivative;  ///< of the score, per unit of the entry
  double elasticity;  ///< relative change of the score per relative change of the entry
  // Where the entry is uncertain:
  bool uncertain = false;
  double low = 0.0, high = 0.0;    ///< change of the score at the entry's 2.5 and 97.5 percentiles, first order
  double variance = 0.0;           ///< (derivative x sd)^2
  double share_of_variance = 0.0;  ///< key issue: of the summed variances, first order, entries independent
};

/// All entries that matter to the score, those with the largest share of variance first, then by elasticity.
std::vector<ExchangeSensitivity> sensitivities(const MatrixSystem& system, const MatrixResult& result,
                                               std::span<const double> price, int method);

}  // namespace cradle::lca
