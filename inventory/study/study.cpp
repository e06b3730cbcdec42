// SPDX-License-Identifier: Apache-2.0
#include "inventory/study/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "inventory/catalogue/development.hpp"
#include "inventory/catalogue/hardware.hpp"
#include "inventory/study/sections.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

const std::vector<std::string> hardware_items = {"raw-materials", "manufacture", "transport", "end-of-life"};

std::vector<std::string> expand(const std::string& item) {
  return item == "hardware" ? hardware_items : std::vector<std::string>{item};
}

/// "end-of-life of tpu": one part of what a boundary includes.
std::optional<Boundary::Part> part_of(const StudyContext& context, const Node& item, const Node& reason) {
  const std::size_t of = item.text.find(" of ");
  if (of == std::string::npos) return std::nullopt;
  Boundary::Part part{item.text.substr(0, of), item.text.substr(of + 4), reason.text, context.place(item)};
  static const std::vector<std::string> stages = {"raw-materials", "transport", "end-of-life", "hardware"};
  if (std::find(stages.begin(), stages.end(), part.stage) == stages.end())
    context.report("E013", item, fmt::format("'{}' cannot be excluded of a part", part.stage),
                   fmt::format("one of {}, of a hardware entry or, for hardware, of a run", fmt::join(stages, ", ")));
  if (part.reason.empty())
    context.report("E011", item, fmt::format("'{}' is excluded without a reason", item.text),
                   "a reader will ask: {end-of-life of tpu: not known}");
  return part;
}

bool known_item(const StudyContext& context, const Node& node) {
  std::vector<std::string> items = boundary_items;
  items.push_back("hardware");
  if (std::find(items.begin(), items.end(), node.text) != items.end()) return true;
  std::string hint = did_you_mean(node.text, items);
  context.report("E013", node, fmt::format("'{}' is not a boundary item", node.text),
                 hint.empty() ? fmt::format("one of {}", fmt::join(items, ", ")) : hint);
  return false;
}

/// Whether an item stands in the list by its own name, not as part of "hardware".
bool stated_alone(const Node& include, const std::string& name) {
  return std::any_of(include.items.begin(), include.items.end(), [&](const Node& item) { return item.text == name; });
}

Boundary read_boundary(const StudyContext& context, const Node& node) {
  MapReader reader(context.document, node, "boundary", context.findings);
  Boundary boundary;
  if (const Node* include = reader.need("include", "such as [training, hardware]")) {
    if (include->kind != Node::Kind::sequence)
      context.report("E012", *include, "'include' must be a list, such as [training, hardware]");
    for (const auto& item : include->items)
      if (known_item(context, item))
        for (auto& name : expand(item.text)) boundary.include.push_back(name);
  }
  if (const Node* exclude = reader.take("exclude")) {
    if (exclude->kind != Node::Kind::mapping)
      context.report("E012", *exclude,
                     "'exclude' must give a reason for each item, such as {inference: another study}");
    for (const auto& [item, reason] : exclude->entries)
      if (const auto part = part_of(context, item, reason))
        boundary.exclude_parts.emplace(item.text, *part);
      else if (known_item(context, item))
        for (auto& name : expand(item.text)) {
          boundary.exclude[name] = reason.text;
          if (item.text == name && std::count(boundary.include.begin(), boundary.include.end(), name) > 0 &&
              stated_alone(*reader.take("include"), name))
            context.report("E032", item, fmt::format("'{}' is both included and excluded", name));
          if (reason.text.empty())
            context.report("E011", item, fmt::format("'{}' is excluded without a reason", item.text),
                           "a reader will ask: {inference: another study}");
        }
  }
  reader.finish();
  // What is excluded by name leaves a group that was included whole: {include: [hardware], exclude: {end-of-life: ...}}
  std::erase_if(boundary.include, [&](const std::string& item) { return boundary.exclude.contains(item); });
  std::vector<std::string> unstated;
  for (const auto& item : boundary_items)
    if (!boundary.includes(item) && !boundary.exclude.contains(item)) {
      boundary.exclude[item] = "not stated";
      unstated.push_back(item);
    }
  if (!unstated.empty())
    context.report("W101", node,
                   fmt::format("the boundary does not say whether it includes {}: taken as excluded, \"not stated\"",
                               fmt::join(unstated, ", ")),
                   "list them under 'include', or under 'exclude' with a reason");
  return boundary;
}

