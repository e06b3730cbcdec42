// SPDX-License-Identifier: Apache-2.0
// Moments in time as studies and logs write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace cradle::inventory {

/// UTC, to the microsecond.
using Moment = std::chrono::sys_time<std::chrono::microseconds>;

/// A stamp and whether it said its own offset from UTC.
struct Stamp {
  Moment local;                                ///< as written, read as if it were UTC
  std::optional<std::chrono::minutes> offset;  ///< east of UTC
};

/// "2026-05-14T15:02:11.5+02:00", "2026/05/14 13:00:00.012", "2026-05-14"; nothing when it is none of these.
std::optional<Stamp> read_stamp(const std::string& text);

/// The moment of a stamp: by its own offset, else in the named IANA zone. In an hour that repeats at the end of
/// summer time the earlier is taken. Nothing for an unknown zone.
std::optional<Moment> to_moment(const Stamp& stamp, const std::string& zone);

/// The moment of a stamp by its own offset, else as if it were UTC.
Moment as_utc(const Stamp& stamp);

/// Whole seconds since 1970.
std::int64_t unix_seconds(Moment moment);

/// The earliest and the latest moment that a stamp may mean: they differ in an hour that repeats.
std::optional<std::pair<Moment, Moment>> to_moments(const Stamp& stamp, const std::string& zone);

/// "2026-05-14T13:02:11Z"
std::string to_text(Moment moment);

}  // namespace cradle::inventory
