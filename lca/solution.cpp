// SPDX-License-Identifier: Apache-2.0
#include "lca/solution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "lca/ledger_writer.hpp"
#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

const std::string* find_tag(const Tags& tags, const std::string& key) {
  const auto found = tags.find(key);
  return found == tags.end() ? nullptr : &found->second;
}

/// How far a parameter is moved for a slope between two points.
double step_of(const Parameter& p) {
  return p.high > p.low ? (p.high - p.low) / 2 : std::max(std::abs(p.value), 1.0) * 1e-3;
}

std::vector<PreparedQuery> prepare_all(const Evaluator& evaluator, std::span<const Query> queries) {
  std::vector<PreparedQuery> prepared;
  for (const auto& query : queries) prepared.push_back(evaluator.prepare(query));
  return prepared;
}

/// Sums up what parameters do to a fold, each side apart.
struct Spread {
  double down = 0.0, up = 0.0;
  bool any = false, finite_step = false, unknown = false;

  void add(double at_low, double at_high) {
    if (!std::isfinite(at_low) || !std::isfinite(at_high)) {
      unknown = true;  // the system has no answer at an end of the range
      return;
    }
    const double below = std::min({at_low, at_high, 0.0}), above = std::max({at_low, at_high, 0.0});
    if (below == 0.0 && above == 0.0) return;
    any = true;
    down += below * below;
    up += above * above;
  }
};

}  // namespace

const std::string* LedgerEntry::find(const std::string& key) const {
  if (key == "process") return &process;
  if (key == "flow") return &flow;
  return find_tag(tags, key);
}

bool selects(const Selection& selection, const LedgerEntry& entry) {
  return std::all_of(selection.begin(), selection.end(),
                     [&](const Term& term) { return term.holds(entry.find(term.key)); });
}

LedgerEntry entry_of(const LedgerEntry& per_unit, const LedgerUse& use) {
  LedgerEntry entry = per_unit;
  entry.tags.insert(use.tags.begin(), use.tags.end());  // the tree's own stay
  entry.amount *= use.amount;
  for (auto& impact : entry.impacts) impact *= use.amount;
  entry.basis = std::max(entry.basis, use.basis);
  entry.ranged = entry.ranged | use.ranged;
  return entry;
}

Result<Solution> Solution::solve(const ProductSystem& system) {
  Solution solution;
  const auto evaluator = std::make_shared<const Evaluator>(system);
  auto evaluation = evaluator->evaluate(system.parameters().values());
  if (!evaluation) return tl::unexpected(std::move(evaluation.error()));
  auto supply = evaluator->supply(*evaluation);
  if (!supply) return tl::unexpected(std::move(supply.error()));
  solution.evaluator_ = evaluator;
  solution.evaluation_ = std::move(*evaluation);
  solution.scaling_ = std::move(*supply);

  const auto amounts = evaluator->inventory(solution.evaluation_, solution.scaling_);  // g = B s
  const auto& flows = evaluator->flows();
  for (std::size_t f = 0; f < flows.size(); ++f) solution.inventory_[flows[f].name] += amounts[f];
  for (std::size_t m = 0; m < system.inventory().methods.size(); ++m) {  // h = C g
    maths::Sum score;
    for (std::size_t f = 0; f < flows.size(); ++f)
      if (flows[f].factors[m]) score.add(solution.evaluation_.slots[*flows[f].factors[m]] * amounts[f]);
    solution.totals_.push_back(score.value());
  }
  solution.record_characterisation(amounts);
  LedgerWriter writer(*evaluator, solution.evaluation_);
  solution.ledger_ = writer.entries();
  solution.trees_ = writer.trees();
  return solution;
}

void Solution::record_characterisation(const std::vector<double>& amounts) {
  const auto& flows = evaluator_->flows();
  std::map<std::string, double> total_by_unit;
  std::map<std::string, std::string> unit_of;
  for (const auto& flow : system().inventory().elementary_flows) unit_of[flow.name] = flow.unit;
  for (std::size_t f = 0; f < flows.size(); ++f) total_by_unit[unit_of[flows[f].name]] += std::abs(amounts[f]);
  for (const auto& method : system().inventory().methods)
    for (std::size_t f = 0; f < flows.size(); ++f) {
      const auto found = factor_of(method, flows[f].name, flows[f].place);
      const double of_unit = total_by_unit[unit_of[flows[f].name]];
      if (!found)
        uncharacterised_.push_back(
            {method.id, flows[f].name, amounts[f], of_unit > 0.0 ? std::abs(amounts[f]) / of_unit : 0.0});
      else if (found->fallback)
        fallbacks_.push_back({method.id, flows[f].name, flows[f].place});
    }
}

