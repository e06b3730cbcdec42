// SPDX-License-Identifier: Apache-2.0
// What was done: runs with their energy, services, and models that amortise training over their use.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inventory/catalogue/development.hpp"
#include "inventory/compiler/builder.hpp"

namespace cradle::inventory {
namespace {

using lca::Exchange;
using lca::Expression;
constexpr double watts_per_kilowatt = 1000.0;

/// PUE that stated parts imply: all of them over all but the overhead.
double implied_pue(const std::map<std::string, Input>& parts) {
  double total = 0.0;
  for (const auto& [name, amount] : parts) total += amount.value;
  return total / (total - parts.at("overhead").value);
}

}  // namespace

Expression Builder::duration_of(const Run& run) {
  return parameter({run.owner, "duration"}, "duration of " + run.name, *run.duration);
}

std::optional<Expression> Builder::device_hours(const Run& run) {
  const lca::Owner& key = run.owner;
  if (run.device_hours) return parameter({key, "device_hours"}, "device-hours of " + run.name, *run.device_hours);
  if (run.devices && run.duration)
    return calculated({key, "device_hours"}, {"device-hours of " + run.name, "h", "devices x duration"},
                      parameter({key, "devices"}, "devices of " + run.name, *run.devices) * duration_of(run));
  if (run.energy && run.energy->estimate && run.energy->estimate->estimator != nullptr)
    if (const auto& hours = estimated(run, *run.energy, {key, "energy"}).device_hours) return hours;
  if (run.energy && run.energy->logs) {
    for (const std::size_t index : read_logs(run, "energy", *run.energy->logs)) {
      if (!logs[index].used || !logs[index].device_hours) continue;
      Input hours;
      hours.value = *logs[index].device_hours;
      hours.unit = canonical_unit(Dimension::time);
      hours.basis = lca::Basis::measured;
      hours.source = logs[index].file;
      hours.place = run.energy->logs->place;
      return parameter({key, "device_hours"}, "device-hours of " + run.name + ", from its log", hours);
    }
  }
  return std::nullopt;
}

/// No device draws much more than its thermal design power for long: such a value has the wrong unit or scope.
void Builder::check_power(const Run& run, const Input& watts) {
  constexpr double most = 1.3;
  const auto hardware = study_.hardware.find(run.hardware);
  const Product* device = hardware == study_.hardware.end() ? nullptr : catalogue_.find(hardware->second.device);
  if (device == nullptr || !device->parameters.contains("tdp")) return;
  const double tdp = device->parameters.at("tdp").value;
  if (watts.value > most * tdp)
    report("W102", watts.place,
           fmt::format("{} W per device is above {} x the thermal design power of {} ({} W)", watts.value, most,
                       device->name, tdp),
           "is it the power of the whole node? Then it is 'total', or divide it by the devices");
}

void Builder::add_energy(const Run& run, const Energy& energy, const std::string& key, const std::string& account,
                         lca::UnitProcess& process) {
  const auto site_entry = study_.sites.find(run.site);
  if (site_entry == study_.sites.end()) return;
  const Site& site = site_entry->second;
  if (energy.level == EnergyLevel::facility) facility_level_energy = true;
  if (energy.level == EnergyLevel::device)
    cover("host of " + run.name, Coverage::not_estimated, "energy is stated at device level: the host is not counted");
  if (!energy.alternatives.empty()) compare_alternatives(run, energy, {run.owner, key});
  if (energy.logs) return add_logs(run, energy, key, site, account, process);

  const lca::ParameterKey at{run.owner, key};
  const bool closed = energy.parts.contains("overhead");
  const std::string supply = electricity(site,
                                         closed                                  ? Supply::it_closed
                                         : energy.level == EnergyLevel::facility ? Supply::facility
                                                                                 : Supply::it,
                                         run, key);

  const auto draw = [&](const Expression& amount, const std::string& component, const std::string& rule,
                        const std::string& from) {
    process.exchanges.push_back({Exchange::Kind::technosphere, from, amount,
                                 part_tags(component == "idle" ? "idle" : account, component), "", rule});
  };
  if (energy.estimate && energy.estimate->estimator != nullptr) {
    const Estimator& by = *energy.estimate->estimator;
    for (const auto& [component, amount] : estimated(run, energy, at).energy)
      draw(amount, component, fmt::format("estimated by {} {}: {}", by.id, by.version, by.title), supply);
  }
  if (energy.total) draw(parameter(at, key + " of " + run.name, *energy.total), "", "energy as stated", supply);
  for (const auto& [part, amount] : energy.parts) {
    if (part != "overhead") {
      draw(parameter(at / "parts" / part, part + " energy of " + run.name, amount), part,
           "energy as stated, by part", supply);
      continue;
    }
    const double pue = implied_pue(energy.parts);
    draw(parameter(at / "parts" / "overhead", "overhead energy of " + run.name, amount), "cooling and power losses",
         "overhead as stated", electricity(site, Supply::stated_overhead, run, key));
    const auto stated = site.published_pue ? published(*site.published_pue, true) : site.pue;
    if (stated && std::abs(stated->value / pue - 1) > 0.02)
      report("E037", stated->place,
             fmt::format("the stated PUE {} differs from {:.4g}, which the parts of '{}' imply", stated->value, pue,
                         run.name),
             "a stated overhead closes the facility total; leave out one of the two");
  }
  for (const auto& [kind, watts] : energy.power) {
    const Expression power =
        parameter(at / "power" / kind,
                  kind == "per_device" ? "power per device of " + run.name : kind + " power of " + run.name, watts);
    if (kind == "per_device") {
      check_power(run, watts);
      if (auto hours = device_hours(run)) {
        const std::string rule = "device-hours x power per device";
        draw(calculated(at / "accelerator", {"accelerator " + key + " of " + run.name, "kWh", rule},
                        *hours * power / watts_per_kilowatt),
             "accelerator", rule, supply);
      }
    } else if (run.duration) {
      const std::string component = kind == "total" ? "" : kind == "gpu" ? "accelerator" : kind;
      draw(calculated(at / (component.empty() ? "drawn" : component),
                      {(component.empty() ? "" : component + " ") + key + " of " + run.name, "kWh", "duration x power"},
                      duration_of(run) * power / watts_per_kilowatt),
           component, "duration x power", supply);
    }
  }
}

void Builder::add_occupation(const Run& run, lca::UnitProcess& process) {
  const auto hours = device_hours(run);
  const lca::Owner& key = run.owner;
  const lca::Tags account{{"account", run.status == RunStatus::failed ? "failed" : "productive"}};
  if (hours)
    process.exchanges.push_back({Exchange::Kind::biosphere, flows::occupation, *hours, account, "", "device-hours"});
  if (run.flop)
    process.exchanges.push_back({Exchange::Kind::biosphere, flows::computation,
                                 parameter({key, "flop"}, "FLOP of " + run.name, *run.flop), account, "",
                                 "computation as stated"});
  else if (run.energy && run.energy->estimate && run.energy->estimate->estimator != nullptr)
    if (const auto& flop = estimated(run, *run.energy, {key, "energy"}).flop)
      process.exchanges.push_back(
          {Exchange::Kind::biosphere, flows::computation, *flop, account, "", "computation as estimated"});
  if (run.price) {
    const Expression price =
        parameter({key, "price"}, "price per " + run.price->per + " of " + run.name, run.price->amount);
    if (run.price->per == "device-hour" && hours)
      process.exchanges.push_back(
          {Exchange::Kind::biosphere, flows::compute_cost, *hours * price, account, "", "device-hours x price"});
    else if (run.price->per == "run")
      process.exchanges.push_back(
          {Exchange::Kind::biosphere, flows::compute_cost, price, account, "", "price as stated"});
    else
      cover("cost of " + run.name, Coverage::not_estimated, "its price is per device-hour, and its device-hours are not known");
  }
  if (!study_.boundary || !study_.boundary->hardware()) return;
  const auto hardware = study_.hardware.find(run.hardware);
  const auto unknown = [&](const std::string& why) {
    cover("hardware of " + run.name, Coverage::not_estimated, why);
    missing.push_back("hardware of " + run.name);
    hardware_unknown.push_back(run.name);
  };
  if (hardware == study_.hardware.end()) return unknown("the run names no hardware");
  const auto method = method_of(hardware->second);
  if (counted_in(method) == counted_in(AmortisationMethod::utilised_hours)) {
    if (!hours) return unknown("its device-hours are not known");
    process.exchanges.push_back(
        {Exchange::Kind::technosphere, hardware_use(hardware->second), *hours, account, "", "device-hours"});
    return;
  }
  const auto used = use_of_life(run, method, process);
  if (used.empty())
    return unknown(fmt::format("its hardware is amortised by {}, and the run does not state its {}", name_of(method),
                               counted_in(method)));
  for (const auto& [of_account, amount] : used)
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 hardware_use(hardware->second),
                                 amount,
                                 {{"account", of_account.empty() ? account.at("account") : of_account}},
                                 "",
                                 fmt::format("{} of its hardware", counted_in(method))});
}

