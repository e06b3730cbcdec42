// SPDX-License-Identifier: Apache-2.0
#include "reporting/systems/analysis_json.hpp"

#include <nlohmann/json.hpp>

#include "reporting/findings_json.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

Json named(int index, const std::string& name) { return {{"index", index}, {"name", name}}; }

Json links_json(const lca::MatrixSystem& system, const std::vector<lca::Link>& links) {
  Json json = Json::array();
  for (const auto& link : links) {
    Json one = {{"supplier", named(link.supplier, system.process_name(link.supplier))}};
    one["consumer"] = link.consumer < 0 ? Json("demand") : named(link.consumer, system.process_name(link.consumer));
    one["amount"] = link.amount;
    one["share"] = link.share;
    one["impact"] = link.impact;
    json.push_back(std::move(one));
  }
  return json;
}

Json tree_json(const lca::MatrixSystem& system, const lca::UpstreamTree& tree) {
  Json nodes = Json::array();
  for (const auto& node : tree.nodes)
    nodes.push_back({{"parent", node.parent},
                     {"process", named(node.process, system.process_name(node.process))},
                     {"product", named(node.product, system.product_name(node.product))},
                     {"amount", node.amount},
                     {"supply", node.supply},
                     {"cumulative", node.cumulative},
                     {"direct", node.direct},
                     {"depth", node.depth},
                     {"expanded", node.expanded}});
  return {{"total", tree.total},
          {"sizes", tree.sizes},
          {"covered", tree.covered},
          {"remainder", tree.remainder()},
          {"coverage", tree.coverage()},
          {"nodes", nodes}};
}

}  // namespace

std::string write_contributions_json(const lca::MatrixSystem& system, const std::vector<ScoreContributions>& all,
                                     const Findings& findings) {
  Json json = {{"schema", "cradle/lca-contributions/1"}, {"scores", Json::array()}};
  for (const auto& one : all) {
    Json table = Json::array();
    for (const auto& c : one.table)
      table.push_back({{"process", named(c.process, system.process_name(c.process))},
                       {"flow", named(c.flow, system.flow_name(c.flow))},
                       {"amount", c.amount},
                       {"impact", c.impact}});
    Json uncharacterised = Json::array();
    for (const auto& flow : one.uncharacterised)
      uncharacterised.push_back({{"flow", named(flow.flow, system.flow_name(flow.flow))},
                                 {"amount", flow.amount},
                                 {"share_of_unit", flow.share ? Json(*flow.share) : Json(nullptr)}});
    json["scores"].push_back({{"demand", one.demand},
                              {"method", named(one.method, system.method_name(one.method))},
                              {"score", one.score},
                              {"uncharacterised_flows", one.uncharacterised.size()},
                              {"uncharacterised", uncharacterised},
                              {"contributions", table},
                              {"tree", tree_json(system, one.tree)},
                              {"links", links_json(system, one.links)}});
  }
  json["findings"] = findings_json(findings);
  return json.dump(1) + "\n";
}

std::string write_sensitivities_json(const lca::MatrixSystem& system, const std::vector<ScoreSensitivities>& all,
                                     const Findings& findings) {
  Json json = {{"schema", "cradle/lca-sensitivity/1"}, {"scores", Json::array()}};
  for (const auto& one : all) {
    Json exchanges = Json::array(), sobol = Json::array();
    for (const auto& s : one.exchanges) {
      Json entry = {{"matrix", std::string(1, static_cast<char>(s.matrix))},
                    {"row", s.row},
                    {"column", s.column},
                    {"name", system.entry_name(s.matrix, s.row, s.column)},
                    {"value", s.value},
                    {"derivative", s.derivative},
                    {"elasticity", s.elasticity}};
      if (s.uncertain) {
        entry["effect_of_low"] = s.low;
        entry["effect_of_high"] = s.high;
        entry["variance"] = s.variance;
        entry["share_of_variance"] = s.share_of_variance;
      }
      exchanges.push_back(std::move(entry));
    }
    for (std::size_t i = 0; i < one.sobol.size(); ++i) {
      const auto& entry = system.uncertainties[one.sobol_entries[i]];
      const auto& index = one.sobol[i];
      sobol.push_back({{"matrix", std::string(1, static_cast<char>(entry.matrix))},
                       {"row", entry.row},
                       {"column", entry.column},
                       {"name", system.entry_name(entry.matrix, entry.row, entry.column)},
                       {"first", index.first},
                       {"first_low", index.first_low},
                       {"first_high", index.first_high},
                       {"total", index.total},
                       {"total_low", index.total_low},
                       {"total_high", index.total_high}});
    }
    json["scores"].push_back({{"demand", one.demand},
                              {"method", named(one.method, system.method_name(one.method))},
                              {"score", one.score},
                              {"exchanges", exchanges},
                              {"sobol", sobol}});
  }
  json["findings"] = findings_json(findings);
  return json.dump(1) + "\n";
}

std::string write_dated_json(const lca::MatrixSystem& system, const std::vector<DatedScore>& all,
                             const Findings& findings) {
  Json json = {{"schema", "cradle/lca-time/1"}, {"demands", Json::array()}};
  for (const auto& one : all) {
    Json years = Json::array();
    for (std::size_t y = 0; y < one.inventory.by_year.size(); ++y)
      years.push_back(
          {{"year", one.inventory.first_year + static_cast<int>(y)}, {"inventory", one.inventory.by_year[y]}});
    Json unknown = Json::array();
    for (const int flow : one.unknown_flows) unknown.push_back(named(flow, system.flow_name(flow)));
    json["demands"].push_back({{"id", one.demand},
                               {"metric", one.metric},
                               {"horizon", one.horizon},
                               {"moving", one.moving},
                               {"static", one.static_impact},
                               {"dynamic", one.dynamic_impact},
                               {"years", years},
                               {"not_a_known_gas", unknown}});
  }
  json["findings"] = findings_json(findings);
  return json.dump(1) + "\n";
}

}  // namespace cradle::reporting
