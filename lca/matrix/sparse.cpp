// SPDX-License-Identifier: Apache-2.0
#include "lca/matrix/sparse.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace cradle::lca {
namespace {

bool sorted_by_row(std::span<const Triplet> triplets) {
  return std::is_sorted(triplets.begin(), triplets.end(),
                        [](const Triplet& a, const Triplet& b) { return a.row < b.row; });
}

/// By row, a stable counting sort.
std::vector<Triplet> by_row(int rows, std::span<const Triplet> triplets) {
  std::vector<std::uint32_t> next(static_cast<std::size_t>(rows) + 1, 0);
  for (const auto& t : triplets) ++next[static_cast<std::size_t>(t.row) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<Triplet> sorted(triplets.size());
  for (const auto& t : triplets) sorted[next[static_cast<std::size_t>(t.row)]++] = t;
  return sorted;
}

/// Entries of a column at the same row made one, in place.
void join_duplicates(SparseMatrix& matrix, Duplicates duplicates) {
  std::size_t kept = 0, begin = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(matrix.columns); ++c) {
    const auto end = static_cast<std::size_t>(matrix.column_start[c + 1]), first = kept;
    for (std::size_t k = begin; k < end; ++k) {
      if (kept > first && matrix.row[kept - 1] == matrix.row[k]) {
        matrix.value[kept - 1] =
            duplicates == Duplicates::add ? matrix.value[kept - 1] + matrix.value[k] : matrix.value[k];
        continue;
      }
      matrix.row[kept] = matrix.row[k];
      matrix.value[kept++] = matrix.value[k];
    }
    begin = end;
    matrix.column_start[c + 1] = static_cast<int>(kept);
  }
  matrix.row.resize(kept);
  matrix.value.resize(kept);
}

}  // namespace

SparseMatrix SparseMatrix::from(int rows, int columns, std::span<const Triplet> triplets, Duplicates duplicates) {
  std::vector<Triplet> reordered;
  if (!sorted_by_row(triplets)) {
    reordered = by_row(rows, triplets);
    triplets = reordered;
  }
  SparseMatrix matrix{rows, columns, std::vector<int>(static_cast<std::size_t>(columns) + 1, 0), {}, {}};
  matrix.row.resize(triplets.size());
  matrix.value.resize(triplets.size());
  for (const auto& t : triplets) ++matrix.column_start[static_cast<std::size_t>(t.column) + 1];
  std::partial_sum(matrix.column_start.begin(), matrix.column_start.end(), matrix.column_start.begin());
  struct Filled {
    int next, last_row;
  };
  std::vector<Filled> filled(static_cast<std::size_t>(columns));
  for (std::size_t c = 0; c < filled.size(); ++c) filled[c] = {matrix.column_start[c], -1};
  bool twice = false;
  for (const auto& t : triplets) {
    auto& column = filled[static_cast<std::size_t>(t.column)];
    const auto at = static_cast<std::size_t>(column.next++);
    twice = twice || column.last_row == t.row;
    column.last_row = t.row;
    matrix.row[at] = t.row;
    matrix.value[at] = t.value;
  }
  if (twice) join_duplicates(matrix, duplicates);
  return matrix;
}

std::optional<std::size_t> SparseMatrix::find(int wanted_row, int column) const {
  if (column < 0 || column >= columns) return std::nullopt;
  const auto [begin, end] = range_of(column_start, static_cast<std::size_t>(column));
  const auto first = row.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = row.begin() + static_cast<std::ptrdiff_t>(end);
  const auto found = std::lower_bound(first, last, wanted_row);
  if (found == last || *found != wanted_row) return std::nullopt;
  return static_cast<std::size_t>(found - row.begin());
}

double SparseMatrix::at(int wanted_row, int column) const {
  const auto found = find(wanted_row, column);
  return found ? value[*found] : 0.0;
}

std::vector<double> SparseMatrix::times(std::span<const double> x) const {
  std::vector<double> result(static_cast<std::size_t>(rows), 0.0);
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
    const auto [begin, end] = range_of(column_start, c);
    for (std::size_t k = begin; k < end; ++k) result[static_cast<std::size_t>(row[k])] += value[k] * x[c];
  }
  return result;
}

std::vector<double> SparseMatrix::transposed_times(std::span<const double> x) const {
  std::vector<double> result(static_cast<std::size_t>(columns), 0.0);
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
    const auto [begin, end] = range_of(column_start, c);
    for (std::size_t k = begin; k < end; ++k) result[c] += value[k] * x[static_cast<std::size_t>(row[k])];
  }
  return result;
}

SparseMatrix SparseMatrix::transposed() const {
  SparseMatrix result{columns, rows, std::vector<int>(static_cast<std::size_t>(rows) + 1, 0), {}, {}};
  result.row.resize(row.size());
  result.value.resize(value.size());
  for (const int r : row) ++result.column_start[static_cast<std::size_t>(r) + 1];
  std::partial_sum(result.column_start.begin(), result.column_start.end(), result.column_start.begin());
  auto next = result.column_start;
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
    const auto [begin, end] = range_of(column_start, c);
    for (std::size_t k = begin; k < end; ++k) {
      const auto slot = static_cast<std::size_t>(next[static_cast<std::size_t>(row[k])]++);
      result.row[slot] = static_cast<int>(c);
      result.value[slot] = value[k];
    }
  }
  return result;
}

}  // namespace cradle::lca
