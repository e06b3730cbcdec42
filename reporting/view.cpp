// SPDX-License-Identifier: Apache-2.0
#include "reporting/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "reporting/energy_view.hpp"
#include "reporting/hardware/hardware_view.hpp"
#include "reporting/inference/training_use.hpp"
#include "reporting/pictures.hpp"
#include "reporting/result_json.hpp"
#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;
using inventory::Coverage;

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

/// "62 % modelled, 38 % default", best basis first.
std::string basis_words(const std::map<std::string, double>& shares) {
  std::vector<std::string> parts;
  for (const auto name : lca::basis_names)
    if (const auto share = shares.find(std::string(name)); share != shares.end())
      parts.push_back(share->second > 0.995 ? std::string(name) : percent(share->second) + " " + std::string(name));
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// An input as a person would write it: whole numbers whole, others at six digits.
std::string input_value(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value)
                                                              : fmt::format("{:.6g}", value);
}

Json figure_view(const Figure& figure, const std::string& label = "") {
  const auto printed = print(figure);
  return {{"id", figure.id},
          {"label", label.empty() ? figure.label : label},
          {"value", printed.value},
          {"unit", printed.unit},
          {"range", printed.range},
          {"has_range", !printed.range.empty()},
          {"basis", figure.basis.empty()
                        ? figure.reason
                        : basis_words(figure.basis_shares) + (figure.reason.empty() ? "" : "; " + figure.reason)},
          {"mark", basis_mark(figure.basis)},
          {"missing", printed.unit.empty()}};
}

/// Figures without a value, those of one reason together.
Json by_reason(const Json& absent) {
  Json groups = Json::array();
  for (const auto& figure : absent) {
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const Json& group) { return group["reason"] == figure["basis"]; });
    if (known == groups.end())
      groups.push_back({{"reason", figure["basis"]}, {"labels", figure["label"]}});
    else
      (*known)["labels"] = (*known)["labels"].get<std::string>() + ", " + figure["label"].get<std::string>();
  }
  return groups;
}

double total_kg(const Disclosure& d) { return stage_kg(d, false) + stage_kg(d, true); }

Json headline(const Disclosure& d) {
  const auto& total = d.figure("ghg.total");
  const auto printed = print(total);
  const double value = total_kg(d);
  const double operational = value != 0 ? stage_kg(d, false) / value : 0.0;
  const double embodied = value != 0 ? stage_kg(d, true) / value : 0.0;
  return {{"value", printed.value},
          {"unit", printed.unit},
          {"has_range", !headline_range(d).empty()},
          {"range", headline_range(d)},
          {"is_partial", !headline_range_missing(d).empty()},
          {"range_missing", headline_range_missing(d)},
          {"words", headline_words(d)},
          {"unit_of", d.compiled().functional_unit},
          {"operational_share", percent(operational)},
          {"embodied_share", percent(embodied)},
          {"operational_width", fmt::format("{:.2f}", operational * 100)},
          {"embodied_width", fmt::format("{:.2f}", embodied * 100)},
          {"has_embodied",
           d.figure("ghg.embodied").status == Status::estimated || d.figure("ghg.embodied").status == Status::range}};
}

/// How far the published ways to model the same hardware lie apart: a choice, and no part of the interval.
std::string model_choice(const Disclosure& d) {
  double chosen = 0.0, least = 0.0, most = 0.0;
  for (const auto& row : d.hardware.bracket) {
    const auto& value = row.impacts.front().value;
    if (!value || *value <= 0.0) continue;
    if (row.chosen) chosen = *value;
    least = least == 0.0 ? *value : std::min(least, *value);
    most = std::max(most, *value);
  }
  if (chosen <= 0.0 || most <= least) return "";
  return fmt::format(" Three published models of the same hardware give {} to {} times the embodied emissions of the chosen one; published totals differ from such models by half to twice and more (cradle reproduce embodied).",
                     significant(least / chosen, 2), significant(most / chosen, 2));
}

