// SPDX-License-Identifier: Apache-2.0
#include <suitesparse/klu.h>

#include <algorithm>
#include <cmath>

#include "lca/matrix/factors.hpp"

namespace cradle::lca {
namespace {

// A pivot this far below the largest is rounding noise: the loop supplies nothing net.
constexpr double smallest_rcond = 1e-13;

/// Powers of two that bring the largest entry of every row and column near 1 (Ruiz 2001): units may span twenty orders
/// of magnitude, and pivots and their ratio mean something only without them. No digit of an entry changes.
struct Scales {
  std::vector<double> row, column;
};

Scales equilibrate(SparseMatrix& matrix) {
  constexpr int rounds = 12;
  Scales scales{std::vector<double>(static_cast<std::size_t>(matrix.rows), 1.0),
                std::vector<double>(static_cast<std::size_t>(matrix.columns), 1.0)};
  const auto half_power = [](double largest) {
    return largest > 0.0 && std::isfinite(largest) ? std::ldexp(1.0, -(std::ilogb(largest) + 1) / 2) : 1.0;
  };
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> row(scales.row.size(), 0.0), column(scales.column.size(), 0.0);
    const auto each = [&](auto use) {
      for (std::size_t c = 0; c < column.size(); ++c)
        for (auto [k, end] = range_of(matrix.column_start, c); k < end; ++k)
          use(static_cast<std::size_t>(matrix.row[k]), c, matrix.value[k]);
    };
    each([&](std::size_t r, std::size_t c, double value) {
      row[r] = std::max(row[r], std::abs(value));
      column[c] = std::max(column[c], std::abs(value));
    });
    for (auto& r : row) r = half_power(r);
    for (auto& c : column) c = half_power(c);
    each([&](std::size_t r, std::size_t c, double& value) { value *= row[r] * column[c]; });
    for (std::size_t r = 0; r < row.size(); ++r) scales.row[r] *= row[r];
    for (std::size_t c = 0; c < column.size(); ++c) scales.column[c] *= column[c];
  }
  return scales;
}

std::vector<double> scaled(std::span<const double> x, const std::vector<double>& by) {
  std::vector<double> result(x.begin(), x.end());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] *= by[i];
  return result;
}

class KluFactors final : public Factors {
 public:
  explicit KluFactors(SparseMatrix matrix) : matrix_(std::move(matrix)), scales_(equilibrate(matrix_)) {
    klu_defaults(&common_);
    common_.ordering = 0;  // AMD: COLAMD is many times slower on large technosphere matrices
    common_.scale = 0;     // done already
    common_.halt_if_singular = 1;
  }
  ~KluFactors() override {
    klu_free_numeric(&numeric_, &common_);
    klu_free_symbolic(&symbolic_, &common_);
  }
  KluFactors(const KluFactors&) = delete;
  KluFactors& operator=(const KluFactors&) = delete;

  /// The column at fault, or -1.
  int factorise() {
    symbolic_ = klu_analyze(matrix_.rows, matrix_.column_start.data(), matrix_.row.data(), &common_);
    if (symbolic_ == nullptr) return first_empty_column();
    numeric_ = klu_factor(matrix_.column_start.data(), matrix_.row.data(), matrix_.value.data(), symbolic_, &common_);
    if (numeric_ == nullptr || common_.status == KLU_SINGULAR) return std::max(common_.singular_col, 0);
    klu_rcond(symbolic_, numeric_, &common_);
    if (common_.rcond < smallest_rcond) return smallest_pivot_column();
    return -1;
  }

  std::vector<double> solve(std::span<const double> right_side) const override {
    auto x = scaled(right_side, scales_.row);
    klu_common common = common_;
    if (matrix_.rows > 0) klu_solve(symbolic_, numeric_, matrix_.rows, 1, x.data(), &common);
    return scaled(x, scales_.column);
  }
  std::vector<double> solve_transposed(std::span<const double> right_side) const override {
    auto x = scaled(right_side, scales_.column);
    klu_common common = common_;
    if (matrix_.rows > 0) klu_tsolve(symbolic_, numeric_, matrix_.rows, 1, x.data(), &common);
    return scaled(x, scales_.row);
  }
  bool empty() const { return matrix_.rows == 0; }

 private:
  int first_empty_column() const {
    for (int c = 0; c < matrix_.columns; ++c)
      if (matrix_.column_start[static_cast<std::size_t>(c)] == matrix_.column_start[static_cast<std::size_t>(c) + 1])
        return c;
    return 0;
  }
  int smallest_pivot_column() const {
    const auto* pivots = static_cast<const double*>(numeric_->Udiag);
    int smallest = 0;
    for (int k = 1; k < matrix_.columns; ++k)
      if (std::abs(pivots[k]) < std::abs(pivots[smallest])) smallest = k;
    return symbolic_->Q[smallest];
  }

  SparseMatrix matrix_;
  Scales scales_;
  klu_common common_{};
  klu_symbolic* symbolic_ = nullptr;
  klu_numeric* numeric_ = nullptr;
};

}  // namespace

tl::expected<std::unique_ptr<Factors>, Singular> factorise(SparseMatrix matrix) {
  auto factors = std::make_unique<KluFactors>(std::move(matrix));
  if (!factors->empty())
    if (const int column = factors->factorise(); column >= 0) return tl::unexpected(Singular{column});
  return factors;
}

}  // namespace cradle::lca
