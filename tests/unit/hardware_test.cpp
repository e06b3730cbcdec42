// SPDX-License-Identifier: Apache-2.0
// Hardware: shares of a life, the catalogue's products, and figures from the papers its models come from.
#include <catch2/catch.hpp>
#include <random>

#include "inventory/catalogue/catalogue.hpp"
#include "inventory/catalogue/product_checks.hpp"
#include "inventory/compiler/compile.hpp"
#include "inventory/catalogue/amortisation.hpp"
#include "lca/solution.hpp"
#include "reporting/hardware/product_view.hpp"
#include "reporting/hardware/refresh.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

const Catalogue& catalogue() {
  static const auto loaded = Catalogue::load();
  REQUIRE(loaded);
  return *loaded;
}

double value(const lca::Expression& formula) { return formula.evaluate({}); }

double sum_of(const LifeShares& shares) {
  return value(shares.productive) + (shares.idle ? value(*shares.idle) : 0.0) +
         (shares.unused_life ? value(*shares.unused_life) : 0.0);
}

/// Users whose shares of `whole` are drawn at random.
std::vector<double> random_fleet(std::mt19937& random, double whole) {
  std::vector<double> use(1 + random() % 20);
  double total = 0.0;
  for (auto& one : use) total += one = std::uniform_real_distribution(0.01, 1.0)(random);
  for (auto& one : use) one *= whole / total;
  return use;
}

reporting::ProfileView in_profile(const std::string& id, std::size_t profile) {
  const auto* product = catalogue().find(id);
  REQUIRE(product != nullptr);
  return reporting::view_product(catalogue(), *product).profiles[profile];
}

}  // namespace

TEST_CASE("the shares of all users of a machine sum to its whole", "[hardware]") {
  using Method = AmortisationMethod;
  std::mt19937 random(7);
  for (int fleet = 0; fleet < 200; ++fleet) {
    const double lifetime = 8760.0 * std::uniform_real_distribution(1.0, 10.0)(random);
    const double utilisation = std::uniform_real_distribution(0.05, 1.0)(random);
    const double quantity = std::uniform_real_distribution(1.0, 1e9)(random);
    const double passed_on = fleet % 3 == 0 ? std::uniform_real_distribution(0.0, 0.9)(random) : 0.0;
    LifeTerms terms;
    terms.lifetime = lifetime;
    terms.utilisation = utilisation;
    terms.quantity = quantity;
    terms.passed_on = passed_on;
    double worked = lifetime;
    if (fleet % 2 == 0) {
      worked = lifetime * std::uniform_real_distribution(0.2, 1.0)(random);
      terms.retired_after = worked;
    }
    const auto total = [&](Method method, double whole) {
      double sum = passed_on;
      for (const double use : random_fleet(random, whole)) sum += use * sum_of(life_shares(method, terms));
      return sum;
    };
    CAPTURE(fleet, utilisation, passed_on);
    CHECK(total(Method::utilised_hours, utilisation * worked) == Approx(1.0).epsilon(1e-12));
    CHECK(total(Method::reserved_hours, utilisation * worked) == Approx(1.0).epsilon(1e-12));
    // By calendar time the users' sum is what they used of it: the rest is nobody's, and the report says so.
    CHECK(total(Method::calendar, utilisation * worked) - passed_on == Approx((1 - passed_on) * utilisation));
    for (const auto method : {Method::energy, Method::flop, Method::units, Method::economic})
      CHECK(total(method, quantity) == Approx(1.0).epsilon(1e-12));
  }
}

