// SPDX-License-Identifier: Apache-2.0
// Jetson tegrastats: a line per reading, rails as "now/mean" in mW, of which the reading now counts. The input of the
// board counts where there is one, else the sum of the rails that hold all the others.
#include <algorithm>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/readers/row_spacing.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

const std::regex& rail_pattern() {
  static const std::regex pattern(R"((?:^|\s)([A-Z][A-Z0-9_]*) ([0-9]+)(?:mW)?/([0-9]+)(?:mW)?(?=\s|$))");
  return pattern;
}

/// mW of the board; nothing where the line names no rail.
std::optional<double> board(const std::string& line) {
  std::vector<std::pair<std::string, double>> rails;
  for (std::sregex_iterator found(line.begin(), line.end(), rail_pattern()), end; found != end; ++found)
    rails.emplace_back((*found)[1], std::stod((*found)[2]));
  if (rails.empty()) return std::nullopt;
  for (const auto& [name, milliwatts] : rails)
    if (name == "VDD_IN" || (name.starts_with("POM_") && name.ends_with("_IN"))) return milliwatts;
  const bool input = std::any_of(rails.begin(), rails.end(), [](const auto& rail) { return rail.first == "VIN_SYS_5V0"; });
  double sum = 0.0;
  for (const auto& [name, milliwatts] : rails)
    if (!input || name.starts_with("VDD_") || name == "VIN_SYS_5V0") sum += milliwatts;
  return sum;
}

bool recognise(const LogInput& input) {
  std::string_view rest = input.head;
  for (std::size_t seen = 0; !rest.empty() && seen < 20; ++seen) {
    const std::string line(rest.substr(0, std::min(rest.find('\n'), std::size_t{4000})));
    if (line.find("RAM ") != std::string::npos && line.find("MB") != std::string::npos && board(line)) return true;
    const std::size_t end = rest.find('\n');
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex stamped(R"(^([0-9]{2})-([0-9]{2})-([0-9]{4}) ([0-9:]{8}) )");
  Clock clock(input.options.timezone);
  const auto start = clock.read(input.options.start);
  const RowSpacing spacing(input, 1.0);
  std::size_t row = 0;
  bool timeless = false;
  Source source;
  source.scope = Scope::node;
  auto done = input.lines([&](std::string_view text, std::size_t number, bool whole) {
    const std::string line(text);
    const auto milliwatts = board(line);
    if (!milliwatts || !whole) return;
    ++draft.file.rows;
    std::smatch found;
    std::optional<Micros> t;
    if (std::regex_search(line, found, stamped)) {
      t = clock.read(fmt::format("{}-{}-{}T{}", found[3].str(), found[1].str(), found[2].str(), found[4].str()));
    } else {
      timeless = true;
      t = start.value_or(0) + static_cast<Micros>(spacing.seconds * 1e6 * static_cast<double>(row));
    }
    ++row;
    if (!t) return draft.reject(number, "no readable time");
    draft.track(source, {Reading::instant, 0, 0}, "board power").add(*t, *milliwatts / 1000);
  });
  if (!done) return done;
  if (timeless) draft.notes.push_back(spacing.note());
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty()) return log_failure(input, "E060", "no usable row: no line names the power of a rail");
  return {};
}

}  // namespace

const Reader tegrastats = {{"tegrastats", "Jetson tegrastats", "lines with `RAM` and rails as now/mean in mW",
                            "power of the board: its input, else the sum of its rails", false},
                           recognise,
                           read};

}  // namespace cradle::inventory
