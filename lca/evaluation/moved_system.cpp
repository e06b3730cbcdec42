// SPDX-License-Identifier: Apache-2.0
#include "lca/evaluation/moved_system.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace cradle::lca {

Result<MovedSystem> MovedSystem::at_rest(const Evaluator& evaluator, std::span<const Query> queries) {
  MovedSystem moved(evaluator);
  for (const auto& query : queries) moved.queries_.push_back(evaluator.prepare(query));
  moved.inputs_ = evaluator.system().parameters().values();
  if (auto answered = moved.answer_at(moved.inputs_); !answered) return tl::unexpected(std::move(answered.error()));
  return moved;
}

Result<void> MovedSystem::set(ParameterIndex input, double value) {
  const auto& p = evaluator_->system().parameters()[input];
  if (p.calculated())
    return failure({"E041", fmt::format("'{}' is calculated, and follows from what it reads", p.name),
                    "move the inputs of its formula instead"});
  if (!std::isfinite(value) || !p.limits.hold(value))
    return failure({"E024", fmt::format("{}: {} is outside {} to {}", p.name, value, p.limits.least, p.limits.most)});
  const double before = std::exchange(inputs_[input], value);
  auto answered = answer_at(inputs_);
  if (!answered) inputs_[input] = before;
  return answered;
}

Result<void> MovedSystem::answer_at(const std::vector<double>& inputs) {
  const auto at = evaluator_->evaluate(inputs);
  if (!at) return tl::unexpected(at.error());
  answers_.clear();
  for (const auto& query : queries_) answers_.push_back(evaluator_->fold(*at, query));
  return {};
}

}  // namespace cradle::lca
