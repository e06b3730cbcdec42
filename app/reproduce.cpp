// SPDX-License-Identifier: Apache-2.0
// `cradle reproduce`: published figures against what our models give.
#include <fmt/format.h>

#include <iostream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "reporting/hardware/reproduction.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

void print_rows(const std::vector<reporting::Reproduction>& rows) {
  Table table{{"id", "published", "computed", "difference", "verdict"}, {}, {false, true, true, true, false}};
  std::size_t near = 0, compared = 0, fitted = 0;
  for (const auto& row : rows) {
    const bool computed = row.computed.has_value();
    compared += computed;
    fitted += row.verdict() == "fitted";
    near += row.agrees();
    table.rows.push_back({row.id, reporting::significant(row.published, 3) + " " + row.unit,
                          computed ? reporting::significant(*row.computed, 3) + " " + row.unit : "",
                          computed ? fmt::format("{:+.0f} %", 100 * row.relative()) : "", row.verdict()});
  }
  print_table(std::cout, table);
  std::cout << '\n';
  for (const auto& row : rows)
    if (!row.cause.empty()) std::cout << fmt::format("{}: {}\n", row.id, row.cause);
  std::cout << fmt::format("\nof {} compared, {} are within {:.0f} %, and {} more that a factor was fitted to\n",
                           compared, near, 100 * rows.front().tolerance, fitted);
}

}  // namespace

void add_reproduce(Command app, int& exit_code) {
  auto command = app.add_subcommand("reproduce", "published figures recomputed: what was printed, what follows");
  command->footer("Example:\n  cradle reproduce embodied\n  cradle reproduce --format json");
  struct Options {
    std::string group = "embodied", format = "text", folder;
  };
  auto options = std::make_shared<Options>();
  command->add_option("group", options->group, "which figures (embodied)")->type_name("GROUP");
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  add_catalogue_option(command, options->folder);
  command->callback([options, &exit_code] {
    const auto catalogue = inventory::Catalogue::load(options->folder);
    const auto rows = catalogue ? reporting::reproduce(*catalogue, options->group)
                                : Result<std::vector<reporting::Reproduction>>(tl::unexpected(catalogue.error()));
    if (!rows) {
      print_findings(std::cerr, rows.error());
      exit_code = refused;
      return;
    }
    if (options->format == "json")
      std::cout << reporting::write_reproductions_json(*rows);
    else
      print_rows(*rows);
  });
}

}  // namespace cradle::app
