// SPDX-License-Identifier: Apache-2.0
#include "lca/time/climate_response.hpp"

#include <cmath>

#include "lca/maths.hpp"

namespace cradle::lca {

double per_kg(double per_ppb, double molar_mass, double molar_mass_air, double atmosphere_kg) {
  return per_ppb * (molar_mass_air / molar_mass) * 1e9 / atmosphere_kg;
}

double integrated_decay(const GasResponse& gas, double years) {
  double sum = 0.0;
  for (const auto& [share, tau] : gas.decay)
    sum += tau == 0.0 ? share * years : share * tau * (1.0 - maths::exp(-years / tau));
  return sum;
}

double agwp(const GasResponse& gas, double years) {
  return years <= 0.0 ? 0.0 : gas.radiative_efficiency * integrated_decay(gas, years);
}

double agtp(const GasResponse& gas, std::span<const TemperatureTerm> climate, double years) {
  if (years <= 0.0) return 0.0;
  double sum = 0.0;  // AR5 WG1 8.SM.15 and its limit for what stays
  for (const auto& [q, d] : climate)
    for (const auto& [share, tau] : gas.decay)
      sum += tau == 0.0 ? share * q * (1.0 - maths::exp(-years / d))
                        : share * tau * q / (tau - d) * (maths::exp(-years / tau) - maths::exp(-years / d));
  return gas.radiative_efficiency * sum;
}

double dynamic_impact(std::span<const DatedEmission> emissions, std::span<const GasResponse> gases,
                      const GasResponse& carbon_dioxide, std::span<const TemperatureTerm> climate, Metric metric,
                      Horizon horizon, double years) {
  const auto effect = [&](const GasResponse& gas, double time) {
    return metric == Metric::gwp ? agwp(gas, time) : agtp(gas, climate, time);
  };
  maths::Sum sum;
  for (const auto& emission : emissions)
    sum.add(emission.kg * effect(gases[emission.gas], horizon == Horizon::fixed ? years - emission.year : years));
  return sum.value() / effect(carbon_dioxide, years);
}

}  // namespace cradle::lca
