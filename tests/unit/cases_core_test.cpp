// SPDX-License-Identifier: Apache-2.0
// Systems with exact answers, by the name of the case: textbook examples and what other engines' tests pin. The source
// of each figure stands beside it.
#include <cmath>

#include "inventory/systems/matrix_market.hpp"
#include "lca/contribution/contributions.hpp"
#include "lca/impact/weighting.hpp"
#include "lca/solution.hpp"
#include "tests/unit/matrix_fixtures.hpp"

using namespace cradle;
using namespace cradle::lca;

namespace {
const Rows electricity_a = {{-2, 100}, {10, 0}};
const Rows electricity_b = {{1, 10}, {0.1, 2}, {0, -50}};

UnitProcess process(std::string product, std::vector<Exchange> exchanges, std::string place = {}) {
  UnitProcess made;
  made.product = made.name = std::move(product);
  made.unit = "kg";
  made.exchanges = std::move(exchanges);
  made.place = std::move(place);
  return made;
}
Exchange takes(std::string product, double amount) { return {.flow = std::move(product), .amount = amount}; }
Exchange emits(std::string flow, double amount) {
  return {.kind = Exchange::Kind::biosphere, .flow = std::move(flow), .amount = amount};
}
Result<ProductSystem> link(std::vector<UnitProcess> processes, std::string product, std::vector<Method> methods,
                           double amount = 1) {
  Inventory inventory;
  inventory.processes = std::move(processes);
  inventory.methods = std::move(methods);
  inventory.elementary_flows = {{"e1", "kg"}, {"e2", "kg"}, {"co2", "kg"}};
  inventory.demand = {std::move(product), amount};
  return ProductSystem::link(std::move(inventory));
}
double score(std::vector<UnitProcess> processes, std::string product, Method method, double amount = 1) {
  const auto system = link(std::move(processes), std::move(product), {std::move(method)}, amount);
  REQUIRE(system);
  const auto solution = Solution::solve(*system);
  REQUIRE(solution);
  return solution->totals()[0];
}
const Method co2 = {"climate-change", "climate", "kg", {{"co2", 1.0}}};
}  // namespace

// Heijungs and Suh 2002, ch. 2
TEST_CASE("HS-2.1 two processes, electricity from fuel", "[case]") {
  const auto result = solved(system_of(electricity_a, electricity_b, {}, {0, 1000}));
  check_close(result.scaling, {100, 2});
  check_close(result.inventory, {120, 14, -100});
}

TEST_CASE("HS-2.2 intensities: one transposed solve per flow", "[case]") {
  auto system = system_of(electricity_a, electricity_b, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  auto lca = prepared(system);
  const auto price = lca.prices(every_product(system));
  REQUIRE(price);
  check_close((*price)[0], {0.1, 0.12});
  check_close((*price)[1], {0.02, 0.014});
  check_close((*price)[2], {-0.5, -0.1});
  check_close(lca.solve(demand_of({1, 0}))->scaling, {0, 0.01});
  check_close(lca.solve(demand_of({0, 1}))->scaling, {0.1, 0.002});
}

// olca-modules SelfLoopAnalysisTest
TEST_CASE("OL-LOOP a loop of two, and a node's upstream without its own loop", "[case]") {
  auto system = system_of({{1, -0.5}, {-1, 1}}, {{1, 2}, {2, 1}}, {{1, 0}, {0, 1}}, {2, 0});
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[0]);
  check_close(result->scaling, {4, 4});
  check_close(result->inventory, {12, 12});
  const auto f1 = direct_contributions(system, *result, 0), f2 = direct_contributions(system, *result, 1);
  CHECK(f1[0].impact == Approx(8));  // process 2, then process 1
  CHECK(f1[1].impact == Approx(4));
  CHECK(f2[0].impact == Approx(8));
  CHECK(f2[1].impact == Approx(4));
  const auto price = lca.prices(every_product(system));
  const auto factor = loop_factor(lca, 1);
  REQUIRE(factor);
  CHECK(result->scaling[1] * (*price)[0][1] / *factor == Approx(10).epsilon(1e-9));
  CHECK(result->scaling[1] * (*price)[1][1] / *factor == Approx(8).epsilon(1e-9));
}

