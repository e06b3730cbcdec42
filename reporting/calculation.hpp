// SPDX-License-Identifier: Apache-2.0
// The product system as rows of a calculation sheet: each exchange with its amount per run, how often its process
// runs, and the total, as formulas over named inputs. Knows spreadsheets' formula language, no file format.
#pragma once

#include <string>
#include <vector>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

/// One exchange of one foreground process instance.
struct CalculationRow {
  lca::ExchangeAt at;
  std::size_t copy = 0;   ///< 0 the foreground; else a shared tree as users of one stage and account take it
  bool embodied = false;  ///< stands on Calc_Embodied
  std::size_t row = 0;    ///< 0-based row on its sheet
  std::string process, flow, provider, rule, unit;
  std::string users_key;     ///< of a use of a shared tree: which copy of the tree it belongs to
  std::string unit_formula;  ///< amount per run of the process
  std::string runs_formula;  ///< how often the process runs
  double unit_amount = 0.0, runs = 0.0, total = 0.0;
  bool live = true;             ///< false for a process inside a loop of several: its runs are a value
  lca::Tags tags;               ///< with "stage" and "scope"
  std::string factor_key;       ///< row of the sheet Factors, or empty for a link inside the foreground
  std::vector<double> impacts;  ///< per method, zero for links
};

/// One row of Factors: an elementary flow or a background product, with its impact per unit and method.
struct FactorRow {
  std::string key, name, unit, kind, source;
  std::vector<std::string> formulas;  ///< per method; empty where the value is not live
  std::vector<double> values;
};

struct Calculation {
  std::vector<std::string> names;  ///< defined name of each parameter
  std::vector<CalculationRow> rows;
  std::vector<FactorRow> factors;
};

inline constexpr std::size_t longest_formula = 8000;  ///< Excel refuses formulas above 8,192 characters
inline constexpr std::size_t calculation_first_row = 2;  ///< below a header and a row of units
inline constexpr int total_column = 7, users_column = 17;  ///< H R

/// A name for each parameter that Excel and LibreOffice accept, unique without regard to case: "in_sites.idris.pue".
std::vector<std::string> defined_names(const lca::Parameters& parameters);
/// "H" for 7.
std::string column_letters(int column);
/// "Calc_Operational!$H$5"
std::string cell_reference(const CalculationRow& row, int column);

Calculation make_calculation(const Disclosure& disclosure);

}  // namespace cradle::reporting
