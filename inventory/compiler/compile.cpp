// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/compile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "inventory/compiler/builder.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

using lca::Exchange;
using lca::Expression;

const std::string root_product = "functional unit";

/// What the functional unit asks for.
struct Reference {
  std::string product;
  Expression amount = 1.0;
  lca::Tags tags;
};

class Compiler {
 public:
  Compiler(const Study& study, const Catalogue& catalogue, const std::string& profile, const Compiled* first = nullptr)
      : builder_(study, catalogue, profile, first), study_(study), profile_(profile) {}

  Result<Compiled> run(const Overrides& overrides) {
    add_flows();
    lca::UnitProcess root{root_product, name(), "unit", false, {{"life_cycle", "use"}}, 1.0, {}};
    if (study_.functional_unit && !study_.functional_unit->of.empty()) {
      if (const auto reference = referenced()) {
        root.exchanges.push_back({Exchange::Kind::technosphere, reference->product, reference->amount, reference->tags,
                                  "", "functional unit"});
      }
    } else {
      add_final_products(root);
    }
    builder_.add(std::move(root));
    for (const auto& given : study_.given) attach(given);
    check_hardware();
    cover_unused();
    builder_.inventory.demand = {root_product, 1.0};
    builder_.add_methods();
    cover_boundary();
    builder_.apply(overrides);
    return link(name());
  }

  /// One product of the catalogue instead of what the study asks for.
  Result<Compiled> run(const Product& product) {
    add_flows();
    if (builder_.asset(root_product, "", product.kind, product.id, product.place))
      builder_.inventory.demand = {root_product, 1.0};
    builder_.add_methods();
    return link(product.name);
  }

 private:
  void add_flows() {
    for (const auto& unit : {std::pair{flows::co2e, "kg CO2e"},
                             {flows::grid_location, "kg CO2e"},
                             {flows::grid_market, "kg CO2e"},
                             {flows::grid_hourly, "kg CO2e"},
                             {flows::inherited, "kg CO2e"},
                             {flows::water, "m3"},
                             {flows::water_off_site, "m3"},
                             {flows::abiotic_depletion, "kg Sb-eq"},
                             {flows::primary_energy, "MJ"},
                             {flows::credit, "kg CO2e"},
                             {flows::occupation, "h"},
                             {flows::computation, "FLOP"},
                             {flows::water_scarcity, "m3 world-eq"},
                             {flows::energy_cost, "USD"},
                             {flows::compute_cost, "USD"}})
      builder_.inventory.elementary_flows.push_back({unit.first, unit.second});
  }

  Result<Compiled> link(std::string functional_unit) {
    if (has_errors(builder_.findings)) return tl::unexpected(std::move(builder_.findings));
    auto system = lca::ProductSystem::link(std::move(builder_.inventory));
    if (!system) return tl::unexpected(std::move(system.error()));
    return Compiled{std::move(*system),
                    std::move(builder_.findings),
                    std::move(builder_.coverage),
                    std::move(builder_.logs),
                    std::move(builder_.series),
                    std::move(builder_.datasets),
                    std::move(builder_.missing),
                    std::move(functional_unit),
                    profile_,
                    std::move(builder_.lacking),
                    std::move(builder_.hardware_products),
                    std::move(builder_.hardware_gaps),
                    builder_.facility_level_energy,
                    std::move(builder_.unsplit_stages),
                    std::move(builder_.hardware_unknown),
                    std::move(builder_.trained_services),
                    std::move(builder_.grids),
                    std::move(builder_.lives)};
  }

  std::string name() const {
    return study_.functional_unit ? study_.functional_unit->name : "functional unit not declared";
  }

  const Run* find_run(const std::string& run) const {
    const auto found =
        std::find_if(study_.runs.begin(), study_.runs.end(), [&](const Run& r) { return r.name == run; });
    return found == study_.runs.end() ? nullptr : &*found;
  }

  void use(lca::UnitProcess& root, const std::string& product, lca::Tags tags, Expression amount = 1.0) {
    root.exchanges.push_back(
        {Exchange::Kind::technosphere, product, std::move(amount), std::move(tags), "", "part of the functional unit"});
  }

