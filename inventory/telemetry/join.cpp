// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/join.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>
#include <set>

#include "inventory/text/text_file.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

constexpr double seconds_per_hour = 3600.0;
constexpr std::size_t most_bytes_held = 256u << 20;
constexpr std::size_t most_stretches = 1000;  // of one device, that are compared
constexpr Micros a_minute = 60 * micros_per_second;

/// "job.csv", or "12 files in runs/".
std::string label_of(const std::vector<LogFile>& files) {
  if (files.size() == 1) return files.front().path;
  std::string common = std::filesystem::path(files.front().path).parent_path().string();
  for (const auto& file : files)
    while (!common.empty() && !(file.path.starts_with(common + "/")))
      common = std::filesystem::path(common).parent_path().string();
  return fmt::format("{} files{}", files.size(), common.empty() ? "" : " in " + common + "/");
}

/// The hash of one file, or of the list of hashes and names of several.
std::string hash_of(const std::vector<LogFile>& files) {
  if (files.size() == 1) return files.front().sha256;
  std::string list;
  for (const auto& file : files) {
    if (file.sha256.empty()) return "";
    list += file.sha256 + "  " + std::filesystem::path(file.path).filename().string() + "\n";
  }
  return sha256(list);
}

std::string name_of_device(const Source& source) {
  const std::string device =
      source.device.empty() ? (source.component.empty() ? "all" : source.component) : source.device;
  return source.node.empty() ? device : source.node + "/" + device;
}

/// What parts add up to, by component, basis and how it was got.
class Parts {
 public:
  void add(const std::string& component, lca::Basis basis, const std::string& source, double joules) {
    const auto key = std::make_tuple(component, basis, source);
    sums_[key].add(joules);
  }
  std::vector<LogPart> list() const {
    std::vector<LogPart> parts;
    for (const auto& [key, sum] : sums_)
      parts.push_back({std::get<0>(key), sum.value() / joules_per_kwh, std::get<1>(key), std::get<2>(key)});
    return parts;
  }

 private:
  std::map<std::tuple<std::string, lca::Basis, std::string>, lca::maths::Sum> sums_;
};

}  // namespace

namespace {

/// An hour that repeats on a clock without a zone: time goes back by just that, and the same readings stand in it twice.
bool repeats_an_hour(const std::vector<RawReading>& raw, std::size_t back) {
  if (back < 2 || raw[back].t <= raw.front().t || raw.back().t <= raw[back - 1].t) return false;
  const Micros step = raw[back - 1].t - raw[back - 2].t;
  constexpr Micros hour = 3600 * micros_per_second;
  return step > 0 && std::abs(raw[back - 1].t + step - raw[back].t - hour) <= step;
}

}  // namespace

Result<void> settle(Track& track, const std::string& path, bool unzoned) {
  auto& raw = track.raw;
  std::vector<int> pass(raw.size(), 0);
  for (std::size_t i = 1; i < raw.size(); ++i) pass[i] = pass[i - 1] + (raw[i].t < raw[i - 1].t - a_minute ? 1 : 0);
  std::vector<std::size_t> order(raw.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return raw[a].t < raw[b].t; });
  const auto same = [&](std::size_t a, std::size_t b) {
    return raw[a].t == raw[b].t && raw[a].value == raw[b].value && raw[a].reason == raw[b].reason;
  };
  order.erase(std::unique(order.begin(), order.end(), same), order.end());
  // Two passes over the same time take turns in the sorted order; one after the other they would not.
  std::size_t turns = 0;
  for (std::size_t i = 1; i < order.size(); ++i) turns += pass[order[i]] != pass[order[i - 1]] ? 1 : 0;
  std::size_t back = 1;
  while (back < raw.size() && pass[back] == pass[back - 1]) ++back;
  const bool dropped_hour =
      unzoned && back < raw.size() && order.size() < raw.size() && repeats_an_hour(raw, back);
  const auto passes = static_cast<std::size_t>(raw.empty() ? 0 : pass.back());
  constexpr std::size_t rows_of_a_pass = 10;  // with fewer the rows are merely shuffled
  if (dropped_hour || (turns > passes + 2 && raw.size() >= rows_of_a_pass * (passes + 1))) {
    const double minutes = static_cast<double>(raw[back - 1].t - raw[back].t) / 60e6;
    return failure(
        {"E065",
         fmt::format("time goes back by {:.4g} min at {}, over time already read{}", minutes,
                     Clock::text(raw[back - 1].t, true), dropped_hour ? "" : " with other readings"),
         "an hour that repeats when summer time ends: declare 'timezone'; a clock that was set: cut the file",
         {path, 0, 0, 1},
         ""});
  }
  for (const std::size_t i : order) {
    if (raw[i].reason >= 0)
      track.series.miss(raw[i].t, track.reasons[static_cast<std::size_t>(raw[i].reason)]);
    else
      track.series.add(raw[i].t, raw[i].value);
  }
  raw.clear();
  raw.shrink_to_fit();
  return {};
}

