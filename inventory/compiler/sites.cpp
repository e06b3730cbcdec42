// SPDX-License-Identifier: Apache-2.0
// Sites: what a facility adds to the electricity of its grid: overhead, losses on the way, water, a price.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inventory/catalogue/places.hpp"
#include "inventory/compiler/sites.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

using lca::Exchange;
using lca::Expression;

constexpr double megajoules_per_kwh = 3.6;

struct Kind {
  const char* product;
  const char* name;
  const char* level;
  const char* rule;
};

Kind kind_of(Supply supply) {
  switch (supply) {
    case Supply::facility:
      return {"facility-energy", "electricity at facility level, ", "facility",
              "facility-level energy; PUE is already in it"};
    case Supply::stated_overhead:
      return {"stated-overhead", "stated overhead, ", "overhead", "overhead as stated"};
    case Supply::it_closed:
      return {"it-energy-closed", "IT electricity beside a stated overhead, ", "it", "IT energy"};
    default:
      return {"it-energy", "IT electricity, ", "it", "IT energy"};
  }
}

Input catalogue_value(double value, Dimension dimension, std::string source, const Place& place) {
  Input input;
  input.value = value;
  input.unit = canonical_unit(dimension);
  input.basis = lca::Basis::default_value;
  input.source = std::move(source);
  input.place = place;
  return input;
}

}  // namespace

/// A figure that an operator publishes, looked up; or a finding.
std::optional<Input> Sites::published(const OperatorFigure& wanted, bool pue) {
  const std::string name =
      fmt::format("{}{}{} {}", wanted.of, wanted.region.empty() ? "" : " ", wanted.region, wanted.year);
  const auto figure = published_figure(name);
  const auto value = !figure ? std::nullopt : pue ? figure->pue : figure->wue;
  if (!value) {
    const std::string hint =
        figure ? fmt::format("it publishes a {} only", pue ? "WUE" : "PUE") : did_you_mean(name, published_figures());
    report("E016", wanted.place, fmt::format("no {} of '{}'", pue ? "PUE" : "WUE", name),
           hint.empty() ? "`cradle catalogue search pue` lists what operators publish" : hint);
    return std::nullopt;
  }
  remarks_.use_dataset("published-pue-wue");
  constexpr double m3_per_litre = 1e-3;
  Input input =
      catalogue_value(pue ? *value : *value * m3_per_litre, pue ? Dimension::number : Dimension::water_per_energy,
                      name + ": " + figure->source, wanted.place);
  input.verified = figure->verified;
  if (pue) input.limits = {1.0, 3.0};
  return input;
}

std::optional<Input> Sites::stated_pue(const Site& site) {
  return site.published_pue ? published(*site.published_pue, true) : site.pue;
}

