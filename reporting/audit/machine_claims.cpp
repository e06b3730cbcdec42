// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/machine_claims.hpp"

#include <fmt/format.h>

#include <functional>
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

/// Every component of a BOM, whatever it lies in.
void each_component(const Json& in, const std::function<void(const Json&)>& use) {
  if (!in.is_array()) return;
  for (const auto& component : in) {
    use(component);
    each_component(at(component, {"components"}), use);
  }
}

/// An amount in the one unit that the format has; a finding otherwise.
Result<double> amount_of(const Json& measure, const char* unit, const std::string& file) {
  const auto &value = at(measure, {"value"}), &stated = at(measure, {"unit"});
  if (!value.is_number() || value.get<double>() < 0.0)
    return refuse("E020", file, "an energy or emission of the BOM is no number of zero or more",
                  "activityEnergyCost: {value: 433, unit: kWh}");
  if (stated != unit)
    return refuse("E021", file, fmt::format("CycloneDX counts in {}, not in {}", unit, stated.dump()), "");
  return value.get<double>();
}

/// All activities of all models: the sum is what the file claims, of those with emissions where some have them.
Result<std::string> of_cyclonedx(const Json& bom, const std::string& file) {
  double kwh = 0.0, kwh_with_emissions = 0.0, tonnes = 0.0;
  bool any = false, emissions = false, facility = true;
  Findings findings;
  const auto read = [&](const Json& component) {
    const auto& consumptions =
        at(component, {"modelCard", "considerations", "environmentalConsiderations", "energyConsumptions"});
    if (!consumptions.is_array()) return;
    for (const auto& one : consumptions) {
      const auto energy = amount_of(at(one, {"activityEnergyCost"}), "kWh", file);
      const auto& stated = at(one, {"co2CostEquivalent"});
      const auto co2 = stated.is_null() ? Result<double>(0.0) : amount_of(stated, "tCO2eq", file);
      for (const auto* wrong : {&energy, &co2})
        if (!*wrong) findings.insert(findings.end(), wrong->error().begin(), wrong->error().end());
      if (!energy || !co2) continue;
      any = true;
      kwh += *energy;
      tonnes += *co2;
      if (!stated.is_null()) kwh_with_emissions += *energy, emissions = true;
      facility = facility && one.dump().find("cradle:boundary\",\"value\":\"facility energy") != std::string::npos;
    }
  };
  each_component(at(bom, {"components"}), read);
  read(at(bom, {"metadata", "component"}));
  if (!findings.empty()) return tl::unexpected(Findings{findings.front()});
  if (!any)
    return refuse("E011", file, "the BOM claims no energy",
                  "modelCard.considerations.environmentalConsiderations.energyConsumptions");
  const std::string level = facility ? "level: facility\n" : "";
  if (!emissions) return fmt::format("title: CycloneDX\nclaim: {{energy: {:.17g} kWh}}\n{}", kwh, level);
  return fmt::format("title: CycloneDX{}\nclaim: {{ghg: {:.17g} t}}\nenergy: {:.17g} kWh\n{}",
                     kwh > kwh_with_emissions ? ", activities with emissions" : "", tonnes, kwh_with_emissions, level);
}

/// BoAmps claims energy alone; hours follow from what its measures lasted and the devices that it names.
Result<std::string> of_boamps(const Catalogue& catalogue, const Json& report, const std::string& file) {
  double kwh = 0.0, hours = 0.0;
  bool lasted = true;
  for (const auto& measure : report["measures"]) {
    const auto &energy = at(measure, {"powerConsumption"}), &seconds = at(measure, {"measurementDuration"});
    if (!energy.is_number())
      return refuse("E020", file, "a measure has no powerConsumption that is a number",
                    "powerConsumption: 0.4, in kWh");
    kwh += energy.get<double>();
    lasted = lasted && seconds.is_number();
    if (seconds.is_number()) hours += seconds.get<double>() / seconds_per_hour;
  }
  std::string yaml =
      fmt::format("title: BoAmps\nclaim: {{energy: {:.17g} kWh}}\npue: 1.0\n", kwh);  // of the task, without overhead
  // Of several measures it is not said which devices each is of.
  lasted = lasted && report["measures"].size() == 1;
  const auto& components = at(report, {"infrastructure", "components"});
  for (const auto& component : components.is_array() ? components : Json::array()) {
    const auto& count = at(component, {"nbComponent"});
    std::string name;
    for (const char* key : {"componentName", "family", "series"})
      if (const auto& word = at(component, {key}); word.is_string()) name += word.get<std::string>() + " ";
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
std::optional<Result<std::string>> of_codecarbon(const Catalogue& catalogue, const std::string& text,
                                                 const std::string& file) {
  std::map<std::string, std::size_t> columns;
  std::map<std::string, std::pair<double, double>> runs;  // kg and kWh
  std::set<std::string> countries;
  std::set<double> pues;
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
    const double emissions = inventory::number_of(cell("emissions")),
                 energy = inventory::number_of(cell("energy_consumed"));
    if (!(emissions >= 0.0) || !(energy >= 0.0)) {
      numbers = false;
      return;
    }
    // A tracker that flushes writes one run several times, each row with all of it so far: the last one counts.
    const auto run = cell("run_id");
    runs[run.empty() ? fmt::format("row {}", row.line) : run] = {emissions, energy};
    countries.insert(cell("country_iso_code"));
    if (const auto pue = inventory::number_of(cell("pue")); pue >= 1.0) pues.insert(pue);
    year = std::max(year, std::atoi(cell("timestamp").substr(0, 4).c_str()));
  });
  if (!columns.contains("emissions") || !columns.contains("energy_consumed")) return std::nullopt;
  if (!numbers)
    return refuse("E020", file, "a row has emissions or energy that are no number", "the file as the tracker wrote it");
  if (runs.empty()) return refuse("E011", file, "the file claims nothing: it has no rows", "");
  double kg = 0.0, kwh = 0.0;
  for (const auto& [run, amounts] : runs) kg += amounts.first, kwh += amounts.second;
  if (kg == 0.0 && kwh == 0.0) return refuse("E011", file, "the file claims nothing: all its rows are zero", "");
  // Its energy holds the PUE that it names (codecarbon 3): what follows from it is of the facility.
  std::string yaml =
      fmt::format("title: codecarbon, {} run{}\nclaim: {{ghg: {:.17g} kg}}\nenergy: {:.17g} kWh\nlevel: facility\n",
                  runs.size(), runs.size() == 1 ? "" : "s", kg, kwh);
  if (pues.size() == 1) yaml += fmt::format("pue: {}\n", *pues.begin());
  return yaml + (countries.size() == 1 ? grid_line(catalogue, *countries.begin(), year) : "");
}

}  // namespace

std::optional<Result<std::string>> claim_of_machine_file(const Catalogue& catalogue, const std::string& text,
                                                         const std::string& file) {
  if (file.ends_with(".csv")) return of_codecarbon(catalogue, text, file);
  if (!file.ends_with(".json")) return std::nullopt;
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  if (json.contains("bomFormat")) return of_cyclonedx(json, file);
  if (json.contains("measures") && json["measures"].is_array() && json.contains("task"))
    return of_boamps(catalogue, json, file);
  return std::nullopt;
}

}  // namespace cradle::reporting
