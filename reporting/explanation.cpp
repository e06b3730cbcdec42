// SPDX-License-Identifier: Apache-2.0
#include "reporting/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>

#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Kind = ExplanationKind;

std::string with_unit(const std::string& value, const std::string& unit) {
  return unit.empty() || unit == "1" ? value : value + " " + unit;
}

/// As a person would write it: whole numbers whole, others at six digits.
std::string plain(double value) {
  if (value != std::floor(value) || std::abs(value) >= 1e15) return fmt::format("{:.6g}", value);
  return significant(value, static_cast<int>(fmt::format("{:.0f}", std::abs(value)).size()));
}

std::string rounded(double value, const std::string& unit) { return with_unit(plain(value), unit); }

/// What answers the figure's question in one process and flow: an entry of the ledger, or one of a tree for all its
/// users of a stage.
struct Contribution {
  std::string stage;
  const lca::LedgerEntry* entry;
  double amount, value;
  std::size_t users = 1;
};

std::vector<Contribution> contributions(const Disclosure& d, const lca::Query& query) {
  const auto& solution = d.solution();
  const auto prepared = solution.evaluator().prepare(query);
  std::vector<Contribution> all;
  for (const auto e : prepared.entries) {
    const auto& entry = solution.ledger()[e];
    all.push_back({stage_of(entry), &entry, entry.amount, entry.sum(query.what)});
  }
  for (const auto& pairs : prepared.pairs) {
    const auto& tree = solution.trees()[pairs.tree];
    for (const auto e : pairs.entries) {
      std::map<std::string, Contribution> by_stage;
      for (const auto u : pairs.users) {
        lca::Tags tags = tree.entries[e].tags;
        tags.insert(tree.uses[u].tags.begin(), tree.uses[u].tags.end());
        const auto stage = stage_name(lca::tag_of(tags, "life_cycle"), lca::tag_of(tags, "activity"),
                                      lca::tag_of(tags, "account"));
        auto& sum = by_stage.try_emplace(stage, Contribution{stage, &tree.entries[e], 0.0, 0.0, 0}).first->second;
        sum.amount += tree.entries[e].amount * tree.uses[u].amount;
        sum.value += tree.entries[e].sum(query.what) * tree.uses[u].amount;
        ++sum.users;
      }
      for (auto& [stage, sum] : by_stage) all.push_back(sum);
    }
  }
  std::erase_if(all, [](const Contribution& one) { return one.value == 0.0; });
  return all;
}

class Explainer {
 public:
  Explainer(const Disclosure& d, const FigureDefinition& definition, const ExplanationOptions& options)
      : system_(d.assessment->system()), solution_(d.solution()), options_(options), unit_(definition.unit) {
    query_ = definition.query(system_).value_or(lca::Query{});
    tree_ = {Kind::figure, definition.label, solution_.fold(query_), unit_};
    contributions_ = contributions(d, query_);
  }

  Explanation run() {
    std::map<std::string, std::vector<Contribution>> stages;
    std::vector<Explanation> branches;
    for (const auto& one : contributions_) stages[one.stage].push_back(one);
    for (const auto& [stage, entries] : stages) {
      const double sum = std::accumulate(entries.begin(), entries.end(), 0.0,
                                         [](double total, const Contribution& one) { return total + one.value; });
      branches.push_back({Kind::stage, stage, sum, unit_});
    }
    largest_first(branches, [](const Explanation& branch) { return branch.value; });
    if (options_.depth < 1) return tree_;
    for (auto& branch : branches) {
      if (options_.depth > 1) add_entries(stages.at(branch.text), branch);
      tree_.children.push_back(std::move(branch));
    }
    return tree_;
  }

 private:
  template <typename Items, typename Value>
  static void largest_first(Items& items, Value value) {
    std::stable_sort(items.begin(), items.end(),
                     [&](const auto& a, const auto& b) { return std::abs(value(a)) > std::abs(value(b)); });
  }

  /// Those that are not worth a line of their own are one line together.
  void add_entries(std::vector<Contribution> entries, Explanation& stage) {
    constexpr double worth_a_line = 0.01;  // of the figure
    constexpr std::size_t most_lines = 12;
    largest_first(entries, [](const Contribution& one) { return one.value; });
    std::size_t shown = entries.size();
    if (!options_.all) {
      shown = 0;
      while (shown < entries.size() && shown < most_lines &&
             std::abs(entries[shown].value) >= worth_a_line * std::abs(tree_.value))
        ++shown;
      shown = std::max<std::size_t>(shown, 1);
      if (entries.size() - shown == 1) ++shown;  // one more line says more than "1 more"
    }
    for (std::size_t i = 0; i < shown; ++i) stage.children.push_back(explain_entry(entries[i]));
    if (shown == entries.size()) return;
    double rest = 0.0;
    for (std::size_t i = shown; i < entries.size(); ++i) rest += entries[i].value;
    stage.children.push_back({Kind::folded, fmt::format("{} more", entries.size() - shown), rest, unit_});
  }

