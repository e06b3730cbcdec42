// SPDX-License-Identifier: Apache-2.0
// What measurement files hold: sources, windows, coverage, what counts and what lies inside something else.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/forecast.hpp"
#include "app/logs_prometheus.hpp"
#include "app/progress.hpp"
#include "app/terminal.hpp"
#include "inventory/telemetry/log.hpp"
#include "inventory/text/text_file.hpp"
#include "inventory/text/units.hpp"
#include "reporting/logs/log_report.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

using inventory::LogReading;
using inventory::LogSummary;
using reporting::significant;

struct Options {
  std::vector<std::string> paths, columns, timezones, where;
  inventory::LogSources sources;
  std::string gaps = "mean", ranks, format = "text", svg, hours, interval, forecast;
  PrometheusOptions prometheus;
  bool formats = false, quiet = false;
  int threads = -1;
};

void print_formats(const std::string& format) {
  const auto formats = inventory::log_formats();
  if (format == "json") {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& row : formats)
      rows.push_back({{"id", row.id},
                      {"name", row.name},
                      {"recognised_by", row.recognised},
                      {"taken", row.taken},
                      {"checked_on", row.real ? "files of other people" : "documents only"}});
    std::cout << rows.dump(2) << '\n';
    return;
  }
  Table table{{"Format", "Name", "Recognised by", "What is taken", "Checked on"}, {}, {}};
  for (const auto& row : formats)
    table.rows.push_back({row.id, row.name, row.recognised, row.taken, row.real ? "real files" : "documents only"});
  print_table(std::cout, table);
}

std::string energy(double kwh) {
  if (kwh == 0) return "0 kWh";
  return kwh >= 1000  ? significant(kwh / 1000, 5) + " MWh"
         : kwh < 0.01 ? significant(kwh * 1000, 5) + " Wh"
                      : significant(kwh, 5) + " kWh";
}

/// Below the folder that was asked for.
std::string short_name(const Options& options, std::string name) {
  if (options.paths.size() != 1) return name;
  std::string root = options.paths.front();
  while (root.ends_with('/')) root.pop_back();
  for (std::size_t at = 0; (at = name.find(root + "/", at)) != std::string::npos;) name.erase(at, root.size() + 1);
  if (name.ends_with(" in ")) name.resize(name.size() - 4);  // all of them lie in the folder itself
  return name;
}

std::string window(const LogSummary& log) {
  if (log.start.empty()) return "no times";
  const bool one_day = log.start.substr(0, 10) == log.end.substr(0, 10);
  return log.start + " to " + (one_day ? log.end.substr(11) : log.end);
}

/// Eight heights of a cell; a line of them is a chart.
void print_chart(const LogReading& reading) {
  constexpr std::size_t columns = 72;
  constexpr const char* heights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  for (const auto& line : reporting::power_lines(reading, columns)) {
    double largest = 0.0;
    for (const auto& [t, watts] : line.points) largest = std::max(largest, watts);
    if (largest <= 0) continue;
    std::string chart;
    for (const auto& [t, watts] : line.points)
      chart += heights[static_cast<std::size_t>(std::clamp(watts / largest, 0.0, 1.0) * 8 + 0.5)];
    std::cout << '\n'
              << styled(std::cout, Style::bold, "Power, " + line.name) << '\n'
              << styled(std::cout, Style::blue, chart) << "  to " << significant(largest, 4) << " W\n";
  }
}

