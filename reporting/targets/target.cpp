// SPDX-License-Identifier: Apache-2.0
#include "reporting/targets/target.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "inventory/text/document.hpp"
#include "reporting/result_json.hpp"

namespace cradle::reporting {
namespace {

using inventory::Node;

/// A YAML value as JSON has it: what JSON itself reads as a finite number, true or false; else text.
Json scalar_of(const Node& node) {
  if (node.kind == Node::Kind::null) return nullptr;
  if (node.quoted) return node.text;
  auto value = Json::parse(node.text, nullptr, false);
  const bool number = value.is_number() && std::isfinite(value.get<double>());
  return number || value.is_boolean() ? value : Json(node.text);
}

/// Puts the study's facts where nothing was computed; what was computed stays, whatever it is.
void merge(Json& into, const Node& facts, const std::string& path, const inventory::Document& document,
           Findings& findings) {
  const auto refuse = [&](const std::string& made) {
    findings.push_back(document.finding(
        "E032", facts, fmt::format("'{}' is computed: {}", path, made.size() > 80 ? made.substr(0, 80) + " ..." : made),
        "leave it out; what is computed follows from the study"));
  };
  if (facts.kind == Node::Kind::mapping) {
    if (into.is_null()) into = Json::object();
    if (!into.is_object()) return refuse(into.dump());
    for (const auto& [key, value] : facts.entries)
      merge(into[key.text], value, path.empty() ? key.text : path + "." + key.text, document, findings);
    return;
  }
  if (facts.kind == Node::Kind::sequence) {
    const bool made = into.is_array() && !into.empty();
    if (into.is_null()) into = Json::array();
    if (!into.is_array() || (made && facts.items.size() > into.size())) return refuse(into.dump());
    for (std::size_t i = 0; i < facts.items.size(); ++i) {
      if (into.size() <= i) into.push_back(nullptr);
      merge(into[i], facts.items[i], fmt::format("{}.{}", path, i), document, findings);
    }
    return;
  }
  Json fact = scalar_of(facts);
  if (into.is_null())
    into = std::move(fact);
  else if (into != fact)
    refuse(into.dump());
}

/// The value at "task.dataset.0.dataType"; null where there is none.
const Json* find(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (!path.empty()) {
    const std::string key(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(path.size(), key.size() + 1));
    if (at->is_array()) {
      const auto index = static_cast<std::size_t>(std::atoi(key.c_str()));
      if (index >= at->size()) return nullptr;
      at = &(*at)[index];
    } else if (at->is_object() && at->contains(key)) {
      at = &(*at)[key];
    } else {
      return nullptr;
    }
  }
  return at->is_null() || (at->is_string() && at->get<std::string>().empty()) ? nullptr : at;
}

/// The document without places that hold nothing.
void drop_nulls(Json& json) {
  if (json.is_object()) {
    for (auto item = json.begin(); item != json.end();) {
      drop_nulls(item.value());
      item = item->is_null() ? json.erase(item) : std::next(item);
    }
  } else if (json.is_array()) {
    for (auto& item : json) drop_nulls(item);
  }
}

}  // namespace

Result<Json> fill(const Target& target, const Disclosure& d, bool draft) {
  Json json = target.make(d, draft);
  Findings findings;
  const auto& study = d.study();
  if (const auto facts = study.disclosure.find(std::string(target.id)); facts != study.disclosure.end())
    merge(json, facts->second, "", study.document, findings);
  std::vector<std::string> missing;
  for (const auto& field : target.asked)
    if (field.mandatory && find(json, field.path) == nullptr)
      missing.push_back(fmt::format("{} ({})", field.path, field.meaning));
  if (!missing.empty())
    findings.push_back(
        {"R17",
         fmt::format("{} demands what the study does not say: {}", target.id, fmt::join(missing, "; ")),
         fmt::format("state it in the study: 'disclosure: {{{}: ...}}', named as the target names it (docs/targets.md)",
                     target.id),
         {study.file, 0, 0, 1},
         ""});
  if (!findings.empty()) return tl::unexpected(std::move(findings));
  if (!target.says_null) drop_nulls(json);
  return json;
}

std::vector<std::string> gaps(const Target& target, const Disclosure& d) {
  std::vector<std::string> missing;
  const auto json = fill(target, d, false);
  if (!json) return missing;
  for (const auto& field : target.asked)
    if (find(*json, field.path) == nullptr) missing.push_back(fmt::format("{} ({})", field.path, field.meaning));
  return missing;
}

std::vector<ActivityRow> by_activity(const Assessment& a) {
  const auto climate = *find_method(a, inventory::methods::climate);
  std::vector<ActivityRow> rows;
  const auto row = [&](const std::string& activity) -> ActivityRow& {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.activity == activity; });
    if (found != rows.end()) return *found;
    rows.push_back({activity});
    return rows.back();
  };
  for (const auto& group : a.solution().group(selections::energy(), {"activity", "level"})) {
    auto& of = row(group.values[0]);
    if (group.values[1] == "it") of.it_kwh += group.amount;
    of.facility_kwh += group.amount;
  }
  for (const auto& group : a.solution().group(selections::use(), {"activity"}))
    row(group.values[0]).operational_kg += group.impacts[climate];
  for (const auto& group : a.solution().group(selections::embodied(), {"activity"}))
    row(group.values[0]).embodied_kg += group.impacts[climate];
  std::erase_if(rows, [](const auto& one) { return one.activity.empty(); });
  return rows;
}

