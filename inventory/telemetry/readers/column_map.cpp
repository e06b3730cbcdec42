// SPDX-License-Identifier: Apache-2.0
// Any CSV, by the columns that the study declares: {time, device, power, unit: W} integrates a gauge, {time, counter,
// unit: J} takes the differences of a counter, {energy, unit: kWh, duration} adds up energy per row. Units are
// declared, never guessed.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/units.hpp"

namespace cradle::inventory {
namespace {

/// Where the columns stand, and what their numbers are.
struct Map {
  std::string kind;  ///< power, energy or counter
  std::size_t value = 0;
  std::optional<std::size_t> time, device, node, duration;
  double factor = 1.0;  ///< to W or J
};

Result<Map> map_columns(const LogInput& input, const std::vector<std::string>& header) {
  const auto& columns = input.options.columns;
  const auto at = [&](const char* key) -> std::optional<std::size_t> {
    const auto named = columns.find(key);
    if (named == columns.end()) return std::nullopt;
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header[i] == header_name(named->second)) return i;
    return std::nullopt;
  };
  for (const auto& [key, name] : columns)
    if (key != "unit" && !at(key.c_str()))
      return log_failure(input, "E063", fmt::format("there is no column '{}'", name),
                         fmt::format("named as '{}' in 'columns'", key));
  Map map;
  std::size_t kinds = 0;
  for (const char* kind : {"power", "energy", "counter"})
    if (columns.contains(kind)) {
      map.kind = kind;
      map.value = *at(kind);
      ++kinds;
    }
  if (kinds != 1) return log_failure(input, "E063", "'columns' must name either 'power', 'energy' or 'counter'");
  const char* base = map.kind == "power" ? "W" : "kWh";
  const auto unit = columns.find("unit");
  const auto factor = unit == columns.end() ? std::nullopt : conversion(unit->second, base);
  if (!factor)
    return log_failure(input, "E063",
                       fmt::format("'columns' does not say the unit of '{}'{}", columns.at(map.kind),
                                   unit != columns.end() ? " in a unit of its dimension" : ""),
                       fmt::format("unit: {}", base));
  map.factor = *factor * (map.kind == "power" ? 1.0 : joules_per_kwh);
  map.time = at("time");
  map.device = at("device");
  map.node = at("node");
  map.duration = at("duration");
  if (map.kind != "energy" && !map.time)
    return log_failure(input, "E063", fmt::format("'columns' names a {} column and no 'time'", map.kind),
                       "time: timestamp");
  return map;
}

class MappedCsv {
 public:
  MappedCsv(const Map& map, const LogInput& input, Draft& draft)
      : map_(map),
        clock_(input.options.timezone),
        draft_(draft),
        name_(input.options.columns.at(map.kind)),
        scope_(input.options.measures == "rack"   ? Scope::rack
               : input.options.measures == "node" ? Scope::node
                                                  : Scope::component) {}

  void row(const std::vector<std::string_view>& cells, std::size_t line, bool whole) {
    ++draft_.file.rows;
    const auto cell = [&](std::optional<std::size_t> at) {
      return at && *at < cells.size() ? cells[*at] : std::string_view();
    };
    if (cell(map_.value).find('\0') != std::string_view::npos) return draft_.reject(line, "NUL bytes");
    if (!whole && map_.value + 1 == cells.size() && map_.kind != "energy")
      return draft_.reject(line, "the last line is cut");
    const auto value = log_number(cell(map_.value));
    Source source;
    source.device = std::string(cell(map_.device));
    source.node = std::string(cell(map_.node));
    source.scope = scope_;
    if (map_.kind == "energy") return energy(cells, line, value, source);
    const auto time = clock_.read(cell(map_.time));
    if (!time) return draft_.reject(line, "no readable time");
    Track& track = draft_.track(source, {map_.kind == "power" ? Reading::instant : Reading::counter, 0, 0},
                                fmt::format("column '{}'{}", name_, map_.kind == "power" ? "" : ", a counter"));
    if (value && *value >= 0) {
      track.add(*time, *value * map_.factor);
      ++usable_;
    } else {
      track.miss(*time, cell(map_.value).empty() ? "empty cell" : cell(map_.value));
    }
  }
  std::size_t usable() const { return usable_; }
  bool unzoned() const { return clock_.unzoned(); }

 private:
  void energy(const std::vector<std::string_view>& cells, std::size_t line, std::optional<double> value,
              Source source) {
    Window window;
    if (source.device.empty()) source.device = "all";
    window.source = std::move(source);
    const auto cell = [&](std::optional<std::size_t> at) {
      return at && *at < cells.size() ? cells[*at] : std::string_view();
    };
    window.seconds = map_.duration ? log_number(cell(map_.duration)).value_or(0.0) : 0.0;
    if (map_.time)
      if (const auto time = clock_.read(cell(map_.time))) {
        window.to = *time;
        window.from = *time - static_cast<Micros>(window.seconds * 1e6);
      }
    window.how = fmt::format("column '{}'", name_);
    window.label = fmt::format("line {}", line);
    if (value && *value >= 0) {
      window.joules = *value * map_.factor;
      ++usable_;
    } else {
      window.missing = "no energy value";
    }
    draft_.windows.push_back(std::move(window));
  }

  const Map& map_;
  Clock clock_;
  Draft& draft_;
  std::string name_;
  Scope scope_;
  std::size_t usable_ = 0;
};

Result<void> read(LogInput& input, Draft& draft) {
  auto map = map_columns(input, header_of(input.head));
  if (!map) return tl::unexpected(std::move(map.error()));
  MappedCsv csv(*map, input, draft);
  std::vector<std::string_view> cells;
  std::string store;
  bool header = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (trimmed(line).empty() || line.front() == '#') return;
    split_cells(line, ',', cells, store);
    if (!std::exchange(header, false)) csv.row(cells, number, whole);
  });
  if (!done) return done;
  draft.unzoned = csv.unzoned();
  if (csv.usable() == 0)
    return log_failure(
        input, "E060",
        fmt::format("no usable row: none of {} rows holds a {} that is a number", draft.file.rows, map->kind));
  return {};
}

}  // namespace

const Reader column_map = {{"columns", "CSV by column map", "the study's `columns`",
                            "as declared: a gauge, a counter, or energy per row", true},
                           [](const LogInput&) { return false; },
                           read};

}  // namespace cradle::inventory
