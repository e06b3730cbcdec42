// SPDX-License-Identifier: Apache-2.0
// codecarbon emissions.csv and per-task files, every column set since 1.0, read by name only. Rows of one run_id
// are cumulative snapshots: the longest counts. From 2.2.3 energies contain PUE, which is divided out here.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "inventory/telemetry/readers.hpp"
#include "inventory/text/csv.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

/// Columns that releases 3.2.9 and 3.3.0 leave out of appended rows when they hold nothing, so that all later
/// values move left.
const std::vector<std::string> skippable = {"experiment_id", "region",    "gpu_count",
                                            "gpu_model",     "longitude", "latitude"};

/// The checks by which a repaired row must be recognised.
bool plausible(const CsvTable& table, const std::vector<std::string>& row) {
  const auto cell = [&](const char* name) { return row[table.column.at(name)]; };
  const auto has = [&](const char* name) { return table.column.contains(name); };
  if (has("country_iso_code")) {
    const std::string code = cell("country_iso_code");
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
      return false;
  }
  if (has("tracking_mode") && cell("tracking_mode") != "machine" && cell("tracking_mode") != "process") return false;
  if (has("on_cloud") && cell("on_cloud") != "Y" && cell("on_cloud") != "N") return false;
  if (has("pue")) {
    const auto pue = log_number(cell("pue"));
    if (!pue || *pue < 1.0) return false;
  }
  return true;
}

