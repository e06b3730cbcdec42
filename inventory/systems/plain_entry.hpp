// SPDX-License-Identifier: Apache-2.0
// One line of a Matrix Market file as nearly every program writes it, "3 7 -0.25" or "3 7 1.5e-05", read without a
// branch on the length of a number: processors guess such lengths wrong, which costs more than the arithmetic. What is
// written otherwise is left to the careful reader.
#pragma once

#include <cstddef>
#include <span>

namespace cradle::inventory {

struct MatrixEntry {
  int row = 0, column = 0;  ///< as written, from 1
  double value = 0.0;
};

/// Bytes that must be readable before and behind the line's first one.
inline constexpr std::size_t plain_entry_before = 24, plain_entry_behind = 80;

/// The length of the line with its end, or 0 where it is not plain. The value is exactly what std::from_chars gives, or
/// 0 where the entry's row is not wanted (a flag for each row; all are where there are none).
std::size_t read_plain_entry(const char* line, MatrixEntry& entry, std::span<const char> wanted_rows = {});

}  // namespace cradle::inventory