void print_logs(const LogReading& reading) {
  Table table{{"Log", "Format", "Measures", "Devices", "Energy", "Read", "Window", ""},
              {},
              {false, false, false, true, true, true, false, false}};
  double counted = 0.0, filled = 0.0;
  for (const auto& log : reading.logs) {
    table.rows.push_back({log.file, log.format, log.scope, fmt::format("{}", log.devices.size()), energy(log.kwh()),
                          fmt::format("{:.2f} %", log.covered_share() * 100), window(log),
                          log.used ? "counts" : log.relation});
    if (!log.used) continue;
    counted += log.kwh();
    filled += log.filled_kwh();
  }
  print_table(std::cout, table);
  std::cout << '\n' << styled(std::cout, Style::bold, "Energy that counts: " + energy(counted));
  if (filled > 0) std::cout << fmt::format(", and {} in gaps at each device's mean power", energy(filled));
  std::cout << '\n';
  for (const auto& log : reading.logs) {
    constexpr std::size_t most = 16;
    std::cout << '\n'
              << styled(std::cout, Style::bold, log.file)
              << fmt::format(": {} rows, {} file(s)\n", log.rows, log.files.size());
    Table devices{
        {"  Device", "Part", "Energy", "Mean power", "Read", "Name"}, {}, {false, false, true, true, true, false}};
    for (std::size_t i = 0; i < std::min(most, log.devices.size()); ++i) {
      const auto& device = log.devices[i];
      devices.rows.push_back(
          {"  " + device.id, device.component.empty() ? "not split" : device.component, energy(device.kwh),
           device.covered_hours > 0 ? significant(device.kwh / device.covered_hours * 1000, 4) + " W" : "",
           fmt::format("{:.2f} %", device.window_hours > 0 ? device.covered_hours / device.window_hours * 100 : 100.0),
           device.name});
    }
    print_table(std::cout, devices);
    if (log.devices.size() > most) std::cout << fmt::format("  and {} more\n", log.devices.size() - most);
    if (log.gap_count > 0) std::cout << fmt::format("  {} gap(s); the longest:\n", log.gap_count);
    auto gaps = log.gaps;
    std::stable_sort(gaps.begin(), gaps.end(), [](const auto& a, const auto& b) { return a.hours > b.hours; });
    for (std::size_t i = 0; i < std::min<std::size_t>(3, gaps.size()); ++i)
      std::cout << fmt::format("    {} min from {}, device {}: {}\n", significant(gaps[i].hours * 60, 3), gaps[i].start,
                               gaps[i].device, gaps[i].reason);
    for (const auto& note : log.notes) std::cout << "  " << styled(std::cout, Style::dim, note) << '\n';
  }
  if (!reading.passed_over.empty()) {
    std::cout << fmt::format("\n{} file(s) are no logs:\n", reading.passed_over.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(5, reading.passed_over.size()); ++i)
      std::cout << "  " << reading.passed_over[i] << '\n';
  }
  print_chart(reading);
}

bool read_columns(Options& options) {
  for (const auto& text : options.columns) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      std::cerr << fmt::format("cradle: --column '{}' must be NAME=COLUMN, such as time=timestamp or unit=W\n", text);
      return false;
    }
    options.sources.columns[text.substr(0, equals)].push_back(text.substr(equals + 1));
  }
  for (const auto& text : options.where) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      std::cerr << fmt::format("cradle: --where '{}' must be COLUMN=VALUE\n", text);
      return false;
    }
    options.sources.part.where[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& text : options.timezones) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      options.sources.timezone = text;
    else
      options.sources.timezones[text.substr(0, equals)] = text.substr(equals + 1);
  }
  options.sources.part.from = options.prometheus.from;
  options.sources.part.to = options.prometheus.to;
  if (options.interval.empty()) return true;
  const auto hours = inventory::read_quantity(options.interval, inventory::Dimension::time);
  if (!hours) {
    std::cerr << "cradle: --interval: " << hours.error().message << '\n';
    return false;
  }
  options.sources.interval = *hours * 3600;
  return true;
}

int run(Options& options) {
  if (options.formats) {
    print_formats(options.format);
    return done;
  }
  if (!options.prometheus.question.url.empty())
    return run_prometheus(options.prometheus, options.format, options.hours);
  if (options.paths.empty()) {
    std::cerr << "cradle: logs needs a file or a folder, or --formats\n";
    return wrong_use;
  }
  if (!read_columns(options)) return wrong_use;
  if (!options.sources.measures.empty() && options.columns.empty()) {
    std::cerr << "cradle: --measures says what a table read by --column measures, and there is none\n";
    return wrong_use;
  }
  std::optional<ForecastTarget> target;
  if (!options.forecast.empty() && !(target = read_forecast_target(options.forecast))) return wrong_use;
  options.sources.hash = options.format == "json";
  options.sources.gaps = options.gaps == "mean" ? inventory::GapRule::mean : inventory::GapRule::exclude;
  options.sources.ranks = options.ranks.empty()           ? inventory::Ranks::not_said
                          : options.ranks == "one machine" ? inventory::Ranks::one_machine
                                                           : inventory::Ranks::many_machines;
  Progress progress("bytes", inventory::log_bytes(options.paths), options.quiet || options.format == "json");
  std::mutex mutex;
  auto reading = inventory::read_logs(
      options.paths, options.sources,
      [&](std::size_t bytes) {
        const std::lock_guard lock(mutex);
        progress.add(bytes);
      },
      options.threads < 0 ? 0 : static_cast<unsigned>(options.threads));
  progress.finish();
  print_findings(std::cerr, reading.findings);
  if (options.format == "text")
    for (auto& log : reading.logs)
      for (std::string* text : {&log.file, &log.relation}) *text = short_name(options, *text);
  for (auto& text : reading.passed_over) text = short_name(options, text);
  std::vector<std::pair<std::string, std::string>> files;
  if (!options.hours.empty()) files.emplace_back(options.hours, reporting::hours_csv(reading));
  if (!options.svg.empty()) files.emplace_back(options.svg, reporting::power_svg(reading));
  if (!files.empty() && !reading.logs.empty())
    if (auto written = inventory::replace_files(files, inventory::ReadFiles(options.paths)); !written) {
      print_findings(std::cerr, written.error());
      return exit_of_writing(written.error());
    }
  if (options.format == "json")
    std::cout << reporting::log_json(reading);
  else if (!reading.logs.empty())
    print_logs(reading);
  if (target) {
    // Epochs of one recording; those of several need not be the same epochs.
    std::vector<inventory::Micros> marks;
    for (const auto& log : reading.logs)
      for (const auto& file : log.files)
        if (log.used && marks.empty()) marks = inventory::marks_of(file.path);
    (options.format == "json" ? std::cerr : std::cout) << forecast_words(reading, marks, *target) << '\n';
  }
  const bool unreadable =
      std::any_of(reading.findings.begin(), reading.findings.end(), [](const Finding& f) { return f.code == "E001"; });
  return unreadable ? machine_trouble : has_errors(reading.findings) ? refused : done;
}

}  // namespace