void Join::add(Draft draft) {
  std::set<GroupKey> touched;
  const auto group_of = [&](Scope scope) -> Group& {
    const GroupKey key{draft.format_id, scope};
    Group& group = groups_[key];
    if (touched.insert(key).second) {
      group.format = draft.format;
      group.files.push_back(draft.file);
      group.unzoned = group.unzoned || draft.unzoned;
      group.pue_inside = group.pue_inside || draft.pue_inside;
      const std::string prefix =
          group.files.size() > 1 ? std::filesystem::path(draft.file.path).filename().string() + ": " : "";
      for (auto& note : draft.notes) group.notes.push_back(prefix + note);
    }
    return group;
  };
  for (auto& track : draft.tracks) {
    if (track.source.node.empty()) track.source.node = draft.folder;
    add_track(group_of(track.source.scope), std::move(track), draft.file.path);
  }
  for (auto& window : draft.windows) {
    if (window.source.node.empty()) window.source.node = draft.folder;
    window.record = draft.file.path + "|" + window.label;
    refuse_impossible(window, group_of(window.source.scope));
    if (window.joules < 0.0) {
      if (window.missing.empty()) group_of(window.source.scope).notes.push_back(
            fmt::format("{}: a negative energy is no reading, and its time a gap",
                        window.label.empty() ? window.key : window.label));
      window.joules = 0.0;
      window.missing = "a negative energy";
    }
    group_of(window.source.scope).windows.push_back(std::move(window));
  }
}

void Join::add_track(Group& group, Track track, const std::string& path) {
  Joined& joined = group.tracks[track.source];
  if (joined.paths.empty() || joined.paths.back() != path) joined.paths.push_back(path);
  if (joined.stretches.size() < most_stretches)
    joined.stretches.push_back(
        {path, track.series.first(), track.series.last(), track.series.samples(), track.series.sum_of_values(),
         track.series.varied()});
  if (!joined.pieces.empty() && joined.pieces.back().track.series.last() <= track.series.first()) {
    joined.pieces.back().track.series.append(std::move(track.series));
    return;
  }
  joined.pieces.push_back({std::move(track), path});
}

/// The same readings in two files, hours apart: one device on two clocks, whose energy would count twice.
void Join::find_shifted(const Source& source, const Joined& joined, Findings& findings) const {
  const auto& all = joined.stretches;
  for (std::size_t j = 1; j < all.size(); ++j)
    for (std::size_t i = 0; i < j; ++i) {
      const Stretch &a = all[i], &b = all[j];
      const bool same = a.samples == b.samples && a.samples > 5 && a.last - a.first == b.last - b.first &&
                        a.values > 0 && std::abs(b.values / a.values - 1) < 1e-9;
      if (!same || !is_shift_of_zones(b.first - a.first)) continue;
      findings.push_back({"E062",
                          fmt::format("{} and {} hold the same readings of '{}' {:.3g} hours apart: one device on two "
                                      "clocks?",
                                      a.path, b.path, name_of_device(source),
                                      std::abs(static_cast<double>(b.first - a.first)) * 1e-6 / seconds_per_hour),
                          "give each file the zone of its stamps, or say which file counts with 'use'",
                          {options_.path_of(b.path), 0, 0, 1},
                          ""});
      return;
    }
}

