// SPDX-License-Identifier: Apache-2.0
// Files of grid intensities as their publishers hand them out: Our World in Data, Ember, Electricity Maps, eGRID,
// Google Cloud, the Green Software Foundation, and tables of one's own. Formats: docs/grids.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/catalogue/grids/intensity_series.hpp"
#include "lca/finding.hpp"

namespace cradle::inventory {

/// What is wanted of a file that holds many zones or several kinds of factor.
struct GridFileChoice {
  std::string zone;          ///< as the file names it: "DE", "DEU", "Germany", "CAMX"; empty: the only one
  std::string factor;        ///< "life-cycle" or "direct"; empty: life-cycle, or the one that there is
  std::optional<int> year;   ///< of a file whose rows say none and whose name does not either
  std::string column, unit;  ///< of a table of one's own
};

/// Reads one zone of a file; findings name its line. E001, E002, E003 as any text; E067 no known format, two values for
/// one time, no value; E068 marginal emissions, which answer another question; E016 no such zone; E064 times without an
/// offset from UTC.
Result<IntensitySeries> read_grid_file(const std::string& path, const GridFileChoice& choice);

/// Formats that can be read, for `cradle catalogue grid-files`.
struct GridFormat {
  std::string title, recognised, taken;
};
std::vector<GridFormat> grid_formats();

}  // namespace cradle::inventory
