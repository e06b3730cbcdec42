// SPDX-License-Identifier: Apache-2.0
// How an amount may vary: the distributions of stats_arrays (BSD, Mutel et al.), with its identifiers and fields, so
// that uncertainty files of other tools mean the same here.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cradle::lca {

/// The numbers are the identifiers of stats_arrays. A minimum or a maximum of a lognormal, normal, Weibull, gamma,
/// extreme-value or Student distribution cuts it off there, one of them or both, as stats_arrays does by drawing again.
enum class DistributionKind : int {
  undefined = 0,         ///< the value as it is
  none = 1,              ///< fixed
  lognormal = 2,         ///< loc, scale: mean and standard deviation of the logarithm; `negative` turns the sign
  normal = 3,            ///< loc, scale
  uniform = 4,           ///< minimum (0 if missing), maximum
  triangular = 5,        ///< minimum, loc = mode, maximum
  bernoulli = 6,         ///< loc = probability of 1
  discrete_uniform = 7,  ///< minimum (0 if missing) to maximum, the maximum left out
  weibull = 8,           ///< scale = lambda, shape = k, loc = offset
  gamma = 9,             ///< shape = k, scale = theta, loc = offset
  beta = 10,             ///< loc = alpha, shape = beta; minimum and maximum (0 and 1) rescale
  extreme_value = 11,    ///< Gumbel: loc, scale; shape 0
  student_t = 12,        ///< shape = degrees of freedom, loc (0), scale (1)
  beta_pert = 13         ///< minimum, loc = mode, maximum, scale = lambda (4)
};

struct Distribution {
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  DistributionKind kind = DistributionKind::none;
  double loc = missing, scale = missing, shape = missing, minimum = missing, maximum = missing;
  bool negative = false;

  /// Why the fields do not make a distribution ("the mode lies outside the bounds"), or nothing.
  std::optional<std::string> fault() const;
  /// The same distribution with the fields that may be missing filled in.
  Distribution completed() const;
  /// A distribution that bounds cut off: of p and within them.
  bool cut_off() const;
  bool fixed() const { return kind == DistributionKind::undefined || kind == DistributionKind::none; }

  // All of these want a completed distribution without fault. 0 < p < 1.
  double quantile(double p) const;
  double cumulative(double x) const;
  double density(double x) const;
  double mean() const;
  double variance() const;

 private:
  Distribution whole() const;                   ///< without its bounds
  std::pair<double, double> within() const;     ///< cumulative probabilities of its bounds in the whole
  double moment(int power, double about) const;  ///< of a distribution that is cut off
};

std::string_view name_of(DistributionKind kind);

}  // namespace cradle::lca
