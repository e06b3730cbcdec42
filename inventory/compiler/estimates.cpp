// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/estimates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>


namespace cradle::inventory {
namespace {

using lca::Expression;

bool is_alternative(const lca::ParameterKey& at) { return at.field.find(".alternatives.") != std::string::npos; }

std::string words_of(const EstimatorInput& input, const Run& run) {
  return fmt::format("{}, {}", input.meaning.empty() ? input.name : input.meaning, run.name);
}

}  // namespace

/// What the run or the service says of itself.
std::optional<Expression> Estimates::stated_by_run(const Run& run, const EstimatorInput& input) {
  if (input.run == "device_hours")
    if (const auto hours = quantities_.stated_device_hours(run)) return hours;
  if (input.run == "duration" && run.duration) return quantities_.duration(run);
  if (input.run == "tokens" && run.tokens) return quantities_.tokens(run);
  if (input.run == "flop" && run.flop) return quantities_.flop(run);
  const auto service = std::find_if(study_.services.begin(), study_.services.end(),
                                    [&](const auto& entry) { return entry.second.run.owner == run.owner; });
  if (service == study_.services.end()) return std::nullopt;
  const Service& served = service->second;
  if (input.run == "requests" && served.requests) return quantities_.units_served(served, "request");
  if ((input.run == "tokens" || input.run == "tokens_out") && served.tokens_out)
    return parameter({run.owner, "tokens.out"}, "tokens of " + run.name, *served.tokens_out);
  if (input.run == "tokens_in" && served.tokens_in)
    return parameter({run.owner, "tokens.in"}, "tokens read by " + run.name, *served.tokens_in);
  return std::nullopt;
}

/// The default of an input, named in the report where it counts.
Expression Estimates::by_default(const Run& run, const Estimate& estimate, const EstimatorInput& input,
                                 const lca::ParameterKey& at) {
  // What is left out by default is no figure that a reader should have to read; nor are the inputs of what does not
  // count.
  if (input.fallback->value == 0 && input.fallback->range == lca::RangeKind::none) return 0.0;
  const bool neutral = input.fallback->value == 1 && input.fallback->source == "nothing is stated";
  if (!neutral && !input.constant && !is_alternative(at))
    cover(fmt::format("{} of {}", input.name, run.name), Coverage::by_default,
          fmt::format("{}: {}{}; {}", input.meaning, input.fallback->value,
                      input.fallback->unit == "1" ? "" : " " + input.fallback->unit, input.fallback->source));
  Input value = *input.fallback;
  value.place = estimate.place;
  value.uncertain = value.range != lca::RangeKind::none;
  return parameter(at / input.name, words_of(input, run), value);
}

/// The formula of an input: what the study says, else what the run or the device says, else the default.
std::optional<Expression> Estimates::input(const Run& run, const Energy& energy, const EstimatorInput& input,
                                           const lca::ParameterKey& at, const Scope& local) {
  const Estimate& estimate = *energy.estimate;
  const lca::ParameterKey name = at / input.name;
  if (const auto stated = estimate.inputs.find(input.name); stated != estimate.inputs.end()) {
    compare_with_model(estimate, input, stated->second);
    return parameter(name, words_of(input, run), input.is_uncertain() ? uncertain(stated->second) : stated->second);
  }
  if (!input.with.empty() && !estimate.inputs.contains(input.with)) return Expression(0.0);
  if (input.host) return host_power(run, energy, at, local);
  if (const auto stated = stated_by_run(run, input)) return stated;
  if (estimate.model != nullptr && !input.model.empty())
    if (const auto figure = estimate.model->figures.find(input.model); figure != estimate.model->figures.end()) {
      Input value;
      value.value = figure->second;
      value.unit = canonical_unit(Dimension::number);
      value.basis = lca::Basis::default_value;
      value.source = estimate.model->source;
      value.verified = estimate.model->verified;
      value.place = estimate.place;
      remarks_.use_dataset("language-models");
      return parameter(name, fmt::format("{} of {}", input.meaning, estimate.model->name), value);
    }
  if (!input.device.empty()) {
    const Product* device = device_of(run);
    const std::string figure = substitute_words(input.device, estimate.words);
    if (device != nullptr && device->parameters.contains(figure))
      return parameter(name, fmt::format("{} of {}", figure, device->name), device->parameters.at(figure));
    if (!input.fallback && input.formula.empty()) {
      report("E011", estimate.place,
             fmt::format("estimator '{}' needs '{}' ({}), and {}", estimate.estimator->id, input.name, input.meaning,
                         device == nullptr ? "the run names no device of the catalogue"
                                           : fmt::format("the catalogue has no {} for {}", figure, device->name)),
             fmt::format("state it: {}: ...", input.name));
      return std::nullopt;
    }
  }
  if (!input.formula.empty()) {
    auto value = formulas_.formula(input.formula, local, estimate.place);
    const double now = value ? draft_.now(*value) : 0.0;
    if (!input.says.empty() && now != 1.0 && now != 0.0 && !is_alternative(at))
      cover(fmt::format("{} of {}", input.name, run.name), Coverage::by_default,
            fmt::format("{}: {:.4g}; {}", input.meaning, now, input.says));
    return value;
  }
  if (input.fallback) return by_default(run, estimate, input, at);
  if (!input.optional)
    report("E011", estimate.place,
           fmt::format("estimator '{}' needs '{}': {}", estimate.estimator->id, input.name, input.meaning),
           input.run.empty() ? "" : fmt::format("state it there, or as '{}' of the run or service", input.run));
  return std::nullopt;
}

/// Mean power of the machine around one device, at the estimator's own load; zero, and said, where it is not known or not
/// to be counted.
Expression Estimates::host_power(const Run& run, const Energy& energy, const lca::ParameterKey& at, const Scope& local) {
  const bool shown = !is_alternative(at);
  if (!energy.host_counted) {
    if (shown) hosts_.cover_excluded(run);
    return 0.0;
  }
  if (energy.level_stated && energy.level != EnergyLevel::device) return 0.0;  // the level is taken at its word
  if (Hosts::in_idle(run)) {
    if (shown) hosts_.cover_missing(run, Hosts::idle_holds_it);
    return 0.0;
  }
  const auto load = local.find("load");
  const auto power = hosts_.mean(run, load == local.end() ? nullptr : &load->second);
  if (shown && power) hosts_.cover_counted(run);
  if (shown && !power) hosts_.cover_missing(run, power.error());
  return power.value_or(0.0);
}

const Estimated& Estimates::of(const Run& run, const Energy& energy, const lca::ParameterKey& at) {
  const auto [known, fresh] = done_.emplace(at, Estimated());
  Estimated& result = known->second;
  if (!fresh) return result;
  const Estimate& estimate = *energy.estimate;
  const Estimator& estimator = *estimate.estimator;
  Scope local;
  std::set<lca::ParameterIndex> stated;  // inputs that the study itself states
  bool complete = true;
  for (const auto& input : estimator.inputs) {
    const auto value = this->input(run, energy, input, at, local);
    if (value) {
      local.insert_or_assign(input.name, *value);
      if (const auto index = value->as_parameter(); index && estimate.inputs.contains(input.name)) stated.insert(*index);
    } else
      complete = complete && input.optional;
  }
  if (!complete) return result;
  const auto states_one_of = [&](const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return estimate.inputs.contains(name); });
  };
  const auto choose = [&](const EstimatorFormula& choice, const Scope& scope) {
    const bool given = choice.given.empty() || states_one_of(choice.given);
    return formulas_.formula(given ? choice.then : choice.otherwise, scope, estimate.place);
  };
  const std::string by = fmt::format("{} {}", estimator.id, estimator.version);
  const auto take_steps = [&](const std::vector<EstimatorFormula>& steps, Scope& scope, const lca::ParameterKey& key,
                              const std::string& where) {
    for (const auto& step : steps)
      if (scope.find(step.name) == scope.end())
        if (const auto value = choose(step, scope))
          scope.insert_or_assign(step.name, calculated(key / step.name, {fmt::format("{}, {}{}", step.meaning(), run.name, where),
                                                                         step.unit, by, estimator.source},
                                                       *value));
  };
  if (states_one_of(estimator.point.when)) {
    Scope there = local;
    for (const auto& [name, text] : estimator.point.with)
      if (const auto value = formulas_.formula(text, local, estimate.place)) there.insert_or_assign(name, *value);
    take_steps(estimator.let, there, at / "measured_point", ", at the measured point");
    for (const auto& [name, step] : estimator.point.gives)
      if (const auto found = there.find(step); found != there.end()) local.insert_or_assign(name, found->second);
  }
  take_steps(estimator.let, local, at, "");
  take_steps(estimator.result, local, at, "");
  // A part that is zero is shown where the study states what it is made of: another value of that gives it an amount.
  const auto reads_stated = [&](const Expression& value) {
    std::set<lca::ParameterIndex> read;
    value.collect_parameters(read);
    const auto inputs = draft_.inventory.parameters.inputs_of(read);
    return std::any_of(inputs.begin(), inputs.end(), [&](auto index) { return stated.contains(index); });
  };
  for (const auto& check : estimator.checks)
    if (check.with.empty() || estimate.inputs.contains(check.with))
      if (const auto value = formulas_.formula(check.value, local, estimate.place)) {
        const double now = draft_.now(*value);
        if (now >= check.least && (!check.whole || now == std::floor(now))) continue;
        const auto figure = check.figure.empty() ? std::nullopt : formulas_.formula(check.figure, local, estimate.place);
        report(check.code, estimate.place,
               figure ? fmt::format("{} {:.4g}", check.says, draft_.now(*figure))
                      : fmt::format("{} is {:.4g}: {}", check.value, now, check.says),
               "");
      }
  for (const auto& part : estimator.energy)
    if (const auto value = choose(part, local)) {
      const double now = draft_.now(*value);
      if (!(now >= 0.0) || !std::isfinite(now))
        report("E024", estimate.place,
               fmt::format("estimator '{}' gives {:.4g} kWh of {}: its inputs do not fit together", estimator.id, now,
                           part.name));
      if (now != 0.0 || reads_stated(*value))
        result.energy.emplace_back(
            part.name, calculated(at / "parts" / part.name,
                                  {part.name + " " + at.field + " of " + run.name, "kWh", by, estimator.source}, *value));
    }
  // What the run states itself has the run's name; the estimator's stands beside it.
  const auto quantity = [&](const std::string& text, const char* name, const char* words, const char* unit,
                            bool stated_too) {
    auto value = text.empty() ? std::nullopt : formulas_.formula(text, local, estimate.place);
    if (value && !is_alternative(at))
      value = calculated(stated_too ? at / name : lca::ParameterKey{run.owner, name},
                         {words + run.name + ", estimated", unit, by, estimator.source}, *value);
    return value;
  };
  const bool hours_stated = run.device_hours || (run.devices && run.duration);
  result.device_hours = quantity(estimator.device_hours, "device_hours", "device-hours of ", "h", hours_stated);
  result.flop = quantity(estimator.flop, "flop", "FLOP of ", "FLOP", run.flop.has_value());
  if (!is_alternative(at) && run.owner.kind == "runs") {
    if (run.flop && result.flop) compare_stated(*run.flop, *result.flop, "FLOP of " + run.name, "FLOP", by);
    if (run.device_hours && result.device_hours)
      compare_stated(*run.device_hours, *result.device_hours, "device-hours of " + run.name, "h", by);
  }
  if (!is_alternative(at))
    cover(
        "energy of " + run.name, Coverage::counted,
        fmt::format("estimated by {} {} ({}). {}", estimator.id, estimator.version, estimator.title, estimator.limits));
  return result;
}

