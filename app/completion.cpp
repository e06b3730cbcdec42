// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "app/commands.hpp"

namespace cradle::app {

void add_completion(Command app, int& exit_code) {
  auto command = app.add_subcommand("completion", "print a completion script for a shell");
  command->footer("Example:\n  cradle completion bash > /etc/bash_completion.d/cradle");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->type_name("SHELL")
      ->one_of({"bash", "zsh"});
  command->callback([app, shell, &exit_code] {
    if (*shell == "zsh") std::cout << "autoload -U +X bashcompinit && bashcompinit\n";
    std::cout << app.bash_completion();
    exit_code = done;
  });
}

}  // namespace cradle::app
