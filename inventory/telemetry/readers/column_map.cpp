// SPDX-License-Identifier: Apache-2.0
// Any table, by the columns that the study declares: {time, device, power, unit: W} integrates a gauge, {time, counter,
// unit: J} takes the differences of a counter, {energy, unit: kWh, duration} adds up energy per row. Several columns of
// one kind are several devices. Units are declared, never guessed.
#include <fmt/ranges.h>

#include <algorithm>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/table.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/units.hpp"

namespace cradle::inventory {
namespace {

/// Where the columns stand, and what their numbers are.
struct Map {
  char separator = ',';
  NumberStyle numbers;
  std::size_t count = 0;  ///< of all columns
  std::string kind;       ///< power, energy or counter
  std::vector<std::pair<std::size_t, std::string>> values;
  std::vector<std::size_t> time;  ///< or a date and a time
  std::optional<std::size_t> device, node, duration;
  std::vector<std::pair<std::size_t, std::string>> where;
  double factor = 1.0;     ///< to W or J
  double time_unit = 1.0;  ///< s, of numbers that are no Unix times
};

/// The separator by which all columns are found; else the comma.
char separator_of(const LogInput& input) {
  for (const char separator : column_separators) {
    const auto header = header_of(input.head, separator);
    const bool all = std::all_of(input.options.columns.begin(), input.options.columns.end(), [&](const auto& column) {
      return column.first == "unit" || std::all_of(column.second.begin(), column.second.end(), [&](const auto& name) {
               return std::find(header.begin(), header.end(), header_name(name)) != header.end();
             });
    });
    if (all) return separator;
  }
  return ',';
}

/// Seconds of the unit that the name of a time column ends with: "Timestamp (ms)".
double unit_of_time(std::string_view name) {
  for (const auto& [unit, seconds] : {std::pair{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"min", 60.0}, {"h", 3600.0}})
    for (const auto& ending : {fmt::format("({})", unit), fmt::format("_{}", unit)})
      if (name.ends_with(ending)) return seconds;
  return 1.0;
}

Result<Map> map_columns(const LogInput& input) {
  Map map;
  map.separator = separator_of(input);
  map.numbers = NumberStyle::of(input.head, map.separator);
  const auto header = header_of(input.head, map.separator);
  map.count = header.size();
  const auto& columns = input.options.columns;
  const auto all_of = [&](const std::string& key) {
    std::vector<std::size_t> found;
    if (const auto named = columns.find(key); named != columns.end())
      for (const auto& name : named->second)
        if (const auto at = std::find(header.begin(), header.end(), header_name(name)); at != header.end())
          found.push_back(static_cast<std::size_t>(at - header.begin()));
    return found;
  };
  for (const auto& [key, names] : columns)
    for (const auto& name : names)
      if (key != "unit" && std::find(header.begin(), header.end(), header_name(name)) == header.end())
        return log_failure(input, "E063", fmt::format("there is no column '{}'", name),
                           fmt::format("named as '{}' in 'columns'", key));
  const auto one_of = [&](const char* key) {
    const auto found = all_of(key);
    return found.empty() ? std::nullopt : std::optional(found.front());
  };
  std::size_t kinds = 0;
  for (const char* kind : {"power", "energy", "counter"})
    if (columns.contains(kind)) {
      map.kind = kind;
      for (std::size_t i = 0; i < columns.at(kind).size(); ++i)
        map.values.emplace_back(all_of(kind)[i], columns.at(kind)[i]);
      ++kinds;
    }
  if (kinds != 1) return log_failure(input, "E063", "'columns' must name either 'power', 'energy' or 'counter'");
  const char* base = map.kind == "power" ? "W" : "kWh";
  const auto unit = columns.find("unit");
  const auto factor = unit == columns.end() || unit->second.size() != 1 ? std::nullopt : conversion(unit->second.front(), base);
  if (!factor)
    return log_failure(input, "E063",
                       fmt::format("'columns' does not say the unit of '{}'{}", map.values.front().second,
                                   unit != columns.end() ? " in a unit of its dimension" : ""),
                       fmt::format("unit: {}", base));
  map.factor = *factor * (map.kind == "power" ? 1.0 : joules_per_kwh);
  for (const char* key : {"device", "node", "duration"})
    if (columns.contains(key) && columns.at(key).size() != 1)
      return log_failure(input, "E063", fmt::format("'{}' of 'columns' is one column", key));
  map.device = one_of("device");
  map.node = one_of("node");
  map.duration = one_of("duration");
  map.time = all_of("time");
  if (map.time.size() > 2) return log_failure(input, "E063", "'time' is one column, or a date and a time");
  if (!map.time.empty()) map.time_unit = unit_of_time(header[map.time.back()]);
  for (const auto& [name, value] : input.options.part.where) {
    const auto at = std::find(header.begin(), header.end(), header_name(name));
    if (at == header.end())
      return log_failure(input, "E063", fmt::format("there is no column '{}' to choose rows by", name));
    map.where.emplace_back(static_cast<std::size_t>(at - header.begin()), value);
  }
  if (map.kind != "energy" && map.time.empty() && !input.options.interval)
    return log_failure(input, "E063", fmt::format("'columns' names a {} column and no 'time'", map.kind),
                       "time: timestamp; or 'start' and 'interval' beside 'columns' where the table has no times");
  return map;
}

class MappedTable {
 public:
  MappedTable(const Map& map, const LogInput& input, Draft& draft)
      : map_(map),
        interval_(input.options.interval.value_or(0.0)),
        clock_(input.options.timezone),
        draft_(draft),
        scope_(input.options.measures == "rack"   ? Scope::rack
               : input.options.measures == "node" ? Scope::node
                                                  : Scope::component) {
    clock_.count_in(map.time_unit);
    if (map.time.empty()) start_ = clock_.read(input.options.start);
  }

