// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iconv.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "inventory/telemetry/join.hpp"
#include "inventory/telemetry/reader.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t head_bytes = 64 << 10;
constexpr std::size_t max_converted_bytes = std::size_t{256} << 20;
constexpr std::size_t max_sorted_rows = 8u << 20;  // that are held to be sorted
constexpr std::size_t files_at_once = 64;

struct Found {
  std::string path, name;    ///< where it lies, and what it is called
  std::string folder;        ///< below the one that was named
  bool named = true;         ///< by the user; else found in a folder
  bool leads_out = false;    ///< a link to something outside that folder: never followed
};

bool lies_in(const fs::path& file, const fs::path& folder) {
  const auto inside = file.lexically_relative(folder);
  return !inside.empty() && *inside.begin() != "..";
}

/// Files as they are named, folders as all that lies in them, in the order of their names.
std::vector<Found> expand(const std::vector<std::string>& names, const LogSources& options) {
  std::vector<Found> files;
  for (const auto& name : names) {
    const fs::path path = options.path_of(name);
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back({path.string(), name, ""});
      continue;
    }
    std::vector<Found> inside;
    for (auto entry = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      const bool hidden = entry->path().filename().string().starts_with(".");
      if (hidden && entry->is_directory()) entry.disable_recursion_pending();
      if (hidden || !entry->is_regular_file(error)) continue;
      const fs::path folder = fs::relative(entry->path().parent_path(), path, error);
      const bool leads_out = entry->is_symlink(error) && !lies_in(fs::weakly_canonical(entry->path(), error),
                                                                   fs::weakly_canonical(path, error));
      const fs::path below = entry->path().lexically_relative(path);
      inside.push_back({entry->path().string(), (fs::path(name) / below).string(), folder == "." ? "" : folder.string(),
                        false, leads_out});
    }
    std::sort(inside.begin(), inside.end(), [](const Found& a, const Found& b) { return a.path < b.path; });
    files.insert(files.end(), inside.begin(), inside.end());
  }
  // A file named twice, or beside its folder, is one.
  std::set<fs::path> seen;
  std::erase_if(files, [&](const Found& found) {
    std::error_code error;
    if (found.leads_out) return false;
    const auto path = fs::weakly_canonical(found.path, error);
    return !error && !seen.insert(path).second;
  });
  return files;
}

/// PowerShell's ">" writes UTF-16 with a byte-order mark.
std::string to_utf8(std::string bytes) {
  const bool little = bytes.starts_with("\xFF\xFE");
  const iconv_t converter = iconv_open("UTF-8", little ? "UTF-16LE" : "UTF-16BE");
  if (converter == iconv_t(-1)) return bytes;
  std::string result;
  char* from = bytes.data() + 2;
  std::size_t left = bytes.size() - 2;
  std::array<char, 4096> buffer{};
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t before = left;
    iconv(converter, &from, &left, &to, &room);
    result.append(buffer.data(), buffer.size() - room);
    if (left == before) break;
  }
  iconv_close(converter);
  return result;
}

Result<std::string> read_head(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string head(head_bytes, '\0');
  const ssize_t got = file < 0 ? -1 : ::read(file, head.data(), head.size());
  const int error = errno;
  if (file >= 0) ::close(file);
  if (got < 0) return failure({"E001", fmt::format("cannot be read: {}", std::strerror(error)), "", {path, 0, 0, 1}});
  head.resize(static_cast<std::size_t>(got));
  return head;
}

/// Why these bytes are no text; NUL bytes at the end of a log that a machine was writing when it stopped are.
std::optional<std::string> not_a_log(std::string_view head) {
  const std::size_t nul = head.find('\0');
  const bool starts_as_text = nul != std::string_view::npos && head.substr(0, nul).find('\n') != std::string_view::npos;
  if (starts_as_text) head = head.substr(0, nul);
  if (head.size() >= 4)
    head = head.substr(0, head.find_last_of('\n') == std::string_view::npos ? head.size() : head.find_last_of('\n'));
  return not_text(head);
}

