// SPDX-License-Identifier: Apache-2.0
#include "reporting/systems/system_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "reporting/findings_json.hpp"

namespace cradle::reporting {

void SystemJson::vector(const char* name, const std::vector<double>& values, bool last) {
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "     \"{}\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text.push_back(',');
    fmt::format_to(std::back_inserter(text), "{}", values[i]);
  }
  fmt::format_to(std::back_inserter(text), "]{}", last ? "" : ",\n");
  stream_.write(text.data(), static_cast<std::streamsize>(text.size()));
}

void SystemJson::demand(const std::string& id, const lca::MatrixResult& result,
                        const std::vector<lca::CategoryWeighting>& weightings,
                        const std::vector<lca::Weighted>& weighted) {
  stream_ << (first_ ? "{\"schema\": \"cradle/lca/1\",\n \"demands\": [\n" : ",\n");
  first_ = false;
  stream_ << "    {\"id\": " << nlohmann::json(id).dump() << ",\n";
  if (!scores_only_) {
    vector("scaling", result.scaling, false);
    vector("inventory", result.inventory, false);
  }
  vector("scores", result.scores, true);
  if (!weighted.empty()) {
    auto json = nlohmann::ordered_json::array();
    for (std::size_t w = 0; w < weighted.size(); ++w)
      json.push_back({{"method", weightings[w].method},
                      {"normalised", weighted[w].normalised},
                      {"weighted", weighted[w].weighted},
                      {"normalised_and_weighted", weighted[w].both},
                      {"convention", weighted[w].convention}});
    stream_ << ",\n     \"weighting\": " << json.dump();
  }
  stream_ << "}";
}

void SystemJson::finish(const lca::MatrixSystem& system, const lca::SolverTally& tally, const Findings& findings) {
  if (first_) stream_ << "{\"schema\": \"cradle/lca/1\",\n \"demands\": [";
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  if (tally.sweeps > 0)
    steps.push_back({{"step", "gauss-seidel"}, {"systems", tally.systems}, {"iterations", tally.sweeps}});
  if (tally.escalated_to_krylov > 0)
    steps.push_back(
        {{"step", "bicgstab"}, {"systems", tally.escalated_to_krylov}, {"iterations", tally.krylov_iterations}});
  if (tally.solved_directly > 0) steps.push_back({{"step", "klu"}, {"systems", tally.solved_directly}});
  const nlohmann::ordered_json solver = {
      {"steps", steps}, {"residual", tally.residual}, {"score_error", tally.score_error}};
  nlohmann::ordered_json methods = nlohmann::ordered_json::array();
  for (int m = 0; m < system.characterisation.rows; ++m) {
    const auto unit = system.method_unit(m);
    methods.push_back({{"name", system.method_name(m)}, {"unit", nullptr}});
    if (!unit.empty()) methods.back()["unit"] = unit;
  }
  stream_ << "\n ],\n \"methods\": " << methods.dump() << ",\n \"solver\": " << solver.dump()
          << ",\n \"findings\": " << findings_json(findings).dump() << "}\n";
}

}  // namespace cradle::reporting
