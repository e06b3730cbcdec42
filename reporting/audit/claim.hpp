// SPDX-License-Identifier: Apache-2.0
// A claim as somebody printed it: what was stated, and the inputs that were given with it. From it follows a study, in
// which whatever was not said has a default with its range.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/catalogue/catalogue.hpp"
#include "inventory/text/reader.hpp"

namespace cradle::reporting {

/// Something that the claim does not say, and what stands in for it.
struct NotSaid {
  std::string what, taken;
};

struct Claim {
  std::string file, title, source;
  std::optional<inventory::Input> ghg;     ///< kg CO2e, claimed
  std::optional<inventory::Input> energy;  ///< kWh, claimed beside inputs that give it
  std::string device, basis, scope2;
  std::optional<inventory::Input> power, pue, devices, per_node, batch;
  bool by_flop = false;  ///< hours follow from FLOP and a peak
  std::vector<std::string> includes;
  std::vector<NotSaid> not_said;
  std::string study;  ///< text of the study that recomputes it; empty where too little is given
};

/// Reads {claim: {ghg, energy}, device, device_hours ...} (docs/audit.md), or a Hugging Face model card (.md).
/// E010, E011 (no figure is claimed), E012, E020 to E024.
Result<Claim> read_claim(const inventory::Catalogue& catalogue, const std::string& text, const std::string& file);

}  // namespace cradle::reporting
