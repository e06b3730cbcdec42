// SPDX-License-Identifier: Apache-2.0
// The Model Documentation Form of the EU's general-purpose AI code of practice, and Annex XI of the AI Act: compute,
// time and energy of training, with the boundary that the form itself does not define.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "reporting/rounding.hpp"
#include "reporting/targets/target.hpp"

namespace cradle::reporting {
namespace {

constexpr double hours_per_day = 24.0, days_per_month = 365.25 / 12;

/// "1.3x10^2": at least two significant figures, as the form writes them.
std::string in_powers(double value) {
  std::string text = fmt::format("{:.1e}", value);
  const auto e = text.find('e');
  return fmt::format("{}x10^{}", text.substr(0, e), std::atoi(text.c_str() + e + 1));
}

/// Bands of training time that authorities are told.
std::string band(double days) {
  const double months = days / days_per_month;
  return months < 1   ? "less than 1 month"
         : months < 3 ? "1 to 3 months"
         : months < 6 ? "3 to 6 months"
                      : "more than 6 months";
}

/// Training alone and whole, also where the functional unit holds a share of it.
struct Training {
  Figure energy, hours, flop;
  double days = 0.0;
  bool dated = true;  ///< every final run tells how long it took
};

std::vector<Figure> figures_of(const Assessment& a) {
  std::vector<FigureDefinition> definitions;
  for (const char* id : {"energy.facility", "device_hours", "flop.total"}) {
    auto definition = *find_definition(id);
    definition.where = definition.where & lca::Selection{lca::one_of("activity", {"training"})};
    definitions.push_back(std::move(definition));
  }
  return compute_figures(a, definitions);
}

Training training_of(const Disclosure& d) {
  const auto whole = whole_training(d);
  Training training;
  training.dated = whole.has_value();
  if (!whole) return training;
  auto figures = figures_of(*whole->assessment);
  training = {std::move(figures[0]), std::move(figures[1]), std::move(figures[2])};
  for (const auto* run : whole->runs) {
    if (run->stage != "training" || run->status != inventory::RunStatus::final_run) continue;
    training.dated = training.dated && run->duration.has_value();
    if (run->duration) training.days += run->duration->value / hours_per_day * (run->repeat ? run->repeat->value : 1.0);
  }
  training.dated = training.dated && training.days > 0;
  return training;
}

/// The inference that the study counts: task, devices and what it computed.
Json inference_of(const Disclosure& d) {
  Json json = {{"computation", nullptr}, {"energy_per_unit", nullptr}, {"methodology", nullptr}};
  for (const auto& row : by_activity(*d.assessment)) {
    const auto& unit = d.study().functional_unit;
    if (row.activity != "inference" || !unit || !unit->of.starts_with("services/") || row.facility_kwh <= 0) continue;
    const double amount = unit->amount ? unit->amount->value : 1.0;
    json["energy_per_unit"] = fmt::format(
        "{} kWh per {} (facility energy, {} for {} of them)", in_powers(row.facility_kwh / amount),
        unit->unit.empty() ? "request" : unit->unit, significant(row.facility_kwh, 3) + " kWh", significant(amount, 3));
    json["methodology"] = method_in_words(d);
  }
  return json;
}

}  // namespace

Json make_gpai(const Disclosure& d, bool) {
  const auto& study = d.study();
  const auto training = training_of(d);
  const auto& [energy, hours, flop, days, dated] = training;
  const double measured = energy.measured_share();
  Json json = {{"general",
                {{"provider", study.organisation.empty() ? Json(nullptr) : Json(study.organisation)},
                 {"model_name", study.subject.empty() ? Json(nullptr) : Json(study.subject)},
                 {"authenticity", nullptr},
                 {"release_date", nullptr},
                 {"union_date", nullptr},
                 {"dependencies", nullptr}}}};
  Json compute = {{"training_time_band", dated ? Json(band(days)) : Json(nullptr)},
                  {"training_time_days", dated ? Json(significant(days, 3)) : Json(nullptr)},
                  {"hardware_days", hours.value ? Json(significant(*hours.value / hours_per_day, 3)) : Json(nullptr)},
                  {"computation_order", nullptr},
                  {"computation", nullptr},
                  {"computation_methodology", nullptr}};
  if (flop.value && *flop.value > 0) {
    compute["computation"] = in_powers(*flop.value) + " FLOP";
    compute["computation_order"] = fmt::format("10^{}", static_cast<int>(std::floor(std::log10(*flop.value))));
    compute["computation_methodology"] =
        flop.basis == "assumed"
            ? "as stated in the study"
            : "floating-point operations of the runs, as the study states or computes them (" + flop.basis + ")";
  }
  json["compute"] = std::move(compute);
  json["energy"] = {
      {"training", energy.value && *energy.value > 0 ? Json(in_powers(*energy.value / 1000) + " MWh") : Json(nullptr)},
      {"kind", measured >= 0.995 ? "measured"
               : measured > 0    ? fmt::format("estimated, {:.0f} % of it measured", measured * 100)
                                 : std::string("estimated")},
      {"interval", energy.low && !energy.is_partial()
                       ? Json(fmt::format("{} to {} MWh (95 %)", significant(*energy.low / 1000, 2),
                                          significant(*energy.high / 1000, 2)))
                       : Json("not known")},
      {"methodology", method_in_words(d)}};
  json["inference"] = inference_of(d);
  return json;
}

}  // namespace cradle::reporting
