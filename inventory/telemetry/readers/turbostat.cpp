// SPDX-License-Identifier: Apache-2.0
// turbostat: columns by the name line of each block; the first row of a block is the whole machine. Package and memory
// count, cores and graphics lie inside the package.
#include <algorithm>
#include <sstream>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/readers/row_spacing.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

bool is_header(const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), "PkgWatt") != words.end();
}

bool recognise(const LogInput& input) {
  std::string_view rest = input.head;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto line = rest.substr(0, end);
    if (line.find("PkgWatt") != std::string_view::npos && is_header(words_of(line)) &&
        line.find(',') == std::string_view::npos)
      return true;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

Result<void> read(LogInput& input, Draft& draft) {
  constexpr double default_interval = 5.0;  // s, by the tool's manual
  Clock clock(input.options.timezone);
  const auto start = clock.read(input.options.start);
  const RowSpacing spacing(input, default_interval);
  std::vector<std::string> header;
  std::size_t row = 0;
  bool first_of_block = false, timeless = false;
  // With --Summary the names stand once and each row is an interval; else a block has names, the whole, and its packages.
  const std::size_t name_line = input.head.find("PkgWatt");
  const bool in_blocks = input.head.find("PkgWatt", name_line + 1) != std::string_view::npos;
  const auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    const auto words = words_of(line);
    if (is_header(words)) {
      header = words;
      first_of_block = true;
      return;
    }
    if (header.empty() || words.empty()) return;
    const auto cell = [&](const char* name) -> std::optional<std::string> {
      const auto at = static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
      return at < words.size() && at < header.size() ? std::optional(words[at]) : std::nullopt;
    };
    // Rows of single processors leave columns out; the whole has a dash for its core, or no such column.
    bool numbered = false, whole_row = true;
    for (const char* place : {"Package", "Die", "Node", "Core", "CPU"})
      if (const auto at = cell(place)) {
        numbered = true;
        whole_row = whole_row && *at == "-";
      }
    const bool is_whole = numbered ? whole_row : first_of_block || !in_blocks;
    if (!is_whole || words.size() < header.size() || !whole) return;
    first_of_block = false;
    ++draft.file.rows;
    std::optional<Micros> t;
    if (const auto stamp = cell("Time_Of_Day_Seconds")) {
      t = clock.read(*stamp);
    } else {
      timeless = true;
      t = start.value_or(0) + static_cast<Micros>(spacing.seconds * 1e6 * static_cast<double>(row + 1));
    }
    if (!t) return draft.reject(number, "no readable time");
    for (const auto& [column, component] : {std::pair{"PkgWatt", "cpu"}, {"RAMWatt", "dram"}}) {
      const auto text = cell(column);
      if (!text) continue;
      Source source;
      source.component = component;
      Track& track = draft.track(source, {Reading::average, 0, 0}, "mean power of the interval, RAPL");
      const auto watts = log_number(*text);
      if (row == 0 && timeless && watts) track.add(start.value_or(0), *watts);
      if (watts && *watts >= 0)
        track.add(*t, *watts);
      else
        track.miss(*t, "no number");
    }
    ++row;
  });
  if (!done) return done;
  if (timeless) draft.notes.push_back(spacing.note());
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no row of the whole machine under a name line");
  return {};
}

}  // namespace

const Reader turbostat = {{"turbostat", "turbostat", "a name line with `PkgWatt`",
                           "mean power of all packages and memory in each interval", false},
                          recognise,
                          read};

}  // namespace cradle::inventory
