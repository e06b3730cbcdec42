// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/boundary_coverage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {

/// A device that nobody knows is said even where its model is not needed: its power could not be checked.
void BoundaryCoverage::check_hardware() {
  for (const auto& [key, hardware] : study_.hardware) {
    if (hardware.device.empty() || catalogue_.find(hardware.device) != nullptr) continue;
    const std::string hint = did_you_mean(hardware.device, catalogue_.ids("device"));
    const bool needed = study_.boundary && study_.boundary->hardware() && !hardware.embodied;
    if (!needed)
      report(
          "W105", hardware.device_place,
          fmt::format("unknown device '{}': its power cannot be checked against its design", hardware.device), hint);
  }
}

/// Runs inside the boundary that the functional unit does not reach.
void BoundaryCoverage::cover_unreached() {
  for (const auto& run : study_.runs) {
    if (!draft_.makes(product_of(run.owner)) && includes(run.stage))
      cover("run " + run.name, Coverage::excluded, "not part of the functional unit");
  }
}

/// Hours that nobody uses carry their share of the hardware; whether they carry electricity is another question, and is said.
void BoundaryCoverage::cover_idle_hours() {
  if (!study_.boundary || !study_.boundary->hardware()) return;
  const auto tells_idle = [](const Run& run) {
    return run.idle.has_value() || (run.energy && (run.energy->parts.contains("idle") || (run.energy->estimate && run.energy->estimate->inputs.contains("utilisation"))));
  };
  for (const auto& [name, hardware] : study_.hardware) {
    if (method_of(hardware) != AmortisationMethod::utilised_hours || !hardware.utilisation || hardware.utilisation->value >= 1.0) continue;
    bool used = false, told = false;
    const auto look = [&, owner = name](const Run& run) {
      if (run.hardware != owner || !includes(run.stage)) return;
      used = true;
      told = told || tells_idle(run);
    };
    for (const auto& run : study_.runs) look(run);
    for (const auto& [key, service] : study_.services) {
      look(service.run);
      told = told || (service.run.hardware == name && service.energy_per.contains("idle"));
    }
    if (used)
      cover("electricity in idle hours of " + name, told ? Coverage::counted : Coverage::not_estimated,
            told ? "as the runs tell it, beside the hardware of these hours" : "hours that nobody uses carry hardware ('utilisation') and no electricity ('idle' of a run)");
  }
}

void BoundaryCoverage::cover_items() {
  if (!study_.boundary) return;
  for (const auto& item : boundary_items) {
    const auto excluded = study_.boundary->exclude.find(item);
    if (excluded != study_.boundary->exclude.end()) {
      cover(item, Coverage::excluded, excluded->second);
      continue;
    }
    const auto any_run = [&](const std::string& stage) {
      return std::any_of(study_.runs.begin(), study_.runs.end(), [&](const Run& run) { return run.stage == stage; });
    };
    // A published aggregate without a life-cycle stage may stand for an activity; a gas or a hardware figure does
    // not.
    const bool aggregate = std::any_of(study_.given.begin(), study_.given.end(), [](const Given& given) {
      return given.gas.empty() && (given.life_cycle.empty() || given.life_cycle == "use");
    });
    const bool developed = item == "development" && activities_.development_beside;
    if ((item == "development" || item == "training") && !any_run(item) && !aggregate && !developed) {
      cover(item, Coverage::not_estimated, "included in the boundary, but the study states no run of this stage");
      remarks_.miss(item);
    } else if (item == "inference" && study_.services.empty() && !any_run(item) && !aggregate) {
      cover(item, Coverage::not_estimated, "included in the boundary, but the study states no service");
      remarks_.miss(item);
    } else if (item == "water" && std::any_of(study_.sites.begin(), study_.sites.end(),
                                              [](const auto& site) { return !site.second.tells_water(); })) {
      cover(item, Coverage::not_estimated, "a site states no 'wue'");
    } else {
      cover(item, Coverage::counted,
                     item == "water"
                         ? (activities_.facility_level_energy
                                ? "as far as sites state it, and on site not for energy known at facility level"
                                : "as far as sites state it: 'wue' on site, 'wue_grid' of electricity supply")
                         : "");
    }
  }
}

}  // namespace cradle::inventory
