// SPDX-License-Identifier: Apache-2.0
// What logs of strangers held: impossible powers, devices that never answer, clocks that differ, tables of all kinds.
// Each total is worked out by hand.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

/// A table read by its columns.
LogReading table(const std::string& text, std::map<std::string, std::vector<std::string>> columns, LogSources options = {}) {
  options.columns = std::move(columns);
  return one("table.csv", text, std::move(options));
}

std::string codecarbon(const std::string& rows) {
  return "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,gpu_count,"
         "gpu_model,country_iso_code,tracking_mode,on_cloud,pue\n" +
         rows;
}

}  // namespace

TEST_CASE("a power that no accelerator has is a gap with a finding") {
  std::string log = smi_header;
  for (int s = 0; s <= 60; s += 5) log += smi(s, 0, s == 30 ? "71430000.00 W" : "100.00 W");
  const auto reading = one("gpu.csv", log);
  CHECK(says(reading, "W123"));
  CHECK(joules(reading) == Approx(50 * 100.0));  // 25 to 35 s are not read
  CHECK(reading.logs.front().gap_count == 1);
  CHECK(reading.logs.front().filled_kwh() * 3.6e6 == Approx(10 * 100.0));
}

TEST_CASE("a step of a node far above its others is a gap, a burst is not") {
  const auto node = [](double burst) {
    std::string text = "time,w\n";
    for (int s = 0; s <= 100; s += 10) text += fmt::format("{},{}\n", 1767225600 + s, s == 50 ? burst : 500.0);
    LogSources options;
    options.measures = "node";
    return table(text, {{"time", {"time"}}, {"power", {"w"}}, {"unit", {"W"}}}, options);
  };
  CHECK(joules(node(4000)) == Approx(500 * 80 + 2 * 10 * 2250.0));
  CHECK_FALSE(says(node(4000), "W123"));
  CHECK(joules(node(5e7)) == Approx(500 * 80));
  CHECK(says(node(5e7), "W123"));
}

