// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/answer.hpp"

namespace cradle::lca {

std::vector<Answer> answer(const Solution& solution, std::span<const Query> queries, const DrawSettings& draws) {
  std::vector<Answer> answers(queries.size());
  const auto scenarios = solution.scenarios(queries);
  for (std::size_t q = 0; q < queries.size(); ++q) answers[q] = {solution.fold(queries[q]), std::nullopt, scenarios[q]};
  if (draws.draws == 0) {
    auto intervals = solution.intervals(queries);
    for (std::size_t q = 0; q < queries.size(); ++q) answers[q].interval = intervals[q];
    return answers;
  }
  const auto drawn = ParameterDraws::run(solution.evaluator(), queries, draws);
  for (std::size_t q = 0; q < queries.size(); ++q) answers[q].interval = drawn.interval(q);
  return answers;
}

}  // namespace cradle::lca
