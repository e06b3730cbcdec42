// SPDX-License-Identifier: Apache-2.0
#include "reporting/workbook.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "inventory/text/text_file.hpp"
#include "inventory/text/time_stamp.hpp"
#include "reporting/calculation.hpp"
#include "reporting/result_json.hpp"
#include "reporting/rounding.hpp"
#include "reporting/sheet.hpp"

namespace cradle::reporting {
namespace {

using lca::tag_of;

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
  first_impact
};
const std::vector<std::string> calculation_headers = {
    "Row",   "Process",    "Flow",      "Provider", "Rule",    "Amount per run", "Runs",  "Total",      "Unit",
    "Stage", "Life cycle", "Component", "Run",      "Account", "Level",          "Scope", "Scope group"};

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
    write_factors();
    write_calculation();
    write_stages();
    write_summary();
    write_coverage();
    write_provenance();
    write_checks();
    worksheet_activate(summary_.raw());
    worksheet_set_first_sheet(readme_.raw());
    return workbook_close(book_) == LXW_NO_ERROR;
  }

 private:
  const std::vector<lca::Method>& methods() const { return d_.compiled().system.inventory().methods; }
  int method_column(std::size_t method) const { return first_impact + static_cast<int>(method); }
  int climate_column() const { return method_column(*find_method(d_.assessment, inventory::methods::climate)); }

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
  void add_check(const std::string& name, const std::string& live, const std::string& expected, double value) {
    check_list_.push_back({name, live, expected, value});
  }

  void set_properties() {
    lxw_doc_properties properties{};
    std::string title = d_.study().title, comments = "result sha256 " + result_sha256(d_);
    properties.title = title.data();
    properties.comments = comments.data();
    // Without a date of the study the file is stamped 1980-01-01, the earliest that a zip can say.
    const auto stamp = inventory::read_stamp(d_.study().date.empty() ? "1980-01-01" : d_.study().date);
    properties.created =
        stamp ? std::chrono::duration_cast<std::chrono::seconds>(stamp->local.time_since_epoch()).count() : 315532800;
    workbook_set_properties(book_, &properties);
  }

  void write_readme() {
    readme_.widths({28, 100});
    std::size_t row = 0;
    readme_.height(row, 24);
    readme_.text(row++, 0, d_.study().title, styles_.title);
    if (options_.draft)
      readme_.text(row++, 0, "DRAFT: this report was refused and written with --draft. It must not be published.",
                   styles_.bold);
    if (d_.study().synthetic)
      readme_.text(row++, 0, "SYNTHETIC INPUTS: made up to show the method, measured nowhere.", styles_.bold);
    ++row;
    const std::pair<const char*, std::string> lines[] = {
        {"Purpose",
         "The footprint of the functional unit as live formulas: change a blue cell on Inputs and every total "
         "follows."},
        {"How to audit",
         "Start at Summary; each value sums rows of Calc_Operational and Calc_Embodied; each row multiplies an amount "
         "per run, the runs of its process, and a factor of Factors; "
         "amounts are formulas over the named cells of Inputs, whose source and place in the study stand beside them."},
        {"Engine values",
         "Grey cells hold what the program computed for the study as delivered. Checks compares them with the live "
         "cells; after a change of inputs they differ, as they should."},
        {"Not live",
         "Intervals, and factors of background processes that have suppliers of their own, are values and marked so."},
        {"Missing values", "A word in the Status column and an empty value cell: never zero."},
        {"Tool", d_.tool},
        {"Command", d_.command},
        {"Result sha256", result_sha256(d_)}};
    for (const auto& [name, words] : lines) {
      readme_.text(row, 0, name, styles_.bold);
      readme_.height(row, 15.0 * static_cast<double>(1 + words.size() / 95));  // viewers do not measure wrapped text
      readme_.text(row++, 1, words, styles_.wrap);
    }
    ++row;
    readme_.text(row++, 0, "Colour key", styles_.bold);
    readme_.text(row, 0, "blue on yellow", styles_.input);
    readme_.text(row++, 1, "input: typed, may be changed");
    readme_.text(row, 0, "black", styles_.formula);
    readme_.text(row++, 1, "formula");
    readme_.text(row, 0, "grey", styles_.engine);
    readme_.text(row++, 1, "value computed by the program, not live");
    readme_.text(row, 0, "green, underlined", styles_.link);
    readme_.text(row++, 1, "link to another sheet");
    ++row;
    readme_.text(row++, 0, "Sheets", styles_.bold);
    for (const char* name : {"Summary", "Stages", "Inputs", "Factors", "Calc_Operational", "Calc_Embodied", "Coverage",
                             "Provenance", "Checks"})
      worksheet_write_url_opt(readme_.raw(), static_cast<lxw_row_t>(row++), 0,
                              (std::string("internal:") + name + "!A1").c_str(), styles_.link, name, nullptr);
  }

  void write_inputs() {
    inputs_.headers(0, {"Name", "Input", "Value", "Unit", "Low", "High", "Range", "Basis", "Source", "Verified",
                        "Written at", "Defined name"});
    inputs_.widths({38, 44, 14, 14, 10, 10, 12, 10, 60, 9, 34, 40});
    std::size_t row = 1;
    for (const auto& p : d_.compiled().system.parameters()) {
      const std::string& name = calculation_.names[row - 1];
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
      workbook_define_name(book_, name.c_str(), fmt::format("=Inputs!$C${}", row + 1).c_str());
      validate(p, row);
      ++row;
    }
    inputs_.table(0, row - 1, 11, 1);
  }

  /// Ranges that make no sense are refused where they are typed.
  void validate(const lca::Parameter& p, std::size_t row) {
    struct Limit {
      std::string_view suffix;
      double low, high;
      const char* message;
    };
    static constexpr Limit limits[] = {{".pue", 1.0, 3.0, "PUE is between 1 and 3"},
                                       {".utilisation", 0.001, 1.0, "Utilisation is above 0 and at most 1"},
                                       {".lifetime", 1.0, 438000.0, "Lifetime in hours: above 0, at most 50 years"}};
    for (const auto& limit : limits) {
      if (!p.name.ends_with(limit.suffix) || (limit.suffix == ".lifetime" && !p.name.starts_with("hardware.")))
        continue;
      lxw_data_validation validation{};
      validation.validate = LXW_VALIDATION_TYPE_DECIMAL;
      validation.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
      validation.minimum_number = limit.low;
      validation.maximum_number = limit.high;
      // libxlsxwriter takes char* and only reads
      validation.error_title = const_cast<char*>("Out of range");
      validation.error_message = const_cast<char*>(limit.message);
      worksheet_data_validation_cell(inputs_.raw(), static_cast<lxw_row_t>(row), 2, &validation);
    }
  }

  void write_factors() {
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

  void write_calculation() {
    auto headers = calculation_headers;
    for (const auto& method : methods()) headers.push_back(method.id);
    for (Sheet* sheet : {&operational_, &embodied_}) {
      sheet->headers(0, headers);
      for (std::size_t m = 0; m < methods().size(); ++m)
        sheet->text(1, method_column(m), methods()[m].unit, styles_.unit);
      sheet->text(1, unit_amount, "per run of the process", styles_.unit);
      std::vector<double> widths = {7, 34, 34, 34, 40, 16, 16, 16, 9, 22, 14, 22, 14, 11, 10, 10, 11};
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
          {scope_group, scope_text.empty() ? "" : "scope " + scope_text.substr(0, 1)}};
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

  void write_stages() {
    stages_.headers(0, {"Stage", "Operational, kg CO2e", "Embodied, kg CO2e", "Total, kg CO2e", "Share", "Energy, kWh",
                        "Engine, kg CO2e", "Check"});
    stages_.widths({28, 20, 20, 20, 10, 18, 20, 10});
    std::size_t row = 1;
    const std::size_t last = d_.stages.size();
    const auto climate = *find_method(d_.assessment, inventory::methods::climate);
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
      stages_.formula(row, 4, fmt::format("IF($D${0}=0,0,D{1}/$D${0})", last + 2, row + 1),
                      whole != 0 ? kg / whole : 0.0, styles_.percent);
      stages_.formula(row, 5, energy_sum({{stage, quoted(line.stage)}}), line.kwh);
      stages_.number(row, 6, kg, styles_.engine);
      stages_.check(row, 7, same(fmt::format("D{}", row + 1), fmt::format("G{}", row + 1)));
      add_check("stage " + line.stage, fmt::format("Stages!$D${}", row + 1), fmt::format("Stages!$G${}", row + 1), kg);
      ++row;
    }
    stages_.text(row, 0, "total", styles_.bold);
    const double totals[] = {operational, embodied, operational + embodied};
    for (int column = 1; column <= 3; ++column)
      stages_.formula(row, column, fmt::format("SUM({0}2:{0}{1})", column_letters(column), last + 1),
                      totals[column - 1], styles_.bold_formula);
    stages_.formula(row, 5, fmt::format("SUM(F2:F{})", last + 1), energy, styles_.bold_formula);
    add_check("stages sum to the total", fmt::format("Stages!$D${}", row + 1), "Total_LB_kg", operational + embodied);
    stages_.table(0, last, 7, 1);
    add_stage_chart(last);
  }

  void add_stage_chart(std::size_t last) {
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

  /// The live formula of a figure, or nothing where it is not a plain sum.
  std::string figure_formula(const Figure& figure) const {
    const int climate = climate_column();
    const auto method = [&](const std::string& name) { return method_column(*find_method(d_.assessment, name)); };
    const std::string& key = figure.id;
    if (key == "energy.it") return sum(total, {{level, quoted("it")}});
    if (key == "energy.overhead") return sum(total, {{level, quoted("overhead")}});
    if (key == "energy.facility") return energy_sum({});
    if (key == "ghg.total") return sum(climate);
    if (key == "ghg.operational") return sum(climate, {{life_cycle, quoted("use")}});
    if (key == "ghg.embodied") {
      std::string formula;
      for (const char* name : {"raw-materials", "manufacture", "transport", "end-of-life"})
        formula += (formula.empty() ? "" : "+") + sum(climate, {{life_cycle, quoted(name)}});
      return formula;
    }
    if (key == "ghg.transport") return sum(climate, {{life_cycle, quoted("transport")}});
    if (key == "ghg.end_of_life") return sum(climate, {{life_cycle, quoted("end-of-life")}});
    if (key == "ghg.unsplit") return sum(climate, {{life_cycle, quoted("unsplit")}});
    if (key == "ghg.scope1") return sum(climate, {{scope_group, quoted("scope 1")}});
    if (key == "ghg.scope2_lb") return sum(climate, {{scope_group, quoted("scope 2")}});
    if (key == "ghg.scope2_mb")
      return sum(method(inventory::methods::climate_market), {{scope_group, quoted("scope 2")}});
    if (key == "ghg.scope2_hourly")
      return sum(method(inventory::methods::climate_hourly), {{scope_group, quoted("scope 2")}});
    if (key == "ghg.scope3") return sum(climate, {{scope_group, quoted("scope 3")}});
    if (key == "water.on_site") return sum(method(inventory::methods::water));
    if (key == "device_hours") return sum(method(inventory::methods::occupation));
    if (key == "flop.total") return sum(method(inventory::methods::computation));
    if (key == "cost.compute") return sum(method(inventory::methods::compute_cost));
    return "";
  }
  std::string energy_sum(std::vector<std::pair<int, std::string>> conditions) const {
    std::string formula;
    for (const char* name : {"it", "overhead", "facility"}) {
      auto with_level = conditions;
      with_level.emplace_back(level, quoted(name));
      formula += (formula.empty() ? "" : "+") + sum(total, with_level);
    }
    return formula;
  }
  static std::string same(const std::string& a, const std::string& b) {
    return fmt::format("ABS({0}-{1})<=1E-9*MAX(ABS({1}),1E-300)", a, b);
  }

  void write_summary() {
    summary_.widths({26, 44, 18, 14, 16, 16, 16, 18, 18, 10, 60});
    summary_.height(0, 24);
    summary_.text(0, 0, d_.study().title, styles_.title);
    summary_.text(1, 0, "Functional unit", styles_.bold);
    summary_.text(1, 1, d_.compiled().functional_unit);
    const bool scenario = d_.figure("ghg.total").status == Status::range;
    summary_.text(2, 0, scenario ? "Total, middle of a range" : "Total, live", styles_.bold);
    summary_.formula(2, 1, "Total_LB_kg/1000",
                     d_.solution().totals()[*find_method(d_.assessment, inventory::methods::climate)] / 1000,
                     styles_.bold_formula);
    // A scenario range has no value of its own, so the name then holds the sum itself.
    if (!d_.figure("ghg.total").value)
      workbook_define_name(book_, "Total_LB_kg", ("=" + sum(climate_column())).c_str());
    summary_.text(2, 2, "t CO2e, gross, location-based");
    summary_.text(3, 0, "All checks", styles_.bold);
    worksheet_write_formula_str(summary_.raw(), 3, 1, "=ALL_CHECKS", styles_.bold, "TRUE");
    summary_.text(4, 0, "This figure excludes", styles_.bold);
    summary_.text(4, 1, d_.headline_excludes);
    constexpr std::size_t header = 6;
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
      summary_.text(row, 10, figure.reason);
      if (figure.value) {
        summary_.number(row, 8, *figure.value, styles_.engine);
        std::string live = figure_formula(figure);
        if (figure.id.ends_with(".per_unit")) {
          const auto amount = d_.compiled().system.parameters().find("functional_unit.amount");
          live = (figure.id == "ghg.per_unit" ? std::string("Total_LB_kg") : "(" + energy_sum({}) + ")") +
                 (amount ? "/" + calculation_.names[*amount] : "");
        }
        if (live.empty()) {
          summary_.number(row, 2, *figure.value, styles_.engine);
        } else {
          summary_.formula(row, 2, live, *figure.value);
          summary_.check(row, 9, same(fmt::format("C{}", row + 1), fmt::format("I{}", row + 1)));
          add_check(figure.id, fmt::format("Summary!$C${}", row + 1), fmt::format("Summary!$I${}", row + 1),
                    *figure.value);
        }
        if (figure.id == "ghg.total")
          workbook_define_name(book_, "Total_LB_kg", fmt::format("=Summary!$C${}", row + 1).c_str());
        if (figure.id == "energy.facility")
          workbook_define_name(book_, "Energy_facility_kWh", fmt::format("=Summary!$C${}", row + 1).c_str());
      }
      ++row;
    }
    summary_.table(header, row - 1, 10, header + 1);
  }

  void write_coverage() {
    coverage_.headers(0, {"Item", "Status", "Detail"});
    coverage_.widths({34, 16, 100});
    std::size_t row = 1;
    for (const auto& line : d_.compiled().coverage) {
      coverage_.text(row, 0, line.item);
      coverage_.text(row, 1, line.status);
      coverage_.text(row++, 2, line.detail);
    }
    for (const auto& log : d_.compiled().logs)
      for (const auto& gap : log.gaps) {
        coverage_.text(row, 0, fmt::format("gap in {}", log.file));
        coverage_.text(row, 1, log.gap_fill.empty() ? "not estimated" : log.used ? "substitute" : "shown only");
        coverage_.text(row++, 2,
                       fmt::format("device {}, {} minutes from {}: {}", gap.device, significant(gap.hours * 60, 4),
                                   gap.start, gap.reason));
      }
    coverage_.table(0, row - 1, 2, 1);
  }

  void write_provenance() {
    provenance_.headers(0, {"What", "Value", "Version", "Licence", "sha256", "Attribution"});
    provenance_.widths({26, 50, 30, 30, 66, 80});
    std::size_t row = 1;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"tool", d_.tool},
                                      {"command", d_.command},
                                      {"date of the study", d_.study().date},
                                      {"characterisation", "GWP100, IPCC " + d_.study().gwp}}) {
      provenance_.text(row, 0, name);
      provenance_.text(row++, 1, value);
    }
    provenance_.text(row, 0, "study");
    provenance_.text(row, 1, std::filesystem::path(d_.study().file).filename().string());
    provenance_.text(row++, 4, d_.study().sha256);
    for (const auto& log : d_.compiled().logs) {
      provenance_.text(row, 0, "log");
      provenance_.text(row, 1, fmt::format("{} ({}, {} rows)", log.file, log.format, log.rows));
      provenance_.text(row++, 4, log.sha256);
    }
    for (const auto& dataset : d_.compiled().datasets) {
      provenance_.text(row, 0, "dataset " + dataset.id);
      provenance_.text(row, 1, dataset.title);
      provenance_.text(row, 2, dataset.version);
      provenance_.text(row, 3, dataset.licence);
      provenance_.text(row, 4, dataset.sha256);
      provenance_.text(row++, 5, dataset.attribution);
    }
    provenance_.table(0, row - 1, 5, 1);
  }

  void write_checks() {
    checks_.headers(0, {"Check", "Live", "Expected", "Result"});
    checks_.widths({64, 22, 22, 12});
    for (const auto& check : d_.checks)
      if (check.verdict == lca::SelfCheck::Verdict::not_checkable)
        not_checkable_.push_back(check.name + ": " + check.detail);
    std::size_t row = 1;
    for (const auto& check : check_list_) {
      checks_.text(row, 0, check.name);
      checks_.formula(row, 1, check.live, check.value);
      checks_.formula(row, 2, check.expected, check.value);
      checks_.check(row, 3, same(fmt::format("B{}", row + 1), fmt::format("C{}", row + 1)));
      ++row;
    }
    checks_.text(row, 0, "no blank value among the inputs");
    const std::size_t inputs = d_.compiled().system.parameters().size();
    checks_.formula(row, 1, fmt::format("COUNT(Inputs!$C$2:$C${})", inputs + 1), static_cast<double>(inputs));
    checks_.number(row, 2, static_cast<double>(inputs), styles_.engine);
    checks_.check(row, 3, fmt::format("B{0}=C{0}", row + 1));
    ++row;
    checks_.text(row, 0, "location-based total is not negative");
    checks_.formula(row, 1, "Total_LB_kg",
                    d_.solution().totals()[*find_method(d_.assessment, inventory::methods::climate)]);
    checks_.check(row, 3, fmt::format("B{}>=0", row + 1));
    const std::size_t last = row;
    ++row;
    checks_.text(row, 0, "ALL_CHECKS", styles_.bold);
    worksheet_write_formula_str(checks_.raw(), static_cast<lxw_row_t>(row), 3,
                                fmt::format("=AND(D2:D{})", last + 1).c_str(), styles_.bold, "TRUE");
    workbook_define_name(book_, "ALL_CHECKS", fmt::format("=Checks!$D${}", row + 1).c_str());
    row += 2;
    for (const auto& line : not_checkable_) checks_.text(row++, 0, "not checkable: " + line);
    worksheet_freeze_panes(checks_.raw(), 1, 1);
  }

  struct Check {
    std::string name, live, expected;
    double value;  ///< what both are when the workbook is delivered
  };

  const Disclosure& d_;
  const WriteOptions& options_;
  Calculation calculation_;
  lxw_workbook* book_;
  Styles styles_;
  Sheet readme_, summary_, stages_, inputs_, factors_, operational_, embodied_, coverage_, provenance_, checks_;
  std::size_t last_[2] = {calculation_first_row, calculation_first_row};
  std::map<std::string, std::size_t> factor_rows_;
  std::vector<Check> check_list_;
  std::vector<std::string> not_checkable_;
};

}  // namespace

Result<std::string> write_workbook(const Disclosure& d, const WriteOptions& options) {
  const auto trouble = [] {
    return failure({"E070",
                    "the workbook cannot be written to the temporary folder",
                    "see TMPDIR and the space left there",
                    {},
                    ""});
  };
  std::string path = (std::filesystem::temp_directory_path() / "cradle-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file < 0) return trouble();
  ::close(file);
  const bool written = Workbook(d, options, path).write();
  auto bytes = inventory::read_text_file(path, std::size_t{1} << 30);
  std::remove(path.c_str());
  if (!written || !bytes) return trouble();
  return std::move(*bytes);
}

}  // namespace cradle::reporting
