// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/pedigree.hpp"

#include <algorithm>
#include <cmath>

#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

using Table = std::array<std::array<double, 5>, 5>;

// Uncertainty factors by indicator and score; 0 where the table has none. Frischknecht et al. 2005, table 7.3
// (recalled, the row of scores 3, 2, 3, 3, 3 checked).
constexpr Table expert = {{{1.00, 1.05, 1.10, 1.20, 1.50},
                           {1.00, 1.02, 1.05, 1.10, 1.20},
                           {1.00, 1.03, 1.10, 1.20, 1.50},
                           {1.00, 1.01, 1.02, 0.00, 1.10},
                           {1.00, 0.00, 1.20, 1.50, 2.00}}};
// Ciroth et al. 2016, as Activity Browser ships them.
constexpr Table empirical = {{{1.00, 1.54, 1.61, 1.69, 1.69},
                              {1.00, 1.03, 1.04, 1.08, 1.08},
                              {1.00, 1.03, 1.10, 1.19, 1.29},
                              {1.00, 1.04, 1.08, 1.11, 1.11},
                              {1.00, 1.18, 1.65, 2.08, 2.80}}};

}  // namespace

std::string_view name_of(PedigreeTable table) {
  return table == PedigreeTable::expert ? "expert (Frischknecht et al. 2005)" : "empirical (Ciroth et al. 2016)";
}

std::optional<double> gsd_squared(const PedigreeScores& scores, PedigreeTable table, double basic_uncertainty) {
  const Table& factors = table == PedigreeTable::expert ? expert : empirical;
  const double basic = maths::log(basic_uncertainty);
  double sum = basic * basic;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] < 1 || scores[i] > 5) return std::nullopt;
    const double factor = factors[i][static_cast<std::size_t>(scores[i] - 1)];
    if (factor == 0.0) return std::nullopt;
    sum += maths::log(factor) * maths::log(factor);
  }
  return maths::exp(std::sqrt(sum));
}

Distribution lognormal_from_gsd_squared(double value, double gsd2) {
  const double sigma = maths::log(gsd2) / 2;
  return lognormal_from_variance(value, sigma * sigma);
}

Distribution lognormal_from_variance(double value, double variance_of_log) {
  Distribution d;
  d.kind = DistributionKind::lognormal;
  d.loc = maths::log(std::abs(value));
  d.scale = std::sqrt(variance_of_log);
  d.negative = value < 0.0;
  return d;
}

int aggregate_quality(std::span<const int> scores, std::span<const double> weights, int max_score,
                      QualityAggregation aggregation, QualityRounding rounding, NotGiven not_given) {
  double sum = 0.0, total = 0.0;
  int largest = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    int score = scores[i];
    if (score == 0 && not_given == NotGiven::exclude) continue;
    if (score == 0) score = max_score;
    const double weight = aggregation == QualityAggregation::weighted_squared ? weights[i] * weights[i] : weights[i];
    sum += weight * score;
    total += weight;
    largest = std::max(largest, score);
  }
  if (aggregation == QualityAggregation::maximum) return largest;
  if (total == 0.0) return 0;
  return static_cast<int>(rounding == QualityRounding::ceiling ? std::ceil(sum / total)
                                                               : std::floor(sum / total + 0.5));
}

}  // namespace cradle::lca