FunctionalUnit read_functional_unit(const StudyContext& context, const Node& node) {
  FunctionalUnit unit;
  unit.place = context.place(node);
  if (node.kind == Node::Kind::scalar) {
    unit.name = node.text;
    return unit;
  }
  MapReader reader(context.document, node, "functional_unit", context.findings);
  unit.amount =
      reader.quantity("amount", Dimension::number, {lca::Basis::metered, ""});  // a choice: it weakens no basis
  unit.of = reader.text("of").value_or("");
  unit.unit = reader.choice("unit", {"run", "model", "request", "token", "device-hour", "exaFLOP"}).value_or("");
  unit.name = reader.text("name").value_or("");
  reader.finish();
  if (unit.amount && unit.amount->value <= 0)
    context.report("E024", *node.find("amount"), "the amount of the functional unit must be positive");
  if (unit.of.empty()) context.report("E011", node, "functional_unit has no 'of'", "such as 'of: services/api'");
  if (unit.name.empty())
    unit.name = fmt::format("{} {}", unit.amount ? unit.amount->value : 1.0, unit.unit.empty() ? unit.of : unit.unit);
  return unit;
}

Model read_model(const StudyContext& context, const std::string& name, const Node& node) {
  MapReader reader(context.document, node, fmt::format("model '{}'", name), context.findings);
  Model model;
  model.name = name;
  model.place = context.place(node);
  if (const Node* runs = reader.need("trained_by", "the runs that made it: [final, searches]"))
    for (const auto& run : runs->kind == Node::Kind::sequence ? runs->items : std::vector<Node>{*runs}) {
      const auto text = read_text(context.document, run, "trained_by", context.findings);
      if (!text) continue;
      for (const auto& [other, place] : model.trained_by)
        if (other == *text)
          context.report("E006", run, fmt::format("run '{}' is named twice in 'trained_by'", *text),
                         "its footprint would count twice");
      model.trained_by.emplace_back(*text, context.place(run));
    }
  if (const Node* lifetime = reader.take("lifetime");
      lifetime != nullptr && lifetime->kind == Node::Kind::scalar && lifetime->text.find(' ') == std::string::npos) {
    context.report("E020", *lifetime, fmt::format("'{}' has no unit", lifetime->text),
                   "a model's lifetime is in tokens or requests: '5e12 tokens'");
  } else if (lifetime != nullptr) {
    Findings as_tokens, as_requests;
    model.lifetime = read_input(context.document, *lifetime, Dimension::tokens, {}, as_tokens);
    model.lifetime_unit = "token";
    if (!model.lifetime) {
      model.lifetime = read_input(context.document, *lifetime, Dimension::requests, {}, as_requests);
      model.lifetime_unit = "request";
    }
    if (!model.lifetime) context.findings.push_back(as_tokens.front());
  }
  if (const Node* base = reader.take("base")) {
    MapReader inherited(context.document, *base, "base", context.findings);
    inherited.text("name");
    model.base =
        inherited.quantity("ghg", Dimension::co2e, {lca::Basis::supplier, inherited.text("source").value_or("")});
    inherited.finish();
  }
  reader.finish();
  return model;
}

