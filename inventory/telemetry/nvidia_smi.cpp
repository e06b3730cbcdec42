// SPDX-License-Identifier: Apache-2.0
// `nvidia-smi --query-gpu=timestamp,...,power.draw --format=csv[,noheader][,nounits]`, as people keep it: headers
// missing or repeated, units in cells or not, several devices interleaved. power.draw is in W by the tool's manual.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "inventory/telemetry/readers.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// Limits are not draw, and a module's draw has a larger scope: neither is in this list.
const std::vector<std::string> power_columns = {"power.draw", "power.draw.average", "power.draw.instant"};
const std::vector<std::string> device_columns = {"uuid", "gpu_uuid", "pci.bus_id", "gpu", "index"};

bool is_watts(const std::string& cell) {
  const std::string plain = trim(cell);
  return plain.size() > 2 && plain.ends_with(" W") && log_number(plain.substr(0, plain.size() - 2)).has_value();
}

/// Which column holds what.
struct Layout {
  std::size_t time = 0, power = 0;
  std::optional<std::size_t> device, name;
  std::size_t cells = 0;
};

std::optional<Layout> layout_of_header(const std::vector<std::string>& header) {
  const auto find = [&](const std::string& wanted) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header_name(header[i]) == wanted) return i;
    return std::nullopt;
  };
  const auto time = find("timestamp");
  if (!time) return std::nullopt;
  Layout layout;
  layout.time = *time;
  layout.cells = header.size();
  layout.name = find("name");
  bool has_power = false;
  for (const auto& name : power_columns)
    if (const auto at = find(name); at && !has_power) {
      layout.power = *at;
      has_power = true;
    }
  for (const auto& name : device_columns)
    if (const auto at = find(name); at && !layout.device) layout.device = *at;
  return has_power ? std::optional(layout) : std::nullopt;
}

/// Without a header only a cell that says watts can be power; two of them would be a draw and a limit.
std::optional<Layout> layout_of_row(const std::vector<std::string>& row) {
  if (row.size() < 2 || !read_stamp(trim(row[0]))) return std::nullopt;
  Layout layout;
  layout.cells = row.size();
  std::size_t candidates = 0;
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (is_watts(row[i])) {
      layout.power = i;
      ++candidates;
    }
    if (trim(row[i]).starts_with("GPU-")) layout.device = i;
  }
  return candidates == 1 ? std::optional(layout) : std::nullopt;
}

/// Whether rows of several devices alternate: stamps that repeat with other values, or steps of two very different
/// lengths (a sweep over the devices, then the pause between sweeps).
bool interleaved(const std::vector<Sample>& samples) {
  std::vector<double> steps;
  std::size_t conflicts = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    steps.push_back(samples[i].seconds - samples[i - 1].seconds);
    if (steps.back() == 0.0 && samples[i].watts != samples[i - 1].watts) ++conflicts;
  }
  if (steps.size() < 3) return conflicts > 0;
  std::sort(steps.begin(), steps.end());
  const double usual_long = steps[steps.size() * 9 / 10];
  const auto brief =
      static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), usual_long / 20) - steps.begin());
  return conflicts > steps.size() / 10 || (brief > steps.size() / 4 && brief < steps.size());
}

}  // namespace

bool is_nvidia_smi(const CsvTable& table, const std::vector<std::string>& first_row) {
  const bool stamped = !first_row.empty() && read_stamp(trim(first_row[0])).has_value();
  return layout_of_header(table.header).has_value() || layout_of_row(first_row).has_value() ||
         (stamped && first_row.size() >= 2);
}

Result<void> read_nvidia_smi(std::string_view text, const LogSources& options, LogSummary& summary) {
  std::optional<Layout> layout;
  std::map<std::string, std::vector<Sample>> devices;
  std::map<std::string, std::string> names;
  Clock clock(options.timezone);
  std::size_t rejected = 0, unread = 0;
  double first = std::numeric_limits<double>::max(), last = std::numeric_limits<double>::lowest();
  read_csv(text, [&](CsvRow& row) {
    if (auto header = layout_of_header(row.cells)) {  // restarted loops repeat it mid-file
      layout = header;
      return;
    }
    if (!layout) layout = layout_of_row(row.cells);
    if (!layout) return;
    ++summary.rows;
    if (row.cells.size() <= std::max(layout->power, layout->time)) {
      ++rejected;
      return;
    }
    const auto time = clock.seconds(row.cells[layout->time]);
    if (!time) {
      ++rejected;
      return;
    }
    const std::string device =
        layout->device && *layout->device < row.cells.size() ? trim(row.cells[*layout->device]) : "0";
    if (layout->name && *layout->name < row.cells.size()) names[device] = trim(row.cells[*layout->name]);
    Sample sample{*time, 0.0, ""};
    std::string cell = trim(row.cells[layout->power]);
    if (cell.ends_with(" W")) cell.resize(cell.size() - 2);
    if (const auto watts = log_number(cell); watts && *watts >= 0) {
      sample.watts = *watts;
    } else {
      sample.missing = cell.empty() ? "empty cell" : cell;
      ++unread;
    }
    first = std::min(first, *time);
    last = std::max(last, *time);
    devices[device].push_back(std::move(sample));
  });
  if (!layout)
    return log_failure(
        summary, "E060", "no usable row: no column says that it is a power draw",
        "query power.draw, or name the column and its unit: 'columns: {time: ..., power: ..., unit: W}'");
  std::size_t usable = 0;
  for (const auto& [id, samples] : devices)
    for (const auto& sample : samples) usable += sample.missing.empty() ? 1 : 0;
  if (usable < 2)
    return log_failure(summary, "E060",
                       fmt::format("no usable row: {} of {} rows hold a power reading; two are needed to integrate",
                                   usable, summary.rows));
  if (!layout->device && interleaved(devices.at("0")))
    return log_failure(summary, "E060",
                       "no usable row: several devices seem to share this log, and no column tells them apart",
                       "query 'uuid' or 'index' beside power.draw");
  if (rejected > 0)
    summary.notes.push_back(fmt::format("{} rows without a readable time or power cell are left out", rejected));
  if (unread > 0)
    summary.notes.push_back(fmt::format("{} rows say that power could not be read: gaps, not zero", unread));
  if (clock.unzoned()) summary.notes.push_back("stamps carry no time zone and none is declared: times are as written");
  summary.start = clock.text(first);
  summary.end = clock.text(last);
  integrate(std::move(devices), names, options, summary);
  return {};
}

}  // namespace cradle::inventory
