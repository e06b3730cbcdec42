// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/study_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "inventory/catalogue/grids/grid_file.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;

class FileReader {
 public:
  explicit FileReader(const Study& study) : study_(study), folder_(fs::path(study.file).parent_path()) {}

  StudyFiles read() {
    for (const auto& run : study_.runs)
      if (includes(run.stage)) read_run(run);
    if (includes("inference"))
      for (const auto& [name, service] : study_.services) read_run(service.run);
    for (const auto& [name, site] : study_.sites)
      if (!site.grid.series.empty() && !site.grid.location) read_series(site);
    return std::move(files_);
  }

 private:
  bool includes(std::string_view stage) const { return study_.boundary && study_.boundary->includes(stage); }

  void report(const Finding& finding, const Place& place, std::string message) {
    files_.findings.push_back({finding.code, std::move(message), finding.hint, place, study_.document.excerpt(place.line)});
  }

  void read_run(const Run& run) {
    if (run.energy) read_energy(*run.energy, {run.owner, "energy"}, false);
    if (run.idle) read_energy(*run.idle, {run.owner, "idle"}, false);
  }

  void read_energy(const Energy& energy, const lca::ParameterKey& at, bool alternative) {
    if (energy.logs) read_files(*energy.logs, at, alternative);
    for (std::size_t i = 0; i < energy.alternatives.size(); ++i)
      read_energy(energy.alternatives[i], alternative_of(at, i), true);
  }

  void read_files(const LogSources& sources, const lca::ParameterKey& at, bool alternative) {
    std::vector<std::string> paths;
    for (const auto& [file, place] : sources.files) paths.push_back(file);
    LogSources options = sources;
    options.folder = folder_.string();
    LogReading reading = read_logs(paths, options);
    for (auto& finding : reading.findings) {
      if (finding.code == "E062") {  // for the study to say
        report(finding, sources.place, finding.message);
        continue;
      }
      if (finding.hint.empty()) finding.hint = fmt::format("named on line {} of {}", sources.place.line, study_.file);
      files_.findings.push_back(std::move(finding));
    }
    for (auto& log : reading.logs) {
      log.reader = at.text();
      if (!log.used || alternative) continue;
      auto& counted = counted_[log.sha256];
      const bool twice = std::any_of(counted.begin(), counted.end(), [&](const auto& part) { return !part.apart_from(sources.part); });
      if (twice)
        report({"E062", "", "one measurement counts once; parts of it are told apart by 'project', 'run_id', 'where' or times", {}, ""},
               sources.place, fmt::format("{} already counts for another run", log.file));
      counted.push_back(sources.part);
    }
    files_.logs.emplace(at, EnergyLogs{std::move(reading.logs), std::move(reading.passed_over), alternative});
  }

  /// Most findings are for the study to mend, so they stand where it names the file, with the file's own line.
  void read_series(const Site& site) {
    const GridChoice& grid = site.grid;
    auto read = read_grid_file((folder_ / grid.series).string(),
                               {grid.region, std::string(grid_factor_names[static_cast<std::size_t>(grid.kind.factor)]), grid.year, grid.column, grid.unit});
    if (read) {
      files_.series.emplace(site.name, std::move(*read));
      return;
    }
    for (const auto& finding : read.error())
      report(finding, grid.series_place,
             fmt::format("{}{}: {}", grid.series, finding.place.line > 1 ? fmt::format(":{}", finding.place.line) : "",
                         finding.message));
  }

  const Study& study_;
  const fs::path folder_;
  StudyFiles files_;
  std::map<std::string, std::vector<LogPartWanted>> counted_;  ///< parts of logs that count, by hash
};

}  // namespace

double EnergyLogs::kwh() const {
  double total = 0.0;
  for (const auto& log : logs)
    if (log.used) total += log.kwh() + log.filled_kwh();
  return total;
}

const EnergyLogs* StudyFiles::logs_of(const lca::ParameterKey& energy) const {
  const auto found = logs.find(energy);
  return found == logs.end() ? nullptr : &found->second;
}

lca::ParameterKey alternative_of(const lca::ParameterKey& energy, std::size_t number) {
  return energy / "alternatives" / std::to_string(number + 1);
}

StudyFiles read_files(const Study& study) { return FileReader(study).read(); }

}  // namespace cradle::inventory
