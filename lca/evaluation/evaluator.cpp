// SPDX-License-Identifier: Apache-2.0
#include "lca/evaluation/evaluator.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

template <typename Belongs>
std::vector<std::size_t> members(const ProductSystem& system, Belongs belongs) {
  std::vector<std::size_t> all;
  for (const std::size_t i : system.order())
    if (belongs(i)) all.push_back(i);
  return all;
}

std::vector<std::size_t> foreground_of(const ProductSystem& system) {
  return members(system, [&](std::size_t i) {
    return !system.background(i) && system.instances()[i].tree == Instance::no_tree;
  });
}

std::vector<std::size_t> background_of(const ProductSystem& system) {
  return members(system, [&](std::size_t i) { return system.background(i); });
}

std::vector<InstanceSlots> slots_of(const ProductSystem& system, Tape& tape) {
  std::vector<InstanceSlots> all;
  all.reserve(system.instances().size());
  for (std::size_t i = 0; i < system.instances().size(); ++i) {
    const auto& process = system.process(i);
    InstanceSlots slots{tape.add(process.production), {}};
    for (const auto& exchange : process.exchanges) slots.exchanges.push_back(tape.add(exchange.amount));
    all.push_back(std::move(slots));
  }
  return all;
}

/// Flows are numbered by name and place; each with the factors that methods have for it.
std::vector<FlowSite> number_flows(const ProductSystem& system, Tape& tape,
                                   std::vector<std::vector<std::size_t>>& flow_of) {
  std::map<std::pair<std::string, std::string>, std::size_t> numbers;
  for (std::size_t i = 0; i < system.instances().size(); ++i)
    for (const auto& exchange : system.process(i).exchanges)
      if (exchange.kind == Exchange::Kind::biosphere) numbers.emplace(std::pair(exchange.flow, system.process(i).place), 0);
  std::vector<FlowSite> flows;
  for (auto& [flow, number] : numbers) {
    number = flows.size();
    FlowSite site{flow.first, flow.second, {}};
    for (const auto& method : system.inventory().methods) {
      const auto factor = factor_of(method, flow.first, flow.second);
      site.factors.push_back(factor ? std::optional(tape.add(factor->value)) : std::nullopt);
    }
    flows.push_back(std::move(site));
  }
  for (std::size_t i = 0; i < system.instances().size(); ++i) {
    std::vector<std::size_t> row;
    for (const auto& exchange : system.process(i).exchanges)
      row.push_back(exchange.kind == Exchange::Kind::biosphere ? numbers.at({exchange.flow, system.process(i).place})
                                                               : 0);
    flow_of.push_back(std::move(row));
  }
  return flows;
}

/// Splits a selection over an entry of a tree and its user: terms on tags that the entry has are its own to answer.
std::optional<std::uint64_t> deferred_terms(const Selection& where, const EntrySite& entry,
                                            const std::string& process, const std::string& flow) {
  std::uint64_t deferred = 0;
  for (std::size_t t = 0; t < where.size(); ++t) {
    const auto& key = where[t].key;
    const auto tag = entry.tags.find(key);
    const std::string* value = key == "process" ? &process
                               : key == "flow"  ? &flow
                               : tag == entry.tags.end() ? nullptr : &tag->second;
    if (value == nullptr)
      deferred |= std::uint64_t{1} << t;
    else if (!where[t].holds(value))
      return std::nullopt;
  }
  return deferred;
}

}  // namespace

