// SPDX-License-Identifier: Apache-2.0
#include "lca/ledger_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cradle::lca {

LedgerWriter::LedgerWriter(const Evaluator& evaluator, const Evaluation& at)
    : evaluator_(evaluator), system_(evaluator.system()), at_(at) {
  for (const auto& flow : system_.inventory().elementary_flows) elementary_units_[flow.name] = flow.unit;
}

std::set<ParameterIndex> LedgerWriter::inputs_of(const Expression& expression) const {
  std::set<ParameterIndex> read;
  expression.collect_parameters(read);
  return system_.parameters().inputs_of(read);
}

Basis LedgerWriter::weakest(const std::set<ParameterIndex>& inputs) const {
  Basis basis = Basis::metered;
  for (const auto index : inputs) basis = std::max(basis, system_.parameters()[index].basis);
  return basis;
}

Ranged LedgerWriter::ranged(const std::set<ParameterIndex>& inputs) const {
  Ranged all;
  for (const auto index : inputs) {
    const auto& p = system_.parameters()[index];
    all = all | Ranged{p.range != RangeKind::none, p.uncertain && p.range == RangeKind::none};
  }
  return all;
}

/// An amount is only as sure as its weakest input: which input that is. More of them than a reader can take in are left out.
std::vector<ParameterIndex> LedgerWriter::parts_of_basis(const std::set<ParameterIndex>& activity,
                                                         const std::set<ParameterIndex>& supply) const {
  constexpr std::size_t most = 8;
  std::set<ParameterIndex> all = activity;
  if (all.size() > most || supply.size() > most) return {};
  all.insert(supply.begin(), supply.end());
  std::set<Basis> bases;
  for (const auto index : all) bases.insert(system_.parameters()[index].basis);
  if (bases.size() < 2 || all.size() > most) return {};
  return {all.begin(), all.end()};
}

std::string LedgerWriter::sources(const std::set<ParameterIndex>& inputs) const {
  std::vector<std::string> sources;
  for (const auto index : inputs) {
    const std::string& source = system_.parameters()[index].source;
    if (!source.empty() && std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(source);
  }
  return fmt::format("{}", fmt::join(sources, "; "));
}

const std::set<ParameterIndex>& LedgerWriter::supply_inputs(std::size_t instance) {
  if (supply_of_ != instance) {
    supply_ = system_.parameters().inputs_of(system_.parameters_of_supply(instance));
    supply_of_ = instance;
  }
  return supply_;
}

const LedgerWriter::Factor& LedgerWriter::factor_of(std::size_t position) {
  if (const auto known = factors_.find(position); known != factors_.end()) return known->second;
  std::set<ParameterIndex> read;
  std::set<std::size_t> seen;
  std::vector<std::size_t> open{evaluator_.background().members()[position]};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    const auto& process = system_.process(at);
    process.production.collect_parameters(read);
    for (const auto& exchange : process.exchanges) exchange.amount.collect_parameters(read);
    for (const auto& provider : system_.instances()[at].providers)
      if (provider) open.push_back(*provider);
  }
  auto inputs = system_.parameters().inputs_of(read);
  const Basis basis = weakest(inputs);
  const Ranged ranges = ranged(inputs);
  return factors_.emplace(position, Factor{std::move(inputs), basis, ranges}).first->second;
}

LedgerEntry LedgerWriter::entry(const EntrySite& site) {
  LedgerEntry entry;
  entry.at = site.at;
  entry.tags = site.tags;
  entry.amount = at_.slots[site.amount] * evaluator_.runs(at_, site);
  for (std::size_t m = 0; m < system_.inventory().methods.size(); ++m)
    entry.impacts.push_back(entry.amount * evaluator_.weight(at_, site, m));
  std::set<ParameterIndex> own;
  if (site.background) {
    const auto& factor = factor_of(*site.background);
    entry.factor_basis = factor.basis;
    own = factor.inputs;
    entry.ranged = factor.ranged;
    entry.unit = system_.process(evaluator_.background().members()[*site.background]).unit;
  }
  if (!site.at) {
    entry.process = "demand";
    entry.flow = system_.process(system_.root()).name;
    entry.basis = *entry.factor_basis;
    entry.source = sources(own);
    return entry;
  }
  const auto& exchange = system_.exchange(*site.at);
  entry.process = system_.process(site.at->instance).name;
  entry.flow = exchange.flow;
  entry.rule = exchange.rule;
  if (!site.background) entry.unit = elementary_units_[exchange.flow];
  const auto activity = inputs_of(exchange.amount);
  entry.basis = std::max(weakest(supply_inputs(site.at->instance)), weakest(activity));
  entry.basis_of = parts_of_basis(activity, supply_inputs(site.at->instance));
  entry.ranged = entry.ranged | ranged(activity) | ranged(supply_inputs(site.at->instance));
  own.insert(activity.begin(), activity.end());
  entry.source = sources(own);
  return entry;
}

std::vector<LedgerEntry> LedgerWriter::entries() {
  std::vector<LedgerEntry> all;
  all.reserve(evaluator_.entries().size());
  for (const auto& site : evaluator_.entries()) all.push_back(entry(site));
  return all;
}

std::vector<LedgerTree> LedgerWriter::trees() {
  std::vector<LedgerTree> all;
  for (std::size_t t = 0; t < evaluator_.trees().size(); ++t) {
    const auto& site = evaluator_.trees()[t];
    LedgerTree tree{system_.process(system_.trees()[t].root).product, {}, {}};
    for (const auto& one : site.entries) tree.entries.push_back(entry(one));
    for (const auto& user : site.users) {
      const auto activity = inputs_of(system_.exchange(user.at).amount);
      tree.uses.push_back({system_.process(user.at.instance).name, user.tags,
                           at_.slots[user.amount] * at_.runs[user.at.instance],
                           std::max(weakest(supply_inputs(user.at.instance)), weakest(activity)),
                           ranged(activity) | ranged(supply_inputs(user.at.instance))});
    }
    all.push_back(std::move(tree));
  }
  return all;
}

}  // namespace cradle::lca
