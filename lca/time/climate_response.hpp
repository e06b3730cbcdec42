// SPDX-License-Identifier: Apache-2.0
// What a gas emitted in one year does to the climate in later ones: AGWP and AGTP from impulse responses (Joos et al.
// 2013; IPCC AR6 WG1 7.SM.5), so that a machine's manufacture now and its disposal in six years can be told apart.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cradle::lca {

/// Share of a pulse that decays with a time constant; tau of 0 stays for ever.
struct DecayTerm {
  double share, tau_years;
};

struct GasResponse {
  std::string gas;
  double radiative_efficiency;  ///< W m-2 per kg in the atmosphere
  std::vector<DecayTerm> decay;
};

/// Temperature response of the climate: sum of q / d exp(-t / d) (K per W m-2; years).
struct TemperatureTerm {
  double q, d_years;
};

/// W m-2 per kg from a figure per ppb: x (M_air / M_gas) 1e9 / mass of the atmosphere.
double per_kg(double per_ppb, double molar_mass, double molar_mass_air, double atmosphere_kg);

/// Integral of the remaining fraction over `years` (years).
double integrated_decay(const GasResponse& gas, double years);
/// AGWP (W m-2 yr kg-1) over `years`; 0 for years <= 0.
double agwp(const GasResponse& gas, double years);
/// AGTP (K kg-1) after `years`.
double agtp(const GasResponse& gas, std::span<const TemperatureTerm> climate, double years);

struct DatedEmission {
  double year;      ///< after the start of the study
  std::size_t gas;  ///< into the gases
  double kg;
};

enum class Metric { gwp, gtp };
enum class Horizon {
  fixed,  ///< all effects are counted until the same year: later emissions have less time
  moving  ///< each emission has the whole horizon: what a static method does
};

/// kg CO2e of dated emissions against a pulse of `carbon_dioxide` in year 0. Emissions after a fixed horizon count 0.
double dynamic_impact(std::span<const DatedEmission> emissions, std::span<const GasResponse> gases,
                      const GasResponse& carbon_dioxide, std::span<const TemperatureTerm> climate, Metric metric,
                      Horizon horizon, double years);

}  // namespace cradle::lca
