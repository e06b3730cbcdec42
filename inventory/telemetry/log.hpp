// SPDX-License-Identifier: Apache-2.0
// What every log reader returns: energy by device and component, windows, gaps, and what is odd about the file.
// Rules (units from the file, missing is never zero, PUE once, no scope added twice): docs/logs.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventory/study/study.hpp"
#include "inventory/text/time_stamp.hpp"
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

/// Energy of one component over one file.
struct LogPart {
  std::string component;  ///< accelerator, cpu, dram
  double kwh = 0.0;       ///< IT energy, without PUE
  lca::Basis basis = lca::Basis::measured;
  std::string source;
};

/// One device of one file, for the table of what was understood.
struct LogDevice {
  std::string id, name;
  double kwh = 0.0;
  double covered_hours = 0.0, window_hours = 0.0;
  std::size_t samples = 0;
};

struct LogSummary {
  std::string file, format, sha256;
  std::size_t bytes = 0, rows = 0;
  std::string start, end;  ///< UTC where the zone is known
  std::vector<LogDevice> devices;
  std::vector<LogPart> parts;
  std::vector<LogPart> gap_fill;  ///< energy of gaps at the device's mean power: a modelled substitute
  std::vector<Gap> gaps;
  std::vector<std::string> notes;  ///< duplicates dropped, rows rejected, PUE divided out ...
  std::optional<double> device_hours;
  bool used = false;

  double kwh() const;
  double covered_share() const;  ///< of device time; 1 without gaps
};

/// Reads one file in whatever format it is. E060 no usable row, E061 unknown format, E064 zone missing or
/// unknown; rows that cannot be trusted are left out and counted in `notes`.
Result<LogSummary> read_log(const std::string& path, const LogSources& options);

}  // namespace cradle::inventory
