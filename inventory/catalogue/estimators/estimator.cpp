// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/estimators/estimator.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "inventory/catalogue/embedded.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

constexpr std::string_view folder = "datasets/estimators/";

EstimatorInput read_declaration(const Document& document, const std::string& name, const Node& node,
                                Findings& findings) {
  EstimatorInput input;
  input.name = name;
  MapReader reader(document, node, name, findings);
  const std::string unit = reader.text("unit").value_or("1");
  input.dimension = dimension_of_unit(unit).value_or(Dimension::number);
  if (unit != canonical_unit(input.dimension) && unit != "1")  // defaults stand in the units that are computed in
    findings.push_back({"E021", fmt::format("'{}' is in '{}', not in '{}'", name, unit, canonical_unit(input.dimension)), "", {}, ""});
  input.meaning = reader.text("meaning").value_or("");
  input.needed = reader.boolean("needed").value_or(false);
  input.optional = reader.boolean("optional").value_or(false);
  input.formula = reader.text("formula").value_or("");
  input.device = reader.text("device").value_or("");
  input.model = reader.text("model").value_or("");
  input.with = reader.text("with").value_or("");
  input.says = reader.text("says").value_or("");
  input.requires_too = reader.text("requires").value_or("");
  input.host = reader.boolean("host").value_or(false);
  input.choice = reader.boolean("choice").value_or(false);
  input.run = reader.text("run").value_or("");
  const auto least = reader.text("min"), most = reader.text("max");
  if (least || most) {
    input.least = least ? number_of(*least) : 0.0;
    input.most = most ? number_of(*most) : std::numeric_limits<double>::max();
  }
  const auto value = reader.text("default");
  const std::string source = reader.text("source").value_or("");
  const bool verified = reader.boolean("verified").value_or(false);
  const auto low = reader.text("low"), high = reader.text("high");
  if (value) {
    Input fallback;
    fallback.value = number_of(*value);
    fallback.unit = canonical_unit(input.dimension);
    fallback.basis = lca::Basis::default_value;
    fallback.source = source.empty() ? "nothing is stated" : source;
    fallback.verified = verified;
    if (low && high) {
      fallback.low = number_of(*low);
      fallback.high = number_of(*high);
      fallback.range = lca::RangeKind::interval_95;
    }
    input.fallback = fallback;
  }
  reader.finish();
  return input;
}

std::vector<EstimatorFormula> read_formulas(const Node* node, const Node* units = nullptr) {
  std::vector<EstimatorFormula> formulas;
  if (node == nullptr) return formulas;
  for (const auto& [name, value] : node->entries) {
    EstimatorFormula formula{name.text, value.text, "", {}, ""};
    if (value.kind == Node::Kind::mapping) {
      const Node* given = value.find("if");
      formula = {name.text, value.find("then")->text, value.find("else")->text, {}, ""};
      if (given->kind != Node::Kind::sequence) formula.given.push_back(given->text);
      for (const auto& one : given->items) formula.given.push_back(one.text);
    }
    if (const Node* unit = units == nullptr ? nullptr : units->find(name.text)) formula.unit = unit->text;
    formulas.push_back(std::move(formula));
  }
  return formulas;
}

}  // namespace

bool Estimator::takes_model() const {
  return std::any_of(inputs.begin(), inputs.end(), [](const EstimatorInput& one) { return !one.model.empty(); });
}

