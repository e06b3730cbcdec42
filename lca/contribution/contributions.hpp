// SPDX-License-Identifier: Apache-2.0
// Where a score comes from: by process and flow, up the supply chain, and along its links. All from one supply and one
// price vector; no further solve.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lca/matrix/matrix_lca.hpp"

namespace cradle::lca {

/// An elementary flow of a process at its supply, characterised.
struct DirectContribution {
  int process, flow;
  double amount;  ///< of the flow
  double impact;
};
/// The process x flow table of a method, largest size first. Sums to the score.
std::vector<DirectContribution> direct_contributions(const MatrixSystem& system, const MatrixResult& result,
                                                     int method);

/// An elementary flow of the inventory that a method has no factor for.
struct UncharacterisedFlow {
  int flow;
  double amount;
  std::optional<double> share;  ///< of the sizes of all flows in its unit, where that is known
};
/// Largest share first, then those without a unit. `units`: of the flows, may be shorter than they are many.
std::vector<UncharacterisedFlow> uncharacterised_flows(const MatrixSystem& system, const MatrixResult& result,
                                                       int method, std::span<const std::string> units);

/// Those whose size is at least `share` of the summed sizes, largest first, signs kept (indices into `values`).
std::vector<std::size_t> largest_contributors(std::span<const double> values, double share);

/// One use of a product in the unrolled supply chain. Loops unroll: a process appears once for each way to it.
struct UpstreamNode {
  int parent;  ///< index of the consumer's node; -1 for the demand
  int process;
  int product;
  double amount;      ///< of the product that the parent takes
  double supply;      ///< runs of the process for it
  double cumulative;  ///< impact of all of it; credits are negative
  double direct;      ///< impact of the process's own elementary flows
  int depth;
  bool expanded;  ///< its own suppliers are listed too
};

struct TraversalOptions {
  double cut_off = 0.005;  ///< nodes below this share of the sizes are left out
  int most_expansions = 10'000;
  int most_depth = 1'000'000;
  double sizes = 0.0;  ///< sum of the sizes of all contributions, which may cancel; 0: the score's own size
};

struct UpstreamTree {
  std::vector<UpstreamNode> nodes;  ///< in order of discovery: the most important is expanded first
  double total = 0.0;
  double sizes = 0.0;    ///< what the cut-off is a share of
  double covered = 0.0;  ///< sum of `direct`
  double remainder() const { return total - covered; }
  double coverage() const { return total == 0.0 ? 0.0 : covered / total; }
};

/// Importance first, with no recursion. `price`: y of the method for every product. E092 where nothing contributes.
Result<UpstreamTree> upstream_tree(const MatrixLca& lca, const MatrixDemand& demand, std::span<const double> price,
                                   std::span<const double> direct_impact, const TraversalOptions& options);

/// A link of the Sankey diagram: what a consumer takes from a supplier, and the impact that travels with it. For every
/// process: direct impact + impacts of its links in = impacts of its links out + its share of the demand.
struct Link {
  int supplier, consumer;  ///< processes; consumer -1 is the demand
  double amount;           ///< of the product
  double share;            ///< of everything supplied of that product
  double impact;
};
std::vector<Link> links(const MatrixLca& lca, const MatrixDemand& demand, const MatrixResult& result,
                        std::span<const double> price);

/// How many times a process runs for one run that leaves its own loop: output x its entry of the inverse. A node's
/// upstream total without its loop is supply x price x output / this (openLCA's convention).
Result<double> loop_factor(MatrixLca& lca, int product);

/// An exchange that was left out, and how much of its product that left without a supplier.
struct Missing {
  int process, product;
  double amount_per_run;
};
/// Cuts exchanges (row, column) off: their suppliers are hollow. What is missing is listed, never lost.
std::vector<Missing> cut_off(MatrixSystem& system, std::span<const std::pair<int, int>> exchanges);

}  // namespace cradle::lca
