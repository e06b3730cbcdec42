// SPDX-License-Identifier: Apache-2.0
// `cradle lca contributions`: where a score comes from.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <set>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "app/terminal.hpp"
#include "reporting/systems/analysis_json.hpp"

namespace cradle::app {
namespace {

std::string number(double x) { return fmt::format("{:.4g}", x); }
std::string percent(double part, double whole) { return whole == 0.0 ? "" : fmt::format("{:.1f} %", 100 * part / whole); }

/// Whether contributions cancel, so that shares of the score say little and those of all sizes stand beside them.
bool cancels(const lca::UpstreamTree& tree) { return std::abs(tree.total) < 0.999 * tree.sizes; }

/// Takes the column at `at` out of a table.
void drop_column(Table& table, std::size_t at) {
  const auto drop = [&](auto& cells) { cells.erase(cells.begin() + static_cast<std::ptrdiff_t>(at)); };
  drop(table.header);
  drop(table.right);
  for (auto& row : table.rows) drop(row);
}

/// The nodes below `parent`, most important first, indented by depth; no recursion, since a chain may be long.
void print_tree(const lca::MatrixSystem& system, const lca::UpstreamTree& tree, int top) {
  std::vector<std::vector<int>> children(tree.nodes.size());
  std::vector<int> roots;
  for (int i = 0; i < static_cast<int>(tree.nodes.size()); ++i) {
    const int parent = tree.nodes[static_cast<std::size_t>(i)].parent;
    (parent < 0 ? roots : children[static_cast<std::size_t>(parent)]).push_back(i);
  }
  const auto by_importance = [&](int a, int b) {
    return std::abs(tree.nodes[static_cast<std::size_t>(a)].cumulative) <
           std::abs(tree.nodes[static_cast<std::size_t>(b)].cumulative);
  };
  Table table{{"upstream", "supply", "cumulative", "of the score", "of all sizes", "direct"},
              {},
              {false, true, true, true, true, true}};
  std::vector<int> stack = roots;
  std::stable_sort(stack.begin(), stack.end(), by_importance);
  while (!stack.empty() && static_cast<int>(table.rows.size()) < top) {
    const auto& node = tree.nodes[static_cast<std::size_t>(stack.back())];
    auto below = children[static_cast<std::size_t>(stack.back())];
    stack.pop_back();
    table.rows.push_back(
        {std::string(2 * static_cast<std::size_t>(std::min(node.depth, 20)), ' ') + system.process_name(node.process),
         number(node.supply), number(node.cumulative), percent(node.cumulative, tree.total), percent(node.cumulative, tree.sizes),
         number(node.direct)});
    std::stable_sort(below.begin(), below.end(), by_importance);
    stack.insert(stack.end(), below.begin(), below.end());
  }
  if (!cancels(tree)) drop_column(table, 4);
  print_table(std::cout, table);
  std::cout << fmt::format("{} nodes cover {} of the score; {} lies below the cut-off\n", tree.nodes.size(),
                           tree.total == 0.0 ? number(tree.covered) : percent(tree.covered, tree.total),
                           number(tree.remainder()));
}

/// What the method leaves out, so that a small score is not taken for a small inventory.
void print_uncharacterised(const lca::MatrixSystem& system, const std::vector<lca::UncharacterisedFlow>& flows,
                           int top) {
  if (flows.empty()) return;
  std::cout << fmt::format("\n{} elementary flow{} of the inventory ha{} no factor in this method\n", flows.size(),
                           flows.size() == 1 ? "" : "s", flows.size() == 1 ? "s" : "ve");
  Table table{{"flow without a factor", "amount", "share of its unit"}, {}, {false, true, true}};
  for (const auto& flow : flows) {
    if (static_cast<int>(table.rows.size()) >= top) break;
    table.rows.push_back(
        {system.flow_name(flow.flow), number(flow.amount), flow.share ? percent(*flow.share, 1.0) : "unit not given"});
  }
  print_table(std::cout, table);
}

void print(const lca::MatrixSystem& system, const reporting::ScoreContributions& one, int top) {
  std::cout << styled(std::cout, Style::bold,
                      fmt::format("{}, {}: {}", one.demand, system.method_label(one.method), number(one.score)))
            << "\n\n";
  Table table{{"process", "flow", "amount", "impact", "of the score", "of all sizes"},
              {},
              {false, false, true, true, true, true}};
  for (const auto& c : one.table) {
    if (static_cast<int>(table.rows.size()) >= top) break;
    table.rows.push_back({system.process_name(c.process), system.flow_name(c.flow), number(c.amount), number(c.impact),
                          percent(c.impact, one.score), percent(c.impact, one.tree.sizes)});
  }
  if (!cancels(one.tree)) drop_column(table, 5);
  print_table(std::cout, table);
  if (static_cast<int>(one.table.size()) > top)
    std::cout << fmt::format("and {} more\n", static_cast<int>(one.table.size()) - top);
  print_uncharacterised(system, one.uncharacterised, top);
  std::cout << '\n';
  print_tree(system, one.tree, top);
  std::cout << '\n';
}

}  // namespace

int lca_contributions(const LcaOptions& options) {
  int exit_code = done;
  const auto folder = read_folder(options, {inventory::ReadUncertainty::no}, exit_code);
  if (!folder) return exit_code;
  const auto& system = folder->system;
  std::vector<std::string> units;
  for (const auto& flow : folder->flows) units.push_back(flow.unit);
  std::vector<reporting::ScoreContributions> all;
  Findings zero;  // a score of zero has no shares: said, and the others go on
  exit_code = for_each_score(
      system, options,
      [&](lca::MatrixLca& lca, const lca::MatrixDemand& demand, const lca::MatrixResult& result, int m,
          const std::vector<double>& price) -> Result<void> {
        const auto method = static_cast<std::size_t>(m);
        auto table = lca::direct_contributions(system, result, m);
        double sizes = 0.0;
        for (const auto& one : table) sizes += std::abs(one.impact);
        auto tree = lca::upstream_tree(lca, demand, price, lca.direct_impacts()[method],
                                       {.cut_off = options.cut_off, .most_expansions = options.most_expansions, .sizes = sizes});
        if (tree)
          all.push_back({demand.id, m, result.scores[method], std::move(table),
                         std::move(*tree), lca::links(lca, demand, result, price),
                         lca::uncharacterised_flows(system, result, m, units)});
        else
          zero.insert(zero.end(), tree.error().begin(), tree.error().end());
        return {};
      });
  if (exit_code != done) return exit_code;
  if (all.empty()) return fail(zero);
  for (const auto& finding : zero) std::cerr << "cradle: " << finding.message << '\n';
  if (options.format == "json")
    std::cout << reporting::write_contributions_json(system, all, folder->findings);
  else
    for (const auto& one : all) print(system, one, options.top);
  return done;
}

}  // namespace cradle::app
