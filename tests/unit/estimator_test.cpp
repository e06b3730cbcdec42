// SPDX-License-Identifier: Apache-2.0
// Each estimator on its peer's own figures: a compatible mode gives what the peer gives before we differ from it.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "inventory/compiler/compile.hpp"
#include "inventory/catalogue/estimators/estimator.hpp"
#include "lca/solution.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

struct Result {
  double it_kwh = 0.0, facility_kwh = 0.0, device_hours = 0.0, flop = 0.0;
  std::vector<CoverageRow> coverage;
};

const Catalogue& catalogue() {
  static const Catalogue loaded = *Catalogue::load();
  return loaded;
}

std::string study_of(const std::string& energy, double pue, const std::string& more, bool service) {
  const std::string entry = fmt::format("{{{}site: s, hardware: h, energy: {{{}}}{}}}", service ? "" : "name: r, ",
                                        energy, more.empty() ? "" : ", " + more);
  return fmt::format(
      "cradle: 1\nfunctional_unit: u\nboundary: {{include: [training, inference], exclude: {{hardware: x, development: "
      "x, water: x}}}}\n"
      "hardware: {{h: {{device: h100}}}}\nsites: {{s: {{grid: 100 g/kWh, pue: {}}}}}\n{}\n",
      pue, service ? "services: {api: " + entry + "}" : "runs: [" + entry + "]");
}

/// Whether a service with this energy is refused as inputs that do not fit together.
bool refused(const std::string& energy) {
  const auto read = parse_study(
      study_of(energy + "batch: 4", 1.0, "requests: 1000 requests, tokens: {in: 1e6 tokens, out: 1e6 tokens}", true),
      "study.yaml");
  REQUIRE(read);
  const auto compiled = compile(read->study, catalogue(), read_files(read->study));
  return !compiled && compiled.error().front().code == "E024";
}

/// A study of one run (or service) with this energy, at a PUE.
Result assess(const std::string& energy, double pue = 1.0, const std::string& more = "", bool service = false) {
  const auto read = parse_study(study_of(energy, pue, more, service), "study.yaml");
  if (!read) FAIL(read.error().front().message);
  const auto compiled = compile(read->study, catalogue(), read_files(read->study));
  if (!compiled) FAIL(compiled.error().front().message);
  const auto solution = lca::Solution::solve(compiled->system);
  REQUIRE(solution);
  Result result;
  result.it_kwh =
      solution->fold({{lca::one_of("level", {"it"})}, std::nullopt});
  result.facility_kwh =
      solution->fold({{lca::one_of("level", {"it", "overhead", "facility"})}, std::nullopt});
  const auto total = [&](const std::string& method) {
    const auto index = compiled->system.find_method(method);
    return solution->fold({{}, index});
  };
  result.device_hours = total(methods::occupation);
  result.flop = total(methods::computation);
  result.coverage = compiled->coverage;
  return result;
}

}  // namespace

TEST_CASE("6nd: 7 B parameters and 2 T tokens on H100; MoE, LoRA, recomputation and the attention term") {
  const auto dense = assess("estimator: 6nd, parameters: 7e9, mfu: 0.4, load: 0.9", 1.0, "tokens: 2e12 tokens");
  CHECK(dense.flop == Approx(8.4e22));
  CHECK(dense.device_hours == Approx(8.4e22 / (989e12 * 0.4) / 3600));
  CHECK(dense.it_kwh == Approx(37158.7).epsilon(1e-5));
  const auto with = [](const char* more) {
    return assess(fmt::format("estimator: 6nd, parameters: 7e9, mfu: 0.4, load: 0.9, {}", more), 1.0,
                  "tokens: 2e12 tokens");
  };
  CHECK(with("active_parameters: 1e9").flop == Approx(6 * 1e9 * 2e12));
  CHECK(with("trained_parameters: 1e7").flop == Approx((4 * 7e9 + 2 * 1e7) * 2e12));
  // PaLM, appendix B: 6 N + 12 L d s per token
  CHECK(with("layers: 32, width: 4096, context: 2048").flop ==
        Approx((6 * 7e9 + 12.0 * 32 * 4096 * 2048 / 2) * 2e12).epsilon(0.02));
  // hardware FLOP utilisation counts the recomputed forward pass
  const auto hfu =
      assess("estimator: 6nd, parameters: 7e9, hfu: 0.4, recompute: 1, load: 0.9", 1.0, "tokens: 2e12 tokens");
  CHECK(hfu.flop == Approx(8.4e22));
  CHECK(hfu.device_hours == Approx(dense.device_hours * 8 / 6));
}

