// SPDX-License-Identifier: Apache-2.0
// From uncertain entries to what the draw loop reads, and the identity that a draw's random numbers hang on.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lca/lanes/kernels.hpp"
#include "lca/matrix/matrix_system.hpp"
#include "lca/uncertainty/correlation.hpp"

namespace cradle::lca {

/// The counter of an entry: its matrix, row and column, whatever else is drawn and in whatever order files list it.
std::uint64_t exchange_id(MatrixName matrix, int row, int column);
/// The counter of something named: a group of exchanges, or a parameter (the same in every study that has it).
std::uint64_t name_id(std::string_view name);

lanes::Sampler fixed_sampler(double value);

/// Makes the samplers of a system's entries and keeps what the kernels ask back for one value at a time.
class SamplerTables {
 public:
  /// `system` must outlive this; its correlations must be possible.
  SamplerTables(const MatrixSystem& system, std::uint64_t seed);

  lanes::Sampler sampler(const UncertainEntry& uncertain);
  /// For one batch of draws; this must outlive it and stay where it is.
  lanes::DrawContext context(std::uint64_t batch) const;

 private:
  struct Correlated {
    Distribution distribution;
    int group;
    bool mirrored;
  };
  static double quantile(const void* tables, std::uint32_t index, double p);
  static double look_up(const void* tables, std::uint32_t index, std::uint64_t draw);
  double stored_value(std::size_t index, std::uint64_t draw) const;

  const MatrixSystem* system_;
  std::uint64_t seed_;
  CorrelatedVariables variables_;
  std::vector<Distribution> others_;
  std::vector<Correlated> correlated_;
  std::vector<std::uint64_t> stride_;  ///< of each set of stored values, where all are combined
};

}  // namespace cradle::lca
