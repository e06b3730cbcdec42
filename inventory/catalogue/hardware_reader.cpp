// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/hardware_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <set>

#include "inventory/catalogue/product_checks.hpp"
#include "inventory/text/csv_reader.hpp"

namespace cradle::inventory {
namespace {

/// Words of a product that formulas and names may quote, and those that describe it.
const std::set<std::string> words = {"process", "process2", "fab", "memory_type", "processor", "form"};

/// A catalogue quantity: its unit is its own, so the dimension is found from it.
std::optional<Dimension> dimension_of(std::string_view text) {
  const auto space = text.find(' ');
  const std::string unit = space == std::string_view::npos ? "" : trim(text.substr(space));
  // kg CO2e/(t km) has CO2e in its numerator and so is found before plain ratios of masses.
  return unit.empty() ? std::optional(Dimension::number) : dimension_of_unit(unit);
}

/// Figures whose dimension is known whatever their author writes.
std::optional<Dimension> dimension_of_figure(const std::string& name) {
  static const std::map<std::string, Dimension> known = {{"die_area", Dimension::area},
                                                         {"die2_area", Dimension::area},
                                                         {"effective_die_area", Dimension::area},
                                                         {"interposer_area", Dimension::area},
                                                         {"board_area", Dimension::area},
                                                         {"memory", Dimension::information},
                                                         {"memory_fitted", Dimension::information},
                                                         {"storage", Dimension::information},
                                                         {"mass", Dimension::mass},
                                                         {"casing_mass", Dimension::mass},
                                                         {"heatsink_mass", Dimension::mass},
                                                         {"adapter_mass", Dimension::mass},
                                                         {"board_share", Dimension::mass},
                                                         {"tdp", Dimension::power},
                                                         {"idle", Dimension::power},
                                                         {"idle_in_service", Dimension::power},
                                                         {"rating", Dimension::power},
                                                         {"rated_tdp", Dimension::power},
                                                         {"board_memory", Dimension::information},
                                                         {"host_power", Dimension::power},
                                                         {"power_supply_rating", Dimension::power}};
  static const std::set<std::string> counts = {"dies",           "dies2",      "stacks",   "attaches",     "die_yield",
                                               "bond_yield",     "processors", "dimms",    "ssds",         "hdds",
                                               "power_supplies", "nics",       "switches", "accelerators", "bandwidth",
                                               "packages",       "load",       "serving_error"};
  if (const auto found = known.find(name); found != known.end()) return found->second;
  return counts.contains(name) || name.starts_with("peak_") ? std::optional(Dimension::number) : std::nullopt;
}

/// "act; note" keeps its note; the leading word is a key of the file's `sources`.
std::string cited(const std::string& source, const HardwareData& data) {
  const auto end = std::min(source.find(';'), source.size());
  const auto found = data.sources.find(source.substr(0, end));
  return found == data.sources.end() ? source : found->second + source.substr(end);
}

/// A yield divides, so it is above zero; shares lie between 0 and 1; no figure of hardware is negative.
lca::Limits limits_of_figure(std::string_view name) {
  if (name.ends_with("yield")) return {1e-6, 1.0};
  for (const std::string_view share : {"collection", "reuse", "incineration_share"})
    if (name == share || name.ends_with("_recovery")) return {0.0, 1.0};
  return {.least = 0.0};
}

std::optional<Input> read_figure(const Document& document, const std::string& name, const Node& node,
                                 const HardwareData& data, Findings& findings) {
  const Node* value = node.kind == Node::Kind::mapping ? node.find("value") : &node;
  if (value == nullptr) {
    findings.push_back(document.finding("E011", node, "'value' is missing"));
    return std::nullopt;
  }
  const auto fixed = dimension_of_figure(name);
  const auto dimension = fixed ? fixed : dimension_of(value->text);
  if (!dimension) {
    findings.push_back(document.finding(
        "E022", *value,
        fmt::format("unknown unit '{}'", trim(std::string_view(value->text).substr(value->text.find(' '))))));
    return std::nullopt;
  }
  auto input = read_input(document, node, *dimension, {lca::Basis::default_value, ""}, findings, {"label"});
  if (!input) return std::nullopt;
  if (node.kind == Node::Kind::mapping)
    if (const Node* label = node.find("label")) input->label = label->text;
  input->source = cited(input->source, data);
  input->limits = limits_of_figure(name);
  // A factor that replaces one of ours counts the same thing.
  const auto ours = data.parameters.find(name);
  if (!fixed && ours != data.parameters.end() && ours->second.unit != input->unit) {
    findings.push_back(document.finding(
        "E021", *value, fmt::format("'{}' is in {}, but {} is expected", name, input->unit, ours->second.unit)));
    return std::nullopt;
  }
  return input;
}

Formulas read_formulas(const Document& document, const Node* node, std::string_view what, Findings& findings) {
  Formulas formulas;
  if (node == nullptr) return formulas;
  if (node->kind != Node::Kind::mapping)
    findings.push_back(document.finding("E012", *node, fmt::format("'{}' must be a mapping", what)));
  for (const auto& [name, amount] : node->entries) formulas.emplace_back(name.text, amount.text);
  return formulas;
}

Formulas read_emissions(const Document& document, const Node* node, Findings& findings) {
  if (node == nullptr) return {};
  if (node->kind != Node::Kind::mapping) return {{criteria::climate, node->text}};
  auto emissions = read_formulas(document, node, "emits", findings);
  for (const auto& [name, amount] : node->entries)
    if (name.text != criteria::credit &&
        std::find(criteria::all.begin(), criteria::all.end(), name.text) == criteria::all.end())
      findings.push_back(document.finding("E013", name, fmt::format("'{}' is no criterion", name.text),
                                          fmt::format("one of {}", fmt::join(criteria::all, ", "))));
  return emissions;
}

ProcessRecipe read_recipe(const Document& document, const std::string& id, const Node& node, Findings& findings) {
  MapReader reader(document, node, fmt::format("process '{}'", id), findings);
  ProcessRecipe recipe;
  recipe.id = id;
  recipe.place = document.place(node);
  recipe.name = reader.text("name").value_or(id);
  recipe.unit = reader.text("unit").value_or("piece");
  recipe.background = reader.boolean("background").value_or(false);
  recipe.stage =
      reader.choice("stage", {"raw-materials", "manufacture", "transport", "end-of-life", "credit"}).value_or("");
  if (recipe.stage.empty() && !recipe.background && node.find("stage") == nullptr)
    findings.push_back(document.finding("E011", node, fmt::format("process '{}' has no 'stage'", id),
                                        "raw-materials, manufacture, transport or end-of-life; or 'background: true'"));
  recipe.component = reader.text("component").value_or("");
  recipe.rule = reader.text("rule").value_or("");
  recipe.location = reader.text("place").value_or("");
  recipe.when = reader.text("when").value_or("");
  recipe.profiles = reader.texts("profiles");
  recipe.emits = read_emissions(document, reader.take("emits"), findings);
  recipe.inputs = read_formulas(document, reader.take("inputs"), "inputs", findings);
  for (const auto& [criterion, amount] : recipe.emits)
    if ((criterion == criteria::credit) != (recipe.stage == "credit"))
      findings.push_back(document.finding("E013", node, fmt::format("process '{}' mixes credits and emissions", id),
                                          "'stage: credit' has 'emits: {credit: ...}' and nothing else has"));
  if (recipe.emits.empty() && recipe.inputs.empty())
    findings.push_back(document.finding("E011", node, fmt::format("process '{}' has neither 'emits' nor 'inputs'", id),
                                        "it would come to zero; what is not known is left out and named"));
  reader.finish();
  return recipe;
}

/// One recipe, or a sequence of them for different profiles.
std::vector<ProcessRecipe> read_recipes(const Document& document, const Node* section, Findings& findings) {
  std::vector<ProcessRecipe> recipes;
  if (section == nullptr) return recipes;
  for (const auto& [name, node] : section->entries) {
    if (node.kind != Node::Kind::sequence) recipes.push_back(read_recipe(document, name.text, node, findings));
    for (const auto& variant : node.items) recipes.push_back(read_recipe(document, name.text, variant, findings));
  }
  return recipes;
}

void add_missing(Formulas& to, const Formulas& from) {
  for (const auto& [name, formula] : from)
    if (std::none_of(to.begin(), to.end(), [&, n = name](const auto& own) { return own.first == n; }))
      to.emplace_back(name, formula);
}

HardwareModel read_model(const Document& document, const std::string& id, const Node& node, const HardwareData& data,
                         Findings& findings) {
  MapReader reader(document, node, fmt::format("model '{}'", id), findings);
  HardwareModel model;
  model.id = id;
  model.needs = reader.texts("needs");
  if (const Node* parameters = reader.take("parameters"))
    for (const auto& [name, value] : parameters->entries)
      if (auto input = read_figure(document, name.text, value, data, findings))
        model.parameters.emplace(name.text, *input);
  model.let = read_formulas(document, reader.take("let"), "let", findings);
  model.processes = read_recipes(document, reader.take("processes"), findings);
  model.materials = read_formulas(document, reader.take("materials"), "materials", findings);
  model.delivery = reader.text("delivery").value_or("");
  if (const Node* base = reader.take("extends")) {
    const auto found = data.models.find(base->text);
    if (found == data.models.end()) {
      findings.push_back(document.finding("E103", *base, fmt::format("unknown model '{}'", base->text),
                                          "a model extends one that stands before it"));
    } else {
      const auto& general = found->second;
      if (model.needs.empty()) model.needs = general.needs;
      model.parameters.insert(general.parameters.begin(), general.parameters.end());
      add_missing(model.let, general.let);
      if (model.materials.empty()) model.materials = general.materials;
      if (model.delivery.empty()) model.delivery = general.delivery;
      std::set<std::string> own;
      for (const auto& recipe : model.processes) own.insert(recipe.id);
      for (const auto& recipe : general.processes)
        if (!own.contains(recipe.id)) model.processes.push_back(recipe);
    }
  }
  reader.finish();
  return model;
}

void set_label(Input& input, const std::string& name, const HardwareData& data) {
  const auto label = data.labels.find(name);
  if (input.label.empty()) input.label = label == data.labels.end() ? name : label->second;
}

/// A bill of materials beside the catalogue's file: part,amount; further columns are for people.
Formulas read_bill(const Document& document, const Node& node, Findings& findings) {
  const auto path = (std::filesystem::path(document.file()).parent_path() / node.text).string();
  Formulas parts;
  CsvReader table(path, "E088", findings);
  table.read({"part", "amount"}, {"note", "supplier", "description"}, [&](const CsvRow& row) {
    const double amount = table.number(row, "amount");
    if (!(amount > 0.0) || !std::isfinite(amount))
      return table.wrong(row, fmt::format("the amount of '{}' is not above zero", table.cell(row, "part")), "");
    parts.emplace_back(table.cell(row, "part"), fmt::format("{}", amount));
  });
  return parts;
}

Product read_product(const Document& document, const std::string& id, const std::string& kind, const Node& node,
                     const HardwareData& data, Findings& findings) {
  MapReader reader(document, node, fmt::format("{} '{}'", kind, id), findings);
  Product product;
  product.id = id;
  product.kind = kind;
  product.place = document.place(node);
  product.name = reader.text("name").value_or(id);
  product.vendor = reader.text("vendor").value_or("");
  product.model = reader.text("model").value_or("");
  if (auto year = reader.quantity("year", Dimension::number)) product.year = static_cast<int>(year->value);
  for (const auto& word : words)
    if (const auto text = reader.text(word)) product.words[word] = *text;
  if (const Node* parameters = reader.take("parameters"))
    for (const auto& [name, value] : parameters->entries)
      if (auto input = read_figure(document, name.text, value, data, findings)) {
        set_label(*input, name.text, data);
        product.parameters.emplace(name.text, *input);
      }
  product.let = read_formulas(document, reader.take("let"), "let", findings);
  product.processes = read_recipes(document, reader.take("processes"), findings);
  product.materials = read_formulas(document, reader.take("materials"), "materials", findings);
  product.parts = read_formulas(document, reader.take("parts"), "parts", findings);
  if (const Node* bill = reader.take("bill_of_materials"))
    for (auto& part : read_bill(document, *bill, findings)) product.parts.push_back(std::move(part));
  product.footprint = reader.quantity("footprint", Dimension::co2e);
  reader.finish();
  return product;
}

}  // namespace

void read_hardware(const Document& document, MapReader& reader, const std::string& dataset, HardwareData& into,
                   Findings& findings) {
  const auto texts = [&](const char* key, std::map<std::string, std::string>& values) {
    if (const Node* node = reader.take(key))
      for (const auto& [name, text] : node->entries) values.insert_or_assign(name.text, text.text);
  };
  texts("sources", into.sources);
  texts("figures", into.labels);
  texts("step_units", into.step_units);
  texts("processes_as", into.process_as);
  texts("aliases", into.aliases);
  if (const Node* node = reader.take("parameters"))
    for (const auto& [name, value] : node->entries)
      if (auto input = read_figure(document, name.text, value, into, findings))
        into.parameters.insert_or_assign(name.text, *input);
  if (const Node* node = reader.take("profiles"))
    for (const auto& [id, value] : node->entries) {
      MapReader inner(document, value, fmt::format("profile '{}'", id.text), findings);
      Profile profile{id.text, inner.text("title").value_or(id.text), {}};
      if (const Node* parameters = inner.take("parameters"))
        for (const auto& [name, figure] : parameters->entries)
          if (auto input = read_figure(document, name.text, figure, into, findings))
            profile.parameters.emplace(name.text, *input);
      inner.finish();
      into.profiles.insert_or_assign(id.text, std::move(profile));
    }
  std::map<std::string, std::vector<ProcessRecipe>> processes;
  for (auto& recipe : read_recipes(document, reader.take("processes"), findings))
    processes[recipe.id].push_back(std::move(recipe));
  for (auto& [id, variants] : processes) into.processes.insert_or_assign(id, std::move(variants));
  if (const Node* node = reader.take("models"))
    for (const auto& [id, value] : node->entries)
      into.models.insert_or_assign(id.text, read_model(document, id.text, value, into, findings));
  std::vector<std::string> added;
  for (const auto& [section, kind] : {std::pair{"devices", "device"}, std::pair{"nodes", "node"}})
    if (const Node* node = reader.take(section))
      for (const auto& [id, value] : node->entries) {
        Product product = read_product(document, id.text, kind, value, into, findings);
        product.dataset = dataset;
        if (const auto other = into.products.find(id.text); other != into.products.end() && other->second.kind != kind)
          findings.push_back(document.finding("E102", id,
                                              fmt::format("'{}' is a {} already", id.text, other->second.kind),
                                              "devices and nodes share one list of ids"));
        into.products.insert_or_assign(id.text, std::move(product));
        added.push_back(id.text);
      }
  for (const auto& id : added) {
    auto wrong = check_product(into.products.at(id), into);
    const auto unread = unread_figures(into.products.at(id), into);
    wrong.insert(wrong.end(), unread.begin(), unread.end());
    for (auto& finding : wrong) finding.excerpt = document.excerpt(finding.place.line);
    findings.insert(findings.end(), wrong.begin(), wrong.end());
  }
}

Findings read_hardware_table(std::string_view csv, const std::string& file, const std::string& kind,
                             const std::string& dataset, HardwareData& into) {
  Findings findings;
  bool header = true;
  read_csv(csv, [&](const CsvRow& row) {
    if (std::exchange(header, false)) return;
    const auto& c = row.cells;
    const Place place{file, row.line, 1, 1};
    if (c.size() != 8) {
      findings.push_back({"E012", fmt::format("{} cells where 8 are wanted", c.size()), "", place});
      return;
    }
    const std::string &figure = c[1], &value = c[2];
    auto& product = into.products[c[0]];
    product.id = c[0];
    product.kind = kind;
    product.dataset = dataset;
    if (product.place.line == 0) product.place = place;
    if (figure == "name") {
      product.name = value;
    } else if (figure == "vendor") {
      product.vendor = value;
    } else if (figure == "model") {
      product.model = value;
    } else if (figure == "year") {
      product.year = static_cast<int>(read_quantity(value, Dimension::number).value_or(0));
    } else if (figure == "alias") {
      into.aliases[value] = product.id;
    } else if (words.contains(figure)) {
      product.words[figure] = value;
    } else {
      const auto dimension = dimension_of(value);
      const auto number = dimension ? read_quantity(value, *dimension) : tl::unexpected(UnitProblem{"E022", value, ""});
      if (!number) {
        findings.push_back({number.error().code, fmt::format("'{}' is no figure", value), "", place});
        return;
      }
      Input input;
      input.value = *number;
      input.unit = canonical_unit(*dimension);
      input.source = cited(c[5], into) + (c[7].empty() ? "" : "; " + c[7]);
      input.verified = c[6] == "yes";
      input.basis = c[6] == "assumed" ? lca::Basis::assumed : lca::Basis::default_value;
      input.place = place;
      const auto low = read_quantity(c[3], *dimension), high = read_quantity(c[4], *dimension);
      if (low && high && !c[3].empty()) {
        input.range = lca::RangeKind::interval_95;
        input.low = *low;
        input.high = *high;
      }
      input.limits = limits_of_figure(figure);
      set_label(input, figure, into);
      product.parameters.insert_or_assign(figure, std::move(input));
    }
  });
  for (const auto& [id, product] : into.products)
    if (product.place.file == file) {
      auto wrong = check_product(product, into);
      findings.insert(findings.end(), wrong.begin(), wrong.end());
    }
  return findings;
}

}  // namespace cradle::inventory
