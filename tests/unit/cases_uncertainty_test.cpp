// SPDX-License-Identifier: Apache-2.0
// Cases with exact answers: distributions, pedigree, draws, sensitivities. Boost.Math is the oracle of the
// distributions, Random123 that of the random numbers.
#include <Random123/threefry.h>

#include <boost/math/distributions.hpp>
#include <cmath>
#include <numeric>

#include "lca/lanes/lane_math.hpp"
#include "lca/sensitivity/derivatives.hpp"
#include "lca/sensitivity/sobol.hpp"
#include "lca/uncertainty/monte_carlo.hpp"
#include "lca/uncertainty/parameter_draws.hpp"
#include "lca/uncertainty/pedigree.hpp"
#include "lca/uncertainty/sampler.hpp"
#include "lca/uncertainty/statistics.hpp"
#include "tests/unit/matrix_fixtures.hpp"

using namespace cradle;
using namespace cradle::lca;
using Kind = DistributionKind;

namespace {
Distribution make(Kind kind, double loc, double scale, double shape, double minimum, double maximum) {
  Distribution d;
  d.kind = kind, d.loc = loc, d.scale = scale, d.shape = shape, d.minimum = minimum, d.maximum = maximum;
  CHECK_FALSE(d.fault());
  return d.completed();
}
constexpr double none = Distribution::missing;
}  // namespace

// stats_arrays test_triangular.py
TEST_CASE("SA-TRI triangular 1, 3, 4", "[case]") {
  const auto d = make(Kind::triangular, 3, none, none, 1, 4);
  check_close({d.quantile(1e-300), d.quantile(0.5), d.quantile(1.0)}, {1, 2.732050807568877, 4});
  check_close({d.density(1), d.density(2), d.density(3), d.density(4)}, {0, 1.0 / 3, 2.0 / 3, 0});
  check_close({d.mean(), d.variance()}, {2.6666666666666665, 0.38888888888888884});
}

// stats_arrays test_beta.py
TEST_CASE("SA-BETA beta 3.3, 2.2", "[case]") {
  const auto d = make(Kind::beta, 3.3, none, 2.2, none, none);
  check_close({d.density(0.5), d.density(0.6), d.density(0.8)}, {1.56479181717, 1.82088038112, 1.536047041126}, 1e-4);
  check_close({d.cumulative(0.5), d.cumulative(0.6), d.cumulative(0.8)}, {0.30549, 0.47638, 0.8333}, 1e-4);
  CHECK(d.mean() == Approx(0.6));
}

// closed forms
TEST_CASE("SA-LOGN lognormal by mu and sigma", "[case]") {
  const auto d = make(Kind::lognormal, 0.4, 0.1, none, none, none);
  check_close({d.quantile(0.5), d.mean(), d.quantile(0.025), d.quantile(0.975), std::sqrt(d.variance())},
              {1.4918246976412703, 1.499302500056767, 1.2263025700333665, 1.8148383464872888, 0.15030585769002522});
  const double gsd = std::exp(d.scale), mode = std::exp(d.loc - d.scale * d.scale);
  check_close({gsd, mode, d.quantile(0.5) / (gsd * gsd), d.quantile(0.5) * gsd * gsd},
              {1.1051709180756477, 1.4769807938826427, 1.2214027581601699, 1.8221188003905089});
}

// stats_arrays beta_pert
TEST_CASE("SA-PERT beta-PERT 2, 3, 7", "[case]") {
  const auto d = make(Kind::beta_pert, 3, 4, none, 2, 7);
  check_close({d.mean(), d.variance()}, {3.5, 0.75});
  const boost::math::beta_distribution<> oracle(1.8, 4.2);
  CHECK(d.quantile(0.3) == Approx(2 + 5 * quantile(oracle, 0.3)).epsilon(1e-9));
}

TEST_CASE("SA-NORM normal 5, 2", "[case]") {
  const auto d = make(Kind::normal, 5, 2, none, none, none);
  check_close({d.quantile(0.025), d.quantile(0.975)}, {1.080072030919891, 8.919927969080108});
}

