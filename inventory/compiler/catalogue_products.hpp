// SPDX-License-Identifier: Apache-2.0
// Products of the catalogue as processes: their model's figures, parts, materials, energy and emissions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "inventory/compiler/catalogue_formulas.hpp"

namespace cradle::inventory {

class CatalogueProducts : Stage {
 public:
  CatalogueProducts(const Workbench& bench, CatalogueFormulas& formulas) : Stage(bench), formulas_(formulas) {}

  /// Adds a product once; its name in the system. Nothing, with findings at `place`, where it cannot be estimated.
  std::optional<std::string> product(const Product& product, const Place& place);
  /// A process that all products share, made when first needed; its product.
  std::string shared(const std::string& recipe, const Place& place);
  /// Makes what a product's formulas read readable: only that becomes a parameter, since TDP makes no device heavier.
  void add_parameters(const ResolvedProduct& resolved, bool materials, Scope& local);

  std::set<std::string> used;                            ///< ids of the catalogue's products
  std::vector<std::string> gaps;                         ///< parts of them that no source has a factor for
  std::map<std::string, std::set<std::string>> lacking;  ///< criterion -> components without a factor for it

 private:
  using Siblings = std::map<std::string, bool>;  ///< processes of one product by id; whether they are background

  bool not_negative(const lca::Expression& value, const ProcessRecipe& recipe, const std::string& what);
  void add_emissions(const ProcessRecipe& recipe, const Scope& local, lca::UnitProcess& process);
  void add_process(const ProcessRecipe& recipe, const std::string& prefix, const Scope& local, const Siblings& siblings,
                   const Place& user);

  CatalogueFormulas& formulas_;
  std::vector<std::string> making_;  ///< products under way, outermost first
};

}  // namespace cradle::inventory
