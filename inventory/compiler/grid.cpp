// SPDX-License-Identifier: Apache-2.0
// Electricity of a grid as a background process: the location-based factor by the nearest thing that is known (stated,
// a file joined to the hours of the energy, region and year, a mix), and beside it what contracts claim.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "inventory/catalogue/places.hpp"
#include "inventory/compiler/builder.hpp"
#include "inventory/grids/grid_file.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

using lca::Exchange;
using lca::Expression;

/// The nearest earlier year with a figure; the first one where none is earlier.
int nearest_year(const std::vector<int>& years, int wanted) {
  int best = years.front();
  for (const int year : years)
    if (year <= wanted) best = year;
  return best;
}

/// Less than half of an energy or a year does not stand for the whole.
constexpr double least_covered = 0.5;

std::string grams(double kg_per_kwh) { return fmt::format("{:.4g} g/kWh", kg_per_kwh * 1000); }

/// Countries of one market for certificates: the United States and Canada, and Europe's single market as far as it
/// trades guarantees of origin (RE100 technical criteria 4.1, 2022); any other country is a market of its own.
std::string market_of(const std::string& iso2) {
  static const std::set<std::string> europe = {"AT", "BE", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR",
                                               "HR", "HU", "IT", "LT", "LU", "LV", "NL", "NO", "PT", "SE", "SI", "SK"};
  if (iso2 == "US" || iso2 == "CA") return "North America";
  return europe.contains(iso2) ? "Europe" : iso2;
}

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

/// The site's grid in the hours of a run, in names of coverage rows.
std::string hours_of_run(const Run& run, const std::string& which) {
  return fmt::format("grid in the hours of {}{}{}", run.key.starts_with("services.") ? "service " : "", run.name,
                     which == "idle" ? ", idle" : "");
}

}  // namespace

