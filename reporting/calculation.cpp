// SPDX-License-Identifier: Apache-2.0
#include "reporting/calculation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace cradle::reporting {
namespace {

using lca::Exchange;
using lca::tag_of;

using Names = std::vector<std::string>;

std::string excel(const Names& names, const lca::Expression& expression) {
  return expression.excel([&](lca::ParameterIndex index) { return names[index]; });
}

/// Impact per unit of a background product; live where it only emits, a value where it has suppliers of its own.
FactorRow background_factor(const Disclosure& d, const Names& names, std::size_t instance) {
  const auto& system = d.compiled().system;
  const auto& process = system.process(instance);
  const auto& methods = system.inventory().methods;
  FactorRow row{process.product, process.name, process.unit, "background product", "", {}, {}};
  const bool simple = std::none_of(process.exchanges.begin(), process.exchanges.end(),
                                   [](const Exchange& e) { return e.kind == Exchange::Kind::technosphere; });
  for (std::size_t m = 0; m < methods.size(); ++m) {
    row.values.push_back(d.solution().intensity(instance, m));
    std::string formula;
    for (const auto& exchange : process.exchanges) {
      const auto factor = methods[m].factors.find(exchange.flow);
      if (factor == methods[m].factors.end()) continue;
      formula += (formula.empty() ? "" : " + ") + std::string("(") + excel(names, exchange.amount) + ")" +
                 (factor->second.is_constant(1.0) ? "" : " * (" + excel(names, factor->second) + ")");
    }
    row.formulas.push_back(simple && !formula.empty() ? formula : "");
  }
  return row;
}

FactorRow elementary_factor(const Disclosure& d, const Names& names, const std::string& flow, const std::string& unit) {
  FactorRow row{flow, flow, unit, "elementary flow", "", {}, {}};
  for (const auto& method : d.methods()) {
    const auto factor = method.factors.find(flow);
    const bool known = factor != method.factors.end();
    const auto& values = d.parameters().values();
    std::set<lca::ParameterIndex> read;
    if (known) factor->second.collect_parameters(read);
    row.values.push_back(known ? factor->second.evaluate(values) : 0.0);
    row.formulas.push_back(read.empty() ? "" : excel(names, factor->second));
  }
  return row;
}

/// How often a process runs, from the totals of those who use it: (sum of uses) / (production - own use).
std::string runs_formula(const lca::ProductSystem& system, const Names& names, std::size_t instance,
                         const std::map<std::pair<std::size_t, std::size_t>, const CalculationRow*>& rows) {
  std::string uses = instance == system.root() ? "(" + excel(names, system.inventory().demand.amount) + ")" : "";
  std::string production = "(" + excel(names, system.process(instance).production) + ")";
  bool plain = system.process(instance).production.is_constant(1.0);
  for (const auto& use : system.consumers(instance)) {
    if (use.instance == instance) {
      production += " - (" + excel(names, system.exchange(use).amount) + ")";
      plain = false;
      continue;
    }
    uses += (uses.empty() ? "" : " + ") + cell_reference(*rows.at({use.instance, use.exchange}), total_column);
  }
  return plain ? uses : "(" + uses + ") / (" + production + ")";
}

}  // namespace

std::vector<std::string> defined_names(const lca::Parameters& parameters) {
  Names names;
  std::set<std::string> taken;
  for (const auto& parameter : parameters) {
    std::string name = parameter.calculated() ? "calc_" : "in_";
    for (const char c : parameter.name) name += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '_';
    const auto fold = [](std::string text) {
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return text;
    };
    std::string unique = name.substr(0, 200);  // Excel allows 255 characters
    for (int i = 2; !taken.insert(fold(unique)).second; ++i) unique = fmt::format("{}_{}", name.substr(0, 200), i);
    names.push_back(std::move(unique));
  }
  return names;
}

std::string column_letters(int column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

std::string cell_reference(const CalculationRow& row, int column) {
  return fmt::format("{}!${}${}", row.embodied ? "Calc_Embodied" : "Calc_Operational", column_letters(column),
                     row.row + 1);
}

Calculation make_calculation(const Disclosure& d) {
  const auto& system = d.compiled().system;
  const auto& solution = d.solution();
  const auto& values = system.parameters().values();
  Calculation calculation;
  calculation.names = defined_names(system.parameters());
  std::size_t next[2] = {calculation_first_row, calculation_first_row};
  std::map<std::string, std::size_t> factor_rows;
  std::map<std::string, std::string> elementary_units;
  for (const auto& flow : system.inventory().elementary_flows) elementary_units[flow.name] = flow.unit;
  std::map<std::pair<std::size_t, std::size_t>, const lca::LedgerEntry*> entries;
  for (const auto& entry : solution.ledger())
    if (entry.at) entries[{entry.at->instance, entry.at->exchange}] = &entry;

  for (const std::size_t instance : system.order()) {
    if (system.background(instance)) continue;
    const auto& process = system.process(instance);
    const lca::Tags tags = system.tags(instance);
    const std::string stage = tag_of(tags, "life_cycle");
    const bool embodied = instance != system.root() && stage != "use" && stage != "unsplit";
    for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
      const Exchange& exchange = process.exchanges[e];
      const auto provider = system.instances()[instance].providers[e];
      CalculationRow row;
      row.at = {instance, e};
      row.embodied = embodied;
      row.row = next[embodied ? 1 : 0]++;
      row.process = process.name;
      row.flow = provider ? system.process(*provider).name : exchange.flow;
      row.provider = provider ? system.process(*provider).product : "environment";
      row.rule = exchange.rule;
      row.unit = provider ? system.process(*provider).unit : elementary_units[exchange.flow];
      row.unit_formula = excel(calculation.names, exchange.amount);
      row.unit_amount = exchange.amount.evaluate(values);
      row.runs = solution.scaling()[instance];
      row.total = row.unit_amount * row.runs;
      row.live = system.loop_of(instance).size() == 1;
      row.tags = tags;
      row.impacts.assign(system.inventory().methods.size(), 0.0);
      if (const auto entry = entries.find({instance, e}); entry != entries.end()) {
        row.tags = entry->second->tags;
        row.tags["stage"] = stage_of(*entry->second);
        row.impacts = entry->second->impacts;
        row.factor_key = provider ? row.provider : exchange.flow;
        if (factor_rows.emplace(row.factor_key, calculation.factors.size()).second)
          calculation.factors.push_back(provider ? background_factor(d, calculation.names, *provider)
                                                 : elementary_factor(d, calculation.names, exchange.flow, row.unit));
        auto& factor = calculation.factors[factor_rows[row.factor_key]];
        if (factor.source.empty()) factor.source = entry->second->factor_basis ? entry->second->source : "";
      }
      calculation.rows.push_back(std::move(row));
    }
  }
  std::map<std::pair<std::size_t, std::size_t>, const CalculationRow*> by_exchange;
  for (const auto& row : calculation.rows) by_exchange[{row.at.instance, row.at.exchange}] = &row;
  const CalculationRow* first = nullptr;
  for (auto& row : calculation.rows) {
    if (first == nullptr || first->at.instance != row.at.instance) {
      first = &row;
      row.runs_formula = runs_formula(system, calculation.names, row.at.instance, by_exchange);
      if (row.runs_formula.size() > longest_formula) row.live = false;
    } else {
      row.runs_formula = fmt::format("${}${}", column_letters(total_column - 1), first->row + 1);
    }
    if (row.unit_formula.size() > longest_formula) row.live = false;
  }
  return calculation;
}

}  // namespace cradle::reporting
