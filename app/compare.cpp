// SPDX-License-Identifier: Apache-2.0
// `cradle compare`: alternatives side by side, with the interval of their difference.
#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <memory>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "reporting/comparison/comparison.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

struct CompareOptions {
  std::vector<std::string> studies, what_if;
  std::string catalogue, unit, format = "text";
  int draws = 1000, threads = -1;
  unsigned long long seed = 0;
};

void print_comparison(const reporting::Comparison& comparison) {
  for (const auto& figure : comparison.figures) {
    double largest = 0.0;
    for (const auto& value : figure.values)
      if (value) largest = std::max(largest, std::abs(value->value));
    const auto unit = reporting::display_unit(figure.unit, largest);
    const auto number = [&](double value) { return reporting::significant(value / unit.size, 3); };
    const auto range = [&](const std::optional<lca::Interval>& interval) { return interval ? number(interval->low) + " to " + number(interval->high) : std::string(); };
    std::cout << styled(std::cout, Style::bold, fmt::format("{}, {}", figure.label, unit.name)) << '\n';
    Table table{{"", "value", "95 %", "difference", "95 % of it", ""}, {}, {false, true, true, true, true, false}};
    for (std::size_t i = 0; i < figure.values.size(); ++i) {
      const auto& value = figure.values[i];
      if (!value)
        table.rows.push_back({comparison.names[i], "not estimated", "", "", "", ""});
      else
        table.rows.push_back({comparison.names[i], number(value->value), range(value->interval),
                              value->difference ? (*value->difference > 0 ? "+" : "") + number(*value->difference) : "", range(value->difference_interval), value->verdict});
    }
    print_table(std::cout, table);
    std::cout << '\n';
  }
  std::cout << fmt::format("differences are to {}; {} draws, in which what the alternatives share is the same\n", comparison.names.front(), comparison.draws);
}

/// The studies, and the first one again with each change that is asked for; nothing, said on stderr, where one cannot be assessed.
std::optional<std::vector<reporting::Alternative>> alternatives_of(const CompareOptions& o, int& exit_code) {
  std::vector<reporting::Alternative> alternatives;
  const auto add = [&](const std::string& name, const std::string& study, const inventory::Overrides& overrides) {
    auto assessment = inventory::assess({study, o.catalogue, o.unit, overrides, {}});
    if (!assessment) {
      print_findings(std::cerr, assessment.error());
      exit_code = inventory::machine_trouble(assessment.error()) ? machine_trouble : refused;
      return false;
    }
    if (overrides.empty()) print_findings(std::cerr, assessment->findings());
    alternatives.push_back({name, std::make_shared<const inventory::Assessment>(std::move(*assessment))});
    return true;
  };
  for (const auto& study : o.studies)
    if (!add(study, study, {})) return std::nullopt;
  for (const auto& text : o.what_if) {
    // "a=1; b=2" changes both at once.
    inventory::Overrides overrides;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find(';', at), text.size());
      auto part = text.substr(at, end - at);
      part.erase(0, part.find_first_not_of(' '));
      const auto equals = part.find('=');
      if (equals == std::string::npos || equals == 0) {
        std::cerr << "cradle: --what-if takes NAME=VALUE, several with ';' between, not '" << text << "'\n";
        exit_code = wrong_use;
        return std::nullopt;
      }
      overrides.emplace_back(part.substr(0, equals), part.substr(equals + 1));
      at = end + 1;
    }
    if (!add(text, o.studies.front(), overrides)) return std::nullopt;
  }
  return alternatives;
}

}  // namespace

void add_compare(Command app, int& exit_code) {
  auto command = app.add_subcommand("compare", "studies or changes of one side by side, with the interval of the difference");
  command->footer(
      "Example:\n  cradle compare examples/bloom-176b/cradle-to-grave.yaml --what-if sites.idris.pue=1.1 --what-if 'sites.idris.pue=1.1; hardware.jean-zay.utilisation=95 %'\n");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("studies", options->studies, "the first is what the others are compared with")->required()->type_name("STUDY");
  command->add_option("--what-if", options->what_if, "the first study with parameters changed: NAME=VALUE, several with ';' between; may be given several times")->type_name("CHANGE");
  command->add_option("--unit", options->unit, "another functional unit, e.g. '1e6 token of services/api'")->type_name("FU");
  add_catalogue_option(command, options->catalogue);
  command->add_option("--draws", options->draws, "draws (1000)")->between(100, 10000000)->type_name("N");
  command->add_option("--seed", options->seed, "seed of the draws (0)")->type_name("N");
  command->add_option("--threads", options->threads, "threads to use (all); results do not depend on it")->between(1, 1024)->type_name("N");
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  command->callback([options, &exit_code] {
    if (options->studies.size() + options->what_if.size() < 2) {
      std::cerr << "cradle: compare takes two studies, or one and --what-if\n";
      exit_code = wrong_use;
      return;
    }
    const auto alternatives = alternatives_of(*options, exit_code);
    if (!alternatives) return;
    const auto comparison = reporting::compare(*alternatives, {options->seed, static_cast<std::size_t>(options->draws), options->threads});
    if (!comparison) {
      print_findings(std::cerr, comparison.error());
      exit_code = refused;
      return;
    }
    exit_code = done;
    if (options->format == "json")
      std::cout << reporting::write_comparison_json(*comparison);
    else
      print_comparison(*comparison);
  });
}

}  // namespace cradle::app
