// SPDX-License-Identifier: Apache-2.0
// The executable: arguments in, exit code out. Each command lives in its own file.
#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <new>

#include "app/commands.hpp"
#include "app/memory.hpp"

int main(int argc, char** argv) {
  using namespace cradle::app;
  keep_memory();
  std::signal(SIGXFSZ, SIG_IGN);  // a full disk or quota is a finding, not an end
  int exit_code = done;
  try {
    CLI::App app{
        "Life-cycle assessment and disclosure for AI: from a study and its logs to a report that can be checked.",
        "cradle"};
    app.require_subcommand(1);
    app.set_version_flag("--version", cradle::reporting::tool_name());
    app.footer(
        "Start with:\n  cradle init -o study.yaml\n  cradle check study.yaml\n  cradle report study.yaml -o "
        "report.html -o report.xlsx");
    for (const AddCommand add : {add_init, add_check, add_assess, add_report, add_explain, add_catalogue, add_lca,
                                 add_refresh, add_reproduce, add_audit, add_compare, add_sweep, add_explore, add_logs, add_record, add_completion})
      add(Command(&app), exit_code);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? done : wrong_use;
    }
  } catch (const std::bad_alloc&) {
    std::cerr << "cradle: out of memory\n";
    return machine_trouble;
  } catch (const std::exception& error) {
    std::cerr << "cradle: unexpected trouble: " << error.what() << '\n';
    return machine_trouble;
  }
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "cradle: the output could not be written\n";
    return machine_trouble;
  }
  return exit_code;
}
