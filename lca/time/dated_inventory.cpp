// SPDX-License-Identifier: Apache-2.0
#include "lca/time/dated_inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace cradle::lca {
namespace {

using Key = std::tuple<MatrixName, int, int>;
using Shares = std::vector<std::pair<int, double>>;  // years, share
using Series = std::map<int, double>;                // year -> amount

constexpr double negligible = 1e-12;
constexpr int most_rounds = 1000;

Result<std::map<Key, Shares>> by_exchange(const MatrixLca& lca, std::span<const Timing> timings) {
  const MatrixSystem& system = lca.system();
  const auto own = [&](int row, int column) {
    return lca.process_of_product()[static_cast<std::size_t>(row)] == column;
  };
  std::map<Key, Shares> all;
  for (const auto& t : timings) all[{t.matrix, t.row, t.column}].emplace_back(t.years, t.share);
  Findings findings;
  for (const auto& [key, shares] : all) {
    double sum = 0.0;
    for (const auto& [years, share] : shares) sum += share;
    const auto& [matrix, row, column] = key;
    if (std::abs(sum - 1.0) > 1e-9)
      findings.push_back({"E098", fmt::format("the shares of {}({}, {}) over the years sum to {}, not to 1",
                                              static_cast<char>(matrix), row, column, sum)});
    if (matrix == MatrixName::characterisation || (matrix == MatrixName::technosphere && own(row, column)))
      findings.push_back(
          {"E098", fmt::format("{}({}, {}) cannot be dated", static_cast<char>(matrix), row, column),
           "inputs, wastes and elementary flows can; a process's own product is what its year is counted from"});
    if (!system.matrix(matrix).find(row, column))
      findings.push_back(
          {"E098", fmt::format("{}({}, {}) is dated, but has no entry", static_cast<char>(matrix), row, column)});
  }
  if (!findings.empty()) return tl::unexpected(findings);
  return all;
}

void add(Series& to, const Series& from, double factor, const Shares* shares) {
  for (const auto& [year, amount] : from) {
    if (shares == nullptr) {
      to[year] += factor * amount;
      continue;
    }
    for (const auto& [years, share] : *shares) to[year + years] += factor * amount * share;
  }
}

}  // namespace

Result<DatedInventory> dated_inventory(const MatrixLca& lca, const MatrixDemand& demand,
                                       std::span<const Timing> timings) {
  const auto dated = by_exchange(lca, timings);
  if (!dated) return tl::unexpected(dated.error());
  auto reached = lca.reach_of({demand});
  if (!reached) return tl::unexpected(reached.error());
  const auto flow = arrange(*reached);
  const auto shares_of = [&](MatrixName matrix, int row, int column) {
    const auto found = dated->find({matrix, row, column});
    return found == dated->end() ? nullptr : &found->second;
  };
  // Gauss-Seidel with a series where it otherwise has a number.
  std::vector<Series> supply(flow.size());
  const auto right_side = flow.right_side(demand);
  bool settled = false;
  for (const auto& stretch : flow.stretches) {
    settled = false;
    for (int round = 0; round < most_rounds && !settled; ++round) {
      double change = 0.0, size = 0.0;
      for (std::size_t p = stretch.begin; p < stretch.end; ++p) {
        Series next;
        if (right_side[p] != 0.0) next[0] = right_side[p];
        const auto [begin, end] = range_of(flow.consumers.start, p);
        for (std::size_t k = begin; k < end; ++k) {
          const auto consumer = static_cast<std::size_t>(flow.consumers.other[k]);
          add(next, supply[consumer], flow.consumers.value[k],
              shares_of(MatrixName::technosphere, flow.product[p], flow.process[consumer]));
        }
        double before = 0.0, after = 0.0;
        for (auto& [year, amount] : next) amount /= flow.output[p];
        for (const auto& [year, amount] : supply[p]) before += std::abs(amount);
        for (const auto& [year, amount] : next) after += std::abs(amount);
        std::erase_if(next, [&](const auto& item) { return std::abs(item.second) < negligible * negligible * after; });
        if (after > 0.0) change = std::max(change, std::abs(after - before) / after);
        size = std::max(size, after);
        supply[p] = std::move(next);
      }
      if (!std::isfinite(size)) break;
      settled = !stretch.loop || change <= negligible;
    }
    if (!settled)
      return failure(
          {"E099", "a loop does not settle when followed year by year",
           "dated inventories follow loops step by step; a loop that makes hardly more than it uses has no end"});
  }
  std::map<int, std::vector<double>> years;
  const auto& b = lca.system().biosphere;
  for (std::size_t p = 0; p < flow.size(); ++p) {
    const auto [begin, end] = range_of(b.column_start, static_cast<std::size_t>(flow.process[p]));
    for (std::size_t k = begin; k < end; ++k) {
      Series emitted;
      add(emitted, supply[p], b.value[k], shares_of(MatrixName::biosphere, b.row[k], flow.process[p]));
      for (const auto& [year, amount] : emitted) {
        auto& into = years[year];
        into.resize(static_cast<std::size_t>(b.rows), 0.0);
        into[static_cast<std::size_t>(b.row[k])] += amount;
      }
    }
  }
  DatedInventory result;
  if (years.empty()) return result;
  result.first_year = years.begin()->first;
  result.by_year.assign(static_cast<std::size_t>(years.rbegin()->first - result.first_year + 1),
                        std::vector<double>(static_cast<std::size_t>(b.rows), 0.0));
  for (auto& [year, amounts] : years)
    result.by_year[static_cast<std::size_t>(year - result.first_year)] = std::move(amounts);
  return result;
}

std::vector<double> vintage_weights(std::span<const std::chrono::sys_days> vintages, std::chrono::sys_days date,
                                    int decimals) {
  std::vector<double> weights(vintages.size(), 0.0);
  if (vintages.empty()) return weights;
  const auto after = std::lower_bound(vintages.begin(), vintages.end(), date);
  if (after == vintages.begin())
    weights.front() = 1.0;
  else if (after == vintages.end())
    weights.back() = 1.0;
  else {
    const auto i = static_cast<std::size_t>(after - vintages.begin());
    const double span = static_cast<double>((vintages[i] - vintages[i - 1]).count());
    double later = static_cast<double>((date - vintages[i - 1]).count()) / span;
    if (decimals >= 0) {
      double scale = 1.0;
      for (int d = 0; d < decimals; ++d) scale *= 10.0;
      later = std::round(later * scale) / scale;
    }
    weights[i] = later;
    weights[i - 1] = 1.0 - later;
  }
  return weights;
}

}  // namespace cradle::lca