std::optional<Supply> Sites::supply_of(const std::string& product) const {
  const auto found = supplies_.find(product);
  return found == supplies_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Expression> Sites::pue(const Site& site) {
  const auto input = stated_pue(site);
  if (!input) return std::nullopt;
  return parameter({{"sites", site.name}, "pue"}, "PUE of " + site.name, uncertain(*input));
}

std::string Sites::electricity(const Site& site, Supply supply, const Run& run, const std::string& which) {
  const Kind words = kind_of(supply);
  const bool own = site.grid.by_time();
  const std::string product =
      product_of_site(site, own ? &run : nullptr, which, words.product);
  if (!draft_.begin(product)) return product;
  supplies_.emplace(product, supply);
  const std::string grid = grids_.grid(site, run, which);
  const std::string scope = study_.perspective == Perspective::of_tenant ? "3.1" : "2";
  const lca::Owner key{"sites", site.name};
  lca::UnitProcess process{product, words.name + site.name + (own ? ", " + run.name : ""), "kWh",
                           false,   {{"life_cycle", "use"}, {"site", site.name}},          1.0,
                           {}};
  process.shared = !own;
  process.exchanges.push_back({Exchange::Kind::technosphere, grid, 1.0, {{"level", words.level}}, scope, words.rule});
  // What the site draws of the grid per unit of this product, overhead included.
  Expression drawn = 1.0;
  if (supply == Supply::it)
    if (const auto factor = pue(site)) {
      drawn = *factor;
      process.exchanges.push_back({Exchange::Kind::technosphere,
                                   grid,
                                   *factor - 1.0,
                                   {{"level", "overhead"}, {"component", "cooling and power losses"}},
                                   scope,
                                   "overhead = IT energy x (PUE - 1)"});
    }
  if (includes("water")) add_water(site, run, supply == Supply::it || supply == Supply::it_closed, drawn, process);
  if (const auto factor = site.primary_energy_of_mix ? grids_.of_mix(site, run, Grids::MixFactor::primary_energy)
                          : site.primary_energy
                              ? std::optional(parameter({key, "primary_energy"},
                                                        "primary energy per kWh of " + site.name, *site.primary_energy))
                              : std::nullopt)
    process.exchanges.push_back({Exchange::Kind::biosphere,
                                 flows::primary_energy,
                                 drawn * *factor * megajoules_per_kwh,
                                 {},
                                 "",
                                 "primary energy = facility energy x kWh per kWh x 3.6, without losses on the way"});
  if (site.price)
    process.exchanges.push_back({Exchange::Kind::biosphere,
                                 flows::energy_cost,
                                 drawn * parameter({key, "price"}, "price of electricity of " + site.name, *site.price),
                                 {},
                                 "",
                                 "cost = facility energy x price"});
  add_way_of_electricity(site, run, grid, drawn, process);
  draft_.add(std::move(process));
  return product;
}

/// Water on site, of the electricity, and both weighed by how scarce water is there (AWARE 2.0: consumption x factor).
void Sites::add_water(const Site& site, const Run& run, bool is_it, const Expression& drawn,
                        lca::UnitProcess& process) {
  const lca::Owner key{"sites", site.name};
  const auto scarcity = water_scarcity_of(site);
  const auto consume = [&](const std::string& flow, const Expression& amount, const std::string& rule) {
    process.exchanges.push_back({Exchange::Kind::biosphere, flow, amount, {}, "", rule});
    if (scarcity)
      process.exchanges.push_back({Exchange::Kind::biosphere,
                                   flows::water_scarcity,
                                   amount * parameter({key, "scarcity"}, "water scarcity at " + site.name, *scarcity),
                                   {},
                                   "",
                                   rule + ", x scarcity"});
  };
  const auto on_site = site.published_wue ? published(*site.published_wue, false) : site.wue;
  if (is_it && on_site)
    consume(flows::water, parameter({key, "wue"}, "WUE of " + site.name, uncertain(*on_site)), "on-site water = IT energy x WUE");
  const auto supply =
      site.wue_of_mix ? grids_.of_mix(site, run, Grids::MixFactor::water)
      : site.wue_grid
          ? std::optional(parameter({key, "wue_grid"}, "water of electricity supply of " + site.name, uncertain(*site.wue_grid)))
          : std::nullopt;
  if (supply) consume(flows::water_off_site, drawn * *supply, "off-site water = facility energy x water of supply");
}

std::optional<Input> Sites::water_scarcity_of(const Site& site) {
  if (!site.national_scarcity) return site.scarcity;
  const auto country = catalogue_.grids().country(site.grid.region);
  const auto factor = country ? water_scarcity(country->iso2) : std::nullopt;
  if (!factor) {
    report("E016", site.place, fmt::format("no water scarcity of '{}'", site.grid.region),
           "state it: 'scarcity: 11.3', in m3 world-equivalent per m3");
    return std::nullopt;
  }
  remarks_.use_dataset("aware20");
  cover("water scarcity of " + site.name, Coverage::counted,
        fmt::format(
            "AWARE 2.0, non-agricultural, {}: {} m3 world-equivalent per m3, also for the water of its electricity",
            country->iso2, *factor));
  return catalogue_value(*factor, Dimension::number,
                         fmt::format("{}: {}", country->iso2, catalogue_.dataset("aware20").attribution), site.place);
}

/// Scope 3 category 3: what is lost between generator and site, and the supply of fuels where the grid's factor is direct.
void Sites::add_way_of_electricity(const Site& site, const Run& run, const std::string& grid, const Expression& drawn,
                                   lca::UnitProcess& process) {
  const lca::Owner key{"sites", site.name};
  const std::string yearly = site.grid.by_time() ? fmt::format("{}.", grids_.year_of(site, run)) : "";
  const auto losses = grid_losses(site, run), upstream = upstream_of(site, run);
  Expression generated = drawn;
  if (losses) {
    const Expression share = parameter({key, (site.national_losses ? yearly : "") + "losses"}, "share lost in the grid of " + site.name, *losses);
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 grid,
                                 drawn * share / (1.0 - share),
                                 {{"component", "grid losses"}},
                                 "3.3",
                                 "losses on the way = energy x l / (1 - l)"});
    generated = drawn / (1.0 - share);
  }
  if (upstream)
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 upstream_process(site, run, *upstream),
                                 generated,
                                 {{"component", "fuel supply of electricity"}},
                                 "3.3",
                                 losses ? "fuel supply of what is generated = energy / (1 - l)" : "fuel supply of the energy, without losses on the way"});
  cover_way_of_electricity(site, losses.has_value(), upstream.has_value());
}

