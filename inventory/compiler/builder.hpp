// SPDX-License-Identifier: Apache-2.0
// The inventory under construction, shared by the files of the compiler; not used outside them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "inventory/compiler/compile.hpp"
#include "inventory/catalogue/grids/intensity_series.hpp"
#include "inventory/catalogue/amortisation.hpp"

namespace cradle::inventory {

/// What a kWh drawn from a site stands for.
enum class Supply {
  it,               ///< IT energy; PUE adds the overhead
  it_closed,        ///< IT energy beside a stated overhead
  stated_overhead,  ///< that overhead
  facility          ///< IT and overhead together
};

/// Tags of a part of an energy: which account, which component where it is known.
inline lca::Tags part_tags(const std::string& account, const std::string& component) {
  lca::Tags tags{{"account", account}};
  if (!component.empty()) tags["component"] = component;
  return tags;
}

/// "sites/eu/grid": what an owner makes. A name that holds a slash is quoted, so that no two products read alike.
std::string product_of(const lca::Owner& owner, const std::string& part = "");
/// The same of a site, in the hours of a run where its grid goes by time.
std::string product_of_site(const Site& site, const Run* run, const std::string& which, const std::string& part);

class Builder {
 public:
  /// `profile` is the tradition that hardware of the catalogue is made in.
  /// `first`: an earlier compilation of the same study, whose logs and grid files are used again.
  Builder(const Study& study, const Catalogue& catalogue, std::string profile, const Compiled* first = nullptr)
      : study_(study), catalogue_(catalogue), profile_(std::move(profile)), first_(first) {
    if (first != nullptr) series = first->series;
  }

  const Study& study() const { return study_; }
  const Catalogue& catalogue() const { return catalogue_; }
  bool includes(std::string_view item) const { return study_.boundary && study_.boundary->includes(item); }

  /// A new parameter, or the one that is there: a second definition from another place is a defect.
  lca::Expression parameter(const lca::ParameterKey& key, const std::string& label, const Input& input);
  /// A quantity with a name of its own: calculated by a formula once, however often it is used.
  struct Calculated {
    std::string label, unit, rule, source = {};
  };
  lca::Expression calculated(const lca::ParameterKey& key, const Calculated& words, lca::Expression formula);
  void add(lca::UnitProcess process) { inventory.processes.push_back(std::move(process)); }
  /// Whether a product is made by now.
  bool makes(const std::string& product) const { return done_.contains(product); }
  void cover(std::string item, Coverage status, std::string detail);
  void use_dataset(std::string_view id);
  void report(std::string code, const Place& place, std::string message, std::string hint = "");

  // hardware.cpp
  /// Adds a product of the catalogue, delivered and disposed of as far as the boundary goes; its product name. Nothing,
  /// with findings at `place`, where the catalogue does not know it or cannot estimate it.
  std::optional<std::string> asset(const std::string& name, const std::string& label, const std::string& kind,
                                   const std::string& id, const Place& place, const Hardware* end_of_life = nullptr);
  /// Adds once what a device-hour, a kWh, a FLOP ... on a hardware entry takes of a device's life; its product name.
  std::string hardware_use(const Hardware& hardware);
  /// Adds what one device's life needs once; its product name.
  std::string device_life(const Hardware& hardware);
  // grid.cpp
  /// Adds the grid of a site once, or the grid in the hours of a run ("energy" or "idle") where intensities go by time;
  /// its product.
  std::string grid(const Site& site, const Run& run, const std::string& which);
  // site.cpp
  /// Adds the electricity process of a site for one kind of supply once; its product.
  std::string electricity(const Site& site, Supply supply, const Run& run, const std::string& which = "energy");
  // activity.cpp
  /// Adds a run's process; its product name.
  std::string run(const Run& run);
  std::string service(const Service& service);
  std::string model(const Model& model);
  /// Device-hours of a run as a formula, where the study or its logs tell them.
  std::optional<lca::Expression> device_hours(const Run& run);
  /// Adds to a process all repetitions of a run, and the development that the study gives it.
  void use_run(const Run& run, const std::string& rule, lca::UnitProcess& process);
  /// How often a run was repeated; its process is one repetition.
  lca::Expression repetitions(const Run& run);
  /// Requests or tokens that a service delivered, where the study tells them.
  std::optional<lca::Expression> units_served(const Service& service, const std::string& unit);

  /// Impact methods, once everything that brings flows is there.
  void add_methods();
  /// E041 an unknown parameter, E024 a value out of its limits.
  void apply(const Overrides& overrides);

  lca::Inventory inventory;
  Findings findings;
  std::vector<CoverageRow> coverage;
  std::vector<LogSummary> logs;
  std::map<std::string, IntensitySeries> series;  ///< grid files, by site
  std::vector<Dataset> datasets;
  std::vector<std::string> missing;
  std::map<std::string, std::set<std::string>> lacking;  ///< criterion -> hardware components without a factor for it
  std::set<std::string> hardware_products;               ///< ids of the catalogue's products in use
  std::vector<std::string> hardware_gaps;                ///< parts of them that no source has a factor for
  bool facility_level_energy = false;
  std::set<std::string> unsplit_stages;
  std::vector<std::string> hardware_unknown;
  std::vector<TrainedService> trained_services;
  std::vector<GridUse> grids;
  std::map<std::string, std::string> lives;  ///< product of a device's life, by hardware entry
  bool development_beside = false;  ///< some run carries development of its own

