// SPDX-License-Identifier: Apache-2.0
// Cases with exact answers: several products, end of life, and hardware.
#include <cmath>
#include "lca/allocation/allocation.hpp"
#include "lca/allocation/end_of_life.hpp"
#include "lca/allocation/matrix_allocation.hpp"
#include "lca/solution.hpp"

#include "tests/unit/matrix_fixtures.hpp"

using namespace cradle;
using namespace cradle::lca;
using Catch::Matchers::Contains;

namespace {

Exchange emits(double amount) { return {.kind = Exchange::Kind::biosphere, .flow = "co2", .amount = amount}; }
UnitProcess supply(std::string product, double emission, double production = 1) {
  UnitProcess process;
  process.product = process.name = std::move(product);
  process.production = production;
  process.exchanges = {emits(emission)};
  return process;
}
Result<double> score(std::vector<UnitProcess> processes, std::string product, Allocation allocation = {}, double cf = 1,
                     double amount = 1) {
  Inventory inventory;
  inventory.processes = std::move(processes);
  inventory.elementary_flows = {{"co2", "kg"}};
  inventory.methods = {{"m", "m", "kg", {{"co2", cf}}}};
  inventory.demand = {std::move(product), amount};
  inventory.allocation = std::move(allocation);
  const auto system = ProductSystem::link(std::move(inventory));
  if (!system) return tl::unexpected(system.error());
  const auto solution = Solution::solve(*system);
  if (!solution) return tl::unexpected(solution.error());
  return solution->totals()[0];
}
const Allocation by_price = {Allocation::Kind::property, "price"}, by_mass = {Allocation::Kind::property, "mass"},
                 equally = {Allocation::Kind::equal}, as_given = {Allocation::Kind::given};

/// 4 of p and 6 of q for an emission of 10 (multifunctional tests/fixtures/basic.py).
UnitProcess two_products() {
  UnitProcess process = supply("p", 10, 4);
  process.properties = {{"price", 7.0}, {"mass", 6.0}};
  process.factor = 0.2;
  process.co_products = {
      {.product = "q", .amount = 6.0, .properties = {{"price", 12.0}, {"mass", 4.0}}, .factor = 0.8}};
  return process;
}

}  // namespace

TEST_CASE("MF-PRICE allocation by price, mass, equal and given", "[case]") {
  const auto factors = [](const Allocation& rule) {
    const auto all = allocation_factors(two_products(), rule, {});
    REQUIRE(all);
    return std::vector<double>{(*all)[0].evaluate({}), (*all)[1].evaluate({})};
  };
  check_close(factors(by_price), {0.28, 0.72});
  check_close(factors(by_mass), {0.5, 0.5});
  check_close(factors(equally), {0.5, 0.5});
  check_close(factors(as_given), {0.2, 0.8});
  CHECK(*score({two_products()}, "p", by_price, 5) == Approx(3.5));
  CHECK(*score({two_products()}, "q", by_price, 5) == Approx(6.0));
  CHECK(*score({two_products()}, "p", by_mass, 5) == Approx(6.25));
  CHECK(*score({two_products()}, "q", by_mass, 5) == Approx(4.166666666666667));
}

TEST_CASE("nothing is divided until a rule is chosen", "[allocation]") {
  const auto refused = score({two_products()}, "p");
  REQUIRE_FALSE(refused);
  CHECK(refused.error()[0].code == "E093");
  CHECK_THAT(refused.error()[0].message, Contains("'p', 'q'"));
  CHECK(score({two_products()}, "p", {Allocation::Kind::property, "energy"}).error()[0].code == "E094");
  auto zero = two_products();
  zero.properties["price"] = 0.0;
  zero.co_products[0].properties["price"] = 0.0;
  CHECK(score({zero}, "p", by_price).error()[0].code == "E094");
  auto lopsided = two_products();
  lopsided.factor = 0.5;
  CHECK(score({lopsided}, "p", as_given).error()[0].code == "E095");
}

