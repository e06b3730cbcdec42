// SPDX-License-Identifier: Apache-2.0
// Evaluation apart from the ledger: queries, shared trees, calculated parameters and reverse sweeps against slow and
// obvious ways to the same numbers.
#include <algorithm>
#include <cmath>
#include <random>

#include "lca/evaluation/moved_system.hpp"
#include "lca/matrix/matrix_lca.hpp"
#include "tests/unit/systems.hpp"

using namespace cradle;
using namespace cradle::lca;
using namespace cradle::lca::test;

namespace {

/// Users of a shared hour and of electricity, each with tags of its own; both have trees above them, one with a loop, and
/// assign tags themselves. Amounts are formulas over parameters with ranges.
Inventory fleet(int users, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> amount(0.2, 3.0);
  Parameters p;
  const auto input = [&](const std::string& name) {
    const double value = amount(random);
    return Expression::parameter(p.add(parameter(name, value, value * 0.8, value * 1.3)));
  };
  const Expression life = input("life"), yield = input("yield"), grid = input("grid"), pue = input("pue");
  Parameter per_life = parameter("per life", 0);
  per_life.formula = Expression(1.0) / life;
  const Expression share = Expression::parameter(p.add(per_life));
  std::vector<UnitProcess> processes;
  UnitProcess root = process("fu", {});
  for (int u = 0; u < users; ++u) {
    const std::string name = "run " + std::to_string(u);
    root.exchanges.push_back(takes(name, input("times " + name), {{"run", name}, {"activity", u % 3 ? "training" : "other"}}));
    processes.push_back(process(name,
                                {takes("hour", input("hours " + name), {{"account", u % 4 ? "productive" : "failed"}}),
                                 takes("power", input("energy " + name), {{"account", "productive"}}),
                                 emits(input("direct " + name), "SO2")},
                                1.0, {{"life_cycle", "use"}}));
  }
  processes.insert(processes.begin(), std::move(root));
  auto hour = process("hour", {takes("device", share), takes("device", share * 0.2, {{"account", "idle"}})});
  auto power = process("power", {takes("grid", pue), emits(0.01 * pue, "oil")}, 1.0, {{"life_cycle", "use"}});
  hour.shared = power.shared = true;
  processes.push_back(std::move(hour));
  processes.push_back(std::move(power));
  processes.push_back(process("device", {takes("die", Expression(1.0) / yield), emits(4)}, 1.0,
                              {{"life_cycle", "manufacture"}, {"component", "board"}}));
  processes.push_back(process("die", {takes("scrap", 0.1), takes("grid", 3), emits(2)}, 1.0,
                              {{"life_cycle", "manufacture"}, {"component", "die"}}));
  processes.push_back(process("scrap", {takes("die", 0.2), emits(1, "SO2")}, 1.0, {{"life_cycle", "end-of-life"}}));
  processes.push_back(background(process("grid", {emits(grid), takes("coal", 0.5)})));
  processes.push_back(background(process("coal", {takes("grid", 0.1), emits(0.3), emits(0.2, "SO2")})));
  return inventory(std::move(processes), "fu", 2, std::move(p));
}

ProductSystem linked(Inventory inventory, KeepTrees keep) {
  auto system = ProductSystem::link(std::move(inventory), keep);
  REQUIRE(system);
  return std::move(*system);
}

const std::vector<Query> questions = {
    {{}, 0},
    {{}, 1},
    {{one_of("account", {"idle"})}, 0},
    {{one_of("account", {"productive", "failed"}), one_of("life_cycle", {"manufacture"})}, 0},
    {{none_of("account", {"idle"}), one_of("component", {"die", "board"})}, 0},
    {{one_of("run", {"run 1", "run 4"})}, 0},
    {{one_of("life_cycle", {"use"}), absent("component")}, 2},
    {{one_of("flow", {"grid"})}, std::nullopt},
    {{one_of("process", {"die"}), one_of("activity", {"training"})}, 1},
    {{absent("activity")}, 0},
};

}  // namespace

TEST_CASE("a query is one thing: its fold is the sum over the entries that its terms hold for") {
  const auto system = linked(fleet(9, 7), KeepTrees::never);
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  for (const auto& query : questions) {
    CAPTURE(in_words(query.where));
    double sum = 0.0;
    for (const auto& entry : solution->ledger()) {
      bool all = true;
      for (const auto& term : query.where) {
        const auto* value = entry.find(term.key);
        const bool listed =
            value != nullptr && std::find(term.values.begin(), term.values.end(), *value) != term.values.end();
        all = all && (term.is == Term::Is::absent ? value == nullptr : term.is == Term::Is::none_of ? !listed : listed);
      }
      if (all) sum += entry.sum(query.what);
    }
    CHECK(solution->fold(query) == Approx(sum).epsilon(1e-12));
    CHECK(solution->any(query.where) == (sum != 0.0));
  }
  CHECK(within("scope", "3").holds({{"scope", "3.1"}}));
  CHECK(within("scope", "3").holds({{"scope", "3"}}));
  CHECK_FALSE(within("scope", "3").holds({{"scope", "30"}}));
  CHECK_FALSE(within("scope", "3").holds(Tags{}));
}