double Solution::intensity(std::size_t instance, std::size_t method) const {
  return evaluation_.intensity[method][evaluator_->background().position(instance)];
}

std::vector<LedgerEntry> Solution::whole_ledger() const {
  std::vector<LedgerEntry> all = ledger_;
  for (const auto& tree : trees_)
    for (const auto& use : tree.uses)
      for (const auto& entry : tree.entries) all.push_back(entry_of(entry, use));
  return all;
}

bool Solution::any(const Selection& selection) const { return !evaluator_->prepare({selection, std::nullopt}).empty(); }

double Solution::fold(const Query& query) const { return evaluator_->fold(evaluation_, evaluator_->prepare(query)); }

std::map<Basis, double> Solution::sizes_by_basis(const Query& query) const {
  std::map<Basis, maths::Sum> sums;
  const auto add = [&](Basis basis, double size) {
    if (size != 0.0) sums[basis].add(size);
  };
  const auto prepared = evaluator_->prepare(query);
  for (const auto e : prepared.entries) add(ledger_[e].basis, std::abs(ledger_[e].sum(query.what)));
  for (const auto& pairs : prepared.pairs) {
    const auto& tree = trees_[pairs.tree];
    std::map<Basis, double> entries, uses;
    for (const auto e : pairs.entries) entries[tree.entries[e].basis] += std::abs(tree.entries[e].sum(query.what));
    for (const auto u : pairs.users) uses[tree.uses[u].basis] += std::abs(tree.uses[u].amount);
    for (const auto& [of_entry, size] : entries)
      for (const auto& [of_use, amount] : uses) add(std::max(of_entry, of_use), size * amount);
  }
  std::map<Basis, double> sizes;
  for (const auto& [basis, sum] : sums) sizes[basis] = sum.value();
  return sizes;
}

double Solution::ranged_share(const Query& query) const {
  maths::Sum ranged, all;
  const auto prepared = evaluator_->prepare(query);
  const auto add = [&](Ranged of, double size) {
    all.add(size);
    if (of.covered()) ranged.add(size);
  };
  constexpr Ranged kinds[] = {{false, false}, {true, false}, {false, true}, {true, true}};
  const auto kind_of = [](Ranged of) { return (of.some ? 1 : 0) + (of.lacking ? 2 : 0); };
  for (const auto e : prepared.entries) add(ledger_[e].ranged, std::abs(ledger_[e].sum(query.what)));
  for (const auto& pairs : prepared.pairs) {
    const auto& tree = trees_[pairs.tree];
    double entries[4] = {}, uses[4] = {};
    for (const auto e : pairs.entries) entries[kind_of(tree.entries[e].ranged)] += std::abs(tree.entries[e].sum(query.what));
    for (const auto u : pairs.users) uses[kind_of(tree.uses[u].ranged)] += std::abs(tree.uses[u].amount);
    for (int e = 0; e < 4; ++e)
      for (int u = 0; u < 4; ++u) add(kinds[e] | kinds[u], entries[e] * uses[u]);
  }
  return all.value() > 0 ? ranged.value() / all.value() : 0.0;
}

