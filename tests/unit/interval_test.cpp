// SPDX-License-Identifier: Apache-2.0
// What an interval speaks of: which entries it covers, and which figures are right or wrong together.
#include <fmt/format.h>

#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

std::string study_of(const std::string& sites, const std::string& runs, const std::string& hardware = "device: nvidia-h100-80gb-sxm5, per_node: 8, node: dgx-h100") {
  return fmt::format(
      "cradle: 1\nfunctional_unit: u\nboundary: {{include: [training], exclude: {{hardware: x, development: x, inference: x, "
      "water: x}}}}\nhardware: {{h: {{{}}}}}\nsites: {{{}}}\nruns: [{}]\n",
      hardware, sites, runs);
}

std::string two_sites(const std::string& source) {
  const std::string grid = "{value: 400 g/kWh, low: 300 g/kWh, high: 500 g/kWh" + source + "}";
  return study_of(fmt::format("a: {{grid: {0}, pue: 1}}, b: {{grid: {0}, pue: 1}}", grid),
                  "{name: r, site: a, energy: 1 MWh}, {name: s, site: b, energy: 1 MWh}");
}

Figure total(const std::string& text) { return assess(text).d.figure("ghg.total"); }

}  // namespace

TEST_CASE("a factor that two sites have from one source moves both; without a source they are independent") {
  const auto apart = total(two_sites(""));
  CHECK(*apart.value == Approx(800));
  CHECK(*apart.low == Approx(800 - 100 * std::sqrt(2.0)));
  const auto together = total(two_sites(", source: one survey"));
  CHECK(*together.low == Approx(600));
  CHECK(*together.high == Approx(1000));
}

TEST_CASE("two quantities that happen to have one value, range and source are two figures") {
  const char* one = "{value: 1.2, low: 1.1, high: 1.4, source: a report}";
  const auto run = assess(study_of(fmt::format("a: {{grid: 400 g/kWh, pue: {}}}", one), "{name: r, site: a, energy: 1 MWh, repeat: " + std::string(one) + "}"));
  CHECK(lca::uncertain_figures(run.d.parameters()).size() == 2);
}

TEST_CASE("drawn figures move together as first-order ones do") {
  auto read = parse_study(two_sites(", source: one survey"), "study.yaml");
  REQUIRE(read);
  Request request;
  request.draws.draws = 4000;
  auto assessment = inventory::assess(std::move(read->study), std::make_shared<const Catalogue>(catalogue()), request);
  REQUIRE(assessment);
  const auto d = disclose(std::make_shared<const Assessment>(std::move(*assessment)), "test", Bracket::none);
  CHECK(*d.figure("ghg.total").low == Approx(600).epsilon(0.02));
  CHECK(*d.figure("ghg.total").high == Approx(1000).epsilon(0.02));
}

TEST_CASE("two sites on one grid of the catalogue have one intensity, with the spread between its sources") {
  const auto figure = total(study_of("a: {grid: {region: FR, year: 2023}, pue: 1}, b: {grid: {region: FR, year: 2023}, pue: 1}",
                                     "{name: r, site: a, energy: 1 MWh}, {name: s, site: b, energy: 1 MWh}"));
  CHECK(*figure.high / *figure.value == Approx(1.32));
  CHECK(*figure.low / *figure.value == Approx(1 / 1.32));
}

TEST_CASE("an interval covers an entry where its factor and each uncertain input of its amount carry a range") {
  const auto covered = [](const char* grid, const char* energy, const char* hours = "") {
    return total(study_of(fmt::format("a: {{grid: {}, pue: 1}}", grid),
                          fmt::format("{{name: r, hardware: h, site: a, {} energy: {}}}", hours, energy))).covered;
  };
  const char *plain = "400 g/kWh", *ranged = "{value: 400 g/kWh, low: 300 g/kWh, high: 500 g/kWh}";
  const char* energy = "{value: 1 MWh, low: 0.9 MWh, high: 1.1 MWh}";
  CHECK(covered(plain, "1 MWh") == 0.0);
  CHECK(covered(ranged, "1 MWh") == 0.0);
  CHECK(covered(plain, energy) == 0.0);
  CHECK(covered(ranged, energy) == Approx(1.0));
  // hours are counted; a power is not
  CHECK(covered(ranged, "{power: {per_device: 500 W}, level: it}", "device_hours: 100 h,") == 0.0);
  CHECK(covered(ranged, "{power: {per_device: {value: 500 W, low: 400 W, high: 600 W}}, level: it}", "device_hours: 100 h,") == Approx(1.0));
  CHECK(covered(ranged, "{estimator: hours}", "device_hours: 100 h,") == Approx(1.0));
  CHECK(covered(ranged, "{estimator: hours, load: 0.8}", "device_hours: 100 h,") == 0.0);
}

TEST_CASE("design power as mean power is an upper end, unless it was measured") {
  const auto figure = [](const char* power) {
    return assess(study_of("a: {grid: 400 g/kWh, pue: 1}",
                           fmt::format("{{name: r, hardware: h, site: a, device_hours: 1000 h, energy: {{power: {{per_device: {}}}, level: it}}}}", power)))
        .d.figure("energy.it");
  };
  CHECK(*figure("700 W").low == Approx(700 * 0.55));
  CHECK(*figure("700 W").high == Approx(700));
  CHECK_FALSE(figure("650 W").low);
  CHECK_FALSE(figure("{value: 700 W, basis: metered}").low);
}
