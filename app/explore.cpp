// SPDX-License-Identifier: Apache-2.0
// `cradle explore`: ways to serve a model, with what each takes per million tokens.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/assessment/exploration.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

using inventory::Configuration;
using Json = nlohmann::ordered_json;

struct ExploreOptions {
  std::string study, catalogue, service, format = "text", output;
  std::vector<std::string> devices_of;  ///< DEVICE or DEVICE:NODE
  std::string devices = "1,2,4,8", batch = "1,2,4,8,16,32,64,128,256", weight_bits, cache_bits;
  double most_milliseconds = 0.0;
  int threads = -1;
};

std::vector<std::string> cells_of(const Configuration& one) {
  const auto number = [](double value) { return fmt::format("{:g}", value); };
  return {one.device,
          number(one.devices),
          number(one.batch),
          number(one.weight_bits),
          number(one.cache_bits),
          reporting::significant(one.kwh, 3),
          reporting::significant(one.kg * 1000, 3),
          reporting::significant(one.milliseconds, 3),
          reporting::significant(one.tokens_per_second, 3)};
}

const std::vector<std::string> columns{"device", "devices",  "batch",    "weight bits", "cache bits",
                                       "kWh/M",  "g CO2e/M", "ms/token", "tokens/s"};

std::string in_words(const Configuration& one) {
  return fmt::format(
      "{} x {}, batch {:g}, {:g}-bit weights, {:g}-bit cache: {} kWh and {} g CO2e per million tokens, {} ms a token",
      one.devices, one.device, one.batch, one.weight_bits, one.cache_bits, reporting::significant(one.kwh, 3),
      reporting::significant(one.kg * 1000, 3), reporting::significant(one.milliseconds, 3));
}

void print(const inventory::Exploration& all, const ExploreOptions& o) {
  constexpr std::size_t most_rows = 20, width = 20;
  std::cout << styled(std::cout, Style::bold, fmt::format("{}, served by '{}'", all.model, all.service)) << '\n';
  std::cout << fmt::format(
      "{} combinations fit into memory, {} do not; per million output tokens, facility energy and all of the study's "
      "boundary\n",
      all.fitting.size(), all.beyond_memory);
  for (const auto& [device, factor] : all.error)
    std::cout << fmt::format("95 % on {}: within a factor of {:.3g} (docs/method/roofline-validation.md)\n", device,
                             factor);
  for (const auto& refused : all.refused) std::cout << "left out: " << refused << '\n';
  std::cout << "\nnone takes both less energy and less time than one of these:\n";
  Table table{columns, {}, {false, true, true, true, true, true, true, true, true, false}};
  table.header.emplace_back("");
  double most = 0.0;
  for (const auto& one : all.fitting)
    if (one.on_front) most = std::max(most, one.kwh);
  for (const auto& one : all.fitting)
    if (one.on_front && table.rows.size() < most_rows) {
      table.rows.push_back(cells_of(one));
      table.rows.back().push_back(bar(one.kwh / most, width));
    }
  print_table(std::cout, table);
  const auto &least = all.fitting.front(), &worst = all.fitting.back();
  std::cout << fmt::format("\nleast energy: {}\nmost energy:  {}, {} times as much\n", in_words(least), in_words(worst),
                           reporting::significant(worst.kwh / least.kwh, 3));
  if (o.most_milliseconds > 0) {
    const auto* under = all.least_under(o.most_milliseconds);
    std::cout << fmt::format("at most {:g} ms: {}\n", o.most_milliseconds,
                             under == nullptr ? "none is as fast" : in_words(*under));
  }
  const auto* chosen = o.most_milliseconds > 0 ? all.least_under(o.most_milliseconds) : &least;
  if (chosen != nullptr)
    std::cout << fmt::format(
        "\nas a study: energy: {{estimator: roofline, devices: {:g}, batch: {:g}, weight_bits: {:g}, cache_bits: {:g}, "
        "...}} on {}\n",
        chosen->devices, chosen->batch, chosen->weight_bits, chosen->cache_bits, chosen->device);
}

std::string csv_of(const inventory::Exploration& all) {
  std::string csv =
      "device,node,devices,batch,weight_bits,cache_bits,kwh_per_million_tokens,kg_co2e_per_million_tokens,ms_per_token,"
      "tokens_per_second,on_front\n";
  for (const auto& one : all.fitting)
    csv += fmt::format("{},{},{:g},{:g},{:g},{:g},{:.9g},{:.9g},{:.9g},{:.9g},{}\n", inventory::quoted_cell(one.device),
                       inventory::quoted_cell(one.node), one.devices, one.batch, one.weight_bits, one.cache_bits,
                       one.kwh, one.kg, one.milliseconds, one.tokens_per_second, one.on_front);
  return csv;
}

