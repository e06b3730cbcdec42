// SPDX-License-Identifier: Apache-2.0
// Energy of a run by whatever form the study knows it in, drawn from the run's site. Other ways to know the same energy
// are evaluated and shown, never added.
#include <fmt/format.h>

#include <map>

#include "inventory/compiler/activities.hpp"

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

std::string name_of_form(const Energy& energy) {
  if (energy.logs) return "logs";
  if (energy.total) return "an amount";
  if (!energy.parts.empty()) return "parts";
  if (!energy.power.empty()) return "hours x power";
  return energy.estimate && energy.estimate->estimator != nullptr ? "estimator " + energy.estimate->estimator->id
                                                                  : "nothing";
}

/// A draw of energy in the account of its component: what stands by is idle.
Exchange draw(const std::string& supply, const Expression& amount, const std::string& account,
              const std::string& component, const std::string& rule) {
  return {Exchange::Kind::technosphere, supply, amount, part_tags(component == "idle" ? "idle" : account, component), "",
          rule};
}

}  // namespace

std::optional<Expression> Activities::device_hours(const Run& run) {
  if (const auto stated = quantities_.stated_device_hours(run)) return stated;
  if (!run.energy) return std::nullopt;
  if (run.energy->estimate && run.energy->estimate->estimator != nullptr)
    if (const auto& hours = estimates_.of(run, *run.energy, {run.owner, "energy"}).device_hours) return hours;
  const auto* read = files_.logs_of({run.owner, "energy"});
  if (read == nullptr) return std::nullopt;
  for (const auto& log : read->logs) {
    if (!log.used || !log.device_hours) continue;
    Input hours;
    hours.value = *log.device_hours;
    hours.unit = canonical_unit(Dimension::time);
    hours.basis = lca::Basis::measured;
    hours.source = log.file;
    hours.place = run.energy->logs->place;
    return parameter({run.owner, "device_hours"}, "device-hours of " + run.name + ", from its log", hours);
  }
  return std::nullopt;
}

/// Design power that stands for a mean power is its upper end, and the load of training nodes gives the lower one.
Input Activities::as_mean_power(const Run& run, Input watts) {
  const Product* device = device_of(run);
  const bool read = watts.basis == lca::Basis::metered || watts.basis == lca::Basis::measured;
  if (read || watts.range != lca::RangeKind::none || device == nullptr || !device->parameters.contains("tdp")) return watts;
  const double tdp = device->parameters.at("tdp").value;
  if (std::abs(watts.value / tdp - 1) > 0.01) return watts;
  const Input& load = *find_estimator("hours")->input("load")->fallback;
  watts.range = lca::RangeKind::interval_95;
  watts.low = load.low * watts.value;
  watts.high = watts.value;
  watts.source += std::string(watts.source.empty() ? "" : "; ") + "design power; range: " + load.source;
  cover("power per device of " + run.name, Coverage::by_default,
        fmt::format("{} W is the design power of {}, its upper end; low end {} of it, as training nodes draw", watts.value,
                    device->name, load.low));
  return watts;
}

/// No device draws much more than its thermal design power for long: such a value has the wrong unit or scope.
void Activities::check_power(const Run& run, const Input& watts) {
  constexpr double most = 1.3;
  const Product* device = device_of(run);
  if (device == nullptr || !device->parameters.contains("tdp")) return;
  const double tdp = device->parameters.at("tdp").value;
  if (watts.value > most * tdp)
    report("W102", watts.place,
           fmt::format("{} W per device is above {} x the thermal design power of {} ({} W)", watts.value, most,
                       device->name, tdp),
           "is it the power of the whole node? Then it is 'total', or divide it by the devices");
}