TEST_CASE("hours: busy, idle and host apart; ml-co2 is all of the design power") {
  const auto hours = assess("estimator: hours, load: 0.8, idle_hours: 50 h, idle_power: 70 W, host_power: 100 W", 1.2,
                            "device_hours: 100 h");
  CHECK(hours.it_kwh == Approx((100 * 700 * 0.8 + 50 * 70 + 150 * 100) / 1000));
  CHECK(hours.facility_kwh == Approx(hours.it_kwh * 1.2));
  CHECK(assess("estimator: ml-co2", 1.0, "device_hours: 100 h").it_kwh == Approx(70));
}

TEST_CASE("flop: the training times of Narayanan et al. 2021 (arXiv 2104.04473), equation 4") {
  struct Row {
    double parameters, tokens, tflops, devices, days;
  };
  // its "1 trillion" is the 1,008 B of table 1: the round number would give 83.2 days
  for (const Row& row : {Row{175e9, 300e9, 140, 1024, 34}, Row{1.008e12, 450e9, 163, 3072, 84}}) {
    const auto run = assess(fmt::format("estimator: flop, achieved_tflops: {}, power: 400 W", row.tflops), 1.0,
                            fmt::format("flop: {:.6e} FLOP", 8 * row.tokens * row.parameters));
    CHECK(run.device_hours / row.devices / 24 == Approx(row.days).margin(0.5));
    CHECK(run.it_kwh == Approx(run.device_hours * 0.4));
  }
}

TEST_CASE("LLMCarbon: what its repository computes for its five validated models") {
  // database.csv and model.py @b54d8fed: parameters, tokens, peak, efficiency, system power, PUE, MWh
  struct Row {
    double parameters, tokens, peak, efficiency, watts, pue, mwh, devices, days;
  };
  for (const Row& row : {Row{11e9, 600e9, 123, 0.37, 310, 1.12, 83.92, 512, 19.670},
                         Row{175e9, 300e9, 125, 0.197, 330, 1.1, 1289.85, 10000, 14.805},
                         Row{2.3e9, 1000e9, 123, 0.39, 288, 1.09, 25.09, 1000, 3.330},
                         Row{7.41e9, 2000e9, 123, 0.28, 245, 1.1, 193.28, 1000, 29.883},
                         Row{0.55e9, 7000e9, 125, 0.212, 342, 1.1, 91.09, 512, 19.705}}) {
    const auto result =
        assess(fmt::format("estimator: llmcarbon, parameters: {}, peak: {}, efficiency: {}, system_power: {} W",
                           row.parameters, row.peak, row.efficiency, row.watts),
               row.pue, fmt::format("tokens: {} tokens", row.tokens));
    CHECK(result.facility_kwh / 1000 == Approx(row.mwh).epsilon(3e-4));
    CHECK(result.device_hours / row.devices / 24 == Approx(row.days).epsilon(3e-4));
  }
}

TEST_CASE("EcoLogits 0.9: energy of a request on its own test's inputs") {
  // tests/test_llm_impacts.py @3c4c8629 with PUE 1.26; outputs by llm.py @954f7fb2
  const auto request = [](const char* parameters, double latency, int tokens, double pue) {
    return assess(fmt::format("estimator: ecologits, {}, request_latency: {}", parameters, latency), pue,
                  fmt::format("requests: 1 request, tokens: {{in: 100 tokens, out: {} tokens}}", tokens), true)
        .facility_kwh;
  };
  CHECK(request("active_billions: 7.3", 5, 200, 1.26) == Approx(1.536243521643e-5));
  CHECK(request("active_billions: 12.9, total_billions: 46.7", 10, 200, 1.26) == Approx(3.9941224993e-5));
  CHECK(request("active_billions: 8", 1e9, 400, 1.0) == Approx(2.97175282e-5));
  CHECK(request("active_billions: 70", 1e9, 400, 1.0) == Approx(2.1917633e-4));
  CHECK(request("active_billions: 405", 1e9, 400, 1.0) == Approx(3.04461391e-3));
}

