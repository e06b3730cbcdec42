// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

#include "inventory/text/csv.hpp"
#include "inventory/text/time_stamp.hpp"
#include "lca/uncertainty/special_functions.hpp"

namespace cradle::inventory {
namespace {

constexpr double micros_per_hour = 3.6e9;

/// The 0.975 quantile of Student's t: t2 = n (1 - x) / x with x the quantile of Beta(n/2, 1/2) at 0.05.
double student_t(double degrees) {
  const double x = lca::maths::beta_i_inverse(degrees / 2, 0.5, 0.05);
  return std::sqrt(degrees * (1 - x) / x);
}

struct Span {
  Micros from = std::numeric_limits<Micros>::max(), to = std::numeric_limits<Micros>::min();
  bool empty() const { return to <= from; }
};

std::optional<Micros> moment_of(const std::string& text) {
  const auto stamp = read_stamp(text);
  return stamp ? std::optional(as_utc(*stamp).time_since_epoch().count()) : std::nullopt;
}

/// From the first reading to the last, over all logs that count.
Span span_of(const LogReading& reading) {
  Span span;
  for (const auto& log : reading.logs) {
    if (!log.used || log.profile.values().empty()) continue;
    const auto& slots = log.profile;
    const Micros first = slots.start(), last = first + static_cast<Micros>(slots.values().size()) * slots.width();
    span.from = std::min(span.from, std::max(first, moment_of(log.start).value_or(first)));
    // Stamps of logs are to the second; what was read after it lies in the last slot.
    const auto end = moment_of(log.end);
    span.to = std::max(span.to, end ? std::min(last, *end + micros_per_second) : last);
  }
  return span;
}

/// Energy is known by slots: a spread of parts that are hardly longer than one would be the slots' doing.
bool tells_spread(const LogReading& reading, double part_micros) {
  return std::all_of(reading.logs.begin(), reading.logs.end(), [&](const LogSummary& log) {
    return !log.used || part_micros >= 2.0 * static_cast<double>(log.profile.width());
  });
}

/// kWh between two moments; energy is even within a slot.
double energy_between(const LogReading& reading, Micros from, Micros to) {
  double joules = 0.0;
  for (const auto& log : reading.logs) {
    if (!log.used) continue;
    const auto& slots = log.profile;
    const auto& values = slots.values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Micros start = slots.start() + static_cast<Micros>(i) * slots.width();
      const Micros shared = std::min(to, start + slots.width()) - std::max(from, start);
      if (shared > 0) joules += values[i] * static_cast<double>(shared) / static_cast<double>(slots.width());
    }
  }
  return joules / joules_per_kwh;
}

}  // namespace

std::optional<Forecast> forecast(const std::vector<double>& parts, double left) {
  if (parts.empty() || left < 0.0) return std::nullopt;
  const auto n = static_cast<double>(parts.size());
  Forecast result;
  result.parts = parts.size();
  result.done_kwh = std::accumulate(parts.begin(), parts.end(), 0.0);
  const double mean = result.done_kwh / n;
  result.kwh = result.done_kwh + left * mean;
  if (parts.size() < 2) return result;
  double squares = 0.0;
  for (const double part : parts) squares += (part - mean) * (part - mean);
  // Parts that are all the same come from one total spread evenly: they tell no spread.
  if (left > 0.0 && squares <= 1e-18 * mean * mean) return result;
  const double half = student_t(n - 1) * std::sqrt(squares / (n - 1) * (left + left * left / n));
  result.low = std::max(result.done_kwh, result.kwh - half);
  result.high = result.kwh + half;
  return result;
}

std::optional<Forecast> forecast_by_time(const LogReading& reading, double total_hours) {
  const Span span = span_of(reading);
  if (span.empty()) return std::nullopt;
  const double read = static_cast<double>(span.to - span.from);
  if (total_hours * micros_per_hour <= read) return std::nullopt;
  constexpr double shortest = 10e6;  // us; shorter stretches tell the noise of the meter
  const int count = std::clamp(static_cast<int>(read / shortest), 1, 30);
  std::vector<double> parts;
  for (int i = 0; i < count; ++i)
    parts.push_back(energy_between(reading, span.from + static_cast<Micros>(read * i / count),
                                   span.from + static_cast<Micros>(read * (i + 1) / count)));
  auto result = forecast(parts, (total_hours * micros_per_hour - read) / (read / count));
  if (result && !tells_spread(reading, read / count)) result->low = result->high = std::nullopt;
  if (result) result->hours = total_hours;
  return result;
}

std::optional<Forecast> forecast_by_epochs(const LogReading& reading, const std::vector<Micros>& marks,
                                           double total_epochs) {
  const Span span = span_of(reading);
  if (span.empty() || marks.empty() || !std::is_sorted(marks.begin(), marks.end()) ||
      total_epochs < static_cast<double>(marks.size()))
    return std::nullopt;
  std::vector<double> parts;
  Micros from = span.from;
  for (const Micros mark : marks) {
    parts.push_back(energy_between(reading, from, mark));
    from = mark;
  }
  auto result = forecast(parts, total_epochs - static_cast<double>(marks.size()));
  if (result &&
      !tells_spread(reading, static_cast<double>(marks.back() - span.from) / static_cast<double>(marks.size())))
    result->low = result->high = std::nullopt;
  if (result)
    result->hours = static_cast<double>(marks.back() - span.from) / micros_per_hour /
                    static_cast<double>(marks.size()) * total_epochs;
  return result;
}

std::vector<Micros> marks_of(const std::string& path) {
  std::vector<Micros> marks;
  std::ifstream file(path);
  constexpr std::string_view mark = "# mark: ";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(mark)) continue;
    if (const auto moment = moment_of(trim(line.substr(mark.size())))) marks.push_back(*moment);
  }
  std::sort(marks.begin(), marks.end());
  return marks;
}

}  // namespace cradle::inventory
