// SPDX-License-Identifier: Apache-2.0
#include "reporting/papers/paper_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "reporting/result_json.hpp"
#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;
using inventory::RunStatus;

/// One run as the table shows it; a service stands under its own name.
struct RunRow {
  std::string name, status, stage, device, site;
  double hours = 0.0, kwh = 0.0, kg = 0.0;
};

std::string device_of(const Disclosure& d, const std::string& hardware) {
  const auto found = d.study().hardware.find(hardware);
  if (found == d.study().hardware.end()) return "";
  const auto* product = d.assessment->catalogue().find(found->second.device);
  return product != nullptr ? product->name : !found->second.device.empty() ? found->second.device : hardware;
}

std::string name_of(RunStatus status) { return std::string(inventory::run_status_names[static_cast<std::size_t>(status)]); }

RunRow described(const Disclosure& d, const inventory::Run& run) {
  return {run.name, name_of(run.status), run.stage, device_of(d, run.hardware), run.site};
}

/// Runs and services by the name that the ledger has them under; a service that is the functional unit itself has none.
std::map<std::string, RunRow> known_rows(const Disclosure& d) {
  std::map<std::string, RunRow> rows;
  for (const auto& run : d.study().runs) rows.emplace(run.name, described(d, run));
  for (const auto& [name, service] : d.study().services) {
    RunRow row = described(d, service.run);
    row.status = "service";
    row.stage = "inference";
    row.name = name;
    rows[name] = row;
    if (d.study().services.size() > 1) row.name = "services";
    rows[""] = row;
  }
  return rows;
}

/// What was done, most emissions first; what the ledger does not have is left out.
std::vector<RunRow> run_rows(const Disclosure& d) {
  auto rows = known_rows(d);
  const auto row_of = [&](const std::string& name) -> RunRow& { return rows.emplace(name, RunRow{name, "", "", "", ""}).first->second; };
  const auto occupation = find_method(*d.assessment, inventory::methods::occupation);
  for (const auto& group : d.solution().group({}, {"run"})) {
    auto& row = row_of(group.values[0]);
    row.kg += group.impacts[d.climate()];
    if (occupation) row.hours += group.impacts[*occupation];
  }
  for (const auto& group : d.solution().group(selections::energy(), {"run"})) row_of(group.values[0]).kwh += group.amount;
  std::vector<RunRow> sorted;
  for (auto& [name, row] : rows)
    if (row.kg != 0.0 || row.kwh != 0.0 || row.hours != 0.0) sorted.push_back(std::move(row));
  std::stable_sort(sorted.begin(), sorted.end(), [](const RunRow& a, const RunRow& b) { return a.kg > b.kg; });
  return sorted;
}

Json run_table(std::vector<RunRow> rows) {
  constexpr std::size_t most = 12;
  RunRow others{"", "", "", "", ""};
  const std::size_t more = rows.size() > most ? rows.size() - most : 0;
  for (std::size_t i = rows.size() - more; i < rows.size(); ++i) {
    others.hours += rows[i].hours;
    others.kwh += rows[i].kwh;
    others.kg += rows[i].kg;
  }
  rows.resize(rows.size() - more);
  if (more > 0) {
    others.name = fmt::format("{} smaller ones", more);
    others.status = "various";
    rows.push_back(others);
  }
  double energy = 0.0, ghg = 0.0;
  for (const auto& row : rows) {
    energy = std::max(energy, row.kwh);
    ghg = std::max(ghg, row.kg);
  }
  const auto kwh = display_unit("kWh", energy), kg = display_unit("kg CO2e", ghg);
  Json table = Json::array();
  for (const auto& row : rows)
    table.push_back({{"name", row.name.empty() ? "shared by all" : row.name},
                     {"status", row.status},
                     {"stage", row.stage},
                     {"device", row.device},
                     {"site", row.site},
                     {"hours", row.hours > 0 ? significant(row.hours, 4) : "unknown"},
                     {"energy", row.kwh > 0 ? significant(row.kwh / kwh.size, 4) : ""},
                     {"unit", kwh.name},
                     {"ghg", significant(row.kg / kg.size, 3)}});
  return {{"rows", table}, {"energy_unit", kwh.name}, {"ghg_unit", kg.name}};
}

/// "3 runs: 1 final, 2 failed".
std::string runs_in_words(const std::vector<RunRow>& rows) {
  std::map<std::string, std::size_t> count;
  for (const auto& row : rows) ++count[row.status];
  std::size_t all = 0;
  std::vector<std::string> kinds;
  for (const auto status : inventory::run_status_names)
    if (const auto found = count.find(std::string(status)); found != count.end()) {
      all += found->second;
      kinds.push_back(fmt::format("{} {}", found->second, status));
    }
  return all == 0 ? "" : fmt::format("{} run{}: {}", all, all == 1 ? "" : "s", fmt::join(kinds, ", "));
}

