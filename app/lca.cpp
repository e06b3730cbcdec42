// SPDX-License-Identifier: Apache-2.0
// General life-cycle assessment on systems given as folders of matrices.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>

#include "app/commands.hpp"
#include "app/progress.hpp"
#include "app/ranks.hpp"
#include "app/terminal.hpp"
#include "inventory/systems/draw_store.hpp"
#include "inventory/systems/matrix_folder.hpp"
#include "reporting/systems/monte_carlo_json.hpp"
#include "reporting/systems/system_json.hpp"

namespace cradle::app {
namespace {

struct Options {
  std::string folder, format = "text", only, store;
  std::vector<std::string> demands;
  std::uint64_t draws = 1000, seed = 0;
  int threads = -1;  ///< as many as there are
  bool resume = false, quiet = false, strict = false;
};

/// The system with the demands that were asked for; nothing (and the exit code) where it cannot be read.
std::optional<inventory::SystemFolder> read(const Options& options, inventory::ReadUncertainty uncertainty,
                                            int& exit_code) {
  auto folder = inventory::read_system(options.folder, uncertainty);
  Findings findings = folder ? folder->findings : folder.error();
  if (folder && !options.demands.empty()) {
    auto& demands = folder->system.demands;
    for (const auto& id : options.demands)
      if (std::none_of(demands.begin(), demands.end(), [&](const auto& d) { return d.id == id; }))
        findings.push_back({"E087", fmt::format("demand.csv has no demand '{}'", id)});
    std::erase_if(demands, [&](const lca::MatrixDemand& d) {
      return std::find(options.demands.begin(), options.demands.end(), d.id) == options.demands.end();
    });
  }
  if (folder && folder->system.demands.empty() && !has_errors(findings))
    findings.push_back({"E087",
                        "no demand: there is nothing to assess",
                        "add demand.csv with the columns id, activity",
                        {options.folder, 0, 0, 1}});
  print_findings(std::cerr, findings);
  if (has_errors(findings)) {
    exit_code = refused;
    return std::nullopt;
  }
  return std::move(*folder);
}

void print_scores(const lca::MatrixSystem& system, const std::vector<std::vector<double>>& scores,
                  const lca::SolverTally& tally) {
  Table table{{"demand"}, {}, {false}};
  for (int m = 0; m < system.characterisation.rows; ++m) {
    table.header.push_back(system.method_name(m));
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

int fail(const Findings& findings) {
  print_findings(std::cerr, findings);
  return refused;
}

int solve(const Options& options) {
  int exit_code = done;
  const auto folder = read(options, inventory::ReadUncertainty::no, exit_code);
  if (!folder) return exit_code;
  const auto& system = folder->system;
  auto lca = lca::MatrixLca::prepare(system);
  if (!lca) return fail(lca.error());

  const bool json = options.format == "json";
  const bool scores_only = options.only == "scores" || !json;
  reporting::SystemJson writer(std::cout, scores_only);
  std::vector<std::vector<double>> scores;
  const auto use = [&](std::size_t d, const lca::MatrixResult& result) {
    if (json)
      writer.demand(system.demands[d].id, result);
    else
      scores.push_back(result.scores);
  };
  // One transposed solve per method answers all demands; full vectors need a solve each.
  if (system.demands.size() == 1) {
    const auto result = lca->solve(system.demands.front());
    if (!result) return fail(result.error());
    use(0, *result);
  } else if (scores_only && system.characterisation.rows > 0) {
    const auto all = lca->scores(system.demands);
    if (!all) return fail(all.error());
    for (std::size_t d = 0; d < all->size(); ++d) use(d, {{}, {}, (*all)[d]});
  } else if (const auto solved = lca->solve_many(system.demands, use); !solved) {
    return fail(solved.error());
  }
  if (json)
    writer.finish(lca->tally(), folder->findings);
  else
    print_scores(system, scores, lca->tally());
  return done;
}

// ---- montecarlo ----

/// The batches that this rank is to do: those not yet done, dealt out in turn.
std::vector<std::uint64_t> own_batches(std::uint64_t batches, const std::vector<bool>& done, const Ranks& ranks) {
  std::vector<std::uint64_t> own;
  std::uint64_t next = 0;
  for (std::uint64_t b = 0; b < batches; ++b)
    if (!done[b] && static_cast<int>(next++ % static_cast<std::uint64_t>(ranks.size())) == ranks.rank())
      own.push_back(b);
  return own;
}

/// What ranks send each other: index, three counts, scores.
std::vector<double> packed(const std::vector<lca::DrawBatch>& batches) {
  std::vector<double> numbers;
  for (const auto& batch : batches) {
    for (const auto head :
         {batch.index, static_cast<std::uint64_t>(batch.counts.escalated_to_krylov),
          static_cast<std::uint64_t>(batch.counts.solved_directly), static_cast<std::uint64_t>(batch.counts.failed)})
      numbers.push_back(static_cast<double>(head));
    numbers.insert(numbers.end(), batch.scores.begin(), batch.scores.end());
  }
  return numbers;
}

void unpack(const std::vector<double>& numbers, std::size_t scores, std::vector<lca::DrawBatch>& into) {
  const auto count = [&](double x) { return static_cast<std::size_t>(x); };
  for (std::size_t at = 0; at < numbers.size(); at += 4 + scores) {
    const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(at + 4);
    into.push_back({count(numbers[at]),
                    {first, first + static_cast<std::ptrdiff_t>(scores)},
                    {count(numbers[at + 1]), count(numbers[at + 2]), count(numbers[at + 3])}});
  }
}

/// All draws in their places; those of the last batch that nobody asked for are dropped.
void collect(const std::vector<lca::DrawBatch>& batches, std::size_t per_draw, reporting::Draws& into) {
  into.scores.assign(into.draws * per_draw, 0.0);
  for (const auto& batch : batches) {
    into.counts.add(batch.counts);
    const std::size_t first = batch.index * lca::MonteCarlo::draws_per_batch * per_draw;
    const std::size_t count = std::min(batch.scores.size(), into.scores.size() - first);
    std::copy_n(batch.scores.begin(), count, into.scores.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

void print_draws(const reporting::Draws& d) {
  Table table{{"demand", "method", "static", "mean", "sd", "2.5 %", "median", "97.5 %", "error of the mean"},
              {},
              {false, false, true, true, true, true, true, true, true}};
  constexpr std::size_t most = 20;
  const auto number = [](double x) { return fmt::format("{:.4g}", x); };
  for (std::size_t i = 0; i < std::min(most, d.system->demands.size()); ++i)
    for (std::size_t m = 0; m < d.methods(); ++m) {
      const auto s = lca::summarise(d.of(i, m));
      table.rows.push_back({d.system->demands[i].id, d.system->method_name(static_cast<int>(m)),
                            number(d.static_scores[i * d.methods() + m]), number(s.mean), number(s.sd),
                            number(s.quantiles[0]), number(s.quantiles[2]), number(s.quantiles[4]),
                            fmt::format("{:.2g} %", s.mean != 0.0 ? 100 * s.standard_error / std::abs(s.mean) : 0.0)});
    }
  print_table(std::cout, table);
  if (d.system->demands.size() > most)
    std::cout << fmt::format("and {} more demands: --format json gives all\n", d.system->demands.size() - most);
  std::cout << fmt::format(
      "\n{} draws of {} uncertain exchanges, seed {}; {} solved by BiCGSTAB, {} by KLU, {} without a "
      "meaningful solution\n",
      d.draws, d.uncertain_exchanges, d.seed, d.counts.escalated_to_krylov, d.counts.solved_directly, d.counts.failed);
}

int monte_carlo(const Options& options) {
  int exit_code = done;
  auto ranks = Ranks::join();
  if (!ranks) return fail(ranks.error());
  auto folder = read(options, inventory::ReadUncertainty::yes, exit_code);
  if (!folder) return exit_code;
  auto lca = lca::MatrixLca::prepare(folder->system);
  if (!lca) return fail(lca.error());
  const auto draws = lca::MonteCarlo::prepare(*lca, options.seed);
  if (!draws) return fail(draws.error());

  const std::size_t per_draw = draws->scores_per_draw(), per_batch = per_draw * lca::MonteCarlo::draws_per_batch;
  const std::uint64_t batches =
      (options.draws + lca::MonteCarlo::draws_per_batch - 1) / lca::MonteCarlo::draws_per_batch;
  std::vector<lca::DrawBatch> finished;
  std::vector<bool> have(batches, false);
  std::optional<inventory::DrawStore> store;
  if (!options.store.empty()) {
    std::string key = fmt::format("{}\ninputs {}\nseed {}\n", reporting::tool_name(), folder->sha256, options.seed);
    for (const auto& id : options.demands) key += fmt::format("demand {}\n", id);
    auto opened = inventory::DrawStore::open(options.store, key, options.resume || (*ranks)->rank() > 0);
    if (!opened) return fail(opened.error());
    store.emplace(std::move(*opened));
    for (auto& batch : store->load(per_batch)) {
      if (batch.index >= batches) continue;
      have[batch.index] = true;
      if ((*ranks)->rank() == 0) finished.push_back(std::move(batch));
    }
  }
  const auto own = own_batches(batches, have, **ranks);
  Progress progress("draws", own.size() * lca::MonteCarlo::draws_per_batch, options.quiet || (*ranks)->rank() > 0);
  std::vector<lca::DrawBatch> made;
  Findings trouble;
  draws->run(own, options.threads, [&](lca::DrawBatch&& batch) {
    if (store)
      if (const auto kept = store->append(batch); !kept) trouble = kept.error();
    progress.add(lca::MonteCarlo::draws_per_batch);
    made.push_back(std::move(batch));
  });
  progress.finish();
  if (!trouble.empty()) {
    fail(trouble);
    return machine_trouble;
  }
  unpack((*ranks)->gather(packed(made)), per_batch, finished);
  if ((*ranks)->rank() != 0) return done;

  std::sort(finished.begin(), finished.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  reporting::Draws report;
  report.system = &folder->system;
  report.seed = options.seed;
  report.draws = options.draws;
  report.inputs_sha256 = folder->sha256;
  report.uncertain_exchanges = draws->uncertain_exchanges();
  report.static_scores = draws->static_scores();
  report.findings = folder->findings;
  collect(finished, per_draw, report);
  if (report.counts.failed > 0) {
    report.findings.push_back({"W114",
                               fmt::format("{} of {} draws have no meaningful solution and are left out",
                                           report.counts.failed, options.draws),
                               "their samples make an economy that uses more of its products than it makes: the spread "
                               "of the amounts is wide"});
    print_findings(std::cerr, {report.findings.back()});
  }
  if (options.format == "json")
    std::cout << reporting::write_draws_json(report);
  else
    print_draws(report);
  return options.strict && !report.findings.empty() ? refused : done;
}

}  // namespace

void add_lca(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("lca", "life-cycle assessment of any system given as matrices (docs/systems.md)");
  command->footer(
      "Example:\n  cradle lca solve examples/matrix-system\n  cradle lca solve DIR --only scores --format json");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  auto* solve_command = command->add_subcommand("solve", "supply, inventory and scores of each demand");
  solve_command->footer("Example:\n  cradle lca solve examples/matrix-system --demand 0 --format json");
  auto* draw_command = command->add_subcommand("montecarlo", "the spread of the scores when every exchange varies");
  draw_command->footer(
      "Example:\n  cradle lca montecarlo examples/matrix-system --draws 1000 --seed 1\n  mpirun -n 4 cradle lca "
      "montecarlo DIR "
      "--draws 100000 --store draws --resume");
  draw_command->add_option("--draws", options->draws, "how many (1000)")->check(CLI::Range(1ULL, 1000000000ULL));
  draw_command->add_option("--seed", options->seed, "the same seed gives the same bits (0)");
  draw_command->add_option("--threads", options->threads, "how many at once (all)")->check(CLI::Range(1, 1024));
  draw_command->add_option("--store", options->store, "keep finished draws here")->type_name("DIR");
  draw_command->add_flag("--resume", options->resume, "go on with the draws in --store");
  draw_command->add_flag("--quiet", options->quiet, "no progress bar");
  draw_command->add_flag("--strict", options->strict, "warnings are errors");
  draw_command->callback([options, &exit_code] { exit_code = monte_carlo(*options); });
  for (auto* inner : {solve_command, draw_command}) {
    inner->add_option("folder", options->folder, "a folder with A.mtx, and B.mtx, C.mtx, demand.csv")
        ->required()
        ->type_name("DIR");
    inner->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
    inner->add_option("--demand", options->demands, "only this demand; may be given several times")->type_name("ID");
  }
  solve_command->add_option("--only", options->only, "scores leaves supply and inventory out")
      ->check(CLI::IsMember({"scores"}));
  solve_command->callback([options, &exit_code] { exit_code = solve(*options); });
}

}  // namespace cradle::app
