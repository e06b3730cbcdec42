// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/hardware_lives.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

AmortisationMethod method_of(const Hardware& hardware) {
  const auto found = std::find(amortisation_methods.begin(), amortisation_methods.end(), hardware.amortisation.method);
  return static_cast<AmortisationMethod>(found - amortisation_methods.begin());
}

LifeShares HardwareLives::life_shares_of(const Hardware& hardware) {
  const lca::Owner key{"hardware", hardware.name};
  const auto& rule = hardware.amortisation;
  LifeTerms terms;
  const auto input = [&](const char* name, const std::string& words, const std::optional<Input>& value,
                         Expression& into) {
    if (value) into = parameter({key, name}, words + " of " + hardware.name, *value);
  };
  input("lifetime", "lifetime", hardware.lifetime, terms.lifetime);
  input("utilisation", "utilisation", hardware.utilisation, terms.utilisation);
  input("lifetime_quantity", "whole life", rule.quantity, terms.quantity);
  input("reserved", "share reserved", rule.reserved, terms.reserved);
  input("rate", "yearly rate of the declining balance", rule.rate, terms.rate);
  input("age", "age", rule.age, terms.age);
  input("second_life", "share passed on to a second life", rule.second_life, terms.passed_on);
  if (rule.retired_after)
    terms.retired_after =
        parameter({key, "retired_after"}, "age at retirement of " + hardware.name, *rule.retired_after);
  if (rule.second_life)
    cover("second life of " + hardware.name, Coverage::excluded,
          fmt::format("{:.0f} % of the hardware is passed on to it", 100 * rule.second_life->value));
  if (method_of(hardware) == AmortisationMethod::calendar)
    cover("hours of " + hardware.name + " that nobody used", Coverage::excluded,
          "amortised by calendar time: they are nobody's, and the shares of all users do not sum to the whole");
  auto shares = life_shares(method_of(hardware), terms);
  const bool hours = counted_in(method_of(hardware)) == counted_in(AmortisationMethod::utilised_hours);
  const std::string per = hours ? "1/h" : "1/" + std::string(counted_in(method_of(hardware)));
  const auto named = [&](const char* field, const std::string& words, const std::string& says, const Expression& share) {
    return calculated({key, field}, {words + " of " + hardware.name, per, says, shares.source}, share);
  };
  shares.productive = named("life_share", "share of a life that a unit of use takes", shares.rule, shares.productive);
  if (shares.idle)
    shares.idle = named("idle_life_share", "share of a life that nobody used, per unit of use", "hours nobody used",
                        *shares.idle);
  if (shares.unused_life)
    shares.unused_life = named("unused_life_share", "share of a life that comes too late, per unit of use",
                               "years it could have lived on", *shares.unused_life);
  return shares;
}

std::string HardwareLives::use(const Hardware& hardware) {
  const auto counted = counted_in(method_of(hardware));
  const bool hours = counted == counted_in(AmortisationMethod::utilised_hours);
  const std::string unit = hours ? "device-hour" : std::string(counted);
  const std::string product = product_of({"hardware", hardware.name}, unit);
  if (!draft_.begin(product)) return product;
  lca::UnitProcess use{
      product, unit + " of " + hardware.name, hours ? "h" : unit, false, {{"hardware", hardware.name}}};
  use.shared = true;
  const auto shares = life_shares_of(hardware);
  const std::string one_life = life(hardware);
  const auto take = [&](const Expression& share, lca::Tags tags, const std::string& rule) {
    tags["hardware"] = hardware.name;
    use.exchanges.push_back({Exchange::Kind::technosphere, one_life, share, std::move(tags), "", rule});
  };
  take(shares.productive, {}, "share of a life: " + shares.rule);
  if (shares.idle) take(*shares.idle, {{"account", "idle"}}, "hours nobody used");
  if (shares.unused_life) take(*shares.unused_life, {{"account", "unused life"}}, "years it could have lived on");
  draft_.add(std::move(use));
  return product;
}