TEST_CASE("a tree kept once beside its users gives what a copy for each of them gives") {
  const int users = GENERATE(1, 2, 7, 130);
  const auto copied = linked(fleet(users, 11), KeepTrees::never), kept = linked(fleet(users, 11), KeepTrees::always);
  CHECK(kept.instances().size() <= copied.instances().size());
  const auto one = Solution::solve(copied), two = Solution::solve(kept);
  REQUIRE(one);
  REQUIRE(two);
  CHECK(two->trees().size() == 2);
  for (std::size_t m = 0; m < one->totals().size(); ++m)
    CHECK(two->totals()[m] == Approx(one->totals()[m]).epsilon(1e-12));
  const auto first = one->intervals(questions), second = two->intervals(questions);
  for (std::size_t q = 0; q < questions.size(); ++q) {
    CAPTURE(in_words(questions[q].where));
    CHECK(two->fold(questions[q]) == Approx(one->fold(questions[q])).epsilon(1e-12));
    REQUIRE(first[q].has_value() == second[q].has_value());
    if (first[q]) {
      CHECK(second[q]->low == Approx(first[q]->low).epsilon(1e-12));
      CHECK(second[q]->high == Approx(first[q]->high).epsilon(1e-12));
    }
    const auto by_copy = one->sensitivities(questions[q]), by_pair = two->sensitivities(questions[q]);
    REQUIRE(by_copy.size() == by_pair.size());
    for (std::size_t i = 0; i < by_copy.size(); ++i)
      CHECK(by_pair[i].derivative == Approx(by_copy[i].derivative).epsilon(1e-11));
    double sum = 0.0;
    for (const auto& entry : two->whole_ledger())
      if (selects(questions[q].where, entry)) sum += entry.sum(questions[q].what);
    CHECK(sum == Approx(one->fold(questions[q])).epsilon(1e-12));
    for (const auto& keys : {std::vector<std::string>{"run", "account"}, {"life_cycle", "component"}, {"process", "basis"}}) {
      std::map<std::vector<std::string>, double> copies, pairs;
      for (const auto& group : one->group(questions[q].where, keys)) copies[group.values] += group.amount;
      for (const auto& group : two->group(questions[q].where, keys)) pairs[group.values] += group.amount;
      REQUIRE(copies.size() == pairs.size());
      for (const auto& [values, amount] : copies) CHECK(pairs[values] == Approx(amount).epsilon(1e-12));
    }
  }
  for (const auto& check : check_solution(*two)) CHECK(check.verdict == SelfCheck::Verdict::passed);
}

TEST_CASE("shared trees are kept where many use them") {
  CHECK(link(fleet(100, 3)).trees().empty());
  CHECK(link(fleet(101, 3)).trees().size() == 2);
}

TEST_CASE("the reverse sweep of a tape is the forward mode of its formulas, through calculated parameters") {
  std::mt19937_64 random(GENERATE(1u, 2u, 3u));
  std::uniform_real_distribution<double> value(0.5, 2.0);
  Parameters p;
  std::vector<Expression> known;
  for (int i = 0; i < 6; ++i) known.push_back(Expression::parameter(p.add(parameter("x" + std::to_string(i), value(random)))));
  const auto any = [&] { return known[random() % known.size()]; };
  for (int i = 0; i < 40; ++i) {
    Expression formula;
    switch (random() % 7) {
      case 0: formula = any() + any() * 0.5; break;
      case 1: formula = any() - any() * 0.1; break;
      case 2: formula = any() * any() * 0.7; break;
      case 3: formula = any() / (any() + 1.0); break;
      case 4: formula = Expression::call(Expression::Op::exp, {any() * -0.2}); break;
      case 5: formula = Expression::call(Expression::Op::sqrt, {any() * any() + 1.0}); break;
      default: formula = Expression::call(Expression::Op::power, {any() * any() + 1.0, Expression(0.5)}); break;
    }
    Parameter calculated = parameter("y" + std::to_string(i), 0);
    calculated.formula = formula;
    known.push_back(Expression::parameter(p.add(calculated)));
  }
  const auto order = p.order();
  REQUIRE(order);
  Tape tape(p, *order);
  const Expression asked = known.back() * known[20] + known[30];
  const auto slot = tape.add(asked);
  const auto slots = tape.values(p.values());
  CHECK(slots[slot] == Approx(asked.evaluate(p.values())).epsilon(1e-15));
  std::vector<double> seeds(tape.size(), 0.0);
  seeds[slot] = 1.0;
  const auto gradient = tape.gradient(slots, seeds);
  for (ParameterIndex i = 0; i < 6; ++i) {
    std::vector<double> slopes(p.size(), 0.0);
    slopes[i] = 1.0;
    for (const auto index : *order) slopes[index] = p[index].formula->derivative(p.values(), slopes);
    CHECK(gradient[i] == Approx(asked.derivative(p.values(), slopes)).epsilon(1e-12));
  }
}

