// SPDX-License-Identifier: Apache-2.0
// Preparing draws: what the demands reach, in flow order, which of its entries vary, and what a change counts.
#include "lca/uncertainty/draw_plan.hpp"

#include <cmath>

namespace cradle::lca {

using lanes::Sampler;

/// For each entry of a matrix, the index of its uncertainty, or -1.
std::vector<int> MonteCarlo::Plan::uncertainty_by_entry(MatrixName which) const {
  const auto& system = lca->system();
  const auto& matrix = system.matrix(which);
  std::vector<int> found(matrix.entries(), -1);
  for (std::size_t u = 0; u < system.uncertainties.size(); ++u) {
    const auto& uncertain = system.uncertainties[u];
    if (uncertain.matrix != which) continue;
    if (const auto entry = matrix.find(uncertain.row, uncertain.column)) found[*entry] = static_cast<int>(u);
  }
  return found;
}

Sampler MonteCarlo::Plan::sampler_for(double value, int uncertainty) {
  if (uncertainty < 0) return fixed_sampler(value);
  ++drawn;
  return tables->sampler(lca->system().uncertainties[static_cast<std::size_t>(uncertainty)]);
}

void MonteCarlo::Plan::add_exchanges(const std::vector<int>& uncertainty_of_a) {
  const auto& a = lca->system().technosphere;
  output_index.assign(flow.size(), -1);
  for (std::size_t p = 0; p < flow.size(); ++p) {
    const auto entry = a.find(flow.product[p], flow.process[p]);
    const int uncertainty = uncertainty_of_a[*entry];
    if (uncertainty < 0) continue;
    outputs.push_back(sampler_for(flow.output[p], uncertainty));
    outputs.back().slot = static_cast<std::uint32_t>(output_position.size());
    output_index[p] = static_cast<int>(output_position.size());
    output_position.push_back(p);
  }
  fixed_values.assign(flow.consumers.value.size(), lanes::Block{});
  for (std::size_t c = 0; c < flow.size(); ++c) {
    const auto [begin, end] = range_of(flow.suppliers.start, c);
    for (std::size_t k = begin; k < end; ++k) {
      const auto supplier = static_cast<std::size_t>(flow.suppliers.other[k]);
      const auto slot = static_cast<std::size_t>(flow.slot[k]);
      const int row = flow.product[supplier], column = flow.process[c];
      const int uncertainty = uncertainty_of_a[*a.find(row, column)];
      const bool output_drawn = output_index[supplier] >= 0;
      const double scale = output_drawn ? -1.0 : -1.0 / flow.output[supplier];
      if (uncertainty < 0 && !output_drawn) {
        fixed_values[slot] = everywhere(flow.suppliers.value[k] / flow.output[supplier]);
        continue;
      }
      auto sampler = sampler_for(-flow.suppliers.value[k], uncertainty);
      sampler.factor *= scale;
      sampler.slot = static_cast<std::uint32_t>(slot);
      exchanges.push_back(sampler);
    }
  }
}

void MonteCarlo::Plan::add_emissions() {
  const auto& system = lca->system();
  const auto& c = system.characterisation;
  const auto uncertainty_of_b = uncertainty_by_entry(MatrixName::biosphere);
  const auto uncertainty_of_c = uncertainty_by_entry(MatrixName::characterisation);
  std::vector<int> place(static_cast<std::size_t>(system.biosphere.rows), -1);
  for (int flow_row = 0; flow_row < c.columns; ++flow_row) {
    const auto [begin, end] = range_of(c.column_start, static_cast<std::size_t>(flow_row));
    for (std::size_t k = begin; k < end; ++k) {
      auto& at = place[static_cast<std::size_t>(flow_row)];
      if (at < 0) {
        at = static_cast<int>(flow_rows.size());
        flow_rows.push_back(flow_row);
      }
      auto sampler = sampler_for(c.value[k], uncertainty_of_c[k]);
      sampler.slot = static_cast<std::uint32_t>(factor_place.size());
      factor_place.push_back({static_cast<std::size_t>(c.row[k]), static_cast<std::size_t>(at)});
      fixed_factors.push_back(everywhere(c.value[k]));
      if (uncertainty_of_c[k] >= 0) factors.push_back(sampler);
    }
  }
  for (std::size_t p = 0; p < flow.size(); ++p) {
    const auto [begin, end] = range_of(system.biosphere.column_start, static_cast<std::size_t>(flow.process[p]));
    for (std::size_t k = begin; k < end; ++k) {
      const int row = system.biosphere.row[k];
      if (place[static_cast<std::size_t>(row)] < 0) continue;
      auto sampler = sampler_for(system.biosphere.value[k], uncertainty_of_b[k]);
      sampler.slot = static_cast<std::uint32_t>(place[static_cast<std::size_t>(row)]);
      sampler.column = static_cast<std::uint32_t>(p);
      emissions.push_back(sampler);
    }
  }
}

Result<void> MonteCarlo::Plan::solve_baseline() {
  const auto& all = lca->system().demands;
  auto reached = lca->reach_of(all);
  if (!reached) return tl::unexpected(reached.error());
  const auto total = [&](const FlowSystem& of) {
    std::vector<double> b(of.size(), 0.0);
    for (const auto& demand : all) {
      const auto f = of.right_side(demand);
      for (std::size_t p = 0; p < b.size(); ++p) b[p] += f[p];
    }
    return b;
  };
  const auto first = FlowSolver(*reached).solve(Side::supply, total(*reached));
  if (!first) return failure(lca->singular(*reached, first.error().column));
  flow = arrange(*reached, first->x);

  SolveReport report;
  std::vector<double> trial(flow.size(), 0.0);
  by_lanes = gauss_seidel(view(flow, Side::supply), total(flow), trial, 1e-6, 2 * most_draw_sweeps, report);

  typical_supply.resize(flow.size());
  for (std::size_t p = 0; p < flow.size(); ++p)
    typical_supply[p] =
        first->x[static_cast<std::size_t>(reached->position[static_cast<std::size_t>(flow.product[p])])];
  productive = dominant_growth(view(flow, Side::supply), typical_supply) < 1.0;

  for (const auto& demand : all) {
    right_sides.emplace_back();
    const auto f = flow.right_side(demand);
    for (std::size_t p = 0; p < f.size(); ++p)
      if (f[p] != 0.0) right_sides.back().emplace_back(p, f[p]);
  }
  const FlowSolver solver(flow);
  static_scores.resize(demands * methods);
  std::vector<std::vector<double>> prices;  // per run: y x output
  for (std::size_t m = 0; m < methods; ++m) {
    std::vector<double> direct(flow.size());
    for (std::size_t p = 0; p < flow.size(); ++p)
      direct[p] = lca->direct_impacts()[m][static_cast<std::size_t>(flow.process[p])];
    const auto price = solver.solve(Side::price, direct);
    if (!price) return failure(lca->singular(flow, price.error().column));
    prices.push_back(price->x);
    for (std::size_t d = 0; d < demands; ++d)
      for (const auto& [p, amount] : right_sides[d]) static_scores[d * methods + m] += amount * price->x[p];
    for (std::size_t p = 0; p < flow.size(); ++p) prices.back()[p] *= flow.output[p];
  }
  // A score's own size, or where credits cancel it, a millionth of what they cancel; 1 where nothing is emitted here.
  const auto gross = [&](std::size_t m, const std::vector<double>& supply) {
    double sum = 0.0;
    for (std::size_t p = 0; p < flow.size(); ++p)
      sum += std::abs(lca->direct_impacts()[m][static_cast<std::size_t>(flow.process[p])] * supply[p]);
    return sum;
  };
  const auto size_of = [&](std::size_t d, std::size_t m, double of_gross) {
    const double size = std::max(std::abs(static_scores[d * methods + m]), 1e-6 * of_gross);
    return size > 0.0 ? size : 1.0;
  };
  // Besides, the mean relative change of everything counts: a price may be zero here and not in a draw.
  const auto add_mean_change = [&](std::vector<double>& weights, const std::vector<double>& of) {
    for (std::size_t p = 0; p < weights.size(); ++p)
      if (of[p] != 0.0) weights[p] += 1.0 / (std::abs(of[p]) * static_cast<double>(weights.size()));
  };
  if (by_prices) {
    // A change of a price counts by how much all demands, each relative to its own score, take of the product.
    for (std::size_t m = 0; m < methods; ++m) {
      std::vector<double> f(flow.size(), 0.0);
      const double all_gross = gross(m, typical_supply);
      for (std::size_t d = 0; d < demands; ++d) {
        const double size = size_of(d, m, all_gross);
        for (const auto& [p, amount] : right_sides[d]) f[p] += amount / size;
      }
      const auto supply = solver.solve(Side::supply, f);
      if (!supply) return failure(lca->singular(flow, supply.error().column));
      weight.emplace_back(flow.size());
      for (std::size_t p = 0; p < flow.size(); ++p) weight.back()[p] = std::abs(supply->x[p]);
      add_mean_change(weight.back(), prices[m]);
    }
    start = prices;
    return {};
  }
  for (std::size_t d = 0; d < demands; ++d) {
    const auto supply = solver.solve(Side::supply, flow.right_side(all[d]));
    if (!supply) return failure(lca->singular(flow, supply.error().column));
    start.push_back(supply->x);
    weight.emplace_back(flow.size(), 0.0);
    for (std::size_t m = 0; m < methods; ++m) {
      const double size = size_of(d, m, gross(m, supply->x));
      for (std::size_t p = 0; p < flow.size(); ++p) weight.back()[p] += std::abs(prices[m][p]) / size;
    }
    add_mean_change(weight.back(), supply->x);
  }
  return {};
}

Result<void> MonteCarlo::Plan::build() {
  const auto& system = lca->system();
  demands = system.demands.size();
  methods = static_cast<std::size_t>(system.characterisation.rows);
  if (methods == 0 || demands == 0 || system.characterisation.columns != system.biosphere.rows)
    return failure({"E089", "nothing to score: draws need demands, B.mtx and C.mtx",
                    "Monte Carlo gives the spread of scores; add the matrix that is missing"});
  by_prices = demands > 2 * methods;
  if (auto solved = solve_baseline(); !solved) return solved;
  add_exchanges(uncertainty_by_entry(MatrixName::technosphere));
  add_emissions();
  // Those of one kind together: the kernel's choice of formula is then foreseen by the processor.
  const auto by_kind = [](const Sampler& a, const Sampler& b) { return a.kind < b.kind; };
  std::stable_sort(exchanges.begin(), exchanges.end(), by_kind);
  std::stable_sort(emissions.begin(), emissions.end(), by_kind);
  return {};
}

}  // namespace cradle::lca
