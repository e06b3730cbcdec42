// SPDX-License-Identifier: Apache-2.0
#include "reporting/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "reporting/rounding.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;
constexpr double smallest_share = 0.01;
constexpr std::size_t most_sources = 16;

/// The total that the stages add up to: its value, or the middle of a scenario range.
double total_of(const Disclosure& d) {
  double kg = 0.0;
  for (const auto& stage : d.stages) kg += stage.impacts[d.climate()];
  return kg;
}

bool has_interval(const Figure& figure) {
  return figure.interval != "none" && figure.interval != "scenario" && !figure.is_partial();
}

std::string source_name(const std::string& component, const std::string& level, const std::string& process) {
  if (level.empty()) return component.empty() ? process : component;
  if (!component.empty()) return "electricity, " + component;
  return level == "facility" ? "electricity, facility" : "electricity, IT";
}

}  // namespace

std::vector<SankeyLink> sankey_links(const Disclosure& d) {
  std::map<std::pair<std::string, std::string>, SankeyLink> sums;
  std::vector<std::pair<std::string, std::string>> order;
  for (const auto& group :
       d.solution().group({}, {"component", "level", "process", "life_cycle", "activity", "account"})) {
    const auto& v = group.values;
    const double kg = group.impacts[d.climate()];
    if (kg <= 0.0) continue;
    const bool embodied = lca::selects(selections::embodied(), lca::Tags{{"life_cycle", v[3]}});
    const std::pair key(source_name(v[0], v[1], v[2]), stage_name(v[3], v[4], v[5]));
    const auto [link, fresh] = sums.try_emplace(key, SankeyLink{key.first, key.second, 0.0, embodied});
    if (fresh) order.push_back(key);
    link->second.kg += kg;
  }
  std::vector<SankeyLink> links;
  for (const auto& key : order) links.push_back(sums.at(key));
  std::stable_sort(links.begin(), links.end(), [](const SankeyLink& a, const SankeyLink& b) { return a.kg > b.kg; });

  double total = 0.0;
  for (const auto& link : links) total += link.kg;
  std::vector<SankeyLink> shown;
  std::map<std::string, std::pair<SankeyLink, int>> folded;
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (links[i].kg >= smallest_share * total && i < most_sources) {
      shown.push_back(links[i]);
      continue;
    }
    auto& [other, count] =
        folded.try_emplace(links[i].target, SankeyLink{"", links[i].target, 0.0, links[i].embodied}, 0).first->second;
    other.kg += links[i].kg;
    ++count;
    if (count == 1) other.source = links[i].source;
  }
  for (auto& [target, other] : folded) {
    if (other.second > 1) other.first.source = fmt::format("other, {} ({})", target, other.second);
    shown.push_back(other.first);
  }
  const std::string unit = d.compiled().functional_unit;
  for (const auto& stage : d.stages) {
    double kg = 0.0;
    for (const auto& link : shown)
      if (!link.last && link.target == stage.stage) kg += link.kg;
    if (kg > 0.0) shown.push_back({stage.stage, unit, kg, stage.embodied, true});
  }
  return shown;
}

Picture stage_picture(const Disclosure& d) {
  const double total = total_of(d);
  const auto unit = display_unit("kg CO2e", total);
  Json rows = Json::array();
  const StageRow* largest = nullptr;
  double operational = 0.0, embodied = 0.0;
  for (const auto& stage : d.stages) {
    const double kg = stage.impacts[d.climate()];
    if (largest == nullptr || kg > largest->impacts[d.climate()]) largest = &stage;
    (stage.embodied ? embodied : operational) += kg;
    rows.push_back(
        {{"name", stage.stage},
         {"operational", stage.embodied ? 0.0 : kg / unit.size},
         {"embodied", stage.embodied ? kg / unit.size : 0.0},
         {"label", fmt::format("{} ({})", significant(kg / unit.size, 3), percent(total != 0 ? kg / total : 0))}});
  }
  const auto& figure = d.figure("ghg.total");
  rows.push_back({{"name", "total"},
                  {"operational", operational / unit.size},
                  {"embodied", embodied / unit.size},
                  {"label", print(figure, unit).value}});
  Json data{{"unit", unit.name}, {"rows", rows}, {"total", nullptr}};
  if (has_interval(figure)) data["total"] = {{"low", *figure.low / unit.size}, {"high", *figure.high / unit.size}};
  Picture picture{"stages", data.dump(), "",
                  fmt::format("{}, gross, location-based, by life-cycle stage{}", unit.name,
                              has_interval(figure)             ? "; whisker: 95 % interval of the total"
                              : figure.status == Status::range ? "; at the middle of a scenario range"
                                                               : ""),
                  ""};
  picture.title = largest == nullptr
                      ? "No emissions"
                      : fmt::format("{} of the footprint is {}",
                                    percent(total != 0 ? largest->impacts[d.climate()] / total : 0), largest->stage);
  picture.description =
      "Horizontal bars, one per life-cycle stage, in operational and embodied parts; the values stand in the table "
      "below.";
  return picture;
}

