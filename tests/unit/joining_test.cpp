// SPDX-License-Identifier: Apache-2.0
// Files of one run joined: what lies inside another is not added, copies count once, and the identities that joining
// must keep.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "inventory/telemetry/series.hpp"
#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;

TEST_CASE("scopes: what lies inside a node's power is shown, never added; what may be the same is asked") {
  std::string gpus = "timestamp, uuid, power.draw [W]\n", again = gpus;
  for (int s = 0; s <= 20; s += 5)
    for (const char* uuid : {"GPU-a", "GPU-b"}) {
      gpus += fmt::format("2020/01/27 16:44:{:02d}.000, {}, 200.00 W\n", 26 + s, uuid);
      again += fmt::format("2020/01/27 16:44:{:02d}.000, {}, 210.00 W\n", 26 + s, uuid);
    }
  std::string node;
  for (int s = 0; s <= 20; s += 5)
    node += fmt::format("{}:     Instantaneous power reading:   1000 Watts\n", 1580143466 + s);
  const auto nested = LogFolder().file("gpus.csv", gpus).file("ipmi.txt", node).read();
  CHECK(joules(nested) == Approx(20'000));
  CHECK(nested.findings.empty());
  // A rack's distribution unit holds both, and what else is plugged in: it counts, the others are shown.
  std::string rack = "time,kw\n";
  for (int s = 0; s <= 20; s += 5) rack += fmt::format("2020-01-27T16:44:{:02d}Z,3\n", 26 + s);
  LogSources plugged;
  plugged.columns = {{"time", {"time"}}, {"power", {"kw"}}, {"unit", {"kW"}}};
  plugged.measures = "rack";
  plugged.timezone = "UTC";
  const auto racked = LogFolder().file("gpus.csv", gpus).file("ipmi.txt", node).file("pdu.csv", rack).read(plugged);
  CHECK(joules(racked) == Approx(60'000));
  CHECK(racked.findings.empty());
  CHECK(std::count_if(racked.logs.begin(), racked.logs.end(),
                      [](const auto& log) { return log.relation.find("the whole rack") != std::string::npos; }) == 2);
  const std::string counter_head = R"({"status":"success","data":{"resultType":"matrix","result":[)";
  std::string counters;
  for (const char* uuid : {"GPU-a", "GPU-b"})
    counters += fmt::format(
        R"({}{{"metric":{{"__name__":"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION","UUID":"{}"}},"values":[[1580143466,"0"],[1580143486,"4100000"]]}})",
        counters.empty() ? "" : ",", uuid);
  const auto twice = LogFolder().file("gpus.csv", gpus).file("range.json", counter_head + counters + "]}}").read();
  CHECK(joules(twice) == Approx(8200));  // the counter counts
  CHECK(twice.findings.empty());
  const auto machines = LogFolder()
                            .file("n1/gpu.csv", smi_header + smi(0, 0, "100.00 W") + smi(5, 0, "100.00 W"))
                            .file("n2/gpu.csv", smi_header + smi(0, 0, "100.00 W") + smi(5, 0, "100.00 W"))
                            .read();
  CHECK(joules(machines) == Approx(1000));
  const auto unclear = LogFolder()
                           .file("a.csv", smi_header + smi(0, 0, "100.00 W") + smi(5, 0, "100.00 W"))
                           .file("b.csv", smi_header + smi(0, 0, "90.00 W") + smi(5, 0, "90.00 W"))
                           .read();
  CHECK(says(unclear, "E062"));
}

TEST_CASE("rotated logs that overlap are one where they hold the same readings there, and asked about where not") {
  const auto rows = [](int from, int to, int odd = -1) {
    std::string text = smi_header;
    for (int s = from; s <= to; ++s) text += smi(s, 0, fmt::format("{}.00 W", 100 + 10 * (s % 3) + (s == odd ? 1 : 0)));
    return text;
  };
  const double whole = joules(LogFolder().file("a.csv", rows(0, 30)).read());
  const auto rotated = LogFolder().file("gpu.csv.1", rows(0, 20)).file("gpu.csv", rows(12, 30)).read();
  CHECK(rotated.findings.empty());
  CHECK(joules(rotated) == Approx(whole));
  CHECK(rotated.logs.front().notes.front().find("9 readings stand in more than one file") != std::string::npos);
  // A copy made while the log grew, and three files of which each overlaps the next.
  CHECK(joules(LogFolder().file("copy.csv", rows(0, 14)).file("gpu.csv", rows(0, 30)).read()) == Approx(whole));
  CHECK(joules(LogFolder().file("1.csv", rows(0, 14)).file("2.csv", rows(10, 24)).file("3.csv", rows(20, 30)).read()) ==
        Approx(whole));
  // One reading differs: two devices may have been measured.
  CHECK(says(LogFolder().file("a.csv", rows(0, 20)).file("b.csv", rows(12, 30, 15)).read(), "E062"));
  // Missing values under names of their own in each file, on both sides of the overlap.
  const auto with = [&](int from, int to, std::initializer_list<std::pair<int, const char*>> missing) {
    std::string text = smi_header;
    for (int s = from; s <= to; ++s) {
      std::string cell = fmt::format("{}.00 W", 100 + 10 * (s % 3));
      for (const auto& [at, words] : missing)
        if (at == s) cell = words;
      text += smi(s, 0, cell);
    }
    return text;
  };
  const auto missed = LogFolder()
                          .file("a.csv", with(0, 20, {{3, "[Unknown Error]"}, {15, "[N/A]"}}))
                          .file("b.csv", with(12, 30, {{15, "[N/A]"}, {25, "[Unknown Error]"}, {26, "[N/A]"}}))
                          .read();
  CHECK(missed.findings.empty());
  const auto unsplit =
      LogFolder()
          .file("a.csv", with(0, 30, {{3, "[Unknown Error]"}, {15, "[N/A]"}, {25, "[Unknown Error]"}, {26, "[N/A]"}}))
          .read();
  CHECK(joules(missed) == Approx(joules(unsplit)));
  CHECK(missed.logs.front().gap_count == unsplit.logs.front().gap_count);
  // One GPU idles at one value; the other beside it proves that the files are copies.
  const auto pair = [&](int from, int to) {
    std::string text = smi_header;
    for (int s = from; s <= to; ++s)
      text += smi(s, 0, "25.00 W") + smi(s, 1, fmt::format("{}.00 W", 100 + 10 * (s % 3)));
    return text;
  };
  CHECK(joules(LogFolder().file("1.csv", pair(0, 20)).file("2.csv", pair(12, 30)).read()) ==
        Approx(joules(LogFolder().file("1.csv", pair(0, 30)).read())));
  // No overlap at all, in whatever order the names come.
  CHECK(joules(LogFolder()
                   .file("log.1", rows(0, 9))
                   .file("log.10", rows(30, 39))
                   .file("log.2", rows(10, 19))
                   .file("log.3", rows(20, 29))
                   .read()) == Approx(joules(LogFolder().file("a.csv", rows(0, 39)).read())));
  // Three copies: what stands there again is counted once.
  const auto thrice =
      LogFolder().file("a.csv", rows(0, 30)).file("b.csv", rows(0, 30)).file("c.csv", rows(0, 30)).read();
  CHECK(joules(thrice) == Approx(whole));
  CHECK(thrice.logs.front().notes.front().find("62 readings stand in more than one file") != std::string::npos);
  // Two idle machines read alike; that proves nothing.
  std::string idle = smi_header;
  for (int s = 0; s <= 20; ++s) idle += smi(s, 0, "70.00 W");
  CHECK(says(LogFolder().file("a.csv", idle).file("b.csv", idle + smi(21, 0, "70.00 W")).read(), "E062"));
}

TEST_CASE("a log without a zone beside one with: they may lie in the same time, and are not added") {
  // Node power by Unix seconds, 16:44 UTC; GPUs by a clock in Paris, 17:44, whose zone nobody declared.
  std::string gpus = "timestamp, uuid, power.draw [W]\n", node;
  for (int s = 0; s <= 20; s += 5) {
    gpus += fmt::format("2020/01/27 17:44:{:02d}.000, GPU-a, 200.00 W\n", 26 + s);
    node += fmt::format("{}:     Instantaneous power reading:   1000 Watts\n", 1580143466 + s);
  }
  LogFolder folder;
  folder.file("gpus.csv", gpus).file("ipmi.txt", node);
  CHECK(joules(folder.read_unzoned()) == Approx(20'000));
  LogSources zoned;
  zoned.timezone = "Europe/Paris";
  CHECK(joules(folder.read(zoned)) == Approx(20'000));
}

TEST_CASE("ranks that each measured the whole machine are asked about, then counted once or added") {
  const std::string head =
      "timestamp,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,gpu_count,gpu_model,"
      "tracking_mode,on_cloud\n";
  std::string rows;
  for (const char* rank : {"a", "b", "c", "d"})
    rows += fmt::format("2026-05-14T15:00:00,{},3600,0.1,1,4,1,6,4,4 x A100,machine,N\n", rank);
  CHECK(says(one("emissions.csv", head + rows), "E062"));
  LogSources options;
  options.ranks = Ranks::one_machine;
  CHECK(counted(one("emissions.csv", head + rows, options)) == Approx(6));
  options.ranks = Ranks::many_machines;
  CHECK(counted(one("emissions.csv", head + rows, options)) == Approx(24));
}

TEST_CASE("accounting identity: devices, hours and total agree; splitting, merging and threads change nothing") {
  std::mt19937 random(11);
  for (int round = 0; round < 12; ++round) {
    std::vector<std::string> rows;
    const int period = 1 + static_cast<int>(random() % 30);
    for (int s = 3000; s < 3000 + 700 * period; s += period)
      for (int gpu = 0; gpu < 3; ++gpu) {
        if (random() % 50 == 0) continue;
        if (random() % 300 == 0) s += 40 * period;
        rows.push_back(smi(
            s, gpu, random() % 40 == 0 ? "[N/A]" : fmt::format("{}.{:02d} W", 50 + random() % 600, random() % 100)));
      }
    std::string whole = smi_header;
    for (const auto& row : rows) whole += row;
    const auto together = one("all.csv", whole);
    REQUIRE(together.findings.empty());
    LogFolder parts;
    std::size_t part = 0;
    for (std::size_t i = 0; i < rows.size();) {
      const std::size_t length = 1 + random() % (rows.size() / 3);
      std::string text = smi_header;
      for (std::size_t k = i; k < std::min(i + length, rows.size()); ++k) text += rows[k];
      parts.file(fmt::format("part-{:03d}.csv", part++), text);
      i += length;
    }
    const auto split = parts.read();
    REQUIRE(split.findings.empty());
    CHECK(counted(split) == Approx(counted(together)).epsilon(1e-12));
    REQUIRE(split.logs.size() == 1);
    CHECK(split.logs[0].gap_count == together.logs[0].gap_count);
    CHECK(split.logs[0].filled_kwh() == Approx(together.logs[0].filled_kwh()).epsilon(1e-12));
    CHECK(counted(parts.read({}, 4)) == counted(split));
    double devices = 0.0, hours = 0.0;
    for (const auto& device : together.logs[0].devices) {
      devices += device.kwh;
      for (const auto& [hour, joule] : device.hours) hours += joule / 3.6e6;
    }
    CHECK(devices == Approx(counted(together)).epsilon(1e-12));
    CHECK(hours == Approx(counted(together)).epsilon(1e-12));
  }
}

TEST_CASE("series: a stream cut anywhere and joined again is the stream") {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const bool counter = round % 3 == 0;
    const SeriesRule rule{counter          ? Reading::counter
                          : round % 3 == 1 ? Reading::average
                                           : Reading::instant,
                          counter ? 5000.0 : 0.0, counter ? 800.0 : 0.0, micros_per_second};
    Series whole(rule), first(rule), second(rule);
    const int size = 2 + static_cast<int>(random() % 40),
              cut = static_cast<int>(random() % static_cast<unsigned>(size + 1));
    Micros t = 1'700'000'000'000'000;
    double energy = 0.0;
    for (int i = 0; i < size; ++i) {
      t += static_cast<Micros>(random() % 5'000'000) + (random() % 9 == 0 ? 30'000'000 : 0);
      Series& part = i < cut ? first : second;
      if (random() % 6 == 0) {
        whole.miss(t, "x");
        part.miss(t, "x");
        continue;
      }
      energy += static_cast<double>(random() % 900);
      const double value = counter ? std::fmod(energy, 5000.0) : static_cast<double>(random() % 500);
      whole.add(t, value);
      part.add(t, value);
    }
    first.append(std::move(second));
    const Measured a = std::move(whole).finish(), b = std::move(first).finish();
    CHECK(b.slots.joules() == Approx(a.slots.joules()).epsilon(1e-12));
    CHECK(b.covered == Approx(a.covered));
    CHECK(b.silent == Approx(a.silent));
    CHECK(b.silence_count == a.silence_count);
    CHECK(b.samples == a.samples);
  }
}

TEST_CASE("nothing of a file that is no log is shown, and links out of a folder are not followed") {
  const auto outside = fs::temp_directory_path() / ("cradle-outside-" + std::to_string(::getpid()) + ".csv");
  const std::string gpu =
      "timestamp, index, uuid, name, power.draw [W]\n2026/03/02 09:00:00.000, 0, GPU-1, NVIDIA T4, 300.00 W\n"
      "2026/03/02 09:00:10.000, 0, GPU-1, NVIDIA T4, 300.00 W\n2026/03/02 09:00:20.000, 0, GPU-1, NVIDIA T4, 300.00 W\n";
  std::ofstream(outside) << gpu;
  LogFolder folder;
  folder.file("gpu.csv", gpu).file("credentials", "SECRET_KEY=hunter2\n").file("notes/x.txt", "hunter2 again\n");
  fs::create_symlink(outside, folder.path() / "away.csv");
  fs::create_symlink(folder.path() / "gpu.csv", folder.path() / "again.csv");
  const auto reading = folder.read();
  std::string said;
  for (const auto& text : reading.passed_over) said += text + "\n";
  for (const auto& finding : reading.findings) said += finding.message + finding.hint + finding.excerpt + "\n";
  for (const auto& log : reading.logs)
    for (const auto& note : log.notes) said += note + "\n";
  CHECK(said.find("hunter2") == std::string::npos);
  CHECK(said.find("SECRET") == std::string::npos);
  CHECK(said.find("credentials") != std::string::npos);
  CHECK(said.find("away.csv: a link out of the folder is not followed") != std::string::npos);
  REQUIRE(reading.logs.size() == 1);
  CHECK(reading.logs.front().kwh() == Approx(300.0 * 20 / 3.6e6));
  fs::remove(outside);
}
