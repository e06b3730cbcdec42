// SPDX-License-Identifier: Apache-2.0
// All formulas of a system as one list of steps, each computed once: forwards for values, backwards for the derivatives
// of anything to every parameter at the price of a few evaluations (Griewank and Walther 2008, ch. 3.2), however many
// parameters there are.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "lca/parameter.hpp"

namespace cradle::lca {

class Tape {
 public:
  using Slot = std::uint32_t;

  /// The first slots are the parameters', by index; calculated ones are computed in `order` (Parameters::order).
  Tape(const Parameters& parameters, const std::vector<ParameterIndex>& order);

  /// Where the value of a formula stands. Shared parts of formulas stand once.
  Slot add(const Expression& expression);

  /// Values of all slots, from those of the parameters: inputs are taken, calculated ones computed.
  std::vector<double> values(std::span<const double> parameters) const;
  /// The same, into the slots of an earlier run.
  void update(std::span<const double> parameters, std::vector<double>& slots) const;
  /// Derivatives to the inputs from those to the slots (`seeds`, one a slot, used up). floor has derivative 0 and min,
  /// max that of the active argument: see `jumps`.
  std::vector<double> gradient(const std::vector<double>& slots, std::vector<double> seeds) const;

  /// For each parameter, whether a floor, min or max reads it: then a slope is to be taken by a finite step.
  std::vector<bool> jumps() const;
  std::size_t size() const { return constants_.size(); }

 private:
  struct Step {
    Expression::Op op;
    Slot target, a, b;
  };
  Slot place(double constant);
  void add_step(Expression::Op op, Slot target, Slot a, Slot b);

  std::size_t parameters_;
  std::vector<char> calculated_;   ///< by parameter
  std::vector<double> constants_;  ///< initial values of all slots
  std::vector<Step> steps_;
  std::vector<Expression> kept_;  ///< so that nodes, by whose address slots are known, live as long as the tape
  std::unordered_map<const void*, Slot> known_;
};

}  // namespace cradle::lca
