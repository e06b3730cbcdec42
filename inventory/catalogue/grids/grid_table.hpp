// SPDX-License-Identifier: Apache-2.0
// Shared by the readers of grid files; not used outside them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/catalogue/grids/grid_file.hpp"

namespace cradle::inventory {

/// How long one value holds, where its row says only when it begins.
enum class Holds { year, month, until_next };

/// One value of one zone before it has an end.
struct GridReading {
  std::int64_t start = 0;
  std::int64_t offset = 0;  ///< s east of UTC that its stamp says: months and years begin at local midnight
  double kg_per_kwh = 0.0;
  bool estimated = false;
};

/// What a reader takes of a file: readings of the wanted zone, and the names of all zones for a hint.
struct GridReadings {
  std::string format, zone, basis;
  Holds holds = Holds::year;
  bool may_be_years = false;  ///< a header without hours' columns: one row alone is then a year
  std::vector<GridReading> readings;
  std::vector<std::string> zones;
  std::size_t rows_without_value = 0;
};

inline tl::unexpected<Findings> grid_failure(const std::string& path, std::string code, std::string message,
                                             std::string hint = "", std::size_t line = 0) {
  return failure({std::move(code), std::move(message), std::move(hint), {path, line, 0, 1}, ""});
}

/// E068, for whoever publishes them; `signal`: what the file calls them.
inline tl::unexpected<Findings> marginal_refused(const std::string& path, const std::string& signal) {
  return grid_failure(
      path, "E068", "the file gives marginal emissions" + (signal.empty() ? "" : " (" + signal + ")"),
      "they answer what one more kWh changes, not what was emitted for the kWh used: an inventory takes "
      "averages (GHG Protocol Scope 2 Guidance); WattTime's average signal is co2_aoer");
}

Result<GridReadings> read_grid_csv(const std::string& path, std::string_view text, const GridFileChoice& choice);
Result<GridReadings> read_watttime(const std::string& path, std::string_view text, const GridFileChoice& choice);
Result<GridReadings> read_egrid(const std::string& path, const std::string& bytes, const GridFileChoice& choice);

/// A header cell in lower case, with subscripts as digits and single spaces.
std::string plain_header(std::string_view cell);

}  // namespace cradle::inventory
