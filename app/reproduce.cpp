// SPDX-License-Identifier: Apache-2.0
// `cradle reproduce`: published figures against what our models give.
#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <set>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "reporting/hardware/reproduction.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

std::string difference_of(const reporting::Reproduction& row) {
  if (!row.computed) return "";
  const double percent = 100 * row.relative();
  return std::abs(percent) < 0.05 ? "0 %" : fmt::format("{:+.{}f} %", percent, std::abs(percent) < 10 ? 1 : 0);
}

void print_group(const std::string& group, const std::vector<reporting::Reproduction>& rows) {
  constexpr int digits = 4;
  std::cout << styled(std::cout, Style::bold, group) << '\n';
  Table table{{"id", "figure", "published", "computed", "difference", "verdict"}, {}, {false, false, true, true, true, false}};
  std::size_t near = 0, compared = 0, fitted = 0;
  for (const auto& row : rows) {
    compared += row.computed.has_value();
    fitted += row.verdict() == "fitted";
    near += row.agrees();
    table.rows.push_back({row.id, row.figure, reporting::significant(row.published, digits) + " " + row.unit,
                          row.computed ? reporting::significant(*row.computed, digits) : "", difference_of(row), row.verdict()});
  }
  print_table(std::cout, table);
  std::cout << '\n';
  std::set<std::string> said;
  for (const auto& row : rows)
    if (!row.cause.empty() && said.insert(row.id + row.cause).second) std::cout << fmt::format("{}: {}\n", row.id, row.cause);
  std::cout << fmt::format("\nof {} compared, {} are within their tolerance{}\n\n", compared, near,
                           fitted > 0 ? fmt::format(", and {} more that a factor was fitted to", fitted) : "");
}

}  // namespace

void add_reproduce(Command app, int& exit_code) {
  auto command = app.add_subcommand("reproduce", "published figures recomputed: what was printed, what follows");
  command->footer("Example:\n  cradle reproduce\n  cradle reproduce published --format json");
  struct Options {
    std::string group, format = "text", folder;
  };
  auto options = std::make_shared<Options>();
  command->add_option("group", options->group, "which figures: embodied, published (all)")->type_name("GROUP");
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  add_catalogue_option(command, options->folder);
  command->callback([options, &exit_code] {
    const auto catalogue = inventory::Catalogue::load(options->folder);
    if (!catalogue) {
      print_findings(std::cerr, catalogue.error());
      exit_code = refused;
      return;
    }
    std::vector<reporting::Reproduction> all;
    for (const auto& group : options->group.empty() ? reporting::reproduction_groups() : std::vector{options->group}) {
      const auto rows = reporting::reproduce(*catalogue, group);
      if (!rows) {
        print_findings(std::cerr, rows.error());
        exit_code = refused;
        return;
      }
      if (options->format == "text") print_group(group, *rows);
      all.insert(all.end(), rows->begin(), rows->end());
    }
    if (options->format == "json") std::cout << reporting::write_reproductions_json(all);
  });
}

}  // namespace cradle::app
