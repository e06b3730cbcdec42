// SPDX-License-Identifier: Apache-2.0
// Log readers on small files of their own; the real captures are in tests/captures.py.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "inventory/telemetry/log.hpp"
#include "inventory/text/text_file.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

Result<LogSummary> read(const std::string& text, LogSources options = {}) {
  const auto path = std::filesystem::temp_directory_path() / ("cradle-log-test-" + std::to_string(::getpid()) + ".csv");
  REQUIRE(replace_file(path.string(), text, {}));
  auto log = read_log(path.string(), options);
  std::filesystem::remove(path);
  return log;
}

LogSources zone(const std::string& name) {
  LogSources options;
  options.timezone = name;
  return options;
}

const std::string header = "timestamp, index, uuid, name, power.draw [W], utilization.gpu [%]\n";

std::string row(int second, const std::string& power, const std::string& uuid = "GPU-1") {
  char stamp[40];
  std::snprintf(stamp, sizeof stamp, "2026/05/14 13:%02d:%02d.000", second / 60, second % 60);
  return std::string(stamp) + ", 0, " + uuid + ", NVIDIA A100, " + power + ", 97 %\n";
}

}  // namespace

TEST_CASE("power is integrated by trapezoids over the real steps") {
  const auto log = read(header + row(0, "100.00 W") + row(5, "200.00 W") + row(10, "200.00 W"), zone("UTC"));
  REQUIRE(log);
  CHECK(log->kwh() == Approx((5 * 150 + 5 * 200) / 3.6e6));
  CHECK(log->covered_share() == 1.0);
  CHECK(log->start == "2026-05-14T13:00:00Z");
}

TEST_CASE("a row that cannot be read is a gap, never zero") {
  const auto text = header + row(0, "100 W") + row(5, "[N/A]") + row(10, "100 W") + row(15, "100 W");
  const auto log = read(text, zone("UTC"));
  REQUIRE(log);
  CHECK(log->kwh() == Approx(5 * 100 / 3.6e6));
  REQUIRE(log->gaps.size() == 1);
  CHECK(log->gaps.front().reason == "[N/A]");
  CHECK(log->gaps.front().hours == Approx(10.0 / 3600));
  REQUIRE(log->gap_fill.size() == 1);
  CHECK(log->gap_fill.front().kwh == Approx(10 * 100 / 3.6e6));
  CHECK(log->gap_fill.front().basis == lca::Basis::modelled);
  auto exclude = zone("UTC");
  exclude.gaps = GapRule::exclude;
  CHECK(read(text, exclude)->gap_fill.empty());
}

TEST_CASE("a long silence is a gap; units in cells or not, headers repeated or missing") {
  std::string text = header;
  for (int s = 0; s <= 60; s += 5) text += row(s, "100");
  text += header;
  for (int s = 300; s <= 360; s += 5) text += row(s, "100");
  const auto log = read(text, zone("UTC"));
  REQUIRE(log);
  CHECK(log->kwh() == Approx(120 * 100 / 3.6e6));
  CHECK(log->gaps.front().hours == Approx(240.0 / 3600));
  const auto bare =
      read("2026/04/25 16:06:06.780, 0 %, 27, 11.64 W\n2026/04/25 16:06:11.780, 0 %, 27, 11.36 W\n", zone("UTC"));
  REQUIRE(bare);
  CHECK(bare->kwh() == Approx(5 * 11.5 / 3.6e6));
}

TEST_CASE("a log without a power column is refused, whatever its numbers look like") {
  const auto log = read("2025/09/08 14:14:37.120, 0, 11409\n2025/09/08 14:14:38.121, 0, 10851\n", zone("UTC"));
  REQUIRE_FALSE(log);
  CHECK(log.error().front().code == "E060");
  const auto limit = read("timestamp, index, power.limit [W]\n2025/09/08 14:14:37.120, 0, 400.00 W\n", zone("UTC"));
  REQUIRE_FALSE(limit);
}

TEST_CASE("UTF-16 from PowerShell is read") {
  const std::string text = header + row(0, "100 W") + row(5, "100 W");
  std::string wide = "\xFF\xFE";
  for (const char c : text) {
    wide += c;
    wide += '\0';
  }
  CHECK(read(wide, zone("UTC"))->kwh() == Approx(500 / 3.6e6));
}

