// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/assessment/assessment.hpp"
#include "reporting/disclosure.hpp"

namespace cradle::app {
namespace {

/// Everything that reading and compiling finds, errors and warnings in the order of the file, and why a report would be
/// refused. Nothing where an option is no NAME=VALUE.
std::optional<Findings> check(const CommonOptions& options) {
  const auto request = request_of(options);
  if (!request) return std::nullopt;
  auto assessment = inventory::assess(*request);
  if (!assessment) return std::move(assessment.error());
  Findings findings = assessment->findings();
  for (auto& refusal : reporting::refusals(*assessment, reporting::self_checks(*assessment))) {
    std::erase_if(findings, [&](const Finding& finding) { return finding.message == refusal.message; });
    findings.push_back(std::move(refusal));
  }
  return findings;
}

void print_json(const Findings& findings) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& finding : findings)
    rows.push_back({{"code", finding.code},
                    {"message", finding.message},
                    {"hint", finding.hint},
                    {"file", finding.place.file},
                    {"line", finding.place.line},
                    {"column", finding.place.column},
                    {"length", finding.place.length},
                    {"excerpt", finding.excerpt}});
  std::cout << rows.dump(2) << '\n';
}

}  // namespace

void add_check(Command app, int& exit_code) {
  auto command = app.add_subcommand("check", "find everything that is wrong with a study, all at once");
  command->footer("Example:\n  cradle check study.yaml");
  auto options = std::make_shared<CommonOptions>();
  add_common(command, *options);
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  command->callback([options, &exit_code] {
    const auto checked = check(*options);
    if (!checked) {
      exit_code = wrong_use;
      return;
    }
    const Findings& findings = *checked;
    const bool refuses = std::any_of(findings.begin(), findings.end(),
                                     [](const Finding& f) { return f.severity() == Severity::refusal; });
    const bool unreadable =
        std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.code == "E001"; });
    exit_code = unreadable                                                       ? machine_trouble
                : has_errors(findings) || refuses || (options->strict && !findings.empty()) ? refused
                                                                                 : done;
    if (options->format == "json") return print_json(findings);
    print_findings(std::cerr, findings);
    if (exit_code == done)
      std::cout << options->study << ": " << (findings.empty() ? "no findings" : "no errors") << '\n';
  });
}

}  // namespace cradle::app
