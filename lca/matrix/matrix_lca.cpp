// SPDX-License-Identifier: Apache-2.0
#include "lca/matrix/matrix_lca.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lca/lanes/kernels.hpp"
#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

bool finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

tl::unexpected<Findings> not_finite(const MatrixDemand& demand) {
  return failure({"E054", fmt::format("demand '{}' gives amounts that are not finite", demand.id),
                  "an amount of the system or of the demand is beyond what a double holds"});
}

}  // namespace

void SolverTally::add(const SolveReport& report) {
  ++systems;
  sweeps += report.sweeps;
  krylov_iterations += report.krylov_iterations;
  escalated_to_krylov += report.krylov_iterations > 0;
  solved_directly += report.direct;
  residual = std::max(residual, report.backward_error);
}

Result<MatrixLca> MatrixLca::prepare(const MatrixSystem& system) {
  MatrixLca lca(system);
  auto paired = system.process_of_product.empty() ? pair_products(system) : system.process_of_product;
  if (!paired) return tl::unexpected(paired.error());
  lca.process_of_product_ = std::move(*paired);
  return lca;
}

const std::vector<std::vector<double>>& MatrixLca::direct_impacts() {
  if (direct_.empty())
    for (int m = 0; m < system_->characterisation.rows; ++m) direct_.push_back(system_->direct_impacts(m));
  return direct_;
}

Result<FlowSystem> MatrixLca::reach_of(const std::vector<MatrixDemand>& demands) const {
  std::vector<int> products;
  for (const auto& demand : demands)
    for (const auto& [product, amount] : demand.amounts) {
      if (product < 0 || product >= system_->technosphere.rows)
        return failure({"E087",
                        fmt::format("demand '{}' asks for product {}, but the system has products 0 to {}", demand.id,
                                    product, system_->technosphere.rows - 1),
                        "indices in demand.csv count from 0"});
      if (!std::isfinite(amount))
        return failure({"E087", fmt::format("demand '{}' asks for an amount that is not finite", demand.id)});
      products.push_back(product);
    }
  return reach(*system_, process_of_product_, products);
}

Finding MatrixLca::singular(const FlowSystem& flow, int position) const {
  const auto process = flow.process[static_cast<std::size_t>(position)];
  return {"E083",
          fmt::format("singular: '{}' makes nothing net once what its own supply chain takes is counted",
                      system_->process_name(process)),
          "look at the amounts in its loop: it uses as much of its product as it makes"};
}

MatrixResult MatrixLca::result_of(const FlowSystem& flow, std::span<const double> supply) const {
  MatrixResult result;
  result.scaling.assign(static_cast<std::size_t>(system_->size()), 0.0);
  for (std::size_t p = 0; p < flow.size(); ++p) result.scaling[static_cast<std::size_t>(flow.process[p])] = supply[p];
  const auto& b = system_->biosphere;
  std::vector<maths::Sum> inventory(static_cast<std::size_t>(b.rows));
  if (b.columns == system_->size())
    for (std::size_t c = 0; c < result.scaling.size(); ++c) {
      if (result.scaling[c] == 0.0) continue;
      const auto [begin, end] = range_of(b.column_start, c);
      for (std::size_t k = begin; k < end; ++k)
        inventory[static_cast<std::size_t>(b.row[k])].add(b.value[k] * result.scaling[c]);
    }
  for (const auto& sum : inventory) result.inventory.push_back(sum.value());
  if (system_->characterisation.columns == b.rows) result.scores = system_->characterisation.times(result.inventory);
  return result;
}

double MatrixLca::score_error(const FlowSystem& flow, std::span<const double> right_side,
                              std::span<const double> supply, const MatrixResult& result) {
  // Prices only weigh the residual here, so a few sweeps for all methods at once are exact enough.
  std::vector<double> weight(flow.size(), 0.0);
  for (std::size_t m = 0; m < result.scores.size(); ++m)
    if (result.scores[m] != 0.0)
      for (std::size_t p = 0; p < flow.size(); ++p)
        weight[p] += std::abs(direct_impacts()[m][static_cast<std::size_t>(flow.process[p])] / result.scores[m]);
  std::vector<double> price(flow.size(), 0.0);
  SolveReport report;
  gauss_seidel(view(flow, Side::price), weight, price, 1e-2, 10, report);
  return dual_weighted_error(view(flow, Side::supply), right_side, supply, price);
}

Result<MatrixResult> MatrixLca::solve(const MatrixDemand& demand) {
  const auto flow = reach_of({demand});
  if (!flow) return tl::unexpected(flow.error());
  const auto right_side = flow->right_side(demand);
  const auto solved = FlowSolver(*flow).solve(Side::supply, right_side);
  if (!solved) return failure(singular(*flow, solved.error().column));
  tally_.add(solved->report);
  if (solved->report.direct || solved->report.krylov_iterations > 0)
    tally_.unproductive = tally_.unproductive || dominant_growth(view(*flow, Side::supply), solved->x) >= 1.0;
  auto result = result_of(*flow, solved->x);
  if (!finite(result.scaling) || !finite(result.inventory) || !finite(result.scores)) return not_finite(demand);
  result.score_error = score_error(*flow, right_side, solved->x, result);
  tally_.score_error = std::max(tally_.score_error, result.score_error);
  return result;
}

