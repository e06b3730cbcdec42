// SPDX-License-Identifier: Apache-2.0
// Comma-separated grid files. A format is a row of the table below: which header it has, which column says the zone,
// which the time, which the intensity.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "inventory/catalogue/grids/grid_table.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/time_stamp.hpp"
#include "inventory/text/units.hpp"

namespace cradle::inventory {
namespace {

using Columns = std::vector<std::string>;

struct Value {
  std::string column;  ///< what its header contains; after ^, begins with; after =, is
  std::string factor;  ///< "life-cycle" or "direct"
};

struct CsvFormat {
  std::string title;
  Columns header;              ///< each must be a cell of the header
  std::string time;            ///< empty: the year is in the file's name
  std::vector<Value> values;   ///< g CO2e/kWh; the first with a number in a row counts
  Columns zones;               ///< each row is known by any of them
  std::string basis;           ///< of what electricity
  std::string where, equals;   ///< rows that count
  std::string estimated = {};  ///< column that says so
  std::string prefix = {};     ///< column whose text stands before the zone: "Amazon Web Services:us-east-1"
};

// Headers: Electricity Maps' downloads of 2022 to 2025, Ember's of 2024 and of July 2026, OWID's chart and data files,
// Google's region-carbon-info 2019 to 2025, the Green Software Foundation's Cloud_Region_Metadata 0.0.3.
const std::vector<CsvFormat>& formats() {
  static const std::vector<CsvFormat> all = {
      {"Electricity Maps",
       {"datetime (utc)", "zone id"},
       "datetime (utc)",
       {{"(life cycle)", "life-cycle"}, {"(lca)", "life-cycle"}, {"(direct)", "direct"}},
       {"zone id", "zone name", "country"},
       "of consumption",
       "",
       "",
       "data estimated"},
      {"Ember",
       {"area", "electricity source", "emissions intensity (gco2e/kwh)"},
       "year",
       {{"emissions intensity", "life-cycle"}},
       {"iso 3 code", "area"},
       "of generation",
       "electricity source",
       "total generation"},
      {"Ember, long table",
       {"area", "category", "variable", "unit", "value"},
       "year",
       {{"value", "life-cycle"}},
       {"iso 3 code", "country code", "area"},
       "of generation",
       "variable",
       "co2 intensity"},
      {"Our World in Data, energy",
       {"country", "year", "iso_code", "carbon_intensity_elec"},
       "year",
       {{"carbon_intensity_elec", "life-cycle"}},
       {"iso_code", "country"},
       "of generation",
       "",
       ""},
      {"Our World in Data, chart",
       {"entity", "code", "year"},
       "year",
       {{"carbon intensity", "life-cycle"}, {"carbon_intensity", "life-cycle"}, {"co2_intensity", "life-cycle"}},
       {"code", "entity"},
       "of generation",
       "",
       ""},
      {"Google Cloud regions",
       {"google cloud region", "google cfe"},
       "",
       {{"lifecycle grid carbon intensity", "life-cycle"}, {"^grid carbon intensity", "direct"}},
       {"google cloud region", "location"},
       "of the grid, location-based",
       "",
       ""},
      {"Green Software Foundation, cloud regions",
       {"year", "cloud-provider", "cloud-region"},
       "year",
       {{"grid-carbon-intensity-average-consumption-annual", ""},
        {"grid-carbon-intensity-average-production-annual", ""},
        {"=grid-carbon-intensity", ""}},
       {"cloud-region", "em-zone-id"},
       "annual average as the file gives it",
       "",
       "",
       "",
       "cloud-provider"},
  };
  return all;
}

struct Header {
  Columns names;
  std::optional<std::size_t> find(std::string_view name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt : std::optional<std::size_t>(found - names.begin());
  }
  std::optional<std::size_t> containing(std::string_view text) const {
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& name) {
      return text.starts_with('^')   ? name.starts_with(text.substr(1))
             : text.starts_with('=') ? name == text.substr(1)
                                     : name.find(text) != name.npos;
    });
    return found == names.end() ? std::nullopt : std::optional<std::size_t>(found - names.begin());
  }
};

std::string cell(const CsvRow& row, std::optional<std::size_t> column) {
  return column && *column < row.cells.size() ? trim(row.cells[*column]) : "";
}

struct Beginning {
  std::int64_t start = 0, offset = 0;
};

