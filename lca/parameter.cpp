// SPDX-License-Identifier: Apache-2.0
#include "lca/parameter.hpp"

#include <algorithm>

namespace cradle::lca {

ParameterIndex Parameters::add(Parameter parameter) {
  values_.push_back(parameter.value);
  all_.push_back(std::move(parameter));
  return all_.size() - 1;
}

std::optional<ParameterIndex> Parameters::find(std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Parameter& p) { return p.name == name; });
  if (found == all_.end()) return std::nullopt;
  return static_cast<ParameterIndex>(found - all_.begin());
}

void Parameters::set_value(ParameterIndex index, double value) {
  all_[index].value = value;
  values_[index] = value;
}

void Parameters::replace(ParameterIndex index, Parameter parameter) {
  values_[index] = parameter.value;
  all_[index] = std::move(parameter);
}

}  // namespace cradle::lca
