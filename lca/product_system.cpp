// SPDX-License-Identifier: Apache-2.0
#include "lca/product_system.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>
#include <tuple>

#include "lca/allocation/allocation.hpp"

namespace cradle::lca {
namespace {

/// Index of the process that makes each product; two makers of one product are refused by name.
Result<std::map<std::string, std::size_t>> index_products(const std::vector<UnitProcess>& processes) {
  std::map<std::string, std::size_t> makers;
  Findings findings;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const auto [other, fresh] = makers.emplace(processes[i].product, i);
    if (!fresh)
      findings.push_back({"E051",
                          fmt::format("product '{}' has two providers: '{}' and '{}'", processes[i].product,
                                      processes[other->second].name, processes[i].name),
                          "give each process its own product, or allocate",
                          {},
                          ""});
  }
  if (!findings.empty()) return tl::unexpected(std::move(findings));
  return makers;
}

/// Above so many users a copy of the tree for each costs more than pairs do.
constexpr std::size_t many_users = 100;

bool keep_trees(const std::vector<UnitProcess>& processes, const std::map<std::string, std::size_t>& makers,
                KeepTrees keep) {
  if (keep != KeepTrees::where_many) return keep == KeepTrees::always;
  const auto uses_shared = [&](const Exchange& exchange) {
    if (exchange.kind != Exchange::Kind::technosphere) return false;
    const auto maker = makers.find(exchange.flow);
    return maker != makers.end() && processes[maker->second].shared;
  };
  const auto users = std::count_if(processes.begin(), processes.end(), [&](const UnitProcess& process) {
    return std::any_of(process.exchanges.begin(), process.exchanges.end(), uses_shared);
  });
  return static_cast<std::size_t>(users) > many_users;
}

}  // namespace

Result<ProductSystem> ProductSystem::link(Inventory inventory, KeepTrees keep) {
  auto order = inventory.parameters.order();
  if (!order) return tl::unexpected(std::move(order.error()));
  auto single = allocate(std::move(inventory.processes), inventory.allocation, inventory.parameters.values());
  if (!single) return tl::unexpected(std::move(single.error()));
  inventory.processes = std::move(*single);
  auto makers = index_products(inventory.processes);
  if (!makers) return tl::unexpected(std::move(makers.error()));

  ProductSystem system;
  system.parameter_order_ = std::move(*order);
  const bool kept = keep_trees(inventory.processes, *makers, keep);
  Findings findings;
  std::map<std::tuple<std::size_t, Tags, std::size_t>, std::size_t> known;
  const auto instance_of = [&](std::size_t process, Tags inherited, std::size_t tree = Instance::no_tree) {
    if (inventory.processes[process].background) {
      inherited.clear();
      tree = Instance::no_tree;
    }
    const auto [found, fresh] = known.emplace(std::tuple(process, inherited, tree), system.instances_.size());
    if (fresh) system.instances_.push_back({process, std::move(inherited), tree, {}});
    return found->second;
  };
  // The tree above a shared process, made with its first user.
  std::map<std::size_t, std::size_t> tree_of;
  const auto use_tree = [&](std::size_t process, ExchangeAt user) {
    const auto [found, fresh] = tree_of.emplace(process, system.trees_.size());
    if (fresh) system.trees_.push_back({instance_of(process, {}, found->second), {}});
    system.trees_[found->second].users.push_back(user);
    return system.trees_[found->second].root;
  };

  const auto root = makers->find(inventory.demand.product);
  if (root == makers->end())
    return failure(
        {"E050", fmt::format("nothing provides the functional unit '{}'", inventory.demand.product), "", {}, ""});
  instance_of(root->second, {});

  // Breadth first; instances_ grows while it is walked.
  for (std::size_t i = 0; i < system.instances_.size(); ++i) {
    const UnitProcess& process = inventory.processes[system.instances_[i].process];
    std::vector<std::optional<std::size_t>> providers(process.exchanges.size());
    for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
      const Exchange& exchange = process.exchanges[e];
      if (exchange.kind != Exchange::Kind::technosphere) continue;
      const auto maker = makers->find(exchange.flow);
      if (maker == makers->end()) {
        findings.push_back(
            {"E050", fmt::format("'{}' uses '{}', which nothing provides", process.name, exchange.flow), "", {}, ""});
        continue;
      }
      const UnitProcess& provider = inventory.processes[maker->second];
      if (process.background && !provider.background) {
        findings.push_back(
            {"E052",
             fmt::format("background process '{}' uses the foreground product of '{}'", process.name, provider.name),
             "declare both foreground: shared processes carry no tags",
             {},
             ""});
        continue;
      }
      const std::size_t tree = system.instances_[i].tree;
      if (kept && provider.shared && !provider.background && tree == Instance::no_tree) {
        providers[e] = use_tree(maker->second, {i, e});
        continue;
      }
      Tags inherited = system.instances_[i].inherited;
      for (const auto& [key, value] : exchange.assigns) inherited[key] = value;
      providers[e] = instance_of(maker->second, std::move(inherited), tree);
    }
    system.instances_[i].providers = std::move(providers);
  }
  if (!findings.empty()) return tl::unexpected(std::move(findings));
  system.inventory_ = std::move(inventory);
  system.analyse();
  return system;
}

void ProductSystem::analyse() {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Graph graph(instances_.size());
  consumers_.assign(instances_.size(), {});
  for (std::size_t i = 0; i < instances_.size(); ++i)
    for (std::size_t e = 0; e < instances_[i].providers.size(); ++e)
      if (const auto provider = instances_[i].providers[e]) {
        boost::add_edge(i, *provider, graph);
        consumers_[*provider].push_back({i, e});
      }
  component_.assign(instances_.size(), 0);
  boost::strong_components(graph,
                           boost::make_iterator_property_map(component_.begin(), get(boost::vertex_index, graph)));
  // Tarjan numbers components from the sinks (suppliers), so descending numbers put consumers first.
  order_.resize(instances_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
  std::stable_sort(order_.begin(), order_.end(),
                   [&](std::size_t a, std::size_t b) { return component_[a] > component_[b]; });
}

std::optional<std::size_t> ProductSystem::find_method(std::string_view id) const {
  const auto& all = inventory_.methods;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Method& method) { return method.id == id; });
  return found == all.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - all.begin()));
}

std::optional<std::size_t> ProductSystem::find(std::string_view product) const {
  for (std::size_t i = 0; i < instances_.size(); ++i)
    if (process(i).product == product) return i;
  return std::nullopt;
}

Tags ProductSystem::tags(std::size_t instance) const {
  Tags all = instances_[instance].inherited;
  for (const auto& [key, value] : process(instance).tags) all[key] = value;
  return all;
}

std::vector<std::size_t> ProductSystem::loop_of(std::size_t instance) const {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < instances_.size(); ++i)
    if (component_[i] == component_[instance]) members.push_back(i);
  return members;
}

std::set<ParameterIndex> ProductSystem::parameters_of_supply(std::size_t instance) const {
  std::set<ParameterIndex> parameters;
  std::vector<bool> seen(instances_.size(), false);
  std::vector<std::size_t> stack{instance};
  while (!stack.empty()) {
    const std::size_t at = stack.back();
    stack.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    process(at).production.collect_parameters(parameters);
    if (at == root()) inventory_.demand.amount.collect_parameters(parameters);
    for (const auto& use : consumers_[at]) {
      if (instances_[use.instance].tree != instances_[at].tree) continue;  // a tree's users are apart from it
      exchange(use).amount.collect_parameters(parameters);
      stack.push_back(use.instance);
    }
  }
  return parameters;
}

}  // namespace cradle::lca
