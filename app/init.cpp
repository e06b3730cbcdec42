// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/telemetry/log.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::app {
namespace {

/// A path as YAML text that cannot be mistaken for anything else.
std::string quoted(const std::string& path) {
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string("''") : std::string(1, c);
  return text + "'";
}

/// The energy lines of a new study: from logs where they are given, else a form to fill in.
std::string energy_lines(const std::vector<inventory::LogSummary>& logs) {
  if (logs.empty())
    return "    device_hours: 640 h              # devices x hours; or 'devices' and 'duration'\n"
           "    energy: {power: {per_device: 400 W}, basis: modelled}   # or an amount (433 kWh), 'parts', 'logs'\n";
  std::string files;
  for (const auto& log : logs) files += (files.empty() ? "" : ", ") + quoted(log.file);
  std::string lines;
  for (const auto& log : logs) {
    lines += fmt::format("    # {}: {}, {} rows, {:.6g} kWh of IT energy", log.file, log.format, log.rows, log.kwh());
    if (!log.start.empty()) lines += fmt::format(", {} to {}", log.start, log.end);
    lines += fmt::format(", {:.1f} % of device time read\n", log.covered_share() * 100);
  }
  lines += fmt::format(
      "    energy: {{logs: {{files: [{}], use: {}}}}}   # add 'timezone: Europe/Paris' where stamps have no offset\n",
      files, quoted(logs.front().file));
  return lines;
}

std::string new_study(const std::vector<inventory::LogSummary>& logs) {
  return fmt::format(R"(# A Cradle study: what was run, on what, where. `cradle check` finds what is missing or wrong,
# `cradle report study.yaml -o report.html` writes the disclosure. Values are written with their unit.
cradle: 1
title: My model, final training run
boundary:                              # what the figure contains; what stands in neither list is reported as "not stated"
  include: [training, hardware]        # hardware = raw-materials, manufacture, transport, end-of-life
  exclude: {{development: not recorded, inference: another study, water: no WUE known}}
functional_unit: 1 trained model
hardware:
  cluster: {{device: nvidia-a100-80gb-sxm4, per_node: 8, node: 8-gpu-server, lifetime: 4 years, utilisation: 80 %}}
sites:
  datacentre: {{grid: {{region: FR, year: 2023}}, pue: 1.3}}   # or grid: 57 g/kWh
runs:
  - name: final
    stage: training
    hardware: cluster
    site: datacentre
{})",
                     energy_lines(logs));
}

}  // namespace

void add_init(Command app, int& exit_code) {
  auto command = app.add_subcommand("init", "write a commented study to start from, filled from logs where given");
  command->footer("Example:\n  cradle init -o study.yaml\n  cradle init --from emissions.csv -o study.yaml");
  struct Options {
    std::vector<std::string> logs;
    std::string output = "study.yaml";
    bool force = false;
  };
  auto options = std::make_shared<Options>();
  command->add_option("--from", options->logs, "measurement files to fill it from")->type_name("LOG");
  command->add_option("-o,--output", options->output, "where to write it")->type_name("FILE");
  command->add_flag("--force", options->force, "replace a file that is there");
  command->callback([options, &exit_code] {
    if (!options->force && std::filesystem::exists(options->output)) {
      std::cerr << fmt::format("cradle: {} is there already; --force replaces it\n", options->output);
      exit_code = refused;
      return;
    }
    std::vector<inventory::LogSummary> logs;
    const auto folder = std::filesystem::path(options->output).parent_path();
    for (const auto& file : options->logs) {
      auto log = inventory::read_log(file, {});
      if (!log) {
        print_findings(std::cerr, log.error());
        exit_code = refused;
        return;
      }
      std::error_code error;
      const auto relative = std::filesystem::relative(file, folder.empty() ? "." : folder, error);
      log->file = error || relative.empty() ? file : relative.string();
      logs.push_back(std::move(*log));
    }
    if (auto written = inventory::replace_file(options->output, new_study(logs), inventory::ReadFiles(options->logs));
        !written) {
      print_findings(std::cerr, written.error());
      exit_code = exit_of_writing(written.error());
      return;
    }
    std::cout << options->output << '\n';
  });
}

}  // namespace cradle::app
