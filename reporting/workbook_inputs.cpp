// SPDX-License-Identifier: Apache-2.0
// The sheets Inputs, Factors, Calc_Operational and Calc_Embodied.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "reporting/workbook_sheets.hpp"

namespace cradle::reporting {

using lca::tag_of;

namespace {

const std::vector<std::string> calculation_headers = {
    "Row",   "Process",    "Flow",      "Provider", "Rule",    "Amount per run", "Runs",  "Total",      "Unit",
    "Stage", "Life cycle", "Component", "Run",      "Account", "Level",          "Scope", "Scope group", "Users of"};

/// Digits of other values would not fit a column.
bool fits_a_cell(double value) {
  return value == 0.0 || (std::abs(value) >= 0.01 && std::abs(value) < 1e12);
}

}  // namespace

void Workbook::write_inputs() {
  inputs_.headers(0, {"Name", "Input", "Value", "Unit", "Low", "High", "Range", "Basis", "Source", "Verified",
                      "Written at", "Defined name"});
  inputs_.widths({38, 44, 14, 14, 10, 10, 12, 10, 60, 9, 34, 40});
  std::size_t row = 1;
  for (lca::ParameterIndex i = 0; i < d_.parameters().size(); ++i) {
    const auto& p = d_.parameters()[i];
    if (p.calculated()) continue;
    const std::string& name = calculation_.names[i];
    inputs_.text(row, 0, p.name);
    inputs_.text(row, 1, p.label);
    inputs_.number(row, 2, p.value, styles_.input);
    inputs_.text(row, 3, p.unit);
    if (p.range != lca::RangeKind::none) {
      inputs_.number(row, 4, p.low, styles_.formula);
      inputs_.number(row, 5, p.high, styles_.formula);
    }
    inputs_.text(row, 6,
                 p.range == lca::RangeKind::interval_95 ? "95 %"
                 : p.range == lca::RangeKind::scenario  ? "scenario: value is the middle"
                                                        : "");
    inputs_.text(row, 7, std::string(lca::name_of(p.basis)));
    inputs_.text(row, 8, p.source.empty() ? "stated in the study, no source" : p.source);
    inputs_.text(row, 9, p.verified ? "yes" : "no");
    inputs_.text(row, 10,
                 p.place.line > 0
                     ? fmt::format("{}:{}", std::filesystem::path(p.place.file).filename().string(), p.place.line)
                     : "");
    inputs_.text(row, 11, name);
    define(name, fmt::format("=Inputs!$C${}", row + 1));
    validate(p, row);
    ++row;
  }
  inputs_.table(0, row - 1, 11, 1);
}

/// A row for each calculated parameter: its name, live formula over other names, unit and rule.
void Workbook::write_calculated() {
  constexpr std::size_t formula_width = 56, rule_width = 34;
  calculated_.headers(0, {"Defined name", "Quantity", "Value", "Unit", "Formula", "Rule"});
  calculated_.widths({36, 34, 18, 12, formula_width, rule_width});
  std::size_t row = 1;
  const auto name_of = [&](lca::ParameterIndex i) { return calculation_.names[i]; };
  for (lca::ParameterIndex i = 0; i < d_.parameters().size(); ++i) {
    const auto& p = d_.parameters()[i];
    if (!p.calculated()) continue;
    const std::string live = p.formula->excel(name_of),
                      words = p.formula->text([&](lca::ParameterIndex j) { return d_.parameters()[j].name; });
    calculated_.text(row, 0, name_of(i), styles_.wrap);
    calculated_.text(row, 1, p.label, styles_.wrap);
    if (live.size() <= longest_formula)
      calculated_.formula(row, 2, live, p.value, fits_a_cell(p.value) ? styles_.formula : styles_.scientific);
    else
      calculated_.number(row, 2, p.value, styles_.engine);
    calculated_.text(row, 3, p.unit);
    calculated_.text(row, 4, words, styles_.wrap);
    calculated_.text(row, 5, p.rule, styles_.wrap);
    // The row is as high as its longest cell; names hold no space to break at.
    const bool longest_is_formula = words.size() * rule_width >= p.rule.size() * formula_width;
    calculated_.height_for(row, longest_is_formula ? words : p.rule, (longest_is_formula ? formula_width : rule_width) - 8);
    define(name_of(i), fmt::format("=Calculated!$C${}", row + 1));
    ++row;
  }
  calculated_.table(0, row - 1, 5, 1);
}

void Workbook::validate(const lca::Parameter& p, std::size_t row) {
  if (!p.limits.any()) return;
  const bool above = std::isfinite(p.limits.most);
  const std::string message = above ? fmt::format("{} to {} {}", p.limits.least, p.limits.most, p.unit)
                                    : fmt::format("{} {} or more", p.limits.least, p.unit);
  lxw_data_validation validation{};
  validation.validate = LXW_VALIDATION_TYPE_DECIMAL;
  validation.criteria = above ? LXW_VALIDATION_CRITERIA_BETWEEN : LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO;
  validation.minimum_number = p.limits.least;
  validation.value_number = p.limits.least;
  validation.maximum_number = p.limits.most;
  // libxlsxwriter takes char* and only reads
  validation.error_title = const_cast<char*>("Out of range");
  validation.error_message = const_cast<char*>(message.c_str());
  worksheet_data_validation_cell(inputs_.raw(), static_cast<lxw_row_t>(row), 2, &validation);
}

void Workbook::write_factors() {
  std::vector<std::string> headers = {"Key", "Name", "Kind", "Unit", "Source", "Live"};
  std::vector<double> widths = {34, 34, 18, 10, 50, 9};
  for (const auto& method : methods()) {
    headers.push_back(fmt::format("{}, {} per unit", method.id, method.unit));
    widths.push_back(18);
  }
  factors_.headers(0, headers);
  factors_.widths(widths);
  std::size_t row = 1;
  for (const auto& factor : calculation_.factors) {
    factor_rows_[factor.key] = row;
    factors_.text(row, 0, factor.key);
    factors_.text(row, 1, factor.name);
    factors_.text(row, 2, factor.kind);
    factors_.text(row, 3, factor.unit);
    factors_.text(row, 4, factor.source);
    const bool live = std::any_of(factor.formulas.begin(), factor.formulas.end(),
                                  [](const auto& formula) { return !formula.empty(); });
    factors_.text(row, 5, live ? "live" : factor.kind == "elementary flow" ? "constant" : "not live");
    for (std::size_t m = 0; m < methods().size(); ++m) {
      const int column = 6 + static_cast<int>(m);
      if (factor.formulas[m].empty())
        factors_.number(row, column, factor.values[m], styles_.engine);
      else
        factors_.formula(row, column, factor.formulas[m], factor.values[m]);
    }
    ++row;
  }
  factors_.table(0, row - 1, 5 + static_cast<int>(methods().size()), 1);
}

void Workbook::write_calculation() {
  auto headers = calculation_headers;
  for (const auto& method : methods()) headers.push_back(method.id);
  for (Sheet* sheet : {&operational_, &embodied_}) {
    sheet->headers(0, headers);
    for (std::size_t m = 0; m < methods().size(); ++m)
      sheet->text(1, method_column(m), methods()[m].unit, styles_.unit);
    sheet->text(1, unit_amount, "per run of the process", styles_.unit);
    std::vector<double> widths = {7, 34, 34, 34, 40, 16, 16, 16, 9, 22, 14, 22, 14, 11, 10, 10, 11, 9};
    widths.resize(widths.size() + methods().size(), 16);
    sheet->widths(widths);
  }
  for (const auto& row : calculation_.rows) {
    Sheet& sheet = row.embodied ? embodied_ : operational_;
    const std::string scope_text = tag_of(row.tags, "scope");
    const std::pair<int, std::string> texts[] = {
        {id, fmt::format("{}{}", row.embodied ? "E" : "O", row.row + 1)},
        {process, row.process},
        {flow, row.flow},
        {provider, row.provider},
        {rule, row.rule},
        {unit, row.unit},
        {stage, tag_of(row.tags, "stage")},
        {life_cycle, tag_of(row.tags, "life_cycle")},
        {component, tag_of(row.tags, "component")},
        {run, tag_of(row.tags, "run")},
        {account, tag_of(row.tags, "account")},
        {level, tag_of(row.tags, "level")},
        {scope, scope_text.empty() ? "" : "scope " + scope_text},
        {scope_group, scope_text.empty() ? "" : "scope " + scope_text.substr(0, 1)},
        {users, row.users_key}};
    for (const auto& [column, text] : texts) sheet.text(row.row, column, text);
    const auto letter = [&](int column) { return fmt::format("{}{}", column_letters(column), row.row + 1); };
    sheet.formula(row.row, unit_amount, row.unit_formula, row.unit_amount);
    if (row.live)
      sheet.formula(row.row, runs, row.runs_formula, row.runs);
    else
      sheet.number(row.row, runs, row.runs, styles_.engine);
    sheet.formula(row.row, total, letter(unit_amount) + "*" + letter(runs), row.total);
    if (row.factor_key.empty()) continue;  // a link inside the foreground: its impacts stand further down
    for (std::size_t m = 0; m < methods().size(); ++m)
      sheet.formula(row.row, method_column(m),
                    fmt::format("{}*Factors!${}${}", letter(total), column_letters(6 + static_cast<int>(m)),
                                factor_rows_[row.factor_key] + 1),
                    row.impacts[m]);
  }
  for (const bool is_embodied : {false, true}) {
    Sheet& sheet = is_embodied ? embodied_ : operational_;
    sheet.table(0, last_[is_embodied ? 1 : 0], first_impact + static_cast<int>(methods().size()) - 1,
                calculation_first_row);
  }
}

}  // namespace cradle::reporting
