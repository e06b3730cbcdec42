// SPDX-License-Identifier: Apache-2.0
// A figure of a disclosure: a question's answer with unit, range, basis and status, or a word for why there is no
// number.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reporting/figures/definition.hpp"

namespace cradle::reporting {

struct Figure {
  std::string id;     ///< "ghg.total"
  std::string label;  ///< "Greenhouse gases, total"
  std::string unit;
  Status status = Status::not_estimated;
  std::optional<double> value, low, high;
  std::string interval = "none";  ///< "first-order", "first-order, finite step", "Monte Carlo", "scenario"
  double covered = 0.0;  ///< share of the value of which some input carries a range: what an interval speaks of
  std::string basis;
  std::map<std::string, double> basis_shares;
  std::string reason;  ///< why there is no value, or what the value leaves out

  /// Share of the value that stands on meters and measurements.
  double measured_share() const;
  /// An interval that speaks of less than half of its figure: kept, and printed nowhere as the figure's own.
  bool is_partial() const { return interval != "none" && interval != "scenario" && covered < 0.5; }
};

/// Each figure's fold, interval or scenario range, basis, or the reason why there is none; all are asked together.
std::vector<Figure> compute_figures(const Assessment& assessment, std::span<const FigureDefinition> definitions);

}  // namespace cradle::reporting
