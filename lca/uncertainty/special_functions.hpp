// SPDX-License-Identifier: Apache-2.0
// Incomplete gamma and beta functions on the engine's own maths, because libm's differ in the last bit between
// machines and a draw must not. Boost.Math is their oracle in the tests.
#pragma once

namespace cradle::lca::maths {

double log_gamma(double x);
/// P(a, x), regularised lower incomplete gamma function: series (DLMF 8.11.4) or continued fraction (DLMF 8.9.2).
double gamma_p(double a, double x);
/// I_x(a, b), regularised incomplete beta function by its continued fraction (DLMF 8.17.22).
double beta_i(double a, double b, double x);
/// x with P(a, x) = p, and x with I_x(a, b) = p: bracketed, by bisection to the last bits.
double gamma_p_inverse(double a, double p);
double beta_i_inverse(double a, double b, double p);

}  // namespace cradle::lca::maths
