// SPDX-License-Identifier: Apache-2.0
// What becomes of hardware when it leaves, and what stands around it.
#include <map>

#include "assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

/// Amounts that one device of a study's hardware puts into each end-of-life process.
std::map<std::string, double> routes_of(const std::string& end_of_life, const std::string& profile = "central") {
  const auto read =
      parse_study("cradle: 1\ntitle: t\nboundary: {include: [hardware]}\nprofile: " + profile +
                      "\nhardware: {h: {device: nvidia-h100-80gb-sxm5, per_node: 8, node: dgx-h100, lifetime: 5 years, "
                      "utilisation: 80 %" +
                      end_of_life + "}}\nfunctional_unit: {amount: 1, of: hardware/h, unit: device-hour}\n",
                  "study.yaml");
  REQUIRE(read);
  const auto compiled = compile(read->study, catalogue(), read_files(read->study));
  REQUIRE(compiled);
  std::map<std::string, double> amounts;
  for (const auto& process : compiled->system.inventory().processes)
    if (process.product == "hardware/h/device")
      for (const auto& exchange : process.exchanges)
        amounts[exchange.flow] += exchange.amount.evaluate(compiled->system.parameters().values());
  return amounts;
}

}  // namespace

TEST_CASE("what leaves as waste is used on, recovered, burnt or landfilled, and nothing else", "[hardware]") {
  const double mass = 1.69, aluminium = 0.78923, copper = 0.90077;  // ADEME's measured H100
  const auto waste = routes_of(", end_of_life: {collection: 60 %, reuse: 25 %, incineration: 30 %}");
  const double taken_apart = mass * 0.6 * 0.75, recovered = 0.6 * 0.75 * 0.9 * (aluminium + copper);
  const double residue = mass * (1 - 0.6 * 0.25) - recovered;
  CHECK(waste.at("catalogue/waste-collection") == Approx(mass * 0.6));
  CHECK(waste.at("catalogue/dismantling") == Approx(taken_apart));
  CHECK(waste.at("catalogue/incineration") == Approx(0.3 * residue));
  CHECK(waste.at("catalogue/landfill") == Approx(0.7 * residue));
  // All of it used on leaves nothing to treat here.
  const auto reused = routes_of(", end_of_life: {collection: 100 %, reuse: 100 %}");
  for (const char* route : {"dismantling", "incineration", "landfill"})
    CHECK(reused.at(std::string("catalogue/") + route) == Approx(0.0).margin(1e-12));
  // The rule decides about recycling, not about what is treated.
  const auto credited = routes_of(", end_of_life: {rule: 0-100, collection: 60 %, reuse: 25 %, incineration: 30 %}");
  CHECK(credited.at("catalogue/landfill") == Approx(waste.at("catalogue/landfill")));
  CHECK(credited.at("catalogue/recycling-copper") == Approx(0.6 * 0.75 * 0.9 * copper));
  // ADEME's profile has one gross factor for all of it.
  const auto gross = routes_of("", "ademe");
  CHECK(gross.at("catalogue/disposal") == Approx(mass));
  CHECK(!gross.contains("catalogue/landfill"));
}

// NVIDIA's DGX B200 SuperPOD, two tiers: 48 switches for 1,024 GPUs; H100: 38 racks for 127 nodes of 8
TEST_CASE("racks, switches and adapters are taken by their own lives", "[hardware]") {
  const auto of = [](const std::string& shares) {
    return assess(
               "cradle: 1\ntitle: t\nboundary: {include: [hardware]}\nhardware: {h: {device: "
               "nvidia-h100-80gb-sxm5, per_node: 8, node: dgx-h100, lifetime: 5 years, utilisation: 100 %" +
               shares + "}}\nfunctional_unit: {amount: 43800, of: hardware/h, unit: device-hour}\n")
        .value("ghg.embodied");
  };
  const double bare = of("");
  CHECK(of(", switches: 0.047") - bare == Approx(0.047 * 363 * 5 / 5));
  CHECK(of(", adapters: 1") - bare == Approx(58.09 * 5 / 5));
  CHECK(of(", rack: 0.0374") - bare == Approx(0.0374 * 253 * 5 / 10));
  CHECK(of(", building: 1 kW") - bare == Approx(1340 * 5.0 / 20));
}