  void row(const std::vector<std::string_view>& cells, std::size_t line, bool whole) {
    cells_ = &cells;
    for (const auto& [at, value] : map_.where)
      if (cell(at) != value) return;
    ++draft_.file.rows;
    if (std::any_of(cells.begin(), cells.end(), [](auto text) { return text.find('\0') != std::string_view::npos; }))
      return draft_.reject(line, "NUL bytes");
    if (cells.size() > map_.count) {
      ++too_wide_;
      return draft_.reject(line, fmt::format("{} cells under {} columns", cells.size(), map_.count));
    }
    const auto last = std::max_element(map_.values.begin(), map_.values.end())->first;
    if (!whole && last + 1 == cells.size() && map_.kind != "energy") return draft_.reject(line, "the last line is cut");
    if (map_.kind == "energy") {
      for (const auto& [at, name] : map_.values) energy(at, name, line);
      return;
    }
    const auto time = time_of_row();
    if (!time) {
      ++timeless_;
      return draft_.reject(line, "no readable time");
    }
    for (const auto& [at, name] : map_.values) reading(at, name, *time);
  }

  Result<void> finish(const LogInput& input) {
    draft_.unzoned = clock_.unzoned();
    draft_.selects = true;
    if (map_.time.empty() && map_.kind != "energy")
      draft_.notes.push_back(fmt::format("there is no time in the table: rows are taken {:.6g} s apart, as declared", interval_));
    if (usable_ > 0) return {};
    const std::size_t rows = draft_.file.rows;
    if (rows > 0 && too_wide_ == rows)
      return log_failure(input, "E060",
                         fmt::format("no usable row: all {} rows have more cells than the {} columns", rows, map_.count),
                         "decimal commas between commas? Write the table with decimal points, or with ';' between cells");
    if (rows > 0 && timeless_ == rows)
      return log_failure(input, "E060",
                         fmt::format("no usable row: none of {} rows has a time that can be read in '{}'", rows,
                                     fmt::join(input.options.columns.at("time"), "' and '")),
                         "a date and time such as 2026-05-14T13:00:00Z, or Unix time in s, ms, us or ns");
    std::vector<std::string> names;
    for (const auto& [at, name] : map_.values) names.push_back(name);
    return log_failure(input, "E060",
                       fmt::format("no usable row: none of {} rows holds a {} that is a number in '{}'", rows, map_.kind,
                                   fmt::join(names, "' or '")));
  }

