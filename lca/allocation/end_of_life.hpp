// SPDX-License-Identifier: Apache-2.0
// Who bears recycling: the maker who recycles in, or the one who recycles out. One model of a material's cycle, and the
// rule as a switch over it; credits are exchanges of their own account.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lca/finding.hpp"
#include "lca/process.hpp"

namespace cradle::lca {

enum class EndOfLifeRule {
  cut_off,             ///< 100:0, recycled content: A = 1
  end_of_life,         ///< 0:100, avoided burden: A = 0
  fifty_fifty,         ///< A = 0.5
  circular_footprint,  ///< the material's own A and B (Commission Recommendation (EU) 2021/2279, Annex I)
  closed_loop          ///< what is recycled out replaces virgin material within the same product
};

/// One material of a product, in the symbols of the circular footprint formula; shares are of its mass.
struct MaterialCycle {
  std::string material;
  Expression mass = 1.0;
  Expression R1 = 0.0;                   ///< recycled content
  Expression R2 = 0.0;                   ///< recycled at end of life
  Expression R3 = 0.0;                   ///< burnt for energy at end of life
  Expression A = 0.5;                    ///< share of burdens and credits that stay with the recycled content
  Expression B = 0.0;                    ///< share of energy recovery's burdens and credits that go to the energy
  Expression Qs_in = 1.0, Qs_out = 1.0;  ///< quality of recycled to virgin, in and out
  Expression LHV = 0.0, X_heat = 0.0, X_elec = 0.0;  ///< heating value, efficiencies
  // Products that stand for the formula's E terms; empty where the share that needs them is zero.
  std::string virgin, recycled, recycling, substituted, disposal, incineration, heat, electricity;
};

/// The exchanges of the product's process. E096 for shares outside 0 to 1 or that sum to more than 1, E097 where a
/// share is not zero but its product is not named.
Result<std::vector<Exchange>> end_of_life_exchanges(const MaterialCycle& cycle, EndOfLifeRule rule,
                                                    std::span<const double> values);

std::string_view name_of(EndOfLifeRule rule);

}  // namespace cradle::lca
