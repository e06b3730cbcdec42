// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/system_draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace cradle::inventory {

using lca::Expression;

Expression SystemDraft::parameter(const lca::ParameterKey& key, const std::string& label, const lca::Parameter& input) {
  if (const auto known = keys_.find(key); known != keys_.end()) {
    const Place &first = inventory.parameters[known->second].place, &second = input.place;
    if (first.line != second.line || first.column != second.column || first.file != second.file)
      throw std::logic_error("'" + key.text() + "' is defined in two places");
    return Expression::parameter(known->second);
  }
  lca::Parameter parameter = input;
  parameter.name = key.text();
  parameter.label = label;
  if (!parameter.limits.any()) parameter.limits.least = 0.0;
  // The same value with the same range from the same source for the same field is one figure, whoever repeats it.
  if (parameter.figure.empty() && parameter.range == lca::RangeKind::interval_95 && !parameter.source.empty())
    parameter.figure = fmt::format("{} = {} {} to {} {}: {}", key.field, parameter.value, parameter.low, parameter.high, parameter.unit, parameter.source);
  return Expression::parameter(keys_.emplace(key, inventory.parameters.add(std::move(parameter))).first->second);
}

Expression SystemDraft::calculated(const lca::ParameterKey& key, const CalculatedWords& words, Expression formula) {
  if (formula.as_parameter() || formula.is_number()) return formula;  // it has a name, or needs none
  if (const auto known = keys_.find(key); known != keys_.end()) {
    const auto& there = inventory.parameters[known->second].formula;
    const auto index = [](lca::ParameterIndex i) { return std::to_string(i); };
    if (!there || there->text(index) != formula.text(index))
      throw std::logic_error("'" + key.text() + "' is calculated in two ways");
    return Expression::parameter(known->second);
  }
  lca::Parameter parameter;
  parameter.name = key.text();
  parameter.label = words.label;
  parameter.unit = words.unit;
  parameter.rule = words.rule;
  parameter.source = words.source;
  parameter.formula = std::move(formula);
  return Expression::parameter(keys_.emplace(key, inventory.parameters.add(std::move(parameter))).first->second);
}

lca::UnitProcess* SystemDraft::process_of(const std::string& product) {
  const auto found = std::find_if(inventory.processes.begin(), inventory.processes.end(),
                                  [&](const auto& process) { return process.product == product; });
  return found == inventory.processes.end() ? nullptr : &*found;
}

std::pair<double, double> SystemDraft::range_of(const Expression& formula) const {
  std::set<lca::ParameterIndex> read;
  formula.collect_parameters(read);
  lca::Parameters moved = inventory.parameters;
  const double value = formula.evaluate(moved.values());
  double down = 0.0, up = 0.0;
  for (const auto index : inventory.parameters.inputs_of(read)) {
    const auto& p = inventory.parameters[index];
    if (p.range == lca::RangeKind::none) continue;
    double ends[2];
    for (const bool high : {false, true}) {
      moved.set_value(index, high ? p.high : p.low);
      ends[high ? 1 : 0] = formula.evaluate(moved.values()) - value;
    }
    moved.set_value(index, p.value);
    down += std::pow(std::min({ends[0], ends[1], 0.0}), 2);
    up += std::pow(std::max({ends[0], ends[1], 0.0}), 2);
  }
  return {value - std::sqrt(down), value + std::sqrt(up)};
}

}  // namespace cradle::inventory
