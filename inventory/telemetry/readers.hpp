// SPDX-License-Identifier: Apache-2.0
// The readers behind read_log(), and what they share; not used outside inventory/telemetry.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/telemetry/log.hpp"

namespace cradle::inventory {

/// A CSV file in memory: header by lower-case name, and rows.
struct CsvTable {
  std::vector<std::string> header;            ///< as written
  std::map<std::string, std::size_t> column;  ///< lower-case name without unit -> index
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  const std::string* cell(std::size_t row, const std::string& name) const;
};

/// One reading of a gauge. Without a number, `missing` says what stood there.
struct Sample {
  double seconds = 0.0;  ///< since an arbitrary start, UTC
  double watts = 0.0;
  std::string missing;
};

/// Integrates gauge samples per device by the trapezoid rule over real time steps and finds the gaps: steps
/// longer than three median periods (at least 10 s) and steps that contain an unreadable row.
void integrate(std::map<std::string, std::vector<Sample>> devices, const std::map<std::string, std::string>& names,
               const LogSources& options, LogSummary& summary);

/// Reads stamps of one file, remembering whether any lacked a zone.
class Clock {
 public:
  explicit Clock(const std::string& zone) : zone_(zone) {}
  /// Seconds since 1970; Unix seconds are accepted too. Nothing when it is no time.
  std::optional<double> seconds(const std::string& text);
  bool unzoned() const { return unzoned_; }
  std::string text(double seconds) const;

 private:
  std::string zone_;
  bool unzoned_ = false;
};

std::optional<double> log_number(std::string_view text);
/// "[N/A]", "N/A", "ERR!", "" and the like.
bool says_missing(const std::string& cell);

bool is_codecarbon(const CsvTable& table);
Result<void> read_codecarbon(const CsvTable& table, const LogSources& options, LogSummary& summary);
bool is_nvidia_smi(const CsvTable& table, const std::vector<std::string>& first_row);
Result<void> read_nvidia_smi(std::string_view text, const LogSources& options, LogSummary& summary);
Result<void> read_column_map(const CsvTable& table, const LogSources& options, LogSummary& summary);

inline tl::unexpected<Findings> log_failure(const LogSummary& summary, std::string code, std::string message,
                                            std::string hint = "") {
  return failure({std::move(code), std::move(message), std::move(hint), {summary.file, 0, 0, 1}, ""});
}

}  // namespace cradle::inventory
