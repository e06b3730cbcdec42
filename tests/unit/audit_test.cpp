// SPDX-License-Identifier: Apache-2.0
// Claims recomputed: published ones that follow from their inputs, and known slips, each on a published instance.
#include "reporting/audit/audit.hpp"

#include <fmt/format.h>

#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

Audit audited(const std::string& text, const std::string& file = "claim.yaml") {
  const auto claim = read_claim(catalogue(), text, file);
  if (!claim) FAIL(claim.error().front().message);
  auto result = audit(*claim, std::make_shared<const Catalogue>(catalogue()));
  if (!result) FAIL(result.error().front().message);
  return *result;
}

bool slips(const Audit& result, const std::string& words) {
  return std::any_of(result.slips.begin(), result.slips.end(), [&](const auto& slip) { return slip.find(words) != std::string::npos; });
}

std::string refused(const std::string& text) {
  const auto claim = read_claim(catalogue(), text, "claim.yaml");
  return claim ? "" : claim.error().front().code;
}

// GPT-3 in table 4 of Luccioni et al. 2023: 1,287 MWh hold a PUE of 1.1 already; 552 t follow
std::string gpt3(const std::string& ghg) {
  return "claim: {ghg: " + ghg + "}\nenergy: 1287 MWh\nlevel: facility\npue: 1.1\ngrid: 429 g/kWh\n";
}

}  // namespace

TEST_CASE("published claims that follow from their inputs agree") {
  const auto bloom = audited("claim: {ghg: 24.69 t, energy: 433196 kWh}\ndevice: nvidia-a100-80gb-sxm4\ndevice_hours: 1082990 h\npower: 400 W\npue: 1.0\ngrid: 57 g/kWh\n");
  for (const auto& figure : bloom.figures) CHECK(figure.verdict == AuditVerdict::agrees);
  CHECK(slips(bloom, "design power"));  // 400 W is the A100's
  // Meta, Llama 3 model card: 2,290 t over 7.7 million hours of 700 W; PUE x grid 0.425
  const auto llama = audited("claim: {ghg: 2290 t}\ndevice_hours: 7.7e6 h\npower: 700 W\npue: 1.0\ngrid: 425 g/kWh\n");
  CHECK(llama.figures.front().verdict == AuditVerdict::agrees);
  // OPT: 324 MWh at 231 g, printed as 75 t (Zhang et al. 2022)
  CHECK(audited("claim: {ghg: 75 t}\nenergy: 324 MWh\nlevel: facility\ngrid: 231 g/kWh\n").figures.front().verdict == AuditVerdict::agrees);
}

TEST_CASE("PUE twice, and PUE left out") {
  CHECK(audited(gpt3("552 t")).figures.front().verdict == AuditVerdict::agrees);
  const auto twice = audited(gpt3("607.3 t")), never = audited(gpt3("502 t"));
  CHECK(twice.figures.front().verdict == AuditVerdict::differs);
  CHECK(slips(twice, "PUE counted twice"));
  CHECK(slips(never, "PUE not counted"));
  CHECK_FALSE(slips(never, "PUE counted twice"));
}

TEST_CASE("pounds, tons, thousands, machines and batches") {
  // BERT base of Strubell et al. 2019, table 3: 1,438 lb, which is 652 kg
  const auto bert = [](const std::string& ghg, const std::string& more = "") {
    return audited("claim: {ghg: " + ghg + "}\ndevices: 64\nduration: 79.2 h\npower: 188.15 W\npue: 1.58\ngrid: 0.43273 kg/kWh\n" + more);
  };
  CHECK(bert("652 kg").figures.front().verdict == AuditVerdict::agrees);
  CHECK(slips(bert("1438 kg"), "pounds printed as kilograms"));
  CHECK(slips(bert("0.719 t"), "short tons printed as tonnes"));
  CHECK(slips(bert("652 t"), "a factor of 1,000"));
  CHECK(slips(bert("652 g"), "a factor of 1,000"));
  CHECK(slips(bert("81.5 kg", "per_node: 8\n"), "machines counted as devices"));
  CHECK(slips(bert("20.9 t", "batch: 32\n"), "a batch printed as a request"));
  CHECK(slips(bert("10.2 kg"), "one device counted"));
  CHECK(slips(audited("claim: {ghg: 0 kg}\nenergy: 1 MWh\ngrid: 400 g/kWh\npue: 1.1\n"), "net for gross"));
  CHECK(slips(bert("652 kg", "scope2: market\n"), "market for location"));
  CHECK(slips(audited("claim: {ghg: 1 t}\ndevice: h100\ndevice_hours: 100 h\npower: 5600 W\ngrid: 400 g/kWh\npue: 1.1\n"), "the power of a machine?"));
  CHECK(slips(audited("claim: {ghg: 30 t, energy: 1 MWh}\ndevice: h100\ndevice_hours: 100 h\n"), "no grid is so"));
  // a peak with sparsity halves the hours: 6 N D at 989 TFLOP/s dense
  const double kwh = 6 * 7e9 * 2e12 / (989e12 * 0.4) / 3600 * 0.7 * 0.75;
  const auto sparse = audited(fmt::format("claim: {{energy: {} kWh}}\ndevice: h100\nparameters: 7e9\ntokens: 2e12\nmfu: 0.4\npue: 1.0\ngrid: 400 g/kWh\n", kwh / 2));
  CHECK(slips(sparse, "sparsity"));
}

