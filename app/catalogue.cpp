// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/catalogue/catalogue.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::app {
namespace {

using inventory::Catalogue;
using inventory::CatalogueRow;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void print_rows(const std::vector<CatalogueRow>& rows, const std::string& format) {
  if (format == "json") {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const auto& row : rows)
      json.push_back({{"id", row.id},
                      {"kind", row.kind},
                      {"name", row.name},
                      {"value", row.value},
                      {"source", row.source},
                      {"verified", row.verified}});
    std::cout << json.dump(2) << '\n';
    return;
  }
  Table table{{"id", "kind", "name", "value", "verified"}, {}, {false, false, false, true, false}};
  for (const auto& row : rows)
    table.rows.push_back({row.id, row.kind, row.name, row.value, row.verified ? "yes" : "no"});
  print_table(std::cout, table);
}

void show(const inventory::Product& product) {
  std::cout << styled(std::cout, Style::bold, product.name)
            << fmt::format("  ({}, {}, {})\n", product.kind, product.vendor, product.year);
  Table parameters{
      {"parameter", "value", "unit", "95 %", "basis", "source"}, {}, {false, true, false, false, false, false}};
  for (const auto& [name, p] : product.parameters)
    parameters.rows.push_back({p.label.empty() ? name : p.label, fmt::format("{}", p.value),
                               p.unit == "1" ? "" : p.unit,
                               p.range == lca::RangeKind::none ? "" : fmt::format("{} to {}", p.low, p.high),
                               std::string(lca::name_of(p.basis)), p.source});
  print_table(std::cout, parameters);
  if (!product.has_model()) std::cout << "\nno embodied model in this catalogue\n";
  for (const auto& [name, formula] : product.let) std::cout << fmt::format("\n{} = {}", name, formula);
  if (!product.let.empty()) std::cout << '\n';
  for (const auto& process : product.processes) {
    std::cout << '\n'
              << styled(std::cout, Style::bold, process.name)
              << fmt::format("  [{}: {}]\n", process.stage, process.component);
    for (const auto& [input, amount] : process.inputs) std::cout << fmt::format("  takes {} of {}\n", amount, input);
    if (!process.emits.empty()) std::cout << fmt::format("  emits {} kg CO2e\n", process.emits);
    if (!process.rule.empty()) std::cout << "  " << process.rule << '\n';
  }
}

}  // namespace

void add_catalogue(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("catalogue", "devices, nodes, grids, factors and methods, with their sources");
  command->footer(
      "Example:\n  cradle catalogue search a100\n  cradle catalogue show nvidia-a100-80gb-sxm4\n  cradle catalogue "
      "search grid/FRA --format json");
  struct Options {
    std::string folder, format = "text", word, id;
  };
  auto options = std::make_shared<Options>();
  command->add_option("--catalogue", options->folder, "a folder of your own devices and nodes (YAML)")
      ->type_name("DIR");
  command->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  auto* search = command->add_subcommand("search", "rows whose id, kind or name contains a word");
  search->add_option("word", options->word, "what to look for")->required()->type_name("WORD");
  auto* show_command = command->add_subcommand("show", "one device or node with its processes and sources");
  show_command->add_option("id", options->id, "its id")->required()->type_name("ID");
  for (auto* inner : {search, show_command}) inner->fallthrough();  // so that --format may stand after it
  command->require_subcommand(0, 1);
  command->callback([options, show_command, &exit_code] {
    const auto catalogue = Catalogue::load(options->folder);
    if (!catalogue) {
      print_findings(std::cerr, catalogue.error());
      exit_code = refused;
      return;
    }
    auto rows = catalogue->rows();
    if (*show_command) {
      std::erase_if(rows, [&](const CatalogueRow& row) { return row.id != options->id; });
      const auto* product = catalogue->find(options->id);
      if (product != nullptr && options->format == "text") return show(*product);
      if (!rows.empty()) return print_rows(rows, options->format);
      std::vector<std::string> ids;
      for (const auto& row : catalogue->rows()) ids.push_back(row.id);
      std::cerr << fmt::format("cradle: nothing in the catalogue has the id '{}'\n", options->id);
      if (const auto hint = inventory::did_you_mean(options->id, ids); !hint.empty())
        std::cerr << "hint: " << hint << '\n';
      exit_code = refused;
      return;
    }
    const std::string word = lower(options->word);
    std::erase_if(rows, [&](const CatalogueRow& row) {
      return lower(row.id + " " + row.kind + " " + row.name).find(word) == std::string::npos;
    });
    print_rows(rows, options->format);
  });
}

}  // namespace cradle::app