/// What the run used of a life, in what the method counts in, by account ("" is the run's own); nothing where the run
/// does not say.
std::map<std::string, Expression> Builder::use_of_life(const Run& run, AmortisationMethod method,
                                                       const lca::UnitProcess& process) {
  const lca::Owner& key = run.owner;
  std::map<std::string, Expression> used;
  switch (method) {
    case AmortisationMethod::energy:
      for (const auto& exchange : process.exchanges) {
        const auto supply = supplies_.find(exchange.flow);
        if (supply == supplies_.end() || supply->second == Supply::stated_overhead) continue;
        const std::string account = lca::tag_of(exchange.assigns, "account") == "idle" ? "idle" : "";
        const Expression amount = it_energy(run, exchange);
        const auto [known, fresh] = used.emplace(account, amount);
        if (!fresh) known->second = known->second + amount;
      }
      for (auto& [account, amount] : used)
        amount = calculated({key, account.empty() ? "hardware_energy" : "hardware_energy." + account},
                            {"energy of " + run.name + " that its hardware drew" + (account.empty() ? "" : ", idle"),
                             "kWh", "energies of its parts, without overhead"},
                            amount);
      break;
    case AmortisationMethod::flop:
      if (run.flop) used.emplace("", parameter({key, "flop"}, "FLOP of " + run.name, *run.flop));
      break;
    case AmortisationMethod::units:
      if (run.tokens && counts_in(run.hardware, "token"))
        used.emplace("", parameter({key, "tokens"}, "tokens of " + run.name, *run.tokens));
      for (const auto& [name, service] : study_.services)
        for (const char* unit : {"request", "token"})
          if (service.run.owner == key && counts_in(run.hardware, unit))
            if (const auto served = units_served(service, unit)) used.emplace("", *served);
      break;
    case AmortisationMethod::economic:
      for (const auto& exchange : process.exchanges)
        if (exchange.kind == Exchange::Kind::biosphere && exchange.flow == flows::compute_cost)
          used.emplace("", exchange.amount);
      break;
    default:
      break;
  }
  return used;
}

