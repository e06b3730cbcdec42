// SPDX-License-Identifier: Apache-2.0
// Electricity of a grid: the location-based factor by the nearest thing that is known, and what contracts claim.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "inventory/compiler/stage.hpp"
#include "inventory/compiler/study_files.hpp"

namespace cradle::inventory {

class Grids : Stage {
 public:
  Grids(const Workbench& bench, const StudyFiles& files) : Stage(bench), files_(files) {}

  /// Adds the grid of a site once, or the grid in the hours of a run ("energy" or "idle") where intensities go by time;
  /// its product.
  std::string grid(const Site& site, const Run& run, const std::string& which);
  /// The year that national figures are taken for: the grid's, else that of the run; 0 where none is known.
  int year_of(const Site& site, const Run& run);
  enum class MixFactor { ghg, water, primary_energy };
  /// Mean over the mix of a factor of each source; a source without one takes the mean of the others. Nothing where the
  /// mix cannot be had.
  std::optional<lca::Expression> of_mix(const Site& site, const Run& run, MixFactor wanted);

  const std::vector<GridUse>& uses() const { return uses_; }
  /// W128 where the grids in use are of both kinds: a sum of them is neither.
  void compare_kinds();

 private:
  struct EnergyHours {
    std::vector<EnergyStep> steps;
    bool from_logs = false;
    std::string without_zone;  ///< a log or a stamp that does not say its offset from UTC
  };
  // grid_by_time.cpp
  EnergyHours hours_of(const Run& run, const std::string& which);
  const IntensitySeries* series_of(const Site& site);
  std::optional<Input> yearly_intensity(const Site& site);
  std::optional<Input> hourly_intensity(const Site& site, const Run& run, const std::string& which);
  // grid.cpp
  std::optional<Input> catalogue_intensity(const Site& site);
  void compare_years(const Site& site, int year, const std::vector<int>& known);
  std::map<std::string, Input> mix_of(const Site& site, int year);
  std::optional<lca::Expression> location_factor(const Site& site, const Run& run, const std::string& which);
  // grid_market.cpp
  std::set<int> years_of(const Site& site);
  std::string flaw_of(const Instrument& instrument, const std::string& label, const Site& site,
                      const std::set<int>& years);
  lca::Expression market_factor(const Site& site, const lca::Expression& location);

  const StudyFiles& files_;
  std::vector<GridUse> uses_;
  std::map<std::string, std::pair<std::string, Place>> kinds_;  ///< "life-cycle" or "direct", by site, where it is known
};

}  // namespace cradle::inventory
