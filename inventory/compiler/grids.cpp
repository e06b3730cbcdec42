// SPDX-License-Identifier: Apache-2.0
// Electricity of a grid as a background process: the location-based factor by the nearest thing that is known (stated,
// a file of the grid by time, region and year, a mix), and beside it what contracts claim.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "inventory/catalogue/places.hpp"
#include "inventory/compiler/grids.hpp"

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

}  // namespace

/// The year that national figures are taken for: the grid's, else that of the run.
int Grids::year_of(const Site& site, const Run& run) {
  if (site.grid.year) return *site.grid.year;
  const auto hours = hours_of(run, "energy");
  if (hours.steps.empty()) return 0;
  const std::chrono::year_month_day date(
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(hours.steps.front().start))));
  return static_cast<int>(date.year());
}

/// A catalogue intensity as an input, or findings that say what there is.
std::optional<Input> Grids::catalogue_intensity(const Site& site) {
  const GridChoice& grid = site.grid;
  const auto years = catalogue_.grid_years(grid.region);
  std::string region = grid.region;
  int year = grid.year.value_or(0);
  if (years.empty() || (grid.fallback == Fallback::world && !catalogue_.grid(region, year))) {
    if (grid.fallback != Fallback::world) {
      report("E016", grid.place, fmt::format("unknown region '{}'", grid.region), catalogue_.region_hint(grid.region));
      return std::nullopt;
    }
    region = "World";
    cover("grid of " + site.name, Coverage::substitute,
          fmt::format("no figure for '{}' in {}: world average taken, as the study asks", grid.region, year));
  } else if (!catalogue_.grid(region, year)) {
    const int nearest = nearest_year(years, year);
    if (grid.fallback != Fallback::nearest) {
      report("E017", grid.year_place, fmt::format("no grid intensity for {} in {}", grid.region, year),
             fmt::format("years {} to {} are known; the nearest is {}. Write 'year: {}', or 'fallback: nearest'",
                         years.front(), years.back(), nearest, nearest));
      return std::nullopt;
    }
    cover("grid of " + site.name, Coverage::substitute,
          fmt::format("no figure for {} in {}: {} taken, as the study asks", region, year, nearest));
    year = nearest;
  }
  const auto found = catalogue_.grid(region, year);
  if (!found) {
    report("E017", grid.year_place, fmt::format("no grid intensity for {} in {}", region, year));
    return std::nullopt;
  }
  remarks_.use_dataset(found->dataset);
  if (const auto cloud = cloud_region(region); cloud && found->dataset != "google-cloud-regions") {
    remarks_.use_dataset("cloud-regions");
    cover("grid of " + site.name, Coverage::counted,
          fmt::format("{} ({}) lies in {}: its grid average, {}", cloud->id, cloud->place, cloud->grid, year));
  }
  compare_years(site, year, years);
  if (found->kg_per_kwh == 0.0)
    report("W103", grid.place,
           fmt::format("the dataset gives {} in {} a grid intensity of 0 g/kWh", found->region, found->year),
           "a rounded or missing figure of the source; state the intensity if you know better");
  Input input;
  input.value = found->kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::default_value;
  const Dataset& dataset = catalogue_.dataset(found->dataset);
  // Google's series was of life-cycle factors in its first two years.
  const std::string kind = found->dataset == "google-cloud-regions" && found->year <= 2020 ? "life-cycle" : dataset.factor;
  if (!kind.empty()) kinds_[site.name] = {kind, grid.place};
  input.source = fmt::format("annual average{}, {} {}: {}", kind.empty() ? "" : ", " + kind, found->region, found->year, dataset.source);
  input.place = grid.place;
  input.figure = fmt::format("grid intensity of {} {}", found->region, found->year);
  if (dataset.spread > 0.0) {
    input.range = lca::RangeKind::interval_95;
    input.low = input.value / dataset.spread;
    input.high = std::min(input.value * dataset.spread, intensity_limits.most);
    input.source += "; range: " + dataset.spread_source;
  }
  return input;
}

/// A grid changes over the years: one far from the use of its electricity is said, with the nearest that is known.
void Grids::compare_years(const Site& site, int year, const std::vector<int>& known) {
  const auto used = years_of(site);
  if (used.empty() || site.grid.fallback == Fallback::nearest) return;
  int nearest = *used.begin();
  for (const int one : used)
    if (std::abs(one - year) < std::abs(nearest - year)) nearest = one;
  if (std::abs(nearest - year) <= 1) return;
  int best = known.front();
  for (const int one : known)
    if (std::abs(one - nearest) < std::abs(best - nearest)) best = one;
  report("W126", site.grid.year_place,
         fmt::format("the grid of '{}' is of {}, and its electricity was used in {}", site.name, year,
                     *used.begin() == *used.rbegin() ? std::to_string(nearest)
                                                     : fmt::format("{} to {}", *used.begin(), *used.rbegin())),
         best == year ? fmt::format("{} is the nearest year that is known", best)
                      : fmt::format("the nearest year that is known is {}", best));
}

