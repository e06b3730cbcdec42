// SPDX-License-Identifier: Apache-2.0
// The one place for transcendental functions and for sums. glibc's exp, log and pow choose different code on
// machines with and without FMA, so the last bit differs; these give the same bits on every x86-64 machine.
#pragma once

#include <cmath>

namespace cradle::lca::maths {

double exp(double x);
double log(double x);
double pow(double base, double exponent);

/// Compensated sum in the order given (Neumaier 1974), so that totals do not drown small entries.
class Sum {
 public:
  void add(double x) {
    const double next = sum_ + x;
    compensation_ += std::abs(sum_) >= std::abs(x) ? (sum_ - next) + x : (x - next) + sum_;
    sum_ = next;
  }
  double value() const { return sum_ + compensation_; }

 private:
  double sum_ = 0.0;
  double compensation_ = 0.0;
};

}  // namespace cradle::lca::maths
