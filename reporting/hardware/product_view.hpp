// SPDX-License-Identifier: Apache-2.0
// What one product of the catalogue amounts to: all profiles side by side, the tree of its processes, and the factors
// that it stands on.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "inventory/compiler/compile.hpp"
#include "lca/solution.hpp"
#include "lca/uncertainty/answer.hpp"

namespace cradle::reporting {

/// An impact of a product in one criterion; no value where it is not estimated, with the reason.
struct ProductImpact {
  std::string criterion, unit, reason;
  std::optional<double> value;
  std::optional<lca::Interval> interval;
};

/// A process on its way up from the product; depth 0 is the product itself.
struct TreeRow {
  std::size_t depth = 0;
  std::string product, name, stage, component, place, unit, rule;
  double amount = 0.0;  ///< of its product, for one piece
  double own = 0.0;     ///< kg CO2e that it emits itself
  double total = 0.0;   ///< with everything above it
};

/// Share of a component in the climate impact.
struct ComponentShare {
  std::string component;
  double kg = 0.0;
};

struct ProfileView {
  std::string profile, title;
  std::vector<ProductImpact> impacts;  ///< in the order of criteria
  std::vector<TreeRow> tree;
  std::vector<ComponentShare> components;  ///< largest first
  std::vector<lca::Parameter> factors;     ///< everything that formulas read
  std::vector<std::string> gaps;           ///< what is not counted, and what stands for something else
};

struct ProductView {
  const inventory::Product* product = nullptr;
  std::vector<ProfileView> profiles;  ///< in the order of the bracket
};

/// What a solved system comes to in each criterion, over the selected entries; a criterion that some component has no
/// factor for is not estimated.
std::vector<ProductImpact> product_impacts(const inventory::Compiled& compiled, const lca::Solution& solution,
                                           const lca::Selection& selection, const lca::DrawSettings& draws = {});

/// All criteria, without values.
std::vector<ProductImpact> not_estimated(const std::string& reason);

/// The processes above an instance, itself first, for one unit of its product.
std::vector<TreeRow> tree_of(const lca::ProductSystem& system, std::size_t instance, std::size_t method);

/// The product in one profile. Intervals are first-order, or by `draws` of Monte Carlo.
ProfileView view_profile(const inventory::Catalogue& catalogue, const inventory::Product& product,
                         const std::string& profile, const lca::DrawSettings& draws = {});

/// The product in every profile.
ProductView view_product(const inventory::Catalogue& catalogue, const inventory::Product& product,
                         const lca::DrawSettings& draws = {});

/// {criterion, unit, status, value, low, high, reason}
nlohmann::ordered_json impact_json(const ProductImpact& impact);

/// `cradle/product/1`.
std::string write_product_json(const ProductView& view);

}  // namespace cradle::reporting
