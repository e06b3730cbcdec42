// SPDX-License-Identifier: Apache-2.0
// What contracts for electricity claim: shares by instrument, the residual mix, and which instruments do not count (GHG
// Protocol Scope 2 Guidance).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "inventory/compiler/grids.hpp"

namespace cradle::inventory {
namespace {

using lca::Expression;

/// Countries of one market for certificates: the United States and Canada, and Europe's single market as far as it
/// trades guarantees of origin (RE100 technical criteria 4.1, 2022); any other country is a market of its own.
std::string market_of(const std::string& iso2) {
  static const std::set<std::string> europe = {"AT", "BE", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR",
                                               "HR", "HU", "IT", "LT", "LU", "LV", "NL", "NO", "PT", "SE", "SI", "SK"};
  if (iso2 == "US" || iso2 == "CA") return "North America";
  return europe.contains(iso2) ? "Europe" : iso2;
}

}  // namespace

/// Calendar years in which a site's electricity was used, as far as runs, services and their logs say.
std::set<int> Grids::years_of(const Site& site) {
  std::set<int> years;
  const auto between = [&](const std::string& start, const std::string& end) {
    const int first = std::atoi(start.substr(0, 4).c_str()),
              last = std::atoi((end.empty() ? start : end).substr(0, 4).c_str());
    for (int year = first; first > 1900 && year <= std::min(last, first + 100); ++year) years.insert(year);
  };
  const auto of_run = [&](const Run& run) {
    if (run.site != site.name) return;
    if (!run.start.empty()) between(run.start, run.end);
    for (const auto& [energy, which] : {std::pair{&run.energy, "energy"}, std::pair{&run.idle, "idle"}})
      if (*energy)
        if (const auto* read = files_.logs_of({run.owner, which}))
          for (const auto& log : read->logs)
            if (!log.start.empty()) between(log.start, log.end);
  };
  for (const auto& run : study_.runs)
    if (includes(run.stage)) of_run(run);
  for (const auto& [name, service] : study_.services)
    if (includes("inference")) of_run(service.run);
  if (years.empty() && site.grid.year) years.insert(*site.grid.year);
  return years;
}

/// Why an instrument does not count, by the quality criteria that a study can show (Scope 2 Guidance, table 7.1).
std::string Grids::flaw_of(const Instrument& instrument, const std::string& label, const Site& site,
                             const std::set<int>& years) {
  const auto used = catalogue_.grids().country(site.grid.region), sold = catalogue_.grids().country(instrument.market);
  if (used && sold && market_of(sold->iso2) != market_of(used->iso2))
    return fmt::format("its market is {}, and the electricity is used in {}", instrument.market, used->iso2);
  if (!instrument.vintage || years.empty()) return "";
  int furthest = 0;
  for (const int year : years) furthest = std::max(furthest, std::abs(year - *instrument.vintage));
  const std::string when = *years.begin() == *years.rbegin() ? std::to_string(*years.begin())
                                                             : fmt::format("{} to {}", *years.begin(), *years.rbegin());
  // The Guidance gives no number of months; Green-e's window of 21 reaches into both neighbouring years.
  if (furthest > 1) return fmt::format("its vintage {} is not near the consumption of {}", *instrument.vintage, when);
  if (furthest == 1)
    cover("vintage of " + label, Coverage::counted,
          fmt::format("{} beside consumption in {}: near only where the months are (Green-e allows 21 months)",
                      *instrument.vintage, when));
  return "";
}

/// Market-based intensity: contracts for their shares, then the residual mix, then the grid average (table 6.3).
Expression Grids::market_factor(const Site& site, const Expression& location) {
  const lca::ParameterKey key{{"sites", site.name}, "grid"};
  if (site.grid.market)
    return parameter(key / "market", "grid intensity of " + site.name + ", market-based", *site.grid.market);
  if (!site.grid.contractual()) return location;
  Expression sum = 0.0, claimed = 0.0;
  std::size_t number = 0;
  const bool dated = std::any_of(site.grid.instruments.begin(), site.grid.instruments.end(),
                                 [](const auto& one) { return one.vintage.has_value(); });
  const auto years = dated ? years_of(site) : std::set<int>{};
  for (const auto& instrument : site.grid.instruments) {
    const lca::ParameterKey name = key / "instruments" / std::to_string(++number);
    const std::string label = fmt::format("{} {} of {}", instrument.kind, number, site.name);
    if (!instrument.market.empty() && !catalogue_.grids().country(instrument.market))
      report("E016", instrument.place, fmt::format("unknown market '{}'", instrument.market),
             "a country: FR, FRA or France; countries of one market are known");
    if (const auto flaw = flaw_of(instrument, label, site, years); !flaw.empty()) {
      report("W121", instrument.place, fmt::format("{} does not count: {}", label, flaw),
             "the residual mix, or the grid average, takes its place");
      cover(label, Coverage::passed_over, flaw);
      continue;
    }
    if (!instrument.share || !instrument.intensity) continue;
    const Expression share = parameter(name / "share", "share of " + label, *instrument.share);
    sum = sum + share * parameter(name / "intensity", "intensity of " + label, *instrument.intensity);
    claimed = claimed + share;
    cover(label, Coverage::counted,
          fmt::format("{:.4g} % of the site's electricity, vintage {}, market {}; market-based only",
                      instrument.share->value * 100,
                      !instrument.vintage ? "not stated"
                                          : std::to_string(*instrument.vintage) +
                                                (years.empty() ? " (not compared: no time of use is known)" : ""),
                      instrument.market.empty() ? "not stated"
                      : catalogue_.grids().country(site.grid.region).has_value()
                          ? instrument.market
                          : instrument.market + " (not compared: the grid names no country)"));
  }
  if (!site.grid.residual)
    cover("residual mix of " + site.name, Coverage::substitute,
          "not stated: the grid average stands for what no instrument covers");
  const Expression rest =
      site.grid.residual ? parameter(key / "residual", "residual mix of " + site.name, *site.grid.residual) : location;
  if (site.grid.instruments.empty()) return rest;
  // Shares with ranges may sum to more than all in a draw; one kWh is claimed once.
  return calculated(key / "market_mix",
                    {"grid intensity of " + site.name + ", market-based", "kg CO2e/kWh",
                     "share x intensity of each instrument, and the rest at the residual mix or the grid average",
                     "GHG Protocol Scope 2 Guidance, table 6.3"},
                    sum + Expression::call(Expression::Op::maximum, {1.0 - claimed, 0.0}) * rest);
}

}  // namespace cradle::inventory
