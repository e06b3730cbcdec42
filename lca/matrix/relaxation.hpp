// SPDX-License-Identifier: Apache-2.0
// Solving a flow system without factorising it: Gauss-Seidel, then BiCGSTAB with Gauss-Seidel as its preconditioner,
// then KLU. The supply chain of a productive economy is short in effect, so sweeps win by orders of magnitude.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lca/matrix/factors.hpp"
#include "lca/matrix/flow_system.hpp"

namespace cradle::lca {

/// Which of the two systems: A s = f, or A^T y = c.
enum class Side { supply, price };

/// What a solve took.
struct SolveReport {
  int sweeps = 0;               ///< of Gauss-Seidel
  int krylov_iterations = 0;    ///< of BiCGSTAB, 0 where it was not needed
  bool direct = false;          ///< KLU was needed
  double contraction = 0.0;     ///< how much a late sweep shrank the change: the spectral radius of the iteration
  double backward_error = 0.0;  ///< max |r_i| / (|A| |x| + |b|)_i (Oettli and Prager 1964)
};

struct Solved {
  std::vector<double> x;
  SolveReport report;
};

/// The matrix of one side as Gauss-Seidel reads it.
struct RelaxationView {
  const Exchanges& exchanges;
  std::span<const double> output;
  std::span<const Stretch> stretches;
  bool backward;  ///< prices run from the raw materials down
};
inline RelaxationView view(const FlowSystem& flow, Side side) {
  return side == Side::supply ? RelaxationView{flow.consumers, flow.output, flow.stretches, false}
                              : RelaxationView{flow.suppliers, flow.output, flow.stretches, true};
}

/// When to continue a run of changes as a geometric series, and how far. Gives up where it did not help.
class Acceleration {
 public:
  /// After sweep `i` with changes of size `change`, `q` times those of the sweep before: how many times the last change
  /// to add; 0 for not now.
  double after(int i, double change, double q) {
    constexpr int period = 6;
    constexpr double largest_q = 0.95;
    if (i % period == 1 && i > 1 && change > before_) on_ = false;                    // worse than before the jump
    if (!on_ || i % period != period - 1 || !(q > 0.0 && q < largest_q)) return 0.0;  // also where q is no number
    before_ = change;
    return q / (1.0 - q);
  }

 private:
  bool on_ = true;
  double before_ = 1e300;
};

/// Gauss-Seidel from `x` until the relative error (change x q / (1 - q), q the observed contraction) is below
/// `tolerance`, loop after loop; false where it does not get there in `most_sweeps`.
bool gauss_seidel(const RelaxationView& view, std::span<const double> right_side, std::vector<double>& x,
                  double tolerance, int most_sweeps, SolveReport& report);

/// What one sweep does to an error in the long run, with its sign: power iteration, in units of `scale`, a solution of
/// the right order of magnitude. At 1 and above the economy uses more of its products than it
/// makes: its solution has crossed a singular one. Below -1 (loops of credits) sweeps diverge, but the solution is
/// sound.
double dominant_growth(const RelaxationView& view, std::span<const double> scale);

/// One sweep over everything, without acceleration.
void plain_sweep(const RelaxationView& view, std::span<const double> right_side, std::vector<double>& x);

/// BiCGSTAB (van der Vorst 1992), one sweep of Gauss-Seidel as right preconditioner, rows weighted by `weight` (units
/// span twenty orders of magnitude). False where it stalls.
bool bicgstab(const RelaxationView& view, std::span<const double> right_side, std::span<const double> weight,
              std::vector<double>& x, double tolerance, int most_iterations, SolveReport& report);

double backward_error(const RelaxationView& view, std::span<const double> right_side, std::span<const double> x);

/// Sum of |weight_i r_i| for the residual r: with prices as weights and scores of 1, a bound of the score's error.
double dual_weighted_error(const RelaxationView& view, std::span<const double> right_side, std::span<const double> x,
                           std::span<const double> weight);

/// The flow system's own matrix, for KLU.
SparseMatrix matrix_of(const FlowSystem& flow);

/// No loop was found when the system was arranged.
bool acyclic(const FlowSystem& flow);
/// The exact solution of an acyclic system: one sweep in flow order.
tl::expected<std::vector<double>, Singular> substitute(const FlowSystem& flow, Side side,
                                                       std::span<const double> right_side);

/// Solves with whatever it takes; Singular names a position.
class FlowSolver {
 public:
  explicit FlowSolver(const FlowSystem& flow) : flow_(&flow) {}
  tl::expected<Solved, Singular> solve(Side side, std::span<const double> right_side,
                                       std::span<const double> start = {}) const;

 private:
  tl::expected<Solved, Singular> solve_directly(Side side, std::span<const double> right_side, Solved so_far) const;

  const FlowSystem* flow_;
  mutable std::shared_ptr<const Factors> factors_;  ///< made once, when a solve needs them
};

}  // namespace cradle::lca