TEST_CASE("a counter that jumps by more than anything around it is a gap of that step only") {
  const auto step = [](long long joules_at_600) {
    return fmt::format("kepler_container_joules_total{{container_id=\"a\"}} 0 1767225600000\n"
                       "kepler_container_joules_total{{container_id=\"a\"}} 12000 1767225900000\n"
                       "kepler_container_joules_total{{container_id=\"a\"}} {} 1767225930000\n"
                       "kepler_container_joules_total{{container_id=\"a\"}} {} 1767226200000\n",
                       joules_at_600, joules_at_600 + 10800);
  };
  const auto jump = one("a.prom", step(1'000'000'000'013'200));
  CHECK(joules(jump) == Approx(22'800));
  CHECK(jump.logs.front().covered_share() == Approx(0.95));
  CHECK(joules(one("a.prom", step(13'200))) == Approx(24'000));
}

TEST_CASE("an accelerator of a tracker above 3 kW is no reading") {
  const auto reading = one(
      "emissions.csv", codecarbon("2026-05-01T10:00:00,p,a,3600,1,0.1,50.0,0.02,50.12,1,GPU Y,SWE,machine,N,1.0\n"
                                  "2026-05-01T12:00:00,p,b,3600,1,0.1,2.0,0.02,2.12,1,GPU Y,SWE,machine,N,1.0\n"));
  CHECK(says(reading, "W123"));
  CHECK(counted(reading) == Approx(0.1 + 0.02 + 2.12));
}

TEST_CASE("coverage counts every device that the log names") {
  std::string log = smi_header;
  for (int s = 0; s <= 60; s += 5) log += smi(s, 0, "100.00 W") + smi(s, 1, "[Not Supported]");
  const auto reading = one("gpu.csv", log);
  CHECK(reading.logs.front().covered_share() == Approx(0.5));
  CHECK(reading.logs.front().devices.size() == 2);
  CHECK(joules(reading) == Approx(6000));
  const auto unread = one("emissions.csv",
                          codecarbon("2026-05-01T10:00:00,p,a,3600,1,0.1,0.0,0.02,0.12,1,GPU Y,SWE,machine,N,1.0\n"));
  CHECK(unread.logs.front().covered_share() == Approx(2.0 / 3));
}

TEST_CASE("one device of the world is found across folders, whatever they say of its host") {
  std::string log = "timestamp, uuid, power.draw [W]\n";
  for (int s = 0; s <= 10; ++s) log += fmt::format("2026/05/01 10:00:{:02d}.000, GPU-abc, 100.00 W\n", s);
  const auto twice = LogFolder().file("podA/gpu.csv", log).file("podB/gpu.csv", log).read();
  CHECK(joules(twice) == Approx(1000));
  std::string index = smi_header;
  for (int s = 0; s <= 10; ++s) index += smi(s, 0, "100.00 W");
  CHECK(joules(LogFolder().file("n1/gpu.csv", index).file("n2/gpu.csv", index).read()) == Approx(2000));
}

TEST_CASE("ranks on one machine: each moment counts once") {
  LogSources one_machine;
  one_machine.ranks = Ranks::one_machine;
  const std::string rows =
      codecarbon("2026-05-01T11:00:00,p,a,3600,1,0.1,0.9,0.0,1.0,1,GPU Y,SWE,machine,N,1.0\n"
                 "2026-05-01T11:30:00,p,b,3300,1,0.09166666666666666,0.825,0.0,0.9166666666666666,1,GPU Y,SWE,machine,N,1.0\n");
  CHECK(counted(one("emissions.csv", rows, one_machine)) == Approx(1.5));  // 10:00 to 11:30 at 1 kW
}

TEST_CASE("tables: separators, decimal commas, dates apart, Unix times of any size, several columns, no times") {
  const double half_wh = 0.5 * 3600;
  const std::map<std::string, std::vector<std::string>> watts = {{"time", {"t"}}, {"power", {"w"}}, {"unit", {"W"}}};
  CHECK(joules(table("t;w\n2026-05-01 10:00:00;180,0\n2026-05-01 10:00:10;180,0\n", watts)) == Approx(half_wh));
  CHECK(joules(table("t\tw\n2026-05-01 10:00:00\t180\n2026-05-01 10:00:10\t180\n", watts)) == Approx(half_wh));
  CHECK(joules(table("t,w\n2026-05-01 10:00:00,\"180,0\"\n2026-05-01 10:00:10,\"180,0\"\n", watts)) == Approx(half_wh));
  // "1,234" between commas may be a thousand.
  CHECK(says(table("t,w\n2026-05-01 10:00:00,\"1,234\"\n2026-05-01 10:00:10,\"1,234\"\n", watts), "E060"));
  const auto shifted = table("t,w\n2026-05-01 10:00:00,0,9\n2026-05-01 10:00:10,0,9\n", watts);
  REQUIRE(says(shifted, "E060"));
  CHECK(shifted.findings.front().hint.find("more cells") != std::string::npos);
  for (const char* unit : {"000", "000000", "000000000"})
    CHECK(joules(table(fmt::format("t,w\n1740525273{},180\n1740525283{},180\n", unit, unit), watts)) == Approx(half_wh));
  CHECK(joules(table("t,w\n1740525273,180\n1740525283,180\n", watts)) == Approx(half_wh));
  CHECK(joules(table("t (ms),w\n0,180\n10000,180\n", {{"time", {"t (ms)"}}, {"power", {"w"}}, {"unit", {"W"}}})) ==
        Approx(half_wh));
  CHECK(joules(table("day,clock,w\n2026-05-01,10:00:00,180\n2026-05-01,10:00:10,180\n",
                     {{"time", {"day", "clock"}}, {"power", {"w"}}, {"unit", {"W"}}})) == Approx(half_wh));
  CHECK(joules(table("t,a,b\n0,100000,300000\n60,100000,300000\n",
                     {{"time", {"t"}}, {"power", {"a", "b"}}, {"unit", {"mW"}}})) == Approx(60 * 400.0));
  LogSources clocked;
  clocked.start = "2026-05-01T10:00:00Z";
  clocked.interval = 10;
  CHECK(joules(table("w\n180\n180\n", {{"power", {"w"}}, {"unit", {"W"}}}, clocked)) == Approx(half_wh));
  CHECK(says(table("w\n180\n180\n", {{"power", {"w"}}, {"unit", {"W"}}}), "E063"));
  // The refusal names what is wrong.
  const auto timeless = table("t,w\nmonday,180\ntuesday,180\n", watts);
  REQUIRE(says(timeless, "E060"));
  CHECK(timeless.findings.front().hint.find("has a time") != std::string::npos);
}

TEST_CASE("a part of a log: by run, project, column or time") {
  const std::string rows =
      codecarbon("2026-05-01T10:00:00,p,a,3600,1,0.1,1.0,0.0,1.1,1,GPU Y,SWE,machine,N,1.0\n"
                 "2026-05-01T12:00:00,p,b,3600,1,0.1,2.0,0.0,2.1,1,GPU Y,SWE,machine,N,1.0\n"
                 "2026-05-01T14:00:00,q,c,3600,1,0.1,2.5,0.0,2.6,1,GPU Y,SWE,machine,N,1.0\n");
  const auto part = [&](LogPartWanted wanted) {
    LogSources options;
    options.part = std::move(wanted);
    return one("emissions.csv", rows, options);
  };
  CHECK(counted(part({})) == Approx(5.8));
  CHECK(counted(part({"p", "", "", "", {}})) == Approx(3.2));
  CHECK(counted(part({"", "c", "", "", {}})) == Approx(2.6));
  CHECK(counted(part({"", "", "", "", {{"run_id", "b"}}})) == Approx(2.1));
  CHECK(counted(part({"", "", "2026-05-01T11:30:00Z", "2026-05-01T14:00:00Z", {}})) == Approx(2.1 / 2 + 2.6));
  CHECK(says(part({"nobody", "", "", "", {}}), "E060"));
  CHECK(says(part({"", "", "", "", {{"colour", "red"}}}), "E063"));
  LogSources window;
  window.part.from = "2026-05-14T00:00:10Z";
  std::string log = smi_header;
  for (int s = 0; s <= 20; s += 5) log += smi(s, 0, "100.00 W");
  CHECK(joules(one("gpu.csv", log, window)) == Approx(1000));
  window.part.project = "p";
  CHECK(says(one("gpu.csv", log, window), "E063"));
  CHECK(part({}).logs.front().records.size() == 3);
}

TEST_CASE("clocks: each file its zone; the same device hours apart, and an hour that comes again, are asked about") {
  std::string nine = "timestamp, uuid, power.draw [W]\n", eleven = nine;
  for (int minute = 0; minute < 60; ++minute) {
    nine += fmt::format("2026/05/01 09:{:02d}:00.000, GPU-1, {}.00 W\n", minute, 300 + minute);
    eleven += fmt::format("2026/05/01 11:{:02d}:00.000, GPU-1, {}.00 W\n", minute, 300 + minute);
  }
  LogFolder folder;
  folder.file("a.csv", nine).file("b.csv", eleven);
  CHECK(says(folder.read_unzoned(), "E062"));
  LogSources zones;
  zones.timezones = {{"b.csv", "Europe/Stockholm"}};
  const auto merged = folder.read(zones);
  CHECK_FALSE(says(merged, "E062"));
  CHECK(joules(merged) == Approx(59 * 60 * 329.5));
  // Summer time ends at 3: the hour from 2 comes again, with the same readings.
  std::string autumn = smi_header;
  const char* day = "2026/10/25";
  for (int minute = 60; minute < 180; ++minute) autumn += smi(minute * 60, 0, "100.00 W", day);
  for (int minute = 120; minute < 240; ++minute) autumn += smi(minute * 60, 0, "100.00 W", day);
  CHECK(says(LogFolder().file("gpu.csv", autumn).read_unzoned(), "E065"));
  LogSources berlin;
  berlin.timezone = "Europe/Berlin";
  CHECK(joules(one("gpu.csv", autumn, berlin)) == Approx(239 * 60 * 100.0));
}

TEST_CASE("carbontracker: epochs end at their line; what measured nothing is no measurement") {
  const std::string none =
      "CarbonTracker: WARNING - Epoch duration is too short for a measurement to be collected.\nCarbonTracker:\n"
      "Actual consumption for 1 epoch(s):\n\tTime:\t0:00:00\n\tEnergy:\t0.000000 kWh\n";
  CHECK(says(one("a.log", none), "E060"));
  const std::string epochs =
      "2026-05-14 13:00:01 - carbontracker version 2.3.1\n"
      "2026-05-14 14:00:00 - Epoch 1:\n2026-05-14 14:00:03 - Duration: 1:00:00.00\n"
      "2026-05-14 14:00:03 - Average power usage (W) for gpu: [500.]\n"
      "2026-05-14 20:00:00 - Epoch 2:\n2026-05-14 20:00:03 - Duration: 1:00:00.00\n"
      "2026-05-14 20:00:03 - Average power usage (W) for gpu: [500.]\n";
  const auto reading = one("1_carbontracker.log", epochs);
  REQUIRE(reading.logs.size() == 1);
  CHECK(reading.logs.front().start == "2026-05-14T13:00:00Z");
  CHECK(reading.logs.front().devices.front().hours.size() == 2);
}

TEST_CASE("several impossible readings in one file, first and last among them, are all gaps") {
  const auto node = [](std::vector<int> spikes) {
    std::string text = "time,w\n";
    for (int i = 0; i < 20; ++i)
      text += fmt::format("{},{}\n", 1767225600 + 60 * i, std::count(spikes.begin(), spikes.end(), i) > 0 ? 1e6 : 100.0);
    LogSources options;
    options.measures = "node";
    return table(text, {{"time", {"time"}}, {"power", {"w"}}, {"unit", {"W"}}}, options);
  };
  CHECK(joules(node({3, 7, 12})) == Approx((19 - 6) * 6000.0));
  CHECK(joules(node({3, 4})) == Approx((19 - 3) * 6000.0));
  CHECK(joules(node({0, 19})) == Approx((19 - 2) * 6000.0));
  CHECK(says(node({3, 7, 12}), "W123"));
  // As many high readings as low ones are how the machine works.
  CHECK_FALSE(says(node({0, 2, 4, 6, 8, 10, 12, 14, 16, 18}), "W123"));
}

TEST_CASE("times in a declared unit are not taken for Unix seconds") {
  const std::map<std::string, std::vector<std::string>> nanoseconds = {{"time", {"t (ns)"}}, {"power", {"w"}}, {"unit", {"W"}}};
  std::string text = "t (ns),w\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("{},100\n", i * 100'000'000LL);
  CHECK(joules(table(text, nanoseconds)) == Approx(190));
  CHECK(joules(table("t (ns),w\n1740525273000000000,100\n1740525283000000000,100\n", nanoseconds)) == Approx(1000));
}

TEST_CASE("a part of a gauge's or a counter's time goes to its ends, on the line between readings") {
  const auto hours = [](const char* kind, const char* unit, double per_hour) {
    std::string text = "t,v\n";
    for (int h = 0; h < 6; ++h) text += fmt::format("2026-05-01T{:02d}:00:00Z,{}\n", h, kind == std::string("power") ? 100.0 : per_hour * h);
    LogSources options;
    options.part.from = "2026-05-01T01:30:00Z";
    options.part.to = "2026-05-01T03:30:00Z";
    return table(text, {{"time", {"t"}}, {kind, {"v"}}, {"unit", {unit}}}, options);
  };
  CHECK(counted(hours("power", "W", 0)) == Approx(0.2));
  CHECK(counted(hours("counter", "kWh", 0.1)) == Approx(0.2));
}

TEST_CASE("a counter that never moves is no reading in any format") {
  CHECK(says(table("t,v\n0,5000\n60,5000\n120,5000\n", {{"time", {"t"}}, {"counter", {"v"}}, {"unit", {"J"}}}), "E060"));
}

TEST_CASE("several devices under one name, and copies under two machines, are asked about") {
  std::string shared = "t,w\n", varied = smi_header;
  for (int i = 0; i < 10; ++i) {
    shared += fmt::format("{},100\n{},200\n", 1767225600 + 60 * i, 1767225600 + 60 * i);
    varied += smi(5 * i, 0, fmt::format("{}.00 W", 100 + i));
  }
  CHECK(says(table(shared, {{"time", {"t"}}, {"power", {"w"}}, {"unit", {"W"}}}), "E060"));
  CHECK(says(LogFolder().file("a/gpu.csv", varied).file("b/gpu.csv", varied).read(), "E062"));
}

TEST_CASE("runs beside each other are compared with all of their time, not with the next alone") {
  const std::string rows =
      codecarbon("2026-05-01T12:00:00,p,a,7200,1,0.1,0.9,0.0,1.0,1,GPU Y,SWE,machine,N,1.0\n"
                 "2026-05-01T10:05:01,p,b,300,1,0.01,0.07,0.0,0.08,1,GPU Y,SWE,machine,N,1.0\n"
                 "2026-05-01T12:00:02,p,c,7200,1,0.1,0.9,0.0,1.0,1,GPU Y,SWE,machine,N,1.0\n");
  CHECK(says(one("emissions.csv", rows), "E062"));
  // A record whose accelerator was not read takes no time from one that has it.
  LogSources one_machine;
  one_machine.ranks = Ranks::one_machine;
  const std::string unread =
      codecarbon("2026-05-01T11:00:00,p,a,3600,1,0.1,0.0,0.0,0.1,1,GPU Y,SWE,machine,N,1.0\n"
                 "2026-05-01T10:58:20,p,b,3500,1,0.0972,0.85,0.0,0.9472,1,GPU Y,SWE,machine,N,1.0\n");
  CHECK(counted(one("emissions.csv", unread, one_machine)) == Approx(0.1 + 0.85));
}
