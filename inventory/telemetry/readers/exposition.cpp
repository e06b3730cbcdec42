// SPDX-License-Identifier: Apache-2.0
// Prometheus' text exposition, as `curl exporter:9400/metrics` gives it: DCGM, Kepler, node_exporter, Scaphandre ...
// A scrape has no time of its own: it stands behind the value (ms), or in the file's name.
#include "inventory/telemetry/metrics.hpp"
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

struct Line {
  std::string_view name;
  Labels labels;
  std::string_view value, stamp;
};

/// name{label="value",...} value [stamp]; nothing for comments and what is none.
std::optional<Line> parse(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text.front() == '#') return std::nullopt;
  Line line;
  const std::size_t name_end = text.find_first_of("{ \t");
  if (name_end == std::string_view::npos) return std::nullopt;
  line.name = text.substr(0, name_end);
  std::size_t at = name_end;
  if (text[at] == '{') {
    ++at;
    while (at < text.size() && text[at] != '}') {
      const std::size_t equals = text.find('=', at);
      if (equals == std::string_view::npos || equals + 1 >= text.size() || text[equals + 1] != '"') return std::nullopt;
      const std::string key(trimmed(text.substr(at, equals - at)));
      std::string value;
      std::size_t i = equals + 2;
      for (; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        value += text[i];
      }
      if (i >= text.size()) return std::nullopt;
      line.labels[key] = std::move(value);
      at = i + 1;
      while (at < text.size() && (text[at] == ',' || text[at] == ' ')) ++at;
    }
    ++at;
  }
  if (at >= text.size()) return std::nullopt;
  const std::string_view rest = trimmed(text.substr(at));
  const std::size_t space = rest.find(' ');
  line.value = rest.substr(0, space);
  if (space != std::string_view::npos) line.stamp = trimmed(rest.substr(space));
  return line.value.empty() ? std::nullopt : std::optional(line);
}

bool recognise(const LogInput& input) {
  std::string_view rest = input.head;
  for (int i = 0; i < 2000 && !rest.empty(); ++i) {
    const std::size_t end = rest.find('\n');
    const auto line = parse(rest.substr(0, end));
    if (line && metric_of(line->name, line->labels) && (log_number(line->value) || line->value == "NaN")) return true;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return rest.find("# TYPE DCGM_FI_DEV") != std::string_view::npos;
}

Result<void> read(LogInput& input, Draft& draft) {
  MetricStore store;
  Clock clock(input.options.timezone);
  const auto named = time_in_name(input.name, clock);
  std::size_t timeless = 0, metrics = 0;
  auto done = input.lines([&](std::string_view text, std::size_t number, bool) {
    const auto line = parse(text);
    if (!line) return;
    const auto metric = metric_of(line->name, line->labels);
    if (!metric) return;
    ++metrics;
    ++draft.file.rows;
    const auto stamp = log_number(line->stamp);
    const auto t = stamp ? std::optional(static_cast<Micros>(*stamp * 1000)) : named;
    if (!t) {
      ++timeless;
      return;
    }
    const auto value = log_number(line->value);
    if (!value || is_sentinel(*value))
      store.miss(*metric, *t, std::string(line->value));
    else if (*value < 0)
      draft.reject(number, "a negative value");
    else
      store.add(*metric, *t, *value);
  });
  if (!done) return done;
  draft.unzoned = clock.unzoned();
  if (metrics == 0) return log_failure(input, "E060", "no usable row: no metric of energy or power that is known");
  if (timeless == metrics)
    return log_failure(
        input, "E060",
        "no usable row: a scrape has no time of its own, and neither its lines nor the file's name tell one",
        "name it by its moment, such as scrape-1778763600.prom");
  return store.give(draft, input.path);
}

}  // namespace

const Reader exposition = {
    {"exposition", "Prometheus text (DCGM, Kepler, node_exporter, Scaphandre)",
     "metrics of power or energy that are known", "counters where there are any, else power gauges", true},
    recognise,
    read};

}  // namespace cradle::inventory
