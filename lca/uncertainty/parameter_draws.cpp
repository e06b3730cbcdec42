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

ParameterDraws ParameterDraws::run(const ProductSystem& system, std::uint64_t seed, std::size_t draws, int threads) {
  ParameterDraws result;
  result.amounts_.resize(draws);
  result.impacts_.resize(draws);
  std::vector<std::pair<ParameterIndex, std::uint64_t>> drawn;
  for (ParameterIndex i = 0; i < system.parameters().size(); ++i)
    if (system.parameters()[i].range == RangeKind::interval_95)
      drawn.emplace_back(i, name_id(system.parameters()[i].name));

  constexpr std::size_t chunk = 64;
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, (draws + chunk - 1) / chunk, [&](std::size_t c) {
      ProductSystem own = system;  // parameters are set draw by draw
      for (std::size_t d = c * chunk; d < std::min(draws, (c + 1) * chunk); ++d) {
        for (const auto& [index, id] : drawn)
          own.parameters().set_value(index, parameter_quantile(system.parameters()[index], uniform_of(seed, d, id)));
        const auto solution = Solution::solve(own);
        if (!solution) continue;
        for (const auto& entry : solution->ledger()) {
          result.amounts_[d].push_back(entry.amount);
          result.impacts_[d].push_back(entry.impacts);
        }
      }
    });
  });
  result.failed_ = static_cast<std::size_t>(
      std::count_if(result.amounts_.begin(), result.amounts_.end(), [](const auto& draw) { return draw.empty(); }));
  return result;
}

std::vector<double> ParameterDraws::folds(const std::vector<LedgerEntry>& ledger, const Selection& selection,
                                          Weight weight) const {
  std::vector<std::size_t> selected;
  for (std::size_t e = 0; e < ledger.size(); ++e)
    if (selection(ledger[e])) selected.push_back(e);
  std::vector<double> all;
  for (std::size_t d = 0; d < amounts_.size(); ++d) {
    maths::Sum sum;
    for (const auto e : selected)
      if (!amounts_[d].empty()) sum.add(weight ? impacts_[d][e][*weight] : amounts_[d][e]);
    all.push_back(amounts_[d].empty() ? std::numeric_limits<double>::quiet_NaN() : sum.value());
  }
  return all;
}

std::optional<Interval> ParameterDraws::interval(const std::vector<LedgerEntry>& ledger, const Selection& selection,
                                                 Weight weight) const {
  const auto summary = summarise(folds(ledger, selection, weight));
  if (summary.draws == 0 || summary.quantiles.front() == summary.quantiles.back()) return std::nullopt;
  return Interval{summary.quantiles.front(), summary.quantiles.back(), false};
}

}  // namespace cradle::lca
