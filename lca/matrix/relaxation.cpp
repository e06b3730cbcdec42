// SPDX-License-Identifier: Apache-2.0
#include "lca/matrix/relaxation.hpp"

#include <algorithm>
#include <cmath>

namespace cradle::lca {
namespace {

// Below this many processes KLU is both exact and faster than any iteration (0.4 ms at 1,000 processes).
constexpr std::size_t small_system = 300;
constexpr double wanted_error = 1e-12;
constexpr int most_sweeps = 200;
constexpr int most_iterations = 300;
constexpr double acceptable_backward_error = 1e-12;

/// Sizes of the changes of one sweep, each relative to the value it changes.
struct Change {
  double largest = 0.0, total = 0.0;
};

/// One sweep over a stretch; `step`, where given, takes each position's change.
Change sweep(const RelaxationView& view, Stretch stretch, std::span<const double> b, std::vector<double>& x,
             double* step = nullptr) {
  const auto& [start, other, value] = view.exchanges;
  Change change;
  for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
    const std::size_t p = view.backward ? stretch.end - 1 - (i - stretch.begin) : i;
    double even = b[p], odd = 0.0;  // two sums, so that one addition need not wait for the other
    auto [k, end] = range_of(start, p);
    for (; k + 1 < end; k += 2) {
      even += value[k] * x[static_cast<std::size_t>(other[k])];
      odd += value[k + 1] * x[static_cast<std::size_t>(other[k + 1])];
    }
    if (k < end) even += value[k] * x[static_cast<std::size_t>(other[k])];
    const double next = (even + odd) / view.output[p];
    const double difference = next - x[p];
    if (difference != 0.0) {
      const double relative = next != 0.0 ? std::abs(difference / next) : 1.0;
      change.largest = std::max(change.largest, relative);
      change.total += relative;
    }
    if (step != nullptr) step[p] = difference;
    x[p] = next;
  }
  return change;
}

/// Sweeps a loop until it settles. Once in a while the changes are continued as the geometric series they have become
/// (Lyusternik 1947): it halves the number of sweeps.
bool settle(const RelaxationView& view, Stretch stretch, std::span<const double> b, std::vector<double>& x,
            double tolerance, int limit, SolveReport& report) {
  std::vector<double> step(stretch.loop ? x.size() : 0);
  Acceleration acceleration;
  Change last;
  int stalled = 0;
  for (int i = 0; i < limit; ++i) {
    const Change change = sweep(view, stretch, b, x, stretch.loop ? step.data() : nullptr);
    ++report.sweeps;
    if (change.largest == 0.0 || !stretch.loop) return true;
    if (!std::isfinite(change.total)) return false;
    if (i > 0) report.contraction = change.total / last.total;
    const double q = std::min(report.contraction, 0.999);
    if (i > 0 && change.largest < 0.1 && change.largest * q / (1.0 - q) <= tolerance) return true;
    // Rounding keeps a component that is a difference of large ones from settling: that is as far as doubles go.
    stalled = i > 0 && change.largest >= last.largest && change.largest < 1e-9 ? stalled + 1 : 0;
    if (stalled >= 3) return true;
    if (i == 50 && change.largest > 0.5) return false;  // not a productive economy, or hardly
    if (const double further = acceleration.after(i, change.total, report.contraction); further > 0.0)
      for (std::size_t p = stretch.begin; p < stretch.end; ++p) x[p] += further * step[p];
    last = change;
  }
  return false;
}

std::vector<double> residual(const RelaxationView& view, std::span<const double> b, std::span<const double> x) {
  std::vector<double> r(x.size());
  for (std::size_t p = 0; p < x.size(); ++p) {
    double sum = b[p] - view.output[p] * x[p];
    const auto [begin, end] = range_of(view.exchanges.start, p);
    for (std::size_t k = begin; k < end; ++k)
      sum += view.exchanges.value[k] * x[static_cast<std::size_t>(view.exchanges.other[k])];
    r[p] = sum;
  }
  return r;
}

/// A x.
std::vector<double> multiply(const RelaxationView& view, std::span<const double> x) {
  auto r = residual(view, std::vector<double>(x.size(), 0.0), x);
  for (auto& v : r) v = -v;
  return r;
}

double dot(std::span<const double> weight, std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += weight[i] * a[i] * (weight[i] * b[i]);
  return sum;
}

/// Weights that make every row's throughput 1, from a solution that is right in its order of magnitude.
std::vector<double> weights(const RelaxationView& view, std::span<const double> b) {
  std::vector<double> magnitude(b.size(), 0.0), weight(b.size(), 1.0);
  for (int i = 0; i < 4; ++i) sweep(view, {0, b.size(), true}, b, magnitude);
  for (std::size_t p = 0; p < b.size(); ++p) {
    const double throughput = std::abs(magnitude[p] * view.output[p]);
    weight[p] = throughput > 0.0 && std::isfinite(throughput) ? 1.0 / throughput : 0.0;
  }
  return weight;
}

bool finite(std::span<const double> x) {
  return std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

bool gauss_seidel(const RelaxationView& view, std::span<const double> b, std::vector<double>& x, double tolerance,
                  int limit, SolveReport& report) {
  for (std::size_t i = 0; i < view.stretches.size(); ++i) {
    const auto& stretch = view.stretches[view.backward ? view.stretches.size() - 1 - i : i];
    if (!settle(view, stretch, b, x, tolerance, limit, report)) return false;
  }
  return true;
}

double dominant_growth(const RelaxationView& view, std::span<const double> scale) {
  constexpr int iterations = 60;
  const std::vector<double> nothing(scale.size(), 0.0);
  std::vector<double> x(scale.size()), before;
  for (std::size_t p = 0; p < scale.size(); ++p) x[p] = std::abs(scale[p]);
  double growth = 0.0;
  for (int i = 0; i < iterations; ++i) {
    before = x;
    plain_sweep(view, nothing, x);
    double agreement = 0.0, size = 0.0, size_before = 0.0;
    for (std::size_t p = 0; p < scale.size(); ++p) {
      if (scale[p] == 0.0) continue;
      agreement += x[p] / scale[p] * (before[p] / scale[p]);
      size += std::abs(x[p] / scale[p]);
      size_before += std::abs(before[p] / scale[p]);
    }
    if (size == 0.0 || size_before == 0.0) return 0.0;
    if (!std::isfinite(size) || !std::isfinite(agreement)) return growth;
    growth = std::copysign(size / size_before, agreement);
    for (auto& v : x) v /= size / static_cast<double>(scale.size());
  }
  return growth;
}

void plain_sweep(const RelaxationView& view, std::span<const double> b, std::vector<double>& x) {
  sweep(view, {0, x.size(), true}, b, x);
}

bool bicgstab(const RelaxationView& view, std::span<const double> b, std::span<const double> weight,
              std::vector<double>& x, double tolerance, int limit, SolveReport& report) {
  const auto n = x.size();
  const auto precondition = [&](const std::vector<double>& r) {
    std::vector<double> z(n, 0.0);
    sweep(view, {0, n, true}, r, z);
    return z;
  };
  auto r = residual(view, b, x);
  const auto shadow = r;
  std::vector<double> p(n, 0.0), v(n, 0.0), s(n);
  double rho = 1.0, alpha = 1.0, omega = 1.0;
  const double goal = tolerance * std::sqrt(std::max(dot(weight, b, b), 1e-300));
  for (int i = 0; i < limit; ++i) {
    const double next_rho = dot(weight, shadow, r);
    if (next_rho == 0.0 || omega == 0.0 || !std::isfinite(next_rho)) return false;
    const double beta = next_rho / rho * (alpha / omega);
    for (std::size_t k = 0; k < n; ++k) p[k] = r[k] + beta * (p[k] - omega * v[k]);
    const auto p_hat = precondition(p);
    v = multiply(view, p_hat);
    alpha = next_rho / dot(weight, shadow, v);
    for (std::size_t k = 0; k < n; ++k) s[k] = r[k] - alpha * v[k];
    const auto s_hat = precondition(s);
    const auto t = multiply(view, s_hat);
    const double tt = dot(weight, t, t);
    omega = tt > 0.0 ? dot(weight, t, s) / tt : 0.0;
    for (std::size_t k = 0; k < n; ++k) {
      x[k] += alpha * p_hat[k] + omega * s_hat[k];
      r[k] = s[k] - omega * t[k];
    }
    rho = next_rho;
    ++report.krylov_iterations;
    const double size = std::sqrt(dot(weight, r, r));
    if (!std::isfinite(size)) return false;
    if (size <= goal) return true;
  }
  return false;
}

double backward_error(const RelaxationView& view, std::span<const double> b, std::span<const double> x) {
  double worst = 0.0;
  for (std::size_t p = 0; p < x.size(); ++p) {
    double r = b[p] - view.output[p] * x[p], size = std::abs(b[p]) + std::abs(view.output[p] * x[p]);
    const auto [begin, end] = range_of(view.exchanges.start, p);
    for (std::size_t k = begin; k < end; ++k) {
      const double term = view.exchanges.value[k] * x[static_cast<std::size_t>(view.exchanges.other[k])];
      r += term;
      size += std::abs(term);
    }
    if (size > 0.0) worst = std::max(worst, std::abs(r) / size);
  }
  return worst;
}

double dual_weighted_error(const RelaxationView& view, std::span<const double> b, std::span<const double> x,
                           std::span<const double> weight) {
  const auto r = residual(view, b, x);
  double sum = 0.0;
  for (std::size_t p = 0; p < r.size(); ++p) sum += std::abs(weight[p] * r[p]);
  return sum;
}

SparseMatrix matrix_of(const FlowSystem& flow) {
  const auto n = static_cast<int>(flow.size());
  std::vector<Triplet> triplets;
  triplets.reserve(flow.size() + flow.suppliers.value.size());
  for (int c = 0; c < n; ++c) {
    triplets.push_back({c, c, flow.output[static_cast<std::size_t>(c)]});
    const auto [begin, end] = range_of(flow.suppliers.start, static_cast<std::size_t>(c));
    for (std::size_t k = begin; k < end; ++k)
      triplets.push_back({flow.suppliers.other[k], c, -flow.suppliers.value[k]});
  }
  return SparseMatrix::from(n, n, triplets);
}

bool acyclic(const FlowSystem& flow) {
  return std::none_of(flow.stretches.begin(), flow.stretches.end(), [](const Stretch& stretch) { return stretch.loop; });
}

tl::expected<std::vector<double>, Singular> substitute(const FlowSystem& flow, Side side, std::span<const double> b) {
  for (std::size_t p = 0; p < flow.size(); ++p)
    if (flow.output[p] == 0.0) return tl::unexpected(Singular{static_cast<int>(p)});
  std::vector<double> x(b.size(), 0.0);
  plain_sweep(view(flow, side), b, x);
  return x;
}

tl::expected<Solved, Singular> FlowSolver::solve(Side side, std::span<const double> b,
                                                 std::span<const double> start) const {
  const auto seen = view(*flow_, side);
  Solved solved;
  solved.x.assign(b.size(), 0.0);
  if (!start.empty()) solved.x.assign(start.begin(), start.end());
  if (flow_->size() <= small_system) return solve_directly(side, b, std::move(solved));
  const auto good = [&] {
    solved.report.backward_error = finite(solved.x) ? backward_error(seen, b, solved.x) : INFINITY;
    return solved.report.backward_error <= acceptable_backward_error;
  };
  if (gauss_seidel(seen, b, solved.x, wanted_error, most_sweeps, solved.report) && good()) return solved;
  solved.x.assign(b.size(), 0.0);
  if (bicgstab(seen, b, weights(seen, b), solved.x, wanted_error, most_iterations, solved.report) && good())
    return solved;
  return solve_directly(side, b, std::move(solved));
}

tl::expected<Solved, Singular> FlowSolver::solve_directly(Side side, std::span<const double> b, Solved solved) const {
  if (!factors_) {
    auto made = factorise(matrix_of(*flow_));
    if (!made) return tl::unexpected(made.error());
    factors_ = std::move(*made);
  }
  const auto apply_inverse = [&](std::span<const double> right_side) {
    return side == Side::supply ? factors_->solve(right_side) : factors_->solve_transposed(right_side);
  };
  const auto seen = view(*flow_, side);
  solved.report.direct = true;
  solved.x = apply_inverse(b);
  const auto correction = apply_inverse(residual(seen, b, solved.x));  // one step of refinement
  for (std::size_t p = 0; p < b.size(); ++p) solved.x[p] += correction[p];
  solved.report.backward_error = backward_error(seen, b, solved.x);
  return solved;
}

}  // namespace cradle::lca
