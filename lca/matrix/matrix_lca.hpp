// SPDX-License-Identifier: Apache-2.0
// Life-cycle assessment of a matrix system: supply, inventory and scores of any demand, and the prices (impact
// intensities) of all products by one transposed solve per method. Each answer says how exact it is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lca/matrix/matrix_system.hpp"
#include "lca/matrix/relaxation.hpp"

namespace cradle::lca {

/// s, g = B s and h = C g of one demand.
struct MatrixResult {
  std::vector<double> scaling;    ///< per process
  std::vector<double> inventory;  ///< per elementary flow
  std::vector<double> scores;     ///< per method
  double score_error = 0.0;       ///< sum over |y r| relative to the score, the worst method: the score's own error
};

/// What all solves so far took.
struct SolverTally {
  int systems = 0, sweeps = 0;
  int escalated_to_krylov = 0, krylov_iterations = 0;
  int solved_directly = 0;
  double residual = 0.0;     ///< largest backward error
  double score_error = 0.0;  ///< largest relative error of a score
  bool unproductive =
      false;  ///< a system used more of its products than it made: its solution has crossed a singular one
  void add(const SolveReport& report);
};

class MatrixLca {
 public:
  /// Pairs products with processes. E080 to E082 as pair_products. The system must outlive this.
  static Result<MatrixLca> prepare(const MatrixSystem& system);

  /// E083 where no solution exists, E087 where the demand names no product of the system.
  Result<MatrixResult> solve(const MatrixDemand& demand);
  /// Supplies of many demands, eight at a time; `result(index)` is called in order.
  Result<void> solve_many(const std::vector<MatrixDemand>& demands,
                          const std::function<void(std::size_t, const MatrixResult&)>& result);
  /// y per product, [method][product]: A^T y = (C B)^T over all that the demands reach; 0 elsewhere.
  Result<std::vector<std::vector<double>>> prices(const std::vector<MatrixDemand>& demands);
  /// Scores of all demands, [demand][method], by one transposed solve per method.
  Result<std::vector<std::vector<double>>> scores(const std::vector<MatrixDemand>& demands);

  /// What the demands need. E087.
  Result<FlowSystem> reach_of(const std::vector<MatrixDemand>& demands) const;
  /// E083 for a position at which elimination found nothing left.
  Finding singular(const FlowSystem& flow, int position) const;
  const MatrixSystem& system() const { return *system_; }
  const std::vector<int>& process_of_product() const { return process_of_product_; }
  const SolverTally& tally() const { return tally_; }
  /// Impact of one run of each process per method, [method][process].
  const std::vector<std::vector<double>>& direct_impacts();

 private:
  explicit MatrixLca(const MatrixSystem& system) : system_(&system) {}
  Result<std::vector<double>> prices_on(const FlowSystem& flow, const FlowSolver& solver, int method);
  MatrixResult result_of(const FlowSystem& flow, std::span<const double> supply) const;
  double score_error(const FlowSystem& flow, std::span<const double> right_side, std::span<const double> supply,
                     const MatrixResult& result);

  const MatrixSystem* system_;
  std::vector<int> process_of_product_;
  std::vector<std::vector<double>> direct_;
  SolverTally tally_;
};

/// The whole system's products as demands of one each: what prices() wants for every product.
std::vector<MatrixDemand> every_product(const MatrixSystem& system);

}  // namespace cradle::lca
