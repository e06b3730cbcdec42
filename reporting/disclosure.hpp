// SPDX-License-Identifier: Apache-2.0
// What a report says, whatever its format: figures, tables, coverage, checks, provenance. Writers only place it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reporting/figures/figure.hpp"
#include "reporting/hardware/hardware_section.hpp"

namespace cradle::reporting {

struct StageRow {
  std::string stage;
  std::vector<double> impacts;  ///< per method
  double kwh = 0.0;
  bool embodied = false;
};

/// One row of the scope table; the market-based cell may be a word.
struct ScopeRow {
  std::string name;
  Figure location, market;
  bool per_unit = false;  ///< of the functional unit, so in a unit of its own
};

/// kg CO2e by hardware component and stage, productive and idle apart.
struct ComponentRow {
  std::string hardware, component, stage;
  double productive = 0.0, idle = 0.0;
};

/// Energy of one run by account and component.
struct EnergyRow {
  std::string run, component, level, account, basis;
  double kwh = 0.0, kg = 0.0;
  std::string basis_of = {};  ///< of each input where they differ, of which `basis` is the weakest: "power metered, device hours assumed"
};

struct Disclosure {
  std::shared_ptr<const Assessment> assessment;
  std::vector<Figure> figures;
  std::vector<StageRow> stages;
  std::vector<ScopeRow> scopes;
  std::vector<ComponentRow> components;
  std::vector<EnergyRow> energy;
  HardwareSection hardware;
  std::vector<lca::SelfCheck> checks;
  std::string headline_excludes;     ///< "this figure excludes: ..."
  std::string headline_defaults;     ///< "taken by default: ..."; empty where nothing was
  std::vector<std::string> caveats;  ///< the two or three most consequential
  std::string command;               ///< without output paths and thread counts
  std::string tool;                  ///< name and version

  bool whole_ledger = false;         ///< written out, where shared trees are kept once
  mutable std::shared_ptr<const std::string> result_json = {};  ///< the result as JSON, made once

  /// The ledger is written as trees and their uses: cradle/result/2.
  bool as_trees() const { return !solution().trees().empty() && !whole_ledger; }
  const Figure& figure(std::string_view id) const;
  const inventory::Study& study() const { return assessment->study(); }
  const inventory::Compiled& compiled() const { return assessment->compiled(); }
  const lca::Solution& solution() const { return assessment->solution(); }
  const lca::Parameters& parameters() const { return assessment->parameters(); }
  const std::vector<lca::Method>& methods() const { return assessment->system().inventory().methods; }
  std::size_t climate() const { return *find_method(*assessment, inventory::methods::climate); }
};

/// Whether the study's hardware is made in every profile, which solves the study as often again.
enum class Bracket { none, every_profile };
Disclosure disclose(std::shared_ptr<const Assessment> assessment, std::string command,
                    Bracket bracket = Bracket::every_profile);

/// kg CO2e of the stages that are embodied, or of those that are not: the middle where the figure is a scenario range.
double stage_kg(const Disclosure& disclosure, bool embodied);

/// The interval of the total as the headline prints it, with the share of the total that it speaks of; empty where there
/// is none, or where it would speak of less than half.
std::string headline_range(const Disclosure& disclosure);
/// What stands in its place where ranges cover less than half of the total.
std::string headline_range_missing(const Disclosure& disclosure);

/// How the headline is to be read: "gross, location-based, final runs only" where no development is in it.
std::string headline_words(const Disclosure& disclosure);

/// What must hold of any result, looked at in this one.
std::vector<lca::SelfCheck> self_checks(const Assessment& assessment);

/// Refusals to print a report (R01 to R05), empty if it may be printed.
Findings refusals(const Assessment& assessment, const std::vector<lca::SelfCheck>& checks);
inline Findings refusals(const Disclosure& d) { return refusals(*d.assessment, d.checks); }

/// Name and version of this program.
std::string tool_name();

}  // namespace cradle::reporting