Service read_service(const StudyContext& context, const std::string& name, const Node& node) {
  MapReader reader(context.document, node, fmt::format("service '{}'", name), context.findings);
  Service service;
  service.run = read_run_keys(context, reader, node);
  service.run.name = name;
  service.run.owner = {"services", name};
  service.run.stage = "inference";
  if (const Node* repeat = node.find("repeat"))
    context.report("E010", *repeat, "a service has no 'repeat'", "state what it used and served over the whole period");
  if (const Node* model = reader.take("model")) {
    service.model = read_text(context.document, *model, "model", context.findings).value_or("");
    service.model_place = context.place(*model);
  }
  service.requests = reader.quantity("requests", Dimension::requests);
  service.tokens_per_request = reader.quantity("tokens_per_request", Dimension::tokens);
  if (const Node* tokens = reader.take("tokens")) {
    if (tokens->kind == Node::Kind::mapping) {
      MapReader map(context.document, *tokens, "tokens", context.findings);
      service.tokens_in = map.quantity("in", Dimension::tokens);
      service.tokens_out = map.quantity("out", Dimension::tokens);
      map.finish();
    } else {
      service.tokens_out = read_input(context.document, *tokens, Dimension::tokens, {}, context.findings);
    }
  }
  if (const Node* per = reader.take("energy_per")) {
    MapReader map(context.document, *per, "energy_per", context.findings);
    service.energy_per_unit = map.choice("unit", {"request", "token"}).value_or("");
    if (service.energy_per_unit.empty()) context.report("E011", *per, "energy_per has no 'unit'", "request or token");
    if (const Node* parts = map.need("parts")) {
      MapReader amounts(context.document, *parts, "parts", context.findings);
      for (const char* part : {"accelerator", "cpu", "dram", "host", "network", "storage", "idle", "overhead"})
        if (auto amount = amounts.quantity(part, Dimension::energy, {lca::Basis::supplier, ""}))
          service.energy_per.emplace(part, *amount);
      amounts.finish();
    }
    map.finish();
  }
  reader.finish();
  if (service.run.states_energy && node.find("energy_per") != nullptr)
    context.report("E032", node, fmt::format("service '{}' states both 'energy' and 'energy_per'", name),
                   "keep one of the two");
  return service;
}

/// What an amount can be per, by what it belongs to; the first where nothing is said, except of hardware.
std::vector<std::string> units_of_given(const std::string& of) {
  if (of.starts_with("hardware/")) return {"device", "node", "device-hour"};
  if (of.starts_with("runs/")) return {"run", "device-hour"};
  if (of.starts_with("models/")) return {"model"};
  if (of.starts_with("services/")) return {"service", "request", "token"};
  return {};
}

Given read_given(const StudyContext& context, const Node& node) {
  MapReader reader(context.document, node, "this given figure", context.findings);
  Given given;
  given.place = context.place(node);
  given.name = reader.text("name").value_or("given");
  given.of = reader.text("of").value_or("");
  given.per = reader.choice("per", {"device", "node", "device-hour", "run", "model", "service", "request", "token"}).value_or("");
  const auto pers = units_of_given(given.of);
  if (!given.per.empty() && given.of.empty())
    context.report("E013", *node.find("per"), fmt::format("'{}' is per {} of nothing that is named", given.name, given.per),
                   "of: services/api, or what else it belongs to; without both it is per functional unit");
  if (!given.per.empty() && !pers.empty() && std::find(pers.begin(), pers.end(), given.per) == pers.end())
    context.report("E013", *node.find("per"), fmt::format("'{}' of '{}' cannot be per {}", given.name, given.of, given.per),
                   fmt::format("one of {}", fmt::join(pers, ", ")));
  if (given.per.empty() && given.of.starts_with("hardware/"))
    context.report("E011", node, fmt::format("'{}' belongs to {} and does not say what it is per", given.name, given.of),
                   "per: device, node or device-hour");
  static const std::vector<std::string> scopes = {"1",   "2",   "3",   "3.1",  "3.2",  "3.3",  "3.4",  "3.5",  "3.6",
                                                  "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"};
  given.scope = reader.choice("scope", scopes).value_or("");
  given.life_cycle =
      reader.choice("life_cycle", {"raw-materials", "manufacture", "transport", "use", "end-of-life"}).value_or("");
  const InputDefaults defaults{lca::Basis::supplier, reader.text("source").value_or("")};
  reader.text("gwp");
  given.gas = reader.text("gas").value_or("");
  for (const char* key : {"ghg", "mass"}) reader.take(key);
  if (!given.gas.empty() && node.find("ghg") != nullptr)
    context.report("E032", node, fmt::format("'{}' states both a gas and CO2e", given.name),
                   "keep the gas with its mass, or its CO2e");
  const auto amount = given.gas.empty() ? reader.quantity("ghg", Dimension::co2e, defaults)
                                        : reader.quantity("mass", Dimension::mass, defaults);
  if (amount)
    given.amount = *amount;
  else if (node.kind == Node::Kind::mapping && node.find("ghg") == nullptr && node.find("mass") == nullptr)
    context.report("E011", node, fmt::format("'{}' states no amount", given.name),
                   "ghg: 340 kg, or gas: SF6 with mass: 2 kg");
  reader.finish();
  return given;
}

