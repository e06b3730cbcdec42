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
  for (const auto& writer : reporting::writers())
    text += fmt::format("\n  {:<14} {}", (writer.by_name_only ? writer.id + ":*" : "*") + writer.extension, writer.summary);
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
      "Example:\n  cradle report study.yaml -o report.html -o report.md -o report.xlsx -o report.json\n  cradle report study.yaml -o short:appendix.tex -o hf:README.md\n"
      "The target follows from the extension, or is named before the file, as in short:appendix.md:" +
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
    std::vector<std::pair<const reporting::Writer*, std::string>> targets;
    for (const auto& output : *outputs) {
      const auto named = reporting::output_name(output);
      targets.emplace_back(reporting::find_writer(named), named.path);
      if (targets.back().first == nullptr) {
        std::cerr << fmt::format("cradle: {}: the target is not known; these are:{}\n", output, formats());
        exit_code = wrong_use;
        return;
      }
    }
    for (const auto& [writer, path] : targets)
      if (std::count_if(targets.begin(), targets.end(), [&, p = &path](const auto& other) { return other.second == *p; }) > 1) {
        std::cerr << fmt::format("cradle: {} is named twice as an output\n", path);
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
    for (const auto& [writer, path] : targets) {
      reporting::WriteOptions write{!refused_findings.empty(), options->templates};
      if (writer->keeps_existing && std::filesystem::exists(path)) {
        auto there = inventory::read_text_file(path, 16u << 20);
        if (!there) {  // what cannot be read cannot be kept
          print_findings(std::cerr, there.error());
          exit_code = machine_trouble;
          return;
        }
        write.existing = std::move(*there);
      }
      auto bytes = writer->write(*assessed, write);
      if (!bytes) {
        print_findings(std::cerr, bytes.error());
        exit_code = refused;
        return;
      }
      files.emplace_back(path, std::move(*bytes));
    }
    if (const auto written = inventory::replace_files(files, read_by(*options, *assessed)); !written) {
      print_findings(std::cerr, written.error());
      exit_code = exit_of_writing(written.error());
      return;
    }
    if (!options->quiet) print_summary(std::cout, *assessed);
    for (const auto& [path, bytes] : files) std::cout << path << '\n';
    for (const auto& [writer, path] : targets)
      if (writer->gaps)
        for (const auto& gap : writer->gaps(*assessed)) std::cerr << fmt::format("{}: left open: {}\n", path, gap);
  });
}

}  // namespace cradle::app
