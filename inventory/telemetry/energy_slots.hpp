// SPDX-License-Identifier: Apache-2.0
// Energy by stretch of time: slots of 1 s, 60 s or 3,600 s, as coarse as the span needs, so that memory stays bounded
// and an hour of the clock is always a whole number of slots.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace cradle::inventory {

/// Microseconds since 1970, UTC.
using Micros = std::int64_t;
inline constexpr Micros micros_per_second = 1'000'000;
inline constexpr double joules_per_kwh = 3.6e6;

/// Times before are counted from a start that is not known, not from 1970.
inline constexpr Micros clocks_begin = 100'000'000 * micros_per_second;

class EnergySlots {
 public:
  /// `width`: 1 s, 60 s or 3,600 s to begin with; long recordings need no seconds.
  explicit EnergySlots(Micros width = micros_per_second) : width_(width) {}
  /// Power that goes from `w0` to `w1` (W) in a straight line, split exactly where slots end.
  void ramp(Micros t0, double w0, Micros t1, double w1) {
    if (t0 >= begin_ && t1 <= end_)
      values_[at_] += static_cast<double>(t1 - t0) * 1e-6 * (w0 + w1) / 2;
    else
      spread(t0, w0, t1, w1);
  }
  /// Energy of which only the window is known, spread evenly over it.
  void even(Micros t0, Micros t1, double joules);
  void append(const EnergySlots& other);

  double joules() const;
  Micros width() const { return width_; }  ///< of a slot
  Micros start() const { return first_ * width_; }
  const std::vector<double>& values() const { return values_; }  ///< J, from start() on
  /// J by the hour's first second since 1970; empty hours are left out, and all where no times are known.
  std::map<std::int64_t, double> hours() const;

 private:
  void spread(Micros t0, double w0, Micros t1, double w1);
  void cover(std::int64_t from, std::int64_t to);
  void coarsen();

  Micros width_;
  std::int64_t first_ = 0;  ///< number of the first slot, in slots since 1970
  std::vector<double> values_;
  Micros begin_ = 0, end_ = -1;  ///< of the slot last used
  std::size_t at_ = 0;           ///< its place in values_
};

}  // namespace cradle::inventory
