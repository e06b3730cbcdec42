// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/given_figures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inventory/compiler/functional_unit.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

using lca::Exchange;

/// A gas that counts differently by where it comes from is asked for, never guessed.
std::string gas_meant(const std::string& gas, const std::vector<std::string>& names) {
  std::vector<std::string> kinds;
  for (const auto& name : names)
    if (name.starts_with(gas + " ")) kinds.push_back("'" + name + "'");
  return kinds.empty() ? did_you_mean(gas, names) : fmt::format("say which: {}", fmt::join(kinds, " or "));
}

/// "runs/final" as a study names it.
lca::Owner owner_named(const std::string& text) {
  const auto slash = text.find('/');
  return {text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1)};
}

}  // namespace

Exchange GivenFigures::exchange_of(const Given& given) {
  Exchange exchange{Exchange::Kind::biosphere,
                    given.gas.empty() ? flows::co2e : given.gas,
                    amount_of(given),
                    {{"component", given.name}},
                    given.scope,
                    given.per.empty() ? "published aggregate, taken over as it stands"
                                      : "published figure per " + given.per};
  exchange.assigns["life_cycle"] = given.life_cycle.empty() ? "unsplit" : given.life_cycle;
  if (!given.gas.empty()) {
    const auto gases = catalogue_.gwp100(study_.gwp);
    std::vector<std::string> names;
    for (const auto& [gas, factor] : gases) names.push_back(gas);
    if (!gases.contains(given.gas))
      report("E016", given.place, fmt::format("unknown gas '{}'", given.gas), gas_meant(given.gas, names));
    remarks_.use_dataset("ipcc-gwp100");
    draft_.inventory.elementary_flows.push_back({given.gas, "kg"});
  }
  return exchange;
}

/// A given figure becomes a flow of the product that it belongs to, or of the functional unit as a whole.
void GivenFigures::attach(const Given& given) {
  const std::string item = "given figure " + given.name;
  const bool hardware_stage = !given.life_cycle.empty() && given.life_cycle != "use";
  if (hardware_stage && !includes(given.life_cycle)) {
    cover(item, Coverage::excluded, given.life_cycle + " is outside the boundary");
    return;
  }
  if (given.of.empty() && study_.functional_unit && !study_.functional_unit->of.empty()) {
    report("E011", given.place,
                    fmt::format("'{}' does not say what it belongs to, and the functional unit is a share of {}",
                                given.name, study_.functional_unit->of),
                    fmt::format("of: {}", study_.functional_unit->of));
    return;
  }
  if (auto* process = draft_.process_of(product_of_given(given))) {
    warn_of_repeats(given, *process);
    process->exchanges.push_back(exchange_of(given));
    return;
  }
  if (exists(given.of))
    cover(item, Coverage::excluded, given.of + " is not part of the functional unit or of the boundary");
  else
    report("E015", given.place,
                    fmt::format("'{}' belongs to '{}', which the study does not define", given.name, given.of),
                    "runs/NAME, models/NAME, services/NAME or hardware/NAME");
}

/// The product that a given figure is a flow of: a run, a model, a service's period; a device's life, or an hour of it.
std::string GivenFigures::product_of_given(const Given& given) const {
  if (given.of.empty()) return root_product;
  const lca::Owner owner = owner_named(given.of);
  if (owner.kind != "hardware") return product_of(owner);
  if (given.per != "device-hour") return product_of(owner, "life");
  const auto hardware = study_.hardware.find(owner.name);
  const auto counted = counted_in(hardware == study_.hardware.end() ? AmortisationMethod::utilised_hours
                                                                   : method_of(hardware->second));
  const bool hours = counted == counted_in(AmortisationMethod::utilised_hours);
  return product_of(owner, hours ? "device-hour" : std::string(counted));
}

lca::Expression GivenFigures::amount_of(const Given& given) {
  const lca::Expression amount = parameter({{"given"}, given.name}, given.name, uncertain(given.amount));
  const auto often = times(given);
  return often ? *often * amount : amount;
}

/// How often it falls on one unit of its product; nothing where that is once.
std::optional<lca::Expression> GivenFigures::times(const Given& given) {
  const lca::Owner owner = owner_named(given.of);
  if (given.per == "node") {
    const auto hardware = study_.hardware.find(owner.name);
    if (hardware != study_.hardware.end() && hardware->second.per_node)
      return lca::Expression(1.0) / parameter({{"hardware", owner.name}, "per_node"}, "devices per node of " + owner.name,
                                              *hardware->second.per_node);
    report("E011", given.place, fmt::format("'{}' is per node, and '{}' does not say how many devices a node has", given.name,
                                            owner.name),
           "per_node: 8");
  }
  if (owner.kind == "runs" && given.per == "device-hour")
    if (const Run* run = study_.run(owner.name)) {
      if (const auto hours = activities_.device_hours(*run)) return *hours;
      report("E011", given.place, fmt::format("'{}' is per device-hour, and run '{}' does not tell them", given.name, owner.name));
    }
  if (owner.kind == "services" && (given.per == "request" || given.per == "token"))
    if (const auto service = study_.services.find(owner.name); service != study_.services.end()) {
      if (const auto served = quantities_.units_served(service->second, given.per)) return *served;
      report("E011", given.place, fmt::format("'{}' is per {}, and service '{}' does not count them", given.name, given.per, owner.name));
    }
  return std::nullopt;
}

/// A figure beside one of the same thing counts it twice: energy of a run that states its energy, and what is near the
/// footprint that is stated of the hardware.
void GivenFigures::warn_of_repeats(const Given& given, const lca::UnitProcess& process) {
  const auto warn = [&](const std::string& what) {
    report("W127", given.place, fmt::format("'{}' stands beside {} of {}: both count", given.name, what, given.of),
           "leave one of the two out, unless it is of something that the other leaves out");
  };
  const lca::Owner owner = owner_named(given.of);
  if (const auto hardware = study_.hardware.find(owner.name); owner.kind == "hardware" && hardware != study_.hardware.end()) {
    if (!hardware->second.embodied || (given.life_cycle != "manufacture" && !given.life_cycle.empty())) return;
    const Embodied& stated = *hardware->second.embodied;
    constexpr double near = 1.25;
    for (const auto& embodied : {stated.device, stated.node, stated.node_with_devices})
      if (embodied && given.amount.value < near * embodied->value && given.amount.value * near > embodied->value)
        return warn("the embodied footprint that is stated");
    return;
  }
  const bool of_energy = given.gas.empty() && (given.life_cycle == "use" || given.life_cycle.empty()) &&
                         (given.scope.empty() || given.scope == "2");
  const bool draws = std::any_of(process.exchanges.begin(), process.exchanges.end(), [](const Exchange& exchange) {
    return exchange.kind == Exchange::Kind::technosphere && exchange.flow.starts_with("sites/");
  });
  if (of_energy && draws) warn("the emissions of the energy");
}

bool GivenFigures::exists(const std::string& product) const {
  const auto [kind, key] = owner_named(product);
  return (kind == "runs" && study_.run(key) != nullptr) || (kind == "models" && study_.models.contains(key)) ||
         (kind == "services" && study_.services.contains(key)) ||
         (kind == "hardware" && study_.hardware.contains(key));
}

}  // namespace cradle::inventory
