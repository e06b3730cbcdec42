// SPDX-License-Identifier: Apache-2.0
#include "lca/solution.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

using FlowIndex = std::map<std::pair<std::string, std::string>, int>;  // name and place

constexpr std::size_t outside = static_cast<std::size_t>(-1);

/// Square part of A over some instances: production on the diagonal, inputs negative.
struct Block {
  std::vector<std::size_t> members;   ///< instance of each column
  std::vector<std::size_t> position;  ///< column of each instance, or `outside`
  std::unique_ptr<Factors> factors;

  std::vector<double> gather(const std::vector<double>& all) const {
    std::vector<double> part(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) part[i] = all[members[i]];
    return part;
  }
};

SparseMatrix assemble(const ProductSystem& system, const Block& block) {
  const auto& values = system.parameters().values();
  std::vector<Triplet> triplets;
  for (std::size_t column = 0; column < block.members.size(); ++column) {
    const std::size_t instance = block.members[column];
    const UnitProcess& process = system.process(instance);
    const int c = static_cast<int>(column);
    triplets.push_back({c, c, process.production.evaluate(values)});
    for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
      const auto provider = system.instances()[instance].providers[e];
      if (provider && block.position[*provider] != outside)
        triplets.push_back(
            {static_cast<int>(block.position[*provider]), c, -process.exchanges[e].amount.evaluate(values)});
    }
  }
  const int n = static_cast<int>(block.members.size());
  return SparseMatrix::from(n, n, triplets);
}

