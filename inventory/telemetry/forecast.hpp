// SPDX-License-Identifier: Apache-2.0
// What a run will have taken in the end, from what it took so far: Carbontracker's question (Anthony et al. 2020), for
// any log with times, with an interval.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/telemetry/log.hpp"

namespace cradle::inventory {

struct Forecast {
  double kwh = 0.0;                 ///< done and still to come
  std::optional<double> low, high;  ///< 95 % prediction interval; none where the parts tell no spread
  double done_kwh = 0.0;
  std::size_t parts = 0;  ///< equal parts that the spread was taken from
  double hours = 0.0;     ///< of the whole, at the pace so far
};

/// Parts are energies of equal stretches, or of epochs; `left` more of them come. The sum of m future parts has the
/// variance s2 (m + m2 / n): their own spread and that of the mean (prediction interval of a normal sample, Student's t
/// with n - 1 degrees of freedom). Nothing without a part.
std::optional<Forecast> forecast(const std::vector<double>& parts_kwh, double left);

/// By time: the logs that count, cut into up to 30 equal stretches of at least ten seconds. Nothing where times are not
/// known or the whole is no longer than what was read.
std::optional<Forecast> forecast_by_time(const LogReading& reading, double total_hours);

/// By epochs: each ends at a mark of `cradle record`; the first begins with the recording.
std::optional<Forecast> forecast_by_epochs(const LogReading& reading, const std::vector<Micros>& marks,
                                           double total_epochs);

/// Moments that a recording was marked at ("# mark: 2026-05-14T13:02:11.5Z"), in order.
std::vector<Micros> marks_of(const std::string& path);

}  // namespace cradle::inventory
