// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/monte_carlo.hpp"

#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>

#include "lca/lanes/settling.hpp"
#include "lca/uncertainty/draw_plan.hpp"

namespace cradle::lca {
namespace {

using lanes::Block;
using lanes::Sampler;

constexpr double score_tolerance = 1e-9;  // of the score: a millionth of what 10^6 draws leave uncertain

}  // namespace

void MonteCarlo::Plan::draw_technosphere(const lanes::DrawContext& drawing, Workspace& work) const {
  kernels->draw(drawing, exchanges.data(), exchanges.size(), work.values.data());
  kernels->draw(drawing, outputs.data(), outputs.size(), work.outputs.data());
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const auto [begin, end] = range_of(flow.consumers.start, output_position[o]);
    for (std::size_t k = begin; k < end; ++k)
      for (std::size_t i = 0; i < lanes::lane_width; ++i) work.values[k].lane[i] /= work.outputs[o].lane[i];
  }
}

/// Demand / output at each demanded position, in the order of right_sides.
std::vector<Block> MonteCarlo::Plan::demand_right_side(std::size_t demand, const Workspace& work) const {
  std::vector<Block> b;
  for (const auto& [position, amount] : right_sides[demand]) {
    const int varying = output_index[position];
    Block block = everywhere(amount / flow.output[position]);
    if (varying >= 0)
      for (std::size_t i = 0; i < lanes::lane_width; ++i)
        block.lane[i] = amount / work.outputs[static_cast<std::size_t>(varying)].lane[i];
    b.push_back(block);
  }
  return b;
}

std::array<bool, lanes::lane_width> MonteCarlo::Plan::settle(Side side, std::span<const double> weights,
                                                             std::span<const Block> b,
                                                             std::span<const std::uint32_t> rows,
                                                             Workspace& work) const {
  std::array<bool, lanes::lane_width> settled{};
  settled.fill(by_lanes);
  if (!by_lanes) return settled;
  const auto& exchanges_of = side == Side::supply ? flow.consumers : flow.suppliers;
  for (std::size_t i = 0; i < flow.stretches.size(); ++i) {
    const auto& stretch = flow.stretches[side == Side::supply ? i : flow.stretches.size() - 1 - i];
    const lanes::LaneSystem system{
        stretch.begin,    stretch.end,   exchanges_of.start.data(), exchanges_of.other.data(),
        flow.slot.data(), weights.data()};
    const auto first = std::lower_bound(rows.begin(), rows.end(), stretch.begin) - rows.begin();
    const auto relax = [&](lanes::SharedChange& change) {
      Block* const step = stretch.loop ? work.step.data() : nullptr;
      if (side == Side::supply)
        kernels->relax_supply(system, work.values.data(), rows.data() + first, b.data() + first,
                              rows.size() - static_cast<std::size_t>(first), work.x.data(), step, change.largest);
      else
        kernels->relax_price(system, work.values.data(), b.data(), work.x.data(), step, change.largest);
      change.total = change.largest;
    };
    if (!stretch.loop) {
      lanes::SharedChange ignored;
      relax(ignored);
      continue;
    }
    const auto done = lanes::settle_lanes(
        lanes::lane_width, score_tolerance, score_tolerance * 1e-3, most_draw_sweeps, relax,
        [&](const Block& further) { kernels->extrapolate(system, further, work.step.data(), work.x.data()); });
    for (std::size_t l = 0; l < lanes::lane_width; ++l) settled[l] = settled[l] && done.settled[l];
  }
  Block sum{};
  for (const auto& x : work.x)
    for (std::size_t l = 0; l < lanes::lane_width; ++l) sum.lane[l] += x.lane[l];
  for (std::size_t l = 0; l < lanes::lane_width; ++l) settled[l] = settled[l] && std::isfinite(sum.lane[l]);
  return settled;
}

