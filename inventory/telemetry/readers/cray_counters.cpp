// SPDX-License-Identifier: Apache-2.0
// Cray pm_counters, collected as lines "name: 123456 J 1778763600000000 us" (as the files of /sys/cray/pm_counters hold
// them, with their names before). The node's own energy counts: accelerators, cpu and memory lie inside it.
#include <regex>

#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

const std::regex& counter() {
  static const std::regex line(R"((?:^|[/\s])([a-z0-9_]*energy)[:\s]+([0-9]+) J(?: ([0-9]+) us)?)");
  return line;
}

bool recognise(const LogInput& input) {
  const std::string head(input.head.substr(0, 4096));
  return std::regex_search(head, counter());
}

Result<void> read(LogInput& input, Draft& draft) {
  std::size_t inside = 0, timeless = 0;
  Clock clock(input.options.timezone);
  auto done = input.lines([&](std::string_view raw, std::size_t, bool) {
    const std::string line(raw);
    std::smatch m;
    if (!std::regex_search(line, m, counter())) return;
    ++draft.file.rows;
    if (m[1].str() != "energy") {
      ++inside;
      return;
    }
    if (!m[3].matched) {
      ++timeless;
      return;
    }
    Source source;
    source.scope = Scope::node;
    draft.track(source, {Reading::counter, 0, 0}, "node energy counter")
        .add(std::stoll(m[3].str()), std::stod(m[2].str()));
  });
  if (!done) return done;
  if (inside > 0)
    draft.notes.push_back(fmt::format("{} readings of parts lie inside the node and are not added", inside));
  if (draft.tracks.empty())
    return log_failure(
        input, "E060",
        timeless > 0 ? "no usable row: the counters carry no time" : "no usable row: no counter 'energy' of the node");
  return {};
}

}  // namespace

const Reader cray_counters = {
    {"cray", "Cray pm_counters", "lines `energy: N J N us`", "the node's energy counter", false}, recognise, read};

}  // namespace cradle::inventory
