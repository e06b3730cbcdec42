// SPDX-License-Identifier: Apache-2.0
// The readings of one device as they come, summed at once: no sample is kept. Two series that follow each other can be
// joined, and the result is that of one: files may be split, merged or read by several threads.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "inventory/telemetry/energy_slots.hpp"

namespace cradle::inventory {

/// What a reading says: the power at that moment (W), the mean power since the last reading (W), or a counter's
/// energy since some start (J).
enum class Reading { instant, average, counter };

struct SeriesRule {
  Reading reading = Reading::instant;
  double wrap = 0.0;     ///< J at which a counter starts again from zero; 0: it does not, a decrease is a reset
  double ceiling = 0.0;  ///< W that the device cannot exceed; tells a wrap from a reset; 0: unknown
  Micros slot = micros_per_second;  ///< of the energy by time, to begin with
  bool compare = false;  ///< without a ceiling: a step far above all others is no reading
};

/// A stretch of time in which a device was not read.
struct Silence {
  Micros from = 0, to = 0;
  std::string reason;  ///< "no samples", or the text that stood in place of a number
};

/// What a series comes to.
struct Measured {
  EnergySlots slots;
  double covered = 0.0, silent = 0.0;  ///< s
  std::vector<Silence> silences;       ///< the first ones
  std::size_t silence_count = 0, samples = 0, conflicts = 0;
  bool still = false;          ///< a counter whose readings are all the same
  std::size_t impossible = 0;  ///< readings that no such device can have; their time is a gap
  Micros first = 0, last = 0;
};

class Series {
 public:
  explicit Series(SeriesRule rule = {}) : rule_(rule), slots_(rule.slot) {}

  /// A reading later than all before it. One of the same moment replaces the last; an earlier one only marks the series
  /// as disordered.
  void add(Micros t, double value) {
    if (rule_.ceiling > 0 && value > rule_.ceiling && rule_.reading != Reading::counter) return refuse(t);
    values_ += value;
    least_ = std::min(least_, value);
    most_ = std::max(most_, value);
    if (samples_ > 0 && t <= last_.t) return add_again(t, value);
    if (open_) commit();
    if (silent_ && !bridged()) return end_silence(t, value);
    prev_ = last_;
    last_ = {t, value};
    open_ = samples_ > 0;
    if (samples_++ == 0) first_ = last_;
  }
  /// A row that should hold a reading and does not.
  void miss(Micros t, std::string_view reason);
  /// What came after.
  void append(Series&& later);

  bool empty() const { return samples_ == 0 && !leads_; }  ///< neither a reading nor a row that should hold one
  bool disordered() const { return disordered_; }
  std::size_t samples() const { return samples_; }
  bool varied() const { return least_ < most_; }
  double sum_of_values() const { return values_; }  ///< tells series with the same readings from others
  Micros first() const { return samples_ > 0 ? first_.t : missed_first_; }
  Micros last() const { return samples_ > 0 ? last_.t : missed_last_; }
  Measured finish() &&;

 private:
  struct Point {
    Micros t = 0;
    double value = 0.0;
  };
  struct Step {
    Point from, to;
    double joules = 0.0;  ///< of a counter
    double watts = 0.0;   ///< the highest reading of a gauge, the mean of a counter
  };

  static bool by_power(const Step& a, const Step& b) { return a.watts > b.watts; }
  /// A counter holds what was used while it was not read.
  bool bridged() {
    if (rule_.reading != Reading::counter || samples_ == 0) return false;
    silent_ = false;
    reason_.clear();
    return true;
  }
  void refuse(Micros t);
  void add_again(Micros t, double value);
  void end_silence(Micros t, double value);
  void commit();
  void commit_long(const Point& from, const Point& to);
  void count(const Point& from, const Point& to);
  void offer(const Step& step);
  void settle_highest();
  void sum(const Step& step);
  void fall_silent(Micros from, Micros to, std::string reason);

  SeriesRule rule_;
  Point first_, prev_, last_;
  bool open_ = false;        ///< the step from prev_ to last_ is not summed yet
  bool silent_ = false;      ///< a row without a reading came after last_
  bool disordered_ = false;  ///< a reading was earlier than the one before
  std::string reason_, lead_reason_;
  Micros missed_first_ = 0, missed_last_ = 0;
  bool leads_ = false;  ///< rows without a reading came before the first reading
  Micros covered_ = 0, silent_time_ = 0;
  std::vector<Micros> early_;  ///< the first steps, whose median is the usual step
  /// The highest steps so far as a heap, the least of them first; not summed before it is known how far they stand above
  /// the others.
  std::vector<Step> highest_;
  double values_ = 0.0;
  double least_ = std::numeric_limits<double>::infinity(), most_ = -least_;  ///< of the readings
  std::size_t impossible_ = 0;
  std::vector<Step> long_;     ///< steps that may be gaps; decided when the usual step is known
  std::vector<Silence> silences_;
  std::size_t silence_count_ = 0, samples_ = 0, conflicts_ = 0;
  EnergySlots slots_;
};

}  // namespace cradle::inventory
