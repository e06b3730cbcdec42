// SPDX-License-Identifier: Apache-2.0
// CPU time of everything that a command started, against that of the whole machine (proc(5)): the share of the
// processors' energy that is its own.
#pragma once

#include <optional>

namespace cradle::inventory {

/// From now on children whose parents have gone become this process's, so that a tree stays whole (prctl(2)).
void adopt_orphans();

/// CPU seconds so far of all that descends from this process, itself left out; nothing where /proc is not there.
std::optional<double> descendants_cpu_seconds();

/// CPU seconds so far of the whole machine; nothing where /proc is not there.
std::optional<double> machine_cpu_seconds();

}  // namespace cradle::inventory
