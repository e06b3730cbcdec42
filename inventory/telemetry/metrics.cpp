// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <regex>

#include "inventory/telemetry/join.hpp"

namespace cradle::inventory {
namespace {

std::string label(const Labels& labels, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = labels.find(name); found != labels.end() && !found->second.empty()) return found->second;
  return "";
}

/// How one family of metrics is read.
struct Family {
  std::string_view name;
  Reading reading;
  double factor;  ///< to W or J
  Scope scope;
  std::string_view component;
};

constexpr double milli = 1e-3, micro = 1e-6;

// NVIDIA dcgm-exporter, etc/default-counters.csv; node_exporter's rapl collector; ipmi_exporter's DCMI collector;
// Kepler's docs/user/metrics.md (0.10) and its exporter before that; Scaphandre's exporter-prometheus page; Zeus'
// metric module; omnistat's Cray collector.
constexpr Family families[] = {
    {"DCGM_FI_DEV_POWER_USAGE", Reading::instant, 1, Scope::component, "accelerator"},
    {"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", Reading::counter, milli, Scope::component, "accelerator"},
    {"node_rapl_package_joules_total", Reading::counter, 1, Scope::component, "cpu"},
    {"node_rapl_dram_joules_total", Reading::counter, 1, Scope::component, "dram"},
    {"ipmi_dcmi_power_consumption_watts", Reading::instant, 1, Scope::node, ""},
    {"kepler_node_cpu_joules_total", Reading::counter, 1, Scope::component, "cpu"},
    {"kepler_node_cpu_watts", Reading::instant, 1, Scope::component, "cpu"},
    {"kepler_node_gpu_joules_total", Reading::counter, 1, Scope::component, "accelerator"},
    {"kepler_node_gpu_watts", Reading::instant, 1, Scope::component, "accelerator"},
    {"kepler_node_package_joules_total", Reading::counter, 1, Scope::component, "cpu"},
    {"kepler_node_dram_joules_total", Reading::counter, 1, Scope::component, "dram"},
    {"kepler_node_platform_joules_total", Reading::counter, 1, Scope::node, ""},
    {"kepler_process_cpu_joules_total", Reading::counter, 1, Scope::process, "cpu"},
    {"kepler_container_cpu_joules_total", Reading::counter, 1, Scope::process, "cpu"},
    {"kepler_container_joules_total", Reading::counter, 1, Scope::process, ""},
    {"kepler_pod_cpu_joules_total", Reading::counter, 1, Scope::process, "cpu"},
    {"kepler_pod_gpu_joules_total", Reading::counter, 1, Scope::process, "accelerator"},
    {"scaph_host_power_microwatts", Reading::instant, micro, Scope::node, ""},
    {"scaph_host_energy_microjoules", Reading::counter, micro, Scope::node, ""},
    {"scaph_process_power_consumption_microwatts", Reading::instant, micro, Scope::process, "cpu"},
    {"energy_monitor_gpu_energy_joules_sum", Reading::counter, 1, Scope::component, "accelerator"},
    {"omnistat_vendor_energy_joules", Reading::counter, 1, Scope::node, ""},
    {"omnistat_vendor_power_watts", Reading::instant, 1, Scope::node, ""},
    {"omnistat_vendor_accel_energy_joules", Reading::counter, 1, Scope::component, "accelerator"},
    {"omnistat_vendor_cpu_energy_joules", Reading::counter, 1, Scope::component, "cpu"},
    {"omnistat_vendor_memory_energy_joules", Reading::counter, 1, Scope::component, "dram"},
};

}  // namespace

std::optional<Metric> metric_of(std::string_view name, const Labels& labels) {
  const auto* family =
      std::find_if(std::begin(families), std::end(families), [&](const Family& known) { return known.name == name; });
  if (family == std::end(families)) return std::nullopt;
  Metric metric;
  metric.rule.reading = family->reading;
  metric.factor = family->factor;
  Source& source = metric.source;
  source.scope = family->scope;
  source.component = std::string(family->component);
  source.node = label(labels, {"hostname", "Hostname", "node_name", "exported_instance", "instance", "node", "host"});
  source.name = label(labels, {"modelName"});
  metric.how = family->reading == Reading::counter ? "energy counter" : "power gauge";
  const std::string uuid = label(labels, {"UUID", "uuid"});
  // Zones of RAPL lie inside each other: package and, where it is apart, dram; the others are left out.
  if (const std::string zone = label(labels, {"zone"}); !zone.empty()) {
    const bool package = zone.starts_with("package"), dram = zone.starts_with("dram");
    if (!package && !dram) return std::nullopt;
    source.component = dram ? "dram" : "cpu";
  }
  source.device = !uuid.empty()
                      ? uuid
                      : label(labels, {"gpu", "index", "path", "package", "card", "pod_id", "container_id", "pid"});
  if (const std::string mode = label(labels, {"mode"}); !mode.empty()) source.device += "/" + mode;
  source.identified = uuid.starts_with("GPU-");
  metric.once_per_device = labels.contains("GPU_I_ID");
  if (family->scope == Scope::process) {
    metric.basis = lca::Basis::modelled;
    metric.how = "attributed to processes";
  }
  return metric;
}

