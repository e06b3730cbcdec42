// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/amortisation.hpp"

namespace cradle::inventory {
namespace {

using lca::Expression;
constexpr double hours_per_year = 8760.0;

Expression pow(const Expression& base, const Expression& exponent) {
  return Expression::call(Expression::Op::power, {base, exponent});
}
Expression floor(const Expression& x) { return Expression::call(Expression::Op::floor, {x}); }

/// r (1 - r)^k of a life falls on year k, spread over its hours and scaled so that n whole years and the last part of
/// one sum to a life: 1 - (1 - r)^n + (N - n) r (1 - r)^n.
Expression declining_share(const LifeTerms& terms) {
  const Expression kept = Expression(1.0) - terms.rate, years = terms.lifetime / hours_per_year;
  const Expression whole = floor(years), after = pow(kept, whole);
  const Expression sum = Expression(1.0) - after + (years - whole) * terms.rate * after;
  return terms.rate * pow(kept, floor(terms.age / hours_per_year)) / sum / hours_per_year;
}

}  // namespace

std::string_view name_of(AmortisationMethod method) { return amortisation_methods[static_cast<std::size_t>(method)]; }

std::string_view counted_in(AmortisationMethod method) {
  switch (method) {
    case AmortisationMethod::energy:
      return "kWh";
    case AmortisationMethod::flop:
      return "FLOP";
    case AmortisationMethod::units:
      return "units";
    case AmortisationMethod::economic:
      return "USD";
    default:
      return "device-hours";
  }
}

LifeShares life_shares(AmortisationMethod method, const LifeTerms& terms) {
  using Method = AmortisationMethod;
  const Expression one = 1.0;
  const Expression kept = one - terms.passed_on;
  LifeShares shares;
  switch (method) {
    case Method::utilised_hours:
    case Method::reserved_hours: {
      const Expression lost = one / terms.utilisation - 1.0;
      const char* const words = method == Method::utilised_hours ? "utilisation" : "share reserved";
      shares.productive = kept / terms.lifetime;
      shares.idle = kept * lost / terms.lifetime;
      shares.source = "Luccioni et al. 2023, section 4.1: hours of a life at an average use";
      shares.rule = std::string("1 / lifetime; idle (1/") + words + " - 1) / lifetime: hours nobody used";
      // What is lost by leaving early is shared by the hours worked until then.
      if (terms.retired_after)
        shares.unused_life = kept * (terms.lifetime - *terms.retired_after) /
                             (terms.lifetime * *terms.retired_after * terms.utilisation);
      return shares;
    }
    case Method::calendar:
      shares.productive = kept / terms.lifetime;
      shares.source = "SCI (ISO/IEC 21031): M = TE x TS x RS, all of the device reserved";
      shares.rule = "1 / lifetime; hours nobody used are not assigned";
      if (terms.retired_after)
        shares.unused_life = kept * (terms.lifetime - *terms.retired_after) / (terms.lifetime * *terms.retired_after);
      return shares;
    case Method::sci:
      shares.productive = kept * terms.reserved / terms.lifetime;
      shares.source = "SCI (ISO/IEC 21031)";
      shares.rule = "M = TE x TS x RS: time / lifetime x share reserved (ISO/IEC 21031)";
      return shares;
    case Method::declining_balance:
      shares.productive = kept * declining_share(terms);
      shares.source = "declining-balance depreciation, scaled so that all years sum to a life";
      shares.rule = "r (1 - r)^year / (1 - (1 - r)^lifetime) of the device in this year";
      return shares;
    case Method::energy:
    case Method::flop:
    case Method::units:
    case Method::economic:
      shares.productive = kept / terms.quantity;
      shares.source = "ISO 14044:2006, 4.3.4.2: partition by a physical or economic relation";
      shares.rule = "1 / " + std::string(counted_in(method)) + " of a whole life";
      return shares;
  }
  return shares;
}

}  // namespace cradle::inventory