/// What of an energy the hardware itself drew: known at facility level it contains the overhead too.
Expression Builder::it_energy(const Run& run, const lca::Exchange& exchange) {
  if (supplies_.at(exchange.flow) != Supply::facility) return exchange.amount;
  if (const auto site = study_.sites.find(run.site); site != study_.sites.end())
    if (const auto overhead = pue(site->second)) return exchange.amount / *overhead;
  cover("share of hardware of " + run.name, Coverage::substitute,
        "its energy is known at facility level and no PUE is stated: the overhead is counted as the hardware's own");
  return exchange.amount;
}

/// Whether the hardware's whole life is stated in this unit.
bool Builder::counts_in(const std::string& hardware, const std::string& unit) const {
  const auto found = study_.hardware.find(hardware);
  return found != study_.hardware.end() && found->second.amortisation.quantity &&
         found->second.amortisation.quantity->unit == unit;
}

std::string Builder::run(const Run& run) {
  const std::string product = product_of(run.owner);
  if (!once(product)) return product;
  const std::string account = run.status == RunStatus::failed ? "failed" : "productive";
  lca::UnitProcess process{product, "run '" + run.name + "'", "run", false, {{"life_cycle", "use"}}, 1.0, {}};
  if (run.energy) add_energy(run, *run.energy, "energy", account, process);
  if (run.idle) add_energy(run, *run.idle, "idle", "idle", process);
  add_occupation(run, process);
  add(std::move(process));
  return product;
}