/// Snapshots of one run in several files or rows: the longest counts.
void Join::one_per_run(Group& group) {
  struct Best {
    int rank;
    double seconds;
    std::string record;
  };
  std::map<std::string, Best> best;
  for (const auto& window : group.windows) {
    if (window.key.empty()) continue;
    const auto [found, fresh] = best.try_emplace(window.key, Best{window.rank, window.seconds, window.record});
    if (!fresh && std::pair(window.rank, window.seconds) > std::pair(found->second.rank, found->second.seconds))
      found->second = {window.rank, window.seconds, window.record};
  }
  const std::size_t before = group.windows.size();
  std::erase_if(group.windows, [&](const Window& window) {
    return !window.key.empty() && window.record != best.at(window.key).record;
  });
  if (group.windows.size() < before && group.files.size() > 1)
    group.notes.push_back("runs that stand in several files count once, the longest record of each");
}

/// No accelerator draws above 3 kW. A machine above 100 kW is said and kept: its record may be of several.
void Join::refuse_impossible(Window& window, Group& group) const {
  constexpr double most_of_one_device = 3000.0, most_of_a_machine = 100e3;  // W
  constexpr double far_beyond = 1e7;  // W: no machine, however its record is split
  if (!window.missing.empty() || window.seconds <= 0) return;
  const double devices = window.device_seconds / window.seconds, watts = window.joules / window.seconds;
  const std::string& label = window.label.empty() ? window.key : window.label;
  if (window.source.component == "accelerator" && devices >= 1 && watts > most_of_one_device * devices) {
    group.impossible.push_back(fmt::format("{}: {:.4g} kW of {:.4g} accelerators", label, watts / 1000, devices));
    window.joules = 0.0;
    window.missing = "a power that the device cannot have";
  } else if (!window.about && window.source.scope <= Scope::module && window.seconds > 0 && watts > far_beyond) {
    group.impossible.push_back(fmt::format("{}: {:.4g} kW", label, watts / 1000));
    window.joules = 0.0;
    window.missing = "a power that the device cannot have";
  } else if (window.about && watts > most_of_a_machine && !std::exchange(group.implausible, true)) {
    group.notes.push_back(fmt::format("{}: {:.4g} kW over its duration is not plausible for one machine", label, watts / 1000));
  }
}

/// Ranks that each measured the whole machine look like runs of one length at one time on equal machines.
void Join::find_ranks(const Group& group, Findings& findings) const {
  if (options_.ranks != Ranks::not_said) return;
  std::vector<const Window*> runs;
  std::set<std::string> seen;
  for (const auto& window : group.windows)
    if (!window.key.empty() && window.missing.empty() && window.from && window.to && window.seconds >= 60 &&
        seen.insert(window.key).second)
      runs.push_back(&window);
  std::sort(runs.begin(), runs.end(), [](const Window* a, const Window* b) { return *a->from < *b->from; });
  constexpr std::size_t most_beside = 64;  // runs that may lie in one time and are looked at
  constexpr double mostly = 0.8;
  for (std::size_t i = 0; i < runs.size(); ++i)
  for (std::size_t j = i + 1; j < std::min(runs.size(), i + most_beside) && *runs[j]->from < *runs[i]->to; ++j) {
    const Window &a = *runs[i], &b = *runs[j];
    const double shared = static_cast<double>(std::min(*a.to, *b.to) - *b.from) * 1e-6;
    if (a.source.node != b.source.node || a.source.name != b.source.name || shared < mostly * a.seconds ||
        shared < mostly * b.seconds)
      continue;
    findings.push_back(
        {"E062",
         fmt::format("runs '{}' and '{}' lie in the same time on machines of one kind ({}): ranks of one job that each "
                     "measured the whole machine?",
                     a.key, b.key, a.source.name.empty() ? "not named" : a.source.name),
         "'ranks: one machine' counts the longest of them, 'ranks: many machines' adds them",
         {options_.path_of(group.files.front().path), 0, 0, 1},
         ""});
    return;
  }
}

