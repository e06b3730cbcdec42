// SPDX-License-Identifier: Apache-2.0
#include "lca/sparse.hpp"

#include <algorithm>

namespace cradle::lca {

SparseMatrix SparseMatrix::from(int rows, int columns, std::span<const Triplet> triplets) {
  std::vector<Triplet> sorted(triplets.begin(), triplets.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const Triplet& a, const Triplet& b) {
    return a.column != b.column ? a.column < b.column : a.row < b.row;
  });
  SparseMatrix matrix{rows, columns, std::vector<int>(static_cast<std::size_t>(columns) + 1, 0), {}, {}};
  int last_column = -1;
  for (const auto& t : sorted) {
    if (t.column == last_column && matrix.row.back() == t.row) {
      matrix.value.back() += t.value;
      continue;
    }
    matrix.row.push_back(t.row);
    matrix.value.push_back(t.value);
    ++matrix.column_start[static_cast<std::size_t>(t.column) + 1];
    last_column = t.column;
  }
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c)
    matrix.column_start[c + 1] += matrix.column_start[c];
  return matrix;
}

std::vector<double> SparseMatrix::times(std::span<const double> x) const {
  std::vector<double> result(static_cast<std::size_t>(rows), 0.0);
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c)
    for (int k = column_start[c]; k < column_start[c + 1]; ++k)
      result[static_cast<std::size_t>(row[static_cast<std::size_t>(k)])] += value[static_cast<std::size_t>(k)] * x[c];
  return result;
}

std::vector<double> SparseMatrix::transposed_times(std::span<const double> x) const {
  std::vector<double> result(static_cast<std::size_t>(columns), 0.0);
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c)
    for (int k = column_start[c]; k < column_start[c + 1]; ++k)
      result[c] += value[static_cast<std::size_t>(k)] * x[static_cast<std::size_t>(row[static_cast<std::size_t>(k)])];
  return result;
}

}  // namespace cradle::lca
