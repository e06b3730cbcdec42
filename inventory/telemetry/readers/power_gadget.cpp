// SPDX-License-Identifier: Apache-2.0
// Intel Power Gadget CSV: counters of the processor and its memory by elapsed time. IA and GT lie inside the processor.
// There is no date in it: only `start` can tell one.
#include <algorithm>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

constexpr const char* elapsed_column = "elapsed time (sec)";

bool recognise(const LogInput& input) {
  const auto header = header_of(input.head);
  return has_all(header, {"system time", elapsed_column}) &&
         std::any_of(header.begin(), header.end(),
                     [](const std::string& name) { return name.find("cumulative processor energy") != std::string::npos; });
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex pattern(R"(cumulative (processor|dram) energy_([0-9]+)\s?\(joules\))");
  const auto header = header_of(input.head);
  std::vector<std::pair<std::size_t, Source>> counters;
  for (std::size_t i = 0; i < header.size(); ++i)
    if (std::smatch found; std::regex_match(header[i], found, pattern)) {
      Source source;
      source.component = found[1] == "dram" ? "dram" : "cpu";
      source.device = found[2];
      counters.emplace_back(i, std::move(source));
    }
  const auto elapsed = static_cast<std::size_t>(std::find(header.begin(), header.end(), elapsed_column) - header.begin());
  Clock clock(input.options.timezone);
  const auto start = clock.read(input.options.start);
  std::vector<std::string_view> cells;
  std::string store;
  double last = 0.0, before = 0.0;
  std::size_t restarts = 0;
  auto done = input.lines([&](std::string_view line, std::size_t, bool whole) {
    split_cells(line, ',', cells, store);
    if (cells.size() < header.size() || !whole) return;  // the summary below the rows
    const auto seconds = log_number(cells[elapsed]);
    if (!seconds) return;  // the header
    ++draft.file.rows;
    if (*seconds < last) {  // another recording behind the first: when it began is not known
      before += last;
      ++restarts;
    }
    last = *seconds;
    const Micros t = start.value_or(0) + static_cast<Micros>((before + *seconds) * 1e6) + static_cast<Micros>(restarts);
    for (const auto& [at, source] : counters) {
      Track& track = draft.track(source, {Reading::counter, 0, 0}, "energy counter");
      if (const auto joules = log_number(cells[at]))
        track.add(t, *joules);
      else
        track.miss(t, "no number");
    }
  });
  if (!done) return done;
  if (restarts > 0)
    draft.notes.push_back(fmt::format("the elapsed time starts again {} times: recordings are taken one after the other", restarts));
  if (!start) draft.notes.push_back("there is no date in the file, and 'start' is not declared: hours are not known");
  draft.unzoned = clock.unzoned();
  return {};
}

}  // namespace

const Reader power_gadget = {{"power-gadget", "Intel Power Gadget CSV", "columns `System Time`, `Elapsed Time (sec)` and cumulative energies",
                              "counters of processors and memory, by elapsed time", false},
                             recognise,
                             read};

}  // namespace cradle::inventory
