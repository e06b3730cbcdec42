// SPDX-License-Identifier: Apache-2.0
// The dataset files inside the program (cmake/embed.cmake).
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace cradle::embedded {

/// Name relative to the repository and bytes of each file.
const std::vector<std::pair<std::string_view, std::string_view>>& datasets();

}  // namespace cradle::embedded
