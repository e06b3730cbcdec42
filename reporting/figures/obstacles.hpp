// SPDX-License-Identifier: Apache-2.0
// What stands in the way of a figure: each rule looks at the study and its ledger and says why there is no number.
#pragma once

#include "reporting/figures/definition.hpp"

namespace cradle::reporting::obstacles {

using Found = std::optional<Absence>;

/// The item is outside the boundary, with the study's reason.
Obstacle excluded(std::string item);
/// The figure's method is not among those of the study.
Obstacle needs_method(std::string reason);

Found no_source(const Assessment& a, const FigureDefinition& figure);
Found facility_level_only(const Assessment& a, const FigureDefinition& figure);
Found overhead_not_split(const Assessment& a, const FigureDefinition& figure);
Found no_hardware(const Assessment& a, const FigureDefinition& figure);
Found transport_not_split(const Assessment& a, const FigureDefinition& figure);
Found end_of_life_not_stated(const Assessment& a, const FigureDefinition& figure);
Found several_scopes(const Assessment& a, const FigureDefinition& figure);
Found tenant(const Assessment& a, const FigureDefinition& figure);
Found no_site_water(const Assessment& a, const FigureDefinition& figure);
Found no_supply_water(const Assessment& a, const FigureDefinition& figure);
Found no_scarcity(const Assessment& a, const FigureDefinition& figure);
/// Of a criterion of hardware: some component, stated footprint or aggregate does not tell it.
Found incomplete_criterion(const Assessment& a, const FigureDefinition& figure);
Found electricity_without_minerals(const Assessment& a, const FigureDefinition& figure);
Found electricity_without_primary_energy(const Assessment& a, const FigureDefinition& figure);
/// Scope 3 category 3 has no entry: what of it lies in other figures, and what is not known.
Found no_way_of_electricity(const Assessment& a, const FigureDefinition& figure);
Found no_price(const Assessment& a, const FigureDefinition& figure);

}  // namespace cradle::reporting::obstacles
