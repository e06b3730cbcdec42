// SPDX-License-Identifier: Apache-2.0
// Results of matrix systems as JSON ("cradle/lca/1"), written as they come: a thousand supply vectors of 20,000
// processes need not stand in memory together.
#pragma once

#include <iosfwd>
#include <string>

#include "lca/finding.hpp"
#include "lca/impact/weighting.hpp"
#include "lca/matrix/matrix_lca.hpp"

namespace cradle::reporting {

class SystemJson {
 public:
  SystemJson(std::ostream& stream, bool scores_only) : stream_(stream), scores_only_(scores_only) {}
  /// `weighted` belongs to `weightings`, in their order; empty where there are none.
  void demand(const std::string& id, const lca::MatrixResult& result,
              const std::vector<lca::CategoryWeighting>& weightings = {},
              const std::vector<lca::Weighted>& weighted = {});
  void finish(const lca::MatrixSystem& system, const lca::SolverTally& tally, const Findings& findings);

 private:
  void vector(const char* name, const std::vector<double>& values, bool last);

  std::ostream& stream_;
  bool scores_only_;
  bool first_ = true;
};

}  // namespace cradle::reporting
