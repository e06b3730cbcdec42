// SPDX-License-Identifier: Apache-2.0
#include "lca/matrix/matrix_system.hpp"

#include <fmt/format.h>
#include <suitesparse/btf.h>

#include <algorithm>

namespace cradle::lca {
namespace {

/// Products that more than one process output holds: what makes a system rectangular.
std::string several_outputs(const MatrixSystem& system) {
  std::string names;
  int found = 0;
  for (int c = 0; c < system.technosphere.columns; ++c) {
    const auto [begin, end] = range_of(system.technosphere.column_start, static_cast<std::size_t>(c));
    std::string outputs;
    int count = 0;
    for (std::size_t k = begin; k < end; ++k)
      if (system.technosphere.value[k] > 0) {
        outputs += (count++ == 0 ? "" : ", ") + system.product_name(system.technosphere.row[k]);
      }
    if (count < 2) continue;
    if (++found <= 3) names += fmt::format("{}'{}' makes {}", found == 1 ? "" : "; ", system.process_name(c), outputs);
  }
  if (found > 3) names += fmt::format("; and {} more", found - 3);
  return names;
}

Finding not_square(const MatrixSystem& system) {
  const auto& a = system.technosphere;
  Finding finding{"E080", fmt::format("{} products and {} processes: a system is solved only where they are as many",
                                      a.rows, a.columns)};
  const auto names = a.rows > a.columns ? several_outputs(system) : std::string();
  if (!names.empty()) finding.message += fmt::format("; {}", names);
  finding.hint =
      a.rows > a.columns
          ? "choose how processes with several products are divided: --allocation mass, energy, price, equal, "
            "given or substitution"
          : "a product has two suppliers: give each its own product, and a market that takes from both";
  return finding;
}

}  // namespace

std::vector<double> MatrixSystem::direct_impacts(int method) const {
  std::vector<double> factors(static_cast<std::size_t>(biosphere.rows), 0.0);
  for (std::size_t flow = 0; flow < factors.size() && flow < static_cast<std::size_t>(characterisation.columns); ++flow)
    factors[flow] = characterisation.at(method, static_cast<int>(flow));
  return biosphere.transposed_times(factors);
}

Result<std::vector<int>> pair_products(const MatrixSystem& system) {
  const auto& a = system.technosphere;
  if (a.rows != a.columns) return failure(not_square(system));
  const auto n = static_cast<std::size_t>(a.columns);
  std::vector<int> process_of(n, -1);
  std::vector<bool> used(n, false);
  bool diagonal = true, doubtful = false;
  Findings findings;
  for (std::size_t c = 0; c < n; ++c) {
    const auto [begin, end] = range_of(a.column_start, c);
    bool any = false, own = false, own_negative = false, other_positive = false;
    for (std::size_t k = begin; k < end; ++k) {
      if (a.value[k] == 0.0) continue;
      any = true;
      used[static_cast<std::size_t>(a.row[k])] = true;
      if (a.row[k] == static_cast<int>(c)) {
        own = true;
        own_negative = a.value[k] < 0.0;
      } else {
        other_positive = other_positive || a.value[k] > 0.0;
      }
    }
    diagonal = diagonal && own;
    doubtful =
        doubtful || (own_negative && other_positive);  // a treatment, or a process whose product stands elsewhere
    process_of[c] = static_cast<int>(c);
    if (!any)
      findings.push_back({"E081",
                          fmt::format("'{}' has no entry: it neither makes nor takes a product",
                                      system.process_name(static_cast<int>(c))),
                          "remove the process, or give it its product"});
  }
  for (std::size_t r = 0; r < n; ++r)
    if (!used[r])
      findings.push_back({"E081",
                          fmt::format("no process makes or takes '{}'", system.product_name(static_cast<int>(r))),
                          "remove the product, or give it a process"});
  if (!findings.empty()) return tl::unexpected(findings);
  if (diagonal && !doubtful) return process_of;

  // A process paired with what it takes in would also be a transversal: entries of the usual sign come first.
  const auto match = [&](bool outputs_only) {
    SparseMatrix pattern{a.rows, a.columns, {0}, {}, {}};
    for (std::size_t c = 0; c < n; ++c) {
      const auto [begin, end] = range_of(a.column_start, c);
      for (std::size_t k = begin; k < end; ++k)
        if (a.value[k] > 0 || (!outputs_only && a.value[k] != 0.0)) pattern.row.push_back(a.row[k]);
      pattern.column_start.push_back(static_cast<int>(pattern.row.size()));
    }
    std::vector<int> matched(n), work(5 * n);
    double visited = 0;
    const int size = btf_maxtrans(a.rows, a.columns, pattern.column_start.data(), pattern.row.data(), 0, &visited,
                                  matched.data(), work.data());
    return std::pair(size, matched);
  };
  auto [size, matched] = match(true);
  if (size < a.columns && diagonal) return process_of;
  if (size < a.columns) std::tie(size, matched) = match(false);
  if (size == a.columns) return matched;
  for (std::size_t r = 0; r < n; ++r)
    if (matched[r] < 0)
      return failure({"E082",
                      fmt::format("singular: no process is left to supply '{}' once every other product has its own",
                                  system.product_name(static_cast<int>(r))),
                      "two processes make the same product, or one makes none"});
  return matched;
}

}  // namespace cradle::lca
