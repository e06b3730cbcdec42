// SPDX-License-Identifier: Apache-2.0
// `perf stat -e power/energy-pkg/ ...`: energies of one command, or of intervals with -I, as text in any locale or with
// -x. Package and memory count; cores and the integrated GPU lie inside the package, and psys around it.
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

bool recognise(const LogInput& input) {
  return input.head.find("power/energy-") != std::string_view::npos && input.head.find("Joules") != std::string_view::npos;
}

/// "9.372,26", "9,372.26" and "9372.26": perf writes decimals always, so the last mark is the decimal one.
std::optional<double> local_number(std::string_view text) {
  const std::size_t mark = text.find_last_of(".,");
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool grouping = text[i] == '.' || text[i] == ',' || text[i] == '\'' || static_cast<unsigned char>(text[i]) >= 0x80;
    if (i == mark)
      plain += '.';
    else if (!grouping)
      plain += text[i];
  }
  return log_number(plain);
}

struct Row {
  std::string at, socket, joules, domain;  ///< at: seconds since the start, with -I
};

std::optional<Row> row_of(const std::string& line) {
  static const std::regex text(
      R"(^\s*(?:([0-9]+[.,][0-9]+)\s+)?(?:([SN][0-9]+|N[0-9]+-?[A-Z]?[0-9]*)\s+[0-9]+\s+)?(<not [a-z]+>|[^\s]+)\s+Joules\s+power/energy-([a-z]+)/)");
  static const std::regex cells(R"(^(?:\s*([0-9]+[.,][0-9]{6,})[,;])?(?:([SN][0-9]+)[,;][0-9]+[,;])?(<not [a-z]+>|[0-9]+(?:[.,][0-9]{1,6})?)[,;]Joules[,;]power/energy-([a-z]+)/)");
  std::smatch found;
  if (!std::regex_search(line, found, text) && !std::regex_search(line, found, cells)) return std::nullopt;
  return Row{found[1], found[2], found[3], found[4]};
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex elapsed(R"(^\s*([^\s]+)(?:\s+\+-\s+[^\s]+)?\s+seconds time elapsed)"), started(R"(^# started on (.+)$)"),
      several(R"(\(([0-9]+) runs\))");
  Clock clock(input.options.timezone);
  std::optional<Micros> start = clock.read(input.options.start);
  std::size_t commands = 0, closed = 0;  // windows of commands whose time is known
  std::string runs;
  const auto close = [&](const std::optional<double>& seconds) {
    for (; closed < draft.windows.size(); ++closed) {
      Window& window = draft.windows[closed];
      if (window.seconds != 0.0 || !seconds) continue;
      window.seconds = *seconds;
      if (!start) continue;
      window.from = *start;
      window.to = *start + static_cast<Micros>(*seconds * 1e6);
    }
    ++commands;
  };
  std::map<std::string, double> before;  // the end of the last interval of a domain
  auto done = input.lines([&](std::string_view text, std::size_t, bool) {
    const std::string line(text);
    std::smatch found;
    if (std::regex_search(line, found, started)) start = read_ctime(found[1].str(), clock);
    if (std::regex_search(line, found, several)) runs = found[1];
    if (std::regex_search(line, found, elapsed)) close(local_number(found[1].str()));
    const auto row = row_of(line);
    if (!row || (row->domain != "pkg" && row->domain != "ram")) return;
    ++draft.file.rows;
    const auto joules = local_number(row->joules);
    Window window;
    window.source.component = row->domain == "ram" ? "dram" : "cpu";
    window.source.device = row->socket;
    window.joules = joules.value_or(0.0);
    if (!joules) window.missing = row->joules;
    window.how = "perf, RAPL counters";
    window.label = row->at.empty() ? fmt::format("command {}", commands + 1) : "the interval to " + row->at + " s";
    if (const auto end = row->at.empty() ? std::nullopt : local_number(row->at)) {
      double& last = before[row->domain + row->socket];
      window.seconds = *end - last;
      if (start) {
        window.from = *start + static_cast<Micros>(last * 1e6);
        window.to = *start + static_cast<Micros>(*end * 1e6);
      }
      last = *end;
    }
    draft.windows.push_back(std::move(window));
  });
  if (!done) return done;
  if (!runs.empty())
    return log_failure(input, "E060", fmt::format("no usable row: the figures are means of {} runs", runs),
                       "record each run by itself, or state their energy: mean times number");
  draft.unzoned = clock.unzoned();
  if (draft.windows.empty())
    return log_failure(input, "E060", "no usable row: no energy of the package or of memory",
                       "`perf stat -e power/energy-pkg/,power/energy-ram/`; cores lie inside the package");
  return {};
}

}  // namespace

const Reader perf_stat = {{"perf-stat", "perf stat, energies", "`Joules` and `power/energy-`",
                           "energy of packages and memory, of the command or of each interval", false},
                          recognise,
                          read};

}  // namespace cradle::inventory
