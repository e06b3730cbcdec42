// SPDX-License-Identifier: Apache-2.0
// Which measurement files are read, and how.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::inventory {

/// What recordings that lie in the same time are.
enum class Ranks { not_said, one_machine, many_machines };
inline constexpr std::array<std::string_view, 3> ranks_names = {"", "one machine", "many machines"};

/// What becomes of a gap: filled at the device's mean power as an entry of its own, or left out.
enum class GapRule { mean, exclude };
inline constexpr std::array<std::string_view, 2> gap_rule_names = {"mean", "exclude"};

/// Which part of a log is meant; what is empty leaves nothing out.
struct LogPartWanted {
  std::string project, run_id;               ///< as the tracker names them
  std::string from, to;                      ///< stamps
  std::map<std::string, std::string> where;  ///< column -> value
  /// No row can belong to both, as far as what they ask for tells: another project, run, value of a column, or time.
  bool apart_from(const LogPartWanted& other) const;
  bool of_rows() const { return !project.empty() || !run_id.empty() || !where.empty(); }
};

/// Measurement files and what a study or a command line says about reading them.
struct LogSources {
  std::vector<std::pair<std::string, Place>> files;  ///< relative to the study
  std::string folder;         ///< that paths are relative to, and that nothing said of them repeats
  std::string use;            ///< the file whose energy is taken, where several cover the same machine
  std::string timezone;       ///< of stamps without an offset
  std::map<std::string, std::string> timezones;  ///< of single files instead, by name
  LogPartWanted part;
  std::string start;          ///< of a log without times
  std::optional<double> interval;  ///< s between its rows
  double pue = 0.0;           ///< contained in the file and not said in it; 0: not stated
  std::string format;         ///< id of the format, where it cannot be told from the file
  Ranks ranks = Ranks::not_said;  ///< of runs that lie in the same time
  bool hash = true;           ///< take the hash of each file for the record
  std::string measures;       ///< what a table read by `columns` measures: "device", "node" or "rack"
  std::string node_energy;    ///< what a scheduler's energy contains: "node" or "cpu"
  GapRule gaps = GapRule::mean;
  /// Generic CSV: time (or a date and a time), device, node, duration, unit, and one or several of power, energy or counter.
  std::map<std::string, std::vector<std::string>> columns;
  Place place;

  /// Where a file lies that is named relative to `folder`.
  std::string path_of(const std::string& name) const;
  /// By its whole name, or by its name without folders.
  const std::string& timezone_of(const std::string& name) const;
};

}  // namespace cradle::inventory
