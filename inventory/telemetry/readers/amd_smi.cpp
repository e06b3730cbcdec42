// SPDX-License-Identifier: Apache-2.0
// AMD's tools as JSON: `amd-smi metric --json` (also watching) and `rocm-smi --showpower --json`. Numbers may be text,
// and rocm-smi has no time at all: the file's name must tell it. Of an MI250 the second die repeats nothing: it is a
// gap.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/metrics.hpp"
#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

bool recognise(const LogInput& input) {
  return input.head.find("Graphics Package Power (W)") != std::string_view::npos ||
         (input.head.find("\"socket_power\"") != std::string_view::npos &&
          input.head.find("\"gpu\"") != std::string_view::npos);
}

/// The number of 57, "57.0", {"value": 57, "unit": "W"}.
std::optional<double> watts_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return log_number(json.get<std::string>());
  if (json.is_object() && json.contains("value") && json.value("unit", "W") == "W") return watts_of(json["value"]);
  return std::nullopt;
}

class AmdReadings {
 public:
  AmdReadings(Draft& draft, std::optional<Micros> named) : draft_(draft), named_(named) {}

  void read(const Json& json) {
    if (json.is_array()) {
      for (const auto& item : json) read(item);
    } else if (json.is_object() && json.contains("gpu_data")) {
      read(json["gpu_data"]);
    } else if (json.is_object() && json.contains("gpu")) {
      const auto stamp = json.contains("timestamp") && json["timestamp"].is_number()
                             ? std::optional(static_cast<Micros>(json["timestamp"].get<double>() * 1e6))
                             : named_;
      const Json power = json.value("power", Json());
      add(json["gpu"].dump(), stamp, power.is_object() ? power.value("socket_power", Json()) : Json());
    } else if (json.is_object()) {
      for (const auto& [card, values] : json.items()) {
        if (!values.is_object() || card == "system") continue;
        for (const char* key : {"Average Graphics Package Power (W)", "Current Socket Graphics Package Power (W)"})
          if (values.contains(key)) {
            add(card, named_, values[key]);
            break;
          }
      }
    }
  }
  std::size_t timeless() const { return timeless_; }

 private:
  void add(const std::string& device, std::optional<Micros> t, const Json& value) {
    ++draft_.file.rows;
    if (!t) {
      ++timeless_;
      return;
    }
    Source source;
    source.device = device;
    source.component = "accelerator";
    Track& track = draft_.track(source, {Reading::instant, 0, 0}, "socket power");
    if (const auto watts = watts_of(value))
      track.add(*t, *watts);
    else
      track.miss(*t, value.is_string() ? value.get<std::string>() : "no power");
  }

  Draft& draft_;
  std::optional<Micros> named_;
  std::size_t timeless_ = 0;
};

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  Clock clock(input.options.timezone);
  AmdReadings readings(draft, time_in_name(input.name, clock));
  // Watching prints one document after the other, after a line for people.
  std::size_t begin = std::string_view::npos;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"' && depth > 0) quoted = true;
    if (c == '{' || c == '[') {
      if (depth++ == 0) begin = i;
    } else if ((c == '}' || c == ']') && depth > 0 && --depth == 0) {
      readings.read(Json::parse(text->substr(begin, i + 1 - begin), nullptr, false));
    }
  }
  if (depth > 0) draft.notes.push_back("the last document is cut and left out");
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty())
    return log_failure(input, "E060",
                       readings.timeless() > 0
                           ? "no usable row: rocm-smi writes no time, and the file's name tells none"
                           : "no usable row: no socket power",
                       "name files by their moment, such as power-1778763600.json, or use amd-smi metric --json");
  return {};
}

}  // namespace

const Reader amd_smi = {{"amd-smi", "amd-smi, rocm-smi JSON", "`socket_power`, or \"Graphics Package Power (W)\"",
                         "socket power per device", true},
                        recognise,
                        read};

}  // namespace cradle::inventory
