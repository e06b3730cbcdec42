// SPDX-License-Identifier: Apache-2.0
// A figure as a tree: stages, entries, formulas, parameters, and where each was written.
#pragma once

#include <string>
#include <vector>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

struct Explanation {
  std::string text;
  double value = 0.0;
  std::string unit;
  std::vector<Explanation> children;
};

/// The tree of one figure; entries largest first.
Explanation explain(const Disclosure& disclosure, const FigureDefinition& definition);

/// "PUE of idris = 1.2  [supplier]  study.yaml:9:20  source"
std::string describe(const lca::Parameter& parameter);

}  // namespace cradle::reporting
