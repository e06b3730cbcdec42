// SPDX-License-Identifier: Apache-2.0
#include "lca/matrix/flow_system.hpp"

#include <suitesparse/btf.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cradle::lca {
namespace {

/// `consumers` from `suppliers`, with the slot of each entry.
void fill_consumers(FlowSystem& flow) {
  const auto n = flow.size();
  auto& rows = flow.consumers;
  const auto& columns = flow.suppliers;
  rows.start.assign(n + 1, 0);
  rows.other.resize(columns.other.size());
  rows.value.resize(columns.other.size());
  flow.slot.resize(columns.other.size());
  for (const int supplier : columns.other) ++rows.start[static_cast<std::size_t>(supplier) + 1];
  std::partial_sum(rows.start.begin(), rows.start.end(), rows.start.begin());
  auto next = rows.start;
  for (std::size_t c = 0; c < n; ++c) {
    const auto [begin, end] = range_of(columns.start, c);
    for (std::size_t k = begin; k < end; ++k) {
      const auto slot = static_cast<std::size_t>(next[static_cast<std::size_t>(columns.other[k])]++);
      rows.other[slot] = static_cast<int>(c);
      rows.value[slot] = columns.value[k];
      flow.slot[k] = static_cast<int>(slot);
    }
  }
}

/// For each position the number of its strong component, those nearer to the demand first.
std::vector<int> strong_components(const FlowSystem& flow) {
  const auto n = static_cast<int>(flow.size());
  std::vector<int> permutation(flow.size()), boundary(flow.size() + 1), work(4 * flow.size()), block(flow.size());
  auto start = flow.suppliers.start, row = flow.suppliers.other;  // the library does not take const
  const int count =
      btf_strongcomp(n, start.data(), row.data(), nullptr, permutation.data(), boundary.data(), work.data());
  for (int b = 0; b < count; ++b)  // upper triangular: suppliers stand in earlier blocks
    for (int k = boundary[static_cast<std::size_t>(b)]; k < boundary[static_cast<std::size_t>(b) + 1]; ++k)
      block[static_cast<std::size_t>(permutation[static_cast<std::size_t>(k)])] = count - 1 - b;
  return block;
}

/// u_p = 1 + sum over consumers of (share of p's product that goes there) u_consumer; a few sweeps are enough for an
/// order. Shares by size, so that credits do not turn the order round.
std::vector<double> upstreamness_of(const FlowSystem& flow, std::span<const double> supply) {
  constexpr int sweeps = 30;
  constexpr double farthest = 1e6;
  std::vector<double> upstreamness(flow.size(), 1.0);
  for (int sweep = 0; sweep < sweeps; ++sweep)
    for (std::size_t p = 0; p < flow.size(); ++p) {
      const auto [begin, end] = range_of(flow.consumers.start, p);
      const double total = std::abs(flow.output[p] * supply[p]);
      if (total == 0.0) continue;
      double steps = 0.0;
      for (std::size_t k = begin; k < end; ++k) {
        const auto c = static_cast<std::size_t>(flow.consumers.other[k]);
        steps += std::abs(flow.consumers.value[k] * supply[c]) * upstreamness[c];
      }
      upstreamness[p] = std::min(1.0 + steps / total, farthest);
    }
  return upstreamness;
}

/// Loops apart, and everything between two loops together. `block`: the strong component at each position.
template <typename Component>
std::vector<Stretch> stretches_of(std::size_t size, Component block) {
  std::vector<Stretch> stretches;
  for (std::size_t p = 0; p < size;) {
    std::size_t end = p + 1;
    while (end < size && block(end) == block(p)) ++end;
    const bool loop = end - p > 1;
    if (!loop && !stretches.empty() && !stretches.back().loop)
      stretches.back().end = end;
    else
      stretches.push_back({p, end, loop});
    p = end;
  }
  return stretches;
}

}  // namespace

void complete(FlowSystem& flow, const std::function<std::size_t(std::size_t)>& component) {
  fill_consumers(flow);
  flow.stretches = stretches_of(flow.size(), component);
}

std::vector<double> FlowSystem::right_side(const MatrixDemand& demand) const {
  std::vector<double> f(size(), 0.0);
  for (const auto& [row, amount] : demand.amounts)
    f[static_cast<std::size_t>(position[static_cast<std::size_t>(row)])] += amount;
  return f;
}