TEST_CASE("causal factors of one exchange, and substitution", "[allocation]") {
  auto process = two_products();
  process.exchanges = {emits(10)};
  process.exchanges[0].causal = {{"p", 1.0}, {"q", 0.0}};
  CHECK(*score({process}, "p", by_mass) == Approx(2.5));
  CHECK(*score({process}, "q", by_mass) == Approx(0.0));
  process.exchanges[0].causal = {{"p", 0.7}, {"q", 0.7}};
  CHECK(score({process}, "p", by_mass).error()[0].code == "E095");
  // q displaces 6 of another maker's, 1 kg each: (10 - 6) / 4
  auto whole = two_products();
  auto maker = supply("q", 1);
  CHECK(*score({whole, maker}, "p", {Allocation::Kind::substitution}) == Approx(1.0));
}

// olca-modules AllocationTest: products and waste taken in, factors 0.25 and 0.75
TEST_CASE("OL-ALLOC given factors, also as formulas and for waste taken in", "[case]") {
  for (const std::string other : {"other product", "treating waste"}) {
    auto process = supply("ref", 2, 1);
    process.factor = 0.25;
    process.co_products = {{.product = other, .amount = 3.0, .factor = 0.75}};
    CHECK(*score({process}, "ref", as_given) == Approx(0.5));
  }
  for (const double reference : {0.25}) {  // the treatment's own waste is the reference
    auto process = supply("treating waste", 2, 1);
    process.factor = reference;
    process.co_products = {{.product = "product", .amount = 3.0, .factor = 0.75}};
    CHECK(*score({process}, "treating waste", as_given) == Approx(0.5));
  }
  Inventory inventory;
  Parameter param;
  param.name = "param";
  param.value = 25.0;
  const auto parameter = inventory.parameters.add(param);
  auto process = supply("ref", 2, 1);
  process.factor = Expression::parameter(parameter) / Expression(100.0);
  process.co_products = {{.product = "other",
                          .amount = 3.0,
                          .factor = Expression(1.0) - Expression::parameter(parameter) / Expression(100.0)}};
  inventory.processes = {process};
  inventory.methods = {{"m", "m", "kg", {{"co2", 1.0}}}};
  inventory.demand = {"ref", 1.0};
  inventory.allocation = as_given;
  const auto system = ProductSystem::link(std::move(inventory));
  REQUIRE(system);
  CHECK(Solution::solve(*system)->totals()[0] == Approx(0.5));
}

// olca-modules AllocateAvoidedTest: avoided flows are allocated like any other input
TEST_CASE("OL-ALLAV allocation and an avoided product together", "[case]") {
  auto process = supply("p", 2, 1);
  process.exchanges.push_back({.flow = "a", .amount = -0.5, .assigns = {{"account", "credit"}}});
  process.factor = 0.75;
  process.co_products = {{.product = "q", .amount = 1.0, .factor = 0.25}};
  CHECK(*score({process, supply("a", 1.5)}, "p", as_given) == Approx(0.9375));
}

// Physical (energy) partitioning of the textbook cogeneration system; 10 kWh = 36 MJ against 18 MJ heat
TEST_CASE("HS-3.3 cogeneration partitioned by energy", "[case]") {
  auto system = system_of({{-2, 100}, {10, 0}, {18, 0}}, {{1, 10}, {0.1, 2}, {0, -50}});
  const ProductProperties properties = {{"energy", {NAN, 3.6, 1.0}}};
  std::vector<Timing> timings = {{MatrixName::biosphere, 0, 1, 50, 1.0}, {MatrixName::biosphere, 0, 0, 3, 1.0}};
  REQUIRE(allocate(system, {Allocation::Kind::property, "energy"}, properties, timings));
  REQUIRE(timings.size() == 3);  // of fuel production, and of both parts of the cogeneration
  CHECK(timings[0].column == 2);
  CHECK(timings[2].column == 1);
  timings.clear();
  auto lca = prepared(system);
  check_close(lca.solve(demand_of({0, 1000, 0}))->inventory, {80, 9.333333333333334, -66.66666666666667});
  check_close(lca.solve(demand_of({0, 0, 1800}))->inventory, {40, 4.666666666666667, -33.333333333333336});
  auto undecided = system_of({{-2, 100}, {10, 0}, {18, 0}});
  CHECK(allocate(undecided, {}, {}, timings).error()[0].code == "E093");
  CHECK(allocate(undecided, {Allocation::Kind::substitution}, {}, timings).error()[0].code == "E080");
}

