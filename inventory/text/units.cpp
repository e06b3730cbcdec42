// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/units.hpp"

#include <fmt/format.h>
#include <udunits2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <memory>
#include <mutex>
#include <vector>

#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

struct DimensionRow {
  Dimension dimension;
  std::string_view unit;    ///< for people
  std::string_view parsed;  ///< as the unit table reads it
  std::string_view name;
};

constexpr std::array dimension_rows = {
    DimensionRow{Dimension::number, "1", "1", "a plain number"},
    DimensionRow{Dimension::energy, "kWh", "kWh", "an energy"},
    DimensionRow{Dimension::power, "W", "W", "a power"},
    DimensionRow{Dimension::time, "h", "h", "a time"},
    DimensionRow{Dimension::mass, "kg", "kg", "a mass"},
    DimensionRow{Dimension::co2e, "kg CO2e", "kgCO2e", "a mass of CO2e"},
    DimensionRow{Dimension::co2e_per_energy, "kg CO2e/kWh", "kgCO2e/kWh", "CO2e per energy"},
    DimensionRow{Dimension::co2e_per_mass, "kg CO2e/kg", "kgCO2e/kg", "CO2e per mass"},
    DimensionRow{Dimension::co2e_per_area, "kg CO2e/cm2", "kgCO2e/cm2", "CO2e per area"},
    DimensionRow{Dimension::co2e_per_information, "kg CO2e/GB", "kgCO2e/GB", "CO2e per information"},
    DimensionRow{Dimension::co2e_per_freight, "kg CO2e/(t km)", "kgCO2e/(t km)", "CO2e per freight"},
    DimensionRow{Dimension::energy_per_area, "kWh/cm2", "kWh/cm2", "an energy per area"},
    DimensionRow{Dimension::water_per_energy, "m3/kWh", "m3/kWh", "a volume of water per energy"},
    DimensionRow{Dimension::volume, "m3", "m3", "a volume"},
    DimensionRow{Dimension::length, "km", "km", "a length"},
    DimensionRow{Dimension::area, "cm2", "cm2", "an area"},
    DimensionRow{Dimension::information, "GB", "GB", "an amount of information"},
    DimensionRow{Dimension::money, "USD", "USD", "an amount of money"},
    DimensionRow{Dimension::money_per_energy, "USD/kWh", "USD/kWh", "a price of energy"},
    DimensionRow{Dimension::money_per_co2e, "USD/kg CO2e", "USD/kgCO2e", "a price of CO2e"},
    DimensionRow{Dimension::tokens, "token", "token", "a number of tokens"},
    DimensionRow{Dimension::requests, "request", "request", "a number of requests"},
    DimensionRow{Dimension::flop, "FLOP", "FLOP", "a number of floating-point operations"},
    DimensionRow{Dimension::devices, "device", "device", "a number of devices"},
};

const DimensionRow& row(Dimension dimension) { return dimension_rows[static_cast<std::size_t>(dimension)]; }

struct Free {
  void operator()(ut_unit* unit) const { ut_free(unit); }
  void operator()(cv_converter* converter) const { cv_free(converter); }
  void operator()(ut_system* system) const { ut_free_system(system); }
};
using Unit = std::unique_ptr<ut_unit, Free>;

