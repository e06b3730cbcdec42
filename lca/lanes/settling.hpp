// SPDX-License-Identifier: Apache-2.0
// When eight systems swept side by side are done: each lane by its own estimate of what is left, each with its own
// acceleration.
#pragma once

#include <algorithm>
#include <array>

#include "lca/lanes/kernels.hpp"
#include "lca/matrix/relaxation.hpp"

namespace cradle::lca::lanes {

struct Settling {
  std::array<bool, lane_width> settled{};
  int sweeps = 0;
};

/// `relax(changes)` sweeps once, `extrapolate(further)` adds so many times the last step. A lane is
/// settled when its largest change x q / (1 - q) is below `tolerance`, q how much the last sweep shrank it, or when
/// below `rounding` it shrinks no more.
template <typename Relax, typename Extrapolate>
Settling settle_lanes(std::size_t count, double tolerance, double rounding, int most_sweeps, Relax relax,
                      Extrapolate extrapolate) {
  Settling result;
  std::array<Acceleration, lane_width> acceleration;
  SharedChange last{};
  while (result.sweeps < most_sweeps) {
    SharedChange change;
    relax(change);
    const int sweep = result.sweeps++;
    bool all = true, jump = false;
    Block further{};
    for (std::size_t i = 0; i < count; ++i) {
      const double largest = change.largest.lane[i], before = last.largest.lane[i];
      const double ratio = change.total.lane[i] / last.total.lane[i], q = std::min(ratio, 0.999);
      result.settled[i] = result.settled[i] || largest == 0.0 ||
                          (sweep > 0 && largest < 0.1 &&
                           (largest * q / (1.0 - q) <= tolerance || (largest >= before && largest < rounding)));
      all = all && result.settled[i];
      if (sweep > 0 && !result.settled[i]) further.lane[i] = acceleration[i].after(sweep, change.total.lane[i], ratio);
      jump = jump || further.lane[i] > 0.0;
    }
    if (all) break;
    if (jump) extrapolate(further);
    last = change;
  }
  return result;
}

}  // namespace cradle::lca::lanes
