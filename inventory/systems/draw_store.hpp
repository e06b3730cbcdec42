// SPDX-License-Identifier: Apache-2.0
// Finished draws on disk, so that a long run that was stopped goes on where it was: one file to a process, appended to
// batch by batch, each batch with its checksum. A batch that was cut short while written counts as not done.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lca/finding.hpp"
#include "lca/uncertainty/monte_carlo.hpp"

namespace cradle::inventory {

class DrawStore {
 public:
  /// `key` names the run (inputs, seed, version). E090 where the folder holds another run, or this one without
  /// `resume`.
  static Result<DrawStore> open(const std::string& folder, const std::string& key, bool resume);
  DrawStore(DrawStore&& other) noexcept;
  DrawStore& operator=(DrawStore&&) = delete;
  ~DrawStore();

  /// What earlier runs finished, in order of their index, each once.
  std::vector<lca::DrawBatch> load(std::size_t scores_per_batch) const;
  /// Appends to this process's file; E070 where that fails.
  Result<void> append(const lca::DrawBatch& batch);

 private:
  explicit DrawStore(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  int file_ = -1;
};

}  // namespace cradle::inventory