// formula as in Frischknecht et al. 2005
TEST_CASE("PED-1 pedigree to GSD^2", "[case]") {
  const auto gsd2 = gsd_squared({3, 2, 3, 3, 3}, PedigreeTable::expert, 1.05);
  REQUIRE(gsd2);
  CHECK(*gsd2 == Approx(1.2631527048999316).epsilon(1e-9));
  const auto d = lognormal_from_gsd_squared(2.0, *gsd2);
  CHECK(d.scale == Approx(0.11680537127608863).epsilon(1e-9));
  CHECK(std::exp(d.scale) == Approx(1.1239006650500443).epsilon(1e-9));
  CHECK(gsd_squared({3, 2, 3, 3, 3}, PedigreeTable::empirical, 1.05) > gsd2);
  CHECK_FALSE(gsd_squared({0, 1, 1, 1, 1}, PedigreeTable::expert, 1.05));
}

// bw2io ecospold2 extractor tests
TEST_CASE("ES2-VAR variance of the logarithm", "[case]") {
  CHECK(lognormal_from_variance(2, 0.1).scale == Approx(0.31622776601683794).epsilon(1e-9));
  const auto d = lognormal_from_variance(2, 0.2);
  CHECK(d.loc == Approx(0.6931471805599453).epsilon(1e-12));
  CHECK(d.scale == Approx(0.4472135954999579).epsilon(1e-9));
  CHECK(std::exp(d.scale) == Approx(1.5639483159353722).epsilon(1e-9));
  CHECK(std::exp(2 * d.scale) == Approx(2.445934334917087).epsilon(1e-9));
}

// olca-modules AccumulatorTest
TEST_CASE("OL-DQ aggregating data-quality scores", "[case]") {
  const std::vector<int> scores = {1, 0, 4};
  const std::vector<double> weights = {0.5, 0.1, 0.4};
  const auto of = [&](QualityAggregation a, QualityRounding r, NotGiven n) {
    return aggregate_quality(scores, weights, 5, a, r, n);
  };
  using A = QualityAggregation;
  using R = QualityRounding;
  CHECK(of(A::weighted_average, R::half_up, NotGiven::exclude) == 2);
  CHECK(of(A::weighted_average, R::ceiling, NotGiven::exclude) == 3);
  CHECK(of(A::weighted_average, R::half_up, NotGiven::as_maximum) == 3);
  CHECK(of(A::maximum, R::half_up, NotGiven::exclude) == 4);
  CHECK(of(A::maximum, R::half_up, NotGiven::as_maximum) == 5);
  CHECK(of(A::weighted_squared, R::half_up, NotGiven::exclude) == 2);
  CHECK(of(A::weighted_squared, R::half_up, NotGiven::as_maximum) == 2);
}

TEST_CASE("every distribution against Boost.Math", "[uncertainty]") {
  using namespace boost::math;
  const auto check = [](const Distribution& d, const auto& oracle, double from, double scale, bool moments = true) {
    CAPTURE(std::string(name_of(d.kind)));
    for (const double p : {1e-6, 0.01, 0.2, 0.5, 0.7, 0.99, 1 - 1e-6}) {
      const double x = from + scale * quantile(oracle, p);
      CHECK(d.quantile(p) == Approx(x).epsilon(1e-9).margin(1e-12));
      CHECK(d.cumulative(x) == Approx(p).epsilon(1e-9));
      CHECK(d.density(x) == Approx(pdf(oracle, quantile(oracle, p)) / scale).epsilon(1e-8));
    }
    if (!moments) return;
    CHECK(d.mean() == Approx(from + scale * mean(oracle)).epsilon(1e-9));
    CHECK(d.variance() == Approx(scale * scale * variance(oracle)).epsilon(1e-9));
  };
  check(make(Kind::lognormal, -2, 0.7, none, none, none), lognormal_distribution<>(-2, 0.7), 0, 1);
  check(make(Kind::normal, -3, 1.5, none, none, none), normal_distribution<>(-3, 1.5), 0, 1);
  check(make(Kind::uniform, none, none, none, 2, 5), uniform_distribution<>(2, 5), 0, 1);
  check(make(Kind::triangular, 2.5, none, none, 2, 5), triangular_distribution<>(2, 2.5, 5), 0, 1);
  check(make(Kind::weibull, 1, 2, 1.7, none, none), weibull_distribution<>(1.7, 2), 1, 1);
  check(make(Kind::gamma, 0, 2, 0.6, none, none), gamma_distribution<>(0.6, 2), 0, 1);
  check(make(Kind::gamma, 0, 2, 40, none, none), gamma_distribution<>(40, 2), 0, 1);
  check(make(Kind::beta, 0.7, none, 3, 0, 5), beta_distribution<>(0.7, 3), 0, 5);
  check(make(Kind::extreme_value, 1, 2, none, none, none), extreme_value_distribution<>(1, 2), 0, 1);
  check(make(Kind::student_t, 1, 2, 5, none, none), students_t_distribution<>(5), 1, 2);
  const auto coin = make(Kind::bernoulli, 0.3, none, none, none, none);
  CHECK(coin.quantile(0.69) == 0.0);
  CHECK(coin.quantile(0.71) == 1.0);
  const auto die = make(Kind::discrete_uniform, none, none, none, 1, 7);
  CHECK(die.quantile(0.001) == 1.0);
  CHECK(die.quantile(0.999) == 6.0);
  CHECK(die.mean() == Approx(3.5));
}

