// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/characterise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "inventory/text/csv.hpp"
#include "inventory/text/units.hpp"

namespace cradle::inventory {
namespace {

constexpr std::size_t most_named = 10;

/// "Emission to air" holds "Emission to air/unspecified".
bool holds(const std::string& compartment, const std::string& wanted) {
  return compartment == wanted || compartment.starts_with(wanted + "/");
}

bool unspecified(const std::string& compartment) {
  return compartment.empty() || compartment.ends_with("/unspecified") || compartment == "unspecified";
}

enum class Match { none, found, unclear };

/// The factor of a flow among those of its name in one category.
Match choose(const std::vector<const FamilyFactor*>& named, const FlowDetail& flow, double& factor) {
  const std::string wanted = lower_case(flow.compartment);
  std::vector<const FamilyFactor*> fitting;
  for (const auto* f : named)
    if (wanted.empty() || f->compartment.empty() || holds(lower_case(f->compartment), wanted)) fitting.push_back(f);
  if (fitting.empty()) return Match::none;
  const auto same = [&](const auto& all) {
    return std::all_of(all.begin(), all.end(), [&](const auto* f) {
      return f->factor == all.front()->factor && f->flow_unit == all.front()->flow_unit;
    });
  };
  if (!same(fitting)) {
    std::vector<const FamilyFactor*> general;
    for (const auto* f : fitting)
      if (unspecified(lower_case(f->compartment)) || lower_case(f->compartment) == wanted) general.push_back(f);
    if (general.empty() || !same(general)) return Match::unclear;
    fitting = general;
  }
  const auto* chosen = fitting.front();
  double scale = 1.0;
  if (!flow.unit.empty() && !chosen->flow_unit.empty() && flow.unit != chosen->flow_unit) {
    const auto converted = conversion(flow.unit, chosen->flow_unit);
    if (!converted) return Match::unclear;
    scale = *converted;
  }
  factor = chosen->factor * scale;
  return Match::found;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most_named, names.size()); ++i)
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", names[i]);
  if (names.size() > most_named) text += fmt::format(" and {} more", names.size() - most_named);
  return text;
}

}  // namespace

Findings characterise(lca::MatrixSystem& system, const std::vector<FlowDetail>& flows, const ImpactFamily& family) {
  std::vector<std::string> categories;
  std::map<std::string, std::map<int, std::vector<const FamilyFactor*>>> by_flow;  // name -> category -> factors
  system.method_units.clear();
  for (const auto& f : family.factors) {
    auto found = std::find(categories.begin(), categories.end(), f.category);
    if (found == categories.end()) {
      found = categories.insert(found, f.category);
      system.method_units.push_back(f.unit);
    }
    by_flow[lower_case(f.flow)][static_cast<int>(found - categories.begin())].push_back(&f);
  }
  std::vector<lca::Triplet> factors;
  std::vector<std::string> without, unclear;
  for (int row = 0; row < system.biosphere.rows; ++row) {
    const auto name = system.flow_name(row);
    const auto i = static_cast<std::size_t>(row);
    const auto named = by_flow.find(lower_case(name));
    const FlowDetail flow = i < flows.size() ? flows[i] : FlowDetail{};
    bool any = false, doubtful = false;
    if (named != by_flow.end())
      for (const auto& [category, candidates] : named->second) {
        double factor = 0.0;
        const auto match = choose(candidates, flow, factor);
        any = any || match == Match::found;
        doubtful = doubtful || match == Match::unclear;
        if (match == Match::found) factors.push_back({category, row, factor});
      }
    if (doubtful)
      unclear.push_back(name);
    else if (!any)
      without.push_back(name);
  }
  system.characterisation =
      lca::SparseMatrix::from(static_cast<int>(categories.size()), system.biosphere.rows, factors);
  system.methods = categories;
  Findings findings;
  if (!without.empty())
    findings.push_back({"W118",
                        fmt::format("{} of {} elementary flows have no factor in {} and count for nothing: {}",
                                    without.size(), system.biosphere.rows, family.name, list_of(without)),
                        "flows are matched by name; 'names.csv' may give them the names that the family uses"});
  if (!unclear.empty())
    findings.push_back(
        {"W119",
         fmt::format("in some category of {} it is not clear which factor holds for {}", family.name, list_of(unclear)),
         "the factors differ by compartment, or the unit does not convert: give both in the columns "
         "'unit' and 'compartment' of names.csv"});
  return findings;
}

}  // namespace cradle::inventory
