// SPDX-License-Identifier: Apache-2.0
// The sparse solvers against a slow dense one on random systems, and what must hold whatever the numbers are.
#include <Eigen/Dense>
#include <cmath>
#include <random>

#include "lca/contribution/contributions.hpp"
#include "tests/unit/matrix_fixtures.hpp"

using namespace cradle;
using namespace cradle::lca;

namespace {

/// A productive economy with loops in units twenty orders apart, waste treatments, credits and own consumption.
MatrixSystem economy(int n, unsigned seed, double spend = 0.75) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<> uniform(0, 1);
  std::vector<double> price(static_cast<std::size_t>(n)), sign(static_cast<std::size_t>(n), 1.0);
  for (auto& p : price) p = std::pow(10.0, 20 * uniform(random) - 10);
  for (auto& s : sign) s = uniform(random) < 0.1 ? -1.0 : 1.0;
  std::vector<Triplet> a, b;
  for (int c = 0; c < n; ++c) {
    const auto col = static_cast<std::size_t>(c);
    a.push_back({c, c, sign[col] * (1 - 0.1 * uniform(random))});
    for (int k = 0; k < 5; ++k) {
      const int r = static_cast<int>(uniform(random) * n);
      const auto row = static_cast<std::size_t>(r);
      const double credit = uniform(random) < 0.05 ? -0.3 : 1.0;
      if (r != c) a.push_back({r, c, -credit * sign[row] * spend / 5 * price[col] / price[row]});
    }
    b.push_back({static_cast<int>(uniform(random) * 4), c, price[col] * uniform(random)});
  }
  MatrixSystem system;
  system.technosphere = SparseMatrix::from(n, n, a);
  system.biosphere = SparseMatrix::from(4, n, b);
  system.characterisation = sparse({{1, 0.5, 2, 0}, {0, 3, 0, 1}});
  for (int d = 0; d < 11; ++d) system.demands.push_back({std::to_string(d), {{d, sign[static_cast<std::size_t>(d)]}}});
  return system;
}

Eigen::MatrixXd dense(const SparseMatrix& m) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(m.rows, m.columns);
  for (int c = 0; c < m.columns; ++c) {
    const auto [begin, end] = range_of(m.column_start, static_cast<std::size_t>(c));
    for (std::size_t k = begin; k < end; ++k) result(m.row[k], c) = m.value[k];
  }
  return result;
}

}  // namespace

TEST_CASE("supply, inventory and scores agree with a dense solver", "[matrix]") {
  for (const int n : {20, 290, 700}) {
    CAPTURE(n);
    const auto system = economy(n, 1 + static_cast<unsigned>(n));
    // Rows and columns scaled to one, or a dense solver drowns in twenty orders of magnitude.
    const Eigen::MatrixXd a = dense(system.technosphere);
    auto lca = prepared(system);
    Eigen::VectorXd row(n), column(n);
    for (int i = 0; i < n; ++i)
      row(i) = system.biosphere.transposed_times(std::vector<double>{1, 1, 1, 1})[static_cast<std::size_t>(i)];
    for (int i = 0; i < n; ++i) column(i) = 1 / row(i);
    const Eigen::MatrixXd scaled = row.asDiagonal() * a * column.asDiagonal();
    const auto factors = scaled.partialPivLu();
    for (const auto& demand : system.demands) {
      Eigen::VectorXd f = Eigen::VectorXd::Zero(n);
      for (const auto& [product, amount] : demand.amounts) f(product) += amount;
      const Eigen::VectorXd s = column.asDiagonal() * factors.solve(row.asDiagonal() * f);
      const auto result = lca.solve(demand);
      REQUIRE(result);
      for (int i = 0; i < n; ++i)
        CHECK(result->scaling[static_cast<std::size_t>(i)] ==
              Approx(s(i)).epsilon(1e-9).margin(1e-10 * std::abs(column(i) * row(demand.amounts[0].first))));
      CHECK(result->score_error < 1e-10);
    }
    CHECK(lca.tally().residual < 1e-11);
    CHECK((n < 300) == (lca.tally().solved_directly > 0));
  }
}

