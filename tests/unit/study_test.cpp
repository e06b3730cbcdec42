// SPDX-License-Identifier: Apache-2.0
// From a study to its figures: the rules of the language, each on a small study.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "reporting/pictures.hpp"
#include "tests/unit/assessed.hpp"
#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;
using namespace cradle::reporting;

namespace {

const std::string no_hardware =
    "boundary: {include: [training], exclude: {hardware: x, development: x, inference: x, water: x}}\n";

/// A study with one run of these energy and site keys.
std::string one_run(const std::string& energy, const std::string& site = "grid: 500 g/kWh, pue: 1.5",
                    const std::string& more = "") {
  return "cradle: 1\ntitle: t\nfunctional_unit: 1 model\n" + no_hardware + "sites: {s: {" + site +
         "}}\nruns:\n  - {name: r, site: s, energy: " + energy + more + "}\n";
}

}  // namespace

TEST_CASE("PUE is counted once, at every level of measurement") {
  const auto [energy, it, facility] =
      GENERATE(table<std::string, double, double>({{"100 kWh", 100, 150},
                                                   {"{value: 100 kWh, level: it}", 100, 150},
                                                   {"{value: 100 kWh, level: node}", 100, 150},
                                                   {"{value: 100 kWh, level: device}", 100, 150}}));
  const auto run = assess(one_run(energy));
  CHECK(run.value("energy.it") == Approx(it));
  CHECK(run.value("energy.facility") == Approx(facility));
  CHECK(run.value("energy.overhead") == Approx(facility - it));
  CHECK(run.value("ghg.total") == Approx(facility * 0.5));
}

TEST_CASE("facility-level energy takes no PUE and has no IT share") {
  const auto run = assess(one_run("{value: 100 kWh, level: facility}"));
  CHECK(run.value("energy.facility") == Approx(100));
  CHECK(run.d.figure("energy.it").status == Status::not_estimated);
  CHECK(run.value("ghg.total") == Approx(50));
}

TEST_CASE("a stated overhead closes the facility total") {
  const auto run = assess(one_run("{parts: {accelerator: 60 kWh, cpu: 20 kWh, overhead: 20 kWh}}", "grid: 500 g/kWh"));
  CHECK(run.value("energy.it") == Approx(80));
  CHECK(run.value("energy.overhead") == Approx(20));
  CHECK(run.value("energy.facility") == Approx(100));
  CHECK(codes(one_run("{parts: {accelerator: 60 kWh, cpu: 20 kWh, overhead: 20 kWh}}", "grid: 500 g/kWh, pue: 1.5")) ==
        std::vector<std::string>{"E037"});
  CHECK(codes(one_run("{parts: {accelerator: 60 kWh, cpu: 20 kWh, overhead: 20 kWh}}", "grid: 500 g/kWh, pue: 1.26"))
            .empty());
}

