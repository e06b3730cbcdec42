// SPDX-License-Identifier: Apache-2.0
// The inner loops; included once by each kernels_*.cpp, which names the instruction set it is compiled for. Uses no
// function of the standard library: an inline one compiled here could be called by code for another processor.
#pragma once

#include "lca/lanes/kernels.hpp"
#include "lca/lanes/lane_math.hpp"

namespace cradle::lca::lanes {
namespace {

static_assert(width == lane_width);

[[gnu::always_inline]] inline Lane load(const Block& block) {
  const auto* from = reinterpret_cast<const Lane::Native*>(block.lane);
  Lane lane;
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) lane.part[i] = from[i];
  return lane;
}
[[gnu::always_inline]] inline void store(Block& block, const Lane& lane) {
  auto* to = reinterpret_cast<Lane::Native*>(block.lane);
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) to[i] = lane.part[i];
}
[[gnu::always_inline]] inline Lane size_of(const Lane& x) { return number(bits(x) & 0x7fffffffffffffffULL); }

/// Uniform numbers of two exchanges for one batch. Lanes 0 to 3 of a random block belong to the first exchange; its
/// first word serves the draws of lanes 0 to 3, its second those of lanes 4 to 7.
[[gnu::always_inline]] inline void uniforms(const DrawContext& context, std::uint64_t first_id, std::uint64_t second_id,
                                            Lane& first, Lane& second) {
  const std::uint64_t base = 4 * context.batch;
  alignas(64)
      const std::uint64_t counters[width] = {base, base + 1, base + 2, base + 3, base, base + 1, base + 2, base + 3};
  alignas(64) const std::uint64_t ids[width] = {first_id,  first_id,  first_id,  first_id,
                                                second_id, second_id, second_id, second_id};
  LaneBits word0, word1;
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) {
    word0.part[i] = reinterpret_cast<const LaneBits::Native*>(counters)[i];
    word1.part[i] = reinterpret_cast<const LaneBits::Native*>(ids)[i];
  }
  threefry(word0, word1, context.seed, context.stream);
  const Lane even = uniform(word0), odd = uniform(word1);
#if defined(__AVX512F__)
  first.part[0] = __builtin_shuffle(even.part[0], odd.part[0], LaneMask::Native{0, 1, 2, 3, 8, 9, 10, 11});
  second.part[0] = __builtin_shuffle(even.part[0], odd.part[0], LaneMask::Native{4, 5, 6, 7, 12, 13, 14, 15});
#else
  constexpr int half = parts / 2;
#pragma GCC unroll 2
  for (int i = 0; i < half; ++i) {
    first.part[i] = even.part[i];
    first.part[i + half] = odd.part[i];
    second.part[i] = even.part[i + half];
    second.part[i + half] = odd.part[i + half];
  }
#endif
}

template <typename Value>
Lane lane_by_lane(Value value) {
  Lane result;
  for (int i = 0; i < width; ++i) result.set(i, value(i));
  return result;
}

/// A value of the sampler's distribution at quantile u.
[[gnu::always_inline]] inline Lane value_at(const DrawContext& context, const Sampler& s, const Lane& drawn) {
  const Lane u = s.mirrored ? 1.0 - drawn : drawn;
  switch (s.kind) {
    case SamplerKind::fixed:
      return constant<Lane>(s.a);
    case SamplerKind::lognormal:
      return exp(s.a + s.b * normal_quantile(u));
    case SamplerKind::normal:
      return s.a + s.b * normal_quantile(u);
    case SamplerKind::uniform:
      return s.a + (s.b - s.a) * u;
    case SamplerKind::triangular: {
      const double total = s.b - s.a, left = s.c - s.a, right = s.b - s.c;
      const auto below = u * total < left;
      const Lane root = square_root(select(below, u * (total * left), (1.0 - u) * (total * right)));
      return select(below, s.a + root, s.b - root);
    }
    case SamplerKind::other:
      return lane_by_lane([&](int i) { return context.quantile(context.tables, s.index, u[i]); });
    case SamplerKind::looked_up:
      return lane_by_lane([&](int i) {
        return context.look_up(context.tables, s.index,
                               lane_width * context.batch + draw_of_lane(static_cast<std::size_t>(i)));
      });
  }
  return constant<Lane>(0.0);
}

