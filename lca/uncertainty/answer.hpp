// SPDX-License-Identifier: Apache-2.0
// What a solved system says to questions: values with their intervals and scenario ranges, all questions at once.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lca/uncertainty/parameter_draws.hpp"

namespace cradle::lca {

struct Answer {
  double value = 0.0;
  std::optional<Interval> interval;  ///< 95 %: of draws where there are any, else first-order
  std::optional<Interval> scenario;  ///< between the ends of scenario ranges: the value is then their middle
};

/// Without draws intervals are first-order.
std::vector<Answer> answer(const Solution& solution, std::span<const Query> queries, const DrawSettings& draws = {});

}  // namespace cradle::lca
