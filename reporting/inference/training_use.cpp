// SPDX-License-Identifier: Apache-2.0
#include "reporting/inference/training_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

/// How much of a service's whole period the functional unit takes.
double share_of_period(const Disclosure& d, const std::string& product) {
  double share = 0.0;
  const auto values = d.compiled().system.parameters().values();
  for (const auto& process : d.compiled().system.inventory().processes)
    if (process.product == d.compiled().system.inventory().demand.product)
      for (const auto& exchange : process.exchanges)
        if (exchange.flow == product) share += exchange.amount.evaluate(values);
  return share;
}

}  // namespace

std::vector<TrainingUse> training_uses(const Disclosure& d) {
  const auto values = d.parameters().values();
  std::vector<TrainingUse> uses;
  std::map<std::string, double> lives;  // of each model, taken by all services together
  for (const auto& served : d.compiled().served) {
    const double share = share_of_period(d, served.product), units = served.units.evaluate(values);
    if (share <= 0.0 || units <= 0.0) continue;
    TrainingUse use{served.service, served.model, served.unit, units, std::nullopt, {}, {}};
    if (served.lifetime) {
      use.lifetime = served.lifetime->evaluate(values);
      if (*use.lifetime <= 0.0) continue;
      lives[served.model] += share * units / *use.lifetime;
    }
    const lca::Selection serving{lca::one_of("run", {served.service}), lca::one_of("activity", {"inference"})};
    use.emissions.serving = d.solution().fold({serving, d.climate()}) / (share * units);
    use.energy.serving = d.solution().fold({serving & selections::energy(), std::nullopt}) / (share * units);
    uses.push_back(std::move(use));
  }
  struct Training {
    double kg = 0.0, kwh = 0.0;
  };
  std::map<std::string, Training> alone;  // of models whose training the functional unit does not hold
  for (auto& use : uses) {
    if (use.lifetime) {
      const lca::Selection training{lca::one_of("model", {use.model})};
      use.emissions.training = d.solution().fold({training, d.climate()}) / lives.at(use.model);
      use.energy.training = d.solution().fold({training & selections::energy(), std::nullopt}) / lives.at(use.model);
      continue;
    }
    const auto [known, fresh] = alone.emplace(use.model, Training{});
    if (fresh)
      if (const auto trained = d.assessment->training_of(use.model))
        known->second = {trained->solution().fold({{}, find_method(*trained, inventory::methods::climate)}),
                         trained->solution().fold({selections::energy(), std::nullopt})};
    use.emissions.training = known->second.kg;
    use.energy.training = known->second.kwh;
  }
  std::erase_if(uses, [](const TrainingUse& use) { return !use.emissions.break_even() && !use.energy.break_even(); });
  return uses;
}

Picture break_even_picture(const TrainingUse& use) {
  const auto unit = display_unit("kg CO2e", use.emissions.training);
  const double meeting = *use.emissions.break_even(), life = *use.lifetime;
  // Axes begin and end at powers of ten.
  const double first = std::pow(10, std::floor(std::log10(std::min(meeting, life) / 10))),
               last = std::pow(10, std::ceil(std::log10(std::max(meeting, life) * 3)));
  Json serving = Json::array(), training = Json::array(), both = Json::array();
  for (int i = 0; i <= 60; ++i) {
    const double units = first * std::pow(last / first, i / 60.0);
    serving.push_back({units, units * use.emissions.serving / unit.size});
    training.push_back({units, use.emissions.training / unit.size});
    both.push_back({units, (use.emissions.training + units * use.emissions.serving) / unit.size});
  }
  const Json data = {{"unit", unit.name},
                     {"units", use.unit + "s served"},
                     {"serving", serving},
                     {"training", training},
                     {"both", both},
                     {"lowest", std::pow(10, std::floor(std::log10(first * use.emissions.serving / unit.size)))},
                     {"highest", std::pow(10, std::ceil(std::log10((use.emissions.training + last * use.emissions.serving) / unit.size)))},
                     {"marks",
                      {{{"x", meeting}, {"words", "as much as training, " + count_in_words(meeting)}},
                       {{"x", life}, {"words", "declared life, " + count_in_words(life)}}}}};
  const double share = use.emissions.training / (use.emissions.training + life * use.emissions.serving);
  return {"break_even", data.dump(),
          fmt::format("Over its declared life training is {} of {}", percent(share), use.service),
          fmt::format("{} emitted by serving, by training, and together, by {}s served; both axes logarithmic",
                      unit.name, use.unit),
          "Lines of cumulative emissions by units served; the values stand in the table below."};
}

}  // namespace cradle::reporting
