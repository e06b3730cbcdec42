// SPDX-License-Identifier: Apache-2.0
// A study to start from. From logs it says what they say, and `?` for what they do not: `check` refuses each of these.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/catalogue/catalogue.hpp"
#include "inventory/telemetry/log.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::app {
namespace {

using inventory::Catalogue;
using inventory::LogRecord;
using inventory::LogSummary;

/// A text as YAML that cannot be mistaken for anything else.
std::string quoted(const std::string& text) {
  std::string yaml = "'";
  for (const char c : text) yaml += c == '\'' ? std::string("''") : std::string(1, c);
  return yaml + "'";
}

/// A study with an example's values, where there is no log.
std::string example_study() {
  return R"(# A Cradle study: what was run, on what, where. `cradle check` finds what is missing or wrong,
# `cradle report study.yaml -o report.html` writes the disclosure. Values are written with their unit.
cradle: 1
title: My model, final training run
boundary:                              # what the figure contains; what stands in neither list is reported as "not stated"
  include: [training, hardware]        # hardware = raw-materials, manufacture, transport, end-of-life
  exclude: {development: not recorded, inference: another study, water: no WUE known}
functional_unit: 1 trained model
hardware:
  cluster: {device: nvidia-a100-80gb-sxm4, per_node: 8, node: 8-gpu-server, lifetime: 4 years, utilisation: 80 %}
sites:
  datacentre: {grid: {region: FR, year: 2023}, pue: 1.3}   # or grid: 57 g/kWh
runs:
  - name: final
    stage: training
    hardware: cluster
    site: datacentre
    device_hours: 640 h              # devices x hours; or 'devices' and 'duration'
    energy: {power: {per_device: 400 W}, basis: modelled}   # or an amount (433 kWh), 'parts', 'logs'
)";
}

/// One machine as logs tell of it: where it stands and what it is made of.
struct Machine {
  std::string country, device;
  double devices = 0.0;
  std::optional<double> pue;
  auto key() const { return std::tuple(country, device, devices, pue.value_or(0.0)); }
  bool operator<(const Machine& other) const { return key() < other.key(); }
};

Machine machine_of(const LogRecord& record) { return {record.country, record.device, record.devices, record.pue}; }

/// Accelerators of a log that no tracker wrote: their name, and how many a machine has.
Machine machine_of(const LogSummary& log) {
  Machine machine;
  std::map<std::string, double> per_node;
  for (const auto& device : log.devices)
    if (device.component == "accelerator") {
      machine.device = device.name;
      machine.devices = std::max(machine.devices, ++per_node[device.node]);
    }
  return machine;
}

/// Records that become one run of the study.
struct Entry {
  std::string name, file, part;  ///< part: what chooses it in its log
  Machine machine;
  std::size_t runs = 0;
  double kwh = 0.0;
  std::string first, last;
};

class FromLogs {
 public:
  FromLogs(const std::vector<LogSummary>& logs, const Catalogue& catalogue) : logs_(logs), catalogue_(catalogue) {
    for (const auto& log : logs) add(log);
  }

  std::string study() {
    return "# Written from logs: '?' stands for what they do not say, and `cradle check` refuses each until it is filled in.\n"
           "# `cradle report study.yaml -o report.html` writes the disclosure. Values are written with their unit.\n"
           "cradle: 1\n"
           "title: ?\n"
           "boundary:                              # what stands in neither list is reported as \"not stated\"\n"
           "  include: [development, training, hardware]   # hardware = raw-materials, manufacture, transport, end-of-life\n"
           "  exclude: {inference: ?, water: ?}    # each with its reason\n"
           "functional_unit: ?                     # such as: 1 trained model\n" +
           hardware() + sites() + runs();
  }

 private:
  static constexpr std::size_t most_single_runs = 12;  // beyond them the runs of a project are one entry

