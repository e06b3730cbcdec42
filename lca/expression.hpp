// SPDX-License-Identifier: Apache-2.0
// Amounts as formulas over named parameters. One tree, four uses: evaluated, differentiated, printed as text,
// written into a workbook. Knows parameter indices only; names, units and sources live in lca/parameter.hpp. Many
// formulas at once are evaluated and differentiated by lca/evaluation/tape.hpp.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::lca {

using ParameterIndex = std::size_t;

/// An immutable formula. Copies share the tree.
class Expression {
 public:
  enum class Op {
    constant,
    parameter,
    add,
    subtract,
    multiply,
    divide,
    power,
    negate,
    minimum,
    maximum,
    floor,
    exp,
    log,
    sqrt
  };
  using Namer = std::function<std::string(ParameterIndex)>;

  Expression(double constant = 0.0);  // NOLINT: a number is a formula
  static Expression parameter(ParameterIndex index);
  static Expression call(Op op, std::vector<Expression> arguments);

  /// Value at the given parameter values (indexed by ParameterIndex).
  double evaluate(std::span<const double> values) const;
  /// Change of the value along `slopes`, one slope a parameter, by forward accumulation: slow and obvious, the oracle of
  /// the tape. floor has derivative 0 and min, max that of the active argument: see differentiable().
  double derivative(std::span<const double> values, std::span<const double> slopes) const;
  /// False where floor, min or max occurs: a sensitivity must then be taken by a finite step.
  bool differentiable() const;
  void collect_parameters(std::set<ParameterIndex>& into) const;
  bool is_constant(double value) const;
  bool is_number() const;
  /// The parameter that this is and nothing else.
  std::optional<ParameterIndex> as_parameter() const;

  /// "device_hours * power / 1000", with names from `namer`.
  std::string text(const Namer& namer) const;
  /// The same as an Excel formula without the leading "="; only functions that LibreOffice and Sheets share.
  std::string excel(const Namer& namer) const;

  friend Expression operator+(Expression a, Expression b);
  friend Expression operator-(Expression a, Expression b);
  friend Expression operator*(Expression a, Expression b);
  friend Expression operator/(Expression a, Expression b);

 private:
  friend class Tape;
  struct Node {
    Op op;
    double constant = 0.0;
    ParameterIndex parameter = 0;
    std::vector<Expression> arguments;
  };
  struct Dialect;
  struct Dual;
  explicit Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  Dual forward(std::span<const double> values, std::span<const double> slopes) const;
  std::string print(const Namer& namer, const Dialect& dialect, int outer) const;

  std::shared_ptr<const Node> node_;
};

/// Reads "(a + 2) * max(b, 0.5)": numbers, names, + - * / ^, parentheses, min max floor exp log sqrt.
/// `resolve` gives the formula of a name, or nothing when it is unknown. The finding (E040) names the character.
Result<Expression> parse_expression(std::string_view text,
                                    const std::function<const Expression*(std::string_view)>& resolve);

}  // namespace cradle::lca
