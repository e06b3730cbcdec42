// SPDX-License-Identifier: Apache-2.0
#include "lca/contribution/contributions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <queue>

#include "lca/maths.hpp"

namespace cradle::lca {

std::vector<DirectContribution> direct_contributions(const MatrixSystem& system, const MatrixResult& result,
                                                     int method) {
  std::vector<double> factor(static_cast<std::size_t>(system.biosphere.rows));
  for (std::size_t f = 0; f < factor.size(); ++f) factor[f] = system.characterisation.at(method, static_cast<int>(f));
  std::vector<DirectContribution> table;
  for (std::size_t p = 0; p < result.scaling.size(); ++p) {
    if (result.scaling[p] == 0.0) continue;
    const auto [begin, end] = range_of(system.biosphere.column_start, p);
    for (std::size_t k = begin; k < end; ++k) {
      const double by = factor[static_cast<std::size_t>(system.biosphere.row[k])];
      const double amount = system.biosphere.value[k] * result.scaling[p];
      if (by != 0.0 && amount != 0.0)
        table.push_back({static_cast<int>(p), system.biosphere.row[k], amount, amount * by});
    }
  }
  std::stable_sort(table.begin(), table.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.impact) > std::abs(b.impact); });
  return table;
}

std::vector<UncharacterisedFlow> uncharacterised_flows(const MatrixSystem& system, const MatrixResult& result,
                                                       int method, std::span<const std::string> units) {
  const auto unit_of = [&](std::size_t flow) { return flow < units.size() ? units[flow] : std::string(); };
  std::map<std::string, maths::Sum> sizes;
  for (std::size_t f = 0; f < result.inventory.size(); ++f) sizes[unit_of(f)].add(std::abs(result.inventory[f]));
  std::vector<UncharacterisedFlow> flows;
  for (std::size_t f = 0; f < result.inventory.size(); ++f) {
    const double amount = result.inventory[f];
    if (amount == 0.0 || system.characterisation.find(method, static_cast<int>(f))) continue;
    const std::string unit = unit_of(f);
    flows.push_back({static_cast<int>(f), amount,
                     unit.empty() ? std::nullopt : std::optional(std::abs(amount) / sizes[unit].value())});
  }
  std::stable_sort(flows.begin(), flows.end(), [](const auto& a, const auto& b) {
    return a.share.value_or(-1.0) != b.share.value_or(-1.0) ? a.share.value_or(-1.0) > b.share.value_or(-1.0)
                                                            : std::abs(a.amount) > std::abs(b.amount);
  });
  return flows;
}

std::vector<std::size_t> largest_contributors(std::span<const double> values, double share) {
  double total = 0.0;
  for (const double v : values) total += std::abs(v);
  std::vector<std::size_t> kept(values.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  std::erase_if(kept, [&](std::size_t i) { return std::abs(values[i]) < share * total; });
  std::stable_sort(kept.begin(), kept.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(values[a]) > std::abs(values[b]); });
  return kept;
}

