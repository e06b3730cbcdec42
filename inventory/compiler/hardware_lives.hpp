// SPDX-License-Identifier: Apache-2.0
// Hardware: a device's life is the device, its share of the machine, of network and building; who uses it takes a share
// of that life, by hours or by what else the study amortises by.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "inventory/compiler/catalogue_products.hpp"

namespace cradle::inventory {

class HardwareLives : Stage {
 public:
  HardwareLives(const Workbench& bench, CatalogueProducts& products, CatalogueFormulas& formulas)
      : Stage(bench), products_(products), formulas_(formulas) {}

  /// Adds once what a device-hour, a kWh, a FLOP ... on a hardware entry takes of a device's life; its product.
  std::string use(const Hardware& hardware);
  /// Adds a product of the catalogue, delivered and disposed of as far as the boundary goes; its product name. Nothing,
  /// with findings at `place`, where the catalogue does not know it or cannot estimate it.
  std::optional<std::string> asset(const std::string& name, const std::string& label, const std::string& kind,
                                   const std::string& id, const Place& place, const Hardware* end_of_life = nullptr);

  std::map<std::string, std::string> lives;  ///< product of a device's life, by hardware entry
  std::set<std::string> unsplit_stages;      ///< life-cycle stages that lie, for some hardware, inside another figure

 private:
  std::string life(const Hardware& hardware);
  LifeShares life_shares_of(const Hardware& hardware);
  void add_stated(const Hardware& hardware, const lca::Expression& per_node, lca::UnitProcess& life);
  std::string stated_asset(const Hardware& hardware, const std::string& which, const std::string& component,
                           const Input& footprint);
  void leave_out_stated(const Hardware& hardware);
  void add_infrastructure(const Hardware& hardware, lca::UnitProcess& life);
  // end_of_life.cpp
  struct MetalEnd {
    std::string material;
    lca::Expression mass, recovered;  ///< kg; share of it
  };
  struct MetalEnds {
    lca::ParameterKey key;
    lca::Expression collected, reused, burnt;
    std::vector<MetalEnd> metals;
  };
  void add_delivery_and_end_of_life(const Hardware* hardware, const ResolvedProduct& resolved, const Place& place,
                                    lca::UnitProcess& process);
  MetalEnds metal_ends(const Hardware* hardware, const ResolvedProduct& resolved, const Place& place);
  void add_routes(const lca::Expression& mass, const MetalEnds& ends, const std::string& id, const Place& place,
                  const std::function<void(const char*, const lca::Expression&, const char*)>& needs);
  void add_recycling(const Hardware& hardware, const MetalEnds& ends, const std::string& id, const Place& place,
                     lca::UnitProcess& process);

  CatalogueProducts& products_;
  CatalogueFormulas& formulas_;
};

}  // namespace cradle::inventory
