// SPDX-License-Identifier: Apache-2.0
#include "lca/evaluation/tape.hpp"

#include <algorithm>
#include <cmath>

#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

using Op = Expression::Op;

double compute(Op op, double a, double b) {
  switch (op) {
    case Op::add:
      return a + b;
    case Op::subtract:
      return a - b;
    case Op::multiply:
      return a * b;
    case Op::divide:
      return a / b;
    case Op::power:
      return maths::pow(a, b);
    case Op::negate:
      return -a;
    case Op::minimum:
      return a <= b ? a : b;
    case Op::maximum:
      return a >= b ? a : b;
    case Op::floor:
      return std::floor(a);
    case Op::exp:
      return maths::exp(a);
    case Op::log:
      return maths::log(a);
    case Op::sqrt:
      return std::sqrt(a);
    case Op::constant:
    case Op::parameter:
      break;
  }
  return a;  // a calculated parameter takes over the value of its formula
}

/// Partial derivatives to both arguments.
struct Partials {
  double a = 0.0, b = 0.0;
};

Partials partials(Op op, double a, double b, double value) {
  switch (op) {
    case Op::add:
      return {1.0, 1.0};
    case Op::subtract:
      return {1.0, -1.0};
    case Op::multiply:
      return {b, a};
    case Op::divide:
      return {1.0 / b, -value / b};
    case Op::power:
      return {b == 0.0 ? 0.0 : b * maths::pow(a, b - 1.0), a > 0.0 ? value * maths::log(a) : 0.0};
    case Op::negate:
      return {-1.0};
    case Op::minimum:
      return a <= b ? Partials{1.0, 0.0} : Partials{0.0, 1.0};
    case Op::maximum:
      return a >= b ? Partials{1.0, 0.0} : Partials{0.0, 1.0};
    case Op::floor:
      return {};
    case Op::exp:
      return {value};
    case Op::log:
      return {1.0 / a};
    case Op::sqrt:
      return {0.5 / value};
    case Op::constant:
    case Op::parameter:
      break;
  }
  return {1.0};
}

bool takes_two(Op op) {
  return op == Op::add || op == Op::subtract || op == Op::multiply || op == Op::divide || op == Op::power ||
         op == Op::minimum || op == Op::maximum;
}

}  // namespace

Tape::Tape(const Parameters& parameters, const std::vector<ParameterIndex>& order)
    : parameters_(parameters.size()), calculated_(parameters.size(), 0), constants_(parameters.size(), 0.0) {
  for (const auto index : order) {
    calculated_[index] = 1;
    const Slot value = add(*parameters[index].formula);
    add_step(Op::parameter, static_cast<Slot>(index), value, value);
  }
}

Tape::Slot Tape::place(double constant) {
  constants_.push_back(constant);
  return static_cast<Slot>(constants_.size() - 1);
}

void Tape::add_step(Op op, Slot target, Slot a, Slot b) { steps_.push_back({op, target, a, b}); }

Tape::Slot Tape::add(const Expression& expression) {
  const auto& node = *expression.node_;
  if (node.op == Op::parameter) return static_cast<Slot>(node.parameter);
  if (const auto known = known_.find(&node); known != known_.end()) return known->second;
  Slot slot;
  if (node.op == Op::constant) {
    slot = place(node.constant);
  } else {
    const Slot a = add(node.arguments[0]), b = node.arguments.size() > 1 ? add(node.arguments[1]) : a;
    slot = place(0.0);
    add_step(node.op, slot, a, b);
  }
  kept_.push_back(expression);
  known_.emplace(&node, slot);
  return slot;
}

std::vector<double> Tape::values(std::span<const double> parameters) const {
  std::vector<double> slots = constants_;
  update(parameters, slots);
  return slots;
}

void Tape::update(std::span<const double> parameters, std::vector<double>& slots) const {
  for (std::size_t p = 0; p < parameters_; ++p)
    if (calculated_[p] == 0) slots[p] = parameters[p];
  for (const auto& step : steps_) slots[step.target] = compute(step.op, slots[step.a], slots[step.b]);
}

std::vector<double> Tape::gradient(const std::vector<double>& slots, std::vector<double> seeds) const {
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const double seed = seeds[step->target];
    if (seed == 0.0) continue;
    seeds[step->target] = 0.0;
    const Partials d = partials(step->op, slots[step->a], slots[step->b], slots[step->target]);
    if (d.a != 0.0) seeds[step->a] += seed * d.a;
    if (takes_two(step->op) && d.b != 0.0) seeds[step->b] += seed * d.b;
  }
  seeds.resize(parameters_);
  return seeds;
}

std::vector<bool> Tape::jumps() const {
  std::vector<bool> read(constants_.size(), false);
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const bool jump = step->op == Op::floor || step->op == Op::minimum || step->op == Op::maximum;
    if (!jump && !read[step->target]) continue;
    read[step->a] = true;
    if (takes_two(step->op)) read[step->b] = true;
  }
  read.resize(parameters_);
  return read;
}

}  // namespace cradle::lca
