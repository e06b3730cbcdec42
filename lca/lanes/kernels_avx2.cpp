// SPDX-License-Identifier: Apache-2.0
#include "lca/lanes/kernels_impl.hpp"

namespace cradle::lca::lanes {
extern const Kernels kernels_avx2;
constinit const Kernels kernels_avx2 = own_kernels;
}  // namespace cradle::lca::lanes
