// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/parameter_draws.hpp"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lca/lanes/lane_math.hpp"
#include "lca/maths.hpp"
#include "lca/uncertainty/sampler.hpp"
#include "lca/uncertainty/statistics.hpp"

namespace cradle::lca {
namespace {

constexpr std::uint64_t parameter_stream = 0x9a7a;
constexpr double z_975 = 1.9599639845400545;  // standard normal quantile of 0.975

double uniform_of(std::uint64_t seed, std::uint64_t draw, std::uint64_t id) {
  std::uint64_t word0 = draw, word1 = id;
  lanes::threefry(word0, word1, seed, parameter_stream);
  return lanes::uniform(word0);
}

}  // namespace

double parameter_quantile(const Parameter& p, double probability) {
  if (p.range != RangeKind::interval_95) return p.value;
  const double z = lanes::normal_quantile(probability) / z_975;
  if (p.low > 0.0 && p.value > 0.0)
    return p.value * lanes::exp(z < 0.0 ? -z * lanes::log(p.low / p.value) : z * lanes::log(p.high / p.value));
  return p.value + (z < 0.0 ? -z * (p.low - p.value) : z * (p.high - p.value));
}

ParameterDraws ParameterDraws::run(const Evaluator& evaluator, std::span<const Query> queries, const DrawSettings& plan) {
  const auto& parameters = evaluator.system().parameters();
  std::vector<std::pair<ParameterIndex, std::uint64_t>> drawn;
  for (ParameterIndex i = 0; i < parameters.size(); ++i)
    if (parameters[i].range == RangeKind::interval_95 && !parameters[i].calculated())
      drawn.emplace_back(i, name_id(parameters[i].figure.empty() ? parameters[i].name : parameters[i].figure));
  std::vector<PreparedQuery> prepared;
  for (const auto& query : queries) prepared.push_back(evaluator.prepare(query));

  ParameterDraws result;
  result.draws_ = plan.draws;
  result.answers_.assign(queries.size(), std::vector<double>(plan.draws, std::numeric_limits<double>::quiet_NaN()));
  std::vector<char> solved(plan.draws, 0);
  constexpr std::size_t chunk = 16;
  tbb::task_arena arena(plan.threads);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, (plan.draws + chunk - 1) / chunk, [&](std::size_t c) {
      auto values = parameters.values();
      for (std::size_t d = c * chunk; d < std::min(plan.draws, (c + 1) * chunk); ++d) {
        for (const auto& [index, id] : drawn)
          values[index] = parameter_quantile(parameters[index], uniform_of(plan.seed, d, id));
        const auto at = evaluator.evaluate(values);
        if (!at) continue;
        solved[d] = 1;
        for (std::size_t q = 0; q < prepared.size(); ++q) result.answers_[q][d] = evaluator.fold(*at, prepared[q]);
      }
    });
  });
  result.failed_ = static_cast<std::size_t>(std::count(solved.begin(), solved.end(), 0));
  return result;
}

std::optional<Interval> interval_of(std::span<const double> draws) {
  const auto summary = summarise(draws);
  if (summary.draws == 0 || summary.quantiles.front() == summary.quantiles.back()) return std::nullopt;
  return Interval{summary.quantiles.front(), summary.quantiles.back(), false};
}

}  // namespace cradle::lca
