// SPDX-License-Identifier: Apache-2.0
// The sections of a study about what was done: runs, their energy, services.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "inventory/study/sections.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

const std::vector<std::string> part_names = {"accelerator", "cpu",     "dram", "host",
                                             "network",     "storage", "idle", "overhead"};

constexpr double seconds_per_hour = 3600.0;

/// How near to a measurement a way to know an energy is.
int nearness(const Energy& energy) {
  if (energy.logs) return 4;
  if (energy.total || !energy.parts.empty()) return 3;
  return energy.power.empty() ? 1 : 2;
}

void read_power(const StudyContext& context, const Node& node, Energy& energy, const InputDefaults& defaults) {
  MapReader reader(context.document, node, "power", context.findings);
  for (const char* key : {"total", "per_device", "cpu", "dram", "gpu", "host"})
    if (auto watts = reader.quantity(key, Dimension::power, defaults)) energy.power.emplace(key, *watts);
  reader.finish();
  if (node.entries.empty())
    context.report("E011", node, "power states nothing", "such as {per_device: 400 W} or {total: 12041.51 W}");
  if (energy.power.contains("total") && energy.power.size() > 1)
    context.report("E032", node, "power given twice: 'total' already contains its parts");
}

void check_times(const StudyContext& context, const Node& node, Run& run, MapReader& reader) {
  const auto moment = [&](const char* key, std::string& text) -> std::optional<Moment> {
    const Node* found = reader.take(key);
    if (found == nullptr) return std::nullopt;
    text = found->text;
    const auto stamp = read_stamp(text);
    if (!stamp) {
      context.report("E020", *found, fmt::format("'{}' is not a date or time", text),
                     "such as 2022-03-11 or 2022-03-11T08:00:00+01:00");
      return std::nullopt;
    }
    return as_utc(*stamp);
  };
  const auto start = moment("start", run.start), end = moment("end", run.end);
  if (!start || !end) return;
  run.end_place = context.place(*node.find("end"));
  if (*end < *start) {
    context.report("E030", *node.find("end"), fmt::format("run '{}' ends before it starts ({})", run.name, run.start));
    return;
  }
  if (run.duration) return;
  Input duration;
  duration.value = std::chrono::duration<double, std::ratio<3600>>(*end - *start).count();
  duration.unit = canonical_unit(Dimension::time);
  duration.basis = lca::Basis::supplier;
  duration.place = run.end_place;
  run.duration = duration;
}

}  // namespace

