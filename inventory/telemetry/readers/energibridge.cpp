// SPDX-License-Identifier: Apache-2.0
// EnergiBridge CSV: running counters of the package (cores lie inside it), of memory and of GPUs, or their powers; the
// power of the whole machine on Apple's. Columns by the tool's own names, times in Unix milliseconds.
#include <algorithm>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

struct Column {
  std::size_t at;
  Source source;
  Reading reading;
  double factor;  ///< to W or J
};

std::optional<Column> column_of(std::string name, std::size_t at) {
  static const std::regex pattern(
      R"((?:(package|cpu|dram|gpu)([0-9]*)_energy \((j|mj)\)|gpu([0-9]*)_power \((mwatts|watts)\)|(system)_power \((watts|mwatts)\)))");
  std::smatch found;
  if (!std::regex_match(name, found, pattern)) return std::nullopt;
  Column column{at, {}, Reading::counter, 1.0};
  if (found[1].matched) {
    const std::string part = found[1];
    column.source.component = part == "gpu" ? "accelerator" : part == "dram" ? "dram" : "cpu";
    column.source.device = found[2].length() > 0 ? found[2].str() : "0";
    column.factor = found[3] == "mj" ? 1e-3 : 1.0;
  } else if (found[5].matched) {
    column.reading = Reading::instant;
    column.source.component = "accelerator";
    column.source.device = found[4].length() > 0 ? found[4].str() : "0";
    column.factor = found[5] == "mwatts" ? 1e-3 : 1.0;
  } else {
    column.reading = Reading::instant;
    column.source.scope = Scope::node;
    column.factor = found[7] == "mwatts" ? 1e-3 : 1.0;
  }
  return column;
}

/// What counts: the package before the sum of its parts, a counter before a gauge of the same device.
std::vector<Column> columns_of(const std::vector<std::string>& header) {
  std::vector<Column> all;
  const bool package = std::any_of(header.begin(), header.end(),
                                   [](const std::string& name) { return name.starts_with("package"); });
  for (std::size_t i = 0; i < header.size(); ++i)
    if (auto column = column_of(header[i], i); column && !(package && header[i].starts_with("cpu")))
      all.push_back(std::move(*column));
  std::vector<Column> kept;
  for (const auto& column : all) {
    const bool counted = column.reading == Reading::instant && std::any_of(all.begin(), all.end(), [&](const auto& other) {
      return other.reading == Reading::counter && !(other.source < column.source) && !(column.source < other.source);
    });
    if (!counted) kept.push_back(column);
  }
  return kept;
}

bool recognise(const LogInput& input) {
  const auto header = header_of(input.head);
  return has_all(header, {"delta", "time"}) && !columns_of(header).empty();
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto header = header_of(input.head);
  const auto columns = columns_of(header);
  const auto time = static_cast<std::size_t>(std::find(header.begin(), header.end(), "time") - header.begin());
  Clock clock(input.options.timezone);
  std::vector<std::string_view> cells;
  std::string store;
  bool first = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (trimmed(line).empty() || std::exchange(first, false)) return;
    split_cells(line, ',', cells, store);
    ++draft.file.rows;
    if (cells.size() != header.size() || !whole)
      return draft.reject(number, cells.size() > header.size() ? "more cells than columns: decimal commas?" : "the row is cut");
    const auto t = clock.read(cells[time]);
    if (!t) return draft.reject(number, "no readable time");
    for (const auto& column : columns) {
      Track& track = draft.track(column.source, {column.reading, 0, 0},
                                 column.reading == Reading::counter ? "energy counter" : "power");
      if (const auto value = log_number(cells[column.at]); value && *value >= 0)
        track.add(*t, *value * column.factor);
      else
        track.miss(*t, cells[column.at].empty() ? "empty cell" : "no number");
    }
  });
  if (!done) return done;
  draft.unzoned = clock.unzoned();
  return {};
}

}  // namespace

const Reader energibridge = {{"energibridge", "EnergiBridge CSV", "columns `Delta`, `Time` and energies or powers of its names",
                              "counters of package, memory and GPUs, or their power; the machine's power on Apple", false},
                             recognise,
                             read};

}  // namespace cradle::inventory
