// SPDX-License-Identifier: Apache-2.0
// What measurement files say, for machines (JSON, CSV by hour) and as a picture. Tables for the terminal are the
// application's.
#pragma once

#include <string>
#include <vector>

#include "inventory/telemetry/log.hpp"

namespace cradle::reporting {

/// `cradle logs --format json`; fields: docs/logs.md.
std::string log_json(const inventory::LogReading& reading);

/// hour, log, node, device, component, kWh, counted: energy by device and hour, where times are known.
std::string hours_csv(const inventory::LogReading& reading);

/// Mean power over time of each log that has times: [milliseconds since 1970, W].
struct PowerLine {
  std::string name;
  std::vector<std::pair<double, double>> points;
};
std::vector<PowerLine> power_lines(const inventory::LogReading& reading, std::size_t most_points);

/// An SVG of its own, for light and dark. Empty where no log has times.
std::string power_svg(const inventory::LogReading& reading);

}  // namespace cradle::reporting