/// Knows which reader a file is for.
struct Recognised {
  const Reader* reader = nullptr;
  Findings findings;
};

/// Whether the first line names every column of the map.
bool has_columns(const LogInput& input) {
  std::set<std::string> names;
  for (const char separator : column_separators)
    for (auto& name : header_of(input.head, separator)) names.insert(std::move(name));
  return std::all_of(input.options.columns.begin(), input.options.columns.end(), [&](const auto& column) {
    return column.first == "unit" || std::all_of(column.second.begin(), column.second.end(), [&](const auto& name) {
             return names.contains(header_name(name));
           });
  });
}

Recognised recognise(const LogInput& input) {
  Recognised result;
  const auto& options = input.options;
  const auto by_id = [&](const std::string& id) -> const Reader* {
    for (const auto& reader : readers())
      if (reader.format.id == id) return &reader;
    return nullptr;
  };
  std::vector<const Reader*> candidates;
  const auto sniff = [&] {
    for (const bool last : {false, true}) {
      if (!candidates.empty()) return;
      for (const auto& reader : readers())
        if (reader.last_resort == last && reader.recognise(input)) candidates.push_back(&reader);
    }
  };
  // A column map is for the files that have its columns; others beside them may speak for themselves.
  if (!options.columns.empty() && !has_columns(input)) {
    sniff();
    if (candidates.size() == 1) {
      result.reader = candidates.front();
      return result;
    }
  }
  if (!options.columns.empty() || !options.format.empty()) {
    const std::string id = options.columns.empty() ? options.format : "columns";
    result.reader = by_id(id);
    if (result.reader == nullptr) {
      std::vector<std::string> ids;
      for (const auto& reader : readers()) ids.push_back(reader.format.id);
      result.findings.push_back({"E061",
                                 fmt::format("there is no log format '{}'", id),
                                 fmt::format("one of {}", fmt::join(ids, ", ")),
                                 {input.path, 0, 0, 1},
                                 ""});
    }
    return result;
  }
  sniff();
  if (candidates.size() == 1) {
    result.reader = candidates.front();
    return result;
  }
  if (candidates.empty()) {
    // Nothing of an unknown file is shown: it may hold what nobody meant to publish.
    result.findings.push_back({"E061",
                               "the format is not known",
                               "`cradle logs --formats` lists what is known; any CSV by "
                               "'columns: {time: ..., power: ..., unit: W}'",
                               {input.path, 0, 0, 1},
                               ""});
    return result;
  }
  std::vector<std::string> ids;
  for (const auto* candidate : candidates) ids.push_back(candidate->format.id);
  result.findings.push_back({"E061",
                             fmt::format("the format is ambiguous: it may be {}", fmt::join(ids, " or ")),
                             fmt::format("say which: 'format: {}'", ids.front()),
                             {input.path, 0, 0, 1},
                             ""});
  return result;
}

struct One {
  Draft draft;
  Findings findings;
  bool known = true;  ///< a format was found
};

/// Cuts records to the time that is wanted, their energy in proportion.
Result<void> clip_windows(const LogInput& input, Draft& draft) {
  std::size_t cut = 0;
  std::vector<Window> kept;
  for (auto& window : draft.windows) {
    if (!window.from || !window.to)
      return log_failure(input, "E069", "a time is asked for, and a record of the log has none",
                         "choose by 'run_id', 'project' or 'where' instead of 'from' and 'to'");
    const Micros from = std::max(*window.from, draft.from), to = std::min(*window.to, draft.to);
    if (from > to || (from == to && *window.from < *window.to)) continue;
    if (from != *window.from || to != *window.to) {
      const double share = static_cast<double>(to - from) / static_cast<double>(*window.to - *window.from);
      for (double* amount : {&window.joules, &window.seconds, &window.device_seconds}) *amount *= share;
      window.from = from;
      window.to = to;
      ++cut;
    }
    kept.push_back(std::move(window));
  }
  draft.windows = std::move(kept);
  if (cut > 0)
    draft.notes.push_back(
        fmt::format("{} records reach out of the time asked for; their energy is taken in proportion to time", cut));
  return {};
}

