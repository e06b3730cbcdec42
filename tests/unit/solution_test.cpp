// SPDX-License-Identifier: Apache-2.0
#include "lca/solution.hpp"

#include <Eigen/Dense>
#include <cmath>

#include "tests/unit/systems.hpp"

using namespace cradle;
using namespace cradle::lca;
using namespace cradle::lca::test;

TEST_CASE("Heijungs and Suh 2002, chapter 2: electricity from fuel") {
  // A = [[-2, 100], [10, 0]] with fuel, electricity; f = 1000 kWh; s = (100, 2), g = (120 CO2, 14 SO2, -100 crude oil)
  const auto system = link(inventory({process("electricity", {takes("fuel", 2), emits(1), emits(0.1, "SO2")}, 10),
                                      process("fuel", {emits(10), emits(2, "SO2"), emits(-50, "oil")}, 100)},
                                     "electricity", 1000));
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  CHECK(solution->scaling()[0] == Approx(100).epsilon(1e-12));
  CHECK(solution->scaling()[1] == Approx(2).epsilon(1e-12));
  CHECK(solution->totals()[0] == Approx(120).epsilon(1e-12));
  CHECK(solution->totals()[1] == Approx(14).epsilon(1e-12));
  CHECK(solution->totals()[2] == Approx(-100).epsilon(1e-12));
  CHECK(solution->inventory().at("SO2") == Approx(14).epsilon(1e-12));
}

TEST_CASE("loops are exact") {
  SECTION("openLCA's two-process loop: A = [[1, -0.5], [-1, 1]], f = 2, s = (4, 4)") {
    const auto system = link(inventory({process("p1", {takes("p2", 1)}), process("p2", {takes("p1", 0.5)})}, "p1", 2));
    const auto solution = Solution::solve(system);
    REQUIRE(solution);
    CHECK(solution->scaling()[0] == Approx(4).epsilon(1e-12));
    CHECK(solution->scaling()[1] == Approx(4).epsilon(1e-12));
  }
  SECTION("self-use of a quarter: 1 / (1 - 0.25) runs") {
    const auto system = link(inventory({process("p", {takes("p", 0.25), emits(3)})}, "p", 1));
    const auto solution = Solution::solve(system);
    REQUIRE(solution);
    CHECK(solution->totals()[0] == Approx(4).epsilon(1e-12));
  }
  SECTION("a loop in the background, whose intensity is a geometric sum") {
    // coal takes 0.1 electricity, electricity takes 0.5 coal: y_el = (2 + 0.5 y_coal), y_coal = 1 + 0.1 y_el
    const auto system = link(inventory(
        {process("use", {takes("electricity", 10)}), background(process("electricity", {takes("coal", 0.5), emits(2)})),
         background(process("coal", {takes("electricity", 0.1), emits(1)}))},
        "use", 1));
    const auto solution = Solution::solve(system);
    REQUIRE(solution);
    CHECK(solution->totals()[0] == Approx(10 * 2.5 / 0.95).epsilon(1e-12));
    CHECK(solution->fold({everything, 0}) == Approx(solution->totals()[0]).epsilon(1e-12));
  }
}

TEST_CASE("a loop that makes nothing net is refused by name") {
  const auto system = link(inventory({process("use", {takes("mine", 1)}), process("mine", {takes("smelter", 2)}),
                                      process("smelter", {takes("mine", 0.5)})},
                                     "use", 1));
  const auto solution = Solution::solve(system);
  REQUIRE_FALSE(solution);
  CHECK(solution.error().front().code == "E053");
  CHECK(solution.error().front().message.find("'mine'") != std::string::npos);
  CHECK(solution.error().front().message.find("'smelter'") != std::string::npos);
  CHECK(solution.error().front().message.find("'use'") == std::string::npos);
}

TEST_CASE("a process without production is refused by name") {
  const auto system = link(inventory({process("use", {takes("nothing", 1)}), process("nothing", {}, 0.0)}, "use", 1));
  const auto solution = Solution::solve(system);
  REQUIRE_FALSE(solution);
  CHECK(solution.error().front().message.find("'nothing'") != std::string::npos);
}

