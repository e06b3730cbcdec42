// SPDX-License-Identifier: Apache-2.0
#include "app/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "app/terminal.hpp"

namespace cradle::app {

Progress::Progress(std::string what, std::size_t total, bool quiet)
    : what_(std::move(what)), total_(total), shown_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

void Progress::add(std::size_t units) {
  using namespace std::chrono_literals;
  done_ += units;
  const auto now = Clock::now();
  if (!shown_ || now - start_ < 1s || now - last_ < 100ms) return;
  last_ = now;
  const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  std::cerr << fmt::format("\r{} {:3.0f} %  {} of {} {}, {:.0f} s left \033[K", bar(share, 30), 100 * share, done_,
                           total_, what_, elapsed / share - elapsed)
            << std::flush;
}

void Progress::finish() {
  if (shown_ && last_ != start_) std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace cradle::app
