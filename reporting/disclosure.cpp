// SPDX-License-Identifier: Apache-2.0
#include "reporting/disclosure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "lca/maths.hpp"
#include "reporting/figures/obstacles.hpp"
#include "reporting/version.hpp"
#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using inventory::Coverage;
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
  const std::vector<std::string> keys = {"life_cycle", "activity", "account"};
  const std::size_t methods = a.solution().totals().size();
  std::map<std::string, StageRow> rows;
  for (const auto& group : a.solution().group({}, keys)) {
    const std::string stage = stage_name(group.values[0], group.values[1], group.values[2]);
    if (stage == "credit") continue;  // a memo, in no total
    auto& row = rows.try_emplace(stage, StageRow{stage, std::vector<double>(methods, 0.0)}).first->second;
    for (std::size_t m = 0; m < methods; ++m) row.impacts[m] += group.impacts[m];
    row.embodied = lca::selects(selections::embodied(), lca::Tags{{"life_cycle", group.values[0]}});
  }
  for (const auto& group : a.solution().group(selections::energy(), keys))
    if (const auto row = rows.find(stage_name(group.values[0], group.values[1], group.values[2])); row != rows.end())
      row->second.kwh += group.amount;
  std::vector<StageRow> sorted;
  for (auto& [stage, row] : rows) sorted.push_back(std::move(row));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const StageRow& x, const StageRow& y) { return stage_rank(x.stage) < stage_rank(y.stage); });
  return sorted;
}

std::vector<ComponentRow> fold_components(const Assessment& a) {
  const auto climate = *find_method(a, inventory::methods::climate);
  std::vector<ComponentRow> rows;
  for (const auto& group : a.solution().group(selections::embodied(), {"component", "life_cycle", "account"})) {
    auto found = std::find_if(rows.begin(), rows.end(), [&](const ComponentRow& row) {
      return row.component == group.values[0] && row.stage == group.values[1];
    });
    if (found == rows.end()) found = rows.insert(rows.end(), {"", group.values[0], group.values[1], 0.0, 0.0});
    (group.values[2] == "idle" ? found->idle : found->productive) += group.impacts[climate];
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ComponentRow& x, const ComponentRow& y) {
    return x.productive + x.idle > y.productive + y.idle;
  });
  return rows;
}

/// "power metered, device hours assumed", by the ends of the inputs' names.
std::string basis_in_words(const std::vector<lca::ParameterIndex>& inputs, const lca::Parameters& parameters) {
  std::string words;
  for (const auto index : inputs) {
    std::string field = parameters[index].name.substr(parameters[index].name.rfind('.') + 1);
    std::replace(field.begin(), field.end(), '_', ' ');
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", field, lca::name_of(parameters[index].basis));
  }
  return words;
}

/// Above so many runs a table of runs is one of fleets and sites.
constexpr std::size_t many_runs = 50;

/// "fleet at site" of each run, and how many there are.
struct Fleets {
  std::map<std::string, std::string> of_run;
  std::map<std::string, std::size_t> runs;

  explicit Fleets(const inventory::Study& study) {
    for (const auto& run : study.runs) {
      const std::string name = (run.hardware.empty() ? "runs" : run.hardware) + " at " + run.site;
      of_run[run.name] = name;
      of_run[inventory::development_of(run.name)] = "development, " + name;
      ++runs[name];
    }
  }
  std::string label(const std::string& run) const {
    const auto found = of_run.find(run);
    if (found == of_run.end()) return run;
    const auto count = runs.find(found->second);
    return count == runs.end() ? found->second : fmt::format("{} ({} runs)", found->second, count->second);
  }
};

/// An amount is as weak as its weakest input; which is which stands beside it.
void add_basis_of(const Assessment& a, std::vector<EnergyRow>& rows) {
  for (const auto& entry : a.solution().ledger()) {
    if (entry.basis_of.empty()) continue;
    const auto tag = [&](const char* key) { return tag_of(entry.tags, key); };
    for (auto& row : rows)
      if (row.run == tag("run") && row.level == tag("level") && row.account == tag("account") && row.basis == lca::name_of(entry.basis) &&
          (row.component == tag("component") || tag("component").empty()))
        row.basis_of = basis_in_words(entry.basis_of, a.parameters());
  }
}

