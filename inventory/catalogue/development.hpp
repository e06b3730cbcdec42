// SPDX-License-Identifier: Apache-2.0
// How much development stood behind published models, for studies that did not record their own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cradle::inventory {

struct DevelopmentOption {
  std::string id, title;
  double times = 0.0;  ///< of the final run, beside it
  std::string counted_by, source;
  bool verified = false;
};
std::vector<DevelopmentOption> development_options();
std::optional<DevelopmentOption> development_option(std::string_view id);

}  // namespace cradle::inventory
