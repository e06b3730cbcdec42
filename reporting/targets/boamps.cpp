// SPDX-License-Identifier: Apache-2.0
// BoAmps (Boavizta), the report of one computing task: energy and what it ran on. It has no place for emissions, PUE,
// water or uncertainty: the text of the task says where they stand.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "inventory/catalogue/places.hpp"
#include "reporting/targets/target.hpp"

namespace cradle::reporting {
namespace {

constexpr double seconds_per_hour = 3600.0;

/// Whose machines: a region of a cloud says so itself.
Json infrastructure_of(const Disclosure& d) {
  Json json = {{"infraType", nullptr}, {"cloudProvider", nullptr}, {"components", Json::array()}};
  for (const auto& [name, site] : d.study().sites)
    if (const auto cloud = inventory::cloud_region(site.grid.region)) {
      json["infraType"] = "publicCloud";
      json["cloudProvider"] = cloud->id.substr(0, cloud->id.find(':'));
    }
  for (const auto& [name, hardware] : d.study().hardware) {
    const auto* device = d.assessment->catalogue().find(hardware.device);
    Json component = {{"componentName", device != nullptr ? device->name : hardware.device},
                      {"componentType", device != nullptr && device->model == "processor" ? "cpu" : "gpu"},
                      {"nbComponent", nullptr}};
    if (const auto devices = devices_at_work(d.study(), name); devices && *devices == std::round(*devices))
      component["nbComponent"] = static_cast<std::int64_t>(*devices);
    if (device != nullptr) {
      if (!device->vendor.empty()) component["manufacturer"] = device->vendor;
      if (const auto memory = device->parameters.find("memory"); memory != device->parameters.end())
        component["memorySize"] = memory->second.value;
    }
    json["components"].push_back(std::move(component));
  }
  return json;
}

/// High, medium, low: 10, 25 and 50 % of error, by the half-width of the interval; nothing where none is known.
Json quality_of(const Disclosure& d) {
  const auto& energy = d.figure("energy.it");
  if (!energy.value || !energy.low || energy.is_partial()) return nullptr;
  const double error = (*energy.high - *energy.low) / 2 / *energy.value;
  return error <= 0.10 ? "high" : error <= 0.25 ? "medium" : error <= 0.50 ? Json("low") : Json(nullptr);
}

Json measures_of(const Disclosure& d) {
  std::map<std::string, double> kwh;
  for (const auto& group : d.solution().group({lca::one_of("level", {"it"})}, {"run"}))
    kwh[group.values[0]] += group.amount;
  Json measures = Json::array();
  const auto add = [&](const inventory::Run& run) {
    const auto energy = kwh.find(run.name);
    if (energy == kwh.end()) return;
    std::string method = "estimated";
    for (const auto& log : d.compiled().logs)
      if (log.used && log.reader.starts_with(lca::ParameterKey{run.owner, "energy"}.text())) method = log.format;
    if (method == "estimated" && run.energy && run.energy->estimate)
      method = "estimated: " + run.energy->estimate->estimator->id;
    if (method == "estimated" && run.energy && !run.energy->power.empty())
      method = "estimated: power as stated, times hours";
    if (method == "estimated" && run.energy && run.energy->total) method = "as stated in the study";
    Json measure = {{"measurementMethod", method}, {"powerConsumption", energy->second}};
    if (run.duration)
      measure["measurementDuration"] = run.duration->value * seconds_per_hour * (run.repeat ? run.repeat->value : 1.0);
    if (run.start.size() >= 19)
      measure["measurementDateTime"] = run.start.substr(0, 10) + " " + run.start.substr(11, 8);
    measures.push_back(std::move(measure));
  };
  for (const auto& run : d.study().runs) add(run);
  for (const auto& [name, service] : d.study().services) add(service.run);
  return measures;
}

Json environment_of(const Disclosure& d) {
  std::set<std::string> countries;
  for (const auto& [name, site] : d.study().sites)
    if (const auto country = d.assessment->catalogue().grids().country(site.grid.region))
      countries.insert(country->iso3);
  Json json = {{"country", countries.size() == 1 ? Json(*countries.begin()) : Json(nullptr)}};
  const auto& energy = d.figure("energy.facility");
  const auto& emissions = d.figure("ghg.scope2_lb").value ? d.figure("ghg.scope2_lb") : d.figure("ghg.operational");
  if (energy.value && emissions.value && *energy.value > 0)
    json["powerSourceCarbonIntensity"] = *emissions.value / *energy.value * 1000;
  return json;
}

}  // namespace

Json make_boamps(const Disclosure& d, bool draft) {
  const auto& study = d.study();
  std::set<std::string> stages;
  for (const auto& row : by_activity(*d.assessment)) stages.insert(row.activity);
  Json header = {{"formatVersionSpecificationUri", "https://github.com/Boavizta/BoAmps"},
                 {"reportId", uuid_of(d)},
                 {"reportDatetime", study.date.empty() ? Json(nullptr) : Json(study.date.substr(0, 10) + " 00:00:00")},
                 {"reportStatus", draft ? "draft" : "final"}};
  Json task = {{"taskStage", stages.size() == 1 ? Json(*stages.begin()) : Json(nullptr)},
               {"taskFamily", nullptr},
               {"nbRequest", nullptr},
               {"algorithms", Json::array()},
               {"dataset", Json::array()},
               {"taskDescription", study.title + ". " + method_in_words(d)}};
  if (study.services.size() == 1 && study.services.begin()->second.requests)
    task["nbRequest"] = study.services.begin()->second.requests->value;
  return {{"header", std::move(header)},      {"task", std::move(task)},
          {"measures", measures_of(d)},       {"infrastructure", infrastructure_of(d)},
          {"environment", environment_of(d)}, {"quality", quality_of(d)}};
}

}  // namespace cradle::reporting
