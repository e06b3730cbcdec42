// SPDX-License-Identifier: Apache-2.0
#include "app/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

namespace cradle::app {
namespace {

std::vector<std::string> long_options(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option Option::one_of(const std::vector<std::string>& choices) {
  option_->check(CLI::IsMember(choices));
  return *this;
}

Option Option::between(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option Option::between(double least, double most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option Option::between(unsigned long long least, unsigned long long most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option Option::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Command Command::add_subcommand(const std::string& name, const std::string& what) {
  return Command(app_->add_subcommand(name, what));
}

void Command::footer(const std::string& text) { app_->footer(text); }

Option Command::add_option(const std::string& names, std::string& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, std::vector<std::string>& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, int& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, unsigned& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, unsigned long& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, unsigned long long& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, double& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}
Option Command::add_option(const std::string& names, std::function<void(std::uint64_t)> take, const std::string& what) {
  return Option(app_->add_option_function<std::uint64_t>(
      names, [take = std::move(take)](const std::uint64_t& value) { take(value); }, what));
}

void Command::add_flag(const std::string& names, bool& into, const std::string& what) {
  app_->add_flag(names, into, what);
}

void Command::require_subcommand(int least, int most) {
  app_->require_subcommand(static_cast<std::size_t>(least), static_cast<std::size_t>(most));
}

void Command::fall_through() { app_->fallthrough(); }

void Command::callback(std::function<void()> run) { app_->callback(std::move(run)); }

// Made from the parser itself, so that it cannot fall behind it.
std::string Command::bash_completion() const {
  std::string cases, names;
  for (const auto* command : app_->get_subcommands([](const CLI::App*) { return true; })) {
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

bool Command::parsed() const { return app_->parsed(); }

}  // namespace cradle::app
