// SPDX-License-Identifier: Apache-2.0
// experiment-impact-tracker's data.json: one JSON object per sample. Attributable powers count, as in the tool's own
// summary. Its info.pkl is a Python pickle, which runs code when loaded: it is never opened.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

bool recognise(const LogInput& input) {
  const auto line = first_line(input.head);
  return line.starts_with("{") && line.find("\"timestamp\"") != std::string_view::npos &&
         (line.find("rapl_power_draw_absolute") != std::string_view::npos ||
          line.find("nvidia_draw_absolute") != std::string_view::npos ||
          line.find("cpu_time_seconds") != std::string_view::npos);
}

Result<void> read(LogInput& input, Draft& draft) {
  struct Field {
    const char *name, *component;
  };
  constexpr Field fields[] = {{"rapl_estimated_attributable_power_draw", "cpu"},
                              {"nvidia_estimated_attributable_power_draw", "accelerator"}};
  std::size_t bad = 0, last_bad = 0, last_line = 0;
  double absolute = 0.0, attributable = 0.0;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return;
    last_line = number;
    const Json sample = Json::parse(line, nullptr, false);
    if (sample.is_discarded() || !sample.is_object() || !sample.contains("timestamp") ||
        !sample["timestamp"].is_number()) {
      ++bad;
      last_bad = number;
      return;
    }
    ++draft.file.rows;
    const auto t = static_cast<Micros>(std::llround(sample["timestamp"].get<double>() * 1e6));
    for (const auto& field : fields) {
      if (!sample.contains(field.name)) continue;
      Source source;
      source.component = field.component;
      // Each value is the mean since the sample before: the tool multiplies it with the time that passed.
      Track& track = draft.track(source, {Reading::average, 0, 0}, "attributable power");
      if (sample[field.name].is_number()) {
        track.add(t, sample[field.name].get<double>());
        attributable += sample[field.name].get<double>();
      } else {
        track.miss(t, "no number");
      }
    }
    for (const char* name : {"rapl_power_draw_absolute", "nvidia_draw_absolute"})
      if (sample.contains(name) && sample[name].is_number()) absolute += sample[name].get<double>();
  });
  if (!done) return done;
  if (bad > 1 || (bad == 1 && last_bad != last_line))
    draft.notes.push_back(fmt::format("{} lines are no whole JSON object and are left out", bad));
  else if (bad == 1)
    draft.notes.push_back("the last line is cut and left out");
  if (draft.tracks.empty())
    return log_failure(input, "E060", "no usable row: no sample holds a power; neither RAPL nor nvidia-smi worked");
  if (absolute > 0)
    draft.notes.push_back(fmt::format("attributable power counts: {:.3g} % of what the whole machine drew",
                                      attributable / absolute * 100));
  draft.notes.push_back("without PUE, unlike the tool's own 'total_power'; its info.pkl is not opened");
  return {};
}

}  // namespace

const Reader impact_tracker = {
    {"impact-tracker", "experiment-impact-tracker data.json", "JSON lines with `timestamp` and `*_power_draw`",
     "attributable powers of CPU and GPU; never the pickle", false},
    recognise,
    read};

}  // namespace cradle::inventory
