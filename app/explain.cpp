// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/text/suggestion.hpp"
#include "reporting/explanation.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

using reporting::Explanation;

std::string with_share(const Explanation& node, double whole) {
  const auto unit = reporting::display_unit(node.unit, node.value);
  std::string text =
      fmt::format("{} {}", reporting::significant(node.value / unit.size, reporting::digits_of(node.unit)), unit.name);
  if (whole != 0.0 && whole != node.value) text += fmt::format(" ({})", reporting::percent(node.value / whole));
  return text;
}

void print_children(const Explanation& node, double whole, const std::string& indent, int depth) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Explanation& child = node.children[i];
    const bool last = i + 1 == node.children.size();
    const std::string label =
        depth < 2 ? styled(std::cout, Style::bold, with_share(child, whole)) + "  " + child.text : child.text;
    std::cout << indent << (last ? "└─ " : "├─ ") << label << '\n';
    print_children(child, whole, indent + (last ? "   " : "│  "), depth + 1);
  }
}

nlohmann::ordered_json to_json(const Explanation& node) {
  nlohmann::ordered_json children = nlohmann::ordered_json::array();
  for (const auto& child : node.children) children.push_back(to_json(child));
  nlohmann::ordered_json json{{"text", node.text}};
  if (!node.unit.empty()) {
    json["value"] = node.value;
    json["unit"] = node.unit;
  }
  json["children"] = children;
  return json;
}

void list_parameters(const reporting::Disclosure& d, const std::string& format) {
  if (format == "json") {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& p : d.compiled().system.parameters())
      rows.push_back({{"name", p.name},
                      {"label", p.label},
                      {"value", p.value},
                      {"unit", p.unit},
                      {"low", p.low},
                      {"high", p.high},
                      {"basis", lca::name_of(p.basis)},
                      {"source", p.source},
                      {"verified", p.verified}});
    std::cout << rows.dump(2) << '\n';
    return;
  }
  for (const auto& parameter : d.compiled().system.parameters())
    std::cout << styled(std::cout, Style::bold, parameter.name) << "  " << reporting::describe(parameter) << '\n';
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("explain", "show a figure as a tree down to inputs, rules and sources");
  command->footer(
      "Example:\n  cradle explain examples/bloom-176b/study.yaml ghg.embodied\n  cradle explain "
      "examples/bloom-176b/study.yaml parameters");
  auto options = std::make_shared<CommonOptions>();
  auto figure = std::make_shared<std::string>("ghg.total");
  add_common(*command, *options);
  command->add_option("figure", *figure, "a figure id such as ghg.total, or 'parameters'")->type_name("FIGURE");
  command->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->callback([options, figure, &exit_code] {
    const auto assessed = assess_study(*options, exit_code);
    if (!assessed) return;
    const auto& d = *assessed;
    if (*figure == "parameters") return list_parameters(d, options->format);
    const auto definition = reporting::find_definition(*figure);
    if (!definition) {
      const auto hint = inventory::did_you_mean(*figure, reporting::figure_ids());
      std::cerr << fmt::format(
          "cradle: unknown figure '{}'\nhint: {}\n", *figure,
          hint.empty() ? fmt::format("one of {}", fmt::join(reporting::figure_ids(), ", ")) : hint);
      exit_code = wrong_use;
      return;
    }
    const auto& stated = d.figure(*figure);
    if (stated.status != reporting::Status::estimated && stated.status != reporting::Status::zero &&
        stated.status != reporting::Status::range) {
      if (options->format == "json") {
        std::cout << nlohmann::ordered_json{{"text", stated.label},
                                            {"status", reporting::name_of(stated.status)},
                                            {"reason", stated.reason},
                                            {"children", nlohmann::ordered_json::array()}}
                         .dump(2)
                  << '\n';
        return;
      }
      std::cout << stated.label << ": " << reporting::print(stated).text() << " (" << stated.reason << ")\n";
      return;
    }
    const Explanation tree = reporting::explain(d, *definition);
    if (options->format == "json") {
      std::cout << to_json(tree).dump(2) << '\n';
      return;
    }
    std::cout << styled(std::cout, Style::bold, tree.text + "  " + reporting::print(stated).text()) << '\n';
    print_children(tree, tree.value, "", 0);
  });
}

}  // namespace cradle::app
