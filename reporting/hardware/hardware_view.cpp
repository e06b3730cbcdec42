// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/hardware_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

std::string printed(const std::optional<double>& kg) {
  if (!kg) return "not known";
  const auto unit = display_unit("kg CO2e", *kg);
  return significant(*kg / unit.size, 3) + " " + unit.name;
}

/// The ways to share a device's life, side by side for each hardware entry.
Json amortisation(const Disclosure& d) {
  Json rows = Json::array();
  for (const auto& life : d.hardware.lives) {
    std::string per_kwh = "not known";
    if (life.per_kwh) {
      const auto rate = display_unit("kg CO2e/kWh", *life.per_kwh);
      per_kwh = significant(*life.per_kwh / rate.size, 3) + " " + rate.name;
    }
    rows.push_back({{"name", life.hardware},
                    {"life", printed(life.life_kg)},
                    {"calendar", printed(life.calendar)},
                    {"utilised", printed(life.utilised)},
                    {"per_kwh", per_kwh},
                    {"assigned", printed(life.assigned)},
                    {"method", life.method}});
  }
  return rows;
}

Json bracket(const Disclosure& d) {
  Json rows = Json::array();
  for (const auto& row : d.hardware.bracket) {
    Json one = {{"name", row.profile},
                {"title", row.title},
                {"chosen", row.chosen},
                {"mark", row.chosen ? "counted here" : ""}};
    for (const auto& [key, index] : {std::pair{"climate", 0}, std::pair{"metals", 1}, std::pair{"energy", 2}}) {
      const auto& impact = row.impacts[static_cast<std::size_t>(index)];
      const auto unit = display_unit(impact.unit, impact.value.value_or(0.0));
      one[key] = impact.value ? significant(*impact.value / unit.size, 3) + " " + unit.name : "not estimated";
    }
    rows.push_back(std::move(one));
  }
  return rows;
}

Json hardware_tree(const Disclosure& d) {
  Json rows = Json::array();
  double whole = 1.0;
  for (const auto& row : d.hardware.tree) {
    if (row.depth == 0) whole = row.total;
    rows.push_back({{"indent", row.depth},
                    {"spaces", std::string(2 * row.depth, ' ')},
                    {"dashes", row.depth == 0 ? "" : std::string(row.depth, '-') + " "},
                    {"name", row.name},
                    {"stage", row.stage},
                    {"amount", significant(row.amount, 3) + " " + row.unit},
                    {"own", row.own == 0.0 ? "" : significant(row.own, 3)},
                    {"total", significant(row.total, 3)},
                    {"share", whole > 0.0 ? percent(row.total / whole) : ""}});
  }
  return rows;
}

/// "Memory is 54 % of a life, logic dies 16 %."
std::string dominant(const Disclosure& d) {
  std::map<std::string, double> by_component;
  double total = 0.0;
  for (const auto& row : d.components) {
    by_component[row.component] += row.productive + row.idle;
    total += row.productive + row.idle;
  }
  std::vector<std::pair<std::string, double>> sorted(by_component.begin(), by_component.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, sorted.size()) && total > 0.0; ++i)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", sorted[i].first, percent(sorted[i].second / total));
  return text;
}

}  // namespace

Json hardware_table(const Disclosure& d) {
  const auto& parameters = d.compiled().system.parameters();
  const auto unit = display_unit("kg CO2e", stage_kg(d, true));
  Json assumptions = Json::array(), components = Json::array();
  for (const auto& [name, hardware] : d.study().hardware) {
    const auto lifetime = parameters.find(lca::ParameterKey{{"hardware", name}, "lifetime"}.text()),
               utilisation = parameters.find(lca::ParameterKey{{"hardware", name}, "utilisation"}.text());
    if (!lifetime || !utilisation) continue;
    assumptions.push_back(
        {{"name", name},
         {"device", hardware.device.empty() ? "stated" : hardware.device},
         {"node", hardware.node.empty() ? "stated" : hardware.node},
         {"lifetime", significant(parameters[*lifetime].value / 8760, 3) + " years"},
         {"utilisation", percent(parameters[*utilisation].value)},
         {"model", hardware.embodied ? "footprint stated in the study" : "catalogue, component by component"}});
  }
  Json rules = Json::array();
  for (const auto& life : d.hardware.lives) rules.push_back({{"name", life.hardware}, {"rule", life.rule}});
  double total = 0.0;
  for (const auto& row : d.components) total += row.productive + row.idle;
  for (const auto& row : d.components)
    components.push_back({{"component", row.component},
                          {"stage", row.stage},
                          {"productive", significant(row.productive / unit.size, 3)},
                          {"idle", significant(row.idle / unit.size, 3)},
                          {"share", total > 0 ? percent((row.productive + row.idle) / total) : ""}});
  return {{"has", !d.components.empty()},
          {"unit", unit.name},
          {"assumptions", assumptions},
          {"components", components},
          {"dominant", dominant(d)},
          {"has_bracket", !d.hardware.bracket.empty()},
          {"bracket", bracket(d)},
          {"amortisation", amortisation(d)},
          {"rules", rules},
          {"has_tree", !d.hardware.bracket.empty()},
          {"tree", hardware_tree(d)},
          {"has_gaps", !d.hardware.gaps.empty()},
          {"gaps", d.hardware.gaps},
          {"absent", print(d.figure("ghg.embodied")).text() + ": " + d.figure("ghg.embodied").reason}};
}

}  // namespace cradle::reporting
