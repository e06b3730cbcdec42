// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/monte_carlo.hpp"

#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>

#include "lca/lanes/settling.hpp"
#include "lca/uncertainty/sampler.hpp"

namespace cradle::lca {
namespace {

using lanes::Block;
using lanes::Sampler;

constexpr double score_tolerance = 1e-9;  // of the score: a millionth of what 10^6 draws leave uncertain
constexpr int most_sweeps = 60;

Block everywhere(double x) {
  Block block;
  std::fill(std::begin(block.lane), std::end(block.lane), x);
  return block;
}

/// One factor of C: where a flow's drawn inventory counts.
struct Factor {
  std::size_t method, flow;
};

}  // namespace

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
  std::vector<Sampler> exchanges, outputs, emissions, factors;
  std::vector<int> output_index;                   ///< of each position: its place in `outputs`, or -1
  std::vector<std::size_t> output_position;        ///< of each uncertain own product
  std::vector<Block> fixed_values, fixed_factors;  ///< what is not drawn stands here already
  std::vector<int> flow_rows;                      ///< rows of B that some method characterises
  std::vector<Factor> factor_place;
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
    std::vector<Block> values, outputs, factors, x, step, inventory, right_side, emissions;
  };

  Result<void> build();
  void add_exchanges(const std::vector<int>& uncertainty_of_a);
  void add_emissions();
  Sampler sampler_for(double value, int uncertainty);
  std::vector<int> uncertainty_by_entry(MatrixName matrix) const;
  Result<void> solve_baseline();

  void draw_technosphere(const lanes::DrawContext& context, Workspace& work) const;
  DrawBatch run(std::uint64_t batch, Workspace& work) const;
  void score_by_supply(const lanes::DrawContext& context, Workspace& work, DrawBatch& result) const;
  void score_by_prices(const lanes::DrawContext& context, Workspace& work, DrawBatch& result) const;
  std::vector<Block> demand_right_side(std::size_t demand, const Workspace& work) const;
  std::array<bool, lanes::lane_width> settle(Side side, std::span<const double> weights, std::span<const Block> b,
                                             std::span<const std::uint32_t> rows, Workspace& work) const;
  bool solve_lane(Side side, std::size_t lane, const std::vector<double>& b, Workspace& work, DrawCounts& counts) const;
};

// ---- preparing ----

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
  fixed_values.assign(flow.consumers.value.size(), Block{});
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
  by_lanes = gauss_seidel(view(flow, Side::supply), total(flow), trial, 1e-6, 2 * most_sweeps, report);

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

// ---- drawing ----

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
        lanes::lane_width, score_tolerance, score_tolerance * 1e-3, most_sweeps, relax,
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

// ---- the public face ----

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
