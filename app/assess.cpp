// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "app/commands.hpp"
#include "reporting/result_json.hpp"

namespace cradle::app {

void add_assess(Command app, int& exit_code) {
  auto command = app.add_subcommand("assess", "compute a study and print the result");
  command->footer("Example:\n  cradle assess examples/bloom-176b/study.yaml --format json");
  auto options = std::make_shared<CommonOptions>();
  add_common(command, *options);
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  command->callback([options, &exit_code] {
    const auto assessed = assess_study(
        *options, exit_code, options->format == "json" ? reporting::Bracket::every_profile : reporting::Bracket::none);
    if (!assessed) return;
    if (options->format == "json")
      std::cout << reporting::write_result_json(*assessed);
    else
      print_summary(std::cout, *assessed);
  });
}

}  // namespace cradle::app
