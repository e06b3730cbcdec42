// SPDX-License-Identifier: Apache-2.0
// From the options that every command has to an assessment and its disclosure.
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/assessment/assessment.hpp"

namespace cradle::app {
void add_catalogue_option(Command command, std::string& folder) {
  command.add_option("--catalogue", folder, "a folder of your own devices and nodes (YAML)")->type_name("DIR");
}

void add_common(Command command, CommonOptions& options) {
  command.add_option("study", options.study, "the study, a YAML or JSON file")->required()->type_name("STUDY");
  command.add_option("--param", options.parameters, "replace a parameter's value, e.g. --param 'sites.idris.pue=1.4'")
      ->type_name("NAME=VALUE");
  command.add_option("--unit", options.unit, "another functional unit, e.g. '1e6 token of services/api'")
      ->type_name("FU");
  add_catalogue_option(command, options.catalogue);
  command
      .add_option("--draws", options.draws,
                  "intervals by so many Monte Carlo draws of the inputs (first-order without)")
      ->between(100, 10000000)
      ->type_name("N");
  command.add_option("--seed", options.seed, "seed of the draws (0)")->type_name("N");
  command.add_option("--threads", options.threads, "threads to use (all); results do not depend on it")
      ->between(1, 1024)
      ->type_name("N");
  command
      .add_option("--ledger", options.ledger,
                  "of more than a hundred runs: trees and their uses (compact), or every entry written out (full)")
      ->one_of({"compact", "full"});
  command.add_flag("--strict", options.strict, "treat warnings as errors");
}

namespace {

/// The same line for every command and folder, so that `report -o x.json` and `assess --format json` agree.
std::string command_line(const CommonOptions& options) {
  std::string line = "cradle assess " + std::filesystem::path(options.study).filename().string();
  for (const auto& text : options.parameters) line += " --param '" + text + "'";
  if (!options.unit.empty()) line += " --unit '" + options.unit + "'";
  if (!options.catalogue.empty()) line += " --catalogue " + options.catalogue;
  if (options.ledger != "compact") line += " --ledger " + options.ledger;
  if (options.draws > 0)
    line += " --draws " + std::to_string(options.draws) + " --seed " + std::to_string(options.seed);
  return line;
}

}  // namespace

std::optional<inventory::Request> request_of(const CommonOptions& options) {
  inventory::Request request{options.study, options.catalogue, options.unit, {}, {}};
  request.draws = {options.seed, static_cast<std::size_t>(options.draws), options.threads};
  for (const auto& text : options.parameters) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::cerr << "cradle: --param takes NAME=VALUE, not '" << text << "'\n";
      return std::nullopt;
    }
    request.overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return request;
}

std::optional<reporting::Disclosure> assess_study(const CommonOptions& options, int& exit_code,
                                                  reporting::Bracket bracket) {
  const auto request = request_of(options);
  if (!request) {
    exit_code = wrong_use;
    return std::nullopt;
  }
  auto assessment = inventory::assess(*request);
  if (!assessment) {
    print_findings(std::cerr, assessment.error());
    exit_code = inventory::machine_trouble(assessment.error()) ? machine_trouble : refused;
    return std::nullopt;
  }
  print_findings(std::cerr, assessment->findings());
  if (options.strict && !assessment->findings().empty()) {
    exit_code = refused;
    return std::nullopt;
  }
  exit_code = done;
  auto disclosure = reporting::disclose(std::make_shared<const inventory::Assessment>(std::move(*assessment)),
                                        command_line(options), bracket);
  disclosure.whole_ledger = options.ledger == "full";
  return disclosure;
}

}  // namespace cradle::app
