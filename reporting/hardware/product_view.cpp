// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/product_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "lca/maths.hpp"

namespace cradle::reporting {
namespace {

using inventory::Catalogue;
using inventory::Compiled;
using inventory::Product;
namespace criteria = inventory::criteria;

std::string unit_of(const std::string& criterion) {
  return criterion == criteria::climate ? "kg CO2e" : criterion == criteria::abiotic_depletion ? "kg Sb-eq" : "MJ";
}

/// A process above another, with what it emits and what stands above it, per unit of its product.
class Tree {
 public:
  Tree(const lca::ProductSystem& system, std::size_t method) : system_(system), method_(method) {}

  std::vector<TreeRow> rows(std::size_t instance) {
    add(instance, 0, 1.0);
    return std::move(rows_);
  }

 private:
  /// Parts that many parts share would be written out once for each way to them.
  static constexpr std::size_t most_rows = 2000;

  struct Intensity {
    double own = 0.0, total = 0.0;
  };

  /// Hardware has no loops, and the compiler keeps it at most a few dozen levels deep.
  const Intensity& intensity(std::size_t instance) {
    if (const auto known = known_.find(instance); known != known_.end()) return known->second;
    Intensity sum;
    for_each_exchange(instance, 1.0,
                      [&](const lca::Exchange& exchange, double amount, std::optional<std::size_t> provider) {
                        const auto& factors = system_.inventory().methods[method_].factors;
                        if (provider)
                          sum.total += amount * intensity(*provider).total;
                        else if (const auto factor = factors.find(exchange.flow); factor != factors.end())
                          sum.own += amount * factor->second.evaluate(system_.parameters().values());
                      });
    sum.total += sum.own;
    return known_.emplace(instance, sum).first->second;
  }

  template <typename Use>
  void for_each_exchange(std::size_t instance, double amount, Use use) const {
    const auto& process = system_.process(instance);
    const auto& values = system_.parameters().values();
    const double runs = amount / process.production.evaluate(values);
    for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
      const auto& exchange = process.exchanges[e];
      const bool inside = exchange.kind == lca::Exchange::Kind::technosphere;
      use(exchange, exchange.amount.evaluate(values) * runs,
          inside ? system_.instances()[instance].providers[e] : std::nullopt);
    }
  }

  void add(std::size_t instance, std::size_t depth, double amount) {
    if (rows_.size() >= most_rows) return;
    const auto& process = system_.process(instance);
    const auto& per_unit = intensity(instance);
    rows_.push_back(TreeRow{depth, process.product, process.name, lca::tag_of(process.tags, "life_cycle"),
                            lca::tag_of(process.tags, "component"), process.place, process.unit,
                            process.exchanges.empty() ? "" : process.exchanges.front().rule, amount,
                            amount * per_unit.own, amount * per_unit.total});
    for_each_exchange(instance, amount, [&](const lca::Exchange&, double each, std::optional<std::size_t> provider) {
      if (provider && each != 0.0) add(*provider, depth + 1, each);
    });
  }

  const lca::ProductSystem& system_;
  std::size_t method_;
  std::map<std::size_t, Intensity> known_;
  std::vector<TreeRow> rows_;
};

std::vector<ComponentShare> components_of(const std::vector<TreeRow>& tree) {
  std::map<std::string, lca::maths::Sum> sums;
  std::string component;
  for (const auto& row : tree) {
    // Background processes, such as a fab's electricity, belong to what they are used for.
    if (!row.component.empty()) component = row.component;
    if (row.own != 0.0) sums[component].add(row.own);
  }
  std::vector<ComponentShare> shares;
  for (const auto& [name, sum] : sums) shares.push_back({name, sum.value()});
  std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.kg > b.kg; });
  return shares;
}

}  // namespace

std::vector<ProductImpact> product_impacts(const Compiled& compiled, const lca::Solution& solution,
                                           const lca::Selection& selection, const lca::DrawSettings& draws) {
  std::vector<ProductImpact> impacts;
  std::vector<lca::Query> queries;
  for (const auto& criterion : criteria::all) {
    ProductImpact impact{criterion, unit_of(criterion), "", {}, {}};
    const auto lacking = compiled.lacking.find(criterion);
    const auto method = compiled.system.find_method(criterion);
    if (lacking != compiled.lacking.end() && !lacking->second.empty()) {
      impact.reason = fmt::format("no factor for {}", fmt::join(lacking->second, ", "));
    } else if (!method) {
      impact.reason = "no factor for it";
    } else {
      queries.push_back({selection, method});
    }
    impacts.push_back(std::move(impact));
  }
  const auto answers = lca::answer(solution, queries, draws);
  auto answer = answers.begin();
  for (auto& impact : impacts) {
    if (!impact.reason.empty()) continue;
    impact.value = answer->value;
    impact.interval = answer++->interval;
  }
  return impacts;
}

