// SPDX-License-Identifier: Apache-2.0
// A bar on standard error for what takes longer than a second, on a terminal only.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace cradle::app {

class Progress {
 public:
  /// `total` units of `what`; says nothing where `quiet`, or where nobody watches.
  Progress(std::string what, std::size_t total, bool quiet);
  void add(std::size_t units);
  /// Takes the bar away.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  std::size_t total_, done_ = 0;
  bool shown_;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

}  // namespace cradle::app
