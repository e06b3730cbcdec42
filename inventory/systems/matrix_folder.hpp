// SPDX-License-Identifier: Apache-2.0
// A system as a folder of files: A.mtx; B.mtx, C.mtx, demand.csv, names.csv, properties.csv, weighting.csv, timing.csv,
// uncertainty.csv, samples.csv where there are any. Indices in the CSV files count from 0 (docs/systems.md).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inventory/systems/characterise.hpp"
#include "lca/allocation/matrix_allocation.hpp"
#include "lca/finding.hpp"
#include "lca/impact/weighting.hpp"
#include "lca/matrix/matrix_system.hpp"
#include "lca/time/dated_inventory.hpp"

namespace cradle::inventory {

struct SystemFolder {
  lca::MatrixSystem system;
  std::vector<FlowDetail> flows;                   ///< may be shorter than the system's
  lca::ProductProperties properties;               ///< properties.csv: for allocation
  std::vector<lca::Timing> timings;                ///< timing.csv: exchanges in other years than their process
  std::vector<lca::CategoryWeighting> weightings;  ///< weighting.csv
  Findings findings;  ///< warnings: W110 duplicate entries, W111 distributions taken as fixed, W112 unknown columns,
                      ///< W116 distributions on the other side of zero
  std::vector<std::string> files;  ///< names of those read
};

/// Whether a command draws: uncertainty.csv is the largest file of all and read only then.
enum class ReadUncertainty { no, yes };

struct ReadOptions {
  ReadUncertainty uncertainty = ReadUncertainty::no;
  bool scores_only = false;  ///< of B.mtx only the processes that are reached and the flows that C.mtx characterises
  std::vector<std::string> demands = {};  ///< by id; all where empty
  std::string family = {};                ///< impact methods instead of C.mtx, see read_impact_family
};

/// E001, E084, E085 as MatrixReader; E100, W118, W119 as read_impact_family and characterise; E086 sizes that do
/// not fit, E087 a demand that does not fit, E088 a row of another CSV file that does not fit.
Result<SystemFolder> read_system(const std::string& folder, const ReadOptions& options = {});

/// SHA-256 over the names and contents of the files read: two runs with the same one had the same inputs.
std::string sha256_of(const std::string& folder, const SystemFolder& system);

/// The files of a system, as {name, bytes}.
std::vector<std::pair<std::string, std::string>> write_system(const SystemFolder& folder);

}  // namespace cradle::inventory
