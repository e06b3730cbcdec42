// SPDX-License-Identifier: Apache-2.0
// Alternatives compared draw by draw: what they share cancels, what differs is told from what cannot be.
#include "reporting/comparison/comparison.hpp"

#include <fmt/format.h>

#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

Alternative alternative(const std::string& name, const std::string& energy, const std::string& more = "",
                        const std::string& unit = "1 trained model", const std::string& include = "training") {
  const std::string exclude = include == "training" ? "hardware: x, development: x, inference: x, water: x" : "development: x, inference: x, water: x";
  auto read = parse_study(
      fmt::format("cradle: 1\nfunctional_unit: {}\nboundary: {{include: [{}], exclude: {{{}}}}}\n{}"
                  "sites: {{s: {{grid: {{value: 400 g/kWh, low: 200 g/kWh, high: 600 g/kWh}}, pue: 1}}}}\nruns: [{{name: r, site: s{}, energy: {}}}]\n",
                  unit, include, exclude, more, more.empty() ? "" : ", hardware: h, device_hours: 10 h", energy),
      "study.yaml");
  REQUIRE(read);
  auto assessment = inventory::assess(std::move(read->study), std::make_shared<const Catalogue>(catalogue()), {});
  REQUIRE(assessment);
  return {name, std::make_shared<const Assessment>(std::move(*assessment))};
}

ComparedValue second(const std::vector<Alternative>& alternatives, std::size_t draws = 2000) {
  const auto comparison = compare(alternatives, {1, draws, 1});
  REQUIRE(comparison);
  REQUIRE(comparison->figures.front().id == "ghg.total");
  return *comparison->figures.front().values[1];
}

}  // namespace

TEST_CASE("a difference is known better than its ends where they share what is uncertain") {
  const auto value = second({alternative("a", "1000 kWh"), alternative("b", "900 kWh")});
  CHECK(*value.difference == Approx(-40));
  CHECK(value.verdict == "lower");  // though each interval holds the other's value
  REQUIRE(value.difference_interval);
  CHECK(value.difference_interval->low == Approx(-60).epsilon(0.05));
  CHECK(value.difference_interval->high == Approx(-20).epsilon(0.05));
  CHECK(value.interval->high > 400);
}

TEST_CASE("what spans zero cannot be distinguished; a study is equal to itself") {
  const auto wide = second({alternative("a", "1000 kWh"), alternative("b", "{value: 1010 kWh, low: 900 kWh, high: 1150 kWh}")});
  CHECK(wide.verdict == "cannot distinguish");
  CHECK(second({alternative("a", "1000 kWh"), alternative("b", "1000 kWh")}).verdict == "equal");
  CHECK(second({alternative("a", "1000 kWh"), alternative("b", "1500 kWh")}).verdict == "higher");
}

TEST_CASE("the same bytes at any number of threads") {
  const std::vector<Alternative> two = {alternative("a", "1000 kWh"), alternative("b", "900 kWh")};
  CHECK(write_comparison_json(*compare(two, {7, 500, 1})) == write_comparison_json(*compare(two, {7, 500, 4})));
}

TEST_CASE("other functional units and boundaries are refused") {
  const auto refused = [](const Alternative& other) {
    const auto comparison = compare({alternative("a", "1000 kWh"), other}, {0, 100, 1});
    return comparison ? std::string() : comparison.error().front().code;
  };
  CHECK(refused(alternative("b", "900 kWh", "", "1 other model")) == "E108");
  CHECK(refused(alternative("b", "900 kWh", "hardware: {h: {embodied: {device: 150 kg}, per_node: 8, lifetime: 5 years, utilisation: 80 %}}\n", "1 trained model", "training, manufacture, raw-materials, transport, end-of-life")) == "E108");
  CHECK(refused(alternative("b", "900 kWh")).empty());
}