std::optional<Expression> Builder::development(const Run& run) {
  if (!run.development && run.development_option.empty()) return std::nullopt;
  const std::string item = "development of " + run.name;
  if (!includes("development")) {
    cover(item, Coverage::excluded, "development is outside the boundary");
    return std::nullopt;
  }
  if (run.development) return parameter({run.owner, "development"}, item + ", in times of it", *run.development);
  const auto option = *development_option(run.development_option);
  use_dataset("development-options");
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

void Builder::use_run(const Run& of, const std::string& rule, lca::UnitProcess& process) {
  const Expression times = repetitions(of);
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

std::string Builder::model(const Model& model) {
  const std::string product = product_of({"models", model.name});
  if (!once(product)) return product;
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
  add(std::move(process));
  return product;
}

Expression Builder::repetitions(const Run& run) {
  return run.repeat ? parameter({run.owner, "repeat"}, "repetitions of " + run.name, *run.repeat) : Expression(1.0);
}

std::optional<Expression> Builder::units_served(const Service& service, const std::string& unit) {
  const lca::Owner& key = service.run.owner;
  if (unit == "request" && service.requests)
    return parameter({key, "requests"}, "requests of " + service.run.name, *service.requests);
  const bool out = service.tokens_out.has_value();
  const auto& tokens = out ? service.tokens_out : service.tokens_in;
  if (unit == "token" && tokens)
    return parameter({key, out ? "tokens.out" : "tokens.in"}, "tokens of " + service.run.name, *tokens);
  if (unit == "token" && service.requests && service.tokens_per_request)
    return calculated({key, "tokens"}, {"tokens of " + service.run.name, "1", "requests x tokens per request"},
                      parameter({key, "requests"}, "requests of " + service.run.name, *service.requests) *
                          parameter({key, "tokens_per_request"}, "tokens per request", *service.tokens_per_request));
  return std::nullopt;
}

std::string Builder::service(const Service& service) {
  const std::string product = product_of(service.run.owner);
  if (!once(product)) return product;
  lca::UnitProcess process{product, "service '" + service.run.name + "'", "period", false, {{"life_cycle", "use"}}, 1.0,
                           {}};
  const lca::Owner& key = service.run.owner;
  const auto count = [&](const std::string& unit) { return units_served(service, unit); };
  if (service.run.energy) add_energy(service.run, *service.run.energy, "energy", "productive", process);
  if (service.run.idle) add_energy(service.run, *service.run.idle, "idle", "idle", process);
  if (!service.energy_per.empty()) {
    const auto units = count(service.energy_per_unit);
    const auto site = study_.sites.find(service.run.site);
    if (!units || site == study_.sites.end()) {
      report("E011", service.run.place,
             fmt::format("service '{}' has no '{}s' or no 'site'", service.run.name, service.energy_per_unit),
             "energy per unit needs the number of units and a place");
    } else {
      const bool closed = service.energy_per.contains("overhead");
      const std::string supply = electricity(site->second, closed ? Supply::it_closed : Supply::it, service.run);
      const std::string overhead = closed ? electricity(site->second, Supply::stated_overhead, service.run) : "";
      for (const auto& [part, amount] : service.energy_per)
        process.exchanges.push_back(
            {Exchange::Kind::technosphere,
             part == "overhead" ? overhead : supply,
             *units * parameter(lca::ParameterKey{key, "energy_per"} / part,
                                part + " energy per " + service.energy_per_unit, amount),
             {{"account", part == "idle" ? "idle" : "productive"},
              {"component", part == "overhead" ? "cooling and power losses" : part}},
             "",
             "units x energy per unit"});
    }
  }
  add_occupation(service.run, process);
  const auto served = study_.models.find(service.model);
  if (served != study_.models.end() && (includes("training") || includes("development"))) {
    const Model& trained = served->second;
    const auto units = trained.lifetime ? count(trained.lifetime_unit) : std::nullopt;
    if (!trained.lifetime) {
      report("E031", trained.place,
             fmt::format("model '{}' has no 'lifetime', and training is in the boundary of its service", trained.name),
             "such as 'lifetime: 5e12 tokens': what training is spread over");
    } else if (!units) {
      report("E011", service.run.place,
             fmt::format("service '{}' does not count {}s, the unit of its model's lifetime", service.run.name,
                         trained.lifetime_unit),
             "add 'tokens_per_request', or state the lifetime in the unit that the service counts");
    } else {
      const auto& values = inventory.parameters.values();
      if (units->evaluate(values) > trained.lifetime->value)
        report("W104", trained.place,
               fmt::format("service '{}' serves more {}s than the whole life of model '{}'", service.run.name,
                           trained.lifetime_unit, trained.name),
               "more than all of its training is then counted; is the lifetime right?");
      const Expression lifetime =
          parameter({{"models", trained.name}, "lifetime"}, "lifetime of " + trained.name, *trained.lifetime);
      trained_services.push_back({service.run.name, product, trained.name, trained.lifetime_unit, *units, lifetime});
      process.exchanges.push_back({Exchange::Kind::technosphere,
                                   model(trained),
                                   *units / lifetime,
                                   {{"model", trained.name}},
                                   "",
                                   "share of the model: units served / units of its life"});
    }
  }
  add(std::move(process));
  return product;
}

}  // namespace cradle::inventory