std::optional<WholeTraining> whole_training(const Disclosure& d) {
  const auto& study = d.study();
  const auto of = study.functional_unit ? study.functional_unit->of : std::string();
  const auto name = of.substr(of.find('/') + 1);
  std::string model = of.starts_with("models/") ? name : "";
  if (of.starts_with("services/")) {
    const auto service = study.services.find(name);
    if (service == study.services.end() || !study.models.contains(service->second.model)) return std::nullopt;
    model = service->second.model;
  }
  WholeTraining training{d.assessment, {}, {}};
  if (!model.empty()) {
    auto alone = d.assessment->training_of(model);
    if (!alone) return std::nullopt;
    training.assessment = std::make_shared<const Assessment>(std::move(*alone));
    training.of = model;
    for (const auto& [run, place] : study.models.at(model).trained_by)
      if (const auto* one = study.run(run)) training.runs.push_back(one);
    return training;
  }
  if (of.starts_with("runs/") && study.functional_unit->amount && study.functional_unit->amount->value != 1.0)
    return std::nullopt;
  for (const auto& run : study.runs)
    if (!of.starts_with("runs/") || run.name == name) training.runs.push_back(&run);
  return training;
}

Json period_of(const Disclosure& d) {
  if (!d.study().period.empty()) return d.study().period;
  std::string first, last;
  for (const auto& run : d.study().runs) {
    const auto start = run.start.substr(0, 10), end = run.end.substr(0, 10);
    if (!start.empty() && (first.empty() || start < first)) first = start;
    last = std::max(last, end);
  }
  return first.empty() || last.empty() ? Json(nullptr) : Json(first + " to " + last);
}

std::string in_words(Status status) {
  std::string words(name_of(status));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string uuid_of(const Disclosure& d) {
  std::string hex = result_sha256(d).substr(0, 32);
  hex[12] = '8';  // RFC 9562: version 8, whose bits are the application's own
  hex[16] = "89ab"[static_cast<std::size_t>(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20, 12));
}

std::optional<double> devices_at_work(const inventory::Study& study, const std::string& hardware) {
  std::optional<double> most;
  const auto look = [&](const inventory::Run& run) {
    if (run.hardware == hardware && run.devices) most = std::max(most.value_or(0.0), run.devices->value);
  };
  for (const auto& run : study.runs) look(run);
  for (const auto& [name, service] : study.services) look(service.run);
  return most;
}

std::string method_in_words(const Disclosure& d) {
  std::vector<std::string> sites;
  for (const auto& [name, site] : d.study().sites) {
    const auto pue = d.parameters().find(lca::ParameterKey{{"sites", name}, "pue"}.text());
    sites.push_back(fmt::format("{} PUE {}", name, pue ? fmt::format("{}", d.parameters()[*pue].value) : "not used"));
  }
  const double measured = d.figure("energy.facility").measured_share();
  return fmt::format(
      "Boundary of energy: {}; {} of it measured, the rest estimated. This figure excludes: {}. {}, result sha256 {}.",
      sites.empty() ? "as stated" : fmt::format("facility ({})", fmt::join(sites, ", ")),
      fmt::format("{:.0f} %", measured * 100), d.headline_excludes, d.tool, result_sha256(d));
}

}  // namespace cradle::reporting
