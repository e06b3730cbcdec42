// SPDX-License-Identifier: Apache-2.0
// The sheets Summary and Stages.
#include <fmt/format.h>

#include <algorithm>

#include "reporting/workbook_sheets.hpp"

namespace cradle::reporting {

void Workbook::write_stages() {
  stages_.headers(0, {"Stage", "Operational, kg CO2e", "Embodied, kg CO2e", "Total, kg CO2e", "Share", "Energy, kWh",
                      "Engine, kg CO2e", "Check"});
  stages_.widths({28, 20, 20, 20, 10, 18, 20, 10});
  std::size_t row = 1;
  const std::size_t last = d_.stages.size();
  const auto climate = d_.climate();
  double operational = 0.0, embodied = 0.0, energy = 0.0;
  for (const auto& line : d_.stages) {
    const double kg = line.impacts[climate];
    (line.embodied ? embodied : operational) += kg;
    energy += line.kwh;
    const std::string kg_formula = sum(climate_column(), {{stage, quoted(line.stage)}});
    stages_.text(row, 0, line.stage);
    if (line.embodied)
      stages_.number(row, 1, 0.0, styles_.formula);
    else
      stages_.formula(row, 1, kg_formula, kg);
    if (line.embodied)
      stages_.formula(row, 2, kg_formula, kg);
    else
      stages_.number(row, 2, 0.0, styles_.formula);
    stages_.formula(row, 3, fmt::format("B{0}+C{0}", row + 1), kg);
    const double whole = d_.solution().totals()[climate];
    stages_.formula(row, 4, fmt::format("IF($D${0}=0,0,D{1}/$D${0})", last + 2, row + 1), whole != 0 ? kg / whole : 0.0,
                    styles_.percent);
    stages_.formula(row, 5, query_formula({selections::energy() & lca::Selection{lca::one_of("stage", {line.stage})}, std::nullopt}), line.kwh);
    stages_.number(row, 6, kg, styles_.engine);
    stages_.check(row, 7, same(fmt::format("D{}", row + 1), fmt::format("G{}", row + 1)));
    add_check("stage " + line.stage, fmt::format("Stages!$D${}", row + 1), fmt::format("Stages!$G${}", row + 1), kg);
    ++row;
  }
  stages_.text(row, 0, "total", styles_.bold);
  const double totals[] = {operational, embodied, operational + embodied};
  for (int column = 1; column <= 3; ++column)
    stages_.formula(row, column, fmt::format("SUM({0}2:{0}{1})", column_letters(column), last + 1), totals[column - 1],
                    styles_.bold_formula);
  stages_.formula(row, 5, fmt::format("SUM(F2:F{})", last + 1), energy, styles_.bold_formula);
  add_check("stages sum to the total", fmt::format("Stages!$D${}", row + 1), "Total_LB_kg", operational + embodied);
  stages_.table(0, last, 7, 1);
  add_stage_chart(last);
}

void Workbook::add_stage_chart(std::size_t last) {
  lxw_chart* chart = workbook_add_chart(book_, LXW_CHART_BAR_STACKED);
  for (const auto& [column, colour] : {std::pair<int, lxw_color_t>{1, 0x0072B2}, {2, 0xC25700}}) {
    lxw_chart_series* series =
        chart_add_series(chart, fmt::format("=Stages!$A$2:$A${}", last + 1).c_str(),
                         fmt::format("=Stages!${0}$2:${0}${1}", column_letters(column), last + 1).c_str());
    chart_series_set_name(series, column == 1 ? "operational" : "embodied");
    lxw_chart_fill fill{};
    fill.color = colour;
    chart_series_set_fill(series, &fill);
  }
  chart_title_set_name(chart, "Greenhouse gases by stage");
  chart_axis_set_name(chart->x_axis, "kg CO2e");
  chart_axis_set_reverse(chart->y_axis);
  lxw_chart_options options{};
  options.x_scale = 1.6;
  options.description =
      const_cast<char*>("Stacked bars of the table above: operational and embodied kg CO2e per life-cycle stage");
  worksheet_insert_chart_opt(stages_.raw(), static_cast<lxw_row_t>(last + 4), 0, chart, &options);
}

Workbook::Column Workbook::column_of(const lca::Term& term) {
  static const std::map<std::string, Column> columns = {
      {"life_cycle", life_cycle}, {"component", component}, {"run", run},     {"account", account},
      {"level", level},           {"scope", scope},         {"stage", stage}, {"process", process}};
  return term.is == lca::Term::Is::within && term.key == "scope" ? scope_group : columns.at(term.key);
}

std::string Workbook::query_formula(const lca::Query& query) const {
  using Is = lca::Term::Is;
  std::vector<std::vector<std::pair<int, std::string>>> chains(1);
  for (const auto& term : query.where) {
    const int at = column_of(term);
    const std::string before = term.key == "scope" ? "scope " : "";
    if (term.is == Is::none_of || term.is == Is::absent) {
      for (auto& chain : chains) {
        if (term.is == Is::absent) chain.emplace_back(at, "\"\"");
        for (const auto& value : term.values) chain.emplace_back(at, quoted("<>" + before + value));
      }
      continue;
    }
    std::vector<std::vector<std::pair<int, std::string>>> longer;
    for (const auto& value : term.values)
      for (auto chain : chains) {
        chain.emplace_back(at, quoted(before + value));
        longer.push_back(std::move(chain));
      }
    chains = std::move(longer);
  }
  std::string formula;
  for (const auto& chain : chains)
    formula += (formula.empty() ? "" : "+") + sum(query.what ? method_column(*query.what) : int{total}, chain);
  return formula;
}

std::string Workbook::figure_formula(const Figure& figure) const {
  const auto* definition = find_definition(figure.id);
  const auto query = definition == nullptr ? std::nullopt : definition->query(d_.compiled().system);
  if (!query) return "";
  const std::string formula = query_formula(*query);
  const auto amount = d_.compiled().system.parameters().find("functional_unit.amount");
  return definition->per_unit && amount ? fmt::format("({})/{}", formula, calculation_.names[*amount]) : formula;
}

void Workbook::write_summary() {
  summary_.widths({22, 40, 16, 12, 14, 14, 14, 11, 14, 8, 44});
  summary_.height(0, 24);
  summary_.text(0, 0, d_.study().title, styles_.title);
  summary_.text(1, 0, "Functional unit", styles_.bold);
  summary_.text(1, 1, d_.compiled().functional_unit);
  const bool scenario = d_.figure("ghg.total").status == Status::range;
  summary_.text(2, 0, scenario ? "Total, middle of a range" : "Total, live", styles_.bold);
  summary_.formula(2, 1, "Total_LB_kg/1000",
                   d_.solution().totals()[d_.climate()] / 1000,
                   styles_.bold_formula);
  // A scenario range has no value of its own, so the name then holds the sum itself.
  if (!d_.figure("ghg.total").value) define("Total_LB_kg", "=" + sum(climate_column()));
  summary_.text(2, 2, "t CO2e, gross, location-based");
  summary_.text(3, 0, "All checks", styles_.bold);
  worksheet_write_formula_str(summary_.raw(), 3, 1, "=ALL_CHECKS", styles_.bold, "TRUE");
  summary_.text(4, 0, "This figure excludes", styles_.bold);
  worksheet_merge_range(summary_.raw(), 4, 1, 4, 10, text_for_xml(d_.headline_excludes, longest_cell).c_str(), styles_.wrap);
  summary_.height_for(4, d_.headline_excludes, 160);
  if (!d_.headline_defaults.empty()) {
    summary_.text(5, 0, "Taken by default", styles_.bold);
    worksheet_merge_range(summary_.raw(), 5, 1, 5, 10, text_for_xml(d_.headline_defaults, longest_cell).c_str(), styles_.wrap);
    summary_.height_for(5, d_.headline_defaults, 160);
  }
  constexpr std::size_t header = 7;
  summary_.headers(header, {"Figure", "Meaning", "Value", "Unit", "Status", "Low (not live)", "High (not live)",
                            "Basis", "Engine value", "Check", "Why, where there is no value"});
  std::size_t row = header + 1;
  for (const auto& figure : d_.figures) {
    summary_.text(row, 0, figure.id);
    summary_.text(row, 1, figure.label);
    summary_.text(row, 3, figure.unit);
    summary_.text(row, 4, std::string(name_of(figure.status)));
    if (figure.low) summary_.number(row, 5, *figure.low, styles_.engine);
    if (figure.high) summary_.number(row, 6, *figure.high, styles_.engine);
    summary_.text(row, 7, figure.basis);
    summary_.text(row, 10, figure.reason, styles_.wrap);
    if (!figure.reason.empty()) summary_.height_for(row, figure.reason, 52);
    if (figure.value) {
      summary_.number(row, 8, *figure.value, styles_.engine);
      const std::string live = figure_formula(figure);
      if (live.empty()) {
        summary_.number(row, 2, *figure.value, styles_.engine);
      } else {
        summary_.formula(row, 2, live, *figure.value);
        summary_.check(row, 9, same(fmt::format("C{}", row + 1), fmt::format("I{}", row + 1)));
        add_check(figure.id, fmt::format("Summary!$C${}", row + 1), fmt::format("Summary!$I${}", row + 1),
                  *figure.value);
      }
      if (figure.id == "ghg.total")
        define("Total_LB_kg", fmt::format("=Summary!$C${}", row + 1));
      if (figure.id == "energy.facility")
        define("Energy_facility_kWh", fmt::format("=Summary!$C${}", row + 1));
    }
    ++row;
  }
  summary_.table(header, row - 1, 10, header + 1);
}

}  // namespace cradle::reporting