TEST_CASE("systems that are not square are refused, naming the processes") {
  SECTION("a product that nothing provides") {
    const auto system = ProductSystem::link(inventory({process("use", {takes("gone", 1)})}, "use", 1));
    REQUIRE_FALSE(system);
    CHECK(system.error().front().code == "E050");
    CHECK(system.error().front().message == "'use' uses 'gone', which nothing provides");
  }
  SECTION("a product with two providers") {
    auto twin = process("steel", {});
    twin.name = "steel, other works";
    const auto system =
        ProductSystem::link(inventory({process("use", {takes("steel", 1)}), process("steel", {}), twin}, "use", 1));
    REQUIRE_FALSE(system);
    CHECK(system.error().front().code == "E051");
    CHECK(system.error().front().message.find("'steel, other works'") != std::string::npos);
  }
  SECTION("a shared process that uses a tagged one") {
    const auto system = ProductSystem::link(
        inventory({process("use", {takes("grid", 1)}), background(process("grid", {takes("use", 1)}))}, "use", 1));
    REQUIRE_FALSE(system);
    CHECK(system.error().front().code == "E052");
  }
}

TEST_CASE("an amount that is not finite is refused") {
  const auto system = link(inventory({process("use", {emits(Expression(1.0) / Expression(0.0))})}, "use", 1));
  const auto solution = Solution::solve(system);
  REQUIRE_FALSE(solution);
  CHECK(solution.error().front().code == "E054");
}

TEST_CASE("a process is instantiated once per combination of inherited tags") {
  const auto system = link(inventory(
      {process("fu", {takes("hour", 10, {{"account", "productive"}}), takes("hour", 2, {{"account", "idle"}})}),
       process("hour", {takes("device", 0.5)}), process("device", {emits(4)}, 1.0, {{"life_cycle", "manufacture"}})},
      "fu", 1));
  CHECK(system.instances().size() == 5);
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  const auto account = [&](const char* name) { return solution->fold({{one_of("account", {name})}, 0}); };
  CHECK(account("productive") == Approx(20));
  CHECK(account("idle") == Approx(4));
  CHECK(solution->totals()[0] == Approx(24));
}

TEST_CASE("demand on a background product stands in the ledger as demand") {
  const auto system = link(inventory({background(process("grid", {emits(0.5)}))}, "grid", 8));
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  REQUIRE(solution->ledger().size() == 1);
  CHECK(solution->ledger().front().process == "demand");
  CHECK(solution->fold({everything, 0}) == Approx(4));
}

namespace {

/// A system with loops in front and back, every amount a formula of parameters.
Inventory parametric() {
  Parameters p;
  const auto add = [&](const char* name, double value, double low, double high) {
    return Expression::parameter(p.add(parameter(name, value, low, high)));
  };
  const Expression hours = add("hours", 100, 90, 120), power = add("power", 0.4, 0.3, 0.5),
                   pue = add("pue", 1.2, 1.1, 1.4), intensity = add("intensity", 0.3, 0.2, 0.5),
                   life = add("life", 50, 40, 70), own = add("own", 0.05, 0.01, 0.1), mine = add("mine", 0.2, 0.1, 0.3),
                   yield = add("yield", 0.8, 0.7, 0.9), amount = add("amount", 2, 1.5, 3);
  return inventory({process("fu", {takes("hour", hours)}),
                    process("hour", {takes("it", power), takes("device", Expression(1.0) / life)}),
                    process("it", {takes("grid", 1), takes("grid", pue - 1.0)}),
                    process("device", {takes("wafer", 3), takes("device", own), emits(7)}, 1.0),
                    UnitProcess{"wafer", "wafer", "unit", false, {}, yield, {emits(5), takes("grid", 2)}},
                    background(process("grid", {emits(intensity), takes("coal", mine)})),
                    background(process("coal", {takes("grid", 0.1), emits(0.9)}))},
                   "fu", amount, std::move(p));
}

}  // namespace

TEST_CASE("the sparse solution agrees with a dense one that knows nothing of foreground and tags") {
  const auto system = link(parametric());
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  const auto n = static_cast<Eigen::Index>(system.instances().size());
  const auto& values = system.parameters().values();
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(n, n);
  Eigen::VectorXd f = Eigen::VectorXd::Zero(n), direct = Eigen::VectorXd::Zero(n);
  for (std::size_t i = 0; i < system.instances().size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    a(column, column) += system.process(i).production.evaluate(values);
    for (std::size_t e = 0; e < system.process(i).exchanges.size(); ++e) {
      const auto& exchange = system.process(i).exchanges[e];
      if (const auto provider = system.instances()[i].providers[e])
        a(static_cast<Eigen::Index>(*provider), column) -= exchange.amount.evaluate(values);
      else
        direct(column) += exchange.amount.evaluate(values);
    }
  }
  f(0) = 2;
  const Eigen::VectorXd s = a.fullPivLu().solve(f);
  CHECK(solution->totals()[0] == Approx(direct.dot(s)).epsilon(1e-12));
  for (Eigen::Index i = 0; i < n; ++i)
    CHECK(solution->scaling()[static_cast<std::size_t>(i)] == Approx(s(i)).epsilon(1e-12));
  CHECK(solution->fold({everything, 0}) == Approx(solution->totals()[0]).epsilon(1e-12));
  for (const auto& check : check_solution(*solution)) CHECK(check.verdict == SelfCheck::Verdict::passed);
}