/// "2024", "2024-03", "2024-03-01" or a stamp. `days_first`: "01/03/2018" is the first of March, as in Ember's old
/// files.
std::optional<Beginning> beginning_of(const std::string& text, bool days_first) {
  if (const double year = number_of(text); !std::isnan(year)) {
    if (year < 1900 || year >= 2200 || year != std::floor(year)) return std::nullopt;
    return Beginning{start_of_year(static_cast<int>(year)), 0};
  }
  std::string plain = text;
  if (days_first && plain.size() == 10 && plain[2] == '/' && plain[5] == '/')
    plain = plain.substr(6) + "-" + plain.substr(3, 2) + "-" + plain.substr(0, 2);
  if (plain.size() == 7 && plain[4] == '-') plain += "-01";
  if (plain.size() > 10 && (plain[plain.size() - 5] == '+' || plain[plain.size() - 5] == '-') &&
      plain.find(':') != plain.npos)
    plain.insert(plain.size() - 2, ":");  // +0100
  const auto stamp = read_stamp(plain);
  if (!stamp || plain.find_first_not_of("0123456789") != 4) return std::nullopt;
  return Beginning{unix_seconds(as_utc(*stamp)), stamp->offset ? stamp->offset->count() * 60 : 0};
}

/// Whether a stamp leaves open where it was taken.
bool lacks_offset(const std::string& text) {
  const auto stamp = read_stamp(text);
  return stamp && !stamp->offset;
}

/// A cell that stands for no value.
bool is_blank(const std::string& cell) {
  const std::string word = lower_case(cell);
  return word.empty() || word == "-" || word == "na" || word == "n/a" || word == "nan" || word == "null" ||
         word == "none";
}

/// Words that name marginal emissions, in files of any publisher.
bool speaks_of_marginal(std::string_view name) {
  for (const char* word :
       {"marginal", "moer", "margin_", "_margin", "combined margin", "operating margin", "lrmer", "srmer"})
    if (name.find(word) != name.npos) return true;
  return false;
}

class CsvReading {
 public:
  CsvReading(const std::string& path, const GridFileChoice& choice) : path_(path), choice_(choice) {}

  Result<GridReadings> read(std::string_view text) {
    read_csv(text, [&](const CsvRow& row) {
      if (failed()) return;
      if (format_ == nullptr && !own_)
        begin(row);
      else
        take(row);
    });
    if (failed()) return tl::unexpected(std::move(findings_));
    if (header_.names.empty()) return grid_failure(path_, "E067", "the file is empty");
    if (rows_ == 0) return grid_failure(path_, "E067", "the file has no rows");
    for (const auto& name : zones_) result_.zones.push_back(name);
    return std::move(result_);
  }

 private:
  bool failed() const { return !findings_.empty(); }
  /// The first thing that is wrong ends the reading: rows of one file go wrong alike.
  void report(std::string code, std::string message, std::string hint, std::size_t line = 1) {
    if (!failed()) findings_ = grid_failure(path_, std::move(code), std::move(message), std::move(hint), line).value();
  }

  void begin(const CsvRow& row) {
    for (const auto& name : row.cells) header_.names.push_back(plain_header(name));
    if (!choice_.column.empty()) return begin_own();
    for (const auto& format : formats())
      if (std::all_of(format.header.begin(), format.header.end(), [&](const auto& name) { return header_.find(name); }))
        return begin_known(format);
    if (std::any_of(header_.names.begin(), header_.names.end(), speaks_of_marginal)) return refuse_marginal();
    Columns titles;
    for (const auto& format : grid_formats()) titles.push_back(format.title);
    report("E067", "no known file of grid intensities",
           fmt::format(
               "known: {}. A table of your own: say its 'column' and 'unit', such as column: intensity, unit: g/kWh",
               fmt::join(titles, ", ")));
  }

  void refuse_marginal() {
    if (!failed()) findings_ = marginal_refused(path_, "").value();
  }

  void begin_known(const CsvFormat& format) {
    format_ = &format;
    result_.format = format.title;
    for (const auto& value : format.values) {
      const auto column = header_.containing(value.column);
      const bool wanted = value.factor.empty() || choice_.factor.empty() || value.factor == choice_.factor;
      if (column && std::find(values_.begin(), values_.end(), *column) == values_.end() && wanted &&
          (values_.empty() || format.values.front().factor.empty()))
        values_.push_back(*column), factor_ = value.factor;
    }
    if (values_.empty())
      return report("E067",
                    fmt::format("{} without a column of {} intensity", format.title,
                                choice_.factor.empty() ? "any" : choice_.factor),
                    "");
    result_.basis = factor_.empty() ? format.basis : factor_ + ", " + format.basis;
    time_ = header_.find(format.time);
    if (!time_ && format.time == "year") time_ = header_.find("date");
    result_.may_be_years = format.estimated.empty() || !header_.find(format.estimated);
    result_.holds = format.time == "year" ? (header_.find("date") ? Holds::month : Holds::year) : Holds::until_next;
    for (const auto& zone : format.zones)
      if (const auto column = header_.find(zone)) zone_columns_.push_back(*column);
    if (format.time.empty()) begin_year_of_name();
  }

