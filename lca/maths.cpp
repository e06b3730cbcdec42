// SPDX-License-Identifier: Apache-2.0
#include "lca/maths.hpp"

#include <sleef.h>

#include <cmath>

namespace cradle::lca::maths {

// The "cinz" forms are SLEEF's deterministic, FMA-free scalar functions (error below 1 ULP).
double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
double pow(double base, double exponent) { return Sleef_cinz_powd1_u10purec(base, exponent); }

void Sum::add(double x) {
  const double next = sum_ + x;
  compensation_ += std::abs(sum_) >= std::abs(x) ? (sum_ - next) + x : (x - next) + sum_;
  sum_ = next;
}

}  // namespace cradle::lca::maths
