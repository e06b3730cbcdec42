// SPDX-License-Identifier: Apache-2.0
// What a run occupied and used up besides energy: devices, computation, money, and its share of the hardware's life.
#include <fmt/format.h>

#include "inventory/compiler/activities.hpp"

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

void Activities::add_occupation(const Run& run, lca::UnitProcess& process) {
  const lca::Tags account{{"account", run.status == RunStatus::failed ? "failed" : "productive"}};
  const auto hours = device_hours(run);
  if (hours)
    process.exchanges.push_back({Exchange::Kind::biosphere, flows::occupation, *hours, account, "", "device-hours"});
  add_computation(run, account, process);
  if (run.price) add_price(run, hours, account, process);
  if (study_.boundary && study_.boundary->hardware()) add_hardware(run, hours, account, process);
}

void Activities::add_computation(const Run& run, const lca::Tags& account, lca::UnitProcess& process) {
  const auto emit = [&](const Expression& flop, const char* rule) {
    process.exchanges.push_back({Exchange::Kind::biosphere, flows::computation, flop, account, "", rule});
  };
  if (run.flop)
    emit(quantities_.flop(run), "computation as stated");
  else if (run.energy && run.energy->estimate && run.energy->estimate->estimator != nullptr)
    if (const auto& flop = estimates_.of(run, *run.energy, {run.owner, "energy"}).flop)
      emit(*flop, "computation as estimated");
}

void Activities::add_price(const Run& run, const std::optional<Expression>& hours, const lca::Tags& account,
                           lca::UnitProcess& process) {
  const Expression price =
      parameter({run.owner, "price"}, "price per " + run.price->per + " of " + run.name, run.price->amount);
  const auto cost = [&](const Expression& amount, const char* rule) {
    process.exchanges.push_back({Exchange::Kind::biosphere, flows::compute_cost, amount, account, "", rule});
  };
  if (run.price->per == "device-hour" && hours)
    cost(*hours * price, "device-hours x price");
  else if (run.price->per == "run")
    cost(price, "price as stated");
  else
    cover("cost of " + run.name, Coverage::not_estimated,
          "its price is per device-hour, and its device-hours are not known");
}

void Activities::add_hardware(const Run& run, const std::optional<Expression>& hours, const lca::Tags& account,
                              lca::UnitProcess& process) {
  const auto unknown = [&](const std::string& why) {
    cover("hardware of " + run.name, Coverage::not_estimated, why);
    remarks_.miss("hardware of " + run.name);
    hardware_unknown.push_back(run.name);
  };
  if (!includes_part("hardware", run.name)) return cover("hardware of " + run.name, Coverage::excluded, "");
  const auto hardware = study_.hardware.find(run.hardware);
  if (hardware == study_.hardware.end()) return unknown("the run names no hardware");
  const auto take = [&](const Expression& amount, const std::string& of_account, const std::string& rule) {
    process.exchanges.push_back({Exchange::Kind::technosphere,
                                 hardware_.use(hardware->second),
                                 amount,
                                 {{"account", of_account.empty() ? account.at("account") : of_account}},
                                 "",
                                 rule});
  };
  const auto method = method_of(hardware->second);
  if (counted_in(method) == counted_in(AmortisationMethod::utilised_hours)) {
    if (!hours) return unknown("its device-hours are not known");
    return take(*hours, "", "device-hours");
  }
  const auto used = use_of_life(run, method, process);
  if (used.empty())
    return unknown(fmt::format("its hardware is amortised by {}, and the run does not state its {}", name_of(method),
                               counted_in(method)));
  for (const auto& [of_account, amount] : used)
    take(amount, of_account, fmt::format("{} of its hardware", counted_in(method)));
}

/// What the run used of a life, in what the method counts in, by account ("" is the run's own); nothing where the run
/// does not say.
std::map<std::string, Expression> Activities::use_of_life(const Run& run, AmortisationMethod method,
                                                       const lca::UnitProcess& process) {
  const lca::Owner& key = run.owner;
  std::map<std::string, Expression> used;
  switch (method) {
    case AmortisationMethod::energy:
      for (const auto& exchange : process.exchanges) {
        const auto supply = sites_.supply_of(exchange.flow);
        if (!supply || *supply == Supply::stated_overhead) continue;
        const std::string account = lca::tag_of(exchange.assigns, "account") == "idle" ? "idle" : "";
        const Expression amount = it_energy(run, exchange, *supply);
        const auto [known, fresh] = used.emplace(account, amount);
        if (!fresh) known->second = known->second + amount;
      }
      for (auto& [account, amount] : used)
        amount = calculated({key, account.empty() ? "hardware_energy" : "hardware_energy." + account},
                            {"energy of " + run.name + " that its hardware drew" + (account.empty() ? "" : ", idle"),
                             "kWh", "energies of its parts, without overhead", "definition of PUE (ISO/IEC 30134-2)"},
                            amount);
      break;
    case AmortisationMethod::flop:
      if (run.flop) used.emplace("", quantities_.flop(run));
      break;
    case AmortisationMethod::units:
      if (run.tokens && counts_in(run.hardware, "token"))
        used.emplace("", quantities_.tokens(run));
      for (const auto& [name, service] : study_.services)
        for (const char* unit : {"request", "token"})
          if (service.run.owner == key && counts_in(run.hardware, unit))
            if (const auto served = quantities_.units_served(service, unit)) used.emplace("", *served);
      break;
    case AmortisationMethod::economic:
      for (const auto& exchange : process.exchanges)
        if (exchange.kind == Exchange::Kind::biosphere && exchange.flow == flows::compute_cost)
          used.emplace("", exchange.amount);
      break;
    default:
      break;
  }
  return used;
}

/// What of an energy the hardware itself drew: known at facility level it contains the overhead too.
Expression Activities::it_energy(const Run& run, const lca::Exchange& exchange, Supply supply) {
  if (supply != Supply::facility) return exchange.amount;
  if (const auto site = study_.sites.find(run.site); site != study_.sites.end())
    if (const auto overhead = sites_.pue(site->second)) return exchange.amount / *overhead;
  cover("share of hardware of " + run.name, Coverage::substitute,
        "its energy is known at facility level and no PUE is stated: the overhead is counted as the hardware's own");
  return exchange.amount;
}

/// Whether the hardware's whole life is stated in this unit.
bool Activities::counts_in(const std::string& hardware, const std::string& unit) const {
  const auto found = study_.hardware.find(hardware);
  return found != study_.hardware.end() && found->second.amortisation.quantity &&
         found->second.amortisation.quantity->unit == unit;
}

}  // namespace cradle::inventory
