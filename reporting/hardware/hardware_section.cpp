// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/hardware_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "inventory/compiler/compile.hpp"

namespace cradle::reporting {
namespace {

std::vector<ProductImpact> impacts_of(const Assessment& a, const lca::DrawSettings& draws) {
  return product_impacts(a.compiled(), a.solution(), selections::embodied(), draws);
}

/// The study once more in another profile.
std::vector<ProductImpact> other_impacts(const Assessment& a, const std::string& profile) {
  const auto other = a.in_profile(profile);
  return other ? impacts_of(*other, {}) : not_estimated(other.error().front().message);
}

std::optional<double> parameter_value(const lca::Parameters& parameters, const lca::ParameterKey& key) {
  const auto found = parameters.find(key.text());
  return found ? std::optional(parameters[*found].value) : std::nullopt;
}

/// Device-hours and kWh of the runs and services on a hardware entry, as often as the functional unit takes them.
struct Use {
  double hours = 0.0, kwh = 0.0;
};

std::map<std::string, Use> uses_by_hardware(const Assessment& a) {
  std::map<std::string, std::string> hardware_of;
  for (const auto& run : a.study().runs)
    for (const auto& name : {run.name, inventory::development_of(run.name)}) hardware_of.emplace(name, run.hardware);
  for (const auto& [name, service] : a.study().services) hardware_of.emplace(name, service.run.hardware);
  std::map<std::string, Use> uses;
  const auto add = [&](lca::Term term, double Use::*into) {
    for (const auto& group : a.solution().group({std::move(term)}, {"run"}))
      if (const auto found = hardware_of.find(group.values[0]); found != hardware_of.end())
        uses[found->second].*into += group.amount;
  };
  add(lca::one_of("flow", {inventory::flows::occupation}), &Use::hours);
  add(lca::one_of("level", {"it", "facility"}), &Use::kwh);
  return uses;
}

LifeRow life_row(const Assessment& a, const inventory::Hardware& hardware, const Use& use, double life_kg,
                 std::size_t climate) {
  LifeRow row{hardware.name, hardware.amortisation.method, "", 0.0, 0.0, {}, {}, {}};
  row.rule = fmt::format("{}: {}", row.method, inventory::life_shares(inventory::method_of(hardware), {}).rule);
  row.life_kg = life_kg;
  row.assigned = a.solution().fold(
      {selections::embodied() & lca::Selection{lca::one_of("hardware", {hardware.name})}, climate});
  const auto lifetime = parameter_value(a.parameters(), {{"hardware", hardware.name}, "lifetime"});
  const auto utilisation = parameter_value(a.parameters(), {{"hardware", hardware.name}, "utilisation"});
  if (lifetime && use.hours > 0.0) {
    row.calendar = row.life_kg * use.hours / *lifetime;
    if (utilisation) row.utilised = *row.calendar / *utilisation;
  }
  if (use.kwh > 0.0) row.per_kwh = row.assigned / use.kwh;
  return row;
}

}  // namespace

std::vector<BracketRow> bracket_of(const Assessment& a) {
  std::vector<BracketRow> rows;
  if (a.compiled().hardware_products.empty()) return rows;
  const auto& profiles = a.catalogue().hardware().profiles;
  for (const auto& profile : inventory::hardware_profiles) {
    const bool chosen = profile == a.compiled().profile;
    rows.push_back({profile, "", chosen, chosen ? impacts_of(a, a.draws()) : other_impacts(a, profile)});
    if (const auto known = profiles.find(profile); known != profiles.end()) rows.back().title = known->second.title;
  }
  return rows;
}

HardwareSection hardware_section(const Assessment& a, std::vector<BracketRow> bracket) {
  HardwareSection section;
  section.bracket = std::move(bracket);
  const auto climate = *find_method(a, inventory::methods::climate);
  const auto& system = a.system();
  auto uses = uses_by_hardware(a);
  for (const auto& [name, hardware] : a.study().hardware) {
    const auto life = a.compiled().lives.find(name);
    // Further instances differ in their account only.
    if (const auto instance = life == a.compiled().lives.end() ? std::nullopt : system.find(life->second)) {
      auto tree = tree_of(system, *instance, climate);
      section.lives.push_back(life_row(a, hardware, uses[name], tree.front().total, climate));
      std::move(tree.begin(), tree.end(), std::back_inserter(section.tree));
    }
    const bool counted = !section.lives.empty() && section.lives.back().hardware == name;
    if (counted && !hardware.embodied) {
      const auto gap = [&, hardware_name = name](bool stated, const char* what, const char* keys) {
        if (!stated) section.gaps.push_back(fmt::format("{} of {}: not counted (state {})", what, hardware_name, keys));
      };
      gap(hardware.network || hardware.switches, "network equipment", "'network', or 'switches' and 'adapters'");
      gap(hardware.rack.has_value(), "racks", "'rack'");
      gap(hardware.building.has_value(), "building", "'building'");
    }
  }
  const auto& gaps = a.compiled().hardware_gaps;
  section.gaps.insert(section.gaps.end(), gaps.begin(), gaps.end());
  return section;
}

}  // namespace cradle::reporting
