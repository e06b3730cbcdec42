// SPDX-License-Identifier: Apache-2.0
// System metrics of experiment trackers. wandb: `system.gpu.0.powerWatts` (means over about 30 s) in JSON lines or a
// CSV export; Trackio: `gpu/0/energy_consumed` (J since the run's start) or `gpu/0/power`; MLflow: a file for each metric,
// `gpu_0_power_usage_watts`, with "time value step" in Unix milliseconds, or a table of keys and values.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

/// What a key of a tracker means.
struct Key {
  Source source;
  Reading reading = Reading::average;
  int rank = 0;  ///< of several keys of one device the highest counts
};

std::optional<Key> key_of(const std::string& name) {
  static const std::regex wandb(R"((?:(.*) - )?system[./]gpu\.(process\.)?([0-9]+)\.powerWatts)");
  static const std::regex trackio(R"((?:(rank[0-9]+)/)?gpu/([0-9]+)/(power|energy_consumed))");
  static const std::regex mlflow(R"((?:system/)?gpu_([0-9]+)_power_usage_watts)");
  Key key;
  key.source.component = "accelerator";
  std::smatch found;
  if (std::regex_match(name, found, wandb)) {
    key.source.node = found[1];
    key.source.device = found[3];
    key.rank = found[2].matched ? 0 : 1;  // the same watts, of the process and of the device
  } else if (std::regex_match(name, found, trackio)) {
    key.source.node = found[1];
    key.source.device = found[2];
    const bool counter = found[3] == "energy_consumed";
    key.reading = counter ? Reading::counter : Reading::instant;
    key.rank = counter ? 1 : 0;
  } else if (std::regex_match(name, found, mlflow)) {
    key.source.device = found[1];
    key.reading = Reading::instant;
  } else {
    return std::nullopt;
  }
  return key;
}

/// Keys that count among those of a file.
class Keys {
 public:
  void offer(const std::string& name) {
    if (seen_.contains(name)) return;
    const auto key = key_of(name);
    seen_.emplace(name, key);
    if (!key) return;
    const auto best = best_.find(key->source);
    if (best == best_.end() || best->second.rank < key->rank) best_.insert_or_assign(key->source, *key);
  }
  const Key* find(const std::string& name) const {
    const auto found = seen_.find(name);
    if (found == seen_.end() || !found->second) return nullptr;
    return best_.at(found->second->source).rank == found->second->rank ? &*found->second : nullptr;
  }
  bool any() const { return !best_.empty(); }

 private:
  std::map<std::string, std::optional<Key>> seen_;
  std::map<Source, Key> best_;
};

/// The columns or keys in which exports name the run of a row.
constexpr const char* run_names[] = {"run_id", "run_uuid", "run", "run_name", "_run"};

/// A key of one run: several runs of one export are devices of their own.
Key of_run(Key key, const std::string& run) {
  if (!run.empty()) key.source.node += (key.source.node.empty() ? "" : "/") + run;
  return key;
}

void add(Draft& draft, const Key& key, Micros t, const std::optional<double>& value, const char* tool) {
  Track& track = draft.track(key.source, {key.reading, 0, 0},
                             fmt::format("{}: {}", tool, key.reading == Reading::counter ? "energy counter" : "power"));
  if (value && *value >= 0)
    track.add(t, *value);
  else
    track.miss(t, "no number");
}

std::optional<Micros> time_of(const Json& row, Clock& clock) {
  for (const char* key : {"_timestamp", "timestamp", "_runtime"}) {
    const auto found = row.find(key);
    if (found == row.end()) continue;
    if (found->is_number()) return clock.read(fmt::format("{}", found->get<double>()));
    if (found->is_string()) return clock.read(found->get<std::string>());
  }
  return std::nullopt;
}

// --- JSON: one object a line, or a list of them ---

bool recognise_json(const LogInput& input) {
  static const std::regex key(
      R"re("(?:system[./]gpu\.(?:process\.)?[0-9]+\.powerWatts|(?:rank[0-9]+/)?gpu/[0-9]+/(?:power|energy_consumed))"\s*:)re");
  const auto line = first_line(input.head);
  if (!line.starts_with("{") && !line.starts_with("[")) return false;
  return std::regex_search(input.head.data(), input.head.data() + input.head.size(), key);
}

Result<void> read_json(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  std::vector<Json> rows;
  const Json whole = Json::parse(*text, nullptr, false);
  const auto take = [&](const Json& row) {
    if (!row.is_object()) return;
    // Trackio keeps a row's metrics beside its time, or in an object of their own.
    Json flat = row;
    if (const auto metrics = row.find("metrics"); metrics != row.end() && metrics->is_object()) flat.update(*metrics);
    rows.push_back(std::move(flat));
  };
  if (whole.is_array()) {
    for (const auto& row : whole) take(row);
  } else if (whole.is_object()) {
    take(whole);
  } else {
    std::string_view rest = *text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      take(Json::parse(rest.substr(0, end), nullptr, false));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  Keys keys;
  for (const auto& row : rows)
    for (const auto& [name, value] : row.items()) keys.offer(name);
  Clock clock(input.options.timezone);
  for (const auto& row : rows) {
    ++draft.file.rows;
    const auto t = time_of(row, clock);
    if (!t) {
      draft.reject(draft.file.rows, "no readable time");
      continue;
    }
    std::string run;
    for (const char* name : run_names)
      if (const auto found = row.find(name); run.empty() && found != row.end() && found->is_string()) run = found->get<std::string>();
    draft.selects = draft.selects || !run.empty();
    if (!input.options.part.run_id.empty() && run != input.options.part.run_id) continue;
    for (const auto& [name, value] : row.items())
      if (const Key* key = keys.find(name))
        add(draft, of_run(*key, run), *t, value.is_number() ? std::optional(value.get<double>()) : std::nullopt, "experiment tracker");
  }
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no row holds a GPU's power and a time");
  return {};
}

// --- a CSV with a column for each key ---

std::vector<std::string> names_of(std::string_view head) {
  std::vector<std::string_view> cells;
  std::string store;
  split_cells(first_line(head), ',', cells, store);
  return {cells.begin(), cells.end()};
}

std::optional<std::size_t> time_column(const std::vector<std::string>& names) {
  for (const char* wanted : {"_timestamp", "timestamp", "_runtime", "Relative Time (Process)"})
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == wanted) return i;
  return std::nullopt;
}

