// SPDX-License-Identifier: Apache-2.0
// The files that a command reads, by what they are and not by how they are called: an output that is one of them is
// refused, through links and other names too.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cradle::inventory {

class ReadFiles {
 public:
  ReadFiles() = default;
  /// Files, and folders with everything in them; an empty path or one that is not there adds nothing.
  explicit ReadFiles(const std::vector<std::string>& paths) {
    for (const auto& path : paths) add(path);
  }
  void add(const std::string& path);
  bool holds(const std::string& path) const;

 private:
  std::set<std::pair<std::uint64_t, std::uint64_t>> files_;  ///< device and inode
};

}  // namespace cradle::inventory
