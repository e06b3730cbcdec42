// SPDX-License-Identifier: Apache-2.0
// The figures that a disclosure states: each a fold of the ledger with unit, range, basis and status, or a word
// for why there is no number.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventory/compiler/compile.hpp"
#include "lca/solution.hpp"
#include "lca/uncertainty/parameter_draws.hpp"

namespace cradle::reporting {

/// Five words for a number that is not there; zero is a claim of its own.
enum class Status { estimated, range, zero, not_applicable, not_estimated, below_cutoff, withheld };
std::string_view name_of(Status status);

struct Figure {
  std::string id;     ///< "ghg.total"
  std::string label;  ///< "Greenhouse gases, total"
  std::string unit;
  Status status = Status::not_estimated;
  std::optional<double> value, low, high;
  std::string interval = "none";  ///< "first-order", "first-order, finite step", "Monte Carlo", "scenario"
  std::string basis;
  std::map<std::string, double> basis_shares;
  std::string reason;  ///< why there is no value, or what the value leaves out
};

/// What a figure sums, kept so that it can be explained.
struct FigureDefinition {
  std::string id, label, unit;
  std::string method;  ///< impact method, or empty for amounts
  lca::Selection selection;
};

/// Everything a study was solved to.
struct Assessment {
  const inventory::Study* study;
  const inventory::Compiled* compiled;
  const lca::Solution* solution;
  const lca::ParameterDraws* draws = nullptr;  ///< intervals come from these where there are any
};

/// Selections that figures and tables share.
bool is_use(const lca::LedgerEntry& entry);
bool is_embodied(const lca::LedgerEntry& entry);
bool is_energy(const lca::LedgerEntry& entry);
/// "use / training", "use / training, idle", "manufacture" ...
std::string stage_of(const lca::LedgerEntry& entry);

std::optional<std::size_t> find_method(const Assessment& assessment, std::string_view id);
std::optional<FigureDefinition> find_definition(std::string_view id);
std::vector<std::string> figure_ids();
/// One figure: its fold, interval or scenario range, basis, or the reason why there is none.
Figure compute_figure(const Assessment& assessment, const FigureDefinition& definition);
/// All figures of the contract, in its order.
std::vector<Figure> compute_figures(const Assessment& assessment);

/// Shares by basis of the selected entries, weighed by absolute impact.
std::map<std::string, double> basis_shares(const lca::Solution& solution, const lca::Selection& selection,
                                           lca::Weight weight);

}  // namespace cradle::reporting
