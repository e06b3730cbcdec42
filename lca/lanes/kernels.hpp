// SPDX-License-Identifier: Apache-2.0
// Eight draws, or eight functional units, side by side: the inner loops of Monte Carlo and of full supply vectors.
// The same source is compiled for AVX-512, AVX2 and plain x86-64 and chosen at run time; all give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lca/matrix/flow_system.hpp"

namespace cradle::lca::lanes {

constexpr std::size_t lane_width = 8;

/// One number for each of eight draws. Lane l of batch b is draw 8 b + draw_of_lane(l).
struct alignas(64) Block {
  double lane[lane_width];
};

/// A random block serves two draws: its first word lanes 0 to 3, its second lanes 4 to 7.
constexpr std::size_t draw_of_lane(std::size_t lane) { return 2 * (lane % 4) + lane / 4; }

enum class SamplerKind : std::uint32_t { fixed, lognormal, normal, uniform, triangular, other, looked_up };

/// How one entry is drawn: `factor` times a value of its distribution, written to `slot`.
struct Sampler {
  std::uint64_t id = 0;      ///< counter of its random numbers: a draw depends on (seed, draw, stream, id) only
  std::uint32_t slot = 0;    ///< where the value goes: an entry, or a flow
  std::uint32_t column = 0;  ///< position of the process (biosphere only)
  SamplerKind kind = SamplerKind::fixed;
  std::uint32_t index = 0;  ///< of `other` and `looked_up`
  bool mirrored = false;    ///< the quantile 1 - u instead of u
  double factor = 1.0;
  double a = 0.0, b = 0.0,
         c = 0.0;  ///< fixed: a; lognormal, normal: a + b z; uniform: a to b; triangular: a, mode c, b
};

/// What the kernels need to know beyond the samplers.
struct DrawContext {
  std::uint64_t seed = 0, stream = 0, batch = 0;
  double (*quantile)(const void* tables, std::uint32_t index, double p) = nullptr;
  double (*look_up)(const void* tables, std::uint32_t index, std::uint64_t draw) = nullptr;
  const void* tables = nullptr;
};

/// x = b + V x (supply) or x = b + V^T x (price); V by consumers, eight values an entry.
struct LaneSystem {
  std::size_t begin = 0, end = 0;  ///< the stretch to sweep
  const int* start = nullptr;
  const int* other = nullptr;
  const int* slot = nullptr;       ///< entry of each place; null where places are entries in order
  const double* weight = nullptr;  ///< what a change of x weighs in the score
};

/// Changes of a sweep relative to the values they change: the largest, and their sum.
struct SharedChange {
  Block largest, total;
};

struct Kernels {
  /// values[slot] = draw of each sampler.
  void (*draw)(const DrawContext&, const Sampler*, std::size_t count, Block* values);
  /// inventory[slot] += draw x supply[column].
  void (*draw_inventory)(const DrawContext&, const Sampler*, std::size_t count, const Block* supply, Block* inventory);
  /// A sweep over x = b + V x. `right_side` holds the rows named, ascending; `step`, where not null, takes the changes,
  /// `changes` their weighted sizes. (No blocks are returned by value: GCC 12 does not align their place.)
  void (*relax_supply)(const LaneSystem&, const Block* values, const std::uint32_t* rows, const Block* right_side,
                       std::size_t count, Block* x, Block* step, Block& changes);
  /// A sweep over x = b + V^T x, from the last position to the first.
  void (*relax_price)(const LaneSystem&, const Block* values, const Block* right_side, Block* x, Block* step,
                      Block& changes);
  /// A sweep of one matrix of plain numbers over eight right sides.
  void (*relax_shared)(const LaneSystem&, const double* values, const Block* right_side, Block* x, Block* step,
                       Block& largest, Block& total);
  /// x += further x step over the stretch.
  void (*extrapolate)(const LaneSystem&, const Block& further, const Block* step, Block* x);
};

enum class Target { plain, avx2, avx512 };
std::string_view name_of(Target target);
/// Those this processor has, the widest last.
std::vector<Target> available_targets();
const Kernels& kernels(Target target);
inline Target best_target() { return available_targets().back(); }

/// Full supply vectors of one system, eight right sides to a sweep.
class ManySolver {
 public:
  explicit ManySolver(const FlowSystem& flow, Target target = best_target());
  /// One supply per right side; empty where Gauss-Seidel did not settle. Adds its sweeps to `sweeps`.
  std::vector<std::vector<double>> solve(const std::vector<std::vector<double>>& right_sides, int& sweeps) const;

 private:
  const FlowSystem* flow_;
  const Kernels* kernels_;
  std::vector<double> values_;
};

}  // namespace cradle::lca::lanes
