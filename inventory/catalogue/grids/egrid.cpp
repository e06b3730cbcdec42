// SPDX-License-Identifier: Apache-2.0
// The US EPA's eGRID workbook as it is downloaded, in pounds or (metric edition) kilograms per MWh. Row 1 of a sheet
// has long names, row 2 codes: USEPA/egrid, scripts/1_production_model/final_formatting_annual.R.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "inventory/catalogue/grids/grid_table.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/units.hpp"
#include "inventory/text/workbook_reader.hpp"

namespace cradle::inventory {
namespace {

struct Sheet {
  std::string prefix, zone, name, rate;  ///< of the sheet's name, and codes of its columns
};
const std::vector<Sheet> sheets = {{"SRL", "SUBRGN", "SRNAME", "SRC2ERTA"},
                                   {"ST", "PSTATABB", "", "STC2ERTA"},
                                   {"BA", "BACODE", "BANAME", "BAC2ERTA"},
                                   {"US", "", "", "USC2ERTA"}};

std::string at(const std::vector<std::string>& row, std::size_t column) {
  return column < row.size() ? trim(row[column]) : "";
}

}  // namespace

Result<GridReadings> read_egrid(const std::string& path, const std::string& bytes, const GridFileChoice& choice) {
  const auto workbook = WorkbookReader::open(bytes, path);
  if (!workbook) return tl::unexpected(workbook.error());
  const auto wrong = [&](std::string message) {
    return grid_failure(path, "E067", std::move(message), "eGRID's workbooks are read");
  };
  GridReadings result;
  result.format = "eGRID workbook";
  result.basis = "direct, of generation, at the generator";
  result.holds = Holds::year;
  const auto names = workbook->sheets();
  bool known = false;
  // "US-CAMX" and "CAMX" are the same; two letters may be a state.
  const std::string wanted = choice.zone.starts_with("US-") ? choice.zone.substr(3) : choice.zone;
  for (const auto& sheet : sheets) {
    const auto name = std::find_if(names.begin(), names.end(), [&](const std::string& one) {
      return one.size() == sheet.prefix.size() + 2 && one.starts_with(sheet.prefix) &&
             !std::isnan(number_of(one.substr(sheet.prefix.size())));
    });
    if (name == names.end()) continue;
    known = true;
    const auto rows = workbook->rows(*name);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->size() < 3) return wrong(fmt::format("sheet '{}' has no rows", *name));
    const auto& codes = (*rows)[1];
    const auto column = [&](const std::string& code) {
      return static_cast<std::size_t>(std::find(codes.begin(), codes.end(), code) - codes.begin());
    };
    const std::size_t rate = column(sheet.rate);
    if (rate == codes.size()) return wrong(fmt::format("sheet '{}' has no column {}", *name, sheet.rate));
    const bool metric = lower_case(at(rows->front(), rate)).find("kg") != std::string::npos;
    const int year = 2000 + static_cast<int>(number_of(name->substr(sheet.prefix.size())));
    for (std::size_t i = 2; i < rows->size(); ++i) {
      const auto& row = (*rows)[i];
      const std::string zone = sheet.zone.empty() ? "US" : at(row, column(sheet.zone));
      if (zone.empty()) continue;
      result.zones.push_back(zone);
      const bool named = !sheet.name.empty() && at(row, column(sheet.name)) == wanted;
      if ((zone != wanted && !named) || !result.readings.empty()) continue;
      result.zone = zone;
      const double value = number_of(at(row, rate));
      if (std::isnan(value))
        ++result.rows_without_value;
      else
        result.readings.push_back(
            {start_of_year(year), 0, value * *conversion(metric ? "kg/MWh" : "lb/MWh", "kg/kWh"), false});
    }
  }
  if (!known) return wrong("a workbook without eGRID's sheets");
  return result;
}

}  // namespace cradle::inventory
