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