std::vector<ProductImpact> not_estimated(const std::string& reason) {
  std::vector<ProductImpact> impacts;
  for (const auto& criterion : criteria::all) impacts.push_back({criterion, unit_of(criterion), reason, {}, {}});
  return impacts;
}

std::vector<TreeRow> tree_of(const lca::ProductSystem& system, std::size_t instance, std::size_t method) {
  return Tree(system, method).rows(instance);
}

nlohmann::ordered_json impact_json(const ProductImpact& impact) {
  nlohmann::ordered_json json = {{"criterion", impact.criterion},
                                 {"unit", impact.unit},
                                 {"status", impact.value ? "estimated" : "not_estimated"},
                                 {"value", nullptr},
                                 {"low", nullptr},
                                 {"high", nullptr}};
  if (impact.value) json["value"] = *impact.value;
  if (impact.interval) {
    json["low"] = impact.interval->low;
    json["high"] = impact.interval->high;
  }
  if (!impact.reason.empty()) json["reason"] = impact.reason;
  return json;
}

ProfileView view_profile(const Catalogue& catalogue, const Product& product, const std::string& profile,
                         const lca::DrawSettings& draws) {
  ProfileView view;
  view.profile = profile;
  const auto& known = catalogue.hardware().profiles;
  if (const auto found = known.find(profile); found != known.end()) view.title = found->second.title;
  const auto compiled = inventory::compile_product(catalogue, product, profile);
  const auto refused = [&](const Findings& why) {
    view.impacts = not_estimated(why.front().message);
    return view;
  };
  if (!compiled) return refused(compiled.error());
  const auto solution = lca::Solution::solve(compiled->system);
  if (!solution) return refused(solution.error());
  view.impacts = product_impacts(*compiled, *solution, {}, draws);
  view.tree = tree_of(compiled->system, compiled->system.root(), *compiled->system.find_method(criteria::climate));
  view.components = components_of(view.tree);
  for (const auto& p : compiled->system.parameters())
    if (!p.calculated()) view.factors.push_back(p);
  for (const auto& row : compiled->coverage)
    view.gaps.push_back(row.status == inventory::Coverage::substitute ? fmt::format("{}: {}", row.item, row.detail)
                                                   : fmt::format("{}: {} ({})", row.item, inventory::name_of(row.status), row.detail));
  view.gaps.insert(view.gaps.end(), compiled->hardware_gaps.begin(), compiled->hardware_gaps.end());
  return view;
}

ProductView view_product(const Catalogue& catalogue, const Product& product, const lca::DrawSettings& draws) {
  ProductView view{&product, {}};
  for (const auto& profile : inventory::hardware_profiles)
    view.profiles.push_back(view_profile(catalogue, product, profile, draws));
  return view;
}

std::string write_product_json(const ProductView& view) {
  using Json = nlohmann::ordered_json;
  const auto& product = *view.product;
  Json json = {{"schema", "cradle/product/1"}, {"id", product.id},         {"kind", product.kind},
               {"name", product.name},         {"vendor", product.vendor}, {"year", product.year},
               {"words", product.words},       {"figures", Json::array()}, {"profiles", Json::array()}};
  const auto figure = [](const std::string& id, const lca::Parameter& p) {
    Json row = {{"id", id},          {"label", p.label}, {"value", p.value},          {"unit", p.unit},
                {"low", nullptr},    {"high", nullptr},  {"basis", name_of(p.basis)}, {"verified", p.verified},
                {"source", p.source}};
    if (p.range != lca::RangeKind::none) {
      row["low"] = p.low;
      row["high"] = p.high;
    }
    return row;
  };
  for (const auto& [id, input] : product.parameters) json["figures"].push_back(figure(id, input));
  for (const auto& profile : view.profiles) {
    Json one = {{"profile", profile.profile},  {"title", profile.title}, {"impacts", Json::array()},
                {"components", Json::array()}, {"tree", Json::array()},  {"factors", Json::array()},
                {"gaps", profile.gaps}};
    for (const auto& impact : profile.impacts) one["impacts"].push_back(impact_json(impact));
    for (const auto& share : profile.components)
      one["components"].push_back({{"component", share.component}, {"kg_co2e", share.kg}});
    for (const auto& row : profile.tree)
      one["tree"].push_back({{"depth", row.depth},
                             {"process", row.name},
                             {"stage", row.stage},
                             {"component", row.component},
                             {"place", row.place},
                             {"amount", row.amount},
                             {"unit", row.unit},
                             {"own_kg_co2e", row.own},
                             {"total_kg_co2e", row.total},
                             {"rule", row.rule}});
    for (const auto& p : profile.factors) one["factors"].push_back(figure(p.name, p));
    json["profiles"].push_back(std::move(one));
  }
  return json.dump(1) + "\n";
}

}  // namespace cradle::reporting
