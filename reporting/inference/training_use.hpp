// SPDX-License-Identifier: Apache-2.0
// Training into inference: what one unit of a service takes with and without its model's training, and how many units
// it takes until serving has emitted as much as training did.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reporting/pictures.hpp"

namespace cradle::reporting {

/// What serving takes per unit, without training, and what the whole model's training took, development and failed runs
/// included: kg CO2e, location-based (the middle of a scenario range), or kWh at the facility.
struct Balance {
  double serving = 0.0, training = 0.0;
  /// Units after which serving has taken as much as training: Morrison et al. 2025, section 4.3. Nothing where either is
  /// not counted.
  std::optional<double> break_even() const {
    return serving > 0.0 && training > 0.0 ? std::optional(training / serving) : std::nullopt;
  }
};

struct TrainingUse {
  std::string service, model, unit;  ///< unit: "token" or "request"
  double period = 0.0;               ///< units that the study's period delivers
  std::optional<double> lifetime;    ///< units of the model's life, where the study states one and counts training
  Balance emissions, energy;
  double training_per_unit() const { return lifetime ? emissions.training / *lifetime : 0.0; }
};

/// One row for each service of the functional unit whose model the study's runs trained, in the boundary or not.
std::vector<TrainingUse> training_uses(const Disclosure& disclosure);

/// Of a service whose model has a declared life.
Picture break_even_picture(const TrainingUse& use);

}  // namespace cradle::reporting
