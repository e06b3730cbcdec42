// SPDX-License-Identifier: Apache-2.0
// Which share of a device's life a user takes: the rules in use, as formulas over what the study states. Whatever the
// rule, the shares of all users and of what nobody used sum to one life.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lca/expression.hpp"

namespace cradle::inventory {

enum class AmortisationMethod {
  utilised_hours,     ///< hours used over hours worked in a life; idle hours are an account (BLOOM)
  calendar,           ///< hours used over all hours of a life; what nobody used stays unassigned (CCF, boaviztapi)
  reserved_hours,     ///< hours reserved over hours reserved in a life
  sci,                ///< TE x TS x RS of ISO/IEC 21031: calendar time x share of the machine reserved
  energy,             ///< kWh used over kWh of a life
  flop,               ///< FLOP over FLOP of a life
  units,              ///< tokens or requests over those of a life
  declining_balance,  ///< more in early years: r (1 - r)^k in year k, scaled so that a life sums to one
  economic            ///< price paid over what the device earns in its life
};

inline const std::vector<std::string> amortisation_methods = {
    "utilised-hours", "calendar", "reserved-hours", "sci", "energy", "flop", "units", "declining-balance", "economic"};
std::string_view name_of(AmortisationMethod method);
/// What one unit of use is counted in: "device-hours", "kWh" ...
std::string_view counted_in(AmortisationMethod method);

/// What the rules read; only those that a method needs must be there.
struct LifeTerms {
  lca::Expression lifetime = 1.0;  ///< h of calendar time
  lca::Expression utilisation = 1.0;
  lca::Expression quantity = 1.0;                ///< kWh, FLOP, units or money of a whole life
  lca::Expression reserved = 1.0;                ///< share of the machine
  lca::Expression rate = 0.0, age = 0.0;         ///< yearly rate of the declining balance; age in h at the use
  std::optional<lca::Expression> retired_after;  ///< h, where the device leaves before its lifetime ends
  lca::Expression passed_on = 0.0;               ///< share of the device that a second life takes over
};

/// Lives of the device for one unit of use, by account.
struct LifeShares {
  lca::Expression productive = 0.0;
  std::optional<lca::Expression> idle;         ///< hours nobody used
  std::optional<lca::Expression> unused_life;  ///< years it could have lived on
  std::string rule, source;                    ///< for people
};

/// Hour-based rules give lives per device-hour, the others per unit of what they count in.
LifeShares life_shares(AmortisationMethod method, const LifeTerms& terms);

}  // namespace cradle::inventory
