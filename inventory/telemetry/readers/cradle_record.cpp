// SPDX-License-Identifier: Apache-2.0
// What `cradle record` writes: a CSV with comments of provenance before it. Format: docs/logs.md.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

constexpr std::string_view magic = "# cradle record 1";

bool recognise(const LogInput& input) { return input.head.starts_with(magic); }

/// time, node, scope, component, device, name, reading, value, unit, wrap, note
Result<void> read(LogInput& input, Draft& draft) {
  Clock clock("UTC");
  std::vector<std::string_view> cells;
  std::string store, share;
  bool header = false;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (line.starts_with('#')) {
      const std::string_view text = trimmed(line.substr(1));
      for (const char* key : {"command:", "exit:", "ended:", "process share"})
        if (text.starts_with(key)) draft.notes.emplace_back(text);
      return;
    }
    if (line.empty()) return;
    split_cells(line, ',', cells, store);
    if (!std::exchange(header, true)) return;
    ++draft.file.rows;
    if (cells.size() != 11 || !whole) return draft.reject(number, "the row is cut");
    const auto t = clock.read(cells[0]);
    if (!t) return draft.reject(number, "no readable time");
    Source source;
    source.node = std::string(cells[1]);
    for (const Scope scope : {Scope::process, Scope::component, Scope::module, Scope::node})
      if (cells[2] == name_of(scope)) source.scope = scope;
    source.component = std::string(cells[3]);
    source.device = std::string(cells[4]);
    source.name = std::string(cells[5]);
    source.identified = source.device.starts_with("GPU-");
    const bool counter = cells[6] == "counter";
    const double wrap = log_number(cells[9]).value_or(0.0);
    constexpr double package_ceiling_watts = 1000.0;
    Track& track = draft.track(
        source, {counter ? Reading::counter : Reading::instant, wrap, wrap > 0 ? package_ceiling_watts : 0.0},
        counter ? "energy counter" : "power");
    if (const auto value = log_number(cells[7]))
      track.add(*t, *value);
    else
      track.miss(*t, cells[10].empty() ? "not read" : cells[10]);
  });
  return done;
}

}  // namespace

const Reader cradle_record = {
    {"record", "cradle record", "its first line", "counters and power of devices", true}, recognise, read};

}  // namespace cradle::inventory
