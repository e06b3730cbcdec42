// SPDX-License-Identifier: Apache-2.0
// Sites: grid electricity as a background process, cooling and losses on top of it, water on site.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inventory/compiler/builder.hpp"
#include "inventory/text/suggestion.hpp"

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

/// A catalogue intensity as an input, or findings that say what there is.
std::optional<Input> catalogue_intensity(Builder& builder, const Site& site) {
  const GridChoice& grid = site.grid;
  const Catalogue& catalogue = builder.catalogue();
  const auto years = catalogue.grid_years(grid.region);
  std::string region = grid.region;
  int year = grid.year.value_or(0);
  if (years.empty() || (grid.fallback == "world" && !catalogue.grid(region, year))) {
    if (grid.fallback != "world") {
      std::string hint = did_you_mean(grid.region, catalogue.regions());
      builder.report("E016", grid.place, fmt::format("unknown region '{}'", grid.region),
                     hint.empty() ? "an ISO 3166 code such as FR or FRA, a country's name, or World" : hint);
      return std::nullopt;
    }
    region = "World";
    builder.cover("grid of " + site.name, "substitute",
                  fmt::format("no figure for '{}' in {}: world average taken, as the study asks", grid.region, year));
  } else if (!catalogue.grid(region, year)) {
    const int nearest = nearest_year(years, year);
    if (grid.fallback != "nearest") {
      builder.report(
          "E017", grid.year_place, fmt::format("no grid intensity for {} in {}", grid.region, year),
          fmt::format("years {} to {} are known; the nearest is {}. Write 'year: {}', or 'fallback: nearest'",
                      years.front(), years.back(), nearest, nearest));
      return std::nullopt;
    }
    builder.cover("grid of " + site.name, "substitute",
                  fmt::format("no figure for {} in {}: {} taken, as the study asks", region, year, nearest));
    year = nearest;
  }
  const auto found = catalogue.grid(region, year);
  if (!found) {
    builder.report("E017", grid.year_place, fmt::format("no grid intensity for {} in {}", region, year));
    return std::nullopt;
  }
  builder.use_dataset(found->dataset);
  if (found->kg_per_kwh == 0.0)
    builder.report("W103", grid.place,
                   fmt::format("the dataset gives {} in {} a grid intensity of 0 g/kWh", found->region, found->year),
                   "a rounded or missing figure of the source; state the intensity if you know better");
  Input input;
  input.value = found->kg_per_kwh;
  input.unit = canonical_unit(Dimension::co2e_per_energy);
  input.basis = lca::Basis::default_value;
  input.source =
      fmt::format("annual average, {} {}: {}", found->region, found->year, catalogue.dataset(found->dataset).source);
  input.place = grid.place;
  return input;
}

}  // namespace

