// SPDX-License-Identifier: Apache-2.0
// codecarbon emissions.csv and per-task files, every column set since 1.0, read by name only. Rows of one run_id
// are cumulative snapshots: the longest counts. From 2.2.3 energies contain PUE, which is divided out here.
#include <algorithm>
#include <cmath>
#include <set>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/table.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// Columns that releases 3.2.9 and 3.3.0 leave out of appended rows when they hold nothing, so that all later
/// values move left.
const std::vector<std::string> skippable = {"experiment_id", "region",    "gpu_count",
                                            "gpu_model",     "longitude", "latitude"};

/// The checks by which a repaired row must be recognised.
bool plausible(const LogTable& table, const std::vector<std::string>& row) {
  if (table.has("country_iso_code")) {
    const std::string& code = table.cell(row, "country_iso_code");
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
      return false;
  }
  const std::string &mode = table.cell(row, "tracking_mode"), &cloud = table.cell(row, "on_cloud");
  if (table.has("tracking_mode") && mode != "machine" && mode != "process") return false;
  if (table.has("on_cloud") && cloud != "Y" && cloud != "N") return false;
  if (!table.has("pue")) return true;
  const auto pue = table.number(row, "pue");
  return pue && *pue >= 1.0;
}

/// Puts blanks back where a short row lost them; nothing unless exactly one placement is plausible.
std::optional<std::vector<std::string>> repair(const LogTable& table, const std::vector<std::string>& row) {
  std::vector<std::size_t> candidates;
  for (const auto& name : skippable)
    if (table.has(name)) candidates.push_back(table.column.at(name));
  std::sort(candidates.begin(), candidates.end());
  const std::size_t lost = table.header.size() - row.size();
  std::optional<std::vector<std::string>> found;
  for (unsigned mask = 0; mask < (1u << candidates.size()); ++mask) {
    if (static_cast<std::size_t>(__builtin_popcount(mask)) != lost) continue;
    std::vector<std::string> whole = row;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if ((mask & (1u << i)) != 0 && candidates[i] <= whole.size())
        whole.insert(whole.begin() + static_cast<std::ptrdiff_t>(candidates[i]), "");
    if (whole.size() != table.header.size() || !plausible(table, whole)) continue;
    if (found) return std::nullopt;
    found = std::move(whole);
  }
  return found;
}

/// One record that counts.
struct Record {
  std::vector<std::string> cells;
  std::size_t line = 0;
  double duration = 0.0;  ///< s
};

class Codecarbon {
 public:
  Codecarbon(const LogTable& table, const LogInput& input, Draft& draft)
      : table_(table), clock_(input.options.timezone), draft_(draft) {}

  void run() {
    for (const auto& record : select(clean())) add(record);
    draft_.unzoned = clock_.unzoned();
    if (pue_divided_)
      draft_.notes.push_back(
          "energies contain the PUE of the 'pue' column; it is divided out, so that PUE is counted once");
    if (constant_cpu_ > 0)
      draft_.notes.push_back(fmt::format(
          "{} rows have the same CPU power of {} W: a constant that the tool falls back to, not a measurement",
          constant_cpu_, cpu_watts_));
  }