TEST_CASE("Green Algorithms, Cloud Carbon Footprint, codecarbon, Teads: the peers' own cases") {
  CHECK(assess("estimator: green-algorithms, hours: 2 h, cores: 12, core_power: 8.4 W, usage: 0.9, memory: 64 GB", 1.67)
            .facility_kwh == Approx(0.3826304));
  // ComputeEstimator.test.ts @5f8167ac: 1 %, 0.71 to 3.46 W, PUE 1.135, with and without replication
  const std::string ccf = "estimator: ccf, vcpu_hours: 1 h, utilisation: 0.01, min_power: 0.71 W, max_power: 3.46 W";
  CHECK(assess(ccf, 1.135).facility_kwh == Approx(0.0008370624999999999));
  CHECK(assess(ccf + ", replication: 2", 1.135).facility_kwh == Approx(0.0016741249999999998));
  // codecarbon: TDP x (0.1 + 0.9 u^3), and its memory modules
  for (const auto& [load, watts] :
       {std::pair{0.0, 10.0}, {0.1, 10.09}, {0.25, 11.40625}, {0.5, 21.25}, {0.75, 47.96875}, {1.0, 100.0}})
    CHECK(assess(fmt::format("estimator: codecarbon, hours: 1 h, cpu_tdp: 100 W, cpu_load: {}, ram_floor: 0 W", load))
                  .it_kwh *
              1000 ==
          Approx(watts));
  for (const auto& [dimms, watts] : {std::pair{2, 10.0}, {4, 20.0}, {8, 38.0}, {16, 70.0}, {32, 126.0}})
    CHECK(assess(fmt::format("estimator: codecarbon, hours: 1 h, cpu_tdp: 0 W, cpu_load: 0, dimms: {}", dimms)).it_kwh *
              1000 ==
          Approx(watts));
  // Impact Framework, pipeline-teads-sci.yaml: TDP 100 W, 1 of 8 vCPU
  for (const auto& [percent, seconds, kwh] :
       {std::tuple{50, 1, 2.6041666666666666e-6}, {20, 5, 7.421875e-6}, {15, 7, 9.084201388888889e-6}})
    CHECK(assess(fmt::format("estimator: teads, hours: {} s, tdp: 100 W, utilisation: {} %, vcpu_share: 0.125", seconds,
                             percent))
              .it_kwh == Approx(kwh));
}

TEST_CASE(
    "roofline 2: decode is bound by memory at small batch and by compute at large, and is calibrated by one measured "
    "point") {
  const auto serve = [](const std::string& more) {
    return assess(
        "estimator: roofline-2, parameters: 7e9, decode_activity: 0.5, prefill_activity: 1, idle_power: 100 W, "
        "bandwidth_efficiency: 0.5, prefill_efficiency: 0.5, decode_compute_efficiency: 0.5, " +
            more,
        1.0, "requests: 1000 requests, tokens: {in: 1e6 tokens, out: 1e6 tokens}", true);
  };
  const double prefill = 2 * 7e9 * 1e6 / (989e12 * 0.5);
  const double memory_step = 14.0 / (3350 * 0.5);  // 14 GB of weights
  CHECK(serve("batch: 1").it_kwh == Approx((prefill * 700 + 1e6 * memory_step * 400) / 3.6e6));
  const double compute_step = 2 * 7e9 * 512 / (989e12 * 0.5);
  CHECK(serve("batch: 512").it_kwh ==
        Approx((prefill * 700 + 1e6 / 512 * std::max(memory_step, compute_step) * 400) / 3.6e6));
  CHECK(serve("batch: 1, weight_bits: 8").device_hours == Approx((prefill + 1e6 * memory_step / 2) / 3600));
  CHECK(serve("batch: 16, decode_rate: 1000, decode_power: 350 W").it_kwh ==
        Approx((prefill * 700 + 1000 * 350) / 3.6e6));
  const auto idle = serve("batch: 1, utilisation: 0.5");
  CHECK(idle.device_hours == Approx(2 * serve("batch: 1").device_hours));
  // the cache: 2 x layers x heads x size x 2 bytes per token, 1,500 tokens a request
  const double cache = 16 * 1500.0 * 2 * 32 * 8 * 128 * 16 / 8e9;
  CHECK(serve("batch: 16, layers: 32, kv_heads: 8, head_size: 128").device_hours ==
        Approx((prefill + 1e6 / 16 * (14 + cache) / (3350 * 0.5)) / 3600));
}

