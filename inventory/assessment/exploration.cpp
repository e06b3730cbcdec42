// SPDX-License-Identifier: Apache-2.0
#include "inventory/assessment/exploration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cmath>

#include "inventory/assessment/sweep.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

constexpr double tokens = 1e6;  ///< of the functional unit
constexpr double milliseconds = 1e3;

struct Varied {
  const char* input;
  const std::vector<double>* values;
};

std::vector<Varied> varied(const ExploreRequest& request) {
  return {{"devices", &request.devices},
          {"batch", &request.batch},
          {"weight_bits", &request.weight_bits},
          {"cache_bits", &request.cache_bits}};
}

Input number(double value, const Place& place) {
  Input input;
  input.value = value;
  input.unit = canonical_unit(Dimension::number);
  input.basis = lca::Basis::assumed;
  input.source = "explored";
  input.place = place;
  return input;
}

/// The study with one machine, and at the corner that needs least memory, so that it compiles wherever anything fits.
Study with_machine(const Study& study, const Catalogue& catalogue, const std::string& service,
                   const ExploredMachine& machine, const ExploreRequest& request) {
  Study changed = study;
  Run& run = changed.services.at(service).run;
  auto& inputs = run.energy->estimate->inputs;
  // Hours follow from each configuration; what was stated holds for one.
  run.device_hours.reset();
  run.devices.reset();
  run.duration.reset();
  if (const auto found = changed.hardware.find(run.hardware);
      found != changed.hardware.end() && !machine.device.empty()) {
    auto& hardware = found->second;
    // Figures of the study's own device and machine are those of no other.
    const bool other_device = catalogue.find(hardware.device) != catalogue.find(machine.device),
               other_node = !machine.node.empty() && catalogue.find(hardware.node) != catalogue.find(machine.node);
    for (const auto& input : run.energy->estimate->estimator->inputs)
      if ((other_device && !input.device.empty()) || ((other_device || other_node) && input.host))
        inputs.erase(input.name);
    hardware.device = machine.device;
    if (!machine.node.empty()) hardware.node = machine.node;
  }
  for (const auto& [name, values] : varied(request)) {
    if (values->empty()) continue;
    const auto [least, most] = std::minmax_element(values->begin(), values->end());
    inputs.insert_or_assign(name,
                            number(std::string_view(name) == "devices" ? *most : *least, run.energy->estimate->place));
  }
  run.energy->alternatives.clear();  // they are shown beside a study, not beside each of a thousand
  changed.functional_unit = FunctionalUnit{"a million tokens", number(tokens, {}), "services/" + service, "token", {}};
  return changed;
}

/// Values of calculated parameters at other inputs.
class Calculated {
 public:
  Calculated(const lca::Parameters& parameters, const std::vector<std::string>& names)
      : parameters_(parameters), order_(parameters.order().value_or(std::vector<lca::ParameterIndex>{})) {
    for (const auto& name : names) wanted_.push_back(parameters.find(name));
  }
  bool complete() const {
    return std::all_of(wanted_.begin(), wanted_.end(), [](const auto& index) { return index.has_value(); });
  }
  std::vector<double> at(const std::vector<SweptInput>& inputs, const std::vector<std::size_t>& indices) const {
    auto values = parameters_.values();
    for (std::size_t i = 0; i < inputs.size(); ++i) values[inputs[i].input] = inputs[i].values[indices[i]];
    for (const auto index : order_) values[index] = parameters_[index].formula->evaluate(values);
    std::vector<double> found;
    for (const auto& index : wanted_) found.push_back(values[*index]);
    return found;
  }

 private:
  const lca::Parameters& parameters_;
  std::vector<lca::ParameterIndex> order_;
  std::vector<std::optional<lca::ParameterIndex>> wanted_;
};

/// All combinations on one machine; adds those that fit.
Result<void> add_machine(const Assessment& assessment, const std::string& service, const ExploredMachine& machine,
                         const ExploreRequest& request, Exploration& into) {
  const auto& parameters = assessment.parameters();
  const lca::ParameterKey energy{{"services", service}, "energy"};
  std::vector<SweptInput> inputs;
  for (const auto& [name, values] : varied(request)) {
    const auto index = parameters.find((energy / name).text());
    if (index) inputs.push_back({*index, values->empty() ? std::vector<double>{parameters[*index].value} : *values});
  }
  const Calculated calculated(parameters,
                              {(energy / "weight_gigabytes").text(), (energy / "cache_gigabytes").text(),
                               (energy / "memory").text(), (energy / "step").text(), (energy / "rate").text()});
  if (inputs.size() != varied(request).size() || !calculated.complete())
    return failure({"E110", fmt::format("the energy of service '{}' is not estimated by 'roofline'", service),
                    "energy: {estimator: roofline, model: ..., batch: 64}",
                    assessment.study().services.at(service).run.place, ""});
  if (const auto error = parameters.find((energy / "model_error").text()))
    into.error[machine.device] = parameters[*error].high;
  const auto climate =
      std::find_if(assessment.system().inventory().methods.begin(), assessment.system().inventory().methods.end(),
                   [](const auto& method) { return method.id == methods::climate; });
  const lca::Selection of_energy{lca::one_of("level", {"it", "overhead", "facility"})};
  const std::vector<lca::Query> queries{
      {of_energy, std::nullopt},
      {{}, static_cast<std::size_t>(climate - assessment.system().inventory().methods.begin())}};
  const auto answers = sweep(assessment, inputs, queries, request.threads);
  const std::size_t points = points_of(inputs);
  std::vector<std::vector<double>> made(points);
  tbb::task_arena arena(request.threads);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, points,
                      [&](std::size_t p) { made[p] = calculated.at(inputs, indices_of(p, inputs)); });
  });
  for (std::size_t p = 0; p < points; ++p) {
    const auto indices = indices_of(p, inputs);
    const auto value = [&](std::size_t i) { return inputs[i].values[indices[i]]; };
    const auto& m = made[p];
    const double weights = m[0], cache = m[1], memory = m[2], step = m[3], rate = m[4];
    if (value(0) * memory < weights + cache || !std::isfinite(answers[2 * p])) {
      ++into.beyond_memory;
      continue;
    }
    into.fitting.push_back({machine.device, machine.node, value(0), value(1), value(2), value(3), answers[2 * p],
                            answers[2 * p + 1], step * milliseconds, rate});
  }
  return {};
}

}  // namespace