// bw2calc tests (circular chains)
TEST_CASE("BW-LOOP circular chain", "[case]") {
  const auto result = solved(system_of({{1, -0.1}, {-0.5, 1}}, {{1, 0}}, {}, {1, 0}));
  check_close(result.scaling, {1.0526315789473684, 0.5263157894736842});
  check_close(result.inventory, {1.0526315789473684});
}

// bw2calc basic_fixture: an input marked "flip" is stored positive and turned when the matrix is filled
TEST_CASE("BW-BASIC flipped input", "[case]") {
  auto system = system_of({{1, 0}, {-0.5, 1}}, {{1, 0}}, {{1}}, {1, 0});
  const auto result = solved(system);
  check_close(result.scaling, {1, 0.5});
  check_close(result.scores, {1});
  auto lca = prepared(system);
  check_close(lca.solve(demand_of({0, 1}))->scaling, {0, 1});
}

// olca-modules BasicSolverTest
TEST_CASE("OL-SOLVE triangular", "[case]") {
  check_close(solved(system_of({{1, 0}, {-5, 4}}, {}, {}, {1, 0})).scaling, {1, 1.25});
}

// olca-modules SankeyTest testDeepSupplyChain
TEST_CASE("OL-DEEP a chain of 15,000, nothing recursive", "[case]") {
  constexpr int n = 15000;
  std::vector<Triplet> a, b;
  for (int i = 0; i < n; ++i) {
    a.push_back({i, i, 1});
    if (i + 1 < n) a.push_back({i + 1, i, -1});
    b.push_back({0, i, 1});
  }
  MatrixSystem system;
  system.technosphere = SparseMatrix::from(n, n, a);
  system.biosphere = SparseMatrix::from(1, n, b);
  system.characterisation = sparse({{1}});
  system.demands = {demand_of({1})};
  auto lca = prepared(system);
  CHECK(lca.solve(system.demands[0])->scores[0] == Approx(15000).epsilon(1e-12));
  const auto price = lca.prices(system.demands);
  const auto tree = upstream_tree(lca, system.demands[0], (*price)[0], lca.direct_impacts()[0],
                                  {.cut_off = 0.0, .most_expansions = 20000, .most_depth = 20000});
  REQUIRE(tree);
  CHECK(tree->nodes.size() == n);
  CHECK(tree->coverage() == Approx(1).epsilon(1e-9));
}

// bw_graph_tools test_normal_traversal.py
TEST_CASE("BW-TRAV1 importance first with non-unit production", "[case]") {
  auto system = system_of({{2, -2, 0, 0}, {-1, 2, 0, 0}, {0, -4, 1, 0}, {0, 0, 0, 1}},
                          {{0.5, 1, 0, 0}, {0, 0.02, 0.01, 0.02}}, {{2, 2}}, {0, 8, 0, 0});
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[0]);
  check_close(result->scores, {24.96}, 1e-7);
  check_close(result->scaling, {8, 8, 32, 0}, 1e-7);
  const auto price = lca.prices(every_product(system));
  check_close((*price)[0], {2.06, 3.12, 0.02, 0.04}, 1e-7);
  const auto tree = upstream_tree(lca, system.demands[0], (*price)[0], lca.direct_impacts()[0], {0.001, 3, 1000});
  REQUIRE(tree);
  const Rows expected = {{1, 8, 4, 24.96, 8.16}, {0, 8, 4, 16.48, 4.0}, {2, 16, 16, 0.32, 0.32},
                         {1, 4, 2, 12.48, 4.08}, {0, 4, 2, 8.24, 2.0},  {2, 8, 8, 0.16, 0.16}};
  REQUIRE(tree->nodes.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& node = tree->nodes[i];
    check_close({static_cast<double>(node.process), node.amount, node.supply, node.cumulative, node.direct},
                expected[i], 1e-7);
  }
}

// bw_graph_tools test_negative_production.py: a column written with the other sign is the same process
TEST_CASE("BW-NEGPROD negative production", "[case]") {
  const auto result = solved(system_of({{-2, -2}, {1, 4}}, {{-0.5, 1}}, {{2}}, {0, 8}));
  check_close(result.scaling, {-8.0 / 3, 8.0 / 3});
  check_close(result.scores, {8});
}

