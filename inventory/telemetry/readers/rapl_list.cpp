// SPDX-License-Identifier: Apache-2.0
// RAPL counters as people list them: a stamp, then `grep . /sys/class/powercap/*/energy_uj`, again and again. Names and
// ranges of zones count where the list has them; a zone without a name is a package if it lies in no other.
#include <map>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

constexpr double ceiling_watts = 1000.0;  // as in rapl.cpp

/// A counter and its number; a path alone may stand in any file, such as the command in a recording's head.
bool recognise(const LogInput& input) {
  constexpr std::string_view counter = "/energy_uj";
  if (input.head.find("intel-rapl") == std::string_view::npos) return false;
  for (std::size_t at = 0; (at = input.head.find(counter, at)) != std::string_view::npos; at += counter.size()) {
    const std::string_view after = input.head.substr(at + counter.size(), 2);
    if (after.size() == 2 && std::string_view(":= \t").find(after[0]) != std::string_view::npos && after[1] >= '0' &&
        after[1] <= '9')
      return true;
  }
  return false;
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex entry(R"((intel-rapl(-mmio)?:\d+(:\d+)?)/(energy_uj|name|max_energy_range_uj)[:=\s]+(\S+))");
  static const std::regex stamped(
      R"(^\s*(1[0-9]{9}(?:\.[0-9]+)?|20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?))");
  Clock clock(input.options.timezone);
  std::optional<Micros> time;
  std::map<std::string, std::string> names;
  std::map<std::string, double> ranges;
  std::size_t inner = 0, repeated = 0, timeless = 0;
  auto done = input.lines([&](std::string_view raw, std::size_t number, bool whole) {
    const std::string line(raw);
    std::smatch m;
    if (std::regex_search(line, m, stamped)) {
      if (const auto stamp = clock.read(m[1].str())) time = stamp;
    }
    if (!std::regex_search(line, m, entry)) return;
    const std::string zone = m[1].str(), what = m[4].str(), value = m[5].str();
    if (what == "name") {
      names[zone] = value;
      return;
    }
    if (what != "energy_uj") {
      ranges[zone] = log_number(value).value_or(0.0) * 1e-6;
      return;
    }
    ++draft.file.rows;
    const std::string name = names.contains(zone) ? names.at(zone) : m[3].matched ? "" : "package";
    if (m[2].matched) {
      ++repeated;
      return;
    }
    if (!name.starts_with("package") && name != "dram") {
      ++inner;
      return;
    }
    if (!whole) return draft.reject(number, "the last line is cut");
    if (!time) {
      ++timeless;
      return;
    }
    Source source;
    source.device = zone;
    source.component = name == "dram" ? "dram" : "cpu";
    Track& track = draft.track(source, {Reading::counter, ranges.contains(zone) ? ranges.at(zone) : 0.0, ceiling_watts},
                               "RAPL energy counter");
    if (const auto joules = log_number(value); joules && *joules >= 0)
      track.add(*time, *joules * 1e-6);
    else
      track.miss(*time, value);
  });
  if (!done) return done;
  if (inner > 0)
    draft.notes.push_back(fmt::format("{} rows of zones inside a package, or without a name, are not added", inner));
  if (repeated > 0)
    draft.notes.push_back(fmt::format("{} rows of intel-rapl-mmio repeat a package and are not added", repeated));
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty())
    return log_failure(
        input, "E060",
        timeless > 0 ? "no usable row: no counter has a time" : "no usable row: no package and no dram zone",
        "put one before each list: while true; do date +%s; grep . "
        "/sys/class/powercap/*/{name,max_energy_range_uj,energy_uj}; sleep 60; done");
  return {};
}

}  // namespace

const Reader rapl_list = {{"rapl-list", "RAPL counters listed by path", "\"intel-rapl:0/energy_uj\" and a number",
                           "differences of package and DRAM counters, wraps resolved where ranges are listed", false},
                          recognise,
                          read};

}  // namespace cradle::inventory