TEST_CASE("a declining balance falls year by year and sums to one life", "[hardware]") {
  LifeTerms terms;
  terms.lifetime = 6 * 8760.0;
  terms.rate = 0.4;
  double sum = 0.0, last = 1.0;
  for (int year = 0; year < 6; ++year) {
    terms.age = (year + 0.5) * 8760.0;
    const double of_year = 8760.0 * value(life_shares(AmortisationMethod::declining_balance, terms).productive);
    CHECK(of_year < last);
    if (year > 0) CHECK(of_year == Approx(0.6 * last));
    last = of_year;
    sum += of_year;
  }
  CHECK(sum == Approx(1.0).epsilon(1e-12));
  terms.lifetime = 2.5 * 8760.0;
  sum = 0.0;
  for (const double year : {0.0, 1.0, 2.0}) {
    terms.age = (year + 0.1) * 8760.0;
    sum += (year < 2.0 ? 8760.0 : 4380.0) * value(life_shares(AmortisationMethod::declining_balance, terms).productive);
  }
  CHECK(sum == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("the catalogue is as large and as sound as it claims", "[hardware]") {
  CHECK(catalogue().ids("device").size() >= 60);
  CHECK(catalogue().ids("node").size() >= 20);
  std::size_t verified = 0;
  for (const auto& [id, product] : catalogue().hardware().products) {
    CAPTURE(id);
    CHECK(check_product(product, catalogue().hardware()).empty());
    for (const auto& [name, figure] : product.parameters) {
      CAPTURE(name);
      CHECK(!figure.source.empty());
      CHECK(!(figure.verified && figure.source.starts_with("recalled")));
      if (figure.range != lca::RangeKind::none) {
        CHECK(figure.low <= figure.value);
        CHECK(figure.value <= figure.high);
      }
    }
    if (product.kind != "node") continue;
    const auto shown = [&, &figures = product.parameters](const char* name) {
      return figures.contains(name) && figures.at(name).verified;
    };
    verified += shown("processors") && shown("memory") && shown("storage");
    for (std::size_t profile = 0; profile < 3; ++profile) {
      const auto view = in_profile(id, profile);
      CHECK(view.impacts.front().value.has_value());
    }
  }
  CHECK(verified >= 8);
  for (const auto& [name, factor] : catalogue().hardware().parameters) {
    CAPTURE(name);
    if (factor.range != lca::RangeKind::none) CHECK((factor.low <= factor.value && factor.value <= factor.high));
  }
}

// CAPA: 826 mm2 in 7 nm, 5 of 6 modules good; its package of 209.5 kg, by its own bond yield: study_test.cpp
TEST_CASE("the A100's memory comes to CAPA's", "[hardware]") {
  const auto view = in_profile("nvidia-a100-80gb-sxm4", 1);
  double memory = 0.0;
  for (const auto& row : view.tree)
    if (row.product.ends_with("/memory")) memory = row.total / row.amount;
  CHECK(6 * 18.16 == Approx(memory).epsilon(0.001));  // CAPA table III: 18.16 kg a stack of 16 GB
}

// data.hubblo.org: 181 kg for the PCIe card of 40 GB; the same card's factors give its primary energy
TEST_CASE("criteria that a profile has no factors for are not estimated, and never zero", "[hardware]") {
  for (const auto& impact : in_profile("a100", 1).impacts)
    if (impact.criterion != criteria::climate) {
      CHECK(!impact.value);
      CHECK(impact.reason.find("memory") != std::string::npos);
    }
  for (const auto& impact : in_profile("a100", 2).impacts) CHECK(impact.value > 0.0);
  // Without the area of its die nothing of a device is estimated.
  const auto unknown = in_profile("google-tpu-v5p", 1);
  CHECK(!unknown.impacts.front().value);
  CHECK(unknown.impacts.front().reason.find("area of one logic die") != std::string::npos);
}

TEST_CASE("the tree's own emissions sum to the solved total", "[hardware]") {
  for (const auto& id : {"nvidia-h100-80gb-sxm5", "amd-mi300x", "nvidia-t4", "dgx-h100", "raspberrypi-5-8gb"})
    for (std::size_t profile = 0; profile < 3; ++profile) {
      const auto view = in_profile(id, profile);
      if (!view.impacts.front().value) continue;
      double sum = 0.0, components = 0.0;
      for (const auto& row : view.tree) sum += row.own;
      for (const auto& share : view.components) components += share.kg;
      CAPTURE(id, profile);
      CHECK(sum == Approx(*view.impacts.front().value).epsilon(1e-12));
      CHECK(components == Approx(sum).epsilon(1e-12));
    }
}

TEST_CASE("wafers between two technologies are interpolated and marked as assumed", "[hardware]") {
  const auto nine = catalogue().shared_parameter("fab_energy_9nm", "central");
  REQUIRE(nine);
  CHECK(nine->value == Approx((1.52 + 1.475) / 2));
  CHECK(nine->basis == lca::Basis::assumed);
  CHECK(!nine->verified);
  CHECK(!catalogue().shared_parameter("fab_energy_1nm", "central"));
  CHECK(!catalogue().shared_parameter("no_such_factor", "central"));
}

TEST_CASE("a refresh pays back sooner on dirtier electricity and never where it saves nothing", "[hardware]") {
  reporting::ProductImpact old_device{"climate-change", "kg CO2e", "", 100.0, lca::Interval{80.0, 150.0, false}};
  reporting::ProductImpact new_device{"climate-change", "kg CO2e", "", 300.0, lca::Interval{200.0, 400.0, false}};
  reporting::RefreshQuestion q{4.0, 250.0, 500.0, 0.5, 0.4, 1.0, 3.0, 6.0};
  const auto answer = reporting::refresh(q, old_device, new_device);
  // (4 x 250 - 500) W x 8760 h x 0.5 x 0.4 kg/kWh = 876 kg a year
  CHECK(answer.old_yearly - answer.new_yearly == Approx(876.0));
  CHECK(*answer.passed_on.years == Approx(300.0 / 876.0));
  CHECK(*answer.written_off.years == Approx((300.0 + 4 * 100.0 * 0.5) / 876.0));
  CHECK(*answer.passed_on.low == Approx(200.0 / 876.0));
  q.grid = 0.8;
  CHECK(*reporting::refresh(q, old_device, new_device).passed_on.years == Approx(300.0 / 1752.0));
  q.speed = 2.0;
  CHECK(!reporting::refresh(q, old_device, new_device).passed_on.years);
}

// M = TE x (TiR / EL) x (RR / ToR) of ISO/IEC 21031: Green-Software-Foundation/sci SPEC.md v1.1.0 ("around 28 g"), and
// Green-Software-Foundation/if, unit tests of the plugins sci-embodied and sci-m
TEST_CASE("the embodied term of SCI comes to its published values", "[hardware]") {
  struct Row {
    double grams, hours, lifetime, share, published;
  };
  for (const auto& row :
       {Row{1e6, 1, 4 * 8760.0, 1, 28.538812785388128}, Row{200, 720, 4 * 8760.0, 1, 4.10958904109589},
        Row{1533.12, 1, 94608000 / 3600.0, 1.0 / 8, 0.007292237442922374},
        Row{1433120, 1, 35040, 2.0 / 16, 5.112442922374429}}) {
    LifeTerms terms;
    terms.lifetime = row.lifetime;
    terms.reserved = row.share;
    CHECK(row.grams * row.hours * sum_of(life_shares(AmortisationMethod::sci, terms)) == Approx(row.published));
  }
}

TEST_CASE("a machine's share of each of its devices", "[hardware]") {
  const auto* node = catalogue().find("dgx-h100");
  REQUIRE(node != nullptr);
  // 10.2 kW less eight devices of 700 W, for each of the eight.
  const auto share = reporting::share_of_machine(catalogue(), *node, 0.7, "central");
  REQUIRE(share);
  CHECK(share->watts == Approx(0.7 * (10200.0 / 8 - 700)));
  CHECK(*share->impact.value == Approx(*in_profile("dgx-h100", 1).impacts.front().value / 8));
  reporting::ProductImpact device{"climate", "kg CO2e", "", 100.0, lca::Interval{97, 103, false}}, around{"climate", "kg CO2e", "", 50.0, lca::Interval{46, 54, false}};
  const auto both = reporting::with_machine(device, around);
  CHECK(*both.value == 150.0);
  CHECK(both.interval->high == Approx(155.0));
}