TEST_CASE("on-site water is WUE times IT energy, without overhead") {
  const std::string text =
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [training, water], exclude: {hardware: x, development: x, "
      "inference: x}}\n"
      "sites: {s: {grid: 500 g/kWh, pue: 1.5, wue: 2 L/kWh}}\nruns: [{name: r, site: s, energy: 100 kWh}]\n";
  const auto run = assess(text);
  CHECK(run.value("water.on_site") == Approx(0.2));
  CHECK(run.d.figure("water.total").status == Status::not_estimated);
}

TEST_CASE(
    "stated amortisation: calendar time and utilised hours stand in one ledger (Luccioni 2023: 9.53 + 1.68 = 11.21 "
    "t)") {
  const auto run = assess(R"(cradle: 1
functional_unit: 1 model
boundary: {include: [training, raw-materials, manufacture], exclude: {transport: x, end-of-life: x, development: x, inference: x, water: x}}
hardware: {jz: {per_node: 8, lifetime: 6 years, utilisation: 85 %, embodied: {node: 2500 kg, device: 150 kg}}}
sites: {s: {grid: 57 g/kWh, pue: 1.0}}
runs: [{name: final, hardware: jz, site: s, device_hours: 1082990 h, energy: {power: {per_device: 400 W}}, idle: {energy: 256646 kWh, level: facility}}]
)");
  const auto climate = run.d.climate();
  const auto account = [&](const char* name) {
    return run.solution->fold({selections::embodied() & lca::Selection{lca::one_of("account", {name})}, climate});
  };
  CHECK(account("productive") == Approx(9530).epsilon(0.001));
  CHECK(account("idle") == Approx(1682).epsilon(0.001));
  CHECK(run.value("ghg.embodied") == Approx(11212).epsilon(0.001));
  CHECK(run.value("ghg.operational") == Approx(24692 + 14629).epsilon(0.001));
  CHECK(run.value("ghg.total") == Approx(run.value("ghg.operational") + run.value("ghg.embodied")).epsilon(1e-12));
}

TEST_CASE("names that people give never run into one another: a run named as another's field, a site within a site") {
  const auto energy = [](const std::string& second) {
    return assess(R"(cradle: 1
functional_unit: 1 model
boundary: {include: [training], exclude: {hardware: x, development: x, inference: x, water: x}}
hardware: {a100: {device: nvidia-a100-80gb-sxm4, per_node: 8}}
sites: {s: {grid: 100 g/kWh, pue: 1}}
runs:
  - {name: a, hardware: a100, site: s, energy: {parts: {accelerator: 100 kWh, cpu: 20 kWh}}}
  - {name: )" + second + R"(, hardware: a100, site: s, energy: {parts: {accelerator: 7 kWh}}}
  - {name: a.energy.parts, hardware: a100, site: s, energy: 3 kWh}
)")
        .value("energy.it");
  };
  CHECK(energy("b") == Approx(130));
  CHECK(energy("a.energy") == Approx(130));
  const auto two = assess(R"(cradle: 1
functional_unit: both runs
boundary: {include: [training], exclude: {hardware: x, development: x, inference: x, water: x}}
sites: {eu: {grid: 100 g/kWh, pue: 1.1}, eu/west: {grid: 200 g/kWh, pue: 1.5}}
runs: [{name: r, site: eu, energy: 1000 kWh}, {name: q, site: eu/west, energy: 1000 kWh}]
)");
  REQUIRE(two.compiled->grids.size() == 2);
  CHECK(two.value("energy.facility") == Approx(2600));
}

TEST_CASE("the price of carbon is a parameter with its range, and a scenario where it has no value") {
  const std::string study =
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [training], exclude: {hardware: x, development: x, "
      "inference: x, water: x}}\nsites: {s: {grid: 500 g/kWh, pue: 1}}\nruns: [{name: r, site: s, energy: 10 kWh}]\n";
  const auto figure = [&](const std::string& price, const Overrides& overrides = {}) {
    return assess(study + "carbon_cost: " + price + "\n", overrides).d.figure("cost.carbon");
  };
  const auto stated = figure("{value: 48 USD/t, low: 1 USD/t, high: 118 USD/t}");
  CHECK(*stated.value == Approx(0.24));
  CHECK(*stated.low == Approx(0.005));
  CHECK(*stated.high == Approx(0.59));
  const auto scenario = figure("{low: 1 USD/t, high: 118 USD/t}");
  CHECK(scenario.status == Status::range);
  CHECK_FALSE(scenario.value);
  CHECK(*scenario.low == Approx(0.005));
  CHECK(*figure("48 USD/t", {{"carbon_cost", "100 USD/t"}}).value == Approx(0.5));
}

TEST_CASE("users, idle and unused life of an asset sum to one, under every rule that counts worked hours") {
  const auto verdict = [](const std::string& rule) {
    const auto run = assess(R"(cradle: 1
functional_unit: 1 model
boundary: {include: [training, raw-materials, manufacture], exclude: {transport: x, end-of-life: x, development: x, inference: x, water: x}}
hardware: {jz: {per_node: 8, lifetime: 6 years, utilisation: 85 %, embodied: {node: 2500 kg, device: 150 kg}, amortisation: )" + rule + R"(}}
sites: {s: {grid: 57 g/kWh, pue: 1.0}}
runs: [{name: final, hardware: jz, site: s, device_hours: 1000 h, energy: 400 kWh}]
)");
    for (const auto& check : run.d.checks)
      if (check.name.starts_with("users, idle")) return check.verdict;
    FAIL("no check");
    return lca::SelfCheck::Verdict::failed;
  };
  using Verdict = lca::SelfCheck::Verdict;
  CHECK(verdict("utilised-hours") == Verdict::passed);
  CHECK(verdict("{method: utilised-hours, retired_after: 4 years}") == Verdict::passed);
  CHECK(verdict("{method: utilised-hours, second_life: 30 %}") == Verdict::passed);
  CHECK(verdict("calendar") == Verdict::not_checkable);
}

TEST_CASE("BERT on 64 V100 as in Strubell et al. 2019, Table 3") {
  auto read = read_study("examples/bert-strubell-2019/study.yaml");
  REQUIRE(read);
  const auto run = assess(read->study.text);
  constexpr double kg_per_lb = 0.45359237;
  CHECK(run.value("energy.facility") == Approx(1507).epsilon(0.005));
  CHECK(run.value("ghg.total") / kg_per_lb == Approx(1438).epsilon(0.005));
  const auto& cost = run.d.figure("cost.compute");
  CHECK(cost.status == Status::range);
  CHECK_FALSE(cost.value);
  CHECK(*cost.low == Approx(3751).epsilon(0.005));
  CHECK(*cost.high == Approx(12571).epsilon(0.005));
}

TEST_CASE("the A100 package comes to CAPA's 209.5 kg, its die to 30 kg with binning") {
  auto read = read_study("examples/bloom-176b/cradle-to-grave.yaml");
  REQUIRE(read);
  // CAPA's own yield of a bond and ACT's own grid; the catalogue has later ones
  const auto run = assess(read->study.text, {{"catalogue.bond_yield", "0.96"}, {"catalogue.fab_grid_taiwan", "583 g/kWh"}});
  const auto& system = run.compiled->system;
  const auto climate = run.d.climate();
  double devices = 0.0, package = 0.0, die = 0.0;
  for (std::size_t i = 0; i < system.instances().size(); ++i)
    if (system.process(i).product == "catalogue/nvidia-a100-80gb-sxm4") devices += run.solution->scaling()[i];
  const double bonds = std::pow(0.96, -7);
  for (const auto& entry : run.solution->ledger()) {
    const std::string component = lca::tag_of(entry.tags, "component");
    if (component == "logic die") die += entry.impacts[climate];
    if (component == "logic die" || component == "memory" || component == "package") package += entry.impacts[climate];
  }
  CHECK(package / devices == Approx(209.5).epsilon(0.01));
  CHECK(die / devices / bonds == Approx(30).epsilon(0.02));
}

TEST_CASE("every entry adds up: ledger to stages, stages to total") {
  for (const char* file : {"examples/bert-strubell-2019/study.yaml", "examples/bloom-176b/study.yaml",
                           "examples/bloom-176b/cradle-to-grave.yaml"}) {
    auto read = read_study(file);
    REQUIRE(read);
    const auto run = assess(read->study.text);
    for (std::size_t m = 0; m < run.solution->totals().size(); ++m) {
      double stages = 0.0;
      for (const auto& stage : run.d.stages) stages += stage.impacts[m];
      CHECK(stages == Approx(run.solution->totals()[m]).epsilon(1e-9));
    }
    for (const auto& check : run.d.checks) CHECK(check.verdict != lca::SelfCheck::Verdict::failed);
  }
}

TEST_CASE("every calculated quantity of the examples says where its formula is from") {
  for (const auto& entry : std::filesystem::recursive_directory_iterator("examples")) {
    if (entry.path().extension() != ".yaml") continue;
    auto read = read_study(entry.path().string());
    if (!read) continue;  // a catalogue of one's own
    const auto run = assess(std::move(*read));
    for (const auto& parameter : run.solution->system().parameters()) {
      INFO(entry.path() << ": " << parameter.name);
      if (parameter.calculated()) CHECK_FALSE(parameter.source.empty());
    }
  }
}

TEST_CASE("the Sankey conserves: what enters a stage leaves it, and all of it is the total") {
  for (const char* file : {"examples/bloom-176b/cradle-to-grave.yaml", "examples/fine-tune-from-logs/study.yaml"}) {
    auto read = read_study(file);
    REQUIRE(read);
    read->study.file = file;
    const auto run = assess(std::move(*read));
    std::map<std::string, double> in, out;
    for (const auto& link : sankey_links(run.d)) {
      CHECK(link.kg > 0);
      in[link.target] += link.kg;
      out[link.source] += link.kg;
    }
    const std::string goal = run.compiled->functional_unit;
    CHECK(in[goal] == Approx(run.value("ghg.total")).epsilon(1e-9));
    for (const auto& [node, kg] : in)
      if (node != goal) CHECK(out[node] == Approx(kg).epsilon(1e-9));
    std::set<std::string> nodes;
    for (const auto& link : sankey_links(run.d)) nodes.insert({link.source, link.target});
    CHECK(nodes.size() <= 25);
  }
}

TEST_CASE("training is amortised over the tokens that a service delivers") {
  const std::string text = R"(cradle: 1
functional_unit: {amount: 1e6, of: services/api, unit: token}
boundary: {include: [training, inference], exclude: {hardware: x, development: x, water: x}}
sites: {s: {grid: 500 g/kWh, pue: 1.2}}
runs: [{name: final, stage: training, site: s, energy: 100000 kWh}]
models: {m: {trained_by: [final], lifetime: 1e12 tokens}}
services: {api: {model: m, site: s, energy: 3000 kWh, tokens: {in: 4e9, out: 1e9}}}
)";
  const auto run = assess(text);
  // per 1e6 output tokens: service 3000 x 1.2 x 0.5 / 1000, training 100000 x 1.2 x 0.5 / 1e6
  CHECK(run.value("ghg.total") == Approx(1.8 + 0.06));
  CHECK(run.value("ghg.per_unit") == Approx((1.8 + 0.06) / 1e6));
  CHECK(codes(std::string(text).replace(text.find("1e12 tokens"), 11, "1e9 requests")) ==
        std::vector<std::string>{"E011"});
}

TEST_CASE(
    "energy per prompt in parts, with a stated overhead (Elsworth et al. 2025: 0.24 Wh per median Gemini prompt)") {
  const auto run = assess(R"(cradle: 1
functional_unit: {amount: 1, of: services/gemini, unit: request}
boundary: {include: [inference], exclude: {hardware: x, development: x, training: x, water: x}}
sites: {fleet: {grid: {location: 400 g/kWh, market: 94 g/kWh, source: example}}}
services: {gemini: {site: fleet, requests: 1e6 requests, energy_per: {unit: request, parts: {accelerator: 0.14 Wh, host: 0.06 Wh, idle: 0.02 Wh, overhead: 0.02 Wh}}}}
)");
  CHECK(run.value("energy.facility") == Approx(0.24e-3));
  CHECK(run.value("energy.it") == Approx(0.22e-3));
  CHECK(run.value("ghg.scope2_lb") == Approx(0.24e-3 * 0.4));
  CHECK(run.value("ghg.scope2_mb") == Approx(0.24e-3 * 0.094));
}

TEST_CASE("location- and market-based stand side by side; without a contract the second is not estimated") {
  CHECK(assess(one_run("100 kWh")).d.figure("ghg.scope2_mb").status == Status::not_estimated);
  const auto run =
      assess(one_run("100 kWh", "grid: {location: 429 g/kWh, market: 88 g/kWh, source: contract}, pue: 1.0"));
  CHECK(run.value("ghg.scope2_lb") == Approx(42.9));
  CHECK(run.value("ghg.scope2_mb") == Approx(8.8));
  CHECK(run.value("ghg.total") == Approx(42.9));
}

TEST_CASE("a tenant's electricity is scope 3 category 1") {
  auto text = one_run("100 kWh");
  const auto run = assess(text + "perspective: tenant\n");
  CHECK(run.d.figure("ghg.scope2_lb").status == Status::not_applicable);
  CHECK(run.value("ghg.scope3") == Approx(75));
}

TEST_CASE("what is not in the boundary is not counted, and what is not stated is said") {
  const auto run = assess(
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [training]}\nsites: {s: {grid: 500 g/kWh, pue: 1.0}}\n"
      "runs: [{name: a, stage: training, site: s, energy: 10 kWh}, {name: b, stage: development, site: s, energy: 90 "
      "kWh}]\n");
  CHECK(run.value("energy.facility") == Approx(10));
  CHECK(std::any_of(run.compiled->coverage.begin(), run.compiled->coverage.end(),
                    [](const auto& row) { return row.item == "run b" && row.status == Coverage::excluded; }));
  CHECK(run.d.study().boundary->exclude.at("development") == "not stated");
}

