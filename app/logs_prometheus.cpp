// SPDX-License-Identifier: Apache-2.0
// `cradle logs --prometheus URL`: the fleet's energy, summed by the server that has it.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/logs_prometheus.hpp"
#include "app/terminal.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"
#include "inventory/text/time_stamp.hpp"
#include "inventory/text/units.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

std::optional<std::int64_t> moment_of(const std::string& text) {
  if (const double seconds = inventory::number_of(text); seconds == seconds) return static_cast<std::int64_t>(seconds);
  const auto stamp = inventory::read_stamp(text);
  return stamp ? std::optional(inventory::unix_seconds(inventory::as_utc(*stamp))) : std::nullopt;
}

std::string stamp_of(std::int64_t seconds) {
  return inventory::to_text(inventory::Moment(std::chrono::seconds(seconds)));
}

std::string csv_of(const inventory::LiveAnswer& answer, std::int64_t step) {
  std::string csv = "start_utc,end_utc,group,energy_kwh\n";
  for (const auto& row : answer.rows)
    csv += fmt::format("{},{},{},{}\n", stamp_of(row.end - step), stamp_of(row.end), inventory::quoted_cell(row.group),
                       row.kwh);
  return csv;
}

void print_json(const inventory::LiveAnswer& answer, const inventory::LiveQuestion& question) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& row : answer.rows)
    rows.push_back({{"group", row.group},
                    {"start", stamp_of(row.end - question.step)},
                    {"end", stamp_of(row.end)},
                    {"energy_kwh", row.kwh}});
  std::cout << nlohmann::ordered_json({{"schema", "cradle/prometheus/1"},
                                       {"query", answer.promql},
                                       {"start", stamp_of(question.from)},
                                       {"end", stamp_of(question.to)},
                                       {"step_seconds", question.step},
                                       {"energy_kwh", answer.kwh()},
                                       {"bytes", answer.bytes},
                                       {"rows", rows},
                                       {"notes", answer.notes}})
                   .dump(2)
            << '\n';
}

}  // namespace

int run_prometheus(const PrometheusOptions& options, const std::string& format, const std::string& hours) {
  inventory::LiveQuestion question = options.question;
  const auto from = moment_of(options.from), to = moment_of(options.to);
  const auto step = inventory::read_quantity(options.step, inventory::Dimension::time);
  if (!from || !to || !step) {
    std::cerr << "cradle: --prometheus needs --from and --to (2026-05-01 or Unix seconds) and a --step such as '1 h'\n";
    return wrong_use;
  }
  question.step = static_cast<std::int64_t>(*step * 3600 + 0.5);
  question.from = *from;
  question.to = *to;
  while (question.url.ends_with('/')) question.url.pop_back();
  const auto answer = inventory::ask_prometheus(question);
  if (!answer) {
    print_findings(std::cerr, answer.error());
    return answer.error().front().code == "E066" ? machine_trouble : refused;
  }
  if (!hours.empty())
    if (auto written = inventory::replace_file(hours, csv_of(*answer, question.step), {}); !written) {
      print_findings(std::cerr, written.error());
      return machine_trouble;
    }
  if (format == "json") {
    print_json(*answer, question);
    return done;
  }
  std::map<std::string, double> groups;
  for (const auto& row : answer->rows) groups[row.group] += row.kwh;
  Table table{{"Group", "Energy, kWh"}, {}, {false, true}};
  for (const auto& [group, kwh] : groups)
    table.rows.push_back({group.empty() ? "all" : group, reporting::significant(kwh, 6)});
  print_table(std::cout, table);
  std::cout << fmt::format("\n{} kWh in {} steps; {} bytes came back for\n  {}\n",
                           reporting::significant(answer->kwh(), 6), answer->rows.size(), answer->bytes,
                           answer->promql);
  for (const auto& note : answer->notes) std::cout << "  " << styled(std::cout, Style::dim, note) << '\n';
  return done;
}

}  // namespace cradle::app