/// Of ranks that measured the same machine each moment counts once: the longest record whole, of the others what lies
/// outside it, in proportion to time.
void Join::one_per_time(Group& group, LogSummary& summary) const {
  using Span = std::pair<Micros, Micros>;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::pair<Span, std::string>>> counted;
  std::vector<Window> kept;
  std::set<std::string> cut;
  std::stable_sort(group.windows.begin(), group.windows.end(),
                   [](const Window& a, const Window& b) {
                     // A record without a reading takes no time from one that has it.
                     return std::pair(a.missing.empty(), a.seconds) > std::pair(b.missing.empty(), b.seconds);
                   });
  for (auto& window : group.windows) {
    if (!window.from || !window.to || *window.to <= *window.from) {
      kept.push_back(std::move(window));
      continue;
    }
    auto& others = counted[{window.source.node, window.source.component, window.source.device}];
    std::vector<Span> left = {{*window.from, *window.to}};
    for (const auto& [span, key] : others) {
      if (key == window.key) continue;
      std::vector<Span> rest;
      for (const auto& [from, to] : left) {
        if (from < std::min(to, span.first)) rest.emplace_back(from, std::min(to, span.first));
        if (std::max(from, span.second) < to) rest.emplace_back(std::max(from, span.second), to);
      }
      left = std::move(rest);
    }
    const Span whole{*window.from, *window.to};
    if (left != std::vector<Span>{whole}) cut.insert(window.record);
    for (const auto& [from, to] : left) {
      Window piece = window;
      const double share = static_cast<double>(to - from) / static_cast<double>(whole.second - whole.first);
      piece.from = from;
      piece.to = to;
      for (double* amount : {&piece.joules, &piece.seconds, &piece.device_seconds}) *amount *= share;
      kept.push_back(std::move(piece));
    }
    others.emplace_back(whole, window.key);
  }
  group.windows = std::move(kept);
  if (!cut.empty())
    summary.notes.push_back(fmt::format(
        "{} records of ranks measured the same machine at times that another has: only the rest of them counts",
        cut.size()));
}