void Activities::add_energy(const Run& run, const Energy& energy, const std::string& which, const std::string& account,
                            lca::UnitProcess& process) {
  const auto site_entry = study_.sites.find(run.site);
  if (site_entry == study_.sites.end()) return;
  const Site& site = site_entry->second;
  if (energy.level == EnergyLevel::facility) facility_level_energy = true;
  const lca::ParameterKey at{run.owner, which};
  if (!energy.alternatives.empty()) compare_alternatives(run, energy, at);
  if (energy.logs) add_logs(run, energy, which, site, account, process);

  const bool closed = energy.parts.contains("overhead");
  const std::string supply = sites_.electricity(site,
                                                closed                                  ? Supply::it_closed
                                                : energy.level == EnergyLevel::facility ? Supply::facility
                                                                                        : Supply::it,
                                                run, which);
  const auto take = [&](const Expression& amount, const std::string& component, const std::string& rule) {
    process.exchanges.push_back(draw(supply, amount, account, component, rule));
  };
  if (energy.estimate && energy.estimate->estimator != nullptr) {
    const Estimator& by = *energy.estimate->estimator;
    for (const auto& [component, amount] : estimates_.of(run, energy, at).energy)
      take(amount, component, fmt::format("estimated by {} {}: {}", by.id, by.version, by.title));
  }
  if (energy.total) take(parameter(at, which + " of " + run.name, uncertain(*energy.total)), "", "energy as stated");
  for (const auto& [part, amount] : energy.parts)
    if (part == "overhead")
      add_overhead(run, energy, at, site, process, account);
    else
      take(parameter(at / "parts" / part, part + " energy of " + run.name, uncertain(amount)), part, "energy as stated, by part");
  add_power(run, energy, at, supply, account, process);
  add_host(run, energy, at, supply, account, process);
}

/// A stated overhead closes the facility total, and says what the PUE was.
void Activities::add_overhead(const Run& run, const Energy& energy, const lca::ParameterKey& at, const Site& site,
                              lca::UnitProcess& process, const std::string& account) {
  const double pue = implied_pue(energy.parts);
  process.exchanges.push_back(
      draw(sites_.electricity(site, Supply::stated_overhead, run, at.field),
           parameter(at / "parts" / "overhead", "overhead energy of " + run.name, uncertain(energy.parts.at("overhead"))), account,
           "cooling and power losses", "overhead as stated"));
  const auto stated = sites_.stated_pue(site);
  if (stated && std::abs(stated->value / pue - 1) > 0.02)
    report("E037", stated->place,
           fmt::format("the stated PUE {} differs from {:.4g}, which the parts of '{}' imply", stated->value, pue,
                       run.name),
           "a stated overhead closes the facility total; leave out one of the two");
}

void Activities::add_power(const Run& run, const Energy& energy, const lca::ParameterKey& at, const std::string& supply,
                           const std::string& account, lca::UnitProcess& process) {
  for (const auto& [kind, watts] : energy.power) {
    const bool per_device = kind == "per_device";
    const Expression power = parameter(
        at / "power" / kind, per_device ? "power per device of " + run.name : kind + " power of " + run.name, uncertain(per_device ? as_mean_power(run, watts) : watts));
    if (per_device) check_power(run, watts);
    const auto hours = per_device ? device_hours(run)
                       : run.duration ? std::optional(quantities_.duration(run))
                                      : std::nullopt;
    if (!hours) continue;
    const std::string component = per_device || kind == "gpu" ? "accelerator" : kind == "total" ? "" : kind;
    const std::string rule = per_device ? "device-hours x power per device" : "duration x power";
    const Expression amount =
        calculated(at / (component.empty() ? "drawn" : component),
                   {(component.empty() ? "" : component + " ") + at.field + " of " + run.name, "kWh", rule, "definition of energy"},
                   *hours * power / watts_per_kilowatt);
    process.exchanges.push_back(draw(supply, amount, account, component, rule));
  }
}

/// Whether an energy is that of the devices alone. A level that the study states is taken at its word.
bool Activities::of_devices_alone(const Energy& energy, const lca::ParameterKey& at) const {
  if (energy.level_stated && energy.level != EnergyLevel::device) return false;
  const auto lacks_host = [](const std::map<std::string, Input>& parts, const char* device) {
    return parts.contains(device) && !parts.contains("cpu") && !parts.contains("dram") && !parts.contains("host") && !parts.contains("overhead");
  };
  if (energy.total) return energy.level == EnergyLevel::device;
  if (!energy.parts.empty()) return lacks_host(energy.parts, "accelerator");
  if (!energy.power.empty()) return lacks_host(energy.power, "per_device") || lacks_host(energy.power, "gpu");
  if (energy.estimate) return energy.estimate->estimator != nullptr && energy.estimate->estimator->level == "device";
  const auto* read = energy.logs ? files_.logs_of(at) : nullptr;
  if (read == nullptr) return false;
  const bool declared = energy.level == EnergyLevel::device || energy.logs->measures == "device";
  bool any = false;
  for (const auto& log : read->logs)
    for (const auto& part : log.parts)
      if (log.used) {
        if (part.component != "accelerator" && !(part.component.empty() && declared)) return false;
        any = true;
      }
  return any;
}

