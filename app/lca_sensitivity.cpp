// SPDX-License-Identifier: Apache-2.0
// `cradle lca sensitivity`: what moves a score.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "app/terminal.hpp"
#include "reporting/systems/analysis_json.hpp"

namespace cradle::app {
namespace {

void print(const lca::MatrixSystem& system, const reporting::ScoreSensitivities& one, int top) {
  std::cout << styled(std::cout, Style::bold,
                      fmt::format("{}, {}: {:.4g}", one.demand, system.method_label(one.method), one.score))
            << "\n\n";
  Table table{{"exchange", "value", "1 % more gives", "2.5 %", "97.5 %", "variance", ""},
              {},
              {false, true, true, true, true, true, false}};
  for (const auto& s : one.exchanges) {
    if (static_cast<int>(table.rows.size()) >= top) break;
    table.rows.push_back({system.entry_name(s.matrix, s.row, s.column), fmt::format("{:.4g}", s.value),
                          fmt::format("{:+.3f} %", s.elasticity), s.uncertain ? fmt::format("{:+.3g}", s.low) : "",
                          s.uncertain ? fmt::format("{:+.3g}", s.high) : "",
                          s.uncertain ? fmt::format("{:.1f} %", 100 * s.share_of_variance) : "",
                          bar(s.share_of_variance, 16)});
  }
  print_table(std::cout, table);
  std::cout << "first order, exchanges independent\n\n";
  if (one.sobol.empty()) return;
  Table sobol{{"exchange", "Sobol, alone", "95 %", "with interactions", "95 %"}, {}, {false, true, false, true, false}};
  for (std::size_t i = 0; i < one.sobol.size(); ++i) {
    const auto& entry = system.uncertainties[one.sobol_entries[i]];
    const auto& index = one.sobol[i];
    sobol.rows.push_back({system.entry_name(entry.matrix, entry.row, entry.column), fmt::format("{:.3f}", index.first),
                          fmt::format("{:.3f} to {:.3f}", index.first_low, index.first_high),
                          fmt::format("{:.3f}", index.total),
                          fmt::format("{:.3f} to {:.3f}", index.total_low, index.total_high)});
  }
  print_table(std::cout, sobol);
  std::cout << "of the variance that these exchanges cause together, all others at their values\n\n";
}

/// The uncertain entries that carry most of the variance, as indices into the system's uncertainties.
std::vector<std::size_t> most_important(const lca::MatrixSystem& system,
                                        const std::vector<lca::ExchangeSensitivity>& sorted, int count) {
  std::vector<std::size_t> chosen;
  for (const auto& s : sorted) {
    if (static_cast<int>(chosen.size()) == count || !s.uncertain) break;
    for (std::size_t u = 0; u < system.uncertainties.size(); ++u) {
      const auto& entry = system.uncertainties[u];
      if (entry.matrix == s.matrix && entry.row == s.row && entry.column == s.column && entry.samples < 0) {
        chosen.push_back(u);
        break;
      }
    }
  }
  return chosen;
}

/// The same matrix with the factors of the other methods left out.
lca::SparseMatrix only_method(const lca::SparseMatrix& c, int method) {
  std::vector<lca::Triplet> kept;
  for (int flow = 0; flow < c.columns; ++flow)
    if (const auto entry = c.find(method, flow)) kept.push_back({method, flow, c.value[*entry]});
  return lca::SparseMatrix::from(c.rows, c.columns, kept);
}

}  // namespace

int lca_sensitivity(const LcaOptions& options) {
  int exit_code = done;
  const auto folder = read_folder(options, {inventory::ReadUncertainty::yes}, exit_code);
  if (!folder) return exit_code;
  const auto& system = folder->system;
  std::vector<reporting::ScoreSensitivities> all;
  exit_code = for_each_score(
      system, options,
      [&](lca::MatrixLca&, const lca::MatrixDemand& demand, const lca::MatrixResult& result, int m,
          const std::vector<double>& price) -> Result<void> {
        const auto method = static_cast<std::size_t>(m);
        all.push_back({demand.id, m, result.scores[method], lca::sensitivities(system, result, price, m), {}, {}});
        if (options.sobol == 0) return {};
        auto& one = all.back();
        one.sobol_entries = most_important(system, one.exchanges, options.sobol);
        lca::MatrixSystem of_score = system;
        of_score.demands = {demand};
        of_score.characterisation = only_method(system.characterisation, m);
        auto indices = lca::sobol_of(of_score, one.sobol_entries, static_cast<std::size_t>(options.base), options.seed,
                                     options.threads);
        if (!indices) return tl::unexpected(indices.error());
        one.sobol = (*indices)[method];
        return {};
      });
  if (exit_code != done) return exit_code;
  if (options.format == "json")
    std::cout << reporting::write_sensitivities_json(system, all, folder->findings);
  else
    for (const auto& one : all) print(system, one, options.top);
  return done;
}

}  // namespace cradle::app