bool recognise_csv(const LogInput& input) {
  const auto names = names_of(input.head);
  return time_column(names) && std::any_of(names.begin(), names.end(), [](const auto& name) { return key_of(name).has_value(); });
}

Result<void> read_csv(LogInput& input, Draft& draft) {
  const auto names = names_of(input.head);
  const std::size_t time = *time_column(names);
  Keys keys;
  for (const auto& name : names) keys.offer(name);
  Clock clock(input.options.timezone);
  std::vector<std::string_view> cells;
  std::string store;
  bool header = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool) {
    if (trimmed(line).empty() || std::exchange(header, false)) return;
    split_cells(line, ',', cells, store);
    ++draft.file.rows;
    const auto t = time < cells.size() ? clock.read(cells[time]) : std::nullopt;
    if (!t) return draft.reject(number, "no readable time");
    std::string run;
    for (const char* wanted : run_names)
      for (std::size_t i = 0; i < std::min(cells.size(), names.size()); ++i)
        if (run.empty() && names[i] == wanted) run = std::string(cells[i]);
    draft.selects = draft.selects || !run.empty();
    if (!input.options.part.run_id.empty() && run != input.options.part.run_id) return;
    // An empty cell is a gap where another device of the same run was read in this row.
    std::set<std::string> read;
    for (std::size_t i = 0; i < std::min(cells.size(), names.size()); ++i)
      if (const Key* key = keys.find(names[i]); key != nullptr && !cells[i].empty()) read.insert(key->source.node);
    for (std::size_t i = 0; i < std::min(cells.size(), names.size()); ++i)
      if (const Key* key = keys.find(names[i]); key != nullptr && (!cells[i].empty() || read.contains(key->source.node)))
        add(draft, of_run(*key, run), *t, log_number(cells[i]), "experiment tracker");
  });
  if (!done) return done;
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no row holds a GPU's power and a time");
  return {};
}

// --- MLflow ---

/// "1740525273578 71.5 12"
struct MetricLine {
  std::string_view time, value;
};

std::optional<MetricLine> metric_line(std::string_view line) {
  const std::size_t a = line.find(' '), b = a == std::string_view::npos ? a : line.find(' ', a + 1);
  if (b == std::string_view::npos || line.find(' ', b + 1) != std::string_view::npos) return std::nullopt;
  const MetricLine metric{line.substr(0, a), line.substr(a + 1, b - a - 1)};
  return log_number(metric.time).value_or(0) > 1e11 && log_number(metric.value) ? std::optional(metric) : std::nullopt;
}

bool recognise_mlflow(const LogInput& input) {
  const auto header = header_of(input.head);
  const bool table = has_all(header, {"key", "value", "timestamp"}) && input.head.find("_power_usage_watts") != std::string_view::npos;
  return table || (key_of(input.name) && metric_line(first_line(input.head)));
}

Result<void> read_mlflow(LogInput& input, Draft& draft) {
  Clock clock(input.options.timezone);
  const auto header = header_of(input.head);
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  const bool table = has_all(header, {"key", "value", "timestamp"});
  const std::size_t key_at = column("key"), value_at = column("value"), time_at = column("timestamp");
  std::vector<std::string_view> cells;
  std::string store;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (trimmed(line).empty()) return;
    std::string name = input.name, run;
    MetricLine metric;
    if (table) {
      split_cells(line, ',', cells, store);
      if (cells.size() < header.size() || !key_of(std::string(cells[key_at]))) return;
      for (const char* wanted : run_names)
        if (const std::size_t at = column(wanted); run.empty() && at < cells.size()) run = std::string(cells[at]);
      draft.selects = draft.selects || !run.empty();
      if (!input.options.part.run_id.empty() && run != input.options.part.run_id) return;
      name = std::string(cells[key_at]);
      metric = {cells[time_at], cells[value_at]};
    } else if (const auto read = metric_line(line); read && whole) {
      metric = *read;
    } else {
      return draft.reject(number, "not a time, a value and a step");
    }
    ++draft.file.rows;
    const auto t = clock.read(metric.time);
    if (!t) return draft.reject(number, "no readable time");
    add(draft, of_run(*key_of(name), run), *t, log_number(metric.value), "MLflow");
  });
  if (!done) return done;
  draft.unzoned = clock.unzoned();
  return {};
}

}  // namespace

const Reader tracker_json = {{"tracker-json", "wandb or Trackio system metrics, JSON", "`system.gpu.N.powerWatts` or `gpu/N/energy_consumed`",
                              "energy counters, else power, of each GPU", false},
                             recognise_json,
                             read_json};
const Reader tracker_csv = {{"tracker-csv", "wandb or Trackio system metrics, CSV", "columns `system.gpu.N.powerWatts` or `gpu/N/power` and a time",
                             "energy counters, else power, of each GPU", false},
                            recognise_csv,
                            read_csv};
const Reader mlflow = {{"mlflow", "MLflow system metrics", "a file or a key `gpu_N_power_usage_watts`", "power of each GPU", false},
                       recognise_mlflow,
                       read_mlflow};

}  // namespace cradle::inventory
