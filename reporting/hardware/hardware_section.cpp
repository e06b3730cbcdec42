// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/hardware_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "inventory/compiler/compile.hpp"
#include "lca/maths.hpp"

namespace cradle::reporting {
namespace {

using inventory::Compiled;

std::vector<ProductImpact> chosen_impacts(const Assessment& a) {
  return product_impacts(*a.compiled, *a.solution, is_embodied, a.draws);
}

/// The study once more in another profile; its logs are not read again.
std::vector<ProductImpact> other_impacts(const Assessment& a, const inventory::Catalogue& catalogue,
                                         const inventory::Overrides& overrides, const std::string& profile) {
  const auto compiled = inventory::compile(*a.study, catalogue, overrides, {profile, a.compiled});
  if (!compiled) return not_estimated(compiled.error().front().message);
  const auto solution = lca::Solution::solve(compiled->system);
  if (!solution) return not_estimated(solution.error().front().message);
  return product_impacts(*compiled, *solution, is_embodied, nullptr);
}

std::optional<double> parameter_value(const Compiled& compiled, const std::string& name) {
  const auto& parameters = compiled.system.parameters();
  const auto found = parameters.find(name);
  return found ? std::optional(parameters[*found].value) : std::nullopt;
}

/// Device-hours and kWh of the runs and services on a hardware entry, as often as the functional unit takes them.
struct Use {
  lca::maths::Sum hours, kwh;
};

Use use_of(const Assessment& a, const std::string& hardware) {
  std::set<std::string> runs;
  for (const auto& run : a.study->runs)
    if (run.hardware == hardware) runs.insert({run.name, inventory::development_of(run.name)});
  for (const auto& [name, service] : a.study->services)
    if (service.run.hardware == hardware) runs.insert(service.run.name);
  Use use;
  for (const auto& entry : a.solution->ledger()) {
    if (!runs.contains(lca::tag_of(entry.tags, "run"))) continue;
    if (entry.flow == inventory::flows::occupation) use.hours.add(entry.amount);
    if (is_energy(entry) && lca::tag_of(entry.tags, "level") != "overhead") use.kwh.add(entry.amount);
  }
  return use;
}

LifeRow life_row(const Assessment& a, const inventory::Hardware& hardware, double life_kg, std::size_t climate) {
  LifeRow row{hardware.name, hardware.amortisation.method, "", 0.0, 0.0, {}, {}, {}};
  row.rule = fmt::format("{}: {}", row.method, inventory::life_shares(inventory::method_of(hardware), {}).rule);
  row.life_kg = life_kg;
  row.assigned = a.solution->fold(
      [&](const lca::LedgerEntry& entry) {
        return is_embodied(entry) && lca::tag_of(entry.tags, "hardware") == hardware.name;
      },
      climate);
  const auto lifetime = parameter_value(*a.compiled, "hardware." + hardware.name + ".lifetime");
  const auto utilisation = parameter_value(*a.compiled, "hardware." + hardware.name + ".utilisation");
  const Use use = use_of(a, hardware.name);
  if (lifetime && use.hours.value() > 0.0) {
    row.calendar = row.life_kg * use.hours.value() / *lifetime;
    if (utilisation) row.utilised = *row.calendar / *utilisation;
  }
  if (use.kwh.value() > 0.0) row.per_kwh = row.assigned / use.kwh.value();
  return row;
}

}  // namespace

std::vector<BracketRow> bracket_of(const Assessment& a, const inventory::Catalogue& catalogue,
                                   const inventory::Overrides& overrides) {
  std::vector<BracketRow> rows;
  if (a.compiled->hardware_products.empty()) return rows;
  for (const auto& profile : inventory::hardware_profiles) {
    rows.push_back(profile == a.compiled->profile
                       ? BracketRow{profile, "", true, chosen_impacts(a)}
                       : BracketRow{profile, "", false, other_impacts(a, catalogue, overrides, profile)});
    const auto known = catalogue.hardware().profiles.find(profile);
    if (known != catalogue.hardware().profiles.end()) rows.back().title = known->second.title;
  }
  return rows;
}

HardwareSection hardware_section(const Assessment& a, std::vector<BracketRow> bracket) {
  HardwareSection section;
  section.bracket = std::move(bracket);
  const auto climate = *find_method(a, inventory::methods::climate);
  const auto& system = a.compiled->system;
  for (const auto& [name, hardware] : a.study->hardware) {
    for (std::size_t i = 0; i < system.instances().size(); ++i) {
      if (system.process(i).product != "hardware/" + name + "/life") continue;
      auto tree = tree_of(system, i, climate);
      section.lives.push_back(life_row(a, hardware, tree.front().total, climate));
      std::move(tree.begin(), tree.end(), std::back_inserter(section.tree));
      break;  // further instances differ in their account only
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
  const auto& gaps = a.compiled->hardware_gaps;
  section.gaps.insert(section.gaps.end(), gaps.begin(), gaps.end());
  return section;
}

}  // namespace cradle::reporting
