// SPDX-License-Identifier: Apache-2.0
// What the `lca` commands share: their options, reading the folder, and finding a demand and a method in it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inventory/systems/matrix_folder.hpp"
#include "lca/matrix/matrix_lca.hpp"

namespace cradle::app {

struct LcaOptions {
  std::string folder, format = "text", only, store, output, allocation, method, family, stored = "in-turn";
  std::vector<std::string> demands;
  std::uint64_t draws = 1000, seed = 0, draw = 0;
  int threads = -1;  ///< as many as there are
  int top = 20, sobol = 0, base = 512, most_expansions = 10'000;
  double cut_off = 0.005, horizon = 100;
  bool resume = false, quiet = false, strict = false, moving = false, temperature = false, sampled = false;
};

/// The system, allocated, with the demands that were asked for; nothing (and the exit code) where it cannot be read.
std::optional<inventory::SystemFolder> read_folder(const LcaOptions& options, inventory::ReadOptions read,
                                                   int& exit_code);

/// Prints findings; the exit code for a refusal.
int fail(const Findings& findings);

/// Calls `use` for every chosen demand and method with its result and the method's prices; the exit code.
using UseScore =
    std::function<Result<void>(lca::MatrixLca& lca, const lca::MatrixDemand& demand, const lca::MatrixResult& result,
                               int method, const std::vector<double>& price)>;
int for_each_score(const lca::MatrixSystem& system, const LcaOptions& options, const UseScore& use);

int lca_solve(const LcaOptions& options);
int lca_monte_carlo(const LcaOptions& options);
int lca_contributions(const LcaOptions& options);
int lca_sensitivity(const LcaOptions& options);
int lca_time(const LcaOptions& options);
int lca_write(const LcaOptions& options);

}  // namespace cradle::app
