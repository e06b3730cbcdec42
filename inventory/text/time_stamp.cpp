// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/time_stamp.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace cradle::inventory {

// Nothing was measured outside these years: such a stamp is a slip of a digit, or a clock that was never set.
constexpr Moment earliest = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1),
                 latest = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);

std::optional<Stamp> read_stamp(const std::string& text) {
  std::string plain = text;
  std::replace(plain.begin(), plain.end(), '/', '-');
  if (plain.size() > 10 && plain[10] == ' ') plain[10] = 'T';
  if (!plain.empty() && plain.back() == 'Z') plain.replace(plain.size() - 1, 1, "+00:00");
  for (const char* format : {"%FT%T%Ez", "%FT%T", "%FT%R%Ez", "%FT%R", "%F"}) {
    std::istringstream stream(plain);
    stream.imbue(std::locale::classic());
    Stamp stamp{};
    std::chrono::minutes offset{0};
    const bool zoned = std::string_view(format).find("%Ez") != std::string_view::npos;
    date::local_time<std::chrono::microseconds> local{};
    if (zoned) {
      // from_stream on local_time leaves the offset beside the fields instead of applying it
      std::string abbreviation;
      date::from_stream(stream, format, local, &abbreviation, &offset);
      stamp.offset = offset;
    } else {
      date::from_stream(stream, format, local);
    }
    if (stream.fail() || stream.peek() != std::istringstream::traits_type::eof()) continue;
    stamp.local = Moment(local.time_since_epoch());
    if (stamp.local < earliest || stamp.local >= latest) return std::nullopt;
    return stamp;
  }
  return std::nullopt;
}

std::optional<Moment> to_moment(const Stamp& stamp, const std::string& zone) {
  const auto moments = to_moments(stamp, zone);
  return moments ? std::optional(moments->first) : std::nullopt;
}

std::optional<std::pair<Moment, Moment>> to_moments(const Stamp& stamp, const std::string& zone) {
  if (stamp.offset) return std::pair(stamp.local - *stamp.offset, stamp.local - *stamp.offset);
  if (zone == "UTC") return std::pair(as_utc(stamp), as_utc(stamp));  // also where the machine has no table of zones
  try {
    const auto* found = date::locate_zone(zone);
    const date::local_time<std::chrono::microseconds> local(stamp.local.time_since_epoch());
    return std::pair(Moment(found->to_sys(local, date::choose::earliest).time_since_epoch()),
                     Moment(found->to_sys(local, date::choose::latest).time_since_epoch()));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

Moment as_utc(const Stamp& stamp) { return stamp.local - stamp.offset.value_or(std::chrono::minutes(0)); }

std::int64_t unix_seconds(Moment moment) {
  return std::chrono::floor<std::chrono::seconds>(moment.time_since_epoch()).count();
}

std::string to_text(Moment moment) {
  return date::format("%FT%TZ", date::floor<std::chrono::seconds>(
                                    date::sys_time<std::chrono::microseconds>(moment.time_since_epoch())));
}

}  // namespace cradle::inventory