std::string json_of(const inventory::Exploration& all) {
  Json rows = Json::array();
  for (const auto& one : all.fitting)
    rows.push_back({{"device", one.device},
                    {"node", one.node},
                    {"devices", one.devices},
                    {"batch", one.batch},
                    {"weight_bits", one.weight_bits},
                    {"cache_bits", one.cache_bits},
                    {"kwh_per_million_tokens", one.kwh},
                    {"kg_co2e_per_million_tokens", one.kg},
                    {"ms_per_token", one.milliseconds},
                    {"tokens_per_second", one.tokens_per_second},
                    {"on_front", one.on_front}});
  return Json{{"schema", "cradle/explore/1"}, {"service", all.service},
              {"model", all.model},           {"beyond_memory", all.beyond_memory},
              {"refused", all.refused},       {"factor_of_95_percent", all.error},
              {"configurations", rows}}
             .dump(1) +
         "\n";
}

/// "1,2,4": numbers of one or more, each once.
std::vector<double> numbers_of(const char* option, const std::string& text, Findings& findings) {
  std::vector<double> numbers;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    const auto word = text.substr(at, end - at);
    const auto number = inventory::read_quantity(word, inventory::Dimension::number);
    if (!number || *number < 1.0 || *number != std::floor(*number))
      findings.push_back({"E109", fmt::format("{}: '{}' is no whole number of one or more", option, word),
                          "values one by one, such as 1,2,4,8"});
    else if (std::find(numbers.begin(), numbers.end(), *number) == numbers.end())
      numbers.push_back(*number);
    at = end + 1;
  }
  return numbers;
}

int run(const ExploreOptions& o) {
  auto read = inventory::read_study(o.study);
  if (!read) {
    print_findings(std::cerr, read.error());
    return inventory::machine_trouble(read.error()) ? machine_trouble : refused;
  }
  auto catalogue = inventory::Catalogue::load(o.catalogue);
  if (!catalogue) {
    print_findings(std::cerr, catalogue.error());
    return refused;
  }
  Findings findings;
  inventory::ExploreRequest request{o.service,
                                    {},
                                    numbers_of("--devices", o.devices, findings),
                                    numbers_of("--batch", o.batch, findings),
                                    numbers_of("--weight-bits", o.weight_bits, findings),
                                    numbers_of("--cache-bits", o.cache_bits, findings),
                                    {},
                                    o.threads};
  if (!findings.empty()) {
    print_findings(std::cerr, findings);
    return refused;
  }
  for (const auto& text : o.devices_of) {
    const auto colon = text.find(':');
    const auto* device = catalogue->find(text.substr(0, colon));
    request.machines.push_back({device == nullptr ? text.substr(0, colon) : device->id,
                                colon == std::string::npos ? "" : text.substr(colon + 1)});
  }
  const auto explored =
      inventory::explore(read->study, std::make_shared<const inventory::Catalogue>(std::move(*catalogue)), request);
  if (!explored) {
    print_findings(std::cerr, explored.error());
    return refused;
  }
  if (o.format == "text" && o.output.empty()) {
    print(*explored, o);
    return done;
  }
  const auto bytes = o.format == "json" ? json_of(*explored) : csv_of(*explored);
  if (o.output.empty()) {
    std::cout << bytes;
    return done;
  }
  if (const auto written = inventory::replace_files({{o.output, bytes}}, inventory::ReadFiles({o.study, o.catalogue}));
      !written) {
    print_findings(std::cerr, written.error());
    return exit_of_writing(written.error());
  }
  std::cout << o.output << '\n';
  return done;
}

}  // namespace

void add_explore(Command app, int& exit_code) {
  auto command = app.add_subcommand("explore", "ways to serve a model: devices, batch, bits; energy and time of each");
  command->footer(
      "Example:\n  cradle explore examples/serve-7b/study.yaml --device h100:dgx-h100 --device b200:dgx-b200 --devices "
      "1,2,4 --max-ms 40");
  auto options = std::make_shared<ExploreOptions>();
  command->add_option("study", options->study, "a study with a service that 'roofline' estimates")
      ->required()
      ->type_name("STUDY");
  command->add_option("--service", options->service, "which service, where there are several")->type_name("NAME");
  command
      ->add_option("--device", options->devices_of,
                   "a device of the catalogue, with its machine after ':'; several times for more (the study's)")
      ->type_name("DEVICE[:NODE]");
  command->add_option("--devices", options->devices, "how many share the model (1,2,4,8)")->type_name("N,...");
  command->add_option("--batch", options->batch, "requests under way together (1,2,4 ... 256)")->type_name("N,...");
  command->add_option("--weight-bits", options->weight_bits, "bits of a weight (the study's)")->type_name("N,...");
  command->add_option("--cache-bits", options->cache_bits, "bits of a cached value (the study's)")->type_name("N,...");
  command->add_option("--max-ms", options->most_milliseconds, "longest time between two tokens")->type_name("MS");
  command->add_option("--format", options->format, "text, csv or json")->one_of({"text", "csv", "json"});
  command->add_option("-o,--output", options->output, "a file instead of the terminal (csv, or json)")
      ->type_name("FILE");
  add_catalogue_option(command, options->catalogue);
  command->add_option("--threads", options->threads, "threads to use (all); results do not depend on it")
      ->between(1, 1024)
      ->type_name("N");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace cradle::app
