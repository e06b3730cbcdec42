// SPDX-License-Identifier: Apache-2.0
// Software Carbon Intensity (ISO/IEC 21031:2024): SCI = (E x I + M) per R, in g CO2e. SCI for AI keeps two scores apart
// that are never added: the consumer's, of operation, and the provider's, of all before it. Location-based only,
// nothing offset.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reporting/result_json.hpp"
#include "reporting/rounding.hpp"
#include "reporting/targets/target.hpp"

namespace cradle::reporting {
namespace {

constexpr double grams = 1000.0;

Json score(const std::string& unit, double kg, double units, const std::string& of) {
  return {{"score", kg * grams / units}, {"unit", "g CO2e/" + unit}, {"functional_units", units}, {"of", of}};
}

/// Of operation, per unit of the functional unit, where that is a service's.
Json consumer(const Disclosure& d, const std::vector<ActivityRow>& rows, double amount) {
  const auto& unit = d.study().functional_unit;
  if (!unit || !unit->of.starts_with("services/"))
    return {{"score", nullptr}, {"reason", "the functional unit is not of a service"}};
  for (const auto& row : rows)
    if (row.activity == "inference")
      return score(unit->unit.empty() ? "request" : unit->unit, row.operational_kg + row.embodied_kg, amount,
                   "operation and monitoring, with the hardware that they take");
  return {{"score", nullptr}, {"reason", "no inference is in the boundary"}};
}

/// Of design, development and training, whole and once, per training token and per exaFLOP, as far as the study counts
/// them.
Json provider(const Disclosure& d) {
  const auto none = [](const char* reason) { return Json{{"scores", Json::array()}, {"reason", reason}}; };
  const auto& boundary = d.study().boundary;
  if (!boundary || (!boundary->includes("training") && !boundary->includes("development")))
    return none("neither training nor development is in the boundary");
  const auto whole = whole_training(d);
  if (!whole) return none("which training is meant cannot be told: take a functional unit of models/NAME");
  double kg = 0.0;
  for (const auto& row : by_activity(*whole->assessment))
    if (row.activity != "inference") kg += row.operational_kg + row.embodied_kg;
  if (kg <= 0.0) return none("the study states no training");
  double tokens = 0.0;
  for (const auto* run : whole->runs)
    if (run->tokens && run->stage == "training" && run->status == inventory::RunStatus::final_run)
      tokens += run->tokens->value * (run->repeat ? run->repeat->value : 1.0);
  const auto flop = compute_figures(*whole->assessment, std::vector{*find_definition("flop.total")}).front();
  Json scores = Json::array();
  const std::string of = "design, development and training, all counted runs";
  if (tokens > 0) scores.push_back(score("training token", kg, tokens, of));
  if (flop.value && *flop.value > 0) scores.push_back(score("exaFLOP", kg, *flop.value / 1e18, of));
  if (scores.empty()) return none("the runs state neither tokens nor FLOP");
  return {{"scores", scores}, {"reason", nullptr}};
}

Json coefficients(const Disclosure& d) {
  Json rows = Json::array();
  const auto& parameters = d.parameters();
  for (const auto& grid : d.compiled().grids)
    rows.push_back({{"name", "I of " + grid.label},
                    {"value", significant(grid.intensity.evaluate(parameters.values()) * grams, 4)},
                    {"unit", "g CO2e/kWh"},
                    {"source", grid.parameter ? parameters[*grid.parameter].source : "its mix"}});
  for (const auto& [name, site] : d.study().sites)
    if (const auto pue = parameters.find(lca::ParameterKey{{"sites", name}, "pue"}.text()))
      rows.push_back({{"name", "PUE of " + name},
                      {"value", significant(parameters[*pue].value, 4)},
                      {"unit", "1"},
                      {"source", parameters[*pue].source}});
  for (const auto& life : d.hardware.lives)
    rows.push_back({{"name", "TE of one device of " + life.hardware},
                    {"value", significant(life.life_kg, 4)},
                    {"unit", "kg CO2e"},
                    {"source", life.rule}});
  for (auto& row : rows)
    if (row["source"].get<std::string>().empty()) row["source"] = "stated in the study, no source";
  return rows;
}

}  // namespace

Json make_sci(const Disclosure& d, bool) {
  const auto& operational = d.figure("ghg.operational");
  const auto& embodied = d.figure("ghg.embodied");
  const auto& energy = d.figure("energy.facility");
  const auto& unit = d.study().functional_unit;
  const double amount = unit && unit->amount ? unit->amount->value : 1.0;
  const double e = energy.value.value_or(0.0), o = operational.value.value_or(0.0), m = embodied.value.value_or(0.0);
  const auto rows = by_activity(*d.assessment);
  const std::string per = unit && !unit->unit.empty() ? unit->unit : d.compiled().functional_unit;
  Json sci = {{"score", nullptr}, {"unit", "g CO2e/" + per}};
  if (operational.value && o + m > 0) sci["score"] = (o + m) * grams / amount;
  sci["E_kWh"] = e;
  sci["I_g_per_kWh"] = e > 0 ? Json(o * grams / e) : Json(nullptr);
  sci["O_g"] = o * grams;
  sci["M_g"] = embodied.value ? Json(m * grams) : Json(nullptr);
  sci["M_reason"] = embodied.value ? Json(nullptr) : Json(embodied.reason);
  sci["R"] = amount;
  // The interval is the total's; where the total holds more than the score there is none.
  const auto& unsplit = d.figure("ghg.unsplit");
  const bool all_of_it = !unsplit.value || *unsplit.value == 0.0;
  sci["left_out_g"] = all_of_it ? Json(nullptr) : Json(*unsplit.value * grams);
  sci["low"] = all_of_it && operational.low && embodied.value && !d.figure("ghg.total").is_partial()
                   ? Json(*d.figure("ghg.total").low * grams / amount)
                   : Json(nullptr);
  sci["high"] = sci["low"].is_null() ? Json(nullptr) : Json(*d.figure("ghg.total").high * grams / amount);
  const auto words = [](const Json& value) {
    return value.is_number() ? significant(value.get<double>(), 3) : std::string("not estimated");
  };
  Json consumer_score = consumer(d, rows, amount), provider_score = provider(d);
  Json text = {{"score", words(sci["score"])},
               {"E", words(sci["E_kWh"])},
               {"I", words(sci["I_g_per_kWh"])},
               {"O", words(sci["O_g"])},
               {"M", words(sci["M_g"])},
               {"R", fmt::format("{}", amount)},
               {"consumer", consumer_score["score"].is_null()
                                ? "not estimated: " + consumer_score["reason"].get<std::string>()
                                : words(consumer_score["score"]) + " " + consumer_score["unit"].get<std::string>()},
               {"provider", Json::array()}};
  for (const auto& one : provider_score["scores"])
    text["provider"].push_back({{"text", words(one["score"]) + " " + one["unit"].get<std::string>()}});
  if (text["provider"].empty())
    text["provider"].push_back({{"text", "not estimated: " + provider_score["reason"].get<std::string>()}});
  return {{"schema", "cradle/sci/1"},
          {"application",
           {{"name", d.study().subject.empty() ? d.study().title : d.study().subject},
            {"version", nullptr},
            {"description", d.study().title},
            {"url", nullptr}}},
          {"accountable",
           {{"organisation", d.study().organisation.empty() ? Json(nullptr) : Json(d.study().organisation)},
            {"person", nullptr},
            {"contact", nullptr}}},
          {"measured", period_of(d)},
          {"sci", std::move(sci)},
          {"sci_ai", {{"consumer", std::move(consumer_score)}, {"provider", std::move(provider_score)}}},
          {"coefficients", coefficients(d)},
          {"boundary", d.study().boundary ? Json(d.study().boundary->include) : Json::array()},
          {"excludes", d.headline_excludes},
          {"method", method_in_words(d)},
          {"result_sha256", result_sha256(d)},
          {"text", std::move(text)}};
}

}  // namespace cradle::reporting
