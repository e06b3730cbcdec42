// SPDX-License-Identifier: Apache-2.0
// Shapes of open language models, so that a study names one instead of writing it out: layers, width, heads, experts,
// what a token leaves in the cache. Columns: datasets/inference/language-models.yaml.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cradle::inventory {

struct LanguageModel {
  std::string id, name, source;
  bool verified = false;  ///< read on its maker's own page
  std::map<std::string, double, std::less<>> figures;  ///< by column; a cell without a number has none
};

const std::vector<LanguageModel>& language_models();
/// Null where there is none of this id.
const LanguageModel* find_language_model(std::string_view id);

}  // namespace cradle::inventory