/// Our unit table. Exact by definition: lb (1959 agreement), Wh, year of 8,760 h and month of 730 h (the
/// convention of SCI, BLOOM and hardware amortisation).
class Table {
 public:
  Table() : system_((ut_set_error_message_handler(ut_ignore), ut_new_system())) {
    for (const char* name : {"kg", "m", "s", "kgCO2e", "token", "request", "byte", "FLOP", "device", "USD"}) {
      const Unit base(ut_new_base_unit(system_.get()));
      ut_map_name_to_unit(name, UT_ASCII, base.get());
    }
    for (const auto& [prefix, factor] : {std::pair{"k", 1e3},
                                         {"M", 1e6},
                                         {"G", 1e9},
                                         {"T", 1e12},
                                         {"P", 1e15},
                                         {"E", 1e18},
                                         {"m", 1e-3},
                                         {"c", 1e-2},
                                         {"u", 1e-6},
                                         {"n", 1e-9}})
      ut_add_symbol_prefix(system_.get(), prefix, factor);
    for (const auto& [symbol, definition] : {std::pair{"g", "1e-3 kg"},
                                             {"t", "1000 kg"},
                                             {"lb", "0.45359237 kg"},
                                             {"oz", "0.028349523125 kg"},
                                             {"gCO2e", "1e-3 kgCO2e"},
                                             {"tCO2e", "1000 kgCO2e"},
                                             {"lbCO2e", "0.45359237 kgCO2e"},
                                             {"J", "kg m2 s-2"},
                                             {"W", "J/s"},
                                             {"Wh", "3600 J"},
                                             {"L", "1e-3 m3"},
                                             {"l", "1e-3 m3"},
                                             {"B", "byte"},
                                             {"%", "0.01"}})
      define(symbol, definition, true);
    for (const auto& [name, definition] : {std::pair{"min", "60 s"},
                                           {"minute", "60 s"},
                                           {"h", "3600 s"},
                                           {"hour", "3600 s"},
                                           {"second", "s"},
                                           {"day", "86400 s"},
                                           {"d", "86400 s"},
                                           {"week", "604800 s"},
                                           {"month", "2628000 s"},
                                           {"year", "31536000 s"},
                                           {"percent", "0.01"}})
      define(name, definition, false);
    for (const auto& [plural, one] : {std::pair{"minutes", "min"},
                                      {"hours", "h"},
                                      {"seconds", "s"},
                                      {"days", "day"},
                                      {"weeks", "week"},
                                      {"months", "month"},
                                      {"years", "year"},
                                      {"tokens", "token"},
                                      {"requests", "request"},
                                      {"bytes", "byte"},
                                      {"devices", "device"},
                                      {"dollars", "USD"}})
      define(plural, one, false);
    for (const auto& dimension : dimension_rows) canonical_.push_back(parse(std::string(dimension.parsed)));
  }

  Unit parse(const std::string& text) const { return Unit(ut_parse(system_.get(), text.c_str(), UT_ASCII)); }
  ut_unit* canonical(Dimension dimension) const { return canonical_[static_cast<std::size_t>(dimension)].get(); }

 private:
  void define(const char* name, const char* definition, bool symbol) {
    const Unit unit = parse(definition);
    if (symbol)
      ut_map_symbol_to_unit(name, UT_ASCII, unit.get());
    else
      ut_map_name_to_unit(name, UT_ASCII, unit.get());
  }

  std::unique_ptr<ut_system, Free> system_;
  std::vector<Unit> canonical_;
};

// udunits keeps process-wide state, so one lock around one table.
std::mutex mutex;
const Table& table() {
  static const Table instance;
  return instance;
}

/// "kg CO2e" and "kg CO2eq" as one word, micro sign as u: what the table's grammar reads.
std::string normalise(std::string_view unit) {
  std::string text(unit);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  };
  replace("CO2eq", "CO2e");
  replace("CO2-eq", "CO2e");
  replace(" CO2e", "CO2e");
  replace("µ", "u");
  replace("²", "2");
  replace("³", "3");
  return text;
}

