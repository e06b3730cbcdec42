// SPDX-License-Identifier: Apache-2.0
// The workbook under construction, shared by the files that write its sheets; not used outside them.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "reporting/calculation.hpp"
#include "reporting/sheet.hpp"
#include "reporting/writers.hpp"

namespace cradle::reporting {

/// Writes the sheets of one disclosure.
class Workbook {
 public:
  Workbook(const Disclosure& d, const WriteOptions& options, const std::string& path)
      : d_(d),
        options_(options),
        calculation_(make_calculation(d)),
        book_(workbook_new(path.c_str())),
        styles_(book_),
        readme_(book_, "README", styles_),
        summary_(book_, "Summary", styles_),
        stages_(book_, "Stages", styles_),
        inputs_(book_, "Inputs", styles_),
        calculated_(book_, "Calculated", styles_),
        factors_(book_, "Factors", styles_),
        operational_(book_, "Calc_Operational", styles_),
        embodied_(book_, "Calc_Embodied", styles_),
        coverage_(book_, "Coverage", styles_),
        provenance_(book_, "Provenance", styles_),
        checks_(book_, "Checks", styles_) {
    for (const auto& row : calculation_.rows)
      last_[row.embodied ? 1 : 0] = std::max(last_[row.embodied ? 1 : 0], row.row);
  }

  bool write() {
    set_properties();
    write_readme();
    write_inputs();
    write_calculated();
    write_factors();
    write_calculation();
    write_stages();
    write_summary();
    write_coverage();
    write_provenance();
    write_checks();
    define_names();
    worksheet_activate(summary_.raw());
    worksheet_set_first_sheet(readme_.raw());
    return workbook_close(book_) == LXW_NO_ERROR;
  }

 private:
  // Columns of the calculation sheets; impacts follow, one column per method.
  enum Column {
    id,
    process,
    flow,
    provider,
    rule,
    unit_amount,
    runs,
    total,
    unit,
    stage,
    life_cycle,
    component,
    run,
    account,
    level,
    scope,
    scope_group,
    users,
    first_impact
  };
  static_assert(total == total_column && users == users_column);
  struct Check {
    std::string name, live, expected;
    double value;  ///< what both are when the workbook is delivered
  };

  const std::vector<lca::Method>& methods() const { return d_.methods(); }
  int method_column(std::size_t method) const { return first_impact + static_cast<int>(method); }
  int climate_column() const { return method_column(d_.climate()); }

  /// Absolute range of one column on one calculation sheet.
  std::string range(bool embodied, int column) const {
    const auto letters = column_letters(column);
    return fmt::format("{}!${}${}:${}${}", embodied ? "Calc_Embodied" : "Calc_Operational", letters,
                       calculation_first_row + 1, letters, last_[embodied ? 1 : 0] + 1);
  }
  /// SUM, or SUMIFS with conditions column = text, over both calculation sheets.
  std::string sum(int column, const std::vector<std::pair<int, std::string>>& conditions = {}) const {
    std::string formula;
    for (const bool embodied : {false, true}) {
      std::string part = (conditions.empty() ? "SUM(" : "SUMIFS(") + range(embodied, column);
      for (const auto& [key, value] : conditions) part += "," + range(embodied, key) + "," + value;
      formula += (formula.empty() ? "" : "+") + part + ")";
    }
    return formula;
  }
  static std::string quoted(const std::string& text) { return "\"" + text + "\""; }
  /// The column that shows a tag; the scope's own column where it is asked for whole.
  static Column column_of(const lca::Term& term);
  void add_check(const std::string& name, const std::string& live, const std::string& expected, double value) {
    check_list_.push_back({name, live, expected, value});
  }

  void define(const std::string& name, const std::string& formula) { defined_.emplace_back(name, formula); }
  /// The library sorts names as they come, from the front: in falling order each finds its place at once.
  void define_names();
  void set_properties();
  void write_readme();
  void write_inputs();
  void write_calculated();

  /// Ranges that make no sense are refused where they are typed.
  void validate(const lca::Parameter& p, std::size_t row);
  void write_factors();
  void write_calculation();
  void write_stages();
  void add_stage_chart(std::size_t last);

  /// A question as a chain of SUMIFS over both calculation sheets: one for each combination of the terms' values.
  std::string query_formula(const lca::Query& query) const;
  /// The live formula of a figure; empty where it is not a sum of the sheets.
  std::string figure_formula(const Figure& figure) const;
  static std::string same(const std::string& a, const std::string& b) {
    return fmt::format("ABS({0}-{1})<=1E-9*MAX(ABS({1}),1E-300)", a, b);
  }

  void write_summary();
  void write_coverage();
  void write_provenance();
  void write_checks();

  const Disclosure& d_;
  const WriteOptions& options_;
  Calculation calculation_;
  lxw_workbook* book_;
  Styles styles_;
  Sheet readme_, summary_, stages_, inputs_, calculated_, factors_, operational_, embodied_, coverage_, provenance_, checks_;
  std::size_t last_[2] = {calculation_first_row, calculation_first_row};
  std::map<std::string, std::size_t> factor_rows_;
  std::vector<std::pair<std::string, std::string>> defined_;  ///< name, formula
  std::vector<Check> check_list_;
  std::vector<std::string> not_checkable_;
};

}  // namespace cradle::reporting
