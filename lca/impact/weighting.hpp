// SPDX-License-Identifier: Apache-2.0
// Normalisation and weighting, with the convention in the result: openLCA divides a category's result by its
// normalisation value, Brightway multiplies each elementary flow's by a factor. A reader must know which.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace cradle::lca {

enum class NormalisationConvention {
  divide_category,  ///< result / normalisation value of the category
  multiply_flow     ///< each flow's characterised amount x factor of the flow, summed
};

/// How a category's result is normalised and weighted: one number, or one for each elementary flow.
struct CategoryWeighting {
  int method = 0;
  NormalisationConvention convention = NormalisationConvention::divide_category;
  std::vector<double> normalisation;
  double weight = 1.0;
};

struct Weighted {
  double impact, normalised, weighted, both;  ///< weighted: without normalisation
  std::string convention;                     ///< in words, for the report
};

/// A category's result from the characterised amount of each flow; `normalisation` is one number for divide_category,
/// one a flow for multiply_flow. Division by zero gives infinity: a set with a zero is refused by its reader.
Weighted weigh(std::span<const double> characterised, NormalisationConvention convention,
               std::span<const double> normalisation, double weight);

}  // namespace cradle::lca
