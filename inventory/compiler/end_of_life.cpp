// SPDX-License-Identifier: Apache-2.0
// What becomes of a product: delivered, and at its end collected, used on, taken apart, recovered, burnt or landfilled;
// and which share of recycling is its own by the rule of the study.
#include <fmt/format.h>

#include <map>

#include "inventory/compiler/hardware_lives.hpp"
#include "lca/allocation/end_of_life.hpp"

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

void HardwareLives::add_delivery_and_end_of_life(const Hardware* hardware, const ResolvedProduct& resolved,
                                           const Place& place, lca::UnitProcess& process) {
  const std::string& id = resolved.product->id;
  const auto mass = resolved.parameters.find("mass");
  const auto counts = [&](const char* stage) {
    if (hardware == nullptr || !includes(stage) || includes(stage, hardware->name)) return includes(stage);
    cover(std::string(stage) + " of " + hardware->name, Coverage::excluded, "");
    return false;
  };
  for (const char* stage : {"transport", "end-of-life"})
    if (counts(stage) && mass == resolved.parameters.end()) {
      cover(fmt::format("{} of {}", stage, id), Coverage::not_estimated, "its mass is not known");
      remarks_.miss(fmt::format("{} of {}", stage, id));
      if (stage == std::string_view("transport")) unsplit_stages.insert(stage);
    }
  if (mass == resolved.parameters.end()) return;
  const auto kg = [&] { return parameter({{"catalogue", id}, "mass"}, "mass of " + id, mass->second); };
  const auto needs = [&](const char* recipe, const Expression& amount, const char* rule) {
    process.exchanges.push_back({Exchange::Kind::technosphere, products_.shared(recipe, place), amount, {}, "", rule});
  };
  if (counts("transport")) needs(resolved.delivery.c_str(), kg(), "per kg of its mass");
  if (!counts("end-of-life")) return;
  const auto ends = metal_ends(hardware, resolved, place);
  // A profile whose source has one gross factor for all of it has no routes.
  if (catalogue_.shared_process("disposal", profile_)) {
    needs("disposal", kg(), "per kg of its mass");
    const auto* end = hardware == nullptr ? nullptr : &hardware->end_of_life;
    if (end != nullptr && (end->collection || end->reuse || end->incineration))
      cover(
          "end of life of " + hardware->name, Coverage::passed_over,
          fmt::format("profile '{}' has one gross factor for all treatment: collection, reuse and incineration do not "
                      "change it",
                      profile_));
  } else
    add_routes(kg(), ends, id, place, needs);
  if (hardware != nullptr && hardware->end_of_life.rule != "cut-off")
    add_recycling(*hardware, ends, id, place, process);
}

/// Shares of the study, or the catalogue's.
HardwareLives::MetalEnds HardwareLives::metal_ends(const Hardware* hardware, const ResolvedProduct& resolved, const Place& place) {
  const auto share = [&](const char* name, const std::string& words, std::optional<Input> EndOfLife::*own) {
    const bool stated = hardware != nullptr && hardware->end_of_life.*own;
    return stated ? parameter({{"hardware", hardware->name}, name}, words + " of " + hardware->name,
                              *(hardware->end_of_life.*own))
                  : *formulas_.shared_parameter(name);
  };
  MetalEnds ends;
  const std::string& id = resolved.product->id;
  ends.key = hardware == nullptr ? lca::ParameterKey{{"catalogue", id}, "end_of_life"}
                                 : lca::ParameterKey{{"hardware", hardware->name}, "end_of_life"} / id;
  ends.collected = share("collection", "share collected", &EndOfLife::collection);
  ends.reused = share("reuse", "share used on of what is collected", &EndOfLife::reuse);
  ends.burnt = share("incineration_share", "share burnt of what is not recovered", &EndOfLife::incineration);
  Scope local;
  products_.add_parameters(resolved, true, local);
  for (const auto& [material, formula_text] : resolved.materials) {
    const auto mass = formulas_.formula(formula_text, local, place);
    const auto* recovery = formulas_.shared_parameter(material + "_recovery");
    if (mass && recovery != nullptr)
      ends.metals.push_back({material, *mass, ends.collected * (Expression(1.0) - ends.reused) * *recovery});
    else
      cover("recycling of " + material, Coverage::not_estimated, "the catalogue has no recovery rate for it");
  }
  return ends;
}

