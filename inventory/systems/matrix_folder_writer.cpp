// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "inventory/systems/matrix_folder.hpp"
#include "inventory/systems/matrix_market.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// `detail` gives the two last cells of a row: unit and compartment.
template <typename Detail>
void write_names(std::string& text, const char* kind, const std::vector<std::string>& names, Detail detail) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    const FlowDetail said = detail(i);
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{}\n", kind, i, quoted_cell(names[i]), quoted_cell(said.unit),
                   quoted_cell(said.compartment));
  }
}

/// Entries with a distribution; those with stored values are in samples.csv.
std::string write_uncertainties(const lca::MatrixSystem& system) {
  std::string text = "matrix,row,col,type,loc,scale,shape,minimum,maximum,negative,group\n";
  const auto number = [](double x) { return std::isnan(x) ? std::string() : fmt::format("{}", x); };
  for (const auto& u : system.uncertainties) {
    if (u.samples >= 0) continue;
    const auto& d = u.distribution;
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{}\n", static_cast<char>(u.matrix), u.row,
                   u.column, static_cast<int>(d.kind), number(d.loc), number(d.scale), number(d.shape),
                   number(d.minimum), number(d.maximum), d.negative ? 1 : 0,
                   u.group < 0 ? std::string() : quoted_cell(system.groups[static_cast<std::size_t>(u.group)]));
  }
  return text;
}

/// One file to a set; samples.csv is written also where it is empty.
std::vector<std::pair<std::string, std::string>> write_samples(const lca::MatrixSystem& system) {
  std::vector<std::string> sets(1, "matrix,row,col\n");
  for (const auto& u : system.uncertainties) {
    if (u.samples < 0) continue;
    const auto& stored = system.samples[static_cast<std::size_t>(u.samples)];
    sets.resize(std::max(sets.size(), stored.set + 1), sets.front().substr(0, sets.front().find('\n') + 1));
    auto text = std::back_inserter(sets[stored.set]);
    fmt::format_to(text, "{},{},{}", static_cast<char>(u.matrix), u.row, u.column);
    for (const double value : stored.values) fmt::format_to(text, ",{}", value);
    sets[stored.set] += '\n';
  }
  std::vector<std::pair<std::string, std::string>> files;
  for (std::size_t i = 0; i < sets.size(); ++i)
    files.emplace_back(i == 0 ? std::string("samples.csv") : fmt::format("samples-{:04}.csv", i), std::move(sets[i]));
  return files;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> write_system(const SystemFolder& folder) {
  const auto& system = folder.system;
  std::vector<std::pair<std::string, std::string>> files;
  files.emplace_back("A.mtx", write_matrix_market(system.technosphere));
  files.emplace_back("B.mtx", write_matrix_market(system.biosphere));
  files.emplace_back("C.mtx", write_matrix_market(system.characterisation));
  std::string names = "kind,index,name,unit,compartment\n";
  const auto nothing = [](std::size_t) { return FlowDetail{}; };
  write_names(names, "product", system.products, nothing);
  write_names(names, "process", system.processes, nothing);
  write_names(names, "flow", system.flows,
              [&](std::size_t i) { return i < folder.flows.size() ? folder.flows[i] : FlowDetail{}; });
  write_names(names, "method", system.methods, [&](std::size_t i) {
    return FlowDetail{system.method_unit(static_cast<int>(i)), ""};
  });
  files.emplace_back("names.csv", std::move(names));
  std::string demand = "id,activity,amount\n", properties = "product,property,value\n",
              timing = "matrix,row,col,years,share\n";
  for (const auto& d : system.demands)
    for (const auto& [product, amount] : d.amounts)
      fmt::format_to(std::back_inserter(demand), "{},{},{}\n", quoted_cell(d.id), product, amount);
  for (const auto& [name, values] : folder.properties)
    for (std::size_t p = 0; p < values.size(); ++p)
      if (!std::isnan(values[p]))
        fmt::format_to(std::back_inserter(properties), "{},{},{}\n", p, quoted_cell(name), values[p]);
  for (const auto& t : folder.timings)
    fmt::format_to(std::back_inserter(timing), "{},{},{},{},{}\n", static_cast<char>(t.matrix), t.row, t.column,
                   t.years, t.share);
  std::string correlation = "group,other,coefficient\n";
  for (const auto& c : system.correlations)
    fmt::format_to(std::back_inserter(correlation), "{},{},{}\n",
                   quoted_cell(system.groups[static_cast<std::size_t>(c.group)]),
                   quoted_cell(system.groups[static_cast<std::size_t>(c.other)]), c.coefficient);
  // All of them, also those with a header only: an older file of the folder must not stay behind.
  files.emplace_back("demand.csv", std::move(demand));
  files.emplace_back("properties.csv", std::move(properties));
  std::string weighting = "method,normalisation,weight,flow\n";
  for (const auto& w : folder.weightings)
    for (std::size_t f = 0; f < w.normalisation.size(); ++f) {
      const bool by_flow = w.convention == lca::NormalisationConvention::multiply_flow;
      if (!by_flow || w.normalisation[f] != 0.0)
        fmt::format_to(std::back_inserter(weighting), "{},{},{},{}\n", w.method, w.normalisation[f], w.weight,
                       by_flow ? std::to_string(f) : std::string());
    }
  files.emplace_back("weighting.csv", std::move(weighting));
  files.emplace_back("timing.csv", std::move(timing));
  files.emplace_back("uncertainty.csv", write_uncertainties(system));
  files.emplace_back("correlation.csv", std::move(correlation));
  for (auto& file : write_samples(system)) files.push_back(std::move(file));
  return files;
}

}  // namespace cradle::inventory
