// SPDX-License-Identifier: Apache-2.0
// How this process takes memory from the kernel.
#pragma once

namespace cradle::app {

/// One process, one answer: memory once had is kept for the next matrix instead of going back.
void keep_memory();

/// For matrices: the heap to come in pages of 2 MB where the system gives them when asked (transparent huge pages).
/// Taking memory 4 KB at a time costs an eighth of one assessment of 20,000 processes. Without them nothing changes.
void prefer_huge_pages();

}  // namespace cradle::app
