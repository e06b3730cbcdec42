// SPDX-License-Identifier: Apache-2.0
#include "reporting/result_json.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "inventory/text/text_file.hpp"
#include "reporting/findings_json.hpp"
#include "reporting/inference/training_use.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json figure_json(const Figure& figure) {
  Json shares = Json::object();
  for (const auto& [basis, share] : figure.basis_shares) shares[basis] = share;
  return {{"value", number(figure.value)},
          {"unit", figure.unit},
          {"status", name_of(figure.status)},
          {"low", number(figure.low)},
          {"high", number(figure.high)},
          {"interval", figure.is_partial() ? "partial" : figure.interval},
          {"coverage_of_interval", figure.interval == "none" ? Json(nullptr) : Json(figure.covered)},
          {"basis", figure.basis.empty() ? Json(nullptr) : Json(figure.basis)},
          {"basis_shares", shares},
          {"reason", figure.reason}};
}

Json impacts_json(const Disclosure& d, const std::vector<double>& impacts) {
  Json json = Json::object();
  const auto& methods = d.methods();
  for (std::size_t m = 0; m < methods.size(); ++m)
    json[methods[m].id] = {{"value", impacts[m]}, {"unit", methods[m].unit}};
  return json;
}

/// Without criteria that some part of the system has no factor for: what is left of them would look like the whole.
Json stage_impacts_json(const Disclosure& d, const std::vector<double>& impacts) {
  Json json = impacts_json(d, impacts);
  for (const auto& [figure, method] : {std::pair{"adp.elements", inventory::methods::abiotic_depletion},
                                       std::pair{"primary_energy", inventory::methods::primary_energy}})
    if (!d.figure(figure).value) json.erase(method);
  return json;
}

Json boundary_json(const inventory::Study& study) {
  Json include = Json::array(), exclude = Json::object();
  if (study.boundary) {
    for (const auto& item : study.boundary->include) include.push_back(item);
    for (const auto& [item, reason] : study.boundary->exclude) exclude[item] = reason;
  }
  return {{"include", include}, {"exclude", exclude}};
}

/// Each grid's location-based intensity and what it counts.
Json grids_json(const Disclosure& d) {
  const auto word = [](std::string_view name) { return name.empty() ? Json(nullptr) : Json(name); };
  Json grids = Json::array();
  for (const auto& grid : d.compiled().grids)
    grids.push_back({{"site", grid.site},
                     {"name", grid.label},
                     {"kg_co2e_per_kwh", grid.intensity.evaluate(d.parameters().values())},
                     {"factor", word(inventory::grid_factor_names[static_cast<std::size_t>(grid.kind.factor)])},
                     {"perimeter", word(inventory::grid_perimeter_names[static_cast<std::size_t>(grid.kind.perimeter)])},
                     {"gwp", word(grid.kind.gwp)},
                     {"year", grid.year ? Json(*grid.year) : Json(nullptr)}});
  return grids;
}

Json provenance_json(const Disclosure& d) {
  Json datasets = Json::array();
  for (const auto& dataset : d.compiled().datasets)
    datasets.push_back({{"id", dataset.id},
                        {"version", dataset.version},
                        {"title", dataset.title},
                        {"source", dataset.source},
                        {"licence", dataset.licence},
                        {"attribution", dataset.attribution},
                        {"sha256", dataset.sha256},
                        {"verified", dataset.verified}});
  Json logs = Json::array();
  for (const auto& log : d.compiled().logs)
    logs.push_back({{"file", log.file},
                    {"format", log.format},
                    {"bytes", log.bytes},
                    {"rows", log.rows},
                    {"sha256", log.sha256},
                    {"used", log.used},
                    {"energy_kwh", log.kwh()},
                    {"covered_share", log.covered_share()},
                    {"notes", log.notes}});
  return {{"tool", d.tool},
          {"command", d.command},
          {"study", std::filesystem::path(d.study().file).filename().string()},
          {"study_sha256", d.study().sha256},
          {"date", d.study().date},
          {"gwp", d.study().gwp},
          {"perspective", inventory::name_of(d.study().perspective)},
          {"datasets", datasets},
          {"logs", logs},
          {"seed", d.assessment->draws().seed}};
}

Json hardware_json(const HardwareSection& hardware) {
  Json json = {{"bracket", Json::array()}, {"lives", Json::array()}, {"gaps", hardware.gaps}};
  for (const auto& row : hardware.bracket) {
    Json one = {{"profile", row.profile}, {"chosen", row.chosen}, {"impacts", Json::array()}};
    for (const auto& impact : row.impacts) one["impacts"].push_back(impact_json(impact));
    json["bracket"].push_back(std::move(one));
  }
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  for (const auto& life : hardware.lives)
    json["lives"].push_back({{"hardware", life.hardware},
                             {"amortisation", life.method},
                             {"life_kg_co2e", life.life_kg},
                             {"assigned_kg_co2e", life.assigned},
                             {"calendar_kg_co2e", number(life.calendar)},
                             {"utilised_kg_co2e", number(life.utilised)},
                             {"assigned_kg_co2e_per_kwh", number(life.per_kwh)}});
  return json;
}

Json tags_json(const lca::Tags& tags) {
  Json json = Json::object();
  for (const auto& [key, value] : tags) json[key] = value;
  return json;
}

/// The basis of each input, by the end of its name: {"per_device": "metered", "device_hours": "assumed"}.
Json basis_of_json(const Disclosure& d, const lca::LedgerEntry& entry) {
  Json parts = Json::object();
  for (const auto index : entry.basis_of) {
    const auto& parameter = d.parameters()[index];
    parts[parameter.name.substr(parameter.name.rfind('.') + 1)] = lca::name_of(parameter.basis);
  }
  return parts;
}