  /// Files of one year say it in their names only: "2023.csv".
  void begin_year_of_name() {
    result_.holds = Holds::year;
    const std::string name = std::filesystem::path(path_).stem().string();
    const double year = name.size() >= 4 ? number_of(std::string_view(name).substr(name.size() - 4)) : NAN;
    if (!std::isnan(year) && year >= 2000 && year < 2200)
      fixed_start_ = start_of_year(static_cast<int>(year));
    else if (choice_.year)
      fixed_start_ = start_of_year(*choice_.year);
    else
      report("E067", "the file's year is in its name only, and this name says none",
             "name it 2023.csv, as its publisher does");
  }

  void begin_own() {
    own_ = true;
    result_.format = "a table of one's own";
    result_.zone = choice_.column;
    result_.basis = choice_.factor.empty() ? "as the study says" : choice_.factor + ", as the study says";
    result_.holds = Holds::until_next;
    const std::string column = plain_header(choice_.column);
    if (speaks_of_marginal(column)) return refuse_marginal();
    if (const auto found = header_.find(column))
      values_ = {*found};
    else
      return report("E067", fmt::format("no column '{}'", choice_.column), did_you_mean(column, header_.names));
    for (const auto& name : header_.names)
      if (!time_ && name.ends_with("utc") && name != column) time_ = header_.find(name);
    for (const char* name : {"timestamp_utc", "time_utc", "datetime (utc)", "datetime_utc", "timestamp", "datetime",
                             "time", "date", "month", "year", "start", "from"})
      if (!time_) time_ = header_.find(name);
    if (!time_)
      return report("E067", "no column of times",
                    "name it 'timestamp_utc', or 'timestamp' with offsets such as +01:00");
    must_say_zone_ = header_.names[*time_].find("utc") == std::string::npos;
    if (header_.names[*time_] == "year") result_.holds = Holds::year;
    if (header_.names[*time_] == "month") result_.holds = Holds::month;
    const auto scale = intensity_scale(choice_.unit);
    if (!scale)
      return report("E021", fmt::format("'{}' is no unit of grid intensity", choice_.unit), "such as unit: g/kWh");
    scale_ = *scale;
    for (const char* name : {"zone", "region", "country"})
      if (const auto found = header_.find(name)) zone_columns_.push_back(*found);
  }

  bool wanted_zone(const CsvRow& row) {
    const std::string prefix =
        format_ != nullptr && !format_->prefix.empty() ? cell(row, header_.find(format_->prefix)) + ":" : "";
    bool wanted = zone_columns_.empty();
    const std::string id = zone_columns_.empty() ? "" : cell(row, zone_columns_.front());
    for (const auto column : zone_columns_) {
      const std::string name = cell(row, column);
      if (name.empty()) continue;
      zones_.insert(name);
      wanted = wanted || lower_case(name) == lower_case(choice_.zone) ||
               (!prefix.empty() && lower_case(prefix + name) == lower_case(choice_.zone));
    }
    if (!choice_.zone.empty() || zone_columns_.empty()) {
      // A country's name may stand for many zones.
      if (!wanted || id.empty()) return wanted;
      if (only_zone_.empty()) only_zone_ = id;
      if (id != only_zone_)
        report("E016", fmt::format("'{}' stands for several zones of the file", choice_.zone),
               fmt::format("such as region: {}, or {}", only_zone_, id));
      return id == only_zone_;
    }
    // Without a choice a file of one zone stands for it.
    if (only_zone_.empty()) result_.zone = only_zone_ = id;
    if (id == only_zone_) return true;
    report("E016", "the file has several zones, and the study names none", fmt::format("region: {}", only_zone_));
    return false;
  }

