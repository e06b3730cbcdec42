// SPDX-License-Identifier: Apache-2.0
// Power readings to energy.
#include <fmt/format.h>

#include <algorithm>

#include "inventory/telemetry/readers.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

constexpr double seconds_per_hour = 3600.0;
constexpr double joules_per_kwh = 3.6e6;
constexpr double shortest_gap_seconds = 10.0;

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Same device, same stamp: an identical value is dropped silently, a different one replaces the earlier.
void drop_duplicates(const std::string& device, std::vector<Sample>& samples, LogSummary& summary) {
  std::vector<Sample> kept;
  std::size_t conflicts = 0;
  for (auto& sample : samples) {
    if (!kept.empty() && kept.back().seconds == sample.seconds) {
      if (kept.back().watts != sample.watts || kept.back().missing != sample.missing) ++conflicts;
      kept.back() = std::move(sample);
    } else {
      kept.push_back(std::move(sample));
    }
  }
  if (conflicts > 0)
    summary.notes.push_back(
        fmt::format("device {}: {} stamps twice with different values; the later is kept", device, conflicts));
  samples = std::move(kept);
}

}  // namespace

void integrate(std::map<std::string, std::vector<Sample>> devices, const std::map<std::string, std::string>& names,
               const LogSources& options, LogSummary& summary) {
  LogPart measured{"accelerator", 0.0, lca::Basis::measured, summary.format + " (power draw)"};
  LogPart filled{"accelerator", 0.0, lca::Basis::modelled, "gap length x the device's mean power"};
  const Clock clock(options.timezone);
  double device_hours = 0.0;
  for (auto& [id, samples] : devices) {
    if (!std::is_sorted(samples.begin(), samples.end(),
                        [](const Sample& a, const Sample& b) { return a.seconds < b.seconds; }))
      summary.notes.push_back(fmt::format("device {}: time goes backwards; rows are sorted by time", id));
    std::stable_sort(samples.begin(), samples.end(),
                     [](const Sample& a, const Sample& b) { return a.seconds < b.seconds; });
    drop_duplicates(id, samples, summary);
    std::vector<double> steps;
    for (std::size_t i = 1; i < samples.size(); ++i) steps.push_back(samples[i].seconds - samples[i - 1].seconds);
    const double longest = std::max(3.0 * median(steps), shortest_gap_seconds);

    LogDevice device{id, names.contains(id) ? names.at(id) : "", 0.0, 0.0, 0.0, samples.size()};
    lca::maths::Sum joules;
    double covered = 0.0, missing_seconds = 0.0;
    const Sample* last = nullptr;
    std::string reason;
    for (const auto& sample : samples) {
      if (!sample.missing.empty()) {
        reason = sample.missing;
        continue;
      }
      if (last != nullptr) {
        const double step = sample.seconds - last->seconds;
        if (reason.empty() && step <= longest) {
          joules.add(step * (last->watts + sample.watts) / 2);
          covered += step;
        } else {
          summary.gaps.push_back(
              {id, reason.empty() ? "no samples" : reason, step / seconds_per_hour, clock.text(last->seconds)});
          missing_seconds += step;
        }
      } else if (!reason.empty()) {
        const double step = sample.seconds - samples.front().seconds;
        summary.gaps.push_back({id, reason, step / seconds_per_hour, clock.text(samples.front().seconds)});
        missing_seconds += step;
      }
      last = &sample;
      reason.clear();
    }
    if (last != nullptr && !reason.empty()) {
      const double step = samples.back().seconds - last->seconds;
      summary.gaps.push_back({id, reason, step / seconds_per_hour, clock.text(last->seconds)});
      missing_seconds += step;
    }
    device.kwh = joules.value() / joules_per_kwh;
    device.covered_hours = covered / seconds_per_hour;
    device.window_hours = (covered + missing_seconds) / seconds_per_hour;
    measured.kwh += device.kwh;
    if (options.gaps == "mean" && covered > 0) filled.kwh += device.kwh / covered * missing_seconds;
    device_hours += device.window_hours;
    summary.devices.push_back(device);
  }
  summary.parts.push_back(measured);
  if (filled.kwh > 0) summary.gap_fill.push_back(filled);
  summary.device_hours = device_hours;
}

}  // namespace cradle::inventory