LogSources read_log_sources(const StudyContext& context, const Node& node) {
  LogSources logs;
  logs.place = context.place(node);
  const auto add = [&](const Node& file) {
    std::optional<std::string> path;
    if (file.kind == Node::Kind::mapping) {
      MapReader reader(context.document, file, "a log file", context.findings);
      if (const Node* name = reader.need("file")) path = read_text(context.document, *name, "file", context.findings);
      if (const auto zone = reader.text("timezone"); zone && path) logs.timezones[*path] = *zone;
      reader.finish();
    } else {
      path = read_text(context.document, file, "logs", context.findings);
    }
    if (!path) return;
    for (const auto& [other, place] : logs.files)
      if (other == *path)
        context.report("E006", file, fmt::format("log '{}' is named twice", *path), "its energy would count twice");
    logs.files.emplace_back(*path, context.place(file));
  };
  if (node.kind != Node::Kind::mapping) {
    if (node.kind == Node::Kind::sequence)
      for (const auto& file : node.items) add(file);
    else
      add(node);
    return logs;
  }
  MapReader reader(context.document, node, "logs", context.findings);
  if (const Node* files = reader.need("files")) {
    if (files->kind == Node::Kind::sequence)
      for (const auto& file : files->items) add(file);
    else
      add(*files);
  }
  logs.use = reader.text("use").value_or("");
  logs.timezone = reader.text("timezone").value_or("");
  logs.gaps = reader.choice("gaps", gap_rule_names, GapRule::mean);
  logs.format = reader.text("format").value_or("");
  logs.ranks = reader.choice("ranks", ranks_names, Ranks::not_said);
  logs.measures = reader.choice("measures", {"device", "node", "rack"}).value_or("");
  logs.node_energy = reader.choice("node_energy", {"node", "cpu"}).value_or("");
  logs.start = reader.text("start").value_or("");
  if (const auto interval = reader.quantity("interval", Dimension::time))
    logs.interval = interval->value * seconds_per_hour;
  if (const auto pue = reader.quantity("pue", Dimension::number)) logs.pue = pue->value;
  if (const Node* columns = reader.take("columns")) {
    MapReader map(context.document, *columns, "columns", context.findings);
    for (const char* key : {"time", "device", "node", "power", "energy", "counter", "duration", "unit"})
      if (const Node* names = map.take(key)) {
        if (names->kind == Node::Kind::sequence)
          for (const auto& name : names->items) {
            if (auto text = read_text(context.document, name, key, context.findings)) logs.columns[key].push_back(*text);
          }
        else if (auto text = read_text(context.document, *names, key, context.findings))
          logs.columns[key].push_back(*text);
      }
    map.finish();
  }
  logs.part.project = reader.text("project").value_or("");
  logs.part.run_id = reader.text("run_id").value_or("");
  for (const auto& [key, into] : {std::pair{"from", &logs.part.from}, std::pair{"to", &logs.part.to}})
    if (const Node* stamp = reader.take(key)) {
      *into = read_text(context.document, *stamp, key, context.findings).value_or("");
      if (!into->empty() && !read_stamp(*into))
        context.report("E012", *stamp, fmt::format("'{}' is no date and time", *into), "such as 2026-05-14T13:00:00Z");
    }
  if (const Node* where = reader.take("where")) {
    if (where->kind != Node::Kind::mapping)
      context.report("E012", *where, "'where' must be a mapping of columns to values", "where: {experiment: ablation}");
    for (const auto& [column, value] : where->entries)
      if (auto text = read_text(context.document, value, "where", context.findings)) logs.part.where[column.text] = *text;
  }
  reader.finish();
  if (!logs.measures.empty() && logs.columns.empty())
    context.report("E011", *node.find("measures"), "'measures' is of a table read by 'columns', and there are none",
                   "columns: {time: stamp, power: P, unit: kW}");
  return logs;
}

std::optional<Energy> read_energy(const StudyContext& context, const Node& node, const std::string& what) {
  Energy energy;
  energy.place = context.place(node);
  const bool plain = node.kind != Node::Kind::mapping;
  if (plain) {
    energy.total = read_input(context.document, node, Dimension::energy, {}, context.findings);
    return energy.total ? std::optional(energy) : std::nullopt;
  }
  MapReader reader(context.document, node, what, context.findings);
  const std::size_t before = context.findings.size();
  if (const auto level = reader.choice("level", {"device", "node", "it", "facility"})) {
    energy.level = *level == "device" ? EnergyLevel::device
                   : *level == "node" ? EnergyLevel::node
                   : *level == "it"   ? EnergyLevel::it
                                      : EnergyLevel::facility;
    energy.level_stated = true;
  }
  energy.host_counted = !reader.choice("host", {"not counted"});
  InputDefaults defaults;
  if (const Node* basis = reader.take("basis")) energy.basis = read_basis(context.document, *basis, context.findings);
  defaults.basis = energy.basis.value_or(lca::Basis::supplier);
  defaults.source = reader.text("source").value_or("");
  int forms = 0;
  const bool has_value = reader.take("value") != nullptr, has_low = reader.take("low") != nullptr;
  const Node* stated = reader.take("energy");
  if (has_value && stated != nullptr) ++forms;
  if (has_value || has_low || stated != nullptr) {
    ++forms;
    energy.total = stated != nullptr
                       ? read_input(context.document, *stated, Dimension::energy, defaults, context.findings)
                       : read_input(context.document, node, Dimension::energy, defaults, context.findings, {"level"});
    for (const char* key : {"low", "high", "kind", "note", "verified"}) reader.take(key);
  }
  if (const Node* parts = reader.take("parts")) {
    ++forms;
    MapReader map(context.document, *parts, "parts", context.findings);
    for (const auto& part : part_names)
      if (auto amount = map.quantity(part, Dimension::energy, defaults)) energy.parts.emplace(part, *amount);
    map.finish();
    if (parts->entries.empty())
      context.report("E033", *parts, "parts states no amount",
                     fmt::format("one or more of {}", fmt::join(part_names, ", ")));
  }
  // Of an estimator, power may be an input.
  if (const Node* power = node.find("estimator") == nullptr ? reader.take("power") : nullptr) {
    ++forms;
    read_power(context, *power, energy, defaults);
  }
  if (const Node* logs = reader.take("logs")) {
    ++forms;
    energy.logs = read_log_sources(context, *logs);
    if (energy.logs->files.empty() && context.findings.size() == before)
      context.report("E033", *logs, "logs names no file");
  }
  if (node.find("estimator") != nullptr) {
    ++forms;
    energy.estimate = read_estimate(context.document, reader, node, context.findings);
  }
  if (const Node* others = reader.take("alternatives")) {
    if (others->kind != Node::Kind::sequence)
      context.report("E012", *others, "'alternatives' must be a list of energies", "- {estimator: 6nd, ...}");
    for (const auto& other : others->items)
      if (auto read = read_energy(context, other, "an alternative of " + what)) energy.alternatives.push_back(*read);
  }
  if (forms != 1 && context.findings.size() == before)
    context.report(forms == 0 ? "E033" : "E032", node,
                   forms == 0 ? what + " states no amount" : what + " is given in more than one form",
                   "one of: an amount (433196 kWh), parts, power, logs, estimator; others are 'alternatives'");
  const bool host_stated = energy.parts.contains("host") || energy.power.contains("host") ||
                           (energy.estimate && energy.estimate->inputs.contains("host_power"));
  if (!energy.host_counted && host_stated)
    context.report("E032", *node.find("host"), "the host is stated, and 'not counted'", "one of the two");
  reader.finish();
  // What was measured comes before what was stated, that before hours x power, and a model last.
  const auto better = std::max_element(energy.alternatives.begin(), energy.alternatives.end(),
                                       [](const Energy& a, const Energy& b) { return nearness(a) < nearness(b); });
  if (better != energy.alternatives.end() && nearness(*better) > nearness(energy)) {
    const auto at = better - energy.alternatives.begin();
    std::vector<Energy> others = std::exchange(energy.alternatives, {});
    std::swap(energy, others[static_cast<std::size_t>(at)]);
    energy.alternatives = std::move(others);
  }
  return energy;
}

