// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/distribution.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lca/lanes/lane_math.hpp"
#include "lca/maths.hpp"
#include "lca/uncertainty/special_functions.hpp"

namespace cradle::lca {
namespace {

using Kind = DistributionKind;

constexpr double pi = 3.14159265358979323846;
constexpr double euler_gamma = 0.57721566490153286061;

bool given(double x) { return std::isfinite(x); }
double or_else(double x, double other) { return given(x) ? x : other; }
double gamma_function(double x) { return maths::exp(maths::log_gamma(x)); }

/// Shape parameters of a beta-PERT: alpha = 1 + lambda (b - a) / (c - a), beta = 1 + lambda (c - b) / (c - a).
struct Shapes {
  double alpha, beta;
};
Shapes shapes_of(const Distribution& d) {
  if (d.kind == Kind::beta) return {d.loc, d.shape};
  const double width = d.maximum - d.minimum;
  return {1 + d.scale * (d.loc - d.minimum) / width, 1 + d.scale * (d.maximum - d.loc) / width};
}

double normal_density(double z) { return maths::exp(-z * z / 2) / std::sqrt(2 * pi); }

double normal_cumulative(double z) {
  const double tail = (1.0 - maths::gamma_p(0.5, z * z / 2)) / 2;
  return z < 0 ? tail : 1.0 - tail;
}

double student_cumulative(double t, double freedom) {
  const double tail = maths::beta_i(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  return t < 0 ? tail : 1.0 - tail;
}

double student_quantile(double p, double freedom) {
  const double x = maths::beta_i_inverse(freedom / 2, 0.5, 2 * std::min(p, 1 - p));
  const double t = std::sqrt(freedom * (1 - x) / x);
  return p < 0.5 ? -t : t;
}

std::optional<std::string> bounds_fault(const Distribution& d) {
  if (!given(d.maximum)) return "it has no maximum";
  if (!given(d.minimum)) return "it has no minimum";
  if (d.minimum >= d.maximum) return "its minimum is not below its maximum";
  return std::nullopt;
}

std::optional<std::string> mode_fault(const Distribution& d) {
  if (const auto fault = bounds_fault(d)) return fault;
  if (!given(d.loc)) return "it has no mode";
  if (d.loc < d.minimum || d.loc > d.maximum) return "the mode lies outside the bounds";
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 14> names = {
      "undefined",        "none",    "lognormal", "normal", "uniform",       "triangular", "Bernoulli",
      "discrete uniform", "Weibull", "gamma",     "beta",   "extreme value", "Student t",  "beta-PERT"};
  return names[static_cast<std::size_t>(kind)];
}

Distribution Distribution::completed() const {
  Distribution d = *this;
  if (kind == Kind::uniform || kind == Kind::discrete_uniform) d.minimum = or_else(minimum, 0.0);
  if (kind == Kind::weibull || kind == Kind::gamma || kind == Kind::student_t) d.loc = or_else(loc, 0.0);
  if (kind == Kind::student_t) d.scale = or_else(scale, 1.0);
  if (kind == Kind::beta_pert) d.scale = or_else(scale, 4.0);
  if (kind == Kind::beta) {
    d.minimum = or_else(minimum, 0.0);
    d.maximum = or_else(maximum, 1.0);
  }
  return d;
}

bool Distribution::cut_off() const {
  const bool has_bounds_of_its_own = kind == Kind::lognormal || kind == Kind::normal || kind == Kind::weibull ||
                                     kind == Kind::gamma || kind == Kind::extreme_value || kind == Kind::student_t;
  return has_bounds_of_its_own && (given(minimum) || given(maximum));
}

Distribution Distribution::whole() const {
  Distribution d = *this;
  d.minimum = d.maximum = missing;
  return d;
}

std::pair<double, double> Distribution::within() const {
  const Distribution all = whole();
  return {given(minimum) ? all.cumulative(minimum) : 0.0, given(maximum) ? all.cumulative(maximum) : 1.0};
}

/// E[(x - about)^power] over equal parts of probability, each at its middle.
double Distribution::moment(int power, double about) const {
  constexpr int parts = 4096;
  maths::Sum sum;
  for (int i = 0; i < parts; ++i) {
    const double x = quantile((i + 0.5) / parts) - about;
    sum.add(power == 1 ? x : x * x);
  }
  return sum.value() / parts;
}

std::optional<std::string> Distribution::fault() const {
  const Distribution d = completed();
  if (d.cut_off()) {
    if (given(d.minimum) && given(d.maximum) && d.minimum >= d.maximum) return "its minimum is not below its maximum";
    if (const auto fault = d.whole().fault()) return fault;
    constexpr double least = 1e-9;  // below it the quantiles of the whole have too few digits
    const auto [low, high] = d.within();
    if (high - low < least) return "nothing of it lies within its bounds";
    return std::nullopt;
  }
  const auto positive = [](double x, const char* what) -> std::optional<std::string> {
    if (given(x) && x > 0) return std::nullopt;
    return std::string(what) + " is not above 0";
  };
  switch (kind) {
    case Kind::undefined:
    case Kind::none:
      return std::nullopt;
    case Kind::lognormal:
      if (!given(d.loc)) return "it has no mean of the logarithm";
      return positive(d.scale, "its standard deviation of the logarithm");
    case Kind::normal:
      if (!given(d.loc)) return "it has no mean";
      return positive(d.scale, "its standard deviation");
    case Kind::uniform:
      return bounds_fault(d);
    case Kind::discrete_uniform:
      if (const auto fault = bounds_fault(d)) return fault;
      if (d.minimum != std::floor(d.minimum) || d.maximum != std::floor(d.maximum)) return "its bounds are not whole";
      return std::nullopt;
    case Kind::triangular:
      return mode_fault(d);
    case Kind::bernoulli:
      if (!given(d.loc) || d.loc < 0 || d.loc > 1) return "its probability lies outside 0 to 1";
      return std::nullopt;
    case Kind::weibull:
    case Kind::gamma:
      if (const auto fault = positive(d.scale, "its scale")) return fault;
      return positive(d.shape, "its shape");
    case Kind::beta:
      if (const auto fault = bounds_fault(d)) return fault;
      if (const auto fault = positive(d.loc, "its alpha")) return fault;
      return positive(d.shape, "its beta");
    case Kind::extreme_value:
      if (!given(d.loc)) return "it has no location";
      if (given(d.shape) && d.shape != 0) return "its shape is not 0 (only Gumbel's form is known)";
      return positive(d.scale, "its scale");
    case Kind::student_t:
      if (const auto fault = positive(d.scale, "its scale")) return fault;
      return positive(d.shape, "its degrees of freedom");
    case Kind::beta_pert:
      if (const auto fault = mode_fault(d)) return fault;
      return positive(d.scale, "its lambda");
  }
  return "its identifier is not one of 0 to 13";
}

double Distribution::quantile(double p) const {
  if (cut_off()) {
    const auto [low, high] = within();
    const double x = whole().quantile(low + (high - low) * p);
    return std::min(std::max(x, or_else(minimum, x)), or_else(maximum, x));
  }
  switch (kind) {
    case Kind::undefined:
    case Kind::none:
      return loc;
    case Kind::lognormal: {
      const double z = lanes::normal_quantile(p);
      return negative ? -lanes::exp(loc - scale * z) : lanes::exp(loc + scale * z);
    }
    case Kind::normal:
      return loc + scale * lanes::normal_quantile(p);
    case Kind::uniform:
      return minimum + (maximum - minimum) * p;
    case Kind::triangular: {
      const double width = maximum - minimum, left = loc - minimum, right = maximum - loc;
      return p * width < left ? minimum + std::sqrt(p * (width * left))
                              : maximum - std::sqrt((1 - p) * (width * right));
    }
    case Kind::bernoulli:
      return p < 1 - loc ? 0.0 : 1.0;
    case Kind::discrete_uniform:
      return std::floor(minimum + (maximum - minimum) * p);
    case Kind::weibull:
      return loc + scale * maths::pow(-maths::log(1 - p), 1 / shape);
    case Kind::gamma:
      return loc + scale * maths::gamma_p_inverse(shape, p);
    case Kind::beta:
    case Kind::beta_pert: {
      const auto [alpha, beta_shape] = shapes_of(*this);
      return minimum + (maximum - minimum) * maths::beta_i_inverse(alpha, beta_shape, p);
    }
    case Kind::extreme_value:
      return loc - scale * maths::log(-maths::log(p));
    case Kind::student_t:
      return loc + scale * student_quantile(p, shape);
  }
  return loc;
}

double Distribution::cumulative(double x) const {
  if (cut_off()) {
    const auto [low, high] = within();
    return std::clamp((whole().cumulative(x) - low) / (high - low), 0.0, 1.0);
  }
  switch (kind) {
    case Kind::undefined:
    case Kind::none:
      return x < loc ? 0.0 : 1.0;
    case Kind::lognormal: {
      const double size = negative ? -x : x;
      if (size <= 0) return negative ? 1.0 : 0.0;
      const double below = normal_cumulative((maths::log(size) - loc) / scale);
      return negative ? 1 - below : below;
    }
    case Kind::normal:
      return normal_cumulative((x - loc) / scale);
    case Kind::uniform:
      return std::clamp((x - minimum) / (maximum - minimum), 0.0, 1.0);
    case Kind::triangular: {
      if (x <= minimum) return 0.0;
      if (x >= maximum) return 1.0;
      const double width = maximum - minimum;
      return x < loc ? (x - minimum) * (x - minimum) / (width * (loc - minimum))
                     : 1 - (maximum - x) * (maximum - x) / (width * (maximum - loc));
    }
    case Kind::bernoulli:
      return x < 0 ? 0.0 : x < 1 ? 1 - loc : 1.0;
    case Kind::discrete_uniform:
      return std::clamp((std::floor(x) + 1 - minimum) / (maximum - minimum), 0.0, 1.0);
    case Kind::weibull:
      return x <= loc ? 0.0 : 1 - maths::exp(-maths::pow((x - loc) / scale, shape));
    case Kind::gamma:
      return maths::gamma_p(shape, (x - loc) / scale);
    case Kind::beta:
    case Kind::beta_pert: {
      const auto [alpha, beta_shape] = shapes_of(*this);
      return maths::beta_i(alpha, beta_shape, (x - minimum) / (maximum - minimum));
    }
    case Kind::extreme_value:
      return maths::exp(-maths::exp(-(x - loc) / scale));
    case Kind::student_t:
      return student_cumulative((x - loc) / scale, shape);
  }
  return 0.0;
}

double Distribution::density(double x) const {
  if (cut_off()) {
    if (x < or_else(minimum, x) || x > or_else(maximum, x)) return 0.0;
    const auto [low, high] = within();
    return whole().density(x) / (high - low);
  }
  switch (kind) {
    case Kind::undefined:
    case Kind::none:
    case Kind::bernoulli:
    case Kind::discrete_uniform:
      return 0.0;  // these have probabilities, not a density
    case Kind::lognormal: {
      const double size = negative ? -x : x;
      return size <= 0 ? 0.0 : normal_density((maths::log(size) - loc) / scale) / (size * scale);
    }
    case Kind::normal:
      return normal_density((x - loc) / scale) / scale;
    case Kind::uniform:
      return x < minimum || x > maximum ? 0.0 : 1 / (maximum - minimum);
    case Kind::triangular: {
      if (x <= minimum || x >= maximum) return 0.0;
      const double width = maximum - minimum;
      if (x == loc) return 2 / width;
      return x < loc ? 2 * (x - minimum) / (width * (loc - minimum)) : 2 * (maximum - x) / (width * (maximum - loc));
    }
    case Kind::weibull: {
      const double t = (x - loc) / scale;
      return t <= 0 ? 0.0 : shape / scale * maths::pow(t, shape - 1) * maths::exp(-maths::pow(t, shape));
    }
    case Kind::gamma: {
      const double t = (x - loc) / scale;
      return t <= 0 ? 0.0 : maths::exp((shape - 1) * maths::log(t) - t - maths::log_gamma(shape)) / scale;
    }
    case Kind::beta:
    case Kind::beta_pert: {
      const auto [a, b] = shapes_of(*this);
      const double width = maximum - minimum, t = (x - minimum) / width;
      if (t <= 0 || t >= 1) return 0.0;
      return maths::exp(maths::log_gamma(a + b) - maths::log_gamma(a) - maths::log_gamma(b) + (a - 1) * maths::log(t) +
                        (b - 1) * maths::log(1 - t)) /
             width;
    }
    case Kind::extreme_value: {
      const double z = (x - loc) / scale;
      return maths::exp(-z - maths::exp(-z)) / scale;
    }
    case Kind::student_t: {
      const double t = (x - loc) / scale;
      return maths::exp(maths::log_gamma((shape + 1) / 2) - maths::log_gamma(shape / 2) -
                        (shape + 1) / 2 * maths::log(1 + t * t / shape)) /
             (std::sqrt(shape * pi) * scale);
    }
  }
  return 0.0;
}

double Distribution::mean() const {
  if (cut_off()) return moment(1, 0.0);
  switch (kind) {
    case Kind::undefined:
    case Kind::none:
    case Kind::normal:
    case Kind::bernoulli:
      return loc;
    case Kind::lognormal:
      return (negative ? -1.0 : 1.0) * maths::exp(loc + scale * scale / 2);
    case Kind::uniform:
      return (minimum + maximum) / 2;
    case Kind::discrete_uniform:
      return (minimum + maximum - 1) / 2;
    case Kind::triangular:
      return (minimum + loc + maximum) / 3;
    case Kind::weibull:
      return loc + scale * gamma_function(1 + 1 / shape);
    case Kind::gamma:
      return loc + scale * shape;
    case Kind::beta:
    case Kind::beta_pert: {
      const auto [a, b] = shapes_of(*this);
      return minimum + (maximum - minimum) * a / (a + b);
    }
    case Kind::extreme_value:
      return loc + scale * euler_gamma;
    case Kind::student_t:
      return shape > 1 ? loc : missing;
  }
  return missing;
}

double Distribution::variance() const {
  if (cut_off()) return moment(2, mean());
  const double width = maximum - minimum;
  switch (kind) {
    case Kind::undefined:
    case Kind::none:
      return 0.0;
    case Kind::lognormal: {
      const double m = mean();
      return (maths::exp(scale * scale) - 1) * m * m;
    }
    case Kind::normal:
      return scale * scale;
    case Kind::uniform:
      return width * width / 12;
    case Kind::discrete_uniform:
      return (width * width - 1) / 12;
    case Kind::bernoulli:
      return loc * (1 - loc);
    case Kind::triangular:
      return (minimum * minimum + loc * loc + maximum * maximum - minimum * loc - minimum * maximum - loc * maximum) /
             18;
    case Kind::weibull: {
      const double first = gamma_function(1 + 1 / shape);
      return scale * scale * (gamma_function(1 + 2 / shape) - first * first);
    }
    case Kind::gamma:
      return shape * scale * scale;
    case Kind::beta:
    case Kind::beta_pert: {
      const auto [a, b] = shapes_of(*this);
      return width * width * a * b / ((a + b) * (a + b) * (a + b + 1));
    }
    case Kind::extreme_value:
      return pi * pi / 6 * scale * scale;
    case Kind::student_t:
      return shape > 2 ? scale * scale * shape / (shape - 2) : missing;
  }
  return missing;
}

}  // namespace cradle::lca