/// The part of a file that is wanted.
Result<void> set_part(const LogInput& input, Draft& draft) {
  const auto read = [&](const std::string& text, Micros& into) -> Result<void> {
    if (text.empty()) return {};
    Clock clock(input.options.timezone);
    const auto moment = clock.read(text);
    if (!moment) return log_failure(input, "E064", fmt::format("'{}' is no time", text), "such as 2026-05-14T13:00:00Z");
    into = *moment;
    return {};
  };
  if (auto from = read(input.options.part.from, draft.from); !from) return from;
  return read(input.options.part.to, draft.to);
}

One read_one(const Found& found, const LogSources& sources, unsigned threads, const LogProgress& progress,
             bool collect = false) {
  One one;
  LogSources options = sources;
  options.timezone = sources.timezone_of(found.name);
  const auto fail = [&](Findings findings) {
    one.findings = std::move(findings);
    return std::move(one);
  };
  auto head = read_head(found.path);
  if (!head) return fail(std::move(head.error()));
  LogInput input{found.path, fs::path(found.path).filename().string(), {}, options, threads, &progress, {}, false, {}};
  std::error_code error;
  const auto size = fs::file_size(found.path, error);
  const auto here = [&](std::string code, std::string message, std::string hint = "") {
    return Findings{{std::move(code), std::move(message), std::move(hint), {found.path, 0, 0, 1}, ""}};
  };
  if (head->starts_with("\xFF\xFE") || head->starts_with("\xFE\xFF")) {
    auto bytes = read_text_file(found.path, max_converted_bytes);
    if (!bytes) return fail(std::move(bytes.error()));
    input.converted = to_utf8(std::move(*bytes));
    input.in_memory = true;
    input.head = std::string_view(input.converted).substr(0, head_bytes);
  } else {
    input.head = *head;
    if (input.head.starts_with("\xEF\xBB\xBF")) input.head.remove_prefix(3);
  }
  if (input.head.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return fail(here("E060", "the file holds no usable row: it is empty"));
  if (auto problem = not_a_log(input.head)) {
    one.known = false;
    return fail(here("E003", *problem, "logs are read as text"));
  }
  const Recognised recognised = recognise(input);
  if (recognised.reader == nullptr) {
    one.known = false;
    return fail(recognised.findings);
  }
  Draft& draft = one.draft;
  draft.file = {found.name, "", error ? 0 : static_cast<std::size_t>(size), 0};
  draft.format_id = recognised.reader->format.id;
  draft.format = recognised.reader->format.name;
  draft.folder = found.folder;
  draft.collect = collect;
  if (auto part = set_part(input, draft); !part) return fail(std::move(part.error()));
  auto read = recognised.reader->read(input, draft);
  if (!read) return fail(std::move(read.error()));
  if (options.part.of_rows() && !draft.selects)
    return fail(here("E063", fmt::format("{} knows no projects, runs or columns to choose by", draft.format),
                     "'from' and 'to' choose by time in every format"));
  if (!options.part.from.empty() || !options.part.to.empty())
    if (auto clipped = clip_windows(input, draft); !clipped) return fail(std::move(clipped.error()));
  std::erase_if(draft.tracks, [](const Track& track) {
    return track.series.empty() && track.raw.empty();
  });
  if (draft.rejected > 12)
    draft.notes.push_back(fmt::format("{} rows rejected in all; the first are named", draft.rejected));
  if (draft.tracks.empty() && draft.windows.empty())
    return fail(here("E060", "the file holds no usable row", draft.notes.empty() ? "" : draft.notes.front()));
  return one;
}

/// Reads files again with their readings kept, and sums them in order of time.
One read_sorted(const Found& found, const LogSources& options, std::size_t rows) {
  if (rows > max_sorted_rows) {
    One one;
    one.findings.push_back({"E065",
                            fmt::format("rows are not in order of time, and {} rows are too many to sort here", rows),
                            "sort the file by device and time first",
                            {found.path, 0, 0, 1},
                            ""});
    return one;
  }
  One one = read_one(found, options, 1, {}, true);
  if (!one.findings.empty()) return one;
  bool moved = false;
  for (auto& track : one.draft.tracks) {
    moved = moved || !std::is_sorted(track.raw.begin(), track.raw.end(),
                                     [](const RawReading& a, const RawReading& b) { return a.t < b.t; });
    if (auto settled = settle(track, found.path, one.draft.unzoned); !settled) {
      one.findings = std::move(settled.error());
      return one;
    }
  }
  if (moved) one.draft.notes.push_back("time goes backwards; rows are sorted by time");
  return one;
}

One read_in_order(const Found& found, const LogSources& options, unsigned threads, const LogProgress& progress) {
  One one = read_one(found, options, threads, progress);
  const bool disordered = std::any_of(one.draft.tracks.begin(), one.draft.tracks.end(),
                                      [](const Track& track) { return track.series.disordered(); });
  return one.findings.empty() && disordered ? read_sorted(found, options, one.draft.file.rows) : std::move(one);
}

}  // namespace