std::vector<EnergyRow> fold_energy(const Assessment& a) {
  const auto climate = *find_method(a, inventory::methods::climate);
  const bool by_fleet = a.study().runs.size() > many_runs;
  const Fleets fleets(a.study());
  std::vector<EnergyRow> rows;
  std::map<std::vector<std::string>, std::size_t> known;
  for (const auto& group : a.solution().group(selections::energy(), {"run", "component", "level", "account", "basis"})) {
    auto v = group.values;
    if (by_fleet) v[0] = fleets.label(v[0]);
    const auto [found, fresh] = known.emplace(v, rows.size());
    if (fresh) {
      rows.push_back({v[0], v[1], v[2], v[3], v[4], 0.0, 0.0});
      if (v[1].empty()) rows.back().component = v[2] == "facility" ? "whole facility" : "IT equipment";
    }
    rows[found->second].kwh += group.amount;
    rows[found->second].kg += group.impacts[climate];
  }
  if (!by_fleet) add_basis_of(a, rows);
  return rows;
}

/// Scope 3 categories that a study of AI fills (GHG Protocol Corporate Value Chain Standard, table 5.3).
constexpr std::pair<const char*, const char*> scope_3_categories[] = {
    {"3.1", "Scope 3 category 1: purchased goods and services"},
    {"3.2", "Scope 3 category 2: capital goods, amortised"},
    {"3.3", "Scope 3 category 3: fuel supply and losses of electricity"},
    {"3.4", "Scope 3 category 4: transport of hardware"},
    {"3.5", "Scope 3 category 5: waste, end of life of hardware"}};

FigureDefinition market_based(FigureDefinition definition) {
  definition.id += "_mb";
  definition.method = inventory::methods::climate_market;
  return definition;
}

std::vector<ScopeRow> scope_rows(const Assessment& a, const std::vector<Figure>& figures) {
  const auto get = [&](std::string_view id) {
    return *std::find_if(figures.begin(), figures.end(), [&](const Figure& f) { return f.id == id; });
  };
  const bool contracts = find_method(a, inventory::methods::climate_market).has_value();
  // The location-based figure of each row and, where there are contracts, the market-based one behind it.
  std::vector<FigureDefinition> definitions;
  for (const auto& [scope, name] : scope_3_categories) {
    FigureDefinition category{std::string("ghg.scope") + scope, name, "kg CO2e", inventory::methods::climate,
                              {lca::one_of("scope", {scope})}, {obstacles::several_scopes}};
    const bool of_electricity = scope == std::string_view("3.3") && !a.compiled().grids.empty();
    if (of_electricity) category.obstacles.push_back(obstacles::no_way_of_electricity);
    if (!of_electricity && !a.solution().any(category.where)) continue;
    definitions.push_back(category);
    if (contracts) definitions.push_back(market_based(std::move(category)));
  }
  if (contracts) {
    definitions.push_back(market_based({"ghg.total", "total", "kg CO2e", "", {}}));
    definitions.push_back(market_based({"ghg.per_unit", "per unit", "kg CO2e", "", {}, {}, true}));
  }
  const auto computed = compute_figures(a, definitions);

  std::vector<ScopeRow> rows{{"Scope 1: direct emissions", get("ghg.scope1"), get("ghg.scope1")},
                             {"Scope 2: purchased electricity", get("ghg.scope2_lb"), get("ghg.scope2_mb")}};
  const std::size_t categories = contracts ? computed.size() - 2 : computed.size(), step = contracts ? 2 : 1;
  for (std::size_t i = 0; i < categories; i += step)
    rows.push_back({computed[i].label, computed[i], computed[i + step - 1]});
  rows.push_back({"Total in the declared boundary", get("ghg.total"), contracts ? computed[categories] : get("ghg.scope2_mb")});
  if (a.study().functional_unit && a.study().functional_unit->amount)
    rows.push_back({"Per functional unit", get("ghg.per_unit"), contracts ? computed.back() : get("ghg.scope2_mb"), true});
  return rows;
}

