// SPDX-License-Identifier: Apache-2.0
// Serving benchmarks: `/energy_metrics` of TensorRT-LLM (a running sum of joules, one JSON object a reading) and the
// result file of benchmark_serving, of TensorRT-LLM or vLLM, whose energy is that of the window. Tokens are named beside
// it; vLLM writes none of the energy, which is said instead of a zero.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

std::optional<double> number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

bool recognise(const LogInput& input) {
  const auto has = [&](const char* text) { return input.head.find(text) != std::string_view::npos; };
  if (!first_line(input.head).starts_with("{")) return false;
  return (has("\"total_energy_j\"") && has("\"query_time\"")) ||
         (has("\"duration\"") && has("\"total_output_tokens\"") && has("\"total_input_tokens\""));
}

/// Readings of the endpoint, one object a line.
Result<void> read_counter(std::string_view text, const LogInput& input, Draft& draft) {
  Clock clock(input.options.timezone);
  Source source;
  source.component = "accelerator";
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const Json row = Json::parse(text.substr(0, end), nullptr, false);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!row.is_object()) continue;
    ++draft.file.rows;
    const auto joules = number(row, "total_energy_j"), time = number(row, "query_time");
    const auto t = time ? clock.read(fmt::format("{}", *time)) : std::nullopt;
    if (joules && t)
      draft.track(source, {Reading::counter, 0, 0}, "NVML energy of all its GPUs").add(*t, *joules);
    else
      draft.reject(line, "no energy or no time");
  }
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no reading of an energy");
  return {};
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  if (input.head.find("\"query_time\"") != std::string_view::npos) return read_counter(*text, input, draft);
  const Json result = Json::parse(*text, nullptr, false);
  if (!result.is_object()) return log_failure(input, "E060", "no usable row: no whole JSON object");
  ++draft.file.rows;
  const auto energy = result.find("energy");
  const auto joules = energy != result.end() && energy->is_object() ? number(*energy, "total_energy_j") : std::nullopt;
  const auto seconds = number(result, "duration");
  const double in = number(result, "total_input_tokens").value_or(0), out = number(result, "total_output_tokens").value_or(0);
  if (!joules)
    return log_failure(input, "E060",
                       fmt::format("no usable row: a serving benchmark of {:.6g} tokens read and {:.6g} written, without an energy", in, out),
                       "measure it beside: `cradle record -- COMMAND`, or `enable_energy_metrics: true` of TensorRT-LLM");
  Window window;
  window.source.component = "accelerator";
  window.joules = *joules;
  window.seconds = seconds.value_or(0.0);
  window.how = "serving benchmark: NVML energy of all its GPUs";
  window.label = "the benchmark";
  draft.windows.push_back(std::move(window));
  draft.notes.push_back(fmt::format("{:.10g} tokens read and {:.10g} written, {:.6g} J per token written", in, out,
                                    out > 0 ? *joules / out : 0.0));
  return {};
}

}  // namespace

const Reader serving = {{"serving", "serving benchmark, or /energy_metrics of TensorRT-LLM",
                         "`total_energy_j` and `query_time`, or `duration` and `total_output_tokens`",
                         "energy of all GPUs of the server in the window; tokens are named beside it", false},
                        recognise,
                        read};

}  // namespace cradle::inventory