  void add(const LogSummary& log) {
    if (log.records.empty()) {
      Entry entry{unique(std::filesystem::path(log.file).stem().string()), log.file, "", machine_of(log), 1, log.kwh(), log.start, log.end};
      entries_.push_back(std::move(entry));
      return;
    }
    const bool by_run = log.records.size() <= most_single_runs;
    std::map<std::string, std::size_t> projects;
    for (const auto& record : log.records) {
      const bool named = !record.run.empty() && by_run;
      const std::string key = named || record.project.empty() ? "" : record.project;
      std::size_t at = entries_.size();
      if (!key.empty())
        if (const auto [known, fresh] = projects.emplace(key, at); !fresh) at = known->second;
      if (at == entries_.size()) {
        Entry entry;
        entry.file = log.file;
        entry.machine = machine_of(record);
        if (log.records.size() > 1 && named) entry.part = "run_id: " + quoted(record.run);
        if (!key.empty()) entry.part = "project: " + quoted(key);
        entry.name = unique(!key.empty() ? key : record.project.empty() ? record.run : record.project + "-" + record.run);
        entries_.push_back(std::move(entry));
      }
      Entry& entry = entries_[at];
      ++entry.runs;
      entry.kwh += record.kwh;
      if (entry.first.empty() || (!record.start.empty() && record.start < entry.first)) entry.first = record.start;
      entry.last = std::max(entry.last, record.end);
    }
  }

  std::string unique(std::string name) {
    if (name.empty()) name = "run";
    std::string chosen = name;
    for (std::size_t i = 2; !names_.insert(chosen).second; ++i) chosen = fmt::format("{}-{}", name, i);
    return chosen;
  }

  /// The country of a record, where the catalogue knows it.
  std::string country(const Machine& machine) const {
    const auto known = catalogue_.grids().country(machine.country);
    return known ? known->iso3 : "";
  }

  std::string site_name(const Machine& machine) const {
    const std::string code = country(machine);
    const std::string pue = machine.pue && several_pue(machine) ? fmt::format("-pue-{:g}", *machine.pue) : "";
    return (code.empty() ? "site" : inventory::lower_case(code)) + pue;
  }
  bool several_pue(const Machine& machine) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& other) {
      return country(other.machine) == country(machine) && other.machine.pue != machine.pue;
    });
  }

  std::string hardware_name(const Machine& machine) const {
    std::vector<std::pair<std::string, double>> kinds;
    for (const auto& entry : entries_) {
      const std::pair kind(entry.machine.device, entry.machine.devices);
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
    }
    const auto at = std::find(kinds.begin(), kinds.end(), std::pair(machine.device, machine.devices)) - kinds.begin();
    return kinds.size() == 1 ? "machine" : fmt::format("machine-{}", at + 1);
  }

  std::string hardware() const {
    std::string text = "hardware:\n";
    std::set<std::string> written;
    for (const auto& [name, file, part, machine, runs, kwh, first, last] : entries_) {
      if (!written.insert(hardware_name(machine)).second) continue;
      const auto* device = machine.device.empty() ? nullptr : catalogue_.device_named(machine.device);
      text += fmt::format("  {}:\n", hardware_name(machine));
      text += fmt::format("    device: {}   # {}\n", device != nullptr ? device->id : "?",
                          machine.device.empty() ? "the log names none"
                          : device != nullptr    ? fmt::format("the log says {}", quoted(machine.device))
                                                 : fmt::format("the log says {}, which the catalogue does not have: `cradle catalogue search`",
                                                               quoted(machine.device)));
      text += machine.devices > 0 ? fmt::format("    per_node: {:g}\n", machine.devices) : std::string("    per_node: ?\n");
      text += "    node: ?   # such as 8-gpu-server; `cradle catalogue search node`\n"
              "    lifetime: ?   # such as 4 years\n"
              "    utilisation: ?   # share of its life in which it works, such as 80 %\n";
    }
    return text;
  }

  /// The newest year that is known, not after the log's.
  std::string year(const Machine& machine, const std::string& code) const {
    int used = 0;
    for (const auto& entry : entries_)
      if (site_name(entry.machine) == site_name(machine) && !entry.last.empty())
        used = std::max(used, std::atoi(entry.last.substr(0, 4).c_str()));
    const auto years = code.empty() ? std::vector<int>{} : catalogue_.grids().years(code);
    if (years.empty()) return used > 0 ? fmt::format("{}", used) : "?";
    int best = years.front();
    for (const int one : years)
      if (used == 0 || one <= used) best = one;
    return used == 0 ? "?" : fmt::format("{}", best);
  }

  std::string sites() const {
    std::string text = "sites:\n";
    std::set<std::string> written;
    for (const auto& entry : entries_) {
      const Machine& machine = entry.machine;
      if (!written.insert(site_name(machine)).second) continue;
      const std::string code = country(machine);
      text += fmt::format("  {}:\n", site_name(machine));
      text += fmt::format("    grid: {{region: {}, year: {}}}   # {}; or a stated intensity, 'grid: 57 g/kWh'\n", code.empty() ? "?" : code,
                          year(machine, code),
                          machine.country.empty() ? "the log names no country" : "the log says " + quoted(machine.country));
      text += machine.pue && *machine.pue >= 1.0 ? fmt::format("    pue: {:g}   # as the log says\n", *machine.pue)
                                                 : std::string("    pue: ?\n");
    }
    return text;
  }

  std::string runs() const {
    std::string text = "runs:\n";
    for (const auto& entry : entries_) {
      const auto log = std::find_if(logs_.begin(), logs_.end(), [&](const LogSummary& one) { return one.file == entry.file; });
      text += fmt::format("  # {}: {} run{}, {:.6g} kWh of IT energy{}, {:.1f} % of device time read\n", log->format, entry.runs,
                          entry.runs > 1 ? "s" : "", entry.kwh,
                          entry.first.empty() ? ", no times"
                          : entry.first.substr(0, 10) == entry.last.substr(0, 10)
                              ? ", on " + entry.first.substr(0, 10)
                              : fmt::format(", {} to {}", entry.first.substr(0, 10), entry.last.substr(0, 10)),
                          log->covered_share() * 100);
      text += fmt::format("  - name: {}\n    stage: ?    # training or development\n    status: ?   # final, failed, search or evaluation\n",
                          quoted(entry.name));
      text += fmt::format("    hardware: {}\n    site: {}\n", hardware_name(entry.machine), site_name(entry.machine));
      text += fmt::format("    energy: {{logs: {{files: [{}]{}{}}}}}\n", quoted(entry.file), entry.part.empty() ? "" : ", " + entry.part,
                          log->unzoned ? ", timezone: ?" : "");
    }
    return text;
  }

  const std::vector<LogSummary>& logs_;
  const Catalogue& catalogue_;
  std::vector<Entry> entries_;
  std::set<std::string> names_;
};