std::vector<Group> Solution::group(const Selection& selection, const std::vector<std::string>& keys) const {
  std::vector<Group> groups;
  std::vector<std::vector<maths::Sum>> sums;
  std::unordered_map<std::string, std::size_t> index;  // by all values, one after the other: there may be many runs
  const std::size_t methods = totals_.size();
  std::string joined;
  const auto group_at = [&](const auto& value_of_key) {
    joined.clear();
    for (const auto& key : keys) joined.append(value_of_key(key)).push_back('\0');
    const auto [found, fresh] = index.emplace(joined, groups.size());
    if (fresh) {
      std::vector<std::string> values;
      for (const auto& key : keys) values.emplace_back(value_of_key(key));
      groups.push_back({std::move(values), 0.0, std::vector<double>(methods, 0.0), 0});
      sums.emplace_back(methods + 1);
    }
    return found->second;
  };
  const auto add = [&](std::size_t g, double amount, const std::vector<double>& impacts, double times,
                       std::size_t count) {
    sums[g][methods].add(amount * times);
    for (std::size_t m = 0; m < methods; ++m) sums[g][m].add(impacts[m] * times);
    groups[g].entries += count;
  };
  const auto value_of = [](const LedgerEntry& entry, const std::string& key) -> std::string_view {
    if (key == "basis") return name_of(entry.basis);
    const auto* found = entry.find(key);
    return found == nullptr ? std::string_view() : *found;
  };
  for (const auto& entry : ledger_) {
    if (!selects(selection, entry)) continue;
    add(group_at([&](const std::string& key) { return value_of(entry, key); }), entry.amount, entry.impacts, 1.0, 1);
  }
  // In a tree what has the same tags as far as they are asked for is summed before it meets the users, who are summed
  // likewise.
  std::vector<std::string> asked = keys;
  for (const auto& term : selection) asked.push_back(term.key);
  std::erase(asked, "basis");
  const auto only_asked = [&](const Tags& tags) {
    Tags kept;
    for (const auto& key : asked)
      if (const auto* value = find_tag(tags, key)) kept[key] = *value;
    return kept;
  };
  for (const auto& tree : trees_) {
    std::map<std::pair<Tags, Basis>, double> uses;
    std::map<std::pair<Tags, Basis>, std::size_t> uses_count;
    for (const auto& use : tree.uses) {
      const std::pair key(only_asked(use.tags), use.basis);
      uses[key] += use.amount;
      ++uses_count[key];
    }
    std::vector<LedgerEntry> kinds;
    std::map<std::tuple<std::string, std::string, Tags, Basis>, std::size_t> kind_of;
    std::vector<std::size_t> members;
    for (const auto& entry : tree.entries) {
      LedgerEntry kind;
      for (const auto& key : asked) {
        if (key == "process") kind.process = entry.process;
        if (key == "flow") kind.flow = entry.flow;
      }
      kind.tags = only_asked(entry.tags);
      kind.basis = entry.basis;
      const auto [found, fresh] = kind_of.emplace(std::tuple(kind.process, kind.flow, kind.tags, kind.basis), kinds.size());
      if (fresh) {
        kind.impacts.assign(methods, 0.0);
        kinds.push_back(std::move(kind));
        members.push_back(0);
      }
      auto& into = kinds[found->second];
      into.amount += entry.amount;
      for (std::size_t m = 0; m < methods; ++m) into.impacts[m] += entry.impacts[m];
      ++members[found->second];
    }
    for (std::size_t k = 0; k < kinds.size(); ++k)
      for (const auto& [key, amount] : uses) {
        LedgerEntry pair = kinds[k];
        pair.tags.insert(key.first.begin(), key.first.end());
        pair.basis = std::max(pair.basis, key.second);
        if (!selects(selection, pair)) continue;
        const auto group = group_at([&](const std::string& wanted) { return value_of(pair, wanted); });
        add(group, kinds[k].amount, kinds[k].impacts, amount, members[k] * uses_count[key]);
      }
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].amount = sums[g][methods].value();
    for (std::size_t m = 0; m < methods; ++m) groups[g].impacts[m] = sums[g][m].value();
  }
  return groups;
}

std::vector<double> Solution::folds_at(std::span<const double> parameters,
                                       std::span<const PreparedQuery> queries) const {
  std::vector<double> folds(queries.size(), std::nan(""));
  const auto at = evaluator_->evaluate(parameters);
  if (!at) return folds;
  for (std::size_t q = 0; q < queries.size(); ++q) folds[q] = evaluator_->fold(*at, queries[q]);
  return folds;
}

std::vector<Sensitivity> Solution::sensitivities(const Query& query) const {
  const auto prepared = evaluator_->prepare(query);
  auto gradient = evaluator_->gradient(evaluation_, prepared);
  if (!gradient) return {};
  auto values = system().parameters().values();
  std::vector<Sensitivity> result;
  for (ParameterIndex i = 0; i < values.size(); ++i) {
    const auto& p = system().parameters()[i];
    if (p.calculated()) continue;
    double slope = (*gradient)[i];
    if (evaluator_->jumps()[i] || !std::isfinite(slope)) {
      const double step = step_of(p);
      values[i] = p.value + step;
      const double up = folds_at(values, {&prepared, 1}).front();
      values[i] = p.value - step;
      slope = (up - folds_at(values, {&prepared, 1}).front()) / (2 * step);
      values[i] = p.value;
    }
    if (slope != 0.0) result.push_back({i, slope});
  }
  return result;
}

bool Solution::never_negative(const PreparedQuery& query) const {
  const auto positive = [&](const LedgerEntry& entry) { return entry.sum(query.query.what) >= 0.0; };
  for (const auto e : query.entries)
    if (!positive(ledger_[e])) return false;
  for (const auto& pairs : query.pairs) {
    const auto& tree = trees_[pairs.tree];
    for (const auto e : pairs.entries)
      if (!positive(tree.entries[e])) return false;
    for (const auto u : pairs.users)
      if (tree.uses[u].amount < 0.0) return false;
  }
  return true;
}

