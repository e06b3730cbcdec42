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
  const std::size_t climate = d.climate();
  const auto values = d.compiled().system.parameters().values();
  std::vector<TrainingUse> uses;
  std::map<std::string, double> lives;  // of each model, taken by all services together
  for (const auto& trained : d.compiled().trained_services) {
    const double share = share_of_period(d, trained.product);
    const double units = trained.units.evaluate(values), lifetime = trained.lifetime.evaluate(values);
    if (share <= 0.0 || units <= 0.0 || lifetime <= 0.0) continue;
    lives[trained.model] += share * units / lifetime;
    TrainingUse use{trained.service, trained.model, trained.unit, 0.0, 0.0, lifetime, units};
    use.serving = d.solution().fold({{lca::one_of("run", {trained.service}), lca::one_of("activity", {"inference"})},
                                     climate}) /
                  (share * units);
    uses.push_back(std::move(use));
  }
  for (auto& use : uses)
    use.training = d.solution().fold({{lca::one_of("model", {use.model})}, climate}) / lives.at(use.model);
  std::erase_if(uses, [](const TrainingUse& use) { return use.serving <= 0.0 || use.training <= 0.0; });
  return uses;
}

Picture break_even_picture(const TrainingUse& use) {
  const auto unit = display_unit("kg CO2e", use.training);
  const double meeting = use.break_even();
  // Axes begin and end at powers of ten.
  const double first = std::pow(10, std::floor(std::log10(std::min(meeting, use.lifetime) / 10))),
               last = std::pow(10, std::ceil(std::log10(std::max(meeting, use.lifetime) * 3)));
  Json serving = Json::array(), training = Json::array(), both = Json::array();
  for (int i = 0; i <= 60; ++i) {
    const double units = first * std::pow(last / first, i / 60.0);
    serving.push_back({units, units * use.serving / unit.size});
    training.push_back({units, use.training / unit.size});
    both.push_back({units, (use.training + units * use.serving) / unit.size});
  }
  const Json data = {{"unit", unit.name},
                     {"units", use.unit + "s served"},
                     {"serving", serving},
                     {"training", training},
                     {"both", both},
                     {"lowest", std::pow(10, std::floor(std::log10(first * use.serving / unit.size)))},
                     {"highest", std::pow(10, std::ceil(std::log10((use.training + last * use.serving) / unit.size)))},
                     {"marks",
                      {{{"x", meeting}, {"words", "as much as training, " + count_in_words(meeting)}},
                       {{"x", use.lifetime}, {"words", "declared life, " + count_in_words(use.lifetime)}}}}};
  const double share = use.training / (use.training + use.lifetime * use.serving);
  return {"break_even", data.dump(),
          fmt::format("Over its declared life training is {} of {}", percent(share), use.service),
          fmt::format("{} emitted by serving, by training, and together, by {}s served; both axes logarithmic",
                      unit.name, use.unit),
          "Lines of cumulative emissions by units served; the values stand in the table below."};
}

}  // namespace cradle::reporting