/// "development: olmo-3", or a number of times of the run itself.
void read_development(const StudyContext& context, MapReader& reader, Run& run) {
  const Node* node = reader.take("development");
  if (node == nullptr) return;
  run.development_place = context.place(*node);
  std::vector<std::string> names;
  for (const auto& option : development_options()) names.push_back(option.id);
  if (run.stage != "training" || run.status != RunStatus::final_run)
    context.report("E032", *node, "'development' belongs to a final training run",
                   "a run of development is one of its own: 'stage: development'");
  if (std::find(names.begin(), names.end(), node->text) != names.end())
    run.development_option = node->text;
  else if (node->kind == Node::Kind::scalar && !node->text.empty() &&
           std::isalpha(static_cast<unsigned char>(node->text[0])))
    context.report("E013", *node, fmt::format("'{}' is no known share of development", node->text),
                   fmt::format("a number of times of the run itself, or one of {}", fmt::join(names, ", ")));
  else
    run.development = read_input(context.document, *node, Dimension::number, {}, context.findings);
  check_range(context.document, *node, run.development, 0.0, 1e6, "development", "how many times the run itself",
              context.findings);
}

/// The node if it is a list; a mapping in its place would be passed over without a word.
const Node* need_list(const StudyContext& context, const Node* node, std::string_view key) {
  if (node == nullptr || node->kind == Node::Kind::sequence) return node;
  context.report("E012", *node, fmt::format("'{}' must be a list: '- {{name: ..., ...}}'", key));
  return nullptr;
}

std::map<std::string, Node> read_disclosure(const StudyContext& context, const Node& node) {
  std::map<std::string, Node> facts;
  MapReader reader(context.document, node, "disclosure", context.findings);
  for (const auto target : disclosure_targets)
    if (const Node* stated = reader.take(target)) {
      if (stated->kind != Node::Kind::mapping)
        context.report("E012", *stated, fmt::format("'{}' must be a mapping of the target's fields", target));
      else
        facts.emplace(target, *stated);
    }
  reader.finish();
  return facts;
}

std::vector<Memo> read_memo(const StudyContext& context, const Node& node) {
  std::vector<Memo> memo;
  MapReader reader(context.document, node, "memo", context.findings);
  for (const char* kind : {"offsets", "instruments"})
    if (const Node* list = need_list(context, reader.take(kind), kind))
      for (const auto& item : list->items) {
        MapReader line(context.document, item, kind, context.findings);
        Memo entry{kind, line.text("name").value_or(""), {}};
        const bool energy = std::string_view(kind) == "instruments";
        if (auto amount = line.quantity(energy ? "energy" : "ghg", energy ? Dimension::energy : Dimension::co2e))
          entry.amount = *amount;
        for (const char* key : {"registry", "vintage", "market", "source"})
          if (auto text = line.text(key)) entry.text += fmt::format("; {}: {}", key, *text);
        line.finish();
        memo.push_back(std::move(entry));
      }
  reader.finish();
  return memo;
}

