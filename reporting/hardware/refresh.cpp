// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/refresh.hpp"

#include <algorithm>

namespace cradle::reporting {
namespace {

constexpr double hours_per_year = 8760.0;

struct Ends {
  double low, value, high;
};

Ends ends_of(const ProductImpact& impact) {
  const double value = impact.value.value_or(0.0);
  return impact.interval ? Ends{impact.interval->low, value, impact.interval->high} : Ends{value, value, value};
}

BreakEven break_even(const Ends& investment, double yearly_saving) {
  if (yearly_saving <= 0.0) return {};
  return {investment.value / yearly_saving, std::max(0.0, investment.low) / yearly_saving,
          investment.high / yearly_saving};
}

}  // namespace

RefreshAnswer refresh(const RefreshQuestion& q, const ProductImpact& old_device, const ProductImpact& new_device) {
  const auto yearly = [&](double watts) { return watts / 1000.0 * hours_per_year * q.utilisation * q.pue * q.grid; };
  const Ends made = ends_of(new_device), old_made = ends_of(old_device);
  const double unused = q.speed * std::max(0.0, 1.0 - q.age / q.lifetime);
  RefreshAnswer answer;
  answer.old_yearly = yearly(q.speed * q.old_power);
  answer.new_yearly = yearly(q.new_power);
  answer.new_embodied = made.value;
  answer.old_remaining = unused * old_made.value;
  const double saving = answer.old_yearly - answer.new_yearly;
  answer.passed_on = break_even(made, saving);
  answer.written_off = break_even(
      {made.low + unused * old_made.low, made.value + unused * old_made.value, made.high + unused * old_made.high},
      saving);
  return answer;
}

}  // namespace cradle::reporting