/// Mass in = mass used on + metals recovered + residue burnt or landfilled. What recovers the metals is borne by who
/// uses them, unless the study's rule says otherwise; what is used on is treated when it ends there.
void HardwareLives::add_routes(const Expression& mass, const MetalEnds& ends, const std::string& id, const Place& place,
                         const std::function<void(const char*, const Expression&, const char*)>& needs) {
  const Expression one = 1.0;
  Expression recovered = 0.0, metals = 0.0;
  for (const auto& metal : ends.metals) {
    metals = metals + metal.mass;
    recovered = recovered + metal.mass * metal.recovered;
  }
  const auto now = [&](const Expression& kg) { return draft_.now(kg); };
  if (now(metals) > now(mass) * (1.0 + 1e-9)) {
    report("E101", place,
           fmt::format("the metals of '{}' weigh {:.3g} kg, all of it {:.3g} kg", id, now(metals), now(mass)),
           "its mass and the masses of its metals do not fit");
    return;
  }
  recovered = calculated(ends.key / "recovered_mass",
                         {"mass of metals recovered from " + id, "kg", "metal x share collected, not reused and recovered",
                          "balance of mass"},
                         recovered);
  const Expression residue =
      calculated(ends.key / "residue_mass",
                 {"mass of " + id + " neither used on nor recovered", "kg", "mass - reused - recovered",
                  "balance of mass"},
                 mass * (one - ends.collected * ends.reused) - recovered);
  needs("waste-collection", mass * ends.collected, "mass x share collected");
  needs("dismantling", mass * ends.collected * (one - ends.reused), "mass collected and not used on");
  needs("incineration", residue * ends.burnt, "share burnt of what is neither used on nor recovered");
  needs("landfill", residue * (one - ends.burnt), "the rest");
}

/// What the rule adds to the treatment that the product has anyway: burdens of recycling, and the credit in an account
/// of its own. The virgin metal and the disposal are in the product's own processes already.
void HardwareLives::add_recycling(const Hardware& hardware, const MetalEnds& ends, const std::string& id, const Place& place,
                            lca::UnitProcess& process) {
  using lca::EndOfLifeRule;
  static const std::map<std::string, EndOfLifeRule> rules = {{"0-100", EndOfLifeRule::end_of_life},
                                                             {"50-50", EndOfLifeRule::fifty_fifty},
                                                             {"circular", EndOfLifeRule::circular_footprint},
                                                             {"closed-loop", EndOfLifeRule::closed_loop}};
  const std::string& rule = hardware.end_of_life.rule;
  if (ends.metals.empty()) cover("recycling of " + id, Coverage::not_estimated, "its metals are not known");
  for (const auto& metal : ends.metals) {
    lca::MaterialCycle cycle;
    cycle.material = metal.material;
    cycle.mass = metal.mass;
    cycle.R2 = metal.recovered;
    cycle.A = *formulas_.shared_parameter("metals_allocation");
    cycle.Qs_out = *formulas_.shared_parameter("metals_quality");
    cycle.virgin = "virgin metal, counted by the product's own model";
    cycle.disposal = "treatment, counted by the routes above";
    cycle.recycling = "catalogue/recycling-" + metal.material;
    cycle.substituted = "catalogue/avoided-" + metal.material;
    const auto exchanges = lca::end_of_life_exchanges(cycle, rules.at(rule), draft_.inventory.parameters.values());
    if (!exchanges) {
      for (const auto& finding : exchanges.error()) report(finding.code, place, finding.message, finding.hint);
      continue;
    }
    for (auto exchange : *exchanges) {
      // In a closed loop the metal that comes back replaces virgin metal of this very product: that is its credit.
      if (exchange.flow == cycle.virgin && rule == "closed-loop")
        exchange = {Exchange::Kind::technosphere,
                    cycle.substituted,
                    Expression(0.0) - metal.mass * cycle.R2,
                    {{"account", "credit"}},
                    "",
                    "virgin metal that the product's own scrap replaces: R2 Ev"};
      if (exchange.flow == cycle.virgin || exchange.flow == cycle.disposal) continue;
      exchange.flow = products_.shared(exchange.flow.substr(std::string_view("catalogue/").size()), place);
      process.exchanges.push_back(std::move(exchange));
    }
  }
}

}  // namespace cradle::inventory
