// SPDX-License-Identifier: Apache-2.0
// CycloneDX 1.7: a machine-learning model whose card says what energy each activity took. Units are kWh and t CO2e
// alone; what the format has no place for (interval, basis, embodied, water) stands in properties of our own.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "reporting/result_json.hpp"
#include "reporting/targets/target.hpp"

namespace cradle::reporting {
namespace {

/// CycloneDX knows no word for development: searches, failed runs, evaluation.
std::string activity_word(const std::string& activity) { return activity == "development" ? "other" : activity; }

Json property(std::string_view name, std::string value) {
  return {{"name", fmt::format("cradle:{}", name)}, {"value", std::move(value)}};
}

/// What each site's grid gave to an activity; the source of grid electricity is a mix, which the format does not name.
Json providers(const Disclosure& d, const std::string& activity) {
  std::map<std::string, double> kwh;
  const auto of = selections::energy() & lca::Selection{lca::one_of("activity", {activity})};
  for (const auto& group : d.solution().group(of, {"site"})) kwh[group.values[0]] += group.amount;
  Json all = Json::array();
  for (const auto& [name, amount] : kwh) {
    const auto site = d.study().sites.find(name);
    const std::string region = site == d.study().sites.end() ? "" : site->second.grid.region;
    all.push_back({{"description", region.empty() ? "grid of " + name : fmt::format("grid of {} ({})", name, region)},
                   {"organization", {{"name", d.study().organisation.empty() ? name : d.study().organisation}}},
                   {"energySource", "unknown"},
                   {"energyProvided", {{"value", amount}, {"unit", "kWh"}}}});
  }
  return all;
}

}  // namespace

Json make_cyclonedx(const Disclosure& d, bool) {
  const auto& study = d.study();
  Json consumptions = Json::array();
  for (const auto& row : by_activity(*d.assessment)) {
    if (row.facility_kwh <= 0.0) continue;
    Json properties =
        Json::array({property("activity", row.activity), property("basis", d.figure("energy.facility").basis),
                     property("boundary", "facility energy, gross, location-based"),
                     property("embodied.tCO2eq", fmt::format("{}", row.embodied_kg / 1000))});
    consumptions.push_back({{"activity", activity_word(row.activity)},
                            {"energyProviders", providers(d, row.activity)},
                            {"activityEnergyCost", {{"value", row.facility_kwh}, {"unit", "kWh"}}},
                            {"co2CostEquivalent", {{"value", row.operational_kg / 1000}, {"unit", "tCO2eq"}}},
                            {"properties", std::move(properties)}});
  }
  Json properties = Json::array({property("result.sha256", result_sha256(d)),
                                 property("functional_unit", d.compiled().functional_unit),
                                 property("excludes", d.headline_excludes)});
  const auto& total = d.figure("ghg.total");
  if (total.value) properties.push_back(property("ghg.total.kgCO2e", fmt::format("{}", *total.value)));
  if (total.low && !total.is_partial())
    properties.push_back(property("ghg.total.interval", fmt::format("{} to {}", *total.low, *total.high)));
  Json bom = {
      {"$schema", "http://cyclonedx.org/schema/bom-1.7.schema.json"},
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.7"},
      {"serialNumber", "urn:uuid:" + uuid_of(d)},
      {"version", 1},
      {"metadata",
       {{"tools",
         {{"components",
           Json::array(
               {{{"type", "application"}, {"name", "cradle"}, {"version", d.tool.substr(d.tool.rfind(' ') + 1)}}})}}}}},
      {"components",
       Json::array(
           {{{"type", "machine-learning-model"},
             {"bom-ref", "model"},
             {"name", study.subject.empty() ? study.title : study.subject},
             {"modelCard",
              {{"considerations",
                {{"environmentalConsiderations",
                  {{"energyConsumptions", std::move(consumptions)}, {"properties", std::move(properties)}}}}}}}}})}};
  if (!study.date.empty()) bom["metadata"]["timestamp"] = study.date.substr(0, 10) + "T00:00:00Z";
  return bom;
}

}  // namespace cradle::reporting
