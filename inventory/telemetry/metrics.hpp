// SPDX-License-Identifier: Apache-2.0
// What the metrics of exporters mean, whether they come as text, from Prometheus' API or from a file of it: which
// device, which unit, gauge or counter. Sources: the exporters' own metric lists, named beside each rule in
// metrics.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/telemetry/reader.hpp"

namespace cradle::inventory {

using Labels = std::map<std::string, std::string, std::less<>>;

struct Metric {
  Source source;
  SeriesRule rule;
  double factor = 1.0;  ///< to W or J
  lca::Basis basis = lca::Basis::measured;
  std::string how;
  bool once_per_device = false;  ///< instances of one device repeat its whole power
};

/// Nothing for a metric that is not about energy, or that lies inside another one of its exporter.
std::optional<Metric> metric_of(std::string_view name, const Labels& labels);

/// Numbers that stand for "no reading" in DCGM (dcgm_structs.h: blank, not found, not supported, no permission).
bool is_sentinel(double value);

/// Collects samples in any order and gives a draft its tracks: where a device has a counter, its gauge is only
/// compared.
class MetricStore {
 public:
  void add(const Metric& metric, Micros t, double value);
  void miss(const Metric& metric, Micros t, std::string reason);
  std::size_t samples() const { return samples_; }
  Result<void> give(Draft& draft, const std::string& path);

 private:
  struct Line {
    Metric metric;
    std::vector<RawReading> readings;
    std::vector<std::string> reasons;
  };
  Line& line(const Metric& metric);

  std::map<std::pair<Source, Reading>, Line> lines_;
  std::size_t samples_ = 0;
};

/// The moment that a file's name tells: Unix seconds or milliseconds, or a date and time.
std::optional<Micros> time_in_name(const std::string& name, Clock& clock);

}  // namespace cradle::inventory
