// SPDX-License-Identifier: Apache-2.0
// A claim recomputed from its own inputs: what agrees, what differs and by how much, which single input would make it
// true, and which of the known slips fits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reporting/audit/claim.hpp"

namespace cradle::reporting {

enum class AuditVerdict { agrees, differs, cannot_tell };
std::string_view name_of(AuditVerdict verdict);

struct AuditedFigure {
  std::string id, label, unit;
  double claimed = 0.0;
  std::optional<double> recomputed, low, high;
  AuditVerdict verdict = AuditVerdict::cannot_tell;
  double ratio() const { return recomputed ? claimed / *recomputed : 0.0; }
};

/// The value that an input would have to have, all others as they are, for the claim to be true.
struct NeededValue {
  std::string label, unit;
  double now = 0.0, needed = 0.0;
  bool possible = true;  ///< within its limits and, where it has one, its range
};

/// How far an input alone could move the recomputed figure.
struct Reach {
  std::string label;
  double low = 0.0, high = 0.0;  ///< kg CO2e (or kWh) at either end of its range
};

struct Audit {
  Claim claim;
  std::vector<AuditedFigure> figures;
  std::vector<NeededValue> needed;
  std::vector<Reach> reaches;      ///< widest first
  std::vector<std::string> slips;  ///< known ones that fit, or cannot be ruled out
  bool disagrees() const;
};

/// Findings are those of the study that the claim makes.
Result<Audit> audit(const Claim& claim, std::shared_ptr<const inventory::Catalogue> catalogue);

std::string write_audit_json(const Audit& audit);

}  // namespace cradle::reporting
