// SPDX-License-Identifier: Apache-2.0
#include "reporting/figures/definition.hpp"

#include <algorithm>
#include <array>

#include "reporting/figures/obstacles.hpp"

namespace cradle::reporting {
namespace {

using lca::one_of;
using lca::Selection;
using lca::within;
namespace methods = inventory::methods;

Selection stage(const char* name) { return {one_of("life_cycle", {name})}; }
Selection level(const char* name) { return {one_of("level", {name})}; }
Selection scope(const char* number) { return {within("scope", number)}; }

std::vector<FigureDefinition> make_definitions() {
  using namespace obstacles;
  const Selection everything, energy = selections::energy();
  const std::string kwh = "kWh", kg = "kg CO2e", m3 = "m3", usd = "USD";
  // clang-format off: one row, one figure
  return {
      {"energy.it", "IT energy", kwh, "", level("it"), {facility_level_only}},
      {"energy.facility", "Facility energy", kwh, "", energy},
      {"energy.overhead", "Overhead energy (cooling and power losses)", kwh, "", level("overhead"), {overhead_not_split}},
      {"energy.per_unit", "Facility energy per functional unit", kwh, "", energy, {}, true},
      {"ghg.total", "Greenhouse gases, total", kg, methods::climate, everything},
      {"ghg.operational", "Greenhouse gases, operational", kg, methods::climate, selections::use()},
      {"ghg.embodied", "Greenhouse gases, embodied in hardware", kg, methods::climate, selections::embodied(), {no_hardware}},
      {"ghg.transport", "of which transport", kg, methods::climate, stage("transport"), {excluded("transport"), transport_not_split}},
      {"ghg.end_of_life", "of which end of life", kg, methods::climate, stage("end-of-life"), {excluded("end-of-life"), end_of_life_not_stated}},
      {"ghg.credits", "Credits for recycling and reuse (memo)", kg, methods::credit, stage("credit"), {needs_method("end of life is cut-off: recycling is its user's")}},
      {"ghg.scope1", "Scope 1", kg, methods::climate, scope("1"), {several_scopes}},
      {"ghg.scope2_lb", "Scope 2, location-based", kg, methods::climate, scope("2"), {several_scopes, tenant}},
      {"ghg.scope2_mb", "Scope 2, market-based", kg, methods::climate_market, scope("2"), {several_scopes, tenant, needs_method("no contract or supplier factor is stated")}},
      {"ghg.scope2_hourly", "Scope 2, hourly-matched", kg, methods::climate_hourly, scope("2"), {several_scopes, tenant, needs_method("no hourly-matched factor is stated")}},
      {"ghg.scope3", "Scope 3", kg, methods::climate, scope("3"), {several_scopes}},
      {"ghg.unsplit", "Published aggregates, not split by stage", kg, methods::climate, stage("unsplit")},
      {"ghg.per_unit", "Greenhouse gases per functional unit", kg, methods::climate, everything, {}, true},
      {"water.total", "Water consumption, total", m3, methods::water_total, everything, {excluded("water"), no_supply_water, no_site_water}},
      {"water.on_site", "Water consumption on site", m3, methods::water, selections::use(), {excluded("water"), no_site_water}},
      {"water.off_site", "Water consumption of electricity supply", m3, methods::water_off_site, everything, {excluded("water"), no_supply_water}},
      {"water.embodied", "Water consumption of hardware manufacture", m3, "", everything, {excluded("water"), no_source}},
      {"water.scarcity", "Water scarcity", "m3 world-eq", methods::water_scarcity, everything, {excluded("water"), no_scarcity}},
      {"adp.elements", "Abiotic depletion, minerals and metals", "kg Sb-eq", methods::abiotic_depletion, everything, {incomplete_criterion, electricity_without_minerals}},
      {"primary_energy", "Primary energy", "MJ", methods::primary_energy, everything, {incomplete_criterion, electricity_without_primary_energy}},
      {"flop.total", "Computation", "FLOP", methods::computation, everything},
      {"device_hours", "Device-hours", "h", methods::occupation, everything},
      {"cost.compute", "Cost of compute", usd, methods::compute_cost, everything},
      {"cost.energy", "Cost of energy", usd, methods::energy_cost, everything, {no_price}},
      {"cost.carbon", "Cost of carbon", usd, methods::carbon_cost, everything, {needs_method("the study states no 'carbon_cost'")}},
  };
  // clang-format on
}

}  // namespace

std::string_view name_of(Status status) {
  constexpr std::array<std::string_view, 7> names = {"estimated",     "range",        "zero",    "not_applicable",
                                                     "not_estimated", "below_cutoff", "withheld"};
  return names[static_cast<std::size_t>(status)];
}

const lca::Selection& selections::use() {
  static const Selection selection = stage("use");
  return selection;
}

const lca::Selection& selections::embodied() {
  static const Selection selection = {one_of("life_cycle", {"raw-materials", "manufacture", "transport", "end-of-life"})};
  return selection;
}

const lca::Selection& selections::energy() {
  static const Selection selection = {one_of("level", {"it", "overhead", "facility"})};
  return selection;
}

std::optional<lca::Query> FigureDefinition::query(const lca::ProductSystem& system) const {
  if (method.empty()) return lca::Query{where, std::nullopt};
  const auto index = system.find_method(method);
  return index ? std::optional(lca::Query{where, index}) : std::nullopt;
}

const std::vector<FigureDefinition>& figure_definitions() {
  static const std::vector<FigureDefinition> all = make_definitions();
  return all;
}

const FigureDefinition* find_definition(std::string_view id) {
  const auto& all = figure_definitions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& definition) { return definition.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> figure_ids() {
  std::vector<std::string> ids;
  for (const auto& definition : figure_definitions()) ids.push_back(definition.id);
  return ids;
}

std::string stage_name(const std::string& life_cycle, const std::string& activity, const std::string& account) {
  if (life_cycle.empty()) return "not assigned";
  if (life_cycle != "use") return life_cycle;
  std::string name = activity.empty() ? "use" : "use / " + activity;
  if (account == "idle" || account == "failed") name += ", " + account;
  return name;
}

std::string stage_of(const lca::LedgerEntry& entry) {
  const auto tag = [&](const char* key) { return lca::tag_of(entry.tags, key); };
  return stage_name(tag("life_cycle"), tag("activity"), tag("account"));
}

std::optional<std::size_t> find_method(const Assessment& a, std::string_view id) {
  return a.system().find_method(id);
}

}  // namespace cradle::reporting