/// A stated figure stands for manufacture and raw materials together; here manufacture is outside the boundary.
void HardwareLives::leave_out_stated(const Hardware& hardware) {
  if (includes("raw-materials")) {
    cover("raw materials of " + hardware.name, Coverage::not_estimated,
          "the stated embodied figure holds manufacture too, which is outside the boundary, and cannot be split");
    remarks_.miss("raw materials of " + hardware.name);
  } else {
    cover("embodied figure of " + hardware.name, Coverage::excluded,
          "it stands for manufacture and raw materials, which are outside the boundary");
  }
  for (const char* stage : {"transport", "end-of-life"})
    if (includes(stage)) {
      cover(std::string(stage) + " of " + hardware.name, Coverage::not_estimated,
            "the study states an embodied figure and none for it");
      remarks_.miss(std::string(stage) + " of " + hardware.name);
      if (stage == std::string_view("transport")) unsplit_stages.insert(stage);
    }
}

/// What the study states of a device and its node in place of a model.
void HardwareLives::add_stated(const Hardware& hardware, const Expression& per_node, lca::UnitProcess& life) {
  const auto needs = [&](const char* which, const Expression& amount, const std::string& words) {
    life.exchanges.push_back({Exchange::Kind::technosphere, product_of({"hardware", hardware.name}, which), amount, {}, "",
                              words});
  };
  const Embodied& stated = *hardware.embodied;
  if (!includes("raw-materials"))
    cover("raw materials of " + hardware.name, Coverage::counted,
          "outside the boundary, but inside the stated embodied figure, which cannot be split");
  if (stated.device) {
    stated_asset(hardware, "device", "accelerator", *stated.device);
    needs("device", 1.0, "one device");
  }
  const auto& host = stated.node_with_devices ? stated.node_with_devices : stated.node;
  if (host) {
    stated_asset(hardware, "node", "server", *host);
    needs("node", Expression(1.0) / per_node, "share of a node");
  }
  if (!host) cover("host of " + hardware.name, Coverage::not_estimated, "the study states the device's footprint only");
  if (!stated.device && !stated.node_with_devices)
    cover("devices of " + hardware.name, Coverage::not_estimated, "the study states the node's footprint only");
  for (const char* stage : {"transport", "end-of-life"})
    if (includes(stage)) unsplit_stages.insert(stage);
  if (includes("transport"))
    cover("transport of " + hardware.name, Coverage::not_estimated,
          "taken to be inside the stated embodied figure, not split from it");
  if (includes("end-of-life")) {
    cover("end of life of " + hardware.name, Coverage::not_estimated,
          "the study states an embodied figure and none for end of life");
    remarks_.miss("end-of-life of " + hardware.name);
  }
}

std::string HardwareLives::life(const Hardware& hardware) {
  const std::string product = product_of({"hardware", hardware.name}, "life");
  if (!draft_.begin(product)) return product;
  const lca::Owner key{"hardware", hardware.name};
  lca::UnitProcess life{
      product, "life of one device of " + hardware.name, "life", false, {{"hardware", hardware.name}}};
  const auto needs = [&](const std::string& asset, const Expression& amount, const std::string& words) {
    life.exchanges.push_back({Exchange::Kind::technosphere, asset, amount, {}, "", words});
  };
  const Expression per_node =
      hardware.per_node ? parameter({key, "per_node"}, "devices per node of " + hardware.name, *hardware.per_node)
                        : Expression(1.0);
  const std::string device = product_of(key, "device"), node = product_of(key, "node");
  if (hardware.embodied && !includes("manufacture")) {
    leave_out_stated(hardware);
  } else if (hardware.embodied) {
    add_stated(hardware, per_node, life);
  } else {
    if (asset(device, hardware.name, "device", hardware.device, hardware.device_place, &hardware)) {
      needs(device, 1.0, "one device");
      if (hardware.spares)
        needs(device, parameter({key, "spares"}, "share of devices replaced of " + hardware.name, *hardware.spares),
              "devices that replace failed ones");
    }
    if (asset(node, hardware.name, "node", hardware.node, hardware.node_place, &hardware))
      needs(node, Expression(1.0) / per_node, "share of a node");
  }
  add_infrastructure(hardware, life);
  draft_.add(std::move(life));
  lives.emplace(hardware.name, product);
  return product;
}

