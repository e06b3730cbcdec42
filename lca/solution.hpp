// SPDX-License-Identifier: Apache-2.0
// The solved system and its ledger: A s = f, g = B s, h = C g, and the entries that sum to h exactly.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lca/evaluation/evaluator.hpp"
#include "lca/product_system.hpp"
#include "lca/query/query.hpp"

namespace cradle::lca {

/// A direct elementary flow of a foreground process, an exchange that crosses into the background at
/// amount x intensity, or demand placed on a background product.
/// Whether an interval speaks of an amount: some input carries a range, and none that is uncertain lacks one.
struct Ranged {
  bool some = false, lacking = false;
  bool covered() const { return some && !lacking; }
  Ranged operator|(Ranged other) const { return {some || other.some, lacking || other.lacking}; }
};

struct LedgerEntry {
  std::optional<ExchangeAt> at;  ///< empty: demand placed on a background product
  std::string process;           ///< name of the foreground process, "demand" for demand
  std::string flow;
  std::string unit;
  Tags tags;                          ///< of the process, plus "scope"
  double amount = 0.0;                ///< in `unit`: exchange amount x scaling of the process
  std::vector<double> impacts;        ///< per method
  Basis basis = Basis::assumed;       ///< weakest parameter in the activity amount
  std::optional<Basis> factor_basis;  ///< weakest parameter of the background intensity, where there is one
  Ranged ranged = {};          ///< of the inputs of the activity and of the intensity
  std::vector<ParameterIndex> basis_of = {};  ///< inputs of the activity, where they are of more than one basis and few
  std::string source;
  std::string rule;

  /// What a term of a query looks at: a tag, or the entry's own "process" or "flow"; nullptr where there is none.
  const std::string* find(const std::string& key) const;
  /// What a fold sums of this entry.
  double sum(const Weight& what) const { return what ? impacts[*what] : amount; }
};
bool selects(const Selection& selection, const LedgerEntry& entry);

/// Who takes a tree's product, and how much of it.
struct LedgerUse {
  std::string process;  ///< that takes it
  Tags tags;            ///< that go to every entry of the tree that has none of its own
  double amount = 0.0;  ///< of the tree's product
  Basis basis = Basis::assumed;
  Ranged ranged = {};
};

/// A shared tree, once: its entries for one unit of its product. Each use makes of each entry one of the whole ledger.
struct LedgerTree {
  std::string product;
  std::vector<LedgerEntry> entries;
  std::vector<LedgerUse> uses;
};
/// An entry of a tree as one use makes it.
LedgerEntry entry_of(const LedgerEntry& per_unit, const LedgerUse& use);

/// 95 %: first-order, value -/+ root of the summed squares of each parameter's effect (GUM 5.1.2, its own low and high
/// side apart, parameters independent).
struct Interval {
  double low = 0.0, high = 0.0;
  bool finite_step = false;  ///< a floor, min or max reads some parameter: its effect is that of going to either end
};

/// The effect of one parameter on a fold.
struct Sensitivity {
  ParameterIndex parameter;
  double derivative;
};

/// A flow that a method knows by place, but not by this one: the factor without a place was used.
struct PlaceFallback {
  std::string method, flow, place;
};

/// A flow that a method has no factor for, and its share of all flows of its unit.
struct Uncharacterised {
  std::string method, flow;
  double amount, share;
};

/// Sums of a ledger by the values of some keys.
struct Group {
  std::vector<std::string> values;  ///< of the keys, "" where a key is absent
  double amount = 0.0;
  std::vector<double> impacts;  ///< per method
  std::size_t entries = 0;
};

/// One solved system. Holds a pointer to the system, which must outlive it.
class Solution {
 public:
  /// Refuses (E053) a singular system, naming the processes at fault, and (E054) amounts that are not finite.
  static Result<Solution> solve(const ProductSystem& system);

  const ProductSystem& system() const { return evaluator_->system(); }
  const Evaluator& evaluator() const { return *evaluator_; }
  const Evaluation& evaluation() const { return evaluation_; }
  /// Scaling s of each instance: how many times it runs.
  const std::vector<double>& scaling() const { return scaling_; }
  /// g = B s: total of each elementary flow by the whole system.
  const std::map<std::string, double>& inventory() const { return inventory_; }
  /// h = C g by the whole system, per method.
  const std::vector<double>& totals() const { return totals_; }
  /// Entries outside the shared trees; all there are where no tree is kept.
  const std::vector<LedgerEntry>& ledger() const { return ledger_; }
  const std::vector<LedgerTree>& trees() const { return trees_; }
  const std::vector<PlaceFallback>& fallbacks() const { return fallbacks_; }
  const std::vector<Uncharacterised>& uncharacterised() const { return uncharacterised_; }
  /// Intensity y of a background instance's product for a method.
  double intensity(std::size_t instance, std::size_t method) const;

  /// The whole ledger, pairs of trees written out.
  std::vector<LedgerEntry> whole_ledger() const;
  /// Whether anything answers the selection.
  bool any(const Selection& selection) const;
  double fold(const Query& query) const;
  /// Sizes of what answers a query (absolute values, so that credits do not cancel) by basis.
  std::map<Basis, double> sizes_by_basis(const Query& query) const;
  /// Share of what answers a query (absolute values) of which some input carries a range; 0 where nothing answers.
  double ranged_share(const Query& query) const;
  /// Sums by keys, in order of first appearance. A key is a tag, or "process", "flow", "basis".
  std::vector<Group> group(const Selection& selection, const std::vector<std::string>& keys) const;
  /// Exact derivatives of a fold to every input that it depends on, by one transposed solve and one reverse sweep;
  /// where floor, min or max reads an input, the slope between two points (see Interval).
  std::vector<Sensitivity> sensitivities(const Query& query) const;
  /// For each query, nothing where it depends on no parameter with a 95 % range.
  std::vector<std::optional<Interval>> intervals(std::span<const Query> queries) const;
  std::optional<Interval> interval(const Query& query) const { return intervals({&query, 1}).front(); }
  /// Lowest and highest value over the ends of scenario ranges; nothing where a query depends on none.
  std::vector<std::optional<Interval>> scenarios(std::span<const Query> queries) const;

 private:
  std::vector<double> folds_at(std::span<const double> parameters, std::span<const PreparedQuery> queries) const;
  bool never_negative(const PreparedQuery& query) const;
  void record_characterisation(const std::vector<double>& amounts);

  std::shared_ptr<const Evaluator> evaluator_;
  Evaluation evaluation_;
  std::vector<double> scaling_;
  std::map<std::string, double> inventory_;
  std::vector<double> totals_;
  std::vector<LedgerEntry> ledger_;
  std::vector<LedgerTree> trees_;
  std::vector<PlaceFallback> fallbacks_;
  std::vector<Uncharacterised> uncharacterised_;
};

/// One check that the solution makes of itself.
struct SelfCheck {
  enum class Verdict { passed, failed, not_checkable };
  std::string name;
  Verdict verdict;
  std::string detail;
};

/// Entries sum to the solve's total within 1e-9 for every method; supply balances demand for every product.
std::vector<SelfCheck> check_solution(const Solution& solution);

}  // namespace cradle::lca
