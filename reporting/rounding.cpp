// SPDX-License-Identifier: Apache-2.0
#include "reporting/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cradle::reporting {
namespace {

struct Ladder {
  std::string_view canonical;
  std::vector<DisplayUnit> steps;  ///< ascending; the largest step not above the value is taken
};

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all = {
      {"kg CO2e", {{"g CO2e", 1e-3}, {"kg CO2e", 1.0}, {"t CO2e", 1e3}, {"kt CO2e", 1e6}}},
      {"kWh", {{"Wh", 1e-3}, {"kWh", 1.0}, {"MWh", 1e4}, {"GWh", 1e7}}},
      {"m3", {{"L", 1e-3}, {"m3", 1.0}}},
  };
  return all;
}

/// MWh begins at 10,000 kWh but holds 1,000 of them.
double size_of(const std::string& name, double threshold) {
  return name == "MWh" ? 1e3 : name == "GWh" ? 1e6 : threshold;
}

int leading_place(double value) {
  return value == 0.0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-12));
}

std::string with_commas(std::string digits) {
  const auto start = static_cast<std::ptrdiff_t>(digits.find_first_of("0123456789"));
  auto end = static_cast<std::ptrdiff_t>(std::min(digits.find('.'), digits.size()));
  for (auto at = end - 3; at > start; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

/// The nearest display step: 999.7 kg at three digits reads as 1.00 t, so the rounded value chooses.
double rounded(double value, int digits) {
  if (value == 0.0) return 0.0;
  const double unit = std::pow(10.0, leading_place(value) - digits + 1);
  return std::round(value / unit) * unit;
}

}  // namespace

int digits_of(std::string_view unit) {
  return unit.starts_with("kWh") || unit.starts_with("Wh") || unit.starts_with("MWh") || unit.starts_with("GWh") ||
                 unit == "h" || unit == "USD"
             ? 4
             : 3;
}

DisplayUnit display_unit(std::string_view canonical, double largest) {
  const auto slash = canonical.find('/');
  const std::string_view head = canonical.substr(0, slash);
  const std::string tail(slash == std::string_view::npos ? "" : canonical.substr(slash));
  for (const auto& ladder : ladders()) {
    if (ladder.canonical != head) continue;
    DisplayUnit chosen{ladder.steps.front().name, ladder.steps.front().size};
    const double magnitude = rounded(std::abs(largest), digits_of(canonical));
    if (magnitude == 0.0) return {std::string(canonical), 1.0};
    for (const auto& step : ladder.steps)
      if (magnitude >= step.size) chosen = {step.name, size_of(step.name, step.size)};
    return {chosen.name + tail, chosen.size};
  }
  return {std::string(canonical), 1.0};
}

std::string count_in_words(double count) {
  for (const auto& [size, word] : {std::pair{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}})
    if (std::abs(count) >= size) {
      std::string text = significant(count / size, 3);
      if (text.find('.') != std::string::npos) {  // "2 trillion", not "2.00 trillion"
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
      }
      return text + word;
    }
  return significant(count, 3);
}

std::string to_place(double value, int decimals) {
  if (decimals < 0) {
    const double unit = std::pow(10.0, -decimals);
    value = std::round(value / unit) * unit;
  }
  std::string text = fmt::format("{:.{}f}", value, std::max(decimals, 0));
  if (text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-')) text.erase(0, 1);
  return with_commas(text);
}

std::string significant(double value, int digits) {
  if (value == 0.0) return "0";
  if (std::abs(value) >= 1e15 || std::abs(value) < 1e-6) return fmt::format("{:.{}e}", value, digits - 1);
  return to_place(value, digits - 1 - leading_place(rounded(value, digits)));
}

Printed print(const Figure& figure, const DisplayUnit& unit) {
  switch (figure.status) {
    case Status::zero:
      return {"0", unit.name, ""};
    case Status::not_applicable:
      return {"not applicable", "", ""};
    case Status::not_estimated:
      return {"not estimated", "", ""};
    case Status::below_cutoff:
      return {"below cut-off", "", ""};
    case Status::withheld:
      return {"withheld", "", ""};
    case Status::range:
      return {significant(*figure.low / unit.size, digits_of(figure.unit)) + " to " +
                  significant(*figure.high / unit.size, digits_of(figure.unit)),
              unit.name, ""};
    case Status::estimated:
      break;
  }
  const double value = *figure.value / unit.size;
  const int most = digits_of(figure.unit);
  if (!figure.low || !figure.high || *figure.low == *figure.high || figure.is_partial()) return {significant(value, most), unit.name, ""};
  const double half = (*figure.high - *figure.low) / 2 / unit.size;
  const int by_interval = 1 - leading_place(rounded(half, 2));
  const int cap = most - 1 - leading_place(rounded(value, most));
  // A wide interval does not round its value away: one digit stays.
  const int least = value == 0.0 ? by_interval : -leading_place(rounded(value, 1));
  const int place = std::max(std::min(by_interval, cap), least);
  return {to_place(value, place), unit.name,
          to_place(*figure.low / unit.size, place) + " to " + to_place(*figure.high / unit.size, place)};
}

Printed print(const Figure& figure) {
  const double largest = figure.value ? *figure.value : figure.high.value_or(0.0);
  return print(figure, display_unit(figure.unit, largest));
}

std::string percent(double share) {
  if (share > 0 && share < 0.01) return "<1 %";
  return fmt::format("{:.0f} %", share * 100);
}

std::string basis_mark(std::string_view basis) {
  if (basis == "metered" || basis == "measured") return "●";
  if (basis == "supplier" || basis == "modelled") return "◐";
  return basis.empty() ? "–" : "○";
}

}  // namespace cradle::reporting
