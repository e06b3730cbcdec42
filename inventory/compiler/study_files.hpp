// SPDX-License-Identifier: Apache-2.0
// Files that a study names, read once and before anything is compiled: measurement logs and grids by time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "inventory/catalogue/grids/intensity_series.hpp"
#include "inventory/study/study.hpp"
#include "inventory/telemetry/log.hpp"

namespace cradle::inventory {

/// The logs of one energy of a run or service.
struct EnergyLogs {
  std::vector<LogSummary> logs;
  std::vector<std::string> passed_over;  ///< files beside them that are no logs
  bool alternative = false;              ///< another way to know an energy: shown, never counted
  double kwh() const;                    ///< of those that count in it, gaps filled
};

struct StudyFiles {
  std::map<lca::ParameterKey, EnergyLogs> logs;   ///< by run and which of its energies
  std::map<std::string, IntensitySeries> series;  ///< grids by time, by site
  Findings findings;

  const EnergyLogs* logs_of(const lca::ParameterKey& energy) const;
};

/// The key of another way to know an energy, the first being 0.
lca::ParameterKey alternative_of(const lca::ParameterKey& energy, std::size_t number);

/// Reads what runs and services inside the boundary name. Findings are those of read_logs and read_grid_file, each
/// pointing to where the study names the file; E062 where one measurement would count twice.
StudyFiles read_files(const Study& study);

}  // namespace cradle::inventory
