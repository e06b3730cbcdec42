// SPDX-License-Identifier: Apache-2.0
// Numbers of a product system at any values of its parameters: structure and formulas are prepared once, then each
// evaluation is a run of the tape and a few solves by the matrix engine. Names, words and sources are the ledger's
// (lca/solution.hpp).
//
// The system is block triangular: foreground, shared trees, background. Foreground and trees are solved for supply, the
// background for the intensities y of its products, one per method (A_BB^T y = (C B_B)^T).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "lca/evaluation/block.hpp"
#include "lca/query/query.hpp"

namespace cradle::lca {

/// The numbers of one evaluation.
struct Evaluation {
  std::vector<double> slots;                   ///< of the tape
  std::vector<double> runs;                    ///< of foreground instances; those of a tree for one unit of its product
  std::vector<std::vector<double>> intensity;  ///< y, [method][position in the background]
};

/// What the ledger has an entry for, without its numbers.
struct EntrySite {
  std::optional<ExchangeAt> at;             ///< nothing for demand placed on a background product
  Tape::Slot amount;
  std::optional<std::size_t> background;    ///< position in the background of what it takes; else an elementary flow:
  std::size_t flow = 0;                     ///< number of the flow
  Tags tags;                                ///< of the process and the exchange, with "scope"; of a tree without its user's
};

/// Who takes a tree's product.
struct TreeUser {
  ExchangeAt at;
  Tape::Slot amount;
  Tags tags;  ///< that go to the tree
};

/// A tree of the system with its entries, per unit of its product.
struct TreeSite {
  Block block;
  std::size_t root = 0;  ///< position
  std::vector<EntrySite> entries;
  std::vector<TreeUser> users;
};

/// An elementary flow of the system: where its factors stand, nothing where a method has none.
struct FlowSite {
  std::string name, place;
  std::vector<std::optional<Tape::Slot>> factors;  ///< by method
};

/// A query as the entries that answer it.
struct PreparedQuery {
  /// Entries of a tree and the users with whom they answer: every pair of the two does.
  struct Pairs {
    std::size_t tree;
    std::vector<std::size_t> entries, users;
  };
  Query query;
  std::vector<std::size_t> entries;  ///< outside the trees
  std::vector<Pairs> pairs;
  bool empty() const { return entries.empty() && pairs.empty(); }
};

class Evaluator {
 public:
  /// The system must outlive this.
  explicit Evaluator(const ProductSystem& system);

  const ProductSystem& system() const { return *system_; }
  /// Refuses (E053) a singular system, naming the processes at fault, and (E054) amounts that are not finite.
  Result<Evaluation> evaluate(std::span<const double> parameters) const;

  PreparedQuery prepare(const Query& query) const;
  double fold(const Evaluation& at, const PreparedQuery& query) const;
  /// Derivatives of a fold to all inputs, by one transposed solve a block and one reverse sweep of the tape; NaN free
  /// where floor, min or max occurs, but blind to their jumps: see jumps().
  Result<std::vector<double>> gradient(const Evaluation& at, const PreparedQuery& query) const;
  /// For each parameter, whether a floor, min or max reads it.
  const std::vector<bool>& jumps() const { return jumps_; }

  // What a ledger is written from.
  const std::vector<EntrySite>& entries() const { return entries_; }
  const std::vector<TreeSite>& trees() const { return trees_; }
  const std::vector<FlowSite>& flows() const { return flows_; }
  const Block& foreground() const { return foreground_; }
  const Block& background() const { return background_; }
  /// How often the process of an entry runs, for one unit of the tree's product where it belongs to a tree.
  double runs(const Evaluation& at, const EntrySite& entry) const { return entry.at ? at.runs[entry.at->instance] : 1.0; }
  /// What one unit of an entry's flow counts: its factor or intensity, or 1.
  double weight(const Evaluation& at, const EntrySite& entry, const Weight& what) const;
  /// Supply of all instances, those of trees and the background too.
  Result<std::vector<double>> supply(const Evaluation& at) const;
  /// g: amounts of the elementary flows, by number.
  std::vector<double> inventory(const Evaluation& at, const std::vector<double>& supply) const;

 private:
  EntrySite entry_of(std::size_t instance, std::size_t exchange) const;
  std::vector<EntrySite> entries_of(const std::vector<std::size_t>& members) const;
  Finding singular(const Block& block, const Singular& at) const;
  Result<void> check_finite(const std::vector<double>& slots) const;
  Result<void> solve_foreground(Evaluation& at) const;
  Result<void> solve_background(Evaluation& at) const;
  /// Impacts of one run of each background process.
  std::vector<double> direct_impacts(const Evaluation& at, std::size_t method) const;
  std::vector<double> drawn_from_background(const Evaluation& at) const;
  Result<std::vector<double>> priced(const Block& block, const FlowSystem& flow, std::vector<double> per_run) const;
  void add_supply_seeds(const Block& block, const std::vector<double>& price, const std::vector<double>& runs,
                        std::vector<double>& seeds) const;

  const ProductSystem* system_;
  Tape tape_;
  Tape::Slot demand_;
  std::vector<InstanceSlots> slots_;  ///< by instance
  std::vector<std::vector<std::size_t>> flow_of_;  ///< by instance and exchange: number of its elementary flow
  std::vector<FlowSite> flows_;
  Block foreground_, background_;
  std::vector<EntrySite> entries_;
  std::vector<TreeSite> trees_;
  std::vector<bool> jumps_;
};

}  // namespace cradle::lca
