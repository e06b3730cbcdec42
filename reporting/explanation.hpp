// SPDX-License-Identifier: Apache-2.0
// A figure as a tree: stages, entries, and the quantities that each comes from, down to inputs and where they were
// written. Each quantity is told once, the largest contribution first, small branches folded together.
#pragma once

#include <string>
#include <vector>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

/// What a line of the tree is.
enum class ExplanationKind { figure, stage, entry, use, quantity, folded };

struct Explanation {
  ExplanationKind kind = ExplanationKind::figure;
  std::string text;
  double value = 0.0;
  std::string unit = {};
  std::string name = {};  ///< of a quantity: that of its parameter
  bool repeated = false;  ///< told above already
  std::vector<Explanation> children = {};
};

struct ExplanationOptions {
  std::size_t depth = 100;  ///< below the figure: 1 stages, 2 entries, 3 quantities, then what these are made of
  bool all = false;         ///< nothing folded
};

/// The tree of one figure.
Explanation explain(const Disclosure& disclosure, const FigureDefinition& definition,
                    const ExplanationOptions& options = {});

/// "PUE of idris = 1.2  [supplier]  study.yaml:9:20  source", or "= formula" of a calculated one.
std::string describe(const lca::Parameters& parameters, lca::ParameterIndex index);

}  // namespace cradle::reporting
