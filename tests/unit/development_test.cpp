// SPDX-License-Identifier: Apache-2.0
// Development around a final run, and training carried into inference: published figures recomputed.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "inventory/catalogue/development.hpp"
#include "reporting/inference/training_use.hpp"
#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

std::string trained(const std::string& run, const std::string& include = "training, development",
                    const std::string& exclude = "inference: x") {
  return fmt::format(
      "cradle: 1\nfunctional_unit: a model\nboundary: {{include: [{}], exclude: {{hardware: x, water: x, {}}}}}\n"
      "sites: {{s: {{grid: 500 g/kWh, pue: 1}}}}\nruns: [{{name: final, site: s, {}}}]\nmodels: {{m: {{trained_by: "
      "[final]}}}}\n",
      include, exclude, run);
}

}  // namespace

TEST_CASE("named shares of development give back what their papers counted", "[development]") {
  // Strubell et al. 2019, table 4: 120 device-hours of one model, 2,880 of 24 jobs, 239,942 of all 4,789.
  const auto strubell = [](const std::string& option) {
    return assess(trained("device_hours: 120 h, energy: {power: {per_device: 250 W}}, development: " + option));
  };
  CHECK(strubell("strubell-tuning").value("device_hours") == Approx(2880));
  CHECK(strubell("strubell-project").value("device_hours") == Approx(239942));
  // Morrison, Smith and Strubell 2026: 6.85 of 8.34 million GPU-hours, 82.2 %.
  const auto olmo =
      assess(trained("device_hours: 1.49e6 h, energy: {power: {per_device: 600 W}}, development: olmo-3"));
  CHECK(olmo.value("device_hours") == Approx(8.34e6));
  double developed = 0.0;
  for (const auto& stage : olmo.d.stages)
    if (stage.stage == "use / development")
      developed = stage.impacts[olmo.d.climate()];
  CHECK(developed / olmo.value("ghg.total") == Approx(0.822).epsilon(0.001));
  // Morrison et al. 2025: 459 MWh beside 913.
  CHECK(assess(trained("energy: 913 MWh, development: morrison-2025")).value("energy.it") == Approx(459e3 + 913e3));
  CHECK(assess(trained("energy: 100 kWh, repeat: 2, development: 1.5")).value("energy.it") == Approx(500));
  CHECK(development_options().size() == 4);
}

TEST_CASE("development takes its share of hardware at the same price per kWh and hour", "[development]") {
  const auto with = [](const std::string& development) {
    return assess(
        "cradle: 1\nfunctional_unit: a model\nboundary: {include: [training, development, manufacture], exclude: "
        "{raw-materials: x, "
        "transport: x, end-of-life: x, inference: x, water: x}}\nhardware: {h: {per_node: 8, lifetime: 5 years, "
        "utilisation: 80 %, "
        "embodied: {device: 100 kg, node: 800 kg}}}\nsites: {s: {grid: 500 g/kWh, pue: 1}}\n"
        "runs: [{name: final, site: s, hardware: h, device_hours: 1000 h, energy: 500 kWh" +
        development + "}]\n");
  };
  const auto alone = with(""), beside = with(", development: 4");
  CHECK(beside.value("ghg.embodied") == Approx(5 * alone.value("ghg.embodied")));
  const auto &one = alone.d.hardware.lives.front(), &five = beside.d.hardware.lives.front();
  CHECK(*five.per_kwh == Approx(*one.per_kwh));
  CHECK(*five.calendar == Approx(5 * *one.calendar));
}

TEST_CASE("a figure of final runs says so in its headline", "[development]") {
  const auto final_only = assess(trained("energy: 100 kWh", "training", "inference: x, development: not recorded"));
  CHECK(headline_words(final_only.d) == "gross, location-based, final runs only");
  CHECK(headline_words(assess(trained("energy: 100 kWh, development: 0.5")).d) == "gross, location-based");
  // Development that the boundary leaves out is not added, and the report says that.
  const auto outside =
      assess(trained("energy: 100 kWh, development: olmo-3", "training", "inference: x, development: x"));
  CHECK(outside.value("energy.it") == Approx(100));
  CHECK(codes(trained("energy: 100 kWh, development: olmo-4")) == std::vector<std::string>{"E013"});
  CHECK(codes(trained("energy: 100 kWh, stage: development, development: 2")) == std::vector<std::string>{"E032"});
}