 private:
  std::string_view cell(std::optional<std::size_t> at) const {
    return at && *at < cells_->size() ? (*cells_)[*at] : std::string_view();
  }

  std::optional<double> number(std::string_view text) const { return map_.numbers.read(text); }

  std::optional<Micros> time_of_row() {
    if (map_.time.empty())
      return start_.value_or(0) + static_cast<Micros>(interval_ * 1e6 * static_cast<double>(rows_of_[std::string(cell(map_.device))]++));
    if (map_.time.size() == 1) return clock_.read(cell(map_.time.front()));
    return clock_.read(std::string(cell(map_.time[0])) + " " + std::string(cell(map_.time[1])));
  }

  Source source_of(const std::string& name) const {
    Source source;
    source.device = std::string(cell(map_.device));
    if (map_.values.size() > 1) source.device += (source.device.empty() ? "" : "/") + name;
    source.node = std::string(cell(map_.node));
    source.scope = scope_;
    return source;
  }

  void reading(std::size_t at, const std::string& name, Micros time) {
    const bool power = map_.kind == "power";
    Track& track = draft_.track(source_of(name), {power ? Reading::instant : Reading::counter, 0, 0},
                                fmt::format("column '{}'{}", name, power ? "" : ", a counter"));
    if (const auto value = number(cell(at)); value && *value >= 0) {
      track.add(time, *value * map_.factor);
      ++usable_;
    } else {
      track.miss(time, cell(at).empty() ? "empty cell" : says_missing(cell(at)) ? cell(at) : "no number");
    }
  }

  void energy(std::size_t at, const std::string& name, std::size_t line) {
    Window window;
    window.source = source_of(name);
    if (window.source.device.empty()) window.source.device = "all";
    window.seconds = map_.duration ? number(cell(map_.duration)).value_or(0.0) : 0.0;
    if (!map_.time.empty())
      if (const auto time = time_of_row()) {
        window.to = *time;
        window.from = *time - static_cast<Micros>(window.seconds * 1e6);
      }
    window.how = fmt::format("column '{}'", name);
    window.label = fmt::format("line {}", line);
    if (const auto value = number(cell(at)); value && *value >= 0) {
      window.joules = *value * map_.factor;
      ++usable_;
    } else {
      window.missing = "no energy value";
    }
    draft_.windows.push_back(std::move(window));
  }

  const Map& map_;
  const double interval_;
  Clock clock_;
  Draft& draft_;
  const Scope scope_;
  std::optional<Micros> start_;
  const std::vector<std::string_view>* cells_ = nullptr;
  std::map<std::string, std::size_t> rows_of_;  ///< of a device, where there is no time
  std::size_t usable_ = 0, timeless_ = 0, too_wide_ = 0;
};

Result<void> read(LogInput& input, Draft& draft) {
  const auto map = map_columns(input);
  if (!map) return tl::unexpected(map.error());
  MappedTable table(*map, input, draft);
  std::vector<std::string_view> cells;
  std::string store;
  bool header = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (trimmed(line).empty() || line.front() == '#') return;
    split_cells(line, map->separator, cells, store);
    if (!std::exchange(header, false)) table.row(cells, number, whole);
  });
  if (!done) return done;
  return table.finish(input);
}

}  // namespace

const Reader column_map = {{"columns", "table by column map", "the study's `columns`",
                            "as declared: a gauge, a counter, or energy per row", true},
                           [](const LogInput&) { return false; },
                           read};

}  // namespace cradle::inventory