// olca-modules LinkContributionsTest.testDoubleLink
TEST_CASE("OL-LINK shares of links into a shared supplier", "[case]") {
  auto system = system_of({{1, 0, 0, 0}, {-0.5, 1, 0, 0}, {-0.5, 0, 1, 0}, {0, -0.5, -0.5, 1}}, {{0, 0, 0, 1}}, {{1}},
                          {1, 0, 0, 0});
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[0]);
  check_close(result->scaling, {1, 0.5, 0.5, 0.5});
  const auto price = lca.prices(every_product(system));
  const auto all = links(lca, system.demands[0], *result, (*price)[0]);
  const auto share = [&](int consumer, int supplier) {
    for (const auto& link : all)
      if (link.supplier == supplier && link.consumer == consumer) return link.share;
    return 0.0;
  };
  CHECK(share(0, 1) == Approx(1));
  CHECK(share(0, 2) == Approx(1));
  CHECK(share(1, 3) == Approx(0.5));
  CHECK(share(2, 3) == Approx(0.5));
  CHECK(share(0, 3) == 0.0);
}

// olca-modules ContributionTreeTest
TEST_CASE("OL-TREE upstream tree of two branches", "[case]") {
  auto system = system_of({{1, 0, 0}, {-1, 1, 0}, {-1, 0, 1}}, {{0, 0.5, 0.5}}, {{1}}, {1, 0, 0});
  auto lca = prepared(system);
  const auto price = lca.prices(system.demands);
  const auto tree = upstream_tree(lca, system.demands[0], (*price)[0], lca.direct_impacts()[0], {});
  REQUIRE(tree->nodes.size() == 3);
  CHECK(tree->total == Approx(1));
  CHECK(tree->nodes[1].cumulative == Approx(0.5));
  CHECK(tree->nodes[2].cumulative == Approx(0.5));
}

// after Activity Browser issue 869: what is not shown is said
TEST_CASE("TRAV-COV coverage at a cut-off", "[case]") {
  auto system =
      system_of({{1, 0, 0, 0}, {-1, 1, 0, 0}, {-1, 0, 1, 0}, {-1, 0, 0, 1}}, {{0, 60, 35, 5}}, {{1}}, {1, 0, 0, 0});
  auto lca = prepared(system);
  const auto price = lca.prices(system.demands);
  const auto tree = upstream_tree(lca, system.demands[0], (*price)[0], lca.direct_impacts()[0], {.cut_off = 0.1});
  REQUIRE(tree->nodes.size() == 3);
  CHECK(tree->nodes[1].direct == Approx(60));
  CHECK(tree->nodes[2].direct == Approx(35));
  CHECK(tree->remainder() == Approx(5));
  CHECK(tree->coverage() == Approx(0.95));
}

// bw2analyzer tests/contribution.py
TEST_CASE("BW-TOP top contributors by size, signs kept", "[case]") {
  const std::vector<double> values = {1, 2, -4, 3};
  CHECK(largest_contributors(values, 0.3) == std::vector<std::size_t>{2, 3});
}

// Heijungs and Suh 2002, ch. 3, hollow processes
TEST_CASE("CUT-1 cutting an input off", "[case]") {
  auto system = system_of({{1, 0}, {-0.1, 1}}, {{1, 5}}, {{1}}, {1, 0});
  check_close(solved(system).scores, {1.5});
  const std::vector<std::pair<int, int>> cut = {{1, 0}};
  const auto missing = cut_off(system, cut);
  check_close(solved(system).scores, {1.0});
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].product == 1);
  CHECK(missing[0].amount_per_run == Approx(0.1));
}

TEST_CASE("SING-1 a singular system is refused by name", "[case]") {
  auto system = system_of({{1, -1}, {-1, 1}}, {}, {}, {1, 0});
  system.processes = {"first", "second"};
  auto lca = prepared(system);
  const auto result = lca.solve(system.demands[0]);
  REQUIRE_FALSE(result);
  CHECK(result.error()[0].code == "E083");
  CHECK(result.error()[0].message.find("'") != std::string::npos);
}

// USEEIO's calculation has this shape
TEST_CASE("EEIO-1 input-output form", "[case]") {
  const auto result = solved(system_of({{0.8, -0.3}, {-0.4, 0.9}}, {{0.5, 0.2}}, {{1}}, {100, 0}));
  check_close(result.scaling, {150, 66.66666666666667});
  check_close(result.scores, {88.33333333333333});
}

