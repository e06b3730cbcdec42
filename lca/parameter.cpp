// SPDX-License-Identifier: Apache-2.0
#include "lca/parameter.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace cradle::lca {
namespace {

std::string quoted_if_dotted(const std::string& name) {
  if (name.find_first_of(".'\"") == std::string::npos) return name;
  std::string text = "'";
  for (const char c : name) text += c == '\'' ? std::string("''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string ParameterKey::text() const {
  if (owner.kind.empty()) return field;
  if (owner.name.empty()) return owner.kind + "." + quoted_if_dotted(field);
  return owner.kind + "." + quoted_if_dotted(owner.name) + "." + field;
}

ParameterIndex Parameters::add(Parameter parameter) {
  const ParameterIndex index = all_.size();
  if (!index_.emplace(parameter.name, index).second)
    throw std::logic_error("a second parameter of the name '" + parameter.name + "'");
  if (parameter.formula) parameter.value = parameter.formula->evaluate(values_);
  values_.push_back(parameter.value);
  all_.push_back(std::move(parameter));
  return index;
}

void Parameters::define(ParameterIndex index, Expression formula) {
  all_[index].formula = std::move(formula);
  recalculate();
}

std::optional<ParameterIndex> Parameters::find(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<ParameterIndex>> Parameters::order() const {
  enum class State : char { unseen, open, done };
  struct Visit {
    ParameterIndex parameter;
    std::vector<ParameterIndex> reads;
    std::size_t next = 0;
  };
  std::vector<State> state(all_.size(), State::unseen);
  std::vector<ParameterIndex> order;
  std::vector<Visit> stack;
  const auto enter = [&](ParameterIndex index) {
    if (state[index] != State::unseen || !all_[index].calculated()) return;
    std::set<ParameterIndex> reads;
    all_[index].formula->collect_parameters(reads);
    state[index] = State::open;
    stack.push_back({index, {reads.begin(), reads.end()}});
  };
  for (ParameterIndex start = 0; start < all_.size(); ++start) {
    enter(start);
    while (!stack.empty()) {
      Visit& visit = stack.back();
      if (visit.next == visit.reads.size()) {
        state[visit.parameter] = State::done;
        order.push_back(visit.parameter);
        stack.pop_back();
        continue;
      }
      const ParameterIndex read = visit.reads[visit.next++];
      if (state[read] == State::open) {
        const auto from = std::find_if(stack.begin(), stack.end(), [&](const Visit& v) { return v.parameter == read; });
        std::vector<std::string> names;
        for (auto at = from; at != stack.end(); ++at) names.push_back(all_[at->parameter].name);
        names.push_back(all_[read].name);
        return failure({"E055", fmt::format("a calculated parameter depends on itself: {}", fmt::join(names, " -> ")),
                        "one of these formulas must not read the next", all_[read].place});
      }
      enter(read);
    }
  }
  return order;
}

void Parameters::recalculate() {
  const auto calculated = order();
  if (!calculated) return;  // said when the system is linked
  for (const auto index : *calculated) values_[index] = all_[index].value = all_[index].formula->evaluate(values_);
}

void Parameters::set_value(ParameterIndex index, double value) {
  all_[index].value = value;
  values_[index] = value;
  recalculate();
}

void Parameters::replace(ParameterIndex index, Parameter parameter) {
  values_[index] = parameter.value;
  all_[index] = std::move(parameter);
  recalculate();
}

std::set<ParameterIndex> Parameters::inputs_of(const std::set<ParameterIndex>& parameters) const {
  std::set<ParameterIndex> inputs, seen;
  std::vector<ParameterIndex> open(parameters.begin(), parameters.end());
  while (!open.empty()) {
    const ParameterIndex at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    if (!all_[at].calculated()) {
      inputs.insert(at);
      continue;
    }
    std::set<ParameterIndex> reads;
    all_[at].formula->collect_parameters(reads);
    open.insert(open.end(), reads.begin(), reads.end());
  }
  return inputs;
}

Basis Parameters::basis_of(ParameterIndex index) const {
  if (!all_[index].calculated()) return all_[index].basis;
  Basis weakest = Basis::metered;
  for (const auto input : inputs_of({index})) weakest = std::max(weakest, all_[input].basis);
  return weakest;
}

std::vector<std::vector<ParameterIndex>> uncertain_figures(const Parameters& parameters) {
  std::vector<std::vector<ParameterIndex>> figures;
  std::map<std::string, std::size_t> known;
  for (ParameterIndex i = 0; i < parameters.size(); ++i) {
    const auto& p = parameters[i];
    if (p.calculated() || p.range != RangeKind::interval_95) continue;
    const auto found = p.figure.empty() ? known.end() : known.find(p.figure);
    if (found != known.end()) {
      figures[found->second].push_back(i);
      continue;
    }
    if (!p.figure.empty()) known.emplace(p.figure, figures.size());
    figures.push_back({i});
  }
  return figures;
}

}  // namespace cradle::lca
