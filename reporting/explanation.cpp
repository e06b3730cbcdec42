// SPDX-License-Identifier: Apache-2.0
#include "reporting/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

/// The chain from a process up to the functional unit: what multiplies its exchange.
void add_chain(const lca::ProductSystem& system, const lca::Solution& solution, std::size_t instance,
               Explanation& node) {
  const auto& parameters = system.parameters();
  const auto name = [&](lca::ParameterIndex index) { return parameters[index].name; };
  for (std::size_t at = instance, depth = 0; at != system.root() && depth < 20; ++depth) {
    // Only one consumer per step is shown: tagged processes have one, and a loop would not end.
    const auto& consumers = system.consumers(at);
    if (consumers.empty()) break;
    const auto& use = consumers.front();
    const auto& exchange = system.exchange(use);
    node.children.push_back(
        {fmt::format("{} runs of '{}' for '{}': {}{}", solution.scaling()[at], system.process(at).name,
                     system.process(use.instance).name, exchange.amount.text(name),
                     consumers.size() > 1 ? fmt::format(" (one of {} uses)", consumers.size()) : ""),
         solution.scaling()[at],
         system.process(at).unit,
         {}});
    at = use.instance;
  }
}

}  // namespace

std::string describe(const lca::Parameter& p) {
  std::string text =
      fmt::format("{} = {} {}", p.label.empty() ? p.name : p.label, p.value, p.unit == "1" ? "" : p.unit);
  if (text.ends_with(' ')) text.pop_back();
  if (p.range == lca::RangeKind::interval_95) text += fmt::format(" (95 %: {} to {})", p.low, p.high);
  if (p.range == lca::RangeKind::scenario)
    text = fmt::format("{} = {} to {} {} (scenario)", p.label, p.low, p.high, p.unit);
  text += fmt::format("  [{}{}]", lca::name_of(p.basis), p.verified ? ", verified" : "");
  if (p.place.line > 0) text += fmt::format("  {}:{}:{}", p.place.file, p.place.line, p.place.column);
  if (!p.source.empty()) text += "  " + p.source;
  return text;
}

Explanation explain(const Disclosure& d, const FigureDefinition& definition) {
  const auto& system = d.compiled().system;
  const auto& parameters = system.parameters();
  const auto name = [&](lca::ParameterIndex index) { return parameters[index].name; };
  const auto query = definition.query(system).value_or(lca::Query{});
  const auto value_of = [&](const lca::LedgerEntry& entry) { return entry.sum(query.what); };

  Explanation tree{definition.label, d.solution().fold(query), definition.unit, {}};
  for (const auto& stage : d.stages) {
    Explanation branch{stage.stage, 0.0, definition.unit, {}};
    for (const auto& entry : d.solution().ledger()) {
      if (!lca::selects(query.where, entry) || stage_of(entry) != stage.stage || value_of(entry) == 0.0) continue;
      Explanation leaf{"", value_of(entry), definition.unit, {}};
      std::string flow = entry.flow;
      std::set<lca::ParameterIndex> used;
      std::string formula;
      if (entry.at) {
        const auto provider = system.instances()[entry.at->instance].providers[entry.at->exchange];
        if (provider) flow = system.process(*provider).name;
        const auto& amount = system.exchange(*entry.at).amount;
        formula = amount.text(name);
        amount.collect_parameters(used);
        const auto supply = system.parameters_of_supply(entry.at->instance);
        used.insert(supply.begin(), supply.end());
        if (provider)
          for (const auto& exchange : system.process(*provider).exchanges) exchange.amount.collect_parameters(used);
      }
      leaf.text = fmt::format("{}: {} {} of {}", entry.process, significant(entry.amount, 6), entry.unit, flow);
      leaf.children.push_back({fmt::format("{}: {} per {}", entry.rule.empty() ? "amount" : entry.rule, formula,
                                           entry.at ? system.process(entry.at->instance).unit : "unit"),
                               0.0,
                               "",
                               {}});
      if (entry.at) add_chain(system, d.solution(), entry.at->instance, leaf);
      for (const auto index : used)
        leaf.children.push_back({describe(parameters[index]), parameters[index].value, parameters[index].unit, {}});
      branch.value += leaf.value;
      branch.children.push_back(std::move(leaf));
    }
    if (branch.children.empty()) continue;
    std::stable_sort(branch.children.begin(), branch.children.end(),
                     [](const Explanation& a, const Explanation& b) { return std::abs(a.value) > std::abs(b.value); });
    tree.children.push_back(std::move(branch));
  }
  return tree;
}

}  // namespace cradle::reporting
