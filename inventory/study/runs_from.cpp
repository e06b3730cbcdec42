// SPDX-License-Identifier: Apache-2.0
// Runs from a log: one entry of `runs` stands for all projects or runs that a tracker wrote into one file, each with
// the part of the log that is its own. What became of them a log does not say: the study maps names, or `?` stays.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "inventory/study/sections.hpp"
#include "inventory/telemetry/log.hpp"

namespace cradle::inventory {
namespace {

Node scalar(std::string text, const Node& at) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = std::move(text);
  node.line = at.line;
  node.column = at.column;
  return node;
}

/// The parts that a log tells of, by project or by run, in the order of their first appearance.
struct Parts {
  std::vector<std::string> names;
  std::size_t nameless = 0;  ///< runs of the log that say no name
};
Parts parts_of(const LogSources& sources, const std::string& folder, bool by_run, Findings& findings) {
  Parts parts;
  std::set<std::string> known;
  for (const auto& [file, place] : sources.files) {
    LogSources alone = sources;
    alone.folder = folder;
    alone.hash = false;
    const auto log = read_log(alone.path_of(file), alone);
    if (!log) {
      for (auto finding : log.error()) {
        finding.place = place;
        findings.push_back(std::move(finding));
      }
      continue;
    }
    for (const auto& record : log->records) {
      const auto& name = by_run ? record.run : record.project;
      if (name.empty())
        ++parts.nameless;
      else if (known.insert(name).second)
        parts.names.push_back(name);
    }
  }
  return parts;
}

/// The value of a key for one part: as it stands, or what a mapping has for the part's name; `?` for names not mapped.
Node value_for(const Node& stated, const std::string& part) {
  if (stated.kind != Node::Kind::mapping) return stated;
  const Node* own = stated.find(part);
  return own != nullptr ? *own : scalar("?", stated);
}

/// Names that a mapping has and no log does: a slip would leave a part unmapped, or count for nothing.
void check_names(const StudyContext& context, const Node* stated, const std::vector<std::string>& parts) {
  if (stated == nullptr || stated->kind != Node::Kind::mapping) return;
  for (const auto& [name, value] : stated->entries)
    if (std::find(parts.begin(), parts.end(), name.text) == parts.end())
      context.report("E038", name, fmt::format("the log holds nothing named '{}'", name.text),
                     fmt::format("it holds {}", fmt::join(parts, ", ")));
}

}  // namespace

std::vector<Node> runs_from(const StudyContext& context, const Node& entry) {
  const Node& from = *entry.find("from");
  std::string by = "project";
  Node logs = from;
  std::erase_if(logs.entries, [&](const auto& key) {
    if (key.first.text == "by") by = key.second.text;
    return key.first.text == "by";
  });
  if (by != "project" && by != "run_id") {
    context.report("E013", *from.find("by"), fmt::format("'{}' is not what runs can be told apart by", by),
                   "by: project, or run_id");
    return {};
  }
  if (logs.kind != Node::Kind::mapping) {
    Node files = std::move(logs);
    logs = scalar("", from);
    logs.kind = Node::Kind::mapping;
    logs.entries.emplace_back(scalar("files", from), std::move(files));
  }
  for (const char* key : {"name", "energy"})
    if (const Node* stated = entry.find(key))
      context.report("E032", *stated, fmt::format("'{}' stands beside 'from', which gives it", key),
                     "leave one of the two out");
  // An amount is of one run; copied to each it would count as often as there are runs.
  for (const char* key :
       {"device_hours", "devices", "duration", "start", "end", "repeat", "tokens", "flop", "development", "idle"})
    if (const Node* stated = entry.find(key))
      context.report("E032", *stated, fmt::format("'{}' is of one run, and 'from' makes several", key),
                     "write the run out, with its part of the log");
  const std::size_t before = context.findings.size();
  const LogSources sources = read_log_sources(context, logs);
  if (context.findings.size() > before) return {};
  const auto [parts, nameless] = parts_of(
      sources, std::filesystem::path(context.document.file()).parent_path().string(), by == "run_id", context.findings);
  if (context.findings.size() > before) return {};
  if (parts.empty())
    context.report("E060", from, fmt::format("the log names no {}", by == "run_id" ? "run" : "project"),
                   "name the run yourself, with 'energy: {logs: FILE}'");
  if (nameless > 0 && !parts.empty())
    context.report("E038", from,
                   fmt::format("{} run{} of the log {} no {}: {} energy would be left out", nameless,
                               nameless == 1 ? "" : "s", nameless == 1 ? "has" : "have",
                               by == "run_id" ? "run_id" : "project", nameless == 1 ? "its" : "their"),
                   by == "run_id" ? "'by: project', or a run for each part of the log"
                                  : "'by: run_id', or a run for each part of the log");
  for (const char* key : {"status", "stage"}) check_names(context, entry.find(key), parts);
  std::vector<Node> runs;
  for (const auto& part : parts) {
    Node run = entry;
    std::erase_if(run.entries, [](const auto& key) { return key.first.text == "from"; });
    for (auto& [key, value] : run.entries)
      if (key.text == "status" || key.text == "stage") value = value_for(value, part);
    if (entry.find("status") == nullptr) run.entries.emplace_back(scalar("status", entry), scalar("?", entry));
    Node own = logs;
    own.entries.emplace_back(scalar(by, from), scalar(part, from));
    Node energy = scalar("", from);
    energy.kind = Node::Kind::mapping;
    energy.entries.emplace_back(scalar("logs", from), std::move(own));
    run.entries.emplace_back(scalar("name", entry), scalar(part, entry));
    run.entries.emplace_back(scalar("energy", entry), std::move(energy));
    for (const auto& [key, value] : run.entries)
      if (value.blank())
        context.report(
            "E038", value, fmt::format("the {} of '{}' is still to be filled in", key.text, part),
            fmt::format("{}: {{'{}': {}}}", key.text, part,
                        key.text == "stage" ? "training or development" : "final, failed, search or evaluation"));
    std::erase_if(run.entries, [](const auto& key) { return key.second.blank(); });
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace cradle::inventory
