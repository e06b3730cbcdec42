// SPDX-License-Identifier: Apache-2.0
// A square part of a product system, lowered to the matrix engine: its structure is fixed, its numbers are those of the
// last evaluation.
#pragma once

#include <functional>
#include <vector>

#include "lca/evaluation/tape.hpp"
#include "lca/matrix/flow_system.hpp"
#include "lca/matrix/relaxation.hpp"
#include "lca/product_system.hpp"

namespace cradle::lca {

/// Where the amounts of an instance stand on the tape.
struct InstanceSlots {
  Tape::Slot production;
  std::vector<Tape::Slot> exchanges;
};

class Block {
 public:
  static constexpr std::size_t outside = static_cast<std::size_t>(-1);

  /// The given instances, consumers first as far as loops allow.
  Block(const ProductSystem& system, std::vector<std::size_t> members, const std::vector<InstanceSlots>& slots);

  std::size_t size() const { return members_.size(); }
  const std::vector<std::size_t>& members() const { return members_; }
  /// Position of an instance, or `outside`.
  std::size_t position(std::size_t instance) const { return position_[instance]; }
  bool holds(std::size_t instance) const { return position_[instance] != outside; }

  /// The matrix at the values of a tape.
  FlowSystem at(const std::vector<double>& slots) const;

 private:
  std::vector<std::size_t> members_, position_;
  FlowSystem flow_;
  std::vector<Tape::Slot> productions_, supplies_;              ///< by position; by entry of flow_.suppliers
  std::vector<std::pair<std::size_t, Tape::Slot>> own_uses_;    ///< position, amount of the own product taken
};

/// Solves one side of a block; Singular names a position.
tl::expected<std::vector<double>, Singular> solve(const FlowSystem& flow, Side side, std::span<const double> right_side);

}  // namespace cradle::lca
