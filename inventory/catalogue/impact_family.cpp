// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/impact_family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "inventory/catalogue/embedded_table.hpp"
#include "inventory/text/csv_reader.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

constexpr std::string_view published = "datasets/impact/openlca-methods.csv";
constexpr std::string_view warming = "datasets/climate/gwp100.csv";
constexpr std::string_view ar5 = "IPCC AR5 GWP100", ar6 = "IPCC AR6 GWP100";

ImpactFamily warming_family(std::string_view name) {
  ImpactFamily family{std::string(name), "ipcc-gwp100", {}};
  for_each_embedded_row(warming, [&](const CsvRow& row) {
    const double factor = number_of(row.cells[name == ar5 ? 2 : 3]);
    if (!std::isfinite(factor)) return;
    std::string_view names = row.cells[6];
    family.factors.push_back({"climate change", "kg CO2e", row.cells[0], "", "kg", factor});
    while (!names.empty()) {
      const auto end = std::min(names.find(';'), names.size());
      family.factors.push_back({"climate change", "kg CO2e", trim(names.substr(0, end)), "", "kg", factor});
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  });
  return family;
}

Result<ImpactFamily> family_of_file(const std::string& path) {
  ImpactFamily family{path, path, {}};
  Findings findings;
  CsvReader table(path, "E088", findings);
  table.read({"category", "unit", "flow", "factor"}, {"family", "compartment", "flow_unit"}, [&](const CsvRow& row) {
    FamilyFactor factor{std::string(table.cell(row, "category")),  std::string(table.cell(row, "unit")),
                        std::string(table.cell(row, "flow")),      std::string(table.cell(row, "compartment")),
                        std::string(table.cell(row, "flow_unit")), table.number(row, "factor")};
    if (!std::isfinite(factor.factor)) return table.wrong(row, "the factor is not a finite number", "");
    if (!table.cell(row, "family").empty()) family.name = table.cell(row, "family");
    const auto other = std::find_if(family.factors.begin(), family.factors.end(), [&](const FamilyFactor& known) {
      return known.category == factor.category && known.unit != factor.unit;
    });
    if (other != family.factors.end())
      return table.wrong(
          row, fmt::format("category '{}' is in {} above and in {} here", factor.category, other->unit, factor.unit),
          "one unit to a category");
    family.factors.push_back(std::move(factor));
  });
  if (has_errors(findings)) return tl::unexpected(findings);
  return family;
}

}  // namespace

std::vector<std::string> impact_families() {
  std::set<std::string> names = {std::string(ar5), std::string(ar6)};
  for_each_embedded_row(published, [&](const CsvRow& row) { names.insert(row.cells[0]); });
  return {names.begin(), names.end()};
}

Result<ImpactFamily> read_impact_family(const std::string& name) {
  if (name.ends_with(".csv")) return family_of_file(name);
  if (name == ar5 || name == ar6) return warming_family(name);
  ImpactFamily family{name, "openlca-methods", {}};
  for_each_embedded_row(published, [&](const CsvRow& row) {
    if (row.cells[0] == name)
      family.factors.push_back(
          {row.cells[1], row.cells[2], row.cells[3], row.cells[4], row.cells[5], number_of(row.cells[6])});
  });
  if (!family.factors.empty()) return family;
  const auto known = impact_families();
  const auto near = did_you_mean(name, known);
  return failure(
      {"E100", fmt::format("unknown family of impact methods '{}'", name),
       near.empty() ? fmt::format("there are {}, or a CSV file of your own", fmt::join(known, ", ")) : near});
}

}  // namespace cradle::inventory
