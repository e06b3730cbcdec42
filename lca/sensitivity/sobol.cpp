// SPDX-License-Identifier: Apache-2.0
#include "lca/sensitivity/sobol.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lca/lanes/lane_math.hpp"
#include "lca/uncertainty/monte_carlo.hpp"
#include "lca/uncertainty/statistics.hpp"

namespace cradle::lca {
namespace {

constexpr std::uint64_t design_stream = 0x50b01;
constexpr std::uint64_t bootstrap_stream = 0xb007;
constexpr int resamples = 500;

/// Random bits number `counter` of a stream.
std::uint64_t random_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  std::uint64_t word0 = counter, word1 = 0;
  lanes::threefry(word0, word1, seed, stream);
  return word0;
}

/// Results at the points of one base row: f(A), f(B), f(A with column i of B).
struct Row {
  double a, b;
  std::vector<double> mixed;
};

struct Estimate {
  double first, total;
};

/// Jansen: S = 1 - E (f(B) - f(AB_i))^2 / 2V, T = E (f(A) - f(AB_i))^2 / 2V, V over all of A and B.
std::vector<Estimate> estimate(const std::vector<Row>& rows, const std::vector<std::size_t>& chosen,
                               std::size_t inputs) {
  const double n = static_cast<double>(chosen.size());
  double mean = 0.0, variance = 0.0;
  for (const auto r : chosen) mean += (rows[r].a + rows[r].b) / (2 * n);
  for (const auto r : chosen)
    variance += ((rows[r].a - mean) * (rows[r].a - mean) + (rows[r].b - mean) * (rows[r].b - mean)) / (2 * n);
  std::vector<Estimate> result(inputs, {0.0, 0.0});
  if (variance == 0.0) return result;
  for (std::size_t i = 0; i < inputs; ++i) {
    double to_b = 0.0, to_a = 0.0;
    for (const auto r : chosen) {
      to_b += (rows[r].b - rows[r].mixed[i]) * (rows[r].b - rows[r].mixed[i]);
      to_a += (rows[r].a - rows[r].mixed[i]) * (rows[r].a - rows[r].mixed[i]);
    }
    result[i] = {1.0 - to_b / (2 * n * variance), to_a / (2 * n * variance)};
  }
  return result;
}

}  // namespace

std::vector<std::vector<double>> sobol_design(std::size_t inputs, std::size_t n, std::uint64_t seed) {
  std::vector<std::vector<double>> points((inputs + 2) * n, std::vector<double>(inputs));
  const auto at = [&](std::size_t row, std::size_t input, bool second) {
    return lanes::uniform(random_bits(seed, design_stream, (row * inputs + input) * 2 + (second ? 1 : 0)));
  };
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t i = 0; i < inputs; ++i) {
      const double a = at(r, i, false), b = at(r, i, true);
      points[r][i] = a;
      points[n + r][i] = b;
      for (std::size_t mixed = 0; mixed < inputs; ++mixed) points[(2 + mixed) * n + r][i] = mixed == i ? b : a;
    }
  return points;
}

std::vector<SobolIndex> sobol_indices(std::span<const double> results, std::size_t inputs, std::uint64_t seed) {
  const std::size_t n = results.size() / (inputs + 2);
  std::vector<Row> rows;
  for (std::size_t r = 0; r < n; ++r) {
    Row row{results[r], results[n + r], {}};
    for (std::size_t i = 0; i < inputs; ++i) row.mixed.push_back(results[(2 + i) * n + r]);
    const bool whole = std::isfinite(row.a) && std::isfinite(row.b) &&
                       std::all_of(row.mixed.begin(), row.mixed.end(), [](double v) { return std::isfinite(v); });
    if (whole) rows.push_back(std::move(row));
  }
  if (rows.empty()) return std::vector<SobolIndex>(inputs, SobolIndex{0, 0, 0, 0, 0, 0});
  std::vector<std::size_t> chosen(rows.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  const auto best = estimate(rows, chosen, inputs);
  std::vector<std::vector<double>> first(inputs), total(inputs);
  for (int s = 0; s < resamples; ++s) {
    for (std::size_t k = 0; k < chosen.size(); ++k)
      chosen[k] = random_bits(seed, bootstrap_stream, static_cast<std::uint64_t>(s) * chosen.size() + k) % rows.size();
    const auto again = estimate(rows, chosen, inputs);
    for (std::size_t i = 0; i < inputs; ++i) {
      first[i].push_back(again[i].first);
      total[i].push_back(again[i].total);
    }
  }
  std::vector<SobolIndex> indices;
  for (std::size_t i = 0; i < inputs; ++i) {
    std::sort(first[i].begin(), first[i].end());
    std::sort(total[i].begin(), total[i].end());
    indices.push_back({best[i].first, quantile_of_sorted(first[i], 0.025), quantile_of_sorted(first[i], 0.975),
                       best[i].total, quantile_of_sorted(total[i], 0.025), quantile_of_sorted(total[i], 0.975)});
  }
  return indices;
}

Result<std::vector<std::vector<SobolIndex>>> sobol_of(const MatrixSystem& system, std::span<const std::size_t> entries,
                                                      std::size_t n, std::uint64_t seed, int threads) {
  const auto design = sobol_design(entries.size(), n, seed);
  MatrixSystem varied = system;
  varied.uncertainties.clear();
  varied.correlations.clear();
  varied.samples.clear();
  varied.stored_policy = StoredPolicy::in_turn;
  varied.demands.resize(1);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto uncertain = system.uncertainties[entries[i]];
    std::vector<double> values;
    for (const auto& point : design) values.push_back(uncertain.distribution.quantile(point[i]));
    uncertain.samples = static_cast<int>(varied.samples.size());
    uncertain.group = -1;
    varied.samples.push_back({std::move(values), 0});
    varied.uncertainties.push_back(uncertain);
  }
  auto lca = MatrixLca::prepare(varied);
  if (!lca) return tl::unexpected(lca.error());
  const auto draws = MonteCarlo::prepare(*lca, seed);
  if (!draws) return tl::unexpected(draws.error());
  const std::size_t methods = draws->scores_per_draw();
  std::vector<std::uint64_t> batches((design.size() + MonteCarlo::draws_per_batch - 1) / MonteCarlo::draws_per_batch);
  std::iota(batches.begin(), batches.end(), std::uint64_t{0});
  std::vector<std::vector<double>> results(methods, std::vector<double>(batches.size() * MonteCarlo::draws_per_batch));
  draws->run(batches, threads, [&](DrawBatch&& batch) {
    for (std::size_t d = 0; d < MonteCarlo::draws_per_batch; ++d)
      for (std::size_t m = 0; m < methods; ++m)
        results[m][batch.index * MonteCarlo::draws_per_batch + d] = batch.scores[d * methods + m];
  });
  std::vector<std::vector<SobolIndex>> indices;
  for (auto& of_method : results)
    indices.push_back(sobol_indices(std::span(of_method).first(design.size()), entries.size(), seed));
  return indices;
}

}  // namespace cradle::lca