// bw2calc create_multilca_simple, test_multi_lca.py
TEST_CASE("BW-MULTI three functional units, two methods", "[case]") {
  auto system = system_of({{-0.2, -0.5, 1.0, -0.1, 0.0, -0.1},
                           {1.0, 0.0, 0.0, -0.2, -0.1, 0.0},
                           {-0.5, 1.0, 0.0, 0.0, 0.0, -0.2},
                           {0.0, 0.0, 0.0, -0.4, 1.0, 0.0},
                           {0.0, 0.0, 0.0, 1.0, 0.0, 0.0},
                           {0.0, 0.0, 0.0, 0.0, 0.0, 1.0}},
                          {{2, 4, 8, 1, 2, 1}, {1, 2, 3, 0, 0, 0}, {0, 0, 0, 0, 1, 2}, {0, 0, 0, 0, 0, 3}},
                          {{1, 1, 1, 1}, {0, 10, 0, 10}});
  const std::vector<MatrixDemand> demands = {{"gamma", {{0, 1}}}, {"epsilon", {{3, 2}}}, {"zeta", {{5, 3}}}};
  auto lca = prepared(system);
  const auto scores = lca.scores(demands);
  REQUIRE(scores);
  const Rows expected = {{11.0, 30.0}, {8.19, 6.7}, {28.2, 120.0}};
  for (std::size_t d = 0; d < 3; ++d) {
    check_close((*scores)[d], expected[d]);
    check_close(lca.solve(demands[d])->scores, expected[d]);
  }
  REQUIRE(lca.solve_many(demands, [&](std::size_t d, const MatrixResult& r) { check_close(r.scores, expected[d]); }));
}

// bw2calc tests (only products): the co-product displaces its single-product maker
TEST_CASE("BW-COPROD implicit substitution", "[case]") {
  check_close(solved(system_of({{1, 0}, {1, 1}}, {}, {}, {1, 0})).scaling, {1, -1});
}

// Heijungs and Suh 2002, ch. 3 (arithmetic recomputed): a negative scaling is legal and is not clamped
TEST_CASE("HS-3.1 cogeneration by substitution", "[case]") {
  const auto result = solved(
      system_of({{-2, 100, -5}, {10, 0, 0}, {18, 0, 90}}, {{1, 10, 3}, {0.1, 2, 0}, {0, -50, 0}}, {}, {0, 1000, 0}));
  check_close(result.scaling, {100, 1, -20});
  check_close(result.inventory, {50, 12, -50});
}

TEST_CASE("HS-3.2 more products than processes is refused, naming them", "[case]") {
  auto system = system_of({{-2, 100}, {10, 0}, {18, 0}});
  system.processes = {"cogeneration", "fuel"};
  system.products = {"fuel", "electricity", "heat"};
  const auto lca = MatrixLca::prepare(system);
  REQUIRE_FALSE(lca);
  CHECK(lca.error()[0].code == "E080");
  CHECK(lca.error()[0].message.find("'cogeneration' makes electricity, heat") != std::string::npos);
}

// olca-modules WasteCalculationTest
TEST_CASE("OL-WASTE waste out of a process, and treating waste as the functional unit", "[case]") {
  check_close(solved(system_of({{1, 0}, {2, -1}}, {{0, 2}}, {{1}}, {1, 0})).scores, {4});
  check_close(solved(system_of({{-1, 0}, {-2, 1}}, {{0, 2}}, {{1}}, {-1, 0})).scores, {4});
}

// olca-modules AvoidedFlowsTest
TEST_CASE("OL-AVOID avoided product and avoided waste", "[case]") {
  CHECK(score({process("p", {emits("co2", 2), takes("q", -0.5)}), process("q", {emits("co2", 2)})}, "p", co2) ==
        Approx(1));
  CHECK(score({process("p", {emits("co2", 2), takes("treating w", -0.5)}), process("treating w", {emits("co2", 2)})},
              "p", co2) == Approx(1));
}

// olca-modules NwResultTest
TEST_CASE("OL-NW normalisation divides", "[case]") {
  const std::vector<double> characterised = {4}, normalisation = {0.5};
  const auto w = weigh(characterised, NormalisationConvention::divide_category, normalisation, 3);
  check_close({w.impact, w.normalised, w.weighted, w.both}, {4, 8, 12, 24});
  CHECK(w.convention.find("dividing") != std::string::npos);
}