  /// A bare label stands for everything that the study makes in the end: its services, else its models, else its runs.
  void add_final_products(lca::UnitProcess& root) {
    if (study_.functional_unit && (study_.services.size() > 1 || (study_.services.empty() && study_.models.size() > 1)))
      builder_.report("E034", study_.functional_unit->place,
                      "the functional unit is a bare label, but the study has several final products",
                      "say which: {amount: 1, of: services/api, unit: request}");
    std::vector<std::string> consumed;
    if (builder_.includes("inference"))
      for (const auto& [key, service] : study_.services) {
        use(root, builder_.service(service), {{"run", key}, {"activity", "inference"}});
        if (const auto model = study_.models.find(service.model); model != study_.models.end())
          for (const auto& [run, place] : model->second.trained_by) consumed.push_back(run);
      }
    if (study_.services.empty())
      for (const auto& [key, model] : study_.models) {
        use(root, builder_.model(model), {});
        for (const auto& [run, place] : model.trained_by) consumed.push_back(run);
      }
    for (const auto& run : study_.runs) {
      if (std::find(consumed.begin(), consumed.end(), run.name) != consumed.end()) continue;
      if (!builder_.includes(run.stage)) {
        builder_.cover("run " + run.name, Coverage::excluded, fmt::format("{} is outside the boundary", run.stage));
        continue;
      }
      builder_.use_run(run, "part of the functional unit", root);
    }
  }

  std::optional<Reference> referenced() {
    FunctionalUnit unit = *study_.functional_unit;
    const auto slash = unit.of.find('/');
    const std::string kind = unit.of.substr(0, slash),
                      key = slash == std::string::npos ? "" : unit.of.substr(slash + 1);
    const Expression amount =
        unit.amount ? builder_.parameter({{"functional_unit"}, "amount"}, "amount of the functional unit", *unit.amount)
                    : Expression(1.0);
    const auto refuse = [&](const std::string& message, const std::string& hint) -> std::optional<Reference> {
      builder_.report("E034", unit.place, message, hint);
      return std::nullopt;
    };
    if (unit.unit.empty())
      unit.unit = kind == "models"                                                    ? "model"
                  : kind == "hardware"                                                ? "device-hour"
                  : kind == "runs"                                                    ? "run"
                  : study_.services.contains(key) && study_.services.at(key).requests ? "request"
                                                                                      : "token";
    const auto per = [&](const std::optional<Input>& count, const lca::ParameterKey& parameter,
                         double scale = 1.0) -> std::optional<Expression> {
      if (!count) return std::nullopt;
      return amount * scale / builder_.parameter(parameter, unit.unit + "s counted by " + key, *count);
    };
    const std::string missing = fmt::format("'{}' does not count {}s", unit.of, unit.unit);
    if (kind == "runs") {
      const Run* run = find_run(key);
      if (run == nullptr)
        return refuse(fmt::format("unknown run '{}'", key), "the functional unit names a run of the study: runs/NAME");
      if (!builder_.includes(run->stage))
        return refuse(fmt::format("the functional unit is run '{}', but {} is outside the boundary", key, run->stage),
                      fmt::format("include: [{}]", run->stage));
      if (run->development || !run->development_option.empty())
        builder_.cover("development of " + key, Coverage::excluded, "the functional unit is the run itself");
      Reference reference{builder_.run(*run), amount, {{"run", key}, {"activity", run->stage}}};
      std::optional<Expression> scaled = amount;
      if (unit.unit == "token") scaled = per(run->tokens, {run->owner, "tokens"});
      if (unit.unit == "exaFLOP") scaled = per(run->flop, {run->owner, "flop"}, 1e18);
      if (unit.unit == "device-hour") {
        const auto hours = builder_.device_hours(*run);
        scaled = hours ? std::optional(amount / *hours) : std::nullopt;
      }
      if (unit.unit == "request" || unit.unit == "model") scaled = std::nullopt;
      if (!scaled) return refuse(missing, "run, token, device-hour or exaFLOP, as far as the run states them");
      reference.amount = *scaled;
      return reference;
    }
    if (kind == "models") {
      const auto model = study_.models.find(key);
      if (model == study_.models.end()) return refuse(fmt::format("unknown model '{}'", key), "models/NAME");
      if (unit.unit != "model") return refuse(missing, "unit: model");
      return Reference{builder_.model(model->second), amount, {}};
    }
    if (kind == "services") {
      const auto service = study_.services.find(key);
      if (service == study_.services.end()) return refuse(fmt::format("unknown service '{}'", key), "services/NAME");
      if (!builder_.includes("inference"))
        return refuse("the functional unit is a service, but inference is outside the boundary",
                      "include: [inference]");
      const auto served = builder_.units_served(service->second, unit.unit);
      if (!served) return refuse(missing, "request or token, as far as the service states them");
      return Reference{builder_.service(service->second), amount / *served, {{"run", key}, {"activity", "inference"}}};
    }
    if (kind == "hardware") {
      const auto hardware = study_.hardware.find(key);
      if (hardware == study_.hardware.end()) return refuse(fmt::format("unknown hardware '{}'", key), "hardware/NAME");
      if (unit.unit != "device-hour") return refuse(missing, "unit: device-hour");
      if (counted_in(method_of(hardware->second)) != counted_in(AmortisationMethod::utilised_hours))
        return refuse(fmt::format("'{}' is amortised by {}, not by hours", key, hardware->second.amortisation.method),
                      "take a run as the functional unit, or amortise by hours");
      if (!study_.boundary || !study_.boundary->hardware())
        return refuse("the functional unit is hardware, but hardware is outside the boundary", "include: [hardware]");
      return Reference{builder_.hardware_use(hardware->second), amount, {{"account", "productive"}}};
    }
    return refuse(fmt::format("'{}' names no product of the study", unit.of),
                  "runs/NAME, models/NAME, services/NAME or hardware/NAME");
  }

