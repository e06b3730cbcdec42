// SPDX-License-Identifier: Apache-2.0
// Estimators inside a study: their inputs become parameters (of the study, of the device, or defaults that are named in
// the report), their formulas become amounts.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "inventory/compiler/catalogue_formulas.hpp"
#include "inventory/compiler/hosts.hpp"
#include "inventory/compiler/run_quantities.hpp"

namespace cradle::inventory {

/// What an estimator says of a run: energy by component (kWh), and hours and FLOP where it tells them.
struct Estimated {
  std::vector<std::pair<std::string, lca::Expression>> energy;
  std::optional<lca::Expression> device_hours, flop;
};

class Estimates : Stage {
 public:
  Estimates(const Workbench& bench, CatalogueFormulas& formulas, RunQuantities& quantities, Hosts& hosts)
      : Stage(bench), formulas_(formulas), quantities_(quantities), hosts_(hosts) {}

  /// Evaluated once for each energy. Empty, with findings, where an input is missing.
  const Estimated& of(const Run& run, const Energy& energy, const lca::ParameterKey& at);

 private:
  std::optional<lca::Expression> input(const Run& run, const Energy& energy, const EstimatorInput& input,
                                       const lca::ParameterKey& at, const Scope& local);
  lca::Expression host_power(const Run& run, const Energy& energy, const lca::ParameterKey& at, const Scope& local);
  std::optional<lca::Expression> stated_by_run(const Run& run, const EstimatorInput& input);
  lca::Expression by_default(const Run& run, const Estimate& estimate, const EstimatorInput& input,
                             const lca::ParameterKey& at);
  void compare_with_model(const Estimate& estimate, const EstimatorInput& input, const Input& stated);
  void compare_stated(const Input& stated, const lca::Expression& computed, const std::string& what,
                      const std::string& unit, const std::string& by);

  CatalogueFormulas& formulas_;
  RunQuantities& quantities_;
  Hosts& hosts_;
  std::map<lca::ParameterKey, Estimated> done_;
};

}  // namespace cradle::inventory
