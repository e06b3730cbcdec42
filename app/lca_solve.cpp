// SPDX-License-Identifier: Apache-2.0
// `cradle lca solve`: supply, inventory and scores.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "app/terminal.hpp"
#include "reporting/systems/system_json.hpp"

namespace cradle::app {
namespace {

void print_scores(const lca::MatrixSystem& system, const std::vector<std::vector<double>>& scores,
                  const lca::SolverTally& tally) {
  Table table{{"demand"}, {}, {false}};
  for (int m = 0; m < system.characterisation.rows; ++m) {
    table.header.push_back(system.method_label(m));
    table.right.push_back(true);
  }
  constexpr std::size_t most = 50;
  for (std::size_t d = 0; d < std::min(most, scores.size()); ++d) {
    table.rows.push_back({system.demands[d].id});
    for (const double score : scores[d]) table.rows.back().push_back(fmt::format("{:.6g}", score));
  }
  print_table(std::cout, table);
  if (scores.size() > most) std::cout << fmt::format("and {} more: --format json gives all\n", scores.size() - most);
  std::cout << fmt::format("\nsolved {} system{} with {} sweeps of Gauss-Seidel", tally.systems,
                           tally.systems == 1 ? "" : "s", tally.sweeps);
  if (tally.escalated_to_krylov > 0) std::cout << fmt::format(", {} by BiCGSTAB", tally.escalated_to_krylov);
  if (tally.solved_directly > 0) std::cout << fmt::format(", {} by KLU", tally.solved_directly);
  std::cout << fmt::format("; residual {:.1e}", tally.residual);
  if (tally.score_error > 0) std::cout << fmt::format(", error of the scores below {:.1e}", tally.score_error);
  std::cout << '\n';
}

/// Each weighted category of a result, from what its flows contribute.
std::vector<lca::Weighted> weigh_all(const lca::MatrixSystem& system,
                                     const std::vector<lca::CategoryWeighting>& weightings,
                                     const lca::MatrixResult& result) {
  std::vector<lca::Weighted> all;
  for (const auto& w : weightings) {
    std::vector<double> characterised(result.inventory.size(), 0.0);
    for (std::size_t f = 0; f < characterised.size(); ++f)
      characterised[f] = result.inventory[f] * system.characterisation.at(w.method, static_cast<int>(f));
    all.push_back(lca::weigh(characterised, w.convention, w.normalisation, w.weight));
  }
  return all;
}

void print_weighting(const lca::MatrixSystem& system, const std::vector<lca::CategoryWeighting>& weightings,
                     const std::vector<std::vector<lca::Weighted>>& weighted) {
  if (weightings.empty()) return;
  Table table{{"demand", "method", "normalised", "weighted", "both"}, {}, {false, false, true, true, true}};
  constexpr std::size_t most = 50;
  for (std::size_t d = 0; d < std::min(most, weighted.size()); ++d)
    for (std::size_t w = 0; w < weightings.size(); ++w) {
      const auto& of = weighted[d][w];
      table.rows.push_back({system.demands[d].id, system.method_name(weightings[w].method),
                            fmt::format("{:.6g}", of.normalised), fmt::format("{:.6g}", of.weighted),
                            fmt::format("{:.6g}", of.both)});
    }
  std::cout << '\n';
  print_table(std::cout, table);
  for (std::size_t w = 0; w < weightings.size(); ++w)
    std::cout << system.method_name(weightings[w].method) << ": " << weighted.front()[w].convention << '\n';
}

}  // namespace

int lca_solve(const LcaOptions& options) {
  int exit_code = done;
  const bool json = options.format == "json";
  const bool scores_only = options.only == "scores" || !json;
  const auto folder =
      read_folder(options, {inventory::ReadUncertainty::no, scores_only && options.allocation.empty()}, exit_code);
  if (!folder) return exit_code;
  const auto& system = folder->system;
  auto lca = lca::MatrixLca::prepare(system);
  if (!lca) return fail(lca.error());

  reporting::SystemJson writer(std::cout, scores_only);
  std::vector<std::vector<double>> scores;
  std::vector<std::vector<lca::Weighted>> weighted;
  const auto use = [&](std::size_t d, const lca::MatrixResult& result) {
    weighted.push_back(weigh_all(system, folder->weightings, result));
    if (json)
      writer.demand(system.demands[d].id, result, folder->weightings, weighted.back());
    else
      scores.push_back(result.scores);
  };
  // One transposed solve per method answers all demands; full vectors need a solve each.
  if (system.demands.size() == 1) {
    const auto result = lca->solve(system.demands.front());
    if (!result) return fail(result.error());
    use(0, *result);
  } else if (scores_only && system.characterisation.rows > 0 && folder->weightings.empty()) {
    const auto all = lca->scores(system.demands);
    if (!all) return fail(all.error());
    for (std::size_t d = 0; d < all->size(); ++d) use(d, {{}, {}, (*all)[d]});
  } else if (const auto solved = lca->solve_many(system.demands, use); !solved) {
    return fail(solved.error());
  }
  auto findings = folder->findings;
  if (lca->tally().unproductive) {
    findings.push_back({"W113",
                        "this system uses more of some product than it makes: its solution runs processes backwards",
                        "look for amounts in the wrong unit, or inputs larger than outputs, in a loop",
                        {options.folder, 0, 0, 1}});
    print_findings(std::cerr, {findings.back()});
  }
  if (json)
    writer.finish(system, lca->tally(), findings);
  else
    print_scores(system, scores, lca->tally());
  if (!json) print_weighting(system, folder->weightings, weighted);
  return done;
}

}  // namespace cradle::app
