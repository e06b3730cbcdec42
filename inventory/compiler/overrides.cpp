// SPDX-License-Identifier: Apache-2.0
// Parameters replaced by name, as `--param NAME=VALUE` does: within the limits that a study has for them.
#include <fmt/format.h>

#include "inventory/compiler/builder.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
void Builder::apply(const Overrides& overrides) {
  auto& parameters = inventory.parameters;
  std::vector<std::string> names;
  for (const auto& parameter : parameters) names.push_back(parameter.name);
  for (const auto& [key, text] : overrides) {
    const auto index = parameters.find(key);
    if (!index) {
      report("E041", {study_.file, 0, 0, 1}, fmt::format("--param: the study has no parameter '{}'", key), [&] {
        std::string hint = did_you_mean(key, names);
        return hint.empty() ? "`cradle explain STUDY parameters` lists them" : hint;
      }());
      continue;
    }
    if (parameters[*index].calculated()) {
      report("E041", {study_.file, 0, 0, 1}, fmt::format("--param: '{}' is calculated, and follows from what it reads", key),
             "`cradle explain STUDY parameters` shows its formula");
      continue;
    }
    const auto dimension = dimension_of_unit(parameters[*index].unit).value_or(Dimension::number);
    const auto value = read_quantity(text, dimension);
    if (value) {
      const lca::Limits& limits = parameters[*index].limits;
      if (!limits.hold(*value))
        report("E024", {study_.file, 0, 0, 1},
               fmt::format("--param {}: {} is outside {} to {}", key, *value, limits.least, limits.most));
      lca::Parameter replaced = parameters[*index];
      replaced.value = *value;
      replaced.range = lca::RangeKind::none;
      replaced.basis = lca::Basis::assumed;
      replaced.source = "--param on the command line";
      replaced.verified = false;
      replaced.place = {};
      parameters.replace(*index, std::move(replaced));
    } else
      report(value.error().code, {study_.file, 0, 0, 1}, fmt::format("--param {}: {}", key, value.error().message),
             value.error().hint);
  }
}

}  // namespace cradle::inventory
