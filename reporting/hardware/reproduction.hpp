// SPDX-License-Identifier: Apache-2.0
// Published figures recomputed: what a source printed, what the models give, and how far apart they are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/catalogue/catalogue.hpp"

namespace cradle::reporting {

struct Reproduction {
  std::string id, figure, unit, evidence, cause;
  double published = 0.0;
  std::optional<double> computed;
  bool fitted = false;  ///< some factor was taken from this very figure: agreeing with it proves nothing
  double tolerance = 0.3;

  double relative() const { return published == 0.0 ? *computed : *computed / published - 1.0; }
  /// Within the tolerance, and not because a factor was taken from this figure.
  bool agrees() const { return verdict().starts_with("within"); }
  /// "within 30 %", "fitted", "gap" or "set aside".
  std::string verdict() const;
};

/// The rows of a group, "embodied" or "published"; E104 an unknown group.
Result<std::vector<Reproduction>> reproduce(const inventory::Catalogue& catalogue, const std::string& group);
std::vector<std::string> reproduction_groups();

std::string write_reproductions_json(const std::vector<Reproduction>& rows);

}  // namespace cradle::reporting
