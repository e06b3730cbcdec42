// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/energy_slots.hpp"

#include <algorithm>

#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

constexpr std::int64_t most_slots = 4096;  // before they are made coarser
constexpr Micros second = micros_per_second, minute = 60 * second, hour = 3600 * second;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

void EnergySlots::coarsen() {
  const Micros wider = width_ == second ? minute : hour;
  const std::int64_t step = wider / width_;
  std::vector<double> sums;
  const std::int64_t first = floor_div(first_, step);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const auto at = static_cast<std::size_t>(floor_div(first_ + static_cast<std::int64_t>(i), step) - first);
    if (at >= sums.size()) sums.resize(at + 1, 0.0);
    sums[at] += values_[i];
  }
  values_ = std::move(sums);
  first_ = first;
  width_ = wider;
  end_ = begin_ - 1;
}

/// Makes room for slots that hold the microseconds from `from` up to `to`.
void EnergySlots::cover(std::int64_t from, std::int64_t to) {
  for (;;) {
    const std::int64_t low = floor_div(from, width_), high = floor_div(std::max(from, to - 1), width_);
    const std::int64_t first = values_.empty() ? low : std::min(first_, low);
    const std::int64_t last =
        values_.empty() ? high : std::max(first_ + static_cast<std::int64_t>(values_.size()) - 1, high);
    if (last - first >= most_slots && width_ < hour) {
      coarsen();
      continue;
    }
    if (values_.empty()) first_ = first;
    if (first < first_) {
      values_.insert(values_.begin(), static_cast<std::size_t>(first_ - first), 0.0);
      first_ = first;
    }
    if (static_cast<std::int64_t>(values_.size()) < last - first_ + 1) {
      if (values_.capacity() < static_cast<std::size_t>(last - first_ + 1)) values_.reserve(2 * values_.size() + 64);
      values_.resize(static_cast<std::size_t>(last - first_ + 1), 0.0);
    }
    end_ = begin_ - 1;  // the slots may have moved
    return;
  }
}

void EnergySlots::spread(Micros t0, double w0, Micros t1, double w1) {
  cover(t0, t1);
  const double slope = t1 > t0 ? (w1 - w0) / static_cast<double>(t1 - t0) : 0.0;
  for (Micros from = t0; from < t1;) {
    const std::int64_t slot = floor_div(from, width_);
    const Micros to = std::min(t1, (slot + 1) * width_);
    const double a = w0 + slope * static_cast<double>(from - t0), b = w0 + slope * static_cast<double>(to - t0);
    at_ = static_cast<std::size_t>(slot - first_);
    begin_ = slot * width_;
    end_ = begin_ + width_;
    values_[at_] += static_cast<double>(to - from) * 1e-6 * (a + b) / 2;
    from = to;
  }
}

void EnergySlots::even(Micros t0, Micros t1, double joules) {
  if (t1 <= t0) {
    cover(t0, t0 + 1);
    values_[static_cast<std::size_t>(floor_div(t0, width_) - first_)] += joules;
    return;
  }
  const double watts = joules / (static_cast<double>(t1 - t0) * 1e-6);
  spread(t0, watts, t1, watts);
}

void EnergySlots::append(const EnergySlots& other) {
  if (other.values_.empty()) return;
  while (width_ < other.width_) coarsen();
  const Micros end = (other.first_ + static_cast<std::int64_t>(other.values_.size())) * other.width_;
  cover(other.start(), end);
  const std::int64_t step = width_ / other.width_;
  for (std::size_t i = 0; i < other.values_.size(); ++i) {
    const std::int64_t slot = floor_div(other.first_ + static_cast<std::int64_t>(i), step);
    values_[static_cast<std::size_t>(slot - first_)] += other.values_[i];
  }
}

double EnergySlots::joules() const {
  lca::maths::Sum sum;
  for (const double value : values_) sum.add(value);
  return sum.value();
}

std::map<std::int64_t, double> EnergySlots::hours() const {
  std::map<std::int64_t, double> hours;
  if (start() + width_ < clocks_begin) return hours;  // counted from a start that is not known
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (values_[i] != 0.0)
      hours[floor_div((first_ + static_cast<std::int64_t>(i)) * width_, hour) * 3600] += values_[i];
  return hours;
}

}  // namespace cradle::inventory