TEST_CASE("invalid distributions say why", "[uncertainty]") {
  const auto fault = [](Kind kind, double loc, double scale, double shape, double minimum, double maximum) {
    Distribution d;
    d.kind = kind, d.loc = loc, d.scale = scale, d.shape = shape, d.minimum = minimum, d.maximum = maximum;
    return d.fault().value_or("");
  };
  CHECK(fault(Kind::lognormal, 1, 0, none, none, none) == "its standard deviation of the logarithm is not above 0");
  CHECK(fault(Kind::triangular, 9, none, none, 1, 4) == "the mode lies outside the bounds");
  CHECK(fault(Kind::uniform, none, none, none, 4, 4) == "its minimum is not below its maximum");
  CHECK(fault(Kind::extreme_value, 1, 1, 0.3, none, none) == "its shape is not 0 (only Gumbel's form is known)");
  CHECK(fault(static_cast<Kind>(77), 1, 1, 1, 1, 1) == "its identifier is not one of 0 to 13");
}

TEST_CASE("the draw loop's functions", "[lanes]") {
  boost::math::normal normal;
  double worst = 0;
  for (int i = 1; i < 200'000; ++i) {
    const double u = i % 2 ? i / 200'000.0 : lanes::exp(-36.0 * i / 200'000.0);
    worst = std::max(worst, std::abs(lanes::normal_quantile(u) - quantile(normal, u)) /
                                std::max(1e-3, std::abs(quantile(normal, u))));
  }
  CHECK(worst < 1e-11);
  for (double x = -700; x < 700; x += 0.37) CHECK(lanes::exp(x) == Approx(std::exp(x)).epsilon(1e-14));
  for (double x = 1e-300; x < 1e300; x *= 7.3) CHECK(lanes::log(x) == Approx(std::log(x)).epsilon(1e-14));
  std::uint64_t word0 = 5, word1 = 77;
  lanes::threefry(word0, word1, 123, 456);
  const auto expected = r123::Threefry2x64_R<13>()({{5, 77}}, {{123, 456}});
  CHECK(word0 == expected[0]);
  CHECK(word1 == expected[1]);
}

namespace {

/// bw2calc mc_basic: uniform inputs everywhere, C too.
MatrixSystem uniform_system() {
  auto system = system_of({{1, 0}, {-0.5, 1}}, {{1, 0}, {0, 0.1}}, {{1, 2}}, {1, 0});
  const auto add = [&](MatrixName matrix, int row, int column, double low, double high) {
    system.uncertainties.push_back({matrix, row, column, make(Kind::uniform, none, none, none, low, high)});
  };
  add(MatrixName::technosphere, 1, 0, -0.8, -0.2);
  add(MatrixName::biosphere, 0, 0, 0.5, 1.5);
  add(MatrixName::biosphere, 1, 1, 0, 0.2);
  add(MatrixName::characterisation, 0, 0, 0.5, 2);
  add(MatrixName::characterisation, 0, 1, 1, 4);
  return system;
}

std::vector<double> draw_scores(const MatrixSystem& system, std::size_t draws, std::uint64_t seed = 1, int threads = 1,
                                lanes::Target target = lanes::best_target(), bool backwards = false) {
  auto lca = prepared(system);
  const auto monte_carlo = MonteCarlo::prepare(lca, seed, target);
  REQUIRE(monte_carlo);
  std::vector<std::uint64_t> batches((draws + 7) / 8);
  std::iota(batches.begin(), batches.end(), std::uint64_t{0});
  if (backwards) std::reverse(batches.begin(), batches.end());
  const std::size_t per_draw = monte_carlo->scores_per_draw();
  std::vector<double> scores(batches.size() * 8 * per_draw);
  monte_carlo->run(batches, threads, [&](DrawBatch&& batch) {
    std::copy(batch.scores.begin(), batch.scores.end(),
              scores.begin() + static_cast<std::ptrdiff_t>(batch.index * 8 * per_draw));
  });
  scores.resize(draws * per_draw);
  return scores;
}

}  // namespace

