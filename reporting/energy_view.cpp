// SPDX-License-Identifier: Apache-2.0
#include "reporting/energy_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;
using Logs = std::vector<inventory::LogSummary>;

Json component_rows(const Disclosure& d, const DisplayUnit& unit) {
  Json rows = Json::array();
  for (const auto& row : d.energy)
    rows.push_back({{"run", row.run},
                    {"component", row.component},
                    {"account", row.account},
                    {"level", row.level == "it" ? "IT" : row.level},
                    {"energy", significant(row.kwh / unit.size, 4)},
                    {"basis", row.basis},
                    {"basis_of", row.basis_of.empty() ? "" : " (" + row.basis_of + ")"},
                    {"mark", basis_mark(row.basis)}});
  return rows;
}

Json grid_row(const inventory::GridUse& grid, const lca::Parameters& parameters) {
  const auto* stated = grid.parameter && !parameters[*grid.parameter].calculated() ? &parameters[*grid.parameter] : nullptr;
  const auto pue = parameters.find(lca::ParameterKey{{"sites", grid.site}, "pue"}.text());
  return {{"name", grid.label},
          {"intensity", significant(grid.intensity.evaluate(parameters.values()) * 1000, 4)},
          {"kind", grid.kind.stated() ? fmt::format("{}{}", grid.kind.in_words(), grid.kind.gwp.empty() ? "" : ", GWP of " + grid.kind.gwp) : "not stated"},
          {"year", grid.year ? std::to_string(*grid.year) : ""},
          {"source", stated == nullptr        ? "its mix, by sources of electricity"
                     : stated->source.empty() ? "stated in the study, no source"
                                              : stated->source},
          {"basis", stated == nullptr ? "default" : lca::name_of(stated->basis)},
          {"pue", pue ? fmt::format("{}", parameters[*pue].value) : "not used"},
          {"pue_source", pue ? parameters[*pue].source : ""}};
}

/// A row for each grid of a site: one, or one for each run where intensities go by time.
Json grid_rows(const Disclosure& d) {
  Json rows = Json::array();
  for (const auto& [site, _] : d.study().sites)
    for (const auto& grid : d.compiled().grids)
      if (grid.site == site) rows.push_back(grid_row(grid, d.parameters()));
  return rows;
}

Json log_rows(const Logs& logs) {
  Json rows = Json::array();
  for (const auto& log : logs) {
    std::string parts, filled;
    for (const auto& part : log.parts)
      parts += fmt::format("{}{} {} kWh", parts.empty() ? "" : ", ", part.component.empty() ? "all" : part.component,
                           significant(part.kwh, 4));
    for (const auto& part : log.gap_fill)
      filled += fmt::format("{}{} kWh filled in gaps", filled.empty() ? "" : ", ", significant(part.kwh, 4));
    rows.push_back({{"file", log.file},
                    {"format", log.format},
                    {"rows", fmt::format("{}", log.rows)},
                    {"window", log.start.empty() ? "" : log.start + " to " + log.end},
                    {"coverage", fmt::format("{:.2f} %", log.covered_share() * 100)},
                    {"parts", parts},
                    {"filled", filled.empty() ? "none" : filled},
                    {"used", log.used ? "counts" : "shown only"},
                    {"notes", log.notes}});
  }
  return rows;
}

std::optional<double> accelerator_kwh(const inventory::LogSummary& log) {
  std::optional<double> kwh;
  for (const auto& part : log.parts)
    if (part.component == "accelerator") kwh = kwh.value_or(0.0) + part.kwh;
  return kwh;
}

/// What two logs say of the same accelerators: the one that counts against another of the same run and time that does not.
Json comparisons(const Logs& logs) {
  Json rows = Json::array();
  for (const auto& used : logs) {
    const auto counted = used.used ? accelerator_kwh(used) : std::nullopt;
    if (!counted || *counted <= 0) continue;
    for (const auto& log : logs) {
      const auto measured = accelerator_kwh(log);
      const bool timed = !used.start.empty() && !log.start.empty();
      const bool same_time = !timed || (log.start < used.end && used.start < log.end);
      if (log.used || !measured || log.reader != used.reader || !same_time) continue;
      double filled = 0.0;
      for (const auto& part : log.gap_fill)
        if (part.component == "accelerator") filled += part.kwh;
      const double other = *measured + filled;
      rows.push_back({{"text", fmt::format("Accelerator energy: {} says {} kWh, {} says {} kWh{}; {:+.2f} % apart. The "
                                           "first counts, the two are not averaged.",
                                           used.file, significant(*counted, 5), log.file, significant(other, 5),
                                           filled > 0 ? " with its gaps filled" : "", (other / *counted - 1) * 100)}});
    }
  }
  return rows;
}

struct Gaps {
  static constexpr std::size_t listed = 12;
  std::size_t count = 0;
  double hours = 0.0;
  Json rows = Json::array();

  std::string sentence() const {
    return fmt::format("{} gap{}, {} device-hours in all{}.", count, count == 1 ? "" : "s", significant(hours, 3),
                       count > listed ? fmt::format("; the first {} are listed", listed) : "");
  }
};

Gaps gaps_of(const Logs& logs) {
  Gaps gaps;
  for (const auto& log : logs)
    for (const auto& gap : log.gaps) {
      ++gaps.count;
      gaps.hours += gap.hours;
      if (gaps.rows.size() < Gaps::listed)
        gaps.rows.push_back({{"file", log.file},
                             {"device", gap.device},
                             {"start", gap.start},
                             {"minutes", significant(gap.hours * 60, 3)},
                             {"reason", gap.reason}});
    }
  return gaps;
}

}  // namespace

Json energy_table(const Disclosure& d) {
  const auto unit = display_unit("kWh", d.figure("energy.facility").value.value_or(0.0));
  const auto& logs = d.compiled().logs;
  const auto gaps = gaps_of(logs);
  return {{"unit", unit.name},          {"rows", component_rows(d, unit)},
          {"sites", grid_rows(d)},      {"has_logs", !logs.empty()},
          {"logs", log_rows(logs)},     {"comparison", comparisons(logs)},
          {"has_gaps", gaps.count > 0}, {"gap_sentence", gaps.sentence()},
          {"gaps", gaps.rows},          {"note", d.figure("energy.it").reason}};
}

}  // namespace cradle::reporting
