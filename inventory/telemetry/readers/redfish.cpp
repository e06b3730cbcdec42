// SPDX-License-Identifier: Apache-2.0
// Redfish resources, saved one after another: Power (PowerControl), EnvironmentMetrics, Sensor, MetricReport. A
// resource has no time: the file's name tells it, or "Timestamp" in a MetricReport. Supplies and limits are not
// consumption.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/metrics.hpp"
#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

/// A number, also where a template emits it as text.
std::optional<double> number_at(const Json& json, const char* key) {
  if (!json.is_object() || !json.contains(key)) return std::nullopt;
  const Json& value = json[key];
  if (value.is_number()) return value.get<double>();
  return value.is_string() ? log_number(value.get<std::string>()) : std::nullopt;
}

bool recognise(const LogInput& input) {
  const auto has = [&](const char* text) { return input.head.find(text) != std::string_view::npos; };
  return first_line(input.head).starts_with("{") &&
         (has("\"PowerControl\"") || has("#EnvironmentMetrics.") || has("#Sensor.v") || has("#MetricReport.")) &&
         (has("@odata") || has("PowerConsumedWatts"));
}

class Resource {
 public:
  Resource(Draft& draft, Clock& clock, std::optional<Micros> named) : draft_(draft), clock_(clock), named_(named) {}

  void read(const Json& json) {
    const auto t = json.contains("_collected") ? clock_.read(json["_collected"].get<std::string>()) : named_;
    if (json.contains("PowerControl"))
      for (const auto& control : json["PowerControl"]) {
        Source source = node();
        source.device = control.value("MemberId", "");
        add(source, t, number_at(control, "PowerConsumedWatts"), Reading::instant, 1.0);
        break;  // further members are domains inside the first
      }
    else if (json.contains("MetricValues"))
      for (const auto& value : json["MetricValues"]) metric(value);
    else if (json.contains("EnergykWh") && number_at(json["EnergykWh"], "Reading"))
      add(node(), t, number_at(json["EnergykWh"], "Reading"), Reading::counter, joules_per_kwh);
    else if (json.contains("PowerWatts"))
      add(node(), t, number_at(json["PowerWatts"], "Reading"), Reading::instant, 1.0);
    else if (const std::string type = json.value("ReadingType", "");
             type == "EnergykWh" || type == "EnergyJoules" || type == "Power") {
      Source source = node();
      source.device = json.value("Id", "");
      add(source, t, number_at(json, "Reading"), type == "Power" ? Reading::instant : Reading::counter,
          type == "EnergykWh" ? joules_per_kwh : 1.0);
    }
  }
  std::size_t timeless() const { return timeless_; }

 private:
  static Source node() {
    Source source;
    source.scope = Scope::node;
    return source;
  }
  void metric(const Json& value) {
    const std::string id = value.value("MetricId", "");
    const bool power = id.find("PowerConsumedWatts") != std::string::npos || id == "SystemPowerConsumption";
    if (!power) return;
    Source source = node();
    add(source, clock_.read(value.value("Timestamp", "")), number_at(value, "MetricValue"), Reading::instant, 1.0);
  }
  void add(const Source& source, std::optional<Micros> t, std::optional<double> value, Reading reading, double factor) {
    ++draft_.file.rows;
    if (!t) {
      ++timeless_;
      return;
    }
    Track& track =
        draft_.track(source, {reading, 0, 0}, reading == Reading::counter ? "energy counter of the BMC" : "BMC power");
    if (value)
      track.add(*t, *value * factor);
    else
      track.miss(*t, "null");
  }

  Draft& draft_;
  Clock& clock_;
  std::optional<Micros> named_;
  std::size_t timeless_ = 0;
};

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  Clock clock(input.options.timezone);
  Resource resource(draft, clock, time_in_name(input.name, clock));
  const Json whole = Json::parse(*text, nullptr, false);
  if (!whole.is_discarded()) {
    if (whole.is_array())
      for (const auto& json : whole) resource.read(json);
    else
      resource.read(whole);
  } else {  // one object per line, with "_collected" where the collector put a time
    auto done = input.lines([&](std::string_view line, std::size_t, bool) {
      const Json json = Json::parse(line, nullptr, false);
      if (json.is_object()) resource.read(json);
    });
    if (!done) return done;
  }
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty())
    return log_failure(input, "E060",
                       resource.timeless() > 0
                           ? "no usable row: a resource has no time of its own, and the file's name tells none"
                           : "no usable row: no consumption in this resource",
                       "name files by their moment, such as power-1778763600.json");
  return {};
}

}  // namespace

const Reader redfish = {
    {"redfish", "Redfish Power, EnvironmentMetrics, Sensor, MetricReport", "`PowerControl` or its `@odata.type`",
     "consumption of the whole machine; never supplies or limits", true},
    recognise,
    read};

}  // namespace cradle::inventory