std::string devices_in_words(const Disclosure& d) {
  std::vector<std::string> names;
  const auto add = [&](const inventory::Run& run) {
    const auto name = device_of(d, run.hardware);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& run : d.study().runs) add(run);
  for (const auto& [name, service] : d.study().services) add(service.run);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// "in 3 of 3 sites" would say little: which grids, at what intensity.
std::string grids_in_words(const Disclosure& d) {
  std::vector<std::string> grids;
  for (const auto& grid : d.compiled().grids) {
    const double grams = 1000 * grid.intensity.evaluate(d.parameters().values());
    const auto site = d.study().sites.find(grid.site);
    const std::string region = site == d.study().sites.end() ? "" : site->second.grid.region;
    auto words = fmt::format("{} g CO2e/kWh{}{}", significant(grams, 3), grid.kind.stated() ? ", " + grid.kind.in_words() : "",
                             region.empty() ? "" : " (" + region + ")");
    if (std::find(grids.begin(), grids.end(), words) == grids.end()) grids.push_back(std::move(words));
  }
  constexpr std::size_t most = 3;
  const bool more = grids.size() > most;
  if (more) grids.resize(most);
  return fmt::format("{}{}", fmt::join(grids, "; "), more ? " and others" : "");
}

std::string text_of(const Figure& figure) {
  const auto printed = print(figure);
  return printed.unit.empty() ? "not estimated (" + figure.reason + ")" : printed.value + " " + printed.unit;
}

std::string measured_in_words(const Disclosure& d) {
  const double measured = d.figure("energy.facility").measured_share();
  return measured == 0.0 ? "none of it measured" : percent(measured) + " of it measured";
}

/// A title that fits a caption, cut between characters.
std::string shortened(std::string title) {
  constexpr std::size_t most = 160;
  if (title.size() <= most) return title;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xC0) == 0x80) --end;
  return title.substr(0, end) + " ...";
}

/// A key that TeX and BibTeX both take.
std::string citation_key(const Disclosure& d) {
  std::string key;
  for (const char c : d.study().subject.empty() ? d.study().title : d.study().subject)
    if (std::isalnum(static_cast<unsigned char>(c))) key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return (key.empty() ? "study" : key.substr(0, 24)) + "-footprint";
}

}  // namespace

namespace {

std::string statement(const Disclosure& d, const std::vector<RunRow>& rows) {
  const auto& total = d.figure("ghg.total");
  const auto range = headline_range(d), missing = headline_range_missing(d);
  std::string text;
  const auto& hours = d.figure("device_hours");
  if (hours.value && *hours.value > 0) {
    const auto devices = devices_in_words(d), runs = runs_in_words(rows);
    text += fmt::format("{} device-hours{}{}. ", print(hours).value, devices.empty() ? "" : " on " + devices,
                        runs.empty() ? "" : " (" + runs + ")");
  }
  const auto& energy = d.figure("energy.facility");
  if (energy.value) text += fmt::format("Energy of the facility: {}, {}. ", text_of(energy), measured_in_words(d));
  text += fmt::format("{}{} for {}", text_of(total), range.empty() ? missing.empty() ? "" : " (" + missing + ")" : " (95 %: " + range + ")",
                      d.compiled().functional_unit);
  text += fmt::format(", {}: {} from electricity at {}, {} from hardware. ", headline_words(d), text_of(d.figure("ghg.operational")),
                      grids_in_words(d), text_of(d.figure("ghg.embodied")));
  text += fmt::format("Market-based scope 2: {}. ", text_of(d.figure("ghg.scope2_mb")));
  text += fmt::format("Excluded: {}. ", d.headline_excludes.empty() ? "nothing that the boundary names" : d.headline_excludes);
  if (!d.headline_defaults.empty()) text += fmt::format("Taken by default: {}. ", d.headline_defaults);
  return text + fmt::format("Computed with {}, result {}.", d.tool, result_sha256(d).substr(0, 12));
}

}  // namespace

nlohmann::ordered_json paper_view(const Disclosure& d) {
  const auto& study = d.study();
  std::vector<std::string> regions;
  for (const auto& [name, site] : study.sites)
    regions.push_back(site.grid.region.empty() ? name : fmt::format("{} ({})", name, site.grid.region));
  bool others = false;
  for (const auto& run : study.runs) others = others || run.status != RunStatus::final_run;
  std::string year = study.date.substr(0, 4);
  const bool developed = others || d.solution().any({lca::one_of("activity", {"development"})});
  const auto rows = run_rows(d);
  const auto devices = devices_in_words(d);
  return {{"title", shortened(study.title)},
          {"statement", statement(d, rows)},
          {"runs", run_table(rows)},
          {"devices", devices.empty() ? "not stated" : devices},
          {"hours", text_of(d.figure("device_hours"))},
          {"energy", text_of(d.figure("energy.facility"))},
          {"total", text_of(d.figure("ghg.total"))},
          {"operational", text_of(d.figure("ghg.operational"))},
          {"embodied", text_of(d.figure("ghg.embodied"))},
          {"market", text_of(d.figure("ghg.scope2_mb"))},
          {"regions", regions.empty() ? "not stated" : fmt::format("{}", fmt::join(regions, ", "))},
          {"grids", grids_in_words(d)},
          {"development", developed ? "Failed runs, searches or other development are among the runs or counted beside them."
                                    : "Compute of preliminary and failed experiments beyond these runs is not known and not in it."},
          {"provider", study.organisation.empty() ? "not stated" : study.organisation},
          {"key", citation_key(d)},
          {"year", year},
          {"has_year", !year.empty()}};
}

}  // namespace cradle::reporting
