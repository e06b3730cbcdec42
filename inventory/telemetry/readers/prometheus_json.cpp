// SPDX-License-Identifier: Apache-2.0
// A range query of Prometheus' HTTP API, saved: {"status": "success", "data": {"resultType": "matrix", "result":
// [...]}}. Values are text; points come back resampled to the step, so a counter is worth more than its rate.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/metrics.hpp"
#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

bool recognise(const LogInput& input) {
  return input.head.find("\"resultType\"") != std::string_view::npos ||
         (first_line(input.head).starts_with("{\"status\":\"error\"") &&
          input.head.find("errorType") != std::string_view::npos);
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  const Json json = Json::parse(*text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return log_failure(input, "E060", "no usable row: the answer of Prometheus is cut or no JSON");
  if (json.value("status", "") != "success")
    return log_failure(input, "E060",
                       fmt::format("no usable row: Prometheus answered with an error: {}", json.value("error", "")));
  const Json& data = json.at("data");
  if (!data.is_object() || data.value("resultType", "") != "matrix")
    return log_failure(
        input, "E060",
        fmt::format("no usable row: a '{}' holds no time series", data.is_object() ? data.value("resultType", "") : ""),
        "ask /api/v1/query_range for it");
  for (const auto& warning : json.value("warnings", Json::array()))
    if (warning.is_string()) draft.notes.push_back("Prometheus warned: " + warning.get<std::string>());
  MetricStore store;
  std::size_t unknown = 0;
  std::string unknown_name;
  for (const auto& series : data.value("result", Json::array())) {
    Labels labels;
    const Json metric_labels = series.value("metric", Json::object());
    for (const auto& [key, value] : metric_labels.items())
      if (value.is_string()) labels[key] = value.get<std::string>();
    const std::string name = labels.contains("__name__") ? labels["__name__"] : "";
    const auto metric = metric_of(name, labels);
    if (!metric) {
      ++unknown;
      unknown_name = name.empty() ? "a computed series" : name;
      continue;
    }
    for (const auto& point : series.value("values", Json::array())) {
      if (!point.is_array() || point.size() != 2 || !point[0].is_number()) continue;
      ++draft.file.rows;
      const auto t = static_cast<Micros>(std::llround(point[0].get<double>() * 1e6));
      const std::string value = point[1].is_string() ? point[1].get<std::string>() : point[1].dump();
      const auto number = log_number(value);
      if (!number || is_sentinel(*number))
        store.miss(*metric, t, value);
      else
        store.add(*metric, t, *number);
    }
  }
  if (unknown > 0)
    draft.notes.push_back(
        fmt::format("{} series are left out: {} is no metric of energy that is known", unknown, unknown_name));
  if (store.samples() < 2)
    return log_failure(
        input, "E060",
        unknown > 0 ? fmt::format("no usable row: {} has no unit of its own; a rate may be anything", unknown_name)
                    : std::string("no usable row: the answer holds no points"),
        "ask for the raw counter, such as DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION");
  return store.give(draft, input.path);
}

}  // namespace

const Reader prometheus_json = {{"prometheus", "Prometheus range query JSON", "`resultType` in its envelope",
                                 "counters where there are any, else gauges, of exporters that are known", false},
                                recognise,
                                read};

}  // namespace cradle::inventory