// 4 h L (t-1)/t activations of 2 bytes per token over half of 900 GB/s: half of Narayanan et al. 2021, section 3.2
TEST_CASE("roofline 2: traffic between devices, and stages of a pipeline that wait") {
  const auto hours = [](const std::string& more) {
    return assess(
               "estimator: roofline-2, parameters: 70e9, bandwidth_efficiency: 0.5, prefill_efficiency: 0.5, "
               "decode_compute_efficiency: 0.5, link_efficiency: 0.8, batch: 64, " +
                   more,
               1.0, "requests: 1000 requests, tokens: {in: 1e6 tokens, out: 1e6 tokens}", true)
        .device_hours;
  };
  const double step = 140.0 / (3350 * 8 * 0.5), prefill = 2 * 70e9 * 1e6 / (989e12 * 8 * 0.5);
  const double silent = 8 * (prefill + 1e6 / 64 * step) / 3600;
  CHECK(hours("devices: 8") == Approx(silent));
  const double per_token = 4 * 8192.0 * 80 * 7 / 8 * 2 / (450e9 * 0.8);
  const std::string wide = "hidden_size: 8192, layers: 80, ";
  CHECK(hours(wide + "devices: 8") == Approx(silent + 8 * 2e6 * per_token / 3600));
  CHECK(hours(wide + "devices: 1") == Approx(hours("devices: 1")));  // nothing to reduce over
  // Two stages of four: half the traffic at a time, and two micro-batches read the weights twice.
  const double of_four = 4 * 8192.0 * 80 * 3 / 4 * 2 / (450e9 * 0.8) / 2;
  CHECK(hours(wide + "devices: 8, pipeline: 2") == Approx(8 * (prefill + 1e6 / 64 * 2 * step + 2e6 * of_four) / 3600));
  // More stages than devices, stages of unequal size, or traffic of no layers are refused; so is less than nothing.
  for (const char* odd : {"devices: 1, pipeline: 8, ", "devices: 8, pipeline: 3, ", "devices: 8, micro_batches: 5, "})
    CHECK(refused(std::string("estimator: roofline-2, parameters: 1e9, ") + odd));
  CHECK(refused("estimator: roofline-2, parameters: 1e9, devices: 8, hidden_size: 8192, "));
  // One micro-batch over two stages leaves one of them idle, in computation and in traffic.
  CHECK(hours("devices: 8, pipeline: 2, micro_batches: 1") == Approx(2 * silent));
  CHECK(hours(wide + "devices: 8, pipeline: 2, micro_batches: 1") == Approx(2 * (silent + 8 * 2e6 * of_four / 3600)));
}

