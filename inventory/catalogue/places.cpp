// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/places.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "inventory/catalogue/embedded_table.hpp"

namespace cradle::inventory {
namespace {

std::optional<double> number_in(const std::string& cell) {
  const double value = number_of(cell);
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

/// A factor with the range of its source; `scale` brings it into the canonical unit.
std::optional<Input> factor(const CsvRow& row, std::size_t low, Dimension dimension, double scale) {
  const auto value = number_in(row.cells[low + 1]);
  if (!value) return std::nullopt;
  Input input;
  input.value = *value * scale;
  input.unit = canonical_unit(dimension);
  input.basis = lca::Basis::default_value;
  input.source = row.cells[low + 3];
  input.verified = row.cells[low + 4] == "true";
  const auto least = number_in(row.cells[low]), most = number_in(row.cells[low + 2]);
  if (least && most && *least < *most) {
    input.range = lca::RangeKind::interval_95;
    input.low = *least * scale;
    input.high = *most * scale;
  }
  return input;
}

constexpr std::string_view published_table = "datasets/datacentre/published-pue-wue.csv";

std::string name_of_figure(const CsvRow& row) {
  return fmt::format("{}{}{} {}", row.cells[0], row.cells[1].empty() ? "" : " ", row.cells[1], row.cells[2]);
}

}  // namespace

std::vector<CloudRegion> cloud_regions() {
  std::vector<CloudRegion> regions;
  for_each_embedded_row("datasets/electricity/cloud-regions.csv", [&](const CsvRow& row) {
    regions.push_back({row.cells[0], row.cells[1], row.cells[2], row.cells[3]});
  });
  return regions;
}

std::optional<CloudRegion> cloud_region(std::string_view id) {
  if (id.find(':') == id.npos) return std::nullopt;
  for (auto& region : cloud_regions())
    if (region.id == id) return region;
  return std::nullopt;
}

std::vector<ElectricitySource> electricity_source_factors() {
  std::vector<ElectricitySource> sources;
  for_each_embedded_row("datasets/electricity/sources.csv", [&](const CsvRow& row) {
    constexpr double g = 1e-3, litre = 1e-3;
    sources.push_back({row.cells[0], factor(row, 1, Dimension::co2e_per_energy, g),
                       factor(row, 6, Dimension::water_per_energy, litre), factor(row, 11, Dimension::number, 1.0),
                       factor(row, 16, Dimension::co2e_per_energy, g)});
  });
  return sources;
}

std::map<std::string, double> national_mix(std::string_view iso3, int year) {
  static constexpr std::array sources = {"coal", "gas",   "oil",       "nuclear", "hydro",
                                         "wind", "solar", "bioenergy", "other"};
  const std::string wanted = std::to_string(year);
  std::map<std::string, double> shares;
  double total = 0.0;
  for_each_embedded_row("datasets/electricity/owid-mix.csv", [&](const CsvRow& row) {
    if (row.cells[0] != iso3 || row.cells[1] != wanted) return;
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (const auto twh = number_in(row.cells[i + 2]); twh && *twh > 0) {
        shares[sources[i]] = *twh;
        total += *twh;
      }
  });
  for (auto& [source, share] : shares) share /= total;
  return shares;
}

std::optional<double> water_scarcity(std::string_view iso2) {
  std::optional<double> factor;
  for_each_embedded_row("datasets/water/aware20.csv", [&](const CsvRow& row) {
    if (row.cells[1] == iso2) factor = number_in(row.cells[2]);
  });
  return factor;
}

std::optional<PublishedFigure> published_figure(std::string_view name) {
  std::optional<PublishedFigure> figure;
  for_each_embedded_row(published_table, [&](const CsvRow& row) {
    if (name_of_figure(row) == name)
      figure = PublishedFigure{number_in(row.cells[3]), number_in(row.cells[4]), row.cells[5], row.cells[6] == "true"};
  });
  return figure;
}

std::vector<std::string> published_figures() {
  std::vector<std::string> names;
  for_each_embedded_row(published_table, [&](const CsvRow& row) { names.push_back(name_of_figure(row)); });
  return names;
}

std::optional<CarbonCost> social_cost_of_carbon(std::string_view source, int year) {
  std::map<int, CarbonCost> table;
  for_each_embedded_row("datasets/cost/social-cost-of-carbon.csv", [&](const CsvRow& row) {
    if (row.cells[0] != source) return;
    CarbonCost& cost = table[static_cast<int>(number_of(row.cells[1]))];
    const double usd = number_of(row.cells[3]);
    (row.cells[2] == "2.5 %" ? cost.low : row.cells[2] == "2 %" ? cost.central : cost.high) = usd;
  });
  const auto after = table.lower_bound(year);
  if (after == table.end()) return std::nullopt;
  if (after->first == year) return after->second;
  if (after == table.begin()) return std::nullopt;
  const auto before = std::prev(after);
  const double share = static_cast<double>(year - before->first) / (after->first - before->first);
  const auto between = [&](double CarbonCost::*member) {
    return before->second.*member + share * (after->second.*member - before->second.*member);
  };
  return CarbonCost{between(&CarbonCost::low), between(&CarbonCost::central), between(&CarbonCost::high)};
}

}  // namespace cradle::inventory
