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

HostOr<Expression> Hosts::mean(const Run& run, const Expression* load) {
  const auto hardware = study_.hardware.find(run.hardware);
  if (hardware == study_.hardware.end() || hardware->second.node.empty())
    return tl::unexpected<std::string>("the study names no machine around its devices");
  Known& host = known(hardware->second);
  if (!host.unknown.empty()) return tl::unexpected(host.unknown);
  if (host.full && load != nullptr) return *host.full * *load;
  if (!host.mean) host.mean = at_training_load(hardware->second, *host.full);
  return *host.mean;
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
  const auto [place, fresh] = known_.emplace(hardware.name, Known());
  if (fresh) place->second = found(hardware);
  return place->second;
}

Hosts::Known Hosts::found(const Hardware& hardware) {
  const lca::ParameterKey at = host_of(hardware);
  const Product* node = catalogue_.find(hardware.node);
  const Input *rating = figure_of(node, "rating"), *power = figure_of(node, "host_power"), *held = figure_of(node, "accelerators"),
              *held_tdp = figure_of(node, "rated_tdp");
  const Input* sharing = hardware.per_node ? &*hardware.per_node : held;
  const auto unknown = [](std::string why) { return Known{{}, {}, std::move(why)}; };
  if (node == nullptr) return unknown(fmt::format("the catalogue has no machine '{}'", hardware.node));
  const bool rated = rating != nullptr && held != nullptr && held_tdp != nullptr;
  if (!rated && power == nullptr)
    return unknown(rating == nullptr ? "the catalogue has no power of " + node->id
                                     : "the rating of " + node->id + " takes 'accelerators' and 'rated_tdp' beside it");
  if (sharing == nullptr) return unknown("it takes 'per_node', the devices in a machine");
  const Expression devices =
      hardware.per_node
          ? parameter({{"hardware", hardware.name}, "per_node"}, "devices per node of " + hardware.name, *sharing)
          : parameter(at / "accelerators", "devices in " + node->id, *sharing);
  if (!rated)
    return {{},
            calculated(at / "mean", {"power of the host per device of " + hardware.name, "W", "host / devices", "definition"},
                       parameter(at / "power", "power of " + node->id + " beside its devices", *power) / devices),
            ""};
  // The rating is of the machine as it is sold, whatever devices a study puts into it.
  const Expression own = parameter(at / "accelerators", "devices in " + node->id, *held) *
                         parameter(at / "tdp", "design power of a device in " + node->id, *held_tdp);
  return {calculated(at / "rated",
                     {"rated power of the host per device of " + hardware.name, "W",
                      "(rating - its own devices x their design power) / devices", "definition of a rating"},
                     (parameter(at / "rating", "rated power of " + node->id + ", its devices in it", *rating) - own) / devices),
          {},
          ""};
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
