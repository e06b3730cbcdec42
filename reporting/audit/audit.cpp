// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "inventory/assessment/assessment.hpp"
#include "reporting/disclosure.hpp"
#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

constexpr double rounding = 0.03;  // what printing to two digits may hide
constexpr double pounds_per_kilogram = 2.20462, short_tons_per_tonne = 1.10231;

bool near(double ratio, double factor) { return std::abs(ratio / factor - 1) <= rounding; }

/// Values of one figure as the study's inputs are moved.
class Moved {
 public:
  Moved(const inventory::Assessment& assessment, const std::string& figure) : parameters_(assessment.parameters()) {
    const auto query = find_definition(figure)->query(assessment.system());
    if (!query) return;
    auto moved = assessment.moved({&*query, 1});
    if (moved) system_ = std::make_unique<lca::MovedSystem>(std::move(*moved));
  }
  std::optional<double> at(lca::ParameterIndex input, double value) {
    if (!system_ || !system_->set(input, value)) return std::nullopt;
    const double answer = system_->answers().front();
    (void)system_->set(input, parameters_[input].value);
    return answer;
  }

 private:
  const lca::Parameters& parameters_;
  std::unique_ptr<lca::MovedSystem> system_;
};

AuditedFigure compared(const Disclosure& d, const char* id, const char* label, double claimed) {
  const Figure& figure = d.figure(id);
  AuditedFigure audited{id, label, figure.unit, claimed, figure.value, figure.low, figure.high};
  if (!figure.value) return audited;
  const bool ranged = figure.low && figure.high && *figure.high > *figure.low;
  const double low = ranged ? *figure.low : *figure.value, high = ranged ? *figure.high : *figure.value;
  if (claimed < low * (1 - rounding) || claimed > high * (1 + rounding))
    audited.verdict = AuditVerdict::differs;
  else
    audited.verdict = ranged && !near(audited.ratio(), 1.0) ? AuditVerdict::cannot_tell : AuditVerdict::agrees;
  return audited;
}

/// Inputs of which one other value would make the claim true: a figure of this kind is linear in each.
void add_needed(Audit& audit, const inventory::Assessment& assessment, const AuditedFigure& figure) {
  Moved moved(assessment, figure.id);
  const auto& parameters = assessment.parameters();
  for (lca::ParameterIndex i = 0; i < parameters.size(); ++i) {
    const auto& p = parameters[i];
    if (p.calculated() || p.value == 0.0 || !figure.recomputed) continue;
    const double step = 0.01 * p.value;
    const auto after = moved.at(i, p.limits.hold(p.value + step) ? p.value + step : p.value - step);
    if (!after) continue;
    const double slope = (*after - *figure.recomputed) / (p.limits.hold(p.value + step) ? step : -step);
    if (std::abs(slope) * std::abs(p.value) < 1e-6 * std::abs(*figure.recomputed)) continue;
    const double value = p.value + (figure.claimed - *figure.recomputed) / slope;
    const bool ranged = p.range == lca::RangeKind::interval_95;
    audit.needed.push_back({p.label, p.unit == "1" ? "" : p.unit, p.value, value,
                            p.limits.hold(value) && value > 0 && (!ranged || (value >= p.low && value <= p.high))});
    if (!ranged) continue;
    const auto low = moved.at(i, p.low), high = moved.at(i, p.high);
    if (low && high) audit.reaches.push_back({p.label, std::min(*low, *high), std::max(*low, *high)});
  }
  std::stable_sort(audit.reaches.begin(), audit.reaches.end(), [](const Reach& a, const Reach& b) { return a.high - a.low > b.high - b.low; });
}

/// Factors that known slips leave between what is claimed and what follows.
void add_slips_of_ratio(Audit& audit, const AuditedFigure& figure) {
  // Where something was not said, any factor may be its doing.
  if (!figure.recomputed || near(figure.ratio(), 1.0) || !audit.claim.not_said.empty()) return;
  const double ratio = figure.ratio();
  const auto says = [&](double factor, const std::string& words) {
    if (factor > 0 && !near(factor, 1.0) && near(ratio, factor))
      audit.slips.push_back(fmt::format("{}: {} {} {:.3g} times what follows from the inputs", words, figure.label, figure.id == "ghg.total" ? "are" : "is", ratio));
  };
  const Claim& claim = audit.claim;
  if (claim.pue) {
    says(claim.pue->value, "PUE counted twice");
    says(1 / claim.pue->value, "PUE not counted, though stated");
  }
  says(pounds_per_kilogram, "pounds printed as kilograms");
  says(1 / pounds_per_kilogram, "kilograms taken for pounds");
  says(short_tons_per_tonne, "short tons printed as tonnes");
  says(1 / short_tons_per_tonne, "tonnes taken for short tons");
  says(1000, "kilograms printed as tonnes, or grams as kilograms (a factor of 1,000)");
  says(0.001, "tonnes printed as kilograms, or kilograms as grams (a factor of 1,000)");
  says(1e6, "grams printed as tonnes");
  says(1e-6, "tonnes printed as grams");
  if (claim.devices) {
    says(1 / claim.devices->value, "one device counted of all");
    says(claim.devices->value, "the number of devices counted twice");
  }
  if (claim.per_node) {
    says(claim.per_node->value, "devices per machine counted twice");
    says(1 / claim.per_node->value, "machines counted as devices");
  }
  if (claim.batch) {
    says(claim.batch->value, "a batch printed as a request");
    says(1 / claim.batch->value, "a request divided by the batch again");
  }
  if (claim.by_flop) {
    says(0.5, "a peak with sparsity taken, which is twice the dense one");
    says(3, "backward pass counted as often as training, three times a forward pass");
  }
}