Evaluator::Evaluator(const ProductSystem& system)
    : system_(&system),
      tape_(system.parameters(), system.parameter_order()),
      demand_(tape_.add(system.inventory().demand.amount)),
      slots_(slots_of(system, tape_)),
      flows_(number_flows(system, tape_, flow_of_)),
      foreground_(system, foreground_of(system), slots_),
      background_(system, background_of(system), slots_) {
  if (system.background(system.root()))
    entries_.push_back({std::nullopt, demand_, background_.position(system.root()), 0, {}});
  auto direct = entries_of(foreground_.members());
  std::move(direct.begin(), direct.end(), std::back_inserter(entries_));
  std::vector<std::vector<std::size_t>> of_tree(system.trees().size());
  for (const std::size_t i : system.order())
    if (const auto tree = system.instances()[i].tree; tree != Instance::no_tree) of_tree[tree].push_back(i);
  for (std::size_t t = 0; t < of_tree.size(); ++t) {
    const auto& tree = system.trees()[t];
    auto entries = entries_of(of_tree[t]);
    Block block(system, std::move(of_tree[t]), slots_);
    const auto root = block.position(tree.root);
    TreeSite site{std::move(block), root, std::move(entries), {}};
    for (const auto& use : tree.users) {
      Tags tags = system.instances()[use.instance].inherited;
      for (const auto& [key, value] : system.exchange(use).assigns) tags[key] = value;
      site.users.push_back({use, slots_[use.instance].exchanges[use.exchange], std::move(tags)});
    }
    trees_.push_back(std::move(site));
  }
  jumps_ = tape_.jumps();
}

EntrySite Evaluator::entry_of(std::size_t instance, std::size_t e) const {
  const auto& process = system_->process(instance);
  const auto& exchange = process.exchanges[e];
  const auto provider = system_->instances()[instance].providers[e];
  EntrySite entry{ExchangeAt{instance, e}, slots_[instance].exchanges[e], std::nullopt, flow_of_[instance][e],
                  system_->tags(instance)};
  if (provider) entry.background = background_.position(*provider);
  for (const auto& [key, value] : exchange.assigns) entry.tags[key] = value;
  if (!exchange.scope.empty()) entry.tags["scope"] = exchange.scope;
  return entry;
}

std::vector<EntrySite> Evaluator::entries_of(const std::vector<std::size_t>& members) const {
  std::vector<EntrySite> entries;
  for (const std::size_t instance : members)
    for (std::size_t e = 0; e < system_->process(instance).exchanges.size(); ++e) {
      const auto provider = system_->instances()[instance].providers[e];
      if (!provider || system_->background(*provider)) entries.push_back(entry_of(instance, e));
    }
  return entries;
}

Finding Evaluator::singular(const Block& block, const Singular& at) const {
  std::vector<std::string> names;
  for (const std::size_t member : system_->loop_of(block.members()[static_cast<std::size_t>(at.column)]))
    names.push_back("'" + system_->process(member).name + "'");
  return {"E053",
          fmt::format("the system is singular: {} supplies nothing net of its own use", fmt::join(names, ", ")),
          "a process, or a loop of processes, must make more of its product than it uses"};
}

Result<void> Evaluator::check_finite(const std::vector<double>& slots) const {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    for (std::size_t e = 0; e < slots_[i].exchanges.size(); ++e)
      if (!std::isfinite(slots[slots_[i].exchanges[e]]))
        return failure({"E054",
                        fmt::format("the amount of '{}' in '{}' is not a finite number",
                                    system_->process(i).exchanges[e].flow, system_->process(i).name),
                        "look for a division by zero in its inputs"});
  const auto refuse = [](const std::string& what) {
    return failure({"E054", what + " is not a finite number", "look for a division by zero in its inputs"});
  };
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!std::isfinite(slots[slots_[i].production])) return refuse("what '" + system_->process(i).name + "' makes");
  if (!std::isfinite(slots[demand_])) return refuse("the demand");
  for (const auto& flow : flows_)
    for (const auto& factor : flow.factors)
      if (factor && !std::isfinite(slots[*factor])) return refuse("a factor of '" + flow.name + "'");
  return {};
}

Result<Evaluation> Evaluator::evaluate(std::span<const double> parameters) const {
  Evaluation at;
  at.slots = tape_.values(parameters);
  if (auto finite = check_finite(at.slots); !finite) return tl::unexpected(std::move(finite.error()));
  if (auto solved = solve_foreground(at); !solved) return tl::unexpected(std::move(solved.error()));
  if (auto solved = solve_background(at); !solved) return tl::unexpected(std::move(solved.error()));
  return at;
}

