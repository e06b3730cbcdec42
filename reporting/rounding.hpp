// SPDX-License-Identifier: Apache-2.0
// The one place where figures are rounded and given a unit for people. Machine outputs never come here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reporting/figures/figure.hpp"

namespace cradle::reporting {

/// A unit that people read and how many canonical units it holds: {"t CO2e", 1000}.
struct DisplayUnit {
  std::string name;
  double size = 1.0;
};

/// The unit for one table or figure, chosen by its largest magnitude: 24693 kg CO2e -> t CO2e.
DisplayUnit display_unit(std::string_view canonical, double largest);

/// "12,400" at so many significant digits, never in exponent form below 1e15.
std::string significant(double value, int digits);
/// "127 billion": three digits and a word, of counts that no one reads digit by digit.
std::string count_in_words(double count);
/// "12,400" to a decimal place (2 = hundredths, -2 = hundreds).
std::string to_place(double value, int decimals);

/// A value as printed: at most 3 significant digits (4 for energy); beside an interval, the half-width to 2 and
/// the value to the same place. Digits of typed inputs state no precision and are not used.
struct Printed {
  std::string value;  ///< "50.5", or "not estimated"
  std::string unit;   ///< "t CO2e", empty beside a word
  std::string range;  ///< "44.1 to 58.0", or empty
  std::string text() const { return unit.empty() ? value : value + " " + unit; }
};
Printed print(const Figure& figure);
Printed print(const Figure& figure, const DisplayUnit& unit);

/// Digits that a quantity of this unit is printed with where it has no interval.
int digits_of(std::string_view unit);
/// "62 %", "<1 %"
std::string percent(double share);
/// Filled, half, open circle, dash of a basis: always beside the word.
std::string basis_mark(std::string_view basis);

}  // namespace cradle::reporting
