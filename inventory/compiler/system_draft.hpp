// SPDX-License-Identifier: Apache-2.0
// The product system as it grows: inputs and calculated quantities by their keys, processes by their products.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "lca/product_system.hpp"

namespace cradle::inventory {

/// Words of a calculated quantity; `source` says where its formula is from.
struct CalculatedWords {
  std::string label, unit, rule, source;
};

class SystemDraft {
 public:
  /// A new parameter, or the one that is there: a second definition from another place is a defect.
  lca::Expression parameter(const lca::ParameterKey& key, const std::string& label, const lca::Parameter& input);
  /// A quantity with a name of its own: calculated by a formula once, however often it is used.
  lca::Expression calculated(const lca::ParameterKey& key, const CalculatedWords& words, lca::Expression formula);

  /// Claims a product: true for the first who asks, who then adds its process.
  bool begin(const std::string& product) { return begun_.insert(product).second; }
  bool makes(const std::string& product) const { return begun_.contains(product); }
  void add(lca::UnitProcess process) { inventory.processes.push_back(std::move(process)); }

  /// Null where nothing makes it.
  lca::UnitProcess* process_of(const std::string& product);

  /// What a formula comes to, with inputs as they are stated.
  double now(const lca::Expression& formula) const { return formula.evaluate(inventory.parameters.values()); }
  /// 95 % of it: each input at either end of its range, the effects' squares summed (GUM 5.1.2).
  std::pair<double, double> range_of(const lca::Expression& formula) const;

  lca::Inventory inventory;

 private:
  std::set<std::string> begun_;
  std::map<lca::ParameterKey, lca::ParameterIndex> keys_;
};

}  // namespace cradle::inventory