std::string Sites::upstream_process(const Site& site, const Run& run, const Input& factor) {
  const bool yearly = site.national_upstream && site.grid.by_time();
  const std::string year = yearly ? fmt::format("{}.", grids_.year_of(site, run)) : "";
  const std::string product = fmt::format("upstream/{}{}", year, site.name);
  if (!draft_.begin(product)) return product;
  lca::UnitProcess supply{product, "fuel supply of electricity, " + site.name, "kWh", true, {}, 1.0, {}};
  supply.exchanges.push_back({Exchange::Kind::biosphere,
                              flows::co2e,
                              parameter({{"sites", site.name}, year + "upstream"}, "fuel supply of electricity of " + site.name, uncertain(factor)),
                              {},
                              "",
                              "well-to-tank emissions of the fuels"});
  draft_.add(std::move(supply));
  return product;
}

/// What is not counted is named, and where fuel supply lies inside the grid's factor that is said.
void Sites::cover_way_of_electricity(const Site& site, bool losses, bool upstream) {
  if (!said_.insert(site.name).second) return;
  if (!losses)
    cover("grid losses of " + site.name, Coverage::not_estimated, "'losses' is not stated");
  const GridKind kind = grids_.kind_of(site);
  const std::string item = "fuel supply of electricity of " + site.name;
  if (kind.factor == GridFactor::life_cycle) {
    if (upstream)
      report("E032", site.place, fmt::format("site '{}' states 'upstream' beside a life-cycle factor, which holds fuel supply", site.name),
             "leave it out, or take a direct factor: 'factor: direct'");
    else
      cover(item, Coverage::counted, "in the life-cycle factor of its grid, not told apart from scope 2");
  } else if (!upstream) {
    cover(item, Coverage::not_estimated,
          kind.factor == GridFactor::direct ? "the grid's factor is direct, and 'upstream' is not stated"
                                            : "the grid's 'factor' is not stated: direct or life-cycle");
  }
}

std::optional<Input> Sites::national(const Site& site, const Run& run, const std::map<int, double>& by_year, const National& what) {
  const int year = grids_.year_of(site, run);
  auto found = by_year.find(year);
  if (found == by_year.end() && !by_year.empty() && site.grid.fallback == Fallback::nearest) {
    found = by_year.upper_bound(year);
    if (found != by_year.begin()) --found;
    cover(fmt::format("{} of {}", what.name, site.name), Coverage::substitute,
          fmt::format("no figure for {} in {}: {} taken, as the study asks", site.grid.region, year, found->first));
  }
  if (found == by_year.end()) {
    report("E017", site.place,
           fmt::format("no {} for {} in {}", what.name, site.grid.region, year == 0 ? "a year that is not known" : std::to_string(year)),
           by_year.empty() ? what.hint
                           : fmt::format("{}; {} to {} are known, and 'fallback: nearest' of the grid takes the nearest", what.hint,
                                         by_year.begin()->first, by_year.rbegin()->first));
    return std::nullopt;
  }
  remarks_.use_dataset(what.dataset);
  return catalogue_value(found->second, what.dimension,
                         fmt::format("{} {}: {}", site.grid.region, found->first, catalogue_.dataset(what.dataset).attribution), site.place);
}

std::optional<Input> Sites::grid_losses(const Site& site, const Run& run) {
  if (!site.national_losses) return site.losses;
  return national(site, run, catalogue_.grids().losses(site.grid.region),
                  {"grid losses", "grid-losses", "state them: 'losses: 5 %'", Dimension::number});
}

std::optional<Input> Sites::upstream_of(const Site& site, const Run& run) {
  if (!site.national_upstream) return site.upstream;
  return national(site, run, catalogue_.grids().upstream(site.grid.region),
                  {"fuel supply of electricity", "electricity-upstream", "state it: 'upstream: 46 g/kWh'", Dimension::co2e_per_energy});
}

}  // namespace cradle::inventory