/// Shares of a mix: the study's own, or the country's; those without a factor are left out and said.
std::map<std::string, Input> Grids::mix_of(const Site& site, int year) {
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
  remarks_.use_dataset("owid-mix");
  const double other = shares.contains("other") ? shares.at("other") : 0.0;
  cover(fmt::format("mix of {} in {}", site.name, year),
        other > 0 || site.grid.region.size() > 3 ? Coverage::substitute : Coverage::counted,
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
std::optional<Expression> Grids::of_mix(const Site& site, const Run& run, MixFactor wanted) {
  const int year = site.grid.national_mix ? year_of(site, run) : 0;
  const auto mix = mix_of(site, year);
  remarks_.use_dataset("electricity-sources");
  struct Words {
    const char *id, *meaning, *missing, *unit;
    std::optional<Input> ElectricitySource::*factor;
  };
  static constexpr Words words_of[] = {
      {"ghg", "life-cycle emissions", "emissions", "kg CO2e/kWh", &ElectricitySource::ghg},
      {"water", "water", "water", "m3/kWh", &ElectricitySource::water},
      {"primary_energy", "primary energy", "primary energy", "kWh/kWh", &ElectricitySource::primary_energy}};
  const Words& words = words_of[static_cast<std::size_t>(wanted)];
  Expression sum = 0.0, shares = 0.0;
  double known = 0.0, total = 0.0;
  for (const auto& source : electricity_source_factors()) {
    const auto share = mix.find(source.name);
    if (share == mix.end()) continue;
    total += share->second.value;
    const auto& factor = source.*words.factor;
    if (!factor) {
      cover(fmt::format("{} of electricity from {}", words.missing, source.name), Coverage::substitute,
            fmt::format("{:.3g} % of the mix of {}; no source gives its {}: the rest of the mix stands for it",
                        share->second.value * 100, site.name, words.missing));
      continue;
    }
    known += share->second.value;
    const bool yearly = site.grid.national_mix && site.grid.by_time();
    const lca::ParameterKey mix_key{{"sites", site.name}, yearly ? fmt::format("grid.mix.{}", year) : "grid.mix"};
    const Expression part = parameter(
        mix_key / source.name,
        fmt::format("share of {} in the mix of {}", source.name, site.name), share->second);
    shares = shares + part;
    sum = sum + part * parameter({{"electricity", source.name}, words.id},
                                 fmt::format("{} of electricity from {}", words.meaning, source.name), *factor);
  }
  if (known <= 0.0) {
    if (total > 0.0)
      report("E016", site.grid.place,
             fmt::format("no source of the mix of {} has a figure of {}", site.name, words.missing),
             "state one instead of 'mix'");
    return std::nullopt;
  }
  const lca::ParameterKey mean{{"sites", site.name}, fmt::format("grid.mix.{}{}", year > 0 ? fmt::format("{}.", year) : "",
                                                                words.id)};
  return calculated(mean,
                    {fmt::format("{} of the mix of {}", words.meaning, site.name), words.unit,
                     known < total ? "share x factor of each source, over the shares of those that have one"
                                   : "share x factor of each source",
                     "mean weighted by shares of generation"},
                    known < total ? sum / shares : sum);
}

/// Location-based intensity: what is stated, then the hours of a file, then region and year, then a mix.
std::optional<Expression> Grids::location_factor(const Site& site, const Run& run, const std::string& which) {
  const lca::Owner key{"sites", site.name};
  lca::ParameterKey name{key, "grid.location"};
  std::string of = site.name;
  auto input = site.grid.location;
  if (!input && site.grid.by_time()) {
    name = {run.owner, which == "idle" ? "idle.grid.location" : "grid.location"};
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
    cover("mix of " + site.name, Coverage::passed_over,
          "a published or stated intensity counts; the mix gives water and primary energy only, where 'mix' asks for "
          "them");
  if (input) input->limits = intensity_limits;
  if (input) return parameter(name, "grid intensity of " + of + ", location-based", uncertain(*input));
  const auto mixed = of_mix(site, run, MixFactor::ghg);
  if (mixed) kinds_[site.name] = {"life-cycle", site.grid.place};
  if (mixed)
    cover("grid of " + site.name, Coverage::substitute,
          "made from its mix and life-cycle factors by source, not from a published intensity");
  return mixed;
}

void Grids::compare_kinds() {
  for (const auto& [site, kind] : kinds_)
    for (const auto& [other, its] : kinds_) {
      if (other <= site || its.first == kind.first) continue;
      report("W128", its.second,
             fmt::format("the grid of '{}' is a {} factor, that of '{}' a {} one: their sum is neither", other, its.first, site,
                         kind.first),
             "life-cycle factors hold fuel supply and plants, direct ones the chimney alone; take both of one kind: a country's "
             "figure for both, files with 'factor', or stated intensities");
      return;
    }
}

std::string Grids::grid(const Site& site, const Run& run, const std::string& which) {
  const bool own = site.grid.by_time();
  const std::string product = product_of_site(site, own ? &run : nullptr, which, "grid");
  if (!draft_.begin(product)) return product;
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
         parameter({{"sites", site.name}, "grid.hourly_matched"}, "grid intensity of " + site.name + ", hourly-matched",
                   *site.grid.hourly_matched),
         {},
         "",
         ""});
  const auto intensity = location->as_parameter();
  uses_.push_back({site.name, site.name + (own ? ", in the hours of " + run.name : ""), *location, intensity});
  draft_.add(std::move(supply));
  return product;
}

}  // namespace cradle::inventory
