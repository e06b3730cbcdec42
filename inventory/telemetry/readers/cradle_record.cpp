// SPDX-License-Identifier: Apache-2.0
// What `cradle record` writes: a CSV with comments of provenance before it. Format: docs/logs.md.
#include <algorithm>
#include <utility>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

constexpr std::string_view magic = "# cradle record 1";

bool recognise(const LogInput& input) { return input.head.starts_with(magic); }

/// How much of the energy of processors and memory the command's processes took, by their share of the machine's CPU
/// time between two looks.
class ProcessShare {
 public:
  void energy(const std::string& device, double joules, double wrap) {
    const auto [known, fresh] = last_.emplace(device, joules);
    if (fresh) return;
    const double more = joules - std::exchange(known->second, joules);
    pending_ += more >= 0.0 ? more : std::max(0.0, more + wrap);
  }
  /// The machine's CPU time stands before the processes' in each sample.
  void machine_seconds(double seconds) { machine_ = seconds; }
  void process_seconds(double seconds) {
    if (looked_) {
      const double all = machine_ - machine_before_, own = seconds - own_before_;
      own_joules_.add(pending_ * (all > 0.0 ? std::clamp(own / all, 0.0, 1.0) : 0.0));
      all_joules_.add(pending_);
    }
    looked_ = true;
    pending_ = 0.0;
    machine_before_ = machine_;
    own_before_ = seconds;
  }
  std::string words() const {
    if (all_joules_.value() <= 0.0) return "";
    return fmt::format(
        "the command's processes took {:.4g} of {:.4g} Wh of processors and memory, by their share of CPU "
        "time between readings",
        own_joules_.value() / joules_per_kwh * 1000, all_joules_.value() / joules_per_kwh * 1000);
  }

 private:
  std::map<std::string, double> last_;
  lca::maths::Sum own_joules_, all_joules_;
  double pending_ = 0.0, machine_ = 0.0, machine_before_ = 0.0, own_before_ = 0.0;
  bool looked_ = false;
};

/// time, node, scope, component, device, name, reading, value, unit, wrap, note
Result<void> read(LogInput& input, Draft& draft) {
  Clock clock("UTC");
  std::vector<std::string_view> cells;
  std::string store, share;
  bool header = false;
  ProcessShare processes;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (line.starts_with('#')) {
      const std::string_view text = trimmed(line.substr(1));
      for (const char* key : {"command:", "exit:", "ended:", "process share"})
        if (text.starts_with(key)) draft.notes.emplace_back(text);
      return;
    }
    if (line.empty()) return;
    split_cells(line, ',', cells, store);
    if (!std::exchange(header, true)) return;
    ++draft.file.rows;
    if (cells.size() != 11 || !whole) return draft.reject(number, "the row is cut");
    const auto t = clock.read(cells[0]);
    if (!t) return draft.reject(number, "no readable time");
    const auto value = log_number(cells[7]);
    if (cells[6] == "seconds") {
      if (value && cells[2] == name_of(Scope::process)) processes.process_seconds(*value);
      if (value && cells[2] == name_of(Scope::node)) processes.machine_seconds(*value);
      return;
    }
    Source source;
    source.node = std::string(cells[1]);
    for (const Scope scope : {Scope::process, Scope::component, Scope::module, Scope::node})
      if (cells[2] == name_of(scope)) source.scope = scope;
    source.component = std::string(cells[3]);
    source.device = std::string(cells[4]);
    source.name = std::string(cells[5]);
    source.identified = source.device.starts_with("GPU-");
    const bool counter = cells[6] == "counter";
    const double wrap = log_number(cells[9]).value_or(0.0);
    constexpr double package_ceiling_watts = 1000.0;
    Track& track = draft.track(
        source, {counter ? Reading::counter : Reading::instant, wrap, wrap > 0 ? package_ceiling_watts : 0.0},
        counter ? "energy counter" : "power");
    if (counter && value && (source.component == "cpu" || source.component == "dram"))
      processes.energy(source.device, *value, wrap);
    if (value)
      track.add(*t, *value);
    else
      track.miss(*t, cells[10].empty() ? "not read" : cells[10]);
  });
  if (auto words = processes.words(); !words.empty()) draft.notes.push_back(std::move(words));
  return done;
}

}  // namespace

const Reader cradle_record = {
    {"record", "cradle record", "its first line", "counters and power of devices", true}, recognise, read};

}  // namespace cradle::inventory
