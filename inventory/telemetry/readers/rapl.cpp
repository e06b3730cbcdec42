// SPDX-License-Identifier: Apache-2.0
// RAPL counters of Linux' powercap as CSV: t_unix, zone, name, energy_uj, max_energy_range_uj. Microjoules that start
// again at the range. Packages and DRAM count; core and uncore lie inside a package, psys holds all.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

// More than any package or its memory draws; tells a wrap from a reset and finds counters that may have wrapped twice.
constexpr double ceiling_watts = 1000.0;

bool recognise(const LogInput& input) { return has_all(header_of(input.head), {"zone", "name", "energy_uj"}); }

Result<void> read(LogInput& input, Draft& draft) {
  const auto names = header_of(input.head);
  const auto at = [&](std::initializer_list<const char*> wanted) -> std::optional<std::size_t> {
    for (const char* name : wanted)
      for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return i;
    return std::nullopt;
  };
  const auto time = at({"t_unix", "timestamp", "time"}), zone = at({"zone"}), name = at({"name"}),
             energy = at({"energy_uj"}), range = at({"max_energy_range_uj"}), host = at({"node", "host", "hostname"});
  if (!time) return log_failure(input, "E060", "no usable row: there is no column t_unix");
  Clock clock(input.options.timezone);
  std::vector<std::string_view> cells;
  std::string store;
  std::size_t inner = 0, mmio = 0;
  bool header = false;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (line.empty() || line.front() == '#') return;
    split_cells(line, ',', cells, store);
    if (!std::exchange(header, true)) return;
    ++draft.file.rows;
    const auto cell = [&](std::optional<std::size_t> i) {
      return i && *i < cells.size() ? cells[*i] : std::string_view();
    };
    if (cells.size() < names.size() || (!whole && !range)) return draft.reject(number, "the row is cut");
    const std::string_view kind = cell(name);
    const bool package = kind.starts_with("package"), dram = kind == "dram";
    if (!package && !dram) {
      ++inner;
      return;
    }
    if (cell(zone).find("mmio") != std::string_view::npos) {
      ++mmio;
      return;
    }
    const auto t = clock.read(cell(time));
    if (!t) return draft.reject(number, "no readable time");
    Source source;
    source.node = std::string(cell(host));
    source.device = std::string(cell(zone));
    source.component = dram ? "dram" : "cpu";
    const double wrap = log_number(cell(range)).value_or(0.0) * 1e-6;
    Track& track = draft.track(source, {Reading::counter, wrap, ceiling_watts}, "RAPL energy counter");
    if (const auto value = log_number(cell(energy)); value && *value >= 0)
      track.add(*t, *value * 1e-6);
    else
      track.miss(*t, cell(energy).empty() ? "empty cell" : cell(energy));
  });
  if (!done) return done;
  if (inner > 0)
    draft.notes.push_back(fmt::format("{} rows of zones inside a package, or around it, are not added", inner));
  if (mmio > 0)
    draft.notes.push_back(fmt::format("{} rows of intel-rapl-mmio repeat a package and are not added", mmio));
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no package and no dram zone");
  return {};
}

}  // namespace

const Reader rapl = {{"rapl", "RAPL powercap CSV", "columns `zone`, `name`, `energy_uj`",
                      "differences of package and DRAM counters, wraps resolved", false},
                     recognise,
                     read};

}  // namespace cradle::inventory