Result<void> Evaluator::solve_foreground(Evaluation& at) const {
  at.runs.assign(system_->instances().size(), 0.0);
  const auto supply = [&](const Block& block, std::size_t root, double amount) -> Result<void> {
    std::vector<double> demand(block.size(), 0.0);
    if (root != Block::outside) demand[root] = amount;
    const auto solved = solve(block.at(at.slots), Side::supply, demand);
    if (!solved) return failure(singular(block, solved.error()));
    for (std::size_t p = 0; p < block.size(); ++p) at.runs[block.members()[p]] = (*solved)[p];
    return {};
  };
  for (const auto& tree : trees_)
    if (auto solved = supply(tree.block, tree.root, 1.0); !solved) return solved;
  return supply(foreground_, foreground_.position(system_->root()), at.slots[demand_]);
}

std::vector<double> Evaluator::direct_impacts(const Evaluation& at, std::size_t method) const {
  std::vector<double> direct(background_.size(), 0.0);
  for (std::size_t p = 0; p < background_.size(); ++p) {
    const std::size_t instance = background_.members()[p];
    const auto& exchanges = system_->process(instance).exchanges;
    for (std::size_t e = 0; e < exchanges.size(); ++e)
      if (exchanges[e].kind == Exchange::Kind::biosphere)
        if (const auto& factor = flows_[flow_of_[instance][e]].factors[method])
          direct[p] += at.slots[slots_[instance].exchanges[e]] * at.slots[*factor];
  }
  return direct;
}

Result<void> Evaluator::solve_background(Evaluation& at) const {
  const FlowSystem flow = background_.at(at.slots);
  for (std::size_t m = 0; m < system_->inventory().methods.size(); ++m) {
    auto intensity = priced(background_, flow, direct_impacts(at, m));
    if (!intensity) return tl::unexpected(std::move(intensity.error()));
    at.intensity.push_back(std::move(*intensity));
  }
  return {};
}

Result<std::vector<double>> Evaluator::priced(const Block& block, const FlowSystem& flow,
                                              std::vector<double> per_run) const {
  if (std::all_of(per_run.begin(), per_run.end(), [](double x) { return x == 0.0; })) return per_run;
  auto price = solve(flow, Side::price, per_run);
  if (!price) return failure(singular(block, price.error()));
  return std::move(*price);
}

double Evaluator::weight(const Evaluation& at, const EntrySite& entry, const Weight& what) const {
  if (!what) return 1.0;
  if (entry.background) return at.intensity[*what][*entry.background];
  const auto& factor = flows_[entry.flow].factors[*what];
  return factor ? at.slots[*factor] : 0.0;
}

PreparedQuery Evaluator::prepare(const Query& query) const {
  static const std::string demand = "demand";
  const auto process = [&](const EntrySite& entry) -> const std::string& {
    return entry.at ? system_->process(entry.at->instance).name : demand;
  };
  const auto flow = [&](const EntrySite& entry) -> const std::string& {
    return entry.at ? system_->exchange(*entry.at).flow : system_->process(system_->root()).name;
  };
  PreparedQuery prepared{query, {}, {}};
  for (std::size_t e = 0; e < entries_.size(); ++e) {
    const auto deferred = deferred_terms(query.where, entries_[e], process(entries_[e]), flow(entries_[e]));
    if (!deferred) continue;
    bool holds = true;
    for (std::size_t t = 0; t < query.where.size(); ++t)
      if ((*deferred >> t & 1) != 0) holds = holds && query.where[t].holds(nullptr);
    if (holds) prepared.entries.push_back(e);
  }
  for (std::size_t t = 0; t < trees_.size(); ++t) {
    std::map<std::uint64_t, std::vector<std::size_t>> by_deferred;
    const auto& tree = trees_[t];
    for (std::size_t e = 0; e < tree.entries.size(); ++e)
      if (const auto deferred =
              deferred_terms(query.where, tree.entries[e], process(tree.entries[e]), flow(tree.entries[e])))
        by_deferred[*deferred].push_back(e);
    for (auto& [deferred, entries] : by_deferred) {
      Selection rest;
      for (std::size_t i = 0; i < query.where.size(); ++i)
        if ((deferred >> i & 1) != 0) rest.push_back(query.where[i]);
      PreparedQuery::Pairs pairs{t, std::move(entries), {}};
      for (std::size_t u = 0; u < tree.users.size(); ++u)
        if (selects(rest, tree.users[u].tags)) pairs.users.push_back(u);
      if (!pairs.users.empty()) prepared.pairs.push_back(std::move(pairs));
    }
  }
  return prepared;
}