HostOr<Expression> Activities::host_energy(const Run& run, const Energy& energy) {
  if (energy.estimate && energy.estimate->estimator->host_left_out)
    return tl::unexpected(energy.estimate->estimator->id + " leaves it out");
  const auto hours = device_hours(run);
  if (!hours) return tl::unexpected<std::string>("the run's device-hours are not known");
  return hosts_.mean(run, nullptr).map([&](const Expression& watts) { return *hours * watts / watts_per_kilowatt; });
}

/// What the machine around the devices drew, an entry of its own: no measured energy is changed by it.
void Activities::add_host(const Run& run, const Energy& energy, const lca::ParameterKey& at, const std::string& supply,
                          const std::string& account, lca::UnitProcess& process) {
  if (at.field != "energy") return;
  // A part of the host is stated, or the facility's total is closed: what is left of it is not known.
  for (const auto* parts : {&energy.parts, &energy.power}) {
    const bool of_devices = parts->contains("accelerator") || parts->contains("per_device") || parts->contains("gpu");
    const bool closed = parts->contains("overhead");
    if (!energy.level_stated && of_devices && !parts->contains("cpu") && !parts->contains("host") && (closed || parts->contains("dram")))
      return hosts_.cover_missing(run, closed ? "the stated overhead closes the facility's total without it"
                                              : "its memory is stated, the rest of it is not");
  }
  if (!of_devices_alone(energy, at)) return;
  if (!energy.host_counted) return hosts_.cover_excluded(run);
  // What whole machines drew beside the devices' work is stated, and would count twice.
  if (Hosts::in_idle(run)) return hosts_.cover_missing(run, Hosts::idle_holds_it);
  const auto amount = host_energy(run, energy);
  if (!amount) return hosts_.cover_missing(run, amount.error());
  hosts_.cover_counted(run);
  const CalculatedWords words{"host energy of " + run.name, "kWh", "device-hours x mean power of the host",
                              "definition of energy"};
  process.exchanges.push_back(draw(supply, calculated(at / "host", words, *amount), account, "host", words.rule));
}

/// kWh by one way to know an energy, the host with it where it is counted; nothing where it cannot be told.
std::optional<double> Activities::kwh_of(const Run& run, const Energy& energy, const lca::ParameterKey& at) {
  auto total = kwh_as_known(run, energy, at);
  if (total && energy.host_counted && of_devices_alone(energy, at))
    if (const auto host = host_energy(run, energy)) *total += draft_.now(*host);
  return total;
}

std::optional<double> Activities::kwh_as_known(const Run& run, const Energy& energy, const lca::ParameterKey& at) {
  double total = 0.0;
  if (energy.total) return energy.total->value;
  for (const auto& [part, amount] : energy.parts)
    if (part != "overhead") total += amount.value;
  if (!energy.parts.empty()) return total;
  if (energy.logs) {
    const auto* read = files_.logs_of(at);
    return read == nullptr || read->logs.empty() ? std::nullopt : std::optional(read->kwh());
  }
  if (energy.estimate && energy.estimate->estimator != nullptr) {
    const Estimated& estimate = estimates_.of(run, energy, at);
    for (const auto& [component, amount] : estimate.energy) total += draft_.now(amount);
    return estimate.energy.empty() ? std::nullopt : std::optional(total);
  }
  for (const auto& [kind, watts] : energy.power) {
    const auto hours = kind == "per_device" ? device_hours(run)
                       : run.duration       ? std::optional(quantities_.duration(run))
                                            : std::nullopt;
    if (!hours) return std::nullopt;
    total += draft_.now(*hours) * watts.value / watts_per_kilowatt;
  }
  return total;
}

void Activities::compare_alternatives(const Run& run, const Energy& energy, const lca::ParameterKey& at) {
  const auto counted = kwh_of(run, energy, at);
  std::map<std::string, std::size_t> of_form;
  for (std::size_t i = 0; i < energy.alternatives.size(); ++i) {
    const Energy& other = energy.alternatives[i];
    const auto amount = kwh_of(run, other, alternative_of(at, i));
    if (!amount) continue;
    const std::string apart =
        counted && *counted > 0 ? fmt::format(", {:+.1f} % from what counts", (*amount / *counted - 1) * 100) : "";
    const std::string form = name_of_form(other);
    const std::size_t number = ++of_form[form];
    cover(fmt::format("energy of {} by {}{}", run.name, form, number > 1 ? fmt::format(" ({})", number) : ""), Coverage::passed_over,
          fmt::format("{:.6g} kWh{}; {} counts", *amount, apart, name_of_form(energy)));
  }
}

}  // namespace cradle::inventory
