// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/catalogue_products.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>

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

std::string CatalogueProducts::shared(const std::string& recipe, const Place& place) {
  const std::string product = "catalogue/" + recipe;
  if (const auto made = catalogue_.shared_process(recipe, profile_); made && draft_.begin(product))
    add_process(*made, "catalogue", {}, {}, place);
  return product;
}

void CatalogueProducts::add_parameters(const ResolvedProduct& resolved, bool materials, Scope& local) {
  const std::string& id = resolved.product->id;
  const auto& data = catalogue_.hardware();
  const auto source_of = [&](const Product& product) {
    const Dataset& of = catalogue_.dataset(product.dataset);
    return !of.source.empty() ? of.source : !of.attribution.empty() ? of.attribution : of.title;
  };
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
    if (auto value = formulas_.formula(text, local, resolved.product->place)) {
      const double now = draft_.now(*value);
      const double least = name.ends_with("_per_wafer") ? 1.0 : 0.0;
      if (!(now >= least) || !std::isfinite(now))
        report("E101", resolved.product->place, fmt::format("{} of '{}' comes to {:.4g}", name, id, now),
               least > 0.0 ? "that does not fit on a wafer: are area and number of dies right?" : "");
      local.emplace(name, calculated({{"catalogue", id}, name},
                                     {fmt::format("{}, {}", known_or(data.labels, name, name), id),
                                      known_or(data.step_units, name, ""), "formula of its model",
                                      source_of(*resolved.product)},
                                     *value));
    }
}

std::optional<std::string> CatalogueProducts::product(const Product& product, const Place& place) {
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
  if (!draft_.begin(prefix)) return prefix;
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
  remarks_.use_dataset(product.dataset);
  used.insert(product.id);
  const bool adapters_stated = std::any_of(study_.hardware.begin(), study_.hardware.end(), [&](const auto& h) {
    return h.second.node == product.id && h.second.adapters;
  });
  for (const auto& [part, why] : {std::pair{"nics", "counted only where a study states 'adapters'"},
                                  std::pair{"switches", "not estimated, no source has a factor for them"}})
    if (const auto count = product.parameters.find(part); count != product.parameters.end() &&
                                                          count->second.value > 0 &&
                                                          !(part == std::string_view("nics") && adapters_stated))
      gaps.push_back(
          fmt::format("{} {} of {}: {}", count->second.value, count->second.label, product.id, why));
  for (const auto& substitute : resolved.substitutes) cover(product.id, Coverage::substitute, substitute);
  Scope local;
  add_parameters(resolved, false, local);
  Siblings siblings;
  for (const auto& recipe : resolved.processes) siblings.emplace(recipe.id, recipe.background);
  for (const auto& recipe : resolved.processes) add_process(recipe, prefix, local, siblings, place);
  return done(prefix);
}

/// Amounts of hardware are never below zero: credits have an account of their own.
bool CatalogueProducts::not_negative(const Expression& value, const ProcessRecipe& recipe, const std::string& what) {
  const double now = draft_.now(value);
  if (now >= 0.0 && std::isfinite(now)) return true;
  report("E101", recipe.place, fmt::format("'{}' takes or emits {:.4g} of '{}'", recipe.name, now, what),
         "amounts are zero or more; a credit is 'stage: credit' with 'emits: {credit: ...}'");
  return false;
}

void CatalogueProducts::add_emissions(const ProcessRecipe& recipe, const Scope& local, lca::UnitProcess& process) {
  static const std::map<std::string, std::string> flow_of = {{criteria::climate, flows::co2e},
                                                             {criteria::abiotic_depletion, flows::abiotic_depletion},
                                                             {criteria::primary_energy, flows::primary_energy},
                                                             {criteria::credit, flows::credit}};
  for (const auto& [criterion, text] : recipe.emits)
    if (const auto value = formulas_.formula(text, local, recipe.place); value && not_negative(*value, recipe, criterion))
      process.exchanges.push_back(
          {Exchange::Kind::biosphere, flow_of.at(criterion), *value, {}, scope_of_stage(recipe.stage), recipe.rule});
  if (recipe.emits.empty() || recipe.stage == "credit") return;
  for (const auto& criterion : criteria::all)
    if (std::none_of(recipe.emits.begin(), recipe.emits.end(), [&](const auto& e) { return e.first == criterion; }))
      lacking[criterion].insert(recipe.component.empty() ? recipe.name : recipe.component);
}

void CatalogueProducts::add_process(const ProcessRecipe& recipe, const std::string& prefix, const Scope& local,
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
    const auto value = formulas_.formula(amount, local, recipe.place);
    if (!value || !not_negative(*value, recipe, id)) continue;
    std::string supplier = product_of(id);
    // A stage outside the boundary takes its own electricity along, but its materials may still count.
    if (const auto sibling = siblings.find(id); sibling != siblings.end()) {
      if (!counts && sibling->second) continue;
    } else {
      const bool is_part = id.starts_with(part_prefix);
      const std::string name = is_part ? id.substr(part_prefix.size()) : id;
      if (const Product* part = catalogue_.find(name)) {
        if (!product(*part, user)) continue;
        supplier = "catalogue/" + part->id;
      } else if (const auto shared = catalogue_.shared_process(name, profile_)) {
        if (!counts && shared->background) continue;
        supplier = "catalogue/" + name;
        if (draft_.begin(supplier)) add_process(*shared, "catalogue", {}, {}, user);
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
  draft_.add(std::move(process));
}

}  // namespace cradle::inventory
