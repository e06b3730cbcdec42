// SPDX-License-Identifier: Apache-2.0
// Writes the ledger of an evaluation: numbers with names, tags, basis, source and rule. Done once; not used outside
// solution.cpp.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "lca/solution.hpp"

namespace cradle::lca {

class LedgerWriter {
 public:
  LedgerWriter(const Evaluator& evaluator, const Evaluation& at);

  std::vector<LedgerEntry> entries();
  std::vector<LedgerTree> trees();

 private:
  /// What a background product's intensity stands on.
  struct Factor {
    std::set<ParameterIndex> inputs;
    Basis basis;
    Ranged ranged;
  };
  LedgerEntry entry(const EntrySite& site);
  const Factor& factor_of(std::size_t position);
  std::set<ParameterIndex> inputs_of(const Expression& expression) const;
  Basis weakest(const std::set<ParameterIndex>& inputs) const;
  std::vector<ParameterIndex> parts_of_basis(const std::set<ParameterIndex>& activity,
                                             const std::set<ParameterIndex>& supply) const;
  Ranged ranged(const std::set<ParameterIndex>& inputs) const;
  std::string sources(const std::set<ParameterIndex>& inputs) const;
  const std::set<ParameterIndex>& supply_inputs(std::size_t instance);

  const Evaluator& evaluator_;
  const ProductSystem& system_;
  const Evaluation& at_;
  std::map<std::string, std::string> elementary_units_;
  std::map<std::size_t, Factor> factors_;
  std::optional<std::size_t> supply_of_;  ///< instance that supply_ belongs to
  std::set<ParameterIndex> supply_;
};

}  // namespace cradle::lca
