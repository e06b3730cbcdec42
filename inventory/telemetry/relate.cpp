// SPDX-License-Identifier: Apache-2.0
// Which of several logs count. Scopes that contain each other are never added: the widest counts, what lies inside is
// shown. Two tools on the same devices: the counter counts, then the gauge. Where it cannot be told, it is asked.
#include <algorithm>
#include <set>

#include "inventory/telemetry/join.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

Scope scope_of(const LogSummary& log) {
  for (const Scope scope : {Scope::process, Scope::component, Scope::module, Scope::node, Scope::job, Scope::rack})
    if (log.scope == name_of(scope)) return scope;
  return Scope::component;
}

/// The moment of a summary's text; one without a zone as if it were UTC.
Moment moment_of(std::string text) {
  if (text.ends_with('Z')) text.pop_back();
  return as_utc(*read_stamp(text));
}

bool same_time(const LogSummary& a, const LogSummary& b) {
  if (a.start.empty() || b.start.empty()) return true;
  // Where only one of them knows its zone, the other may lie up to 14 hours away on the map.
  const bool comparable = a.start.ends_with('Z') == b.start.ends_with('Z');
  const auto slack = comparable ? std::chrono::hours(0) : std::chrono::hours(14);
  return moment_of(a.start) < moment_of(b.end) + slack && moment_of(b.start) < moment_of(a.end) + slack;
}

std::set<std::string> nodes_of(const LogSummary& log) {
  std::set<std::string> nodes;
  for (const auto& device : log.devices) nodes.insert(device.node);
  return nodes;
}

/// Machines that both may have measured. One that is not named may be any, unless every log names its machines.
bool same_machines(const LogSummary& a, const LogSummary& b) {
  if ((scope_of(a) == Scope::rack) != (scope_of(b) == Scope::rack))
    return true;  // a rack has other names than its nodes
  const auto of_a = nodes_of(a), of_b = nodes_of(b);
  if (of_a.contains("") || of_b.contains("")) return true;
  return std::any_of(of_a.begin(), of_a.end(), [&](const std::string& node) { return of_b.contains(node); });
}

std::set<std::string> components_of(const LogSummary& log) {
  std::set<std::string> components;
  for (const auto& device : log.devices) components.insert(device.component);
  return components;
}

bool share_a_component(const LogSummary& a, const LogSummary& b) {
  const auto of_a = components_of(a), of_b = components_of(b);
  if (of_a.contains("") || of_b.contains("")) return true;
  return std::any_of(of_a.begin(), of_a.end(), [&](const std::string& component) { return of_b.contains(component); });
}

double accelerator_kwh(const LogSummary& log) {
  double kwh = 0.0;
  for (const auto& device : log.devices)
    if (device.component == "accelerator") kwh += device.kwh;
  return kwh;
}

/// One device on two clocks: as long, of the same energy, whole or half hours apart, and a clock whose zone is not known.
bool hours_apart(const LogSummary& a, const LogSummary& b) {
  if ((!a.unzoned && !b.unzoned) || a.start.empty() || b.start.empty()) return false;
  const auto shift = moment_of(b.start) - moment_of(a.start);
  const auto longer = (moment_of(b.end) - moment_of(b.start)) - (moment_of(a.end) - moment_of(a.start));
  const double kwh = accelerator_kwh(a), other = accelerator_kwh(b);
  return is_shift_of_zones(std::chrono::duration_cast<std::chrono::microseconds>(shift).count()) &&
         std::chrono::abs(longer) < std::chrono::minutes(2) && kwh > 0 && std::abs(other / kwh - 1) < 0.05;
}

std::set<std::string> ids_of(const LogSummary& log) {
  std::set<std::string> ids;
  for (const auto& device : log.devices)
    if (device.component == "accelerator") ids.insert(device.id);
  return ids;
}

