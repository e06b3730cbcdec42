// SPDX-License-Identifier: Apache-2.0
#include "lca/matrix/sparse.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace cradle::lca {
namespace {

/// A stable counting sort: the order of `items` by key, as indices into `items`.
template <typename Key>
std::vector<std::uint32_t> order_by(std::span<const Triplet> triplets, std::span<const std::uint32_t> items, int keys,
                                    Key key) {
  std::vector<std::uint32_t> start(static_cast<std::size_t>(keys) + 1, 0), order(items.size());
  for (const auto& t : triplets) ++start[static_cast<std::size_t>(key(t)) + 1];
  std::partial_sum(start.begin(), start.end(), start.begin());
  for (const auto item : items) order[start[static_cast<std::size_t>(key(triplets[item]))]++] = item;
  return order;
}

}  // namespace

SparseMatrix SparseMatrix::from(int rows, int columns, std::span<const Triplet> triplets, Duplicates duplicates) {
  std::vector<std::uint32_t> order(triplets.size());
  std::iota(order.begin(), order.end(), 0U);
  order = order_by(triplets, order, rows, [](const Triplet& t) { return t.row; });
  order = order_by(triplets, order, columns, [](const Triplet& t) { return t.column; });

  SparseMatrix matrix{rows, columns, std::vector<int>(static_cast<std::size_t>(columns) + 1, 0), {}, {}};
  matrix.row.reserve(triplets.size());
  matrix.value.reserve(triplets.size());
  int last_column = -1;
  for (const auto item : order) {
    const auto& t = triplets[item];
    if (t.column == last_column && matrix.row.back() == t.row) {
      matrix.value.back() = duplicates == Duplicates::add ? matrix.value.back() + t.value : t.value;
      continue;
    }
    matrix.row.push_back(t.row);
    matrix.value.push_back(t.value);
    ++matrix.column_start[static_cast<std::size_t>(t.column) + 1];
    last_column = t.column;
  }
  std::partial_sum(matrix.column_start.begin(), matrix.column_start.end(), matrix.column_start.begin());
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
