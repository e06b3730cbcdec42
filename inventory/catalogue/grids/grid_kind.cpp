// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/grids/grid_kind.hpp"

#include <fmt/format.h>

namespace cradle::inventory {

bool GridKind::suits(const GridKind& asked) const {
  return (asked.factor == GridFactor::unstated || asked.factor == factor) &&
         (asked.perimeter == GridPerimeter::unstated || asked.perimeter == perimeter);
}

std::string GridKind::in_words() const {
  if (!stated()) return "kind not stated";
  const auto counts = grid_factor_names[static_cast<std::size_t>(factor)];
  const auto of = grid_perimeter_names[static_cast<std::size_t>(perimeter)];
  return fmt::format("{}{}{}", counts, counts.empty() || of.empty() ? "" : ", ",
                     of.empty() ? "" : fmt::format("of {}", of));
}

GridKind grid_kind_of(std::string_view words) {
  GridKind kind;
  for (std::size_t i = 1; i < grid_factor_names.size(); ++i)
    if (words.starts_with(grid_factor_names[i])) kind.factor = static_cast<GridFactor>(i);
  for (std::size_t i = 1; i < grid_perimeter_names.size(); ++i)
    if (words.find(fmt::format("of {}", grid_perimeter_names[i])) != words.npos)
      kind.perimeter = static_cast<GridPerimeter>(i);
  return kind;
}

}  // namespace cradle::inventory