/// UUIDs say which devices were measured: 1 the same, 0 others, -1 not known.
int same_devices(const LogSummary& a, const LogSummary& b) {
  const auto of_a = ids_of(a), of_b = ids_of(b);
  const auto world_wide = [](const std::set<std::string>& ids) {
    return !ids.empty() && std::all_of(ids.begin(), ids.end(),
                                       [](const std::string& id) { return id.find("GPU-") != std::string::npos; });
  };
  if (!world_wide(of_a) || !world_wide(of_b)) return -1;
  std::size_t shared = 0;
  const auto bare = [](const std::string& id) { return id.substr(id.find("GPU-")); };
  std::set<std::string> bare_b;
  for (const auto& id : of_b) bare_b.insert(bare(id));
  for (const auto& id : of_a) shared += bare_b.contains(bare(id)) ? 1 : 0;
  return shared == 0 ? 0 : shared == std::min(of_a.size(), of_b.size()) ? 1 : -1;
}

/// Counters before gauges before what a tool says: reference order of measurements.
int trust(const LogSummary& log) {
  int best = 0;
  for (const auto& part : log.parts) {
    const int value = part.basis != lca::Basis::measured && part.basis != lca::Basis::metered ? 1
                      : part.source.find("counter") != std::string::npos                      ? 3
                                                                                              : 2;
    best = std::max(best, value);
  }
  return best;
}

double difference(const LogSummary& counted, const LogSummary& other) {
  const double a = counted.kwh() + counted.filled_kwh(), b = other.kwh() + other.filled_kwh();
  return a > 0 ? (b / a - 1) * 100 : 0.0;
}

}  // namespace

void relate(std::vector<LogSummary>& logs, const LogSources& options, Findings& findings) {
  for (auto& log : logs) log.used = true;
  if (!options.use.empty()) return;  // the study has said what counts
  // Wide scopes first: what lies inside one that does not count itself is not hidden by it.
  std::vector<LogSummary*> order;
  for (auto& log : logs) order.push_back(&log);
  std::stable_sort(order.begin(), order.end(), [](const LogSummary* a, const LogSummary* b) {
    const auto rank = [](const LogSummary* log) { return static_cast<int>(scope_of(*log)) * 10 + trust(*log); };
    return rank(a) > rank(b);
  });
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      LogSummary &wide = *order[i], &other = *order[j];
      if (!wide.used || !other.used || !same_machines(wide, other)) continue;
      if (!same_time(wide, other)) {
        if (hours_apart(wide, other))
          findings.push_back({"E062",
                              fmt::format("{} and {} hold the same energy {:.3g} hours apart: one device on two clocks?",
                                          wide.file, other.file,
                                          std::abs(static_cast<double>(
                                              unix_seconds(moment_of(other.start)) - unix_seconds(moment_of(wide.start)))) /
                                              3600),
                              fmt::format("give each file the zone of its stamps: 'files: [{{file: {}, timezone: "
                                          "Europe/Paris}}, ...]', or --timezone {}=Europe/Paris",
                                          other.file, other.file),
                              {options.path_of(other.files.front().path), 0, 0, 1},
                              ""});
        continue;
      }
      const Scope outer = scope_of(wide), inner = scope_of(other);
      if (outer > inner &&
          (outer >= Scope::node || components_of(wide).contains("accelerator") || share_a_component(wide, other))) {
        if (outer == Scope::module && !share_a_component(wide, other) && !components_of(other).contains("cpu"))
          continue;
        other.used = false;
        other.relation = fmt::format("inside {}, which measures the whole {}", wide.file, name_of(outer));
        continue;
      }
      if (!share_a_component(wide, other)) continue;
      const int same = same_devices(wide, other);
      if (same == 0) continue;
      if (same == 1 && components_of(other) == components_of(wide)) {
        other.used = false;
        other.relation = fmt::format("the same devices as {}, {:+.2f} % apart", wide.file, difference(wide, other));
        continue;
      }
      findings.push_back(
          {"E062",
           fmt::format("{} and {} may measure the same machine; their energies are not added", wide.file, other.file),
           fmt::format("say which one counts: 'use: {}'; the others are shown beside it", wide.file),
           {options.path_of(other.files.front().path), 0, 0, 1},
           ""});
      other.used = false;
      other.relation = fmt::format("may measure the same as {}", wide.file);
    }
}

}  // namespace cradle::inventory