TEST_CASE("serving meets training where Morrison et al. 2025 say", "[development]") {
  // OLMo 2 7B: 52 t for training; 2,400 requests at one a second take 0.358 kWh at 332 g/kWh: 1.05e9 requests.
  const auto run = assess(
      "cradle: 1\nfunctional_unit: {amount: 1, of: services/api, unit: request}\nboundary: {include: [training, "
      "inference], exclude: "
      "{hardware: x, water: x, development: x}}\nsites: {s: {grid: 332 g/kWh, pue: 1}}\n"
      "runs: [{name: final, site: s, energy: 156626.5 kWh}]\nmodels: {m: {trained_by: [final], lifetime: 2e9 "
      "requests}}\n"
      "services: {api: {model: m, site: s, requests: 2400 requests, energy: 0.358 kWh}}\n");
  const auto uses = training_uses(run.d);
  REQUIRE(uses.size() == 1);
  CHECK(uses[0].emissions.training == Approx(52e3).epsilon(1e-4));
  CHECK(uses[0].emissions.serving == Approx(118.9e-3 / 2400).epsilon(1e-3));
  CHECK(*uses[0].emissions.break_even() == Approx(1.05e9).epsilon(0.005));
  // 156,626.5 kWh over 0.358 kWh for 2,400 requests.
  CHECK(*uses[0].energy.break_even() == Approx(156626.5 / (0.358 / 2400)));
  // With and without add up to the functional unit.
  CHECK(uses[0].emissions.serving + uses[0].training_per_unit() == Approx(run.value("ghg.total")));
}

TEST_CASE("two services share one model: its training stays whole", "[development]") {
  const auto run = assess(
      "cradle: 1\nboundary: {include: [training, inference], exclude: {hardware: x, water: x, development: x}}\n"
      "sites: {s: {grid: 1000 g/kWh, pue: 1}}\nruns: [{name: final, site: s, energy: 1000 kWh}]\n"
      "models: {m: {trained_by: [final], lifetime: 1e6 requests}}\n"
      "services:\n  a: {model: m, site: s, requests: 1000 requests, energy: 10 kWh}\n  b: {model: m, site: s, "
      "requests: 3000 requests, "
      "energy: 6 kWh}\n");
  const auto uses = training_uses(run.d);
  REQUIRE(uses.size() == 2);
  for (const auto& use : uses) CHECK(use.emissions.training == Approx(1000));
  CHECK(uses[0].emissions.serving == Approx(0.01));
  CHECK(*uses[1].emissions.break_even() == Approx(1000 / 0.002));
}

TEST_CASE("break-even asks for no lifetime where training is outside the boundary", "[development]") {
  const auto run = assess(
      "cradle: 1\nboundary: {include: [inference], exclude: {training: not asked, hardware: x, water: x, development: x}}\n"
      "sites: {s: {grid: 1000 g/kWh, pue: 1.5}}\nruns: [{name: final, site: s, energy: 1000 kWh}, {name: broken, site: s, "
      "energy: 200 kWh, status: failed}]\nmodels: {m: {trained_by: [final, broken]}}\n"
      "services: {a: {model: m, site: s, requests: 1000 requests, energy: 10 kWh}}\n");
  CHECK(run.value("ghg.total") == Approx(15));
  const auto uses = training_uses(run.d);
  REQUIRE(uses.size() == 1);
  CHECK_FALSE(uses[0].lifetime);
  CHECK(uses[0].energy.training == Approx(1800));
  CHECK(*uses[0].energy.break_even() == Approx(1200 / 0.01));
  CHECK(*uses[0].emissions.break_even() == Approx(1200 / 0.01));
}

TEST_CASE("what stands around a machine may be stated in kg per device", "[development]") {
  const auto study = [](const std::string& around) {
    return "cradle: 1\nboundary: {include: [training, hardware], exclude: {water: x, development: x, inference: x}}\n"
           "hardware: {h: {embodied: {device: 100 kg}, lifetime: 10000 h, utilisation: 50 %" + around + "}}\n"
           "sites: {s: {grid: 0 g/kWh, pue: 1}}\nruns: [{name: r, hardware: h, site: s, device_hours: 500 h, energy: 1 kWh}]\n";
  };
  const double alone = assess(study("")).value("ghg.embodied");
  CHECK(alone == Approx(100 * 500 / 5000.0));
  CHECK(assess(study(", rack: 20 kg, network: 15 kg, building: {value: 30 kg, low: 20 kg, high: 40 kg}")).value("ghg.embodied") ==
        Approx(165 * 500 / 5000.0));
  // The unit says which of the two it is: how many, or what they come to.
  CHECK(assess(study(", rack: 0.03")).value("ghg.embodied") > alone);
  CHECK(codes(study(", rack: 3 kWh")) == std::vector<std::string>{"E021"});
}