/// Its other figures stay those of the model: a size that is not its own makes a shape that nothing has.
void Estimates::compare_with_model(const Estimate& estimate, const EstimatorInput& input, const Input& stated) {
  constexpr double near = 1.2;  // published sizes are rounded, and differ by embeddings counted or not
  if (estimate.model == nullptr || (input.model != "parameters" && input.model != "layers")) return;
  const auto figure = estimate.model->figures.find(input.model);
  if (figure == estimate.model->figures.end() || std::max(stated.value / figure->second, figure->second / stated.value) <= near) return;
  report("W122", stated.place,
         fmt::format("the stated {}, {:.4g}, is {:.3g} times that of {}: {:.4g}", input.meaning, stated.value,
                     stated.value / figure->second, estimate.model->name, figure->second),
         "name another model, or state the whole shape");
}

void Estimates::compare_stated(const Input& stated, const Expression& computed, const std::string& what,
                             const std::string& unit, const std::string& by) {
  constexpr double near = 1.2;  // neither rounding nor what a formula leaves out reaches so far
  const double value = draft_.now(computed);
  const auto [low, high] = draft_.range_of(computed);
  if (stated.value >= std::min(low, value / near) && stated.value <= std::max(high, value * near)) return;
  report("W122", stated.place,
         fmt::format("the stated {}, {:.4g} {}, is {:.3g} times what {} computes: {:.4g} {} (95 %: {:.3g} to {:.3g})", what,
                     stated.value, unit, stated.value / value, by, value, unit, low, high),
         "one of the two, or an input of the estimator, is not of this run; what is stated counts");
}

}  // namespace cradle::inventory
