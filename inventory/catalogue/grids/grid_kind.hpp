// SPDX-License-Identifier: Apache-2.0
// What a grid's intensity counts. Two of different kinds are not to be compared or summed: the same grid by its
// chimneys alone and with fuel supply and plants differ by a third, what a country makes and what it uses by more.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace cradle::inventory {

/// Direct: burning alone. Life-cycle: fuel supply, plants and their end too.
enum class GridFactor { unstated, direct, life_cycle };
inline constexpr std::array<std::string_view, 3> grid_factor_names = {"", "direct", "life-cycle"};

/// Of what is generated in a region, or of what is consumed there, with imports traced.
enum class GridPerimeter { unstated, generation, consumption };
inline constexpr std::array<std::string_view, 3> grid_perimeter_names = {"", "generation", "consumption"};

struct GridKind {
  GridFactor factor = GridFactor::unstated;
  GridPerimeter perimeter = GridPerimeter::unstated;
  std::string gwp = {};  ///< report of IPCC that CO2e was made with: "AR6"; empty where it is not said

  bool stated() const { return factor != GridFactor::unstated || perimeter != GridPerimeter::unstated; }
  /// It is nothing else than what is asked for, as far as that says anything.
  bool suits(const GridKind& asked) const;
  /// "life-cycle, of generation": as far as it is stated; "kind not stated" where nothing is.
  std::string in_words() const;
};

/// The kind that words such as "life-cycle, of consumption" begin with.
GridKind grid_kind_of(std::string_view words);

}  // namespace cradle::inventory
