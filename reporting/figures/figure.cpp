// SPDX-License-Identifier: Apache-2.0
#include "reporting/figures/figure.hpp"

#include <algorithm>

namespace cradle::reporting {
namespace {

namespace methods = inventory::methods;

std::optional<Absence> obstacle(const Assessment& a, const FigureDefinition& definition) {
  for (const auto& stands : definition.obstacles)
    if (auto absence = stands(a, definition)) return absence;
  return std::nullopt;
}

/// Whether any entry of the ledger belongs to the fold; without one there is no number, not a zero.
bool has_entries(const Assessment& a, const FigureDefinition& definition, const lca::Query& query) {
  const bool of_climate = definition.method.starts_with("climate-change") || definition.method == methods::carbon_cost;
  if (!query.what || of_climate) return a.solution().any(query.where);
  std::vector<std::string> flows;
  for (const auto& [flow, factor] : a.system().inventory().methods[*query.what].factors) flows.push_back(flow);
  return a.solution().any(query.where & lca::Selection{lca::one_of("flow", std::move(flows))});
}

/// What the figure is divided by, and its unit with it.
double scale_of(const Assessment& a, const FigureDefinition& definition, std::string& unit) {
  if (!definition.per_unit) return 1.0;
  const auto amount = a.parameters().find("functional_unit.amount");
  if (!amount) return 1.0;
  const auto& of = a.study().functional_unit->unit;
  unit += "/" + (of.empty() ? std::string("unit") : of);
  return 1.0 / a.parameters()[*amount].value;
}

void add_basis(const Assessment& a, const lca::Query& query, Figure& figure) {
  const auto sizes = a.solution().sizes_by_basis(query);
  double total = 0.0;
  for (const auto& [basis, size] : sizes) total += size;
  for (const auto& [basis, size] : sizes) {
    figure.basis = lca::name_of(basis);  // the weakest comes last
    figure.basis_shares[figure.basis] = size / total;
  }
}

void add_answer(const Assessment& a, const lca::Answer& answer, double scale, Figure& figure) {
  const auto between = [&](const lca::Interval& interval, const char* words) {
    figure.low = interval.low * scale;
    figure.high = interval.high * scale;
    figure.interval = words;
  };
  if (answer.scenario) {
    figure.status = Status::range;
    between(*answer.scenario, "scenario");
    return;
  }
  figure.value = answer.value * scale;
  figure.status = *figure.value == 0.0 ? Status::zero : Status::estimated;
  if (answer.interval)
    between(*answer.interval, a.draws().draws > 0            ? "Monte Carlo"
                              : answer.interval->finite_step ? "first-order, finite step"
                                                             : "first-order");
  if (figure.id == "energy.it" && a.compiled().facility_level_energy)
    figure.reason = "partial: some energy is known at facility level only";
}

/// The figure without its number, and its question where there is one to ask.
std::optional<lca::Query> open_figure(const Assessment& a, const FigureDefinition& definition, Figure& figure) {
  figure.id = definition.id;
  figure.label = definition.label;
  figure.unit = definition.unit;
  if (const auto absence = obstacle(a, definition)) {
    figure.status = absence->status;
    figure.reason = absence->reason;
    return std::nullopt;
  }
  auto query = definition.query(a.system());
  if (query && !has_entries(a, definition, *query)) {
    figure.reason = "the study states nothing that belongs here";
    return std::nullopt;
  }
  return query;
}

}  // namespace

double Figure::measured_share() const {
  double share = 0.0;
  for (const char* one : {"metered", "measured"})
    if (const auto found = basis_shares.find(one); found != basis_shares.end()) share += found->second;
  return share;
}

std::vector<Figure> compute_figures(const Assessment& a, std::span<const FigureDefinition> definitions) {
  std::vector<Figure> figures(definitions.size());
  std::vector<lca::Query> queries;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < definitions.size(); ++i)
    if (auto query = open_figure(a, definitions[i], figures[i])) {
      queries.push_back(std::move(*query));
      asked.push_back(i);
    }
  const auto answers = a.answer(queries);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    Figure& figure = figures[asked[q]];
    const double scale = scale_of(a, definitions[asked[q]], figure.unit);
    add_basis(a, queries[q], figure);
    figure.covered = a.solution().ranged_share(queries[q]);
    add_answer(a, answers[q], scale, figure);
  }
  return figures;
}

}  // namespace cradle::reporting
