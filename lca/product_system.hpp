// SPDX-License-Identifier: Apache-2.0
// A product system: unit processes linked by their products, cut into foreground and background, foreground
// instantiated per inherited tags. Structure is found with Boost.Graph (inside the .cpp only).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lca/finding.hpp"
#include "lca/parameter.hpp"
#include "lca/process.hpp"

namespace cradle::lca {

/// What is asked of the system: an amount of a product.
struct Demand {
  std::string product;
  Expression amount = 1.0;
};

/// What a reader hands over: everything known, before linking.
struct Inventory {
  Parameters parameters;
  std::vector<ElementaryFlow> elementary_flows;
  std::vector<UnitProcess> processes;
  std::vector<Method> methods;
  Demand demand;
  Allocation allocation = {};  ///< how processes with several products are divided
};

/// A process as it stands in the linked system.
struct Instance {
  static constexpr std::size_t no_tree = static_cast<std::size_t>(-1);
  std::size_t process = 0;  ///< index into Inventory::processes
  Tags inherited;
  std::size_t tree = no_tree;  ///< the tree that it belongs to; inherited tags are then those since its root
  std::vector<std::optional<std::size_t>> providers;  ///< per exchange: instance that supplies it
};

/// One exchange of one instance.
struct ExchangeAt {
  std::size_t instance = 0;
  std::size_t exchange = 0;
};

/// Everything foreground that stands above a shared process, once, and who takes its product. A user's tags go to all of
/// it, as far as it does not assign its own: an entry of the ledger is then a pair of a user and an entry of the tree.
struct SharedTree {
  std::size_t root = 0;           ///< instance
  std::vector<ExchangeAt> users;  ///< in the foreground outside all trees
};

/// Whether shared processes are kept once: where more than a hundred processes use them, always or never. Sums are the
/// same.
enum class KeepTrees { where_many, always, never };

class ProductSystem {
 public:
  /// Divides processes with several products (E093 to E095), then links providers from the demand upwards. Refuses
  /// (E050) a product without or (E051) with two providers, (E052) a background process that uses a foreground product,
  /// naming the processes.
  /// Refuses (E055) calculated parameters that go in a circle.
  static Result<ProductSystem> link(Inventory inventory, KeepTrees keep = KeepTrees::where_many);

  const Inventory& inventory() const { return inventory_; }
  const Parameters& parameters() const { return inventory_.parameters; }
  Parameters& parameters() { return inventory_.parameters; }
  const std::vector<Instance>& instances() const { return instances_; }
  const UnitProcess& process(std::size_t instance) const { return inventory_.processes[instances_[instance].process]; }
  const Exchange& exchange(const ExchangeAt& at) const { return process(at.instance).exchanges[at.exchange]; }
  bool background(std::size_t instance) const { return process(instance).background; }
  /// Index of a method by its id.
  std::optional<std::size_t> find_method(std::string_view id) const;
  /// The first instance that makes a product.
  std::optional<std::size_t> find(std::string_view product) const;
  /// Own and inherited tags together.
  Tags tags(std::size_t instance) const;
  /// The instance that supplies the functional unit.
  std::size_t root() const { return 0; }

  /// Instances in order of supply: consumers before their suppliers where there is no loop.
  const std::vector<std::size_t>& order() const { return order_; }
  const std::vector<SharedTree>& trees() const { return trees_; }
  /// Calculated parameters in the order in which they are computed.
  const std::vector<ParameterIndex>& parameter_order() const { return parameter_order_; }
  /// A number of the loop (strong component) that an instance belongs to.
  std::size_t component_of(std::size_t instance) const { return component_[instance]; }
  /// The loop (strong component) an instance belongs to, as instance indices; one element if it is in none.
  std::vector<std::size_t> loop_of(std::size_t instance) const;
  /// Who uses an instance's product.
  const std::vector<ExchangeAt>& consumers(std::size_t instance) const { return consumers_[instance]; }
  /// Parameters that the supply of this instance depends on, from the demand (or its tree's root) to its own production.
  std::set<ParameterIndex> parameters_of_supply(std::size_t instance) const;

 private:
  void analyse();

  Inventory inventory_;
  std::vector<ParameterIndex> parameter_order_;
  std::vector<Instance> instances_;
  std::vector<SharedTree> trees_;
  std::vector<std::vector<ExchangeAt>> consumers_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> component_;
};

}  // namespace cradle::lca
