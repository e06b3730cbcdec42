// SPDX-License-Identifier: Apache-2.0
// The machine around the devices: an entry of its own where only theirs is known, never part of what was measured.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "inventory/compiler/compile.hpp"
#include "lca/solution.hpp"
#include "reporting/disclosure.hpp"
#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

struct Drawn {
  double all = 0.0, host = 0.0, accelerator = 0.0;  // kWh
  std::string said;                                 // of the host: its coverage, "" where nothing is said
};

Drawn drawn(const std::string& energy, const std::string& hardware = "device: nvidia-h100-80gb-sxm5, per_node: 8, node: dgx-h100",
            const std::string& more = "device_hours: 1000 h", const std::string& file = "study.yaml") {
  static const Catalogue catalogue = *Catalogue::load();
  const auto read = parse_study(
      fmt::format("cradle: 1\nfunctional_unit: u\nboundary: {{include: [training], exclude: {{hardware: x, development: x, "
                  "inference: x, water: x}}}}\nhardware: {{h: {{{}}}}}\nsites: {{s: {{grid: 100 g/kWh, pue: 1.0}}}}\n"
                  "runs: [{{name: r, site: s, hardware: h, {}, energy: {}}}]\n",
                  hardware, more, energy),
      file);
  if (!read) FAIL(read.error().front().message);
  const auto compiled = compile(read->study, catalogue, read_files(read->study));
  if (!compiled) FAIL(compiled.error().front().message);
  const auto solution = lca::Solution::solve(compiled->system);
  REQUIRE(solution);
  const auto sum = [&](std::vector<lca::Term> terms) {
    terms.push_back(lca::one_of("level", {"it", "facility"}));
    return solution->fold({terms, std::nullopt});
  };
  Drawn result{sum({}), sum({lca::one_of("component", {"host"})}), sum({lca::one_of("component", {"accelerator"})}), ""};
  for (const auto& row : compiled->coverage)
    if (row.item == "host energy of r") result.said = std::string(name_of(row.status)) + ": " + row.detail;
  return result;
}

constexpr double rated = (10200.0 - 8 * 700.0) / 8 / 1000;  // kW of a DGX H100 beside each of its devices

}  // namespace

TEST_CASE("power of the devices: the host is added by the machine's rating, and theirs stays as it is") {
  const auto run = drawn("{power: {per_device: 700 W}}");
  CHECK(run.accelerator == Approx(700));
  CHECK(run.host == Approx(1000 * rated * 0.75));
  CHECK(run.all == Approx(run.accelerator + run.host));
  CHECK_THAT(run.said, Catch::StartsWith("default: "));
  CHECK(drawn("{power: {per_device: 700 W}, level: device}").host == Approx(run.host));
  CHECK(drawn("{value: 700 kWh, level: device}").host == Approx(run.host));
  CHECK(drawn("{parts: {accelerator: 700 kWh}}").host == Approx(run.host));
}

TEST_CASE("the host is not counted twice: where a level, a part, a processor or the study says so") {
  for (const char* energy :
       {"{power: {per_device: 700 W}, level: node}", "{power: {per_device: 700 W}, level: it}",
        "{power: {per_device: 700 W}, level: facility}", "700 kWh", "{value: 700 kWh, level: node}",
        "{parts: {accelerator: 600 kWh, cpu: 100 kWh}}", "{parts: {accelerator: 600 kWh, host: 100 kWh}}",
        "{parts: {accelerator: 600 kWh, dram: 10 kWh, host: 100 kWh}}"}) {
    INFO(energy);
    const auto run = drawn(energy);
    CHECK(run.host == Approx(std::string_view(energy).find("host: 100") == std::string_view::npos ? 0.0 : 100.0));
    CHECK(run.said.empty());
  }
  const auto left_out = drawn("{power: {per_device: 700 W}, host: not counted}");
  CHECK(left_out.all == Approx(700));
  CHECK(left_out.said == "excluded: host not counted, as the study says");
  // idle energy of whole machines holds their hosts
  const auto idle = drawn("{power: {per_device: 700 W}}, idle: {energy: 50 kWh, level: it}");
  CHECK(idle.host == 0.0);
  CHECK_THAT(idle.said, Catch::StartsWith("not estimated: host not counted"));
  const auto stated = drawn("{power: {per_device: 700 W, host: 2 kW}}", "device: nvidia-h100-80gb-sxm5, per_node: 8",
                            "devices: 8, duration: 100 h");
  CHECK(stated.host == Approx(200));
  CHECK(stated.said.empty());
}

TEST_CASE("an estimate is the node's rating x load: 7 B parameters, 2 T tokens on DGX H100 take 57 MWh") {
  const auto run = drawn("{estimator: 6nd, parameters: 7e9, mfu: 0.4, load: 0.76}", "device: h100, per_node: 8, node: dgx-h100",
                         "tokens: 2e12 tokens");
  const double hours = 6 * 7e9 * 2e12 / (989e12 * 0.4) / 3600;
  CHECK(run.all == Approx(hours * 10.2 / 8 * 0.76));
  CHECK(run.all == Approx(57000).epsilon(0.01));
  CHECK(drawn("{estimator: hours, load: 0.5}").all == Approx(1000 * 10.2 / 8 * 0.5));
  CHECK(drawn("{estimator: hours, load: 0.5, host_power: 100 W}").host == Approx(100));
  CHECK(drawn("{estimator: hours, load: 0.5, host: not counted}").host == 0.0);
  const auto flop = drawn("{estimator: flop, achieved_tflops: 400, power: 700 W}", "device: h100, per_node: 8, node: dgx-h100",
                          "flop: 1.44e21 FLOP");
  CHECK(flop.host == Approx(1000 * rated * 0.75));
  const auto peer = drawn("{estimator: ml-co2}");
  CHECK(peer.all == Approx(700));
  CHECK_THAT(peer.said, Catch::StartsWith("not estimated: host not counted: ml-co2"));
}