Run read_run_keys(const StudyContext& context, MapReader& reader, const Node& node) {
  Run run;
  run.place = context.place(node);
  if (auto name = reader.text("name")) run.name = *name;
  const auto reference = [&](const char* key, std::string& text, Place& place) {
    if (const Node* found = reader.take(key)) {
      text = read_text(context.document, *found, key, context.findings).value_or("");
      place = context.place(*found);
    }
  };
  reference("hardware", run.hardware, run.hardware_place);
  reference("site", run.site, run.site_place);
  run.stage = reader.choice("stage", {"development", "training", "inference"}).value_or("training");
  run.status = reader.choice("status", run_status_names, RunStatus::final_run);
  run.device_hours = reader.quantity("device_hours", Dimension::time);
  run.devices = reader.quantity("devices", Dimension::number);
  run.duration = reader.quantity("duration", Dimension::time);
  run.repeat = reader.quantity("repeat", Dimension::number);
  run.flop = reader.quantity("flop", Dimension::flop);
  check_times(context, node, run, reader);
  run.states_energy = node.find("energy") != nullptr;
  if (const Node* energy = reader.take("energy"))
    run.energy = read_energy(context, *energy, "energy of '" + run.name + "'");
  if (const Node* idle = reader.take("idle")) run.idle = read_energy(context, *idle, "idle of '" + run.name + "'");
  if (const Node* price = reader.take("price")) {
    Price stated;
    if (price->kind == Node::Kind::mapping && price->find("per") != nullptr) stated.per = price->find("per")->text;
    if (stated.per != "device-hour" && stated.per != "run")
      context.report("E011", *price, "price has no 'per' that can be counted", "per: device-hour or run");
    if (auto amount = read_input(context.document, *price, Dimension::money, {}, context.findings, {"per"})) {
      stated.amount = *amount;
      run.price = stated;
    }
  }
  if (run.device_hours && (run.devices && run.duration) &&
      run.device_hours->value > run.devices->value * run.duration->value * (1 + 1e-9))
    context.report("E038", *node.find("device_hours"),
                   fmt::format("{} device-hours are more than {} devices x {} h can give", run.device_hours->value,
                               run.devices->value, run.duration->value));
  return run;
}

}  // namespace cradle::inventory
