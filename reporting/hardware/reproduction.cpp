// SPDX-License-Identifier: Apache-2.0
#include "reporting/hardware/reproduction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "inventory/catalogue/embedded_table.hpp"
#include "reporting/audit/published.hpp"
#include "inventory/text/suggestion.hpp"
#include "reporting/hardware/product_view.hpp"

namespace cradle::reporting {
namespace {

/// What a boundary takes of a product: "all", "cradle-to-gate", a criterion, or "process package".
std::optional<double> part_of(const ProfileView& view, const std::string& boundary) {
  if (view.tree.empty()) return std::nullopt;
  if (boundary == "all") return view.impacts.front().value;
  if (boundary == "cradle-to-gate") {
    double sum = 0.0;
    for (const auto& row : view.tree)
      if (row.depth != 1 || (row.stage != "transport" && row.stage != "end-of-life")) sum += row.own;
    return sum;
  }
  for (const auto& impact : view.impacts)
    if (impact.criterion == boundary) return impact.value;
  const std::string process = boundary.substr(boundary.find(' ') + 1);
  for (const auto& row : view.tree)
    if (row.product.ends_with("/" + process)) return row.total / row.amount;
  return std::nullopt;
}

/// "1 x nvidia-a100-40gb-sxm4 + 0.125 x aws-p4d-24xlarge"
std::optional<double> sum_of_terms(const inventory::Catalogue& catalogue, std::string_view terms,
                                   const std::string& profile, const std::string& boundary) {
  double sum = 0.0;
  while (!terms.empty()) {
    const auto end = std::min(terms.find(" + "), terms.size());
    const auto term = terms.substr(0, end);
    const auto times = term.find(" x ");
    const auto* product = times == std::string_view::npos ? nullptr : catalogue.find(term.substr(times + 3));
    if (product == nullptr) return std::nullopt;
    const auto value = part_of(view_profile(catalogue, *product, profile), boundary);
    if (!value) return std::nullopt;
    sum += inventory::number_of(term.substr(0, times)) * *value;
    terms.remove_prefix(std::min(end + 3, terms.size()));
  }
  return sum;
}

}  // namespace

std::string Reproduction::verdict() const {
  if (!computed) return "set aside";
  return std::abs(*computed - published) > tolerance * std::abs(published) ? "gap" : fitted ? "fitted" : fmt::format("within {:.3g} %", 100 * tolerance);
}

std::vector<std::string> reproduction_groups() { return {"embodied", "published"}; }

Result<std::vector<Reproduction>> reproduce(const inventory::Catalogue& catalogue, const std::string& group) {
  const auto groups = reproduction_groups();
  if (std::find(groups.begin(), groups.end(), group) == groups.end())
    return failure({"E104", fmt::format("there is no group '{}' of published figures", group),
                    inventory::did_you_mean(group, groups) + fmt::format(" (there are: {})", fmt::join(groups, ", "))});
  if (group == "published") return reproduce_published(catalogue);
  std::vector<Reproduction> rows;
  inventory::for_each_embedded_row("datasets/reproduce/" + group + ".csv", [&](const inventory::CsvRow& row) {
    const auto& c = row.cells;
    Reproduction one{c[0], c[1], c[3], c[9], c[8], inventory::number_of(c[2]), {}, !c[7].empty()};
    if (c[6] != "set aside") one.computed = sum_of_terms(catalogue, c[4], c[5], c[6]);
    rows.push_back(std::move(one));
  });
  return rows;
}

std::string write_reproductions_json(const std::vector<Reproduction>& rows) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    json.push_back({{"id", row.id},
                    {"figure", row.figure},
                    {"published", row.published},
                    {"unit", row.unit},
                    {"computed", nullptr},
                    {"relative", nullptr},
                    {"tolerance", row.tolerance},
                    {"verdict", row.verdict()},
                    {"evidence", row.evidence}});
    if (row.computed) {
      json.back()["computed"] = *row.computed;
      json.back()["relative"] = row.relative();
    }
    if (!row.cause.empty()) json.back()["cause"] = row.cause;
  }
  return json.dump(1) + "\n";
}

}  // namespace cradle::reporting
