// SPDX-License-Identifier: Apache-2.0
// Zeus: the log of measurement windows (J per GPU) and the old power log (mW). Windows nest: only those that lie in no
// other count. A table of profiles (time_per_epoch, average_power) is no run and has no total.
#include <algorithm>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/table.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

bool recognise_windows(const LogInput& input) {
  return has_all(header_of(input.head), {"start_time", "window_name", "elapsed_time"});
}

/// start_time, name, elapsed, energies; a comma in the unquoted name makes more cells.
Result<void> read_windows(LogInput& input, Draft& draft) {
  const auto header = header_of(input.head);
  const std::size_t gpus = header.size() - 3;
  struct Row {
    Micros from, to;
    std::string name;
    std::vector<double> joules;
  };
  std::vector<Row> rows;
  std::vector<std::string_view> cells;
  std::string store;
  bool first = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (line.empty() || std::exchange(first, false)) return;
    split_cells(line, ',', cells, store);
    ++draft.file.rows;
    if (cells.size() < header.size() || !whole) return draft.reject(number, "the row is cut");
    const auto start = log_number(cells[0]);
    const auto elapsed = log_number(cells[cells.size() - gpus - 1]);
    Row row;
    for (std::size_t i = 0; i < gpus; ++i) {
      const auto joules = log_number(cells[cells.size() - gpus + i]);
      if (!joules) return draft.reject(number, "an energy is no number");
      row.joules.push_back(*joules);
    }
    if (!start || !elapsed) return draft.reject(number, "no start or no elapsed time");
    row.from = static_cast<Micros>(*start * 1e6);
    row.to = row.from + static_cast<Micros>(*elapsed * 1e6);
    row.name = std::string(cells[1]);
    rows.push_back(std::move(row));
  });
  if (!done) return done;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.from != b.from ? a.from < b.from : a.to > b.to; });
  std::size_t inside = 0, zero = 0;
  Micros end = std::numeric_limits<Micros>::min();
  for (const auto& row : rows) {
    if (row.from < end) {
      if (row.to > end)
        draft.notes.push_back(fmt::format("window '{}' overlaps another one without lying in it; left out", row.name));
      ++inside;
      continue;
    }
    end = row.to;
    for (std::size_t i = 0; i < gpus; ++i) {
      Window window;
      window.source.device = header[3 + i].substr(0, header[3 + i].find('_'));
      window.source.component = "accelerator";
      window.from = row.from;
      window.to = row.to;
      window.seconds = static_cast<double>(row.to - row.from) * 1e-6;
      window.device_seconds = window.seconds;
      window.joules = row.joules[i];
      window.how = "Zeus window, GPU energy counter";
      window.label = row.name;
      if (row.joules[i] == 0) {
        ++zero;
        window.missing = "exactly 0 J: shorter than the counter's refresh";
      }
      draft.windows.push_back(std::move(window));
    }
  }
  if (inside > 0) draft.notes.push_back(fmt::format("{} windows lie inside others and are not added", inside));
  draft.notes.push_back("GPU energy only: Zeus writes CPU and DRAM elsewhere");
  if (draft.windows.size() == zero) return log_failure(input, "E060", "no usable row: no window has an energy");
  return {};
}

bool recognise_power(const LogInput& input) {
  const auto line = first_line(input.head);
  return line == "Time,Power" || line.starts_with("Time,Power,");
}

Result<void> read_power(LogInput& input, Draft& draft) {
  Clock clock(input.options.timezone);
  std::vector<std::string_view> cells;
  std::string store;
  bool first = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (line.empty() || std::exchange(first, false)) return;
    split_cells(line, ',', cells, store);
    ++draft.file.rows;
    if (!whole || cells.size() < 2) return draft.reject(number, "the row is cut");
    const auto t = clock.read(cells[0]);
    const auto milliwatts = log_number(cells[1]);
    if (!t) return draft.reject(number, "no readable time");
    Source source;
    source.component = "accelerator";
    Track& track = draft.track(source, {Reading::instant, 0, 0}, "power log");
    if (milliwatts)
      track.add(*t, *milliwatts * 1e-3);
    else
      track.miss(*t, cells[1]);
  });
  draft.unzoned = clock.unzoned();
  return done;
}

bool recognise_profile(const LogInput& input) {
  return has_all(header_of(input.head), {"time_per_epoch", "average_power"});
}

}  // namespace

const Reader zeus_windows = {{"zeus", "Zeus window log", "columns `start_time`, `window_name`, `elapsed_time`",
                              "GPU energy of the outermost windows", false},
                             recognise_windows,
                             read_windows};
const Reader zeus_power = {{"zeus-power", "Zeus power log", "columns `Time`, `Power`", "power in milliwatts", false},
                           recognise_power,
                           read_power};
const Reader zeus_profile = {
    {"zeus-profile", "Zeus profile table", "columns `time_per_epoch`, `average_power`",
     "refused: a table of profiles is no run", true},
    recognise_profile,
    [](LogInput& input, Draft&) -> Result<void> {
      return log_failure(input, "E060",
                         "no usable row: a table of profiles is no run, and adding its rows means nothing",
                         "energy of one epoch is time_per_epoch x average_power; state it with its number of epochs");
    }};

}  // namespace cradle::inventory
