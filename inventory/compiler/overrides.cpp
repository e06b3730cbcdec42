// SPDX-License-Identifier: Apache-2.0
// Parameters replaced by name, as `--param NAME=VALUE` does: within the limits that a study has for them.
#include <fmt/format.h>

#include "inventory/compiler/overrides.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
void apply(const Overrides& overrides, const std::string& study, lca::Parameters& parameters, Remarks& remarks) {
  const Place here{study, 0, 0, 1};
  std::vector<std::string> names;
  for (const auto& parameter : parameters) names.push_back(parameter.name);
  for (const auto& [key, text] : overrides) {
    const auto index = parameters.find(key);
    if (!index) {
      remarks.report("E041", here, fmt::format("--param: the study has no parameter '{}'", key), [&] {
        std::string hint = did_you_mean(key, names);
        return hint.empty() ? "`cradle explain STUDY parameters` lists them" : hint;
      }());
      continue;
    }
    if (parameters[*index].calculated()) {
      remarks.report("E041", here, fmt::format("--param: '{}' is calculated, and follows from what it reads", key),
             "`cradle explain STUDY parameters` shows its formula");
      continue;
    }
    const auto dimension = dimension_of_unit(parameters[*index].unit).value_or(Dimension::number);
    const auto value = read_quantity(text, dimension);
    if (value) {
      const lca::Limits& limits = parameters[*index].limits;
      if (!limits.hold(*value))
        remarks.report("E024", here,
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
      remarks.report(value.error().code, here, fmt::format("--param {}: {}", key, value.error().message),
             value.error().hint);
  }
}

}  // namespace cradle::inventory
