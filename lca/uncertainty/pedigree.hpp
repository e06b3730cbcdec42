// SPDX-License-Identifier: Apache-2.0
// Pedigree scores to a geometric standard deviation, by either published table; and how scores of data quality add up.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "lca/uncertainty/distribution.hpp"

namespace cradle::lca {

/// Scores 1 (best) to 5: reliability, completeness, temporal, geographical, further technological correlation.
using PedigreeScores = std::array<int, 5>;

enum class PedigreeTable {
  expert,    ///< Frischknecht et al. 2005, the judgement of ecoinvent 2
  empirical  ///< Ciroth et al. 2016, fitted to data
};
std::string_view name_of(PedigreeTable table);

/// GSD^2 = exp(sqrt(sum of ln(U)^2)) over the factors of the scores and the basic uncertainty (Frischknecht et al.
/// 2005, eq. 7.1); nothing where the table has no factor for a score.
std::optional<double> gsd_squared(const PedigreeScores& scores, PedigreeTable table, double basic_uncertainty);

/// Lognormal around a value from its GSD^2 (sigma = ln(GSD^2) / 2), or from the variance of the logarithm (EcoSpold 2).
Distribution lognormal_from_gsd_squared(double value, double gsd_squared);
Distribution lognormal_from_variance(double value, double variance_of_log);

/// How data-quality scores of a result's parts are put together (openLCA's choices).
enum class QualityAggregation { weighted_average, weighted_squared, maximum };
enum class QualityRounding { half_up, ceiling };
enum class NotGiven { exclude, as_maximum };
/// Scores of 0 are "not given". The result is between 1 and `max_score`, 0 where nothing was given.
int aggregate_quality(std::span<const int> scores, std::span<const double> weights, int max_score,
                      QualityAggregation aggregation, QualityRounding rounding, NotGiven not_given);

}  // namespace cradle::lca