TEST_CASE("what is not said has a range, its reach is ranked, and what would make the claim true is told") {
  const auto result = audited("claim: {ghg: 2300 t}\ndevice: h100\ndevice_hours: 7.7e6 h\n");
  CHECK(result.figures.front().verdict == AuditVerdict::cannot_tell);
  CHECK(result.claim.not_said.size() == 3);
  REQUIRE(result.reaches.size() == 3);
  CHECK_THAT(result.reaches.front().label, Catch::StartsWith("grid intensity"));
  for (std::size_t i = 1; i < result.reaches.size(); ++i)
    CHECK(result.reaches[i - 1].high - result.reaches[i - 1].low >= result.reaches[i].high - result.reaches[i].low);
  for (const auto& needed : result.needed)
    if (needed.label.starts_with("PUE")) {
      const auto held = audited(fmt::format("claim: {{ghg: 2300 t}}\ndevice: h100\ndevice_hours: 7.7e6 h\npue: {}\n", needed.needed));
      CHECK(held.figures.front().ratio() == Approx(1.0).epsilon(1e-6));
    }
  CHECK(audited("claim: {ghg: 90 kt}\ndevice: h100\ndevice_hours: 7.7e6 h\n").disagrees());
  CHECK(audited("claim: {ghg: 5 t}\n").figures.front().verdict == AuditVerdict::cannot_tell);
}

TEST_CASE("a model card is a claim in grams") {
  const auto card = audited(
      "---\nlicense: mit\nco2_eq_emissions:\n  emissions: 24690000\n  hardware_used: A100\n---\n## Environmental Impact\n- **Hardware Type:** NVIDIA A100-SXM4-80GB\n- **Hours used:** 1,082,990 h\n",
      "README.md");
  CHECK(card.figures.front().claimed == Approx(24690));
  CHECK(card.figures.front().verdict == AuditVerdict::cannot_tell);
}

TEST_CASE("hours of a card are read where they are one plain number, and never guessed") {
  const auto hours = [](const std::string& words, const std::string& type = "A100 PCIe 40GB") {
    const auto result = audited("---\nco2_eq_emissions: 2300e6\n---\n- **Hardware Type:** " + type + "\n- **Hours used:** " + words + "\n- **Compute Region:** France\n", "README.md");
    return result.figures.front().recomputed.has_value();
  };
  for (const char* plain : {"7,700,000", "7.7e6", "1.5e6 h", "7700000 GPU hours", "100 hours", "12"}) CHECK(hours(plain));
  for (const char* other : {"7.7M", "7.7 million", "7700 k", "12-24", "2 days", "100 (x 8 GPUs)", "~100", "1.000.000", "77,00", "not stated", ""}) CHECK_FALSE(hours(other));
  CHECK_FALSE(hours("12", "16 A100 PCIe 40GB"));  // of one device, or of all?
}

TEST_CASE("a claim of another kind, or an unknown machine, is not judged") {
  CHECK_FALSE(audited("claim: {ghg: 0 t}\nscope2: market\nenergy: 100 MWh\nlevel: facility\ngrid: 400 g/kWh\n").disagrees());
  CHECK_FALSE(audited("claim: {ghg: 10 t}\nbasis: net\nenergy: 100 MWh\nlevel: facility\ngrid: 400 g/kWh\n").disagrees());
  CHECK(refused("claim: {energy: 57 MWh}\ndevice: h100\nnode: no-such-node\n") == "E018");
  CHECK(audited("claim: {ghg: 1 t}\nenergy: 1 MWh\npue: 1\ngrid: {value: 400 g/kWh, low: 300 g/kWh, high: 500 g/kWh, source: \"the \\\"US\\\" mean\"}\n").figures.size() == 1);
}