/// "'a' -> 'b' -> 'a'" for a loop, "'a'" for a process on its own.
std::string name_loop(const ProductSystem& system, std::size_t instance) {
  std::vector<std::string> names;
  for (const std::size_t member : system.loop_of(instance)) names.push_back("'" + system.process(member).name + "'");
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<Block> make_block(const ProductSystem& system, const std::function<bool(std::size_t)>& belongs) {
  Block block;
  block.position.assign(system.instances().size(), outside);
  for (const std::size_t i : system.order())
    if (belongs(i)) {
      block.position[i] = block.members.size();
      block.members.push_back(i);
    }
  auto factors = factorise(assemble(system, block));
  if (!factors)
    return failure({"E053",
                    fmt::format("the system is singular: {} supplies nothing net of its own use",
                                name_loop(system, block.members[static_cast<std::size_t>(factors.error().column)])),
                    "a process, or a loop of processes, must make more of its product than it uses",
                    {},
                    ""});
  block.factors = std::move(*factors);
  return block;
}

/// B: elementary flows by instances, per run of each. Flows are numbered by `flow_index`.
SparseMatrix assemble_biosphere(const ProductSystem& system, const FlowIndex& flow_index) {
  std::vector<Triplet> triplets;
  for (std::size_t i = 0; i < system.instances().size(); ++i)
    for (const auto& exchange : system.process(i).exchanges)
      if (exchange.kind == Exchange::Kind::biosphere)
        triplets.push_back({flow_index.at({exchange.flow, system.process(i).place}), static_cast<int>(i),
                            exchange.amount.evaluate(system.parameters().values())});
  return SparseMatrix::from(static_cast<int>(flow_index.size()), static_cast<int>(system.instances().size()), triplets);
}

/// C: methods by elementary flows.
SparseMatrix assemble_characterisation(const ProductSystem& system, const FlowIndex& flow_index) {
  std::vector<Triplet> triplets;
  const auto& methods = system.inventory().methods;
  for (std::size_t m = 0; m < methods.size(); ++m)
    for (const auto& [flow, number] : flow_index)
      if (const auto factor = factor_of(methods[m], flow.first, flow.second))
        triplets.push_back({static_cast<int>(m), number, factor->value});
  return SparseMatrix::from(static_cast<int>(methods.size()), static_cast<int>(flow_index.size()), triplets);
}

/// Elementary flows that some process of the system has, numbered by name and place.
FlowIndex number_flows(const ProductSystem& system) {
  FlowIndex index;
  for (std::size_t i = 0; i < system.instances().size(); ++i)
    for (const auto& exchange : system.process(i).exchanges)
      if (exchange.kind == Exchange::Kind::biosphere)
        index.emplace(std::pair(exchange.flow, system.process(i).place), 0);
  int next = 0;
  for (auto& [flow, number] : index) number = next++;
  return index;
}

double characterise(const Method& method, const std::string& flow, const std::string& place) {
  const auto factor = factor_of(method, flow, place);
  return factor ? factor->value : 0.0;
}

Basis weakest(const std::set<ParameterIndex>& parameters, const Parameters& all) {
  Basis basis = Basis::metered;
  for (const auto index : parameters) basis = std::max(basis, all[index].basis);
  return basis;
}

/// Parameters that a background product's intensity depends on.
std::set<ParameterIndex> parameters_of_intensity(const ProductSystem& system, std::size_t instance) {
  std::set<ParameterIndex> parameters;
  std::set<std::size_t> seen{instance};
  std::vector<std::size_t> stack{instance};
  while (!stack.empty()) {
    const std::size_t at = stack.back();
    stack.pop_back();
    const UnitProcess& process = system.process(at);
    process.production.collect_parameters(parameters);
    for (const auto& exchange : process.exchanges) exchange.amount.collect_parameters(parameters);
    for (const auto& provider : system.instances()[at].providers)
      if (provider && seen.insert(*provider).second) stack.push_back(*provider);
  }
  return parameters;
}

std::string join_sources(const std::set<ParameterIndex>& parameters, const Parameters& all) {
  std::vector<std::string> sources;
  for (const auto index : parameters) {
    const std::string& source = all[index].source;
    if (!source.empty() && std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(source);
  }
  return fmt::format("{}", fmt::join(sources, "; "));
}

}  // namespace

struct Solution::Matrices {
  Block foreground;
  Block background;
  std::vector<std::vector<double>> intensity;  ///< y per method, by background column
};

Result<Solution> Solution::solve(const ProductSystem& system) {
  const auto& values = system.parameters().values();
  for (std::size_t i = 0; i < system.instances().size(); ++i)
    for (const auto& exchange : system.process(i).exchanges)
      if (const double amount = exchange.amount.evaluate(values); !std::isfinite(amount))
        return failure(
            {"E054",
             fmt::format("the amount of '{}' in '{}' is not a finite number", exchange.flow, system.process(i).name),
             "look for a division by zero in its inputs",
             {},
             ""});

  auto whole = make_block(system, [](std::size_t) { return true; });
  if (!whole) return tl::unexpected(std::move(whole.error()));
  auto foreground = make_block(system, [&](std::size_t i) { return !system.background(i); });
  if (!foreground) return tl::unexpected(std::move(foreground.error()));
  auto background = make_block(system, [&](std::size_t i) { return system.background(i); });
  if (!background) return tl::unexpected(std::move(background.error()));

  Solution solution;
  solution.system_ = &system;
  std::vector<double> demand(system.instances().size(), 0.0);
  demand[whole->position[system.root()]] = system.inventory().demand.amount.evaluate(values);
  const auto s = whole->factors->solve(demand);
  solution.scaling_.assign(s.size(), 0.0);
  for (std::size_t column = 0; column < s.size(); ++column) solution.scaling_[whole->members[column]] = s[column];

  const auto flow_index = number_flows(system);
  const SparseMatrix biosphere = assemble_biosphere(system, flow_index),
                     characterisation = assemble_characterisation(system, flow_index);
  const auto inventory = biosphere.times(solution.scaling_);  // g = B s
  for (const auto& [flow, number] : flow_index)
    solution.inventory_[flow.first] += inventory[static_cast<std::size_t>(number)];
  solution.record_characterisation(flow_index, inventory);
  solution.totals_ = characterisation.times(inventory);  // h = C g
  auto matrices = std::make_shared<Matrices>();
  for (std::size_t m = 0; m < solution.totals_.size(); ++m) {
    std::vector<double> unit(solution.totals_.size(), 0.0);
    unit[m] = 1.0;
    const auto direct =
        biosphere.transposed_times(characterisation.transposed_times(unit));  // (C B)^T, of which background
    matrices->intensity.push_back(background->factors->solve_transposed(background->gather(direct)));
  }
  matrices->foreground = std::move(*foreground);
  matrices->background = std::move(*background);
  solution.matrices_ = std::move(matrices);
  solution.write_ledger();
  return solution;
}

void Solution::record_characterisation(const std::map<std::pair<std::string, std::string>, int>& flow_index,
                                       const std::vector<double>& amounts) {
  std::map<std::string, double> total_by_unit;
  std::map<std::string, std::string> unit_of;
  for (const auto& flow : system_->inventory().elementary_flows) unit_of[flow.name] = flow.unit;
  for (const auto& [flow, number] : flow_index)
    total_by_unit[unit_of[flow.first]] += std::abs(amounts[static_cast<std::size_t>(number)]);
  for (const auto& method : system_->inventory().methods)
    for (const auto& [flow, number] : flow_index) {
      const auto found = factor_of(method, flow.first, flow.second);
      const double amount = amounts[static_cast<std::size_t>(number)], of_unit = total_by_unit[unit_of[flow.first]];
      if (!found)
        uncharacterised_.push_back({method.id, flow.first, amount, of_unit > 0.0 ? std::abs(amount) / of_unit : 0.0});
      else if (found->fallback)
        fallbacks_.push_back({method.id, flow.first, flow.second});
    }
}

double Solution::intensity(std::size_t instance, std::size_t method) const {
  return matrices_->intensity[method][matrices_->background.position[instance]];
}

void Solution::write_ledger() {
  const auto& parameters = system_->parameters();
  const auto& methods = system_->inventory().methods;
  std::map<std::string, std::string> elementary_units;
  for (const auto& flow : system_->inventory().elementary_flows) elementary_units[flow.name] = flow.unit;

  const auto into_background = [&](LedgerEntry& entry, std::size_t provider) {
    for (std::size_t m = 0; m < methods.size(); ++m) entry.impacts.push_back(entry.amount * intensity(provider, m));
    entry.unit = system_->process(provider).unit;
    const auto factor = parameters_of_intensity(*system_, provider);
    entry.factor_basis = weakest(factor, parameters);
    return factor;
  };

  if (system_->background(system_->root())) {
    LedgerEntry entry;
    entry.process = "demand";
    entry.flow = system_->process(system_->root()).name;
    entry.amount = system_->inventory().demand.amount.evaluate(parameters.values());
    const auto factor = into_background(entry, system_->root());
    entry.basis = *entry.factor_basis;
    entry.source = join_sources(factor, parameters);
    ledger_.push_back(std::move(entry));
  }

  for (const std::size_t instance : system_->order()) {
    if (system_->background(instance)) continue;
    const UnitProcess& process = system_->process(instance);
    const auto supply = system_->parameters_of_supply(instance);
    for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
      const Exchange& exchange = process.exchanges[e];
      const auto provider = system_->instances()[instance].providers[e];
      if (provider && !system_->background(*provider)) continue;
      LedgerEntry entry;
      entry.at = ExchangeAt{instance, e};
      entry.process = process.name;
      entry.flow = exchange.flow;
      entry.tags = system_->tags(instance);
      for (const auto& [key, value] : exchange.assigns) entry.tags[key] = value;
      if (!exchange.scope.empty()) entry.tags["scope"] = exchange.scope;
      entry.amount = exchange.amount.evaluate(parameters.values()) * scaling_[instance];
      entry.rule = exchange.rule;
      auto activity = supply;
      std::set<ParameterIndex> own;
      exchange.amount.collect_parameters(own);
      activity.insert(own.begin(), own.end());
      entry.basis = weakest(activity, parameters);
      if (provider) {
        const auto factor = into_background(entry, *provider);
        own.insert(factor.begin(), factor.end());
      } else {
        entry.unit = elementary_units[exchange.flow];
        for (const auto& method : methods)
          entry.impacts.push_back(entry.amount * characterise(method, exchange.flow, process.place));
      }
      entry.source = join_sources(own, parameters);
      ledger_.push_back(std::move(entry));
    }
  }
}

