// SPDX-License-Identifier: Apache-2.0
// What a grid's factor counts, kinds that are asked for, and scope 3 category 3: figures by hand from the datasets'
// rows.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::inventory;
using namespace cradle::reporting;
using Catch::Contains;

namespace {

/// 100 kWh at each of some sites without overhead.
std::string at(const std::vector<std::string>& grids) {
  std::string sites, runs;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    sites += fmt::format("{}s{}: {{{}, pue: 1}}", i == 0 ? "" : ", ", i, grids[i]);
    runs += fmt::format("{}{{name: r{}, site: s{}, energy: 100 kWh}}", i == 0 ? "" : ", ", i, i);
  }
  return fmt::format(
      "cradle: 1\nfunctional_unit: u\nboundary: {{include: [training], exclude: {{hardware: x, development: x, "
      "inference: x, "
      "water: x}}}}\nsites: {{{}}}\nruns: [{}]\n",
      sites, runs);
}

std::string at(const std::string& grid) { return at(std::vector{grid}); }

std::string detail(const Assessed& assessed, const std::string& item) {
  for (const auto& row : assessed.compiled->coverage)
    if (row.item == item) return std::string(name_of(row.status)) + ": " + row.detail;
  return "";
}

const GridTables& grids() { return catalogue().grids(); }

std::string words(const Assessed& assessed) {
  std::string all;
  for (const auto& grid : assessed.compiled->grids) all += grid.kind.in_words() + "; ";
  return all;
}

/// Errors of a study, or its warnings where there are none.
Findings findings(const std::string& text) {
  auto read = parse_study(text, "study.yaml");
  if (!read) return read.error();
  const auto compiled = compile(read->study, catalogue(), read_files(read->study));
  return compiled ? compiled->findings : compiled.error();
}

std::string hint(const std::string& study) {
  const auto all = findings(study);
  return all.empty() ? "" : all.front().message + " | " + all.front().hint;
}

}  // namespace

TEST_CASE("every publisher's figure has its kind", "[grid]") {
  for (const auto& row : grids().rows())
    for (const auto& [year, value] : row.g_per_kwh) {
      INFO(row.dataset << " " << row.name << " " << year);
      CHECK(row.kind(year).factor != GridFactor::unstated);
    }
  CHECK(grids().find("gcp:us-east4", 2020)->kind.factor == GridFactor::life_cycle);
  CHECK(grids().find("gcp:us-east4", 2021)->kind.factor == GridFactor::direct);
}

TEST_CASE("a kind that is asked for is found, or what there is is named", "[grid]") {
  // Electricity Maps, Poland 2022: 876 g of consumption; Our World in Data: of generation.
  CHECK(assess(at("grid: {region: PL, year: 2022, perimeter: consumption}")).value("ghg.total") == Approx(87.6));
  const auto generation = assess(at("grid: {region: PL, year: 2022}"));
  CHECK(generation.value("ghg.total") == Approx(100 * grids().find("PL", 2022)->kg_per_kwh));
  CHECK(words(generation) == "life-cycle, of generation; ");
  // The same under the country's name and three letters.
  for (const char* name : {"POL", "Poland"})
    CHECK(
        assess(at(fmt::format("grid: {{region: {}, year: 2022, perimeter: consumption}}", name))).value("ghg.total") ==
        Approx(87.6));
  // DESNZ 2025: 0.177 kg/kWh, direct.
  CHECK(assess(at("grid: {region: UK, year: 2025, factor: direct}")).value("ghg.total") == Approx(17.7));
  CHECK_THAT(
      hint(at("grid: {region: IE, year: 2022, factor: direct}")),
      Contains("that is direct") && Contains("life-cycle, of generation (2000 to 2024)") && Contains("mix: national"));
  CHECK_THAT(hint(at("grid: {region: US-SRVC, year: 2022, factor: life-cycle}")),
             Contains("known: direct, of generation (2022)"));
  // What a cloud region's own series has not, the grid around it may have.
  CHECK(assess(at("grid: {region: 'gcp:europe-west1', year: 2022, factor: life-cycle}")).value("ghg.total") ==
        Approx(100 * grids().find("BE", 2022)->kg_per_kwh));
}

TEST_CASE("no other series stands in for a year that the usual one lacks, unless it is asked for", "[grid]") {
  CHECK_THAT(hint(at("grid: {region: DE, year: 2025}")),
             Contains("no grid intensity for DE in 2025") && Contains("of consumption (2025)"));
  CHECK(assess(at("grid: {region: DE, year: 2025, perimeter: consumption}")).value("ghg.total") ==
        Approx(34.2));  // Electricity Maps
  CHECK(assess(at("grid: {region: DE, year: 2025, fallback: nearest}")).value("ghg.total") ==
        Approx(100 * grids().find("DE", 2024)->kg_per_kwh));
}

TEST_CASE("zones of bidding, provinces and balancing areas", "[grid]") {
  CHECK(assess(at("grid: {region: SE3, year: 2024}")).value("ghg.total") ==
        assess(at("grid: {region: SE-SE3, year: 2024}")).value("ghg.total"));
  CHECK(assess(at("grid: {region: Quebec, year: 2024}")).value("ghg.total") == Approx(3.5));
  CHECK(grids().country("CA-QC")->iso3 == "CAN");
  CHECK_THAT(grids().hint("US-CA"), Contains("US-CAMX") && Contains("US-CAL-CISO") && !Contains("US-SRVC"));
  CHECK_THAT(grids().hint("SE9"), Contains("SE-SE3"));
  CHECK_THAT(grids().hint("FR7"), Contains("FR-COR"));
  CHECK_THAT(grids().hint("KE4"), Contains("only the whole is known"));
}

