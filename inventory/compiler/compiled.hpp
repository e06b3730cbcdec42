// SPDX-License-Identifier: Apache-2.0
// What a study is compiled to: its product system, and what is said beside it.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "inventory/catalogue/catalogue.hpp"
#include "inventory/catalogue/grids/intensity_series.hpp"
#include "inventory/catalogue/amortisation.hpp"
#include "inventory/study/study.hpp"
#include "inventory/telemetry/log.hpp"
#include "lca/product_system.hpp"

namespace cradle::inventory {

/// What became of an item.
enum class Coverage { counted, not_estimated, excluded, substitute, by_default, passed_over };
inline constexpr std::array<std::string_view, 6> coverage_names = {"counted",    "not estimated", "excluded",
                                                                   "substitute", "default",       "passed over"};
inline std::string_view name_of(Coverage status) { return coverage_names[static_cast<std::size_t>(status)]; }

/// What was counted, what was not, and why: one row of the coverage table.
struct CoverageRow {
  std::string item;
  Coverage status;
  std::string detail;
};

/// Elementary flows and methods of every compiled study.
namespace flows {
inline const std::string co2e = "CO2e";
inline const std::string grid_location = "CO2e, electricity, location-based";
inline const std::string grid_market = "CO2e, electricity, market-based";
inline const std::string grid_hourly = "CO2e, electricity, hourly-matched";
inline const std::string inherited = "CO2e, inherited from a base model";
inline const std::string water = "water, on-site consumption";
inline const std::string water_off_site = "water, consumption of electricity supply";
inline const std::string abiotic_depletion = "abiotic depletion, elements";
inline const std::string primary_energy = "primary energy";
inline const std::string credit = "CO2e, displaced by recycling";
inline const std::string occupation = "device occupation";
inline const std::string computation = "computation";
inline const std::string compute_cost = "cost of compute";
inline const std::string energy_cost = "cost of energy";
inline const std::string water_scarcity = "water, weighted by scarcity";
}  // namespace flows
namespace methods {
inline const std::string climate = "climate-change";
inline const std::string climate_market = "climate-change/market";
inline const std::string climate_hourly = "climate-change/hourly";
inline const std::string inherited = "climate-change/inherited";
inline const std::string water = "water";
inline const std::string water_off_site = "water/off-site";
inline const std::string water_total = "water/total";
inline const std::string water_scarcity = "water/scarcity";
inline const std::string abiotic_depletion = "abiotic-depletion";
inline const std::string primary_energy = "primary-energy";
inline const std::string credit = "climate-change/credit";
inline const std::string occupation = "device-hours";
inline const std::string computation = "flop";
inline const std::string compute_cost = "cost/compute";
inline const std::string energy_cost = "cost/energy";
inline const std::string carbon_cost = "cost/carbon";
}  // namespace methods

/// The tag "run" of the development that stands beside a run.
inline std::string development_of(const std::string& run) { return "development of " + run; }

/// How a hardware entry is amortised.
AmortisationMethod method_of(const Hardware& hardware);

/// A service and the model that it serves, where the study's runs trained it.
struct ServedModel {
  std::string service, product, model, unit;  ///< unit: "token" or "request"
  lca::Expression units;                      ///< delivered in the period
  std::optional<lca::Expression> lifetime;    ///< units of the model's whole life, where a share of training is counted
};

/// A grid as the electricity of a site, or of one of its runs, uses it.
struct GridUse {
  std::string site, label;
  lca::Expression intensity;  ///< location-based, kg CO2e per kWh
  std::optional<lca::ParameterIndex> parameter;  ///< that it is; nothing where it is a number
  GridKind kind;
  std::optional<int> year;  ///< that it is of; nothing where it is stated, or by time
};

/// A compiled study, ready to be solved.
struct Compiled {
  lca::ProductSystem system;
  Findings findings;  ///< warnings
  std::vector<CoverageRow> coverage;
  std::vector<LogSummary> logs;
  std::vector<Dataset> datasets;                  ///< those that figures were taken from
  std::vector<std::string> missing;               ///< boundary items that are included but have no data (refusal R02)
  std::string functional_unit;
  std::string profile;                                   ///< the tradition of hardware from the catalogue
  std::map<std::string, std::set<std::string>> lacking;  ///< criterion -> hardware components without a factor for it
  std::set<std::string> hardware_products;               ///< ids of the catalogue's products in use
  std::vector<std::string> hardware_gaps;                ///< parts of them that no source has a factor for
  bool facility_level_energy = false;  ///< some energy is known at facility level only: IT energy is partial
  std::set<std::string> unsplit_stages;        ///< life-cycle stages that lie, for some hardware, inside another figure
  std::vector<std::string> hardware_unknown;  ///< runs whose share of hardware is not known
  std::vector<ServedModel> served;
  std::vector<GridUse> grids;
  std::map<std::string, std::string> lives;  ///< product of one device's life, by hardware entry
};

}  // namespace cradle::inventory
