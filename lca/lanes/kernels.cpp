// SPDX-License-Identifier: Apache-2.0
#include "lca/lanes/kernels.hpp"

#include <array>
#include <cmath>

#include "lca/lanes/settling.hpp"

namespace cradle::lca::lanes {

extern const Kernels kernels_plain, kernels_avx2, kernels_avx512;

namespace {
constexpr double wanted_error = 1e-12;
constexpr int most_sweeps = 100;
}  // namespace

std::string_view name_of(Target target) {
  constexpr std::array<std::string_view, 3> names = {"plain", "AVX2", "AVX-512"};
  return names[static_cast<std::size_t>(target)];
}

std::vector<Target> available_targets() {
  std::vector<Target> targets = {Target::plain};
  if (__builtin_cpu_supports("avx2")) targets.push_back(Target::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) targets.push_back(Target::avx512);
  return targets;
}

const Kernels& kernels(Target target) {
  return target == Target::avx512 ? kernels_avx512 : target == Target::avx2 ? kernels_avx2 : kernels_plain;
}

ManySolver::ManySolver(const FlowSystem& flow, Target target) : flow_(&flow), kernels_(&lanes::kernels(target)) {
  values_ = flow.consumers.value;
  for (std::size_t p = 0; p < flow.size(); ++p) {
    const auto [begin, end] = range_of(flow.consumers.start, p);
    for (std::size_t k = begin; k < end; ++k) values_[k] /= flow.output[p];
  }
}

std::vector<std::vector<double>> ManySolver::solve(const std::vector<std::vector<double>>& right_sides,
                                                   int& sweeps) const {
  const auto n = flow_->size();
  std::vector<Block> b(n, Block{}), x(n, Block{}), step(n);
  for (std::size_t i = 0; i < right_sides.size(); ++i)
    for (std::size_t p = 0; p < n; ++p) b[p].lane[i] = right_sides[i][p] / flow_->output[p];
  std::array<bool, lane_width> settled{};
  settled.fill(true);
  for (const auto& stretch : flow_->stretches) {
    const LaneSystem system{stretch.begin, stretch.end, flow_->consumers.start.data(), flow_->consumers.other.data(),
                            nullptr,       nullptr};
    const auto done = settle_lanes(
        right_sides.size(), wanted_error, 1e-9, stretch.loop ? most_sweeps : 1,
        [&](SharedChange& change) {
          kernels_->relax_shared(system, values_.data(), b.data(), x.data(), stretch.loop ? step.data() : nullptr,
                                 change.largest, change.total);
        },
        [&](const Block& further) { kernels_->extrapolate(system, further, step.data(), x.data()); });
    sweeps += done.sweeps;
    if (!stretch.loop) continue;
    for (std::size_t i = 0; i < lane_width; ++i) settled[i] = settled[i] && done.settled[i];
  }
  std::vector<std::vector<double>> supplies(right_sides.size());
  for (std::size_t i = 0; i < right_sides.size(); ++i) {
    if (!settled[i]) continue;
    supplies[i].resize(n);
    for (std::size_t p = 0; p < n; ++p) supplies[i][p] = x[p].lane[i];
  }
  return supplies;
}

}  // namespace cradle::lca::lanes
