// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/writers.hpp"

namespace cradle::app {
namespace {

/// A line for each target.
std::string formats() {
  std::string text;
  for (const auto& writer : reporting::writers()) text += fmt::format("\n  {:<6} {}", writer.extension, writer.summary);
  return text;
}

/// The study and everything that it and the options name.
inventory::ReadFiles read_by(const CommonOptions& options, const reporting::Disclosure& d) {
  inventory::ReadFiles read({options.study, options.catalogue, options.templates});
  const auto folder = std::filesystem::path(options.study).parent_path();
  const auto add = [&](const std::string& name) {
    if (!name.empty()) read.add((folder / name).string());
  };
  for (const auto& [name, site] : d.study().sites) add(site.grid.series);
  for (const auto& log : d.compiled().logs)
    for (const auto& file : log.files) add(file.path);
  const auto of_run = [&](const inventory::Run& run) {
    for (const auto* energy : {&run.energy, &run.idle})
      if (*energy && (*energy)->logs)
        for (const auto& [file, place] : (*energy)->logs->files) add(file);
  };
  for (const auto& run : d.study().runs) of_run(run);
  for (const auto& [name, service] : d.study().services) of_run(service.run);
  return read;
}

}  // namespace

void add_report(Command app, int& exit_code) {
  auto command = app.add_subcommand("report", "write the disclosure in one or more formats");
  command->footer(
      "Example:\n  cradle report study.yaml -o report.html -o report.md -o report.xlsx -o report.json\n"
      "The format follows from the extension:" +
      formats());
  auto options = std::make_shared<CommonOptions>();
  auto outputs = std::make_shared<std::vector<std::string>>();
  add_common(command, *options);
  command->add_option("-o,--output", *outputs, "a file to write; may be given several times")
      ->required()
      ->type_name("FILE");
  command->add_option("--templates", options->templates, "a folder of your own templates")->type_name("DIR");
  command->add_flag("--draft", options->draft, "write despite refusals (R...), marked as a draft");
  command->add_flag("--quiet", options->quiet, "do not print the summary");
  command->callback([options, outputs, &exit_code] {
    for (const auto& output : *outputs)
      if (const auto colon = output.find(':'); colon != std::string::npos && output.find('/') > colon) {
        std::cerr << fmt::format("cradle: profile '{}' is not in this version; the format follows from the extension\n",
                                 output.substr(0, colon));
        exit_code = wrong_use;
        return;
      }
    for (const auto& output : *outputs)
      if (reporting::find_writer(output) == nullptr) {
        std::cerr << fmt::format("cradle: {}: the format is not known; these are:{}\n", output, formats());
        exit_code = wrong_use;
        return;
      }
    for (const auto& output : *outputs)
      if (std::count(outputs->begin(), outputs->end(), output) > 1) {
        std::cerr << fmt::format("cradle: {} is named twice as an output\n", output);
        exit_code = wrong_use;
        return;
      }
    const auto assessed = assess_study(*options, exit_code);
    if (!assessed) return;
    const Findings refused_findings = reporting::refusals(*assessed);
    print_findings(std::cerr, refused_findings);
    if (!refused_findings.empty() && !options->draft) {
      std::cerr << "nothing was written; --draft writes a report marked as a draft\n";
      exit_code = refused;
      return;
    }
    // Everything is rendered before anything is replaced: a failed run leaves the old reports as they were.
    std::vector<std::pair<std::string, std::string>> files;
    const reporting::WriteOptions write{!refused_findings.empty(), options->templates};
    for (const auto& output : *outputs) {
      auto bytes = reporting::find_writer(output)->write(*assessed, write);
      if (!bytes) {
        print_findings(std::cerr, bytes.error());
        exit_code = refused;
        return;
      }
      files.emplace_back(output, std::move(*bytes));
    }
    if (const auto written = inventory::replace_files(files, read_by(*options, *assessed)); !written) {
      print_findings(std::cerr, written.error());
      exit_code = exit_of_writing(written.error());
      return;
    }
    if (!options->quiet) print_summary(std::cout, *assessed);
    for (const auto& [path, bytes] : files) std::cout << path << '\n';
  });
}

}  // namespace cradle::app
