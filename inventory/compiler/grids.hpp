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
  enum class MixFactor { ghg, water, primary_energy, ghg_direct };
  /// Mean over the mix of a factor of each source; a source without one takes the mean of the others. Nothing where the
  /// mix cannot be had.
  std::optional<lca::Expression> of_mix(const Site& site, const Run& run, MixFactor wanted);

  const std::vector<GridUse>& uses() const { return uses_; }
  /// What the grid of a site counts; nothing is stated where no electricity of it was used.
  GridKind kind_of(const Site& site) const;
  /// W128 where the grids in use are of two kinds: a sum of them is neither.
  void compare_kinds();

 private:
  /// An intensity with what it counts.
  struct Known {
    Input input;
    GridKind kind;
    std::optional<int> year;
  };
  struct LocationFactor {
    lca::Expression intensity;
    GridKind kind;
    std::optional<int> year;
  };
  struct EnergyHours {
    std::vector<EnergyStep> steps;
    bool from_logs = false;
    std::string without_zone;  ///< a log or a stamp that does not say its offset from UTC
  };
  // grid_by_time.cpp
  EnergyHours hours_of(const Run& run, const std::string& which);
  const IntensitySeries* series_of(const Site& site);
  std::optional<Known> yearly_intensity(const Site& site);
  std::optional<Known> hourly_intensity(const Site& site, const Run& run, const std::string& which);
  // grids.cpp
  std::optional<Known> catalogue_intensity(const Site& site);
  std::optional<GridIntensity> published(const Site& site);
  std::string other_kinds(const GridChoice& grid, int year) const;
  std::optional<LocationFactor> of_own_mix(const Site& site, const Run& run);
  void compare_years(const Site& site, int year, const std::vector<int>& known);
  std::map<std::string, Input> mix_of(const Site& site, int year);
  std::optional<LocationFactor> location_factor(const Site& site, const Run& run, const std::string& which);
  // grid_market.cpp
  std::set<int> years_of(const Site& site);
  std::string flaw_of(const Instrument& instrument, const std::string& label, const Site& site,
                      const std::set<int>& years);
  lca::Expression market_factor(const Site& site, const lca::Expression& location);

  const StudyFiles& files_;
  std::vector<GridUse> uses_;
};

}  // namespace cradle::inventory
