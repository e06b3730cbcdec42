// SPDX-License-Identifier: Apache-2.0
// Grid intensity by stretch of time, and what it gives for energy of which the time is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cradle::inventory {

/// kg CO2e/kWh that no grid exceeds: coal alone lies between 0.74 and 0.91 (IPCC AR5 annex III), lignite in old plants
/// above one. A limit of what is plausible, not a figure.
inline constexpr double most_intense_grid = 1.5;

/// Stretches of time are in seconds since 1970, UTC; the end is not part of them.
struct IntensityStep {
  std::int64_t start = 0, end = 0;
  double kg_per_kwh = 0.0;
  bool estimated = false;  ///< by its publisher, where measurements were missing
};

struct IntensitySeries {
  std::string format;  ///< "Electricity Maps"
  std::string zone;    ///< as the file calls it
  std::string basis;   ///< "life-cycle, of consumption"
  std::string sha256;
  std::vector<IntensityStep> steps;  ///< by time, none overlapping another
  std::size_t rows_without_value = 0;
};

struct EnergyStep {
  std::int64_t start = 0, end = 0;
  double joules = 0.0;
};

/// What energy meets in a grid. Energy is even within each of its steps.
struct JoinedIntensity {
  double kg_per_kwh = 0.0;    ///< weighted by energy, over the energy that the series covers
  double covered = 0.0;       ///< share of the energy; the rest takes the same intensity
  double estimated = 0.0;     ///< share of the covered energy whose intensity is an estimate of the publisher
  double mean = 0.0;          ///< weighted by time, over the calendar years that the energy lies in
  double mean_covered = 0.0;  ///< share of those years that the series covers
};

/// `covered` 0 where energy and series share no time.
JoinedIntensity join(const std::vector<EnergyStep>& energy, const IntensitySeries& series);

/// The mean over time of one calendar year (UTC), with the share of the year that is covered.
struct YearMean {
  double kg_per_kwh = 0.0, covered = 0.0;
};
YearMean year_mean(const IntensitySeries& series, int year);

/// First second of a calendar year, UTC.
std::int64_t start_of_year(int year);

}  // namespace cradle::inventory