void Join::add_windows(Group& group, LogSummary& summary, Findings& findings) {
  one_per_run(group);
  find_ranks(group, findings);
  if (options_.ranks == Ranks::one_machine) one_per_time(group, summary);
  Parts parts;
  struct Sums {
    lca::maths::Sum joules, covered, lost;
    std::size_t count = 0;
    EnergySlots slots;
  };
  std::map<Source, Sums> devices;
  struct Read {
    double seconds = 0.0;
    std::size_t parts = 0, read = 0;
  };
  std::map<std::string, Read> records;  ///< each counts for its time, as far as its parts were read
  std::map<const LogRecord*, std::size_t> told;
  std::map<std::string, std::shared_ptr<LogRecord>> unnamed;  ///< runs of which only the name is known
  Micros first = std::numeric_limits<Micros>::max(), last = std::numeric_limits<Micros>::lowest();
  lca::maths::Sum device_seconds;
  for (auto& window : group.windows) {
    Sums& sums = devices[window.source];
    Read& record = records[window.record + "|" + window.source.device];
    record.seconds = window.seconds;
    ++record.parts;
    record.read += window.missing.empty() ? 1 : 0;
    if (!window.about && !window.key.empty()) {
      auto& run = unnamed[window.key];
      if (!run) run = std::make_shared<LogRecord>();
      run->run = window.key;
      window.about = run;
    }
    if (window.about) {
      const auto [known, fresh] = told.emplace(window.about.get(), summary.records.size());
      if (fresh) summary.records.push_back(*window.about);
      LogRecord& run = summary.records[known->second];
      run.kwh += window.joules / joules_per_kwh;
      run.hours = std::max(run.hours, window.seconds / seconds_per_hour);
      if (window.from && window.to) {
        run.start = Clock::text(*window.from, group.unzoned);
        run.end = Clock::text(*window.to, group.unzoned);
      }
    }
    if (!window.missing.empty()) {
      sums.lost.add(window.seconds);
      ++summary.gap_count;
      summary.gaps.push_back(
          {name_of_device(window.source), window.missing, window.seconds / seconds_per_hour, window.label});
      continue;
    }
    ++sums.count;
    sums.joules.add(window.joules);
    sums.covered.add(window.seconds);
    device_seconds.add(window.device_seconds);
    parts.add(window.source.component, window.basis, window.how, window.joules);
    if (window.from && window.to) {
      first = std::min(first, *window.from);
      last = std::max(last, *window.to);
      sums.slots.even(*window.from, *window.to, window.joules);
      summary.profile.even(*window.from, *window.to, window.joules);
    }
  }
  for (auto& [source, sums] : devices) {
    LogDevice device{name_of_device(source),
                     source.name,
                     sums.joules.value() / joules_per_kwh,
                     sums.covered.value() / seconds_per_hour,
                     (sums.covered.value() + sums.lost.value()) / seconds_per_hour,
                     sums.count,
                     source.node,
                     source.component,
                     sums.slots.hours()};
    summary.devices.push_back(std::move(device));
  }
  lca::maths::Sum covered, all;
  for (const auto& [name, record] : records) {
    all.add(record.seconds);
    covered.add(record.seconds * static_cast<double>(record.read) / static_cast<double>(record.parts));
  }
  summary.covered_hours += covered.value() / seconds_per_hour;
  summary.window_hours += all.value() / seconds_per_hour;
  for (auto& part : parts.list()) summary.parts.push_back(std::move(part));
  if (device_seconds.value() > 0)
    summary.device_hours = summary.device_hours.value_or(0.0) + device_seconds.value() / seconds_per_hour;
  if (first <= last && first >= clocks_begin) {
    summary.start = Clock::text(first, group.unzoned);
    summary.end = Clock::text(last, group.unzoned);
  }
}

/// The group's files read once more, for all its devices; null where they are too large to be held.
Copies* Join::copies_of(Group& group) {
  if (group.copies) return group.copies.get();
  std::size_t bytes = 0;
  for (const auto& file : group.files) bytes += file.bytes;
  if (bytes > most_bytes_held) return nullptr;
  std::vector<Draft> drafts;
  for (const auto& file : group.files) {
    auto draft = again_(file.path);
    if (!draft) return nullptr;
    drafts.push_back(std::move(*draft));
  }
  group.copies = std::make_shared<Copies>(std::move(drafts));
  return group.copies.get();
}

/// The pieces of one device put together. E062 where two files hold readings of the same time that are no copies.
std::optional<Track> Join::one_of_pieces(Group& group, const Source& source, Joined& joined, Findings& findings) {
  joined.pieces.sort([](const Piece& a, const Piece& b) { return a.track.series.first() < b.track.series.first(); });
  Track track = std::move(joined.pieces.front().track);
  for (auto piece = std::next(joined.pieces.begin()); piece != joined.pieces.end(); ++piece) {
    if (piece->track.series.first() < track.series.last()) {
      Copies* const copies = copies_of(group);
      if (copies != nullptr)
        if (auto whole = copies->merged(source)) return whole;
      findings.push_back({"E062",
                          fmt::format("{} and {} both hold readings of '{}' at the same time: they may measure the "
                                      "same device",
                                      joined.paths.front(), piece->path, name_of_device(source)),
                          fmt::format("{}ay which file counts with 'use'{}",
                                      source.identified ? "s"
                                                        : "devices of several machines: put each machine's files in a "
                                                          "folder of its own; otherwise s",
                                      copies != nullptr ? "" : " (above 256 MB together copies are not looked for)"),
                          {options_.path_of(piece->path), 0, 0, 1},
                          ""});
      continue;
    }
    track.series.append(std::move(piece->track.series));
  }
  return track;
}

