// SPDX-License-Identifier: Apache-2.0
// The one table of figures: what each is called, in what unit, which question it answers, and what stands in its way.
// Figures, workbook, explanations, views and docs/figures.md read it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/assessment/assessment.hpp"
#include "lca/query/query.hpp"

namespace cradle::reporting {

using inventory::Assessment;

/// Five words for a number that is not there; zero is a claim of its own.
enum class Status { estimated, range, zero, not_applicable, not_estimated, below_cutoff, withheld };
std::string_view name_of(Status status);

/// Why a figure has no value.
struct Absence {
  Status status = Status::not_estimated;
  std::string reason;
};
struct FigureDefinition;
/// A rule that finds out whether a figure has no value for this study, and says why.
using Obstacle = std::function<std::optional<Absence>(const Assessment&, const FigureDefinition&)>;

struct FigureDefinition {
  std::string id, label, unit;
  std::string method = {};                ///< whose impacts are summed; empty: the entries' amounts
  lca::Selection where = {};              ///< of which entries
  std::vector<Obstacle> obstacles = {};   ///< in order: the first one that stands is said
  bool per_unit = false;                  ///< divided by the amount of the functional unit

  /// Its question to a system; nothing where the system does not know the method.
  std::optional<lca::Query> query(const lca::ProductSystem& system) const;
};

/// In the order of the contract.
const std::vector<FigureDefinition>& figure_definitions();
const FigureDefinition* find_definition(std::string_view id);
std::vector<std::string> figure_ids();

/// Selections that figures and tables share.
namespace selections {
const lca::Selection& use();
const lca::Selection& embodied();
const lca::Selection& energy();
}  // namespace selections

/// "use / training", "use / training, idle", "manufacture" ...
std::string stage_name(const std::string& life_cycle, const std::string& activity, const std::string& account);
std::string stage_of(const lca::LedgerEntry& entry);

std::optional<std::size_t> find_method(const Assessment& assessment, std::string_view id);

}  // namespace cradle::reporting
