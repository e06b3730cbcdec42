// SPDX-License-Identifier: Apache-2.0
#include "lca/maths.hpp"

#include <sleef.h>

namespace cradle::lca::maths {

// The "cinz" forms are SLEEF's deterministic, FMA-free scalar functions (error below 1 ULP).
double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
double pow(double base, double exponent) { return Sleef_cinz_powd1_u10purec(base, exponent); }

}  // namespace cradle::lca::maths