namespace {

double users_amount(const Evaluation& at, const TreeSite& tree, const std::vector<std::size_t>& users) {
  maths::Sum sum;
  for (const auto u : users) sum.add(at.slots[tree.users[u].amount] * at.runs[tree.users[u].at.instance]);
  return sum.value();
}

}  // namespace

double Evaluator::fold(const Evaluation& at, const PreparedQuery& query) const {
  const auto& what = query.query.what;
  const auto value = [&](const EntrySite& entry) {
    return at.slots[entry.amount] * runs(at, entry) * weight(at, entry, what);
  };
  maths::Sum total;
  for (const auto e : query.entries) total.add(value(entries_[e]));
  for (const auto& pairs : query.pairs) {
    const auto& tree = trees_[pairs.tree];
    maths::Sum per_unit;
    for (const auto e : pairs.entries) per_unit.add(value(tree.entries[e]));
    total.add(per_unit.value() * users_amount(at, tree, pairs.users));
  }
  return total.value();
}

/// d(price . supply) of a block: -price_i runs_i per production, price_supplier runs_i per amount taken.
void Evaluator::add_supply_seeds(const Block& block, const std::vector<double>& price, const std::vector<double>& runs,
                                 std::vector<double>& seeds) const {
  for (std::size_t p = 0; p < block.size(); ++p) {
    const std::size_t instance = block.members()[p];
    if (runs[p] == 0.0) continue;
    seeds[slots_[instance].production] -= price[p] * runs[p];
    const auto& providers = system_->instances()[instance].providers;
    for (std::size_t e = 0; e < providers.size(); ++e)
      if (providers[e] && block.holds(*providers[e]))
        seeds[slots_[instance].exchanges[e]] += price[block.position(*providers[e])] * runs[p];
  }
}

