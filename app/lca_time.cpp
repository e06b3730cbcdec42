// SPDX-License-Identifier: Apache-2.0
// `cradle lca time`: emissions by year, and what they do to the climate by a horizon.
#include <fmt/format.h>

#include <iostream>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "app/terminal.hpp"
#include "inventory/catalogue/climate.hpp"
#include "inventory/text/csv.hpp"
#include "reporting/systems/analysis_json.hpp"

namespace cradle::app {
namespace {

/// Dated emissions of the flows that are gases; the others are listed.
std::vector<lca::DatedEmission> emissions_of(const lca::MatrixSystem& system, const inventory::Climate& climate,
                                             const lca::DatedInventory& inventory, std::vector<int>& unknown) {
  std::vector<lca::DatedEmission> emissions;
  for (int flow = 0; flow < system.biosphere.rows; ++flow) {
    const auto gas = climate.by_name.find(inventory::header_name(system.flow_name(flow)));
    if (gas == climate.by_name.end()) {
      unknown.push_back(flow);
      continue;
    }
    for (std::size_t y = 0; y < inventory.by_year.size(); ++y)
      emissions.push_back({static_cast<double>(inventory.first_year) + static_cast<double>(y), gas->second,
                           inventory.by_year[y][static_cast<std::size_t>(flow)]});
  }
  return emissions;
}

void print(const lca::MatrixSystem& system, const reporting::DatedScore& one) {
  Table table{{"year"}, {}, {true}};
  for (int flow = 0; flow < system.biosphere.rows; ++flow) {
    table.header.push_back(system.flow_name(flow));
    table.right.push_back(true);
  }
  for (std::size_t y = 0; y < one.inventory.by_year.size(); ++y) {
    table.rows.push_back({std::to_string(one.inventory.first_year + static_cast<int>(y))});
    for (const double amount : one.inventory.by_year[y]) table.rows.back().push_back(fmt::format("{:.4g}", amount));
  }
  std::cout << styled(std::cout, Style::bold, one.demand) << "\n\n";
  print_table(std::cout, table);
  std::cout << fmt::format("\n{} over {:.0f} years, {} horizon: {:.4g} kg CO2e; without dates {:.4g} kg CO2e\n",
                           one.metric, one.horizon, one.moving ? "moving" : "fixed", one.dynamic_impact,
                           one.static_impact);
  if (!one.unknown_flows.empty())
    std::cout << fmt::format("{} flow{} no gas that the project knows: not counted\n", one.unknown_flows.size(),
                             one.unknown_flows.size() == 1 ? " is" : "s are");
  std::cout << '\n';
}

}  // namespace

int lca_time(const LcaOptions& options) {
  int exit_code = done;
  const auto folder = read_folder(options, {inventory::ReadUncertainty::no}, exit_code);
  if (!folder) return exit_code;
  const auto& system = folder->system;
  const auto lca = lca::MatrixLca::prepare(system);
  if (!lca) return fail(lca.error());
  const auto climate = inventory::load_climate();
  const auto metric = options.temperature ? lca::Metric::gtp : lca::Metric::gwp;
  std::vector<reporting::DatedScore> all;
  for (const auto& demand : system.demands) {
    auto dated = lca::dated_inventory(*lca, demand, folder->timings);
    if (!dated) return fail(dated.error());
    reporting::DatedScore one{
        demand.id, options.temperature ? "GTP" : "GWP", options.horizon, options.moving, std::move(*dated), 0, 0, {}};
    const auto emissions = emissions_of(system, climate, one.inventory, one.unknown_flows);
    const auto impact = [&](lca::Horizon horizon) {
      return lca::dynamic_impact(emissions, climate.gases, climate.gases.front(), climate.temperature, metric, horizon,
                                 options.horizon);
    };
    one.static_impact = impact(lca::Horizon::moving);  // every emission as if it were now
    one.dynamic_impact = options.moving ? one.static_impact : impact(lca::Horizon::fixed);
    all.push_back(std::move(one));
  }
  if (options.format == "json")
    std::cout << reporting::write_dated_json(system, all, folder->findings);
  else
    for (const auto& one : all) print(system, one);
  return done;
}

}  // namespace cradle::app
