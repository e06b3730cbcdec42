// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/grids/grid_tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "inventory/catalogue/embedded_table.hpp"
#include "inventory/catalogue/places.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

/// In order of preference where a study asks for no kind: figures of generation by country, then parts of countries,
/// then what only consumption is published of.
constexpr std::string_view tables[] = {
    "datasets/electricity/owid-carbon-intensity.csv", "datasets/electricity/egrid-subregions.csv",
    "datasets/electricity/google-cloud-regions.csv", "datasets/electricity/electricity-maps.csv",
    "datasets/electricity/desnz-uk.csv"};
constexpr std::string_view losses_table = "datasets/electricity/grid-losses.csv";
constexpr std::string_view upstream_table = "datasets/electricity/electricity-upstream.csv";

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

/// Codes that mean one thing and are not ISO's: UK is reserved for it, EL the Union's own, names of the whole, and
/// bidding zones as their markets call them ("SE3" is SE-SE3).
std::string usual_name(std::string_view name) {
  static const std::map<std::string_view, std::string_view> others = {{"world", "World"},
                                                                      {"WORLD", "World"},
                                                                      {"WOR", "World"},
                                                                      {"WLD", "World"},
                                                                      {"GLO", "World"},
                                                                      {"UK", "GB"},
                                                                      {"EL", "GR"},
                                                                      {"EU", "European Union (27)"},
                                                                      {"EU27", "European Union (27)"},
                                                                      {"EU-27", "European Union (27)"}};
  if (const auto other = others.find(name); other != others.end()) return std::string(other->second);
  const auto letter = [&](std::size_t i) { return std::isupper(static_cast<unsigned char>(name[i])) != 0; };
  const bool zone =
      name.size() == 3 && letter(0) && letter(1) && std::isdigit(static_cast<unsigned char>(name[2])) != 0;
  return zone ? fmt::format("{}-{}", name.substr(0, 2), name) : std::string(name);
}

}  // namespace

GridKind GridTables::Row::kind(int year) const {
  GridKind kind = usual_kind;
  if (year <= life_cycle_until) kind.factor = GridFactor::life_cycle;
  return kind;
}

Result<GridTables> GridTables::load(std::map<std::string, Dataset, std::less<>>& datasets) {
  GridTables grids;
  const auto enter = [&](std::string_view table) {
    auto dataset = dataset_of_table(table);
    if (dataset) datasets.insert_or_assign(dataset->id, *dataset);
    return dataset;
  };
  for (const auto table : tables) {
    const auto dataset = enter(table);
    if (!dataset) return tl::unexpected(dataset.error());
    grids.read(table, *dataset);
  }
  for (const auto& [table, values] :
       {std::pair{losses_table, &grids.losses_}, std::pair{upstream_table, &grids.upstream_}}) {
    if (const auto dataset = enter(table); !dataset) return tl::unexpected(dataset.error());
    *values = read_by_country(table);
  }
  return grids;
}

void GridTables::read(std::string_view table, const Dataset& dataset) {
  std::vector<int> years;
  read_csv(embedded_file(table), [&](const CsvRow& row) {
    if (years.empty()) {
      for (std::size_t i = 3; i < row.cells.size(); ++i) years.push_back(static_cast<int>(number_of(row.cells[i])));
      return;
    }
    Row grid{row.cells[0], row.cells[1], row.cells[2], dataset.id, dataset.grid, dataset.life_cycle_until, {}};
    for (std::size_t i = 3; i < row.cells.size(); ++i)
      if (const double value = number_of(row.cells[i]); !std::isnan(value)) grid.g_per_kwh[years[i - 3]] = value;
    rows_.push_back(std::move(grid));
  });
}

GridTables::ByYear GridTables::read_by_country(std::string_view table) {
  ByYear values;
  std::vector<int> years;
  read_csv(embedded_file(table), [&](const CsvRow& row) {
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
      const double value = number_of(row.cells[i]);
      if (row.line == 1)
        years.push_back(static_cast<int>(value));
      else if (!std::isnan(value))
        values[row.cells[0]][years[i - 1]] = value;
    }
  });
  return values;
}

/// A region's rows of all publishers; a cloud region's own before those of the grid that it lies in.
std::vector<const GridTables::Row*> GridTables::rows_of(std::string_view name) const {
  const std::string wanted = usual_name(name);
  std::vector<const Row*> found;
  for (const auto& row : rows_)
    if (row.name == wanted || (!row.iso3.empty() && row.iso3 == wanted) || (!row.iso2.empty() && row.iso2 == wanted))
      found.push_back(&row);
  if (const auto cloud = cloud_region(name); cloud && cloud->grid != name) {
    const auto around = rows_of(cloud->grid);
    found.insert(found.end(), around.begin(), around.end());
    return found;
  }
  // One publisher's name may be a country's code at another: they are one region.
  if (!found.empty() && wanted == found.front()->name && !found.front()->iso2.empty() && wanted != found.front()->iso2)
    return rows_of(found.front()->iso2);
  return found;
}

std::vector<const GridTables::Row*> GridTables::rows_asked(std::string_view region, const GridKind& asked) const {
  auto rows = rows_of(region);
  if (!asked.stated() && rows.size() > 1) rows.resize(1);
  return rows;
}

std::optional<GridIntensity> GridTables::find(std::string_view region, int year, const GridKind& asked) const {
  for (const Row* row : rows_asked(region, asked))
    if (const auto found = row->g_per_kwh.find(year); found != row->g_per_kwh.end())
      if (const auto kind = row->kind(year); kind.suits(asked))
        return GridIntensity{row->name, row->iso3, row->dataset, year, found->second / 1000.0, kind};
  return std::nullopt;
}

