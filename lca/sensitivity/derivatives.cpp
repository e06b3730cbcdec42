// SPDX-License-Identifier: Apache-2.0
#include "lca/sensitivity/derivatives.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "lca/maths.hpp"

namespace cradle::lca {
namespace {

/// Mean, spread and percentiles of an uncertain entry around its value.
void add_uncertainty(const MatrixSystem& system, const UncertainEntry& uncertain, ExchangeSensitivity& into) {
  into.uncertain = true;
  double variance = 0.0, low = 0.0, high = 0.0;
  if (uncertain.samples >= 0) {
    auto values = system.samples[static_cast<std::size_t>(uncertain.samples)].values;
    const double n = static_cast<double>(values.size());
    double mean = 0.0;
    for (const double v : values) mean += v / n;
    for (const double v : values) variance += (v - mean) * (v - mean) / n;
    std::tie(low, high) =
        std::pair(*std::min_element(values.begin(), values.end()), *std::max_element(values.begin(), values.end()));
  } else {
    variance = uncertain.distribution.variance();
    low = uncertain.distribution.quantile(0.025);
    high = uncertain.distribution.quantile(0.975);
  }
  into.low = into.derivative * (low - into.value);
  into.high = into.derivative * (high - into.value);
  // A distribution without a variance (Student's t with 2 degrees of freedom or fewer) outweighs all that have one.
  into.variance =
      std::isfinite(variance) ? into.derivative * into.derivative * variance : std::numeric_limits<double>::infinity();
}

}  // namespace

std::vector<ExchangeSensitivity> sensitivities(const MatrixSystem& system, const MatrixResult& result,
                                               std::span<const double> price, int method) {
  const double score = result.scores[static_cast<std::size_t>(method)];
  std::map<std::tuple<MatrixName, int, int>, const UncertainEntry*> uncertain;
  for (const auto& entry : system.uncertainties) uncertain[{entry.matrix, entry.row, entry.column}] = &entry;
  std::vector<ExchangeSensitivity> all;
  const auto add = [&](MatrixName matrix, int row, int column, double value, double derivative) {
    if (derivative == 0.0) return;
    ExchangeSensitivity s{matrix, row, column, value, derivative, score != 0.0 ? derivative * value / score : 0.0};
    if (const auto found = uncertain.find({matrix, row, column}); found != uncertain.end())
      add_uncertainty(system, *found->second, s);
    all.push_back(s);
  };
  const auto each = [&](const SparseMatrix& matrix, auto use) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(matrix.columns); ++c) {
      const auto [begin, end] = range_of(matrix.column_start, c);
      for (std::size_t k = begin; k < end; ++k) use(matrix.row[k], static_cast<int>(c), matrix.value[k]);
    }
  };
  const auto scaling = [&](int column) { return result.scaling[static_cast<std::size_t>(column)]; };
  each(system.technosphere, [&](int row, int column, double value) {
    add(MatrixName::technosphere, row, column, value, -price[static_cast<std::size_t>(row)] * scaling(column));
  });
  std::vector<double> factor(static_cast<std::size_t>(system.biosphere.rows), 0.0);
  each(system.characterisation, [&](int row, int column, double value) {
    if (row != method) return;
    factor[static_cast<std::size_t>(column)] = value;
    add(MatrixName::characterisation, row, column, value, result.inventory[static_cast<std::size_t>(column)]);
  });
  each(system.biosphere, [&](int row, int column, double value) {
    add(MatrixName::biosphere, row, column, value, factor[static_cast<std::size_t>(row)] * scaling(column));
  });
  maths::Sum variance;
  const auto without = std::count_if(all.begin(), all.end(), [](const auto& s) { return std::isinf(s.variance); });
  for (const auto& s : all)
    if (!std::isinf(s.variance)) variance.add(s.variance);
  for (auto& s : all)
    s.share_of_variance = without > 0              ? (std::isinf(s.variance) ? 1.0 / static_cast<double>(without) : 0.0)
                          : variance.value() > 0.0 ? s.variance / variance.value()
                                                   : 0.0;
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    if (a.share_of_variance != b.share_of_variance) return a.share_of_variance > b.share_of_variance;
    return std::abs(a.elasticity) > std::abs(b.elasticity);
  });
  return all;
}

}  // namespace cradle::lca
