// SPDX-License-Identifier: Apache-2.0
// Where energy was used: grids by the hour, contracts, mixes, published PUE, water and its scarcity, costs. Expected
// figures are worked by hand from the datasets' rows.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "inventory/catalogue/places.hpp"
#include "reporting/rounding.hpp"
#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::inventory;
using namespace cradle::reporting;

namespace {

/// A study of one run of 100 kWh (or other keys of it) at a site with these keys.
std::string at(const std::string& site, const std::string& run = "energy: 100 kWh", const std::string& more = "") {
  return fmt::format(
      "cradle: 1\nfunctional_unit: u\nboundary: {{include: [training, water], exclude: {{hardware: x, development: x, "
      "inference: x}}}}\n{}sites: {{s: {{{}}}}}\nruns: [{{name: r, site: s, {}}}]\n",
      more, site, run);
}

/// Two hours of 100 and 300 g/kWh on the first of March 2022, then a hole.
std::string two_hours() {
  const auto path = std::filesystem::temp_directory_path() / "cradle-two-hours.csv";
  std::ofstream(path) << "timestamp_utc,g\n2022-03-01 00:00,100\n2022-03-01 01:00,300\n";
  return path.string();
}

std::string detail(const Assessed& assessed, const std::string& item) {
  for (const auto& row : assessed.compiled->coverage)
    if (row.item == item) return std::string(name_of(row.status)) + ": " + row.detail;
  return "";
}

}  // namespace

TEST_CASE("a grid by time: each run meets its own hours", "[place]") {
  const std::string site = fmt::format("grid: {{series: {}, column: g, unit: g/kWh}}, pue: 1.5", two_hours());
  // A quarter of the run lies in the first hour and three quarters in the second: 250 g/kWh.
  const auto run = assess(at(site, "energy: 100 kWh, start: 2022-03-01T00:45:00Z, end: 2022-03-01T01:45:00Z"));
  CHECK(run.value("ghg.total") == Approx(150 * 0.250));
  CHECK(detail(run, "grid in the hours of r").find("counted: ") == 0);
  CHECK(detail(run, "grid in the hours of r").find("200 g/kWh, -20.0 %") != std::string::npos);
  // Half of it after the series ends: the covered half stands for the whole, and that is said.
  const auto half = assess(at(site, "energy: 100 kWh, start: 2022-03-01T01:00:00Z, duration: 2 h"));
  CHECK(half.value("ghg.total") == Approx(150 * 0.300));
  CHECK(detail(half, "grid in the hours of r").find("substitute: ") == 0);
  // The mean of a year, where the study names one and the file covers it.
  const auto table = [](const std::string& name, const std::string& rows) {
    const auto path = std::filesystem::temp_directory_path() / ("cradle-" + name + ".csv");
    std::ofstream(path) << rows;
    return path.string();
  };
  const std::string years = table(
      "years",
      "timestamp,g\n2023-01-01T00:00:00+01:00,200\n2024-01-01T00:00:00+01:00,400\n2025-01-01T00:00:00+01:00,500\n");
  CHECK(assess(at(fmt::format("grid: {{series: {}, column: g, unit: g/kWh, year: 2024}}, pue: 1.0", years)))
            .value("ghg.total") == Approx(40.0).epsilon(1e-3));
  CHECK(codes(at(fmt::format("grid: {{series: {}, column: g, unit: g/kWh, year: 2022}}, pue: 1.0", two_hours()))) ==
        std::vector<std::string>{"E017"});
  // Months of local time, and quarters of unequal length.
  const auto month = fmt::format("grid: {{series: {}, column: g, unit: gCO2eq/kWh}}, pue: 1",
                                 table("months",
                                       "timestamp,g\n2024-03-01T00:00:00+01:00,100\n2024-04-01T00:00:00+02:00,"
                                       "300\n2024-05-01T00:00:00+02:00,500\n"));
  CHECK(assess(at(month, "energy: 100 kWh, start: 2024-03-22T00:00:00+01:00, end: 2024-04-11T00:00:00+01:00"))
            .value("ghg.total") == Approx(20.0).epsilon(0.01));
  const auto quarter =
      fmt::format("grid: {{series: {}, column: g, unit: g/kWh}}, pue: 1",
                  table("quarters", "timestamp,g\n2024-01,100\n2024-04,200\n2024-07,300\n2024-10,400\n"));
  CHECK(assess(at(quarter, "energy: 100 kWh, start: 2024-03-28, end: 2024-03-30")).value("ghg.total") == Approx(10.0));
  CHECK(assess(at(quarter, "energy: 100 kWh, start: 2024-12-20, end: 2024-12-21")).value("ghg.total") == Approx(40.0));
  // Times of day without an offset cannot be told apart from local ones.
  CHECK(codes(at(site, "energy: 100 kWh, start: '2022-03-01 00:00', end: '2022-03-01 01:00'")) ==
        std::vector<std::string>{"E064"});
  CHECK(codes(at(site, "energy: 100 kWh, start: 2022-03-01T01:00:00Z, duration: 9 h")) ==
        std::vector<std::string>{"E017"});
  CHECK(codes(at(site)) == std::vector<std::string>{"E069"});
  CHECK(codes(at(site, "energy: 100 kWh, start: 2023-03-01, end: 2023-03-02")) == std::vector<std::string>{"E017"});
  CHECK(codes(at("grid: {series: nowhere.csv}, pue: 1")) == std::vector<std::string>{"E001"});
  CHECK(codes(at(fmt::format("grid: {{series: {}}}, pue: 1", two_hours()))) == std::vector<std::string>{"E067"});
}

