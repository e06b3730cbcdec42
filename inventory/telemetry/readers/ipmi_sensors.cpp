// SPDX-License-Identifier: Apache-2.0
// `ipmitool sdr` and `ipmitool sensor`, one listing after the other with a stamp before each. The machine's own power
// counts where a row has it, else the sum of what its supplies draw; their outputs lie inside.
#include <array>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// "PSU1_PIN | 1150 Watts | ok" and "PSU1_PIN | 1150.000 | Watts | ok | na ...".
const std::regex& row_pattern() {
  static const std::regex pattern(R"(^(.*?)\|\s*([^|]*?)\s*(?:\|\s*)?Watts\s*\|\s*([a-zA-Z]+))");
  return pattern;
}

bool recognise(const LogInput& input) {
  if (input.head.find("Watts") == std::string_view::npos || input.head.find('|') == std::string_view::npos)
    return false;
  std::size_t seen = 0;
  for (std::string_view rest = input.head; !rest.empty() && seen < 400; ++seen) {
    const auto end = rest.find('\n');
    const std::string line(rest.substr(0, end));
    if (line.size() < 500 && line.find("Watts") != std::string::npos && std::regex_search(line, row_pattern()))
      return true;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return false;
}

enum class Row { machine, supply, other };

Row kind_of(const std::string& name) {
  static const std::regex supply(
      R"((psu?|power ?supply|pwr ?supply)[ _]?[0-9]?.*(pin|input|in\b|ac)|(psu?|ps)[ _]?[0-9][ _]?(pin|input))");
  static const std::regex output(R"(pout|output|out\b)");
  static const std::regex machine(
      R"(^(sys|system|total|chassis|node)?[ _]?(power|pwr)([ _](meter|consumption|reading))?$|^(sys|system|total|chassis|node)[ _].*(power|pwr|watt)|(power|pwr) (meter|consumption))");
  const std::string plain = lower_case(name);
  if (std::regex_search(plain, output)) return Row::other;
  if (std::regex_search(plain, supply)) return Row::supply;
  return std::regex_search(plain, machine) ? Row::machine : Row::other;
}

Result<void> read(LogInput& input, Draft& draft) {
  static const std::regex stamped(
      R"(^\s*(1[0-9]{9}(?:\.[0-9]+)?|20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)[:,;\s]*)");
  Clock clock(input.options.timezone);
  Source source;
  source.scope = Scope::node;
  std::optional<Micros> time;
  std::optional<double> machine, supplies;
  bool any = false, missing = false;
  std::size_t timeless = 0, others = 0;
  const auto close = [&] {
    if (!any) return;
    Track* track = time ? &draft.track(source, {Reading::instant, 0, 0}, "BMC power") : nullptr;
    if (track == nullptr)
      ++timeless;
    else if (machine || (supplies && !missing))
      track->add(*time, machine ? *machine : *supplies);
    else
      track->miss(*time, "no reading");
    machine = supplies = std::nullopt;
    any = missing = false;
  };
  auto done = input.lines([&](std::string_view raw, std::size_t number, bool whole) {
    std::string line(raw);
    std::smatch m;
    if (std::regex_search(line, m, stamped)) {
      const auto stamp = clock.read(m[1].str());
      if (stamp && stamp != time) {
        close();
        time = stamp;
      }
      line = m.suffix();
    }
    if (!std::regex_search(line, m, row_pattern())) return;
    ++draft.file.rows;
    if (!whole) return draft.reject(number, "the last line is cut");
    const Row kind = kind_of(trim(m[1].str()));
    if (kind == Row::other) {
      ++others;
      return;
    }
    any = true;
    const auto watts = lower_case(m[3].str()) == "ok" ? log_number(m[2].str()) : std::nullopt;
    auto& sum = kind == Row::machine ? machine : supplies;
    if (watts)
      sum = sum.value_or(0.0) + *watts;
    else
      missing = missing || kind == Row::supply;
  });
  if (!done) return done;
  close();
  draft.unzoned = clock.unzoned();
  if (others > 0)
    draft.notes.push_back(
        fmt::format("{} rows of outputs and parts lie inside the machine's power and are not added", others));
  if (draft.tracks.empty())
    return log_failure(input, "E060",
                       timeless > 0 ? "no usable row: no reading has a time"
                                    : "no usable row: no power of the machine or of its supplies",
                       "put a stamp before each listing: while true; do date +%s; ipmitool sdr; sleep 5; done");
  return {};
}

}  // namespace

const Reader ipmi_sensors = {{"ipmi-sensors", "ipmitool sdr, ipmitool sensor", "rows \"Name | 2312 Watts | ok\"",
                              "power of the whole machine, or the sum of its supplies' inputs", false},
                             recognise,
                             read};

}  // namespace cradle::inventory
