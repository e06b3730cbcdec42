// SPDX-License-Identifier: Apache-2.0
#include <suitesparse/klu.h>

#include <algorithm>
#include <cmath>

#include "lca/matrix/factors.hpp"

namespace cradle::lca {
namespace {

// A pivot this far below the largest is rounding noise: the loop supplies nothing net.
constexpr double smallest_rcond = 1e-13;

class KluFactors final : public Factors {
 public:
  explicit KluFactors(SparseMatrix matrix) : matrix_(std::move(matrix)) {
    klu_defaults(&common_);
    common_.ordering = 0;  // AMD: COLAMD is many times slower on large technosphere matrices
    common_.scale = 2;     // units span twenty orders of magnitude
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
    std::vector<double> x(right_side.begin(), right_side.end());
    klu_common common = common_;
    if (matrix_.rows > 0) klu_solve(symbolic_, numeric_, matrix_.rows, 1, x.data(), &common);
    return x;
  }
  std::vector<double> solve_transposed(std::span<const double> right_side) const override {
    std::vector<double> x(right_side.begin(), right_side.end());
    klu_common common = common_;
    if (matrix_.rows > 0) klu_tsolve(symbolic_, numeric_, matrix_.rows, 1, x.data(), &common);
    return x;
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
