// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/hosts.hpp"

#include <fmt/format.h>

namespace cradle::inventory {
namespace {

using lca::Expression;

const Input* figure_of(const Product* product, const char* name) {
  return product != nullptr && product->parameters.contains(name) ? &product->parameters.at(name) : nullptr;
}

lca::ParameterKey host_of(const Hardware& hardware) { return {{"hardware", hardware.name}, "host"}; }

}  // namespace

std::string Hosts::item_of(const Run& run) const {
  constexpr std::size_t many_runs = 100;  // one row for each would bury all others
  return study_.runs.size() > many_runs ? "host energy of the runs on " + run.hardware : "host energy of " + run.name;
}

std::optional<Expression> Hosts::mean(const Run& run, const Expression* load, std::string& unknown) {
  const auto found = study_.hardware.find(run.hardware);
  if (found == study_.hardware.end() || found->second.node.empty()) {
    unknown = "the study names no machine around its devices";
    return std::nullopt;
  }
  Known& host = known(found->second);
  unknown = host.unknown;
  if (host.full && load != nullptr) return *host.full * *load;
  if (host.full && !host.mean) host.mean = at_training_load(found->second, *host.full);
  return host.mean;
}

Expression Hosts::at_training_load(const Hardware& hardware, const Expression& full) {
  const lca::ParameterKey at = host_of(hardware);
  Input load = *find_estimator("hours")->input("load")->fallback;
  load.place = hardware.place;
  return calculated(at / "mean",
                    {"mean power of the host per device of " + hardware.name, "W", "rated power x load",
                     "mean power of training nodes over their rating: arXiv 2506.14551, arXiv 2412.08602"},
                    full * parameter(at / "load", "load of the host of " + hardware.name, load));
}

Hosts::Known& Hosts::known(const Hardware& hardware) {
  const auto [found, fresh] = known_.emplace(hardware.name, Known());
  Known& host = found->second;
  if (!fresh) return host;
  const lca::ParameterKey at = host_of(hardware);
  const Product* node = catalogue_.find(hardware.node);
  const Product* device = catalogue_.find(hardware.device);
  const Input *rating = figure_of(node, "rating"), *power = figure_of(node, "host_power");
  const Input *held = figure_of(node, "accelerators"), *tdp = figure_of(device, "tdp");
  const Input* sharing = hardware.per_node ? &*hardware.per_node : held;
  const bool rated = rating != nullptr && tdp != nullptr;
  if (node == nullptr)
    host.unknown = fmt::format("the catalogue has no machine '{}'", hardware.node);
  else if (rating == nullptr && power == nullptr)
    host.unknown = "the catalogue has no power of " + node->id;
  else if (!rated && power == nullptr)
    host.unknown = "the design power of its devices is not known";
  else if (sharing == nullptr)
    host.unknown = "it takes 'per_node', the devices in a machine";
  if (!host.unknown.empty()) return host;
  const Expression devices =
      hardware.per_node
          ? parameter({{"hardware", hardware.name}, "per_node"}, "devices per node of " + hardware.name, *sharing)
          : parameter(at / "accelerators", "devices in " + node->id, *sharing);
  if (!rated) {
    host.mean = calculated(at / "mean", {"power of the host per device of " + hardware.name, "W", "host / devices", "definition"},
                           parameter(at / "power", "power of " + node->id + " beside its devices", *power) / devices);
    return host;
  }
  const Expression full = beside_devices(hardware, *node, *rating, *device, devices);
  if (draft_.now(full) <= 0) {
    host.unknown = fmt::format("{} of {} W draw more than {} is rated for", device->name, tdp->value, node->name);
    return host;
  }
  host.full = full;
  return host;
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
