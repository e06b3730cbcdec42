// SPDX-License-Identifier: Apache-2.0
#include "reporting/systems/monte_carlo_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "inventory/text/csv.hpp"
#include "reporting/findings_json.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

Json summary_json(const std::vector<double>& draws) {
  const auto s = lca::summarise(draws);
  return {{"valid", s.draws},
          {"mean", s.mean},
          {"sd", s.sd},
          {"standard_error", s.standard_error},
          {"quantiles",
           {{"2.5", s.quantiles[0]},
            {"25", s.quantiles[1]},
            {"50", s.quantiles[2]},
            {"75", s.quantiles[3]},
            {"97.5", s.quantiles[4]}}}};
}

Json score_json(const Draws& d, std::size_t demand, std::size_t method) {
  const auto values = d.of(demand, method);
  Json json = {{"method", d.system->method_name(static_cast<int>(method))},
               {"static", d.static_scores[demand * d.methods() + method]}};
  json.update(summary_json(values));
  json["convergence"] = Json::array();
  for (const auto& step : lca::convergence(values))
    json["convergence"].push_back(
        {{"draws", step.draws}, {"mean", step.mean}, {"standard_error", step.standard_error}});
  return json;
}

/// Two demands, draw by draw.
Json comparison_json(const Draws& d, std::size_t demand, std::size_t other) {
  Json json = {{"id", d.system->demands[demand].id}, {"minus", d.system->demands[other].id}, {"scores", Json::array()}};
  for (std::size_t m = 0; m < d.methods(); ++m) {
    const auto differences = d.difference(demand, other, m);
    Json score = {{"method", d.system->method_name(static_cast<int>(m))}};
    score.update(summary_json(differences));
    const auto valid = std::count_if(differences.begin(), differences.end(), [](double v) { return v == v; });
    const auto larger = std::count_if(differences.begin(), differences.end(), [](double v) { return v > 0.0; });
    score["share_larger"] = valid > 0 ? static_cast<double>(larger) / static_cast<double>(valid) : 0.0;
    json["scores"].push_back(std::move(score));
  }
  return json;
}

}  // namespace

std::vector<double> Draws::of(std::size_t demand, std::size_t method) const {
  std::vector<double> values(draws);
  for (std::size_t i = 0; i < draws; ++i)
    values[i] = scores[(i * system->demands.size() + demand) * methods() + method];
  return values;
}

std::vector<double> Draws::difference(std::size_t demand, std::size_t other, std::size_t method) const {
  auto values = of(demand, method);
  const auto others = of(other, method);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= others[i];
  return values;
}

std::string write_draws_json(const Draws& d) {
  Json json = {{"schema", "cradle/lca-montecarlo/1"},
               {"draws", d.draws},
               {"seed", d.seed},
               {"uncertain_exchanges", d.uncertain_exchanges},
               {"demands", Json::array()}};
  constexpr std::size_t most_compared = 20;
  for (std::size_t i = 0; i < d.system->demands.size(); ++i) {
    Json demand = {{"id", d.system->demands[i].id}, {"scores", Json::array()}};
    for (std::size_t m = 0; m < d.methods(); ++m) demand["scores"].push_back(score_json(d, i, m));
    json["demands"].push_back(std::move(demand));
  }
  json["comparisons"] = Json::array();
  if (d.system->demands.size() <= most_compared)
    for (std::size_t other = 0; other < d.system->demands.size(); ++other)
      for (std::size_t i = other + 1; i < d.system->demands.size(); ++i)
        json["comparisons"].push_back(comparison_json(d, i, other));
  json["solver"] = {{"escalated", d.counts.escalated_to_krylov + d.counts.solved_directly},
                    {"bicgstab", d.counts.escalated_to_krylov},
                    {"klu", d.counts.solved_directly},
                    {"failed", d.counts.failed}};
  json["findings"] = findings_json(d.findings);
  json["provenance"] = {{"inputs_sha256", d.inputs_sha256}, {"generator", "Threefry-2x64-13"}};
  return json.dump(1) + "\n";
}

std::string write_draws_csv(const Draws& d) {
  std::string text = "draw,demand,method,score\n";
  auto out = std::back_inserter(text);
  const auto& demands = d.system->demands;
  for (std::size_t draw = 0; draw < d.draws; ++draw)
    for (std::size_t i = 0; i < demands.size(); ++i)
      for (std::size_t m = 0; m < d.methods(); ++m) {
        const double score = d.scores[(draw * demands.size() + i) * d.methods() + m];
        fmt::format_to(out, "{},{},{},", draw, inventory::quoted_cell(demands[i].id),
                       inventory::quoted_cell(d.system->method_name(static_cast<int>(m))));
        if (!std::isnan(score)) fmt::format_to(out, "{}", score);
        text += '\n';
      }
  return text;
}

}  // namespace cradle::reporting
