// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/functional_unit.hpp"

#include <fmt/format.h>

#include <set>

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

std::string FunctionalUnits::name() const {
  return study_.functional_unit ? study_.functional_unit->name : "functional unit not declared";
}

void FunctionalUnits::add() {
  lca::UnitProcess root{root_product, name(), "unit", false, {{"life_cycle", "use"}}, 1.0, {}};
  if (study_.functional_unit && !study_.functional_unit->of.empty()) {
    if (const auto reference = referenced())
      root.exchanges.push_back({Exchange::Kind::technosphere, reference->product, reference->amount, reference->tags, "",
                                "functional unit"});
  } else {
    add_final_products(root);
  }
  draft_.add(std::move(root));
  draft_.inventory.demand = {root_product, 1.0};
}

/// A bare label stands for everything that the study makes in the end: its services, else its models, else its runs.
void FunctionalUnits::add_final_products(lca::UnitProcess& root) {
  if (study_.functional_unit && (study_.services.size() > 1 || (study_.services.empty() && study_.models.size() > 1)))
    report("E034", study_.functional_unit->place,
           "the functional unit is a bare label, but the study has several final products",
           "say which: {amount: 1, of: services/api, unit: request}");
  const auto use = [&](const std::string& product, lca::Tags tags) {
    root.exchanges.push_back(
        {Exchange::Kind::technosphere, product, 1.0, std::move(tags), "", "part of the functional unit"});
  };
  std::set<std::string> consumed;
  const auto consume = [&](const Model& model) {
    for (const auto& [run, place] : model.trained_by) consumed.insert(run);
  };
  if (includes("inference"))
    for (const auto& [key, service] : study_.services) {
      use(activities_.service(service), {{"run", key}, {"activity", "inference"}});
      if (const auto model = study_.models.find(service.model); model != study_.models.end()) consume(model->second);
    }
  if (study_.services.empty())
    for (const auto& [key, model] : study_.models) {
      use(activities_.model(model), {});
      consume(model);
    }
  for (const auto& run : study_.runs) {
    if (consumed.contains(run.name)) continue;
    if (includes(run.stage))
      activities_.use_run(run, "part of the functional unit", root);
    else
      cover("run " + run.name, Coverage::excluded, fmt::format("{} is outside the boundary", run.stage));
  }
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::refuse(const std::string& message, const std::string& hint) {
  report("E034", study_.functional_unit->place, message, hint);
  return std::nullopt;
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::refuse_unit(const std::string& unit,
                                                                       const std::string& hint) {
  return refuse(fmt::format("'{}' does not count {}s", study_.functional_unit->of, unit), hint);
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::referenced() {
  const FunctionalUnit& unit = *study_.functional_unit;
  const auto slash = unit.of.find('/');
  const std::string kind = unit.of.substr(0, slash), name = slash == std::string::npos ? "" : unit.of.substr(slash + 1);
  const Expression amount =
      unit.amount ? parameter({{"functional_unit"}, "amount"}, "amount of the functional unit", *unit.amount)
                  : Expression(1.0);
  if (kind == "runs") return run_reference(name, unit.unit.empty() ? "run" : unit.unit, amount);
  if (kind == "models") return model_reference(name, unit.unit.empty() ? "model" : unit.unit, amount);
  if (kind == "services") return service_reference(name, unit.unit, amount);
  if (kind == "hardware") return hardware_reference(name, unit.unit.empty() ? "device-hour" : unit.unit, amount);
  return refuse(fmt::format("'{}' names no product of the study", unit.of),
                "runs/NAME, models/NAME, services/NAME or hardware/NAME");
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::run_reference(const std::string& name,
                                                                         const std::string& unit,
                                                                         const Expression& amount) {
  const Run* run = study_.run(name);
  if (run == nullptr)
    return refuse(fmt::format("unknown run '{}'", name), "the functional unit names a run of the study: runs/NAME");
  if (!includes(run->stage))
    return refuse(fmt::format("the functional unit is run '{}', but {} is outside the boundary", name, run->stage),
                  fmt::format("include: [{}]", run->stage));
  if (run->development || !run->development_option.empty())
    cover("development of " + name, Coverage::excluded, "the functional unit is the run itself");
  const std::string product = activities_.run(*run);
  std::optional<Expression> units;  // that one run counts
  if (unit == "run") units = 1.0;
  if (unit == "token" && run->tokens) units = quantities_.tokens(*run);
  if (unit == "exaFLOP" && run->flop) units = quantities_.flop(*run) / 1e18;
  if (unit == "device-hour") units = activities_.device_hours(*run);
  if (!units) return refuse_unit(unit, "run, token, device-hour or exaFLOP, as far as the run states them");
  return Reference{product, unit == "run" ? amount : amount / *units, {{"run", name}, {"activity", run->stage}}};
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::model_reference(const std::string& name,
                                                                           const std::string& unit,
                                                                           const Expression& amount) {
  const auto model = study_.models.find(name);
  if (model == study_.models.end()) return refuse(fmt::format("unknown model '{}'", name), "models/NAME");
  if (unit != "model") return refuse_unit(unit, "unit: model");
  return Reference{activities_.model(model->second), amount, {}};
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::service_reference(const std::string& name,
                                                                             const std::string& stated_unit,
                                                                             const Expression& amount) {
  const auto service = study_.services.find(name);
  if (service == study_.services.end()) return refuse(fmt::format("unknown service '{}'", name), "services/NAME");
  if (!includes("inference"))
    return refuse("the functional unit is a service, but inference is outside the boundary", "include: [inference]");
  const std::string unit = !stated_unit.empty() ? stated_unit : service->second.requests ? "request" : "token";
  const auto served = quantities_.units_served(service->second, unit);
  if (!served) return refuse_unit(unit, "request or token, as far as the service states them");
  return Reference{activities_.service(service->second), amount / *served, {{"run", name}, {"activity", "inference"}}};
}

std::optional<FunctionalUnits::Reference> FunctionalUnits::hardware_reference(const std::string& name,
                                                                              const std::string& unit,
                                                                              const Expression& amount) {
  const auto hardware = study_.hardware.find(name);
  if (hardware == study_.hardware.end()) return refuse(fmt::format("unknown hardware '{}'", name), "hardware/NAME");
  const bool by_flop = method_of(hardware->second) == AmortisationMethod::flop;
  if (unit == "exaFLOP" && by_flop && study_.boundary && study_.boundary->hardware())
    return Reference{hardware_.use(hardware->second), amount * 1e18, {{"account", "productive"}}};
  if (unit != "device-hour") return refuse_unit(unit, "unit: device-hour; exaFLOP where it is amortised by flop");
  if (counted_in(method_of(hardware->second)) != counted_in(AmortisationMethod::utilised_hours))
    return refuse(fmt::format("'{}' is amortised by {}, not by hours", name, hardware->second.amortisation.method),
                  "take a run as the functional unit, or amortise by hours");
  if (!study_.boundary || !study_.boundary->hardware())
    return refuse("the functional unit is hardware, but hardware is outside the boundary", "include: [hardware]");
  return Reference{hardware_.use(hardware->second), amount, {{"account", "productive"}}};
}

}  // namespace cradle::inventory
