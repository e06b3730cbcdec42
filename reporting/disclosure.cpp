// SPDX-License-Identifier: Apache-2.0
#include "reporting/disclosure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "lca/maths.hpp"
#include "reporting/version.hpp"

namespace cradle::reporting {
namespace {

using lca::LedgerEntry;
using lca::SelfCheck;
using lca::tag_of;

/// Life-cycle order: what is made, moved, used, thrown away.
int stage_rank(const std::string& stage) {
  constexpr std::string_view order[] = {"raw-materials",  "manufacture",     "transport", "use / development",
                                        "use / training", "use / inference", "use",       "end-of-life",
                                        "unsplit"};
  for (int i = 0; i < static_cast<int>(std::size(order)); ++i)
    if (stage.starts_with(order[i])) return i;
  return static_cast<int>(std::size(order));
}

std::vector<StageRow> fold_stages(const Assessment& a) {
  std::map<std::string, std::vector<lca::maths::Sum>> sums;
  std::map<std::string, lca::maths::Sum> energy;
  std::map<std::string, bool> embodied;
  const std::size_t methods = a.solution->totals().size();
  for (const auto& entry : a.solution->ledger()) {
    const std::string stage = stage_of(entry);
    if (stage == "credit") continue;  // a memo, in no total
    auto& row = sums.try_emplace(stage, methods).first->second;
    for (std::size_t m = 0; m < methods; ++m) row[m].add(entry.impacts[m]);
    if (is_energy(entry)) energy[stage].add(entry.amount);
    embodied[stage] = is_embodied(entry);
  }
  std::vector<StageRow> rows;
  for (const auto& [stage, values] : sums) {
    StageRow row{stage, {}, energy[stage].value(), embodied[stage]};
    for (const auto& sum : values) row.impacts.push_back(sum.value());
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const StageRow& x, const StageRow& y) { return stage_rank(x.stage) < stage_rank(y.stage); });
  return rows;
}

std::vector<ComponentRow> fold_components(const Assessment& a) {
  const auto climate = *find_method(a, inventory::methods::climate);
  std::vector<ComponentRow> rows;
  for (const auto& entry : a.solution->ledger()) {
    if (!is_embodied(entry) || !entry.at) continue;
    const std::string component = tag_of(entry.tags, "component"), stage = tag_of(entry.tags, "life_cycle");
    auto found = std::find_if(rows.begin(), rows.end(), [&](const ComponentRow& row) {
      return row.component == component && row.stage == stage;
    });
    if (found == rows.end()) found = rows.insert(rows.end(), {"", component, stage, 0.0, 0.0});
    (tag_of(entry.tags, "account") == "idle" ? found->idle : found->productive) += entry.impacts[climate];
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ComponentRow& x, const ComponentRow& y) {
    return x.productive + x.idle > y.productive + y.idle;
  });
  return rows;
}

std::vector<EnergyRow> fold_energy(const Assessment& a) {
  const auto climate = *find_method(a, inventory::methods::climate);
  std::vector<EnergyRow> rows;
  for (const auto& entry : a.solution->ledger()) {
    if (!is_energy(entry)) continue;
    EnergyRow row{tag_of(entry.tags, "run"),     tag_of(entry.tags, "component"),        tag_of(entry.tags, "level"),
                  tag_of(entry.tags, "account"), std::string(lca::name_of(entry.basis)), entry.amount,
                  entry.impacts[climate]};
    if (row.component.empty()) row.component = row.level == "facility" ? "whole facility" : "IT equipment";
    auto found = std::find_if(rows.begin(), rows.end(), [&](const EnergyRow& other) {
      return other.run == row.run && other.component == row.component && other.level == row.level &&
             other.account == row.account && other.basis == row.basis;
    });
    if (found == rows.end())
      rows.push_back(std::move(row));
    else {
      found->kwh += row.kwh;
      found->kg += row.kg;
    }
  }
  return rows;
}

