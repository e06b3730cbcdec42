// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/catalogue/catalogue.hpp"
#include "inventory/catalogue/grids/grid_file.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/suggestion.hpp"
#include "reporting/hardware/product_view.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

using inventory::Catalogue;
using inventory::CatalogueRow;

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

std::string printed(const reporting::ProductImpact& impact) {
  if (!impact.value) return "not estimated";
  std::string text = reporting::significant(*impact.value, 3) + " " + impact.unit;
  if (impact.interval)
    text += fmt::format(" ({} to {})", reporting::significant(impact.interval->low, 2),
                        reporting::significant(impact.interval->high, 2));
  return text;
}

void print_bracket(const reporting::ProductView& view, const std::string& chosen) {
  Table table{{"profile", "climate change", "abiotic depletion", "primary energy", ""}, {}, {}};
  table.right.assign(5, false);
  for (const auto& profile : view.profiles) {
    table.rows.push_back({profile.profile});
    for (const auto& impact : profile.impacts) table.rows.back().push_back(printed(impact));
    table.rows.back().push_back(profile.profile == chosen ? "<- shown below" : "");
  }
  print_table(std::cout, table);
  for (const auto& profile : view.profiles) {
    std::cout << styled(std::cout, Style::dim, fmt::format("{}: {}\n", profile.profile, profile.title));
    if (!profile.impacts.front().value)
      std::cout << fmt::format("  {} is not estimated: {}\n", profile.profile, profile.impacts.front().reason);
  }
}

void print_tree(const reporting::ProfileView& profile) {
  if (profile.tree.empty()) return;
  Table table{{"process", "stage", "place", "amount", "own kg CO2e", "with its inputs", "share"},
              {},
              {false, false, false, true, true, true, true}};
  const double total = profile.tree.front().total;
  for (const auto& row : profile.tree)
    table.rows.push_back({std::string(2 * row.depth, ' ') + row.name, row.stage, row.place,
                          reporting::significant(row.amount, 3) + " " + row.unit,
                          row.own == 0.0 ? "" : reporting::significant(row.own, 3),
                          reporting::significant(row.total, 3), reporting::percent(total > 0 ? row.total / total : 0)});
  std::cout << '\n';
  print_table(std::cout, table);
  std::cout << '\n';
  for (const auto& share : profile.components)
    std::cout << fmt::format("{:>24}  {:>5}  {}\n", share.component, reporting::percent(share.kg / total),
                             bar(share.kg / total, 40));
}

/// Figures of the product and factors of the profile; sources are numbered, because they are longer than a line.
void print_figures(const inventory::Product& product, const reporting::ProfileView& profile) {
  Table table{{"figure", "value", "95 %", "basis", "verified", "source"}, {}, {false, true, false, false, false, true}};
  std::vector<std::string> sources;
  const std::string suffix = ", " + product.id;
  const auto add = [&](const std::string& name, const lca::Parameter& p) {
    std::string label = p.label.empty() ? name : p.label;
    if (label.ends_with(suffix)) label.resize(label.size() - suffix.size());
    auto found = std::find(sources.begin(), sources.end(), p.source);
    if (found == sources.end()) found = sources.insert(found, p.source);
    table.rows.push_back({label, fmt::format("{:.6g}{}", p.value, p.unit == "1" ? "" : " " + p.unit),
                          p.range == lca::RangeKind::none ? "" : fmt::format("{:.4g} to {:.4g}", p.low, p.high),
                          std::string(lca::name_of(p.basis)), p.verified ? "yes" : "no",
                          fmt::format("[{}]", found - sources.begin() + 1)});
  };
  const std::string own = "catalogue." + product.id + ".";
  for (const auto& [name, p] : product.parameters) add(name, p);
  for (const auto& p : profile.factors)
    if (!p.name.starts_with(own) || !product.parameters.contains(p.name.substr(own.size()))) add(p.name, p);
  std::cout << '\n';
  print_table(std::cout, table);
  std::cout << '\n';
  for (std::size_t i = 0; i < sources.size(); ++i) std::cout << fmt::format("[{}] {}\n", i + 1, sources[i]);
}

void show(const reporting::ProductView& view, const std::string& chosen) {
  const auto& product = *view.product;
  std::cout << styled(std::cout, Style::bold, product.name)
            << fmt::format("  ({} {}, {}{})\n", product.kind, product.id, product.vendor,
                           product.year > 0 ? fmt::format(", {}", product.year) : "");
  for (const auto& [word, value] : product.words) std::cout << fmt::format("{}: {}  ", word, value);
  std::cout << "\n\n";
  const auto& profile =
      *std::find_if(view.profiles.begin(), view.profiles.end(), [&](const auto& one) { return one.profile == chosen; });
  if (product.has_model()) {
    print_bracket(view, chosen);
    print_tree(profile);
    for (const auto& gap : profile.gaps) std::cout << "gap: " << gap << '\n';
  } else {
    std::cout << "no embodied model in this catalogue\n";
  }
  print_figures(product, profile);
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : inventory::lower_case(text) + " ")
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      word += c;
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  return words;
}

/// How well a row answers: 0 a whole word, 1 the beginning of one, 2 a part; nothing where it does not.
std::optional<int> match(const CatalogueRow& row, const std::string& wanted) {
  const std::string text = inventory::lower_case(row.id + " " + row.kind + " " + row.name);
  if (text.find(wanted) == std::string::npos) return std::nullopt;
  const auto words = words_of(text), asked = words_of(wanted);
  const auto all = [&](const auto& fits) {
    return std::all_of(asked.begin(), asked.end(), [&](const std::string& one) {
      return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return fits(word, one); });
    });
  };
  if (all([](const std::string& word, const std::string& one) { return word == one; })) return 0;
  return all([](const std::string& word, const std::string& one) { return word.starts_with(one); }) ? 1 : 2;
}

