// SPDX-License-Identifier: Apache-2.0
// The GHG Protocol's corporate table: scopes by both methods, every category present. Capital goods count in the year
// they are bought, not amortised, so what a study amortises is reconciled with that and not summed into it.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reporting/rounding.hpp"
#include "reporting/targets/target.hpp"

namespace cradle::reporting {
namespace {

constexpr double kg_per_tonne = 1000.0;

/// Scope 3 categories of the Corporate Value Chain Standard, table 5.3, and what of AI falls there.
struct Category {
  const char *number, *name, *content;
};
constexpr Category categories[] = {
    {"1", "Purchased goods and services", "rented compute, interfaces paid by the call"},
    {"2", "Capital goods", "machines bought in the year, whole"},
    {"3", "Fuel- and energy-related activities", "fuel supply of electricity, losses on the way"},
    {"4", "Upstream transport", "freight of hardware"},
    {"5", "Waste", "hardware at its end"},
    {"6", "Business travel", ""},
    {"7", "Employee commuting", ""},
    {"8", "Upstream leased assets", "colocation, where not in scope 2"},
    {"9", "Downstream transport", ""},
    {"10", "Processing of sold products", ""},
    {"11", "Use of sold products", "models and hardware run by customers"},
    {"12", "End of life of sold products", ""},
    {"13", "Downstream leased assets", ""},
    {"14", "Franchises", ""},
    {"15", "Investments", ""}};

Json cell(const Figure& figure) {
  return figure.value ? significant(*figure.value / kg_per_tonne, 3)
                      : in_words(figure.status) + (figure.reason.empty() ? "" : ": " + figure.reason);
}

Json row(const std::string& name, const Json& location, const Json& market, const std::string& basis,
         const std::string& content) {
  return {{"name", name}, {"location", location}, {"market", market}, {"basis", basis}, {"content", content}};
}

const ScopeRow* find(const Disclosure& d, const std::string& id) {
  for (const auto& scope : d.scopes)
    if (scope.location.id == id) return &scope;
  return nullptr;
}

/// What the study's machines are whole, beside what it takes of them.
Json reconciliation(const Disclosure& d) {
  Json rows = Json::array();
  for (const auto& life : d.hardware.lives) {
    const auto devices = devices_at_work(d.study(), life.hardware);
    rows.push_back(
        {{"hardware", life.hardware},
         {"life", significant(life.life_kg, 3)},
         {"devices", devices ? significant(*devices, 4) : std::string("not stated")},
         {"whole", devices ? significant(*devices * life.life_kg / kg_per_tonne, 3) : std::string("not estimated")},
         {"assigned", significant(life.assigned / kg_per_tonne, 3)},
         {"rule", life.method}});
  }
  return rows;
}

}  // namespace

Json make_ghg(const Disclosure& d, bool) {
  const auto& study = d.study();
  const std::string market_reason = d.figure("ghg.scope2_mb").reason;
  const auto market = [&](const ScopeRow& scope) { return cell(scope.market); };
  Json rows = Json::array();
  rows.push_back(row("Scope 1", cell(d.figure("ghg.scope1")), cell(d.figure("ghg.scope1")),
                     d.figure("ghg.scope1").basis, "generators, refrigerants"));
  rows.push_back(row("Scope 2", cell(d.figure("ghg.scope2_lb")), cell(d.figure("ghg.scope2_mb")),
                     d.figure("ghg.scope2_lb").basis, "purchased electricity, with the facility's overhead"));
  for (const auto& [number, name, content] : categories) {
    const auto* scope = find(d, std::string("ghg.scope3.") + number);
    const std::string label = fmt::format("Scope 3, category {}: {}", number, name);
    if (number == std::string("2") && scope != nullptr)
      rows.push_back(row(label, "not estimated: amortised in this study, see the reconciliation", "", "", content));
    else if (scope != nullptr)
      rows.push_back(row(label, cell(scope->location), market(*scope), scope->location.basis, content));
    else
      rows.push_back(row(label, "not estimated: the study states nothing that belongs here", "", "", content));
  }
  Json excluded = Json::array();
  if (study.boundary)
    for (const auto& [item, reason] : study.boundary->exclude) excluded.push_back({{"item", item}, {"reason", reason}});
  Json memo = Json::array();
  for (const auto& one : study.memo)
    memo.push_back({{"text", fmt::format("{}: {}, {} {}", one.kind, one.text, one.amount.value, one.amount.unit)}});
  return {{"organisation", study.organisation.empty() ? Json(nullptr) : Json(study.organisation)},
          {"approach", nullptr},
          {"period", period_of(d)},
          {"base_year", nullptr},
          {"assurance", nullptr},
          {"perspective", inventory::perspective_names[static_cast<std::size_t>(study.perspective)]},
          {"rows", std::move(rows)},
          {"reconciliation", reconciliation(d)},
          {"has_reconciliation", !d.hardware.lives.empty()},
          {"excluded", std::move(excluded)},
          {"instruments",
           market_reason.empty() ? "instruments as listed in the full report" : "market-based: " + market_reason},
          {"gwp", study.gwp},
          {"memo", memo},
          {"has_memo", !study.memo.empty()},
          {"interval",
           [&] {
             const auto& total = d.figure("ghg.total");
             return total.low && !total.is_partial() ? fmt::format("total of the study, 95 %: {} to {} t CO2e",
                                                                   significant(*total.low / kg_per_tonne, 2),
                                                                   significant(*total.high / kg_per_tonne, 2))
                                                     : std::string("no interval that covers the total is known");
           }()},
          {"method", method_in_words(d)}};
}

}  // namespace cradle::reporting
