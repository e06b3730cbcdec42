// SPDX-License-Identifier: Apache-2.0
#include "lca/process.hpp"

namespace cradle::lca {

std::optional<FoundFactor> factor_of(const Method& method, const std::string& flow, const std::string& place) {
  if (const auto here = method.regional.find(place); here != method.regional.end())
    if (const auto found = here->second.find(flow); found != here->second.end())
      return FoundFactor{found->second, false};
  const auto anywhere = method.factors.find(flow);
  if (anywhere == method.factors.end()) return std::nullopt;
  bool by_place = false;
  for (const auto& [other, factors] : method.regional) by_place = by_place || factors.count(flow) > 0;
  return FoundFactor{anywhere->second, by_place && !place.empty()};
}

}  // namespace cradle::lca