TEST_CASE("calculated parameters are evaluated in order of dependence, whatever the order of definition") {
  Parameters p;
  const auto late = p.add(parameter("late", 0)), middle = p.add(parameter("middle", 0)), input = p.add(parameter("input", 3));
  p.define(late, Expression::parameter(middle) * 2.0);
  p.define(middle, Expression::parameter(input) + 1.0);
  CHECK(p.values()[late] == 8.0);
  p.set_value(input, 5);
  CHECK(p.values()[late] == 12.0);
  CHECK(p.inputs_of({late}) == std::set<ParameterIndex>{input});

  p.define(middle, Expression::parameter(late) - Expression::parameter(input));
  auto circle = inventory({process("fu", {emits(Expression::parameter(late))})}, "fu", 1, p);
  const auto refused = ProductSystem::link(std::move(circle));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().front().code == "E055");
  CHECK(refused.error().front().message.find("late -> middle -> late") != std::string::npos);
}

TEST_CASE("no two keys of parameters read alike, whatever names people give") {
  const std::vector<std::string> names = {"a", "a.b", "a.'b", "'a'", "a'", "a.b.c", "", "a b", "b", "a.'b'"};
  std::map<std::string, ParameterKey> seen;
  for (const char* kind : {"runs", "sites"})
    for (const auto& name : names)
      for (const auto& field : {"energy", "b.energy", "b", "energy.parts.gpu"}) {
        if (name.empty()) continue;
        const ParameterKey key{{kind, name}, field};
        const auto [other, fresh] = seen.emplace(key.text(), key);
        CAPTURE(key.text());
        CHECK((fresh || other->second == key));
      }
  CHECK(ParameterKey{{"runs", "final"}, "energy"}.text() == "runs.final.energy");
  CHECK(ParameterKey{{"runs", "a.energy"}, "energy"}.text() == "runs.'a.energy'.energy");
  Parameters p;
  p.add(parameter("twice", 1));
  CHECK_THROWS_AS(p.add(parameter("twice", 2)), std::logic_error);
}

TEST_CASE("a moved system answers as one solved anew, and stays where it was when a value cannot be") {
  auto system = linked(fleet(5, 23), KeepTrees::always);
  const Evaluator evaluator(system);
  auto moved = MovedSystem::at_rest(evaluator, questions);
  REQUIRE(moved);
  const auto life = *system.parameters().find("life");
  REQUIRE(moved->set(life, 7.5));
  const auto before = moved->answers();
  system.parameters().set_value(life, 7.5);
  const auto anew = Solution::solve(system);
  for (std::size_t q = 0; q < questions.size(); ++q) CHECK(before[q] == Approx(anew->fold(questions[q])).epsilon(1e-13));

  const auto refused = moved->set(life, std::nan(""));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().front().code == "E024");
  CHECK(moved->set(*system.parameters().find("per life"), 1.0).error().front().code == "E041");
  CHECK(moved->set(life, 0.0).error().front().code == "E054");
  CHECK(moved->answers() == before);
}

TEST_CASE("intensities of a background are the matrix engine's prices") {
  constexpr int n = 400;
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> amount(0.0, 0.08);
  MatrixSystem matrix;
  std::vector<Triplet> a, b;
  std::vector<UnitProcess> processes{process("fu", {takes("p0", 3), takes("p7", 2)})};
  for (int i = 0; i < n; ++i) {
    std::vector<Exchange> exchanges;
    a.push_back({i, i, 1.0});
    for (int k = 0; k < 6; ++k) {
      const int supplier = static_cast<int>(random() % n);
      const double taken = amount(random);
      exchanges.push_back(takes("p" + std::to_string(supplier), taken));
      a.push_back({supplier, i, -taken});
    }
    const double emitted = amount(random);
    exchanges.push_back(emits(emitted));
    b.push_back({0, i, emitted});
    processes.push_back(background(process("p" + std::to_string(i), std::move(exchanges))));
  }
  matrix.technosphere = SparseMatrix::from(n, n, a);
  matrix.biosphere = SparseMatrix::from(1, n, b);
  matrix.characterisation = SparseMatrix::from(1, 1, std::vector<Triplet>{{0, 0, 1.0}});
  auto lca = MatrixLca::prepare(matrix);
  REQUIRE(lca);
  const auto prices = lca->prices({{"0", {{0, 3.0}, {7, 2.0}}}});
  REQUIRE(prices);
  const auto system = link(inventory(std::move(processes), "fu", 1));
  const auto solution = Solution::solve(system);
  REQUIRE(solution);
  CHECK(solution->totals()[0] == Approx(3 * (*prices)[0][0] + 2 * (*prices)[0][7]).epsilon(1e-11));
  CHECK(solution->fold({{}, 0}) == Approx(solution->totals()[0]).epsilon(1e-11));
}
