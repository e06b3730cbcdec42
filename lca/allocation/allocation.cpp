// SPDX-License-Identifier: Apache-2.0
#include "lca/allocation/allocation.hpp"

#include <fmt/format.h>

#include <cmath>

namespace cradle::lca {
namespace {

constexpr double tolerance = 1e-9;

std::string product_list(const UnitProcess& process) {
  std::string names = "'" + process.product + "'";
  for (const auto& other : process.co_products) names += ", '" + other.product + "'";
  return names;
}

/// Each product's weight under a rule: amount x property, or what was given.
Result<std::vector<Expression>> weights(const UnitProcess& process, const Allocation& rule) {
  std::vector<Expression> all;
  Findings findings;
  const auto add = [&](const std::string& product, const Expression& amount,
                       const std::map<std::string, Expression>& properties, const std::optional<Expression>& given) {
    if (rule.kind == Allocation::Kind::equal) {
      all.emplace_back(1.0);
    } else if (rule.kind == Allocation::Kind::given) {
      if (given)
        all.push_back(*given);
      else
        findings.push_back({"E094",
                            fmt::format("'{}' of process '{}' has no given allocation factor", product, process.name),
                            "give each of its products a factor; they sum to one"});
    } else if (const auto property = properties.find(rule.property); property != properties.end()) {
      all.push_back(amount * property->second);
    } else {
      findings.push_back(
          {"E094", fmt::format("'{}' of process '{}' has no property '{}'", product, process.name, rule.property),
           "give each of its products that property, or choose another rule"});
    }
  };
  add(process.product, process.production, process.properties, process.factor);
  for (const auto& other : process.co_products) add(other.product, other.amount, other.properties, other.factor);
  if (!findings.empty()) return tl::unexpected(findings);
  return all;
}

/// The factor of one exchange for product number `index`: its own causal one, or the rule's.
Result<Expression> factor_of(const UnitProcess& process, const Exchange& exchange, std::size_t index,
                             const Expression& by_rule, std::span<const double> values) {
  if (exchange.causal.empty()) return by_rule;
  double sum = 0.0;
  for (const auto& [product, factor] : exchange.causal) sum += factor.evaluate(values);
  if (!(std::abs(sum - 1.0) <= tolerance))
    return failure({"E095", fmt::format("the causal factors of '{}' in process '{}' sum to {}, not to 1", exchange.flow,
                                        process.name, sum)});
  const auto& product = index == 0 ? process.product : process.co_products[index - 1].product;
  const auto found = exchange.causal.find(product);
  return found == exchange.causal.end() ? Expression(0.0) : found->second;
}

UnitProcess only(const UnitProcess& process, std::size_t index) {
  UnitProcess single = process;
  single.co_products.clear();
  if (index > 0) {
    const auto& other = process.co_products[index - 1];
    single.product = other.product;
    single.unit = other.unit;
    single.production = other.amount;
    single.properties = other.properties;
  }
  single.name = fmt::format("{} [{}]", process.name, single.product);
  return single;
}

/// The co-products displace what others make: taken from their makers as a credit.
UnitProcess substituted(UnitProcess process) {
  for (const auto& other : process.co_products)
    process.exchanges.push_back({.flow = other.product,
                                 .amount = Expression(0.0) - other.amount,
                                 .assigns = {{"account", "credit"}},
                                 .rule = "co-product: displaces another maker's"});
  process.co_products.clear();
  return process;
}

}  // namespace

Result<std::vector<Expression>> allocation_factors(const UnitProcess& process, const Allocation& rule,
                                                   std::span<const double> values) {
  auto parts = weights(process, rule);
  if (!parts) return parts;
  Expression sum = parts->front();
  for (std::size_t i = 1; i < parts->size(); ++i) sum = sum + (*parts)[i];
  const double total = sum.evaluate(values);
  for (const auto& part : *parts)
    if (part.evaluate(values) < 0.0)
      return failure({"E094",
                      fmt::format("a product of process '{}' has a negative weight: it would take more than the whole, "
                                  "or less than nothing",
                                  process.name),
                      "a co-product that costs to get rid of is a waste: give it a treatment, or choose another rule"});
  if (rule.kind == Allocation::Kind::given) {
    if (std::abs(total - 1.0) <= tolerance) return parts;
    return failure({"E095", fmt::format("the given factors of process '{}' sum to {}, not to 1", process.name, total),
                    "they are shares of the whole process"});
  }
  if (total == 0.0 || !std::isfinite(total))
    return failure({"E094",
                    fmt::format("the products of process '{}' have a summed '{}' of {}: nothing can be divided by it",
                                process.name, rule.property, total),
                    "choose another rule"});
  for (auto& part : *parts) part = part / sum;
  return parts;
}

Result<std::vector<UnitProcess>> allocate(std::vector<UnitProcess> processes, const Allocation& rule,
                                          std::span<const double> values) {
  std::vector<UnitProcess> single;
  Findings findings;
  for (auto& process : processes) {
    if (process.co_products.empty()) {
      single.push_back(std::move(process));
      continue;
    }
    if (rule.kind == Allocation::Kind::none) {
      findings.push_back(
          {"E093",
           fmt::format("process '{}' makes {}, and no allocation was chosen", process.name, product_list(process)),
           "choose mass, energy, price or another property, equal, given factors, or substitution"});
      continue;
    }
    if (rule.kind == Allocation::Kind::substitution) {
      single.push_back(substituted(std::move(process)));
      continue;
    }
    const auto factors = allocation_factors(process, rule, values);
    if (!factors) {
      findings.insert(findings.end(), factors.error().begin(), factors.error().end());
      continue;
    }
    for (std::size_t i = 0; i < factors->size(); ++i) {
      UnitProcess one = only(process, i);
      for (auto& exchange : one.exchanges) {
        const auto factor = factor_of(process, exchange, i, (*factors)[i], values);
        if (!factor)
          findings.insert(findings.end(), factor.error().begin(), factor.error().end());
        else
          exchange.amount = exchange.amount * *factor;
        exchange.causal.clear();
      }
      single.push_back(std::move(one));
    }
  }
  if (!findings.empty()) return tl::unexpected(findings);
  return single;
}

}  // namespace cradle::lca
