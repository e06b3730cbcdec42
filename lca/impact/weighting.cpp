// SPDX-License-Identifier: Apache-2.0
#include "lca/impact/weighting.hpp"

#include "lca/maths.hpp"

namespace cradle::lca {

Weighted weigh(std::span<const double> characterised, NormalisationConvention convention,
               std::span<const double> normalisation, double weight) {
  maths::Sum impact, by_flow;
  for (std::size_t f = 0; f < characterised.size(); ++f) {
    impact.add(characterised[f]);
    if (convention == NormalisationConvention::multiply_flow) by_flow.add(characterised[f] * normalisation[f]);
  }
  const bool divide = convention == NormalisationConvention::divide_category;
  const double normalised = divide ? impact.value() / normalisation[0] : by_flow.value();
  return {impact.value(), normalised, impact.value() * weight, normalised * weight,
          divide
              ? "normalised by dividing the category's result by its normalisation value, then multiplied by its weight"
              : "normalised by multiplying each flow's result by its factor, then multiplied by the weight"};
}

}  // namespace cradle::lca
