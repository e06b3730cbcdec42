// SPDX-License-Identifier: Apache-2.0
#include "reporting/figures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "lca/maths.hpp"

namespace cradle::reporting {
namespace {

using inventory::Compiled;
using lca::LedgerEntry;
using lca::tag_of;
namespace methods = inventory::methods;

std::string tag(const LedgerEntry& entry, const char* key) { return tag_of(entry.tags, key); }
bool in_stage(const LedgerEntry& entry, std::string_view stage) { return tag(entry, "life_cycle") == stage; }

const std::vector<FigureDefinition>& definitions() {
  const auto everything = [](const LedgerEntry&) { return true; };
  const auto scope = [](std::string prefix) {
    return [prefix](const LedgerEntry& entry) { return tag(entry, "scope").starts_with(prefix); };
  };
  const auto stage = [](std::string name) {
    return [name](const LedgerEntry& entry) { return in_stage(entry, name); };
  };
  static const std::vector<FigureDefinition> all = {
      {"energy.it", "IT energy", "kWh", "", [](const LedgerEntry& e) { return tag(e, "level") == "it"; }},
      {"energy.facility", "Facility energy", "kWh", "", is_energy},
      {"energy.overhead", "Overhead energy (cooling and power losses)", "kWh", "",
       [](const LedgerEntry& e) { return tag(e, "level") == "overhead"; }},
      {"energy.per_unit", "Facility energy per functional unit", "kWh", "", is_energy},
      {"ghg.total", "Greenhouse gases, total", "kg CO2e", methods::climate, everything},
      {"ghg.operational", "Greenhouse gases, operational", "kg CO2e", methods::climate, is_use},
      {"ghg.embodied", "Greenhouse gases, embodied in hardware", "kg CO2e", methods::climate, is_embodied},
      {"ghg.transport", "of which transport", "kg CO2e", methods::climate, stage("transport")},
      {"ghg.end_of_life", "of which end of life", "kg CO2e", methods::climate, stage("end-of-life")},
      {"ghg.credits", "Credits for recycling and reuse (memo)", "kg CO2e", methods::credit, stage("credit")},
      {"ghg.scope1", "Scope 1", "kg CO2e", methods::climate, scope("1")},
      {"ghg.scope2_lb", "Scope 2, location-based", "kg CO2e", methods::climate, scope("2")},
      {"ghg.scope2_mb", "Scope 2, market-based", "kg CO2e", methods::climate_market, scope("2")},
      {"ghg.scope2_hourly", "Scope 2, hourly-matched", "kg CO2e", methods::climate_hourly, scope("2")},
      {"ghg.scope3", "Scope 3", "kg CO2e", methods::climate, scope("3")},
      {"ghg.unsplit", "Published aggregates, not split by stage", "kg CO2e", methods::climate, stage("unsplit")},
      {"ghg.per_unit", "Greenhouse gases per functional unit", "kg CO2e", methods::climate, everything},
      {"water.total", "Water consumption, total", "m3", methods::water_total, everything},
      {"water.on_site", "Water consumption on site", "m3", methods::water, is_use},
      {"water.off_site", "Water consumption of electricity supply", "m3", methods::water_off_site, everything},
      {"water.embodied", "Water consumption of hardware manufacture", "m3", "", nullptr},
      {"water.scarcity", "Water scarcity", "m3 world-eq", methods::water_scarcity, everything},
      {"adp.elements", "Abiotic depletion, minerals and metals", "kg Sb-eq", methods::abiotic_depletion, everything},
      {"primary_energy", "Primary energy", "MJ", methods::primary_energy, everything},
      {"flop.total", "Computation", "FLOP", methods::computation, everything},
      {"device_hours", "Device-hours", "h", methods::occupation, everything},
      {"cost.compute", "Cost of compute", "USD", methods::compute_cost, everything},
      {"cost.energy", "Cost of energy", "USD", methods::energy_cost, everything},
      {"cost.carbon", "Cost of carbon", "USD", methods::carbon_cost, everything},
  };
  return all;
}

/// "board, cooling, memory and 5 more": a reason is read at a glance.
std::string first_few(const std::set<std::string>& names) {
  constexpr std::size_t few = 3;
  const std::vector<std::string> first(names.begin(),
                                       std::next(names.begin(), std::min<std::ptrdiff_t>(few, std::ssize(names))));
  return fmt::format("{}{}", fmt::join(first, ", "),
                     names.size() > few ? fmt::format(" and {} more", names.size() - few) : "");
}

/// A reason why this figure is not computed for this study, or nothing.
std::optional<std::pair<Status, std::string>> obstacle(const Assessment& a, const FigureDefinition& definition) {
  const auto& study = *a.study;
  const auto not_estimated = [](std::string reason) { return std::pair(Status::not_estimated, std::move(reason)); };
  const auto excluded = [&](const std::string& item) -> std::optional<std::pair<Status, std::string>> {
    if (!study.boundary) return std::nullopt;
    const auto found = study.boundary->exclude.find(item);
    if (found == study.boundary->exclude.end()) return std::nullopt;
    return not_estimated(fmt::format("{} is outside the boundary: {}", item, found->second));
  };
  const std::string& id = definition.id;
  const bool mixed_scopes =
      std::any_of(study.given.begin(), study.given.end(), [](const auto& given) { return given.scope.empty(); });
  if (id.starts_with("ghg.scope") && mixed_scopes)
    return not_estimated("the study contains an aggregate over several scopes");
  if (id.starts_with("ghg.scope2") && study.perspective == "tenant")
    return std::pair(Status::not_applicable, std::string("a tenant's electricity is scope 3 category 1"));
  if (id == "ghg.scope2_mb" && !find_method(a, methods::climate_market))
    return not_estimated("no contract or supplier factor is stated");
  if (id == "ghg.scope2_hourly" && !find_method(a, methods::climate_hourly))
    return not_estimated("no hourly-matched factor is stated");
  if (id == "ghg.embodied" && study.boundary && !study.boundary->hardware()) return excluded("manufacture");
  if (id == "ghg.transport") {
    if (auto reason = excluded("transport")) return reason;
    const auto inside = std::any_of(a.compiled->coverage.begin(), a.compiled->coverage.end(), [](const auto& row) {
      return row.item.starts_with("transport of ") && row.status == "not estimated";
    });
    if (inside) return not_estimated("inside the stated embodied figure, not split from it");
  }
  if (id == "ghg.end_of_life") {
    if (auto reason = excluded("end-of-life")) return reason;
    const auto lacking = std::any_of(a.compiled->coverage.begin(), a.compiled->coverage.end(), [](const auto& row) {
      return row.item.starts_with("end of life of ") && row.status == "not estimated";
    });
    if (lacking) return not_estimated("no figure for end of life is stated");
  }
  if (id == "ghg.credits" && !find_method(a, methods::credit))
    return not_estimated("end of life is cut-off: recycling is its user's");
  if (id.starts_with("water.")) {
    if (auto reason = excluded("water")) return reason;
    const bool unknown = std::any_of(study.sites.begin(), study.sites.end(),
                                     [](const auto& site) { return !site.second.tells_water(); });
    if (id == "water.on_site" && unknown) return not_estimated("a site states no WUE");
    const bool dry = std::any_of(study.sites.begin(), study.sites.end(),
                                 [](const auto& site) { return !site.second.tells_supply_water(); });
    if ((id == "water.total" || id == "water.off_site") && dry)
      return not_estimated("a site states no water of its electricity ('wue_grid')");
    if (id == "water.total" && unknown) return not_estimated("a site states no WUE");
    const bool unweighed = std::any_of(study.sites.begin(), study.sites.end(),
                                       [](const auto& site) { return !site.second.states_scarcity(); });
    if (id == "water.scarcity" && unweighed) return not_estimated("a site states no water scarcity ('scarcity')");
  }
  if (id == "adp.elements" || id == "primary_energy") {
    const auto& ledger = a.solution->ledger();
    if (!find_method(a, definition.method))
      return not_estimated("no source for this indicator in this version's datasets");
    if (const auto lacking = a.compiled->lacking.find(definition.method); lacking != a.compiled->lacking.end())
      return not_estimated(
          fmt::format("profile '{}' has no factor for {}", a.compiled->profile, first_few(lacking->second)));
    // What is known by its greenhouse gases only has neither of the two.
    if (study.boundary && study.boundary->hardware())
      for (const auto& [name, hardware] : study.hardware)
        if (hardware.embodied) return not_estimated(fmt::format("the stated embodied figure of {} has none", name));
    for (const auto& given : study.given)
      if (given.gas.empty()) return not_estimated(fmt::format("'{}' is given in greenhouse gases only", given.name));
    for (const auto& item : a.compiled->missing)
      if (item.starts_with("hardware of ")) return not_estimated(item + " is not estimated");
    const bool electricity_known =
        id == "primary_energy" && std::all_of(study.sites.begin(), study.sites.end(),
                                              [](const auto& site) { return site.second.tells_primary_energy(); });
    if (!electricity_known && std::any_of(ledger.begin(), ledger.end(), is_energy))
      return not_estimated(
          id == "primary_energy"
              ? "a site states no primary energy of its electricity ('primary_energy')"
              : "electricity has no factor for it here; hardware alone stands in the hardware section");
  }
  if (id == "cost.energy" && (!find_method(a, methods::energy_cost) ||
                              std::any_of(study.sites.begin(), study.sites.end(),
                                          [](const auto& site) { return !site.second.price.has_value(); })))
    return not_estimated("a site states no price of electricity");
  if (id == "cost.carbon" && !find_method(a, methods::carbon_cost))
    return not_estimated("the study states no 'carbon_cost'");
  if (!definition.selection) return not_estimated("no source for this indicator in this version's datasets");
  if (id == "energy.it" && a.compiled->facility_level_energy) {
    if (a.solution->fold(definition.selection, std::nullopt) == 0.0)
      return not_estimated("energy is known at facility level only");
  }
  if (id == "energy.overhead" && a.compiled->facility_level_energy &&
      a.solution->fold(definition.selection, std::nullopt) == 0.0)
    return not_estimated("overhead is inside the facility-level energy, not split from it");
  return std::nullopt;
}

/// Whether any entry of the ledger belongs to the fold; without one there is no number, not a zero.
bool has_entries(const Assessment& a, const FigureDefinition& definition, lca::Weight weight) {
  return std::any_of(a.solution->ledger().begin(), a.solution->ledger().end(), [&](const LedgerEntry& entry) {
    if (!definition.selection(entry)) return false;
    const bool of_climate =
        definition.method.starts_with("climate-change") || definition.method == methods::carbon_cost;
    if (!weight || of_climate) return true;
    return a.compiled->system.inventory().methods[*weight].factors.contains(entry.flow);
  });
}

/// Low and high where the figure depends on scenario ranges: each such parameter at the end that lowers, then
/// raises, the figure. The system is solved again at both.
std::optional<std::pair<double, double>> scenario_range(const Assessment& a, const FigureDefinition& definition,
                                                        lca::Weight weight) {
  const auto& parameters = a.compiled->system.parameters();
  const bool any = std::any_of(parameters.begin(), parameters.end(),
                               [](const auto& p) { return p.range == lca::RangeKind::scenario; });
  if (!any) return std::nullopt;
  std::array<lca::ProductSystem, 2> systems{a.compiled->system, a.compiled->system};
  bool depends = false;
  for (const auto& [index, derivative] : a.solution->sensitivities(definition.selection, weight)) {
    const auto& p = parameters[index];
    if (p.range != lca::RangeKind::scenario || derivative == 0.0) continue;
    depends = true;
    systems[0].parameters().set_value(index, derivative > 0 ? p.low : p.high);
    systems[1].parameters().set_value(index, derivative > 0 ? p.high : p.low);
  }
  if (!depends) return std::nullopt;
  std::array<double, 2> ends{};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto solution = lca::Solution::solve(systems[i]);
    if (!solution) return std::nullopt;
    ends[i] = solution->fold(definition.selection, weight);
  }
  return std::pair(std::min(ends[0], ends[1]), std::max(ends[0], ends[1]));
}

}  // namespace

