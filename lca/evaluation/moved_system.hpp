// SPDX-License-Identifier: Apache-2.0
// A system whose inputs are moved: sliders, sweeps, other languages. Nothing is compiled or linked again, and the
// system itself stays as it is.
#pragma once

#include <span>
#include <vector>

#include "lca/evaluation/evaluator.hpp"

namespace cradle::lca {

class MovedSystem {
 public:
  /// Answers `queries` at the system's own values. The evaluator must outlive this.
  static Result<MovedSystem> at_rest(const Evaluator& evaluator, std::span<const Query> queries);

  /// Another value of an input. E024 outside its limits, E041 where the parameter is calculated; E053 and E054 where
  /// the system has no solution there. The answers then stay as they were.
  Result<void> set(ParameterIndex input, double value);
  /// In the order of the queries.
  const std::vector<double>& answers() const { return answers_; }
  const std::vector<double>& inputs() const { return inputs_; }

 private:
  explicit MovedSystem(const Evaluator& evaluator) : evaluator_(&evaluator) {}
  Result<void> answer_at(const std::vector<double>& inputs);

  const Evaluator* evaluator_;
  std::vector<PreparedQuery> queries_;
  std::vector<double> inputs_, answers_;
};

}  // namespace cradle::lca
