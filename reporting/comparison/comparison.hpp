// SPDX-License-Identifier: Apache-2.0
// Alternatives side by side. What they share is drawn once for all of them, so that a difference is known better than
// either of its ends.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inventory/assessment/assessment.hpp"

namespace cradle::reporting {

struct Alternative {
  std::string name;
  std::shared_ptr<const inventory::Assessment> assessment;
};

struct ComparedValue {
  double value = 0.0;
  std::optional<lca::Interval> interval;             ///< of the value, by draws
  std::optional<double> difference;                  ///< to the first alternative; none for itself
  std::optional<lca::Interval> difference_interval;  ///< of paired draws
  /// "lower", "higher", "cannot distinguish" where the interval of the difference spans zero, "equal"; "" for the first.
  std::string verdict;
};

struct ComparedFigure {
  std::string id, label, unit;
  std::vector<std::optional<ComparedValue>> values;  ///< of the alternatives in order; none where not estimated
};

struct Comparison {
  std::vector<std::string> names;
  std::vector<ComparedFigure> figures;
  std::size_t draws = 0;
};

/// E108 where functional unit or boundary differ: such figures are not of the same thing.
Result<Comparison> compare(const std::vector<Alternative>& alternatives, const lca::DrawSettings& draws);

std::string write_comparison_json(const Comparison& comparison);

}  // namespace cradle::reporting