TEST_CASE("idle energy meets the hours of its own log, and filled gaps those of the gap", "[place]") {
  const auto folder = std::filesystem::temp_directory_path();
  {
    std::ofstream grid(folder / "cradle-day.csv");
    grid << "timestamp_utc,g\n";
    for (int hour = 0; hour < 24; ++hour) grid << fmt::format("2024-03-01 {:02d}:00,{}\n", hour, 100 + 20 * hour);
    // 1 kW from midnight to two, nothing until twelve, 3 kW until two: ten hours are filled at the mean power.
    std::ofstream log(folder / "cradle-gap.csv");
    log << "time,power\n";
    for (int minute = 0; minute <= 120; minute += 5)
      log << fmt::format("2024-03-01T{:02d}:{:02d}:00Z,1000\n", minute / 60, minute % 60);
    for (int minute = 720; minute <= 840; minute += 5)
      log << fmt::format("2024-03-01T{:02d}:{:02d}:00Z,3000\n", minute / 60, minute % 60);
  }
  const std::string site =
      fmt::format("grid: {{series: {}, column: g, unit: g/kWh}}, pue: 1", (folder / "cradle-day.csv").string());
  const std::string log = fmt::format("{{logs: {{files: {}, columns: {{time: time, power: power, unit: W}}}}}}",
                                      (folder / "cradle-gap.csv").string());
  const auto gap = assess(at(site, "energy: " + log));
  // 2 kWh at 110 (hours 0 and 1), 20 kWh filled over hours 2 to 11 (mean 230), 6 kWh at 350 (hours 12 and 13) g/kWh.
  CHECK(gap.value("energy.it") == Approx(28.0));
  CHECK(gap.value("ghg.total") == Approx(2 * 0.110 + 20 * 0.230 + 6 * 0.350));
  // Energy at noon of which only the window is known, and idle time with that log.
  const auto both =
      assess(at(site, "energy: 1000 kWh, start: 2024-03-01T20:00:00Z, end: 2024-03-01T21:00:00Z, idle: " + log));
  CHECK(both.value("ghg.total") == Approx(1000 * 0.500 + 2 * 0.110 + 20 * 0.230 + 6 * 0.350));
}

TEST_CASE("measurement files are named from the study's folder, whatever the folders are called", "[place]") {
  // "s/" stands within "logs/" too, and a folder may hold one of its own name.
  const auto before = std::filesystem::current_path(), folder = std::filesystem::temp_directory_path() / "cradle-named";
  std::filesystem::create_directories(folder / "s/logs");
  std::filesystem::create_directories(folder / "s/s");
  for (const char* file : {"s/logs/a.csv", "s/s/b.csv"})
    std::ofstream(folder / file) << "time,power\n2024-03-01T00:00:00Z,1000\n2024-03-01T00:01:00Z,1000\n";
  std::filesystem::current_path(folder);
  for (const std::string file : {"logs/a.csv", "s/b.csv"}) {
    auto study = parse_study(
        at("grid: 100 g/kWh, pue: 1",
           fmt::format("energy: {{logs: {{files: {}, columns: {{time: time, power: power, unit: W}}}}}}", file)),
        "s/study.yaml");
    REQUIRE(study);
    CHECK(assess(std::move(*study)).compiled->logs.front().file == file);
  }
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a wide interval does not round its value away", "[place]") {
  const auto hydro = assess(at("grid: {mix: {hydro: 100 %}}, pue: {value: 1.2, low: 1.19, high: 1.21}, wue: 0 L/kWh",
                               "energy: {value: 1000 kWh, low: 999 kWh, high: 1001 kWh}"));
  const auto printed = print(hydro.d.figure("ghg.total"));
  CHECK(printed.text() == "30 kg CO2e");
}

