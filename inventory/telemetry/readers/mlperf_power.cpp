// SPDX-License-Identifier: Apache-2.0
// MLPerf Power: spl.txt of PTDaemon ("Time,...,Watts,..."), cut to the window that the detail log beside it names; and
// the results of MLPerf Tiny's energy runner. The first Watts is the total of all channels.
#include <filesystem>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

constexpr std::size_t max_detail_bytes = std::size_t{64} << 20;

/// "08-02-2022 23:55:18.026": month, day, year; UTC, as the compliance checker takes it.
std::optional<Micros> american(std::string_view text, Clock& clock) {
  if (text.size() < 19 || text[2] != '-' || text[5] != '-') return std::nullopt;
  return clock.read(
      fmt::format("{}-{}-{}T{}", text.substr(6, 4), text.substr(0, 2), text.substr(3, 2), text.substr(11)));
}

/// power_begin and power_end of the detail log beside this file.
std::optional<std::pair<Micros, Micros>> window_beside(const std::string& path, Clock& clock) {
  const std::filesystem::path file(path);
  std::string name = file.filename().string();
  const std::size_t at = name.rfind("spl.txt");
  if (at == std::string::npos) return std::nullopt;
  const auto text =
      read_text_file((file.parent_path() / (name.substr(0, at) + "mlperf_log_detail.txt")).string(), max_detail_bytes);
  if (!text) return std::nullopt;
  const auto find = [&](const char* key) -> std::optional<Micros> {
    const std::regex value(fmt::format(R"re("key": "{}", "value": "([^"]+)")re", key));
    std::smatch m;
    return std::regex_search(*text, m, value) ? american(m[1].str(), clock) : std::nullopt;
  };
  const auto from = find("power_begin"), to = find("power_end");
  return from && to ? std::optional(std::pair(*from, *to)) : std::nullopt;
}

bool recognise_spl(const LogInput& input) {
  return first_line(input.head).starts_with("Time,") && input.head.find(",Watts,") != std::string_view::npos;
}

Result<void> read_spl(LogInput& input, Draft& draft) {
  if (input.path.find("/ranging/") != std::string::npos)
    return log_failure(input, "E060", "no usable row: the ranging run only sets the analyser's range",
                       "read run_1 instead");
  Clock clock("UTC");
  const auto window = window_beside(input.path, clock);
  std::vector<std::string_view> cells;
  std::string store;
  std::size_t outside = 0, inside = 0;
  lca::maths::Sum watts_inside;
  Source source;
  source.scope = Scope::node;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool) {
    if (line.empty()) return;
    split_cells(line, ',', cells, store);
    ++draft.file.rows;
    if (cells.size() < 4 || cells[0] != "Time" || cells[2] != "Watts")
      return draft.reject(number, "not Time, ..., Watts, ...");
    const auto t = american(cells[1], clock);
    const auto watts = log_number(cells[3]);
    if (!t || !watts) return draft.reject(number, "no readable time or watts");
    if (window && (*t < window->first || *t > window->second)) {
      ++outside;
      return;
    }
    if (window) {
      if (*watts > 0) {
        ++inside;
        watts_inside.add(*watts);
      }
      return;
    }
    Track& track = draft.track(source, {Reading::instant, 0, 0}, "power analyser");
    if (*watts > 0)
      track.add(*t, *watts);
    else
      track.miss(*t, "not available");
  });
  if (!done) return done;
  if (window && inside > 0) {  // mean power x the window's length, as the benchmark's rules have it
    Window found;
    found.source = source;
    found.from = window->first;
    found.to = window->second;
    found.seconds = static_cast<double>(window->second - window->first) * 1e-6;
    found.joules = watts_inside.value() / static_cast<double>(inside) * found.seconds;
    found.how = "power analyser, mean of the measured window";
    draft.windows.push_back(std::move(found));
  }
  if (window)
    draft.notes.push_back(
        fmt::format("{} samples outside the measured window, from power_begin to power_end, are left out", outside));
  else
    draft.notes.push_back("no detail log beside it: the whole file counts, idle before and after included");
  return {};
}

bool recognise_tiny(const LogInput& input) {
  return input.head.find("ulp-ml: Energy data for window") != std::string_view::npos;
}

Result<void> read_tiny(LogInput& input, Draft& draft) {
  static const std::regex energy(R"(Energy\s+:\s+([0-9.]+) uJ)"), length(R"(for ([0-9.]+) sec)");
  double seconds = 0.0;
  auto done = input.lines([&](std::string_view raw, std::size_t, bool) {
    const std::string line(raw);
    std::smatch m;
    if (std::regex_search(line, m, length)) seconds = log_number(m[1].str()).value_or(0.0);
    if (!std::regex_search(line, m, energy)) return;
    ++draft.file.rows;
    Window window;
    window.source.scope = Scope::node;
    window.source.device = "device under test";
    window.seconds = seconds;
    window.joules = *log_number(m[1].str()) * 1e-6;
    window.how = "MLPerf Tiny energy window";
    window.label = fmt::format("window {}", draft.file.rows);
    draft.windows.push_back(std::move(window));
  });
  return done;
}

}  // namespace

const Reader mlperf_power = {{"mlperf-power", "MLPerf Power spl.txt", "lines `Time,...,Watts,...`",
                              "the first Watts between power_begin and power_end", true},
                             recognise_spl,
                             read_spl};
const Reader mlperf_tiny = {
    {"mlperf-tiny", "MLPerf Tiny energy results", "\"Energy data for window\"", "energy of its windows", true},
    recognise_tiny,
    read_tiny};

}  // namespace cradle::inventory