Figure compute_figure(const Assessment& a, const FigureDefinition& definition) {
  Figure figure;
  figure.id = definition.id;
  figure.label = definition.label;
  figure.unit = definition.unit;
  if (const auto reason = obstacle(a, definition)) {
    figure.status = reason->first;
    figure.reason = reason->second;
    return figure;
  }
  const lca::Weight weight = definition.method.empty() ? std::nullopt : find_method(a, definition.method);
  if (!definition.method.empty() && !weight) return figure;
  if (!has_entries(a, definition, weight)) {
    figure.reason = "the study states nothing that belongs here";
    return figure;
  }
  double scale = 1.0;
  const auto& parameters = a.compiled->system.parameters();
  if (const auto amount = parameters.find("functional_unit.amount"); amount && definition.id.ends_with(".per_unit")) {
    scale = 1.0 / parameters[*amount].value;
    figure.unit +=
        "/" + (a.study->functional_unit->unit.empty() ? std::string("unit") : a.study->functional_unit->unit);
  }
  const double value = a.solution->fold(definition.selection, weight) * scale;
  figure.basis_shares = basis_shares(*a.solution, definition.selection, weight);
  for (const auto name : lca::basis_names)
    if (const auto share = figure.basis_shares.find(std::string(name)); share != figure.basis_shares.end())
      figure.basis = share->first;
  if (const auto range = scenario_range(a, definition, weight)) {
    figure.status = Status::range;
    figure.low = range->first * scale;
    figure.high = range->second * scale;
    figure.interval = "scenario";
    return figure;
  }
  figure.status = value == 0.0 ? Status::zero : Status::estimated;
  figure.value = value;
  const auto interval = a.draws != nullptr ? a.draws->interval(a.solution->ledger(), definition.selection, weight)
                                           : a.solution->interval(definition.selection, weight);
  if (interval) {
    figure.low = interval->low * scale;
    figure.high = interval->high * scale;
    figure.interval = a.draws != nullptr      ? "Monte Carlo"
                      : interval->finite_step ? "first-order, finite step"
                                              : "first-order";
  }
  if (definition.id == "energy.it" && a.compiled->facility_level_energy)
    figure.reason = "partial: some energy is known at facility level only";
  return figure;
}