bool is_sentinel(double value) {
  return (value >= 9223372036854775000.0 && value <= 9223372036854776000.0) ||
         (value >= 2147483632.0 && value <= 2147483635.0) || (value >= 140737488355328.0 && value <= 140737488355331.0);
}

MetricStore::Line& MetricStore::line(const Metric& metric) {
  const auto [found, fresh] = lines_.try_emplace({metric.source, metric.rule.reading}, Line{metric, {}, {}});
  return found->second;
}

void MetricStore::add(const Metric& metric, Micros t, double value) {
  Line& into = line(metric);
  if (metric.once_per_device && !into.readings.empty() && into.readings.back().t == t) return;
  into.readings.push_back({t, value * metric.factor, -1});
  ++samples_;
}

void MetricStore::miss(const Metric& metric, Micros t, std::string reason) {
  Line& into = line(metric);
  auto known = std::find(into.reasons.begin(), into.reasons.end(), reason);
  if (known == into.reasons.end()) known = into.reasons.insert(into.reasons.end(), std::move(reason));
  into.readings.push_back({t, 0.0, static_cast<int>(known - into.reasons.begin())});
}

Result<void> MetricStore::give(Draft& draft, const std::string& path) {
  std::size_t compared = 0, still = 0;
  // A counter that is missing throughout or stands still says nothing of the energy. One reading alone may be the first
  // of many files.
  const auto moves = [](const Line& counter) {
    const RawReading* first = nullptr;
    std::size_t valid = 0;
    for (const auto& reading : counter.readings) {
      if (reading.reason >= 0) continue;
      ++valid;
      if (first == nullptr) first = &reading;
      if (reading.value != first->value) return true;
    }
    return valid == 1;
  };
  for (auto& [key, line] : lines_) {
    const auto other = lines_.find({key.first, Reading::counter});
    if (key.second == Reading::counter && !moves(line)) {
      if (!line.readings.empty() && ++still <= 3)
        draft.notes.push_back(
            fmt::format("device {}: its energy counter never moves, which is no reading", key.first.device));
      continue;
    }
    const bool gauge_beside_counter = key.second != Reading::counter && other != lines_.end() && moves(other->second);
    Track track(line.metric.source, plausible(line.metric.source, line.metric.rule), true);
    track.basis = line.metric.basis;
    track.how = line.metric.how;
    track.keep(draft.from, draft.to);
    auto readings = line.readings;
    std::stable_sort(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.t < b.t; });
    const bool part = draft.to != std::numeric_limits<Micros>::max() || draft.from != std::numeric_limits<Micros>::min();
    if (part)
      for (const auto& one : readings)
        one.reason < 0 ? track.add(one.t, one.value) : track.miss(one.t, line.reasons[static_cast<std::size_t>(one.reason)]);
    else {
      track.raw = line.readings;
      track.reasons = line.reasons;
    }
    if (track.raw.empty()) continue;
    if (gauge_beside_counter) {
      if (auto settled = settle(track, path); !settled) return settled;
      const Measured gauge = std::move(track.series).finish();
      Track counter(other->second.metric.source, other->second.metric.rule, true);
      counter.raw = other->second.readings;
      counter.reasons = other->second.reasons;
      if (counter.raw.size() < 2) continue;
      if (auto settled = settle(counter, path); !settled) return settled;
      const double a = std::move(counter.series).finish().slots.joules(), b = gauge.slots.joules();
      if (a > 0 && std::abs(b / a - 1) > 0.05 && ++compared <= 3)
        draft.notes.push_back(
            fmt::format("device {}: its power readings sum to {:+.1f} % of its energy counter, which counts",
                        key.first.device, (b / a - 1) * 100));
      continue;
    }
    if (!draft.collect)
      if (auto settled = settle(track, path); !settled) return settled;
    draft.by_source.emplace(track.source, draft.tracks.size());
    draft.tracks.push_back(std::move(track));
  }
  return {};
}

std::optional<Micros> time_in_name(const std::string& name, Clock& clock) {
  static const std::regex unix_time(R"((?:^|[^0-9])(1[0-9]{9})([0-9]{3})?(?:[^0-9]|$))");
  static const std::regex date_time(
      R"((20[0-9]{2})-?([01][0-9])-?([0-3][0-9])[T_ -]([0-2][0-9])[-:h]?([0-5][0-9])(?:[-:m]?([0-5][0-9]))?(Z?))");
  std::smatch found;
  if (std::regex_search(name, found, date_time))
    return clock.read(fmt::format("{}-{}-{}T{}:{}:{}{}", found[1].str(), found[2].str(), found[3].str(), found[4].str(),
                                  found[5].str(), found[6].matched ? found[6].str() : "00", found[7].str()));
  if (std::regex_search(name, found, unix_time))
    return std::stoll(found[1].str()) * micros_per_second + (found[2].matched ? std::stoll(found[2].str()) * 1000 : 0);
  return std::nullopt;
}

}  // namespace cradle::inventory