  void take(const CsvRow& row) {
    ++rows_;
    if (format_ != nullptr && !format_->where.empty() &&
        lower_case(cell(row, header_.find(format_->where))) != format_->equals)
      return;
    if (!wanted_zone(row)) return;
    if (!choice_.zone.empty() && !own_) result_.zone = choice_.zone;
    const std::string time = cell(row, time_);
    const bool days_first = format_ != nullptr && format_->title.starts_with("Ember");
    const auto begins = fixed_start_ ? std::optional(Beginning{*fixed_start_, 0}) : beginning_of(time, days_first);
    if (!begins)
      return report("E067", fmt::format("'{}' is no time", time), "such as 2024-03-01T13:00:00Z, 2024-03 or 2024",
                    row.line);
    if (must_say_zone_ && lacks_offset(time) && time.size() > 10)
      return report("E064", fmt::format("'{}' does not say its offset from UTC", time),
                    "write 2024-01-01T00:00:00+01:00, or name the column 'timestamp_utc' where it is UTC", row.line);
    GridReading reading{begins->start, begins->offset, NAN, false};
    for (const auto column : values_)
      if (std::isnan(reading.kg_per_kwh)) reading.kg_per_kwh = value_of(row, column);
    if (failed()) return;
    if (std::isnan(reading.kg_per_kwh)) {
      ++result_.rows_without_value;
      return;
    }
    const std::string estimated =
        format_ == nullptr || format_->estimated.empty() ? "" : lower_case(cell(row, header_.find(format_->estimated)));
    reading.estimated = estimated == "true" || estimated == "1";
    result_.readings.push_back(reading);
  }

  /// kg CO2e/kWh; NaN where the cell is blank.
  double value_of(const CsvRow& row, std::size_t column) {
    const std::string text = cell(row, column);
    if (is_blank(text)) return NAN;
    const double value = number_of(text) * scale_;
    if (!std::isfinite(value))
      report("E067", fmt::format("'{}' is no number", text), "a point for decimals and nothing between thousands",
             row.line);
    else if (value < 0.0 || value > most_intense_grid)
      report("E067", fmt::format("{} is {:.6g} g CO2e/kWh, outside 0 to 1,500", text, value * 1000),
             own_ ? fmt::format("is its unit '{}'?", choice_.unit) : "is the file damaged?", row.line);
    return value;
  }

  /// kg CO2e/kWh in one of a unit such as "g/kWh", "gCO2eq/kWh", "lb CO2/MWh".
  static std::optional<double> intensity_scale(std::string unit) {
    for (const char* gas : {"CO2eq", "CO2e", "CO2"})
      if (const auto at = unit.find(gas); at != unit.npos) unit.erase(at, std::string_view(gas).size());
    std::erase(unit, ' ');
    return unit.empty() ? std::nullopt : conversion(unit, "kg/kWh");
  }

  const std::string& path_;
  const GridFileChoice& choice_;
  Findings findings_;
  Header header_;
  const CsvFormat* format_ = nullptr;
  bool own_ = false, must_say_zone_ = false;
  std::size_t rows_ = 0;
  std::vector<std::size_t> values_, zone_columns_;
  std::optional<std::size_t> time_;
  std::optional<std::int64_t> fixed_start_;
  std::string factor_, only_zone_;
  double scale_ = 1e-3;
  std::set<std::string> zones_;
  GridReadings result_;
};

}  // namespace

std::string plain_header(std::string_view cell) {
  std::string plain;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell.substr(i, 3) == "\xE2\x82\x82") {  // subscript two
      plain += '2';
      i += 2;
    } else if (cell[i] != ' ' || (!plain.empty() && plain.back() != ' ')) {
      plain += cell[i];
    }
  }
  return lower_case(plain);
}

Result<GridReadings> read_grid_csv(const std::string& path, std::string_view text, const GridFileChoice& choice) {
  return CsvReading(path, choice).read(text);
}

std::vector<GridFormat> grid_formats() {
  std::vector<GridFormat> rows;
  for (const auto& format : formats()) {
    std::vector<std::string> taken;
    for (const auto& value : format.values) taken.push_back(fmt::format("'{}'", value.column));
    rows.push_back({format.title, fmt::format("columns {}", fmt::join(format.header, ", ")),
                    fmt::format("{}, {}", fmt::join(taken, " or "), format.basis)});
  }
  rows.push_back({"eGRID workbook", "a sheet SRL, ST, BA or US with a two-digit year",
                  "SRC2ERTA, STC2ERTA, BAC2ERTA, USC2ERTA: CO2e of total output, direct, at the generator"});
  rows.push_back({"WattTime, average signal", "JSON with signal_type co2_aoer", "value; marginal signals are refused"});
  rows.push_back({"a table of one's own", "'column' and 'unit' in the study", "that column, by a column of times"});
  return rows;
}

}  // namespace cradle::inventory
