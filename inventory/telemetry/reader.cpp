// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

#include "inventory/text/csv.hpp"
#include "inventory/text/line_reader.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

constexpr std::size_t max_whole_bytes = std::size_t{512} << 20;
constexpr std::size_t most_notes = 12;

}  // namespace

std::string_view name_of(Scope scope) {
  constexpr std::string_view names[] = {"process", "component", "module", "node", "job", "rack"};
  return names[static_cast<std::size_t>(scope)];
}

bool Source::operator<(const Source& other) const {
  // A device with an id of its own in the whole world is the same in every folder and under every name of its host.
  static const std::string anywhere;
  return std::tie(scope, identified ? anywhere : node, component, device) <
         std::tie(other.scope, other.identified ? anywhere : other.node, other.component, other.device);
}

void Track::add_clipped(Micros t, double value) {
  const auto last = std::exchange(before_, RawReading{t, value, -1});
  const auto at = [&](Micros end) {
    const double share = static_cast<double>(end - last->t) / static_cast<double>(t - last->t);
    return rule.reading == Reading::average ? value : last->value + share * (value - last->value);
  };
  const bool later = last && last->t < t;
  if (later && last->t < from && t > from) put(from, at(from));
  if (t >= from && t <= to) put(t, value);
  if (later && last->t < to && t > to) put(to, at(to));
}

void Track::miss(Micros t, std::string_view reason) {
  if (t < from || t > to) return;
  if (!collect_) return series.miss(t, reason);
  auto known = std::find(reasons.begin(), reasons.end(), reason);
  if (known == reasons.end()) known = reasons.insert(reasons.end(), std::string(reason));
  raw.push_back({t, 0.0, static_cast<int>(known - reasons.begin())});
}

SeriesRule plausible(const Source& source, SeriesRule rule) {
  if (rule.wrap > 0 || rule.ceiling > 0) return rule;  // the reader knows better
  constexpr double most_of_one_device = 3000.0;        // W; the largest accelerators of 2026 draw half of it
  const bool one = source.scope == Scope::component && !source.device.empty() &&
                   (source.component == "accelerator" || source.component == "cpu" || source.component == "dram");
  if (one)
    rule.ceiling = most_of_one_device;
  else
    rule.compare = true;
  return rule;
}

Track& Draft::track(const Source& source, SeriesRule rule, std::string_view how) {
  const auto [found, fresh] = by_source.emplace(source, tracks.size());
  if (fresh) {
    tracks.emplace_back(source, plausible(source, rule), collect);
    tracks.back().keep(from, to);
    tracks.back().how = how;
  }
  return tracks[found->second];
}

void Draft::reject(std::size_t line, const std::string& why) {
  ++rejected;
  if (rejected <= most_notes) notes.push_back(fmt::format("line {} rejected: {}", line, why));
}

Result<std::string_view> LogInput::text() {
  if (in_memory) return std::string_view(converted);
  if (bytes.empty()) {
    auto read = read_text_file(path, max_whole_bytes);
    if (!read) return tl::unexpected(std::move(read.error()));
    bytes = std::move(*read);
    if (progress != nullptr && *progress) (*progress)(bytes.size());
  }
  std::string_view view = bytes;
  if (view.starts_with("\xEF\xBB\xBF")) view.remove_prefix(3);
  return view;
}

Result<void> LogInput::lines(const std::function<void(std::string_view, std::size_t, bool)>& line) {
  if (in_memory) {
    std::string_view rest = converted;
    for (std::size_t number = 1; !rest.empty(); ++number) {
      const std::size_t end = rest.find('\n');
      std::string_view one = rest.substr(0, end);
      if (one.ends_with('\r')) one.remove_suffix(1);
      line(one, number, end != std::string_view::npos);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return {};
  }
  auto reader = LineReader::open(path);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  std::string_view one;
  std::size_t seen = 0;
  while (reader->next(one)) {
    if (reader->number() == 1 && one.starts_with("\xEF\xBB\xBF")) one.remove_prefix(3);
    line(one, reader->number(), reader->ended());
    if (progress != nullptr && *progress && ((seen += one.size() + 1) >> 22) != 0) (*progress)(std::exchange(seen, 0));
  }
  if (reader->failed()) return log_failure(*this, "E001", "reading stopped before the end of the file");
  if (progress != nullptr && *progress) (*progress)(seen);
  return {};
}

std::optional<double> log_number(std::string_view text) {
  const double value = number_of(trimmed(text));
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

bool says_missing(std::string_view cell) {
  const std::string_view plain = trimmed(cell);
  return plain.empty() || plain.front() == '[' || plain == "N/A" || plain == "None" || plain == "nan" ||
         plain == "NaN" || plain == "ERR!" || plain == "-" || plain == "null" || plain == "n/a";
}

void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells, std::string& store) {
  cells.clear();
  if (line.find('"') == std::string_view::npos) {
    for (;;) {
      const std::size_t end = line.find(separator);
      cells.push_back(trimmed(line.substr(0, end)));
      if (end == std::string_view::npos) return;
      line.remove_prefix(end + 1);
    }
  }
  store.clear();
  store.reserve(line.size() + 1);  // views into it must stay
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      store += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      cells.push_back(trimmed(std::string_view(store).substr(begin)));
      begin = store.size();
    } else {
      store += c;
    }
  }
  cells.push_back(trimmed(std::string_view(store).substr(begin)));
}

std::string_view first_line(std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    const std::string_view line = trimmed(head.substr(0, end));
    if (!line.empty() && line.front() != '#') return line;
    if (end == std::string_view::npos) break;
    head.remove_prefix(end + 1);
  }
  return {};
}

std::vector<std::string> header_of(std::string_view head, char separator) {
  std::vector<std::string_view> cells;
  std::string store;
  split_cells(first_line(head), separator, cells, store);
  std::vector<std::string> names;
  for (const auto cell : cells) names.push_back(header_name(cell));
  return names;
}

bool has_all(const std::vector<std::string>& names, std::initializer_list<const char*> wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); });
}

}  // namespace cradle::inventory
