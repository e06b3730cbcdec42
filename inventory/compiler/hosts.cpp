// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/hosts.hpp"

#include <fmt/format.h>

namespace cradle::inventory {
namespace {

using lca::Expression;

std::string item_of(const Run& run) { return "host energy of " + run.name; }

const Input* figure_of(const Product* product, const char* name) {
  return product != nullptr && product->parameters.contains(name) ? &product->parameters.at(name) : nullptr;
}

lca::ParameterKey host_of(const Hardware& hardware) { return {{"hardware", hardware.name}, "host"}; }

}  // namespace

std::optional<Expression> Hosts::mean(const Run& run, const Expression* load, std::string& unknown) {
  const auto found = study_.hardware.find(run.hardware);
  if (found == study_.hardware.end() || found->second.node.empty()) {
    unknown = "the study names no machine around its devices";
    return std::nullopt;
  }
  const Hardware& hardware = found->second;
  const lca::ParameterKey at = host_of(hardware);
  const Product* node = catalogue_.find(hardware.node);
  const Product* device = catalogue_.find(hardware.device);
  const Input *rating = figure_of(node, "rating"), *power = figure_of(node, "host_power");
  const Input *held = figure_of(node, "accelerators"), *tdp = figure_of(device, "tdp");
  const Input* sharing = hardware.per_node ? &*hardware.per_node : held;
  const bool rated = rating != nullptr && tdp != nullptr;
  if (node == nullptr)
    unknown = fmt::format("the catalogue has no machine '{}'", hardware.node);
  else if (rating == nullptr && power == nullptr)
    unknown = "the catalogue has no power of " + node->id;
  else if (!rated && power == nullptr)
    unknown = "the design power of its devices is not known";
  else if (sharing == nullptr)
    unknown = "it takes 'per_node', the devices in a machine";
  if (!unknown.empty()) return std::nullopt;
  const Expression devices =
      hardware.per_node
          ? parameter({{"hardware", hardware.name}, "per_node"}, "devices per node of " + hardware.name, *sharing)
          : parameter(at / "accelerators", "devices in " + node->id, *sharing);
  if (!rated)
    return calculated(at / "mean", {"power of the host per device of " + hardware.name, "W", "host / devices", "definition"},
                      parameter(at / "power", "power of " + node->id + " beside its devices", *power) / devices);
  const Expression full = beside_devices(hardware, *node, *rating, *device, devices);
  if (draft_.now(full) <= 0) {
    unknown = fmt::format("{} of {} W draw more than {} is rated for", device->name, tdp->value, node->name);
    return std::nullopt;
  }
  if (load != nullptr) return full * *load;
  Input of_nodes = *find_estimator("hours")->input("load")->fallback;
  of_nodes.place = hardware.place;
  return calculated(at / "mean",
                    {"mean power of the host per device of " + hardware.name, "W", "rated power x load",
                     "mean power of training nodes over their rating: arXiv 2506.14551, arXiv 2412.08602"},
                    full * parameter(at / "load", "load of the host of " + hardware.name, of_nodes));
}

/// What a machine is rated for beside its devices, for each that shares it.
Expression Hosts::beside_devices(const Hardware& hardware, const Product& node, const Input& rating, const Product& device,
                                 const Expression& devices) {
  const lca::ParameterKey at = host_of(hardware);
  const Input* held = figure_of(&node, "accelerators");
  const bool other_number = held != nullptr && hardware.per_node && held->value != hardware.per_node->value;
  const Expression inside = other_number ? parameter(at / "accelerators", "devices in " + node.id, *held) : devices;
  return calculated(at / "rated",
                    {"rated power of the host per device of " + hardware.name, "W",
                     "(rating - devices x their design power) / devices", "definition of a rating"},
                    (parameter(at / "rating", "rated power of " + node.id + ", its devices in it", rating) -
                     inside * parameter(at / "tdp", "design power of " + device.name, device.parameters.at("tdp"))) /
                        devices);
}

void Hosts::cover_counted(const Run& run) {
  cover(item_of(run), Coverage::by_default,
        "only the devices' energy is known: the machine around them is added, assumed, by its rating or by a range for its "
        "kind; 'host: not counted' leaves it out");
}

void Hosts::cover_missing(const Run& run, const std::string& why) {
  cover(item_of(run), Coverage::not_estimated, "host not counted: " + why);
}

void Hosts::cover_excluded(const Run& run) { cover(item_of(run), Coverage::excluded, "host not counted, as the study says"); }

}  // namespace cradle::inventory