/// One lane by itself, with everything the solver has; false where it has no meaningful solution.
bool MonteCarlo::Plan::solve_lane(Side side, std::size_t lane, const std::vector<double>& b, Workspace& work,
                                  DrawCounts& counts) const {
  FlowSystem own = flow;
  std::fill(own.output.begin(), own.output.end(), 1.0);
  for (std::size_t k = 0; k < own.suppliers.value.size(); ++k) {
    const auto slot = static_cast<std::size_t>(own.slot[k]);
    own.suppliers.value[k] = own.consumers.value[slot] = work.values[slot].lane[lane];
  }
  if (productive && dominant_growth(view(own, Side::supply), typical_supply) >= 1.0) return false;
  const auto solved = FlowSolver(own).solve(side, b);
  if (!solved) return false;
  counts.escalated_to_krylov += solved->report.krylov_iterations > 0;
  counts.solved_directly += solved->report.direct;
  for (std::size_t p = 0; p < own.size(); ++p) work.x[p].lane[lane] = solved->x[p];
  return std::all_of(solved->x.begin(), solved->x.end(), [](double v) { return std::isfinite(v); });
}

void MonteCarlo::Plan::score_by_supply(const lanes::DrawContext& drawing, Workspace& work, DrawBatch& result) const {
  for (std::size_t d = 0; d < demands; ++d) {
    for (std::size_t p = 0; p < flow.size(); ++p) work.x[p] = everywhere(start[d][p]);
    const auto b = demand_right_side(d, work);
    std::vector<std::uint32_t> rows;
    for (const auto& [position, amount] : right_sides[d]) rows.push_back(static_cast<std::uint32_t>(position));
    auto settled = settle(Side::supply, weight[d], b, rows, work);
    for (std::size_t l = 0; l < lanes::lane_width; ++l) {
      if (settled[l]) continue;
      std::vector<double> own(flow.size(), 0.0);
      for (std::size_t i = 0; i < rows.size(); ++i) own[rows[i]] = b[i].lane[l];
      settled[l] = solve_lane(Side::supply, l, own, work, result.counts);
    }
    std::fill(work.inventory.begin(), work.inventory.end(), Block{});
    kernels->draw_inventory(drawing, emissions.data(), emissions.size(), work.x.data(), work.inventory.data());
    for (std::size_t f = 0; f < factor_place.size(); ++f)
      for (std::size_t l = 0; l < lanes::lane_width; ++l) {
        const auto at = (lanes::draw_of_lane(l) * demands + d) * methods + factor_place[f].method;
        result.scores[at] += work.factors[f].lane[l] * work.inventory[factor_place[f].flow].lane[l];
      }
    for (std::size_t l = 0; l < lanes::lane_width; ++l) {
      if (settled[l]) continue;
      const auto at = (lanes::draw_of_lane(l) * demands + d) * methods;
      for (std::size_t m = 0; m < methods; ++m) result.scores[at + m] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

void MonteCarlo::Plan::score_by_prices(const lanes::DrawContext& drawing, Workspace& work, DrawBatch& result) const {
  std::vector<Sampler> placed = emissions;
  for (std::size_t e = 0; e < placed.size(); ++e) placed[e].slot = static_cast<std::uint32_t>(e);
  kernels->draw(drawing, placed.data(), placed.size(), work.emissions.data());
  std::vector<std::vector<Block>> demand_side;
  for (std::size_t d = 0; d < demands; ++d) demand_side.push_back(demand_right_side(d, work));
  for (std::size_t m = 0; m < methods; ++m) {
    std::vector<const Block*> factor(flow_rows.size(), nullptr);
    for (std::size_t f = 0; f < factor_place.size(); ++f)
      if (factor_place[f].method == m) factor[factor_place[f].flow] = &work.factors[f];
    std::fill(work.right_side.begin(), work.right_side.end(), Block{});
    for (std::size_t e = 0; e < emissions.size(); ++e) {
      const Block* const by = factor[emissions[e].slot];
      if (by == nullptr) continue;
      auto& into = work.right_side[emissions[e].column];
      for (std::size_t l = 0; l < lanes::lane_width; ++l) into.lane[l] += by->lane[l] * work.emissions[e].lane[l];
    }
    for (std::size_t p = 0; p < flow.size(); ++p) work.x[p] = everywhere(start[m][p]);
    auto settled = settle(Side::price, weight[m], work.right_side, {}, work);
    for (std::size_t l = 0; l < lanes::lane_width; ++l) {
      if (settled[l]) continue;
      std::vector<double> own(flow.size());
      for (std::size_t p = 0; p < flow.size(); ++p) own[p] = work.right_side[p].lane[l];
      settled[l] = solve_lane(Side::price, l, own, work, result.counts);
    }
    for (std::size_t d = 0; d < demands; ++d)
      for (std::size_t l = 0; l < lanes::lane_width; ++l) {
        double score = settled[l] ? 0.0 : std::numeric_limits<double>::quiet_NaN();
        for (std::size_t i = 0; i < right_sides[d].size(); ++i)
          score += demand_side[d][i].lane[l] * work.x[right_sides[d][i].first].lane[l];
        result.scores[(lanes::draw_of_lane(l) * demands + d) * methods + m] = score;
      }
  }
}

DrawBatch MonteCarlo::Plan::run(std::uint64_t batch, Workspace& work) const {
  DrawBatch result{batch, std::vector<double>(lanes::lane_width * demands * methods, 0.0), {}};
  const auto drawing = tables->context(batch);
  draw_technosphere(drawing, work);
  kernels->draw(drawing, factors.data(), factors.size(), work.factors.data());
  if (by_prices)
    score_by_prices(drawing, work, result);
  else
    score_by_supply(drawing, work, result);
  for (std::size_t draw = 0; draw < lanes::lane_width; ++draw) {
    const auto first = result.scores.begin() + static_cast<std::ptrdiff_t>(draw * demands * methods);
    const auto last = first + static_cast<std::ptrdiff_t>(demands * methods);
    result.counts.failed += std::any_of(first, last, [](double v) { return !std::isfinite(v); });
    std::replace_if(
        first, last, [](double v) { return !std::isfinite(v); }, std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

MonteCarlo::MonteCarlo(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
MonteCarlo::MonteCarlo(MonteCarlo&&) noexcept = default;
MonteCarlo::~MonteCarlo() = default;

Result<MonteCarlo> MonteCarlo::prepare(MatrixLca& lca, std::uint64_t seed, lanes::Target target) {
  auto plan = std::make_unique<Plan>();
  plan->lca = &lca;
  plan->tables.emplace(lca.system(), seed);
  plan->kernels = &lanes::kernels(target);
  if (auto built = plan->build(); !built) return tl::unexpected(built.error());
  return MonteCarlo(std::move(plan));
}

std::size_t MonteCarlo::scores_per_draw() const { return plan_->demands * plan_->methods; }
std::size_t MonteCarlo::uncertain_exchanges() const { return plan_->drawn; }
const std::vector<double>& MonteCarlo::static_scores() const { return plan_->static_scores; }

void MonteCarlo::run(std::span<const std::uint64_t> batches, int threads,
                     const std::function<void(DrawBatch&&)>& finished) const {
  tbb::enumerable_thread_specific<std::optional<Plan::Workspace>> workspaces;
  std::mutex one_at_a_time;
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, batches.size(), [&](std::size_t i) {
      auto& work = workspaces.local();
      if (!work) work.emplace(*plan_);
      auto batch = plan_->run(batches[i], *work);
      const std::lock_guard lock(one_at_a_time);
      finished(std::move(batch));
    });
  });
}

MatrixSystem MonteCarlo::sampled(std::uint64_t draw) const {
  MatrixSystem system = plan_->lca->system();
  SamplerTables tables = *plan_->tables;
  std::vector<Sampler> samplers;
  for (const auto& uncertain : system.uncertainties) samplers.push_back(tables.sampler(uncertain));
  for (std::size_t i = 0; i < samplers.size(); ++i) samplers[i].slot = static_cast<std::uint32_t>(i);
  std::vector<Block> values(samplers.size());
  const auto drawing = tables.context(draw / draws_per_batch);
  plan_->kernels->draw(drawing, samplers.data(), samplers.size(), values.data());
  std::size_t lane = 0;
  while (lanes::draw_of_lane(lane) != draw % draws_per_batch) ++lane;
  for (std::size_t i = 0; i < samplers.size(); ++i) {
    const auto& uncertain = system.uncertainties[i];
    auto& matrix = system.matrix(uncertain.matrix);
    if (const auto entry = matrix.find(uncertain.row, uncertain.column)) matrix.value[*entry] = values[i].lane[lane];
  }
  system.uncertainties.clear();
  return system;
}

}  // namespace cradle::lca
