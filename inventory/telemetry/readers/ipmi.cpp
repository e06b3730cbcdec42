// SPDX-License-Identifier: Apache-2.0
// A machine's own power as its BMC reads it: `ipmitool dcmi power reading`, freeipmi's `ipmi-dcmi`, one block after the
// other. BMC clocks are often wrong: the collector's stamp (before the line, or in the file's name) counts before
// theirs.
#include <algorithm>
#include <regex>

#include "inventory/telemetry/metrics.hpp"
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

constexpr std::string_view markers[] = {"Instantaneous power reading:", "Current Power  ", "Current Power:"};

bool recognise(const LogInput& input) {
  const bool found = std::any_of(std::begin(markers), std::end(markers), [&](std::string_view marker) {
    return input.head.find(marker) != std::string_view::npos;
  });
  return found || input.head.find("Power Measurement    ") != std::string_view::npos;
}

/// The BMC's stamp in one of the forms that tools print it: "05/14/26 13:00:05 UTC", "Wed Feb 15 12:49:51 2017".
std::optional<Micros> bmc_stamp(const std::string& text, Clock& clock) {
  static const std::regex slashed(R"(([0-9]{2})/([0-9]{2})/([0-9]{2,4})\s+-?\s*([0-9]{2}:[0-9]{2}:[0-9]{2}))");
  static const std::regex spelt(
      R"([A-Z][a-z]{2} ([A-Z][a-z]{2})\s+([0-9]{1,2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([0-9]{4}))");
  static const std::string months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::smatch m;
  std::optional<Micros> t;
  if (std::regex_search(text, m, slashed))
    t = clock.read(
        fmt::format("{}{}-{}-{}T{}", m[3].length() == 2 ? "20" : "", m[3].str(), m[1].str(), m[2].str(), m[4].str()));
  else if (std::regex_search(text, m, spelt))
    t = clock.read(
        fmt::format("{}-{:02d}-{:0>2}T{}", m[4].str(), months.find(m[1].str()) / 3 + 1, m[2].str(), m[3].str()));
  if (t && *t < 86'400LL * 365 * micros_per_second) return std::nullopt;  // a clock that was never set
  return t;
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex watts_of(R"(([0-9]+(?:\.[0-9]+)?)\s*[Ww]atts)");
  static const std::regex collector(
      R"(^\s*(1[0-9]{9}(?:\.[0-9]+)?|20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)[:,;\s]\s*\S)");
  Clock clock(input.options.timezone);
  const auto named = time_in_name(input.name, clock);
  std::optional<double> watts;
  std::optional<Micros> stamp;
  std::size_t timeless = 0, blocks = 0;
  bool by_bmc = false, inactive_zero = false;
  Source source;
  source.scope = Scope::node;
  const auto close = [&] {
    if (!watts) return;
    ++blocks;
    const auto t = stamp ? stamp : named;
    if (!t)
      ++timeless;
    else if (*watts == 0 && inactive_zero)
      draft.track(source, {}, "BMC power").miss(*t, "not activated");
    else
      draft.track(source, {Reading::instant, 0, 0}, "BMC power").add(*t, *watts);
    watts.reset();
    stamp.reset();
    inactive_zero = false;
  };
  auto done = input.lines([&](std::string_view raw, std::size_t, bool) {
    const std::string line(raw);
    std::smatch m;
    const bool starts = std::any_of(std::begin(markers), std::end(markers), [&](std::string_view marker) {
      return raw.find(marker) != std::string_view::npos;
    });
    if (starts) {
      close();
      ++draft.file.rows;
      if (std::regex_search(line, m, watts_of)) watts = log_number(m[1].str());
      if (std::regex_search(line, m, collector)) stamp = clock.read(m[1].str());
      return;
    }
    const bool states_time = line.find("IPMI timestamp:") != std::string::npos ||
                             line.find("Time Stamp") != std::string::npos ||
                             line.find("Timestamp:") != std::string::npos;
    if (states_time && !stamp) {
      stamp = bmc_stamp(line, clock);
      by_bmc = by_bmc || stamp.has_value();
    }
    if (line.find("deactivated") != std::string::npos) inactive_zero = true;
    if (std::regex_search(line, m, collector) && !watts) stamp = clock.read(m[1].str());
  });
  if (!done) return done;
  close();
  draft.unzoned = clock.unzoned();
  if (by_bmc) draft.notes.push_back("times are the BMC's own clock, which is often wrong");
  if (blocks == 0) return log_failure(input, "E060", "no usable row: the BMC says that power cannot be measured");
  if (timeless == blocks)
    return log_failure(input, "E060", "no usable row: no reading has a time",
                       "put one before each: while true; do echo \"$(date +%s): $(ipmitool dcmi power reading | grep "
                       "Instant)\"; sleep 5; done");
  return {};
}

}  // namespace

const Reader ipmi = {{"ipmi", "ipmitool dcmi, ipmi-dcmi", "\"Instantaneous power reading\" or \"Current Power\"",
                      "power of the whole machine", true},
                     recognise,
                     read};

}  // namespace cradle::inventory
