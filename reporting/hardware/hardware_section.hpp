// SPDX-License-Identifier: Apache-2.0
// What a report says about hardware: the published traditions side by side, each device's life and the ways to share
// it, what dominates, and what is known to be missing.
#pragma once

#include <string>
#include <vector>

#include "reporting/figures/figure.hpp"
#include "reporting/hardware/product_view.hpp"

namespace cradle::reporting {

/// Embodied impacts of the whole study in one profile.
struct BracketRow {
  std::string profile, title;
  bool chosen = false;
  std::vector<ProductImpact> impacts;  ///< in the order of criteria
};

/// One hardware entry: the footprint of one device's life, and what the study takes of it by each rule.
struct LifeRow {
  std::string hardware, method, rule;
  double life_kg = 0.0;                      ///< one device with its share of machine, network and building
  double assigned = 0.0;                     ///< kg CO2e that the study takes
  std::optional<double> calendar, utilised;  ///< kg CO2e by these two rules, where device-hours are known
  std::optional<double> per_kwh;             ///< kg CO2e assigned per kWh that its runs drew
};

struct HardwareSection {
  std::vector<BracketRow> bracket;  ///< empty where no hardware comes from the catalogue
  std::vector<LifeRow> lives;
  std::vector<TreeRow> tree;  ///< of one life of each hardware entry, one after the other
  std::vector<std::string> gaps;
};

/// The study solved again in the other profiles; its own solution serves for the chosen one. Only that has draws.
std::vector<BracketRow> bracket_of(const Assessment& assessment);

HardwareSection hardware_section(const Assessment& assessment, std::vector<BracketRow> bracket);

}  // namespace cradle::reporting
