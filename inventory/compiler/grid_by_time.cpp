// SPDX-License-Identifier: Apache-2.0
// A grid by time: a file of intensities joined to the hours in which energy was used, or its mean over a year.
#include <fmt/format.h>

#include "inventory/compiler/grids.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

/// Less than half of an energy or a year does not stand for the whole.
constexpr double least_covered = 0.5;

std::string grams(double kg_per_kwh) { return fmt::format("{:.4g} g/kWh", kg_per_kwh * 1000); }

/// The window of a run, by its own stamps.
std::optional<EnergyStep> window_of(const Run& run) {
  const auto start = read_stamp(run.start), end = read_stamp(run.end);
  if (run.start.empty() || !start) return std::nullopt;
  const std::int64_t from = unix_seconds(as_utc(*start));
  if (!run.end.empty() && end) return EnergyStep{from, unix_seconds(as_utc(*end)), 1.0};
  if (run.duration) return EnergyStep{from, from + static_cast<std::int64_t>(run.duration->value * 3600), 1.0};
  return std::nullopt;
}

/// A time of day without an offset: hours of a grid cannot be told from it. A date alone may stand for UTC.
bool says_no_zone(const std::string& stamp) {
  const auto read = read_stamp(stamp);
  return read && !read->offset && stamp.size() > 10;
}

/// Energy of a log by the hour, with what was filled into its gaps.
void add_hours(const LogSummary& log, std::vector<EnergyStep>& steps) {
  for (const auto& device : log.devices)
    for (const auto& [hour, joules] : device.hours) steps.push_back({hour, hour + 3600, joules});
  double missing = 0.0;
  for (const auto& gap : log.gaps)
    if (read_stamp(gap.start)) missing += gap.hours;
  for (const auto& gap : log.gaps) {
    const auto start = read_stamp(gap.start);
    if (!start || log.filled_kwh() <= 0.0) continue;
    const auto from = unix_seconds(as_utc(*start));
    steps.push_back({from, from + static_cast<std::int64_t>(gap.hours * 3600),
                     log.filled_kwh() * joules_per_kwh * gap.hours / missing});
  }
}

/// What a file's intensities count; where it does not say, what the study says.
GridKind kind_in(const IntensitySeries& series, const Site& site) {
  GridKind kind = grid_kind_of(series.basis);
  if (kind.factor == GridFactor::unstated) kind.factor = site.grid.kind.factor;
  if (kind.perimeter == GridPerimeter::unstated) kind.perimeter = site.grid.kind.perimeter;
  return kind;
}

/// The site's grid in the hours of a run, in names of coverage rows.
std::string hours_of_run(const Run& run, const std::string& which) {
  return fmt::format("grid in the hours of {}{}{}", run.owner.kind == "services" ? "service " : "", run.name,
                     which == "idle" ? ", idle" : "");
}

}  // namespace

/// Energy of a run, or of its idle time, by the hour: from its logs, else its window, else the other's logs.
Grids::EnergyHours Grids::hours_of(const Run& run, const std::string& which) {
  EnergyHours hours;
  const auto take = [&](const std::optional<Energy>& energy, const std::string& name) {
    const auto* read = energy ? files_.logs_of({run.owner, name}) : nullptr;
    if (read == nullptr || !hours.steps.empty()) return;
    for (const auto& log : read->logs) {
      if (!log.used) continue;
      add_hours(log, hours.steps);
      hours.from_logs = true;
      if (!log.start.empty() && log.start.back() != 'Z') hours.without_zone = log.file;
    }
  };
  const bool idle = which == "idle";
  take(idle ? run.idle : run.energy, idle ? "idle" : "energy");
  if (hours.steps.empty())
    if (const auto window = window_of(run)) {
      hours.steps.push_back(*window);
      for (const auto* stamp : {&run.start, &run.end})
        if (says_no_zone(*stamp)) hours.without_zone = *stamp;
    }
  take(idle ? run.energy : run.idle, idle ? "energy" : "idle");
  return hours;
}

/// The file of a site's grid, named among what figures were taken from; null where it could not be read.
const IntensitySeries* Grids::series_of(const Site& site) {
  const auto found = files_.series.find(site.name);
  if (found == files_.series.end()) return nullptr;
  const IntensitySeries& of = found->second;
  if (const auto kind = kind_in(of, site); !kind.suits(site.grid.kind))
    report("E067", site.grid.series_place, fmt::format("{} is {}, not {}", site.grid.series, kind.in_words(), site.grid.kind.in_words()),
           "leave out 'perimeter', or bring another file");
  remarks_.cite({"series/" + site.name, "", fmt::format("{}, {} of {}", site.grid.series, of.format, of.zone), of.format,
                 "of the file's publisher", fmt::format("{}: {} ({})", of.format, of.zone, of.basis), of.sha256, false});
  if (of.rows_without_value > 0)
    cover("grid file of " + site.name, Coverage::substitute,
          fmt::format("{} rows of {} have no value; their time counts as not covered", of.rows_without_value,
                      site.grid.series));
  return &of;
}