TEST_CASE("one solve, many in lanes and prices tell the same", "[matrix]") {
  for (const int n : {30, 900}) {
    const auto system = economy(n, 5);
    auto lca = prepared(system);
    const auto scores = lca.scores(system.demands);
    REQUIRE(scores);
    int seen = 0;
    REQUIRE(lca.solve_many(system.demands, [&](std::size_t d, const MatrixResult& many) {
      const auto one = lca.solve(system.demands[d]);
      check_close(many.scaling, one->scaling, 1e-9);
      check_close(many.scores, one->scores, 1e-10);
      check_close((*scores)[d], one->scores, 1e-10);
      ++seen;
    }));
    CHECK(seen == 11);
  }
}

TEST_CASE("linear in demand; units and numbering do not matter", "[matrix]") {
  const auto system = economy(600, 9);
  auto lca = prepared(system);
  const auto first = lca.solve(system.demands[0]), second = lca.solve(system.demands[1]);
  MatrixDemand both = {"both", {system.demands[0].amounts[0], system.demands[1].amounts[0]}};
  both.amounts[0].second *= 3;
  const auto sum = lca.solve(both);
  for (std::size_t m = 0; m < 2; ++m)
    CHECK(sum->scores[m] == Approx(3 * first->scores[m] + second->scores[m]).epsilon(1e-10));

  auto other_unit = system;  // product 0 in a unit 1000 times smaller, process 5 run a seventh at a time
  auto& a = other_unit.technosphere;
  for (std::size_t k = 0; k < a.entries(); ++k)
    if (a.row[k] == 0) a.value[k] *= 1000;
  for (auto* matrix : {&a, &other_unit.biosphere}) {
    const auto [begin, end] = range_of(matrix->column_start, 5);
    for (std::size_t k = begin; k < end; ++k) matrix->value[k] /= 7;
  }
  auto demand = system.demands[0];
  demand.amounts[0].second *= 1000;
  check_close(prepared(other_unit).solve(demand)->scores, first->scores, 1e-10);

  std::vector<int> place(600);  // processes and products renumbered, each its own way
  for (std::size_t i = 0; i < place.size(); ++i) place[i] = static_cast<int>((i * 7 + 3) % 600);
  std::vector<Triplet> ta, tb;
  for (int c = 0; c < 600; ++c) {
    const auto column = static_cast<std::size_t>(c);
    for (auto [k, end] = range_of(system.technosphere.column_start, column); k < end; ++k)
      ta.push_back({599 - system.technosphere.row[k], place[column], system.technosphere.value[k]});
    for (auto [k, end] = range_of(system.biosphere.column_start, column); k < end; ++k)
      tb.push_back({system.biosphere.row[k], place[column], system.biosphere.value[k]});
  }
  MatrixSystem renumbered;
  renumbered.technosphere = SparseMatrix::from(600, 600, ta);
  renumbered.biosphere = SparseMatrix::from(4, 600, tb);
  renumbered.characterisation = system.characterisation;
  auto moved = system.demands[0];
  moved.amounts[0].first = 599 - moved.amounts[0].first;
  check_close(prepared(renumbered).solve(moved)->scores, first->scores, 1e-9);
}

TEST_CASE("the Sankey's links conserve impact at every process, and the tree covers the score", "[contribution]") {
  const auto system = economy(400, 12);
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[3]);
  const auto price = lca.prices(every_product(system));
  const auto all = links(lca, system.demands[3], *result, (*price)[0]);
  std::vector<double> balance(400, 0.0), size(400, 0.0);
  for (const auto& link : all) {
    balance[static_cast<std::size_t>(link.supplier)] -= link.impact;
    size[static_cast<std::size_t>(link.supplier)] += std::abs(link.impact);
    if (link.consumer >= 0) balance[static_cast<std::size_t>(link.consumer)] += link.impact;
  }
  double direct = 0;
  for (const auto& c : direct_contributions(system, *result, 0)) {
    balance[static_cast<std::size_t>(c.process)] += c.impact;
    direct += c.impact;
  }
  for (std::size_t p = 0; p < balance.size(); ++p)
    CHECK(std::abs(balance[p]) <= 1e-9 * std::max(size[p], 1e-3 * std::abs(result->scores[0])));
  CHECK(direct == Approx(result->scores[0]).epsilon(1e-10));
  double before = 0;
  for (const double cut_off : {1e-2, 1e-4, 1e-6}) {
    const auto tree = upstream_tree(lca, system.demands[3], (*price)[0], lca.direct_impacts()[0],
                                    {.cut_off = cut_off, .most_expansions = 1'000'000});
    REQUIRE(tree);
    CHECK(tree->coverage() > before);
    before = tree->coverage();
  }
  CHECK(before > 0.85);
}

