// SPDX-License-Identifier: Apache-2.0
#include "lca/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lca/maths.hpp"

namespace cradle::lca {

struct Expression::Dual {
  double value;
  double slope;
};

/// Function names of one target language; operators are the same in both.
struct Expression::Dialect {
  std::string_view minimum, maximum, floor, exp, log, sqrt;
};

Expression::Expression(double constant) : node_(std::make_shared<Node>(Node{Op::constant, constant, 0, {}})) {}

Expression Expression::parameter(ParameterIndex index) {
  return Expression(std::make_shared<Node>(Node{Op::parameter, 0.0, index, {}}));
}

Expression Expression::call(Op op, std::vector<Expression> arguments) {
  return Expression(std::make_shared<Node>(Node{op, 0.0, 0, std::move(arguments)}));
}

bool Expression::is_number() const { return node_->op == Op::constant; }
bool Expression::is_constant(double value) const { return node_->op == Op::constant && node_->constant == value; }

// The neutral elements fold away, so that printed formulas read as a person would write them.
Expression operator+(Expression a, Expression b) {
  if (a.is_constant(0)) return b;
  if (b.is_constant(0)) return a;
  return Expression::call(Expression::Op::add, {std::move(a), std::move(b)});
}
Expression operator-(Expression a, Expression b) {
  if (b.is_constant(0)) return a;
  return Expression::call(Expression::Op::subtract, {std::move(a), std::move(b)});
}
Expression operator*(Expression a, Expression b) {
  if (a.is_constant(1)) return b;
  if (b.is_constant(1)) return a;
  return Expression::call(Expression::Op::multiply, {std::move(a), std::move(b)});
}
Expression operator/(Expression a, Expression b) {
  if (b.is_constant(1)) return a;
  return Expression::call(Expression::Op::divide, {std::move(a), std::move(b)});
}

Expression::Dual Expression::forward(std::span<const double> values, std::span<const double> slopes) const {
  const Node& node = *node_;
  if (node.op == Op::constant) return {node.constant, 0.0};
  if (node.op == Op::parameter) return {values[node.parameter], slopes.empty() ? 0.0 : slopes[node.parameter]};
  const Dual a = node.arguments[0].forward(values, slopes);
  const Dual b = node.arguments.size() > 1 ? node.arguments[1].forward(values, slopes) : Dual{0.0, 0.0};
  switch (node.op) {
    case Op::add:
      return {a.value + b.value, a.slope + b.slope};
    case Op::subtract:
      return {a.value - b.value, a.slope - b.slope};
    case Op::multiply:
      return {a.value * b.value, a.slope * b.value + a.value * b.slope};
    case Op::divide: {
      const double quotient = a.value / b.value;
      return {quotient, (a.slope - quotient * b.slope) / b.value};
    }
    case Op::power: {
      const double power = maths::pow(a.value, b.value);
      double slope = 0.0;
      if (a.slope != 0.0) slope += b.value * maths::pow(a.value, b.value - 1.0) * a.slope;
      if (b.slope != 0.0) slope += power * maths::log(a.value) * b.slope;
      return {power, slope};
    }
    case Op::negate:
      return {-a.value, -a.slope};
    case Op::minimum:
      return a.value <= b.value ? a : b;
    case Op::maximum:
      return a.value >= b.value ? a : b;
    case Op::floor:
      return {std::floor(a.value), 0.0};
    case Op::exp: {
      const double power = maths::exp(a.value);
      return {power, power * a.slope};
    }
    case Op::log:
      return {maths::log(a.value), a.slope / a.value};
    case Op::sqrt: {
      const double root = std::sqrt(a.value);
      return {root, a.slope / (2.0 * root)};
    }
    default:
      return {0.0, 0.0};  // constant and parameter returned above
  }
}

double Expression::evaluate(std::span<const double> values) const {
  return forward(values, {}).value;
}

double Expression::derivative(std::span<const double> values, std::span<const double> slopes) const {
  return forward(values, slopes).slope;
}

std::optional<ParameterIndex> Expression::as_parameter() const {
  return node_->op == Op::parameter ? std::optional(node_->parameter) : std::nullopt;
}

bool Expression::differentiable() const {
  const Op op = node_->op;
  if (op == Op::floor || op == Op::minimum || op == Op::maximum) return false;
  return std::all_of(node_->arguments.begin(), node_->arguments.end(),
                     [](const Expression& argument) { return argument.differentiable(); });
}

void Expression::collect_parameters(std::set<ParameterIndex>& into) const {
  if (node_->op == Op::parameter) into.insert(node_->parameter);
  for (const auto& argument : node_->arguments) argument.collect_parameters(into);
}

std::string Expression::print(const Namer& namer, const Dialect& dialect, int outer) const {
  const Node& node = *node_;
  const auto argument = [&](std::size_t i, int binding) { return node.arguments[i].print(namer, dialect, binding); };
  // `binding` grows with how tightly the operator binds; the right operand of - and / needs one more.
  const auto infix = [&](std::string_view sign, int binding, int left, int right) {
    std::string text = argument(0, left) + std::string(sign) + argument(1, right);
    return binding < outer ? "(" + text + ")" : text;
  };
  const auto function = [&](std::string_view name) {
    std::string text = std::string(name) + "(" + argument(0, 0);
    if (node.arguments.size() > 1) text += (dialect.minimum == "MIN" ? "," : ", ") + argument(1, 0);
    return text + ")";
  };
  switch (node.op) {
    case Op::constant:
      return fmt::format("{}", node.constant);
    case Op::parameter:
      return namer(node.parameter);
    case Op::add:
      return infix(" + ", 1, 1, 1);
    case Op::subtract:
      return infix(" - ", 1, 1, 2);
    case Op::multiply:
      return infix(" * ", 2, 2, 2);
    case Op::divide:
      return infix(" / ", 2, 2, 3);
    case Op::power:
      return infix("^", 4, 5, 5);  // Excel chains ^ from the left, text from the right: parentheses always
    case Op::negate:
      return outer > 2 ? "(-" + argument(0, 5) + ")" : "-" + argument(0, 5);
    case Op::minimum:
      return function(dialect.minimum);
    case Op::maximum:
      return function(dialect.maximum);
    case Op::floor:
      return function(dialect.floor);
    case Op::exp:
      return function(dialect.exp);
    case Op::log:
      return function(dialect.log);
    case Op::sqrt:
      return function(dialect.sqrt);
  }
  return {};
}

std::string Expression::text(const Namer& namer) const {
  return print(namer, {"min", "max", "floor", "exp", "log", "sqrt"}, 0);
}

std::string Expression::excel(const Namer& namer) const {
  // INT rounds towards minus infinity, as floor does; FLOOR's signature differs between Excel and LibreOffice.
  return print(namer, {"MIN", "MAX", "INT", "EXP", "LN", "SQRT"}, 0);
}

}  // namespace cradle::lca
