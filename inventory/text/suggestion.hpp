// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the nearest known name to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cradle::inventory {

/// Levenshtein distance with transpositions of neighbours counted once.
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The nearest candidate within a third of the word's length, or "".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "did you mean 'x'?", or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace cradle::inventory
