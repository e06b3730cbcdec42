// SPDX-License-Identifier: Apache-2.0
// eco2AI emission.csv. `power_consumption(kWh)` is energy, cumulative for its id: the last row of each id counts. It
// holds the PUE given to the tracker, which the file does not say; its default is 1.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/table.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// The energy column as this file spells it; old releases wrote kWTh.
std::string energy_column(const LogTable& table) {
  for (const char* name : {"power_consumption(kwh)", "power_consumption(kwth)"})
    if (table.has(name)) return name;
  return "";
}

bool recognise(const LogInput& input) {
  const auto header = header_of(input.head);
  return has_all(header, {"start_time", "duration(s)"}) &&
         (has_all(header, {"power_consumption(kwh)"}) || has_all(header, {"power_consumption(kwth)"}));
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  LogTable table(*text);
  if (auto kept = table.keep_wanted(input, draft, "project_name", "id"); !kept) return kept;
  const std::string energy = energy_column(table);
  if (energy.empty()) return log_failure(input, "E060", "no usable row: no column power_consumption(kWh)");
  Clock clock(input.options.timezone);
  std::map<std::string, std::size_t> last;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    ++draft.file.rows;
    const auto& row = table.rows[r];
    const std::string id = table.has("id") ? table.cell(row, "id") : fmt::format("row {}", r + 1);
    if (!table.number(row, energy)) {
      draft.reject(table.lines[r], "no energy; an encoded file cannot be read");
      continue;
    }
    const auto [found, fresh] = last.emplace(id, r);
    if (!fresh && table.number(row, energy) >= table.number(table.rows[found->second], energy)) found->second = r;
  }
  if (last.size() < draft.file.rows - draft.rejected)
    draft.notes.push_back("rows of one id are cumulative: the last of each counts");
  for (const auto& [id, r] : last) {
    const auto& row = table.rows[r];
    Window window;
    window.key = table.has("id") ? id : "";
    window.label = fmt::format("line {}", table.lines[r]);
    window.source.name =
        table.cell(row, "gpu_name").empty() ? table.cell(row, "cpu_name") : table.cell(row, "gpu_name");
    window.seconds = table.number(row, "duration(s)").value_or(0.0);
    window.joules = *table.number(row, energy) * joules_per_kwh;
    window.basis = lca::Basis::modelled;
    window.how = "eco2AI: CPU and RAM modelled, GPU read, not split";
    if (const auto start = clock.read(table.cell(row, "start_time"))) {
      window.from = *start;
      window.to = *start + static_cast<Micros>(window.seconds * 1e6);
    }
    window.about = std::make_shared<LogRecord>();
    window.about->project = table.cell(row, "project_name");
    window.about->run = window.key;
    window.about->device = window.source.name;
    // "RU/Moscow": country as ISO 3166 alpha-2, and region.
    const std::string& place = table.cell(row, "country");
    window.about->country = place.substr(0, place.find('/'));
    if (place.find('/') != std::string::npos) window.about->region = place.substr(place.find('/') + 1);
    draft.windows.push_back(std::move(window));
  }
  draft.notes.push_back("the PUE given to the tracker is not in the file and taken as 1, its default");
  draft.unzoned = clock.unzoned();
  return {};
}

}  // namespace

const Reader eco2ai = {
    {"eco2ai", "eco2AI emission.csv", "columns `start_time`, `duration(s)`, `power_consumption(kWh)`",
     "energy of the last row of each id, not split; PUE taken as 1", true},
    recognise,
    read};

}  // namespace cradle::inventory
