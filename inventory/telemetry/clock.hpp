// SPDX-License-Identifier: Apache-2.0
// Stamps of one file to moments. Knows the declared zone, and which of the two hours is meant where summer time ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inventory/telemetry/energy_slots.hpp"

namespace cradle::inventory {

class Clock {
 public:
  explicit Clock(std::string zone) : zone_(std::move(zone)) {}
  /// Unix seconds, or a date and time as read_stamp() takes it. Nothing when it is no time.
  std::optional<Micros> read(std::string_view text);
  bool unzoned() const { return unzoned_; }
  /// "2026-05-14T13:02:11Z"; without the Z where the zone is not known.
  static std::string text(Micros moment, bool unzoned);

 private:
  std::optional<Micros> minute(std::string_view prefix, std::string_view suffix);

  std::string zone_;
  bool unzoned_ = false;
  std::string prefix_, suffix_;  ///< of the last stamp, around its seconds
  Micros minute_ = 0, last_ = 0;
};

}  // namespace cradle::inventory