double Solution::entry_weight(const LedgerEntry& entry, Weight weight) const {
  if (!weight) return 1.0;
  if (!entry.at) return intensity(system_->root(), *weight);
  if (const auto provider = system_->instances()[entry.at->instance].providers[entry.at->exchange])
    return intensity(*provider, *weight);
  return characterise(system_->inventory().methods[*weight], entry.flow,
                      entry.at ? system_->process(entry.at->instance).place : std::string());
}

double Solution::fold(const Selection& selection, Weight weight) const {
  maths::Sum total;
  for (const auto& entry : ledger_)
    if (selection(entry)) total.add(weight ? entry.impacts[*weight] : entry.amount);
  return total.value();
}

std::vector<Sensitivity> Solution::sensitivities(const Selection& selection, Weight weight) const {
  // dh = sum of coefficient x d(amount): the terms are collected first, then differentiated together.
  const auto& values = system_->parameters().values();
  const auto& methods = system_->inventory().methods;
  const Block& front = matrices_->foreground;
  const Block& back = matrices_->background;
  std::vector<std::pair<const Expression*, double>> terms;
  std::vector<double> q(front.members.size(), 0.0);      // direct weight per run of each foreground process
  std::vector<double> f_back(back.members.size(), 0.0);  // what the selected entries ask of the background

  for (const auto& entry : ledger_) {
    if (!selection(entry)) continue;
    const double w = entry_weight(entry, weight);
    if (!entry.at) {
      terms.emplace_back(&system_->inventory().demand.amount, w);
      f_back[back.position[system_->root()]] += entry.amount;
      continue;
    }
    const Exchange& exchange = system_->exchange(*entry.at);
    terms.emplace_back(&exchange.amount, w * scaling_[entry.at->instance]);
    q[front.position[entry.at->instance]] += w * exchange.amount.evaluate(values);
    if (const auto provider = system_->instances()[entry.at->instance].providers[entry.at->exchange])
      f_back[back.position[*provider]] += entry.amount;
  }

  const auto supply_terms = [&](const Block& block, const std::vector<double>& price, const std::vector<double>& run) {
    for (std::size_t column = 0; column < block.members.size(); ++column) {
      const std::size_t instance = block.members[column];
      const UnitProcess& process = system_->process(instance);
      terms.emplace_back(&process.production, -price[column] * run[column]);
      for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
        const auto provider = system_->instances()[instance].providers[e];
        if (provider && block.position[*provider] != outside)
          terms.emplace_back(&process.exchanges[e].amount, price[block.position[*provider]] * run[column]);
      }
    }
  };
  const auto lambda = front.factors->solve_transposed(q);
  if (!lambda.empty() && !system_->background(system_->root()))
    terms.emplace_back(&system_->inventory().demand.amount, lambda[front.position[system_->root()]]);
  supply_terms(front, lambda, front.gather(scaling_));
  if (weight) {
    const auto run = back.factors->solve(f_back);
    supply_terms(back, matrices_->intensity[*weight], run);
    for (std::size_t column = 0; column < back.members.size(); ++column)
      for (const auto& exchange : system_->process(back.members[column]).exchanges)
        if (exchange.kind == Exchange::Kind::biosphere)
          terms.emplace_back(&exchange.amount, characterise(methods[*weight], exchange.flow,
                                                            system_->process(back.members[column]).place) *
                                                   run[column]);
  }

  std::map<ParameterIndex, maths::Sum> sums;
  for (const auto& [expression, coefficient] : terms) {
    if (coefficient == 0.0) continue;
    std::set<ParameterIndex> parameters;
    expression->collect_parameters(parameters);
    for (const auto index : parameters) {
      double slope;
      if (expression->differentiable()) {
        slope = expression->derivative(values, index);
      } else {
        const Parameter& p = system_->parameters()[index];
        const double step = p.high > p.low ? (p.high - p.low) / 2 : std::max(std::abs(p.value), 1.0) * 1e-3;
        auto moved = values;
        moved[index] = p.value + step;
        const double up = expression->evaluate(moved);
        moved[index] = p.value - step;
        slope = (up - expression->evaluate(moved)) / (2 * step);
      }
      sums[index].add(coefficient * slope);
    }
  }
  std::vector<Sensitivity> result;
  for (const auto& [index, sum] : sums) result.push_back({index, sum.value()});
  return result;
}

