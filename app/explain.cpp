// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
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
using Kind = reporting::ExplanationKind;
using Json = nlohmann::ordered_json;

constexpr std::size_t overview_depth = 2;

std::string with_share(const Explanation& node, double whole) {
  const auto unit = reporting::display_unit(node.unit, node.value);
  std::string text =
      fmt::format("{} {}", reporting::significant(node.value / unit.size, reporting::digits_of(node.unit)), unit.name);
  if (whole != 0.0 && whole != node.value) text += fmt::format(" ({})", reporting::percent(node.value / whole));
  return text;
}

/// A line of the tree; what does not fit the terminal goes on below it, between words.
void print_line(const std::string& indent, const std::string& branch, const std::string& under,
                const std::string& value, const std::string& text) {
  const std::size_t width = terminal_width();
  const std::string lead = value.empty() ? "" : value + "  ";
  const std::size_t taken = display_width(indent + branch + lead);
  const auto lines = wrapped(text, width > taken + 20 ? width - taken : 20);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::cout << indent << (i == 0 ? branch : under);
    if (!lead.empty()) std::cout << (i == 0 ? styled(std::cout, Style::bold, lead) : std::string(display_width(lead), ' '));
    std::cout << lines[i] << '\n';
  }
}

bool has_value(const Explanation& node) { return node.kind != Kind::use && node.kind != Kind::quantity; }

void print_children(const Explanation& node, double whole, const std::string& indent, std::size_t depth,
                    std::size_t most) {
  if (depth > most) return;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Explanation& child = node.children[i];
    const bool last = i + 1 == node.children.size();
    print_line(indent, last ? "└─ " : "├─ ", last ? "   " : "│  ", has_value(child) ? with_share(child, whole) : "",
               child.text);
    print_children(child, whole, indent + (last ? "   " : "│  "), depth + 1, most);
  }
}

/// First where most of it comes from, then how each of these comes about.
void print_tree(const Explanation& tree, std::size_t depth) {
  print_children(tree, tree.value, "", 1, std::min(depth, overview_depth));
  if (depth <= overview_depth) return;
  for (const auto& stage : tree.children)
    for (const auto& entry : stage.children) {
      if (entry.children.empty()) continue;
      std::cout << '\n';
      print_line("", "", "", with_share(entry, tree.value), entry.text);
      print_children(entry, tree.value, "", overview_depth + 1, depth);
    }
}

std::string name_of(Kind kind) {
  constexpr const char* names[] = {"figure", "stage", "entry", "use", "quantity", "folded"};
  return names[static_cast<std::size_t>(kind)];
}

Json to_json(const Explanation& node) {
  Json json{{"kind", name_of(node.kind)}, {"text", node.text}};
  if (!node.unit.empty()) {
    json["value"] = node.value;
    json["unit"] = node.unit;
  }
  if (!node.name.empty()) json["name"] = node.name;
  if (node.repeated) json["repeated"] = true;
  json["children"] = Json::array();
  for (const auto& child : node.children) json["children"].push_back(to_json(child));
  return json;
}

Json to_json(const lca::Parameters& parameters, const lca::Parameter& p) {
  Json row{{"name", p.name},   {"label", p.label},
           {"value", p.value}, {"unit", p.unit},
           {"low", p.low},     {"high", p.high},
           {"basis", lca::name_of(parameters.basis_of(*parameters.find(p.name)))},
           {"source", p.source},
           {"verified", p.verified}};
  if (p.calculated()) {
    row["formula"] = p.formula->text([&](lca::ParameterIndex i) { return parameters[i].name; });
    row["rule"] = p.rule;
  }
  return row;
}

