// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/given_figures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
                    parameter({{"given"}, given.name}, given.name, given.amount),
                    {{"component", given.name}},
                    given.scope,
                    "published aggregate, taken over as it stands"};
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
  const std::string product = given.of.empty()                    ? root_product
                              : given.of.starts_with("hardware/") ? product_of_use(owner_named(given.of))
                                                                  : product_of(owner_named(given.of));
  if (auto* process = draft_.process_of(product)) {
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

/// What a unit of use of a hardware entry is called: a device-hour, or what its amortisation counts in.
std::string GivenFigures::product_of_use(const lca::Owner& owner) const {
  const auto hardware = study_.hardware.find(owner.name);
  const auto counted = counted_in(hardware == study_.hardware.end() ? AmortisationMethod::utilised_hours
                                                                   : method_of(hardware->second));
  const bool hours = counted == counted_in(AmortisationMethod::utilised_hours);
  return product_of(owner, hours ? "device-hour" : std::string(counted));
}

bool GivenFigures::exists(const std::string& product) const {
  const auto [kind, key] = owner_named(product);
  return (kind == "runs" && study_.run(key) != nullptr) || (kind == "models" && study_.models.contains(key)) ||
         (kind == "services" && study_.services.contains(key)) ||
         (kind == "hardware" && study_.hardware.contains(key));
}

}  // namespace cradle::inventory