Result<UpstreamTree> upstream_tree(const MatrixLca& lca, const MatrixDemand& demand, std::span<const double> price,
                                   std::span<const double> direct_impact, const TraversalOptions& options) {
  const auto& a = lca.system().technosphere;
  UpstreamTree tree;
  for (const auto& [product, amount] : demand.amounts) tree.total += amount * price[static_cast<std::size_t>(product)];
  tree.sizes = std::max(options.sizes, std::abs(tree.total));
  if (tree.sizes == 0.0)
    return failure({"E092", fmt::format("nothing contributes to demand '{}': there is no share to trace", demand.id),
                    "choose a method that characterises a flow of this system"});
  const double least = options.cut_off * tree.sizes;
  const auto less_important = [&](int x, int y) {
    const auto size = [&](int n) { return std::abs(tree.nodes[static_cast<std::size_t>(n)].cumulative); };
    return size(x) != size(y) ? size(x) < size(y) : x > y;
  };
  std::priority_queue<int, std::vector<int>, decltype(less_important)> waiting(less_important);
  const auto discover = [&](int parent, int product, double amount, int depth) {
    const double cumulative = amount * price[static_cast<std::size_t>(product)];
    // What is demanded stands there even where all above it cancels.
    if (parent >= 0 && (std::abs(cumulative) < least || cumulative == 0.0)) return;
    const int process = lca.process_of_product()[static_cast<std::size_t>(product)];
    const double supply = amount / a.at(product, process);
    const double direct = supply * direct_impact[static_cast<std::size_t>(process)];
    tree.covered += direct;
    tree.nodes.push_back({parent, process, product, amount, supply, cumulative, direct, depth, false});
    waiting.push(static_cast<int>(tree.nodes.size()) - 1);
  };
  for (const auto& [product, amount] : demand.amounts) discover(-1, product, amount, 0);
  for (int expansions = 0; !waiting.empty() && expansions < options.most_expansions; ++expansions) {
    const int current = waiting.top();
    waiting.pop();
    auto& node = tree.nodes[static_cast<std::size_t>(current)];
    if (node.depth >= options.most_depth) continue;
    node.expanded = true;
    const UpstreamNode from = node;  // discovering moves the nodes
    const auto [begin, end] = range_of(a.column_start, static_cast<std::size_t>(from.process));
    for (std::size_t k = begin; k < end; ++k)
      if (a.row[k] != from.product) discover(current, a.row[k], -a.value[k] * from.supply, from.depth + 1);
  }
  return tree;
}

std::vector<Link> links(const MatrixLca& lca, const MatrixDemand& demand, const MatrixResult& result,
                        std::span<const double> price) {
  const auto& a = lca.system().technosphere;
  const auto& process_of = lca.process_of_product();
  std::vector<int> product_of(process_of.size());
  for (std::size_t r = 0; r < process_of.size(); ++r)
    product_of[static_cast<std::size_t>(process_of[r])] = static_cast<int>(r);
  std::vector<double> supplied(process_of.size());
  for (std::size_t r = 0; r < process_of.size(); ++r)
    supplied[r] = a.at(static_cast<int>(r), process_of[r]) * result.scaling[static_cast<std::size_t>(process_of[r])];
  std::vector<Link> all;
  const auto add = [&](int product, int consumer, double amount) {
    const auto r = static_cast<std::size_t>(product);
    all.push_back(
        {process_of[r], consumer, amount, supplied[r] != 0.0 ? amount / supplied[r] : 0.0, amount * price[r]});
  };
  for (const auto& [product, amount] : demand.amounts) add(product, -1, amount);
  for (std::size_t p = 0; p < result.scaling.size(); ++p) {
    if (result.scaling[p] == 0.0) continue;
    const auto [begin, end] = range_of(a.column_start, p);
    for (std::size_t k = begin; k < end; ++k)
      if (a.row[k] != product_of[p]) add(a.row[k], static_cast<int>(p), -a.value[k] * result.scaling[p]);
  }
  return all;
}

Result<double> loop_factor(MatrixLca& lca, int product) {
  const auto result = lca.solve({"loop", {{product, 1.0}}});
  if (!result) return tl::unexpected(result.error());
  const int process = lca.process_of_product()[static_cast<std::size_t>(product)];
  return lca.system().technosphere.at(product, process) * result->scaling[static_cast<std::size_t>(process)];
}

std::vector<Missing> cut_off(MatrixSystem& system, std::span<const std::pair<int, int>> exchanges) {
  std::vector<Missing> missing;
  for (const auto& [row, column] : exchanges) {
    const auto entry = system.technosphere.find(row, column);
    if (!entry) continue;
    missing.push_back({column, row, -system.technosphere.value[*entry]});
    system.technosphere.value[*entry] = 0.0;
  }
  return missing;
}

}  // namespace cradle::lca