Result<void> MatrixLca::solve_many(const std::vector<MatrixDemand>& demands,
                                   const std::function<void(std::size_t, const MatrixResult&)>& use) {
  auto flow = reach_of(demands);
  if (!flow) return tl::unexpected(flow.error());
  const FlowSolver solver(*flow);
  const auto n = flow->size();
  constexpr std::size_t width = lanes::lane_width;
  // A first solve of everything at once gives the flow order; the lanes then start from nothing, each for itself.
  std::vector<double> all(n, 0.0);
  for (const auto& demand : demands) {
    const auto f = flow->right_side(demand);
    for (std::size_t p = 0; p < n; ++p) all[p] += f[p];
  }
  const auto total = solver.solve(Side::supply, all);
  if (!total) return failure(singular(*flow, total.error().column));
  tally_.add(total->report);
  const bool by_lanes = total->report.sweeps > 0 && total->report.krylov_iterations == 0 && !total->report.direct;
  if (by_lanes) *flow = arrange(*flow, total->x);

  const FlowSolver ordered(*flow);
  lanes::ManySolver many(*flow);
  for (std::size_t first = 0; first < demands.size(); first += width) {
    const std::size_t count = std::min(width, demands.size() - first);
    std::vector<std::vector<double>> sides;
    for (std::size_t i = 0; i < count; ++i) sides.push_back(flow->right_side(demands[first + i]));
    std::vector<std::vector<double>> supplies;
    const auto finish = [&](std::size_t i, std::span<const double> supply) -> Result<void> {
      const auto result = result_of(*flow, supply);
      if (!finite(result.scaling) || !finite(result.inventory) || !finite(result.scores))
        return not_finite(demands[first + i]);
      use(first + i, result);
      return {};
    };
    if (by_lanes) supplies = many.solve(sides, tally_.sweeps);
    for (std::size_t i = 0; i < count; ++i) {
      const bool settled = i < supplies.size() && !supplies[i].empty();
      if (settled) {
        ++tally_.systems;
        tally_.residual = std::max(tally_.residual, backward_error(view(*flow, Side::supply), sides[i], supplies[i]));
        if (const auto used = finish(i, supplies[i]); !used) return tl::unexpected(used.error());
        continue;
      }
      const auto solved = ordered.solve(Side::supply, sides[i]);
      if (!solved) return failure(singular(*flow, solved.error().column));
      tally_.add(solved->report);
      if (const auto used = finish(i, solved->x); !used) return tl::unexpected(used.error());
    }
  }
  return {};
}

Result<std::vector<double>> MatrixLca::prices_on(const FlowSystem& flow, const FlowSolver& solver, int method) {
  std::vector<double> right_side(flow.size());
  for (std::size_t p = 0; p < flow.size(); ++p)
    right_side[p] = direct_impacts()[static_cast<std::size_t>(method)][static_cast<std::size_t>(flow.process[p])];
  const auto solved = solver.solve(Side::price, right_side);
  if (!solved) return failure(singular(flow, solved.error().column));
  tally_.add(solved->report);
  std::vector<double> price(static_cast<std::size_t>(system_->technosphere.rows), 0.0);
  for (std::size_t p = 0; p < flow.size(); ++p) price[static_cast<std::size_t>(flow.product[p])] = solved->x[p];
  return price;
}

Result<std::vector<std::vector<double>>> MatrixLca::prices(const std::vector<MatrixDemand>& demands) {
  auto flow = reach_of(demands);
  if (!flow) return tl::unexpected(flow.error());
  if (demands.size() > 1) *flow = arrange(*flow);
  const FlowSolver solver(*flow);
  std::vector<std::vector<double>> all;
  for (int m = 0; m < system_->characterisation.rows; ++m) {
    auto price = prices_on(*flow, solver, m);
    if (!price) return tl::unexpected(price.error());
    all.push_back(std::move(*price));
  }
  return all;
}

Result<std::vector<std::vector<double>>> MatrixLca::scores(const std::vector<MatrixDemand>& demands) {
  const auto price = prices(demands);
  if (!price) return tl::unexpected(price.error());
  std::vector<std::vector<double>> scores(demands.size());
  for (std::size_t d = 0; d < demands.size(); ++d)
    for (const auto& of_method : *price) {
      maths::Sum sum;
      for (const auto& [product, amount] : demands[d].amounts)
        sum.add(amount * of_method[static_cast<std::size_t>(product)]);
      scores[d].push_back(sum.value());
      if (!std::isfinite(sum.value())) return not_finite(demands[d]);
    }
  return scores;
}

std::vector<MatrixDemand> every_product(const MatrixSystem& system) {
  std::vector<MatrixDemand> demands;
  for (int r = 0; r < system.technosphere.rows; ++r) demands.push_back({std::to_string(r), {{r, 1.0}}});
  return demands;
}

}  // namespace cradle::lca
