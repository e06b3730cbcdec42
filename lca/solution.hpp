// SPDX-License-Identifier: Apache-2.0
// The solved system and its ledger: A s = f, g = B s, h = C g, and the entries that sum to h exactly.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lca/matrix/factors.hpp"
#include "lca/product_system.hpp"

namespace cradle::lca {

/// A direct elementary flow of a foreground process, an exchange that crosses into the background at
/// amount x intensity, or demand placed on a background product.
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
  std::string source;
  std::string rule;
};

/// What a fold sums: a method's impacts, or (without one) the entries' amounts.
using Weight = std::optional<std::size_t>;
using Selection = std::function<bool(const LedgerEntry&)>;

/// First-order interval: value -/+ root of the summed squares of each parameter's effect (GUM 5.1.2, its own
/// low and high side apart, parameters independent).
struct Interval {
  double low = 0.0, high = 0.0;
  bool finite_step = false;  ///< floor, min or max occurs: those slopes were taken by a finite step
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

/// One solved system. Holds a pointer to the system, which must outlive it.
class Solution {
 public:
  /// Refuses (E053) a singular system, naming the processes at fault, and (E054) amounts that are not finite.
  static Result<Solution> solve(const ProductSystem& system);

  const ProductSystem& system() const { return *system_; }
  /// Scaling s of each instance: how many times it runs.
  const std::vector<double>& scaling() const { return scaling_; }
  /// g = B s: total of each elementary flow by the whole system.
  const std::map<std::string, double>& inventory() const { return inventory_; }
  /// h = C g by the whole system, per method.
  const std::vector<double>& totals() const { return totals_; }
  const std::vector<LedgerEntry>& ledger() const { return ledger_; }
  const std::vector<PlaceFallback>& fallbacks() const { return fallbacks_; }
  const std::vector<Uncharacterised>& uncharacterised() const { return uncharacterised_; }
  /// Intensity y of a background instance's product for a method.
  double intensity(std::size_t instance, std::size_t method) const;

  double fold(const Selection& selection, Weight weight) const;
  /// Exact derivatives of a fold to every parameter it depends on, by one transposed solve.
  std::vector<Sensitivity> sensitivities(const Selection& selection, Weight weight) const;
  /// Nothing where no selected entry depends on a parameter with a 95 % range.
  std::optional<Interval> interval(const Selection& selection, Weight weight) const;

 private:
  struct Matrices;
  double entry_weight(const LedgerEntry& entry, Weight weight) const;
  void write_ledger();
  void record_characterisation(const std::map<std::pair<std::string, std::string>, int>& flow_index,
                               const std::vector<double>& amounts);

  const ProductSystem* system_ = nullptr;
  std::vector<double> scaling_;
  std::map<std::string, double> inventory_;
  std::vector<double> totals_;
  std::vector<LedgerEntry> ledger_;
  std::vector<PlaceFallback> fallbacks_;
  std::vector<Uncharacterised> uncharacterised_;
  std::shared_ptr<const Matrices> matrices_;
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
