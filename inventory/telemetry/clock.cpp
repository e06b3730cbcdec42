// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/clock.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "inventory/text/csv.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

constexpr Micros half_an_hour = 1800 * micros_per_second;
constexpr std::size_t to_the_minute = 17;  // "2026-05-14T13:02:"

/// Unix times between 1973 and 2128, in s, ms, us and ns, do not overlap. Where a unit is declared (`unit` s) only its own
/// count.
std::optional<Micros> unix_time(std::string_view text, double unit) {
  constexpr double earliest = 1e8, latest = 5e9;
  const double number = number_of(text);
  for (const double per_second : {1.0, 1e3, 1e6, 1e9})
    if ((unit == 1.0 || std::abs(unit * per_second - 1.0) < 1e-9) && number >= earliest * per_second && number < latest * per_second) {
      std::int64_t whole = 0;  // nanoseconds do not fit a double
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
      const bool exact = error == std::errc{} && end == text.data() + text.size() && per_second > 1e6;
      return exact ? whole / 1000 : static_cast<Micros>(std::llround(number / per_second * 1e6));
    }
  return std::nullopt;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Micros> read_ctime(std::string_view text, Clock& clock) {
  static const std::map<std::string, int> months = {{"Jan", 1}, {"Feb", 2}, {"Mar", 3}, {"Apr", 4},  {"May", 5},  {"Jun", 6},
                                                    {"Jul", 7}, {"Aug", 8}, {"Sep", 9}, {"Oct", 10}, {"Nov", 11}, {"Dec", 12}};
  std::vector<std::string> words;
  std::string word;
  if (text.size() > 64) return std::nullopt;
  for (const char c : std::string(text) + " ")
    if (c != ' ' && c != '\t' && c != '\r')
      word += c;
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  if ((words.size() != 5 && words.size() != 6) || !months.contains(words[1]) || words[4].size() != 4) return std::nullopt;
  std::string offset;
  if (words.size() == 6) {
    if (words[5].size() != 5 || (words[5][0] != '+' && words[5][0] != '-')) return std::nullopt;
    offset = words[5].substr(0, 3) + ":" + words[5].substr(3);
  }
  return clock.read(fmt::format("{}-{:02d}-{:0>2}T{}{}", words[4], months.at(words[1]), words[2], words[3], offset));
}

bool is_shift_of_zones(Micros shift) {
  const Micros most = 26 * 2 * half_an_hour, slack = 5 * micros_per_second;
  const Micros size = std::abs(shift), off = size % half_an_hour;
  return size > slack && size <= most + slack && (off <= slack || half_an_hour - off <= slack);
}

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
  if (const double number = number_of(text); std::isfinite(number)) {
    if (const auto moment = unix_time(text, unit_)) return last_ = *moment;
    constexpr double longest = 1e8;  // s since a start
    if (std::abs(number * unit_) > longest) return std::nullopt;
    return last_ = static_cast<Micros>(std::llround(number * unit_ * 1e6));
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
