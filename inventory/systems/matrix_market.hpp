// SPDX-License-Identifier: Apache-2.0
// Matrix Market coordinate files (Boisvert, Pozo and Remington 1996), as lca::SparseMatrix.
#pragma once

#include <string>
#include <vector>

#include "lca/finding.hpp"
#include "lca/matrix/sparse.hpp"

namespace cradle::inventory {

/// What was read, and how many entries stood at a place that had one already (they add up).
struct MatrixFile {
  lca::SparseMatrix matrix;
  std::size_t duplicates = 0;
};

/// Of which rows and columns entries are kept; all where it is empty.
struct WantedEntries {
  std::vector<char> rows, columns;
  bool all() const { return rows.empty() && columns.empty(); }
  bool contain(int row, int column) const {
    return (rows.empty() || rows[static_cast<std::size_t>(row)] != 0) &&
           (columns.empty() || columns[static_cast<std::size_t>(column)] != 0);
  }
};

/// Reads one file after another through the same memory.
class MatrixReader {
 public:
  /// E001, E002; E084 not a real general coordinate matrix, E085 an entry that is no number, not finite or out of range
  /// (each with its line; reading goes on to find them all). Entries that are not wanted are checked and left out; none
  /// are where they stand in no order, since only all of them then show what stands twice, or where the matrix is of
  /// another size than `wanted` speaks of.
  Result<MatrixFile> read(const std::string& path, const WantedEntries& wanted = {});

 private:
  std::vector<lca::Triplet> triplets_;
};

/// The same format, entries by row and shortest round-trip numbers.
std::string write_matrix_market(const lca::SparseMatrix& matrix);

}  // namespace cradle::inventory
