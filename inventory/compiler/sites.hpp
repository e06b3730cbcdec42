// SPDX-License-Identifier: Apache-2.0
// Electricity as a site hands it to its machines: grid, overhead, losses on the way, water, a price.
#pragma once

#include <map>
#include <set>
#include <string>

#include "inventory/compiler/grids.hpp"

namespace cradle::inventory {

/// What a kWh drawn from a site stands for.
enum class Supply {
  it,               ///< IT energy; PUE adds the overhead
  it_closed,        ///< IT energy beside a stated overhead
  stated_overhead,  ///< that overhead
  facility          ///< IT and overhead together
};

class Sites : Stage {
 public:
  Sites(const Workbench& bench, Grids& grids) : Stage(bench), grids_(grids) {}

  /// Adds the electricity process of a site for one kind of supply once; its product.
  std::string electricity(const Site& site, Supply supply, const Run& run, const std::string& which = "energy");
  /// What a product of electricity() stands for; nothing for other products.
  std::optional<Supply> supply_of(const std::string& product) const;
  std::optional<lca::Expression> pue(const Site& site);
  /// The PUE that is stated or looked up, without making it a parameter.
  std::optional<Input> stated_pue(const Site& site);

 private:
  std::optional<Input> published(const OperatorFigure& wanted, bool pue);
  void add_water(const Site& site, const Run& run, bool is_it, const lca::Expression& drawn, lca::UnitProcess& process);
  std::optional<Input> water_scarcity_of(const Site& site);
  /// What a country's grid adds per kWh: a table of the catalogue, looked up for the year of the grid or its fallback.
  struct National {
    std::string name, dataset, hint;
    Dimension dimension;
  };
  std::optional<Input> national(const Site& site, const Run& run, const std::map<int, double>& by_year, const National& what);
  std::optional<Input> grid_losses(const Site& site, const Run& run);
  std::optional<Input> upstream_of(const Site& site, const Run& run);
  void add_way_of_electricity(const Site& site, const Run& run, const std::string& grid, const lca::Expression& drawn,
                              lca::UnitProcess& process);
  std::string upstream_process(const Site& site, const Run& run, const Input& factor);
  void cover_way_of_electricity(const Site& site, bool losses, bool upstream);

  Grids& grids_;
  std::map<std::string, Supply> supplies_;  ///< by product
  std::set<std::string> said_;              ///< sites whose coverage is written
};

}  // namespace cradle::inventory
