// SPDX-License-Identifier: Apache-2.0
// Units at the input edge. Inside, every quantity is in the canonical unit of its dimension; outside, people
// write what they like as long as the dimension fits. udunits2 does the arithmetic on our own table: no unit of
// another system's database can slip in (its year has 8,765.8 h and its ton is the US short ton).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tl/expected.hpp"

namespace cradle::inventory {

enum class Dimension {
  number,                // 1
  energy,                // kWh
  power,                 // W
  time,                  // h        (a year is 8,760 h, a month 730 h)
  mass,                  // kg
  co2e,                  // kg CO2e  (a plain mass is accepted, never the other way round)
  co2e_per_energy,       // kg CO2e/kWh
  co2e_per_mass,         // kg CO2e/kg
  co2e_per_area,         // kg CO2e/cm2
  co2e_per_information,  // kg CO2e/GB
  co2e_per_freight,      // kg CO2e/(t km)
  energy_per_area,       // kWh/cm2
  water_per_energy,      // m3/kWh
  volume,                // m3
  length,                // km
  area,                  // cm2
  information,           // GB
  money,                 // USD
  money_per_energy,      // USD/kWh
  money_per_co2e,        // USD/kg CO2e
  tokens,                // token
  requests,              // request
  flop,                  // FLOP
  devices                // device
};

/// The unit that values of a dimension are held in, e.g. "kWh".
std::string_view canonical_unit(Dimension dimension);
/// "an energy", "a power" ...
std::string_view name_of(Dimension dimension);
/// The dimension whose canonical unit an expression such as "kg/kWh" converts to; plain masses read as mass.
std::optional<Dimension> dimension_of_unit(std::string_view unit);

struct UnitProblem {
  std::string code;  ///< E020 no number, E021 wrong dimension, E022 unknown unit, E023 ambiguous ton
  std::string message;
  std::string hint;
};

/// Reads "433196 kWh" into the canonical unit. Only numbers and counts may stand without a unit.
tl::expected<double, UnitProblem> read_quantity(std::string_view text, Dimension dimension);
/// How many `to` one `from` is, or nothing if they do not convert. "CO2e" in either is understood.
std::optional<double> conversion(std::string_view from, std::string_view to);

}  // namespace cradle::inventory
