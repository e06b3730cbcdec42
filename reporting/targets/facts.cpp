// SPDX-License-Identifier: Apache-2.0
// Facts for a filer to import: one row for each element of a taxonomy, with the figure that answers it or the reason
// why none does. No filing is made. Which figure answers what is a table (datasets/disclosure/facts.csv).
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "inventory/catalogue/dataset.hpp"
#include "inventory/catalogue/embedded_table.hpp"
#include "reporting/targets/target.hpp"

namespace cradle::reporting {
namespace {

constexpr std::string_view table = "datasets/disclosure/facts.csv";
constexpr double to_thousands = 1e-3;  ///< kg to t, kWh to MWh

const Figure* find(const Disclosure& d, const std::string& id) {
  for (const auto& scope : d.scopes)
    if (scope.location.id == id) return &scope.location;
  const auto& figure = d.figure(id);
  return figure.id.empty() ? nullptr : &figure;
}

/// What is reported of own operations is not told by a study of electricity that somebody else bought.
bool tenants(const Disclosure& d, const std::string& figure) {
  return d.study().perspective == inventory::Perspective::of_tenant && figure == "energy.facility";
}

/// "ESRS ...; VSME ...": the part of one taxonomy.
std::string version_of(const std::string& versions, std::size_t part) {
  const auto middle = versions.find("; ");
  return middle == std::string::npos ? versions : part == 0 ? versions.substr(0, middle) : versions.substr(middle + 2);
}

Json facts_of(const Disclosure& d, const std::string& taxonomy) {
  const auto dataset = inventory::dataset_of_table(table);
  Json rows = Json::array();
  inventory::for_each_embedded_row(table, [&](const inventory::CsvRow& row) {
    const auto& cells = row.cells;
    if (cells[0] != taxonomy) return;
    Json fact = {{"element", cells[1]}, {"axis", cells[2]},    {"member", cells[3]},     {"value", nullptr},
                 {"unit", cells[5]},    {"decimals", nullptr}, {"period", period_of(d)}, {"status", "not estimated"},
                 {"basis", ""},         {"figure", cells[4]},  {"reason", cells[7]}};
    const Figure* figure = cells[4].empty() ? nullptr : find(d, cells[4]);
    if (figure != nullptr && tenants(d, cells[4])) {
      fact["status"] = "not applicable";
      fact["reason"] = "a tenant's electricity is its landlord's consumption";
    } else if (figure != nullptr && figure->value) {
      const double scale = std::pow(10.0, std::atoi(cells[6].c_str()));
      fact["value"] = std::round(*figure->value * to_thousands * scale) / scale;
      fact["decimals"] = std::atoi(cells[6].c_str());
      fact["status"] = in_words(figure->status);
      fact["basis"] = figure->basis;
    } else if (figure != nullptr) {
      fact["status"] = in_words(figure->status);
      fact["reason"] = figure->reason;
    } else if (!cells[4].empty()) {
      fact["reason"] = "the study states nothing that belongs here";
    }
    rows.push_back(std::move(fact));
  });
  return {{"taxonomy", version_of(dataset ? dataset->version : "", taxonomy == "esrs" ? 0 : 1)},
          {"organisation", d.study().organisation.empty() ? Json(nullptr) : Json(d.study().organisation)},
          {"rows", std::move(rows)},
          {"method", method_in_words(d)}};
}

}  // namespace

Json make_esrs(const Disclosure& d, bool) { return facts_of(d, "esrs"); }
Json make_vsme(const Disclosure& d, bool) { return facts_of(d, "vsme"); }

}  // namespace cradle::reporting
