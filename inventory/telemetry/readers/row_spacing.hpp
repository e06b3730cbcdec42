// SPDX-License-Identifier: Apache-2.0
// The time between rows of tools that may write none.
#pragma once

#include <string>

#include <fmt/format.h>

#include "inventory/telemetry/reader.hpp"

namespace cradle::inventory {

/// The spacing of rows without a time: as declared, else as the tool writes them by default.
struct RowSpacing {
  double seconds;
  bool declared;

  RowSpacing(const LogInput& input, double by_default)
      : seconds(input.options.interval.value_or(by_default)), declared(input.options.interval.has_value()) {}

  /// What stands beside the figures that rest on it.
  std::string note() const {
    return fmt::format("there is no time in the file: rows are taken {:.6g} s apart, {}", seconds,
                       declared ? "as declared" : "as the tool writes them by default");
  }
};

}  // namespace cradle::inventory
