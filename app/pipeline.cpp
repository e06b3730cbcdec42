// SPDX-License-Identifier: Apache-2.0
// Study -> inventory -> product system -> solution -> disclosure, once for every command.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/catalogue/catalogue.hpp"
#include "inventory/study/study.hpp"

namespace cradle::app {
namespace {

/// Trouble of the machine, not of the study, has its own exit code.
int exit_of(const Findings& findings) {
  for (const auto& finding : findings)
    if (finding.code == "E001" || finding.code == "E070") return machine_trouble;
  return refused;
}

}  // namespace

void add_common(CLI::App& command, CommonOptions& options) {
  command.add_option("study", options.study, "the study, a YAML or JSON file")->required()->type_name("STUDY");
  command.add_option("--param", options.parameters, "replace a parameter's value, e.g. --param 'sites.idris.pue=1.4'")
      ->type_name("NAME=VALUE");
  command.add_option("--unit", options.unit, "another functional unit, e.g. '1e6 token of services/api'")
      ->type_name("FU");
  command.add_option("--catalogue", options.catalogue, "a folder of your own devices and nodes (YAML)")
      ->type_name("DIR");
  command
      .add_option("--draws", options.draws,
                  "intervals by so many Monte Carlo draws of the inputs (first-order without)")
      ->check(CLI::Range(100, 10000000))
      ->type_name("N");
  command.add_option("--seed", options.seed, "seed of the draws (0)")->type_name("N");
  command.add_option("--threads", options.threads, "threads to use (all); results do not depend on it")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command.add_flag("--strict", options.strict, "treat warnings as errors");
}

std::unique_ptr<Assessed> assess_study(const CommonOptions& options, int& exit_code) {
  const auto stop = [&](const Findings& findings) {
    print_findings(std::cerr, findings);
    exit_code = exit_of(findings);
    return nullptr;
  };
  inventory::Overrides overrides;
  for (const auto& text : options.parameters) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::cerr << "cradle: --param takes NAME=VALUE, not '" << text << "'\n";
      exit_code = wrong_use;
      return nullptr;
    }
    overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  auto read = inventory::read_study(options.study);
  if (!read) return stop(read.error());
  if (!options.unit.empty()) {
    auto unit = inventory::parse_functional_unit(options.unit);
    if (!unit) return stop(unit.error());
    unit->place = {options.study, 0, 0, 1};
    read->study.functional_unit = std::move(*unit);
  }
  auto catalogue = inventory::Catalogue::load(options.catalogue);
  if (!catalogue) return stop(catalogue.error());
  read->findings.insert(read->findings.end(), catalogue->warnings().begin(), catalogue->warnings().end());

  auto assessed = std::make_unique<Assessed>();
  assessed->study = std::make_unique<inventory::Study>(std::move(read->study));
  auto compiled = inventory::compile(*assessed->study, *catalogue, overrides);
  if (!compiled) {
    Findings all = read->findings;
    all.insert(all.end(), compiled.error().begin(), compiled.error().end());
    return stop(all);
  }
  compiled->findings.insert(compiled->findings.begin(), read->findings.begin(), read->findings.end());
  assessed->compiled = std::make_unique<inventory::Compiled>(std::move(*compiled));
  auto solution = lca::Solution::solve(assessed->compiled->system);
  if (!solution) return stop(solution.error());
  assessed->solution = std::make_unique<lca::Solution>(std::move(*solution));
  print_findings(std::cerr, assessed->compiled->findings);
  if (options.strict && !assessed->compiled->findings.empty()) {
    exit_code = refused;
    return nullptr;
  }
  if (options.draws > 0)
    assessed->draws = std::make_unique<lca::ParameterDraws>(lca::ParameterDraws::run(
        assessed->compiled->system, options.seed, static_cast<std::size_t>(options.draws), options.threads));
  // The same line for every command and folder, so that `report -o x.json` and `assess --format json` agree.
  std::string line = "cradle assess " + std::filesystem::path(options.study).filename().string();
  for (const auto& text : options.parameters) line += " --param '" + text + "'";
  if (!options.unit.empty()) line += " --unit '" + options.unit + "'";
  if (!options.catalogue.empty()) line += " --catalogue " + options.catalogue;
  if (options.draws > 0)
    line += " --draws " + std::to_string(options.draws) + " --seed " + std::to_string(options.seed);
  const reporting::Assessment assessment{assessed->study.get(), assessed->compiled.get(), assessed->solution.get(),
                                         assessed->draws.get()};
  assessed->disclosure =
      reporting::disclose(assessment, reporting::bracket_of(assessment, *catalogue, overrides), line);
  assessed->disclosure.seed = options.seed;
  exit_code = done;
  return assessed;
}

}  // namespace cradle::app
