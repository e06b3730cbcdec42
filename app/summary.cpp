// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {

void print_summary(std::ostream& stream, const reporting::Disclosure& d) {
  const auto& total = d.figure("ghg.total");
  const auto headline = reporting::print(total);
  stream << styled(stream, Style::bold, d.study().title) << '\n' << d.compiled().functional_unit << "\n\n";
  const std::string range = reporting::headline_range(d), missing = reporting::headline_range_missing(d);
  const std::string interval = total.status == reporting::Status::range ? ""
                               : !missing.empty() ? missing + "; "
                               : range.empty()    ? "no uncertainty estimate; "
                                                  : fmt::format("95 %: {}, {}; ", range, total.interval);
  stream << styled(stream, Style::bold, headline.text()) << "  " << interval << reporting::headline_words(d) << "\n\n";

  const auto climate = d.climate();
  double largest = 0.0, sum = 0.0;
  for (const auto& stage : d.stages) {
    largest = std::max(largest, std::abs(stage.impacts[climate]));
    sum += stage.impacts[climate];
  }
  const auto unit = reporting::display_unit("kg CO2e", sum);
  Table stages{{"stage", unit.name, "", ""}, {}, {false, true, true, false}};
  for (const auto& stage : d.stages) {
    const double value = stage.impacts[climate];
    stages.rows.push_back({stage.stage, reporting::significant(value / unit.size, 3),
                           sum != 0 ? reporting::percent(value / sum) : "",
                           largest > 0 ? bar(value / largest, 30) : ""});
  }
  print_table(stream, stages);
  stream << '\n';

  Table figures{{"figure", "value", "", "basis"}, {}, {false, true, false, false}};
  for (const char* id :
       {"energy.facility", "energy.it", "ghg.operational", "ghg.embodied", "ghg.scope2_lb", "ghg.scope2_mb",
        "ghg.scope2_hourly", "ghg.scope3", "water.total", "device_hours", "cost.compute", "cost.energy", "cost.carbon"}) {
    const auto& figure = d.figure(id);
    const bool optional = std::string_view(id).starts_with("cost.") || std::string_view(id) == "ghg.scope2_hourly";
    if (optional && figure.status == reporting::Status::not_estimated) continue;
    const auto printed = reporting::print(figure);
    figures.rows.push_back(
        {figure.label, printed.value, printed.unit, printed.unit.empty() ? figure.reason : figure.basis});
  }
  print_table(stream, figures);
  stream << "\nThis figure excludes: "
         << (d.headline_excludes.empty() ? "nothing that the boundary names" : d.headline_excludes) << '\n';
  if (!d.headline_defaults.empty()) stream << "Taken by default: " << d.headline_defaults << '\n';
}

}  // namespace cradle::app