/// To 15 significant digits.
double rounded(double value) {
  const std::string text = fmt::format("{:.14e}", value);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<double> factor(ut_unit* from, ut_unit* to) {
  if (from == nullptr || to == nullptr || ut_are_convertible(from, to) == 0) return std::nullopt;
  const std::unique_ptr<cv_converter, Free> converter(ut_get_converter(from, to));
  if (!converter) return std::nullopt;
  // The converter multiplies through base units and loses the last bits (kWh to kWh is not exactly 1); our factors
  // all have fewer than 15 digits.
  return rounded(cv_convert_double(converter.get(), 1.0));
}

/// The unit of the same dimension with a plain mass where CO2e stands.
std::string plain_mass(Dimension dimension) {
  std::string text(row(dimension).parsed);
  if (const auto at = text.find("kgCO2e"); at != std::string::npos) text.replace(at, 6, "kg");
  return text;
}

std::string describe(ut_unit* unit, const Table& units) {
  for (const auto& candidate : dimension_rows)
    if (ut_are_convertible(unit, units.canonical(candidate.dimension)) != 0) return std::string(candidate.name);
  return "another dimension";
}

/// Dimensions whose plain number means one thing only.
bool counts(Dimension dimension) {
  return dimension == Dimension::number || dimension == Dimension::tokens || dimension == Dimension::requests ||
         dimension == Dimension::flop || dimension == Dimension::devices;
}

bool names_ton(std::string_view unit) {
  for (const std::string_view word : {"ton", "tons", "Ton", "Tons", "kton", "Mton", "short_ton"})
    if (unit == word || unit.starts_with(std::string(word) + " ") || unit.starts_with(std::string(word) + "/") ||
        unit.starts_with(std::string(word) + "CO2"))
      return true;
  return false;
}

/// A text as a number and what stands behind it.
struct SplitQuantity {
  double number = 0.0;
  std::string_view unit;
};

/// Spaces that people group digits with: plain, no-break, thin and narrow no-break.
std::size_t space_at(std::string_view text) {
  for (const std::string_view space : {" ", "\u00a0", "\u2009", "\u202f"})
    if (text.starts_with(space)) return space.size();
  return 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "433 196.5 kWh": the digits without the spaces between groups of three, and where they end; nothing where digits
/// follow a space in another way, which may be two numbers.
std::optional<std::pair<std::string, std::size_t>> grouped_digits(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == 0 || at > 3 || text[0] == '0') return std::nullopt;  // "0 500" is two numbers, or a slip
  std::string digits(text.substr(0, at));
  std::string_view separator;
  for (std::size_t space; (space = space_at(text.substr(at))) > 0;) {
    const auto group = text.substr(at + space, 3);
    const bool three = group.size() == 3 && std::all_of(group.begin(), group.end(), is_digit) &&
                       (at + space + 3 == text.size() || !is_digit(text[at + space + 3]));
    if (!three || (!separator.empty() && separator != text.substr(at, space))) break;
    separator = text.substr(at, space);
    digits += group;
    at += space + 3;
  }
  if (separator.empty()) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    digits += '.';
    for (++at; at < text.size() && is_digit(text[at]); ++at) digits += text[at];
  }
  return std::pair(std::move(digits), at);
}

/// Nothing where the text does not begin with one number that is finite.
std::optional<SplitQuantity> split(std::string_view text) {
  SplitQuantity result;
  std::size_t end = 0;
  if (const auto grouped = grouped_digits(text)) {
    std::from_chars(grouped->first.data(), grouped->first.data() + grouped->first.size(), result.number);
    end = grouped->second;
  } else {
    const std::size_t sign = text.size() > 1 && text[0] == '+' && text[1] != '-' ? 1 : 0;
    const auto [stop, code] = std::from_chars(text.data() + sign, text.data() + text.size(), result.number);
    if (code != std::errc{}) return std::nullopt;
    end = static_cast<std::size_t>(stop - text.data());
  }
  if (!(result.number - result.number == 0.0)) return std::nullopt;
  result.unit = text.substr(end);
  for (std::size_t space; (space = space_at(result.unit)) > 0;) result.unit.remove_prefix(space);
  return result;
}

/// Whether a text is a unit as we write them: words, with a digit only behind a letter ("m3", "CO2e"), multiplied by
/// spaces and divided by "/". The library's own grammar also knows numbers, offsets and logarithms, and would compute
/// with what a person did not mean.
bool is_unit(std::string_view text) {
  char before = ' ';
  int depth = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    const bool word = letter || c == '%' || c == '_' || c == '-' || byte >= 0x80;
    const bool digit = is_digit(c) && (std::isalnum(static_cast<unsigned char>(before)) != 0);
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return false;
    if (!word && !digit && c != ' ' && c != '/' && c != '(' && c != ')') return false;
    if (c == '/' && (before == '/' || before == ' ') && text.front() == c) return false;
    before = c;
  }
  for (const std::string_view operation : {" since ", " from ", " after ", " ref ", " re ", " per "})
    if (text.find(operation) != std::string_view::npos) return false;
  return depth == 0 && before != '/' && text.front() != '/';
}