/// Puts blanks back where a short row lost them; nothing unless exactly one placement is plausible.
std::optional<std::vector<std::string>> repair(const CsvTable& table, const std::vector<std::string>& row) {
  std::vector<std::size_t> candidates;
  for (const auto& name : skippable)
    if (table.column.contains(name)) candidates.push_back(table.column.at(name));
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

class Reader {
 public:
  Reader(const CsvTable& table, const LogSources& options, LogSummary& summary)
      : table_(table), clock_(options.timezone), summary_(summary) {}

  Result<void> run() {
    const auto records = select(clean());
    for (const auto& record : records) add(record);
    if (usable_ == 0)
      return log_failure(summary_, "E060",
                         fmt::format("no usable row: {} rows, none with an energy", table_.rows.size()));
    const auto part = [&](const std::string& component, const lca::maths::Sum& sum, lca::Basis basis, const char* how) {
      if (seen_.contains(component))
        summary_.parts.push_back({component, sum.value(), basis, fmt::format("codecarbon, {}", how)});
    };
    part("accelerator", gpu_, lca::Basis::measured, "GPU counters");
    part("cpu", cpu_, lca::Basis::modelled, "CPU: the file does not say whether counters or a constant");
    part("dram", ram_, lca::Basis::modelled, "RAM: always modelled");
    part("", unsplit_, lca::Basis::modelled, "not split by component");
    if (pue_divided_)
      summary_.notes.push_back(
          "energies contain the PUE of the 'pue' column; it is divided out, so that PUE is counted once");
    if (clock_.unzoned())
      summary_.notes.push_back("stamps carry no time zone and none is declared: times are as written");
    if (first_ <= last_) {
      summary_.start = clock_.text(first_);
      summary_.end = clock_.text(last_);
    }
    summary_.devices.push_back(
        {fmt::format("{} run(s)", usable_), device_name_, summary_.kwh(), covered_, covered_ + lost_, usable_});
    if (device_hours_ > 0) summary_.device_hours = device_hours_;
    return {};
  }

 private:
  const std::string& cell(const Record& record, const std::string& name) const {
    static const std::string none;
    const auto found = table_.column.find(name);
    return found == table_.column.end() || found->second >= record.cells.size() ? none : record.cells[found->second];
  }
  std::optional<double> value(const Record& record, const std::string& name) const {
    return log_number(cell(record, name));
  }

  /// Rows whose fields stand where the header says, repaired where that is possible in one way only.
  std::vector<Record> clean() {
    std::vector<Record> records;
    std::set<std::size_t> unnamed;
    for (std::size_t i = 0; i < table_.header.size(); ++i)
      if (trim(table_.header[i]).empty() && i > 0) unnamed.insert(i);
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      Record record{table_.rows[r], table_.lines[r], 0.0};
      ++summary_.rows;
      const auto reject = [&](const std::string& why) {
        summary_.notes.push_back(fmt::format("line {} rejected: {}", record.line, why));
      };
      if (record.cells == table_.header) continue;  // a repeated header
      if (record.cells.size() < table_.header.size()) {
        auto whole = repair(table_, record.cells);
        if (!whole) {
          reject(fmt::format("{} fields under {} columns, and no single way to put blanks back", record.cells.size(),
                             table_.header.size()));
          continue;
        }
        record.cells = std::move(*whole);
        summary_.notes.push_back(
            fmt::format("line {}: blanks put back where the writer left out empty columns", record.line));
      }
      const bool beyond =
          record.cells.size() > table_.header.size() ||
          std::any_of(unnamed.begin(), unnamed.end(), [&](std::size_t i) { return !trim(record.cells[i]).empty(); });
      if (beyond) {
        reject("values stand beyond the named columns; it may hold two records");
        continue;
      }
      const auto duration = value(record, "duration");
      if (!duration || *duration < 0) {
        reject("no duration");
        continue;
      }
      record.duration = *duration;
      records.push_back(std::move(record));
    }
    return records;
  }

  /// One record per run: the longest of its cumulative snapshots. Tasks are deltas and all count.
  std::vector<Record> select(std::vector<Record> records) {
    if (table_.column.contains("task_name")) {
      summary_.notes.push_back("per-task file: rows are deltas and add up; PUE is not in the file and taken as 1");
      return records;
    }
    std::string key = table_.column.contains("run_id") ? "run_id" : "";
    std::vector<Record> kept;
    std::map<std::string, std::size_t> by_run;
    std::size_t repeats = 0, nameless = 0;
    for (auto& record : records) {
      const std::string run = key.empty() ? "" : cell(record, key);
      if (run.empty()) {
        if (!key.empty()) ++nameless;
        kept.push_back(std::move(record));
        continue;
      }
      const auto [found, fresh] = by_run.emplace(run, kept.size());
      if (fresh)
        kept.push_back(std::move(record));
      else {
        ++repeats;
        if (record.duration > kept[found->second].duration) kept[found->second] = std::move(record);
      }
    }
    if (repeats > 0)
      summary_.notes.push_back(
          fmt::format("{} repeated rows of the same run: the longest of each run counts", repeats));
    if (nameless > 0)
      summary_.notes.push_back(
          fmt::format("{} rows have an empty run_id and are kept apart; they may count something twice", nameless));
    return kept;
  }

  void add(const Record& record) {
    const double hours = record.duration / 3600.0;
    const double pue = value(record, "pue").value_or(1.0);
    const auto consumed = value(record, "energy_consumed");
    if (!consumed) {
      lost_ += hours;
      summary_.gaps.push_back({"run", "no energy in this row", hours, fmt::format("line {}", record.line)});
      return;
    }
    ++usable_;
    covered_ += hours;
    if (pue > 1.0) pue_divided_ = true;
    const auto gpu = value(record, "gpu_energy"), cpu = value(record, "cpu_energy"), ram = value(record, "ram_energy");
    const double split = gpu.value_or(0) + cpu.value_or(0) + ram.value_or(0);
    const double gpus = value(record, "gpu_count").value_or(0);
    if (cpu && std::abs(split - *consumed) <= 1e-6 * std::max(std::abs(*consumed), 1e-12)) {
      if (gpus > 0 && gpu.value_or(0) == 0) {
        summary_.gaps.push_back({"GPU", "counter not available", hours, fmt::format("line {}", record.line)});
      } else if (gpu && gpus > 0) {
        take("accelerator", gpu_, *gpu / pue);
      }
      take("cpu", cpu_, *cpu / pue);
      if (ram) take("dram", ram_, *ram / pue);
      if (gpu && gpus == 0 && *gpu != 0) take("accelerator", gpu_, *gpu / pue);
    } else {
      if (cpu && !mismatch_noted_)
        summary_.notes.push_back(fmt::format(
            "line {}: energy_consumed differs from the sum of its parts; it is taken unsplit", record.line));
      mismatch_noted_ = mismatch_noted_ || cpu.has_value();
      take("", unsplit_, *consumed / pue);
    }
    device_hours_ += gpus * hours;
    if (device_name_.empty()) device_name_ = cell(record, "gpu_model");
    if (const auto end = clock_.seconds(cell(record, "timestamp"))) {
      last_ = std::max(last_, *end);
      first_ = std::min(first_, *end - record.duration);
    }
  }

  void take(const std::string& component, lca::maths::Sum& sum, double kwh) {
    seen_.insert(component);
    sum.add(kwh);
  }

  const CsvTable& table_;
  Clock clock_;
  LogSummary& summary_;
  lca::maths::Sum gpu_, cpu_, ram_, unsplit_;
  std::set<std::string> seen_;
  std::size_t usable_ = 0;
  double covered_ = 0.0, lost_ = 0.0, device_hours_ = 0.0;
  double first_ = std::numeric_limits<double>::max(), last_ = std::numeric_limits<double>::lowest();
  bool pue_divided_ = false, mismatch_noted_ = false;
  std::string device_name_;
};

}  // namespace

bool is_codecarbon(const CsvTable& table) {
  return table.column.contains("energy_consumed") && table.column.contains("emissions") &&
         table.column.contains("duration") && table.column.contains("timestamp");
}

Result<void> read_codecarbon(const CsvTable& table, const LogSources& options, LogSummary& summary) {
  return Reader(table, options, summary).run();
}

}  // namespace cradle::inventory