  /// A gas that counts differently by where it comes from is asked for, never guessed.
  static std::string gas_meant(const std::string& gas, const std::vector<std::string>& names) {
    std::vector<std::string> kinds;
    for (const auto& name : names)
      if (name.starts_with(gas + " ")) kinds.push_back("'" + name + "'");
    return kinds.empty() ? did_you_mean(gas, names) : fmt::format("say which: {}", fmt::join(kinds, " or "));
  }

  Exchange given_exchange(const Given& given) {
    Exchange exchange{Exchange::Kind::biosphere,
                      given.gas.empty() ? flows::co2e : given.gas,
                      builder_.parameter({{"given"}, given.name}, given.name, given.amount),
                      {{"component", given.name}},
                      given.scope,
                      "published aggregate, taken over as it stands"};
    exchange.assigns["life_cycle"] = given.life_cycle.empty() ? "unsplit" : given.life_cycle;
    if (!given.gas.empty()) {
      const auto gases = builder_.catalogue().gwp100(study_.gwp);
      std::vector<std::string> names;
      for (const auto& [gas, factor] : gases) names.push_back(gas);
      if (!gases.contains(given.gas))
        builder_.report("E016", given.place, fmt::format("unknown gas '{}'", given.gas), gas_meant(given.gas, names));
      builder_.use_dataset("ipcc-gwp100");
      builder_.inventory.elementary_flows.push_back({given.gas, "kg"});
    }
    return exchange;
  }

  /// A given figure becomes a flow of the product that it belongs to, or of the functional unit as a whole.
  void attach(const Given& given) {
    const std::string item = "given figure " + given.name;
    const bool hardware_stage = !given.life_cycle.empty() && given.life_cycle != "use";
    if (hardware_stage && !builder_.includes(given.life_cycle)) {
      builder_.cover(item, Coverage::excluded, given.life_cycle + " is outside the boundary");
      return;
    }
    if (given.of.empty() && study_.functional_unit && !study_.functional_unit->of.empty()) {
      builder_.report("E011", given.place,
                      fmt::format("'{}' does not say what it belongs to, and the functional unit is a share of {}",
                                  given.name, study_.functional_unit->of),
                      fmt::format("of: {}", study_.functional_unit->of));
      return;
    }
    const std::string product = given.of.empty()                    ? root_product
                                : given.of.starts_with("hardware/") ? product_of_use(owner_named(given.of))
                                                                    : product_of(owner_named(given.of));
    for (auto& process : builder_.inventory.processes)
      if (process.product == product) {
        process.exchanges.push_back(given_exchange(given));
        return;
      }
    if (exists(given.of))
      builder_.cover(item, Coverage::excluded, given.of + " is not part of the functional unit or of the boundary");
    else
      builder_.report("E015", given.place,
                      fmt::format("'{}' belongs to '{}', which the study does not define", given.name, given.of),
                      "runs/NAME, models/NAME, services/NAME or hardware/NAME");
  }