std::optional<Interval> Solution::interval(const Selection& selection, Weight weight) const {
  double down = 0.0, up = 0.0;
  bool any = false;
  Interval interval;
  for (const auto& [index, derivative] : sensitivities(selection, weight)) {
    const Parameter& p = system_->parameters()[index];
    if (p.range != RangeKind::interval_95 || derivative == 0.0) continue;
    any = true;
    const double at_low = derivative * (p.low - p.value);
    const double at_high = derivative * (p.high - p.value);
    const double below = std::min({at_low, at_high, 0.0}), above = std::max({at_low, at_high, 0.0});
    down += below * below;
    up += above * above;
  }
  if (!any) return std::nullopt;
  const double value = fold(selection, weight);
  interval.low = value - std::sqrt(down);
  interval.high = value + std::sqrt(up);
  bool all_positive = true;
  for (const auto& entry : ledger_) {
    if (!selection(entry)) continue;
    if (entry.at && !system_->exchange(*entry.at).amount.differentiable()) interval.finite_step = true;
    all_positive = all_positive && (weight ? entry.impacts[*weight] : entry.amount) >= 0.0;
  }
  // A sum of amounts that cannot be negative is cut at zero, where the straight line of first order would cross it.
  if (all_positive) interval.low = std::max(interval.low, 0.0);
  return interval;
}

