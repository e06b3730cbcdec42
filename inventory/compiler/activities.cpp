// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/activities.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inventory/catalogue/development.hpp"

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

std::string Activities::run(const Run& run) {
  const std::string product = product_of(run.owner);
  if (!draft_.begin(product)) return product;
  const std::string account = run.status == RunStatus::failed ? "failed" : "productive";
  lca::UnitProcess process{product, "run '" + run.name + "'", "run", false, {{"life_cycle", "use"}}, 1.0, {}};
  if (run.energy) add_energy(run, *run.energy, "energy", account, process);
  if (run.idle) add_energy(run, *run.idle, "idle", "idle", process);
  add_occupation(run, process);
  draft_.add(std::move(process));
  return product;
}

std::optional<Expression> Activities::development(const Run& run) {
  if (!run.development && run.development_option.empty()) return std::nullopt;
  const std::string item = "development of " + run.name;
  if (!includes("development")) {
    cover(item, Coverage::excluded, "development is outside the boundary");
    return std::nullopt;
  }
  if (run.development) return parameter({run.owner, "development"}, item + ", in times of it", *run.development);
  const auto option = *development_option(run.development_option);
  remarks_.use_dataset("development-options");
  cover(item, Coverage::by_default,
        fmt::format("as {}: {}; {:.4g} times the run itself, by {}; {}", option.id, option.title, option.times,
                    option.counted_by, option.source));
  Input times;
  times.value = option.times;
  times.unit = canonical_unit(Dimension::number);
  times.basis = lca::Basis::assumed;
  times.source = option.source;
  times.verified = option.verified;
  times.place = run.development_place;
  return parameter({run.owner, "development"}, item + ", in times of it", times);
}

void Activities::use_run(const Run& of, const std::string& rule, lca::UnitProcess& process) {
  const Expression times = quantities_.repetitions(of);
  process.exchanges.push_back(
      {Exchange::Kind::technosphere, run(of), times, {{"run", of.name}, {"activity", of.stage}}, "", rule});
  const auto beside = development(of);
  if (!beside) return;
  development_beside = true;
  process.exchanges.push_back({Exchange::Kind::technosphere,
                               run(of),
                               times * *beside,
                               {{"run", development_of(of.name)}, {"activity", "development"}},
                               "",
                               "development = run x its times"});
}

std::string Activities::model(const Model& model) {
  const std::string product = product_of({"models", model.name});
  if (!draft_.begin(product)) return product;
  lca::UnitProcess process{product, "model '" + model.name + "'", "model", false, {{"life_cycle", "use"}}, 1.0, {}};
  for (const auto& [name, place] : model.trained_by) {
    const auto found =
        std::find_if(study_.runs.begin(), study_.runs.end(), [&](const Run& r) { return r.name == name; });
    if (found == study_.runs.end() || !includes(found->stage)) continue;
    use_run(*found, "trained by this run", process);
  }
  if (model.base) {
    process.exchanges.push_back(
        {Exchange::Kind::biosphere,
         flows::inherited,
         parameter({{"models", model.name}, "base"}, "footprint of the base model", *model.base),
         {},
         "",
         "inherited, shown apart and not in the total"});
    cover("base model of " + model.name, Coverage::excluded,
          fmt::format("its {:.6g} kg CO2e are shown here and not added", model.base->value));
  }
  draft_.add(std::move(process));
  return product;
}

std::string Activities::service(const Service& service) {
  const std::string product = product_of(service.run.owner);
  if (!draft_.begin(product)) return product;
  lca::UnitProcess process{product, "service '" + service.run.name + "'", "period", false, {{"life_cycle", "use"}}, 1.0,
                           {}};
  if (service.run.energy) add_energy(service.run, *service.run.energy, "energy", "productive", process);
  if (service.run.idle) add_energy(service.run, *service.run.idle, "idle", "idle", process);
  if (!service.energy_per.empty()) add_energy_per_unit(service, process);
  add_occupation(service.run, process);
  if (includes("training") || includes("development"))
    add_training_share(service, product, process);
  else
    note_model(service, product);
  draft_.add(std::move(process));
  return product;
}

void Activities::add_energy_per_unit(const Service& service, lca::UnitProcess& process) {
  const auto units = quantities_.units_served(service, service.energy_per_unit);
  const auto site = study_.sites.find(service.run.site);
  if (!units || site == study_.sites.end()) {
    report("E011", service.run.place,
           fmt::format("service '{}' has no '{}s' or no 'site'", service.run.name, service.energy_per_unit),
           "energy per unit needs the number of units and a place");
    return;
  }
  const auto& parts = service.energy_per;
  const bool closed = parts.contains("overhead");
  if (parts.contains("accelerator") && !parts.contains("host") && !parts.contains("cpu") && !closed)
    hosts_.cover_missing(service.run, "the energy per " + service.energy_per_unit + " is of its accelerators alone");
  const std::string supply = sites_.electricity(site->second, closed ? Supply::it_closed : Supply::it, service.run);
  const std::string overhead = closed ? sites_.electricity(site->second, Supply::stated_overhead, service.run) : "";
  for (const auto& [part, amount] : service.energy_per)
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 part == "overhead" ? overhead : supply,
                                 *units * parameter(lca::ParameterKey{service.run.owner, "energy_per"} / part,
                                                    part + " energy per " + service.energy_per_unit, uncertain(amount)),
                                 {{"account", part == "idle" ? "idle" : "productive"},
                                  {"component", part == "overhead" ? "cooling and power losses" : part}},
                                 "",
                                 "units x energy per unit"});
}

/// Training outside the boundary is counted nowhere, but is what serving can be compared with.
void Activities::note_model(const Service& service, const std::string& product) {
  const auto model = study_.models.find(service.model);
  if (model == study_.models.end() || model->second.trained_by.empty()) return;
  for (const char* unit : {"token", "request"})
    if (const auto units = quantities_.units_served(service, unit)) {
      served_models.push_back({service.run.name, product, model->first, unit, *units, std::nullopt});
      return;
    }
}

/// The share of its model's training that falls on what a service served.
void Activities::add_training_share(const Service& service, const std::string& product, lca::UnitProcess& process) {
  const auto served = study_.models.find(service.model);
  if (served == study_.models.end()) return;
  const Model& trained = served->second;
  if (!trained.lifetime) {
    report("E031", trained.place,
           fmt::format("model '{}' has no 'lifetime', and training is in the boundary of its service", trained.name),
           "such as 'lifetime: 5e12 tokens': what training is spread over");
    return;
  }
  const auto units = quantities_.units_served(service, trained.lifetime_unit);
  if (!units) {
    report("E011", service.run.place,
           fmt::format("service '{}' does not count {}s, the unit of its model's lifetime", service.run.name,
                       trained.lifetime_unit),
           "add 'tokens_per_request', or state the lifetime in the unit that the service counts");
    return;
  }
  if (draft_.now(*units) > trained.lifetime->value)
    report("W104", trained.place,
           fmt::format("service '{}' serves more {}s than the whole life of model '{}'", service.run.name,
                       trained.lifetime_unit, trained.name),
           "more than all of its training is then counted; is the lifetime right?");
  const Expression lifetime =
      parameter({{"models", trained.name}, "lifetime"}, "lifetime of " + trained.name, *trained.lifetime);
  served_models.push_back({service.run.name, product, trained.name, trained.lifetime_unit, *units, lifetime});
  process.exchanges.push_back({Exchange::Kind::technosphere,
                               model(trained),
                               *units / lifetime,
                               {{"model", trained.name}},
                               "",
                               "share of the model: units served / units of its life"});
}

}  // namespace cradle::inventory