TEST_CASE("direct emissions of a country's mix", "[grid]") {
  const auto mixed = assess(at("grid: {region: IE, year: 2022, factor: direct, mix: national}"));
  CHECK(words(mixed) == "direct, of generation; ");
  CHECK_THAT(detail(mixed, "grid of s0"), Contains("direct factors by source"));
  // IPCC AR5 annex III, direct: coal 760 g, gas 370 g, nothing of wind, sun and water.
  CHECK(assess(at("grid: {mix: {coal: 10 %, gas: 50 %, wind: 40 %}, factor: direct}")).value("ghg.total") ==
        Approx(0.1 * 76 + 0.5 * 37));
  CHECK(assess(at("grid: {mix: {coal: 10 %, gas: 50 %, wind: 40 %}}")).value("ghg.total") ==
        Approx(0.1 * 82 + 0.5 * 49 + 0.4 * 1.1));
  // A mix is of what is generated; one that the study states takes the place of what is not published.
  CHECK(codes(at("grid: {mix: {coal: 30 %, wind: 70 %}, perimeter: consumption}")) == std::vector<std::string>{"E017"});
  CHECK(assess(at("grid: {region: FR, year: 2023, factor: direct, mix: {gas: 30 %, wind: 70 %}}")).value("ghg.total") ==
        Approx(0.3 * 37));
  // A published figure of the kind comes before the mix.
  CHECK(assess(at("grid: {region: IE, year: 2022, factor: life-cycle, mix: national}")).value("ghg.total") ==
        Approx(100 * grids().find("IE", 2022)->kg_per_kwh));
}

TEST_CASE("two kinds in one total are a finding; of one kind they are not", "[grid]") {
  const auto warns = [](const std::vector<std::string>& sites) {
    std::string all;
    for (const auto& finding : findings(at(sites)))
      if (finding.code == "W128") all += finding.message + finding.hint;
    return all;
  };
  CHECK_THAT(warns({"grid: {region: US-SRVC, year: 2022}", "grid: {region: IE, year: 2022}"}),
             Contains("'factor: life-cycle'"));
  CHECK_THAT(warns({"grid: {region: US, year: 2022}", "grid: {region: CA-QC, year: 2022}"}),
             Contains("'perimeter: generation'"));
  CHECK(warns({"grid: {region: US, year: 2022, factor: life-cycle}",
               "grid: {region: IE, year: 2022, factor: life-cycle}"}) == "");
  CHECK(warns({"grid: {region: US, year: 2022, perimeter: consumption}",
               "grid: {region: CA-QC, year: 2022, perimeter: consumption}"}) == "");
  // What is not stated is no other kind; what is declared is.
  CHECK(warns({"grid: 300 g/kWh", "grid: {region: IE, year: 2022}"}) == "");
  CHECK_THAT(warns({"grid: {location: 300 g/kWh, factor: direct}", "grid: {region: IE, year: 2022}"}),
             Contains("sum is neither"));
}

TEST_CASE("scope 3 category 3: losses and fuel supply, stated or named as missing", "[grid]") {
  // 100 kWh at 200 g direct, 5 % lost, 40 g of fuel supply per kWh generated.
  const auto both = assess(at("grid: {location: 200 g/kWh, factor: direct}, losses: 5 %, upstream: 40 g/kWh"));
  CHECK(both.value("ghg.scope2_lb") == Approx(20));
  CHECK(both.value("ghg.scope3") == Approx(20 * 0.05 / 0.95 + 100 / 0.95 * 0.040));
  CHECK(detail(both, "grid losses of s0").empty());
  CHECK(detail(both, "fuel supply of electricity of s0").empty());
  // DESNZ 2025: 0.0459 kg/kWh beside 0.177.
  const auto british = assess(at("grid: {region: GB, year: 2025, factor: direct}, upstream: national"));
  CHECK(british.value("ghg.total") == Approx(17.7 + 4.59));
  const auto inside = assess(at("grid: {region: IE, year: 2022}"));
  CHECK_THAT(detail(inside, "fuel supply of electricity of s0"),
             Contains("counted") && Contains("not told apart from scope 2"));
  CHECK_THAT(detail(inside, "grid losses of s0"), Contains("not estimated"));
  CHECK_THAT(detail(assess(at("grid: {region: US-SRVC, year: 2022}")), "fuel supply of electricity of s0"),
             Contains("factor is direct"));
  CHECK_THAT(detail(assess(at("grid: 200 g/kWh")), "fuel supply of electricity of s0"),
             Contains("is not stated: direct or"));
  CHECK(codes(at("grid: {region: IE, year: 2022}, upstream: 40 g/kWh")) == std::vector<std::string>{"E032"});
  CHECK(codes(at("grid: {region: IE, year: 2022}, upstream: national")) == std::vector<std::string>{"E017"});
}

TEST_CASE("losses of another year only with the grid's own fallback", "[grid]") {
  const auto by_year = grids().losses("DE");
  REQUIRE_FALSE(by_year.contains(2025));
  CHECK(codes(at("grid: {region: DE, year: 2025, perimeter: consumption}, losses: national")) ==
        std::vector<std::string>{"E017"});
  const auto nearest =
      assess(at("grid: {region: DE, year: 2025, perimeter: consumption, fallback: nearest}, losses: national"));
  const double l = by_year.rbegin()->second;
  CHECK(nearest.value("ghg.scope3") == Approx(34.2 * l / (1 - l)));
  CHECK_THAT(detail(nearest, "grid losses of s0"),
             Contains("substitute") && Contains(std::to_string(by_year.rbegin()->first)));
}