TEST_CASE("beyond productivity the solver escalates and still tells the truth", "[matrix]") {
  auto system = economy(500, 3, 1.4);  // every process spends 1.4 of its value
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[0]);
  REQUIRE(result);
  CHECK(lca.tally().escalated_to_krylov + lca.tally().solved_directly > 0);
  const auto price = lca.prices(every_product(system));
  REQUIRE(price);
  double found = 0;
  for (const auto& [row, amount] : system.demands[0].amounts)
    found += amount * (*price)[0][static_cast<std::size_t>(row)];
  CHECK(found == Approx(result->scores[0]).epsilon(1e-6));
}

TEST_CASE("what cannot be solved is named", "[matrix]") {
  auto system = economy(400, 1);
  system.demands = {{"far", {{400, 1}}}};
  CHECK(prepared(system).solve(system.demands[0]).error()[0].code == "E087");
  system.demands[0].amounts[0] = {0, std::nan("")};
  CHECK(prepared(system).solve(system.demands[0]).error()[0].code == "E087");
  auto empty = system_of({{1, 0, 0}, {0, 0, 0}, {0, 0, 1}});
  empty.processes = {"a", "idle", "c"};
  const auto refused = MatrixLca::prepare(empty);
  CHECK(refused.error().size() == 2);
  CHECK(refused.error()[0].message == "'idle' has no entry: it neither makes nor takes a product");
  CHECK(MatrixLca::prepare(system_of({{1, 1}, {0, 0}})).error()[0].code == "E081");
  CHECK(MatrixLca::prepare(system_of({{1, 1, 0}, {0, 0, 1}, {0, 0, 1}})).error()[0].code == "E082");
}

TEST_CASE("products stand where they are made, also where the diagonal holds inputs", "[matrix]") {
  auto system = system_of({{-0.1, 1}, {1, -0.2}}, {{1, 2}}, {{1}}, {1, 0});
  auto lca = prepared(system);
  CHECK(lca.process_of_product() == std::vector<int>{1, 0});
  const auto price = lca.prices(system.demands);
  const auto tree = upstream_tree(lca, system.demands[0], (*price)[0], lca.direct_impacts()[0], {.cut_off = 1e-6});
  REQUIRE(tree);
  CHECK(tree->coverage() == Approx(1).epsilon(1e-4));
  // a treatment that makes another waste keeps its own place
  CHECK(prepared(system_of({{1, 0, 0}, {1, -1, 0}, {0, 0.2, -1}})).process_of_product() == std::vector<int>{0, 1, 2});
}

TEST_CASE("amounts beyond a double are refused by every way to a score", "[matrix]") {
  auto system = economy(40, 3);
  system.characterisation = sparse({{1e308, 1e308, 1e308, 1e308}});
  for (auto& value : system.biosphere.value) value *= 1e10;
  auto lca = MatrixLca::prepare(system);
  REQUIRE(lca);
  const auto refused = [](const auto& result) { return !result && result.error().front().code == "E054"; };
  CHECK(refused(lca->solve(system.demands.front())));
  CHECK(refused(lca->scores(system.demands)));
  CHECK(refused(lca->solve_many(system.demands, [](std::size_t, const MatrixResult&) {})));
}

TEST_CASE("flows without a factor are listed with their share of what flows in their unit", "[matrix]") {
  auto system = economy(12, 1);
  system.characterisation = sparse({{1, 0, 2, 0}, {0, 3, 0, 1}});
  MatrixResult result;
  result.inventory = {6.0, -3.0, 0.0, 1.0};
  const std::vector<std::string> units = {"kg", "kg", "kg", ""};
  const auto left_out = uncharacterised_flows(system, result, 0, units);
  REQUIRE(left_out.size() == 2);
  CHECK(left_out[0].flow == 1);
  CHECK(*left_out[0].share == Approx(3.0 / 9.0));  // by size, signs aside
  CHECK(left_out[1].flow == 3);
  CHECK(!left_out[1].share);                                           // its unit is not known
  CHECK(uncharacterised_flows(system, result, 1, units).size() == 1);  // what is zero is not left out
}