std::string EstimatorFormula::meaning() const {
  std::string words = name;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

namespace {

EstimatorPoint read_point(const Document& document, const Node& node, Findings& findings) {
  MapReader reader(document, node, "point", findings);
  EstimatorPoint point;
  point.when = reader.texts("when");
  for (const auto& [key, into] : {std::pair{"with", &point.with}, {"gives", &point.gives}})
    if (const Node* pairs = reader.need(key))
      for (const auto& [name, text] : pairs->entries) into->emplace_back(name.text, text.text);
  reader.finish();
  return point;
}

Estimator read_estimator(std::string_view name, std::string_view bytes) {
  auto document = Document::parse(std::string(bytes), std::string(name));
  if (!document) throw std::logic_error(document.error().front().message);
  Findings findings;
  MapReader reader(*document, document->root(), std::string(name), findings);
  Estimator estimator;
  for (const auto& [key, into] : {std::pair{"id", &estimator.id},
                                  {"version", &estimator.version},
                                  {"title", &estimator.title},
                                  {"level", &estimator.level},
                                  {"source", &estimator.source},
                                  {"licence", &estimator.licence},
                                  {"limits", &estimator.limits},
                                  {"device_hours", &estimator.device_hours},
                                  {"flop", &estimator.flop}})
    *into = reader.text(key).value_or("");
  estimator.verified = reader.boolean("verified").value_or(false);
  estimator.host_left_out = reader.choice("host", {"left out"}).has_value();
  if (const Node* words = reader.take("words"))
    for (const auto& [word, node] : words->entries) {
      MapReader inner(*document, node, word.text, findings);
      EstimatorWord found;
      found.fallback = inner.text("default").value_or("");
      found.of = inner.texts("of");
      estimator.words.emplace(word.text, std::move(found));
      inner.finish();
    }
  if (const Node* inputs = reader.need("inputs"))
    for (const auto& [input, node] : inputs->entries)
      estimator.inputs.push_back(read_declaration(*document, input.text, node, findings));
  if (const Node* constants = reader.take("constants"))
    for (const auto& [constant, node] : constants->entries) {
      estimator.inputs.push_back(read_declaration(*document, constant.text, node, findings));
      estimator.inputs.back().constant = true;
    }
  if (const Node* checks = reader.take("checks"))
    for (const auto& [value, node] : checks->entries) {
      MapReader inner(*document, node, value.text, findings);
      EstimatorCheck check;
      check.value = value.text;
      check.says = inner.text("says").value_or("");
      check.with = inner.text("with").value_or("");
      check.least = number_of(inner.text("min").value_or("0"));
      check.whole = inner.boolean("whole").value_or(false);
      check.code = inner.text("code").value_or(check.code);
      check.figure = inner.text("figure").value_or("");
      estimator.checks.push_back(std::move(check));
      inner.finish();
    }
  const Node* units = reader.take("units");
  estimator.let = read_formulas(reader.take("let"), units);
  estimator.result = read_formulas(reader.take("result"), units);
  if (const Node* point = reader.take("point")) estimator.point = read_point(*document, *point, findings);
  estimator.energy = read_formulas(reader.need("energy"));
  reader.finish();
  if (!findings.empty()) throw std::logic_error(findings.front().message);
  return estimator;
}

void read_inputs(const Document& document, MapReader& reader, const Node& node, Estimate& estimate,
                 Findings& findings) {
  const Estimator& estimator = *estimate.estimator;
  for (const auto& input : estimator.inputs) {
    const Node* stated = node.find(input.name);
    if (stated == nullptr) {
      if (input.needed)
        findings.push_back(document.finding(
            "E011", node, fmt::format("estimator '{}' needs '{}': {}", estimator.id, input.name, input.meaning),
            fmt::format("{}: ...", input.name)));
      continue;
    }
    if (!input.requires_too.empty() && node.find(input.requires_too) == nullptr)
      findings.push_back(document.finding("E011", *stated, fmt::format("'{}' needs '{}' beside it", input.name, input.requires_too),
                                          fmt::format("{}: ...", input.requires_too)));
    auto value = reader.quantity(input.name, input.dimension, {lca::Basis::assumed, ""});
    if (!value) continue;
    if (input.least < input.most)
      check_range(document, *stated, value, input.least, input.most, input.name, input.meaning, findings);
    else if (value->value < 0)
      findings.push_back(
          document.finding("E024", *stated, fmt::format("{} {} is below zero", input.name, value->value)));
    estimate.inputs.emplace(input.name, std::move(*value));
  }
}

}  // namespace

const EstimatorInput* Estimator::input(std::string_view name) const {
  const auto found =
      std::find_if(inputs.begin(), inputs.end(), [&](const EstimatorInput& i) { return i.name == name; });
  return found == inputs.end() ? nullptr : &*found;
}

const std::vector<Estimator>& estimators() {
  static const std::vector<Estimator> all = [] {
    std::vector<Estimator> read;
    for (const auto& [name, bytes] : embedded::datasets())
      if (name.starts_with(folder)) read.push_back(read_estimator(name, bytes));
    return read;
  }();
  return all;
}

const Estimator* find_estimator(std::string_view name) {
  const Estimator* found = nullptr;
  for (const auto& estimator : estimators()) {
    if (name == estimator.id + "-" + estimator.version) return &estimator;
    const bool later = found == nullptr || number_of(estimator.version) > number_of(found->version);
    if (estimator.id == name && later) found = &estimator;
  }
  return found;
}

std::string name_of(const Estimator& estimator) {
  return find_estimator(estimator.id) == &estimator ? estimator.id : estimator.id + "-" + estimator.version;
}

std::optional<Estimate> read_estimate(const Document& document, MapReader& reader, const Node& node,
                                      Findings& findings) {
  const Node* id = reader.take("estimator");
  Estimate estimate;
  estimate.place = document.place(*id);
  estimate.estimator = find_estimator(id->text);
  if (estimate.estimator == nullptr) {
    std::vector<std::string> ids;
    for (const auto& estimator : estimators()) ids.push_back(name_of(estimator));
    const std::string hint = did_you_mean(id->text, ids);
    findings.push_back(document.finding("E013", *id, fmt::format("there is no estimator '{}'", id->text),
                                        hint.empty() ? fmt::format("one of {}", fmt::join(ids, ", ")) : hint));
    return std::nullopt;
  }
  for (const auto& [word, choices] : estimate.estimator->words)
    estimate.words[word] = reader.choice(word, choices.of).value_or(choices.fallback);
  if (const Node* model = estimate.estimator->takes_model() ? reader.take("model") : nullptr) {
    estimate.model = find_language_model(model->text);
    std::vector<std::string> ids;
    for (const auto& one : language_models()) ids.push_back(one.id);
    const std::string hint = did_you_mean(model->text, ids);
    if (estimate.model == nullptr)
      findings.push_back(document.finding("E013", *model, fmt::format("the catalogue has no language model '{}'", model->text),
                                          hint.empty() ? "`cradle catalogue search model` lists them; or state its shape" : hint));
  }
  read_inputs(document, reader, node, estimate, findings);
  return estimate;
}

}  // namespace cradle::inventory