TEST_CASE("raw materials alone are not read out of a stated figure for both", "[hardware]") {
  const auto of = [](const std::string& include) {
    return assess("cradle: 1\ntitle: t\nboundary: {include: [" + include +
                  "]}\nhardware: {h: {lifetime: 5 years, utilisation: 100 %, embodied: {device: 100 kg}}}\n"
                  "functional_unit: {amount: 43800, of: hardware/h, unit: device-hour}\n");
  };
  CHECK(of("raw-materials, manufacture").value("ghg.embodied") == Approx(100));
  CHECK(of("manufacture").value("ghg.embodied") == Approx(100));
  CHECK(!of("raw-materials").d.figure("ghg.embodied").value);
}

// SCI = (E I + M) / R for the study of docs/method/sci.md: Cloud Carbon Footprint's M of 5.1124 g an hour and 0.1 kWh
TEST_CASE("a study by the SCI comes to its score", "[hardware]") {
  const auto sci = assess(
      "cradle: 1\ntitle: t\nboundary: {include: [inference, hardware]}\nfunctional_unit: {amount: 1000, of: "
      "services/s, "
      "unit: request}\nhardware: {server: {lifetime: 4 years, utilisation: 100 %, per_node: 1, embodied: {node: "
      "1433.12 kg}, "
      "amortisation: {method: sci, reserved: 12.5 %}}}\nsites: {dc: {grid: 400 g/kWh, pue: 1.0}}\nservices: {s: "
      "{hardware: "
      "server, site: dc, device_hours: 1 h, energy: 0.1 kWh, requests: 1000 requests}}\n");
  CHECK(sci.value("ghg.total") == Approx(0.1 * 0.4 + 0.005112442922374429));
  CHECK(sci.value("ghg.per_unit") == Approx((0.1 * 0.4 + 0.005112442922374429) / 1000));
}

TEST_CASE("a share that is zero now can be given another value, and its credit comes with it", "[hardware]") {
  const auto credit = [](const std::string& reuse, const Overrides& overrides) {
    auto read = parse_study(
        "cradle: 1\ntitle: t\nboundary: {include: [hardware]}\nhardware: {h: {device: nvidia-a100-80gb-sxm4, per_node: "
        "8, "
        "node: 8-gpu-server, lifetime: 5 years, utilisation: 100 %, end_of_life: {rule: 0-100, collection: 100 %" +
            reuse + "}}}\nfunctional_unit: {amount: 43800, of: hardware/h, unit: device-hour}\n",
        "study.yaml");
    REQUIRE(read);
    return assess(std::move(*read), overrides).value("ghg.credits");
  };
  CHECK(credit(", reuse: 100 %", {{"hardware.h.reuse", "0"}}) == Approx(credit(", reuse: 0 %", {})));
}

// Meta, Llama 3.1 model card: 405B, 30.84 million GPU-hours, 8,930 t location-based
TEST_CASE("Llama 3.1 405B comes to its card's figure, and its hardware beside it", "[hardware]") {
  auto read = read_study("examples/llama-3.1-405b/study.yaml");
  REQUIRE(read);
  const auto card = assess(std::move(*read));
  CHECK(card.value("ghg.operational") == Approx(8.93e6).epsilon(0.015));
  double around = 0.0;
  for (const auto& entry : card.solution->ledger()) {
    const auto component = lca::tag_of(entry.tags, "component");
    if (component == "building" || component == "network" || component == "rack")
      around += entry.impacts[*card.compiled->system.find_method(methods::climate)];
  }
  const double lives = 30.84e6 / 43800 / 0.85;  // idle hours included
  CHECK(around == Approx(lives * (1.1 * 1340 * 5 / 20 + 0.078 * 363 + 58.09 + 0.0374 * 253 * 5 / 10)));
}
