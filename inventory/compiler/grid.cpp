// SPDX-License-Identifier: Apache-2.0
// Electricity of a grid as a background process: the location-based factor by the nearest thing that is known (stated, a
// file joined to the hours of the energy, region and year, a mix), and beside it what contracts claim.
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

std::string grams(double kg_per_kwh) { return fmt::format("{:.4g} g/kWh", kg_per_kwh * 1000); }

/// Countries of one market for certificates: the United States and Canada, and Europe's single market as far as it
/// trades guarantees of origin (RE100 technical criteria 4.1, 2022); any other country is a market of its own.
std::string market_of(const std::string& iso2) {
  static const std::set<std::string> europe = {"AT", "BE", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR",
                                               "HR", "HU", "IT", "LT", "LU", "LV", "NL", "NO", "PT", "SE", "SI", "SK"};
  if (iso2 == "US" || iso2 == "CA") return "North America";
  return europe.contains(iso2) ? "Europe" : iso2;
}

/// When energy of the kind "even over its window" flowed.
std::optional<EnergyStep> window_of(const Run& run) {
  const auto start = read_stamp(run.start), end = read_stamp(run.end);
  if (run.start.empty() || !start) return std::nullopt;
  const auto seconds = [](const Stamp& stamp) {
    return std::chrono::floor<std::chrono::seconds>(to_moment(stamp, "UTC")->time_since_epoch()).count();
  };
  const std::int64_t from = seconds(*start);
  if (!run.end.empty() && end) return EnergyStep{from, seconds(*end), 1.0};
  if (run.duration) return EnergyStep{from, from + static_cast<std::int64_t>(run.duration->value * 3600), 1.0};
  return std::nullopt;
}

}  // namespace

/// Energy of a run by the hour, from its logs; else its window.
std::vector<EnergyStep> Builder::hours_of(const Run& run) {
  std::vector<EnergyStep> steps;
  for (const auto& [energy, which] : {std::pair{&run.energy, "energy"}, std::pair{&run.idle, "idle"}}) {
    if (!*energy || !(*energy)->logs || !steps.empty()) continue;
    for (const std::size_t index : read_logs(run, which, *(*energy)->logs))
      for (const auto& device : logs[index].devices)
        for (const auto& [hour, joules] : device.hours)
          if (logs[index].used) steps.push_back({hour, hour + 3600, joules});
  }
  if (steps.empty())
    if (const auto window = window_of(run)) steps.push_back(*window);
  return steps;
}

const IntensitySeries* Builder::series_of(const Site& site) {
  const auto [known, fresh] = series_.emplace(site.name, std::nullopt);
  if (!fresh) return known->second ? &*known->second : nullptr;
  const auto path = (std::filesystem::path(study_.file).parent_path() / site.grid.series).string();
  auto read = read_grid_file(path, {site.grid.region, site.grid.factor, site.grid.year, site.grid.column,
                                    site.grid.unit, site.grid.series_place});
  if (!read) {
    for (auto& finding : read.error()) {
      // Findings of the file's text have its own place; the others are for the study to mend.
      if (finding.message.starts_with(path)) finding.message.replace(0, path.size(), site.grid.series);
      report(finding.code, site.grid.series_place, finding.message, finding.hint);
    }
    return nullptr;
  }
  datasets.push_back({"series/" + site.name, "", fmt::format("{}, {} of {}", site.grid.series, read->format, read->zone), read->format,
                      "of the file's publisher", fmt::format("{}: {} ({})", read->format, read->zone, read->basis),
                      read->sha256, false});
  if (read->rows_without_value > 0)
    cover("grid file of " + site.name, "substitute",
          fmt::format("{} rows of {} have no value; their time counts as not covered", read->rows_without_value, site.grid.series));
  known->second = std::move(*read);
  return &*known->second;
}

/// The mean of a year of a file.
std::optional<Input> Builder::yearly_intensity(const Site& site) {
  const IntensitySeries* series = series_of(site);
  if (series == nullptr) return std::nullopt;
  const int year = *site.grid.year;
  const YearMean mean = year_mean(*series, year);
  if (mean.covered == 0.0) {
    report("E017", site.grid.year_place, fmt::format("{} has no intensity of {} in {}", site.grid.series, series->zone, year));
    return std::nullopt;
  }
  if (mean.covered < 0.999)
    cover("grid of " + site.name, "substitute",
          fmt::format("{} covers {:.1f} % of {}; the mean of that part stands for the year", site.grid.series, mean.covered * 100, year));
  Input input;
  input.value = mean.kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::supplier;
  input.source = fmt::format("mean of {}, {}, {}: {} ({})", year, series->format, series->zone, site.grid.series, series->basis);
  input.place = site.grid.series_place;
  return input;
}

