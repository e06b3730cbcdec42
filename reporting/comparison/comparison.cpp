// SPDX-License-Identifier: Apache-2.0
#include "reporting/comparison/comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lca/uncertainty/parameter_draws.hpp"
#include "reporting/disclosure.hpp"

namespace cradle::reporting {
namespace {

constexpr const char* compared_figures[] = {"ghg.total", "ghg.operational", "ghg.embodied", "ghg.scope2_mb", "energy.facility", "water.total"};

std::vector<std::string> included(const inventory::Assessment& assessment) {
  auto items = assessment.study().boundary ? assessment.study().boundary->include : std::vector<std::string>();
  std::sort(items.begin(), items.end());
  return items;
}

Findings unlike(const Alternative& first, const Alternative& other) {
  Findings findings;
  const auto differ = [&](const char* what, const std::string& one, const std::string& two) {
    findings.push_back({"E108", fmt::format("the {} of '{}' is {}, that of '{}' is {}: their figures are not of the same thing", what, first.name, one, other.name, two),
                        "state the same in both, or ask for one with --unit"});
  };
  const auto &a = first.assessment->compiled().functional_unit, &b = other.assessment->compiled().functional_unit;
  if (a != b) differ("functional unit", "'" + a + "'", "'" + b + "'");
  const auto in_a = included(*first.assessment), in_b = included(*other.assessment);
  if (in_a != in_b) differ("boundary", fmt::format("{}", fmt::join(in_a, ", ")), fmt::format("{}", fmt::join(in_b, ", ")));
  if (first.assessment->study().gwp != other.assessment->study().gwp)
    differ("characterisation", first.assessment->study().gwp, other.assessment->study().gwp);
  return findings;
}

std::string verdict_of(const ComparedValue& value) {
  if (!value.difference) return "";
  if (std::abs(*value.difference) <= 1e-9 * std::abs(value.value)) return "equal";
  if (value.difference_interval && value.difference_interval->low <= 0.0 && value.difference_interval->high >= 0.0)
    return "cannot distinguish";
  return *value.difference < 0.0 ? "lower" : "higher";
}

/// One alternative's answers to the figures that it knows, and their draws.
struct Answers {
  std::vector<std::optional<std::size_t>> at;  ///< of the figures, where it has them
  std::vector<double> values;
  lca::ParameterDraws draws;
};

Answers answers_of(const Alternative& alternative, const lca::DrawSettings& settings) {
  Answers answers;
  std::vector<lca::Query> queries;
  std::vector<FigureDefinition> definitions;
  for (const char* id : compared_figures) definitions.push_back(*find_definition(id));
  const auto figures = compute_figures(*alternative.assessment, definitions);
  for (std::size_t f = 0; f < figures.size(); ++f) {
    const auto query = definitions[f].query(alternative.assessment->system());
    answers.at.push_back(query && figures[f].value ? std::optional(queries.size()) : std::nullopt);
    if (!answers.at.back()) continue;
    queries.push_back(*query);
    answers.values.push_back(*figures[f].value);
  }
  answers.draws = lca::ParameterDraws::run(alternative.assessment->solution().evaluator(), queries, settings);
  return answers;
}

}  // namespace

Result<Comparison> compare(const std::vector<Alternative>& alternatives, const lca::DrawSettings& settings) {
  Findings findings;
  for (std::size_t i = 1; i < alternatives.size(); ++i) {
    auto wrong = unlike(alternatives.front(), alternatives[i]);
    findings.insert(findings.end(), wrong.begin(), wrong.end());
  }
  if (!findings.empty()) return tl::unexpected(std::move(findings));
  Comparison comparison;
  comparison.draws = settings.draws;
  std::vector<Answers> answers;
  for (const auto& alternative : alternatives) {
    comparison.names.push_back(alternative.name);
    answers.push_back(answers_of(alternative, settings));
  }
  for (std::size_t f = 0; f < std::size(compared_figures); ++f) {
    const auto* definition = find_definition(compared_figures[f]);
    ComparedFigure figure{definition->id, definition->label, definition->unit, {}};
    for (const auto& one : answers) {
      if (!one.at[f]) {
        figure.values.emplace_back();
        continue;
      }
      ComparedValue value;
      value.value = one.values[*one.at[f]];
      const auto drawn = one.draws.folds(*one.at[f]);
      value.interval = one.draws.interval(*one.at[f]);
      const auto& first = answers.front();
      if (&one != &first && first.at[f]) {
        value.difference = value.value - first.values[*first.at[f]];
        std::vector<double> differences(drawn.begin(), drawn.end());
        const auto of_first = first.draws.folds(*first.at[f]);
        for (std::size_t draw = 0; draw < differences.size(); ++draw) differences[draw] -= of_first[draw];
        value.difference_interval = lca::interval_of(differences);
      }
      value.verdict = verdict_of(value);
      figure.values.push_back(std::move(value));
    }
    if (std::any_of(figure.values.begin(), figure.values.end(), [](const auto& v) { return v.has_value(); })) comparison.figures.push_back(std::move(figure));
  }
  return comparison;
}

std::string write_comparison_json(const Comparison& comparison) {
  using Json = nlohmann::ordered_json;
  Json figures = Json::object();
  const auto ends = [](const std::optional<lca::Interval>& interval) { return interval ? Json{{"low", interval->low}, {"high", interval->high}} : Json(nullptr); };
  for (const auto& figure : comparison.figures) {
    Json values = Json::array();
    for (std::size_t i = 0; i < figure.values.size(); ++i) {
      if (!figure.values[i]) {
        values.push_back({{"alternative", comparison.names[i]}, {"value", nullptr}});
        continue;
      }
      const auto& value = *figure.values[i];
      values.push_back({{"alternative", comparison.names[i]}, {"value", value.value}, {"interval", ends(value.interval)},
                        {"difference", value.difference ? Json(*value.difference) : Json(nullptr)}, {"difference_interval", ends(value.difference_interval)},
                        {"verdict", value.verdict}});
    }
    figures[figure.id] = {{"unit", figure.unit}, {"values", values}};
  }
  return Json{{"schema", "cradle/comparison/1"}, {"alternatives", comparison.names}, {"draws", comparison.draws}, {"figures", figures}}.dump(1) + "\n";
}

}  // namespace cradle::reporting
