// SPDX-License-Identifier: Apache-2.0
// A sweep gives at every point what the study gives with those values, whatever the number of threads.
#include "inventory/assessment/sweep.hpp"

#include <fmt/format.h>

#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

const char* const study =
    "cradle: 1\nfunctional_unit: u\nboundary: {include: [training], exclude: {hardware: x, development: x, inference: x, water: x}}\n"
    "sites: {s: {grid: 400 g/kWh, pue: 1.2}}\nruns: [{name: r, site: s, energy: 1000 kWh}, {name: t, site: s, energy: {parts: {accelerator: 5 kWh, cpu: 1 kWh}}}]\n";

std::string refused(const std::string& vary) {
  const auto run = assess(study);
  const auto swept = read_swept(vary, run.d.parameters());
  return swept ? "" : swept.error().front().code;
}

}  // namespace

TEST_CASE("every point of a sweep is the study with those values") {
  const auto run = assess(study);
  const auto& assessment = *run.d.assessment;
  std::vector<SweptInput> inputs;
  for (const char* vary : {"sites.s.pue=1.0:1.5:3", "sites.s.grid.location=20 g/kWh,0.4 kg/kWh", "runs.r.energy=1 MWh, 2 MWh"}) {
    const auto swept = read_swept(vary, assessment.parameters());
    REQUIRE(swept);
    inputs.push_back(*swept);
  }
  const std::vector<lca::Query> queries = {*find_definition("ghg.total")->query(assessment.system()), *find_definition("energy.facility")->query(assessment.system())};
  const auto answers = sweep(assessment, inputs, queries, 1);
  REQUIRE(points_of(inputs) == 12);
  REQUIRE(answers.size() == 24);
  for (std::size_t p = 0; p < 12; ++p) {
    const auto at = indices_of(p, inputs);
    const double pue = inputs[0].values[at[0]], grid = inputs[1].values[at[1]], kwh = inputs[2].values[at[2]];
    const auto same = assess(study, {{"sites.s.pue", fmt::format("{}", pue)}, {"sites.s.grid.location", fmt::format("{} kg/kWh", grid)}, {"runs.r.energy", fmt::format("{} kWh", kwh)}});
    CHECK(answers[2 * p] == Approx(same.value("ghg.total")).epsilon(1e-12));
    CHECK(answers[2 * p + 1] == Approx(same.value("energy.facility")).epsilon(1e-12));
  }
  CHECK(answers == sweep(assessment, inputs, queries, 4));
}

TEST_CASE("more points than can be counted are not few") {
  const std::vector<SweptInput> many(4, SweptInput{0, std::vector<double>(1 << 17)});
  CHECK(points_of(many) > 10'000'000);
}

TEST_CASE("what cannot be swept is refused") {
  CHECK(refused("sites.s.peu=1:2:3") == "E041");
  CHECK(refused("sites.s.pue") == "E041");
  CHECK(refused("sites.s.pue=0.5:2:3") == "E024");
  CHECK(refused("sites.s.pue=1:2:1") == "E109");
  CHECK(refused("sites.s.pue=1:2") == "E109");
  CHECK(refused("sites.s.grid.location=20 stones") == "E022");
}