/// Users, idle and unused life of an asset sum to one: what all worked hours of a life take of it, and what is passed on.
/// Where a rule counts something else than worked hours, only the study's own use is known, not who used the rest.
void check_lives(const Assessment& a, std::vector<SelfCheck>& checks) {
  using inventory::AmortisationMethod;
  if (!a.study().boundary || !a.study().boundary->hardware()) return;
  for (const auto& [name, hardware] : a.study().hardware) {
    const auto value = [&, owner = name](const char* field) -> std::optional<double> {
      const auto index = a.parameters().find(lca::ParameterKey{{"hardware", owner}, field}.text());
      return index ? std::optional(a.parameters()[*index].value) : std::nullopt;
    };
    const auto share = value("life_share"), lifetime = value("lifetime");
    if (!share || !lifetime) continue;
    const std::string what = fmt::format("users, idle and unused life of {} sum to one", name);
    const auto method = inventory::method_of(hardware);
    if (method != AmortisationMethod::utilised_hours && method != AmortisationMethod::reserved_hours) {
      checks.push_back({what, SelfCheck::Verdict::not_checkable,
                        "what this study uses is known, not who used the rest of the hardware's life"});
      continue;
    }
    const double worked = value("retired_after").value_or(*lifetime) * value("utilisation").value_or(1.0);
    const double users = *share * worked, idle = value("idle_life_share").value_or(0.0) * worked,
                 unused = value("unused_life_share").value_or(0.0) * worked,
                 passed_on = value("second_life").value_or(0.0);
    const double sum = users + idle + unused + passed_on;
    checks.push_back({what, std::abs(sum - 1.0) <= 1e-9 ? SelfCheck::Verdict::passed : SelfCheck::Verdict::failed,
                      fmt::format("users {:.4g}, idle {:.4g}, unused {:.4g}, passed on {:.4g}: {:.12g}", users, idle,
                                  unused, passed_on, sum)});
  }
}

/// Checks that need the study beside the solution.
void check_study(const Assessment& a, std::vector<SelfCheck>& checks) {
  const auto verdict = [](bool passed) { return passed ? SelfCheck::Verdict::passed : SelfCheck::Verdict::failed; };
  for (const auto& log : a.compiled().logs) {
    if (!log.used) continue;
    double filled = 0.0;
    for (const auto& part : log.gap_fill) filled += part.kwh;
    // The host beside devices that a log reads is an entry of its own, and in no log.
    const bool reads_host = std::any_of(a.compiled().logs.begin(), a.compiled().logs.end(), [](const auto& one) {
      return std::any_of(one.parts.begin(), one.parts.end(), [](const auto& part) { return part.component == "host"; });
    });
    lca::Selection read{lca::one_of("level", {"it"})};
    if (!reads_host) read.push_back(lca::none_of("component", {"host"}));
    const double in_ledger = a.solution().fold({read, std::nullopt});
    std::map<std::string, double> times;  // by the run's energy: how often it is repeated
    for (const auto& run : a.study().runs)
      times[lca::ParameterKey{run.owner, "energy"}.text()] = run.repeat ? run.repeat->value : 1.0;
    double in_logs = 0.0;
    for (const auto& other : a.compiled().logs)
      if (other.used) {
        double kwh = other.kwh();
        for (const auto& part : other.gap_fill) kwh += part.kwh;
        in_logs += kwh * (times.contains(other.reader) ? times.at(other.reader) : 1.0);
      }
    const bool only_logs = std::all_of(a.study().runs.begin(), a.study().runs.end(), [](const auto& run) {
      return run.energy && run.energy->logs && !run.idle && !run.development && run.development_option.empty();
    });
    checks.push_back({"energy in the logs equals IT energy in the ledger",
                      only_logs && a.study().services.empty()
                          ? verdict(std::abs(in_logs - in_ledger) <= 1e-9 * std::abs(in_logs))
                          : SelfCheck::Verdict::not_checkable,
                      fmt::format("logs {} kWh, ledger {} kWh", in_logs, in_ledger)});
    break;
  }
  check_lives(a, checks);
  const auto location = find_method(a, inventory::methods::climate),
             market = find_method(a, inventory::methods::climate_market);
  if (location && market) {
    std::size_t differing = 0;
    const auto compare = [&](const std::vector<LedgerEntry>& entries) {
      for (const auto& entry : entries) {
        const auto site = a.study().sites.find(tag_of(entry.tags, "site"));
        const bool instrument = site != a.study().sites.end() && site->second.grid.contractual();
        if (!instrument &&
            std::abs(entry.impacts[*location] - entry.impacts[*market]) > 1e-9 * std::abs(entry.impacts[*location]))
          ++differing;
      }
    };
    compare(a.solution().ledger());
    for (const auto& tree : a.solution().trees()) compare(tree.entries);
    checks.push_back({"location- and market-based agree where there is no instrument", verdict(differing == 0),
                      fmt::format("{} entries differ", differing)});
  }
}