namespace {

/// E terms as processes that emit so much a kilogram; the material's process takes what the rule says.
double cycle_score(const MaterialCycle& cycle, EndOfLifeRule rule, double Ev, double Erec, double Eeol, double Evs,
                   double Ed, double Eer, double Esh, double Ese) {
  const auto exchanges = end_of_life_exchanges(cycle, rule, {});
  REQUIRE(exchanges);
  UnitProcess product;
  product.product = product.name = "part";
  product.exchanges = *exchanges;
  return *score(
      {product, supply("virgin", Ev), supply("recycled", Erec), supply("recycling", Eeol), supply("substituted", Evs),
       supply("disposal", Ed), supply("incineration", Eer), supply("heat", Esh), supply("electricity", Ese)},
      "part");
}
MaterialCycle cycle(double A, double B, double R1, double R2, double R3) {
  MaterialCycle c;
  c.material = "steel";
  c.A = A, c.B = B, c.R1 = R1, c.R2 = R2, c.R3 = R3;
  c.virgin = "virgin", c.recycled = "recycled", c.recycling = "recycling", c.substituted = "substituted";
  c.disposal = "disposal", c.incineration = "incineration", c.heat = "heat", c.electricity = "electricity";
  return c;
}

}  // namespace

// Commission Recommendation (EU) 2021/2279, Annex I; numbers made up
TEST_CASE("CFF-1, CFF-2, CFF-3, CFF-5 circular footprint formula", "[case]") {
  const Rows cases = {{1.0, 0, 7.252}, {0.0, 0, 6.752}, {0.5, 0, 7.002}, {0.8, 1, 6.75}};
  for (const auto& c : cases) {
    auto material = cycle(c[0], c[1], 0.4, 0.6, 0.3);
    material.Qs_in = 0.9, material.Qs_out = 0.8, material.LHV = 20.0, material.X_heat = 0.3, material.X_elec = 0.1;
    CHECK(cycle_score(material, EndOfLifeRule::circular_footprint, 10, 2, 2.5, 10, 0.5, 2, 0.07, 0.12) ==
          Approx(c[2]).epsilon(1e-9));
  }
}

TEST_CASE("CFF-0 neither recycled content nor recycling", "[case]") {
  CHECK(cycle_score(cycle(0.5, 0, 0, 0, 0), EndOfLifeRule::circular_footprint, 10, 0, 0, 0, 0.5, 0, 0, 0) ==
        Approx(10.5));
}

TEST_CASE("EOL-RULES the rules side by side", "[case]") {
  const auto material = cycle(0.3, 0, 0.5, 0.8, 0);
  const auto by = [&](EndOfLifeRule rule, const MaterialCycle& c) {
    return cycle_score(c, rule, 10, 3, 3, 10, 1, 0, 0, 0);
  };
  CHECK(by(EndOfLifeRule::cut_off, material) == Approx(6.7).epsilon(1e-9));
  CHECK(by(EndOfLifeRule::end_of_life, material) == Approx(4.6).epsilon(1e-9));
  CHECK(by(EndOfLifeRule::fifty_fifty, material) == Approx(5.65).epsilon(1e-9));
  const auto balanced = cycle(0.3, 0, 0.8, 0.8, 0);  // with R1 = R2 all rules agree, the closed loop too
  for (const auto rule : {EndOfLifeRule::end_of_life, EndOfLifeRule::fifty_fifty, EndOfLifeRule::closed_loop,
                          EndOfLifeRule::circular_footprint})
    CHECK(by(rule, balanced) == Approx(by(EndOfLifeRule::cut_off, balanced)).epsilon(1e-9));
}

TEST_CASE("credits have an account of their own; bad shares are refused", "[end-of-life]") {
  const auto exchanges = end_of_life_exchanges(cycle(0.0, 0, 0, 0.5, 0), EndOfLifeRule::end_of_life, {});
  REQUIRE(exchanges);
  int credits = 0;
  for (const auto& exchange : *exchanges)
    if (exchange.amount.evaluate({}) < 0.0) {
      CHECK(tag_of(exchange.assigns, "account") == "credit");
      ++credits;
    }
  CHECK(credits == 1);
  CHECK(end_of_life_exchanges(cycle(0.5, 0, 0, 0.8, 0.3), EndOfLifeRule::cut_off, {}).error()[0].code == "E096");
  auto unnamed = cycle(0.5, 0, 0, 0.8, 0);
  unnamed.recycling.clear();
  CHECK(end_of_life_exchanges(unnamed, EndOfLifeRule::fifty_fifty, {}).error()[0].code == "E097");
}