std::vector<int> GridTables::years(std::string_view region, const GridKind& asked) const {
  std::set<int> years;
  for (const Row* row : rows_asked(region, asked))
    for (const auto& [year, value] : row->g_per_kwh)
      if (row->kind(year).suits(asked)) years.insert(year);
  return {years.begin(), years.end()};
}

std::vector<std::string> GridTables::kinds(std::string_view region, std::optional<int> wanted) const {
  std::vector<std::pair<std::string, std::set<int>>> by_kind;  // in order of publishers
  for (const Row* row : rows_of(region))
    for (const auto& [year, value] : row->g_per_kwh) {
      if (wanted && *wanted != year) continue;
      const auto kind = row->kind(year).in_words();
      const auto known =
          std::find_if(by_kind.begin(), by_kind.end(), [&](const auto& one) { return one.first == kind; });
      if (known == by_kind.end())
        by_kind.push_back({kind, {year}});
      else
        known->second.insert(year);
    }
  std::vector<std::string> kinds;
  for (const auto& [kind, years] : by_kind)
    kinds.push_back(fmt::format(
        "{} ({})", kind,
        years.size() == 1 ? std::to_string(*years.begin()) : fmt::format("{} to {}", *years.begin(), *years.rbegin())));
  return kinds;
}

std::optional<Country> GridTables::country(std::string_view name) const {
  const auto rows = rows_of(name);
  if (rows.empty()) return std::nullopt;
  if (rows.front()->name == "World") return Country{"WRL", ""};
  for (const Row* row : rows)
    if (!row->iso3.empty()) return Country{row->iso3, row->iso2};
  // A subregion names its country: "US-CAMX"; a cloud region lies in one.
  const auto& code = rows.front()->iso2;
  if (code.size() > 3 && code[2] == '-') return country(std::string_view(code).substr(0, 2));
  if (const auto cloud = cloud_region(name); cloud && cloud->grid != name) return country(cloud->grid);
  return std::nullopt;
}

std::map<int, double> GridTables::losses(std::string_view region) const { return of_country(losses_, region, 1e-2); }

std::map<int, double> GridTables::upstream(std::string_view region) const {
  return of_country(upstream_, region, 1e-3);
}

std::map<int, double> GridTables::of_country(const ByYear& table, std::string_view region, double scale) const {
  const auto where = country(region);
  if (!where) return {};
  const auto known = table.find(where->iso3 == "WRL" ? "WLD" : where->iso3);  // the World Bank's code of the world
  if (known == table.end()) return {};
  auto by_year = known->second;
  for (auto& [year, value] : by_year) value *= scale;
  return by_year;
}

/// Parts of a country, those first that begin as it was written: "US-CA" is US-CAMX and US-CAL-CISO.
std::string GridTables::parts_hint(const std::string& country, std::string_view text) const {
  constexpr std::size_t most = 12;
  std::set<std::string> parts, like;
  for (const auto& row : rows_)
    if (row.iso2.starts_with(country + "-")) {
      parts.insert(row.iso2);
      if (text.size() > 3 && row.iso2.starts_with(upper_case(text))) like.insert(row.iso2);
    }
  const auto& shown = like.empty() ? parts : like;
  if (shown.empty()) return "";
  const std::vector<std::string> first(
      shown.begin(), std::next(shown.begin(), static_cast<std::ptrdiff_t>(std::min(most, shown.size()))));
  const std::string more = parts.size() > first.size() ? fmt::format(" and {} more ('cradle catalogue search {}-')",
                                                                     parts.size() - first.size(), country)
                                                       : "";
  return fmt::format("parts of {} that are known: {}{}; or {} as a whole", country, fmt::join(first, ", "), more,
                     country);
}

std::string GridTables::hint(std::string_view text) const {
  const std::string general = "an ISO 3166 code such as FR or FRA, a country's name, or World";
  const std::string small = lower_case(text);
  const bool part = small.size() > 2 && std::isalnum(static_cast<unsigned char>(small[2])) == 0;      // "US-CA"
  const bool zone = small.size() > 2 && std::isdigit(static_cast<unsigned char>(small.back())) != 0;  // "FR7"
  if (part || zone) {
    const std::string code = upper_case(text.substr(0, 2));
    if (const auto parts = parts_hint(code, text); !parts.empty()) return parts;
    if (!rows_of(code).empty())
      return fmt::format(
          "of {} only the whole is known: 'region: {}'; or state the intensity, or a file of it with 'series'", code,
          code);
    if (part) return general;
  }
  std::vector<std::string> begin_so, names;
  for (const auto& row : rows_) {
    if (lower_case(row.name) == small) return fmt::format("did you mean '{}'?", row.name);
    if (std::find(names.begin(), names.end(), row.name) != names.end()) continue;
    names.push_back(row.name);
    if (small.size() >= 3 && lower_case(row.name).starts_with(small)) begin_so.push_back(row.name);
  }
  if (!begin_so.empty() && begin_so.size() <= 5)
    return fmt::format("names that begin so: {}", fmt::join(begin_so, ", "));
  constexpr std::size_t shortest_name = 5;  // among codes every slip is another country
  std::string hint = small.size() >= shortest_name ? did_you_mean(text, names) : "";
  return hint.empty() ? general + "; state the intensity of any other place" : hint;
}

}  // namespace cradle::inventory