void add_slips_of_kind(Audit& audit, const inventory::Assessment& assessment) {
  const Claim& claim = audit.claim;
  const auto* device = assessment.catalogue().find(claim.device);
  const bool has_tdp = device != nullptr && device->parameters.contains("tdp");
  const double tdp = has_tdp ? device->parameters.at("tdp").value : 0.0;
  if (claim.power && has_tdp && std::abs(claim.power->value / tdp - 1) <= 0.01)
    audit.slips.push_back(fmt::format("design power taken as mean power: {} W is the most that {} draws for long, training draws 0.55 to 0.95 of it", tdp, device->name));
  if (claim.power && has_tdp && claim.power->value > 1.3 * tdp)
    audit.slips.push_back(fmt::format("{} W per device is {:.1f} times the design power of {}: the power of a machine?", claim.power->value, claim.power->value / tdp, device->name));
  if (claim.basis == "net") audit.slips.push_back("net for gross: offsets or certificates are subtracted; what follows here is gross");
  if (claim.basis.empty() && claim.ghg && claim.ghg->value == 0.0) audit.slips.push_back("zero is claimed: net for gross, or market for location?");
  if (claim.scope2 == "market") audit.slips.push_back("market for location: contracts act on the market-based figure only; what follows here is location-based");
  const auto holds = [&](const char* word) { return std::find(claim.includes.begin(), claim.includes.end(), word) != claim.includes.end(); };
  for (const auto& [word, words] : {std::pair{"host", "the machines around the devices"}, {"embodied", "embodied emissions of the hardware"}, {"development", "development: failed runs, searches, experiments"}})
    if (!holds(word)) audit.slips.push_back(fmt::format("left out, or not said: {}", words));
  if (claim.ghg && claim.energy && claim.energy->value > 0) {
    const double implied = claim.ghg->value / claim.energy->value;
    if (implied > 1.2 || implied < 0.005)
      audit.slips.push_back(fmt::format("the claimed emissions over the claimed energy are {:.3g} kg CO2e/kWh: no grid is so", implied));
  }
}

}  // namespace

std::string_view name_of(AuditVerdict verdict) {
  static constexpr std::array<std::string_view, 3> names = {"agrees", "differs", "cannot tell"};
  return names[static_cast<std::size_t>(verdict)];
}

bool Audit::disagrees() const {
  return std::any_of(figures.begin(), figures.end(), [](const auto& f) { return f.verdict == AuditVerdict::differs; });
}

Result<Audit> audit(const Claim& claim, std::shared_ptr<const inventory::Catalogue> catalogue) {
  Audit result;
  result.claim = claim;
  if (claim.study.empty()) {
    result.claim.not_said.clear();
    if (claim.ghg) result.figures.push_back({"ghg.total", "the claimed emissions", "kg CO2e", claim.ghg->value, {}, {}, {}});
    if (claim.energy) result.figures.push_back({"energy.facility", "the claimed energy", "kWh", claim.energy->value, {}, {}, {}});
    result.slips.push_back("nothing can be recomputed: it takes an energy, or device-hours with a device or a power");
    return result;
  }
  auto read = inventory::parse_study(claim.study, "the study that " + claim.file + " makes");
  if (!read) return tl::unexpected(std::move(read.error()));
  auto assessed = inventory::assess(std::move(read->study), std::move(catalogue));
  if (!assessed) return tl::unexpected(std::move(assessed.error()));
  const auto kept = std::make_shared<const inventory::Assessment>(std::move(*assessed));
  const Disclosure d = disclose(kept, "audit", Bracket::none);
  if (claim.ghg) result.figures.push_back(compared(d, "ghg.total", "the claimed emissions", claim.ghg->value));
  if (claim.energy) result.figures.push_back(compared(d, "energy.facility", "the claimed energy", claim.energy->value));
  // What follows here is gross and location-based: it cannot contradict a claim of another kind.
  if (claim.basis == "net" || claim.scope2 == "market")
    for (auto& figure : result.figures)
      if (figure.id == "ghg.total") figure.verdict = AuditVerdict::cannot_tell;
  add_needed(result, *kept, result.figures.front());
  for (const auto& figure : result.figures) add_slips_of_ratio(result, figure);
  add_slips_of_kind(result, *kept);
  return result;
}

std::string write_audit_json(const Audit& audit) {
  using Json = nlohmann::ordered_json;
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json figures = Json::array(), needed = Json::array(), reaches = Json::array(), not_said = Json::array();
  for (const auto& f : audit.figures)
    figures.push_back({{"id", f.id}, {"claimed", f.claimed}, {"unit", f.unit}, {"recomputed", number(f.recomputed)}, {"low", number(f.low)}, {"high", number(f.high)},
                       {"ratio", f.recomputed ? Json(f.ratio()) : Json(nullptr)}, {"verdict", name_of(f.verdict)}});
  for (const auto& n : audit.needed)
    needed.push_back({{"input", n.label}, {"unit", n.unit}, {"now", n.now}, {"needed", n.needed}, {"possible", n.possible}});
  for (const auto& r : audit.reaches) reaches.push_back({{"input", r.label}, {"low", r.low}, {"high", r.high}});
  for (const auto& n : audit.claim.not_said) not_said.push_back({{"what", n.what}, {"taken", n.taken}});
  return Json{{"schema", "cradle/audit/1"}, {"title", audit.claim.title}, {"source", audit.claim.source}, {"figures", figures}, {"not_said", not_said},
              {"unknowns", reaches}, {"would_be_true_with", needed}, {"slips", audit.slips}, {"study", audit.claim.study}}
             .dump(1) +
         "\n";
}

}  // namespace cradle::reporting
