// SPDX-License-Identifier: Apache-2.0
// What moving an input costs on a real study, and what a study's background costs beside the matrix engine's own solve of
// the same system. Ratios and limits, in one run.
#include <chrono>
#include <cstdio>
#include <random>
#include <string>

#include "inventory/assessment/assessment.hpp"
#include "lca/matrix/matrix_lca.hpp"
#include "reporting/figures/definition.hpp"

namespace {

using namespace cradle;
using Clock = std::chrono::steady_clock;

template <typename Work>
double least_ms(int times, Work work) {
  double least = 1e300;
  for (int i = 0; i < times; ++i) {
    const auto start = Clock::now();
    work();
    least = std::min(least, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  return least;
}

int moved_study(const char* path) {
  const auto assessment = inventory::assess({path});
  if (!assessment) return 1;
  std::vector<lca::Query> queries;
  for (const auto& figure : reporting::figure_definitions())
    if (auto query = figure.query(assessment->system())) queries.push_back(*query);
  auto moved = assessment->moved(queries);
  const auto pue = assessment->parameters().find("sites.idris.grid.location");
  if (!moved || !pue) return 1;
  double value = 0.05;
  const double ms = least_ms(2000, [&] {
    value = value > 0.1 ? 0.05 : value + 1e-5;
    if (!moved->set(*pue, value)) std::exit(1);
  });
  std::printf("one input of %s moved, %zu figures: %.4f ms (limit 0.2 ms)\n", path, queries.size(), ms);
  return 0;  // a time, no ratio: printed, never a gate
}

/// A random economy: `n` processes, each taking six products of others.
int background_of(int n) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> amount(0.0, 0.1);
  lca::MatrixSystem matrix;
  std::vector<lca::Triplet> a, b;
  lca::Inventory inventory;
  const auto name = [](int i) { return "p" + std::to_string(i); };
  lca::UnitProcess use;
  use.product = use.name = "use";
  use.exchanges.push_back({.flow = name(0), .amount = 1.0});
  inventory.processes.push_back(use);
  for (int i = 0; i < n; ++i) {
    lca::UnitProcess process;
    process.product = process.name = name(i);
    process.background = true;
    a.push_back({i, i, 1.0});
    for (int k = 0; k < 6; ++k) {
      const int supplier = static_cast<int>(random() % static_cast<unsigned>(n));
      const double taken = amount(random);
      process.exchanges.push_back({.flow = name(supplier), .amount = taken});
      a.push_back({supplier, i, -taken});
    }
    const double emitted = amount(random);
    process.exchanges.push_back({.kind = lca::Exchange::Kind::biosphere, .flow = "CO2", .amount = emitted});
    b.push_back({0, i, emitted});
    inventory.processes.push_back(std::move(process));
  }
  inventory.elementary_flows = {{"CO2", "kg"}};
  inventory.methods = {{"climate", "climate", "kg", {{"CO2", 1.0}}}};
  inventory.demand = {"use", 1.0};
  matrix.technosphere = lca::SparseMatrix::from(n, n, a);
  matrix.biosphere = lca::SparseMatrix::from(1, n, b);
  matrix.characterisation = lca::SparseMatrix::from(1, 1, std::vector<lca::Triplet>{{0, 0, 1.0}});

  double engine_score = 0.0, study_score = 0.0;
  const double engine = least_ms(20, [&] {
    auto lca = lca::MatrixLca::prepare(matrix);
    engine_score = (*lca->prices({{"0", {{0, 1.0}}}}))[0][0];
  });
  const auto system = lca::ProductSystem::link(inventory);
  if (!system) return 1;
  const lca::Evaluator evaluator(*system);
  const auto query = evaluator.prepare({{}, 0});
  const double evaluation = least_ms(20, [&] {
    study_score = evaluator.fold(*evaluator.evaluate(system->parameters().values()), query);
  });
  const double whole = least_ms(3, [&] { (void)lca::Solution::solve(*system); });
  std::printf("background of %d processes: engine %.2f ms, evaluation %.2f ms (%.2f x, limit 2 x), solved with its ledger %.1f ms\n",
              n, engine, evaluation, evaluation / engine, whole);
  if (std::abs(study_score / engine_score - 1) > 1e-9) return 1;
  return evaluation <= 2 * engine ? 0 : 1;
}

}  // namespace

int main() {
  const int moved = moved_study("examples/bloom-176b/study.yaml"), large = background_of(3000);
  return moved + large;
}