  /// "runs/final" as a study names it.
  static lca::Owner owner_named(const std::string& text) {
    const auto slash = text.find('/');
    return {text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1)};
  }

  /// What a unit of use of a hardware entry is called: a device-hour, or what its amortisation counts in.
  std::string product_of_use(const lca::Owner& owner) const {
    const auto hardware = study_.hardware.find(owner.name);
    const auto counted = counted_in(hardware == study_.hardware.end() ? AmortisationMethod::utilised_hours
                                                                     : method_of(hardware->second));
    const bool hours = counted == counted_in(AmortisationMethod::utilised_hours);
    return product_of(owner, hours ? "device-hour" : std::string(counted));
  }

  bool exists(const std::string& product) const {
    const auto [kind, key] = owner_named(product);
    return (kind == "runs" && find_run(key) != nullptr) || (kind == "models" && study_.models.contains(key)) ||
           (kind == "services" && study_.services.contains(key)) ||
           (kind == "hardware" && study_.hardware.contains(key));
  }

  /// A device that nobody knows is said even where its model is not needed: its power could not be checked.
  void check_hardware() {
    for (const auto& [key, hardware] : study_.hardware) {
      if (hardware.device.empty() || builder_.catalogue().find(hardware.device) != nullptr) continue;
      const std::string hint = did_you_mean(hardware.device, builder_.catalogue().ids("device"));
      const bool needed = study_.boundary && study_.boundary->hardware() && !hardware.embodied;
      if (!needed)
        builder_.report(
            "W105", hardware.device_place,
            fmt::format("unknown device '{}': its power cannot be checked against its design", hardware.device), hint);
    }
  }

  /// Runs inside the boundary that the functional unit does not reach.
  void cover_unused() {
    for (const auto& run : study_.runs) {
      if (!builder_.makes(product_of(run.owner)) && builder_.includes(run.stage))
        builder_.cover("run " + run.name, Coverage::excluded, "not part of the functional unit");
    }
  }

  void cover_boundary() {
    if (!study_.boundary) return;
    for (const auto& item : boundary_items) {
      const auto excluded = study_.boundary->exclude.find(item);
      if (excluded != study_.boundary->exclude.end()) {
        builder_.cover(item, Coverage::excluded, excluded->second);
        continue;
      }
      const auto any_run = [&](const std::string& stage) {
        return std::any_of(study_.runs.begin(), study_.runs.end(), [&](const Run& run) { return run.stage == stage; });
      };
      // A published aggregate without a life-cycle stage may stand for an activity; a gas or a hardware figure does
      // not.
      const bool aggregate = std::any_of(study_.given.begin(), study_.given.end(), [](const Given& given) {
        return given.gas.empty() && (given.life_cycle.empty() || given.life_cycle == "use");
      });
      const bool developed = item == "development" && builder_.development_beside;
      if ((item == "development" || item == "training") && !any_run(item) && !aggregate && !developed) {
        builder_.cover(item, Coverage::not_estimated, "included in the boundary, but the study states no run of this stage");
        builder_.missing.push_back(item);
      } else if (item == "inference" && study_.services.empty() && !any_run(item) && !aggregate) {
        builder_.cover(item, Coverage::not_estimated, "included in the boundary, but the study states no service");
        builder_.missing.push_back(item);
      } else if (item == "water" && std::any_of(study_.sites.begin(), study_.sites.end(),
                                                [](const auto& site) { return !site.second.tells_water(); })) {
        builder_.cover(item, Coverage::not_estimated, "a site states no 'wue'");
      } else {
        builder_.cover(item, Coverage::counted,
                       item == "water"
                           ? (builder_.facility_level_energy
                                  ? "as far as sites state it, and on site not for energy known at facility level"
                                  : "as far as sites state it: 'wue' on site, 'wue_grid' of electricity supply")
                           : "");
      }
    }
  }

  Builder builder_;
  const Study& study_;
  std::string profile_;
};

}  // namespace