/// The same readings under two machines: a copy of a folder, whose energy would count twice.
void Join::find_copied_folders(const Group& group, Findings& findings) const {
  std::map<std::tuple<std::string, std::string, Micros, Micros, std::size_t, double>, const Stretch*> seen;
  for (const auto& [source, joined] : group.tracks)
    for (const auto& one : joined.stretches) {
      if (one.samples <= 5 || !one.varied || source.identified) continue;
      const auto [known, fresh] =
          seen.try_emplace({source.component, source.device, one.first, one.last, one.samples, one.values}, &one);
      if (fresh || known->second->path == one.path) continue;
      findings.push_back({"E062",
                          fmt::format("{} and {} hold the same readings of '{}' at the same times, under two machines",
                                      known->second->path, one.path, source.device.empty() ? "all" : source.device),
                          "a copy? Say which file counts with 'use', or leave one out",
                          {options_.path_of(one.path), 0, 0, 1},
                          ""});
      return;
    }
}

void Join::add_tracks(Group& group, LogSummary& summary, Findings& findings) {
  find_copied_folders(group, findings);
  Parts parts, filled;
  lca::maths::Sum device_hours;
  std::size_t usable = 0, readings = 0, still = 0;
  Micros first = std::numeric_limits<Micros>::max(), last = std::numeric_limits<Micros>::lowest();
  for (auto& [source, joined] : group.tracks) {
    if (group.unzoned) find_shifted(source, joined, findings);
    auto piece = one_of_pieces(group, source, joined, findings);
    if (!piece) continue;
    Track& track = *piece;
    if (track.copies > 0)
      summary.notes.push_back(fmt::format("device {}: {} readings stand in more than one file and count once",
                                          name_of_device(source), track.copies));
    const std::string how = track.how;
    Measured measured = std::move(track.series).finish();
    const double joules = measured.slots.joules();
    const std::string id = name_of_device(source);
    readings += measured.samples;
    if (measured.impossible > 0)
      group.impossible.push_back(fmt::format("device {}: {} reading{}", id, measured.impossible, measured.impossible > 1 ? "s" : ""));
    if (measured.still && measured.samples > 1) {
      ++still;
      summary.notes.push_back(fmt::format("device {}: its energy counter never moves, which is no reading", id));
      summary.gap_count += 1;
      const double span = static_cast<double>(measured.last - measured.first) * 1e-6;
      summary.gaps.push_back({id, "a counter that never moves", span / seconds_per_hour, Clock::text(measured.first, group.unzoned)});
      summary.window_hours += span / seconds_per_hour;
      summary.devices.push_back({id, source.name, 0.0, 0.0, span / seconds_per_hour, measured.samples, source.node, source.component, {}});
      continue;
    }
    if (measured.samples < 2 && measured.silent <= 0) {
      summary.notes.push_back(fmt::format("device {}: one reading, from which no energy can be told", id));
      continue;
    }
    usable += measured.samples < 2 ? 0 : 1;
    constexpr std::size_t few = 3;
    if (measured.conflicts > few && measured.conflicts * 4 > measured.samples)
      findings.push_back({"E060",
                          fmt::format("device {}: {} stamps stand twice with different values: several devices under one name?", id,
                                      measured.conflicts),
                          "name the column that tells them apart: 'device' in 'columns'",
                          {options_.path_of(group.files.front().path), 0, 0, 1},
                          ""});
    if (measured.conflicts > 0)
      summary.notes.push_back(
          fmt::format("device {}: {} stamps twice with different values; the later is kept", id, measured.conflicts));
    if (measured.samples > 1) parts.add(source.component, track.basis, fmt::format("{} ({})", group.format, how), joules);
    if (options_.gaps == GapRule::mean && measured.covered > 0 && measured.silent > 0)
      filled.add(source.component, lca::Basis::modelled, "gap length x the device's mean power",
                 joules / measured.covered * measured.silent);
    summary.gap_count += measured.silence_count;
    for (const auto& silence : measured.silences)
      if (summary.gaps.size() < 1000)
        summary.gaps.push_back({id, silence.reason,
                                static_cast<double>(silence.to - silence.from) * 1e-6 / seconds_per_hour,
                                Clock::text(silence.from, group.unzoned)});
    first = std::min(first, measured.first);
    last = std::max(last, measured.last);
    const double window = (measured.covered + measured.silent) / seconds_per_hour;
    summary.covered_hours += measured.covered / seconds_per_hour;
    summary.window_hours += window;
    if (source.component == "accelerator") device_hours.add(window);
    summary.profile.append(measured.slots);
    summary.devices.push_back({id, source.name, joules / joules_per_kwh, measured.covered / seconds_per_hour, window,
                               measured.samples, source.node, source.component, measured.slots.hours()});
  }
  if (usable == 0 && !group.tracks.empty())
    findings.push_back({"E060",
                        still > 0 ? std::string("no usable row: the energy counters never move, which is no reading")
                                  : fmt::format("no usable row: {} of {} rows hold a reading; of one device two are needed",
                                                readings, summary.rows),
                        still > 0 ? "does the tool have the rights to read them? Is there a power beside them?"
                                  : "read the device again after a while, into the same folder or file",
                        {options_.path_of(group.files.front().path), 0, 0, 1},
                        ""});
  for (auto& part : parts.list()) summary.parts.push_back(std::move(part));
  if (usable == 0) return;
  for (auto& part : filled.list()) summary.gap_fill.push_back(std::move(part));
  if (device_hours.value() > 0) summary.device_hours = device_hours.value();
  if (first <= last && first >= clocks_begin) {
    summary.start = Clock::text(first, group.unzoned);
    summary.end = Clock::text(last, group.unzoned);
  }
}