/// "grid/FRA/2023": what stands before the year, and the year; 0 where there is none.
std::pair<std::string, int> without_year(const std::string& id) {
  const std::size_t slash = id.rfind('/');
  const std::string last = slash == std::string::npos ? "" : id.substr(slash + 1);
  const bool year = last.size() == 4 && std::all_of(last.begin(), last.end(), ::isdigit);
  return year ? std::pair(id.substr(0, slash), std::stoi(last)) : std::pair(id, 0);
}

/// What answers a word: whole words first, then the newest year of each series.
std::vector<CatalogueRow> found_rows(const Catalogue& catalogue, const std::string& word) {
  struct Found {
    int rank;
    std::size_t group;
    int year;
    CatalogueRow row;
  };
  std::vector<Found> found;
  std::map<std::string, std::size_t> groups;
  const std::string wanted = inventory::lower_case(word);
  for (auto& row : catalogue.rows()) {
    const auto rank = match(row, wanted);
    if (!rank) continue;
    const auto [series, year] = without_year(row.id);
    const std::size_t group = groups.emplace(series, groups.size()).first->second;
    found.push_back({*rank, group, year, std::move(row)});
  }
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tuple(a.rank, a.group, -a.year) < std::tuple(b.rank, b.group, -b.year);
  });
  std::vector<CatalogueRow> rows;
  for (auto& one : found) {
    // What a product comes to, instead of how it is made.
    if (const auto* product = catalogue.find(one.row.id); product != nullptr && product->has_model()) {
      const auto impacts = reporting::view_profile(catalogue, *product, "central").impacts;
      one.row.value = impacts.empty() || !impacts.front().value
                          ? "not estimated"
                          : reporting::significant(*impacts.front().value, 3) + " " + impacts.front().unit;
    }
    rows.push_back(std::move(one.row));
  }
  return rows;
}

void print_grid_formats(const std::string& format) {
  if (format == "json") {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& one : inventory::grid_formats())
      rows.push_back({{"title", one.title}, {"recognised_by", one.recognised}, {"taken", one.taken}});
    std::cout << rows.dump(2) << '\n';
    return;
  }
  for (const auto& one : inventory::grid_formats())
    std::cout << styled(std::cout, Style::bold, one.title) << "\n  recognised by " << one.recognised
              << "\n  taken: " << one.taken << '\n';
}

}  // namespace

void add_catalogue(Command app, int& exit_code) {
  auto command = app.add_subcommand("catalogue", "devices, nodes, grids, factors and methods, with their sources");
  command->footer(
      "Example:\n  cradle catalogue search a100\n  cradle catalogue show h100 --profile ademe\n  cradle catalogue "
      "search grid/FRA --format json\n  cradle catalogue grid-files");
  struct Options {
    std::string folder, format = "text", word, id, profile = "central";
    std::size_t draws = 0;
    std::uint64_t seed = 0;
  };
  auto options = std::make_shared<Options>();
  add_catalogue_option(command, options->folder);
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  auto search = command->add_subcommand("search", "rows whose id, kind or name contains a word");
  search->add_option("word", options->word, "what to look for")->required()->type_name("WORD");
  auto show_command = command->add_subcommand("show", "one device or node with its processes and sources");
  show_command->add_option("id", options->id, "its id")->required()->type_name("ID");
  show_command->add_option("--profile", options->profile, "whose tree to show: vendor, central or ademe (central)")
      ->one_of(inventory::hardware_profiles);
  show_command->add_option("--draws", options->draws, "intervals by so many Monte Carlo draws (first-order without)")
      ->between(100, 10000000);
  show_command->add_option("--seed", options->seed, "seed of the draws (0)");
  auto files = command->add_subcommand("grid-files", "files of grid intensities that a study can bring");
  for (auto inner : {search, show_command, files}) inner->fall_through();  // so that --format may stand after it
  command->require_subcommand(0, 1);
  command->callback([options, show_command, files, &exit_code] {
    if (files.parsed()) return print_grid_formats(options->format);
    const auto catalogue = Catalogue::load(options->folder);
    if (!catalogue) {
      print_findings(std::cerr, catalogue.error());
      exit_code = refused;
      return;
    }
    print_findings(std::cerr, catalogue->warnings());
    auto rows =
        show_command.parsed() && catalogue->find(options->id) != nullptr ? std::vector<CatalogueRow>{} : catalogue->rows();
    if (show_command.parsed()) {
      if (const auto* product = catalogue->find(options->id)) {
        const auto view = reporting::view_product(*catalogue, *product, {options->seed, options->draws});
        if (options->format == "text") return show(view, options->profile);
        std::cout << reporting::write_product_json(view);
        return;
      }
      std::erase_if(rows, [&](const CatalogueRow& row) { return row.id != options->id; });
      if (!rows.empty()) return print_rows(rows, options->format);
      std::vector<std::string> ids;
      for (const auto& row : catalogue->rows()) ids.push_back(row.id);
      std::cerr << fmt::format("cradle: nothing in the catalogue has the id '{}'\n", options->id);
      if (const auto hint = inventory::did_you_mean(options->id, ids); !hint.empty())
        std::cerr << "hint: " << hint << '\n';
      exit_code = refused;
      return;
    }
    print_rows(found_rows(*catalogue, options->word), options->format);
  });
}

}  // namespace cradle::app
