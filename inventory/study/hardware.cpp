// SPDX-License-Identifier: Apache-2.0
// Hardware: a section of a study.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "inventory/catalogue/amortisation.hpp"
#include "inventory/study/sections.hpp"

namespace cradle::inventory {
namespace {

constexpr double hours_per_year = 8760.0;

std::optional<Embodied> read_embodied(const StudyContext& context, const Node& node, const std::string& owner) {
  MapReader reader(context.document, node, "embodied of " + owner, context.findings);
  const InputDefaults defaults{lca::Basis::supplier, reader.text("source").value_or("")};
  Embodied embodied;
  embodied.place = context.place(node);
  embodied.device = reader.quantity("device", Dimension::co2e, defaults);
  embodied.node = reader.quantity("node", Dimension::co2e, defaults);
  embodied.node_with_devices = reader.quantity("node_with_devices", Dimension::co2e, defaults);
  reader.finish();
  if (node.kind == Node::Kind::mapping && !embodied.device && !embodied.node && !embodied.node_with_devices &&
      node.find("device") == nullptr && node.find("node") == nullptr && node.find("node_with_devices") == nullptr)
    context.report("E011", node, "embodied states no footprint",
                   "such as {device: 150 kg, node: 2500 kg}; without it the catalogue's model is used");
  if (embodied.node_with_devices && (embodied.device || embodied.node))
    context.report("E032", node, "embodied given twice: 'node_with_devices' already contains 'node' and 'device'",
                   "keep either the whole product's footprint or the two parts");
  return embodied;
}

Amortisation read_amortisation(const StudyContext& context, const Node& node, const std::string& owner) {
  Amortisation amortisation;
  amortisation.place = context.place(node);
  const auto method = [&](const std::string& text, const Node& at) {
    if (std::find(amortisation_methods.begin(), amortisation_methods.end(), text) != amortisation_methods.end())
      amortisation.method = text;
    else
      context.report("E013", at, fmt::format("'{}' is no way to amortise {}", text, owner),
                     fmt::format("one of {}", fmt::join(amortisation_methods, ", ")));
  };
  if (node.kind == Node::Kind::scalar) {
    method(node.text, node);
  } else {
    MapReader reader(context.document, node, "amortisation of " + owner, context.findings);
    if (const Node* named = reader.take("method")) method(named->text, *named);
    std::string counted;
    for (const auto& [key, dimension, of] : {std::tuple{"lifetime_energy", Dimension::energy, "energy"},
                                             std::tuple{"lifetime_flop", Dimension::flop, "flop"},
                                             std::tuple{"lifetime_tokens", Dimension::tokens, "units"},
                                             std::tuple{"lifetime_requests", Dimension::requests, "units"},
                                             std::tuple{"lifetime_value", Dimension::money, "economic"}}) {
      auto quantity = reader.quantity(key, dimension);
      if (!quantity) continue;
      if (amortisation.method != of || !counted.empty())
        context.report("E032", *node.find(key),
                       fmt::format("'{}' is not what amortisation by {} of {} reads", key, amortisation.method, owner),
                       fmt::format("'method: {}' reads it; one whole life is stated once", of));
      counted = key;
      amortisation.quantity = quantity;
    }
    amortisation.reserved = reader.quantity("reserved", Dimension::number);
    amortisation.rate = reader.quantity("rate", Dimension::number);
    amortisation.age = reader.quantity("age", Dimension::time);
    amortisation.retired_after = reader.quantity("retired_after", Dimension::time);
    amortisation.second_life = reader.quantity("second_life", Dimension::number);
    reader.finish();
    const bool by_hours = amortisation.method == "utilised-hours" || amortisation.method == "reserved-hours" ||
                          amortisation.method == "calendar";
    if (amortisation.retired_after && !by_hours)
      context.report("E032", *node.find("retired_after"),
                     fmt::format("amortisation by {} does not read 'retired_after'", amortisation.method),
                     "utilised-hours, reserved-hours and calendar do");
    for (const auto& [key, input, low, high] : {std::tuple{"reserved", &amortisation.reserved, 0.0, 1.0},
                                                std::tuple{"rate", &amortisation.rate, 0.001, 0.999},
                                                std::tuple{"second_life", &amortisation.second_life, 0.0, 1.0}})
      if (const Node* at = node.find(key))
        check_range(context.document, *at, *input, low, high, key, "a share, such as 40 %", context.findings);
  }
  static const std::map<std::string, std::string> needed = {{"energy", "lifetime_energy"},
                                                            {"flop", "lifetime_flop"},
                                                            {"units", "lifetime_tokens"},
                                                            {"economic", "lifetime_value"}};
  const auto need = needed.find(amortisation.method);
  if (need != needed.end() && !amortisation.quantity)
    context.report("E011", node, fmt::format("amortisation by {} of {} has no '{}'", need->first, owner, need->second),
                   "what one device gives in its whole life");
  if (amortisation.method == "declining-balance" && (!amortisation.rate || !amortisation.age))
    context.report("E011", node, fmt::format("amortisation of {} has no 'rate' or no 'age'", owner),
                   "such as {method: declining-balance, rate: 40 %, age: 2 years}");
  if (amortisation.method == "sci" && !amortisation.reserved)
    context.report("E011", node, fmt::format("amortisation of {} has no 'reserved'", owner),
                   "the share of the machine that is reserved, such as 100 %");
  const auto& whole = amortisation.quantity;
  if (whole && (whole->value <= 0 || (whole->range != lca::RangeKind::none && whole->low <= 0)))
    context.report("E024", node, "what a device gives in its whole life must be above zero");
  return amortisation;
}

EndOfLife read_end_of_life(const StudyContext& context, const Node& node, const std::string& owner) {
  static const std::vector<std::string> rules = {"cut-off", "0-100", "50-50", "circular", "closed-loop"};
  EndOfLife end;
  const Node* rule = &node;
  if (node.kind == Node::Kind::mapping) {
    MapReader reader(context.document, node, "end_of_life of " + owner, context.findings);
    rule = reader.take("rule");
    for (const auto& [key, into, words] :
         {std::tuple{"collection", &end.collection, "the share that is collected"},
          std::tuple{"reuse", &end.reuse, "the share of those collected that is used on"},
          std::tuple{"incineration", &end.incineration, "the share burnt of what is not recovered"}}) {
      *into = reader.quantity(key, Dimension::number);
      if (const Node* at = node.find(key))
        check_range(context.document, *at, *into, 0.0, 1.0, words, "such as 22 %", context.findings);
    }
    reader.finish();
  }
  if (rule == nullptr) return end;
  if (std::find(rules.begin(), rules.end(), rule->text) != rules.end())
    end.rule = rule->text;
  else
    context.report("E013", *rule, fmt::format("'{}' is no end-of-life rule", rule->text),
                   fmt::format("one of {}", fmt::join(rules, ", ")));
  return end;
}

/// The unit of what stands there says that it is a footprint: "20 kg", {value: 20 kg, ...}.
bool is_footprint(const Node& node) {
  const Node* text = &node;
  for (const char* key : {"value", "low"})
    if (const Node* inner = node.kind == Node::Kind::mapping ? node.find(key) : nullptr; inner != nullptr && text == &node) text = inner;
  const auto unit = text->text.find_first_not_of("0123456789.,eE+- ");
  return unit != std::string::npos && read_quantity("1 " + text->text.substr(unit), Dimension::co2e).has_value();
}

}  // namespace

Hardware read_hardware(const StudyContext& context, const std::string& name, const Node& node, bool in_boundary) {
  const std::string what = fmt::format("hardware '{}'", name);
  MapReader reader(context.document, node, what, context.findings);
  Hardware hardware;
  hardware.name = name;
  hardware.place = context.place(node);
  if (const Node* device = reader.take("device")) {
    hardware.device = read_text(context.document, *device, "device", context.findings).value_or("");
    hardware.device_place = context.place(*device);
  }
  if (const Node* host = reader.take("node")) {
    hardware.node = read_text(context.document, *host, "node", context.findings).value_or("");
    hardware.node_place = context.place(*host);
  }
  hardware.per_node = reader.quantity("per_node", Dimension::number);
  hardware.lifetime = reader.quantity("lifetime", Dimension::time);
  hardware.utilisation = reader.quantity("utilisation", Dimension::number);
  if (const Node* embodied = reader.take("embodied")) hardware.embodied = read_embodied(context, *embodied, what);
  if (const Node* rule = reader.take("amortisation")) hardware.amortisation = read_amortisation(context, *rule, what);
  if (const Node* end = reader.take("end_of_life")) hardware.end_of_life = read_end_of_life(context, *end, what);
  hardware.spares = reader.quantity("spares", Dimension::number);
  if (const Node* spares = node.find("spares"))
    check_range(context.document, *spares, hardware.spares, 0.0, 1.0, "a share of devices replaced",
                "those that fail during a lifetime, such as 5 %", context.findings);
  for (const auto& [key, dimension, into] :
       {std::tuple{"building", Dimension::power, &hardware.building}, {"rack", Dimension::number, &hardware.rack},
        {"network", Dimension::number, &hardware.network}, {"switches", Dimension::number, &hardware.switches},
        {"adapters", Dimension::number, &hardware.adapters}}) {
    const Node* at = reader.take(key);
    if (at == nullptr) continue;
    if (is_footprint(*at)) {
      if (auto footprint = read_input(context.document, *at, Dimension::co2e, {}, context.findings)) hardware.around.emplace(key, std::move(*footprint));
      continue;
    }
    *into = read_input(context.document, *at, dimension, {}, context.findings);
    if (dimension == Dimension::number)
      check_range(context.document, *at, *into, 0.0, 1000.0, fmt::format("'{}' per device", key),
                  "how many of them one device takes, such as 0.047; or what they come to, such as 20 kg", context.findings);
  }
  reader.finish();

  if (const Node* per_node = node.find("per_node"))
    check_range(context.document, *per_node, hardware.per_node, 1, 10000, "devices per node",
                "how many devices share one machine, such as 8", context.findings);
  if (hardware.lifetime) hardware.lifetime->limits = {1.0, 50 * hours_per_year};
  if (hardware.lifetime && (hardware.lifetime->value <= 0 ||
                            (hardware.lifetime->range != lca::RangeKind::none && hardware.lifetime->low <= 0)))
    context.report("E024", *node.find("lifetime"), "a lifetime must be longer than zero");
  if (hardware.lifetime && hardware.lifetime->value > 50 * hours_per_year)
    context.report("E024", *node.find("lifetime"), "a lifetime above 50 years is not plausible");
  if (const Node* u = node.find("utilisation"))
    check_range(context.document, *u, hardware.utilisation, 0.001, 1.0, "utilisation",
                "the share of its life that a device works, such as 85 %", context.findings);
  const auto& retired = hardware.amortisation.retired_after;
  if (retired && hardware.lifetime && (retired->value <= 0 || retired->value > hardware.lifetime->value))
    context.report("E024", *node.find("amortisation"), "'retired_after' lies outside the lifetime",
                   "the age at which the device leaves, such as 4 years of a lifetime of 6");
  const auto& age = hardware.amortisation.age;
  if (age && hardware.lifetime && (age->value < 0 || age->value >= hardware.lifetime->value))
    context.report("E024", *node.find("amortisation"), "'age' lies outside the lifetime");
  if (!in_boundary || node.kind != Node::Kind::mapping) return hardware;
  if (!hardware.lifetime && node.find("lifetime") == nullptr)
    context.report("E031", node, what + " has no 'lifetime', and hardware is in the boundary",
                   "such as 'lifetime: 6 years'; without it nothing can be amortised");
  const bool by_calendar = hardware.amortisation.method == "calendar";  // hours that nobody used are nobody's
  if (!hardware.utilisation && node.find("utilisation") == nullptr && !by_calendar)
    context.report("E011", node, what + " has no 'utilisation', and hardware is in the boundary",
                   "such as 'utilisation: 85 %'; 100 % if the study states idle device-hours itself");
  const bool needs_node = !hardware.embodied || hardware.embodied->node || hardware.embodied->node_with_devices;
  if (needs_node && !hardware.per_node && node.find("per_node") == nullptr)
    context.report("E011", node, what + " has no 'per_node'",
                   "how many devices share one machine, such as 'per_node: 8'");
  if (!hardware.embodied && hardware.device.empty())
    context.report("E011", node, what + " has neither 'device' nor 'embodied'");
  if (!hardware.embodied && hardware.node.empty())
    context.report("E011", node, what + " has no 'node', and hardware is in the boundary",
                   "`cradle catalogue search node` lists machines");
  return hardware;
}

}  // namespace cradle::inventory
