// SPDX-License-Identifier: Apache-2.0
#include "app/forecast.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iostream>

#include "inventory/text/csv.hpp"
#include "inventory/text/units.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {

std::optional<ForecastTarget> read_forecast_target(const std::string& text) {
  const auto space = text.find(' ');
  const std::string unit = space == std::string::npos ? "" : inventory::lower_case(text.substr(space));
  if (const double count = inventory::number_of(text.substr(0, space));
      (unit == "epochs" || unit == "epoch") && count >= 1 && std::isfinite(count))
    return ForecastTarget{count, true};
  if (const auto hours = inventory::read_quantity(text, inventory::Dimension::time);
      hours && *hours > 0 && std::isfinite(*hours))
    return ForecastTarget{*hours, false};
  std::cerr << fmt::format("cradle: --forecast '{}' must be the whole run, such as '48 h' or '20 epochs'\n", text);
  return std::nullopt;
}

std::string forecast_words(const inventory::LogReading& reading, const std::vector<inventory::Micros>& marks,
                           const ForecastTarget& target) {
  const auto answer = target.epochs ? inventory::forecast_by_epochs(reading, marks, target.amount)
                                    : inventory::forecast_by_time(reading, target.amount);
  if (!answer)
    return target.epochs
               ? fmt::format("no forecast: {} of {} epochs are marked (write a line to $CRADLE_MARKS after each)",
                             marks.size(), target.amount)
               : "no forecast: no times are known, or the whole is not longer than what was read";
  const double scale = answer->kwh < 0.01 ? 1000 : 1;
  const auto printed = [&](double kwh) { return reporting::significant(kwh * scale, 4); };
  return fmt::format("forecast: {} {} in total{}; {} so far, from {} {}; {} h", printed(answer->kwh),
                     scale == 1 ? "kWh" : "Wh",
                     answer->low ? fmt::format(" (95 %: {} to {})", printed(*answer->low), printed(*answer->high))
                                 : ", no interval: the parts tell no spread",
                     printed(answer->done_kwh), answer->parts, target.epochs ? "epochs" : "equal stretches",
                     reporting::significant(answer->hours, 3));
}

}  // namespace cradle::app