// bw2calc mc_basic fixture, moments in closed form: within five standard errors
TEST_CASE("MC-1 Monte Carlo against the closed form", "[case]") {
  const auto system = uniform_system();
  CHECK(solved(system).scores[0] == Approx(1.1));
  const auto summary = summarise(draw_scores(system, 200'000));
  CHECK(std::abs(summary.mean - 1.375) < 5 * std::sqrt(0.3438416666666666 / 200'000));
  CHECK(summary.sd * summary.sd == Approx(0.3438416666666666).epsilon(0.02));
}

// closed form: a chain of independent lognormals is lognormal, sigma^2 the sum of squares
TEST_CASE("a lognormal chain: 10^5 draws against its mean and quantiles", "[uncertainty]") {
  constexpr int n = 6;
  std::vector<Triplet> a;
  MatrixSystem system;
  for (int i = 0; i < n; ++i) {
    a.push_back({i, i, 1});
    if (i + 1 < n) a.push_back({i + 1, i, -1});
  }
  system.technosphere = SparseMatrix::from(n, n, a);
  system.biosphere = sparse({{0, 0, 0, 0, 0, 1}});
  system.characterisation = sparse({{1}});
  system.demands = {demand_of({1})};
  for (int i = 0; i + 1 < n; ++i) {
    auto d = make(Kind::lognormal, 0.1, 0.2, none, none, none);
    d.negative = true;
    system.uncertainties.push_back({MatrixName::technosphere, i + 1, i, d});
  }
  const auto summary = summarise(draw_scores(system, 100'000));
  const double mu = 5 * 0.1, variance = 5 * 0.04, mean = std::exp(mu + variance / 2);
  const double sd = mean * std::sqrt(std::exp(variance) - 1);
  CHECK(std::abs(summary.mean - mean) < 5 * sd / std::sqrt(100'000));
  CHECK(summary.sd == Approx(sd).epsilon(0.02));
  CHECK(summary.quantiles[2] == Approx(std::exp(mu)).epsilon(0.01));
  CHECK(summary.quantiles[4] == Approx(std::exp(mu + 1.959963985 * std::sqrt(variance))).epsilon(0.02));
}

namespace {
/// A random productive economy with loops, in wild units, every exchange uncertain, all common kinds among them.
MatrixSystem random_economy(int n, std::uint64_t seed, double spread = 0.1) {
  std::uint64_t counter = 0;
  const auto uniform = [&] {
    std::uint64_t word0 = ++counter, word1 = 0;
    lanes::threefry(word0, word1, seed, 99);
    return lanes::uniform(word0);
  };
  std::vector<double> price(static_cast<std::size_t>(n));
  for (auto& p : price) p = std::exp(6 * (uniform() - 0.5));
  std::vector<Triplet> a, b;
  for (int c = 0; c < n; ++c) {
    a.push_back({c, c, 1});
    b.push_back({c % 3, c, uniform()});
    for (int k = 0; k < 4; ++k) {
      const int r = static_cast<int>(uniform() * n);
      if (r != c) a.push_back({r, c, -0.18 * price[static_cast<std::size_t>(c)] / price[static_cast<std::size_t>(r)]});
    }
  }
  MatrixSystem system;
  system.technosphere = SparseMatrix::from(n, n, a);
  system.biosphere = SparseMatrix::from(3, n, b);
  system.characterisation = sparse({{1, 2, 0}, {0, 1, 5}});
  system.demands = {{"0", {{0, 1}}}, {"1", {{1, 2}, {2, 1}}}};
  int kind = 0;
  for (const auto name : {MatrixName::technosphere, MatrixName::biosphere})
    for (int c = 0; c < n; ++c) {
      const auto& matrix = system.matrix(name);
      const auto [begin, end] = range_of(matrix.column_start, static_cast<std::size_t>(c));
      for (std::size_t k = begin; k < end; ++k) {
        const double value = matrix.value[k], size = std::abs(value);
        if (matrix.row[k] == c && name == MatrixName::technosphere && c % 7 != 0) continue;
        Distribution d;
        switch (kind++ % 5) {
          case 0:
            d = make(Kind::lognormal, std::log(size), spread, none, none, none);
            d.negative = value < 0;
            break;
          case 1:
            d = make(Kind::normal, value, spread * size, none, none, none);
            break;
          case 2:
            d = make(Kind::uniform, none, none, none, value - spread * size, value + spread * size);
            break;
          case 3:
            d = make(Kind::triangular, value, none, none, value - spread * size, value + spread * size);
            break;
          case 4:
            d = make(Kind::gamma, value < 0 ? value - size : 0, size / 9, 9, none, none);
            break;
        }
        system.uncertainties.push_back({name, matrix.row[k], c, d});
      }
    }
  return system;
}
}  // namespace

TEST_CASE("the same bits on any instruction set, thread count and order of draws", "[lanes]") {
  const auto system = random_economy(500, 3);
  const auto expected = draw_scores(system, 100, 7);
  for (const auto target : lanes::available_targets()) {
    CAPTURE(std::string(lanes::name_of(target)));
    CHECK(draw_scores(system, 100, 7, 1, target) == expected);
  }
  CHECK(draw_scores(system, 100, 7, 2) == expected);
  CHECK(draw_scores(system, 100, 7, 1, lanes::best_target(), true) == expected);
  CHECK(draw_scores(system, 100, 8) != expected);
  auto one_demand = system;
  one_demand.demands.resize(1);
  const auto alone = draw_scores(one_demand, 100, 7);
  for (std::size_t d = 0; d < 100; ++d) CHECK(alone[2 * d] == Approx(expected[4 * d]).epsilon(1e-8));
}

TEST_CASE("a draw is the score of its sampled system", "[lanes]") {
  for (const int n : {6, 400}) {
    const auto system = random_economy(n, 11);
    auto lca = prepared(system);
    const auto monte_carlo = MonteCarlo::prepare(lca, 5);
    REQUIRE(monte_carlo);
    const auto scores = draw_scores(system, 24, 5);
    for (const std::uint64_t draw : {0, 1, 2, 7, 8, 13, 23}) {
      CAPTURE(n, draw);
      const auto sample = monte_carlo->sampled(draw);
      auto of_sample = prepared(sample);
      for (std::size_t d = 0; d < 2; ++d)
        check_close(of_sample.solve(sample.demands[d])->scores,
                    {scores[(draw * 2 + d) * 2], scores[(draw * 2 + d) * 2 + 1]}, 1e-8);
    }
  }
}

TEST_CASE("many demands are answered by prices, the same within the solver's error", "[lanes]") {
  auto system = random_economy(400, 2);
  for (int i = 2; i < 9; ++i) system.demands.push_back({std::to_string(i), {{i, 1}}});
  const auto by_price = draw_scores(system, 16, 3);
  system.demands.resize(2);
  const auto by_supply = draw_scores(system, 16, 3);
  for (std::size_t d = 0; d < 16; ++d)
    for (std::size_t k = 0; k < 4; ++k) CHECK(by_price[d * 18 + k] == Approx(by_supply[d * 4 + k]).epsilon(1e-7));
}

TEST_CASE("groups move together, stored samples are used in turn", "[uncertainty]") {
  auto system = system_of({{1}}, {{1}, {1}}, {{1, -1}}, {1});
  const auto d = make(Kind::lognormal, 0, 0.5, none, none, none);
  system.uncertainties = {{MatrixName::biosphere, 0, 0, d}, {MatrixName::biosphere, 1, 0, d}};
  CHECK(summarise(draw_scores(system, 1000)).sd > 0.5);
  system.groups = {"both"};
  for (auto& uncertain : system.uncertainties) uncertain.group = 0;
  CHECK(summarise(draw_scores(system, 1000)).sd == Approx(0).margin(1e-12));
  system.samples = {StoredValues{{1, 2, 3}, 0}, StoredValues{{0, 0, 1}, 0}};
  for (int i = 0; i < 2; ++i) system.uncertainties[static_cast<std::size_t>(i)].samples = i;
  check_close(draw_scores(system, 5), {1, 2, 2, 1, 2});
  system.samples = {StoredValues{{10, 20}, 0}, StoredValues{{1, 2, 3}, 1}};
  system.stored_policy = StoredPolicy::combined;
  check_close(draw_scores(system, 7), {9, 19, 8, 18, 7, 17, 9});
  system.samples = {StoredValues{{10, 20}, 0}, StoredValues{{1, 2}, 0}};
  system.stored_policy = StoredPolicy::random;
  const auto random = draw_scores(system, 1000);
  CHECK(std::count(random.begin(), random.end(), 9) + std::count(random.begin(), random.end(), 18) == 1000);
  CHECK(std::abs(std::count(random.begin(), random.end(), 9) - 500) < 60);
}

// var(a + b) = var a + var b + 2 rho sd a sd b of normals; the mean of exp(a + b) for lognormals
TEST_CASE("correlated groups have the correlation given", "[uncertainty]") {
  auto system = system_of({{1}}, {{1}, {1}, {1}}, {{1, 1, 1}}, {1});
  const auto d = make(Kind::normal, 10, 1, none, none, none);
  system.uncertainties = {{MatrixName::biosphere, 0, 0, d, 0}, {MatrixName::biosphere, 1, 0, d, 1}};
  system.groups = {"gas", "coal", "wind"};
  for (const double rho : {-1.0, -0.5, 0.0, 0.8, 1.0}) {
    CAPTURE(rho);
    system.correlations = {{0, 1, rho}};
    const auto s = summarise(draw_scores(system, 40000));
    CHECK(s.mean == Approx(21).epsilon(0.002));
    CHECK(s.sd == Approx(std::sqrt(2 + 2 * rho)).margin(0.04));
  }
  // The order of rows and columns of the correlations changes no bit.
  system.uncertainties.push_back({MatrixName::biosphere, 2, 0, make(Kind::lognormal, 0, 0.5, none, none, none), 2});
  system.correlations = {{0, 1, 0.5}, {1, 2, -0.3}};
  const auto scores = draw_scores(system, 64);
  system.correlations = {{2, 1, -0.3}, {1, 0, 0.5}};
  CHECK(draw_scores(system, 64) == scores);
  system.correlations = {{0, 1, 0.9}, {1, 2, 0.9}, {0, 2, -0.9}};
  CHECK(!CorrelatedVariables::of(system));
}

TEST_CASE("an economy that uses more than it makes is reported, never averaged in", "[uncertainty]") {
  auto system = system_of({{1, -0.5}, {-0.5, 1}}, {{1, 0}}, {{1}}, {1, 0});
  // Half of the draws need 0.5 to 1.5 of the other's product for one of their own: at 2 the loop has no solution.
  system.uncertainties = {{MatrixName::technosphere, 1, 0, make(Kind::uniform, none, none, none, -4, 0)}};
  auto lca = prepared(system);
  const auto monte_carlo = MonteCarlo::prepare(lca, 1);
  DrawCounts counts;
  std::vector<double> scores;
  const std::vector<std::uint64_t> batches = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  monte_carlo->run(batches, 1, [&](DrawBatch&& batch) {
    counts.add(batch.counts);
    scores.insert(scores.end(), batch.scores.begin(), batch.scores.end());
  });
  CHECK(counts.failed > 20);
  CHECK(counts.failed < 60);
  for (const double s : scores) CHECK((std::isnan(s) || s > 0.0));
  CHECK(summarise(scores).draws == 80 - counts.failed);
}

// Ishigami and Homma 1990, a = 7, b = 0.1; x uniform in (-pi, pi)
TEST_CASE("SOB-ISH Sobol indices of the Ishigami function", "[case]") {
  constexpr std::size_t n = 1 << 14;
  const auto design = sobol_design(3, n, 1);
  std::vector<double> results;
  for (const auto& u : design) {
    const auto x = [&](std::size_t i) { return (2 * u[i] - 1) * 3.14159265358979323846; };
    results.push_back(std::sin(x(0)) + 7 * std::sin(x(1)) * std::sin(x(1)) + 0.1 * std::pow(x(2), 4) * std::sin(x(0)));
  }
  const auto indices = sobol_indices(results, 3, 1);
  const Rows expected = {
      {0.31390519114781146, 0.5575888552099592}, {0.4424111447900409, 0.4424111447900409}, {0, 0.2436836640621477}};
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(indices[i].first == Approx(expected[i][0]).margin(0.02));
    CHECK(indices[i].total == Approx(expected[i][1]).margin(0.02));
    CHECK(indices[i].first_low < indices[i].first);
    CHECK(indices[i].total_high > indices[i].total);
  }
}

// closed form
TEST_CASE("SOB-LIN contribution to variance of an additive model", "[case]") {
  auto system = system_of({{1}}, {{1}, {1}, {1}}, {{1, 2, 3}}, {1});
  const std::vector<double> sd = {1, 1, 2}, share = {0.024390243902439025, 0.0975609756097561, 0.8780487804878049};
  for (int i = 0; i < 3; ++i)
    system.uncertainties.push_back(
        {MatrixName::biosphere, i, 0, make(Kind::normal, 1, sd[static_cast<std::size_t>(i)], none, none, none)});
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[0]);
  const auto price = lca.prices(system.demands);
  for (const auto& s : sensitivities(system, *result, (*price)[0], 0))
    if (s.matrix == MatrixName::biosphere)
      CHECK(s.share_of_variance == Approx(share[static_cast<std::size_t>(s.row)]).epsilon(1e-9));
  const std::vector<std::size_t> entries = {0, 1, 2};
  const auto sobol = sobol_of(system, entries, 4096, 1, 1);
  REQUIRE(sobol);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK((*sobol)[0][i].first == Approx(share[i]).margin(0.03));
    CHECK((*sobol)[0][i].total == Approx(share[i]).margin(0.03));
  }
}

TEST_CASE("derivatives agree with finite differences", "[sensitivity]") {
  const auto system = random_economy(40, 4);
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[1]);
  const auto price = lca.prices(system.demands);
  const auto all = sensitivities(system, *result, (*price)[1], 1);
  REQUIRE(all.size() > 100);
  for (std::size_t i = 0; i < all.size(); i += 7) {
    const auto& s = all[i];
    const auto moved = [&](double by) {
      auto other = system;
      other.matrix(s.matrix).value[*other.matrix(s.matrix).find(s.row, s.column)] += by;
      return prepared(other).solve(other.demands[1])->scores[1];
    };
    const double h = 1e-5 * std::abs(s.value);
    CHECK(s.derivative ==
          Approx((moved(h) - moved(-h)) / (2 * h)).epsilon(1e-5).margin(1e-7 * std::abs(result->scores[1] / s.value)));
  }
}

// ---- time ----

TEST_CASE("a loop of credits alternates and is sound; one that uses more than it makes is not", "[uncertainty]") {
  // A = [[1, -2], [a, 1]], a in 0.2 to 0.6: the determinant 1 + 2 a never comes near zero
  auto system = system_of({{1, -2}, {0.4, 1}}, {{1, 0.5}}, {{1}}, {1, 0});
  system.uncertainties = {{MatrixName::technosphere, 1, 0, make(Kind::uniform, none, none, none, 0.2, 0.6)}};
  const auto summary = summarise(draw_scores(system, 10'000));
  CHECK(summary.draws == 10'000);
  // s = 1 / (1 + 2 a) x (1, -a): score (1 - a / 2) / (1 + 2 a), mean over a: -0.25 + 0.625 ln(2.2 / 1.4) / 0.4
  CHECK(summary.mean == Approx(-0.25 + 0.625 * std::log(2.2 / 1.4) / 0.4).epsilon(0.01));
  const auto unproductive = system_of({{1, -2}, {-0.6, 1}}, {{1, 0}}, {{1}}, {1, 0});
  auto lca = prepared(unproductive);
  CHECK(lca.solve(unproductive.demands[0]));
  CHECK(lca.tally().unproductive);
}

TEST_CASE("draws of what is zero without them", "[uncertainty]") {
  auto switched = system_of({{1, 0}, {-0.5, 1}}, {{1, 1}}, {{1}}, {1, 0});
  *std::find(switched.technosphere.value.begin(), switched.technosphere.value.end(), -0.5) = 0.0;
  switched.uncertainties = {{MatrixName::technosphere, 1, 0, make(Kind::uniform, none, none, none, -1, 0)}};
  CHECK(summarise(draw_scores(switched, 4000)).mean == Approx(1.5).epsilon(0.01));

  auto system = system_of({{1, -0.5}, {-0.9, 1}}, {{1e-30, 1e-30}}, {{1}}, {1, 0});  // emissions appear in draws only
  for (auto& v : system.biosphere.value) v = 0.0;
  system.uncertainties = {{MatrixName::biosphere, 0, 0, make(Kind::uniform, none, none, none, 0, 1)},
                          {MatrixName::technosphere, 1, 0, make(Kind::uniform, none, none, none, -1.2, -0.6)}};
  auto lca = prepared(system);
  const auto monte_carlo = MonteCarlo::prepare(lca, 1);
  const auto scores = draw_scores(system, 8, 1);
  for (std::uint64_t draw = 0; draw < 8; ++draw)
    CHECK(scores[draw] == Approx(solved(monte_carlo->sampled(draw)).scores[0]).epsilon(1e-7));
}

TEST_CASE("a group moves sizes: a fuel and what burning it emits rise together", "[uncertainty]") {
  auto system = system_of({{1, 0}, {-1, 1}}, {{1, 0}, {0, 1}}, {{1, 0}, {0, 1}}, {1, 0});
  auto fuel = make(Kind::lognormal, 0, 0.3, none, none, none);
  auto emission = fuel;
  fuel.negative = true;
  system.groups = {"fuel"};
  system.uncertainties = {{MatrixName::technosphere, 1, 0, fuel, 0}, {MatrixName::biosphere, 0, 0, emission, 0}};
  const auto scores = draw_scores(system, 64);
  for (std::size_t d = 0; d < 64; ++d) CHECK(scores[2 * d] == Approx(scores[2 * d + 1]).epsilon(1e-8));
}

TEST_CASE("of no valid draw nothing is said", "[uncertainty]") {
  const std::vector<double> none_valid = {std::nan(""), std::nan("")};
  const auto summary = summarise(none_valid);
  CHECK(summary.draws == 0);
  CHECK(std::isnan(summary.mean));
}

TEST_CASE("parameters of a study: draws keep value, low and high as quantiles", "[uncertainty]") {
  Parameter p;
  p.value = 10;
  p.range = RangeKind::interval_95;
  p.low = 8, p.high = 15;
  check_close({parameter_quantile(p, 0.025), parameter_quantile(p, 0.5), parameter_quantile(p, 0.975)}, {8, 10, 15},
              1e-9);
  p.value = 0, p.low = -1, p.high = 3;
  check_close({parameter_quantile(p, 0.025), parameter_quantile(p, 0.5), parameter_quantile(p, 0.975)}, {-1, 0, 3},
              1e-9);

  Inventory inventory;
  p.name = "a", p.value = 2, p.low = 1.8, p.high = 2.2;
  const auto a = inventory.parameters.add(p);
  UnitProcess process;
  process.product = process.name = "thing";
  process.exchanges = {
      {.kind = Exchange::Kind::biosphere, .flow = "co2", .amount = Expression::parameter(a) * Expression(3.0)}};
  inventory.processes = {process};
  inventory.elementary_flows = {{"co2", "kg"}};
  inventory.methods = {{"m", "m", "kg", {{"co2", 1.0}}}};
  inventory.demand = {"thing", 1.0};
  const auto system = ProductSystem::link(inventory);
  const auto solution = Solution::solve(*system);
  const std::vector<Query> queries = {{{}, 0}};
  const auto one = ParameterDraws::run(solution->evaluator(), queries, {1, 20'000, 1}),
             two = ParameterDraws::run(solution->evaluator(), queries, {1, 20'000, 2});
  CHECK(std::equal(one.folds(0).begin(), one.folds(0).end(), two.folds(0).begin()));
  const auto interval = one.interval(0);
  REQUIRE(interval);
  CHECK(interval->low == Approx(5.4).epsilon(0.01));
  CHECK(interval->high == Approx(6.6).epsilon(0.01));
}

TEST_CASE("bounds cut a distribution off, one of them or both, as stats_arrays does by drawing again") {
  // Means by hand: of a lognormal within [a, b] e^(m + s^2/2) (F(b - s) - F(a - s)) / (F(b) - F(a)), of a normal above 0
  // m + s f(m/s) / F(m/s).
  Distribution lognormal;
  lognormal.kind = DistributionKind::lognormal;
  lognormal.loc = 1;
  lognormal.scale = 0.5;
  lognormal.minimum = 1;
  lognormal.maximum = 2;
  CHECK_FALSE(lognormal.fault());
  CHECK(lognormal.quantile(1e-9) == Approx(1).epsilon(1e-6));
  CHECK(lognormal.quantile(1 - 1e-9) == Approx(2).epsilon(1e-6));
  CHECK(lognormal.mean() == Approx(1.5777).epsilon(1e-4));
  Distribution normal;
  normal.kind = DistributionKind::normal;
  normal.loc = 1;
  normal.scale = 0.5;
  normal.minimum = 0;
  CHECK(normal.mean() == Approx(1.0276).epsilon(1e-4));
  CHECK(normal.cumulative(0) == Approx(0).margin(1e-12));
  CHECK(normal.quantile(normal.cumulative(0.7)) == Approx(0.7));
  Distribution gamma;
  gamma.kind = DistributionKind::gamma;
  gamma.shape = 2;
  gamma.scale = 1;
  gamma.maximum = 3;
  for (const double p : {0.001, 0.5, 0.999}) CHECK(gamma.completed().quantile(p) <= 3);
  CHECK(gamma.completed().density(3.1) == 0.0);
  normal.maximum = -1;
  CHECK(normal.fault());
}