Json entry_json(const Disclosure& d, const lca::LedgerEntry& entry) {
  Json json = {{"process", entry.process},
               {"flow", entry.flow},
               {"tags", tags_json(entry.tags)},
               {"amount", entry.amount},
               {"unit", entry.unit},
               {"impacts", impacts_json(d, entry.impacts)},
               {"basis", lca::name_of(entry.basis)},
               {"factor_basis", entry.factor_basis ? Json(lca::name_of(*entry.factor_basis)) : Json(nullptr)},
               {"source", entry.source},
               {"rule", entry.rule}};
  if (!entry.basis_of.empty()) json["basis_of"] = basis_of_json(d, entry);
  return json;
}

Json entries_json(const Disclosure& d, const std::vector<lca::LedgerEntry>& entries) {
  Json json = Json::array();
  for (const auto& entry : entries) json.push_back(entry_json(d, entry));
  return json;
}

/// The ledger as it stands. Where trees are kept once each use makes of every entry of its tree one of the whole ledger:
/// amount and impacts times the use's amount, with the use's tags as far as the entry has none of its own.
void add_ledger(const Disclosure& d, Json& json) {
  if (!d.as_trees()) {
    json["ledger"] = entries_json(d, d.solution().whole_ledger());
    return;
  }
  json["ledger"] = entries_json(d, d.solution().ledger());
  json["trees"] = Json::array();
  for (const auto& tree : d.solution().trees()) {
    Json uses = Json::array();
    for (const auto& use : tree.uses)
      uses.push_back({{"process", use.process},
                      {"tags", tags_json(use.tags)},
                      {"amount", use.amount},
                      {"basis", lca::name_of(use.basis)}});
    json["trees"].push_back(
        {{"product", tree.product}, {"entries", entries_json(d, tree.entries)}, {"uses", std::move(uses)}});
  }
}

Json result(const Disclosure& d) {
  const auto& unit = d.study().functional_unit;
  Json json;
  json["schema"] = d.as_trees() ? "cradle/result/2" : "cradle/result/1";
  json["title"] = d.study().title;
  json["functional_unit"] = {{"name", d.compiled().functional_unit},
                             {"amount", unit && unit->amount ? unit->amount->value : 1.0}};
  json["boundary"] = boundary_json(d.study());
  json["figures"] = Json::object();
  for (const auto& figure : d.figures) json["figures"][figure.id] = figure_json(figure);
  json["stages"] = Json::array();
  for (const auto& stage : d.stages)
    json["stages"].push_back(
        {{"stage", stage.stage}, {"energy_kwh", stage.kwh}, {"impacts", stage_impacts_json(d, stage.impacts)}});
  add_ledger(d, json);
  json["hardware"] = hardware_json(d.hardware);
  json["grids"] = grids_json(d);
  json["training_into_inference"] = Json::array();
  for (const auto& use : training_uses(d))
    json["training_into_inference"].push_back({{"service", use.service},
                                               {"model", use.model},
                                               {"unit", use.unit},
                                               {"serving_kg_co2e_per_unit", use.emissions.serving},
                                               {"training_kg_co2e_per_unit", use.lifetime ? Json(use.training_per_unit()) : Json(nullptr)},
                                               {"training_kg_co2e", use.emissions.training},
                                               {"lifetime_units", number(use.lifetime)},
                                               {"break_even_units", number(use.emissions.break_even())},
                                               {"serving_kwh_per_unit", use.energy.serving},
                                               {"training_kwh", use.energy.training},
                                               {"break_even_units_energy", number(use.energy.break_even())}});
  json["coverage"] = Json::array();
  for (const auto& row : d.compiled().coverage)
    json["coverage"].push_back({{"item", row.item}, {"status", inventory::name_of(row.status)}, {"detail", row.detail}});
  json["checks"] = Json::array();
  for (const auto& check : d.checks)
    json["checks"].push_back({{"name", check.name},
                              {"verdict", check.verdict == lca::SelfCheck::Verdict::passed   ? "passed"
                                          : check.verdict == lca::SelfCheck::Verdict::failed ? "failed"
                                                                                             : "not checkable"},
                              {"detail", check.detail}});
  json["memo"] = Json::array();
  for (const auto& memo : d.study().memo)
    json["memo"].push_back(
        {{"kind", memo.kind}, {"text", memo.text}, {"value", memo.amount.value}, {"unit", memo.amount.unit}});
  json["findings"] = findings_json(d.compiled().findings);
  json["provenance"] = provenance_json(d);
  return json;
}

}  // namespace

const std::string& write_result_json(const Disclosure& disclosure) {
  if (!disclosure.result_json)
    disclosure.result_json = std::make_shared<const std::string>(result(disclosure).dump(2) + "\n");
  return *disclosure.result_json;
}

std::string embedded_result_json(const Disclosure& disclosure) {
  constexpr std::size_t most = 4 << 20;
  const std::string& whole = write_result_json(disclosure);
  if (whole.size() <= most) return whole;
  Json json = result(disclosure);
  json["ledger"] = Json::array();
  json.erase("trees");
  json["ledger_left_out"] = "too large for a page: it stands in the JSON and in the workbook";
  return json.dump(2) + "\n";
}

std::string result_sha256(const Disclosure& disclosure) { return inventory::sha256(write_result_json(disclosure)); }

}  // namespace cradle::reporting