/// Names in runs, services and models that point at nothing.
void check_references(const StudyContext& context, const Study& study) {
  const auto keys = [](const auto& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
  };
  const auto need = [&](const std::string& name, const Place& place, const std::vector<std::string>& known,
                        std::string_view what) {
    if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
    std::string hint = did_you_mean(name, known);
    if (hint.empty())
      hint = known.empty() ? fmt::format("the study defines no {}", what)
                           : fmt::format("defined: {}", fmt::join(known, ", "));
    context.findings.push_back(
        {"E015", fmt::format("unknown {} '{}'", what, name), hint, place, context.document.excerpt(place.line)});
  };
  std::vector<std::string> run_names;
  for (const auto& run : study.runs) run_names.push_back(run.name);
  const auto check_run = [&](const Run& run) {
    need(run.hardware, run.hardware_place, keys(study.hardware), "hardware");
    need(run.site, run.site_place, keys(study.sites), "site");
  };
  for (const auto& run : study.runs) check_run(run);
  for (const auto& [name, service] : study.services) {
    check_run(service.run);
    need(service.model, service.model_place, keys(study.models), "model");
  }
  for (const auto& [name, model] : study.models)
    for (const auto& [run, place] : model.trained_by) need(run, place, run_names, "run");
  if (study.boundary)
    for (const auto& [words, part] : study.boundary->exclude_parts)
      need(part.name, part.place, part.stage == "hardware" ? run_names : keys(study.hardware),
           part.stage == "hardware" ? "run" : "hardware");
}

/// What a run must say for its energy to be counted.
void check_run(const StudyContext& context, const Study& study, const Run& run, const std::string& what,
               bool energy_elsewhere = false, bool elsewhere_closes = false) {
  const auto report = [&](std::string code, std::string message, std::string hint) {
    context.findings.push_back(
        {std::move(code), std::move(message), std::move(hint), run.place, context.document.excerpt(run.place.line)});
  };
  const bool stage_counts = study.boundary && study.boundary->includes(run.stage);
  if (!stage_counts) return;
  if (!run.states_energy && !energy_elsewhere)
    report("E033", fmt::format("{} has no 'energy'", what),
           "an amount, parts, power, logs or an estimator; nothing is assumed");
  if ((run.energy || energy_elsewhere) && run.site.empty())
    report("E011", fmt::format("{} has no 'site'", what), "where the electricity was drawn");
  const bool estimated = run.energy && run.energy->estimate && run.energy->estimate->estimator != nullptr &&
                         !run.energy->estimate->estimator->device_hours.empty();
  const bool hours = run.device_hours || (run.devices && run.duration);
  for (const auto* energy : {&run.energy, &run.idle}) {
    if (!*energy) continue;
    const auto& power = (*energy)->power;
    if (!hours && power.contains("per_device"))
      report("E011", fmt::format("{} has no 'device_hours'", what),
             "or 'devices' and 'duration'; they turn power per device into energy");
    const bool whole =
        std::any_of(power.begin(), power.end(), [](const auto& entry) { return entry.first != "per_device"; });
    if (!run.duration && whole)
      report("E011", fmt::format("{} has no 'duration'", what), "or 'start' and 'end'; power x duration gives energy");
  }
  if (!hours && study.boundary->hardware() && !run.hardware.empty() && !estimated && !(run.energy && run.energy->logs))
    report("E011", fmt::format("{} has no 'device_hours', and hardware is in the boundary", what),
           "or 'devices' and 'duration'");
  const auto site = study.sites.find(run.site);
  const auto closes = [](const Energy& energy) {
    return energy.level == EnergyLevel::facility || energy.parts.contains("overhead");
  };
  const bool needs_pue = (run.energy && !closes(*run.energy)) || (run.idle && !closes(*run.idle)) ||
                         (energy_elsewhere && !elsewhere_closes);
  if (site != study.sites.end() && !site->second.states_pue && needs_pue)
    context.findings.push_back(
        {"E039",
         fmt::format("site '{}' has no 'pue', and the energy of '{}' is below facility level", site->first, run.name),
         "state the site's PUE, or 'level: facility' if the energy contains cooling and losses", site->second.place,
         context.document.excerpt(site->second.place.line)});
}