/// Every log of the files, each named as the study will name it.
std::optional<std::vector<LogSummary>> read(const std::vector<std::string>& files, const std::filesystem::path& folder) {
  std::vector<LogSummary> logs;
  for (const auto& file : files) {
    auto log = inventory::read_log(file, {});
    if (!log) {
      print_findings(std::cerr, log.error());
      return std::nullopt;
    }
    std::error_code error;
    const auto relative = std::filesystem::relative(file, folder.empty() ? "." : folder, error);
    log->file = error || relative.empty() ? file : relative.string();
    logs.push_back(std::move(*log));
  }
  return logs;
}

}  // namespace

void add_init(Command app, int& exit_code) {
  auto command = app.add_subcommand("init", "write a commented study to start from, filled from logs where given");
  command->footer("Example:\n  cradle init -o study.yaml\n  cradle init --from emissions.csv -o from-logs.yaml");
  struct Options {
    std::vector<std::string> logs;
    std::string output = "study.yaml";
    bool force = false;
  };
  auto options = std::make_shared<Options>();
  command->add_option("--from", options->logs, "measurement files to fill it from; what they do not say is '?'")->type_name("LOG");
  command->add_option("-o,--output", options->output, "where to write it")->type_name("FILE");
  command->add_flag("--force", options->force, "replace a file that is there");
  command->callback([options, &exit_code] {
    if (!options->force && std::filesystem::exists(options->output)) {
      std::cerr << fmt::format("cradle: {} is there already; --force replaces it\n", options->output);
      exit_code = refused;
      return;
    }
    const auto logs = read(options->logs, std::filesystem::path(options->output).parent_path());
    const auto catalogue = Catalogue::load();
    if (!logs || !catalogue) {
      exit_code = refused;
      return;
    }
    const std::string study = logs->empty() ? example_study() : FromLogs(*logs, *catalogue).study();
    if (auto written = inventory::replace_file(options->output, study, inventory::ReadFiles(options->logs)); !written) {
      print_findings(std::cerr, written.error());
      exit_code = exit_of_writing(written.error());
      return;
    }
    std::cout << options->output << '\n';
  });
}

}  // namespace cradle::app