/// Which inputs move together, being one figure: "grid intensity of a and grid intensity of b".
std::string moving_together(const Disclosure& d) {
  constexpr std::size_t most_groups = 4, most_names = 3;
  const auto& parameters = d.compiled().system.parameters();
  std::vector<std::string> groups;
  for (const auto& figure : lca::uncertain_figures(parameters)) {
    if (figure.size() < 2) continue;
    std::vector<std::string> names;
    for (const auto index : figure) names.push_back(parameters[index].label);
    const std::size_t more = names.size() > most_names ? names.size() - most_names : 0;
    names.resize(names.size() - more);
    groups.push_back(fmt::format("{}{}", fmt::join(names, " with "), more > 0 ? fmt::format(" and {} more", more) : ""));
  }
  if (groups.empty()) return "";
  const std::size_t more = groups.size() > most_groups ? groups.size() - most_groups : 0;
  groups.resize(groups.size() - more);
  return fmt::format(" One figure each, and so moving together: {}{}.", fmt::join(groups, "; "),
                     more > 0 ? fmt::format("; and {} more", more) : "");
}

Json uncertainty(const Disclosure& d) {
  const auto& total = d.figure("ghg.total");
  if (total.interval == "none")
    return {{"has_interval", false},
            {"sentence",
             "No uncertainty estimate: the inputs carry no 95 % ranges, so no interval is printed. That is not a claim "
             "of exactness."}};
  if (total.interval == "scenario")
    return {{"has_interval", false},
            {"sentence",
             "The total is a scenario range: some inputs are two choices without a value between them, and the figure "
             "was solved at both ends. It is not a confidence interval. "
             "Stages, components and energy are printed at the middle of the scenario."}};
  const std::string how =
      d.assessment->draws().draws > 0
          ? fmt::format(
                "Monte Carlo, {} draws, seed {}: every draw takes all figures within their ranges, independent of each "
                "other, and solves the system again",
                d.assessment->draws().draws, d.assessment->draws().seed)
          : total.interval + ": each input's range times the exact derivative of the figure, different figures combined as independent";
  return {{"has_interval", true},
          {"sentence", fmt::format("95 % interval, {}. Inside: the ranges of the inputs listed in the "
                                   "method section; those of catalogue factors are brackets between sources, taken as "
                                   "95 %. They cover {} of the total; the rest carries no range and moves by nothing here. "
                                   "Not inside: the choice of model, boundary and market, which may be larger.{}{}",
                                   how, percent(total.covered), model_choice(d), moving_together(d))}};
}

Json verdict(const Disclosure& d) {
  const auto& energy = d.figure("energy.facility");
  std::size_t gaps = 0;
  for (const auto& row : d.compiled().coverage)
    gaps += row.status == Coverage::counted || row.status == Coverage::by_default || row.status == Coverage::passed_over ? 0 : 1;
  std::vector<std::string> included;
  if (d.study().boundary)
    for (const auto& item : d.study().boundary->include) included.push_back(item);
  const double primary = [&] {
    double share = 0.0;
    for (const char* basis : {"metered", "measured", "supplier"})
      if (const auto found = d.figure("ghg.total").basis_shares.find(basis);
          found != d.figure("ghg.total").basis_shares.end())
        share += found->second;
    return share;
  }();
  return {{"boundary", included.empty() ? "not declared" : fmt::format("{}", fmt::join(included, ", "))},
          {"measured", energy.value ? percent(energy.measured_share()) : "not estimated"},
          {"primary", percent(primary)},
          {"gaps", fmt::format("{}", gaps)},
          {"review", "none"}};
}

/// What many runs have in common is one row.
Json boundary(const Disclosure& d) {
  constexpr std::size_t many = 20;
  std::map<std::pair<Coverage, std::string>, std::size_t> count, shown;
  for (const auto& row : d.compiled().coverage) ++count[{row.status, row.detail}];
  Json rows = Json::array();
  for (const auto& row : d.compiled().coverage) {
    const std::pair key(row.status, row.detail);
    const bool together = count[key] > many && !row.detail.empty();
    if (together && shown[key]++ > 0) continue;
    rows.push_back({{"item", together ? fmt::format("{} and {} more", row.item, count[key] - 1) : row.item},
                    {"status", inventory::name_of(row.status)},
                    {"detail", row.detail}});
  }
  return rows;
}

