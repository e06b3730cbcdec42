// SPDX-License-Identifier: Apache-2.0
// Measurement files inside a study: read once, named by paths of the study, their energy drawn from the run's site.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "inventory/compiler/builder.hpp"

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

namespace {

/// Takes a folder off the paths that a text names. "s/" within "logs/" is no such path.
void strip_folder(const std::string& folder, std::string& text) {
  for (std::size_t at = 0; !folder.empty() && (at = text.find(folder, at)) != std::string::npos; ++at)
    if (at == 0 || std::string_view(" '\"(").find(text[at - 1]) != std::string_view::npos)
      text.erase(at, folder.size());
}

}  // namespace

const std::vector<std::size_t>& Builder::read_logs(const Run& run, const std::string& which,
                                                   const LogSources& sources) {
  const std::string reader = lca::ParameterKey{run.owner, which}.text();
  const auto [known, fresh] = logs_of_run_.emplace(reader, std::vector<std::size_t>());
  if (!fresh) return known->second;
  LogReading reading;
  if (first_ != nullptr) {
    for (const auto& log : first_->logs)
      if (log.reader == reader) reading.logs.push_back(log);
  } else {
    reading = read_files(sources);
  }
  for (auto& finding : reading.findings) {
    if (finding.code == "E062") {  // for the study to say
      report(finding.code, sources.place, finding.message, finding.hint);
      continue;
    }
    if (finding.hint.empty()) finding.hint = fmt::format("named on line {} of {}", sources.place.line, study_.file);
    findings.push_back(std::move(finding));
  }
  for (auto& log : reading.logs) {
    log.reader = reader;
    for (const auto& other : logs)
      if (log.used && other.used && other.sha256 == log.sha256)
        report("E062", sources.place, fmt::format("{} already counts for another run", log.file),
               "one measurement counts once");
    known->second.push_back(logs.size());
    logs.push_back(std::move(log));
  }
  if (!reading.passed_over.empty())
    cover("files beside the logs of " + run.name, Coverage::excluded,
          fmt::format("{} files are no logs: {}{}", reading.passed_over.size(), reading.passed_over.front(),
                      reading.passed_over.size() > 1 ? " ..." : ""));
  return known->second;
}

/// Paths in what comes back are those of the study, not of this machine.
LogReading Builder::read_files(const LogSources& sources) const {
  const auto folder = std::filesystem::path(study_.file).parent_path();
  std::vector<std::string> paths;
  for (const auto& [file, place] : sources.files) paths.push_back((folder / file).string());
  LogReading reading = inventory::read_logs(paths, sources);
  const std::string prefix = folder.empty() ? "" : (folder / "").string();
  const auto strip = [&](std::string& text) { strip_folder(prefix, text); };
  for (auto& log : reading.logs) {
    for (std::string* text : {&log.file, &log.relation}) strip(*text);
    for (auto& file : log.files) strip(file.path);
    for (auto& note : log.notes) strip(note);
  }
  for (auto& text : reading.passed_over) strip(text);
  return reading;
}

void Builder::add_logs(const Run& run, const Energy& energy, const std::string& which, const Site& site,
                       const std::string& account, lca::UnitProcess& process) {
  const LogSources& sources = *energy.logs;
  const std::string supply =
      electricity(site, energy.level == EnergyLevel::facility ? Supply::facility : Supply::it, run, which);
  for (const std::size_t index : read_logs(run, which, sources)) {
    const LogSummary& log = logs[index];
    if (!log.used) continue;
    const auto draw = [&](const LogPart& part, const std::string& name, const std::string& words,
                          const std::string& rule) {
      Input amount;
      amount.value = part.kwh;
      amount.unit = canonical_unit(Dimension::energy);
      // The study may say better what its own measurement is, but cannot make a model of it a measurement.
      amount.basis = part.basis == lca::Basis::measured ? energy.basis.value_or(part.basis) : part.basis;
      amount.source = part.source;
      amount.place = sources.place;
      process.exchanges.push_back({Exchange::Kind::technosphere, supply,
                                   parameter(lca::ParameterKey{run.owner, which} / "logs" / name, words, amount),
                                   part_tags(account, part.component), "", rule});
    };
    for (const auto& part : log.parts)
      draw(part, part.component, fmt::format("{} energy of {}, from {}", part.component, run.name, log.file),
           "summed from the log");
    for (const auto& part : log.gap_fill)
      draw(part, part.component + ".gaps", fmt::format("{} energy in gaps of {}", part.component, log.file),
           "gap length x the device's mean power: a modelled substitute");
    if (!log.gap_fill.empty())
      cover("gaps in " + log.file, Coverage::substitute,
            fmt::format("{:.1f} % of device time was not read; filled at each device's mean power",
                        (1 - log.covered_share()) * 100));
    else if (!log.gaps.empty())
      cover("gaps in " + log.file, Coverage::not_estimated,
            fmt::format("{:.1f} % of device time was not read and is left out", (1 - log.covered_share()) * 100));
    const bool split =
        std::none_of(log.parts.begin(), log.parts.end(), [](const LogPart& part) { return part.component.empty(); });
    const bool counter_missing =
        std::any_of(log.gaps.begin(), log.gaps.end(), [](const Gap& gap) { return gap.device == "GPU"; });
    if (counter_missing) missing.push_back("accelerator energy of " + run.name);
    for (const auto* component : {"accelerator", "cpu", "dram"})
      if (split && (component != std::string("accelerator") || counter_missing) &&
          std::none_of(log.parts.begin(), log.parts.end(),
                       [&](const LogPart& part) { return part.component == component; }))
        cover(fmt::format("{} energy of {}", component, run.name), Coverage::not_estimated,
              fmt::format("{} does not measure it", log.file));
  }
}

}  // namespace cradle::inventory
