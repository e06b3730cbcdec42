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

/// Reads one file after another through the same memory.
class MatrixReader {
 public:
  /// E001, E002; E084 not a real general coordinate matrix, E085 an entry that is no number, not finite or out of range
  /// (each with its line; reading goes on to find them all). Entries of rows that are not wanted are checked and left
  /// out; none are where the entries stand in no order, since only all of them then show what stands twice.
  Result<MatrixFile> read(const std::string& path, const std::vector<bool>& wanted_rows);

 private:
  std::vector<lca::Triplet> triplets_;
};

/// The same format, entries by row and shortest round-trip numbers.
std::string write_matrix_market(const lca::SparseMatrix& matrix);

}  // namespace cradle::inventory
