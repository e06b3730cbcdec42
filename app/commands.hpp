// SPDX-License-Identifier: Apache-2.0
// One function per command: each adds itself to the argument parser and is run when chosen.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "reporting/disclosure.hpp"

namespace cradle::app {

/// Exit codes, a contract.
enum Exit : int { done = 0, refused = 1, wrong_use = 2, machine_trouble = 3 };

/// Options that mean the same in every command.
struct CommonOptions {
  std::string study;
  std::vector<std::string> parameters;  ///< NAME=VALUE
  std::string catalogue, templates, unit, format = "text", ledger = "compact";
  bool strict = false, draft = false, quiet = false;
  int draws = 0, threads = -1;  ///< -1: as many threads as there are
  unsigned long long seed = 0;
};

/// What the options ask for; nothing, said on stderr, where one is no NAME=VALUE.
std::optional<inventory::Request> request_of(const CommonOptions& options);

/// Reads, compiles, solves and puts into words; prints findings to stderr. Nothing (and the exit code) when it cannot go
/// on. What says nothing of the other traditions of hardware does without their bracket, which takes as long again.
std::optional<reporting::Disclosure> assess_study(const CommonOptions& options, int& exit_code,
                                                  reporting::Bracket bracket = reporting::Bracket::every_profile);

/// After a file could not be written: an output that is an input is refused, all else is the machine's trouble.
inline int exit_of_writing(const Findings& findings) {
  return findings.front().code == "E072" ? refused : machine_trouble;
}

/// The parser's callbacks set `exit_code`.
using AddCommand = void (*)(Command app, int& exit_code);
void add_init(Command app, int& exit_code);
void add_check(Command app, int& exit_code);
void add_assess(Command app, int& exit_code);
void add_report(Command app, int& exit_code);
void add_explain(Command app, int& exit_code);
void add_catalogue(Command app, int& exit_code);
void add_lca(Command app, int& exit_code);
void add_refresh(Command app, int& exit_code);
void add_reproduce(Command app, int& exit_code);
void add_audit(Command app, int& exit_code);
void add_compare(Command app, int& exit_code);
void add_sweep(Command app, int& exit_code);
void add_explore(Command app, int& exit_code);
void add_logs(Command app, int& exit_code);
void add_record(Command app, int& exit_code);
void add_completion(Command app, int& exit_code);

/// Adds --catalogue, as every command has it.
void add_catalogue_option(Command command, std::string& folder);
/// Adds STUDY and the common options to a command.
void add_common(Command command, CommonOptions& options);

/// The summary that `assess` prints and `report` ends with.
void print_summary(std::ostream& stream, const reporting::Disclosure& disclosure);

}  // namespace cradle::app