TEST_CASE("sensitivities of any fold are exact: against finite differences") {
  auto system = link(parametric());
  const auto base = Solution::solve(system);
  REQUIRE(base);
  const Selection only_grid = {one_of("flow", {"grid"})};
  const Selection only_device = {one_of("process", {"device"})};
  const auto [selection, weight] = GENERATE_COPY(
      table<Selection, Weight>({{everything, 0}, {only_grid, 0}, {only_grid, std::nullopt}, {only_device, 0}}));
  const auto sensitivities = base->sensitivities({selection, weight});
  for (ParameterIndex p = 0; p < system.parameters().size(); ++p) {
    const double value = system.parameters()[p].value, step = value * 1e-5;
    double ends[2];
    for (int side = 0; side < 2; ++side) {
      system.parameters().set_value(p, value + (side == 0 ? step : -step));
      ends[side] = Solution::solve(system)->fold({selection, weight});
    }
    system.parameters().set_value(p, value);
    double derivative = 0.0;
    for (const auto& sensitivity : sensitivities)
      if (sensitivity.parameter == p) derivative = sensitivity.derivative;
    CAPTURE(system.parameters()[p].name);
    CHECK(derivative == Approx((ends[0] - ends[1]) / (2 * step)).margin(1e-7).epsilon(1e-6));
  }
}

TEST_CASE("a first-order interval of a linear system is the root of summed squares") {
  Parameters p;
  const Expression a = Expression::parameter(p.add(parameter("a", 10, 7, 14))),
                   b = Expression::parameter(p.add(parameter("b", 20, 16, 23)));
  const auto system = link(inventory({process("fu", {emits(a), emits(b)})}, "fu", 1, std::move(p)));
  const auto interval = Solution::solve(system)->interval({everything, 0});
  REQUIRE(interval);
  CHECK(interval->low == Approx(30 - 5));   // sqrt(3^2 + 4^2)
  CHECK(interval->high == Approx(30 + 5));  // sqrt(4^2 + 3^2)
  CHECK_FALSE(interval->finite_step);
}

TEST_CASE("without ranges there is no interval, and none below zero where nothing can be negative") {
  Parameters p;
  const Expression wide = Expression::parameter(p.add(parameter("wide", 1, 0, 9)));
  const auto narrow = link(inventory({process("fu", {emits(3)})}, "fu", 1));
  CHECK_FALSE(Solution::solve(narrow)->interval({everything, 0}));
  Parameters q;
  const Expression x = Expression::parameter(q.add(parameter("x", 1, 0, 2))),
                   y = Expression::parameter(q.add(parameter("y", 1, 0, 2)));
  const auto system = link(inventory({process("fu", {emits(x * y)})}, "fu", 1, std::move(q)));
  CHECK(Solution::solve(system)->interval({everything, 0})->low == 0.0);
}

TEST_CASE("results are linear in demand and blind to the order of processes") {
  auto first = parametric();
  auto reversed = parametric();
  std::reverse(reversed.processes.begin(), reversed.processes.end());
  auto tripled = parametric();
  tripled.demand.amount = tripled.demand.amount * 3.0;
  const auto a = link(std::move(first)), b = link(std::move(reversed)), c = link(std::move(tripled));
  const double total = Solution::solve(a)->totals()[0];
  CHECK(Solution::solve(b)->totals()[0] == Approx(total).epsilon(1e-13));
  CHECK(Solution::solve(c)->totals()[0] == Approx(3 * total).epsilon(1e-13));
}

TEST_CASE("a chain of 15,000 processes works without recursion") {
  // openLCA SankeyTest testDeepSupplyChain: one emission each
  std::vector<UnitProcess> chain;
  constexpr int length = 15000;
  for (int i = 0; i < length; ++i)
    chain.push_back(background(process(
        "p" + std::to_string(i), i + 1 < length ? std::vector<Exchange>{takes("p" + std::to_string(i + 1), 1), emits(1)}
                                                : std::vector<Exchange>{emits(1)})));
  const auto system = link(inventory(std::move(chain), "p0", 1));
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  CHECK(solution->totals()[0] == Approx(length).epsilon(1e-9));
}
