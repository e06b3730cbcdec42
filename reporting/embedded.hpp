// SPDX-License-Identifier: Apache-2.0
// Templates, compiled chart scripts and published studies inside the program (cmake/embed.cmake).
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace cradle::embedded {

const std::vector<std::pair<std::string_view, std::string_view>>& templates();
const std::vector<std::pair<std::string_view, std::string_view>>& chart_scripts();
const std::vector<std::pair<std::string_view, std::string_view>>& published();

}  // namespace cradle::embedded
