// SPDX-License-Identifier: Apache-2.0
// Any CSV, by the columns that the study declares: {time, device, power, unit: W} integrates a gauge,
// {energy, unit: kWh, duration} adds up energy per row. Units are declared, never guessed.
#include <fmt/format.h>

#include <limits>

#include "inventory/telemetry/readers.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/units.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

std::string lower(const std::string& name) { return header_name(name); }

}  // namespace

Result<void> read_column_map(const CsvTable& table, const LogSources& options, LogSummary& summary) {
  const auto& columns = options.columns;
  const auto has = [&](const char* key) { return columns.contains(key); };
  for (const auto& [key, name] : columns)
    if (key != "unit" && !table.column.contains(lower(name)))
      return log_failure(summary, "E063", fmt::format("there is no column '{}'", name),
                         fmt::format("named as '{}' in 'columns'", key));
  if (has("power") == has("energy"))
    return log_failure(summary, "E063", "'columns' must name either 'power' or 'energy'");
  const std::string value_column = lower(columns.at(has("power") ? "power" : "energy"));
  const auto factor = has("unit") ? conversion(columns.at("unit"), has("power") ? "W" : "kWh") : std::nullopt;
  if (!factor)
    return log_failure(summary, "E063",
                       fmt::format("'columns' does not say the unit of '{}'{}", value_column,
                                   has("unit") ? " in a unit of its dimension" : ""),
                       has("power") ? "unit: W" : "unit: kWh");
  summary.rows = table.rows.size();
  std::size_t missing = 0;
  Clock clock(options.timezone);

  if (has("energy")) {
    lca::maths::Sum total, covered, lost;
    std::size_t usable = 0;
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const std::string* cell = table.cell(r, value_column);
      const std::string* duration = has("duration") ? table.cell(r, lower(columns.at("duration"))) : nullptr;
      const double hours = duration != nullptr ? log_number(*duration).value_or(0.0) / 3600.0 : 0.0;
      const auto value = cell != nullptr ? log_number(*cell) : std::nullopt;
      if (!value || *value < 0) {
        ++missing;
        lost.add(hours);
        if (hours > 0)
          summary.gaps.push_back({"all", "no energy value", hours, fmt::format("line {}", table.lines[r])});
        continue;
      }
      ++usable;
      total.add(*value * *factor);
      covered.add(hours);
    }
    if (usable == 0)
      return log_failure(summary, "E060", fmt::format("no usable row: no cell of '{}' is a number", value_column));
    summary.devices.push_back({"all", "", total.value(), covered.value(), covered.value() + lost.value(), usable});
    summary.parts.push_back({"", total.value(), lca::Basis::measured, fmt::format("column '{}'", value_column)});
    if (missing > 0) summary.notes.push_back(fmt::format("{} rows without a number: gaps, not zero", missing));
    return {};
  }

  if (!has("time"))
    return log_failure(summary, "E063", "'columns' names a power column and no 'time'", "time: timestamp");
  std::map<std::string, std::vector<Sample>> devices;
  std::size_t usable = 0;
  double first = std::numeric_limits<double>::max(), last = std::numeric_limits<double>::lowest();
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string* time_cell = table.cell(r, lower(columns.at("time")));
    const auto time = time_cell != nullptr ? clock.seconds(*time_cell) : std::nullopt;
    if (!time) {
      ++missing;
      continue;
    }
    const std::string* device = has("device") ? table.cell(r, lower(columns.at("device"))) : nullptr;
    const std::string* cell = table.cell(r, value_column);
    Sample sample{*time, 0.0, ""};
    if (const auto value = cell != nullptr ? log_number(*cell) : std::nullopt; value && *value >= 0) {
      sample.watts = *value * *factor;
      ++usable;
    } else {
      sample.missing = cell == nullptr || trim(*cell).empty() ? "empty cell" : trim(*cell);
    }
    first = std::min(first, *time);
    last = std::max(last, *time);
    devices[device != nullptr ? trim(*device) : "0"].push_back(std::move(sample));
  }
  if (usable < 2)
    return log_failure(summary, "E060",
                       fmt::format("no usable row: {} of {} rows hold a time and a power; two are needed to integrate",
                                   usable, summary.rows));
  if (missing > 0) summary.notes.push_back(fmt::format("{} rows without a readable time are left out", missing));
  if (clock.unzoned()) summary.notes.push_back("stamps carry no time zone and none is declared: times are as written");
  summary.start = clock.text(first);
  summary.end = clock.text(last);
  integrate(std::move(devices), {}, options, summary);
  for (auto* parts : {&summary.parts, &summary.gap_fill})
    for (auto& part : *parts) part.component.clear();
  return {};
}

}  // namespace cradle::inventory
