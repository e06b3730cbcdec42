// SPDX-License-Identifier: Apache-2.0
// A system given as matrices: A s = f, g = B s, h = C g (Heijungs and Suh 2002, ch. 2). Plain numbers, no object
// per exchange, so that a database of 50,000 processes fits the cache of a laptop.
//
// Signs: outputs positive, inputs negative. A treatment process takes in its reference flow, so its own entry is
// negative, a process that makes the waste has a positive entry in that row, and demand for treating 1 kg is -1.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lca/finding.hpp"
#include "lca/matrix/sparse.hpp"
#include "lca/uncertainty/distribution.hpp"

namespace cradle::lca {

/// A functional unit: amounts of products (rows of A).
struct MatrixDemand {
  std::string id;
  std::vector<std::pair<int, double>> amounts;
};

enum class MatrixName : char { technosphere = 'A', biosphere = 'B', characterisation = 'C' };

/// How one entry of a matrix varies.
struct UncertainEntry {
  MatrixName matrix = MatrixName::technosphere;
  int row = 0, column = 0;
  Distribution distribution;
  int group = -1;    ///< into MatrixSystem::groups: the sizes of one group's entries share each draw's quantile
  int samples = -1;  ///< into MatrixSystem::samples: stored values instead of the distribution
};

/// Of the normal scores of two groups.
struct Correlation {
  int group, other;  ///< into MatrixSystem::groups
  double coefficient;
};

/// Values to draw from as they stand; those of one set were stored together and are used together.
struct StoredValues {
  std::vector<double> values;
  std::size_t set = 0;
};

/// Which stored values a draw uses: the next of every set; all combinations of the sets one after the other, the first
/// set changing fastest; or one of each set by chance.
enum class StoredPolicy { in_turn, combined, random };

struct MatrixSystem {
  SparseMatrix technosphere;            ///< A: products x processes
  SparseMatrix biosphere;               ///< B: elementary flows x processes
  SparseMatrix characterisation;        ///< C: methods x elementary flows
  std::vector<int> process_of_product;  ///< pair_products of A, where a reader needed it already; else empty
  std::vector<MatrixDemand> demands;
  std::vector<UncertainEntry> uncertainties;
  std::vector<std::string> groups;
  std::vector<Correlation> correlations;
  std::vector<StoredValues> samples;
  StoredPolicy stored_policy = StoredPolicy::in_turn;
  std::vector<std::string> products, processes, flows, methods;  ///< names; empty where none were given
  std::vector<std::string> method_units;                         ///< likewise

  int size() const { return technosphere.columns; }
  std::string product_name(int index) const { return name(products, "product", index); }
  std::string process_name(int index) const { return name(processes, "process", index); }
  std::string flow_name(int index) const { return name(flows, "flow", index); }
  std::string method_name(int index) const { return name(methods, "method", index); }

  /// "" where it was not given.
  std::string method_unit(int index) const {
    const auto i = static_cast<std::size_t>(index);
    return i < method_units.size() ? method_units[i] : std::string();
  }
  /// "climate change, kg CO2e"
  std::string method_label(int index) const {
    const auto unit = method_unit(index);
    return unit.empty() ? method_name(index) : method_name(index) + ", " + unit;
  }

  /// An entry for people: "coal in power plant", "CO2 of power plant", "factor of CO2".
  std::string entry_name(MatrixName which, int row, int column) const {
    if (which == MatrixName::technosphere) return product_name(row) + " in " + process_name(column);
    if (which == MatrixName::biosphere) return flow_name(row) + " of " + process_name(column);
    return "factor of " + flow_name(column);
  }

  SparseMatrix& matrix(MatrixName which) {
    return which == MatrixName::technosphere ? technosphere
           : which == MatrixName::biosphere  ? biosphere
                                             : characterisation;
  }
  const SparseMatrix& matrix(MatrixName which) const { return const_cast<MatrixSystem*>(this)->matrix(which); }

  /// Impact of one run of each process, per method: (C B)^T, row by row.
  std::vector<double> direct_impacts(int method) const;

 private:
  static std::string name(const std::vector<std::string>& names, const char* kind, int index) {
    const auto i = static_cast<std::size_t>(index);
    return i < names.size() && !names[i].empty() ? names[i] : std::string(kind) + " " + std::to_string(index);
  }
};

/// Which process supplies each product: the process of a row, found as a transversal of A (its diagonal where that is
/// complete). E080 A is not square, E081 a process or product has no entry, E082 no such pairing exists.
Result<std::vector<int>> pair_products(const MatrixSystem& system);

}  // namespace cradle::lca