/// Inputs first, then what is calculated from them.
void list_parameters(const lca::Parameters& parameters, const std::string& format) {
  Json rows = Json::array();
  for (const bool calculated : {false, true})
    for (lca::ParameterIndex i = 0; i < parameters.size(); ++i) {
      if (parameters[i].calculated() != calculated) continue;
      if (format == "json")
        rows.push_back(to_json(parameters, parameters[i]));
      else
        std::cout << styled(std::cout, Style::bold, parameters[i].name) << "  " << reporting::describe(parameters, i)
                  << '\n';
    }
  if (format == "json") std::cout << rows.dump(2) << '\n';
}

/// Every figure's question and what it is called.
void list_figures(const std::string& format) {
  Json rows = Json::array();
  Table table{{"figure", "meaning", "unit", "method", "sum over"}, {}, {}};
  for (const auto& definition : reporting::figure_definitions()) {
    const std::string method = definition.method.empty() ? "amounts" : definition.method,
                      where = lca::in_words(definition.where);
    table.rows.push_back({definition.id, definition.label, definition.unit, method, where});
    rows.push_back({{"id", definition.id},
                    {"label", definition.label},
                    {"unit", definition.unit},
                    {"method", definition.method},
                    {"where", where},
                    {"per_unit", definition.per_unit}});
  }
  if (format == "json")
    std::cout << rows.dump(2) << '\n';
  else
    print_table(std::cout, table);
}

void explain_absence(const reporting::Figure& figure, const std::string& format) {
  if (format == "json")
    std::cout << Json{{"text", figure.label},
                      {"status", reporting::name_of(figure.status)},
                      {"reason", figure.reason},
                      {"children", Json::array()}}
                     .dump(2)
              << '\n';
  else
    std::cout << figure.label << ": " << reporting::print(figure).text() << " (" << figure.reason << ")\n";
}

}  // namespace

void add_explain(Command app, int& exit_code) {
  auto command = app.add_subcommand("explain", "show a figure as a tree down to inputs, rules and sources");
  command->footer(
      "Example:\n  cradle explain examples/bloom-176b/study.yaml ghg.embodied\n  cradle explain "
      "examples/bloom-176b/study.yaml ghg.total --depth 2\n  cradle explain examples/bloom-176b/study.yaml parameters");
  auto options = std::make_shared<CommonOptions>();
  auto figure = std::make_shared<std::string>("ghg.total");
  auto how = std::make_shared<reporting::ExplanationOptions>();
  add_common(command, *options);
  command->add_option("figure", *figure, "a figure id such as ghg.total, or 'figures' or 'parameters'")
      ->type_name("FIGURE");
  command->add_option("--depth", how->depth, "levels: 1 stages, 2 entries, 3 and more what they are made of (all)")
      ->type_name("N");
  command->add_flag("--all", how->all, "no small branches folded together");
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  command->callback([options, figure, how, &exit_code] {
    if (*figure == "figures") return list_figures(options->format);
    const auto assessed = assess_study(*options, exit_code, reporting::Bracket::none);
    if (!assessed) return;
    const auto& d = *assessed;
    if (*figure == "parameters") return list_parameters(d.parameters(), options->format);
    const auto* definition = reporting::find_definition(*figure);
    if (definition == nullptr) {
      const auto hint = inventory::did_you_mean(*figure, reporting::figure_ids());
      std::cerr << fmt::format(
          "cradle: unknown figure '{}'\nhint: {}\n", *figure,
          hint.empty() ? fmt::format("one of {}", fmt::join(reporting::figure_ids(), ", ")) : hint);
      exit_code = wrong_use;
      return;
    }
    const auto& stated = d.figure(*figure);
    using reporting::Status;
    if (stated.status != Status::estimated && stated.status != Status::zero && stated.status != Status::range)
      return explain_absence(stated, options->format);
    const Explanation tree = reporting::explain(d, *definition, *how);
    if (options->format == "json") {
      std::cout << to_json(tree).dump(2) << '\n';
      return;
    }
    std::cout << styled(std::cout, Style::bold, tree.text + "  " + reporting::print(stated).text()) << '\n';
    print_tree(tree, how->depth);
  });
}

}  // namespace cradle::app
