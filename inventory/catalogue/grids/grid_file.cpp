// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/grids/grid_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "inventory/catalogue/grids/grid_table.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

using namespace std::chrono;
constexpr std::size_t largest_file = 512u << 20;
constexpr std::int64_t day = 86400;

/// First second of the month or year after the one that a reading begins, by its own clock.
std::int64_t next_of(const GridReading& reading, Holds holds) {
  const year_month_day date(floor<days>(sys_seconds(seconds(reading.start + reading.offset))));
  const auto next = holds == Holds::year ? sys_days((date.year() + years(1)) / January / 1)
                                         : sys_days((date.year() / date.month() + months(1)) / 1);
  return sys_seconds(next).time_since_epoch().count() - reading.offset;
}

/// Whether every reading begins a month (or a year), by its own clock.
bool begin_calendar(const std::vector<GridReading>& readings, Holds holds) {
  return std::all_of(readings.begin(), readings.end(), [&](const GridReading& reading) {
    const auto local = sys_seconds(seconds(reading.start + reading.offset));
    const year_month_day date(floor<days>(local));
    return local == sys_days(date) && date.day() == std::chrono::day(1) &&
           (holds == Holds::month || date.month() == January);
  });
}

/// How long values hold that only say when they begin: the usual distance between two of them.
std::int64_t usual_distance(const std::vector<GridReading>& readings) {
  std::vector<std::int64_t> distances;
  for (std::size_t i = 1; i < readings.size(); ++i)
    if (readings[i].start > readings[i - 1].start) distances.push_back(readings[i].start - readings[i - 1].start);
  if (distances.empty()) return 0;
  std::sort(distances.begin(), distances.end());
  return distances[(distances.size() - 1) / 2];
}

}  // namespace

Result<IntensitySeries> read_grid_file(const std::string& path, const GridFileChoice& choice) {
  auto bytes = read_text_file(path, largest_file);
  if (!bytes) return tl::unexpected(std::move(bytes.error()));
  const auto wrong = [&](std::string code, std::string message, std::string hint = "") {
    return grid_failure(path, std::move(code), std::move(message), std::move(hint));
  };
  const bool workbook = bytes->starts_with("PK\x03\x04");
  if (!workbook)
    if (const auto why = not_text(*bytes)) return wrong("E003", *why);
  const std::string_view start = trimmed(std::string_view(*bytes).substr(0, 100));
  auto read = workbook                                           ? read_egrid(path, *bytes, choice)
              : start.starts_with('{') || start.starts_with('[') ? read_watttime(path, *bytes, choice)
                                                                 : read_grid_csv(path, *bytes, choice);
  if (!read) return tl::unexpected(std::move(read.error()));
  if (read->readings.empty() && read->rows_without_value > 0)
    return wrong("E067", fmt::format("no value for '{}'", choice.zone));
  if (read->readings.empty()) {
    const std::string hint = did_you_mean(choice.zone, read->zones);
    return wrong("E016", fmt::format("no zone '{}' among {}", choice.zone, read->zones.size()),
                 hint.empty() && !read->zones.empty() ? fmt::format("such as '{}'", read->zones.front()) : hint);
  }
  auto& readings = read->readings;
  std::stable_sort(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  for (const auto& reading : readings)
    if (!(reading.kg_per_kwh >= 0.0 && reading.kg_per_kwh <= most_intense_grid))
      return wrong("E067",
                   fmt::format("an intensity of {:.6g} g CO2e/kWh, outside 0 to 1,500", reading.kg_per_kwh * 1000),
                   "is the file damaged?");
  if (!choice.factor.empty() && !read->basis.starts_with(choice.factor))
    return wrong("E067", fmt::format("gives no {} factor: {}", choice.factor, read->basis),
                 "leave out 'factor', or bring another file");
  for (std::size_t i = 1; i < readings.size(); ++i)
    if (readings[i].start == readings[i - 1].start && readings[i].kg_per_kwh != readings[i - 1].kg_per_kwh)
      return wrong("E067",
                   fmt::format("two intensities for one time, {:.6g} and {:.6g} g/kWh, of '{}'",
                               readings[i - 1].kg_per_kwh * 1000, readings[i].kg_per_kwh * 1000, read->zone),
                   "does the zone's name stand for two zones of the file?");
  readings.erase(
      std::unique(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.start == b.start; }),
      readings.end());
  IntensitySeries series{read->format, read->zone, read->basis, sha256(*bytes), {}, read->rows_without_value};
  const std::int64_t distance = usual_distance(readings);
  // Files of years and months come under the same header as files of hours.
  Holds holds = read->holds;
  if (holds == Holds::until_next && begin_calendar(readings, Holds::year) &&
      (distance >= 360 * day || (distance == 0 && read->may_be_years)))
    holds = Holds::year;
  else if (holds == Holds::until_next && begin_calendar(readings, Holds::month) && distance >= 28 * day &&
           distance <= 31 * day)
    holds = Holds::month;
  if (holds == Holds::until_next && distance == 0)
    return wrong("E067", fmt::format("one row of '{}' does not say how long it holds", read->zone),
                 "two rows do; or a column of years");
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const auto& reading = readings[i];
    std::int64_t end = holds == Holds::until_next ? reading.start + distance : next_of(reading, holds);
    if (i + 1 < readings.size()) {
      // Quarters are of unequal length: one lasts until the next begins, a missing one is a gap.
      const std::int64_t next = readings[i + 1].start;
      end = holds == Holds::until_next && next - end < distance / 2 ? next : std::min(end, next);
    }
    series.steps.push_back({reading.start, end, reading.kg_per_kwh, reading.estimated});
  }
  return series;
}

}  // namespace cradle::inventory
