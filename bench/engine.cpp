// SPDX-License-Identifier: Apache-2.0
// Times the engine inside one process, files already read: seconds as JSON, for bench/lca.py to set against peers.
//   cradle_bench DIR TASK [threads] [methods] [count]
// TASK: solve, scores, supplies, traversal, draws.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string>

#include "inventory/systems/matrix_folder.hpp"
#include "lca/contribution/contributions.hpp"
#include "lca/uncertainty/monte_carlo.hpp"

namespace {

using namespace cradle;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Only the first methods of a system.
void keep_methods(lca::MatrixSystem& system, int count) {
  std::vector<lca::Triplet> kept;
  for (int c = 0; c < system.characterisation.columns; ++c)
    for (auto [k, end] = lca::range_of(system.characterisation.column_start, static_cast<std::size_t>(c)); k < end; ++k)
      if (system.characterisation.row[k] < count)
        kept.push_back({system.characterisation.row[k], c, system.characterisation.value[k]});
  system.characterisation = lca::SparseMatrix::from(count, system.characterisation.columns, kept);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string task = argv[2];
  const int threads = argc > 3 ? std::atoi(argv[3]) : 1, methods = argc > 4 ? std::atoi(argv[4]) : 1,
            count = argc > 5 ? std::atoi(argv[5]) : 0;
  auto folder = inventory::read_system(
      argv[1], {task == "draws" ? inventory::ReadUncertainty::yes : inventory::ReadUncertainty::no});
  if (!folder) return 1;
  auto& system = folder->system;
  keep_methods(system, methods);
  const auto all = system.demands;
  const auto start = Clock::now();
  auto lca = lca::MatrixLca::prepare(system);
  if (!lca) return 1;
  double seconds = 0, score = 0;
  std::size_t work = 1, escalated = 0, failed = 0, reached = 0;
  if (task == "solve") {
    const auto result = lca->solve(all.front());
    if (!result) return 1;
    seconds = seconds_since(start);
    score = result->scores[0];
    reached = lca->reach_of({all.front()})->size();
  } else if (task == "scores") {
    const auto scores = lca->scores(all);
    if (!scores) return 1;
    seconds = seconds_since(start);
    work = all.size();
    score = scores->front()[0];
  } else if (task == "supplies") {
    if (!lca->solve_many(all, [&](std::size_t d, const lca::MatrixResult& result) {
          if (d == 0) score = result.scores[0];
        }))
      return 1;
    seconds = seconds_since(start);
    work = all.size();
  } else if (task == "traversal") {
    system.demands = {all.front()};
    const auto price = lca->prices(system.demands);
    const auto tree = lca::upstream_tree(*lca, all.front(), (*price)[0], lca->direct_impacts()[0], {});
    if (!tree) return 1;
    seconds = seconds_since(start);
    std::set<int> products;
    for (const auto& node : tree->nodes) products.insert(node.product);
    work = products.size();
    score = tree->total;
  } else if (task == "draws") {
    system.demands = {all.front()};
    const auto draws = lca::MonteCarlo::prepare(*lca, 1);
    if (!draws) return 1;
    std::vector<std::uint64_t> batches(static_cast<std::size_t>(count) / lca::MonteCarlo::draws_per_batch);
    std::iota(batches.begin(), batches.end(), std::uint64_t{0});
    const auto drawing = Clock::now();
    lca::DrawCounts counts;
    draws->run(batches, threads, [&](lca::DrawBatch&& batch) {
      counts.add(batch.counts);
      if (batch.index == 0) score = batch.scores[0];
    });
    seconds = seconds_since(drawing);
    work = batches.size() * lca::MonteCarlo::draws_per_batch;
    escalated = counts.escalated_to_krylov + counts.solved_directly;
    failed = counts.failed;
    reached = draws->uncertain_exchanges();
  } else {
    return 2;
  }
  const auto& tally = lca->tally();
  std::printf(
      "{\"seconds\": %.9g, \"work\": %zu, \"score\": %.17g, \"sweeps\": %d, \"escalated\": %zu, \"failed\": %zu, "
      "\"reached\": %zu}\n",
      seconds, work, score, tally.sweeps,
      escalated + static_cast<std::size_t>(tally.escalated_to_krylov + tally.solved_directly), failed, reached);
  return 0;
}