std::string product_of(const lca::Owner& owner, const std::string& part) {
  const auto quoted = [](const std::string& name) {
    if (name.find_first_of("/'") == std::string::npos) return name;
    std::string text = "'";
    for (const char c : name) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
  };
  return owner.kind + "/" + quoted(owner.name) + (part.empty() ? "" : "/" + part);
}

std::string product_of_site(const Site& site, const Run* run, const std::string& which, const std::string& part) {
  const std::string hours = run == nullptr ? "" : product_of(run->owner, which == "idle" ? "idle/" : "") + "/";
  return product_of({"sites", site.name}, hours + part);
}

lca::Expression Builder::parameter(const lca::ParameterKey& key, const std::string& label, const Input& input) {
  if (const auto known = keys_.find(key); known != keys_.end()) {
    const Place &first = inventory.parameters[known->second].place, &second = input.place;
    if (first.line != second.line || first.column != second.column || first.file != second.file)
      throw std::logic_error("'" + key.text() + "' is defined in two places");
    return Expression::parameter(known->second);
  }
  lca::Parameter parameter = input;
  parameter.name = key.text();
  parameter.label = label;
  if (!parameter.limits.any()) parameter.limits.least = 0.0;
  return Expression::parameter(keys_.emplace(key, inventory.parameters.add(std::move(parameter))).first->second);
}

lca::Expression Builder::calculated(const lca::ParameterKey& key, const Calculated& words, lca::Expression formula) {
  if (formula.as_parameter() || formula.is_number()) return formula;  // it has a name, or needs none
  if (const auto known = keys_.find(key); known != keys_.end()) {
    const auto& there = inventory.parameters[known->second].formula;
    const auto index = [](lca::ParameterIndex i) { return std::to_string(i); };
    if (!there || there->text(index) != formula.text(index))
      throw std::logic_error("'" + key.text() + "' is calculated in two ways");
    return Expression::parameter(known->second);
  }
  lca::Parameter parameter;
  parameter.name = key.text();
  parameter.label = words.label;
  parameter.unit = words.unit;
  parameter.rule = words.rule;
  parameter.source = words.source;
  parameter.formula = std::move(formula);
  return Expression::parameter(keys_.emplace(key, inventory.parameters.add(std::move(parameter))).first->second);
}

void Builder::cover(std::string item, Coverage status, std::string detail) {
  if (once("coverage/" + item)) coverage.push_back({std::move(item), status, std::move(detail)});
}

void Builder::use_dataset(std::string_view id) {
  if (once("dataset/" + std::string(id))) datasets.push_back(catalogue_.dataset(id));
}

void Builder::report(std::string code, const Place& place, std::string message, std::string hint) {
  for (const auto& known : findings)
    if (known.code == code && known.message == message && known.place.line == place.line) return;
  findings.push_back({std::move(code), std::move(message), std::move(hint), place,
                      place.file == study_.file && place.line > 0 ? study_.document.excerpt(place.line) : ""});
}

Result<Compiled> compile(const Study& study, const Catalogue& catalogue, const Overrides& overrides,
                         const Again& again) {
  return Compiler(study, catalogue, again.profile.empty() ? study.profile : again.profile, again.first).run(overrides);
}

Result<Compiled> compile_product(const Catalogue& catalogue, const Product& product, const std::string& profile) {
  Study study;
  study.boundary.emplace();
  study.boundary->include = {"raw-materials", "manufacture", "transport", "end-of-life"};
  return Compiler(study, catalogue, profile).run(product);
}

}  // namespace cradle::inventory
