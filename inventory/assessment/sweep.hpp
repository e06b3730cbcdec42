// SPDX-License-Identifier: Apache-2.0
// One compiled study at every combination of values of some of its inputs.
#pragma once

#include <string>
#include <vector>

#include "inventory/assessment/assessment.hpp"

namespace cradle::inventory {

/// An input and the values that it takes, in its own unit.
struct SweptInput {
  lca::ParameterIndex input = 0;
  std::vector<double> values;
};

/// "sites.s.pue=1.0:1.6:7" (seven values from 1.0 to 1.6, both in it) or "sites.s.pue=1.0,1.2,1.5". E041 an unknown or
/// calculated parameter, E020 to E024 its values, E109 no such list.
Result<SweptInput> read_swept(const std::string& text, const lca::Parameters& parameters);

/// Answers at every combination, the last input moving fastest: point p, query q at [p * queries + q]; NaN where the
/// system has no answer. The same at any number of threads.
std::vector<double> sweep(const Assessment& assessment, const std::vector<SweptInput>& inputs, std::span<const lca::Query> queries, int threads);

/// How many combinations there are.
std::size_t points_of(const std::vector<SweptInput>& inputs);
/// Which value of each input a point has.
std::vector<std::size_t> indices_of(std::size_t point, const std::vector<SweptInput>& inputs);

}  // namespace cradle::inventory