std::vector<LogSummary> Join::finish(Findings& findings) {
  std::vector<LogSummary> logs;
  for (auto& [key, group] : groups_) {
    LogSummary summary;
    summary.file = label_of(group.files);
    summary.format = group.format;
    summary.sha256 = hash_of(group.files);
    summary.scope = name_of(key.second);
    summary.notes = std::move(group.notes);
    for (const auto& file : group.files) {
      summary.bytes += file.bytes;
      summary.rows += file.rows;
    }
    if (!group.tracks.empty()) add_tracks(group, summary, findings);
    if (!group.windows.empty()) add_windows(group, summary, findings);
    if (!group.impossible.empty())
      findings.push_back({"W123",
                          fmt::format("{} cannot be, and its time is a gap{}", group.impossible.front(),
                                      group.impossible.size() > 1
                                          ? fmt::format(" (and {} more like it)", group.impossible.size() - 1)
                                          : ""),
                          "is the unit right? One accelerator or socket draws below 3 kW",
                          {options_.path_of(group.files.front().path), 0, 0, 1},
                          ""});
    if (summary.parts.empty()) {
      if (!group.windows.empty())
        findings.push_back({"E060",
                            fmt::format("no usable row: none of {} holds an energy: {}", group.windows.size(),
                                        group.windows.front().missing),
                            "",
                            {options_.path_of(group.files.front().path), 0, 0, 1},
                            ""});
      continue;
    }
    summary.pue_inside = group.pue_inside;
    summary.unzoned = group.unzoned;
    if (group.unzoned) summary.notes.push_back("stamps carry no time zone and none is declared: times are as written");
    summary.files = std::move(group.files);
    logs.push_back(std::move(summary));
  }
  return logs;
}

}  // namespace cradle::inventory