 private:
  /// Rows whose fields stand where the header says, repaired where that is possible in one way only.
  std::vector<Record> clean() {
    std::vector<Record> records;
    std::set<std::size_t> unnamed;
    for (std::size_t i = 1; i < table_.header.size(); ++i)
      if (trimmed(table_.header[i]).empty()) unnamed.insert(i);
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      Record record{table_.rows[r], table_.lines[r], 0.0};
      if (record.cells == table_.header) continue;  // a repeated header
      ++draft_.file.rows;
      if (record.cells.size() < table_.header.size()) {
        auto whole = repair(table_, record.cells);
        if (!whole) {
          draft_.reject(record.line, fmt::format("{} fields under {} columns, and no single way to put blanks back",
                                                 record.cells.size(), table_.header.size()));
          continue;
        }
        record.cells = std::move(*whole);
        draft_.notes.push_back(
            fmt::format("line {}: blanks put back where the writer left out empty columns", record.line));
      }
      const bool beyond =
          record.cells.size() > table_.header.size() ||
          std::any_of(unnamed.begin(), unnamed.end(), [&](std::size_t i) { return !trimmed(record.cells[i]).empty(); });
      const auto duration = table_.number(record.cells, "duration");
      if (beyond)
        draft_.reject(record.line, "values stand beyond the named columns; it may hold two records");
      else if (!duration || *duration < 0)
        draft_.reject(record.line, "no duration");
      else {
        record.duration = *duration;
        records.push_back(std::move(record));
      }
    }
    return records;
  }

  /// One record per run: the longest of its cumulative snapshots. Tasks are deltas and all count.
  std::vector<Record> select(std::vector<Record> records) {
    if (table_.has("task_name")) {
      draft_.notes.push_back("per-task file: rows are deltas and add up; PUE is not in the file and taken as 1");
      return records;
    }
    std::vector<Record> kept;
    std::map<std::string, std::size_t> by_run;
    std::size_t repeats = 0, nameless = 0;
    for (auto& record : records) {
      const std::string run = table_.cell(record.cells, "run_id");
      if (run.empty()) {
        if (table_.has("run_id")) ++nameless;
        kept.push_back(std::move(record));
        continue;
      }
      const auto [found, fresh] = by_run.emplace(run, kept.size());
      if (fresh)
        kept.push_back(std::move(record));
      else {
        ++repeats;
        Record& old = kept[found->second];
        // With tasks, `duration` is that of the last task: of equal runs the larger energy is the later snapshot.
        const double before = table_.number(old.cells, "energy_consumed").value_or(0.0),
                     after = table_.number(record.cells, "energy_consumed").value_or(0.0);
        if (std::pair(record.duration, after) > std::pair(old.duration, before)) old = std::move(record);
      }
    }
    if (repeats > 0)
      draft_.notes.push_back(fmt::format("{} repeated rows of the same run: the longest of each run counts", repeats));
    if (nameless > 0)
      draft_.notes.push_back(
          fmt::format("{} rows have an empty run_id and are kept apart; they may count something twice", nameless));
    return kept;
  }

  void add(const Record& record) {
    const auto value = [&](const char* name) { return table_.number(record.cells, name); };
    const double pue = value("pue").value_or(1.0);
    const auto consumed = value("energy_consumed");
    Window window;
    window.seconds = record.duration;
    window.key = table_.has("task_name") ? "" : table_.cell(record.cells, "run_id");
    window.label = fmt::format("line {}", record.line);
    window.source.name = table_.cell(record.cells, "gpu_model");
    if (window.source.name.empty()) window.source.name = table_.cell(record.cells, "cpu_model");
    if (const auto end = clock_.read(table_.cell(record.cells, "timestamp"))) {
      window.to = *end;
      window.from = *end - static_cast<Micros>(record.duration * 1e6);
    }
    window.about = about(record);
    if (!consumed) {
      window.missing = "no energy in this row";
      draft_.windows.push_back(window);
      return;
    }
    if (pue > 1.0) pue_divided_ = true;
    note_oddities(record);
    const auto gpu = value("gpu_energy"), cpu = value("cpu_energy"), ram = value("ram_energy");
    const double split = gpu.value_or(0) + cpu.value_or(0) + ram.value_or(0);
    const double gpus = value("gpu_count").value_or(0);
    window.device_seconds = gpus * record.duration;
    const auto take = [&](const char* component, double kwh, lca::Basis basis, const char* how) {
      Window part = window;
      part.source.component = component;
      part.joules = kwh / pue * joules_per_kwh;
      part.basis = basis;
      part.how = fmt::format("codecarbon, {}", how);
      draft_.windows.push_back(std::move(part));
      window.device_seconds = 0.0;  // counted once per row
    };
    if (!cpu || std::abs(split - *consumed) > 1e-6 * std::max(std::abs(*consumed), 1e-12)) {
      if (cpu && !mismatch_noted_)
        draft_.notes.push_back(fmt::format(
            "line {}: energy_consumed differs from the sum of its parts; it is taken unsplit", record.line));
      mismatch_noted_ = mismatch_noted_ || cpu.has_value();
      return take("", *consumed, lca::Basis::modelled, "not split by component");
    }
    if (gpus > 0 && gpu.value_or(0) == 0) {
      Window gap = window;
      gap.source.component = "accelerator";
      gap.missing = "GPU counter not available";
      draft_.windows.push_back(std::move(gap));
    } else if (gpu && (gpus > 0 || *gpu != 0)) {
      take("accelerator", *gpu, lca::Basis::measured, "GPU counters");
    }
    take("cpu", *cpu, lca::Basis::modelled, "CPU: the file does not say whether counters or a constant");
    if (ram) take("dram", *ram, lca::Basis::modelled, "RAM: always modelled");
  }

  std::shared_ptr<LogRecord> about(const Record& record) const {
    auto run = std::make_shared<LogRecord>();
    run->project = table_.cell(record.cells, "project_name");
    run->run = table_.cell(record.cells, table_.has("task_name") ? "task_name" : "run_id");
    run->device = table_.cell(record.cells, "gpu_model");
    run->country = table_.cell(record.cells, "country_iso_code");
    run->region = table_.cell(record.cells, "region");
    run->devices = table_.number(record.cells, "gpu_count").value_or(0.0);
    run->pue = table_.number(record.cells, "pue");
    return run;
  }

  void note_oddities(const Record& record) {
    const auto watts = table_.number(record.cells, "cpu_power");
    if (!watts || *watts <= 0) return;
    constant_cpu_ = *watts == cpu_watts_ ? constant_cpu_ + (constant_cpu_ == 0 ? 2 : 1) : constant_cpu_;
    if (cpu_watts_ == 0) cpu_watts_ = *watts;
  }

  const LogTable& table_;
  Clock clock_;
  Draft& draft_;
  bool pue_divided_ = false, mismatch_noted_ = false;
  std::size_t constant_cpu_ = 0;
  double cpu_watts_ = 0.0;
};

bool recognise(const LogInput& input) {
  return has_all(header_of(input.head), {"timestamp", "duration", "emissions", "energy_consumed"});
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  LogTable table(*text);
  if (auto kept = table.keep_wanted(input, draft, "project_name", table.has("task_name") ? "task_name" : "run_id"); !kept)
    return kept;
  Codecarbon(table, input, draft).run();
  const bool usable =
      std::any_of(draft.windows.begin(), draft.windows.end(), [](const Window& w) { return w.missing.empty(); });
  if (!usable)
    return log_failure(input, "E060", fmt::format("no usable row: {} rows, none with an energy", table.rows.size()));
  return {};
}

}  // namespace

const Reader codecarbon = {
    {"codecarbon", "codecarbon emissions.csv", "columns `timestamp`, `duration`, `emissions`, `energy_consumed`",
     "energy of GPU (measured), CPU and RAM (modelled), PUE divided out; the longest row of each run", true},
    recognise,
    read};

}  // namespace cradle::inventory