std::vector<ScopeRow> scope_rows(const Assessment& a, const std::vector<Figure>& figures) {
  const auto get = [&](std::string_view id) {
    return *std::find_if(figures.begin(), figures.end(), [&](const Figure& f) { return f.id == id; });
  };
  std::vector<ScopeRow> rows{{"Scope 1: direct emissions", get("ghg.scope1"), get("ghg.scope1")},
                             {"Scope 2: purchased electricity", get("ghg.scope2_lb"), get("ghg.scope2_mb")}};
  const std::pair<const char*, const char*> categories[] = {
      {"3.1", "Scope 3 category 1: purchased goods and services"},
      {"3.2", "Scope 3 category 2: capital goods, amortised"},
      {"3.3", "Scope 3 category 3: losses of the grid"},
      {"3.4", "Scope 3 category 4: transport of hardware"},
      {"3.5", "Scope 3 category 5: waste, end of life of hardware"}};
  for (const auto& [scope, name] : categories) {
    const auto in_scope = [s = std::string(scope)](const LedgerEntry& entry) {
      return tag_of(entry.tags, "scope") == s;
    };
    if (std::none_of(a.solution->ledger().begin(), a.solution->ledger().end(), in_scope)) continue;
    const Figure figure =
        compute_figure(a, {"ghg.scope" + std::string(scope), name, "kg CO2e", inventory::methods::climate, in_scope});
    Figure contracts = figure;
    if (find_method(a, inventory::methods::climate_market))
      contracts = compute_figure(
          a, {"ghg.scope" + std::string(scope) + "_mb", name, "kg CO2e", inventory::methods::climate_market, in_scope});
    rows.push_back({name, figure, contracts});
  }
  Figure market = get("ghg.scope2_mb");
  if (find_method(a, inventory::methods::climate_market))
    market = compute_figure(a, {"ghg.total_mb", "total, market-based", "kg CO2e", inventory::methods::climate_market,
                                [](const LedgerEntry&) { return true; }});
  rows.push_back({"Total in the declared boundary", get("ghg.total"), market});
  return rows;
}

/// Checks that need the study beside the solution.
void check_study(const Assessment& a, std::vector<SelfCheck>& checks) {
  const auto verdict = [](bool passed) { return passed ? SelfCheck::Verdict::passed : SelfCheck::Verdict::failed; };
  for (const auto& log : a.compiled->logs) {
    if (!log.used) continue;
    double filled = 0.0;
    for (const auto& part : log.gap_fill) filled += part.kwh;
    const double in_ledger =
        a.solution->fold([](const LedgerEntry& e) { return tag_of(e.tags, "level") == "it"; }, std::nullopt);
    double in_logs = 0.0;
    for (const auto& other : a.compiled->logs)
      if (other.used) {
        in_logs += other.kwh();
        for (const auto& part : other.gap_fill) in_logs += part.kwh;
      }
    const bool only_logs = std::all_of(a.study->runs.begin(), a.study->runs.end(),
                                       [](const auto& run) { return run.energy && run.energy->logs && !run.idle; });
    checks.push_back({"energy in the logs equals IT energy in the ledger",
                      only_logs && a.study->services.empty()
                          ? verdict(std::abs(in_logs - in_ledger) <= 1e-9 * std::abs(in_logs))
                          : SelfCheck::Verdict::not_checkable,
                      fmt::format("logs {} kWh, ledger {} kWh", in_logs, in_ledger)});
    break;
  }
  if (a.study->boundary && a.study->boundary->hardware() && !a.study->hardware.empty())
    checks.push_back({"users, idle and unused life of each asset sum to one", SelfCheck::Verdict::not_checkable,
                      "only the device-hours of this study are known, not who used the rest of the hardware's life"});
  const auto location = find_method(a, inventory::methods::climate),
             market = find_method(a, inventory::methods::climate_market);
  if (location && market) {
    std::size_t differing = 0;
    for (const auto& entry : a.solution->ledger()) {
      const auto site = a.study->sites.find(tag_of(entry.tags, "site"));
      const bool instrument = site != a.study->sites.end() && site->second.grid.contractual();
      if (!instrument &&
          std::abs(entry.impacts[*location] - entry.impacts[*market]) > 1e-9 * std::abs(entry.impacts[*location]))
        ++differing;
    }
    checks.push_back({"location- and market-based agree where there is no instrument", verdict(differing == 0),
                      fmt::format("{} entries differ", differing)});
  }
}

