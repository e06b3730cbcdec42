// SPDX-License-Identifier: Apache-2.0
// Ways to serve a model: each is what the study would say with these inputs written into it.
#include "inventory/assessment/exploration.hpp"

#include <fmt/format.h>

#include "tests/unit/assessed.hpp"

using namespace cradle;
using namespace cradle::reporting;

namespace {

std::string serving(const std::string& inputs, const std::string& device = "h100") {
  return fmt::format(
      "cradle: 1\nfunctional_unit: {{amount: 1e6, of: services/api, unit: token}}\n"
      "boundary: {{include: [inference], exclude: {{training: x, development: x, hardware: x, water: x}}}}\n"
      "hardware: {{h: {{device: {}, node: dgx-h100, per_node: 8}}}}\nsites: {{s: {{grid: 300 g/kWh, pue: 1.2}}}}\n"
      "services: {{api: {{hardware: h, site: s, requests: 1e6 requests, tokens: {{in: 1e9 tokens, out: 3e8 tokens}}, "
      "energy: {{estimator: roofline, model: "
      "llama-3.1-70b{}}}}}}}\n",
      device, inputs);
}

Result<Exploration> explored(ExploreRequest request, const std::string& text = serving("")) {
  auto read = parse_study(text, "study.yaml");
  if (!read) FAIL(read.error().front().message);
  return explore(read->study, std::make_shared<const Catalogue>(catalogue()), request);
}

}  // namespace

TEST_CASE("a configuration is the study with its inputs written out", "[explore]") {
  const auto all = explored({"", {}, {2, 4, 8}, {8, 64}, {16, 8}, {}});
  REQUIRE(all);
  CHECK(all->fitting.size() + all->beyond_memory == 12);
  for (const auto& one : all->fitting) {
    const auto written = assess(serving(fmt::format(", devices: {}, batch: {}, weight_bits: {}, cache_bits: {}",
                                                    one.devices, one.batch, one.weight_bits, one.cache_bits)));
    INFO(one.devices << " " << one.batch << " " << one.weight_bits);
    CHECK(one.kg == Approx(written.value("ghg.total")));
    CHECK(one.kwh == Approx(written.value("energy.facility")));
  }
}

TEST_CASE("what does not fit is left out, and the front is not beaten", "[explore]") {
  // 70.6e9 parameters of 16 bits are 141 GB: one H100 of 80 GB does not hold them, nor two with a cache of any size
  // here.
  const auto all = explored({"", {}, {1, 2, 4, 8}, {1, 16, 128}, {}, {}});
  REQUIRE(all);
  for (const auto& one : all->fitting) CHECK(one.devices >= 2);
  CHECK(all->beyond_memory >= 3);
  CHECK(std::is_sorted(all->fitting.begin(), all->fitting.end(),
                       [](const auto& a, const auto& b) { return a.kwh < b.kwh; }));
  for (const auto& one : all->fitting) {
    const bool beaten = std::any_of(all->fitting.begin(), all->fitting.end(), [&](const auto& other) {
      return other.kwh < one.kwh && other.milliseconds <= one.milliseconds;
    });
    CHECK(one.on_front != beaten);
  }
  const auto* under = all->least_under(all->fitting.back().milliseconds);
  REQUIRE(under != nullptr);
  CHECK(all->least_under(1e-9) == nullptr);
}

TEST_CASE("devices beside one another, whatever the number of threads", "[explore]") {
  ExploreRequest request{
      "", {{"nvidia-h100-80gb-sxm5", "dgx-h100"}, {"nvidia-b200-180gb-sxm6", "dgx-b200"}}, {4, 8}, {32}, {}, {}};
  request.threads = 1;
  const auto one = explored(request);
  request.threads = 2;
  const auto two = explored(request);
  REQUIRE(one);
  REQUIRE(two);
  REQUIRE(one->fitting.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(one->fitting[i].kwh == two->fitting[i].kwh);
  CHECK(std::count_if(one->fitting.begin(), one->fitting.end(),
                      [](const auto& c) { return c.device == "nvidia-b200-180gb-sxm6"; }) == 2);
}

TEST_CASE("another device has its own figures, not those that the study states of its own", "[explore]") {
  const auto kwh = [](const std::string& inputs, const std::string& device, const ExploredMachine& machine) {
    const auto all = explored({"", {machine}, {8}, {16}, {}, {}}, serving(inputs, device));
    REQUIRE(all);
    return all->fitting.front().kwh;
  };
  const ExploredMachine b200{"nvidia-b200-180gb-sxm6", "dgx-b200"};
  CHECK(kwh(", idle_power: 35 W, bandwidth: 864, host_power: 10 W", "h100", b200) == kwh("", "h100", b200));
  CHECK(kwh(", idle_power: 35 W", "h100", {"nvidia-h100-80gb-sxm5", ""}) <
        kwh("", "h100", {"nvidia-h100-80gb-sxm5", ""}));
  // Hours follow from each configuration.
  auto text = serving("");
  text.replace(text.find("requests: 1e6"), 0, "device_hours: 5000 h, ");
  const auto stated = explored({"", {}, {8}, {16, 64}, {}, {}}, text), free = explored({"", {}, {8}, {16, 64}, {}, {}});
  REQUIRE(stated);
  for (std::size_t i = 0; i < 2; ++i) CHECK(stated->fitting[i].kg == free->fitting[i].kg);
}

TEST_CASE("what cannot be explored is refused", "[explore]") {
  const auto code = [](const Result<Exploration>& result) { return result ? "" : result.error().front().code; };
  CHECK(code(explored({"other", {}, {1}, {1}, {}, {}})) == "E110");
  CHECK(code(explored({"", {}, {1}, {1}, {}, {}})) != "");  // one device cannot hold it
  CHECK(code(explored({"", {{"no-such-device", ""}}, {8}, {1}, {}, {}})) == "E014");
  const auto some = explored({"", {{"no-such-device", ""}, {"nvidia-h100-80gb-sxm5", ""}}, {8}, {1}, {}, {}});
  REQUIRE(some);
  CHECK(some->refused.size() == 1);
  // A service without hardware has none to exchange.
  auto bare = serving("");
  bare.replace(bare.find("hardware: h, site"), 13, "");
  CHECK(code(explored({"", {{"nvidia-h100-80gb-sxm5", "dgx-h100"}}, {8}, {1}, {}, {}}, bare)) == "E110");
}
