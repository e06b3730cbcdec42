// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/published.hpp"

#include <fmt/format.h>

#include <map>

#include "inventory/assessment/assessment.hpp"
#include "inventory/catalogue/embedded_table.hpp"
#include "reporting/embedded.hpp"
#include "reporting/figures/figure.hpp"

namespace cradle::reporting {
namespace {

/// "cost.compute.low" is the lower end of a figure's range.
struct Asked {
  std::string id, end;

  explicit Asked(std::string text) : id(std::move(text)) {
    for (const char* one : {".low", ".high"})
      if (id.ends_with(one)) {
        end = one;
        id.erase(id.size() - end.size());
      }
  }
  std::optional<double> of(const Figure& figure) const {
    return end == ".low" ? figure.low : end == ".high" ? figure.high : figure.value;
  }
};

Result<inventory::Assessment> assess_embedded(const std::string& name,
                                              std::shared_ptr<const inventory::Catalogue> catalogue) {
  const std::string path = fmt::format("examples/published/{}.yaml", name);
  for (const auto& [file, bytes] : embedded::published())
    if (file == path) {
      auto read = inventory::parse_study(std::string(bytes), path);
      if (!read) return tl::unexpected(std::move(read.error()));
      return inventory::assess(std::move(read->study), std::move(catalogue));
    }
  return failure({"E001", fmt::format("there is no study '{}'", path), ""});
}

/// All figures of one study that are asked for, at once.
std::map<std::string, Figure> figures_of(const inventory::Assessment& assessment) {
  std::map<std::string, Figure> figures;
  for (auto& figure : compute_figures(assessment, figure_definitions())) figures.emplace(figure.id, std::move(figure));
  return figures;
}

}  // namespace

Result<std::vector<Reproduction>> reproduce_published(const inventory::Catalogue& catalogue) {
  const auto shared = std::make_shared<const inventory::Catalogue>(catalogue);
  std::vector<Reproduction> rows;
  std::map<std::string, std::map<std::string, Figure>> known;
  Findings findings;
  inventory::for_each_embedded_row("datasets/reproduce/published.csv", [&](const inventory::CsvRow& row) {
    const auto& c = row.cells;
    auto found = known.find(c[0]);
    if (found == known.end()) {
      const auto assessment = assess_embedded(c[0], shared);
      if (!assessment) findings.insert(findings.end(), assessment.error().begin(), assessment.error().end());
      found = known.emplace(c[0], assessment ? figures_of(*assessment) : std::map<std::string, Figure>()).first;
    }
    const Asked asked(c[1]);
    Reproduction one{c[0], c[1], c[3], c[6], c[7], inventory::number_of(c[2]), {}, false, inventory::number_of(c[5])};
    if (const auto figure = found->second.find(asked.id); figure != found->second.end())
      if (const auto value = asked.of(figure->second)) one.computed = *value * inventory::number_of(c[4]);
    rows.push_back(std::move(one));
  });
  if (has_errors(findings)) return tl::unexpected(std::move(findings));
  return rows;
}

}  // namespace cradle::reporting