TEST_CASE("contracts count in the market-based figure only, for their share and in their market", "[place]") {
  const auto with = [](const std::string& instruments, const std::string& more = "") {
    return assess(at(fmt::format("grid: {{region: FR, year: 2022, instruments: [{}]{}}}, pue: 1", instruments, more),
                     "energy: 1000 kWh, start: 2022-01-01, end: 2022-02-01"));
  };
  const double french = catalogue().grids().find("FR", 2022)->kg_per_kwh;
  const auto half =
      with("{kind: certificate, share: 50 %, intensity: 0 g/kWh, vintage: 2022, market: DE}", ", residual: 400 g/kWh");
  CHECK(half.value("ghg.scope2_lb") == Approx(1000 * french));
  CHECK(half.value("ghg.scope2_mb") == Approx(1000 * (0.5 * 0 + 0.5 * 0.4)));
  // Without a residual mix the grid average takes its place, and the report says so.
  const auto two =
      with("{kind: contract, share: 25 %, intensity: 20 g/kWh}, {kind: supplier, share: 25 %, intensity: 40 g/kWh}");
  CHECK(two.value("ghg.scope2_mb") == Approx(1000 * (0.25 * 0.02 + 0.25 * 0.04 + 0.5 * french)));
  CHECK(detail(two, "residual mix of s").find("substitute") == 0);
  // Another market, and a vintage three years away.
  const auto foreign = with("{kind: certificate, share: 100 %, intensity: 0 g/kWh, vintage: 2022, market: GB}");
  CHECK(foreign.value("ghg.scope2_mb") == Approx(1000 * french));
  CHECK(foreign.compiled->findings.front().code == "W121");
  const auto old = with("{kind: certificate, share: 100 %, intensity: 0 g/kWh, vintage: 2019, market: FR}");
  CHECK(old.value("ghg.scope2_mb") == Approx(1000 * french));
  const auto next = with("{kind: certificate, share: 100 %, intensity: 0 g/kWh, vintage: 2021, market: FR}");
  CHECK(next.value("ghg.scope2_mb") == Approx(0.0).margin(1e-9));
  CHECK(detail(next, "vintage of certificate 1 of s").find("21 months") != std::string::npos);
  // North America is one market.
  // A vintage is held against every year of use, of services and logs too; a market must be a country.
  const auto service = [&](const std::string& start) {
    return codes(
        "cradle: 1\nfunctional_unit: u\nboundary: {include: [inference], exclude: {hardware: x, training: x, "
        "development: x, water: x}}\n"
        "sites: {s: {grid: {region: FR, year: 2022, instruments: [{kind: certificate, share: 100 %, intensity: 0 "
        "g/kWh, vintage: 2015, market: Narnia}]}, pue: 1}}\n"
        "services: {api: {site: s, requests: 10 requests, energy: 1 kWh, start: " +
        start + "-01-01, end: " + start + "-02-01}}\n");
  };
  CHECK(service("2015") == std::vector<std::string>{"W126", "E016"});
  // A residual mix counts without any contract, and a second site's too.
  const auto residual = assess(at("grid: {location: 50 g/kWh, residual: 400 g/kWh}, pue: 1"));
  CHECK(residual.value("ghg.scope2_mb") == Approx(40.0));
  CHECK(codes(at("grid: {location: 50 g/kWh, market: 1 g/kWh, residual: 400 g/kWh}, pue: 1")) ==
        std::vector<std::string>{"E032"});
  const auto canada =
      assess(at("grid: {region: US-CAMX, year: 2022, instruments: [{kind: certificate, share: 100 %, intensity: 0 "
                "g/kWh, market: CA}]}, pue: 1",
                "energy: 1 kWh"));
  CHECK(canada.value("ghg.scope2_mb") == Approx(0.0).margin(1e-12));
  const std::string whole = "{kind: contract, share: 60 %, intensity: 0 g/kWh}";
  CHECK(codes(at(fmt::format("grid: {{region: FR, year: 2022, instruments: [{}, {}]}}, pue: 1", whole, whole))) ==
        std::vector<std::string>{"E038"});
  CHECK(codes(at(fmt::format("grid: {{region: FR, year: 2022, market: 1 g/kWh, instruments: [{}]}}, pue: 1", whole))) ==
        std::vector<std::string>{"E032"});
}

