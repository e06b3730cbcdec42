// SPDX-License-Identifier: Apache-2.0
// Hardware: a device-hour takes 1/L of the device and of its share of the machine (productive), and
// (1/u - 1)/L more for the hours that nobody used (idle). L lifetime in hours, u utilisation.
#include <fmt/format.h>

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

}  // namespace

std::string Builder::device_hour(const Hardware& hardware) {
  const std::string product = "hardware/" + hardware.name + "/device-hour";
  if (!once(product)) return product;
  const std::string key = "hardware." + hardware.name;
  lca::UnitProcess hour{product, "device-hour of " + hardware.name, "h", false, {{"hardware", hardware.name}}, 1.0, {}};
  const Expression lifetime = parameter(key + ".lifetime", "lifetime of " + hardware.name, *hardware.lifetime);
  const Expression utilisation =
      parameter(key + ".utilisation", "utilisation of " + hardware.name, *hardware.utilisation);

  const auto amortise = [&](const std::string& asset, const Expression& share, const std::string& words) {
    hour.exchanges.push_back({Exchange::Kind::technosphere, asset, share / lifetime, {}, "", words + " / lifetime"});
    hour.exchanges.push_back({Exchange::Kind::technosphere,
                              asset,
                              share * (Expression(1.0) / utilisation - 1.0) / lifetime,
                              {{"account", "idle"}},
                              "",
                              words + " x (1/utilisation - 1) / lifetime: hours nobody used"});
  };
  const Expression per_node =
      hardware.per_node ? parameter(key + ".per_node", "devices per node of " + hardware.name, *hardware.per_node)
                        : Expression(1.0);
  const std::string device = "hardware/" + hardware.name + "/device", node = "hardware/" + hardware.name + "/node";
  if (hardware.embodied && !includes("manufacture") && !includes("raw-materials")) {
    cover("embodied figure of " + hardware.name, "excluded",
          "it stands for manufacture and raw materials, which are outside the boundary");
    for (const char* stage : {"transport", "end-of-life"})
      if (includes(stage)) {
        cover(std::string(stage) + " of " + hardware.name, "not estimated",
              "the study states an embodied figure and none for it");
        missing.push_back(std::string(stage) + " of " + hardware.name);
      }
  } else if (hardware.embodied) {
    const Embodied& stated = *hardware.embodied;
    if (stated.device) {
      stated_asset(hardware, "device", *stated.device);
      amortise(device, 1.0, "one device");
    }
    const auto& host = stated.node_with_devices ? stated.node_with_devices : stated.node;
    if (host) {
      stated_asset(hardware, "node", *host);
      amortise(node, Expression(1.0) / per_node, "share of a node");
    }
    if (!host) cover("host of " + hardware.name, "not estimated", "the study states the device's footprint only");
    if (!stated.device && !stated.node_with_devices)
      cover("devices of " + hardware.name, "not estimated", "the study states the node's footprint only");
    if (includes("transport"))
      cover("transport of " + hardware.name, "not estimated",
            "taken to be inside the stated embodied figure, not split from it");
    if (includes("end-of-life")) {
      cover("end of life of " + hardware.name, "not estimated",
            "the study states an embodied figure and none for end of life");
      missing.push_back("end-of-life of " + hardware.name);
    }
  } else {
    catalogue_asset(hardware, "device", hardware.device, hardware.device_place);
    amortise(device, 1.0, "one device");
    catalogue_asset(hardware, "node", hardware.node, hardware.node_place);
    amortise(node, Expression(1.0) / per_node, "share of a node");
  }
  add(std::move(hour));
  return product;
}