std::string Builder::electricity(const Site& site, Supply kind) {
  const std::string prefix = "sites/" + site.name;
  const std::string grid = prefix + "/grid";
  const std::string key = "sites." + site.name;
  if (once(grid)) {
    lca::UnitProcess supply{grid, "grid electricity, " + site.name, "kWh", true, {}, 1.0, {}};
    auto location = site.grid.location;
    if (!location) location = catalogue_intensity(*this, site);
    if (!location) return prefix;
    const auto intensity =
        parameter(key + ".grid.location", "grid intensity of " + site.name + ", location-based", *location);
    supply.exchanges.push_back(
        {Exchange::Kind::biosphere, flows::grid_location, intensity, {}, "", "location-based intensity"});
    // Without a contract the market-based factor falls back to the grid average (GHG Protocol Scope 2 Guidance,
    // table 6.3); it matters only when some other site has one, and is then said in the coverage table.
    const auto market =
        site.grid.market
            ? parameter(key + ".grid.market", "grid intensity of " + site.name + ", market-based", *site.grid.market)
            : intensity;
    supply.exchanges.push_back(
        {Exchange::Kind::biosphere, flows::grid_market, market, {}, "", "market-based intensity"});
    if (site.grid.hourly_matched)
      supply.exchanges.push_back(
          {Exchange::Kind::biosphere,
           flows::grid_hourly,
           parameter(key + ".grid.hourly_matched", "grid intensity of " + site.name + ", hourly-matched",
                     *site.grid.hourly_matched),
           {},
           "",
           ""});
    add(std::move(supply));
  }
  const std::string scope = study_.perspective == "tenant" ? "3.1" : "2";
  struct Kind {
    const char* product;
    const char* name;
    const char* level;
    const char* rule;
  };
  const Kind words = kind == Supply::facility ? Kind{"/facility-energy", "electricity at facility level, ", "facility",
                                                     "facility-level energy; PUE is already in it"}
                     : kind == Supply::stated_overhead
                         ? Kind{"/stated-overhead", "stated overhead, ", "overhead", "overhead as stated"}
                     : kind == Supply::it_closed
                         ? Kind{"/it-energy-closed", "IT electricity beside a stated overhead, ", "it", "IT energy"}
                         : Kind{"/it-energy", "IT electricity, ", "it", "IT energy"};
  const std::string product = prefix + words.product;
  if (!once(product)) return product;
  lca::UnitProcess process{
      product, words.name + site.name, "kWh", false, {{"life_cycle", "use"}, {"site", site.name}}, 1.0, {}};
  process.exchanges.push_back({Exchange::Kind::technosphere, grid, 1.0, {{"level", words.level}}, scope, words.rule});
  if (kind == Supply::it && site.pue) {
    const auto pue = parameter(key + ".pue", "PUE of " + site.name, *site.pue);
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 grid,
                                 pue - 1.0,
                                 {{"level", "overhead"}, {"component", "cooling and power losses"}},
                                 scope,
                                 "overhead = IT energy x (PUE - 1)"});
  }
  const bool is_it = kind == Supply::it || kind == Supply::it_closed;
  if (is_it && site.wue && includes("water"))
    process.exchanges.push_back({Exchange::Kind::biosphere,
                                 flows::water,
                                 parameter(key + ".wue", "WUE of " + site.name, *site.wue),
                                 {},
                                 "",
                                 "on-site water = IT energy x WUE"});
  // What the site draws of the grid per unit of this product, overhead included.
  const Expression drawn =
      kind == Supply::it && site.pue ? parameter(key + ".pue", "PUE of " + site.name, *site.pue) : Expression(1.0);
  if (site.wue_grid && includes("water"))
    process.exchanges.push_back(
        {Exchange::Kind::biosphere,
         flows::water_off_site,
         drawn * parameter(key + ".wue_grid", "water of electricity supply of " + site.name, *site.wue_grid),
         {},
         "",
         "off-site water = facility energy x water of supply"});
  if (const auto losses = grid_losses(site)) {
    const Expression share = parameter(key + ".losses", "share lost in the grid of " + site.name, *losses);
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 grid,
                                 drawn * share / (1.0 - share),
                                 {{"component", "grid losses"}},
                                 "3.3",
                                 "losses on the way = energy x l / (1 - l)"});
  }
  add(std::move(process));
  return product;
}

std::optional<Input> Builder::grid_losses(const Site& site) {
  if (!site.national_losses) return site.losses;
  const int year = site.grid.year.value_or(0);
  const auto share = catalogue_.grid_losses(site.grid.region, year);
  if (!share) {
    report("E017", site.place, fmt::format("no grid losses for {} in {}", site.grid.region, year),
           "state them: 'losses: 5 %'; 2021 to 2023 are known for most countries");
    return std::nullopt;
  }
  use_dataset("grid-losses");
  Input input;
  input.value = *share;
  input.unit = canonical_unit(Dimension::number);
  input.basis = lca::Basis::default_value;
  input.source = fmt::format("{} {}: {}", site.grid.region, year, catalogue_.dataset("grid-losses").attribution);
  input.place = site.place;
  return input;
}

}  // namespace cradle::inventory