std::vector<SelfCheck> check_solution(const Solution& solution) {
  constexpr double tolerance = 1e-9;
  std::vector<SelfCheck> checks;
  const auto& system = solution.system();
  const auto& methods = system.inventory().methods;
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const double entries = solution.fold([](const LedgerEntry&) { return true; }, m);
    const double total = solution.totals()[m];
    const bool equal = std::abs(entries - total) <= tolerance * std::max(std::abs(total), 1e-300);
    checks.push_back({"entries sum to the solve's total: " + methods[m].id,
                      equal ? SelfCheck::Verdict::passed : SelfCheck::Verdict::failed,
                      fmt::format("ledger {} {}, solve {} {}", entries, methods[m].unit, total, methods[m].unit)});
  }
  // Supply of each product equals its use plus demand: an independent look at A s = f.
  std::size_t unbalanced = 0;
  std::string example;
  for (std::size_t i = 0; i < system.instances().size(); ++i) {
    const auto& values = system.parameters().values();
    maths::Sum used;
    if (i == system.root()) used.add(system.inventory().demand.amount.evaluate(values));
    for (const auto& use : system.consumers(i))
      used.add(system.exchange(use).amount.evaluate(values) * solution.scaling()[use.instance]);
    const double made = system.process(i).production.evaluate(values) * solution.scaling()[i];
    if (std::abs(made - used.value()) > tolerance * std::max(std::abs(made), 1e-300)) {
      ++unbalanced;
      example = system.process(i).name;
    }
  }
  checks.push_back({"supply balances use and demand for every product",
                    unbalanced == 0 ? SelfCheck::Verdict::passed : SelfCheck::Verdict::failed,
                    unbalanced == 0 ? fmt::format("{} products", system.instances().size())
                                    : fmt::format("{} products do not balance, '{}' among them", unbalanced, example)});
  return checks;
}

}  // namespace cradle::lca