/// Energy of a run, or of its idle time, by the hour: from its logs, else its window, else the other's logs.
Builder::EnergyHours Builder::hours_of(const Run& run, const std::string& which) {
  EnergyHours hours;
  const auto take = [&](const std::optional<Energy>& energy, const std::string& name) {
    if (!energy || !energy->logs || !hours.steps.empty()) return;
    for (const std::size_t index : read_logs(run, name, *energy->logs)) {
      const LogSummary& log = logs[index];
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

/// The year that national figures are taken for: the grid's, else that of the run.
int Builder::year_of(const Site& site, const Run& run) {
  if (site.grid.year) return *site.grid.year;
  const auto hours = hours_of(run, "energy");
  if (hours.steps.empty()) return 0;
  const std::chrono::year_month_day date(
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(hours.steps.front().start))));
  return static_cast<int>(date.year());
}

const IntensitySeries* Builder::series_of(const Site& site) {
  if (const auto known = series.find(site.name); known != series.end()) return &known->second;
  if (!series_tried_.insert(site.name).second) return nullptr;
  const auto path = (std::filesystem::path(study_.file).parent_path() / site.grid.series).string();
  auto read =
      read_grid_file(path, {site.grid.region, site.grid.factor, site.grid.year, site.grid.column, site.grid.unit});
  if (!read) {
    // Most are for the study to mend, so they stand where it names the file, with the file's own line.
    for (const auto& finding : read.error())
      report(finding.code, site.grid.series_place,
             fmt::format("{}{}: {}", site.grid.series,
                         finding.place.line > 1 ? fmt::format(":{}", finding.place.line) : "", finding.message),
             finding.hint);
    return nullptr;
  }
  return &series.emplace(site.name, std::move(*read)).first->second;
}

/// Names the file of a site among what figures were taken from.
void Builder::cite_series(const Site& site, const IntensitySeries& of) {
  if (!once("series/" + site.name)) return;
  datasets.push_back({"series/" + site.name, "", fmt::format("{}, {} of {}", site.grid.series, of.format, of.zone),
                      of.format, "of the file's publisher", fmt::format("{}: {} ({})", of.format, of.zone, of.basis),
                      of.sha256, false});
  if (of.rows_without_value > 0)
    cover("grid file of " + site.name, "substitute",
          fmt::format("{} rows of {} have no value; their time counts as not covered", of.rows_without_value,
                      site.grid.series));
}

/// The mean of a year of a file.
std::optional<Input> Builder::yearly_intensity(const Site& site) {
  const IntensitySeries* known = series_of(site);
  if (known == nullptr) return std::nullopt;
  cite_series(site, *known);
  const int year = *site.grid.year;
  const YearMean mean = year_mean(*known, year);
  if (mean.covered < least_covered) {
    report("E017", site.grid.year_place,
           fmt::format("{} covers {:.1f} % of {} in {}", site.grid.series, mean.covered * 100, known->zone, year),
           "less than half of a year does not stand for it; without 'year' each run meets its own hours");
    return std::nullopt;
  }
  if (mean.covered < 0.999)
    cover("grid of " + site.name, "substitute",
          fmt::format("{} covers {:.1f} % of {}; the mean of that part stands for the year", site.grid.series,
                      mean.covered * 100, year));
  Input input;
  input.value = mean.kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::supplier;
  input.source =
      fmt::format("mean of {}, {}, {}: {} ({})", year, known->format, known->zone, site.grid.series, known->basis);
  input.place = site.grid.series_place;
  return input;
}

/// The intensity that the energy of one run met.
std::optional<Input> Builder::hourly_intensity(const Site& site, const Run& run, const std::string& which) {
  const IntensitySeries* known = series_of(site);
  if (known == nullptr) return std::nullopt;
  cite_series(site, *known);
  const auto hours = hours_of(run, which);
  if (hours.steps.empty()) {
    if (run.energy && run.energy->logs && has_errors(findings)) return std::nullopt;  // of logs that could not be read
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
  cover(hours_of_run(run, which), whole ? "counted" : "substitute",
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
  return input;
}

/// A catalogue intensity as an input, or findings that say what there is.
std::optional<Input> Builder::catalogue_intensity(const Site& site) {
  const GridChoice& grid = site.grid;
  const auto years = catalogue_.grid_years(grid.region);
  std::string region = grid.region;
  int year = grid.year.value_or(0);
  if (years.empty() || (grid.fallback == "world" && !catalogue_.grid(region, year))) {
    if (grid.fallback != "world") {
      std::string hint = did_you_mean(grid.region, catalogue_.regions());
      report("E016", grid.place, fmt::format("unknown region '{}'", grid.region),
             hint.empty() ? "an ISO 3166 code such as FR or FRA, a country's name, or World" : hint);
      return std::nullopt;
    }
    region = "World";
    cover("grid of " + site.name, "substitute",
          fmt::format("no figure for '{}' in {}: world average taken, as the study asks", grid.region, year));
  } else if (!catalogue_.grid(region, year)) {
    const int nearest = nearest_year(years, year);
    if (grid.fallback != "nearest") {
      report("E017", grid.year_place, fmt::format("no grid intensity for {} in {}", grid.region, year),
             fmt::format("years {} to {} are known; the nearest is {}. Write 'year: {}', or 'fallback: nearest'",
                         years.front(), years.back(), nearest, nearest));
      return std::nullopt;
    }
    cover("grid of " + site.name, "substitute",
          fmt::format("no figure for {} in {}: {} taken, as the study asks", region, year, nearest));
    year = nearest;
  }
  const auto found = catalogue_.grid(region, year);
  if (!found) {
    report("E017", grid.year_place, fmt::format("no grid intensity for {} in {}", region, year));
    return std::nullopt;
  }
  use_dataset(found->dataset);
  if (const auto cloud = cloud_region(region); cloud && found->dataset != "google-cloud-regions") {
    use_dataset("cloud-regions");
    cover("grid of " + site.name, "counted",
          fmt::format("{} ({}) lies in {}: its grid average, {}", cloud->id, cloud->place, cloud->grid, year));
  }
  if (found->kg_per_kwh == 0.0)
    report("W103", grid.place,
           fmt::format("the dataset gives {} in {} a grid intensity of 0 g/kWh", found->region, found->year),
           "a rounded or missing figure of the source; state the intensity if you know better");
  Input input;
  input.value = found->kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::default_value;
  input.source =
      fmt::format("annual average, {} {}: {}", found->region, found->year, catalogue_.dataset(found->dataset).source);
  input.place = grid.place;
  return input;
}

/// Shares of a mix: the study's own, or the country's; those without a factor are left out and said.
std::map<std::string, Input> Builder::mix_of(const Site& site, int year) {
  if (!site.grid.national_mix) return site.grid.mix;
  const auto country = catalogue_.country(site.grid.region);
  const auto shares = country ? national_mix(country->iso3, year) : std::map<std::string, double>{};
  if (shares.empty()) {
    report("E017", site.grid.place,
           fmt::format("no electricity mix for {} in {}", site.grid.region,
                       year == 0 ? "a year that is not known" : std::to_string(year)),
           "2015 to 2023 are known for most countries; or state the shares");
    return {};
  }
  use_dataset("owid-mix");
  const double other = shares.contains("other") ? shares.at("other") : 0.0;
  cover(fmt::format("mix of {} in {}", site.name, year),
        other > 0 || site.grid.region.size() > 3 ? "substitute" : "counted",
        fmt::format(
            "national mix of {} in {}{}", country->iso3, year,
            other > 0 ? fmt::format("; {:.1f} % comes from other sources, which have no factor: the rest stands for it",
                                    other * 100)
                      : ""));
  std::map<std::string, Input> mix;
  for (const auto& [source, share] : shares) {
    if (source == "other") continue;
    Input input;
    input.value = share / (1.0 - other);
    input.unit = canonical_unit(Dimension::number);
    input.basis = lca::Basis::default_value;
    input.source = fmt::format("{} {}: {}", country->iso3, year, catalogue_.dataset("owid-mix").attribution);
    input.place = site.grid.place;
    mix.emplace(source, input);
  }
  return mix;
}

/// Mean over the mix of a factor of each source; a source without one takes the mean of the others. Nothing where the
/// mix cannot be had.
std::optional<Expression> Builder::of_mix(const Site& site, const Run& run, MixFactor wanted) {
  const int year = site.grid.national_mix ? year_of(site, run) : 0;
  const auto mix = mix_of(site, year);
  use_dataset("electricity-sources");
  struct Words {
    const char *id, *meaning, *missing;
    std::optional<Input> ElectricitySource::*factor;
  };
  static constexpr Words words_of[] = {
      {"ghg", "life-cycle emissions", "emissions", &ElectricitySource::ghg},
      {"water", "water", "water", &ElectricitySource::water},
      {"primary_energy", "primary energy", "primary energy", &ElectricitySource::primary_energy}};
  const Words& words = words_of[static_cast<std::size_t>(wanted)];
  Expression sum = 0.0, shares = 0.0;
  double known = 0.0, total = 0.0;
  for (const auto& source : electricity_source_factors()) {
    const auto share = mix.find(source.name);
    if (share == mix.end()) continue;
    total += share->second.value;
    const auto& factor = source.*words.factor;
    if (!factor) {
      cover(fmt::format("{} of electricity from {}", words.missing, source.name), "substitute",
            fmt::format("{:.3g} % of the mix of {}; no source gives its {}: the rest of the mix stands for it",
                        share->second.value * 100, site.name, words.missing));
      continue;
    }
    known += share->second.value;
    const Expression part = parameter(
        fmt::format("sites.{}.grid.mix.{}{}", site.name,
                    site.grid.national_mix && site.grid.by_time() ? fmt::format("{}.", year) : "", source.name),
        fmt::format("share of {} in the mix of {}", source.name, site.name), share->second);
    shares = shares + part;
    sum = sum + part * parameter(fmt::format("electricity.{}.{}", source.name, words.id),
                                 fmt::format("{} of electricity from {}", words.meaning, source.name), *factor);
  }
  if (known <= 0.0) {
    if (total > 0.0)
      report("E016", site.grid.place,
             fmt::format("no source of the mix of {} has a figure of {}", site.name, words.missing),
             "state one instead of 'mix'");
    return std::nullopt;
  }
  return known < total ? sum / shares : sum;
}

/// Location-based intensity: what is stated, then the hours of a file, then region and year, then a mix.
std::optional<Expression> Builder::location_factor(const Site& site, const Run& run, const std::string& which) {
  const std::string key = "sites." + site.name;
  std::string name = key + ".grid.location", of = site.name;
  auto input = site.grid.location;
  if (!input && site.grid.by_time()) {
    name = run.key + (which == "idle" ? ".idle" : "") + ".grid.location";
    of = site.name + " for " + run.name;
    input = hourly_intensity(site, run, which);
    if (!input) return std::nullopt;
  } else if (!input && !site.grid.series.empty()) {
    input = yearly_intensity(site);
    if (!input) return std::nullopt;
  } else if (!input && !site.grid.region.empty() && (site.grid.year || site.grid.mix.empty())) {
    input = catalogue_intensity(site);
    if (!input) return std::nullopt;
  }
  if (input && !site.grid.mix.empty())
    cover("mix of " + site.name, "passed over",
          "a published or stated intensity counts; the mix gives water and primary energy only, where 'mix' asks for "
          "them");
  if (input) return parameter(name, "grid intensity of " + of + ", location-based", *input);
  const auto mixed = of_mix(site, run, MixFactor::ghg);
  if (mixed)
    cover("grid of " + site.name, "substitute",
          "made from its mix and life-cycle factors by source, not from a published intensity");
  return mixed;
}

/// Calendar years in which a site's electricity was used, as far as runs, services and their logs say.
std::set<int> Builder::years_of(const Site& site) {
  std::set<int> years;
  const auto between = [&](const std::string& start, const std::string& end) {
    const int first = std::atoi(start.substr(0, 4).c_str()),
              last = std::atoi((end.empty() ? start : end).substr(0, 4).c_str());
    for (int year = first; first > 1900 && year <= std::min(last, first + 100); ++year) years.insert(year);
  };
  const auto of_run = [&](const Run& run) {
    if (run.site != site.name) return;
    if (!run.start.empty()) between(run.start, run.end);
    for (const auto& [energy, which] : {std::pair{&run.energy, "energy"}, std::pair{&run.idle, "idle"}})
      if (*energy && (*energy)->logs)
        for (const std::size_t index : read_logs(run, which, *(*energy)->logs))
          if (!logs[index].start.empty()) between(logs[index].start, logs[index].end);
  };
  for (const auto& run : study_.runs)
    if (includes(run.stage)) of_run(run);
  for (const auto& [name, service] : study_.services)
    if (includes("inference")) of_run(service.run);
  if (years.empty() && site.grid.year) years.insert(*site.grid.year);
  return years;
}

/// Why an instrument does not count, by the quality criteria that a study can show (Scope 2 Guidance, table 7.1).
std::string Builder::flaw_of(const Instrument& instrument, const std::string& label, const Site& site,
                             const std::set<int>& years) {
  const auto used = catalogue_.country(site.grid.region), sold = catalogue_.country(instrument.market);
  if (used && sold && market_of(sold->iso2) != market_of(used->iso2))
    return fmt::format("its market is {}, and the electricity is used in {}", instrument.market, used->iso2);
  if (!instrument.vintage || years.empty()) return "";
  int furthest = 0;
  for (const int year : years) furthest = std::max(furthest, std::abs(year - *instrument.vintage));
  const std::string when = *years.begin() == *years.rbegin() ? std::to_string(*years.begin())
                                                             : fmt::format("{} to {}", *years.begin(), *years.rbegin());
  // The Guidance gives no number of months; Green-e's window of 21 reaches into both neighbouring years.
  if (furthest > 1) return fmt::format("its vintage {} is not near the consumption of {}", *instrument.vintage, when);
  if (furthest == 1)
    cover("vintage of " + label, "counted",
          fmt::format("{} beside consumption in {}: near only where the months are (Green-e allows 21 months)",
                      *instrument.vintage, when));
  return "";
}

/// Market-based intensity: contracts for their shares, then the residual mix, then the grid average (table 6.3).
Expression Builder::market_factor(const Site& site, const Expression& location) {
  const std::string key = "sites." + site.name + ".grid.";
  if (site.grid.market)
    return parameter(key + "market", "grid intensity of " + site.name + ", market-based", *site.grid.market);
  if (!site.grid.contractual()) return location;
  Expression sum = 0.0, claimed = 0.0;
  std::size_t number = 0;
  const bool dated = std::any_of(site.grid.instruments.begin(), site.grid.instruments.end(),
                                 [](const auto& one) { return one.vintage.has_value(); });
  const auto years = dated ? years_of(site) : std::set<int>{};
  for (const auto& instrument : site.grid.instruments) {
    const std::string name = fmt::format("{}instruments.{}", key, ++number);
    const std::string label = fmt::format("{} {} of {}", instrument.kind, number, site.name);
    if (!instrument.market.empty() && !catalogue_.country(instrument.market))
      report("E016", instrument.place, fmt::format("unknown market '{}'", instrument.market),
             "a country: FR, FRA or France; countries of one market are known");
    if (const auto flaw = flaw_of(instrument, label, site, years); !flaw.empty()) {
      report("W121", instrument.place, fmt::format("{} does not count: {}", label, flaw),
             "the residual mix, or the grid average, takes its place");
      cover(label, "passed over", flaw);
      continue;
    }
    if (!instrument.share || !instrument.intensity) continue;
    const Expression share = parameter(name + ".share", "share of " + label, *instrument.share);
    sum = sum + share * parameter(name + ".intensity", "intensity of " + label, *instrument.intensity);
    claimed = claimed + share;
    cover(label, "counted",
          fmt::format("{:.4g} % of the site's electricity, vintage {}, market {}; market-based only",
                      instrument.share->value * 100,
                      !instrument.vintage ? "not stated"
                                          : std::to_string(*instrument.vintage) +
                                                (years.empty() ? " (not compared: no time of use is known)" : ""),
                      instrument.market.empty() ? "not stated"
                      : catalogue_.country(site.grid.region).has_value()
                          ? instrument.market
                          : instrument.market + " (not compared: the grid names no country)"));
  }
  if (!site.grid.residual)
    cover("residual mix of " + site.name, "substitute",
          "not stated: the grid average stands for what no instrument covers");
  const Expression rest =
      site.grid.residual ? parameter(key + "residual", "residual mix of " + site.name, *site.grid.residual) : location;
  if (site.grid.instruments.empty()) return rest;
  // Shares with ranges may sum to more than all in a draw; one kWh is claimed once.
  return sum + Expression::call(Expression::Op::maximum, {1.0 - claimed, 0.0}) * rest;
}

std::string Builder::grid(const Site& site, const Run& run, const std::string& which) {
  const bool own = site.grid.by_time();
  const std::string product =
      "sites/" + site.name + (own ? "/" + run.key + (which == "idle" ? ".idle" : "") : "") + "/grid";
  if (!once(product)) return product;
  const auto location = location_factor(site, run, which);
  if (!location) return product;
  lca::UnitProcess supply{
      product, "grid electricity, " + site.name + (own ? ", in the hours of " + run.name : ""), "kWh", true, {}, 1.0,
      {}};
  supply.exchanges.push_back(
      {Exchange::Kind::biosphere, flows::grid_location, *location, {}, "", "location-based intensity"});
  supply.exchanges.push_back({Exchange::Kind::biosphere,
                              flows::grid_market,
                              market_factor(site, *location),
                              {},
                              "",
                              "market-based intensity"});
  if (site.grid.hourly_matched)
    supply.exchanges.push_back(
        {Exchange::Kind::biosphere,
         flows::grid_hourly,
         parameter("sites." + site.name + ".grid.hourly_matched", "grid intensity of " + site.name + ", hourly-matched",
                   *site.grid.hourly_matched),
         {},
         "",
         ""});
  add(std::move(supply));
  return product;
}

}  // namespace cradle::inventory