  Explanation explain_entry(const Contribution& one) {
    const auto& entry = *one.entry;
    Explanation node{Kind::entry, "", one.value, unit_};
    std::string flow = entry.flow;
    const auto provider =
        entry.at ? system_.instances()[entry.at->instance].providers[entry.at->exchange] : std::nullopt;
    if (provider) flow = system_.process(*provider).name;
    node.text = entry.unit == unit_ ? fmt::format("{}, direct", entry.process)
                                    : fmt::format("{}: {} of {}", entry.process, rounded(one.amount, entry.unit), flow);
    if (one.users > 1) node.text += fmt::format(", for {} users", one.users);
    if (options_.depth < 3 || !entry.at) return node;
    const auto& exchange = system_.exchange(*entry.at);
    add_use(node, entry.rule.empty() ? "amount" : entry.rule, exchange.amount,
            "per " + system_.process(entry.at->instance).unit, 3);
    add_chain(node, entry.at->instance);
    if (provider && query_.what)
      for (const auto& supply : system_.process(*provider).exchanges)
        if (system_.inventory().methods[*query_.what].factors.contains(supply.flow)) add_quantities(node, supply.amount, 3);
    return node;
  }

  /// A rule with its formula, and the quantities in it.
  void add_use(Explanation& node, const std::string& rule, const lca::Expression& amount, const std::string& per,
               std::size_t depth) {
    if (!amount.is_number())
      node.children.push_back({Kind::use, fmt::format("{}: {} {}", rule, text_of(amount), per)});
    else if (!amount.is_constant(1.0))
      node.children.push_back({Kind::use, fmt::format("{}: {} {}", rule, plain(value_of(amount)), per)});
    else
      node.children.push_back({Kind::use, rule});
    add_quantities(node, amount, depth);
  }

  /// What multiplies an entry on the way up to the functional unit.
  void add_chain(Explanation& node, std::size_t instance) {
    for (std::size_t at = instance; at != system_.root();) {
      const auto& consumers = system_.consumers(at);
      if (consumers.empty()) return;
      const auto& process = system_.process(at);
      std::string runs = fmt::format("{} runs of '{}'", plain(solution_.scaling()[at]), process.name);
      if (!told_chains_.insert(at).second) {
        node.children.push_back({Kind::use, runs + ": as above", 0.0, "", "", true});
        return;
      }
      // Only one consumer per step is shown: tagged processes have one, and a loop would not end.
      const auto& use = consumers.front();
      const auto& exchange = system_.exchange(use);
      node.children.push_back(
          {Kind::use,
           fmt::format("{} for '{}'{}{}", runs, system_.process(use.instance).name,
                       exchange.amount.is_constant(1.0) ? "" : ": " + text_of(exchange.amount),
                       consumers.size() > 1 ? fmt::format(" (one of {} uses)", consumers.size()) : "")});
      add_quantities(node, exchange.amount, 3);
      at = use.instance;
    }
  }

  void add_quantities(Explanation& node, const lca::Expression& amount, std::size_t depth) {
    if (depth > options_.depth) return;
    std::set<lca::ParameterIndex> read;
    amount.collect_parameters(read);
    for (const auto index : read) {
      const auto& p = system_.parameters()[index];
      Explanation quantity{Kind::quantity, "", p.value, p.unit, p.name};
      quantity.repeated = !told_.insert(index).second;
      quantity.text = quantity.repeated ? fmt::format("{} = {}: as above", p.label, rounded(p.value, p.unit))
                                        : describe(system_.parameters(), index);
      if (!quantity.repeated && p.calculated()) add_quantities(quantity, *p.formula, depth + 1);
      node.children.push_back(std::move(quantity));
    }
  }

  double value_of(const lca::Expression& amount) const { return amount.evaluate(system_.parameters().values()); }
  std::string text_of(const lca::Expression& amount) const {
    return amount.text([&](lca::ParameterIndex index) { return system_.parameters()[index].name; });
  }

  const lca::ProductSystem& system_;
  const lca::Solution& solution_;
  const ExplanationOptions options_;
  const std::string unit_;
  lca::Query query_;
  Explanation tree_;
  std::vector<Contribution> contributions_;
  std::set<lca::ParameterIndex> told_;
  std::set<std::size_t> told_chains_;
};

}  // namespace

std::string describe(const lca::Parameters& parameters, lca::ParameterIndex index) {
  const auto& p = parameters[index];
  const std::string label = p.label.empty() ? p.name : p.label;
  std::string text = fmt::format("{} = {}", label, rounded(p.value, p.unit));
  if (p.calculated()) {
    text += " = " + p.formula->text([&](lca::ParameterIndex i) { return parameters[i].name; });
    return p.rule.empty() ? text : text + "  (" + p.rule + ")";
  }
  if (p.range == lca::RangeKind::interval_95)
    text += fmt::format(" (95 %: {} to {})", plain(p.low), plain(p.high));
  if (p.range == lca::RangeKind::scenario)
    text = fmt::format("{} = {} to {} (scenario)", label, plain(p.low), rounded(p.high, p.unit));
  text += fmt::format("  [{}{}]", lca::name_of(p.basis), p.verified ? ", verified" : "");
  if (p.place.line > 0) text += fmt::format("  {}:{}:{}", p.place.file, p.place.line, p.place.column);
  if (!p.source.empty()) text += "  " + p.source;
  return text;
}

Explanation explain(const Disclosure& d, const FigureDefinition& definition, const ExplanationOptions& options) {
  return Explainer(d, definition, options).run();
}

}  // namespace cradle::reporting
