// SPDX-License-Identifier: Apache-2.0
// Training into inference: what one unit of a service takes with and without its model's training, and how many units
// it takes until serving has emitted as much as training did.
#pragma once

#include <string>
#include <vector>

#include "reporting/pictures.hpp"

namespace cradle::reporting {

/// kg CO2e, location-based; the middle of a scenario range.
struct TrainingUse {
  std::string service, model, unit;  ///< unit: "token" or "request"
  double serving = 0.0;              ///< per unit, without training
  double training = 0.0;             ///< of the whole model, development and failed runs included
  double lifetime = 0.0;             ///< units of the model's life
  double period = 0.0;               ///< units that the study's period delivers
  double training_per_unit() const { return training / lifetime; }
  /// Units after which serving has emitted as much as training: Morrison et al. 2025, section 4.3.
  double break_even() const { return training / serving; }
};

/// One row for each service of the functional unit whose model's training is in the boundary.
std::vector<TrainingUse> training_uses(const Disclosure& disclosure);

Picture break_even_picture(const TrainingUse& use);

}  // namespace cradle::reporting
