// SPDX-License-Identifier: Apache-2.0
// A plain table of powers over time that no tool signs: found by its columns where these say what they are, one column a
// device. The unit must stand in the names; a total beside its parts is compared and never added to them.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

struct Column {
  std::size_t at;
  std::string name;
  double factor;  ///< to W; 0: the name says no unit
  bool total;
};

struct Layout {
  char separator = ',';
  std::size_t count = 0, time = 0;
  double time_unit = 1.0;
  std::vector<Column> powers;
};

/// W in the unit that a name ends with; 0 where it names a power and no unit; nothing where it is no power.
std::optional<double> power_unit(const std::string& name) {
  static const std::regex watts(R"(.*(\((m|k)?w(atts?)?\)|[_ ](m|k|milli|kilo)?w(atts?)?|\bwatts?))"), word(R"(.*(power|pwr|draw).*)");
  std::smatch found;
  if (name.find("limit") != std::string::npos || name.find("cap") != std::string::npos) return std::nullopt;
  if (std::regex_match(name, found, watts)) {
    const std::string prefix = found[2].matched ? found[2].str() : found[4].str();
    return prefix.starts_with("m") ? 1e-3 : prefix.starts_with("k") ? 1e3 : 1.0;
  }
  if (std::regex_match(name, word)) return 0.0;
  return std::nullopt;
}

std::optional<Layout> layout_of(std::string_view head) {
  static const std::regex time(R"((time|timestamp|date|datetime|date_time|elapsed|seconds|t)( ?\((ns|us|ms|s|min|h)\)|_(ns|us|ms|s))?)");
  for (const char separator : column_separators) {
    const auto header = header_of(head, separator);
    if (header.size() < 2) continue;
    Layout layout;
    layout.separator = separator;
    layout.count = header.size();
    bool timed = false;
    for (std::size_t i = 0; i < header.size(); ++i) {
      std::smatch found;
      if (!timed && std::regex_match(header[i], found, time)) {
        timed = true;
        layout.time = i;
        const std::string unit = found[3].matched ? found[3].str() : found[4].str();
        layout.time_unit = unit == "ns" ? 1e-9 : unit == "us" ? 1e-6 : unit == "ms" ? 1e-3 : unit == "min" ? 60 : unit == "h" ? 3600 : 1;
      } else if (const auto factor = power_unit(header[i])) {
        layout.powers.push_back({i, header[i], *factor, header[i].find("total") != std::string::npos});
      }
    }
    if (timed && !layout.powers.empty()) return layout;
  }
  return std::nullopt;
}

bool recognise(const LogInput& input) { return layout_of(input.head).has_value(); }

/// The column map to type, for a table whose names say no unit.
std::string map_for(const LogInput& input, const Layout& layout) {
  std::vector<std::string_view> cells;
  std::string store;
  split_cells(first_line(input.head), layout.separator, cells, store);
  std::string powers;
  for (const auto& column : layout.powers)
    if (!column.total || layout.powers.size() == 1) powers += fmt::format(" --column 'power={}'", cells[column.at]);
  return fmt::format("say it: --column 'time={}'{} --column unit=W", cells[layout.time], powers);
}

Result<void> read(LogInput& input, Draft& draft) {
  Layout layout = *layout_of(input.head);
  const bool unitless = std::any_of(layout.powers.begin(), layout.powers.end(), [](const auto& column) { return column.factor == 0; });
  if (unitless)
    return log_failure(input, "E063", "a table of powers, whose unit stands nowhere", map_for(input, layout));
  std::optional<Column> total;
  if (layout.powers.size() > 1) {
    for (const auto& column : layout.powers)
      if (column.total) total = column;
    std::erase_if(layout.powers, [](const auto& column) { return column.total; });
  }
  Clock clock(input.options.timezone);
  clock.count_in(layout.time_unit);
  std::vector<std::string_view> cells;
  std::string store;
  bool header = true;
  double sum = 0.0, stated = 0.0;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (trimmed(line).empty() || line.front() == '#' || std::exchange(header, false)) return;
    split_cells(line, layout.separator, cells, store);
    ++draft.file.rows;
    if (cells.size() != layout.count)
      return draft.reject(number, cells.size() > layout.count ? fmt::format("{} cells under {} columns", cells.size(), layout.count)
                                                              : "the row is cut");
    if (!whole) return draft.reject(number, "the last line is cut");
    const auto t = clock.read(cells[layout.time]);
    if (!t) return draft.reject(number, "no readable time");
    for (const auto& column : layout.powers) {
      Source source;
      source.device = layout.powers.size() > 1 ? column.name : "";
      Track& track = draft.track(source, {Reading::instant, 0, 0}, fmt::format("column '{}'", column.name));
      const auto value = log_number(cells[column.at]);
      if (value && *value >= 0) {
        track.add(*t, *value * column.factor);
        sum += *value * column.factor;
      } else {
        track.miss(*t, cells[column.at].empty() ? "empty cell" : says_missing(cells[column.at]) ? cells[column.at] : "no number");
      }
    }
    if (total) stated += log_number(cells[total->at]).value_or(0.0) * total->factor;
  });
  if (!done) return done;
  draft.unzoned = clock.unzoned();
  if (total)
    draft.notes.push_back(fmt::format("column '{}' is {:+.2f} % from the sum of the others, and is not added to them", total->name,
                                      sum > 0 ? (stated / sum - 1) * 100 : 0.0));
  if (draft.tracks.empty())
    return log_failure(input, "E060", fmt::format("no usable row: none of {} rows holds a time and powers", draft.file.rows),
                       "decimal commas between commas? Write the table with decimal points, or with ';' between cells");
  return {};
}

}  // namespace

const Reader plain_table = {{"table", "plain table of powers", "a column of times and columns whose names say watts",
                             "power of each column; a total is compared, never added", false},
                            recognise,
                            read,
                            true};

}  // namespace cradle::inventory