/// Items of a list, the first few by name; what they have in common up to their last "of" is said once: "grid losses of
/// dublin, london and 8 more".
std::string items_in_words(const std::vector<std::string>& items, std::size_t most) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_beginning;
  for (const auto& item : items) {
    const auto of = item.rfind(" of ");
    const std::string beginning = of == std::string::npos ? "" : item.substr(0, of + 4), name = item.substr(beginning.size());
    auto same = std::find_if(by_beginning.begin(), by_beginning.end(),
                             [&](const auto& one) { return !beginning.empty() && one.first == beginning; });
    if (same == by_beginning.end())
      by_beginning.push_back({beginning, {name}});
    else
      same->second.push_back(name);
  }
  constexpr std::size_t most_names = 4;
  std::vector<std::string> parts;
  for (auto& [beginning, names] : by_beginning) {
    const std::size_t more = names.size() > most_names ? names.size() - most_names : 0;
    names.resize(names.size() - more);
    std::string last = more > 0 ? fmt::format(" and {} more", more) : "";
    if (more == 0 && names.size() > 1) {
      last = " and " + names.back();
      names.pop_back();
    }
    parts.push_back(fmt::format("{}{}{}", beginning, fmt::join(names, ", "), last));
  }
  const std::size_t more = parts.size() > most ? parts.size() - most : 0;
  parts.resize(parts.size() - more);
  return fmt::format("{}{}", fmt::join(parts, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

/// What stands in for something that the study does not say.
std::string list_defaults(const Assessment& a) {
  std::vector<std::string> items;
  for (const auto& row : a.compiled().coverage)
    if (row.status == Coverage::by_default || row.status == Coverage::substitute) items.push_back(row.item);
  return items_in_words(items, 6);
}

std::string list_excluded(const Assessment& a) {
  // Items with one reason are named together: "transport, end-of-life (not in the paper)".
  std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
  std::map<std::string, std::size_t> known;
  for (const auto status : {Coverage::excluded, Coverage::not_estimated})
    for (const auto& row : a.compiled().coverage) {
      if (row.status != status) continue;
      const auto [found, fresh] = known.emplace(row.detail, by_reason.size());
      if (fresh) by_reason.push_back({row.detail, {}});
      by_reason[found->second].second.push_back(row.item);
    }
  std::vector<std::string> parts;
  for (const auto& [reason, items] : by_reason)
    parts.push_back(items_in_words(items, 12) + (reason.empty() ? "" : " (" + reason + ")"));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> choose_caveats(const Disclosure& d) {
  std::vector<std::string> caveats;
  if (d.study().synthetic)
    caveats.push_back("The inputs of this study are synthetic: made up to show the method, measured nowhere.");
  const auto& energy = d.figure("energy.facility");
  const double measured = energy.measured_share();
  if (energy.value && measured < 0.5)
    caveats.push_back(measured == 0.0
                          ? "No energy in this report was measured: it is modelled or taken over from a supplier."
                          : fmt::format("Only {:.0f} % of the energy was measured.", measured * 100));
  const auto& runs = d.study().runs;
  const bool final_only =
      !runs.empty() && std::all_of(runs.begin(), runs.end(), [](const auto& run) { return run.status == inventory::RunStatus::final_run; });
  if (final_only && d.study().boundary && !d.study().boundary->includes("development"))
    caveats.push_back("Final run only: failed runs, searches and evaluation are not in this figure.");
  for (const auto& row : d.compiled().coverage)
    if (row.status == Coverage::substitute && caveats.size() < 3) caveats.push_back(row.item + ": " + row.detail + ".");
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

Disclosure disclose(std::shared_ptr<const Assessment> assessment, std::string command, Bracket bracket) {
  Disclosure d;
  const Assessment& a = *assessment;
  d.assessment = std::move(assessment);
  d.figures = compute_figures(a, figure_definitions());
  d.stages = fold_stages(a);
  d.scopes = scope_rows(a, d.figures);
  d.components = fold_components(a);
  d.energy = fold_energy(a);
  d.hardware = hardware_section(a, bracket == Bracket::none ? std::vector<BracketRow>() : bracket_of(a));
  d.checks = self_checks(a);
  d.headline_excludes = list_excluded(a);
  d.headline_defaults = list_defaults(a);
  d.caveats = choose_caveats(d);
  d.command = std::move(command);
  d.tool = tool_name();
  return d;
}

std::vector<SelfCheck> self_checks(const Assessment& a) {
  auto checks = lca::check_solution(a.solution());
  check_study(a, checks);
  return checks;
}

double stage_kg(const Disclosure& d, bool embodied) {
  double kg = 0.0;
  for (const auto& stage : d.stages)
    if (stage.embodied == embodied) kg += stage.impacts[d.climate()];
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

std::string headline_range(const Disclosure& d) {
  const auto& total = d.figure("ghg.total");
  const std::string range = print(total).range;
  if (range.empty()) return "";
  return total.interval == "scenario" || total.covered > 0.995 ? range
                                                               : fmt::format("{}, covers {} of the total", range, percent(total.covered));
}

std::string headline_range_missing(const Disclosure& d) {
  const auto& total = d.figure("ghg.total");
  if (!total.is_partial()) return "";
  return fmt::format("no interval: ranges cover only {} of the total", percent(total.covered));
}

std::string headline_words(const Disclosure& d) {
  std::string words = d.figure("ghg.total").status == Status::range ? "a scenario range, gross, location-based"
                                                                    : "gross, location-based";
  const auto any = [&](const char* key, const char* value) { return d.solution().any({lca::one_of(key, {value})}); };
  const auto& runs = d.study().runs;
  const bool developed = any("activity", "development") ||
                         std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.status != inventory::RunStatus::final_run; });
  if (any("activity", "training") && !developed) words += ", final runs only";
  return words;
}

Findings refusals(const Assessment& a, const std::vector<SelfCheck>& checks) {
  Findings findings;
  const Place place{a.study().file, 0, 0, 1};
  const auto refuse = [&](std::string code, std::string message, std::string hint) {
    findings.push_back({std::move(code), std::move(message), std::move(hint), place, ""});
  };
  if (!a.study().functional_unit || !a.study().boundary)
    refuse("R01",
           fmt::format("no {} declared", !a.study().functional_unit && !a.study().boundary
                                             ? "functional unit and no boundary"
                                         : !a.study().boundary ? "boundary"
                                                               : "functional unit"),
           "a figure means nothing without what it is for and what it contains: 'functional_unit: 1 trained model', "
           "'boundary: {include: [training], exclude: {hardware: ...}}'");
  for (const auto& item : a.compiled().missing)
    refuse("R02", fmt::format("'{}' is included in the boundary, but there is no data for it", item),
           fmt::format("state it, or exclude it with a reason: 'exclude: {{{}: not known}}'", item));
  for (const auto& check : checks)
    if (check.verdict == lca::SelfCheck::Verdict::failed)
      refuse("R03", fmt::format("self-check failed: {} ({})", check.name, check.detail),
             "this is a defect of the program or its datasets: please report it");
  for (const auto& finding : a.compiled().findings)
    if (finding.code == "W102") findings.push_back({"R03", finding.message, finding.hint, finding.place, finding.excerpt});
  const bool instruments = std::any_of(a.study().memo.begin(), a.study().memo.end(),
                                       [](const auto& memo) { return memo.kind == "instruments"; });
  for (const auto& [name, site] : a.study().sites)
    for (const auto* claim : claims_of(site))
      if (claim->source.empty() && !instruments)
        refuse("R04", fmt::format("site '{}' states a market-based factor without evidence of an instrument", name),
               "give its 'source', or list the contract under 'memo: {instruments: [...]}'");
  if (a.solution().totals()[*find_method(a, inventory::methods::climate)] < 0)
    refuse("R05", "the gross total is negative", "credits and offsets are memo lines, never part of a total");
  const auto plain = [](std::string text) {
    for (char& c : text) c = c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  };
  for (const char* word : {"carbon neutral", "climate neutral", "climate positive", "carbon negative", "net zero"})
    for (const auto& text :
         {a.study().title, a.study().functional_unit ? a.study().functional_unit->name : std::string()})
      if (plain(text).find(word) != std::string::npos)
        refuse("R05", fmt::format("'{}' is a claim of neutrality", text),
               "report gross emissions; offsets go under 'memo'");
  return findings;
}

std::string tool_name() { return fmt::format("cradle {}", version); }

}  // namespace cradle::reporting