Json stage_table(const Disclosure& d) {
  const auto climate = d.climate();
  const auto market = find_method(*d.assessment, inventory::methods::climate_market);
  const double total = total_kg(d);
  const auto unit = display_unit("kg CO2e", total);
  const auto energy_unit = display_unit("kWh", d.figure("energy.facility").value.value_or(0.0));
  Json rows = Json::array();
  const auto row = [&](const std::string& name, double operational, double embodied, double kwh, double by_market, bool is_total,
                       const std::string& value) {
    const double sum = operational + embodied;
    const auto cell = [&](double kg) { return kg == 0.0 ? std::string("0") : significant(kg / unit.size, 3); };
    rows.push_back({{"name", name},
                    {"operational", cell(operational)},
                    {"embodied", cell(embodied)},
                    {"total", value.empty() ? cell(sum) : value},
                    {"share", total != 0 ? percent(sum / total) : ""},
                    {"market", market ? Json{{{"total", cell(by_market)}}} : Json::array()},
                    {"energy", kwh == 0.0 ? "" : significant(kwh / energy_unit.size, 4)},
                    {"is_total", is_total},
                    {"bar", [&] {
                       std::string bar;
                       for (int i = 0;
                            i < static_cast<int>(std::lround(total != 0 ? std::max(0.0, sum / total) * 20 : 0)); ++i)
                         bar += "█";
                       return is_total ? std::string() : bar;
                     }()}});
  };
  double operational = 0.0, embodied = 0.0, kwh = 0.0, by_market = 0.0;
  for (const auto& stage : d.stages) {
    const double kg = stage.impacts[climate];
    (stage.embodied ? embodied : operational) += kg;
    kwh += stage.kwh;
    const double contracted = market ? stage.impacts[*market] : 0.0;
    by_market += contracted;
    row(stage.stage, stage.embodied ? 0.0 : kg, stage.embodied ? kg : 0.0, stage.kwh, contracted, false, "");
  }
  row("total", operational, embodied, kwh, by_market, true, print(d.figure("ghg.total"), unit).value);
  return {{"unit", unit.name}, {"energy_unit", energy_unit.name}, {"has_market", market.has_value()}, {"rows", rows}};
}

Json scope_table(const Disclosure& d) {
  const auto unit = display_unit("kg CO2e", total_kg(d));
  Json rows = Json::array();
  for (const auto& row : d.scopes) {
    const auto cell = [&](const Figure& figure) {
      if (!row.per_unit || !figure.value) return print(figure, unit);
      auto printed = print(figure);
      printed.value += " " + printed.unit;
      return printed;
    };
    rows.push_back(
        {{"name", row.name},
         {"location", cell(row.location).value},
         {"range", cell(row.location).range},
         {"market", cell(row.market).value},
         {"basis", row.location.basis.empty() ? row.location.reason : basis_words(row.location.basis_shares)},
         {"is_total", row.name.starts_with("Total")}});
  }
  const auto& market = d.figure("ghg.scope2_mb");
  return {{"unit", unit.name},
          {"rows", rows},
          {"note", market.value
                       ? std::string("Contracts stand in the coverage table and under memo items; nothing is netted.")
                       : "Market-based: not estimated, " + market.reason + "."}};
}