TEST_CASE("mixes by source: IPCC AR5 medians and Macknick's water", "[place]") {
  const auto mixed = assess(at("grid: {mix: {coal: 30 %, wind: 70 %}}, pue: 1.2, wue: 0 L/kWh, wue_grid: mix"));
  CHECK(mixed.value("ghg.total") == Approx(120 * (0.3 * 0.820 + 0.7 * 0.011)));
  CHECK(mixed.value("water.off_site") == Approx(120 * 0.3 * 2.6006e-3));
  CHECK(mixed.d.figure("ghg.total").low < mixed.value("ghg.total"));  // the ranges of AR5 come with it
  // A what-if on one share.
  const auto read = parse_study(at("grid: {mix: {coal: 30 %, wind: 70 %}}, pue: 1"), "study.yaml");
  REQUIRE(read);
  CHECK(assess(*read, {{"sites.s.grid.mix.coal", "10 %"}, {"sites.s.grid.mix.wind", "90 %"}}).value("ghg.total") ==
        Approx(100 * (0.1 * 0.820 + 0.9 * 0.011)));
  CHECK(codes(at("grid: {mix: {coal: 30 %, wind: 60 %}}, pue: 1")) == std::vector<std::string>{"E024"});
  CHECK(codes(at("grid: {mix: {peat: 100 %}}, pue: 1")) == std::vector<std::string>{"E010"});
  // National shares sum to one and their water lies where France's nuclear and hydro put it.
  double sum = 0.0;
  for (const auto& [source, share] : national_mix("FRA", 2022)) sum += share;
  CHECK(sum == Approx(1.0));
  const auto national =
      assess(at("grid: {region: FR, year: 2022, mix: national}, pue: 1, wue: 0 L/kWh, wue_grid: mix"));
  CHECK(national.value("ghg.total") == Approx(100 * catalogue().grids().find("FR", 2022)->kg_per_kwh));
  CHECK(national.value("water.off_site") * 10 > 2.0);  // L/kWh
  CHECK(national.value("water.off_site") * 10 < 6.0);
  CHECK(codes(at("grid: 57 g/kWh, pue: 1, wue_grid: mix")) == std::vector<std::string>{"E011"});
}

