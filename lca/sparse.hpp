// SPDX-License-Identifier: Apache-2.0
// Compressed-column sparse matrices, as KLU and Matrix Market know them.
#pragma once

#include <span>
#include <vector>

namespace cradle::lca {

struct Triplet {
  int row;
  int column;
  double value;
};

struct SparseMatrix {
  int rows = 0;
  int columns = 0;
  std::vector<int> column_start;  ///< columns + 1 offsets
  std::vector<int> row;
  std::vector<double> value;

  /// Entries at the same place add up, in the order given.
  static SparseMatrix from(int rows, int columns, std::span<const Triplet> triplets);
  std::vector<double> times(std::span<const double> x) const;
  std::vector<double> transposed_times(std::span<const double> x) const;
};

}  // namespace cradle::lca
