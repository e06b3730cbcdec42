// SPDX-License-Identifier: Apache-2.0
// Contributions, sensitivities and dated emissions of a matrix system as JSON. Processes, products and flows carry
// both index and name.
#pragma once

#include <string>
#include <vector>

#include "lca/contribution/contributions.hpp"
#include "lca/finding.hpp"
#include "lca/sensitivity/derivatives.hpp"
#include "lca/sensitivity/sobol.hpp"
#include "lca/time/dated_inventory.hpp"

namespace cradle::reporting {

/// Everything that is said of one score.
struct ScoreContributions {
  std::string demand;
  int method;
  double score;
  std::vector<lca::DirectContribution> table;
  lca::UpstreamTree tree;
  std::vector<lca::Link> links;
  std::vector<lca::UncharacterisedFlow> uncharacterised;
};
std::string write_contributions_json(const lca::MatrixSystem& system, const std::vector<ScoreContributions>& all,
                                     const Findings& findings);

struct ScoreSensitivities {
  std::string demand;
  int method;
  double score;
  std::vector<lca::ExchangeSensitivity> exchanges;
  std::vector<std::size_t> sobol_entries;  ///< into the system's uncertainties
  std::vector<lca::SobolIndex> sobol;
};
std::string write_sensitivities_json(const lca::MatrixSystem& system, const std::vector<ScoreSensitivities>& all,
                                     const Findings& findings);

struct DatedScore {
  std::string demand, metric;
  double horizon;
  bool moving;
  lca::DatedInventory inventory;
  double static_impact, dynamic_impact;  ///< kg CO2e of the flows that are known gases
  std::vector<int> unknown_flows;        ///< flows that are no gas the project knows
};
std::string write_dated_json(const lca::MatrixSystem& system, const std::vector<DatedScore>& all,
                             const Findings& findings);

}  // namespace cradle::reporting
