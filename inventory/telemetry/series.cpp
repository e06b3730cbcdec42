// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/series.hpp"

#include <algorithm>
#include <utility>

namespace cradle::inventory {
namespace {

// A gap is longer than three usual steps and than ten seconds: docs/decisions/0004-gaps-in-power-logs.md.
constexpr Micros shortest_gap = 10 * micros_per_second;
constexpr Micros usual_steps_in_a_gap = 3;
constexpr std::size_t steps_for_the_usual_one = 255;
/// A step of a node, a rack or a process above both is no reading: so many times the next highest, and more than any one
/// accelerator draws.
constexpr double far_above = 10.0, most_of_one_device = 3000.0;
constexpr std::size_t most_outliers = 64;  // steps kept apart; more than these that cannot be are another unit
constexpr std::size_t most_long_steps = 65'536, most_silences = 1000;

Micros median(std::vector<Micros> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void Series::refuse(Micros t) {
  ++impossible_;
  miss(t, "a power that the device cannot have");
}

void Series::add_again(Micros t, double value) {
  if (t < last_.t) {
    disordered_ = true;
    return;
  }
  if (last_.value != value) ++conflicts_;
  last_.value = value;
  if (samples_ == 1) first_ = last_;
}

void Series::end_silence(Micros t, double value) {
  if (samples_ > 0) fall_silent(last_.t, t, std::move(reason_));
  silent_ = false;
  reason_.clear();
  prev_ = last_ = {t, value};
  open_ = false;
  if (samples_++ == 0) first_ = last_;
}

void Series::miss(Micros t, std::string_view reason) {
  if (samples_ == 0 && !leads_) {
    leads_ = true;
    missed_first_ = missed_last_ = t;
    lead_reason_ = reason;
  }
  if (t < last() && (samples_ > 0 || silent_)) disordered_ = true;
  if (samples_ > 0 && reason_.empty()) reason_ = reason;
  silent_ = true;
  missed_last_ = std::max(missed_last_, t);
}

void Series::commit() {
  open_ = false;
  const Micros step = last_.t - prev_.t;
  if (early_.size() < steps_for_the_usual_one) early_.push_back(step);
  if (step > shortest_gap || rule_.reading == Reading::counter)
    commit_long(prev_, last_);
  else
    count(prev_, last_);
}

void Series::commit_long(const Point& from, const Point& to) {
  if (rule_.reading != Reading::counter) {
    long_.push_back({from, to, 0.0, 0.0});
    // With this many long steps the usual one is long known; they are settled as they come.
    if (long_.size() >= most_long_steps && early_.size() == steps_for_the_usual_one) {
      const Micros longest = std::max(usual_steps_in_a_gap * median(early_), shortest_gap);
      for (const auto& step : std::exchange(long_, {}))
        if (step.to.t - step.from.t <= longest)
          count(step.from, step.to);
        else
          fall_silent(step.from.t, step.to.t, "no samples");
    }
    return;
  }
  const double seconds = static_cast<double>(to.t - from.t) * 1e-6;
  double joules = to.value - from.value;
  if (rule_.wrap > 0 && rule_.ceiling > 0 && seconds * rule_.ceiling > rule_.wrap)
    return fall_silent(from.t, to.t, "the counter may have wrapped more than once");
  if (joules < 0 && rule_.wrap > 0) joules += rule_.wrap;
  const bool impossible = rule_.ceiling > 0 && joules > seconds * rule_.ceiling;
  impossible_ += impossible ? 1 : 0;
  if (joules < 0 || impossible)
    return fall_silent(from.t, to.t, impossible ? "the counter jumped" : "the counter was reset");
  offer({from, to, joules, seconds > 0 ? joules / seconds : 0.0});
}

void Series::count(const Point& from, const Point& to) {
  offer({from, to, 0.0, rule_.reading == Reading::average ? to.value : std::max(from.value, to.value)});
}

/// Sums a step, unless it is among the highest so far of a source that has no ceiling.
void Series::offer(const Step& step) {
  if (!rule_.compare) return sum(step);
  highest_.push_back(step);
  std::push_heap(highest_.begin(), highest_.end(), by_power);
  if (highest_.size() <= most_outliers) return;
  std::pop_heap(highest_.begin(), highest_.end(), by_power);
  sum(highest_.back());
  highest_.pop_back();
}

void Series::sum(const Step& step) {
  const Point &from = step.from, &to = step.to;
  if (rule_.reading == Reading::counter)
    slots_.even(from.t, to.t, step.joules);
  else if (rule_.reading == Reading::average)
    slots_.ramp(from.t, to.value, to.t, to.value);
  else
    slots_.ramp(from.t, from.value, to.t, to.value);
  covered_ += to.t - from.t;
}

/// Which of the highest steps are readings, now that all are known: what stands ten times above the highest of the rest is
/// none, as long as the rest are more.
void Series::settle_highest() {
  std::sort(highest_.begin(), highest_.end(), [](const Step& a, const Step& b) { return by_power(b, a); });
  std::size_t readings = highest_.size();
  const std::size_t others = samples_ > highest_.size() ? samples_ - highest_.size() : 0;
  for (std::size_t i = highest_.size(); i-- > 1;) {
    const std::size_t above = highest_.size() - i, below = i + others;
    const double rest = highest_[i - 1].watts;
    if (rest > 0 && above < below && highest_[i].watts > std::max(far_above * rest, most_of_one_device)) readings = i;
  }
  for (std::size_t i = 0; i < readings; ++i) sum(highest_[i]);
  std::vector<Step> refused(highest_.begin() + static_cast<std::ptrdiff_t>(readings), highest_.end());
  std::sort(refused.begin(), refused.end(), [](const Step& a, const Step& b) { return a.from.t < b.from.t; });
  for (std::size_t i = 0; i < refused.size(); ++i) {
    const Micros from = refused[i].from.t;
    Micros to = refused[i].to.t;  // the two steps at one impossible reading are one gap
    while (i + 1 < refused.size() && refused[i + 1].from.t == to) to = refused[++i].to.t;
    ++impossible_;
    fall_silent(from, to, "a power far above all others");
  }
  highest_.clear();
}

void Series::fall_silent(Micros from, Micros to, std::string reason) {
  silent_time_ += to - from;
  ++silence_count_;
  if (silences_.size() < most_silences) silences_.push_back({from, to, std::move(reason)});
}

void Series::append(Series&& later) {
  if (later.samples_ == 0 && !later.leads_) return;
  if (samples_ == 0 && !leads_) {
    *this = std::move(later);
    return;
  }
  disordered_ = disordered_ || later.disordered_;
  if (later.leads_) {
    miss(later.missed_first_, later.lead_reason_);
    if (later.samples_ == 0) missed_last_ = std::max(missed_last_, later.missed_last_);
  }
  if (later.samples_ == 0) return;
  const std::size_t whole = samples_ + later.samples_ - (samples_ > 0 && later.first_.t == last_.t ? 1 : 0);
  add(later.first_.t, later.first_.value);
  if (disordered_) return;
  samples_ = whole;
  conflicts_ += later.conflicts_;
  const bool more = later.open_ || later.last_.t != later.first_.t;
  if (more) {
    if (open_) commit();
    prev_ = later.prev_;
    last_ = later.last_;
    open_ = later.open_;
  }
  for (const Micros step : later.early_)
    if (early_.size() < steps_for_the_usual_one) early_.push_back(step);
  long_.insert(long_.end(), later.long_.begin(), later.long_.end());
  silence_count_ += later.silence_count_;
  for (auto& silence : later.silences_)
    if (silences_.size() < most_silences) silences_.push_back(std::move(silence));
  least_ = std::min(least_, later.least_);
  most_ = std::max(most_, later.most_);
  values_ += later.values_ - later.first_.value;  // which add() has counted
  impossible_ += later.impossible_;
  for (const auto& step : later.highest_) offer(step);
  silent_time_ += later.silent_time_;
  covered_ += later.covered_;
  slots_.append(later.slots_);
  silent_ = later.silent_;
  reason_ = std::move(later.reason_);
  missed_last_ = std::max(missed_last_, later.missed_last_);
}

Measured Series::finish() && {
  if (open_) commit();
  const Micros longest = std::max(usual_steps_in_a_gap * median(early_), shortest_gap);
  for (const auto& step : long_)
    if (step.to.t - step.from.t <= longest)
      count(step.from, step.to);
    else
      fall_silent(step.from.t, step.to.t, "no samples");
  settle_highest();
  if (samples_ == 0 && leads_ && missed_last_ > missed_first_)
    fall_silent(missed_first_, missed_last_, lead_reason_);
  if (samples_ > 0 && leads_) fall_silent(missed_first_, first_.t, lead_reason_);
  if (samples_ > 0 && silent_ && missed_last_ > last_.t) fall_silent(last_.t, missed_last_, reason_);
  std::sort(silences_.begin(), silences_.end(), [](const Silence& a, const Silence& b) { return a.from < b.from; });
  const Micros first = leads_ ? missed_first_ : this->first(), last = std::max(this->last(), missed_last_);
  return {std::move(slots_),
          static_cast<double>(covered_) * 1e-6,
          static_cast<double>(silent_time_) * 1e-6,
          std::move(silences_),
          silence_count_,
          samples_,
          conflicts_,
          rule_.reading == Reading::counter && least_ == most_,
          impossible_,
          first,
          last};
}

}  // namespace cradle::inventory
