// SPDX-License-Identifier: Apache-2.0
// A product in one profile: its model's processes with its own words and figures in place.
#include "inventory/catalogue/hardware.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "inventory/catalogue/catalogue.hpp"

namespace cradle::inventory {
namespace {

void substitute(ProcessRecipe& recipe, const std::map<std::string, std::string>& words) {
  recipe.id = substitute_words(recipe.id, words);
  recipe.name = substitute_words(recipe.name, words);
  recipe.location = substitute_words(recipe.location, words);
  for (auto* formulas : {&recipe.emits, &recipe.inputs})
    for (auto& [name, formula] : *formulas) {
      name = substitute_words(name, words);
      formula = substitute_words(formula, words);
    }
}

bool belongs_to(const ProcessRecipe& recipe, const std::string& profile) {
  return recipe.profiles.empty() ||
         std::find(recipe.profiles.begin(), recipe.profiles.end(), profile) != recipe.profiles.end();
}

/// "12nm" -> "14nm" where only the latter has figures; "~9nm" -> "9nm", whose figures are interpolated.
void settle_process(std::string& process, const HardwareData& data, std::vector<std::string>& substitutes) {
  if (process.starts_with('~')) {
    process.erase(0, 1);
    substitutes.push_back(fmt::format("wafers of {} are interpolated between their neighbours", process));
  } else if (const auto as = data.process_as.find(process); as != data.process_as.end()) {
    substitutes.push_back(
        fmt::format("wafers of {} stand for {}, for which nothing is published", as->second, process));
    process = as->second;
  }
}

bool names_figure(const Formulas& formulas, const std::string& name) {
  return std::any_of(formulas.begin(), formulas.end(), [&](const auto& f) { return f.first == name; });
}

/// Only what the product's own process needs; a base model may have more.
void keep_reachable(std::vector<ProcessRecipe>& processes, const std::string& root) {
  std::set<std::string> reached = {root};
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& recipe : processes)
      if (reached.contains(recipe.id))
        for (const auto& [input, amount] : recipe.inputs) grown = reached.insert(input).second || grown;
  }
  std::erase_if(processes, [&](const ProcessRecipe& recipe) { return !reached.contains(recipe.id); });
}

/// Names that a formula reads: words that are no function.
std::vector<std::string> names_in(std::string_view formula) {
  std::vector<std::string> names;
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = 0; at < formula.size();) {
    std::size_t end = at;
    while (end < formula.size() && part(formula[end])) ++end;
    const bool word = end > at && (std::isalpha(static_cast<unsigned char>(formula[at])) != 0 || formula[at] == '_');
    if (word && (end == formula.size() || formula[end] != '(') && formula.substr(at, end - at) != "pi")
      names.emplace_back(formula.substr(at, end - at));
    at = std::max(end, at + 1);
  }
  return names;
}

}  // namespace

bool mentions(std::string_view formula, std::string_view name) {
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = 0; (at = formula.find(name, at)) != std::string_view::npos; at += name.size())
    if ((at == 0 || !part(formula[at - 1])) && (at + name.size() == formula.size() || !part(formula[at + name.size()])))
      return true;
  return false;
}

std::string substitute_words(std::string_view text, const std::map<std::string, std::string>& words) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find('{', at);
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      out += text.substr(at);
      break;
    }
    out += text.substr(at, open - at);
    const auto word = words.find(std::string(text.substr(open + 1, close - open - 1)));
    out += word == words.end() ? std::string(text.substr(open, close - open + 1)) : word->second;
    at = close + 1;
  }
  return out;
}