// ---- hardware, as product systems ----

namespace {
Result<double> formula(const std::string& text, const std::map<std::string, double>& names) {
  std::map<std::string, Expression> known;
  for (const auto& [name, value] : names) known.emplace(name, Expression(value));
  const auto parsed = parse_expression(text, [&](std::string_view name) -> const Expression* {
    const auto found = known.find(std::string(name));
    return found == known.end() ? nullptr : &found->second;
  });
  if (!parsed) return tl::unexpected(parsed.error());
  UnitProcess made = supply("device", 0);
  made.exchanges[0].amount = *parsed;
  return score({made}, "device");
}
}  // namespace

// facebookresearch/ACT act/tests/basic_tests.py
TEST_CASE("ACT-14 carbon per area, ACT-DRAM", "[case]") {
  CHECK(*formula("(epa * grid + (gpa95 + gpa99) / 2 + mpa) / yield",
                 {{"epa", 1.2}, {"grid", 583}, {"gpa95", 200}, {"gpa99", 125}, {"mpa", 500}, {"yield", 0.875}}) ==
        Approx(1556.685714285714).epsilon(1e-9));
  CHECK(*formula("per_gb * gb / yield", {{"per_gb", 65}, {"gb", 3}, {"yield", 0.875}}) ==
        Approx(222.8571428571429).epsilon(1e-9));
}

// boaviztapi docs components/cpu.md; issue 527
TEST_CASE("BOA-CPU die term plus base, BOA-UNITS eight count eight times", "[case]") {
  for (const auto& [area, kg] : std::map<double, double>{{0, 9.14}, {100, 11.11}, {694, 22.8118}})
    CHECK(*formula("area * 0.0197 + 9.14", {{"area", area}}) == Approx(kg).epsilon(1e-9));
  UnitProcess node;
  node.product = node.name = "node";
  node.exchanges = {{.flow = "gpu", .amount = 8.0}};
  CHECK(*score({node, supply("gpu", 164)}, "node") == Approx(1312));
}

// cncf-tags/green-reviews-tooling issue 40; closed form
TEST_CASE("AMORT-1 share of a job by time, AMORT-2 calendar hours and busy hours", "[case]") {
  UnitProcess hour;
  hour.product = hour.name = "hour";
  hour.exchanges = {{.flow = "server", .amount = 1.0 / (4 * 8760.0)}};
  CHECK(1000 * *score({hour, supply("server", 524.3)}, "hour") == Approx(14.962899543378995).epsilon(1e-3));
  UnitProcess gpu_hour = hour;
  gpu_hour.exchanges[0].amount = 1.0 / (5 * 8760.0 * 8);
  CHECK(*score({gpu_hour, supply("server", 1500)}, "hour", {}, 1, 8 * 720.0) ==
        Approx(24.65753424657534).epsilon(1e-9));
  gpu_hour.exchanges[0].amount = 1.0 / (5 * 8760.0 * 8 * 0.6);
  CHECK(*score({gpu_hour, supply("server", 1500)}, "hour", {}, 1, 8 * 720.0) == Approx(41.0958904109589).epsilon(1e-9));
}

TEST_CASE("a waste made beside a product is no product; a weight below zero divides nothing", "[allocation]") {
  // product, by-product, waste; one process makes all three, another takes the waste in
  auto system = system_of({{1, 0}, {1, 0}, {2, -1}}, {{10, 5}}, {{1}});
  std::vector<Timing> timings;
  REQUIRE(allocate(system, {Allocation::Kind::equal}, {}, timings));
  auto lca = prepared(system);
  CHECK(lca.solve(demand_of({1, 0, 0}))->scores[0] == Approx(10));  // half of 10, half of 2 x 5
  auto negative = two_products();
  negative.co_products[0].properties["price"] = -1.0;
  CHECK(score({negative}, "p", by_price).error()[0].code == "E094");
}
