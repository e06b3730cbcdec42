// SPDX-License-Identifier: Apache-2.0
// From a distribution to what the draw loop reads, and the identity that a draw's random numbers hang on.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lca/lanes/kernels.hpp"
#include "lca/matrix/matrix_system.hpp"

namespace cradle::lca {

/// The counter of an entry: its matrix, row and column, whatever else is drawn and in whatever order files list it.
std::uint64_t exchange_id(MatrixName matrix, int row, int column);
/// The counter of something named: a group of exchanges, or a parameter (the same in every study that has it).
std::uint64_t name_id(std::string_view name);

lanes::Sampler fixed_sampler(double value);
/// `others` takes distributions that the kernels ask for one value at a time.
lanes::Sampler make_sampler(const MatrixSystem& system, const UncertainEntry& uncertain, std::uint64_t id,
                            std::vector<Distribution>& others);
/// What the kernels need besides; `others` and `system` must outlive it.
lanes::DrawContext draw_context(const MatrixSystem& system, const std::vector<Distribution>& others, std::uint64_t seed,
                                std::uint64_t batch);

}  // namespace cradle::lca
