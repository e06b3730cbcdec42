// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/catalogue_formulas.hpp"

namespace cradle::inventory {

using lca::Expression;

const lca::Expression* CatalogueFormulas::shared_parameter(std::string_view name) {
  const auto known = shared_.find(name);
  if (known != shared_.end()) return &known->second;
  if (name == "pi") return &shared_.emplace("pi", Expression(3.141592653589793)).first->second;
  const std::string key(name);
  const auto found = catalogue_.shared_parameter(key, profile_);
  if (!found) return nullptr;
  return &shared_.emplace(key, parameter({{"catalogue"}, key}, found->label.empty() ? key : found->label, *found))
              .first->second;
}

std::optional<lca::Expression> CatalogueFormulas::formula(const std::string& text, const Scope& local, const Place& place) {
  auto parsed = lca::parse_expression(text, [&](std::string_view name) -> const Expression* {
    const auto found = local.find(name);
    return found != local.end() ? &found->second : shared_parameter(name);
  });
  if (parsed) return *parsed;
  for (auto& finding : parsed.error()) {
    finding.place = place;
    remarks_.add(std::move(finding));
  }
  return std::nullopt;
}

}  // namespace cradle::inventory
