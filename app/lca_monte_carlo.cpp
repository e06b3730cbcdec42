// SPDX-License-Identifier: Apache-2.0
// `cradle lca montecarlo`: draws shared by threads and by the ranks of mpirun, kept as they are finished.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <span>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "app/progress.hpp"
#include "app/ranks.hpp"
#include "app/terminal.hpp"
#include "inventory/systems/draw_store.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/systems/monte_carlo_result.hpp"

namespace cradle::app {
namespace {

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
  into.counts.failed = 0;  // of the draws asked for, not of those that fill the last batch
  for (std::size_t d = 0; d < into.draws; ++d) {
    const auto row = std::span(into.scores).subspan(d * per_draw, per_draw);
    into.counts.failed += std::any_of(row.begin(), row.end(), [](double v) { return std::isnan(v); });
  }
}

/// What makes a store's draws those of this run.
std::string store_key(const LcaOptions& options, const std::string& inputs) {
  std::string key = fmt::format("{}\ninputs {}\nseed {}\nallocation {}\nstored {}\n", reporting::tool_name(), inputs,
                                options.seed, options.allocation, options.stored);
  for (const auto& id : options.demands) key += fmt::format("demand {}\n", id);
  return key;
}

void print_draws(const reporting::Draws& d) {
  Table table{{"demand", "method", "static", "mean", "sd", "2.5 %", "median", "97.5 %", "error of the mean"},
              {},
              {false, false, true, true, true, true, true, true, true}};
  constexpr std::size_t most = 20;
  const auto number = [](double x) { return std::isnan(x) ? std::string("none") : fmt::format("{:.4g}", x); };
  for (std::size_t i = 0; i < std::min(most, d.system->demands.size()); ++i)
    for (std::size_t m = 0; m < d.methods(); ++m) {
      const auto s = lca::summarise(d.of(i, m));
      table.rows.push_back({d.system->demands[i].id, d.system->method_label(static_cast<int>(m)),
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

}  // namespace

int lca_monte_carlo(const LcaOptions& options) {
  int exit_code = done;
  auto joined = Ranks::join();
  if (!joined) return fail(joined.error());
  Ranks& ranks = **joined;
  auto folder = read_folder(options, {inventory::ReadUncertainty::yes}, exit_code);
  // Every rank reads the same files, but one of them may be on a machine that cannot: all go on, or none.
  if (!ranks.all_agree(folder.has_value())) return folder ? machine_trouble : exit_code;
  auto lca = lca::MatrixLca::prepare(folder->system);
  if (!lca) return ranks.rank() == 0 ? fail(lca.error()) : refused;
  const auto draws = lca::MonteCarlo::prepare(*lca, options.seed);
  if (!draws) return ranks.rank() == 0 ? fail(draws.error()) : refused;

  const std::size_t per_draw = draws->scores_per_draw(), per_batch = per_draw * lca::MonteCarlo::draws_per_batch;
  const std::uint64_t batches =
      (options.draws + lca::MonteCarlo::draws_per_batch - 1) / lca::MonteCarlo::draws_per_batch;
  const std::string inputs = inventory::sha256_of(options.folder, *folder);
  std::vector<lca::DrawBatch> finished;
  std::optional<inventory::DrawStore> store;
  std::vector<double> done_before;  // indices; rank 0 alone reads the store, so all ranks deal the same cards
  if (!options.store.empty() && ranks.rank() == 0) {
    auto opened = inventory::DrawStore::open(options.store, store_key(options, inputs), options.resume);
    if (!opened)
      fail(opened.error());
    else
      store.emplace(std::move(*opened));
  }
  if (!ranks.all_agree(options.store.empty() || ranks.rank() != 0 || store)) return refused;
  if (store)
    for (auto& batch : store->load(per_batch))
      if (batch.index < batches) {
        done_before.push_back(static_cast<double>(batch.index));
        finished.push_back(std::move(batch));
      }
  std::vector<bool> have(batches, false);
  for (const double index : ranks.broadcast(done_before)) have[static_cast<std::size_t>(index)] = true;
  if (!options.store.empty() && ranks.rank() != 0) {
    auto opened = inventory::DrawStore::open(options.store, store_key(options, inputs), true);
    if (!opened)
      fail(opened.error());
    else
      store.emplace(std::move(*opened));
  }
  if (!ranks.all_agree(options.store.empty() || store)) return refused;

  const auto own = own_batches(batches, have, ranks);
  Progress progress("draws", own.size() * lca::MonteCarlo::draws_per_batch, options.quiet || ranks.rank() > 0);
  std::vector<lca::DrawBatch> made;
  Findings trouble;
  draws->run(own, options.threads, [&](lca::DrawBatch&& batch) {
    if (store && trouble.empty())
      if (const auto kept = store->append(batch); !kept) trouble = kept.error();
    progress.add(lca::MonteCarlo::draws_per_batch);
    made.push_back(std::move(batch));
  });
  progress.finish();
  if (!trouble.empty()) fail(trouble);
  if (!ranks.all_agree(trouble.empty())) return machine_trouble;
  unpack(ranks.gather(packed(made)), per_batch, finished);
  if (ranks.rank() != 0) return done;
  if (finished.size() != batches) {
    std::cerr << fmt::format("cradle: {} of {} batches arrived; nothing is reported from the rest\n", finished.size(),
                             batches);
    return machine_trouble;
  }

  std::sort(finished.begin(), finished.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  reporting::Draws report;
  report.system = &folder->system;
  report.seed = options.seed;
  report.draws = options.draws;
  report.inputs_sha256 = inputs;
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
  if (!options.output.empty())
    if (const auto written = inventory::replace_files({{options.output, reporting::write_draws_csv(report)}},
                                                         inventory::ReadFiles({options.folder, options.family}));
        !written) {
      fail(written.error());
      return exit_of_writing(written.error());
    }
  if (options.format == "json")
    std::cout << reporting::write_draws_json(report);
  else
    print_draws(report);
  if (report.counts.failed == report.draws) return refused;
  return options.strict && !report.findings.empty() ? refused : done;
}

}  // namespace cradle::app
