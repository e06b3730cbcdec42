// SPDX-License-Identifier: Apache-2.0
// `cradle sweep`: one study at every combination of values of some of its inputs, as a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/assessment/sweep.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/figures/definition.hpp"

namespace cradle::app {
namespace {

struct SweepOptions {
  std::string study, catalogue, unit, output;
  std::vector<std::string> vary, figures;
  int threads = -1;
};

constexpr std::size_t most_points = 10'000'000;

std::string table_of(const inventory::Assessment& assessment, const std::vector<inventory::SweptInput>& inputs,
                     const std::vector<const reporting::FigureDefinition*>& figures, const std::vector<double>& answers) {
  std::string csv;
  const auto header = [&](const std::string& name, const std::string& unit) { csv += (csv.empty() ? "" : ",") + inventory::quoted_cell(unit == "1" ? name : name + " [" + unit + "]"); };
  for (const auto& input : inputs) header(assessment.parameters()[input.input].name, assessment.parameters()[input.input].unit);
  for (const auto* figure : figures) header(figure->id, figure->unit);
  csv += '\n';
  for (std::size_t p = 0; p < inventory::points_of(inputs); ++p) {
    const auto indices = inventory::indices_of(p, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) csv += fmt::format("{}{:.12g}", i == 0 ? "" : ",", inputs[i].values[indices[i]]);
    for (std::size_t f = 0; f < figures.size(); ++f) {
      const double value = answers[p * figures.size() + f];
      csv += std::isfinite(value) ? fmt::format(",{:.9g}", value) : ",";
    }
    csv += '\n';
  }
  return csv;
}

int run(const SweepOptions& o) {
  auto assessment = inventory::assess({o.study, o.catalogue, o.unit, {}, {}});
  if (!assessment) {
    print_findings(std::cerr, assessment.error());
    return inventory::machine_trouble(assessment.error()) ? machine_trouble : refused;
  }
  print_findings(std::cerr, assessment->findings());
  Findings findings;
  std::vector<inventory::SweptInput> inputs;
  for (const auto& text : o.vary) {
    auto swept = inventory::read_swept(text, assessment->parameters());
    const bool again = swept && std::any_of(inputs.begin(), inputs.end(), [&](const auto& other) { return other.input == swept->input; });
    if (again)
      findings.push_back({"E109", fmt::format("--vary: '{}' is named twice", text.substr(0, text.find('='))), "one list of values for each input"});
    else if (swept)
      inputs.push_back(std::move(*swept));
    else
      findings.insert(findings.end(), swept.error().begin(), swept.error().end());
  }
  std::vector<const reporting::FigureDefinition*> figures;
  std::vector<lca::Query> queries;
  for (const auto& id : o.figures.empty() ? std::vector<std::string>{"ghg.total", "energy.facility"} : o.figures) {
    const auto* definition = reporting::find_definition(id);
    const auto query = definition == nullptr ? std::nullopt : definition->query(assessment->system());
    if (!query) {
      findings.push_back({"E109", fmt::format("--figure: there is no figure '{}' of this study", id), "docs/figures.md lists them"});
      continue;
    }
    figures.push_back(definition);
    queries.push_back(*query);
  }
  if (findings.empty() && inventory::points_of(inputs) > most_points)
    findings.push_back({"E109", fmt::format("{} combinations are more than {}", inventory::points_of(inputs), most_points), "fewer values of each input"});
  if (!findings.empty()) {
    print_findings(std::cerr, findings);
    return refused;
  }
  const auto csv = table_of(*assessment, inputs, figures, inventory::sweep(*assessment, inputs, queries, o.threads));
  if (o.output.empty()) {
    std::cout << csv;
    return done;
  }
  if (const auto written = inventory::replace_files({{o.output, csv}}, inventory::ReadFiles({o.study, o.catalogue})); !written) {
    print_findings(std::cerr, written.error());
    return exit_of_writing(written.error());
  }
  std::cout << o.output << '\n';
  return done;
}

}  // namespace

void add_sweep(Command app, int& exit_code) {
  auto command = app.add_subcommand("sweep", "one study at every combination of values of some of its inputs, as CSV");
  command->footer(
      "Example:\n  cradle sweep examples/bloom-176b/cradle-to-grave.yaml --vary sites.idris.pue=1.05:1.5:4 --vary 'hardware.jean-zay.utilisation=50 %,75 %,95 %'");
  auto options = std::make_shared<SweepOptions>();
  command->add_option("study", options->study, "the study, a YAML or JSON file")->required()->type_name("STUDY");
  command->add_option("--vary", options->vary, "an input and its values: NAME=FROM:TO:NUMBER or NAME=VALUE,VALUE; several times for combinations")->required()->type_name("INPUT");
  command->add_option("--figure", options->figures, "a figure of docs/figures.md (ghg.total, energy.facility); several times for more")->type_name("ID");
  command->add_option("--unit", options->unit, "another functional unit, e.g. '1e6 token of services/api'")->type_name("FU");
  add_catalogue_option(command, options->catalogue);
  command->add_option("--threads", options->threads, "threads to use (all); results do not depend on it")->between(1, 1024)->type_name("N");
  command->add_option("-o,--output", options->output, "a file instead of the terminal")->type_name("FILE");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace cradle::app