Picture sankey_picture(const Disclosure& d) {
  const auto links = sankey_links(d);
  const auto unit = display_unit("kg CO2e", total_of(d));
  Json nodes = Json::array(), edges = Json::array();
  // Nodes are known by column and name: a source may well be called like a stage or like the functional unit.
  std::map<std::string, bool> known;
  const auto add_node = [&](const std::string& name, const std::string& kind, int depth) {
    const std::string id = fmt::format("{}|{}", depth, name);
    if (known.emplace(id, true).second)
      nodes.push_back({{"id", id}, {"label", name}, {"kind", kind}, {"depth", depth}});
    return id;
  };
  for (const auto& link : links) {
    const char* kind = link.embodied ? "embodied" : "operational";
    const std::string source = add_node(link.source, kind, link.last ? 1 : 0),
                      target = add_node(link.target, link.last ? "other" : kind, link.last ? 2 : 1);
    edges.push_back({{"source", source}, {"target", target}, {"value", link.kg / unit.size}});
  }
  Json data{{"unit", unit.name}, {"nodes", nodes}, {"links", edges}};
  Picture picture{"sankey", data.dump(), "",
                  unit.name + ", from components and electricity through stages to the functional unit", ""};
  picture.title = links.empty() ? "No emissions" : fmt::format("The largest single source is {}", links.front().source);
  picture.description = "A flow diagram; its edges stand in the table below.";
  return picture;
}

Picture interval_picture(const Disclosure& d) {
  const auto unit = display_unit("kg CO2e", d.figure("ghg.total").high.value_or(total_of(d)));
  Json rows = Json::array();
  double smallest = 0.0, largest = 0.0;
  bool any = false;
  for (const char* id : {"ghg.total", "ghg.operational", "ghg.embodied", "ghg.transport", "ghg.end_of_life"}) {
    const auto& figure = d.figure(id);
    if (figure.status != Status::estimated) continue;
    const auto printed = print(figure, unit);
    const bool ranged = has_interval(figure) && figure.low && figure.high;
    any = any || ranged;
    rows.push_back({{"name", id == std::string("ghg.total")
                                 ? "total"
                                 : figure.label.substr(figure.label.find_last_of(',') == std::string::npos
                                                           ? 0
                                                           : figure.label.find_last_of(',') + 2)},
                    {"value", *figure.value / unit.size},
                    {"low", ranged ? Json(*figure.low / unit.size) : Json(nullptr)},
                    {"high", ranged ? Json(*figure.high / unit.size) : Json(nullptr)},
                    {"label", printed.value + (ranged ? " (" + printed.range + ")" : ", no interval")}});
    const double low = ranged ? *figure.low : *figure.value;
    smallest = smallest == 0.0 ? low : std::min(smallest, low);
    largest = std::max(largest, ranged ? *figure.high : *figure.value);
  }
  if (!any) return {};
  const bool logarithmic = smallest > 0 && largest / smallest > 20;
  Json data{{"unit", unit.name}, {"log", logarithmic}, {"rows", rows}};
  return {"intervals", data.dump(), "How far the inputs' ranges move each figure",
          fmt::format("{}, 95 % {} intervals from the inputs' ranges{}; method and boundary choices are not inside",
                      unit.name, d.assessment->draws().draws > 0 ? "Monte Carlo" : "first-order",
                      logarithmic ? ", logarithmic axis" : ""),
          "Dots with whiskers; the values stand in the table below."};
}

}  // namespace cradle::reporting
