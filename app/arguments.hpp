// SPDX-License-Identifier: Apache-2.0
// Commands and their options, as the argument parser knows them. CLI11 is a header that costs twenty seconds a file, so
// only arguments.cpp and main.cpp include it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cradle::app {

/// A handle to an option of the parser.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option* operator->() { return this; }

  Option required();
  /// What stands for the value in --help.
  Option type_name(const std::string& name);
  Option one_of(const std::vector<std::string>& choices);
  Option between(int least, int most);
  Option between(double least, double most);
  Option between(unsigned long long least, unsigned long long most);
  Option positive();

 private:
  CLI::Option* option_;
};

/// A handle to a command of the parser.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}
  Command* operator->() { return this; }

  Command add_subcommand(const std::string& name, const std::string& what);
  void footer(const std::string& text);
  /// Options by "--name" or "-n,--name"; a bare name is a positional argument.
  Option add_option(const std::string& names, std::string& into, const std::string& what);
  Option add_option(const std::string& names, std::vector<std::string>& into, const std::string& what);
  Option add_option(const std::string& names, int& into, const std::string& what);
  Option add_option(const std::string& names, unsigned& into, const std::string& what);
  Option add_option(const std::string& names, unsigned long& into, const std::string& what);
  Option add_option(const std::string& names, unsigned long long& into, const std::string& what);
  Option add_option(const std::string& names, double& into, const std::string& what);
  Option add_option(const std::string& names, std::function<void(std::uint64_t)> take, const std::string& what);
  void add_flag(const std::string& names, bool& into, const std::string& what);
  void require_subcommand(int least, int most);
  /// Options of the command above may stand after it.
  void fall_through();
  void callback(std::function<void()> run);
  /// A completion script for bash with all commands and options.
  std::string bash_completion() const;
  /// It was chosen on the command line.
  bool parsed() const;

 private:
  CLI::App* app_;
};

}  // namespace cradle::app
