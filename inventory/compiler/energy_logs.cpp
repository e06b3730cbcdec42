// SPDX-License-Identifier: Apache-2.0
// Energy of a run from its measurement files, drawn from the run's site.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "inventory/compiler/activities.hpp"

namespace cradle::inventory {

using lca::Exchange;
using lca::Expression;

namespace {

/// What the accelerators' own sensors are worth.
void give_sensor_range(Input& energy) {
  constexpr double error = 0.05;  // Yang, Adamek and Armour 2024 (arXiv 2312.02741), recalled
  energy.range = lca::RangeKind::interval_95;
  energy.low = energy.value * (1 - error);
  energy.high = energy.value * (1 + error);
  energy.source += "; range: built-in sensors within 5 % (arXiv 2312.02741, recalled)";
}

}  // namespace

void Activities::add_logs(const Run& run, const Energy& energy, const std::string& which, const Site& site,
                       const std::string& account, lca::UnitProcess& process) {
  const LogSources& sources = *energy.logs;
  const std::string supply =
      sites_.electricity(site, energy.level == EnergyLevel::facility ? Supply::facility : Supply::it, run, which);
  const auto* read = files_.logs_of({run.owner, which});
  if (read == nullptr) return;
  if (!read->passed_over.empty())
    cover("files beside the logs of " + run.name, Coverage::excluded,
          fmt::format("{} files are no logs: {}{}", read->passed_over.size(), read->passed_over.front(),
                      read->passed_over.size() > 1 ? " ..." : ""));
  std::map<std::string, std::size_t> named;  // parts of one component differ in how they were read, or in their log
  for (const auto& log : read->logs) {
    if (!log.used) continue;
    check_log(run, site, log, sources.place);
    const auto draw = [&](const LogPart& part, const std::string& name, const std::string& words,
                          const std::string& rule) {
      Input amount;
      amount.value = part.kwh;
      amount.unit = canonical_unit(Dimension::energy);
      // The study may say better what its own measurement is, but cannot make a model of it a measurement.
      amount.basis = part.basis == lca::Basis::measured ? energy.basis.value_or(part.basis) : part.basis;
      amount.source = part.source;
      amount.place = sources.place;
      amount.uncertain = true;
      if (part.component == "accelerator" && part.basis == lca::Basis::measured) give_sensor_range(amount);
      const std::size_t number = ++named[name];
      const std::string key = number == 1 ? name : fmt::format("{}.{}", name, number);
      process.exchanges.push_back({Exchange::Kind::technosphere, supply,
                                   parameter(lca::ParameterKey{run.owner, which} / "logs" / key, words, amount),
                                   part_tags(account, part.component), "", rule});
    };
    for (const auto& part : log.parts)
      draw(part, part.component, fmt::format("{} energy of {}, from {}", part.component, run.name, log.file),
           "summed from the log");
    for (const auto& part : log.gap_fill)
      draw(part, part.component + ".gaps", fmt::format("{} energy in gaps of {}", part.component, log.file),
           "gap length x the device's mean power: a modelled substitute");
    cover_log(run, log);
  }
}

/// Where a log and the study around it cannot both be right.
void Activities::check_log(const Run& run, const Site& site, const LogSummary& log, const Place& place) {
  if (log.pue_inside && (site.pue || site.published_pue))
    report("E073", place,
           fmt::format("the energies of {} contain a PUE that the file does not say, and site '{}' has one of its own", log.file,
                       site.name),
           "both would count: declare what the tool used with 'pue' beside 'files', such as 'pue: 1.58'");
  if (run.repeat && log.records.size() > 1)
    report("W125", run.repeat->place,
           fmt::format("{} holds {} runs, and 'repeat' multiplies them all", log.file, log.records.size()),
           "choose one with 'run_id' beside 'files', or leave 'repeat' out: each run of the log is counted already");
  const auto differ = [&](const std::string& what) {
    report("W124", place, fmt::format("{} was recorded {}", log.file, what),
           "the log and the study must be of the same machine and place");
  };
  const auto country = catalogue_.grids().country(site.grid.region);
  const auto hardware = study_.hardware.find(run.hardware);
  for (const auto& record : log.records) {
    const auto there = catalogue_.grids().country(record.country);
    if (country && there && there->iso3 != country->iso3)
      differ(fmt::format("in {}, and the grid of site '{}' is {}", record.country, site.name, site.grid.region));
    if (hardware == study_.hardware.end()) continue;
    if (const auto& per_node = hardware->second.per_node; per_node && record.devices > 0 && record.devices != per_node->value)
      differ(fmt::format("with {} devices in a machine, and hardware '{}' has {} per node", record.devices, run.hardware,
                         per_node->value));
    const Product* device = catalogue_.device_named(record.device);
    const Product* stated = catalogue_.find(hardware->second.device);
    if (device != nullptr && stated != nullptr && device != stated)
      differ(fmt::format("on '{}', and hardware '{}' is {}", record.device, run.hardware, stated->name));
  }
}

/// What the log did not read, and what it does not measure.
void Activities::cover_log(const Run& run, const LogSummary& log) {
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
  if (counter_missing) remarks_.miss("accelerator energy of " + run.name);
  for (const auto* component : {"accelerator", "cpu", "dram"})
    if (split && (component != std::string("accelerator") || counter_missing) &&
        std::none_of(log.parts.begin(), log.parts.end(),
                     [&](const LogPart& part) { return part.component == component; }))
      cover(fmt::format("{} energy of {}", component, run.name), Coverage::not_estimated,
            fmt::format("{} does not measure it", log.file));
}

}  // namespace cradle::inventory