TEST_CASE("cloud regions, published PUE and WUE, scarcity and prices", "[place]") {
  const auto aws = assess(
      at("grid: {region: 'aws:us-east-1', year: 2022}, pue: {of: aws, region: us-east-1, year: 2024}, wue: {of: aws, "
         "region: us-east-1, year: 2024}, wue_grid: 2 L/kWh, scarcity: national, price: 80 USD/MWh, losses: national"));
  const double grid = catalogue().grids().find("US-SRVC", 2022)->kg_per_kwh, loss = catalogue().grids().losses("US").at(2022);
  CHECK(aws.value("ghg.scope2_lb") == Approx(115 * grid));
  CHECK(aws.value("ghg.scope3") == Approx(115 * grid * loss / (1 - loss)));
  CHECK(aws.value("water.on_site") == Approx(100 * 0.12e-3));
  CHECK(aws.value("water.scarcity") == Approx((100 * 0.12e-3 + 115 * 2e-3) * 11.3));
  CHECK(aws.value("cost.energy") == Approx(115 * 0.08));
  CHECK(detail(aws, "grid of s").find("aws:us-east-1 (Northern Virginia) lies in US-SRVC") != std::string::npos);
  CHECK(codes(at("grid: {region: 'aws:us-east-9', year: 2022}, pue: 1")) == std::vector<std::string>{"E016"});
  CHECK(codes(at("grid: 57 g/kWh, pue: {of: aws, year: 1999}")) == std::vector<std::string>{"E016"});
  CHECK(codes(at("grid: 57 g/kWh, pue: {of: aws, year: 2024}",
                 "energy: {parts: {accelerator: 100 kWh, overhead: 50 kWh}}")) == std::vector<std::string>{"E037"});
  CHECK(assess(at("grid: {region: 'gcp:europe-west9', year: 2023}, pue: 1, wue: 1 L/kWh, wue_grid: 1 L/kWh, scarcity: "
                  "national"))
            .value("water.scarcity") == Approx(0.2 * 4.99));
  CHECK(
      assess(at("grid: {location: 30 g/kWh, region: SE}, pue: 1, wue: 1 L/kWh, wue_grid: 1 L/kWh, scarcity: national"))
          .value("water.scarcity") == Approx(0.2 * 2.17));
  CHECK(codes(at("grid: 57 g/kWh, pue: {of: aws}")) == std::vector<std::string>{"E011"});
  CHECK(assess(at("grid: 100 g/kWh, pue: {of: uptime, year: 2023}")).value("ghg.total") == Approx(15.8));
  // 193 USD/t in 2020 and 212 in 2025 are rows of EPA's table; 2022 lies between them.
  const auto cost = assess(at("grid: 1000 g/kWh, pue: 1", "energy: 1 MWh", "carbon_cost: {of: epa, year: 2020}\n"));
  CHECK(cost.value("cost.carbon") == Approx(193));
  CHECK(social_cost_of_carbon("epa", 2022)->central == Approx(193 + 0.4 * 19));
  CHECK_FALSE(social_cost_of_carbon("epa", 2060));
  CHECK(assess(at("grid: 1000 g/kWh, pue: 1", "energy: 1 MWh", "carbon_cost: 50 USD/t\n")).value("cost.carbon") ==
        Approx(50));
  CHECK_FALSE(assess(at("grid: 1000 g/kWh, pue: 1")).d.figure("cost.carbon").value);
}

// 0.3 / 35 % + 0.3 / 33 % + 0.4 / 100 %: the physical energy content method
TEST_CASE("primary energy of electricity by its sources, or as stated", "[place]") {
  const auto mixed = assess(at("grid: {mix: {coal: 30 %, nuclear: 30 %, wind: 40 %}}, pue: 1.2, primary_energy: mix"));
  CHECK(mixed.value("primary_energy") == Approx(120 * 3.6 * (0.3 / 0.35 + 0.3 / 0.33 + 0.4)).epsilon(1e-4));
  CHECK(assess(at("grid: 57 g/kWh, pue: 1.5, primary_energy: 2.5")).value("primary_energy") == Approx(150 * 3.6 * 2.5));
  CHECK(!assess(at("grid: 57 g/kWh, pue: 1.5")).d.figure("primary_energy").value);
  CHECK(codes(at("grid: 57 g/kWh, pue: 1, primary_energy: mix")) == std::vector<std::string>{"E011"});
  CHECK(codes(at("grid: 57 g/kWh, pue: 1, primary_energy: 0.5")) == std::vector<std::string>{"E024"});
  // What hardware takes is part of it: a figure in greenhouse gases alone leaves it unknown.
  const auto with = [](const std::string& hardware) {
    return assess(
        "cradle: 1\ntitle: t\nboundary: {include: [training, hardware]}\nfunctional_unit: 1 run\nprofile: ademe\n"
        "hardware: {h: {lifetime: 5 years, utilisation: 100 %, per_node: 8, " +
        hardware +
        "}}\nsites: {s: {grid: 57 g/kWh, pue: 1.0, primary_energy: 2.5}}\nruns: [{name: r, stage: training, hardware: "
        "h, site: s, device_hours: 10 h, energy: 100 kWh}]\n");
  };
  CHECK(!with("embodied: {device: 100 kg}").d.figure("primary_energy").value);
  CHECK(with("device: h100, node: dgx-h100").value("primary_energy") > 900.0);
  CHECK(codes(at("grid: {mix: {oil: 100 %}}, pue: 1, wue: 1 L/kWh, wue_grid: mix")) ==
        std::vector<std::string>{"E016"});
  // France: 63 % nuclear at 3.03, the rest mostly at 1 to 2.2.
  const auto france = assess(at("grid: {region: FR, year: 2022, mix: national}, pue: 1, primary_energy: mix"));
  CHECK(france.value("primary_energy") / 360 == Approx(2.5).margin(0.3));
}
