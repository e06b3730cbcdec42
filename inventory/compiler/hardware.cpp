// SPDX-License-Identifier: Apache-2.0
// Hardware: a device's life is the device, its share of the machine, of network and building; who uses it takes a share
// of that life, by hours or by what else the study amortises by.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>

#include "inventory/compiler/builder.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

using lca::Exchange;
using lca::Expression;

/// Capital goods; freight; waste: GHG Protocol scope 3 categories 2, 4 and 5.
std::string scope_of_stage(const std::string& stage) {
  return stage == "transport" ? "3.4" : stage == "end-of-life" ? "3.5" : "3.2";
}

std::string known_or(const std::map<std::string, std::string>& words, const std::string& name,
                     const std::string& otherwise) {
  const auto found = words.find(name);
  return found == words.end() ? otherwise : found->second;
}

/// Each formula after those that it reads; or the names of a circle.
tl::expected<Formulas, std::vector<std::string>> in_order_of_dependence(const Formulas& formulas) {
  Formulas ordered;
  std::vector<std::string> open, circle;
  const std::function<bool(const std::string&, const std::string&)> visit = [&](const std::string& name,
                                                                                const std::string& text) {
    if (std::any_of(ordered.begin(), ordered.end(), [&](const auto& done) { return done.first == name; })) return true;
    const auto known = std::find(open.begin(), open.end(), name);
    if (known != open.end()) {
      circle.assign(known, open.end());
      circle.push_back(name);
      return false;
    }
    open.push_back(name);
    for (const auto& [other, of_other] : formulas)
      if (mentions(text, other) && !visit(other, of_other)) return false;
    open.pop_back();
    ordered.emplace_back(name, text);
    return true;
  };
  for (const auto& [name, text] : formulas)
    if (!visit(name, text)) return tl::unexpected(circle);
  return ordered;
}

}  // namespace

AmortisationMethod method_of(const Hardware& hardware) {
  const auto found = std::find(amortisation_methods.begin(), amortisation_methods.end(), hardware.amortisation.method);
  return static_cast<AmortisationMethod>(found - amortisation_methods.begin());
}