namespace {

constexpr const char* eight_billion = "estimator: roofline, model: llama-3.1-8b, ";

Result serve(const std::string& energy, const std::string& tokens = "{in: 291e3 tokens, out: 700e3 tokens}") {
  return assess(energy + "batch: 64", 1.0, "requests: 1000 requests, tokens: " + tokens, true);
}

/// Code of the first finding of a service with this energy, "" where there is none.
std::string found(const std::string& energy) {
  const auto read = parse_study(study_of(energy, 1.0, "requests: 1000 requests, tokens: {in: 291e3 tokens, out: 700e3 tokens}", true), "study.yaml");
  if (!read) return read.error().front().code;
  const auto compiled = compile(read->study, catalogue(), read_files(read->study));
  const Findings& findings = compiled ? compiled->findings : compiled.error();
  return findings.empty() ? "" : findings.front().code + " " + findings.front().message;
}

}  // namespace

TEST_CASE("an estimator's versions are all there, by id and version; the id alone is the latest") {
  REQUIRE(find_estimator("roofline") != nullptr);
  CHECK(find_estimator("roofline")->version == "3");
  CHECK(find_estimator("roofline-3") == find_estimator("roofline"));
  CHECK(find_estimator("roofline-2")->version == "2");
  CHECK(name_of(*find_estimator("roofline-2")) == "roofline-2");
  CHECK(name_of(*find_estimator("roofline-3")) == "roofline");
  CHECK(find_estimator("roofline-4") == nullptr);
}

TEST_CASE("roofline 3: a named model is its shape written out") {
  const auto named = serve(eight_billion);
  const auto written = serve(
      "estimator: roofline, parameters: 8.03e9, layers: 32, hidden_size: 4096, vocabulary: 128256, kv_heads: 8, "
      "head_size: 128, ");
  CHECK(named.it_kwh == Approx(written.it_kwh));
  CHECK(named.device_hours == Approx(written.device_hours));
  CHECK_THAT(found("estimator: roofline, model: llama-3.1-9b"), Catch::StartsWith("E013"));
  CHECK_THAT(found("estimator: roofline, model: llama-3.1-70b, parameters: 8e9, devices: 4, batch: 8"), Catch::StartsWith("W122"));
}

TEST_CASE("roofline 3: less per token in larger batches and with fewer bits, more with longer prompts and contexts") {
  const auto per_token = [](const char* batch, const char* more = "") {
    return assess(std::string(eight_billion) + more + "batch: " + batch, 1.0,
                  "requests: 1000 requests, tokens: {in: 291e3 tokens, out: 700e3 tokens}", true).it_kwh;
  };
  CHECK(per_token("8") > per_token("32"));
  CHECK(per_token("32") > per_token("128"));
  CHECK(per_token("8", "weight_bits: 8, ") < per_token("8"));
  // computing attention of a prompt grows with its square: 2 L d s^2 beside 2 N s
  const auto prompt = [](double length) {
    return assess(fmt::format("{}batch: 1", eight_billion), 1.0,
                  fmt::format("requests: 1 request, tokens: {{in: {} tokens, out: 1 token}}", length), true).it_kwh;
  };
  const double attention = 2.0 * 32 * 4096 * 128000.0 * 128000.0, weights = 2.0 * 8.03e9 * 128000.0;
  CHECK(prompt(128000) / prompt(64000) == Approx(2 * (1 + attention / weights) / (1 + attention / weights / 2)).epsilon(0.05));
}

TEST_CASE("roofline 3: one measured point is met where it was measured, and fades with distance") {
  const double j = 700e3 / 3.6e6;  // kWh of a joule per token
  const auto plain = serve(eight_billion);
  const auto at_point = serve(std::string(eight_billion) + "measured_energy: 0.2 J, ");
  CHECK(at_point.it_kwh == Approx(0.2 * j));
  CHECK(serve(std::string(eight_billion) + "measured_power: 500 W, measured_rate: 2500, ").it_kwh == Approx(0.2 * j));
  CHECK(serve(std::string(eight_billion) + "measured_rate: 2500, ").device_hours == Approx(700e3 / 2500 / 3600));
  const auto near = serve(std::string(eight_billion) + "measured_energy: 0.2 J, measured_batch: 64, measured_tokens_out: 700, ");
  CHECK(near.it_kwh == Approx(at_point.it_kwh));
  const auto far = serve(std::string(eight_billion) + "measured_energy: 0.2 J, measured_batch: 60000, ");
  CHECK(far.it_kwh == Approx(plain.it_kwh).epsilon(1e-3));
}