Json method_section(const Disclosure& d) {
  Json parameters = Json::array(), calculated = Json::array(), rules = Json::array();
  const auto name_of = [&](lca::ParameterIndex i) { return d.parameters()[i].name; };
  for (const auto& p : d.parameters()) {
    if (p.calculated()) {
      calculated.push_back({{"name", p.name},
                            {"label", p.label},
                            {"value", input_value(p.value)},
                            {"unit", p.unit == "1" ? "" : p.unit},
                            {"formula", p.formula->text(name_of)},
                            {"rule", p.rule}});
      continue;
    }
    std::string range = p.range == lca::RangeKind::interval_95
                            ? fmt::format("{} to {}", input_value(p.low), input_value(p.high))
                        : p.range == lca::RangeKind::scenario
                            ? fmt::format("{} to {} (scenario)", input_value(p.low), input_value(p.high))
                            : "";
    parameters.push_back(
        {{"name", p.name},
         {"label", p.label},
         {"value", p.range == lca::RangeKind::scenario ? "" : input_value(p.value)},
         {"unit", p.unit == "1" ? "" : p.unit},
         {"range", range},
         {"basis", lca::name_of(p.basis)},
         {"mark", basis_mark(std::string(lca::name_of(p.basis)))},
         {"source", p.source.empty() ? "stated in the study, no source" : p.source},
         {"verified", p.verified ? "yes" : "no"},
         {"place", p.place.line > 0 ? fmt::format("{}:{}", file_name(p.place.file), p.place.line) : ""}});
  }
  const auto& system = d.compiled().system;
  std::set<std::string> seen;
  std::vector<const lca::LedgerEntry*> entries;
  for (const auto& entry : d.solution().ledger()) entries.push_back(&entry);
  for (const auto& tree : d.solution().trees())
    for (const auto& entry : tree.entries) entries.push_back(&entry);
  for (const auto* one : entries) {
    const auto& entry = *one;
    if (!entry.at || entry.rule.empty()) continue;
    // Criteria that the report does not print need no formulas in it; the ledger has them all.
    const auto& flow = entry.flow;
    if ((flow == inventory::flows::abiotic_depletion && !d.figure("adp.elements").value) ||
        (flow == inventory::flows::primary_energy && !d.figure("primary_energy").value))
      continue;
    const std::string formula = system.exchange(*entry.at).amount.text(name_of);
    const std::string key = entry.process + entry.rule + formula;
    if (!seen.insert(key).second) continue;
    rules.push_back({{"process", entry.process}, {"rule", entry.rule}, {"formula", formula}});
  }
  // A study of thousands of runs has them all in the workbook.
  std::string more;
  for (const auto& [rows, most, words] : {std::tuple{&parameters, 400, "inputs"},
                                          std::tuple{&calculated, 200, "calculated quantities"},
                                          std::tuple{&rules, 200, "formulas"}})
    if (rows->size() > static_cast<std::size_t>(most)) {
      more += fmt::format("{}{} of {} {}", more.empty() ? "Shown are the first " : ", ", most, rows->size(), words);
      rows->erase(rows->begin() + most, rows->end());
    }
  if (!more.empty()) more += ". All stand in the workbook.";
  return {{"parameters", parameters},
          {"has_more", !more.empty()},
          {"more", more},
          {"has_calculated", !calculated.empty()},
          {"calculated", calculated},
          {"rules", rules}};
}

Json provenance(const Disclosure& d, const std::string& hash) {
  Json datasets = Json::array(), checks = Json::array();
  for (const auto& dataset : d.compiled().datasets)
    datasets.push_back({{"id", dataset.id},
                        {"version", dataset.version},
                        {"licence", dataset.licence},
                        {"attribution", dataset.attribution},
                        {"sha256", dataset.sha256}});
  for (const auto& check : d.checks)
    checks.push_back({{"name", check.name},
                      {"verdict", check.verdict == lca::SelfCheck::Verdict::passed   ? "passed"
                                  : check.verdict == lca::SelfCheck::Verdict::failed ? "FAILED"
                                                                                     : "not checkable"},
                      {"detail", check.detail}});
  Json memo = Json::array();
  for (const auto& item : d.study().memo)
    memo.push_back({{"text", fmt::format("{}: {} {} {}{}", item.kind, significant(item.amount.value, 4),
                                         item.amount.unit, "", item.text)}});
  return {
      {"draws", d.assessment->draws().draws == 0 ? std::string("no draws, so no seed")
                                              : fmt::format("{} draws, seed {}", d.assessment->draws().draws, d.assessment->draws().seed)},
      {"tool", d.tool},
      {"report_id", hash.substr(0, 12)},
      {"command", d.command},
      {"verify", d.command + " --format json | sha256sum"},
      {"study", file_name(d.study().file)},
      {"study_sha256", d.study().sha256},
      {"result_sha256", hash},
      {"gwp", d.study().gwp},
      {"has_datasets", !datasets.empty()},
      {"datasets", datasets},
      {"checks", checks},
      {"has_memo", !memo.empty()},
      {"memo", memo}};
}

/// When serving has taken as much as training, in emissions and in energy, and what the life of the model is.
std::string break_even_sentence(const TrainingUse& use) {
  const auto after = [&](const Balance& balance) { return fmt::format("{} {}s", count_in_words(*balance.break_even()), use.unit); };
  std::string text = fmt::format("Serving by {} has ", use.service);
  if (use.emissions.break_even())
    text += fmt::format("emitted as much as the training of {} after {}, {} periods of this study", use.model, after(use.emissions),
                        significant(*use.emissions.break_even() / use.period, 3));
  if (use.energy.break_even())
    text += fmt::format("{}used as much energy{} after {}", use.emissions.break_even() ? ", and " : "",
                        use.emissions.break_even() ? "" : " as the training of " + use.model, after(use.energy));
  return text + (use.lifetime ? fmt::format("; the declared life, over which the runs that made the model are spread, is {} {}s.",
                                            count_in_words(*use.lifetime), use.unit)
                              : "; training is outside the boundary, so no share of it is counted here.");
}