TEST_CASE("a claim without a number, with an unknown unit or key, is refused") {
  CHECK(refused("claim: {}\n") == "E011");
  CHECK(refused("device: h100\n") == "E011");
  CHECK(refused("claim: {ghg: 5 stones}\n") == "E022");
  CHECK(refused("claim: {ghg: 5 kWh}\n") == "E021");
  CHECK(refused("claim: {ghg: 5 t}\npeu: 1.1\n") == "E010");
  CHECK(refused("claim: {ghg: 5 t}\ndevice: h1000\n") == "E014");
}

TEST_CASE("claims in files of other programs") {
  // CycloneDX's own example: 0.4 kWh beside 31.22 t, which no grid has.
  const std::string bom = R"({"bomFormat": "CycloneDX", "components": [{"modelCard": {"considerations": {"environmentalConsiderations": {"energyConsumptions": [
    {"activity": "training", "activityEnergyCost": {"value": 0.4, "unit": "kWh"}, "co2CostEquivalent": {"value": 31.22, "unit": "tCO2eq"}}]}}}}]})";
  const auto impossible = audited(bom, "bom.json");
  CHECK(impossible.figures.front().verdict == AuditVerdict::differs);
  CHECK(impossible.figures.front().claimed == Approx(31220));
  // BoAmps: 8 devices for an hour, 5.6 kWh: 700 W a device is what an H100 may draw.
  const std::string boamps = R"({"task": {}, "measures": [{"measurementMethod": "nvml", "powerConsumption": 4.5, "measurementDuration": 3600}],
    "infrastructure": {"infraType": "onPremise", "components": [{"componentName": "NVIDIA H100 80GB HBM3", "componentType": "gpu", "nbComponent": 8}]}, "environment": {"country": "FRA"}})";
  const auto energy = audited(boamps, "report.json");
  REQUIRE(energy.figures.size() == 1);
  CHECK(energy.figures.front().id.starts_with("energy"));
  CHECK(energy.figures.front().claimed == Approx(4.5));
  CHECK(energy.figures.front().verdict != AuditVerdict::differs);
  // codecarbon: two runs in Germany, 0.381 kg/kWh as the tracker took it.
  const std::string tracked =
      "timestamp,project_name,run_id,duration,emissions,energy_consumed,country_iso_code,pue\n"
      "2023-03-02T10:00:00,a,1,3600,0.381,1,DEU,1.0\n2023-03-02T12:00:00,a,2,3600,0.762,2,DEU,1.0\n";
  const auto sum = audited(tracked, "emissions.csv");
  CHECK(sum.figures.front().claimed == Approx(1.143));
  CHECK(*sum.figures.front().recomputed == Approx(3 * catalogue().grids().find("DEU", 2023)->kg_per_kwh));
  const auto code = [](const std::string& text, const std::string& file) {
    const auto claim = read_claim(catalogue(), text, file);
    return claim ? "" : claim.error().front().code;
  };
  CHECK(code(R"({"bomFormat": "CycloneDX", "components": []})", "bom.json") == "E011");
  CHECK(code("emissions,energy_consumed\nabc,1\n", "emissions.csv") == "E020");
  CHECK(code("emissions,energy_consumed\n", "emissions.csv") == "E011");
  // Wrong types are findings, never trouble; a flushed run counts once; units are read.
  CHECK(code(R"({"task": {}, "measures": [{"powerConsumption": 5}], "infrastructure": {"components": [{"componentName": null, "nbComponent": 2}]}})", "b.json") == "");
  CHECK(code(R"({"task": {}, "measures": [{"powerConsumption": 5}], "infrastructure": {"components": ["gpu"]}})", "b.json") == "");
  CHECK(code(R"({"bomFormat": "CycloneDX", "components": [{"modelCard": {"considerations": {"environmentalConsiderations": {"energyConsumptions": [{"activityEnergyCost": {"value": 1, "unit": "MWh"}}]}}}}]})", "bom.json") == "E021");
  CHECK(audited("run_id,emissions,energy_consumed,country_iso_code\nr,1,10,DEU\nr,2,20,DEU\n", "e.csv").figures.front().claimed == Approx(2.0));
  // Energy of an activity without emissions is not what the emissions follow from.
  const std::string part = R"({"bomFormat": "CycloneDX", "metadata": {"component": {"modelCard": {"considerations": {"environmentalConsiderations": {"energyConsumptions": [
    {"activityEnergyCost": {"value": 1000, "unit": "kWh"}, "co2CostEquivalent": {"value": 0.3, "unit": "tCO2eq"}}, {"activityEnergyCost": {"value": 99000, "unit": "kWh"}}]}}}}}})";
  CHECK(audited(part, "bom.json").figures.front().verdict != AuditVerdict::differs);
}
