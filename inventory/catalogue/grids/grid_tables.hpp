// SPDX-License-Identifier: Apache-2.0
// Intensities of grids by region and year, from several publishers, each of one kind; and what is lost on the way.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/catalogue/dataset.hpp"

namespace cradle::inventory {

struct GridIntensity {
  std::string region, iso3;
  std::string dataset;  ///< id
  int year = 0;
  double kg_per_kwh = 0.0;
  GridKind kind;
};

/// The country that a region is, or lies in: ISO 3166 codes of three and two letters.
struct Country {
  std::string iso3, iso2;
};

class GridTables {
 public:
  struct Row {
    std::string name, iso3, iso2, dataset;
    GridKind usual_kind;
    int life_cycle_until = 0;
    std::map<int, double> g_per_kwh;

    GridKind kind(int year) const;
    /// Two publishers know the same region by code, or by name where it has none.
    std::string code() const { return !iso3.empty() ? iso3 : !iso2.empty() ? iso2 : name; }
  };

  /// Reads the tables of the program and enters their datasets.
  static Result<GridTables> load(std::map<std::string, Dataset, std::less<>>& datasets);

  /// Annual average of a region by ISO 3166 code (FR, FRA), name, zone (SE-SE3) or cloud region: of the first publisher
  /// that has the year in the kind asked for. Where none is asked for only the first that knows the region counts, so
  /// that no other series stands in for a year that it lacks. Nothing for an unknown region or year.
  std::optional<GridIntensity> find(std::string_view region, int year, const GridKind& asked = {}) const;
  /// Years with a figure of that kind; empty for an unknown region.
  std::vector<int> years(std::string_view region, const GridKind& asked = {}) const;
  /// What kinds there are of a region, or of one of its years: "life-cycle, of generation (2000 to 2024)".
  std::vector<std::string> kinds(std::string_view region, std::optional<int> year = std::nullopt) const;
  /// What to write instead of a region that is not known: never another country for a code, which would be taken.
  std::string hint(std::string_view region) const;
  std::optional<Country> country(std::string_view region) const;
  /// Share of electricity lost between generator and consumer in the country of a region, by year; empty where no
  /// source gives it.
  std::map<int, double> losses(std::string_view region) const;
  /// kg CO2e of fuel supply per kWh generated, beside a direct factor, likewise.
  std::map<int, double> upstream(std::string_view region) const;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  using ByYear = std::map<std::string, std::map<int, double>, std::less<>>;  ///< iso3 -> year -> value
  void read(std::string_view table, const Dataset& dataset);
  std::map<int, double> of_country(const ByYear& table, std::string_view region, double scale) const;
  static ByYear read_by_country(std::string_view table);
  std::vector<const Row*> rows_of(std::string_view region) const;
  std::vector<const Row*> rows_asked(std::string_view region, const GridKind& asked) const;
  std::string parts_hint(const std::string& country, std::string_view text) const;

  std::vector<Row> rows_;  ///< publishers in order of preference
  ByYear losses_;          ///< percent
  ByYear upstream_;        ///< g CO2e/kWh
};

}  // namespace cradle::inventory