/// The intensity that the energy of one run met.
std::optional<Input> Builder::hourly_intensity(const Site& site, const Run& run) {
  const IntensitySeries* series = series_of(site);
  if (series == nullptr) return std::nullopt;
  const auto steps = hours_of(run);
  if (steps.empty()) {
    if (run.energy && run.energy->logs && has_errors(findings)) return std::nullopt;  // of logs that could not be read
    report("E069", run.place, fmt::format("the times of the energy of '{}' are not known, and its site has a grid by time", run.name),
           fmt::format("'start' and 'end', logs with times, or 'year' beside 'series: {}' for the mean of a year", site.grid.series));
    return std::nullopt;
  }
  const JoinedIntensity joined = join(steps, *series);
  if (joined.covered == 0.0) {
    report("E017", site.grid.series_place, fmt::format("{} has no intensity for the time of '{}'", site.grid.series, run.name),
           fmt::format("it covers {} to {}", to_text(Moment(std::chrono::seconds(series->steps.front().start))),
                       to_text(Moment(std::chrono::seconds(series->steps.back().end)))));
    return std::nullopt;
  }
  const bool even = steps.size() == 1;
  cover("grid of " + run.name, joined.covered < 0.999 ? "substitute" : "counted",
        fmt::format("{}, {} ({}): {}, weighted by {}; {:.1f} % of the energy is covered{}{}; the mean over {} is {}, {:+.1f} % "
                    "from it",
                    series->format, series->zone, series->basis, grams(joined.kg_per_kwh),
                    even ? "the time of the run, its power taken as even" : "energy by the hour", joined.covered * 100,
                    joined.covered < 0.999 ? ", the rest takes the same" : "",
                    joined.estimated > 0 ? fmt::format(", {:.0f} % by estimates of the publisher", joined.estimated * 100) : "",
                    joined.mean_covered > 0.98 ? "the year" : fmt::format("the {:.1f} % of the year that the file covers", joined.mean_covered * 100),
                    grams(joined.mean), (joined.mean / joined.kg_per_kwh - 1) * 100));
  Input input;
  input.value = joined.kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::supplier;
  input.source = fmt::format("{} {}, joined to the {} of the run: {} ({})", series->format, series->zone, even ? "window" : "hours",
                             site.grid.series, series->basis);
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
  if (const auto cloud = cloud_region(region)) {
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
std::map<std::string, Input> Builder::mix_of(const Site& site) {
  if (!site.grid.national_mix) return site.grid.mix;
  const auto country = catalogue_.country(site.grid.region);
  const int year = site.grid.year.value_or(0);
  const auto shares = country ? national_mix(country->iso3, year) : std::map<std::string, double>{};
  if (shares.empty()) {
    report("E017", site.grid.place, fmt::format("no electricity mix for {} in {}", site.grid.region, year),
           "2015 to 2023 are known for most countries; or state the shares");
    return {};
  }
  use_dataset("owid-mix");
  const double other = shares.contains("other") ? shares.at("other") : 0.0;
  if (other > 0)
    cover("mix of " + site.name, "substitute",
          fmt::format("{:.1f} % comes from other sources, which have no factor: the rest stands for it", other * 100));
  std::map<std::string, Input> mix;
  for (const auto& [source, share] : shares) {
    if (source == "other") continue;
    Input input;
    input.value = share / (1.0 - other);
    input.unit = canonical_unit(Dimension::number);
    input.basis = lca::Basis::default_value;
    input.source = fmt::format("{} {}: {}", site.grid.region, year, catalogue_.dataset("owid-mix").attribution);
    input.place = site.grid.place;
    mix.emplace(source, input);
  }
  return mix;
}

/// Sum over the mix of share x a factor of each source; nothing where the mix cannot be had.
std::optional<Expression> Builder::of_mix(const Site& site, bool water) {
  const auto mix = mix_of(site);
  if (mix.empty()) return std::nullopt;
  use_dataset("electricity-sources");
  Expression sum = 0.0;
  for (const auto& source : electricity_source_factors()) {
    const auto share = mix.find(source.name);
    if (share == mix.end()) continue;
    if (water && !source.water) {
      cover("water of electricity from " + source.name, "not estimated",
            fmt::format("{:.3g} % of the mix of {}; no source gives its water", share->second.value * 100, site.name));
      continue;
    }
    const std::string name = "electricity." + source.name + (water ? ".water" : ".ghg");
    sum = sum + parameter("sites." + site.name + ".grid.mix." + source.name, fmt::format("share of {} in the mix of {}", source.name, site.name), share->second) *
                    parameter(name, (water ? "water of electricity from " : "life-cycle emissions of electricity from ") + source.name,
                              water ? *source.water : source.ghg);
  }
  return sum;
}

/// Location-based intensity: what is stated, then the hours of a file, then region and year, then a mix.
std::optional<Expression> Builder::location_factor(const Site& site, const Run* run) {
  const std::string key = "sites." + site.name;
  std::string name = key + ".grid.location", of = site.name;
  auto input = site.grid.location;
  if (!input && site.grid.by_time() && run != nullptr) {
    name = run->key + ".grid.location";
    of = site.name + " for " + run->name;
    input = hourly_intensity(site, *run);
    if (!input) return std::nullopt;
  } else if (!input && !site.grid.series.empty()) {
    input = yearly_intensity(site);
    if (!input) return std::nullopt;
  } else if (!input && !site.grid.region.empty() && (site.grid.year || site.grid.mix.empty())) {
    input = catalogue_intensity(site);
    if (!input) return std::nullopt;
  }
  if (input) return parameter(name, "grid intensity of " + of + ", location-based", *input);
  const auto mixed = of_mix(site, false);
  if (mixed)
    cover("grid of " + site.name, "substitute", "made from its mix and life-cycle factors by source, not from a published intensity");
  return mixed;
}

/// Why an instrument does not count, by the quality criteria that a study can show (Scope 2 Guidance, table 7.1).
std::string Builder::flaw_of(const Instrument& instrument, const Site& site) {
  const auto country = catalogue_.country(site.grid.region);
  if (!instrument.market.empty() && country && !country->iso2.empty() && market_of(instrument.market) != market_of(country->iso2))
    return fmt::format("its market is {}, and the electricity is used in {}", instrument.market, country->iso2);
  std::set<int> years;
  for (const auto& run : study_.runs)
    if (run.site == site.name)
      for (const auto* stamp : {&run.start, &run.end})
        if (stamp->size() >= 4) years.insert(std::atoi(stamp->substr(0, 4).c_str()));
  if (years.empty() && site.grid.year) years.insert(*site.grid.year);
  if (!instrument.vintage || years.empty()) return "";
  int distance = 99;
  for (const int year : years) distance = std::min(distance, std::abs(year - *instrument.vintage));
  // The Guidance gives no number of months; Green-e's window of 21 reaches into both neighbouring years.
  if (distance > 1)
    return fmt::format("its vintage {} is not near the consumption of {}", *instrument.vintage, fmt::join(years, ", "));
  if (distance == 1)
    cover(fmt::format("vintage of an instrument of {}", site.name), "counted",
          fmt::format("{} beside consumption in {}: near only where the months are (Green-e allows 21 months)", *instrument.vintage, fmt::join(years, ", ")));
  return "";
}

/// Market-based intensity: contracts for their shares, then the residual mix, then the grid average (table 6.3).
Expression Builder::market_factor(const Site& site, const Expression& location) {
  const std::string key = "sites." + site.name + ".grid.";
  if (site.grid.market) return parameter(key + "market", "grid intensity of " + site.name + ", market-based", *site.grid.market);
  if (site.grid.instruments.empty()) return location;
  Expression sum = 0.0, rest = 1.0;
  std::size_t number = 0;
  for (const auto& instrument : site.grid.instruments) {
    const std::string name = fmt::format("{}instruments.{}", key, ++number);
    const std::string label = fmt::format("{} {} of {}", instrument.kind, number, site.name);
    if (const auto flaw = flaw_of(instrument, site); !flaw.empty()) {
      report("W121", instrument.place, fmt::format("{} does not count: {}", label, flaw), "the residual mix, or the grid average, takes its place");
      cover(label, "passed over", flaw);
      continue;
    }
    if (!instrument.share || !instrument.intensity) continue;
    const Expression share = parameter(name + ".share", "share of " + label, *instrument.share);
    sum = sum + share * parameter(name + ".intensity", "intensity of " + label, *instrument.intensity);
    rest = rest - share;
    cover(label, "counted",
          fmt::format("{:.4g} % of the site's electricity, vintage {}, market {}; market-based only", instrument.share->value * 100,
                      instrument.vintage ? std::to_string(*instrument.vintage) : "not stated",
                      instrument.market.empty()                       ? "not stated"
                      : catalogue_.country(site.grid.region).has_value() ? instrument.market
                                                                         : instrument.market + " (not compared: the grid names no country)"));
  }
  if (!site.grid.residual)
    cover("residual mix of " + site.name, "substitute", "not stated: the grid average stands for what no instrument covers");
  return sum + rest * (site.grid.residual ? parameter(key + "residual", "residual mix of " + site.name, *site.grid.residual) : location);
}

std::string Builder::grid(const Site& site, const Run* run) {
  const bool own = site.grid.by_time() && run != nullptr;
  const std::string product = "sites/" + site.name + (own ? "/" + run->key : "") + "/grid";
  if (!once(product)) return product;
  const auto location = location_factor(site, run);
  if (!location) return product;
  lca::UnitProcess supply{product, "grid electricity, " + site.name + (own ? ", in the hours of " + run->name : ""), "kWh", true, {}, 1.0, {}};
  supply.exchanges.push_back({Exchange::Kind::biosphere, flows::grid_location, *location, {}, "", "location-based intensity"});
  supply.exchanges.push_back(
      {Exchange::Kind::biosphere, flows::grid_market, market_factor(site, *location), {}, "", "market-based intensity"});
  if (site.grid.hourly_matched)
    supply.exchanges.push_back({Exchange::Kind::biosphere, flows::grid_hourly,
                                parameter("sites." + site.name + ".grid.hourly_matched", "grid intensity of " + site.name + ", hourly-matched",
                                          *site.grid.hourly_matched), {}, "", ""});
  add(std::move(supply));
  return product;
}

}  // namespace cradle::inventory
