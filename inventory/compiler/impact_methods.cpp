// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/impact_methods.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inventory/catalogue/places.hpp"

namespace cradle::inventory {

using lca::Expression;

void ImpactMethods::add(bool catalogue_hardware) {
  std::map<std::string, Expression> gases;
  for (const auto& [gas, factor] : catalogue_.gwp100(study_.gwp)) gases.emplace(gas, factor);
  const auto climate = [&](const std::string& id, const std::string& label, const std::string& grid) {
    lca::Method method{id, label, "kg CO2e", gases};
    method.factors[flows::co2e] = 1.0;
    method.factors[grid] = 1.0;
    draft_.inventory.methods.push_back(std::move(method));
  };
  const auto any_site = [&](auto tells) {
    return std::any_of(study_.sites.begin(), study_.sites.end(),
                       [&](const auto& entry) { return tells(entry.second); });
  };
  const bool hourly = any_site([](const Site& site) { return site.grid.hourly_matched.has_value(); });
  climate(methods::climate, fmt::format("climate change, GWP100 {}, location-based", study_.gwp), flows::grid_location);
  if (any_site([](const Site& site) { return site.grid.contractual(); })) {
    climate(methods::climate_market, fmt::format("climate change, GWP100 {}, market-based", study_.gwp),
            flows::grid_market);
    for (const auto& [key, site] : study_.sites)
      if (!site.grid.contractual())
        cover("market-based factor of " + key, Coverage::substitute,
              "no contract stated and no residual mix known: grid average taken");
  }
  // Where one site has no hourly factor the sum would hold a hole, so there is none.
  const bool all_hourly = std::all_of(study_.sites.begin(), study_.sites.end(),
                                      [](const auto& site) { return site.second.grid.hourly_matched.has_value(); });
  if (hourly && all_hourly)
    climate(methods::climate_hourly, fmt::format("climate change, GWP100 {}, hourly-matched", study_.gwp),
            flows::grid_hourly);
  else if (hourly)
    cover("hourly-matched total", Coverage::not_estimated, "not every site states an hourly-matched factor");
  const auto indicator = [&](const std::string& id, const std::string& label, const std::string& unit,
                             const std::string& flow) {
    draft_.inventory.methods.push_back({id, label, unit, {{flow, 1.0}}});
  };
  indicator(methods::occupation, "device occupation", "h", flows::occupation);
  indicator(methods::water, "water consumption on site", "m3", flows::water);
  if (includes("water") && any_site([](const Site& site) { return site.states_scarcity(); }))
    indicator(methods::water_scarcity, "water scarcity, AWARE 2.0", "m3 world-eq", flows::water_scarcity);
  if (any_site([](const Site& site) { return site.price.has_value(); }))
    indicator(methods::energy_cost, "cost of energy", "USD", flows::energy_cost);
  if (includes("water") && any_site([](const Site& site) { return site.tells_supply_water(); })) {
    indicator(methods::water_off_site, "water consumption of electricity supply", "m3", flows::water_off_site);
    draft_.inventory.methods.push_back({methods::water_total,
                                 "water consumption, on site and of electricity supply",
                                 "m3",
                                 {{flows::water, 1.0}, {flows::water_off_site, 1.0}}});
  }
  // What nothing in the study knows gets no empty column.
  if (catalogue_hardware)
    indicator(methods::abiotic_depletion, "abiotic depletion, minerals and metals", "kg Sb-eq",
              flows::abiotic_depletion);
  if (catalogue_hardware || any_site([](const Site& site) { return site.tells_primary_energy(); }))
    indicator(methods::primary_energy, "primary energy", "MJ", flows::primary_energy);
  const bool credits = std::any_of(study_.hardware.begin(), study_.hardware.end(),
                                   [](const auto& entry) { return entry.second.end_of_life.rule != "cut-off"; });
  if (credits) indicator(methods::credit, "climate change, displaced by recycling", "kg CO2e", flows::credit);
  add_carbon_cost(gases);
  indicator(methods::computation, "computation", "FLOP", flows::computation);
  indicator(methods::compute_cost, "cost of compute", "USD", flows::compute_cost);
  indicator(methods::inherited, "climate change, inherited from base models", "kg CO2e", flows::inherited);
}

/// Greenhouse gases at a price: the total, location-based, in money.
void ImpactMethods::add_carbon_cost(const std::map<std::string, Expression>& gases) {
  auto price = study_.carbon_cost;
  if (const auto& wanted = study_.published_carbon_cost) {
    const auto cost = social_cost_of_carbon(wanted->of, wanted->year);
    if (!cost) {
      report("E016", wanted->place, fmt::format("no social cost of carbon of '{}' in {}", wanted->of, wanted->year),
             "epa gives one for emissions of 2020 to 2050");
      return;
    }
    constexpr double kg_per_t = 1000.0;
    price.emplace();
    price->value = cost->central / kg_per_t;
    price->unit = canonical_unit(Dimension::money_per_co2e);
    price->range = lca::RangeKind::interval_95;
    price->low = cost->low / kg_per_t;
    price->high = cost->high / kg_per_t;
    price->basis = lca::Basis::default_value;
    price->source = catalogue_.dataset("social-cost-of-carbon").source;
    price->place = wanted->place;
    remarks_.use_dataset("social-cost-of-carbon");
    cover("social cost of carbon", Coverage::counted,
          fmt::format("{:.0f} USD of 2020 per t ({:.0f} to {:.0f} by discount rate) for emissions of {}, {}",
                      cost->central, cost->low, cost->high, wanted->year,
                      catalogue_.dataset("social-cost-of-carbon").source));
  }
  if (!price) return;
  lca::Method method{methods::carbon_cost, fmt::format("cost of carbon at {:.4g} USD/t CO2e", price->value * 1000),
                     "USD", gases};
  method.factors[flows::co2e] = 1.0;
  method.factors[flows::grid_location] = 1.0;
  const Expression per_kg = parameter({{}, "carbon_cost"}, "cost of carbon", *price);
  for (auto& [flow, factor] : method.factors) factor = factor * per_kg;
  draft_.inventory.methods.push_back(std::move(method));
}

}  // namespace cradle::inventory