const Configuration* Exploration::least_under(double most_milliseconds) const {
  const auto found = std::find_if(fitting.begin(), fitting.end(),
                                  [&](const auto& one) { return one.milliseconds <= most_milliseconds; });
  return found == fitting.end() ? nullptr : &*found;
}

Result<Exploration> explore(const Study& study, std::shared_ptr<const Catalogue> catalogue,
                            const ExploreRequest& request) {
  std::vector<std::string> names;
  for (const auto& [name, service] : study.services) names.push_back(name);
  const std::string service = request.service.empty() && names.size() == 1 ? names.front() : request.service;
  if (!study.services.contains(service))
    return failure({"E110",
                    service.empty() ? "which service is explored is not said"
                                    : fmt::format("the study has no service '{}'", service),
                    names.empty() ? "services: {api: {energy: {estimator: roofline, model: ..., batch: 64}, ...}}"
                                  : fmt::format("--service, one of: {}", fmt::join(names, ", ")),
                    {study.file, 0, 0, 1},
                    ""});
  const Run& run = study.services.at(service).run;
  if (!run.energy || !run.energy->estimate || run.energy->estimate->estimator->id != "roofline")
    return failure({"E110", fmt::format("the energy of service '{}' is not estimated by 'roofline'", service),
                    "energy: {estimator: roofline, model: ..., batch: 64}", run.place, ""});
  const auto hardware = study.hardware.find(run.hardware);
  if (!request.machines.empty() && hardware == study.hardware.end())
    return failure({"E110",
                    fmt::format("service '{}' names no hardware that another device could take the place of", service),
                    "hardware: {h: {device: h100, node: dgx-h100, per_node: 8}}", run.place, ""});
  const auto* model = run.energy->estimate->model;
  Exploration all{service, model == nullptr ? study.services.at(service).model : model->name, {}, 0, {}, {}};
  auto machines = request.machines;
  if (machines.empty()) machines.push_back({hardware == study.hardware.end() ? "" : hardware->second.device, ""});
  Findings last;
  for (const auto& machine : machines) {
    const Product* device = catalogue->find(machine.device);
    const Product* node = catalogue->find(machine.node);
    if (!machine.node.empty() && (node == nullptr || node->kind != "node")) {
      last = {{"E018",
               fmt::format("unknown node '{}'", machine.node),
               did_you_mean(machine.node, catalogue->ids("node")),
               {study.file, 0, 0, 1},
               ""}};
      all.refused.push_back(last.front().message);
      continue;
    }
    if (!request.machines.empty() && (device == nullptr || device->kind != "device")) {
      last = {{"E014",
               fmt::format("unknown device '{}'", machine.device),
               did_you_mean(machine.device, catalogue->ids("device")),
               {study.file, 0, 0, 1},
               ""}};
      all.refused.push_back(last.front().message);
      continue;
    }
    if (hardware != study.hardware.end() && hardware->second.embodied && study.boundary && study.boundary->hardware() &&
        !request.machines.empty() && device != catalogue->find(hardware->second.device)) {
      all.refused.push_back(
          fmt::format("{}: the study states the footprint of {} only", machine.device, hardware->second.device));
      continue;
    }
    Request compile_with{study.file};
    compile_with.overrides = request.overrides;
    const auto assessment = assess(with_machine(study, *catalogue, service, machine, request), catalogue, compile_with);
    if (!assessment) {
      last = assessment.error();
      const auto error = std::find_if(last.begin(), last.end(),
                                      [](const auto& finding) { return finding.severity() == Severity::error; });
      all.refused.push_back(fmt::format("{}: {}", machine.device, error == last.end() ? "" : error->message));
      continue;
    }
    if (auto added = add_machine(*assessment, service, machine, request, all); !added)
      return tl::unexpected(std::move(added.error()));
  }
  if (all.fitting.empty()) {
    if (!last.empty() && all.refused.size() == machines.size()) return tl::unexpected(std::move(last));
    return failure({"E110", fmt::format("none of {} combinations fits into memory", all.beyond_memory),
                    "more devices, fewer bits, or smaller batches", run.place, ""});
  }
  std::stable_sort(all.fitting.begin(), all.fitting.end(), [](const auto& a, const auto& b) { return a.kwh < b.kwh; });
  double fastest = std::numeric_limits<double>::infinity();
  for (auto& one : all.fitting) {
    one.on_front = one.milliseconds < fastest;
    fastest = std::min(fastest, one.milliseconds);
  }
  return all;
}

}  // namespace cradle::inventory