void add_logs(Command app, int& exit_code) {
  auto command = app.add_subcommand("logs", "show what measurement files hold: sources, windows, coverage, overlaps");
  command->footer(
      "Example:\n  cradle logs examples/fine-tune-from-logs --use emissions.csv --timezone UTC\n"
      "  cradle logs examples/fine-tune-from-logs/gpu-power.csv --hours hours.csv --svg power.svg\n"
      "  cradle logs examples/fine-tune-from-logs/emissions.csv --column energy=energy_consumed --column unit=kWh\n"
      "  cradle logs examples/fine-tune-from-logs/gpu-power.csv --forecast '48 h'\n"
      "  cradle logs --formats");
  auto options = std::make_shared<Options>();
  command->add_option("paths", options->paths, "files, and folders that are read whole")->type_name("PATH");
  command->add_flag("--formats", options->formats, "list the formats, and what each was checked on");
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  command->add_option("--log-format", options->sources.format, "id of the format, where it cannot be told")
      ->type_name("ID");
  command->add_option("--use", options->sources.use, "the file that counts, where several measure the same")
      ->type_name("FILE");
  command
      ->add_option("--timezone", options->timezones, "of stamps without an offset, such as Europe/Paris; of one file FILE=ZONE")
      ->type_name("ZONE");
  command->add_option("--project", options->sources.part.project, "only this project of a tracker's file");
  command->add_option("--run-id", options->sources.part.run_id, "only this run of a tracker's file");
  command->add_option("--where", options->where, "only rows with this value in a column")->type_name("COLUMN=VALUE");
  command->add_option("--gaps", options->gaps, "mean or exclude")->one_of({"mean", "exclude"});
  command->add_option("--ranks", options->ranks, "what runs that lie in the same time are")
      ->one_of({"one machine", "many machines"});
  command->add_option("--measures", options->sources.measures, "what a CSV read by its columns measures")
      ->one_of({"device", "node", "rack"});
  command->add_option("--node-energy", options->sources.node_energy, "what a scheduler's energy contains: node or cpu")
      ->one_of({"node", "cpu"});
  command
      ->add_option("--column", options->columns,
                   "of any table: time, device, node, power, energy, counter, duration, unit; several of a kind are devices")
      ->type_name("NAME=COLUMN");
  command->add_option("--start", options->sources.start, "of a log without times")->type_name("TIME");
  command->add_option("--interval", options->interval, "between rows of a log without times, such as '1 s'")
      ->type_name("TIME");
  command->add_option("--pue", options->sources.pue, "that the energies contain and the file does not say")
      ->type_name("NUMBER");
  auto& live = options->prometheus;
  command->add_option("--prometheus", live.question.url, "sum a fleet's energy in this Prometheus")->type_name("URL");
  command->add_option("--metric", live.question.metric, "a counter or gauge of energy or power");
  command->add_option("--match", live.question.match, "label matchers, such as 'cluster=\"a\"'")->type_name("MATCHERS");
  command->add_option("--by", live.question.by, "labels to keep apart, such as Hostname")->type_name("LABELS");
  command->add_option("--from", live.from, "start of the window: a date and time, or Unix seconds")->type_name("TIME");
  command->add_option("--to", live.to, "end of the window")->type_name("TIME");
  command->add_option("--step", live.step, "of the sums")->type_name("TIME");
  command
      ->add_option("--forecast", options->forecast,
                   "energy of the whole run, such as '48 h', or '20 epochs' of a marked recording")
      ->type_name("TOTAL");
  command->add_option("--hours", options->hours, "write energy by device and hour as CSV")->type_name("FILE");
  command->add_option("--svg", options->svg, "draw power over time")->type_name("FILE");
  command->add_option("--threads", options->threads, "threads; the result is the same for any number")->type_name("N");
  command->add_flag("--quiet", options->quiet, "no progress bar");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace cradle::app
