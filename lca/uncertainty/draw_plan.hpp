// SPDX-License-Identifier: Apache-2.0
// What all draws of a Monte Carlo share, prepared once; not used outside monte_carlo.cpp and draw_plan.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lca/uncertainty/monte_carlo.hpp"
#include "lca/uncertainty/sampler.hpp"

namespace cradle::lca {

inline lanes::Block everywhere(double x) {
  lanes::Block block;
  std::fill(std::begin(block.lane), std::end(block.lane), x);
  return block;
}

/// One factor of C: where a flow's drawn inventory counts.
struct DrawnFactor {
  std::size_t method, flow;
};

inline constexpr int most_draw_sweeps = 60;

/// Everything that is the same in all draws.
struct MonteCarlo::Plan {
  MatrixLca* lca;
  const lanes::Kernels* kernels;
  FlowSystem flow;
  bool by_lanes = true;    ///< the baseline settles by sweeps
  bool productive = true;  ///< the baseline makes more than it uses: then a draw that does not has no meaning
  bool by_prices = false;  ///< many demands: one transposed solve per method instead of one per demand
  std::size_t demands = 0, methods = 0;

  std::optional<SamplerTables> tables;
  std::vector<lanes::Sampler> exchanges, outputs, emissions, factors;
  std::vector<int> output_index;                          ///< of each position: its place in `outputs`, or -1
  std::vector<std::size_t> output_position;               ///< of each uncertain own product
  std::vector<lanes::Block> fixed_values, fixed_factors;  ///< what is not drawn stands here already
  std::vector<int> flow_rows;                             ///< rows of B that some method characterises
  std::vector<DrawnFactor> factor_place;
  std::vector<std::vector<std::pair<std::size_t, double>>> right_sides;  ///< per demand: position, amount
  std::vector<std::vector<double>> start;   ///< per demand the supply, or per method the price, without draws
  std::vector<std::vector<double>> weight;  ///< what a change counts in the score, likewise
  std::vector<double> static_scores;
  std::vector<double> typical_supply;  ///< of all demands together
  std::size_t drawn = 0;               ///< uncertain exchanges that some demand reaches

  /// What one thread needs for a batch.
  struct Workspace {
    explicit Workspace(const Plan& plan)
        : values(plan.fixed_values),
          outputs(plan.outputs.size()),
          factors(plan.fixed_factors),
          x(plan.flow.size()),
          step(plan.flow.size()),
          inventory(plan.flow_rows.size()),
          right_side(plan.by_prices ? plan.flow.size() : 0),
          emissions(plan.by_prices ? plan.emissions.size() : 0) {}
    std::vector<lanes::Block> values, outputs, factors, x, step, inventory, right_side, emissions;
  };

  Result<void> build();
  void add_exchanges(const std::vector<int>& uncertainty_of_a);
  void add_emissions();
  lanes::Sampler sampler_for(double value, int uncertainty);
  std::vector<int> uncertainty_by_entry(MatrixName matrix) const;
  Result<void> solve_baseline();

  void draw_technosphere(const lanes::DrawContext& context, Workspace& work) const;
  DrawBatch run(std::uint64_t batch, Workspace& work) const;
  void score_by_supply(const lanes::DrawContext& context, Workspace& work, DrawBatch& result) const;
  void score_by_prices(const lanes::DrawContext& context, Workspace& work, DrawBatch& result) const;
  std::vector<lanes::Block> demand_right_side(std::size_t demand, const Workspace& work) const;
  std::array<bool, lanes::lane_width> settle(Side side, std::span<const double> weights,
                                             std::span<const lanes::Block> b, std::span<const std::uint32_t> rows,
                                             Workspace& work) const;
  bool solve_lane(Side side, std::size_t lane, const std::vector<double>& b, Workspace& work, DrawCounts& counts) const;
};

}  // namespace cradle::lca