/// The mean of a year of a file.
std::optional<Grids::Known> Grids::yearly_intensity(const Site& site) {
  const IntensitySeries* known = series_of(site);
  if (known == nullptr) return std::nullopt;
  const int year = *site.grid.year;
  const YearMean mean = year_mean(*known, year);
  if (mean.covered < least_covered) {
    report("E017", site.grid.year_place,
           fmt::format("{} covers {:.1f} % of {} in {}", site.grid.series, mean.covered * 100, known->zone, year),
           "less than half of a year does not stand for it; without 'year' each run meets its own hours");
    return std::nullopt;
  }
  if (mean.covered < 0.999)
    cover("grid of " + site.name, Coverage::substitute,
          fmt::format("{} covers {:.1f} % of {}; the mean of that part stands for the year", site.grid.series,
                      mean.covered * 100, year));
  Input input;
  input.value = mean.kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::supplier;
  input.source =
      fmt::format("mean of {}, {}, {}: {} ({})", year, known->format, known->zone, site.grid.series, known->basis);
  input.place = site.grid.series_place;
  return Known{std::move(input), kind_in(*known, site), year};
}

/// The intensity that the energy of one run met.
std::optional<Grids::Known> Grids::hourly_intensity(const Site& site, const Run& run, const std::string& which) {
  const IntensitySeries* known = series_of(site);
  if (known == nullptr) return std::nullopt;
  const auto hours = hours_of(run, which);
  if (hours.steps.empty()) {
    if (run.energy && run.energy->logs && has_errors(remarks_.findings)) return std::nullopt;  // of logs that could not be read
    report("E069", run.place,
           fmt::format("the times of the energy of '{}' are not known, and its site has a grid by time", run.name),
           fmt::format("'start' and 'end', logs with times, or 'year' beside 'series: {}' for the mean of a year",
                       site.grid.series));
    return std::nullopt;
  }
  if (!hours.without_zone.empty()) {
    report("E064", run.place,
           fmt::format("'{}' does not say its offset from UTC, and the grid of '{}' goes by time", hours.without_zone,
                       run.name),
           hours.from_logs ? "'timezone: Europe/Paris' beside the log's files" : "such as 2024-01-01T08:00:00+01:00");
    return std::nullopt;
  }
  const JoinedIntensity joined = join(hours.steps, *known);
  if (joined.covered < least_covered) {
    report("E017", site.grid.series_place,
           fmt::format("{} covers {:.1f} % of the energy of '{}'", site.grid.series, joined.covered * 100, run.name),
           fmt::format("it goes from {} to {}", to_text(Moment(std::chrono::seconds(known->steps.front().start))),
                       to_text(Moment(std::chrono::seconds(known->steps.back().end)))));
    return std::nullopt;
  }
  const bool whole = joined.covered > 0.999;
  cover(hours_of_run(run, which), whole ? Coverage::counted : Coverage::substitute,
        fmt::format(
            "{}, {} ({}): {}, weighted by {}; {:.1f} % of the energy is covered{}{}; the mean over {} is {}{}",
            known->format, known->zone, known->basis, grams(joined.kg_per_kwh),
            hours.from_logs ? "energy by the hour" : "the time of the run, its power taken as even",
            joined.covered * 100, whole ? "" : ", the rest takes the same",
            joined.estimated > 0 ? fmt::format(", {:.0f} % by estimates of the publisher", joined.estimated * 100) : "",
            joined.mean_covered > 0.98
                ? "the year"
                : fmt::format("the {:.1f} % of the year that the file covers", joined.mean_covered * 100),
            grams(joined.mean),
            joined.kg_per_kwh > 0 ? fmt::format(", {:+.1f} % from it", (joined.mean / joined.kg_per_kwh - 1) * 100)
                                  : ""));
  Input input;
  input.value = joined.kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::supplier;
  input.source = fmt::format("{} {}, joined to the {} of the run: {} ({})", known->format, known->zone,
                             hours.from_logs ? "hours" : "window", site.grid.series, known->basis);
  input.place = site.grid.series_place;
  return Known{std::move(input), kind_in(*known, site), std::nullopt};
}

}  // namespace cradle::inventory
