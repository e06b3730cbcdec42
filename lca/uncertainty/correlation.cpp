// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/correlation.hpp"

#include <algorithm>
#include <cmath>

#include "lca/lanes/lane_math.hpp"
#include "lca/uncertainty/sampler.hpp"
#include "lca/uncertainty/special_functions.hpp"

namespace cradle::lca {
namespace {

constexpr std::uint64_t correlation_stream = 0xc0de;
constexpr double rounding = 1e-12;

double normal_cumulative(double z) {
  const double inside = maths::gamma_p(0.5, 0.5 * z * z);  // erf(|z| / sqrt 2), DLMF 7.11.1
  return z < 0.0 ? 0.5 * (1.0 - inside) : 0.5 * (1.0 + inside);
}

/// L with L L^T = m, or false. A pivot of zero is a variable that others decide altogether.
bool cholesky(std::vector<std::vector<double>>& m) {
  for (std::size_t i = 0; i < m.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = m[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= m[i][k] * m[j][k];
      if (i == j) {
        if (sum < -rounding) return false;
        m[i][i] = sum > rounding ? std::sqrt(sum) : 0.0;
      } else if (m[j][j] > 0.0) {
        m[i][j] = sum / m[j][j];
      } else {
        if (std::abs(sum) > rounding) return false;
        m[i][j] = 0.0;
      }
    }
  return true;
}

}  // namespace

std::optional<CorrelatedVariables> CorrelatedVariables::of(const MatrixSystem& system) {
  CorrelatedVariables variables;
  std::vector<int> groups;
  for (const auto& c : system.correlations) groups.insert(groups.end(), {c.group, c.other});
  // By name, so that the order of the file's rows changes no draw.
  const auto name = [&](int group) -> const std::string& { return system.groups[static_cast<std::size_t>(group)]; };
  std::sort(groups.begin(), groups.end(), [&](int a, int b) { return name(a) < name(b); });
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  variables.row_of_group_.assign(system.groups.size(), -1);
  for (std::size_t row = 0; row < groups.size(); ++row) {
    variables.row_of_group_[static_cast<std::size_t>(groups[row])] = static_cast<int>(row);
    variables.ids_.push_back(name_id(name(groups[row])));
  }
  auto& m = variables.lower_;
  m.assign(groups.size(), std::vector<double>(groups.size(), 0.0));
  for (std::size_t i = 0; i < groups.size(); ++i) m[i][i] = 1.0;
  for (const auto& c : system.correlations) {
    const auto a = static_cast<std::size_t>(variables.row_of_group_[static_cast<std::size_t>(c.group)]);
    const auto b = static_cast<std::size_t>(variables.row_of_group_[static_cast<std::size_t>(c.other)]);
    m[a][b] = m[b][a] = c.coefficient;
  }
  if (!cholesky(m)) return std::nullopt;
  return variables;
}

double CorrelatedVariables::probability(int group, std::uint64_t seed, std::uint64_t draw) const {
  const auto row = static_cast<std::size_t>(row_of_group_[static_cast<std::size_t>(group)]);
  double score = 0.0;
  for (std::size_t k = 0; k <= row; ++k) {
    if (lower_[row][k] == 0.0) continue;
    std::uint64_t word0 = draw, word1 = ids_[k];
    lanes::threefry(word0, word1, seed, correlation_stream);
    score += lower_[row][k] * lanes::normal_quantile(lanes::uniform(word0));
  }
  // The quantile functions want 0 < p < 1.
  return std::clamp(normal_cumulative(score), 0x1p-60, 1.0 - 0x1p-53);
}

}  // namespace cradle::lca