Study read_root(const StudyContext& context, const Node& root) {
  Study study;
  MapReader reader(context.document, root, "the study", context.findings);
  if (const Node* version = reader.need("cradle", "the language's version: 'cradle: 1'");
      version != nullptr && version->text != "1")
    context.report("E013", *version, fmt::format("version '{}' of the study language is not known", version->text),
                   "this version reads 'cradle: 1'");
  study.title = reader.text("title").value_or("Untitled study");
  study.subject = reader.text("subject").value_or("");
  study.organisation = reader.text("organisation").value_or("");
  study.date = reader.text("date").value_or("");
  study.period = reader.text("period").value_or("");
  study.note = reader.text("note").value_or("");
  study.synthetic = reader.boolean("synthetic").value_or(false);
  study.gwp = reader.choice("gwp", {"AR6", "AR5"}).value_or("AR6");
  study.perspective = reader.choice("perspective", perspective_names, Perspective::of_operator);
  study.profile = reader.choice("profile", hardware_profiles).value_or("central");
  if (const Node* boundary = reader.take("boundary")) study.boundary = read_boundary(context, *boundary);
  if (const Node* unit = reader.take("functional_unit")) study.functional_unit = read_functional_unit(context, *unit);
  study.carbon_cost =
      read_published(context, reader, "carbon_cost", Dimension::money_per_co2e, study.published_carbon_cost);
  const bool hardware_counts = study.boundary && study.boundary->hardware();

  const auto each = [&](const char* key, const auto& read) {
    const Node* section = reader.take(key);
    if (section == nullptr) return;
    if (section->kind != Node::Kind::mapping)
      context.report("E012", *section, fmt::format("'{}' must be a mapping of names", key));
    for (const auto& [name, node] : section->entries) read(name.text, node);
  };
  each("hardware", [&](const std::string& name, const Node& node) {
    study.hardware.emplace(name, read_hardware(context, name, node, hardware_counts));
  });
  each("sites",
       [&](const std::string& name, const Node& node) { study.sites.emplace(name, read_site(context, name, node)); });
  each("models",
       [&](const std::string& name, const Node& node) { study.models.emplace(name, read_model(context, name, node)); });
  each("services", [&](const std::string& name, const Node& node) {
    study.services.emplace(name, read_service(context, name, node));
  });
  std::set<std::string> names;
  if (const Node* runs = reader.take("runs")) {
    if (runs->kind != Node::Kind::sequence)
      context.report("E012", *runs, "'runs' must be a list: '- {name: final, ...}'");
    const auto read_run = [&](const Node& node) {
      MapReader run_reader(context.document, node, "this run", context.findings);
      Run run = read_run_keys(context, run_reader, node);
      run.tokens = run_reader.quantity("tokens", Dimension::tokens);
      read_development(context, run_reader, run);
      run_reader.finish();
      run.owner = {"runs", run.name};
      if (run.name.empty() && node.kind == Node::Kind::mapping) context.report("E011", node, "this run has no 'name'");
      if (!names.insert(run.name).second)
        context.report("E006", node, fmt::format("two runs are named '{}'", run.name), "give each run its own name");
      study.runs.push_back(std::move(run));
    };
    study.runs.reserve(runs->items.size());
    for (const auto& node : runs->items)
      if (node.find("from") == nullptr)
        read_run(node);
      else
        for (const auto& run : runs_from(context, node)) read_run(run);
  }
  if (const Node* given = need_list(context, reader.take("given"), "given"))
    for (const auto& node : given->items) {
      study.given.push_back(read_given(context, node));
      if (!names.insert("given " + study.given.back().name).second)
        context.report("E006", node, fmt::format("two given figures are named '{}'", study.given.back().name),
                       "give each its own name");
    }
  if (const Node* memo = reader.take("memo")) study.memo = read_memo(context, *memo);
  if (const Node* facts = reader.take("disclosure")) study.disclosure = read_disclosure(context, *facts);
  reader.finish();
  return study;
}

}  // namespace