/// Network and building outlive or are outlived by the device: it takes of them what its own lifetime is of theirs.
void HardwareLives::add_infrastructure(const Hardware& hardware, lca::UnitProcess& life) {
  if (!includes("manufacture") && !includes("raw-materials")) return;
  if (!hardware.around.empty() && !includes("manufacture"))
    cover("stated footprints around " + hardware.name, Coverage::excluded, "they stand for manufacture and raw materials, and manufacture is outside the boundary");
  const lca::Owner key{"hardware", hardware.name};
  const Expression lifetime = parameter({key, "lifetime"}, "lifetime of " + hardware.name, *hardware.lifetime);
  const auto share = [&](const char* name, const char* component, const char* words, const std::optional<Input>& amount, double scale,
                         const char* recipe, const char* own_life) {
    if (const auto stated = hardware.around.find(name); stated != hardware.around.end() && includes("manufacture"))
      life.exchanges.push_back({Exchange::Kind::technosphere, stated_asset(hardware, name, component, stated->second), 1.0, {}, "",
                                fmt::format("{} for the life of one device, as stated", name)});
    if (!amount) return;
    life.exchanges.push_back({Exchange::Kind::technosphere,
                              products_.shared(recipe, hardware.place),
                              parameter({key, name}, std::string(words) + " of " + hardware.name, *amount) *
                                  scale * lifetime / *formulas_.shared_parameter(own_life),
                              {},
                              "",
                              "share of it x lifetime / its own life"});
  };
  share("building", "building", "IT power per device", hardware.building, 1e-3, "building-share", "building_life");
  share("rack", "rack", "racks per device", hardware.rack, 1.0, "rack", "rack_life");
  share("network", "network", "network equipment per device", hardware.network, 1.0, "network-share", "network_life");
  share("switches", "network", "fabric switches per device", hardware.switches, 1.0, "fabric-switch", "network_life");
  share("adapters", "network", "network adapters per device", hardware.adapters, 1.0, "network-adapter", "network_life");
  const bool around = !hardware.around.empty() || hardware.building || hardware.rack || hardware.network || hardware.switches || hardware.adapters;
  if (around && (includes("transport") || includes("end-of-life")))
    cover("transport and end of life of building, racks and network of " + hardware.name, Coverage::not_estimated,
          "their masses are not known, or their footprint is stated whole");
  if (hardware.switches)
    products_.gaps.push_back("transceivers and cables of the fabric of " + hardware.name +
                            ": not estimated, no source has a factor for them");
  if (hardware.rack)
    products_.gaps.push_back("power distribution and liquid cooling in the racks of " + hardware.name +
                            ": not estimated, no source has a factor for them");
}

/// One thing whose footprint the study states whole; its product.
std::string HardwareLives::stated_asset(const Hardware& hardware, const std::string& which, const std::string& component,
                                        const Input& footprint) {
  const lca::Owner owner{"hardware", hardware.name};
  const bool around = hardware.around.contains(which);
  std::string product = product_of(owner, which);
  const auto amount = parameter(around ? lca::ParameterKey{owner, which} : lca::ParameterKey{owner, "embodied"} / which,
                                around ? fmt::format("embodied footprint of {} per device of {}", which, hardware.name)
                                       : fmt::format("embodied footprint of one {} of {}", which, hardware.name),
                                uncertain(footprint));
  draft_.add({product,
       fmt::format("{} of {}, stated footprint", which, hardware.name),
       which,
       false,
       {{"life_cycle", "manufacture"}, {"component", component}},
       1.0,
       {{Exchange::Kind::biosphere,
         flows::co2e,
         amount,
         {},
         "3.2",
         fmt::format("stated footprint of {}, raw materials included", around ? which + " for the life of one device" : "one " + which)}}});
  return product;
}

std::optional<std::string> HardwareLives::asset(const std::string& name, const std::string& label, const std::string& kind,
                                          const std::string& id, const Place& place, const Hardware* end_of_life) {
  const Product* found = catalogue_.find(id);
  if (found == nullptr || found->kind != kind) {
    std::string hint = did_you_mean(id, catalogue_.ids(kind));
    hint = hint.empty() ? fmt::format("`cradle catalogue search {}` lists them", kind)
                        : hint + " `cradle catalogue search " + id.substr(0, id.find('-')) + "` lists them";
    report(kind == "device" ? "E014" : "E018", place, fmt::format("unknown {} '{}'", kind, id), hint);
    return std::nullopt;
  }
  const auto made = products_.product(*found, place);
  if (!made) return std::nullopt;
  lca::UnitProcess process{name, label.empty() ? found->name : fmt::format("{} of {}", found->name, label), kind};
  process.exchanges.push_back({Exchange::Kind::technosphere, *made, 1.0, {}, "", "made"});
  const auto resolved = catalogue_.resolve(*found, profile_);
  add_delivery_and_end_of_life(end_of_life, resolved, place, process);
  draft_.add(std::move(process));
  return name;
}

}  // namespace cradle::inventory
