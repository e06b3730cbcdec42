// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "inventory/telemetry/prometheus_live.hpp"

namespace cradle::app {

struct PrometheusOptions {
  inventory::LiveQuestion question;
  std::string from, to, step = "1 h";
};

/// Asks, prints, writes `hours` where it is named; the exit code.
int run_prometheus(const PrometheusOptions& options, const std::string& format, const std::string& hours);

}  // namespace cradle::app