std::string list_excluded(const Assessment& a) {
  // Items with one reason are named together: "transport, end-of-life (not in the paper)".
  std::vector<std::pair<std::string, std::string>> by_reason;
  for (const auto& row : a.compiled->coverage) {
    if (row.status != "excluded" && row.status != "not estimated") continue;
    const auto found =
        std::find_if(by_reason.begin(), by_reason.end(), [&](const auto& group) { return group.first == row.detail; });
    if (found == by_reason.end())
      by_reason.emplace_back(row.detail, row.item);
    else
      found->second += ", " + row.item;
  }
  std::vector<std::string> parts;
  for (const auto& [reason, items] : by_reason) parts.push_back(items + (reason.empty() ? "" : " (" + reason + ")"));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> choose_caveats(const Disclosure& d) {
  std::vector<std::string> caveats;
  if (d.study().synthetic)
    caveats.push_back("The inputs of this study are synthetic: made up to show the method, measured nowhere.");
  const auto& energy = d.figure("energy.facility");
  double measured = 0.0;
  for (const char* basis : {"metered", "measured"})
    if (const auto share = energy.basis_shares.find(basis); share != energy.basis_shares.end())
      measured += share->second;
  if (energy.value && measured < 0.5)
    caveats.push_back(measured == 0.0
                          ? "No energy in this report was measured: it is modelled or taken over from a supplier."
                          : fmt::format("Only {:.0f} % of the energy was measured.", measured * 100));
  const auto& runs = d.study().runs;
  const bool final_only =
      !runs.empty() && std::all_of(runs.begin(), runs.end(), [](const auto& run) { return run.status == "final"; });
  if (final_only && d.study().boundary && !d.study().boundary->includes("development"))
    caveats.push_back("Final run only: failed runs, searches and evaluation are not in this figure.");
  for (const auto& row : d.compiled().coverage)
    if (row.status == "substitute" && caveats.size() < 3) caveats.push_back(row.item + ": " + row.detail + ".");
  if (d.figure("ghg.total").interval == "scenario" && caveats.size() < 3)
    caveats.push_back("The total is a scenario range between choices; stages and tables stand at its middle.");
  if (d.figure("ghg.total").interval == "none" && caveats.size() < 3)
    caveats.push_back("The inputs carry no ranges, so there is no uncertainty estimate.");
  if (caveats.size() > 3) caveats.resize(3);
  return caveats;
}

}  // namespace

const Figure& Disclosure::figure(std::string_view id) const {
  static const Figure none;
  const auto found =
      std::find_if(figures.begin(), figures.end(), [&](const Figure& figure) { return figure.id == id; });
  return found == figures.end() ? none : *found;
}

Disclosure disclose(const Assessment& assessment, std::vector<BracketRow> bracket, std::string command) {
  Disclosure d;
  d.assessment = assessment;
  d.figures = compute_figures(assessment);
  d.stages = fold_stages(assessment);
  d.scopes = scope_rows(assessment, d.figures);
  d.components = fold_components(assessment);
  d.energy = fold_energy(assessment);
  d.hardware = hardware_section(assessment, std::move(bracket));
  d.checks = lca::check_solution(*assessment.solution);
  check_study(assessment, d.checks);
  d.headline_excludes = list_excluded(assessment);
  d.caveats = choose_caveats(d);
  d.command = std::move(command);
  d.tool = tool_name();
  return d;
}

