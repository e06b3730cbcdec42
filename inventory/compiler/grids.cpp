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

/// A year that the first publisher lacks may be known in another kind: which to ask for.
std::string Grids::other_kinds(const GridChoice& grid, int year) const {
  if (catalogue_.grids().find(grid.region, year, grid.kind)) return "";
  const auto kinds = catalogue_.grids().kinds(grid.region, year);
  return kinds.empty() ? "" : fmt::format("; known of another kind: {}, which 'perimeter' or 'factor' asks for", fmt::join(kinds, "; "));
}

/// The catalogue's figure of a grid, of the kind that is asked for, or findings that say what there is.
std::optional<GridIntensity> Grids::published(const Site& site) {
  const GridChoice& grid = site.grid;
  const auto years = catalogue_.grids().years(grid.region, grid.kind);
  const int year = grid.year.value_or(0);
  if (auto found = catalogue_.grids().find(grid.region, year, grid.kind)) return found;
  const auto kinds = catalogue_.grids().kinds(grid.region);
  if (grid.fallback == Fallback::world) {
    cover("grid of " + site.name, Coverage::substitute,
          fmt::format("no figure for '{}' in {}: world average taken, as the study asks", grid.region, year));
    auto world = catalogue_.grids().find("World", year, grid.kind);
    if (!world) report("E017", grid.year_place, fmt::format("no grid intensity for World in {}", year));
    return world;
  }
  if (kinds.empty()) {
    report("E016", grid.place, fmt::format("unknown region '{}'", grid.region), catalogue_.grids().hint(grid.region));
    return std::nullopt;
  }
  if (years.empty()) {
    report("E017", grid.place, fmt::format("no grid intensity of {} that is {}", grid.region, grid.kind.in_words()),
           fmt::format("known: {}{}", fmt::join(kinds, "; "),
                       grid.kind.perimeter == GridPerimeter::consumption ? "" : "; 'mix: national' beside it makes one of its sources of electricity"));
    return std::nullopt;
  }
  const int nearest = nearest_year(years, year);
  if (grid.fallback != Fallback::nearest) {
    report("E017", grid.year_place,
           fmt::format("no grid intensity for {} in {}{}", grid.region, year,
                       grid.kind.stated() ? fmt::format(" that is {}", grid.kind.in_words()) : ""),
           fmt::format("years {} to {} are known; the nearest is {}. Write 'year: {}', or 'fallback: nearest'{}",
                       years.front(), years.back(), nearest, nearest, other_kinds(grid, year)));
    return std::nullopt;
  }
  cover("grid of " + site.name, Coverage::substitute,
        fmt::format("no figure for {} in {}: {} taken, as the study asks", grid.region, year, nearest));
  return catalogue_.grids().find(grid.region, nearest, grid.kind);
}

/// What is published of a grid, as an input.
std::optional<Grids::Known> Grids::catalogue_intensity(const Site& site) {
  const GridChoice& grid = site.grid;
  const auto found = published(site);
  if (!found) return std::nullopt;
  remarks_.use_dataset(found->dataset);
  const Dataset& dataset = catalogue_.dataset(found->dataset);
  if (const auto cloud = cloud_region(grid.region); cloud && found->region.find(grid.region) == std::string::npos) {
    remarks_.use_dataset("cloud-regions");
    cover("grid of " + site.name, Coverage::counted,
          fmt::format("{} ({}) lies in {}: its grid average, {}", cloud->id, cloud->place, cloud->grid, found->year));
  }
  compare_years(site, found->year, catalogue_.grids().years(grid.region, grid.kind));
  if (found->kg_per_kwh == 0.0)
    report("W103", grid.place,
           fmt::format("the dataset gives {} in {} a grid intensity of 0 g/kWh", found->region, found->year),
           "a rounded or missing figure of the source; state the intensity if you know better");
  Input input;
  input.value = found->kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::default_value;
  input.source = fmt::format("annual average, {}, {} {}: {}", found->kind.in_words(), found->region, found->year, dataset.source);
  input.place = grid.place;
  input.figure = fmt::format("grid intensity of {} {} {}", found->region, found->year, found->dataset);
  if (dataset.spread > 0.0) {
    input.range = lca::RangeKind::interval_95;
    input.low = input.value / dataset.spread;
    input.high = std::min(input.value * dataset.spread, intensity_limits.most);
    input.source += "; range: " + dataset.spread_source;
  }
  return Known{std::move(input), found->kind, found->year};
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
         (best == year ? fmt::format("{} is the nearest year that is known", best)
                       : fmt::format("the nearest year that is known is {}", best)) +
             other_kinds(site.grid, nearest));
}