ResolvedProduct Catalogue::resolve(const Product& product, const std::string& profile) const {
  ResolvedProduct resolved;
  resolved.product = &product;
  resolved.parameters = product.parameters;
  resolved.let = product.let;
  resolved.processes = product.processes;
  resolved.materials = product.materials;
  auto words = product.words;
  words.emplace("fab", "taiwan");
  for (const char* key : {"process", "process2"})
    if (const auto found = words.find(key); found != words.end())
      settle_process(found->second, hardware_, resolved.substitutes);
  words["id"] = product.id;
  words["name"] = product.name;
  if (const auto model = hardware_.models.find(product.model); model != hardware_.models.end()) {
    for (const auto& need : model->second.needs)
      if (!product.parameters.contains(need) && !words.contains(need)) {
        const auto label = hardware_.labels.find(need);
        resolved.missing.push_back(label == hardware_.labels.end() ? need : label->second);
      }
    for (const auto& [name, input] : model->second.parameters) {
      if (product.parameters.contains(name) || names_figure(product.let, name)) continue;
      auto& added = resolved.parameters.emplace(name, input).first->second;
      const auto label = hardware_.labels.find(name);
      if (added.label.empty()) added.label = label == hardware_.labels.end() ? name : label->second;
    }
    if (resolved.materials.empty()) resolved.materials = model->second.materials;
    if (!model->second.delivery.empty()) resolved.delivery = model->second.delivery;
    for (const auto& [name, formula] : model->second.let)
      if (!resolved.parameters.contains(name) && !names_figure(resolved.let, name))
        resolved.let.emplace_back(name, formula);
    resolved.processes.insert(resolved.processes.end(), model->second.processes.begin(), model->second.processes.end());
  }
  std::erase_if(resolved.processes, [&](const ProcessRecipe& recipe) {
    return !belongs_to(recipe, profile) || (!recipe.when.empty() && !resolved.parameters.contains(recipe.when));
  });
  for (auto& recipe : resolved.processes) {
    const ProcessRecipe before = recipe;
    substitute(recipe, words);
    for (std::size_t i = 0; i < before.emits.size(); ++i)
      if (before.emits[i].second.find('{') != std::string::npos)
        for (const auto& name : names_in(recipe.emits[i].second))
          if (!resolved.parameters.contains(name) && !names_figure(resolved.let, name) &&
              !shared_parameter(name, profile) &&
              std::find(resolved.missing.begin(), resolved.missing.end(), name) == resolved.missing.end())
            resolved.missing.push_back(name);
  }
  const auto root = [&] {
    return std::find_if(resolved.processes.begin(), resolved.processes.end(),
                        [&](const ProcessRecipe& recipe) { return recipe.id == product.id; });
  };
  const char* const unit = product.kind == "node" ? "node" : "device";
  if (root() == resolved.processes.end() && (!product.parts.empty() || product.footprint))
    resolved.processes.push_back({.id = product.id,
                                  .name = product.name,
                                  .unit = unit,
                                  .stage = "manufacture",
                                  .component = product.footprint ? "published footprint" : "assembly",
                                  .rule = product.footprint ? "published total, raw materials included" : "its parts",
                                  .location = {},
                                  .emits = {},
                                  .inputs = {},
                                  .profiles = {},
                                  .when = {},
                                  .place = product.place});
  if (root() == resolved.processes.end()) {
    if (product.has_model() && resolved.missing.empty())
      resolved.missing.push_back(fmt::format("profile '{}' has no factors for it", profile));
    return resolved;
  }
  if (product.footprint) {
    root()->emits = {{criteria::climate, "footprint"}};
    resolved.parameters.insert_or_assign("footprint", *product.footprint);
  }
  for (const auto& [part, amount] : product.parts) root()->inputs.emplace_back(part_prefix + part, amount);
  // An input from a process that this product does not have (no interposer, no second dies) falls away.
  std::set<std::string> own;
  for (const auto& recipe : resolved.processes) own.insert(recipe.id);
  for (auto& recipe : resolved.processes)
    std::erase_if(recipe.inputs, [&](const auto& input) {
      if (own.contains(input.first)) return false;
      const auto* model = product.model.empty() ? nullptr : &hardware_.models.at(product.model);
      return model != nullptr && std::any_of(model->processes.begin(), model->processes.end(),
                                             [&](const auto& other) { return other.id == input.first; });
    });
  keep_reachable(resolved.processes, product.id);
  return resolved;
}

