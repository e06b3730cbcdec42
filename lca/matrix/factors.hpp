// SPDX-License-Identifier: Apache-2.0
// One interface for solving A x = b and A^T y = c, whatever stands behind it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "lca/matrix/sparse.hpp"
#include "tl/expected.hpp"

namespace cradle::lca {

/// A factorised square matrix.
class Factors {
 public:
  virtual ~Factors() = default;
  virtual std::vector<double> solve(std::span<const double> right_side) const = 0;
  virtual std::vector<double> solve_transposed(std::span<const double> right_side) const = 0;
};

/// Why a matrix cannot be solved: the column at which elimination finds nothing left.
struct Singular {
  int column;
};

/// Sparse LU by KLU with AMD ordering (Davis and Palamadai Natarajan 2010). LGPL; exact on loops.
tl::expected<std::unique_ptr<Factors>, Singular> factorise(SparseMatrix matrix);

}  // namespace cradle::lca
