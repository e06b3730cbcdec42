// SPDX-License-Identifier: Apache-2.0
// Stamps of one file to moments. Knows the declared zone, and which of the two hours is meant where summer time ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inventory/telemetry/energy_slots.hpp"

namespace cradle::inventory {

class Clock;

/// "Thu May 14 13:00:05 2026", also with an offset such as "+0200" behind; nothing for other text.
std::optional<Micros> read_ctime(std::string_view text, Clock& clock);

/// Whether two stamps of one moment may differ so much: by whole or half hours, up to 26 of them.
bool is_shift_of_zones(Micros shift);

class Clock {
 public:
  explicit Clock(std::string zone) : zone_(std::move(zone)) {}
  /// A date and time as read_stamp() takes it; a number of the size of a Unix time in s, ms, us or ns; any other number
  /// in `unit` seconds since a start that is not known. Nothing when it is no time.
  std::optional<Micros> read(std::string_view text);
  bool unzoned() const { return unzoned_; }
  void count_in(double seconds) { unit_ = seconds; }
  /// "2026-05-14T13:02:11Z"; without the Z where the zone is not known.
  static std::string text(Micros moment, bool unzoned);

 private:
  std::optional<Micros> minute(std::string_view prefix, std::string_view suffix);

  std::string zone_;
  bool unzoned_ = false;
  double unit_ = 1.0;  ///< s, of numbers that are no Unix times
  std::string prefix_, suffix_;  ///< of the last stamp, around its seconds
  Micros minute_ = 0, last_ = 0;
};

}  // namespace cradle::inventory
