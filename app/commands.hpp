// SPDX-License-Identifier: Apache-2.0
// One function per command: each adds itself to the argument parser and is run when chosen.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reporting/disclosure.hpp"

namespace CLI {
class App;
}

namespace cradle::app {

/// Exit codes, a contract.
enum Exit : int { done = 0, refused = 1, wrong_use = 2, machine_trouble = 3 };

/// Options that mean the same in every command.
struct CommonOptions {
  std::string study;
  std::vector<std::string> parameters;  ///< NAME=VALUE
  std::string catalogue, templates, unit, format = "text";
  bool strict = false, draft = false, quiet = false;
  int draws = 0, threads = -1;  ///< -1: as many threads as there are
  unsigned long long seed = 0;
};

/// Reads, compiles, solves and puts into words; prints findings to stderr. Nothing (and the exit code) when it cannot go
/// on.
std::optional<reporting::Disclosure> assess_study(const CommonOptions& options, int& exit_code);

/// The parser's callbacks set `exit_code`.
using AddCommand = void (*)(CLI::App& app, int& exit_code);
void add_init(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_assess(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_catalogue(CLI::App& app, int& exit_code);
void add_lca(CLI::App& app, int& exit_code);
void add_refresh(CLI::App& app, int& exit_code);
void add_reproduce(CLI::App& app, int& exit_code);
void add_logs(CLI::App& app, int& exit_code);
void add_record(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);

/// Adds STUDY and the common options to a command.
void add_common(CLI::App& command, CommonOptions& options);

/// The summary that `assess` prints and `report` ends with.
void print_summary(std::ostream& stream, const reporting::Disclosure& disclosure);

}  // namespace cradle::app
