// SPDX-License-Identifier: Apache-2.0
// Cases with exact answers: climate metrics, emissions by year, vintages of a background.
#include <cmath>

#include "lca/time/climate_response.hpp"
#include "lca/time/dated_inventory.hpp"
#include "tests/unit/matrix_fixtures.hpp"

using namespace cradle;
using namespace cradle::lca;

namespace {
const GasResponse carbon_dioxide = {
    "CO2", per_kg(1.33e-5, 44.01, 28.97, 5.135e18), {{0.2173, 0}, {0.224, 394.4}, {0.2824, 36.54}, {0.2763, 4.304}}};
}

// Joos et al. 2013; constants of dynamic_characterization ipcc_ar6
TEST_CASE("DYN-CO2 AGWP of carbon dioxide", "[case]") {
  const Rows expected = {{20, 14.241679936997453, 2.428116616589554e-14, 2.43e-14},
                         {100, 52.35538856914976, 8.926263580921117e-14, 8.95e-14},
                         {500, 183.63751758885422, 3.130903867095052e-13, 3.14e-13}};
  for (const auto& e : expected) {
    CHECK(integrated_decay(carbon_dioxide, e[0]) == Approx(e[1]).epsilon(1e-9));
    CHECK(agwp(carbon_dioxide, e[0]) == Approx(e[2]).epsilon(1e-9));
    CHECK(agwp(carbon_dioxide, e[0]) == Approx(e[3]).epsilon(5e-3));  // AR6's table
  }
}

TEST_CASE("DYN-CH4 AGWP and plain ratios of methane and nitrous oxide", "[case]") {
  const GasResponse methane = {"CH4", per_kg(0.00057, 16.04, 28.97, 5.135e18), {{1, 11.8}}};
  const GasResponse nitrous = {"N2O", per_kg(0.0028, 44.01, 28.97, 5.135e18), {{1, 109}}};
  const Rows expected = {{20, 1.931326391293964e-12, 6.558586227810558e-12, 79.54010026119076, 270.11001790443305},
                         {100, 2.3652110334979592e-12, 2.349212711107538e-11, 26.497212546505253, 263.1798500918924},
                         {500, 2.365704774092034e-12, 3.8725466146908755e-11, 7.555980236106728, 123.68781601346139}};
  for (const auto& e : expected) {
    CHECK(agwp(methane, e[0]) == Approx(e[1]).epsilon(1e-9));
    CHECK(agwp(nitrous, e[0]) == Approx(e[2]).epsilon(1e-9));
    CHECK(agwp(methane, e[0]) / agwp(carbon_dioxide, e[0]) == Approx(e[3]).epsilon(1e-9));
    CHECK(agwp(nitrous, e[0]) / agwp(carbon_dioxide, e[0]) == Approx(e[4]).epsilon(1e-9));
  }
}

TEST_CASE("AGTP of carbon dioxide: AR6's climate response gives AR6's table within 2 %", "[time]") {
  // AR6 WG1 chapter 7, notebook 310: q in K per W m-2, d in years; AGTP50 4.28e-16, AGTP100 3.95e-16 (7.SM.7)
  const std::vector<TemperatureTerm> climate = {{0.443767729, 3.424102092}, {0.31959105, 285.0034778}};
  CHECK(agtp(carbon_dioxide, climate, 50) == Approx(4.28e-16).epsilon(0.02));
  CHECK(agtp(carbon_dioxide, climate, 100) == Approx(3.95e-16).epsilon(0.02));
}

// constructed
TEST_CASE("DYN-SERVER manufacture now, use over five years", "[case]") {
  const std::vector<DatedEmission> emissions = {{0, 0, 100}, {1, 0, 50}, {2, 0, 50},
                                                {3, 0, 50},  {4, 0, 50}, {5, 0, 50}};
  const std::vector<GasResponse> gases = {carbon_dioxide};
  CHECK(dynamic_impact(emissions, gases, carbon_dioxide, {}, Metric::gwp, Horizon::fixed, 100) ==
        Approx(344.1096075288807).epsilon(1e-9));
  CHECK(dynamic_impact(emissions, gases, carbon_dioxide, {}, Metric::gwp, Horizon::moving, 100) ==
        Approx(350).epsilon(1e-12));
}

// bw_timex test_starting_datetime.py, test_zero_supply_cohorts.py, test_temporal_grouping.py
TEST_CASE("TX-INTERP, TX-ROUND, TX-TD vintages of a background", "[case]") {
  using namespace std::chrono;
  const std::vector<sys_days> vintages = {2020y / 1 / 1, 2030y / 1 / 1};
  const auto blend = [&](sys_days date, const std::vector<double>& scores, int decimals = -1) {
    const auto w = vintage_weights(vintages, date, decimals);
    return w[0] * scores[0] + w[1] * scores[1];
  };
  check_close({blend(2020y / 1 / 1, {15, 10}), blend(2025y / 1 / 1, {15, 10}), blend(2030y / 1 / 1, {15, 10})},
              {15, 12.499315630988228, 10}, 1e-9);
  CHECK(vintage_weights(vintages, 2024y / 1 / 1, 3)[1] == Approx(0.4).epsilon(1e-12));
  CHECK(blend(2024y / 1 / 1, {1.0, 0.5}, 3) == Approx(0.8).epsilon(1e-9));
  const Rows shares = {{1.0 / 3, 1.0 / 6}, {1.0 / 6, 1.0 / 3}};  // of the demand, by date and vintage
  double score = 0;
  for (const auto& row : shares) score += row[0] * 15 + row[1] * 10;
  CHECK(score == Approx(12.5).epsilon(1e-9));
  CHECK(vintage_weights(vintages, 2050y / 1 / 1) == std::vector<double>{0, 1});
}

TEST_CASE("emissions by year: a server's manufacture, use and disposal; loops with delay", "[time]") {
  auto system = system_of({{1, 0, 0}, {-1, 1, 0}, {-1, 0, 1}}, {{50, 100, 20}}, {{1}}, {1, 0, 0});
  std::vector<Timing> timings = {{MatrixName::technosphere, 2, 0, 6, 1.0}};
  for (int year = 1; year <= 5; ++year) timings.push_back({MatrixName::biosphere, 0, 0, year, 0.2});
  const auto lca = prepared(system);
  const auto dated = dated_inventory(lca, system.demands[0], timings);
  REQUIRE(dated);
  CHECK(dated->first_year == 0);
  const Rows expected = {{100}, {10}, {10}, {10}, {10}, {10}, {20}};
  REQUIRE(dated->by_year.size() == expected.size());
  for (std::size_t y = 0; y < expected.size(); ++y) check_close(dated->by_year[y], expected[y]);
  timings[0].share = 0.5;
  CHECK(dated_inventory(lca, system.demands[0], timings).error()[0].code == "E098");

  auto loop = system_of({{1, -0.3}, {-0.4, 1}}, {{1, 2}}, {{1}}, {1, 0});
  const std::vector<Timing> delayed = {{MatrixName::technosphere, 0, 1, -1, 1.0}};
  const auto round = dated_inventory(prepared(loop), loop.demands[0], delayed);
  REQUIRE(round);
  double sum = 0;
  for (const auto& year : round->by_year) sum += year[0];
  CHECK(sum == Approx(solved(loop).inventory[0]).epsilon(1e-9));
  CHECK(round->first_year < -10);
}

// ---- what a stranger's reading found ----
