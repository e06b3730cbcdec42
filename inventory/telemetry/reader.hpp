// SPDX-License-Identifier: Apache-2.0
// The one interface behind which every format is read: recognise() looks at the first bytes, read() turns a file into
// tracks (readings over time) and windows (energy of a stretch of time). Readers know nothing of each other, of joining
// or of studies. Not used outside inventory/telemetry.
#pragma once

#include <fmt/format.h>

#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/telemetry/clock.hpp"
#include "inventory/telemetry/log.hpp"
#include "inventory/telemetry/series.hpp"

namespace cradle::inventory {

/// What a source measures. Wider scopes contain narrower ones of the same machine.
enum class Scope { process, component, module, node, job, rack };
std::string_view name_of(Scope scope);

struct Source {
  std::string node;       ///< host name; empty where the file does not say
  std::string device;     ///< UUID, index, RAPL zone ...; empty: all of this component together
  std::string name;       ///< product name
  std::string component;  ///< accelerator, cpu, dram, host; empty: not split
  Scope scope = Scope::component;
  bool identified = false;  ///< the device's id is one of its own in the whole world (a UUID)
  bool operator<(const Source& other) const;
};

/// A reading as it stands, for files that must be sorted first.
struct RawReading {
  Micros t = 0;
  double value = 0.0;
  int reason = -1;  ///< of the missing ones: which text
};

/// The readings of one device.
class Track {
 public:
  Track(Source of, SeriesRule by, bool collect) : source(std::move(of)), rule(by), series(by), collect_(collect) {}
  void add(Micros t, double value) {
    if (clipped()) return add_clipped(t, value);
    put(t, value);
  }
  void keep(Micros first, Micros last) {
    from = first;
    to = last;
  }
  void miss(Micros t, std::string_view reason);

  Source source;
  SeriesRule rule;
  lca::Basis basis = lca::Basis::measured;
  std::string how;  ///< "power draw", "energy counter": part of the entry's source
  Series series;
  std::vector<RawReading> raw;
  std::vector<std::string> reasons;
  std::size_t copies = 0;  ///< readings that stood in another file too
  Micros from = std::numeric_limits<Micros>::min(), to = std::numeric_limits<Micros>::max();  ///< the part wanted

 private:
  bool clipped() const { return from != std::numeric_limits<Micros>::min() || to != std::numeric_limits<Micros>::max(); }
  /// Readings at the ends of the part wanted are on the line between those around them.
  void add_clipped(Micros t, double value);
  void put(Micros t, double value) {
    if (collect_)
      raw.push_back({t, value, -1});
    else
      series.add(t, value);
  }
  bool collect_;
  std::optional<RawReading> before_;  ///< the last reading, of a part of a log
};

/// Energy of one window.
struct Window {
  Source source;
  std::optional<Micros> from, to;
  double joules = 0.0;
  double seconds = 0.0;  ///< its length, where known
  lca::Basis basis = lca::Basis::measured;
  std::string how;
  std::string key;     ///< of the run: windows of one key in several files are snapshots, and the longest counts
  std::string label;   ///< of the run or task
  int rank = 0;        ///< of records of one run in several files, the highest counts before the longest
  std::string record;  ///< which file and row it stands in; set when files are joined
  double device_seconds = 0.0;
  std::string missing;  ///< why there is no energy; it is then a gap
  std::shared_ptr<LogRecord> about;  ///< the run that it is part of, where the file tells of runs
};

/// A rule that knows what no source of its kind can have: one accelerator or socket a power above 3 kW, anything wider
/// a step far above all its others.
SeriesRule plausible(const Source& source, SeriesRule rule);

struct LogInput;

/// What one file says.
struct Draft {
  LogFile file;
  std::string format_id, format, folder;  ///< folder: below the one that was named, "" at its top
  std::vector<Track> tracks;
  std::vector<Window> windows;
  std::vector<std::string> notes;
  bool unzoned = false;
  bool collect = false;  ///< readings are to be kept, to be sorted
  bool pue_inside = false;  ///< energies contain a PUE that neither the file nor who names it tells
  bool selects = false;     ///< the reader knows projects, runs and columns, and has taken the rows that are wanted
  Micros from = std::numeric_limits<Micros>::min(), to = std::numeric_limits<Micros>::max();  ///< the part wanted
  std::size_t rejected = 0;

  /// The track of a source, made where there is none.
  Track& track(const Source& source, SeriesRule rule, std::string_view how);
  /// A row that cannot be trusted.
  void reject(std::size_t line, const std::string& why);
  std::map<Source, std::size_t> by_source;
};

struct LogInput {
  std::string path, name;  ///< name: without folders
  std::string_view head;   ///< the first 64 KiB as UTF-8, without byte-order mark
  const LogSources& options;
  unsigned threads = 1;
  const LogProgress* progress = nullptr;

  /// The whole file as UTF-8, without byte-order mark. E002 above 512 MiB.
  Result<std::string_view> text();
  /// Calls `line` for each line, without its end; a last line without an end is passed with `whole` false.
  Result<void> lines(const std::function<void(std::string_view line, std::size_t number, bool whole)>& line);

  std::string converted;  ///< of files that are not UTF-8
  bool in_memory = false;
  std::string bytes;
};

using Recognise = bool (*)(const LogInput& input);
using ReadLog = Result<void> (*)(LogInput& input, Draft& draft);

struct Reader {
  LogFormat format;
  Recognise recognise;
  ReadLog read;
  bool last_resort = false;  ///< asked only where no other reader knows the file
};

/// All readers, in the order in which they are listed.
const std::vector<Reader>& readers();

// --- what readers share ---

/// A number as a log writes it; nothing for text, NaN and infinities.
std::optional<double> log_number(std::string_view text);
/// "[N/A]", "N/A", "ERR!", "" and the like.
bool says_missing(std::string_view cell);
/// Cells of one line, quotes taken off, white space around them dropped.
void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells, std::string& store);
/// The first line of a file that is not empty and no comment.
std::string_view first_line(std::string_view head);
/// Names of the first line's cells: lower case, without units in brackets.
std::vector<std::string> header_of(std::string_view head, char separator = ',');
/// What may stand between the cells of a table.
inline constexpr std::array column_separators = {',', ';', '\t'};
bool has_all(const std::vector<std::string>& names, std::initializer_list<const char*> wanted);

inline tl::unexpected<Findings> log_failure(const LogInput& input, std::string code, std::string message,
                                            std::string hint = "") {
  return failure({std::move(code), std::move(message), std::move(hint), {input.path, 0, 0, 1}, ""});
}

}  // namespace cradle::inventory