/// Shares of a mix: the study's own, or the country's; those without a factor are left out and said.
std::map<std::string, Input> Grids::mix_of(const Site& site, int year) {
  if (!site.grid.national_mix) return site.grid.mix;
  const auto country = catalogue_.grids().country(site.grid.region);
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
      {"primary_energy", "primary energy", "primary energy", "kWh/kWh", &ElectricitySource::primary_energy},
      {"ghg_direct", "direct emissions", "direct emissions", "kg CO2e/kWh", &ElectricitySource::ghg_direct}};
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

/// The intensity of a mix, of life-cycle factors by source unless direct ones are asked for.
std::optional<Grids::LocationFactor> Grids::of_own_mix(const Site& site, const Run& run) {
  const bool direct = site.grid.kind.factor == GridFactor::direct;
  if (site.grid.kind.perimeter == GridPerimeter::consumption) {
    report("E017", site.grid.place, "a mix is of what is generated, and 'perimeter: consumption' is asked for", "leave out 'perimeter', or name a region that is known so");
    return std::nullopt;
  }
  const auto mixed = of_mix(site, run, direct ? MixFactor::ghg_direct : MixFactor::ghg);
  if (!mixed) return std::nullopt;
  cover("grid of " + site.name, Coverage::substitute,
        fmt::format("made from its mix and {} factors by source, not from a published intensity", direct ? "direct" : "life-cycle"));
  return LocationFactor{*mixed,
                        {direct ? GridFactor::direct : GridFactor::life_cycle, GridPerimeter::generation, ""},
                        site.grid.national_mix ? std::optional(year_of(site, run)) : std::nullopt};
}

/// Location-based intensity: what is stated, then the hours of a file, then region and year, then a mix. A mix takes the
/// place of a published figure where there is none of the kind that is asked for.
std::optional<Grids::LocationFactor> Grids::location_factor(const Site& site, const Run& run, const std::string& which) {
  const lca::Owner key{"sites", site.name};
  lca::ParameterKey name{key, "grid.location"};
  std::string of = site.name;
  const GridChoice& grid = site.grid;
  const bool has_mix = !grid.mix.empty() || grid.national_mix;
  const bool of_region = !grid.region.empty() && (grid.year || grid.mix.empty()) && !(has_mix && grid.kind.stated() &&
                                                  catalogue_.grids().years(grid.region, grid.kind).empty());
  std::optional<Known> known;
  if (grid.location) {
    known = Known{*grid.location, grid.kind, std::nullopt};
  } else if (grid.by_time()) {
    name = {run.owner, which == "idle" ? "idle.grid.location" : "grid.location"};
    of = site.name + " for " + run.name;
    known = hourly_intensity(site, run, which);
  } else if (!grid.series.empty()) {
    known = yearly_intensity(site);
  } else if (of_region) {
    known = catalogue_intensity(site);
  } else if (has_mix) {
    return of_own_mix(site, run);
  }
  if (!known) return std::nullopt;
  if (!grid.mix.empty())
    cover("mix of " + site.name, Coverage::passed_over,
          "a published or stated intensity counts; the mix gives water and primary energy only, where 'mix' asks for "
          "them");
  known->input.limits = intensity_limits;
  return LocationFactor{parameter(name, "grid intensity of " + of + ", location-based", uncertain(known->input)), known->kind, known->year};
}

GridKind Grids::kind_of(const Site& site) const {
  for (const auto& use : uses_)
    if (use.site == site.name) return use.kind;
  return {};
}

void Grids::compare_kinds() {
  for (const auto& one : uses_)
    for (const auto& other : uses_) {
      if (other.site <= one.site || other.kind.suits(one.kind) || one.kind.suits(other.kind)) continue;
      const bool factors = one.kind.factor != other.kind.factor;
      report("W128", study_.sites.at(one.site).grid.place,
             fmt::format("the grid of '{}' is {}, that of '{}' {}: their sum is neither", other.site, other.kind.in_words(),
                         one.site, one.kind.in_words()),
             factors ? "life-cycle factors hold fuel supply and plants, direct ones the chimney alone; ask for one kind: 'factor: "
                       "life-cycle' or 'direct' in both grids"
                     : "generation is what a region makes, consumption what it uses, imports traced; ask for one: 'perimeter: "
                       "generation' or 'consumption' in both grids");
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
      {Exchange::Kind::biosphere, flows::grid_location, location->intensity, {}, "", "location-based intensity"});
  supply.exchanges.push_back({Exchange::Kind::biosphere,
                              flows::grid_market,
                              market_factor(site, location->intensity),
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
  uses_.push_back({site.name, site.name + (own ? ", in the hours of " + run.name : ""), location->intensity,
                   location->intensity.as_parameter(), location->kind, location->year});
  draft_.add(std::move(supply));
  return product;
}

}  // namespace cradle::inventory
