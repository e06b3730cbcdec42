// SPDX-License-Identifier: Apache-2.0
// The part of a system that matters to some demands, in flow order: consumers before their suppliers as far as loops
// allow. In this order one sweep of Gauss-Seidel carries a demand all the way up an acyclic chain.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "lca/matrix/matrix_system.hpp"

namespace cradle::lca {

/// The exchanges as one side sees them: for each position, the others it depends on. `value` is the amount
/// exchanged, inputs positive (-A).
struct Exchanges {
  std::vector<int> start;  ///< size + 1 offsets
  std::vector<int> other;  ///< positions
  std::vector<double> value;
};

/// Positions [begin, end): a loop, or a stretch without one (a single sweep then solves it).
struct Stretch {
  std::size_t begin, end;
  bool loop;
};

struct FlowSystem {
  std::vector<int> process;        ///< column of A at each position
  std::vector<int> product;        ///< row of A that it supplies
  std::vector<int> position;       ///< of each row of A; -1 where not reached
  std::vector<double> output;      ///< own entry of A: how much one run supplies (negative for treatments)
  Exchanges consumers;             ///< by supplier: who takes its product (rows of A)
  Exchanges suppliers;             ///< by consumer: what it takes (columns of A)
  std::vector<int> slot;           ///< for each entry of `suppliers`, its place in `consumers`
  std::vector<Stretch> stretches;  ///< in order, from the demand up
  std::size_t size() const { return process.size(); }

  std::vector<double> right_side(const MatrixDemand& demand) const;
};

/// Fills `consumers`, `slot` and `stretches` of a system whose `process`, `suppliers` and `output` are there;
/// `component` gives the loop that a position belongs to, and positions of one loop stand together.
void complete(FlowSystem& flow, const std::function<std::size_t(std::size_t)>& component);

/// The processes that the wanted products need, in the order of a depth-first search: consumers before their suppliers
/// but for loops.
std::vector<int> reached_processes(const SparseMatrix& technosphere, std::span<const int> process_of_product,
                                   std::span<const int> products);

/// Everything that the wanted products need, in the order of a depth-first search (consumers first but for loops):
/// cheap, and good enough for one solve.
FlowSystem reach(const MatrixSystem& system, std::span<const int> process_of_product, std::span<const int> products);

/// The same system loop by loop (strong components), so that what is in none is solved in one sweep. Within a loop by
/// upstreamness, where a supply is given: the mean number of steps from a product to the demand (Antras et al. 2012,
/// eq. 4). Fewer sweeps, for systems solved many times.
FlowSystem arrange(const FlowSystem& system, std::span<const double> supply = {});

}  // namespace cradle::lca
