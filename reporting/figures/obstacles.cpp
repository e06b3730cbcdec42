// SPDX-License-Identifier: Apache-2.0
#include "reporting/figures/obstacles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cradle::reporting::obstacles {
namespace {

Absence not_estimated(std::string reason) { return {Status::not_estimated, std::move(reason)}; }

template <typename Predicate>
bool any_site(const Assessment& a, Predicate predicate) {
  return std::any_of(a.study().sites.begin(), a.study().sites.end(),
                     [&](const auto& entry) { return predicate(entry.second); });
}

bool has_electricity(const Assessment& a) {
  return a.solution().any(selections::energy());
}

bool sums_to_zero(const Assessment& a, const FigureDefinition& figure) {
  return a.solution().fold({figure.where, std::nullopt}) == 0.0;
}

/// "board, cooling, memory and 5 more": a reason is read at a glance.
std::string first_few(const std::set<std::string>& names) {
  constexpr std::size_t few = 3;
  const std::vector<std::string> first(names.begin(),
                                       std::next(names.begin(), std::min<std::ptrdiff_t>(few, std::ssize(names))));
  return fmt::format("{}{}", fmt::join(first, ", "),
                     names.size() > few ? fmt::format(" and {} more", names.size() - few) : "");
}

Found outside(const Assessment& a, const std::string& item) {
  if (!a.study().boundary) return std::nullopt;
  const auto found = a.study().boundary->exclude.find(item);
  if (found == a.study().boundary->exclude.end()) return std::nullopt;
  return not_estimated(fmt::format("{} is outside the boundary: {}", item, found->second));
}

}  // namespace

Obstacle excluded(std::string item) {
  return [item = std::move(item)](const Assessment& a, const FigureDefinition&) { return outside(a, item); };
}

Obstacle needs_method(std::string reason) {
  return [reason = std::move(reason)](const Assessment& a, const FigureDefinition& figure) -> Found {
    if (find_method(a, figure.method)) return std::nullopt;
    return not_estimated(reason);
  };
}

Found no_source(const Assessment&, const FigureDefinition&) {
  return not_estimated("no source for this indicator in this version's datasets");
}

Found facility_level_only(const Assessment& a, const FigureDefinition& figure) {
  if (!a.compiled().facility_level_energy || !sums_to_zero(a, figure)) return std::nullopt;
  return not_estimated("energy is known at facility level only");
}

Found overhead_not_split(const Assessment& a, const FigureDefinition& figure) {
  if (!a.compiled().facility_level_energy || !sums_to_zero(a, figure)) return std::nullopt;
  return not_estimated("overhead is inside the facility-level energy, not split from it");
}

Found no_hardware(const Assessment& a, const FigureDefinition&) {
  return a.study().boundary && !a.study().boundary->hardware() ? outside(a, "manufacture") : std::nullopt;
}

Found transport_not_split(const Assessment& a, const FigureDefinition&) {
  if (!a.compiled().unsplit_stages.contains("transport")) return std::nullopt;
  return not_estimated("inside the stated embodied figure, not split from it");
}

Found end_of_life_not_stated(const Assessment& a, const FigureDefinition&) {
  if (!a.compiled().unsplit_stages.contains("end-of-life")) return std::nullopt;
  return not_estimated("no figure for end of life is stated");
}

Found several_scopes(const Assessment& a, const FigureDefinition&) {
  const auto& given = a.study().given;
  if (std::none_of(given.begin(), given.end(), [](const auto& one) { return one.scope.empty(); })) return std::nullopt;
  return not_estimated("the study contains an aggregate over several scopes");
}

Found tenant(const Assessment& a, const FigureDefinition&) {
  if (a.study().perspective != inventory::Perspective::of_tenant) return std::nullopt;
  return Absence{Status::not_applicable, "a tenant's electricity is scope 3 category 1"};
}

Found no_site_water(const Assessment& a, const FigureDefinition&) {
  if (!any_site(a, [](const auto& site) { return !site.tells_water(); })) return std::nullopt;
  return not_estimated("a site states no WUE");
}

Found no_supply_water(const Assessment& a, const FigureDefinition&) {
  if (!any_site(a, [](const auto& site) { return !site.tells_supply_water(); })) return std::nullopt;
  return not_estimated("a site states no water of its electricity ('wue_grid')");
}

Found no_scarcity(const Assessment& a, const FigureDefinition&) {
  if (!any_site(a, [](const auto& site) { return !site.states_scarcity(); })) return std::nullopt;
  return not_estimated("a site states no water scarcity ('scarcity')");
}

Found incomplete_criterion(const Assessment& a, const FigureDefinition& figure) {
  if (!find_method(a, figure.method)) return no_source(a, figure);
  if (const auto lacking = a.compiled().lacking.find(figure.method); lacking != a.compiled().lacking.end())
    return not_estimated(
        fmt::format("profile '{}' has no factor for {}", a.compiled().profile, first_few(lacking->second)));
  // What is known by its greenhouse gases only has no other criterion.
  if (a.study().boundary && a.study().boundary->hardware())
    for (const auto& [name, hardware] : a.study().hardware)
      if (hardware.embodied || !hardware.around.empty())
        return not_estimated(fmt::format("the stated embodied figure of {} has none", name));
  for (const auto& given : a.study().given)
    if (given.gas.empty()) return not_estimated(fmt::format("'{}' is given in greenhouse gases only", given.name));
  if (!a.compiled().hardware_unknown.empty())
    return not_estimated(fmt::format("hardware of {} is not estimated", a.compiled().hardware_unknown.front()));
  return std::nullopt;
}

Found electricity_without_minerals(const Assessment& a, const FigureDefinition&) {
  if (!has_electricity(a)) return std::nullopt;
  return not_estimated("electricity has no factor for it here; hardware alone stands in the hardware section");
}

Found electricity_without_primary_energy(const Assessment& a, const FigureDefinition&) {
  if (!any_site(a, [](const auto& site) { return !site.tells_primary_energy(); }) || !has_electricity(a))
    return std::nullopt;
  return not_estimated("a site states no primary energy of its electricity ('primary_energy')");
}

Found no_way_of_electricity(const Assessment& a, const FigureDefinition& figure) {
  if (a.solution().any(figure.where)) return std::nullopt;
  const auto& grids = a.compiled().grids;
  const bool inside = std::all_of(grids.begin(), grids.end(), [](const auto& grid) {
    return grid.kind.factor == inventory::GridFactor::life_cycle;
  });
  return not_estimated(inside ? "fuel supply lies in the life-cycle factors, so in scope 2; losses are not stated"
                              : "neither losses nor fuel supply is stated");
}

Found no_price(const Assessment& a, const FigureDefinition& figure) {
  if (find_method(a, figure.method) && !any_site(a, [](const auto& site) { return !site.price.has_value(); }))
    return std::nullopt;
  return not_estimated("a site states no price of electricity");
}

}  // namespace cradle::reporting::obstacles
