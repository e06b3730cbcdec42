// SPDX-License-Identifier: Apache-2.0
// Small systems written as rows of numbers.
#pragma once

#include <catch2/catch.hpp>
#include <vector>

#include "lca/matrix/matrix_lca.hpp"

namespace cradle::lca {

using Rows = std::vector<std::vector<double>>;

inline SparseMatrix sparse(const Rows& rows) {
  std::vector<Triplet> triplets;
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c)
      if (rows[r][c] != 0.0) triplets.push_back({static_cast<int>(r), static_cast<int>(c), rows[r][c]});
  return SparseMatrix::from(static_cast<int>(rows.size()), rows.empty() ? 0 : static_cast<int>(rows[0].size()),
                            triplets);
}

inline MatrixDemand demand_of(const std::vector<double>& f, std::string id = "0") {
  MatrixDemand demand{std::move(id), {}};
  for (std::size_t i = 0; i < f.size(); ++i)
    if (f[i] != 0.0) demand.amounts.emplace_back(static_cast<int>(i), f[i]);
  return demand;
}

inline MatrixSystem system_of(const Rows& a, const Rows& b = {}, const Rows& c = {},
                              const std::vector<double>& f = {}) {
  MatrixSystem system;
  system.technosphere = sparse(a);
  system.biosphere = b.empty()
                         ? SparseMatrix{0,
                                        system.technosphere.columns,
                                        std::vector<int>(static_cast<std::size_t>(system.technosphere.columns) + 1, 0),
                                        {},
                                        {}}
                         : sparse(b);
  system.characterisation = c.empty()
                                ? SparseMatrix{0,
                                               system.biosphere.rows,
                                               std::vector<int>(static_cast<std::size_t>(system.biosphere.rows) + 1, 0),
                                               {},
                                               {}}
                                : sparse(c);
  if (!f.empty()) system.demands.push_back(demand_of(f));
  return system;
}

inline MatrixLca prepared(const MatrixSystem& system) {
  auto lca = MatrixLca::prepare(system);
  REQUIRE(lca);
  return *lca;
}

inline MatrixResult solved(const MatrixSystem& system) {
  auto lca = prepared(system);
  auto result = lca.solve(system.demands.at(0));
  REQUIRE(result);
  return *result;
}

inline void check_close(const std::vector<double>& found, const std::vector<double>& expected,
                        double tolerance = 1e-9) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i] == Approx(expected[i]).epsilon(tolerance).margin(tolerance));
  }
}

}  // namespace cradle::lca
