// SPDX-License-Identifier: Apache-2.0
#include "reporting/logs/log_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "inventory/text/csv.hpp"
#include "inventory/text/time_stamp.hpp"
#include "reporting/charts.hpp"
#include "reporting/findings_json.hpp"

namespace cradle::reporting {
namespace {

using inventory::LogSummary;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_named_files = 1000;

std::string hour_text(std::int64_t seconds) {
  return inventory::to_text(inventory::Moment(std::chrono::seconds(seconds)));
}

Json parts_json(const std::vector<inventory::LogPart>& parts) {
  Json rows = Json::array();
  for (const auto& part : parts)
    rows.push_back({{"component", part.component},
                    {"energy_kwh", part.kwh},
                    {"basis", lca::name_of(part.basis)},
                    {"source", part.source}});
  return rows;
}

Json log_row(const LogSummary& log) {
  Json files = Json::array(), devices = Json::array(), gaps = Json::array();
  for (std::size_t i = 0; i < std::min(log.files.size(), most_named_files); ++i)
    files.push_back({{"path", log.files[i].path},
                     {"bytes", log.files[i].bytes},
                     {"rows", log.files[i].rows},
                     {"sha256", log.files[i].sha256}});
  for (const auto& device : log.devices)
    devices.push_back({{"id", device.id},
                       {"name", device.name},
                       {"node", device.node},
                       {"component", device.component},
                       {"energy_kwh", device.kwh},
                       {"covered_hours", device.covered_hours},
                       {"window_hours", device.window_hours},
                       {"samples", device.samples}});
  for (const auto& gap : log.gaps)
    gaps.push_back({{"device", gap.device}, {"reason", gap.reason}, {"hours", gap.hours}, {"start", gap.start}});
  return {{"file", log.file},
          {"format", log.format},
          {"scope", log.scope},
          {"files", files},
          {"file_count", log.files.size()},
          {"sha256", log.sha256},
          {"bytes", log.bytes},
          {"rows", log.rows},
          {"start", log.start},
          {"end", log.end},
          {"counted", log.used},
          {"relation", log.relation},
          {"energy_kwh", log.kwh()},
          {"filled_kwh", log.filled_kwh()},
          {"covered_share", log.covered_share()},
          {"device_hours", log.device_hours ? Json(*log.device_hours) : Json()},
          {"parts", parts_json(log.parts)},
          {"gap_fill", parts_json(log.gap_fill)},
          {"devices", devices},
          {"gap_count", log.gap_count},
          {"gaps", gaps},
          {"notes", log.notes}};
}

}  // namespace

std::string log_json(const inventory::LogReading& reading) {
  Json logs = Json::array();
  double counted = 0.0, filled = 0.0;
  for (const auto& log : reading.logs) {
    logs.push_back(log_row(log));
    if (!log.used) continue;
    counted += log.kwh();
    filled += log.filled_kwh();
  }
  return Json({{"schema", "cradle/logs/1"},
               {"energy_kwh", counted},
               {"filled_kwh", filled},
               {"logs", logs},
               {"passed_over", reading.passed_over},
               {"findings", findings_json(reading.findings)}})
             .dump(2) +
         "\n";
}

std::string hours_csv(const inventory::LogReading& reading) {
  std::string csv = "hour_utc,log,node,device,component,energy_kwh,counted\n";
  for (const auto& log : reading.logs)
    for (const auto& device : log.devices)
      for (const auto& [hour, joules] : device.hours)
        csv += fmt::format("{},{},{},{},{},{},{}\n", hour_text(hour), inventory::quoted_cell(log.file),
                           inventory::quoted_cell(device.node), inventory::quoted_cell(device.id), device.component,
                           joules / inventory::joules_per_kwh, log.used ? "yes" : "no");
  return csv;
}

std::vector<PowerLine> power_lines(const inventory::LogReading& reading, std::size_t most_points) {
  std::vector<PowerLine> lines;
  for (const auto& log : reading.logs) {
    const auto& slots = log.profile;
    if (slots.values().size() < 2) continue;
    const std::size_t width = (slots.values().size() + most_points - 1) / most_points;
    PowerLine line{log.file + (log.used ? "" : ", not counted"), {}};
    const double slot_seconds = static_cast<double>(slots.width()) * 1e-6;
    for (std::size_t i = 0; i < slots.values().size(); i += width) {
      const std::size_t end = std::min(i + width, slots.values().size());
      double joules = 0.0;
      for (std::size_t k = i; k < end; ++k) joules += slots.values()[k];
      const double start = static_cast<double>(slots.start()) / 1000 + static_cast<double>(i) * slot_seconds * 1000;
      line.points.emplace_back(start, joules / (static_cast<double>(end - i) * slot_seconds));
    }
    // The first and the last stretch are covered in part only; their means would look like idling.
    constexpr std::size_t enough = 8;
    if (line.points.size() > enough) {
      line.points.pop_back();
      line.points.erase(line.points.begin());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string power_svg(const inventory::LogReading& reading) {
  constexpr std::size_t most_points = 600;
  const auto lines = power_lines(reading, most_points);
  if (lines.empty()) return "";
  double largest = 0.0;
  for (const auto& line : lines)
    for (const auto& [t, watts] : line.points) largest = std::max(largest, watts);
  const bool kilowatts = largest >= 10'000;
  Json series = Json::array();
  for (const auto& line : lines) {
    Json points = Json::array();
    for (const auto& [t, watts] : line.points) points.push_back({t, kilowatts ? watts / 1000 : watts});
    series.push_back({{"name", line.name}, {"points", points}});
  }
  const bool unzoned = !reading.logs.front().start.ends_with("Z");
  ChartPainter painter;
  std::string svg = painter.draw(
      "power",
      Json({{"unit", kilowatts ? "kW" : "W"}, {"zone", unzoned ? "as written" : "UTC"}, {"series", series}}).dump(),
      "power", "Power over time", fmt::format("{} log(s), mean power of each stretch of time", lines.size()));
  svg.insert(svg.find('>') + 1,
             "\n<style>svg{--ink:#1d2530;--soft:#5a6675;--line:#c9d1da;--operational:#2f6db5;--embodied:#b5632f;--"
             "other:#6f7a87;"
             "background:#fff}@media(prefers-color-scheme:dark){svg{--ink:#e8edf2;--soft:#a3afbc;--line:#3b4653;"
             "--operational:#7fb2ee;--embodied:#eea97f;--other:#a3afbc;background:#12181f}}</style>");
  return svg + "\n";
}

}  // namespace cradle::reporting
