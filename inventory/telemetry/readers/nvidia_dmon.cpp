// SPDX-License-Identifier: Apache-2.0
// `nvidia-smi dmon`: a table of fixed width whose comment lines name the columns. Without -o there is no time in it at
// all: `start` and `interval` must be declared, and the times are then assumed.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/readers/row_spacing.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  while (!(line = trimmed(line)).empty()) {
    const std::size_t end = line.find_first_of(" \t,");
    if (end != 0) found.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return found;
}

/// Copies from web pages carry "> \# gpu".
std::string_view unquoted(std::string_view line) {
  line = trimmed(line);
  while (line.starts_with('>')) line = trimmed(line.substr(1));
  if (line.starts_with("\\#")) line.remove_prefix(1);
  return line;
}

/// The names of a header line, which says both "gpu" and "pwr"; empty for other comments.
std::vector<std::string> names_of(std::string_view line) {
  line = unquoted(line);
  if (!line.starts_with('#')) return {};
  std::vector<std::string> names;
  for (const auto word : words(line.substr(1))) names.push_back(lower_case(word));
  return has_all(names, {"gpu", "pwr"}) ? names : std::vector<std::string>();
}

struct Columns {
  std::optional<std::size_t> date, time, gpu, power;
  std::size_t count = 0;
};

Columns columns_of(const std::vector<std::string>& names) {
  Columns columns;
  columns.count = names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "date") columns.date = i;
    if (names[i] == "time") columns.time = i;
    if (names[i] == "gpu") columns.gpu = i;
    if (names[i] == "pwr") columns.power = i;
  }
  return columns;
}

bool recognise(const LogInput& input) {
  std::string_view rest = input.head;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (!names_of(rest.substr(0, end)).empty()) return true;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

Result<void> read(LogInput& input, Draft& draft) {
  Clock clock(input.options.timezone);
  std::optional<Columns> columns;
  const auto start = clock.read(input.options.start);
  const RowSpacing spacing(input, 1.0);
  std::map<std::string, Micros> rounds;  // of a device, where there is no time
  Micros day = 0, last_of_day = 0;
  bool assumed = false, needs_start = false;
  auto done = input.lines([&](std::string_view raw, std::size_t number, bool whole) {
    if (auto names = names_of(raw); !names.empty()) {
      columns = columns_of(names);
      return;
    }
    const std::string_view line = unquoted(raw);
    if (!columns || line.empty() || line.front() == '#') return;
    const auto cells = words(line);
    const auto cell = [&](std::optional<std::size_t> at) {
      return at && *at < cells.size() ? cells[*at] : std::string_view();
    };
    const std::string device(cell(columns->gpu));
    if (!log_number(device)) return;  // text of a shell between the rows
    ++draft.file.rows;
    if (cells.size() <= *columns->power || (!whole && cells.size() < columns->count))
      return draft.reject(number, "the row is cut");
    std::optional<Micros> t;
    if (columns->time) {
      const std::string_view date = cell(columns->date), time = cell(columns->time);
      std::string text;
      if (date.size() == 8)
        text = fmt::format("{}-{}-{}T{}", date.substr(0, 4), date.substr(4, 2), date.substr(6, 2), time);
      else
        text = fmt::format("{}T{}", input.options.start.substr(0, 10), time);
      t = clock.read(text);
      if (!columns->date && input.options.start.empty()) needs_start = true;
      if (t && !columns->date) {  // only the time of day: it starts again at midnight
        if (*t + day < last_of_day - 43'200 * micros_per_second) day += 86'400 * micros_per_second;
        *t += day;
        last_of_day = *t;
      }
    } else {
      if (!start) needs_start = true;
      assumed = true;
      t = start.value_or(0) + static_cast<Micros>(spacing.seconds * 1e6) * rounds[device]++;
    }
    if (!t) return draft.reject(number, "no readable time");
    Source source;
    source.device = device;
    source.component = "accelerator";
    Track& track = draft.track(source, {Reading::instant, 0, 0}, "power, whole watts");
    if (const auto watts = log_number(cell(columns->power)); watts && *watts >= 0)
      track.add(*t, *watts);
    else
      track.miss(*t, cell(columns->power));
  });
  if (!done) return done;
  if (needs_start)
    return log_failure(input, "E060", "no usable row: the table has no date, and 'start' is not declared",
                       "'start: 2026-05-14T13:00:00' and 'interval: 1 s', or record with `nvidia-smi dmon -o DT`");
  if (assumed) draft.notes.push_back(spacing.note());
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no row under a header with 'pwr'");
  return {};
}

}  // namespace

const Reader nvidia_smi_dmon = {{"dmon", "nvidia-smi dmon", "a comment line that names `gpu` and `pwr`",
                                 "power per device in whole watts; columns by the name line", true},
                                recognise,
                                read};

}  // namespace cradle::inventory
