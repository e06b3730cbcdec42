// SPDX-License-Identifier: Apache-2.0
// Whether new hardware pays back: how long it must run before the energy it saves outweighs what making it emitted.
#pragma once

#include <optional>
#include <string>

#include "reporting/hardware/product_view.hpp"

namespace cradle::reporting {

/// What is asked; energies by the mean power of a device while it works.
struct RefreshQuestion {
  double speed = 1.0;                       ///< old devices that one new one replaces
  double old_power = 0.0, new_power = 0.0;  ///< W
  double utilisation = 1.0;                 ///< share of the year that they work
  double grid = 0.0;                        ///< kg CO2e/kWh
  double pue = 1.0;
  double age = 0.0, lifetime = 0.0;  ///< years; of the old devices
};

struct BreakEven {
  std::optional<double> years, low, high;  ///< nothing where the new one never pays back
};

/// Per new device and the old ones that it replaces.
struct RefreshAnswer {
  double old_yearly = 0.0, new_yearly = 0.0;       ///< kg CO2e a year, operation
  double new_embodied = 0.0, old_remaining = 0.0;  ///< kg CO2e; the latter is the unused life of the old devices
  BreakEven passed_on;    ///< the old devices live on elsewhere and take their remaining life along
  BreakEven written_off;  ///< their remaining life is lost and charged to the change
};

/// What a machine of the catalogue adds to each of its own devices: its power beside them while they work, and its making.
struct MachineShare {
  double watts = 0.0;
  ProductImpact impact;
};
/// Nothing where the catalogue knows neither its power nor how many devices it holds. `load`: of its rating.
std::optional<MachineShare> share_of_machine(const inventory::Catalogue& catalogue, const inventory::Product& node, double load,
                                             const std::string& profile);
/// A device with its share of a machine.
ProductImpact with_machine(ProductImpact device, const ProductImpact& share);

/// t = (E_new [+ E_old x speed x (1 - age / lifetime)]) / (yearly saving); the interval is that of the embodied
/// figures.
RefreshAnswer refresh(const RefreshQuestion& question, const ProductImpact& old_device,
                      const ProductImpact& new_device);

}  // namespace cradle::reporting
