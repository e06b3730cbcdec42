// SPDX-License-Identifier: Apache-2.0
// Compressed sparse matrices, as KLU and Matrix Market know them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace cradle::lca {

struct Triplet {
  int row;
  int column;
  double value;
};

/// What entries at the same place do.
enum class Duplicates { add, last };

/// By column: the rows and values of column c stand at [column_start[c], column_start[c + 1]), rows ascending.
struct SparseMatrix {
  int rows = 0;
  int columns = 0;
  std::vector<int> column_start;  ///< columns + 1 offsets
  std::vector<int> row;
  std::vector<double> value;

  /// Entries at the same place add up in the order given, or the last one stands. Linear in the number of entries.
  static SparseMatrix from(int rows, int columns, std::span<const Triplet> triplets,
                           Duplicates duplicates = Duplicates::add);

  std::size_t entries() const { return value.size(); }
  /// Index into `row` and `value` of an entry, where there is one.
  std::optional<std::size_t> find(int row, int column) const;
  double at(int row, int column) const;

  std::vector<double> times(std::span<const double> x) const;
  std::vector<double> transposed_times(std::span<const double> x) const;
  SparseMatrix transposed() const;
};

/// The half-open range of a compressed row or column, as sizes.
struct Range {
  std::size_t begin, end;
};
inline Range range_of(const std::vector<int>& start, std::size_t index) {
  return {static_cast<std::size_t>(start[index]), static_cast<std::size_t>(start[index + 1])};
}

}  // namespace cradle::lca
