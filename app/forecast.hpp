// SPDX-License-Identifier: Apache-2.0
// "--forecast '48 h'" and "--forecast '20 epochs'": how the total of a run is asked for and told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/telemetry/forecast.hpp"

namespace cradle::app {

struct ForecastTarget {
  double amount = 0.0;  ///< epochs, or hours
  bool epochs = false;
};

/// Nothing, with a sentence on stderr, where the text is neither a time nor a number of epochs.
std::optional<ForecastTarget> read_forecast_target(const std::string& text);

/// "1.23 kWh in total (95 %: 1.19 to 1.27), after 3 of 20 epochs; 6.2 h"; a sentence that says why where there is none.
std::string forecast_words(const inventory::LogReading& reading, const std::vector<inventory::Micros>& marks,
                           const ForecastTarget& target);

}  // namespace cradle::app