TEST_CASE("a machine without a rating has a range; an unknown one is said") {
  const auto range = drawn("{power: {per_device: 400 W}}", "device: nvidia-a100-80gb-sxm4, per_node: 8, node: 8-gpu-server");
  CHECK(range.host == Approx(1000 * 1.5 / 8));
  const auto none = drawn("{power: {per_device: 400 W}}", "device: nvidia-a100-80gb-sxm4");
  CHECK(none.host == 0.0);
  CHECK(none.said == "not estimated: host not counted: the study names no machine around its devices");
  // the host is the machine's, whatever devices a study puts into it
  const auto other = drawn("{power: {per_device: 400 W}}", "device: nvidia-a100-80gb-sxm4, per_node: 8, node: dgx-h100");
  CHECK(other.host == Approx(1000 * rated * 0.75));
  CHECK(drawn("{power: {per_device: 400 W}}", "device: nvidia-b2000, per_node: 8, node: dgx-h100").host == Approx(other.host));
}

TEST_CASE("a log of accelerators alone gets a host; one of whole machines does not") {
  LogFolder folder;
  folder.file("gpu.csv", "time,device,power\n2026-05-01T00:00:00Z,0,700\n2026-05-01T01:00:00Z,0,700\n");
  const std::string study = (folder.path() / "study.yaml").string();
  const auto read = [&](const char* measures) {
    return drawn(fmt::format("{{logs: {{files: gpu.csv, measures: {}, columns: {{time: time, device: device, power: power, "
                             "unit: W}}}}}}", measures),
                 "device: nvidia-h100-80gb-sxm5, per_node: 8, node: dgx-h100", "device_hours: 1 h", study);
  };
  const auto device = read("device"), node = read("node");
  CHECK(device.all - device.host == Approx(0.7));
  CHECK(device.host == Approx(rated * 0.75));
  CHECK(node.all == Approx(0.7));
}

TEST_CASE("a report of a log of accelerators with a machine around them is not refused") {
  LogFolder folder;
  folder.file("gpu.csv", "timestamp, index, power.draw [W]\n2026/05/01 00:00:00.000, 0, 500 W\n2026/05/01 01:00:00.000, 0, 500 W\n");
  folder.file("study.yaml",
              "cradle: 1\nfunctional_unit: u\nboundary: {include: [training], exclude: {hardware: x, development: x, inference: x, water: x}}\n"
              "hardware: {h: {device: h100, per_node: 8, node: dgx-h100}}\nsites: {s: {grid: 100 g/kWh, pue: 1.0}}\n"
              "runs: [{name: r, site: s, hardware: h, energy: {logs: {files: gpu.csv, timezone: UTC}}}]\n");
  Request request;
  request.study = (folder.path() / "study.yaml").string();
  auto assessed = assess(request);
  REQUIRE(assessed);
  const auto d = reporting::disclose(std::make_shared<const Assessment>(std::move(*assessed)), "test", reporting::Bracket::none);
  CHECK(d.figure("energy.it").value > 0.5);
  for (const auto& refusal : reporting::refusals(d)) CHECK(refusal.message == "");
}

TEST_CASE("what contradicts the host is an error, and each reason for leaving it out is the true one") {
  const auto code = [](const std::string& energy) {
    const auto read = parse_study("cradle: 1\nboundary: {include: [training], exclude: {}}\nsites: {s: {grid: 1 g/kWh, pue: 1}}\n"
                                  "runs: [{name: r, site: s, devices: 8, duration: 100 h, energy: " + energy + "}]\n", "s.yaml");
    if (read) return std::string();
    for (const auto& finding : read.error())
      if (finding.severity() == Severity::error) return finding.code;
    return std::string();
  };
  CHECK(code("{power: {gpu: 4000 W, host: 1000 W}, host: not counted}") == "E032");
  CHECK(code("{estimator: hours, host_power: 100 W, host: not counted}") == "E032");
  CHECK(drawn("{estimator: hours, level: node}").host == 0.0);
  CHECK(drawn("{estimator: hours}, idle: {energy: 1 kWh, level: it}").host == 0.0);
  CHECK_THAT(drawn("{parts: {accelerator: 400 kWh, overhead: 0 kWh}}").said, Catch::Contains("closes"));
  const auto memory = drawn("{power: {gpu: 4000 W, dram: 300 W}}", "device: h100, per_node: 8, node: dgx-h100", "devices: 8, duration: 100 h");
  CHECK(memory.all == Approx(430));
  CHECK_THAT(memory.said, Catch::Contains("memory is stated"));
  CHECK_THAT(drawn("{power: {per_device: 400 W}}", "device: nvidia-a100-80gb-sxm4, node: workstation").said, Catch::Contains("per_node"));
  CHECK_THAT(drawn("{power: {per_device: 400 W}}", "device: nvidia-a100-80gb-sxm4, per_node: 8, node: dgx-h1000").said, Catch::Contains("no machine"));
}
