// SPDX-License-Identifier: Apache-2.0
// Ways to serve one model: devices, how many share it, batch, bits of weights and cache, each combination with its
// energy, emissions and time per token. What does not fit into memory is left out and counted.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "inventory/assessment/assessment.hpp"

namespace cradle::inventory {

/// A device of the catalogue and the machine that it stands in; without one the study's.
struct ExploredMachine {
  std::string device, node;
};

/// What is varied: each list is combined with each other. An empty list keeps what the study states.
struct ExploreRequest {
  std::string service;  ///< empty: the only one
  std::vector<ExploredMachine> machines;
  std::vector<double> devices, batch, weight_bits, cache_bits;
  Overrides overrides = {};
  int threads = -1;
};

struct Configuration {
  std::string device, node;
  double devices = 0.0, batch = 0.0, weight_bits = 0.0, cache_bits = 0.0;
  double kwh = 0.0, kg = 0.0;  ///< per million output tokens: facility energy, and all greenhouse gases of the boundary
  double milliseconds = 0.0;   ///< between two tokens of one request
  double tokens_per_second = 0.0;  ///< of all requests under way
  bool on_front = false;           ///< no other takes both less energy and less time
};

struct Exploration {
  std::string service, model;
  std::vector<Configuration> fitting;   ///< least energy first
  std::size_t beyond_memory = 0;        ///< combinations that do not fit
  std::vector<std::string> refused;     ///< devices that could not be assessed, with the reason
  std::map<std::string, double> error;  ///< by device: 95 % of the estimates lie within this factor

  /// The least energy at or under so many milliseconds a token; null where none is as fast.
  const Configuration* least_under(double milliseconds) const;
};

/// E110: no such service, one that is not estimated by `roofline`, nothing that fits; those of compiling.
Result<Exploration> explore(const Study& study, std::shared_ptr<const Catalogue> catalogue,
                            const ExploreRequest& request);

}  // namespace cradle::inventory
