// SPDX-License-Identifier: Apache-2.0
// Several processes that share a run (`mpirun -n N cradle ...`). MPI stands in a module of its own that is opened only
// under mpirun: a single process neither needs it nor pays for it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::app {

class Ranks {
 public:
  /// One rank where this process was not started by mpirun or its like. E091 where it was, but the module is missing.
  static Result<std::unique_ptr<Ranks>> join();
  virtual ~Ranks() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// All ranks' numbers, in order of rank, on rank 0; nothing elsewhere.
  virtual std::vector<double> gather(const std::vector<double>& own) = 0;
  /// Rank 0's numbers, on every rank.
  virtual std::vector<double> broadcast(std::vector<double> from_first) = 0;
  /// Whether all ranks say yes: none waits for another that gave up.
  virtual bool all_agree(bool own) = 0;
};

}  // namespace cradle::app