double stage_kg(const Disclosure& d, bool embodied) {
  const auto climate = *find_method(d.assessment, inventory::methods::climate);
  double kg = 0.0;
  for (const auto& stage : d.stages)
    if (stage.embodied == embodied) kg += stage.impacts[climate];
  return kg;
}

/// Market-based intensities that a site claims.
static std::vector<const inventory::Input*> claims_of(const inventory::Site& site) {
  std::vector<const inventory::Input*> claims;
  if (site.grid.market) claims.push_back(&*site.grid.market);
  for (const auto& instrument : site.grid.instruments)
    if (instrument.intensity) claims.push_back(&*instrument.intensity);
  return claims;
}

std::string headline_words(const Disclosure& d) {
  std::string words = d.figure("ghg.total").status == Status::range ? "a scenario range, gross, location-based"
                                                                    : "gross, location-based";
  const auto& ledger = d.solution().ledger();
  const auto any = [&](const char* key, const char* value) {
    return std::any_of(ledger.begin(), ledger.end(),
                       [&](const auto& entry) { return lca::tag_of(entry.tags, key) == value; });
  };
  const auto& runs = d.study().runs;
  const bool developed = any("activity", "development") ||
                         std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.status != "final"; });
  if (any("activity", "training") && !developed) words += ", final runs only";
  return words;
}

Findings refusals(const Disclosure& d) {
  Findings findings;
  const Place place{d.study().file, 0, 0, 1};
  const auto refuse = [&](std::string code, std::string message, std::string hint) {
    findings.push_back({std::move(code), std::move(message), std::move(hint), place, ""});
  };
  if (!d.study().functional_unit || !d.study().boundary)
    refuse("R01",
           fmt::format("no {} declared", !d.study().functional_unit && !d.study().boundary
                                             ? "functional unit and no boundary"
                                         : !d.study().boundary ? "boundary"
                                                               : "functional unit"),
           "a figure means nothing without what it is for and what it contains: 'functional_unit: 1 trained model', "
           "'boundary: {include: [training], exclude: {hardware: ...}}'");
  for (const auto& item : d.compiled().missing)
    refuse("R02", fmt::format("'{}' is included in the boundary, but there is no data for it", item),
           "state it, or exclude it with a reason");
  for (const auto& check : d.checks)
    if (check.verdict == lca::SelfCheck::Verdict::failed)
      refuse("R03", fmt::format("self-check failed: {} ({})", check.name, check.detail),
             "this is a defect of the program or its datasets: please report it");
  for (const auto& finding : d.compiled().findings)
    if (finding.code == "W102") refuse("R03", finding.message, finding.hint);
  const bool instruments = std::any_of(d.study().memo.begin(), d.study().memo.end(),
                                       [](const auto& memo) { return memo.kind == "instruments"; });
  for (const auto& [name, site] : d.study().sites)
    for (const auto* claim : claims_of(site))
      if (claim->source.empty() && !instruments)
        refuse("R04", fmt::format("site '{}' states a market-based factor without evidence of an instrument", name),
               "give its 'source', or list the contract under 'memo: {instruments: [...]}'");
  if (const auto& total = d.figure("ghg.total"); total.value && *total.value < 0)
    refuse("R05", "the gross total is negative", "credits and offsets are memo lines, never part of a total");
  const auto plain = [](std::string text) {
    for (char& c : text) c = c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  };
  for (const char* word : {"carbon neutral", "climate neutral", "climate positive", "carbon negative", "net zero"})
    for (const auto& text :
         {d.study().title, d.study().functional_unit ? d.study().functional_unit->name : std::string()})
      if (plain(text).find(word) != std::string::npos)
        refuse("R05", fmt::format("'{}' is a claim of neutrality", text),
               "report gross emissions; offsets go under 'memo'");
  return findings;
}

std::string tool_name() { return fmt::format("cradle {}", version); }

}  // namespace cradle::reporting