Result<std::vector<double>> Evaluator::gradient(const Evaluation& at, const PreparedQuery& query) const {
  const auto& what = query.query.what;
  std::vector<double> seeds(tape_.size(), 0.0);
  std::vector<double> asked(background_.size(), 0.0);  // of the background
  // What one unit of an entry's amount counts `times` over: seeds of the amount and of its factor, what it asks of the
  // background, and its weight per run of the process.
  const auto take_entry = [&](const EntrySite& entry, double times) {
    const double w = weight(at, entry, what) * times;
    seeds[entry.amount] += w * runs(at, entry);
    const double amount = at.slots[entry.amount] * runs(at, entry) * times;
    if (entry.background)
      asked[*entry.background] += amount;
    else if (what && flows_[entry.flow].factors[*what])
      seeds[*flows_[entry.flow].factors[*what]] += amount;
    return w * at.slots[entry.amount];
  };
  const auto runs_of = [&](const Block& block) {
    std::vector<double> runs(block.size());
    for (std::size_t p = 0; p < block.size(); ++p) runs[p] = at.runs[block.members()[p]];
    return runs;
  };
  const auto close = [&](const Block& block, std::vector<double> per_run) -> Result<std::vector<double>> {
    auto price = priced(block, block.at(at.slots), std::move(per_run));
    if (price) add_supply_seeds(block, *price, runs_of(block), seeds);
    return price;
  };

  std::vector<double> per_run(foreground_.size(), 0.0);
  for (const auto e : query.entries) {
    const double w = take_entry(entries_[e], 1.0);
    if (entries_[e].at) per_run[foreground_.position(entries_[e].at->instance)] += w;
  }
  for (const auto& pairs : query.pairs) {
    const auto& tree = trees_[pairs.tree];
    const double users = users_amount(at, tree, pairs.users);
    std::vector<double> tree_per_run(tree.block.size(), 0.0);
    maths::Sum per_unit;
    for (const auto e : pairs.entries) {
      const auto& entry = tree.entries[e];
      tree_per_run[tree.block.position(entry.at->instance)] += take_entry(entry, users);
      per_unit.add(at.slots[entry.amount] * runs(at, entry) * weight(at, entry, what));
    }
    if (const auto closed = close(tree.block, std::move(tree_per_run)); !closed) return tl::unexpected(closed.error());
    for (const auto u : pairs.users) {
      const auto& user = tree.users[u];
      seeds[user.amount] += per_unit.value() * at.runs[user.at.instance];
      per_run[foreground_.position(user.at.instance)] += per_unit.value() * at.slots[user.amount];
    }
  }
  const auto price = close(foreground_, std::move(per_run));
  if (!price) return tl::unexpected(price.error());
  if (foreground_.holds(system_->root())) seeds[demand_] += (*price)[foreground_.position(system_->root())];
  if (what && std::any_of(asked.begin(), asked.end(), [](double x) { return x != 0.0; })) {
    const auto runs = solve(background_.at(at.slots), Side::supply, asked);
    if (!runs) return failure(singular(background_, runs.error()));
    add_supply_seeds(background_, at.intensity[*what], *runs, seeds);
    for (std::size_t p = 0; p < background_.size(); ++p) {
      const std::size_t instance = background_.members()[p];
      const auto& exchanges = system_->process(instance).exchanges;
      for (std::size_t e = 0; e < exchanges.size(); ++e)
        if (exchanges[e].kind == Exchange::Kind::biosphere)
          if (const auto& factor = flows_[flow_of_[instance][e]].factors[*what]) {
            const auto amount = slots_[instance].exchanges[e];
            seeds[amount] += at.slots[*factor] * (*runs)[p];
            seeds[*factor] += at.slots[amount] * (*runs)[p];
          }
    }
  }
  return tape_.gradient(at.slots, std::move(seeds));
}

std::vector<double> Evaluator::drawn_from_background(const Evaluation& at) const {
  std::vector<double> drawn(background_.size(), 0.0);
  const auto add = [&](const EntrySite& entry, double times) {
    if (entry.background) drawn[*entry.background] += at.slots[entry.amount] * runs(at, entry) * times;
  };
  for (const auto& entry : entries_) add(entry, 1.0);
  for (const auto& tree : trees_) {
    double users = 0.0;
    for (const auto& user : tree.users) users += at.slots[user.amount] * at.runs[user.at.instance];
    for (const auto& entry : tree.entries) add(entry, users);
  }
  return drawn;
}

Result<std::vector<double>> Evaluator::supply(const Evaluation& at) const {
  std::vector<double> supply = at.runs;
  for (const auto& tree : trees_) {
    double users = 0.0;
    for (const auto& user : tree.users) users += at.slots[user.amount] * at.runs[user.at.instance];
    for (const std::size_t i : tree.block.members()) supply[i] *= users;
  }
  const auto runs = solve(background_.at(at.slots), Side::supply, drawn_from_background(at));
  if (!runs) return failure(singular(background_, runs.error()));
  for (std::size_t p = 0; p < background_.size(); ++p) supply[background_.members()[p]] = (*runs)[p];
  return supply;
}

std::vector<double> Evaluator::inventory(const Evaluation& at, const std::vector<double>& supply) const {
  std::vector<maths::Sum> sums(flows_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto& exchanges = system_->process(i).exchanges;
    for (std::size_t e = 0; e < exchanges.size(); ++e)
      if (exchanges[e].kind == Exchange::Kind::biosphere)
        sums[flow_of_[i][e]].add(at.slots[slots_[i].exchanges[e]] * supply[i]);
  }
  std::vector<double> amounts;
  for (const auto& sum : sums) amounts.push_back(sum.value());
  return amounts;
}

}  // namespace cradle::lca
