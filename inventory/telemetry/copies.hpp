// SPDX-License-Identifier: Apache-2.0
// Rotated logs, and copies of a log that still grew, hold the same readings where they overlap: each counts once. Not
// used outside inventory/telemetry.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inventory/telemetry/reader.hpp"

namespace cradle::inventory {

class Copies {
 public:
  /// Files of one format, read with their readings kept.
  explicit Copies(std::vector<Draft> drafts);

  /// A device's readings of all files, each once. Nothing where two files overlap and their readings differ there, or
  /// where no device of the two shows by readings that vary that one file is a copy of the other: then it may be
  /// another device.
  std::optional<Track> merged(const Source& source);

 private:
  using Readings = std::vector<RawReading>;
  struct Device {
    Track track;  ///< without readings
    std::map<std::size_t, Readings> files;
  };
  struct Overlap {
    Micros from = 0, to = 0;
    bool equal = true, varied = false;
  };

  static Overlap overlap(const Readings& a, const Readings& b);
  bool proven(std::size_t a, std::size_t b);

  std::map<Source, Device> devices_;
  std::vector<std::string> reasons_;
  std::map<std::pair<std::size_t, std::size_t>, bool> proven_;
};

}  // namespace cradle::inventory