/// What a unit of each service takes with and without its model's training.
Json training_table(const Disclosure& d) {
  Json rows = Json::array();
  for (const auto& use : training_uses(d)) {
    const double scale = use.unit == "token" ? 1e6 : 1e3;
    const double together = use.emissions.serving + use.training_per_unit();
    const auto unit = display_unit("kg CO2e", together * scale);
    const auto of = [&](double per_unit) { return significant(per_unit * scale / unit.size, 3); };
    rows.push_back(
        {{"service", use.service},
         {"model", use.model},
         {"unit", fmt::format("{} per {} {}s", unit.name, use.unit == "token" ? "million" : "thousand", use.unit)},
         {"serving", of(use.emissions.serving)},
         {"training", use.lifetime ? of(use.training_per_unit()) : "not counted"},
         {"together", use.lifetime ? of(together) : "not counted"},
         {"sentence", break_even_sentence(use)},
         {"charts", Json::array()}});
  }
  return {{"has", !rows.empty()}, {"rows", rows}};
}

}  // namespace

Json make_view(const Disclosure& d, const WriteOptions& options) {
  const auto& study = d.study();
  Json view;
  view["title"] = study.title;
  view["subject"] = study.subject;
  view["organisation"] = study.organisation;
  view["date"] = study.date;
  view["period"] = study.period;
  view["note"] = study.note;
  for (const char* key : {"subject", "organisation", "date", "period", "note"})
    view[std::string("has_") + key] = !view[key].get<std::string>().empty();
  view["synthetic"] = study.synthetic;
  view["draft"] = options.draft;
  view["perspective"] = std::string(inventory::name_of(study.perspective));
  view["gwp"] = study.gwp;
  view["functional_unit"] = d.compiled().functional_unit;
  view["headline"] = headline(d);
  view["uncertainty"] = uncertainty(d);
  view["tiles"] = Json::array({figure_view(d.figure("energy.facility"), "Energy, facility"),
                               figure_view(d.figure("water.total"), "Water"),
                               figure_view(d.figure("adp.elements"), "Minerals and metals")});
  view["verdict"] = verdict(d);
  view["caveats"] = d.caveats;
  view["defaults"] = d.headline_defaults;
  view["has_defaults"] = !d.headline_defaults.empty();
  view["excludes"] = d.headline_excludes.empty() ? "nothing that the boundary names" : d.headline_excludes;
  view["coverage"] = boundary(d);
  view["stages"] = stage_table(d);
  view["scopes"] = scope_table(d);
  view["energy"] = energy_table(d);
  view["hardware"] = hardware_table(d);
  view["training"] = training_table(d);
  view["figures"] = Json::array();
  view["present"] = view["absent"] = Json::array();
  for (const auto& figure : d.figures) {
    view["figures"].push_back(figure_view(figure));
    view[figure.status == Status::not_estimated ? "absent" : "present"].push_back(view["figures"].back());
  }
  view["has_absent"] = !view["absent"].empty();
  view["absent_by_reason"] = by_reason(view["absent"]);
  view["water"] = Json::array();
  for (const char* id :
       {"water.on_site", "water.off_site", "water.embodied", "water.scarcity", "adp.elements", "primary_energy"})
    view["water"].push_back(figure_view(d.figure(id)));
  view["costs"] = Json::array();
  for (const char* id : {"device_hours", "flop.total", "cost.compute", "cost.energy", "cost.carbon"})
    if (d.figure(id).status != Status::not_estimated) view["costs"].push_back(figure_view(d.figure(id)));
  view["has_costs"] = !view["costs"].empty();
  view["method"] = method_section(d);
  view["findings"] = Json::array();
  for (const auto& finding : d.compiled().findings)
    view["findings"].push_back({{"code", finding.code}, {"message", finding.message}});
  view["has_findings"] = !view["findings"].empty();
  view["provenance"] = provenance(d, result_sha256(d));
  const auto unit = display_unit("kg CO2e", total_kg(d));
  view["edges"] = Json::array();
  for (const auto& link : sankey_links(d))
    view["edges"].push_back(
        {{"source", link.source}, {"target", link.target}, {"value", significant(link.kg / unit.size, 3)}});
  view["edge_unit"] = unit.name;
  return view;
}

}  // namespace cradle::reporting
