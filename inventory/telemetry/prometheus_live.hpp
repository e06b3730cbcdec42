// SPDX-License-Identifier: Apache-2.0
// Energy summed where it lies: the question goes to Prometheus as PromQL, and one number per step comes back, so that a
// fleet's month moves kilobytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::inventory {

struct LiveQuestion {
  std::string url;                                              ///< http://host:9090
  std::string metric = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION";  ///< one that metric_of() knows
  std::string match;                                            ///< label matchers, such as cluster="a"
  std::string by;                 ///< labels to keep apart, such as Hostname; empty: the sum of all
  std::int64_t from = 0, to = 0;  ///< s since 1970
  std::int64_t step = 3600;       ///< s
};

struct LiveRow {
  std::string group;     ///< the kept labels' values
  std::int64_t end = 0;  ///< of the step, s since 1970
  double kwh = 0.0;
};

struct LiveAnswer {
  std::string promql;
  std::vector<LiveRow> rows;
  std::vector<std::string> notes;
  std::size_t bytes = 0;  ///< that came over the network
  double kwh() const;
};

/// Counters by increase(), gauges by their mean over the step. E066 where the server cannot be asked or answers with an
/// error, E060 where the metric is not known or there is nothing in the window.
Result<LiveAnswer> ask_prometheus(const LiveQuestion& question);

}  // namespace cradle::inventory
