// SPDX-License-Identifier: Apache-2.0
// Parameters replaced by name, as `--param NAME=VALUE` does: within the limits that a study has for them.
#include <fmt/format.h>

#include <limits>

#include "inventory/compiler/builder.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

struct Limits {
  double low, high;
};

/// What a parameter may be, by the ending of its name; the same limits as in a study.
Limits limits_of(std::string_view name) {
  if (name.ends_with(".pue")) return {1.0, 3.0};
  if (name.ends_with(".utilisation")) return {0.001, 1.0};
  if (name.ends_with("yield")) return {1e-6, 1.0};
  if (name.ends_with(".losses")) return {0.0, 0.6};
  if (name.ends_with(".scarcity")) return {0.1, 100.0};
  if (name.ends_with(".primary_energy")) return {1.0, 20.0};
  const bool of_site = name.starts_with("sites.");
  if (of_site && (name.ends_with(".share") || name.find(".grid.mix.") != name.npos)) return {0.0, 1.0};
  for (const char* share : {".second_life", ".reserved", ".rate", ".collection", ".reuse", ".incineration_share"})
    if (name.ends_with(share)) return {0.0, 1.0};
  if (name.ends_with(".per_node")) return {1.0, 10000.0};
  if (name.find(".grid.") != std::string_view::npos) return {0.0, 1.5};
  return {0.0, std::numeric_limits<double>::max()};
}

}  // namespace

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
    const auto dimension = dimension_of_unit(parameters[*index].unit).value_or(Dimension::number);
    const auto value = read_quantity(text, dimension);
    if (value) {
      const Limits limits = limits_of(key);
      if (*value < limits.low || *value > limits.high)
        report("E024", {study_.file, 0, 0, 1},
               fmt::format("--param {}: {} is outside {} to {}", key, *value, limits.low, limits.high));
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
