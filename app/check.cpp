// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/assessment/assessment.hpp"

namespace cradle::app {
namespace {

/// Everything that reading and compiling finds, errors and warnings in the order of the file.
Findings check(const CommonOptions& options) {
  inventory::Request request;
  request.study = options.study;
  request.catalogue = options.catalogue;
  const auto assessment = inventory::assess(request);
  return assessment ? assessment->findings() : assessment.error();
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
    const Findings findings = check(*options);
    const bool unreadable =
        std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.code == "E001"; });
    exit_code = unreadable                                                       ? machine_trouble
                : has_errors(findings) || (options->strict && !findings.empty()) ? refused
                                                                                 : done;
    if (options->format == "json") return print_json(findings);
    print_findings(std::cerr, findings);
    if (exit_code == done)
      std::cout << options->study << ": " << (findings.empty() ? "no findings" : "no errors") << '\n';
  });
}

}  // namespace cradle::app