bool Boundary::includes(std::string_view item) const {
  return std::find(include.begin(), include.end(), item) != include.end();
}
bool Boundary::hardware() const {
  return std::any_of(hardware_items.begin(), hardware_items.end(), [&](const auto& item) { return includes(item); });
}

const Run* Study::run(const std::string& name) const {
  const auto found = std::find_if(runs.begin(), runs.end(), [&](const Run& run) { return run.name == name; });
  return found == runs.end() ? nullptr : &*found;
}

Result<FunctionalUnit> parse_functional_unit(const std::string& text) {
  const std::vector<std::string> units = {"run", "model", "request", "token", "device-hour", "exaFLOP"};
  std::istringstream words(text);
  std::string amount, unit, of, product, more;
  words >> amount >> unit >> of >> product;
  const auto number = read_quantity(amount, Dimension::number);
  if (product.empty() || (words >> more) || of != "of" || !number || *number <= 0 ||
      std::find(units.begin(), units.end(), unit) == units.end())
    return failure({"E034",
                    fmt::format("--unit '{}' is not a functional unit", text),
                    fmt::format("such as '1e6 token of services/api'; units: {}", fmt::join(units, ", ")),
                    {},
                    ""});
  FunctionalUnit functional_unit;
  functional_unit.name = fmt::format("{} {} of {}", amount, unit, product);
  functional_unit.of = product;
  functional_unit.unit = unit;
  Input input;
  input.value = *number;
  input.unit = canonical_unit(Dimension::number);
  input.basis = lca::Basis::metered;  // a choice, not a measurement: it weakens nothing
  input.source = "asked for on the command line";
  functional_unit.amount = input;
  return functional_unit;
}