template <typename Use>
void for_each_draw(const DrawContext& context, const Sampler* samplers, std::size_t count, Use use) {
  Lane first, second;
  for (std::size_t i = 0; i < count; i += 2) {
    const bool pair = i + 1 < count;
    uniforms(context, samplers[i].id, samplers[pair ? i + 1 : i].id, first, second);
    use(samplers[i], samplers[i].factor * value_at(context, samplers[i], first));
    if (pair) use(samplers[i + 1], samplers[i + 1].factor * value_at(context, samplers[i + 1], second));
  }
}

void draw(const DrawContext& context, const Sampler* samplers, std::size_t count, Block* values) {
  for_each_draw(context, samplers, count, [&](const Sampler& s, Lane value) { store(values[s.slot], value); });
}

void draw_inventory(const DrawContext& context, const Sampler* samplers, std::size_t count, const Block* supply,
                    Block* inventory) {
  for_each_draw(context, samplers, count, [&](const Sampler& s, Lane value) {
    store(inventory[s.slot], load(inventory[s.slot]) + value * load(supply[s.column]));
  });
}

/// start + sum over a row of values x the positions they stand for, in two sums, so that one addition need not wait for
/// the other. `value(k)` is entry k.
template <typename Value>
[[gnu::always_inline]] inline Lane row_sum(const LaneSystem& system, std::size_t p, Lane even, const Block* x,
                                           Value value) {
  Lane odd = constant<Lane>(0.0);
  int k = system.start[p];
  const int end = system.start[p + 1];
  for (; k + 1 < end; k += 2) {
    even += value(k) * load(x[system.other[k]]);
    odd += value(k + 1) * load(x[system.other[k + 1]]);
  }
  if (k < end) even += value(k) * load(x[system.other[k]]);
  return even + odd;
}

/// Puts a position's next value in its place; the change it makes.
[[gnu::always_inline]] inline Lane replace(std::size_t p, const Lane& next, Block* x, Block* step) {
  const Lane difference = next - load(x[p]);
  if (step != nullptr) store(step[p], difference);
  store(x[p], next);
  return difference;
}

void relax_supply(const LaneSystem& system, const Block* values, const std::uint32_t* rows, const Block* right_side,
                  std::size_t count, Block* x, Block* step, Block& changes) {
  Lane change = constant<Lane>(0.0);
  std::size_t next = 0;
  for (std::size_t p = system.begin; p < system.end; ++p) {
    const bool demanded = next < count && rows[next] == p;
    const Lane start = demanded ? load(right_side[next++]) : constant<Lane>(0.0);
    const Lane sum = row_sum(system, p, start, x, [&](int k) { return load(values[k]); });
    change += system.weight[p] * size_of(replace(p, sum, x, step));
  }
  store(changes, change);
}

void relax_price(const LaneSystem& system, const Block* values, const Block* right_side, Block* x, Block* step,
                 Block& changes) {
  Lane change = constant<Lane>(0.0);
  for (std::size_t p = system.end; p-- > system.begin;) {
    const Lane sum = row_sum(system, p, load(right_side[p]), x, [&](int k) { return load(values[system.slot[k]]); });
    change += system.weight[p] * size_of(replace(p, sum, x, step));
  }
  store(changes, change);
}

void relax_shared(const LaneSystem& system, const double* values, const Block* right_side, Block* x, Block* step,
                  Block& largest_change, Block& total_change) {
  Lane largest = constant<Lane>(0.0), total = constant<Lane>(0.0);
  const Lane zero = constant<Lane>(0.0);
  for (std::size_t p = system.begin; p < system.end; ++p) {
    const Lane sum = row_sum(system, p, load(right_side[p]), x, [&](int k) { return values[k]; });
    const Lane size = size_of(sum);
    const Lane relative = select(size > 0.0, size_of(replace(p, sum, x, step)) / size, zero);
    largest = select(relative > largest, relative, largest);
    total += relative;
  }
  store(largest_change, largest);
  store(total_change, total);
}

void extrapolate(const LaneSystem& system, const Block& further, const Block* step, Block* x) {
  const Lane by = load(further);
  for (std::size_t p = system.begin; p < system.end; ++p) store(x[p], load(x[p]) + by * load(step[p]));
}

constexpr Kernels own_kernels = {draw, draw_inventory, relax_supply, relax_price, relax_shared, extrapolate};

}  // namespace
}  // namespace cradle::lca::lanes
