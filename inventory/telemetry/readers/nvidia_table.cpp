// SPDX-License-Identifier: Apache-2.0
// The table that nvidia-smi prints for people, again and again in one file: watts of each box with the date above it.
// One table alone is one reading, from which no energy can be told: the query that writes a log is named instead.
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

constexpr const char* query = "`nvidia-smi --query-gpu=timestamp,uuid,power.draw,power.limit --format=csv -l 1`";

bool recognise(const LogInput& input) {
  return input.head.find("| NVIDIA-SMI ") != std::string_view::npos &&
         input.head.find("Pwr:Usage/Cap") != std::string_view::npos;
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex device(R"(^\|\s+([0-9]+)\s+(.+?)\s+(?:On|Off|N/A)\s+\|)");
  static const std::regex power(R"(\s([0-9]+W|N/A|ERR!)\s*/\s*([0-9]+W|N/A|ERR!)\s)");
  Clock clock(input.options.timezone);
  const auto start = clock.read(input.options.start);
  std::optional<Micros> time;
  std::size_t tables = 0, dated = 0;
  Source source;
  auto done = input.lines([&](std::string_view text, std::size_t, bool) {
    const std::string line(text);
    if (const auto read = read_ctime(text, clock)) {
      time = read;
      ++dated;
    }
    std::smatch found;
    if (line.starts_with("| NVIDIA-SMI ")) {
      if (input.options.interval && dated == 0)
        time = start.value_or(0) + static_cast<Micros>(*input.options.interval * 1e6 * static_cast<double>(tables));
      ++tables;
    } else if (std::regex_search(line, found, power)) {
      ++draft.file.rows;
      if (!time || source.device.empty()) return;
      const auto watts_of = [](const std::string& cell) {
        return cell.ends_with("W") ? std::optional(std::stod(cell)) : std::nullopt;
      };
      constexpr double most = 1.3;  // a limit is kept within moments
      Track& track = draft.track(source, {Reading::instant, 0, most * watts_of(found[2]).value_or(0.0)}, "power, whole watts");
      if (const auto watts = watts_of(found[1]))
        track.add(*time, *watts);
      else
        track.miss(*time, found[1].str());
    } else if (std::regex_search(line, found, device)) {
      source.device = found[1];
      source.name = found[2];
      source.component = "accelerator";
    }
  });
  if (!done) return done;
  draft.unzoned = clock.unzoned();
  if (draft.tracks.empty())
    return log_failure(input, "E060", fmt::format("no usable row: no power with a date in {} tables", tables),
                       fmt::format("record with {}, or declare 'start' and 'interval'", query));
  if (tables == 1)
    return log_failure(input, "E060", "no usable row: one table is one reading, from which no energy can be told",
                       fmt::format("record with {}", query));
  return {};
}

}  // namespace

const Reader nvidia_smi_table = {{"nvidia-table", "nvidia-smi, the table for people", "a box with `NVIDIA-SMI` and `Pwr:Usage/Cap`",
                                  "power per device in whole watts, by the dates between the tables", false},
                                 recognise,
                                 read};

}  // namespace cradle::inventory