// bw2calc test_lca.py
TEST_CASE("BW-NW Brightway's normalisation multiplies flow by flow", "[case]") {
  const std::vector<double> characterised = {1, 10}, normalisation = {10, 4};
  const auto w = weigh(characterised, NormalisationConvention::multiply_flow, normalisation, 8);
  check_close({w.impact, w.normalised, w.both}, {11, 50, 400});
  CHECK(weigh(characterised, NormalisationConvention::multiply_flow, normalisation, 4).weighted == Approx(44));
  CHECK(w.convention.find("multiplying") != std::string::npos);
}

// olca-modules RegionalizedCalculationTest
TEST_CASE("OL-REGIO regional factors with fallback to the one without a place", "[case]") {
  const Method method = {
      "m", "m", "kg", {{"e1", 3}, {"e2", 2}}, {{"loc1", {{"e1", 9}, {"e2", 6}}}, {"loc2", {{"e1", 6}, {"e2", 4}}}}};
  const auto of = [&](const std::string& first, const std::string& second) {
    return std::vector<UnitProcess>{process("p1", {emits("e1", 2), takes("p2", 2)}, first),
                                    process("p2", {emits("e2", 2)}, second)};
  };
  CHECK(score(of("", ""), "p1", method) == Approx(14));
  CHECK(score(of("loc1", "loc2"), "p1", method) == Approx(34));
  const auto unknown = link(of("loc3", "loc3"), "p1", {method});
  const auto solution = Solution::solve(*unknown);
  REQUIRE(solution);
  CHECK(solution->totals()[0] == Approx(14));
  REQUIRE(solution->fallbacks().size() == 2);
  CHECK(solution->fallbacks()[0].place == "loc3");
}

// openclimatedata/globalwarmingpotentials (CC0), cross-read in chrisroadmap/ar6: AR6 WG1 7.SM.7
TEST_CASE("GWP-AR6 several methods at once, and what is not characterised is listed", "[case]") {
  const std::vector<std::string> gases = {"CH4", "N2O", "SF6", "NF3", "CF4", "C2F6", "HFC-23", "HFC-32", "HFC-134a"};
  const std::vector<double> gwp100 = {27.9, 273, 25200, 17400, 7380, 12400, 14600, 771, 1530};
  const std::vector<double> gwp20 = {81.2, 273, 18300, 13400, 5300, 8940, 12400, 2690, 4140};
  for (std::size_t g = 0; g < gases.size(); ++g) {
    Method m100{"gwp100", "", "kg", {{gases[g], gwp100[g]}}}, m20{"gwp20", "", "kg", {{gases[g], gwp20[g]}}};
    const auto system = link({process("p", {emits(gases[g], 1), emits("e1", 3)})}, "p", {m100, m20});
    const auto solution = Solution::solve(*system);
    CHECK(solution->totals()[0] == gwp100[g]);
    CHECK(solution->totals()[1] == gwp20[g]);
    REQUIRE(solution->uncharacterised().size() == 2);
    CHECK(solution->uncharacterised()[0].flow == "e1");
  }
}

// matrix_utils tests/integration.py: within a resource entries add up; ours are one resource
TEST_CASE("MM-INTRA, MM-SUM the same cell twice adds up", "[case]") {
  const std::vector<Triplet> once = {{0, 0, 1}, {2, 1, 2.3}, {4, 2, 4}, {4, 2, 17}, {8, 3, 25}};
  CHECK(SparseMatrix::from(9, 4, once).at(4, 2) == 21);
  const std::vector<Triplet> both = {{0, 0, 1},  {2, 1, 2.3},   {4, 2, 4},  {8, 3, 25},
                                     {0, 0, 11}, {12, 9, 12.3}, {2, 1, 14}, {18, 7, 125}};
  const auto added = SparseMatrix::from(19, 10, both);
  CHECK(added.at(0, 0) == 12);
  CHECK(added.at(2, 1) == Approx(16.3));
  const auto replaced = SparseMatrix::from(19, 10, both, Duplicates::last);
  CHECK(replaced.at(0, 0) == 11);
  CHECK(replaced.at(2, 1) == 14);
  CHECK(SparseMatrix::from(9, 4, once, Duplicates::last).at(4, 2) == 17);
}
