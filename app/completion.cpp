// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands.hpp"

namespace cradle::app {
namespace {

std::vector<std::string> long_options(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// Completion scripts are made from the parser itself, so they cannot fall behind it.
std::string bash_script(const CLI::App& app) {
  std::string cases, names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names += (names.empty() ? "" : " ") + command->get_name();
    cases += fmt::format("    {}) words='{}' ;;\n", command->get_name(), fmt::join(long_options(*command), " "));
  }
  return fmt::format(R"(_cradle() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=
  case ${{COMP_WORDS[1]}} in
{}    *) words='{} --help --version' ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words='{} --help --version'
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; [ "$COMP_CWORD" -gt 1 ] && compgen -f -- "$word")
}}
complete -o filenames -F _cradle cradle
)",
                     cases, names, names);
}

}  // namespace

void add_completion(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("completion", "print a completion script for a shell");
  command->footer("Example:\n  cradle completion bash > /etc/bash_completion.d/cradle");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, shell, &exit_code] {
    if (*shell == "zsh") std::cout << "autoload -U +X bashcompinit && bashcompinit\n";
    std::cout << bash_script(app);
    exit_code = done;
  });
}

}  // namespace cradle::app