TEST_CASE("gases are characterised with the declared report; aggregates leave the scopes open") {
  const std::string base =
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [training], exclude: {hardware: x, development: x, "
      "inference: x, water: x}}\n";
  const auto ar6 = assess(base + "given: [{name: leak, gas: SF6, mass: 2 kg, scope: \"1\", life_cycle: use}]\n");
  CHECK(ar6.value("ghg.scope1") == Approx(2 * 25200));  // IPCC AR6, Table 7.SM.7
  const auto ar5 =
      assess(base + "gwp: AR5\ngiven: [{name: leak, gas: SF6, mass: 2 kg, scope: \"1\", life_cycle: use}]\n");
  CHECK(ar5.value("ghg.total") == Approx(2 * 23500));  // IPCC AR5, Table 8.A.1
  const auto mixed = assess(base + "given: [{name: model card, ghg: 340 kg}]\n");
  CHECK(mixed.value("ghg.unsplit") == Approx(340));
  CHECK(mixed.value("ghg.total") == Approx(340));
  CHECK(mixed.d.figure("ghg.scope1").status == Status::not_estimated);
}

TEST_CASE("repeated runs count as often as they ran") {
  const auto run = assess(
      one_run("{power: {total: 1000 W}}", "grid: 500 g/kWh, pue: 1.0", ", duration: 2 h, devices: 4, repeat: 24"));
  CHECK(run.value("energy.facility") == Approx(48));
  CHECK(run.value("device_hours") == Approx(192));
}

TEST_CASE("a parameter can be replaced by name, with any unit that fits") {
  const auto text = one_run("100 kWh");
  CHECK(assess(text, {{"sites.s.pue", "1.2"}}).value("energy.facility") == Approx(120));
  CHECK(assess(text, {{"runs.r.energy", "1 MWh"}}).value("energy.it") == Approx(1000));
}

TEST_CASE("nothing shares a name by accident: a run and a service, two given figures") {
  const auto run = assess(
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [training, inference], exclude: {hardware: x, development: "
      "x, water: x}}\nsites: {s: {grid: 500 g/kWh, pue: 1.0}}\n"
      "runs: [{name: api, site: s, energy: 100 kWh}]\nservices: {api: {site: s, energy: 7 kWh}}\n");
  CHECK(run.value("energy.it") == Approx(107));
  CHECK(codes(one_run("1 kWh") + "given: [{ghg: 1 kg}, {ghg: 2 kg}]\n") == std::vector<std::string>{"E006"});
}

TEST_CASE("power counts every part of it, with the duration that start and end give") {
  const auto run = assess(one_run("{power: {per_device: 400 W, cpu: 2000 W, dram: 500 W}}", "grid: 500 g/kWh, pue: 1.0",
                                  ", device_hours: 100 h, start: 2026-01-01T00:00:00Z, end: 2026-01-01T10:00:00Z"));
  CHECK(run.value("energy.it") == Approx(40 + 25));
  CHECK(codes(one_run("{power: {per_device: 400 W, cpu: 2000 W}}", "grid: 500 g/kWh, pue: 1.0",
                      ", device_hours: 100 h")) == std::vector<std::string>{"E011"});
  CHECK(codes(one_run("1 kWh", "grid: 500 g/kWh, pue: 1.0", ", idle: {power: {total: 500 W}}")) ==
        std::vector<std::string>{"E011"});
  CHECK(codes(one_run("1 kWh", "grid: 500 g/kWh, pue: 1.0",
                      ", devices: 8, device_hours: 100000 h, start: 2026-01-01, end: 2026-01-02")) ==
        std::vector<std::string>{"E038"});
}

TEST_CASE("a repetition repeats everything: energy, hours, cost, computation; one run is one repetition") {
  const std::string more = ", repeat: 10, device_hours: 5 h, flop: 1e18, tokens: 1000, price: {value: 3 USD, per: run}";
  const auto run = assess(one_run("30 kWh", "grid: 500 g/kWh, pue: 1.0", more));
  CHECK(run.value("energy.it") == Approx(300));
  CHECK(run.value("device_hours") == Approx(50));
  CHECK(run.value("cost.compute") == Approx(30));
  CHECK(run.value("flop.total") == Approx(1e19));
  auto text = one_run("30 kWh", "grid: 500 g/kWh, pue: 1.0", more);
  text.replace(text.find("functional_unit: 1 model"), 24, "functional_unit: {amount: 1000, of: runs/r, unit: token}");
  CHECK(assess(text).value("energy.it") == Approx(30));
}

TEST_CASE("given figures follow the boundary and say what they belong to") {
  const std::string base = one_run("30 kWh", "grid: 500 g/kWh, pue: 1.0");
  CHECK(codes(base + "given: {name: a, ghg: 500 kg}\n") == std::vector<std::string>{"E012"});
  CHECK(codes(base + "given: [{name: a, of: runs/typo, ghg: 500 kg}]\n") == std::vector<std::string>{"E015"});
  CHECK(codes(base + "given: [{name: a, scope: two, ghg: 500 kg}]\n") == std::vector<std::string>{"E013"});
  CHECK(codes(base + "given: [{name: a, per: request, ghg: 500 kg}]\n") == std::vector<std::string>{"E013"});
  const auto outside = assess(base + "given: [{name: a, life_cycle: manufacture, ghg: 500 kg, scope: \"3\"}]\n");
  CHECK(outside.value("ghg.total") == Approx(15));
  const auto inside = assess(base + "given: [{name: a, of: runs/r, life_cycle: use, ghg: 500 kg, scope: \"3\"}]\n");
  CHECK(inside.value("ghg.total") == Approx(515));
  CHECK(inside.value("ghg.scope3") == Approx(500));
}

TEST_CASE("nothing is negative, and nothing is counted twice") {
  CHECK(codes(one_run("-5 kWh")) == std::vector<std::string>{"E024"});
  CHECK(codes(one_run("5 kWh") + "given: [{name: offsets, ghg: -5 kg}]\n") == std::vector<std::string>{"E024"});
  CHECK(codes(one_run("{parts: {}}")) == std::vector<std::string>{"E033"});
  CHECK(codes(one_run("5 kWh") + "models: {m: {trained_by: [r, r]}}\n") == std::vector<std::string>{"E006"});
  CHECK(codes(one_run("5 kWh", "grid: 500 g/kWh, pue: {low: 0.5, high: 2}")) == std::vector<std::string>{"E024"});
}

TEST_CASE("a service obeys the rules of runs") {
  const std::string head =
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [inference, hardware], exclude: {development: x, training: "
      "x, water: x}}\n";
  CHECK(codes(head + "sites: {s: {grid: 500 g/kWh}}\nservices: {api: {site: s, requests: 10, energy_per: {unit: "
                     "request, parts: {accelerator: 1 Wh}}}}\n") == std::vector<std::string>{"E039"});
  const auto run = assess(head +
                          "sites: {s: {grid: 500 g/kWh, pue: 1.0}}\nservices: {api: {site: s, requests: 10, "
                          "energy_per: {unit: request, parts: {accelerator: 1 Wh}}}}\n");
  CHECK_FALSE(run.compiled->missing.empty());
  CHECK_FALSE(refusals(run.d).empty());
}

TEST_CASE("a stated embodied figure stays out where manufacture is out") {
  const auto run = assess(
      "cradle: 1\nfunctional_unit: u\nboundary: {include: [training, transport], exclude: {manufacture: x, "
      "raw-materials: x, end-of-life: x, development: x, inference: x, water: x}}\n"
      "hardware: {h: {per_node: 8, lifetime: 4 years, utilisation: 100 %, embodied: {device: 150 kg}}}\nsites: {s: "
      "{grid: 500 g/kWh, pue: 1.0}}\n"
      "runs: [{name: r, hardware: h, site: s, device_hours: 10000 h, energy: 2 kWh}]\n");
  CHECK(run.value("ghg.total") == Approx(1));
  CHECK_FALSE(refusals(run.d).empty());
}

TEST_CASE("the functional unit must lie inside the boundary, and what it leaves out is said") {
  auto text = one_run("5 kWh", "grid: 500 g/kWh, pue: 1.0", ", stage: development");
  text.replace(text.find("functional_unit: 1 model"), 24, "functional_unit: {of: runs/r}");
  CHECK(codes(text) == std::vector<std::string>{"E034"});
  auto two = one_run("5 kWh", "grid: 500 g/kWh, pue: 1.0") + "  - {name: q, site: s, energy: 90 kWh}\n";
  two.replace(two.find("functional_unit: 1 model"), 24, "functional_unit: {of: runs/r}");
  const auto run = assess(two);
  CHECK(run.value("energy.it") == Approx(5));
  CHECK(std::any_of(run.compiled->coverage.begin(), run.compiled->coverage.end(),
                    [](const auto& row) { return row.item == "run q"; }));
}

TEST_CASE("a replaced parameter loses its range and source, and obeys its limits") {
  const auto text = one_run("100 kWh", "grid: {value: 100 g/kWh, low: 90 g/kWh, high: 110 g/kWh}, pue: 1.0");
  const auto run = assess(text, {{"sites.s.grid.location", "900 g/kWh"}});
  CHECK(run.value("ghg.total") == Approx(90));
  CHECK(run.d.figure("ghg.total").interval == "none");
  CHECK(run.d.figure("ghg.total").basis_shares.size() == 1);
}

TEST_CASE("every finding of a study comes at once") {
  const auto found = codes(
      "cradle: 1\nfunctional_unit: u\nboundry: {}\nboundary: {include: [traning]}\nsites: {s: {grid: 57 kWh, pue: "
      "0.8}}\nruns: [{name: r, site: t, energy: 3 W}]\n");
  for (const char* code : {"E010", "E013", "E021", "E024", "E015"}) {
    CAPTURE(code);
    CHECK(std::find(found.begin(), found.end(), code) != found.end());
  }
}

TEST_CASE("parts of one component in a log are each counted, however they were read") {
  LogFolder folder;
  std::string powers = "timestamp,gpu0_w,gpu1_w\n";
  for (int i = 0; i < 4; ++i) powers += fmt::format("{},100,300\n", 1767225600 + 60 * i);
  folder.file("p.csv", powers);
  const std::string text = "cradle: 1\nfunctional_unit: a run\n" + no_hardware +
                           "sites: {here: {grid: 57 g/kWh, pue: 1}}\n"
                           "runs: [{name: r, site: here, energy: {logs: {files: [p.csv]}}}]\n";
  auto read = parse_study(text, (folder.path() / "study.yaml").string());
  REQUIRE(read);
  const auto run = assess(std::move(*read));
  CHECK(run.value("energy.it") == Approx(0.020));
}