LifeShares Builder::life_shares_of(const Hardware& hardware) {
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
    return calculated({key, field}, {words + " of " + hardware.name, per, says}, share);
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

std::string Builder::hardware_use(const Hardware& hardware) {
  const auto counted = counted_in(method_of(hardware));
  const bool hours = counted == counted_in(AmortisationMethod::utilised_hours);
  const std::string unit = hours ? "device-hour" : std::string(counted);
  const std::string product = product_of({"hardware", hardware.name}, unit);
  if (!once(product)) return product;
  lca::UnitProcess use{
      product, unit + " of " + hardware.name, hours ? "h" : unit, false, {{"hardware", hardware.name}}};
  use.shared = true;
  const auto shares = life_shares_of(hardware);
  const std::string life = device_life(hardware);
  const auto take = [&](const Expression& share, lca::Tags tags, const std::string& rule) {
    tags["hardware"] = hardware.name;
    use.exchanges.push_back({Exchange::Kind::technosphere, life, share, std::move(tags), "", rule});
  };
  take(shares.productive, {}, "share of a life: " + shares.rule);
  if (shares.idle) take(*shares.idle, {{"account", "idle"}}, "hours nobody used");
  if (shares.unused_life) take(*shares.unused_life, {{"account", "unused life"}}, "years it could have lived on");
  add(std::move(use));
  return product;
}

std::string Builder::device_life(const Hardware& hardware) {
  const std::string product = product_of({"hardware", hardware.name}, "life");
  if (!once(product)) return product;
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
    if (includes("raw-materials")) {
      cover("raw materials of " + hardware.name, Coverage::not_estimated,
            "the stated embodied figure holds manufacture too, which is outside the boundary, and cannot be split");
      missing.push_back("raw materials of " + hardware.name);
    } else {
      cover("embodied figure of " + hardware.name, Coverage::excluded,
            "it stands for manufacture and raw materials, which are outside the boundary");
    }
    for (const char* stage : {"transport", "end-of-life"})
      if (includes(stage)) {
        cover(std::string(stage) + " of " + hardware.name, Coverage::not_estimated,
              "the study states an embodied figure and none for it");
        missing.push_back(std::string(stage) + " of " + hardware.name);
        if (stage == std::string_view("transport")) unsplit_stages.insert(stage);
      }
  } else if (hardware.embodied) {
    const Embodied& stated = *hardware.embodied;
    if (!includes("raw-materials"))
      cover("raw materials of " + hardware.name, Coverage::counted,
            "outside the boundary, but inside the stated embodied figure, which cannot be split");
    if (stated.device) {
      stated_asset(hardware, "device", *stated.device);
      needs(device, 1.0, "one device");
    }
    const auto& host = stated.node_with_devices ? stated.node_with_devices : stated.node;
    if (host) {
      stated_asset(hardware, "node", *host);
      needs(node, Expression(1.0) / per_node, "share of a node");
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
      missing.push_back("end-of-life of " + hardware.name);
    }
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
  add(std::move(life));
  lives.emplace(hardware.name, product);
  return product;
}

/// A process that all products share, made when first needed; its product.
std::string Builder::shared(const std::string& recipe, const Place& place) {
  const std::string product = "catalogue/" + recipe;
  if (const auto made = catalogue_.shared_process(recipe, profile_); made && once(product))
    catalogue_process(*made, "catalogue", {}, {}, place);
  return product;
}

/// Network and building outlive or are outlived by the device: it takes of them what its own lifetime is of theirs.
void Builder::add_infrastructure(const Hardware& hardware, lca::UnitProcess& life) {
  if (!includes("manufacture") && !includes("raw-materials")) return;
  const lca::Owner key{"hardware", hardware.name};
  const Expression lifetime = parameter({key, "lifetime"}, "lifetime of " + hardware.name, *hardware.lifetime);
  const auto share = [&](const char* name, const char* words, const std::optional<Input>& amount, double scale,
                         const char* recipe, const char* own_life) {
    if (!amount) return;
    life.exchanges.push_back({Exchange::Kind::technosphere,
                              shared(recipe, hardware.place),
                              parameter({key, name}, std::string(words) + " of " + hardware.name, *amount) *
                                  scale * lifetime / *shared_parameter(own_life),
                              {},
                              "",
                              "share of it x lifetime / its own life"});
  };
  share("building", "IT power per device", hardware.building, 1e-3, "building-share", "building_life");
  share("rack", "racks per device", hardware.rack, 1.0, "rack", "rack_life");
  share("network", "network equipment per device", hardware.network, 1.0, "network-share", "network_life");
  share("switches", "fabric switches per device", hardware.switches, 1.0, "fabric-switch", "network_life");
  share("adapters", "network adapters per device", hardware.adapters, 1.0, "network-adapter", "network_life");
  const bool around = hardware.building || hardware.rack || hardware.network || hardware.switches || hardware.adapters;
  if (around && (includes("transport") || includes("end-of-life")))
    cover("transport and end of life of building, racks and network of " + hardware.name, Coverage::not_estimated,
          "their masses are not known");
  if (hardware.switches)
    hardware_gaps.push_back("transceivers and cables of the fabric of " + hardware.name +
                            ": not estimated, no source has a factor for them");
  if (hardware.rack)
    hardware_gaps.push_back("power distribution and liquid cooling in the racks of " + hardware.name +
                            ": not estimated, no source has a factor for them");
}

void Builder::stated_asset(const Hardware& hardware, const std::string& which, const Input& embodied) {
  const std::string product = product_of({"hardware", hardware.name}, which);
  const auto amount = parameter(lca::ParameterKey{{"hardware", hardware.name}, "embodied"} / which,
                                "embodied footprint of one " + which + " of " + hardware.name, embodied);
  add({product,
       fmt::format("{} of {}, stated footprint", which, hardware.name),
       which,
       false,
       {{"life_cycle", "manufacture"}, {"component", which == "device" ? "accelerator" : "server"}},
       1.0,
       {{Exchange::Kind::biosphere,
         flows::co2e,
         amount,
         {},
         "3.2",
         "stated footprint of one " + which + ", raw materials included"}}});
}

std::optional<std::string> Builder::asset(const std::string& name, const std::string& label, const std::string& kind,
                                          const std::string& id, const Place& place, const Hardware* end_of_life) {
  const Product* found = catalogue_.find(id);
  if (found == nullptr || found->kind != kind) {
    std::string hint = did_you_mean(id, catalogue_.ids(kind));
    hint = hint.empty() ? fmt::format("`cradle catalogue search {}` lists them", kind)
                        : hint + " `cradle catalogue search " + id.substr(0, id.find('-')) + "` lists them";
    report(kind == "device" ? "E014" : "E018", place, fmt::format("unknown {} '{}'", kind, id), hint);
    return std::nullopt;
  }
  const auto made = catalogue_product(*found, place);
  if (!made) return std::nullopt;
  lca::UnitProcess process{name, label.empty() ? found->name : fmt::format("{} of {}", found->name, label), kind};
  process.exchanges.push_back({Exchange::Kind::technosphere, *made, 1.0, {}, "", "made"});
  const auto resolved = catalogue_.resolve(*found, profile_);
  add_delivery_and_end_of_life(end_of_life, resolved, place, process);
  add(std::move(process));
  return name;
}

/// Only what a formula reads becomes a parameter of the system: TDP does not make a device heavier.
void Builder::add_parameters(const ResolvedProduct& resolved, bool materials, Scope& local) {
  const std::string& id = resolved.product->id;
  const auto& data = catalogue_.hardware();
  for (const auto& [name, input] : resolved.parameters) {
    const auto reads = [&, n = name](const Formulas& formulas) {
      return std::any_of(formulas.begin(), formulas.end(), [&](const auto& f) { return mentions(f.second, n); });
    };
    const bool wanted =
        reads(resolved.let) || (materials && reads(resolved.materials)) ||
        std::any_of(resolved.processes.begin(), resolved.processes.end(),
                    [&](const ProcessRecipe& recipe) { return reads(recipe.emits) || reads(recipe.inputs); });
    if (wanted)
      local.emplace(name, parameter({{"catalogue", id}, name},
                                    (input.label.empty() ? name : input.label) + ", " + id, input));
  }
  const auto steps = in_order_of_dependence(resolved.let);
  if (!steps) {
    report("E055", resolved.product->place,
           fmt::format("a figure of '{}' depends on itself: {}", id, fmt::join(steps.error(), " -> ")),
           "one of these formulas must not read the next");
    return;
  }
  for (const auto& [name, text] : *steps)
    if (auto value = formula(text, local, resolved.product->place)) {
      const double now = value->evaluate(inventory.parameters.values());
      const double least = name.ends_with("_per_wafer") ? 1.0 : 0.0;
      if (!(now >= least) || !std::isfinite(now))
        report("E101", resolved.product->place, fmt::format("{} of '{}' comes to {:.4g}", name, id, now),
               least > 0.0 ? "that does not fit on a wafer: are area and number of dies right?" : "");
      local.emplace(name, calculated({{"catalogue", id}, name},
                                     {fmt::format("{}, {}", known_or(data.labels, name, name), id),
                                      known_or(data.step_units, name, ""), "formula of its model"},
                                     *value));
    }
}

std::optional<std::string> Builder::catalogue_product(const Product& product, const Place& place) {
  const std::string prefix = "catalogue/" + product.id;
  if (!product.has_model()) {
    report("E019", place, fmt::format("'{}' has no embodied model in the catalogue", product.id),
           fmt::format("state it: 'embodied: {{{}: 150 kg, source: ...}}', or leave hardware out of the boundary",
                       product.kind));
    return std::nullopt;
  }
  constexpr std::size_t deepest = 50;
  if (std::find(making_.begin(), making_.end(), product.id) != making_.end() || making_.size() >= deepest) {
    report("E105", place,
           fmt::format("'{}' contains itself, or its parts go more than {} levels deep", product.id, deepest),
           "parts are made of smaller parts");
    return std::nullopt;
  }
  if (!once(prefix)) return prefix;
  making_.push_back(product.id);
  const auto done = [&](std::optional<std::string> result) {
    making_.pop_back();
    return result;
  };
  const auto resolved = catalogue_.resolve(product, profile_);
  if (!resolved.missing.empty()) {
    report("E019", place,
           fmt::format("'{}' cannot be estimated: not known is {}", product.id, fmt::join(resolved.missing, ", ")),
           "add the figure in a catalogue file of your own (--catalogue), state 'embodied', or choose another profile");
    return done(std::nullopt);
  }
  use_dataset(product.dataset);
  hardware_products.insert(product.id);
  const bool adapters_stated = std::any_of(study_.hardware.begin(), study_.hardware.end(), [&](const auto& h) {
    return h.second.node == product.id && h.second.adapters;
  });
  for (const auto& [part, why] : {std::pair{"nics", "counted only where a study states 'adapters'"},
                                  std::pair{"switches", "not estimated, no source has a factor for them"}})
    if (const auto count = product.parameters.find(part); count != product.parameters.end() &&
                                                          count->second.value > 0 &&
                                                          !(part == std::string_view("nics") && adapters_stated))
      hardware_gaps.push_back(
          fmt::format("{} {} of {}: {}", count->second.value, count->second.label, product.id, why));
  for (const auto& substitute : resolved.substitutes) cover(product.id, Coverage::substitute, substitute);
  Scope local;
  add_parameters(resolved, false, local);
  Siblings siblings;
  for (const auto& recipe : resolved.processes) siblings.emplace(recipe.id, recipe.background);
  for (const auto& recipe : resolved.processes) catalogue_process(recipe, prefix, local, siblings, place);
  return done(prefix);
}

/// Amounts of hardware are never below zero: credits have an account of their own.
bool Builder::not_negative(const Expression& value, const ProcessRecipe& recipe, const std::string& what) {
  const double now = value.evaluate(inventory.parameters.values());
  if (now >= 0.0 && std::isfinite(now)) return true;
  report("E101", recipe.place, fmt::format("'{}' takes or emits {:.4g} of '{}'", recipe.name, now, what),
         "amounts are zero or more; a credit is 'stage: credit' with 'emits: {credit: ...}'");
  return false;
}

void Builder::add_emissions(const ProcessRecipe& recipe, const Scope& local, lca::UnitProcess& process) {
  static const std::map<std::string, std::string> flow_of = {{criteria::climate, flows::co2e},
                                                             {criteria::abiotic_depletion, flows::abiotic_depletion},
                                                             {criteria::primary_energy, flows::primary_energy},
                                                             {criteria::credit, flows::credit}};
  for (const auto& [criterion, text] : recipe.emits)
    if (const auto value = formula(text, local, recipe.place); value && not_negative(*value, recipe, criterion))
      process.exchanges.push_back(
          {Exchange::Kind::biosphere, flow_of.at(criterion), *value, {}, scope_of_stage(recipe.stage), recipe.rule});
  if (recipe.emits.empty() || recipe.stage == "credit") return;
  for (const auto& criterion : criteria::all)
    if (std::none_of(recipe.emits.begin(), recipe.emits.end(), [&](const auto& e) { return e.first == criterion; }))
      lacking[criterion].insert(recipe.component.empty() ? recipe.name : recipe.component);
}

void Builder::catalogue_process(const ProcessRecipe& recipe, const std::string& prefix, const Scope& local,
                                const Siblings& siblings, const Place& user) {
  const auto product_of = [&](const std::string& id) {
    if (!siblings.contains(id)) return "catalogue/" + id;
    return prefix == "catalogue/" + id ? prefix : prefix + "/" + id;
  };
  lca::UnitProcess process{product_of(recipe.id), recipe.name, recipe.unit, recipe.background};
  process.place = recipe.location;
  if (!recipe.background) {
    process.tags = {{"life_cycle", recipe.stage}};
    if (!recipe.component.empty()) process.tags["component"] = recipe.component;
  }
  const bool counts = recipe.stage.empty() || recipe.stage == "credit" || includes(recipe.stage);
  for (const auto& [id, amount] : recipe.inputs) {
    const auto value = formula(amount, local, recipe.place);
    if (!value || !not_negative(*value, recipe, id)) continue;
    std::string supplier = product_of(id);
    // A stage outside the boundary takes its own electricity along, but its materials may still count.
    if (const auto sibling = siblings.find(id); sibling != siblings.end()) {
      if (!counts && sibling->second) continue;
    } else {
      const bool is_part = id.starts_with(part_prefix);
      const std::string name = is_part ? id.substr(part_prefix.size()) : id;
      if (const Product* part = catalogue_.find(name)) {
        if (!catalogue_product(*part, user)) continue;
        supplier = "catalogue/" + part->id;
      } else if (const auto shared = catalogue_.shared_process(name, profile_)) {
        if (!counts && shared->background) continue;
        supplier = "catalogue/" + name;
        if (once(supplier)) catalogue_process(*shared, "catalogue", {}, {}, user);
      } else {
        report("E050", recipe.place, fmt::format("'{}' uses '{}', which nothing provides", recipe.name, name),
               did_you_mean(name, catalogue_.ids("device")));
        continue;
      }
    }
    process.exchanges.push_back(
        {Exchange::Kind::technosphere, supplier, *value, {}, scope_of_stage(recipe.stage), recipe.rule});
  }
  if (counts) add_emissions(recipe, local, process);
  add(std::move(process));
}

const lca::Expression* Builder::shared_parameter(std::string_view name) {
  const auto known = shared_.find(name);
  if (known != shared_.end()) return &known->second;
  if (name == "pi") return &shared_.emplace("pi", Expression(3.141592653589793)).first->second;
  const std::string key(name);
  const auto found = catalogue_.shared_parameter(key, profile_);
  if (!found) return nullptr;
  return &shared_.emplace(key, parameter({{"catalogue"}, key}, found->label.empty() ? key : found->label, *found))
              .first->second;
}

std::optional<lca::Expression> Builder::formula(const std::string& text, const Scope& local, const Place& place) {
  auto parsed = lca::parse_expression(text, [&](std::string_view name) -> const Expression* {
    const auto found = local.find(name);
    return found != local.end() ? &found->second : shared_parameter(name);
  });
  if (parsed) return *parsed;
  for (auto& finding : parsed.error()) {
    finding.place = place;
    findings.push_back(std::move(finding));
  }
  return std::nullopt;
}

}  // namespace cradle::inventory