/// In reverse postorder: no recursion, since a supply chain may be as long as the system is large.
std::vector<int> reached_processes(const SparseMatrix& a, std::span<const int> process_of_product,
                                   std::span<const int> products) {
  struct Visit {
    int process;
    int next;  ///< entry of A to look at
  };
  std::vector<bool> seen(static_cast<std::size_t>(a.columns), false);
  std::vector<int> postorder;
  std::vector<Visit> stack;
  const auto enter = [&](int product) {
    const int process = process_of_product[static_cast<std::size_t>(product)];
    if (seen[static_cast<std::size_t>(process)]) return;
    seen[static_cast<std::size_t>(process)] = true;
    stack.push_back({process, a.column_start[static_cast<std::size_t>(process)]});
  };
  for (const int product : products) {
    enter(product);
    while (!stack.empty()) {
      auto& visit = stack.back();
      if (visit.next == a.column_start[static_cast<std::size_t>(visit.process) + 1]) {
        postorder.push_back(visit.process);
        stack.pop_back();
        continue;
      }
      const auto k = static_cast<std::size_t>(visit.next++);
      enter(a.row[k]);  // also where the amount is 0: a draw may make it another
    }
  }
  std::reverse(postorder.begin(), postorder.end());
  return postorder;
}

FlowSystem reach(const MatrixSystem& system, std::span<const int> process_of_product, std::span<const int> products) {
  const auto& a = system.technosphere;
  FlowSystem flow;
  flow.process = reached_processes(a, process_of_product, products);
  const auto n = flow.process.size();
  std::vector<int> product_of(static_cast<std::size_t>(a.columns));
  for (std::size_t r = 0; r < process_of_product.size(); ++r)
    product_of[static_cast<std::size_t>(process_of_product[r])] = static_cast<int>(r);
  flow.product.resize(n);
  flow.output.resize(n);
  flow.position.assign(static_cast<std::size_t>(a.rows), -1);
  for (std::size_t p = 0; p < n; ++p) {
    flow.product[p] = product_of[static_cast<std::size_t>(flow.process[p])];
    flow.position[static_cast<std::size_t>(flow.product[p])] = static_cast<int>(p);
  }
  flow.suppliers.start.push_back(0);
  for (std::size_t p = 0; p < n; ++p) {
    const auto [begin, end] = range_of(a.column_start, static_cast<std::size_t>(flow.process[p]));
    for (std::size_t k = begin; k < end; ++k) {
      if (a.row[k] == flow.product[p]) {
        flow.output[p] = a.value[k];
      } else {
        flow.suppliers.other.push_back(flow.position[static_cast<std::size_t>(a.row[k])]);
        flow.suppliers.value.push_back(-a.value[k]);
      }
    }
    flow.suppliers.start.push_back(static_cast<int>(flow.suppliers.other.size()));
  }
  fill_consumers(flow);
  flow.stretches = {{0, n, true}};
  return flow;
}

FlowSystem arrange(const FlowSystem& old, std::span<const double> supply) {
  const auto n = old.size();
  const auto blocks = strong_components(old);
  const auto upstreamness = supply.empty() ? std::vector<double>(n, 0.0) : upstreamness_of(old, supply);
  std::vector<int> order(n), place(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int left, int right) {
    const auto a = static_cast<std::size_t>(left), b = static_cast<std::size_t>(right);
    return blocks[a] != blocks[b] ? blocks[a] < blocks[b] : upstreamness[a] < upstreamness[b];
  });
  for (std::size_t p = 0; p < n; ++p) place[static_cast<std::size_t>(order[p])] = static_cast<int>(p);

  FlowSystem flow;
  flow.position.assign(old.position.size(), -1);
  flow.suppliers.start.push_back(0);
  for (std::size_t p = 0; p < n; ++p) {
    const auto before = static_cast<std::size_t>(order[p]);
    flow.process.push_back(old.process[before]);
    flow.product.push_back(old.product[before]);
    flow.output.push_back(old.output[before]);
    flow.position[static_cast<std::size_t>(old.product[before])] = static_cast<int>(p);
    const auto [begin, end] = range_of(old.suppliers.start, before);
    for (std::size_t k = begin; k < end; ++k) {
      flow.suppliers.other.push_back(place[static_cast<std::size_t>(old.suppliers.other[k])]);
      flow.suppliers.value.push_back(old.suppliers.value[k]);
    }
    flow.suppliers.start.push_back(static_cast<int>(flow.suppliers.other.size()));
  }
  fill_consumers(flow);
  flow.stretches =
      stretches_of(n, [&](std::size_t p) { return blocks[static_cast<std::size_t>(order[p])]; });
  return flow;
}

}  // namespace cradle::lca
