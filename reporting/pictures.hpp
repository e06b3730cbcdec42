// SPDX-License-Identifier: Apache-2.0
// What the three pictures of a report show, with the same data as tables.
#pragma once

#include <string>
#include <vector>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

struct SankeyLink {
  std::string source, target;
  double kg = 0.0;
  bool embodied = false;
  bool last = false;  ///< from a stage to the functional unit
};

/// Components to stages to the functional unit. Links below 1 % of the total are folded into "other (n)"; what
/// enters a stage equals what leaves it.
std::vector<SankeyLink> sankey_links(const Disclosure& disclosure);

struct Picture {
  std::string kind;         ///< function of charts/charts.js
  std::string data;         ///< its JSON
  std::string title;        ///< the takeaway
  std::string subtitle;     ///< unit and scope
  std::string description;  ///< for those who do not see it
};

Picture stage_picture(const Disclosure& disclosure);
Picture sankey_picture(const Disclosure& disclosure);
/// Has empty `kind` where no figure has an interval.
Picture interval_picture(const Disclosure& disclosure);

}  // namespace cradle::reporting