bool LogPartWanted::apart_from(const LogPartWanted& other) const {
  const auto differ = [](const std::string& one, const std::string& two) { return !one.empty() && !two.empty() && one != two; };
  if (differ(project, other.project) || differ(run_id, other.run_id)) return true;
  for (const auto& [column, value] : where)
    if (const auto its = other.where.find(column); its != other.where.end() && its->second != value) return true;
  // One ends before the other begins; stamps with and without an offset cannot be compared.
  const auto before = [](const std::string& end, const std::string& begin) {
    const auto ends = read_stamp(end), begins = read_stamp(begin);
    return ends && begins && ends->offset.has_value() == begins->offset.has_value() && as_utc(*ends) <= as_utc(*begins);
  };
  return before(to, other.from) || before(other.to, from);
}

std::string LogSources::path_of(const std::string& name) const {
  return folder.empty() ? name : (fs::path(folder) / name).string();
}

const std::string& LogSources::timezone_of(const std::string& name) const {
  for (const auto& key : {name, fs::path(name).filename().string()})
    if (const auto found = timezones.find(key); found != timezones.end()) return found->second;
  return timezone;
}

double LogSummary::kwh() const {
  double total = 0.0;
  for (const auto& part : parts) total += part.kwh;
  return total;
}

double LogSummary::filled_kwh() const {
  double total = 0.0;
  for (const auto& part : gap_fill) total += part.kwh;
  return total;
}

double LogSummary::covered_share() const { return window_hours > 0 ? covered_hours / window_hours : 1.0; }

std::size_t log_bytes(const std::vector<std::string>& paths) {
  std::size_t bytes = 0;
  for (const auto& found : expand(paths, {})) {
    std::error_code error;
    const auto size = fs::file_size(found.path, error);
    if (!error) bytes += static_cast<std::size_t>(size);
  }
  return bytes;
}

