// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "inventory/systems/matrix_folder.hpp"
#include "inventory/systems/matrix_market.hpp"

namespace cradle::inventory {
namespace {

std::string quoted(std::string text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, 1, '"');
  return '"' + text + '"';
}

void write_names(std::string& text, const char* kind, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty()) fmt::format_to(std::back_inserter(text), "{},{},{}\n", kind, i, quoted(names[i]));
}

/// Entries with a distribution; stored samples stay with the folder they came from.
std::string write_uncertainties(const lca::MatrixSystem& system) {
  std::string text = "matrix,row,col,type,loc,scale,shape,minimum,maximum,negative,group\n";
  const auto number = [](double x) { return std::isnan(x) ? std::string() : fmt::format("{}", x); };
  for (const auto& u : system.uncertainties) {
    if (u.samples >= 0) continue;
    const auto& d = u.distribution;
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{}\n", static_cast<char>(u.matrix), u.row,
                   u.column, static_cast<int>(d.kind), number(d.loc), number(d.scale), number(d.shape),
                   number(d.minimum), number(d.maximum), d.negative ? 1 : 0,
                   u.group < 0 ? std::string() : quoted(system.groups[static_cast<std::size_t>(u.group)]));
  }
  return text;
}


}  // namespace

std::vector<std::pair<std::string, std::string>> write_system(const SystemFolder& folder) {
  const auto& system = folder.system;
  std::vector<std::pair<std::string, std::string>> files;
  files.emplace_back("A.mtx", write_matrix_market(system.technosphere));
  files.emplace_back("B.mtx", write_matrix_market(system.biosphere));
  files.emplace_back("C.mtx", write_matrix_market(system.characterisation));
  std::string names = "kind,index,name\n";
  write_names(names, "product", system.products);
  write_names(names, "process", system.processes);
  write_names(names, "flow", system.flows);
  write_names(names, "method", system.methods);
  files.emplace_back("names.csv", std::move(names));
  std::string demand = "id,activity,amount\n", properties = "product,property,value\n",
              timing = "matrix,row,col,years,share\n";
  for (const auto& d : system.demands)
    for (const auto& [product, amount] : d.amounts)
      fmt::format_to(std::back_inserter(demand), "{},{},{}\n", quoted(d.id), product, amount);
  for (const auto& [name, values] : folder.properties)
    for (std::size_t p = 0; p < values.size(); ++p)
      if (!std::isnan(values[p]))
        fmt::format_to(std::back_inserter(properties), "{},{},{}\n", p, quoted(name), values[p]);
  for (const auto& t : folder.timings)
    fmt::format_to(std::back_inserter(timing), "{},{},{},{},{}\n", static_cast<char>(t.matrix), t.row, t.column,
                   t.years, t.share);
  std::string samples = "matrix,row,col\n";
  for (const auto& u : system.uncertainties) {
    if (u.samples < 0) continue;
    fmt::format_to(std::back_inserter(samples), "{},{},{}", static_cast<char>(u.matrix), u.row, u.column);
    for (const double value : system.samples[static_cast<std::size_t>(u.samples)])
      fmt::format_to(std::back_inserter(samples), ",{}", value);
    samples += '\n';
  }
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
  files.emplace_back("samples.csv", std::move(samples));
  return files;
}

}  // namespace cradle::inventory
