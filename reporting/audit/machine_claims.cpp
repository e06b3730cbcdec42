// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/machine_claims.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "inventory/text/csv.hpp"

namespace cradle::reporting {
namespace {

using inventory::Catalogue;
using Json = nlohmann::ordered_json;

constexpr double seconds_per_hour = 3600.0;

tl::unexpected<Findings> refuse(std::string code, const std::string& file, std::string message, std::string hint) {
  return tl::unexpected(Findings{{std::move(code), std::move(message), std::move(hint), {file, 1, 1, 1}, ""}});
}

/// A member that may be missing at any depth; null where it is.
const Json& at(const Json& json, std::initializer_list<const char*> keys) {
  static const Json null;
  const Json* found = &json;
  for (const char* key : keys) {
    if (!found->is_object() || !found->contains(key)) return null;
    found = &(*found)[key];
  }
  return *found;
}

std::string device_line(const Catalogue& catalogue, const std::string& name) {
  const auto* device = name.empty() ? nullptr : catalogue.device_named(name);
  return device == nullptr ? "" : "device: " + device->id + "\n";
}

/// Newest year of a country's grid that is not after the one wanted.
std::string grid_line(const Catalogue& catalogue, const std::string& country, int wanted) {
  const auto known = catalogue.grids().country(country);
  if (!known) return "";
  const auto years = catalogue.grids().years(known->iso3);
  int best = 0;
  for (const int year : years)
    if (wanted == 0 || year <= wanted) best = year;
  return best == 0 ? "" : fmt::format("grid: {{region: {}, year: {}}}\n", known->iso3, best);
}

/// All activities of all models: the sum is what the file claims.
Result<std::string> of_cyclonedx(const Json& bom, const std::string& file) {
  double kwh = 0.0, tonnes = 0.0;
  bool any = false, emissions = false;
  for (const auto& component : bom.value("components", Json::array()))
    for (const auto& one : at(component, {"modelCard", "considerations", "environmentalConsiderations", "energyConsumptions"})) {
      const auto &energy = at(one, {"activityEnergyCost", "value"}), &co2 = at(one, {"co2CostEquivalent", "value"});
      if (!energy.is_number() || (!co2.is_null() && !co2.is_number()))
        return refuse("E020", file, "an energy or emission of the BOM is no number", "activityEnergyCost: {value: 433, unit: kWh}");
      any = true;
      kwh += energy.get<double>();
      if (co2.is_number()) tonnes += co2.get<double>(), emissions = true;
    }
  if (!any) return refuse("E011", file, "the BOM claims no energy", "modelCard.considerations.environmentalConsiderations.energyConsumptions");
  if (!emissions) return fmt::format("title: CycloneDX\nclaim: {{energy: {:.17g} kWh}}\n", kwh);
  return fmt::format("title: CycloneDX\nclaim: {{ghg: {:.17g} t}}\nenergy: {:.17g} kWh\n", tonnes, kwh);
}

/// BoAmps claims energy alone; hours follow from what its measures lasted and the devices that it names.
Result<std::string> of_boamps(const Catalogue& catalogue, const Json& report, const std::string& file) {
  double kwh = 0.0, hours = 0.0;
  bool lasted = true;
  for (const auto& measure : report["measures"]) {
    const auto &energy = at(measure, {"powerConsumption"}), &seconds = at(measure, {"measurementDuration"});
    if (!energy.is_number()) return refuse("E020", file, "a measure has no powerConsumption that is a number", "powerConsumption: 0.4, in kWh");
    kwh += energy.get<double>();
    lasted = lasted && seconds.is_number();
    if (seconds.is_number()) hours += seconds.get<double>() / seconds_per_hour;
  }
  std::string yaml = fmt::format("title: BoAmps\nclaim: {{energy: {:.17g} kWh}}\npue: 1.0\n", kwh);  // of the task, without overhead
  for (const auto& component : at(report, {"infrastructure", "components"})) {
    const auto& count = at(component, {"nbComponent"});
    const std::string name = fmt::format("{} {} {}", component.value("componentName", ""), component.value("family", ""), component.value("series", ""));
    const auto line = device_line(catalogue, name);
    if (line.empty() || !count.is_number()) continue;
    yaml += line;
    if (lasted && hours > 0) yaml += fmt::format("device_hours: {:.17g} h\n", hours * count.get<double>());
    break;
  }
  const auto& intensity = at(report, {"environment", "powerSourceCarbonIntensity"});
  if (intensity.is_number()) return yaml + fmt::format("grid: {:.17g} g/kWh\n", intensity.get<double>());
  const auto& country = at(report, {"environment", "country"});
  return yaml + (country.is_string() ? grid_line(catalogue, country.get<std::string>(), 0) : "");
}

/// Rows of codecarbon's emissions.csv, one a run: emissions in kg beside energy in kWh.
std::optional<Result<std::string>> of_codecarbon(const Catalogue& catalogue, const std::string& text, const std::string& file) {
  std::map<std::string, std::size_t> columns;
  double kg = 0.0, kwh = 0.0;
  std::set<std::string> countries, pues;
  std::size_t rows = 0;
  int year = 0;
  bool numbers = true;
  inventory::read_csv(text, [&](const inventory::CsvRow& row) {
    if (columns.empty()) {
      for (std::size_t i = 0; i < row.cells.size(); ++i) columns.emplace(row.cells[i], i);
      return;
    }
    const auto cell = [&](const char* name) {
      const auto column = columns.find(name);
      return column == columns.end() || column->second >= row.cells.size() ? std::string() : row.cells[column->second];
    };
    const double emissions = inventory::number_of(cell("emissions")), energy = inventory::number_of(cell("energy_consumed"));
    if (!(emissions >= 0.0) || !(energy >= 0.0)) {
      numbers = false;
      return;
    }
    ++rows;
    kg += emissions;
    kwh += energy;
    countries.insert(cell("country_iso_code"));
    if (const auto pue = cell("pue"); !pue.empty()) pues.insert(pue);
    year = std::max(year, std::atoi(cell("timestamp").substr(0, 4).c_str()));
  });
  if (!columns.contains("emissions") || !columns.contains("energy_consumed")) return std::nullopt;
  if (!numbers) return refuse("E020", file, "a row has emissions or energy that are no number", "the file as the tracker wrote it");
  if (rows == 0) return refuse("E011", file, "the file claims nothing: it has no rows", "");
  // Its energy holds the PUE that it names (codecarbon 3): what follows from it is of the facility.
  std::string yaml = fmt::format("title: codecarbon, {} run{}\nclaim: {{ghg: {:.17g} kg}}\nenergy: {:.17g} kWh\nlevel: facility\n", rows, rows == 1 ? "" : "s", kg, kwh);
  if (pues.size() == 1) yaml += "pue: " + *pues.begin() + "\n";
  return yaml + (countries.size() == 1 ? grid_line(catalogue, *countries.begin(), year) : "");
}

}  // namespace

std::optional<Result<std::string>> claim_of_machine_file(const Catalogue& catalogue, const std::string& text, const std::string& file) {
  if (file.ends_with(".csv")) return of_codecarbon(catalogue, text, file);
  if (!file.ends_with(".json")) return std::nullopt;
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  if (json.contains("bomFormat")) return of_cyclonedx(json, file);
  if (json.contains("measures") && json["measures"].is_array() && json.contains("task")) return of_boamps(catalogue, json, file);
  return std::nullopt;
}

}  // namespace cradle::reporting
