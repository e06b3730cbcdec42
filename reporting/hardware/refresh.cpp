// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/refresh.hpp"

#include <algorithm>
#include <cmath>

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

std::optional<MachineShare> share_of_machine(const inventory::Catalogue& catalogue, const inventory::Product& node, double load,
                                             const std::string& profile) {
  const auto figure = [&](const char* name) -> std::optional<double> {
    const auto found = node.parameters.find(name);
    return found == node.parameters.end() ? std::nullopt : std::optional(found->second.value);
  };
  const auto devices = figure("accelerators"), rating = figure("rating"), tdp = figure("rated_tdp"), power = figure("host_power");
  if (!devices || *devices <= 0.0 || !((rating && tdp) || power)) return std::nullopt;
  MachineShare share{rating && tdp ? (*rating / *devices - *tdp) * load : *power / *devices, view_profile(catalogue, node, profile).impacts.front()};
  for (double* value : {share.impact.value ? &*share.impact.value : nullptr, share.impact.interval ? &share.impact.interval->low : nullptr,
                        share.impact.interval ? &share.impact.interval->high : nullptr})
    if (value != nullptr) *value /= *devices;
  return share;
}

ProductImpact with_machine(ProductImpact device, const ProductImpact& share) {
  if (!device.value || !share.value) return device;
  // Half-widths of independent figures add by their squares (first order).
  const auto half = [](const ProductImpact& one) { return one.interval ? (one.interval->high - one.interval->low) / 2 : 0.0; };
  const double width = std::hypot(half(device), half(share));
  *device.value += *share.value;
  if (width > 0.0) device.interval = lca::Interval{std::max(0.0, *device.value - width), *device.value + width, false};
  return device;
}

}  // namespace cradle::reporting
