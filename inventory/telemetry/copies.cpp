// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/copies.hpp"

#include <algorithm>
#include <set>

#include "inventory/telemetry/join.hpp"

namespace cradle::inventory {
namespace {

// So many readings in common, of so many values, are no coincidence.
constexpr std::ptrdiff_t least_readings = 5;
constexpr std::size_t least_values = 3;

bool earlier(const RawReading& a, const RawReading& b) { return a.t < b.t; }

bool same(const RawReading& a, const RawReading& b) { return a.t == b.t && a.value == b.value && a.reason == b.reason; }

}  // namespace

Copies::Copies(std::vector<Draft> drafts) {
  std::map<std::string, int> known;
  for (std::size_t file = 0; file < drafts.size(); ++file)
    for (auto& track : drafts[file].tracks) {
      if (track.raw.empty()) continue;
      if (track.source.node.empty()) track.source.node = drafts[file].folder;
      Readings readings = std::exchange(track.raw, {});
      // Texts that stand for a missing value are numbered by each file for itself.
      for (auto& reading : readings)
        if (reading.reason >= 0) {
          const auto& text = track.reasons[static_cast<std::size_t>(reading.reason)];
          reading.reason = known.emplace(text, static_cast<int>(known.size())).first->second;
        }
      std::stable_sort(readings.begin(), readings.end(), earlier);
      const auto device = devices_.try_emplace(track.source, Device{track, {}}).first;
      device->second.files.emplace(file, std::move(readings));
    }
  reasons_.resize(known.size());
  for (const auto& [text, number] : known) reasons_[static_cast<std::size_t>(number)] = text;
}

Copies::Overlap Copies::overlap(const Readings& a, const Readings& b) {
  Overlap shared{std::max(a.front().t, b.front().t), std::min(a.back().t, b.back().t)};
  if (shared.from > shared.to) return shared;
  const auto part = [&](const Readings& readings) {
    const RawReading from{shared.from, 0.0, -1}, to{shared.to, 0.0, -1};
    return std::pair(std::lower_bound(readings.begin(), readings.end(), from, earlier),
                     std::upper_bound(readings.begin(), readings.end(), to, earlier));
  };
  const auto [first, last] = part(a);
  const auto [other, other_last] = part(b);
  shared.equal = std::equal(first, last, other, other_last, same);
  std::set<double> values;
  for (auto reading = first; reading != last && values.size() < least_values; ++reading) values.insert(reading->value);
  shared.varied = last - first >= least_readings && values.size() >= least_values;
  return shared;
}

bool Copies::proven(std::size_t a, std::size_t b) {
  const auto [known, fresh] = proven_.try_emplace({a, b}, false);
  if (fresh)
    known->second = std::any_of(devices_.begin(), devices_.end(), [&](const auto& entry) {
      const auto& files = entry.second.files;
      const auto first = files.find(a), second = files.find(b);
      if (first == files.end() || second == files.end()) return false;
      const Overlap shared = overlap(first->second, second->second);
      // One device of the world has one reading at a moment, whatever its value.
      return shared.from < shared.to && shared.equal && (shared.varied || entry.first.identified);
    });
  return known->second;
}

std::optional<Track> Copies::merged(const Source& source) {
  const auto found = devices_.find(source);
  if (found == devices_.end()) return std::nullopt;
  const Device& device = found->second;
  std::vector<std::pair<std::size_t, const Readings*>> files;
  for (const auto& [file, readings] : device.files) files.emplace_back(file, &readings);
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.second->front().t < b.second->front().t; });
  Track track = device.track;
  track.reasons = reasons_;
  std::size_t all = 0;
  Micros covered = 0;
  for (std::size_t j = 0; j < files.size(); ++j) {
    const auto& [file, readings] = files[j];
    for (std::size_t i = 0; i < j; ++i) {
      const auto& [before, earlier_readings] = files[i];
      if (earlier_readings->back().t <= readings->front().t) continue;
      if (!overlap(*earlier_readings, *readings).equal || !proven(std::min(before, file), std::max(before, file)))
        return std::nullopt;
    }
    // What lies in a time that earlier files cover stands in one of them.
    const auto fresh =
        j == 0 ? readings->begin()
               : std::upper_bound(readings->begin(), readings->end(), RawReading{covered, 0.0, -1}, earlier);
    track.raw.insert(track.raw.end(), fresh, readings->end());
    covered = j == 0 ? readings->back().t : std::max(covered, readings->back().t);
    all += readings->size();
  }
  track.copies = all - track.raw.size();
  if (!settle(track, "")) return std::nullopt;
  return track;
}

}  // namespace cradle::inventory