std::string_view name_of(Status status) {
  constexpr std::array<std::string_view, 7> names = {"estimated",     "range",        "zero",    "not_applicable",
                                                     "not_estimated", "below_cutoff", "withheld"};
  return names[static_cast<std::size_t>(status)];
}

bool is_use(const LedgerEntry& entry) { return in_stage(entry, "use"); }
bool is_embodied(const LedgerEntry& entry) {
  return in_stage(entry, "raw-materials") || in_stage(entry, "manufacture") || in_stage(entry, "transport") ||
         in_stage(entry, "end-of-life");
}
bool is_energy(const LedgerEntry& entry) { return entry.tags.contains("level"); }

std::string stage_of(const LedgerEntry& entry) {
  const std::string stage = tag(entry, "life_cycle");
  if (stage.empty()) return "not assigned";
  if (stage != "use") return stage;
  const std::string activity = tag(entry, "activity");
  std::string name = activity.empty() ? "use" : "use / " + activity;
  const std::string account = tag(entry, "account");
  if (account == "idle" || account == "failed") name += ", " + account;
  return name;
}

std::optional<std::size_t> find_method(const Assessment& a, std::string_view id) {
  return a.compiled->system.find_method(id);
}

std::optional<FigureDefinition> find_definition(std::string_view id) {
  for (const auto& definition : definitions())
    if (definition.id == id) return definition;
  return std::nullopt;
}

std::vector<std::string> figure_ids() {
  std::vector<std::string> ids;
  for (const auto& definition : definitions()) ids.push_back(definition.id);
  return ids;
}

std::vector<Figure> compute_figures(const Assessment& assessment) {
  std::vector<Figure> figures;
  for (const auto& definition : definitions()) figures.push_back(compute_figure(assessment, definition));
  return figures;
}

std::map<std::string, double> basis_shares(const lca::Solution& solution, const lca::Selection& selection,
                                           lca::Weight weight) {
  std::map<std::string, lca::maths::Sum> sums;
  lca::maths::Sum total;
  for (const auto& entry : solution.ledger()) {
    if (!selection(entry)) continue;
    const double size = std::abs(weight ? entry.impacts[*weight] : entry.amount);
    if (size == 0.0) continue;
    sums[std::string(lca::name_of(entry.basis))].add(size);
    total.add(size);
  }
  std::map<std::string, double> shares;
  for (const auto& [name, sum] : sums) shares[name] = sum.value() / total.value();
  return shares;
}

}  // namespace cradle::reporting