std::vector<std::optional<Interval>> Solution::intervals(std::span<const Query> queries) const {
  const auto prepared = prepare_all(*evaluator_, queries);
  std::vector<Spread> spreads(queries.size());
  std::vector<std::vector<double>> gradients;
  std::vector<double> folds;
  for (const auto& query : prepared) {
    auto gradient = evaluator_->gradient(evaluation_, query);
    gradients.push_back(gradient ? std::move(*gradient) : std::vector<double>(system().parameters().size(), 0.0));
    folds.push_back(evaluator_->fold(evaluation_, query));
  }
  auto values = system().parameters().values();
  const auto& parameters = system().parameters();
  for (const auto& together : uncertain_figures(parameters)) {
    // A slope that is infinite (a root at zero) says as little as none.
    const bool smooth = std::all_of(together.begin(), together.end(), [&](ParameterIndex i) {
      return !evaluator_->jumps()[i] &&
             std::all_of(gradients.begin(), gradients.end(),
                         [i](const std::vector<double>& gradient) { return std::isfinite(gradient[i]); });
    });
    if (smooth) {
      for (std::size_t q = 0; q < queries.size(); ++q) {
        double at_low = 0.0, at_high = 0.0;
        for (const auto i : together) {
          at_low += gradients[q][i] * (parameters[i].low - parameters[i].value);
          at_high += gradients[q][i] * (parameters[i].high - parameters[i].value);
        }
        spreads[q].add(at_low, at_high);
      }
      continue;
    }
    for (const auto i : together) values[i] = parameters[i].low;
    const auto low = folds_at(values, prepared);
    for (const auto i : together) values[i] = parameters[i].high;
    const auto high = folds_at(values, prepared);
    for (const auto i : together) values[i] = parameters[i].value;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      if (low[q] == folds[q] && high[q] == folds[q]) continue;
      spreads[q].finite_step = true;
      spreads[q].add(low[q] - folds[q], high[q] - folds[q]);
    }
  }
  std::vector<std::optional<Interval>> intervals;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    if (!spreads[q].any || spreads[q].unknown) {
      intervals.emplace_back();
      continue;
    }
    Interval interval{folds[q] - std::sqrt(spreads[q].down), folds[q] + std::sqrt(spreads[q].up),
                      spreads[q].finite_step};
    // A sum of amounts that cannot be negative is cut at zero, where the straight line of first order would cross it.
    if (never_negative(prepared[q])) interval.low = std::max(interval.low, 0.0);
    intervals.emplace_back(interval);
  }
  return intervals;
}

std::vector<std::optional<Interval>> Solution::scenarios(std::span<const Query> queries) const {
  std::vector<std::optional<Interval>> ranges(queries.size());
  std::vector<ParameterIndex> choices;
  for (ParameterIndex i = 0; i < system().parameters().size(); ++i)
    if (const auto& p = system().parameters()[i]; p.range == RangeKind::scenario && !p.calculated()) choices.push_back(i);
  if (choices.empty()) return ranges;
  const auto prepared = prepare_all(*evaluator_, queries);
  const auto& values = system().parameters().values();
  // For each query the ends of all choices that lower, then raise it; then both are evaluated.
  std::vector<std::vector<double>> lowest(queries.size(), values), highest(queries.size(), values);
  std::vector<bool> depends(queries.size(), false);
  for (const auto i : choices) {
    const auto& p = system().parameters()[i];
    auto moved = values;
    moved[i] = p.low;
    const auto at_low = folds_at(moved, prepared);
    moved[i] = p.high;
    const auto at_high = folds_at(moved, prepared);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      if (at_low[q] == at_high[q]) continue;
      depends[q] = true;
      lowest[q][i] = at_low[q] < at_high[q] ? p.low : p.high;
      highest[q][i] = at_low[q] < at_high[q] ? p.high : p.low;
    }
  }
  for (std::size_t q = 0; q < queries.size(); ++q) {
    if (!depends[q]) continue;
    const double a = folds_at(lowest[q], {&prepared[q], 1}).front(), b = folds_at(highest[q], {&prepared[q], 1}).front();
    if (std::isfinite(a) && std::isfinite(b)) ranges[q] = Interval{std::min(a, b), std::max(a, b)};
  }
  return ranges;
}

std::vector<SelfCheck> check_solution(const Solution& solution) {
  constexpr double tolerance = 1e-9;
  std::vector<SelfCheck> checks;
  const auto& system = solution.system();
  const auto& methods = system.inventory().methods;
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const double entries = solution.fold({{}, m});
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
