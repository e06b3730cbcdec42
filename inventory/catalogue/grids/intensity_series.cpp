// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/grids/intensity_series.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace cradle::inventory {
namespace {

using namespace std::chrono;

int year_of(std::int64_t second) {
  return static_cast<int>(year_month_day(floor<days>(sys_seconds(seconds(second)))).year());
}

/// Calls `use` with each step that meets [start, end) and the seconds that they share.
template <class Use>
void each_shared(const std::vector<IntensityStep>& steps, std::int64_t start, std::int64_t end, Use use) {
  auto step = std::partition_point(steps.begin(), steps.end(), [&](const auto& one) { return one.end <= start; });
  for (; step != steps.end() && step->start < end; ++step)
    use(*step, static_cast<double>(std::min(end, step->end) - std::max(start, step->start)));
}

}  // namespace

std::int64_t start_of_year(int value) {
  return sys_seconds(sys_days(year(value) / January / 1)).time_since_epoch().count();
}

YearMean year_mean(const IntensitySeries& series, int year) {
  const auto start = start_of_year(year), end = start_of_year(year + 1);
  double sum = 0.0, time = 0.0;
  each_shared(series.steps, start, end, [&](const IntensityStep& step, double shared) {
    sum += step.kg_per_kwh * shared;
    time += shared;
  });
  return {time > 0 ? sum / time : 0.0, time / static_cast<double>(end - start)};
}

JoinedIntensity join(const std::vector<EnergyStep>& energy, const IntensitySeries& series) {
  double total = 0.0, covered = 0.0, weighted = 0.0, estimated = 0.0;
  std::set<int> years;
  for (const auto& part : energy) {
    if (part.end <= part.start || part.joules <= 0) continue;
    total += part.joules;
    for (int year = year_of(part.start); year <= year_of(part.end - 1); ++year) years.insert(year);
    each_shared(series.steps, part.start, part.end, [&](const IntensityStep& step, double shared) {
      const double joules = part.joules * shared / static_cast<double>(part.end - part.start);
      covered += joules;
      weighted += joules * step.kg_per_kwh;
      if (step.estimated) estimated += joules;
    });
  }
  JoinedIntensity result;
  if (covered <= 0) return result;
  result.kg_per_kwh = weighted / covered;
  result.covered = covered / total;
  result.estimated = estimated / covered;
  for (const int year : years) {
    const YearMean one = year_mean(series, year);
    result.mean += one.kg_per_kwh * one.covered;
    result.mean_covered += one.covered;
  }
  result.mean /= result.mean_covered;
  result.mean_covered /= static_cast<double>(years.size());
  return result;
}

}  // namespace cradle::inventory
