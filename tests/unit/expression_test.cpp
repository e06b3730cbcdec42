// SPDX-License-Identifier: Apache-2.0
#include "lca/expression.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "lca/maths.hpp"

using namespace cradle;
using namespace cradle::lca;

namespace {

const std::vector<std::string> names = {"a", "b", "c"};
const std::vector<double> values = {2.0, 0.75, 5.0};

Result<Expression> parse(std::string_view text) {
  static const std::vector<Expression> parameters = {Expression::parameter(0), Expression::parameter(1),
                                                     Expression::parameter(2)};
  return parse_expression(text, [](std::string_view name) -> const Expression* {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) return &parameters[i];
    return nullptr;
  });
}
std::string namer(ParameterIndex i) { return names[i]; }

}  // namespace

TEST_CASE("a formula is evaluated with the usual precedence") {
  const auto [text, expected] = GENERATE(table<std::string, double>({{"1 + 2 * 3", 7.0},
                                                                     {"(1 + 2) * 3", 9.0},
                                                                     {"2 ^ 3 ^ 2", 512.0},
                                                                     {"-2 ^ 2", -4.0},
                                                                     {"8 / 4 / 2", 1.0},
                                                                     {"10 - 4 - 3", 3.0},
                                                                     {"a * c - b", 9.25},
                                                                     {"min(a, c) + max(a, c)", 7.0},
                                                                     {"floor(c / a)", 2.0},
                                                                     {"sqrt(a * a)", 2.0},
                                                                     {"exp(log(c))", 5.0},
                                                                     {"1.5e3 / 3", 500.0}}));
  CAPTURE(text);
  const auto expression = parse(text);
  REQUIRE(expression);
  CHECK(expression->evaluate(values) == Approx(expected).epsilon(1e-14));
}

TEST_CASE("printed formulas read back to the same value, as text and as Excel") {
  const std::string text =
      GENERATE("a - (b - c)", "a / (b / c)", "(a + b) * c ^ -b", "-(a + b) * c", "a ^ (b * c)", "(a ^ b) ^ c",
               "-a ^ 2 + b", "a * (b + c) / (a - b)", "a - -b", "max(a * b, min(b, c)) - floor(c)");
  CAPTURE(text);
  const auto first = parse(text);
  REQUIRE(first);
  const auto again = parse(first->text(namer));
  REQUIRE(again);
  CHECK(again->evaluate(values) == first->evaluate(values));
}

TEST_CASE("Excel names the functions that LibreOffice shares") {
  const auto expression = parse("floor(a) + log(b) * max(a, c) + sqrt(c)");
  REQUIRE(expression);
  CHECK(expression->excel(namer) == "INT(a) + LN(b) * MAX(a,c) + SQRT(c)");
}

TEST_CASE("derivatives are exact: against central differences") {
  const std::string text = GENERATE("a * b / c", "(1 + b * c / 10) ^ -10", "exp(a * b) + log(c)", "1 / a * (1 / b - 1)",
                                    "sqrt(a + c) * min(a, c)", "a ^ b", "a - a");
  CAPTURE(text);
  const auto expression = parse(text);
  REQUIRE(expression);
  for (ParameterIndex p = 0; p < 3; ++p) {
    constexpr double step = 1e-6;
    auto up = values, down = values;
    up[p] += step;
    down[p] -= step;
    const double expected = (expression->evaluate(up) - expression->evaluate(down)) / (2 * step);
    std::vector<double> slopes(values.size(), 0.0);
    slopes[p] = 1.0;
    CHECK(expression->derivative(values, slopes) == Approx(expected).margin(1e-8).epsilon(1e-7));
  }
}

TEST_CASE("floor, min and max say that they have no derivative everywhere") {
  CHECK(parse("a * b")->differentiable());
  CHECK_FALSE(parse("a + floor(b)")->differentiable());
  CHECK_FALSE(parse("a * max(b, c)")->differentiable());
}

TEST_CASE("a malformed formula is refused at the character") {
  const auto [text, message] =
      GENERATE(table<std::string, std::string>({{"a + ", "ends where a value is expected at character 5"},
                                                {"a + nope", "unknown name 'nope' at character 5"},
                                                {"(a", "')' is missing"},
                                                {"min(a)", "takes 2 argument(s), not 1"},
                                                {"wild(a)", "unknown function 'wild'"},
                                                {"a $ b", "unexpected '$'"},
                                                {std::string(5000, char(40)) + "a", "nested too deeply"}}));
  const auto expression = parse(text);
  REQUIRE_FALSE(expression);
  CHECK(expression.error().front().code == "E040");
  CHECK(expression.error().front().message.find(message) != std::string::npos);
}

TEST_CASE("sums are compensated: small entries do not drown") {
  maths::Sum sum;
  sum.add(1e16);
  for (int i = 0; i < 10; ++i) sum.add(1.0);
  sum.add(-1e16);
  CHECK(sum.value() == 10.0);
}

TEST_CASE("maths functions agree with the C library to the last digits") {
  for (double x = 0.1; x < 20; x *= 1.7) {
    CHECK(maths::exp(x) == Approx(std::exp(x)).epsilon(1e-15));
    CHECK(maths::log(x) == Approx(std::log(x)).epsilon(1e-15));
    CHECK(maths::pow(x, -10.0) == Approx(std::pow(x, -10.0)).epsilon(1e-14));
  }
}
