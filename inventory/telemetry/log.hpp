// SPDX-License-Identifier: Apache-2.0
// What measurement files say: energy by component, device and hour, windows, gaps, and what is odd about them. Files
// are read one by one, their sources joined by device and time, and nothing is counted twice. Rules: docs/logs.md.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventory/telemetry/log_sources.hpp"
#include "inventory/telemetry/energy_slots.hpp"
#include "lca/finding.hpp"
#include "lca/parameter.hpp"

namespace cradle::inventory {

/// A stretch of time in which a device was not read.
struct Gap {
  std::string device;
  std::string reason;  ///< "no samples", or the text that stood in place of a number
  double hours = 0.0;
  std::string start;  ///< UTC, or as written
};

/// Energy of one component over one log.
struct LogPart {
  std::string component;  ///< accelerator, cpu, dram, host ...; empty: not split
  double kwh = 0.0;       ///< IT energy, without PUE
  lca::Basis basis = lca::Basis::measured;
  std::string source;
};

/// One device of one log, for the table of what was understood.
struct LogDevice {
  std::string id, name;
  double kwh = 0.0;
  double covered_hours = 0.0, window_hours = 0.0;
  std::size_t samples = 0;
  std::string node, component;
  std::map<std::int64_t, double> hours;  ///< J by the hour's first second since 1970, where times are known
};

/// One run, as a tracker recorded it.
struct LogRecord {
  std::string project, run, device, country, region;  ///< country: ISO 3166 alpha-3, as written
  std::string start, end;                             ///< UTC where the zone is known
  double kwh = 0.0, hours = 0.0, devices = 0.0;
  std::optional<double> pue;
};

/// One file as it was found.
struct LogFile {
  std::string path, sha256;
  std::size_t bytes = 0, rows = 0;
};

/// One log: a file, or several that hold one recording.
struct LogSummary {
  std::string file, format, sha256;  ///< several files: a name for all, and the hash of their hashes
  std::size_t bytes = 0, rows = 0;
  std::vector<LogFile> files;
  std::string scope;       ///< what it measures: "device", "node" ...
  std::string start, end;  ///< UTC where the zone is known
  std::vector<LogDevice> devices;
  std::vector<LogPart> parts;
  std::vector<LogPart> gap_fill;  ///< energy of gaps at the device's mean power: a modelled substitute
  std::vector<Gap> gaps;
  std::size_t gap_count = 0;
  std::vector<std::string> notes;  ///< duplicates dropped, rows rejected, PUE divided out ...
  std::optional<double> device_hours;
  std::vector<LogRecord> records;  ///< the runs that it tells of
  bool pue_inside = false;         ///< its energies contain a PUE that nobody has told
  bool unzoned = false;            ///< some stamp says no offset, and no zone is declared
  EnergySlots profile;             ///< of all devices, for the chart
  bool used = false;
  std::string relation;  ///< why it does not count: "inside sacct.txt", "the same devices as ..."
  std::string reader;    ///< of a study: the run's key and which of its energies

  double covered_hours = 0.0, window_hours = 0.0;  ///< of all devices; a record for its time, as far as its parts were read

  double kwh() const;
  double filled_kwh() const;
  double covered_share() const;  ///< of device time; 1 without gaps
};

/// All that was read, and what could not be.
struct LogReading {
  std::vector<LogSummary> logs;
  std::vector<std::string> passed_over;  ///< files of a folder that are no logs, with the reason
  Findings findings;                     ///< E062 where two may measure the same; errors of single files
};

/// Called with the bytes of each piece read; for a progress bar.
using LogProgress = std::function<void(std::size_t bytes)>;

/// Reads files and folders (whole, by name order). E001, E003, E060 no usable row, E061 unknown or ambiguous format,
/// E062 may measure the same, E063 columns, E064 zone missing or unknown, E065 time goes back. Where one file of a
/// folder cannot be read the others still are. `threads` 0: as many as there are; the result has the same bits for any.
LogReading read_logs(const std::vector<std::string>& names, const LogSources& options, const LogProgress& progress = {},
                     unsigned threads = 0);

/// One file alone.
Result<LogSummary> read_log(const std::string& path, const LogSources& options);

/// Bytes that reading would go through.
std::size_t log_bytes(const std::vector<std::string>& paths);

/// A format that can be read.
struct LogFormat {
  std::string id, name;
  std::string recognised;  ///< by what
  std::string taken;       ///< what is read of it
  bool real = false;       ///< checked on files of other people; else written from the tools' documents and sources
};
std::vector<LogFormat> log_formats();

}  // namespace cradle::inventory