 private:
  using Scope = std::map<std::string, lca::Expression, std::less<>>;
  using Siblings = std::map<std::string, bool>;  ///< processes of one product by id; whether they are background

  void add_carbon_cost(const std::map<std::string, lca::Expression>& gases);
  // grid.cpp, grid_by_time.cpp, grid_market.cpp
  struct EnergyHours {
    std::vector<EnergyStep> steps;
    bool from_logs = false;
    std::string without_zone;  ///< a log or a stamp that does not say its offset from UTC
  };
  EnergyHours hours_of(const Run& run, const std::string& which);
  int year_of(const Site& site, const Run& run);
  std::set<int> years_of(const Site& site);
  const IntensitySeries* series_of(const Site& site);
  void cite_series(const Site& site, const IntensitySeries& of);
  std::optional<Input> yearly_intensity(const Site& site);
  std::optional<Input> hourly_intensity(const Site& site, const Run& run, const std::string& which);
  std::optional<Input> catalogue_intensity(const Site& site);
  std::map<std::string, Input> mix_of(const Site& site, int year);
  enum class MixFactor { ghg, water, primary_energy };
  std::optional<lca::Expression> of_mix(const Site& site, const Run& run, MixFactor wanted);
  std::optional<lca::Expression> location_factor(const Site& site, const Run& run, const std::string& which);
  std::string flaw_of(const Instrument& instrument, const std::string& label, const Site& site,
                      const std::set<int>& years);
  lca::Expression market_factor(const Site& site, const lca::Expression& location);
  // site.cpp
  std::optional<Input> published(const OperatorFigure& wanted, bool pue);
  std::optional<lca::Expression> pue(const Site& site);
  void add_water(const Site& site, const Run& run, bool is_it, const lca::Expression& drawn, lca::UnitProcess& process);
  std::optional<Input> water_scarcity_of(const Site& site);
  std::optional<Input> grid_losses(const Site& site, const Run& run);

  bool once(const std::string& key) { return done_.insert(key).second; }
  std::optional<std::string> catalogue_product(const Product& product, const Place& place);
  LifeShares life_shares_of(const Hardware& hardware);
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
  // hardware.cpp
  std::string shared(const std::string& recipe, const Place& place);
  void add_infrastructure(const Hardware& hardware, lca::UnitProcess& life);
  void add_parameters(const ResolvedProduct& resolved, bool materials, Scope& local);
  bool not_negative(const lca::Expression& value, const ProcessRecipe& recipe, const std::string& what);
  void add_emissions(const ProcessRecipe& recipe, const Scope& local, lca::UnitProcess& process);
  void catalogue_process(const ProcessRecipe& recipe, const std::string& prefix, const Scope& local,
                         const Siblings& siblings, const Place& user);
  std::optional<lca::Expression> formula(const std::string& text, const Scope& local, const Place& place);
  const lca::Expression* shared_parameter(std::string_view name);
  void stated_asset(const Hardware& hardware, const std::string& which, const Input& embodied);
  void add_energy(const Run& run, const Energy& energy, const std::string& key, const std::string& account,
                  lca::UnitProcess& process);
  void check_power(const Run& run, const Input& watts);
  // activity_logs.cpp
  void add_logs(const Run& run, const Energy& energy, const std::string& which, const Site& site,
                const std::string& account, lca::UnitProcess& process);
  const std::vector<std::size_t>& read_logs(const Run& run, const std::string& which, const LogSources& sources);
  // estimate.cpp
  /// What an estimator says of a run: energy by component (kWh), and hours and FLOP where it tells them.
  struct Estimated {
    std::vector<std::pair<std::string, lca::Expression>> energy;
    std::optional<lca::Expression> device_hours, flop;
  };
  std::optional<lca::Expression> development(const Run& run);
  const Estimated& estimated(const Run& run, const Energy& energy, const lca::ParameterKey& at);
  std::optional<lca::Expression> estimator_input(const Run& run, const Estimate& estimate, const EstimatorInput& input,
                                                 const lca::ParameterKey& at, const Scope& local);
  /// W122 where what a run states is far from what its estimator computes.
  void compare_stated(const Input& stated, const lca::Expression& computed, const std::string& what,
                      const std::string& unit, const std::string& by);
  std::pair<double, double> range_of(const lca::Expression& formula) const;
  void compare_alternatives(const Run& run, const Energy& energy, const lca::ParameterKey& key);
  lca::Expression duration_of(const Run& run);
  LogReading read_files(const LogSources& sources) const;
  void add_occupation(const Run& run, lca::UnitProcess& process);
  std::map<std::string, lca::Expression> use_of_life(const Run& run, AmortisationMethod method,
                                                     const lca::UnitProcess& process);
  lca::Expression it_energy(const Run& run, const lca::Exchange& exchange);
  bool counts_in(const std::string& hardware, const std::string& unit) const;

  const Study& study_;
  const Catalogue& catalogue_;
  std::string profile_;
  const Compiled* first_;
  std::vector<std::string> making_;  ///< products of the catalogue under way, outermost first
  std::set<std::string> done_;
  Scope shared_;
  std::map<std::string, std::vector<std::size_t>> logs_of_run_;
  std::map<lca::ParameterKey, Estimated> estimates_;
  std::map<lca::ParameterKey, lca::ParameterIndex> keys_;
  std::map<std::string, Supply> supplies_;  ///< by product of electricity
  std::set<std::string> series_tried_;
};

}  // namespace cradle::inventory