/// What people type for a unit of ours: case, chips' hours, CO2 for CO2e.
std::string unit_meant(std::string_view unit, Dimension dimension) {
  static const std::vector<std::string> known = {
      "kWh",    "MWh",    "GWh",     "Wh",       "W",         "kW",      "MW",     "h",     "hours",   "days",  "years",
      "kg",     "g",      "t",       "lb",       "kg CO2e",   "g CO2e",  "t CO2e", "g/kWh", "kg/kWh",  "L/kWh", "m3/kWh",
      "USD/kWh", "USD/t", "USD/kg",  "GB",       "TB",        "tokens",  "requests", "FLOP", "TFLOP",  "EFLOP", "m3", "cm2", "km", "J", "kJ", "MJ", "GJ"};
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  const std::string typed = lower(std::string(unit));
  const auto said = [](const std::string& meant) { return fmt::format("did you mean '{}'? ", meant); };
  if (dimension == Dimension::time && typed.find("hour") != std::string::npos) return said("h");
  if (dimension == Dimension::time && (typed == "gpuh" || typed == "gpu h" || typed == "gpu-h")) return said("h");
  for (const auto& candidate : known)
    if (lower(candidate) == typed) return said(candidate);
  if (const auto at = typed.find("co2"); at != std::string::npos && typed.find("co2e") == std::string::npos) {
    std::string meant(unit);
    meant.replace(at, 3, at > 0 && meant[at - 1] != ' ' ? " CO2e" : "CO2e");
    return said(meant);
  }
  if (typed.starts_with("tonne")) return said(dimension == Dimension::mass ? "t" : "t CO2e");
  // Among units of another kind every slip would be a worse one.
  std::vector<std::string> of_kind;
  const Table& units = table();
  for (const auto& candidate : known) {
    const Unit one = units.parse(normalise(candidate));
    const Unit plain = units.parse(plain_mass(dimension));
    if (factor(one.get(), units.canonical(dimension)) || factor(one.get(), plain.get())) of_kind.push_back(candidate);
  }
  const auto near = nearest(std::string(unit), of_kind);
  return near.empty() ? "" : said(near);
}

}  // namespace

std::string_view canonical_unit(Dimension dimension) { return row(dimension).unit; }
std::string_view name_of(Dimension dimension) { return row(dimension).name; }

std::optional<Dimension> dimension_of_unit(std::string_view text) {
  const std::lock_guard lock(mutex);
  const Unit unit = table().parse(normalise(text));
  if (unit == nullptr) return std::nullopt;
  for (const auto& candidate : dimension_rows)
    if (ut_are_convertible(unit.get(), table().canonical(candidate.dimension)) != 0) return candidate.dimension;
  return std::nullopt;
}

std::optional<double> conversion(std::string_view from, std::string_view to) {
  const std::lock_guard lock(mutex);
  const Unit a = table().parse(normalise(from)), b = table().parse(normalise(to));
  return factor(a.get(), b.get());
}

tl::expected<double, UnitProblem> read_quantity(std::string_view text, Dimension dimension) {
  const DimensionRow& wanted = row(dimension);
  const auto example = [&] {
    return dimension == Dimension::number ? std::string("such as 8 or 85 %")
                                          : fmt::format("such as '1 {}'", wanted.unit);
  };
  const auto parts = split(text);
  if (!parts)
    return tl::unexpected(UnitProblem{"E020", fmt::format("'{}' is not a number with a unit", text),
                                      fmt::format("{} is expected, {}", wanted.name, example())});
  const auto [number, unit] = *parts;
  if (unit.empty()) {
    if (counts(dimension)) return number;
    return tl::unexpected(UnitProblem{"E020", fmt::format("'{}' has no unit", text),
                                      fmt::format("{} is expected, {}", wanted.name, example())});
  }
  if (unit.front() == ',' || unit.front() == '_')
    return tl::unexpected(UnitProblem{"E020", fmt::format("'{}' is not a number with a unit", text),
                                      "write numbers without thousands separators"});
  if (!is_unit(unit))
    return tl::unexpected(UnitProblem{"E020", fmt::format("'{}' is not one number and one unit", text),
                                      fmt::format("{} is expected, {}", wanted.name, example())});
  if (names_ton(unit))
    return tl::unexpected(UnitProblem{"E023",
                                      fmt::format("'{}' is ambiguous: metric, short and long tons differ", unit),
                                      "write 't' for the metric tonne (1000 kg) or '907.18474 kg' for a short ton"});
  const std::lock_guard lock(mutex);
  const Table& units = table();
  const Unit given = units.parse(normalise(unit));
  if (given == nullptr)
    return tl::unexpected(
        UnitProblem{"E022", fmt::format("unknown unit '{}'", unit),
                    fmt::format("{}{} is expected, {}", unit_meant(unit, dimension), wanted.name, example())});
  if (const auto exact = factor(given.get(), units.canonical(dimension))) return number * *exact;
  const Unit plain = units.parse(plain_mass(dimension));
  if (const auto as_mass = factor(given.get(), plain.get())) return number * *as_mass;
  return tl::unexpected(UnitProblem{
      "E021", fmt::format("'{}' is {}, but {} is expected", text, describe(given.get(), units), wanted.name),
      fmt::format("write it in a unit {}", example())});
}

}  // namespace cradle::inventory
