// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/clock.hpp"

#include <cmath>

#include "inventory/text/csv.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

constexpr Micros half_an_hour = 1800 * micros_per_second;
constexpr std::size_t to_the_minute = 17;  // "2026-05-14T13:02:"

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

/// The moment of a stamp at second 0.
std::optional<Micros> Clock::minute(std::string_view prefix, std::string_view suffix) {
  if (prefix == prefix_ && suffix == suffix_) return minute_;
  const auto stamp = read_stamp(std::string(prefix) + "00" + std::string(suffix));
  if (!stamp) return std::nullopt;
  if (!stamp->offset && zone_.empty()) unzoned_ = true;
  const auto moments = to_moments(*stamp, zone_.empty() ? "UTC" : zone_);
  if (!moments) return std::nullopt;
  Micros found = moments->first.time_since_epoch().count();
  // The hour that repeats at the end of summer time: the second one, once the first has passed.
  if (moments->second != moments->first && found < last_ - half_an_hour)
    found = moments->second.time_since_epoch().count();
  prefix_ = prefix;
  suffix_ = suffix;
  return minute_ = found;
}

std::optional<Micros> Clock::read(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= to_the_minute + 2 && text[4] != '.' && !digit(text[4]) && text[to_the_minute - 1] == ':' &&
      digit(text[to_the_minute]) && digit(text[to_the_minute + 1])) {
    if (text[to_the_minute] > '5') return std::nullopt;
    Micros micros = ((text[to_the_minute] - '0') * 10 + (text[to_the_minute + 1] - '0')) * micros_per_second;
    std::size_t at = to_the_minute + 2;
    if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
      Micros unit = micros_per_second / 10;
      for (++at; at < text.size() && digit(text[at]); ++at, unit /= 10) micros += (text[at] - '0') * unit;
    }
    const auto start = minute(text.substr(0, to_the_minute), text.substr(at));
    if (!start) return std::nullopt;
    return last_ = *start + micros;
  }
  if (const double seconds = number_of(text); std::isfinite(seconds)) {
    if (std::abs(seconds) > 2.5e11) return std::nullopt;  // beyond any clock: milliseconds are the reader's to know
    return last_ = static_cast<Micros>(std::llround(seconds * 1e6));
  }
  const auto stamp = read_stamp(std::string(text));
  if (!stamp) return std::nullopt;
  if (!stamp->offset && zone_.empty()) unzoned_ = true;
  const auto moments = to_moments(*stamp, zone_.empty() ? "UTC" : zone_);
  if (!moments) return std::nullopt;
  return last_ = moments->first.time_since_epoch().count();
}

std::string Clock::text(Micros moment, bool unzoned) {
  std::string utc = to_text(Moment(std::chrono::microseconds(moment)));
  if (unzoned) utc.pop_back();  // as written
  return utc;
}

}  // namespace cradle::inventory