LogReading read_logs(const std::vector<std::string>& names, const LogSources& options, const LogProgress& progress,
                     unsigned threads) {
  LogReading reading;
  const auto stop = [&](std::string code, const std::string& file, std::string message, std::string hint = "") {
    reading.findings.push_back({std::move(code), std::move(message), std::move(hint), {options.path_of(file), 0, 0, 1}, ""});
  };
  std::vector<std::string> zones = {options.timezone};
  for (const auto& [file, zone] : options.timezones) zones.push_back(zone);
  for (const auto& zone : zones)
    if (!zone.empty() && !to_moment(*read_stamp("2000-01-01"), zone)) {
      stop("E064", names.empty() ? "" : names.front(), fmt::format("unknown time zone '{}'", zone),
           "an IANA name such as Europe/Paris or UTC");
      return reading;
    }
  std::vector<Found> files = expand(names, options);
  std::erase_if(files, [&](const Found& found) {
    if (found.leads_out) reading.passed_over.push_back(found.name + ": a link out of the folder is not followed");
    return found.leads_out;
  });
  if (files.empty()) {
    stop("E060", names.empty() ? "" : names.front(), "the folder holds no file");
    return reading;
  }
  // Where the study says which file counts, the others are read apart and shown beside it.
  const auto again = [&](const std::string& name) -> std::optional<Draft> {
    const auto found = std::find_if(files.begin(), files.end(), [&](const Found& f) { return f.name == name; });
    One one = read_one(*found, options, 1, {}, true);
    if (!one.findings.empty()) return std::nullopt;
    return std::move(one.draft);
  };
  Join counted(options, again), beside(options, again);
  const auto counts = [&](const Found& found) {
    return options.use.empty() || found.name == options.use || fs::path(found.name).filename() == options.use ||
           found.name.ends_with("/" + options.use);
  };
  tbb::task_arena arena(threads == 0 ? tbb::task_arena::automatic : static_cast<int>(threads));
  for (std::size_t start = 0; start < files.size(); start += files_at_once) {
    const std::size_t end = std::min(files.size(), start + files_at_once);
    std::vector<One> some(end - start);
    const auto read = [&](std::size_t i, unsigned inner) {
      some[i - start] = read_in_order(files[i], options, inner, progress);
      // Only what is written down needs its hash; it reads the file a second time.
      if (options.hash && some[i - start].findings.empty())
        some[i - start].draft.file.sha256 = sha256_of_file(files[i].path);
    };
    if (end - start == 1)
      read(start, threads);
    else
      arena.execute([&] { tbb::parallel_for(start, end, [&](std::size_t i) { read(i, 1); }); });
    for (std::size_t i = start; i < end; ++i) {
      One& one = some[i - start];
      if (!one.findings.empty()) {
        const bool unknown = !files[i].named && (!one.known || one.findings.front().code == "E060");
        if (unknown)
          reading.passed_over.push_back(fmt::format("{}: {}", files[i].name, one.findings.front().message));
        else
          reading.findings.insert(reading.findings.end(), one.findings.begin(), one.findings.end());
        continue;
      }
      (counts(files[i]) ? counted : beside).add(std::move(one.draft));
    }
  }
  reading.logs = counted.finish(reading.findings);
  const std::size_t named = reading.logs.size();
  relate(reading.logs, options, reading.findings);
  for (auto& log : beside.finish(reading.findings)) {
    log.relation = fmt::format("'use' names {}", options.use);
    reading.logs.push_back(std::move(log));
  }
  if (named == 0 && !options.use.empty() && !reading.logs.empty())
    stop("E062", names.front(), fmt::format("'use' names '{}', which is none of the files", options.use));
  if (reading.logs.empty() && reading.findings.empty()) {
    stop("E060", names.front(), "no file in the folder is a log that can be read",
         reading.passed_over.empty() ? "" : reading.passed_over.front());
  }
  return reading;
}

Result<LogSummary> read_log(const std::string& path, const LogSources& options) {
  LogReading reading = read_logs({path}, options);
  if (has_errors(reading.findings)) return tl::unexpected(std::move(reading.findings));
  if (reading.logs.size() == 1) return std::move(reading.logs.front());
  for (auto& log : reading.logs)
    if (log.used) return std::move(log);
  return failure({"E060", "the file holds no usable row", "", {path, 0, 0, 1}, ""});
}

std::vector<LogFormat> log_formats() {
  std::vector<LogFormat> formats;
  for (const auto& reader : readers()) formats.push_back(reader.format);
  return formats;
}

}  // namespace cradle::inventory
