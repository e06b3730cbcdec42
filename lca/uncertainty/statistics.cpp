// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

struct Moments {
  double mean, sd;
};

Moments moments(std::span<const double> x) {
  maths::Sum sum, squares;
  for (const double v : x) sum.add(v);
  const double n = static_cast<double>(x.size()), mean = sum.value() / n;
  for (const double v : x) squares.add((v - mean) * (v - mean));
  return {mean, x.size() > 1 ? std::sqrt(squares.value() / (n - 1)) : 0.0};
}

std::vector<double> numbers(std::span<const double> draws) {
  std::vector<double> x;
  x.reserve(draws.size());
  std::copy_if(draws.begin(), draws.end(), std::back_inserter(x), [](double v) { return !std::isnan(v); });
  return x;
}

}  // namespace

double quantile_of_sorted(std::span<const double> sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

DrawSummary summarise(std::span<const double> draws) {
  auto x = numbers(draws);
  DrawSummary summary;
  summary.draws = x.size();
  if (x.empty()) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    summary.mean = summary.sd = summary.standard_error = nothing;
    summary.quantiles.fill(nothing);
    return summary;
  }
  const auto [mean, sd] = moments(x);
  summary.mean = mean;
  summary.sd = sd;
  summary.standard_error = sd / std::sqrt(static_cast<double>(x.size()));
  std::sort(x.begin(), x.end());
  for (std::size_t q = 0; q < reported_quantiles.size(); ++q)
    summary.quantiles[q] = quantile_of_sorted(x, reported_quantiles[q]);
  return summary;
}

std::vector<MeanSoFar> convergence(std::span<const double> draws) {
  const auto x = numbers(draws);
  std::vector<MeanSoFar> steps;
  for (std::size_t n = 16; n < 2 * x.size(); n *= 2) {
    const std::size_t count = std::min(n, x.size());
    const auto [mean, sd] = moments(std::span(x).first(count));
    steps.push_back({count, mean, sd / std::sqrt(static_cast<double>(count))});
  }
  return steps;
}

}  // namespace cradle::lca