std::optional<ProcessRecipe> Catalogue::shared_process(const std::string& id, const std::string& profile) const {
  const auto of_profile = [&](const std::vector<ProcessRecipe>& variants) -> std::optional<ProcessRecipe> {
    const auto found = std::find_if(variants.begin(), variants.end(),
                                    [&](const ProcessRecipe& recipe) { return belongs_to(recipe, profile); });
    return found == variants.end() ? std::nullopt : std::optional(*found);
  };
  if (const auto found = hardware_.processes.find(id); found != hardware_.processes.end())
    return of_profile(found->second);
  for (const auto& [pattern, variants] : hardware_.processes) {
    std::map<std::string, std::string> words;
    std::string_view rest = id, shape = pattern;
    bool fits = shape.find('{') != std::string_view::npos;
    while (fits && !shape.empty()) {
      const auto open = std::min(shape.find('{'), shape.size());
      fits = rest.starts_with(shape.substr(0, open));
      if (!fits || open == shape.size()) {
        fits = fits && rest == shape;
        break;
      }
      rest.remove_prefix(open);
      const auto close = shape.find('}', open);
      const auto end = std::min(rest.find('-'), rest.size());  // a word has no hyphen
      words[std::string(shape.substr(open + 1, close - open - 1))] = rest.substr(0, end);
      fits = end > 0;
      rest.remove_prefix(end);
      shape.remove_prefix(close + 1);
    }
    if (!fits || (shape.empty() && !rest.empty())) continue;
    auto made = of_profile(variants);
    if (made) substitute(*made, words);
    return made;
  }
  return std::nullopt;
}

std::optional<Input> Catalogue::shared_parameter(const std::string& name, const std::string& profile) const {
  if (const auto own = hardware_.profiles.find(profile); own != hardware_.profiles.end())
    if (const auto found = own->second.parameters.find(name); found != own->second.parameters.end())
      return found->second;
  if (const auto found = hardware_.parameters.find(name); found != hardware_.parameters.end()) return found->second;
  // "fab_energy_9nm" between fab_energy_8nm and fab_energy_10nm.
  const auto size_of = [](std::string_view text) -> std::optional<double> {
    const auto start = text.rfind('_');
    if (start == std::string_view::npos || !text.ends_with("nm")) return std::nullopt;
    const auto value = read_quantity(text.substr(start + 1, text.size() - start - 3), Dimension::number);
    return value ? std::optional(*value) : std::nullopt;
  };
  const auto wanted = size_of(name);
  if (!wanted) return std::nullopt;
  const std::string family = name.substr(0, name.rfind('_') + 1);
  const std::pair<const std::string, Input>*below = nullptr, *above = nullptr;
  for (const auto& entry : hardware_.parameters) {
    if (!entry.first.starts_with(family)) continue;
    const auto size = size_of(entry.first);
    if (!size) continue;
    if (*size < *wanted && (below == nullptr || *size > *size_of(below->first))) below = &entry;
    if (*size > *wanted && (above == nullptr || *size < *size_of(above->first))) above = &entry;
  }
  if (below == nullptr || above == nullptr) return std::nullopt;
  const double low = *size_of(below->first), high = *size_of(above->first), share = (*wanted - low) / (high - low);
  const auto between = [&](double Input::*member) {
    return (1.0 - share) * below->second.*member + share * above->second.*member;
  };
  Input input = below->second;
  input.value = between(&Input::value);
  input.low = std::min({below->second.low, above->second.low, below->second.value, above->second.value});
  input.high = std::max({below->second.high, above->second.high, below->second.value, above->second.value});
  if (below->second.range == lca::RangeKind::none) {
    input.low = std::min(below->second.value, above->second.value);
    input.high = std::max(below->second.value, above->second.value);
  }
  input.range = lca::RangeKind::interval_95;
  input.basis = lca::Basis::assumed;
  input.verified = false;
  input.label = fmt::format("{} and {} interpolated to {} nm", below->second.label, above->second.label, *wanted);
  input.source = fmt::format("interpolated between {} and {}: {}", below->first, above->first, below->second.source);
  return input;
}

}  // namespace cradle::inventory
