// SPDX-License-Identifier: Apache-2.0
// What is known of places: the grid a cloud region lies in, mixes, water, what operators publish. Small tables, looked
// up when a study asks, so that a command which does not ask reads none of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/text/reader.hpp"

namespace cradle::inventory {

/// A cloud region of which only the place is known: "aws:us-east-1" in Northern Virginia, in the grid US-SRVC.
struct CloudRegion {
  std::string id, place, grid, source;
};
std::optional<CloudRegion> cloud_region(std::string_view id);
std::vector<CloudRegion> cloud_regions();

/// Life-cycle and direct emissions (kg CO2e/kWh), water (m3/kWh) and primary energy (kWh/kWh, physical energy content) of one way
/// to make electricity; what no source gives is missing.
struct ElectricitySource {
  std::string name;
  std::optional<Input> ghg, water, primary_energy, ghg_direct;
};
std::vector<ElectricitySource> electricity_source_factors();

/// Shares of generation by source in a country (ISO 3166 three-letter code, "WRL") and year, summing to one; empty
/// where it is not known. "other" has no factors.
std::map<std::string, double> national_mix(std::string_view iso3, int year);

/// Water scarcity, m3 world-equivalent per m3 that industry consumes, by two-letter code of a country.
std::optional<double> water_scarcity(std::string_view iso2);

/// What an operator, or the survey "uptime", gives for a year; without a region for its whole fleet.
struct PublishedFigure {
  std::optional<double> pue, wue;  ///< wue in L/kWh
  std::string source;
  bool verified = false;
};
/// By name: "aws 2024", "aws us-east-1 2024", "uptime 2023".
std::optional<PublishedFigure> published_figure(std::string_view name);
/// The names that there are.
std::vector<std::string> published_figures();

/// USD of 2020 per t CO2 emitted in a year, low, central and high; between two years of the source interpolated.
struct CarbonCost {
  double low = 0.0, central = 0.0, high = 0.0;
};
std::optional<CarbonCost> social_cost_of_carbon(std::string_view source, int year);

}  // namespace cradle::inventory