namespace {

/// Values that are still to be filled in. What else is said of them would only repeat it.
void find_blanks(const StudyContext& context, const Node& node, const std::string& key,
                 std::set<std::pair<std::size_t, std::size_t>>& places) {
  if (node.blank()) {
    context.report("E038", node, fmt::format("{} is still to be filled in", key.empty() ? "a value" : "'" + key + "'"),
                   "write the value in place of '?', or leave the key out where it may be missing");
    places.emplace(node.line, node.column);
  }
  for (const auto& item : node.items) find_blanks(context, item, key, places);
  for (const auto& [name, value] : node.entries) find_blanks(context, value, name.text, places);
}

void report_blanks(const StudyContext& context, const Node& root) {
  Findings blanks;
  std::set<std::pair<std::size_t, std::size_t>> places;
  find_blanks({context.document, blanks}, root, "", places);
  if (blanks.empty()) return;
  std::erase_if(context.findings, [&](const Finding& finding) {
    return places.contains({finding.place.line, finding.place.column});
  });
  context.findings.insert(context.findings.end(), blanks.begin(), blanks.end());
}

using TextPlace = std::pair<std::size_t, std::size_t>;

TextPlace end_of(const Node& node) {
  TextPlace last{node.line, node.column};
  for (const auto& item : node.items) last = std::max(last, end_of(item));
  for (const auto& [key, value] : node.entries) last = std::max({last, TextPlace{key.line, key.column}, end_of(value)});
  return last;
}

/// Leaves out every entry in which an error lies, and what refers to one of them.
std::optional<Study> sound_part(Study study, const Node& root, const Findings& findings) {
  if (root.kind != Node::Kind::mapping) return std::nullopt;
  const auto wrong = [&](const Node& node) {
    const TextPlace first{node.line, node.column}, last = end_of(node);
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      const TextPlace at{finding.place.line, finding.place.column};
      return finding.severity() == Severity::error && first <= at && at <= last;
    });
  };
  const auto drop = [&](const char* section, auto& entries) {
    if (const Node* node = root.find(section))
      for (const auto& [name, value] : node->entries)
        if (wrong(value) || wrong(name)) entries.erase(name.text);
  };
  drop("hardware", study.hardware);
  drop("sites", study.sites);
  drop("models", study.models);
  drop("services", study.services);
  const auto lost = [&](const Run& run) {
    return (!run.hardware.empty() && !study.hardware.contains(run.hardware)) ||
           (!run.site.empty() && !study.sites.contains(run.site));
  };
  if (const Node* runs = root.find("runs"); runs != nullptr && runs->items.size() == study.runs.size()) {
    std::vector<Run> kept;
    for (std::size_t i = 0; i < study.runs.size(); ++i)
      if (!wrong(runs->items[i]) && !lost(study.runs[i])) kept.push_back(std::move(study.runs[i]));
    study.runs = std::move(kept);
  }
  std::erase_if(study.models, [&](const auto& entry) {
    return std::any_of(entry.second.trained_by.begin(), entry.second.trained_by.end(),
                       [&](const auto& run) { return study.run(run.first) == nullptr; });
  });
  std::erase_if(study.services, [&](const auto& entry) {
    return lost(entry.second.run) || (!entry.second.model.empty() && !study.models.contains(entry.second.model));
  });
  for (const char* key : {"boundary", "functional_unit"})
    if (const Node* node = root.find(key); node != nullptr && wrong(*node)) return std::nullopt;
  study.given.clear();
  study.functional_unit.reset();
  if (!study.boundary || (study.runs.empty() && study.services.empty())) return std::nullopt;
  return study;
}

}  // namespace

Result<ReadStudy> parse_study(std::string text, const std::string& file, PartialStudy* partial) {
  auto document = Document::parse(std::move(text), file);
  if (!document) return tl::unexpected(std::move(document.error()));
  Findings findings;
  const StudyContext context{*document, findings};
  Study study = read_root(context, document->root());
  check_references(context, study);
  for (const auto& run : study.runs) check_run(context, study, run, fmt::format("run '{}'", run.name));
  for (const auto& [name, service] : study.services)
    check_run(context, study, service.run, fmt::format("service '{}'", name), !service.energy_per.empty(),
              service.energy_per.contains("overhead"));
  const bool of_hardware = study.functional_unit && study.functional_unit->of.starts_with("hardware/");
  if (study.runs.empty() && study.services.empty() && study.given.empty() && !of_hardware &&
      document->root().kind == Node::Kind::mapping)
    context.report("E035", document->root(),
                   "the study has no 'runs', 'services' or 'given': there is nothing to assess");
  report_blanks(context, document->root());
  study.file = file;
  study.text = document->text();
  study.sha256 = sha256(document->text());
  if (has_errors(findings)) {
    if (partial != nullptr) {
      partial->sound = sound_part(study, document->root(), findings);
      partial->whole = std::move(study);
      for (auto* part : {&partial->whole, &partial->sound})
        if (*part) (*part)->document = *document;
    }
    return tl::unexpected(std::move(findings));
  }
  study.document = std::move(*document);
  return ReadStudy{std::move(study), std::move(findings)};
}

Result<ReadStudy> read_study(const std::string& path, PartialStudy* partial) {
  auto text = read_text_file(path, Document::max_bytes);
  if (!text) return tl::unexpected(std::move(text.error()));
  return parse_study(std::move(*text), path, partial);
}

}  // namespace cradle::inventory
