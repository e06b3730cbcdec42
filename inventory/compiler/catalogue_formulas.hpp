// SPDX-License-Identifier: Apache-2.0
// Formulas of the catalogue and of estimators, read over their own names and over parameters that all products share.
#pragma once

#include <map>
#include <string>

#include "inventory/compiler/stage.hpp"

namespace cradle::inventory {

/// Names that a formula can read.
using Scope = std::map<std::string, lca::Expression, std::less<>>;

class CatalogueFormulas : Stage {
 public:
  explicit CatalogueFormulas(const Workbench& bench) : Stage(bench) {}

  /// Null where the catalogue has no such parameter.
  const lca::Expression* shared_parameter(std::string_view name);
  /// Nothing, with findings at `place`, where the text is no formula over known names.
  std::optional<lca::Expression> formula(const std::string& text, const Scope& local, const Place& place);

 private:
  Scope shared_;
};

}  // namespace cradle::inventory