TEST_CASE("codecarbon: PUE is divided out, snapshots of a run count once") {
  const std::string columns =
      "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,country_iso_"
      "code,region,gpu_count,gpu_model,tracking_mode,on_cloud,pue\n";
  const auto log = read(columns +
                            "2026-05-14T15:00:00,p,run-1,3600,0.1,0.26,1.3,0.13,1.69,FRA,x,2,2 x A100,machine,N,1.3\n"
                            "2026-05-14T16:00:00,p,run-1,7200,0.2,0.52,2.6,0.26,3.38,FRA,x,2,2 x A100,machine,N,1.3\n",
                        zone("Europe/Paris"));
  REQUIRE(log);
  CHECK(log->kwh() == Approx(2.6));
  CHECK(*log->device_hours == Approx(4));
  CHECK(log->start == "2026-05-14T12:00:00Z");
  CHECK(log->parts[0].basis == lca::Basis::measured);
  CHECK(log->parts[2].basis == lca::Basis::modelled);
}

TEST_CASE("codecarbon: a shifted row is repaired in the one way that fits, or rejected by number") {
  const std::string columns =
      "timestamp,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,country_iso_code,region,"
      "gpu_count,gpu_model,tracking_mode,on_cloud,pue\n";
  const auto repaired = read(columns + "2026-05-14T15:00:00,a,60,0.1,1,0,1,2,FRA,machine,N,1.0\n",
                             zone("UTC"));  // region, gpu_count, gpu_model lost
  REQUIRE(repaired);
  CHECK(repaired->kwh() == Approx(2));
  const auto rejected = read(columns +
                                 "2026-05-14T15:00:00,a,60,0.1,1,0,1,2,FRA,x,machine,N,1.0\n2026-05-14T15:01:00,b,60,0."
                                 "1,1,0,1,2,FRA,x,,,machine,N,1.0\n",
                             zone("UTC"));
  REQUIRE(rejected);
  CHECK(rejected->kwh() > 0);
}

TEST_CASE("codecarbon: missing energy is a gap; no energy at all is refused") {
  const std::string columns =
      "timestamp,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,country_iso_code,tracking_"
      "mode,on_cloud\n";
  const auto log = read(
      columns + "2026-05-14T15:00:00,a,60,0.1,1,0,1,2,FRA,machine,N\n2026-05-14T15:00:00,b,60,,,,,,FRA,machine,N\n",
      zone("UTC"));
  REQUIRE(log);
  CHECK(log->covered_share() == Approx(0.5));
  const auto none = read(columns + "2026-05-14T15:00:00,b,60,,,,,,FRA,machine,N\n", zone("UTC"));
  REQUIRE_FALSE(none);
  CHECK(none.error().front().code == "E060");
}

TEST_CASE("any CSV by its column map: power is integrated, energy added, units declared") {
  LogSources power = zone("UTC");
  power.columns = {{"time", {"t"}}, {"power", {"draw"}}, {"unit", {"kW"}}, {"device", {"pdu"}}};
  CHECK(read("t,pdu,draw\n0,a,1\n5,a,1\n0,b,2\n5,b,2\n", power)->kwh() == Approx(15.0 / 3600));
  LogSources energy;
  energy.columns = {{"energy", {"rapl"}}, {"unit", {"J"}}, {"duration", {"s"}}};
  CHECK(read("rapl,s\n3600000,10\n,10\n", energy)->kwh() == Approx(1));
  LogSources no_unit;
  no_unit.columns = {{"time", {"t"}}, {"power", {"draw"}}};
  CHECK(read("t,draw\n0,1\n5,1\n", no_unit).error().front().code == "E063");
}

TEST_CASE("accounting identity: by device and in total agree, and the order of rows changes nothing") {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> rows;
    for (int s = 0; s < 600; s += 5)
      for (int gpu = 0; gpu < 4; ++gpu)
        if (random() % 20 != 0)
          rows.push_back(row(s, random() % 30 == 0 ? "[N/A]" : std::to_string(100 + random() % 300) + " W",
                             "GPU-" + std::to_string(gpu)));
    const auto join = [&] {
      std::string text = header;
      for (const auto& line : rows) text += line;
      return text;
    };
    const auto ordered = read(join(), zone("UTC"));
    std::shuffle(rows.begin(), rows.end(), random);
    const auto shuffled = read(join(), zone("UTC"));
    REQUIRE(ordered);
    double devices = 0.0;
    for (const auto& device : ordered->devices) devices += device.kwh;
    CHECK(devices == Approx(ordered->kwh()).epsilon(1e-12));
    CHECK(shuffled->kwh() == ordered->kwh());
    CHECK(shuffled->gaps.size() == ordered->gaps.size());
  }
}
