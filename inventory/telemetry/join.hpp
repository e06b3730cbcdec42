// SPDX-License-Identifier: Apache-2.0
// Puts the drafts of many files together: one device's readings become one track however its files were cut, snapshots
// of one run count once, and scopes that contain each other are found. Not used outside inventory/telemetry.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "inventory/telemetry/copies.hpp"
#include "inventory/telemetry/reader.hpp"

namespace cradle::inventory {

/// Sorts the raw readings of one device, drops what stands there twice, and sums them. E065 where time goes back over
/// what was already read, with other readings: a repeated hour, a clock that was set; `unzoned`, also where just an hour
/// comes again with the same ones.
Result<void> settle(Track& track, const std::string& path, bool unzoned = false);

/// A file read once more with its readings kept; nothing where it cannot be.
using ReadAgain = std::function<std::optional<Draft>(const std::string& path)>;

class Join {
 public:
  Join(const LogSources& options, ReadAgain again) : options_(options), again_(std::move(again)) {}

  /// Files are added in the order of their names.
  void add(Draft draft);
  /// One summary per format and scope; E062 where two of its files may measure the same.
  std::vector<LogSummary> finish(Findings& findings);

 private:
  struct Piece {
    Track track;
    std::string path;
  };
  /// What one file says of a device.
  struct Stretch {
    std::string path;
    Micros first, last;
    std::size_t samples;
    double values;  ///< their sum
    bool varied;
  };
  struct Joined {
    std::vector<Stretch> stretches;
    std::list<Piece> pieces;  ///< in order of time, each after the one before; more than one only until finish()
    std::vector<std::string> paths;
    bool unzoned = false;
  };
  struct Group {
    std::string format;
    std::vector<LogFile> files;
    std::map<Source, Joined> tracks;
    std::vector<Window> windows;
    std::vector<std::string> notes;
    bool unzoned = false, pue_inside = false;
    bool implausible = false;  ///< said once
    std::vector<std::string> impossible;  ///< readings and records that cannot be
    std::shared_ptr<Copies> copies;  ///< once two files were found to overlap
  };
  using GroupKey = std::pair<std::string, Scope>;  ///< format and scope

  void add_track(Group& group, Track track, const std::string& path);
  void find_copied_folders(const Group& group, Findings& findings) const;
  void find_shifted(const Source& source, const Joined& joined, Findings& findings) const;
  void add_windows(Group& group, LogSummary& summary, Findings& findings);
  void add_tracks(Group& group, LogSummary& summary, Findings& findings);
  std::optional<Track> one_of_pieces(Group& group, const Source& source, Joined& joined, Findings& findings);
  Copies* copies_of(Group& group);
  void one_per_run(Group& group);
  void find_ranks(const Group& group, Findings& findings) const;
  void one_per_time(Group& group, LogSummary& summary) const;
  void refuse_impossible(Window& window, Group& group) const;

  const LogSources& options_;
  ReadAgain again_;
  std::map<GroupKey, Group> groups_;
};

/// Marks which logs count: of scopes that contain each other the widest, of two tools on the same devices the counter.
/// E062 where it cannot be told whether two measure the same.
void relate(std::vector<LogSummary>& logs, const LogSources& options, Findings& findings);

}  // namespace cradle::inventory
