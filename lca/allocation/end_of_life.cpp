// SPDX-License-Identifier: Apache-2.0
#include "lca/allocation/end_of_life.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace cradle::lca {
namespace {

const Expression one = 1.0;

class CycleExchanges {
 public:
  CycleExchanges(const MaterialCycle& cycle, std::span<const double> values) : cycle_(cycle), values_(values) {}

  void take(const std::string& product, const Expression& share, std::string rule, bool credit = false) {
    // What is zero now may not stay so: only a share that no parameter moves is left out.
    std::set<ParameterIndex> parameters;
    share.collect_parameters(parameters);
    if (share.evaluate(values_) == 0.0 && (parameters.empty() || product.empty())) return;
    if (product.empty()) {
      findings_.push_back({"E097", fmt::format("material '{}' needs a product for '{}'", cycle_.material, rule)});
      return;
    }
    const Expression signed_share = credit ? Expression(0.0) - share : share;
    exchanges_.push_back({.flow = product,
                          .amount = cycle_.mass * signed_share,
                          .assigns = credit ? Tags{{"account", "credit"}} : Tags{},
                          .rule = std::move(rule)});
  }
  void check_share(const char* symbol, const Expression& share) {
    const double value = share.evaluate(values_);
    if (!(value >= 0.0 && value <= 1.0))
      findings_.push_back({"E096", fmt::format("{} of material '{}' is {}: a share lies between 0 and 1", symbol,
                                               cycle_.material, value)});
  }
  Result<std::vector<Exchange>> take_all() {
    if (!findings_.empty()) return tl::unexpected(findings_);
    return exchanges_;
  }

 private:
  const MaterialCycle& cycle_;
  std::span<const double> values_;
  std::vector<Exchange> exchanges_;
  Findings findings_;
};

}  // namespace

std::string_view name_of(EndOfLifeRule rule) {
  constexpr std::array<std::string_view, 5> names = {"cut-off (100:0)", "end of life (0:100)", "50:50",
                                                     "circular footprint formula", "closed loop"};
  return names[static_cast<std::size_t>(rule)];
}

Result<std::vector<Exchange>> end_of_life_exchanges(const MaterialCycle& c, EndOfLifeRule rule,
                                                    std::span<const double> values) {
  CycleExchanges exchanges(c, values);
  exchanges.check_share("R1", c.R1);
  exchanges.check_share("A", c.A);
  exchanges.check_share("B", c.B);
  exchanges.check_share("R2", c.R2);
  exchanges.check_share("R3", c.R3);
  exchanges.check_share("R2 + R3", c.R2 + c.R3);

  const Expression A = rule == EndOfLifeRule::cut_off       ? Expression(1.0)
                       : rule == EndOfLifeRule::end_of_life ? Expression(0.0)
                       : rule == EndOfLifeRule::fifty_fifty ? Expression(0.5)
                                                            : c.A;
  if (rule == EndOfLifeRule::closed_loop) {
    exchanges.take(c.virgin, one - c.R2, "virgin material for what is not recycled: (1 - R2) Ev");
    exchanges.take(c.recycling, c.R2, "recycled within the product: R2 ErecEoL");
  } else {
    // (1 - R1) Ev + R1 (A Erec + (1 - A) Ev Qsin / Qp) + (1 - A) R2 (ErecEoL - Ev* Qsout / Qp)
    exchanges.take(c.virgin, one - c.R1, "virgin material: (1 - R1) Ev");
    exchanges.take(c.recycled, c.R1 * A, "recycled content: R1 A Erec");
    exchanges.take(c.virgin, c.R1 * (one - A) * c.Qs_in,
                   "recycled content, as its first maker's virgin: R1 (1 - A) Ev Qsin/Qp");
    exchanges.take(c.recycling, (one - A) * c.R2, "recycling at end of life: (1 - A) R2 ErecEoL");
    exchanges.take(c.substituted, (one - A) * c.R2 * c.Qs_out, "virgin material displaced: (1 - A) R2 Ev* Qsout/Qp",
                   true);
  }
  // (1 - B) R3 (Eer - LHV Xheat Eheat - LHV Xelec Eelec), then (1 - R2 - R3) Ed
  const Expression burnt = (one - c.B) * c.R3;
  exchanges.take(c.incineration, burnt, "energy recovery: (1 - B) R3 Eer");
  exchanges.take(c.heat, burnt * c.LHV * c.X_heat, "heat displaced: (1 - B) R3 LHV Xheat Eheat", true);
  exchanges.take(c.electricity, burnt * c.LHV * c.X_elec, "electricity displaced: (1 - B) R3 LHV Xelec Eelec", true);
  exchanges.take(c.disposal, one - c.R2 - c.R3, "disposal: (1 - R2 - R3) Ed");
  return exchanges.take_all();
}

}  // namespace cradle::lca
