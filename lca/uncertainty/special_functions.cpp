// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/special_functions.hpp"

#include <sleef.h>

#include <cmath>
#include <limits>

#include "lca/maths.hpp"

namespace cradle::lca::maths {
namespace {

constexpr double tiny = 1e-300;
constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr int most_terms =
    10'000;  // reached for no argument a distribution gives: both converge in about sqrt(a) terms

double gamma_series(double a, double x) {
  double term = 1.0 / a, sum = term;
  for (int n = 1; n < most_terms && term > sum * epsilon; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * exp(a * log(x) - x - log_gamma(a));
}

/// Modified Lentz (Thompson and Barnett 1986) for a continued fraction given by its partial quotients.
template <typename Term>
double continued_fraction(double first, Term term) {
  double f = first == 0.0 ? tiny : first, c = f, d = 0.0;
  for (int n = 1; n < most_terms; ++n) {
    const auto [a, b] = term(n);
    d = b + a * d;
    c = b + a / c;
    if (d == 0.0) d = tiny;
    if (c == 0.0) c = tiny;
    d = 1.0 / d;
    f *= c * d;
    if (std::abs(c * d - 1.0) < epsilon) break;
  }
  return f;
}

struct Quotient {
  double a, b;
};

template <typename Function>
double bisect(double low, double high, double wanted, Function function) {
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (function(middle) < wanted ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

double log_gamma(double x) { return Sleef_cinz_lgammad1_u10purec(x); }

double gamma_p(double a, double x) {
  if (x <= 0.0) return 0.0;
  if (x < a + 1.0) return gamma_series(a, x);
  const double fraction = continued_fraction(x + 1.0 - a, [&](int n) {
    return Quotient{n * (a - n), x + 2 * n + 1 - a};
  });
  return 1.0 - exp(a * log(x) - x - log_gamma(a)) / fraction;
}

double beta_i(double a, double b, double x) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  if (x > (a + 1.0) / (a + b + 2.0)) return 1.0 - beta_i(b, a, 1.0 - x);
  const double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log(1.0 - x)) / a;
  const double fraction = continued_fraction(1.0, [&](int n) {
    const double m = n / 2;  // whole part
    const double numerator = n % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    return Quotient{numerator, 1.0};
  });
  return front / fraction;
}

double gamma_p_inverse(double a, double p) {
  double high = a + 1.0;
  while (gamma_p(a, high) < p) high *= 2;
  return bisect(0.0, high, p, [&](double x) { return gamma_p(a, x); });
}

double beta_i_inverse(double a, double b, double p) {
  return bisect(0.0, 1.0, p, [&](double x) { return beta_i(a, b, x); });
}

}  // namespace cradle::lca::maths
