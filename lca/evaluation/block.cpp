// SPDX-License-Identifier: Apache-2.0
#include "lca/evaluation/block.hpp"

#include <algorithm>

namespace cradle::lca {

Block::Block(const ProductSystem& system, std::vector<std::size_t> members, const std::vector<InstanceSlots>& slots)
    : members_(std::move(members)), position_(system.instances().size(), outside) {
  for (std::size_t p = 0; p < members_.size(); ++p) position_[members_[p]] = p;
  flow_.suppliers.start.push_back(0);
  for (std::size_t p = 0; p < members_.size(); ++p) {
    const std::size_t instance = members_[p];
    productions_.push_back(slots[instance].production);
    const auto& providers = system.instances()[instance].providers;
    for (std::size_t e = 0; e < providers.size(); ++e) {
      if (!providers[e] || !holds(*providers[e])) continue;
      const auto supplier = position_[*providers[e]];
      if (supplier == p) {
        own_uses_.emplace_back(p, slots[instance].exchanges[e]);
        continue;
      }
      flow_.suppliers.other.push_back(static_cast<int>(supplier));
      supplies_.push_back(slots[instance].exchanges[e]);
    }
    flow_.suppliers.start.push_back(static_cast<int>(flow_.suppliers.other.size()));
    flow_.process.push_back(static_cast<int>(p));
    flow_.product.push_back(static_cast<int>(p));
    flow_.position.push_back(static_cast<int>(p));
  }
  flow_.output.assign(size(), 1.0);
  flow_.suppliers.value.assign(supplies_.size(), 0.0);
  complete(flow_, [&](std::size_t p) { return system.component_of(members_[p]); });
}

FlowSystem Block::at(const std::vector<double>& slots) const {
  FlowSystem flow = flow_;
  for (std::size_t p = 0; p < size(); ++p) flow.output[p] = slots[productions_[p]];
  for (const auto& [p, slot] : own_uses_) flow.output[p] -= slots[slot];
  for (std::size_t k = 0; k < supplies_.size(); ++k) {
    flow.suppliers.value[k] = slots[supplies_[k]];
    flow.consumers.value[static_cast<std::size_t>(flow.slot[k])] = flow.suppliers.value[k];
  }
  return flow;
}

tl::expected<std::vector<double>, Singular> solve(const FlowSystem& flow, Side side,
                                                  std::span<const double> right_side) {
  if (acyclic(flow)) return substitute(flow, side, right_side);
  auto solved = FlowSolver(flow).solve(side, right_side);
  if (!solved) return tl::unexpected(solved.error());
  return std::move(solved->x);
}

}  // namespace cradle::lca