void Builder::stated_asset(const Hardware& hardware, const std::string& which, const Input& embodied) {
  const std::string product = "hardware/" + hardware.name + "/" + which;
  const auto amount = parameter("hardware." + hardware.name + ".embodied." + which,
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

void Builder::catalogue_asset(const Hardware& hardware, const std::string& which, const std::string& id,
                              const Place& place) {
  const Product* found = catalogue_.find(id);
  if (found == nullptr || found->kind != which) {
    report(which == "device" ? "E014" : "E018", place, fmt::format("unknown {} '{}'", which, id), [&] {
      std::string hint = did_you_mean(id, catalogue_.ids(which));
      return hint.empty() ? fmt::format("`cradle catalogue search {}` lists them", which)
                          : hint + " `cradle catalogue search " + id.substr(0, id.find('-')) + "` lists them";
    }());
    return;
  }
  if (!found->has_model()) {
    report(
        "E019", place, fmt::format("'{}' has no embodied model in the catalogue", id),
        fmt::format("state it: 'embodied: {{{}: 150 kg, source: ...}}', or leave hardware out of the boundary", which));
    return;
  }
  lca::UnitProcess asset{"hardware/" + hardware.name + "/" + which,
                         fmt::format("{} of {}", found->name, hardware.name),
                         which,
                         false,
                         {},
                         1.0,
                         {}};
  asset.exchanges.push_back({Exchange::Kind::technosphere, catalogue_product(*found), 1.0, {}, "", "made"});
  const auto mass = found->parameters.find("mass");
  for (const auto& [stage, process] : {std::pair{"transport", "delivery"}, std::pair{"end-of-life", "disposal"}}) {
    if (!includes(stage)) continue;
    if (mass == found->parameters.end()) {
      cover(fmt::format("{} of {}", stage, id), "not estimated", "its mass is not known");
      missing.push_back(fmt::format("{} of {}", stage, id));
      continue;
    }
    const auto& recipe = catalogue_.shared_processes().at(process);
    if (once("catalogue/" + recipe.id)) catalogue_process(recipe, "catalogue", {}, {});
    asset.exchanges.push_back({Exchange::Kind::technosphere,
                               "catalogue/" + recipe.id,
                               parameter("catalogue." + id + ".mass", "mass of " + id, mass->second),
                               {},
                               "",
                               "per kg of its mass"});
  }
  add(std::move(asset));
}

std::string Builder::catalogue_product(const Product& product) {
  const std::string prefix = "catalogue/" + product.id;
  if (!once(prefix)) return prefix;
  use_dataset(product.dataset);
  Scope local;
  for (const auto& [name, input] : product.parameters) {
    // Only what a formula reads becomes a parameter of the system: TDP does not make a device heavier.
    const auto read = [&](const std::string& text) { return text.find(name) != std::string::npos; };
    bool wanted = false;
    for (const auto& [let, text] : product.let) wanted = wanted || read(text);
    for (const auto& recipe : product.processes) {
      wanted = wanted || read(recipe.emits);
      for (const auto& [input_name, text] : recipe.inputs) wanted = wanted || read(text);
    }
    if (wanted)
      local.emplace(name, parameter("catalogue." + product.id + "." + name,
                                    (input.label.empty() ? name : input.label) + ", " + product.id, input));
  }
  for (const auto& [name, text] : product.let)
    if (auto value = formula(text, local, {})) local.emplace(name, *value);
  std::set<std::string> siblings;
  for (const auto& recipe : product.processes) siblings.insert(recipe.id);
  for (const auto& recipe : product.processes) catalogue_process(recipe, prefix, local, siblings);
  return prefix;
}

void Builder::catalogue_process(const ProcessRecipe& recipe, const std::string& prefix, const Scope& local,
                                const std::set<std::string>& siblings) {
  const auto product_of = [&](const std::string& id) {
    if (!siblings.contains(id)) return "catalogue/" + id;
    return prefix == "catalogue/" + id ? prefix : prefix + "/" + id;
  };
  lca::UnitProcess process{product_of(recipe.id), recipe.name, recipe.unit, recipe.background, {}, 1.0, {}};
  if (!recipe.background) {
    process.tags = {{"life_cycle", recipe.stage}};
    if (!recipe.component.empty()) process.tags["component"] = recipe.component;
  }
  const bool counts = recipe.stage.empty() || includes(recipe.stage);
  for (const auto& [id, amount] : recipe.inputs) {
    const auto value = formula(amount, local, recipe.place);
    if (!value) continue;
    if (!siblings.contains(id)) {
      const auto shared = catalogue_.shared_processes().find(id);
      if (shared == catalogue_.shared_processes().end()) {
        report("E050", recipe.place, fmt::format("'{}' uses '{}', which nothing provides", recipe.name, id));
        continue;
      }
      // A stage outside the boundary takes its own electricity along, but its materials may still count.
      if (!counts && shared->second.background) continue;
      if (once("catalogue/" + id)) catalogue_process(shared->second, "catalogue", {}, {});
    }
    process.exchanges.push_back(
        {Exchange::Kind::technosphere, product_of(id), *value, {}, scope_of_stage(recipe.stage), recipe.rule});
  }
  if (!recipe.emits.empty() && counts)
    if (auto value = formula(recipe.emits, local, recipe.place))
      process.exchanges.push_back(
          {Exchange::Kind::biosphere, flows::co2e, *value, {}, scope_of_stage(recipe.stage), recipe.rule});
  add(std::move(process));
}

const lca::Expression* Builder::shared_parameter(std::string_view name) {
  const auto known = shared_.find(name);
  if (known != shared_.end()) return &known->second;
  const auto found = catalogue_.shared_parameters().find(std::string(name));
  if (found == catalogue_.shared_parameters().end()) return nullptr;
  const std::string label = found->second.label.empty() ? found->first : found->second.label;
  return &shared_.emplace(std::string(name), parameter("catalogue." + found->first, label, found->second))
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