TEST_CASE("roofline 3: a mixture of which only sizes are known") {
  for (const auto& [all, active] : {std::pair{671e9, 37e9}, {1e12, 32e9}, {117e9, 5.1e9}, {235e9, 22e9}, {47e9, 13e9}}) {
    INFO(all << ' ' << active);
    const auto served = serve(fmt::format("estimator: roofline, parameters: {}, active_parameters: {}, devices: 64, ", all, active));
    CHECK(served.it_kwh > 0);
    CHECK(served.it_kwh < serve(fmt::format("estimator: roofline, parameters: {}, devices: 64, ", all)).it_kwh);
  }
  CHECK_THAT(found("estimator: roofline, parameters: 1e10, active_parameters: 1e11, batch: 8, devices: 4"), Catch::StartsWith("E024"));
  CHECK_THAT(found("estimator: roofline, model: llama-3.1-8b, batch: 8, measured_power: 500 W"), Catch::StartsWith("E011"));
}

TEST_CASE("roofline 3: what cannot be served is a finding with the figure that it takes") {
  CHECK_THAT(found("estimator: roofline, model: llama-3.1-405b, batch: 8"), Catch::StartsWith("E024") && Catch::EndsWith(" 11"));
  CHECK_THAT(found("estimator: roofline, model: llama-3.1-8b, batch: 20000"), Catch::StartsWith("W129") && Catch::Contains("the largest batch"));
  CHECK_THAT(found("estimator: roofline, model: llama-3.1-8b, batch: 8, measured_rate: 1e6"), Catch::StartsWith("E024"));
  CHECK(found("estimator: roofline, model: llama-3.1-8b, batch: 8").empty());
}

TEST_CASE("several ways to know one energy: the nearest to a measurement counts, the others are shown") {
  const auto result = assess("estimator: ml-co2, alternatives: [{value: 50 kWh}, {estimator: hours, load: 0.5}]", 1.0,
                             "device_hours: 100 h");
  CHECK(result.it_kwh == Approx(50));
  std::size_t shown = 0;
  for (const auto& row : result.coverage)
    if (row.status == Coverage::passed_over) {
      ++shown;
      CHECK(row.detail.find("from what counts") != std::string::npos);
    }
  CHECK(shown == 2);
  const auto alike = assess("estimator: ml-co2, alternatives: [{value: 50 kWh}, {value: 70 kWh}]", 1.0, "device_hours: 100 h");
  CHECK(std::count_if(alike.coverage.begin(), alike.coverage.end(), [](const auto& row) { return row.status == Coverage::passed_over; }) == 2);
}

TEST_CASE("estimators carry their sources, and refuse what they cannot do") {
  for (const auto& estimator : estimators()) {
    INFO(estimator.id);
    CHECK_FALSE(estimator.source.empty());
    CHECK_FALSE(estimator.limits.empty());
    for (const auto& input : estimator.inputs)
      if (input.fallback && input.fallback->value != 0 && input.fallback->value != 1 && input.fallback->value < 1e8)
        CHECK(input.fallback->source != "nothing is stated");
  }
  const auto refuse = [](const std::string& energy) {
    const auto read = parse_study(
        "cradle: 1\nboundary: {include: [training], exclude: {}}\nsites: {s: {grid: 1 g/kWh, pue: 1}}\nruns: [{name: "
        "r, site: s, energy: {" +
            energy + "}}]\n",
        "s.yaml");
    if (read) return std::string("read");
    for (const auto& finding : read.error())
      if (finding.severity() == Severity::error) return finding.code;
    return std::string("only warnings");
  };
  CHECK(refuse("estimator: 7nd") == "E013");
  CHECK(refuse("estimator: 6nd") == "E011");
  CHECK(refuse("estimator: 6nd, parameters: 7e9, mfu: 1.4") == "E024");
  CHECK(refuse("estimator: 6nd, parameters: 7e9, precision: bf17") == "E013");
}
