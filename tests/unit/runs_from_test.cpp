// SPDX-License-Identifier: Apache-2.0
// Several runs at once from one log: each project or run with its own part, and nothing guessed of what became of it.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/unit/assessed.hpp"
#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;
using namespace cradle::reporting;
using Catch::Contains;

namespace {

/// codecarbon's file of three runs in two projects: 1, 2 and 4 kWh.
const std::string tracked =
    "timestamp,project_name,run_id,duration,emissions,energy_consumed,cpu_energy,gpu_energy,ram_energy,country_iso_"
    "code,pue\n"
    "2026-03-02T10:00:00,sweep,s0,3600,0.1,1,0.1,0.8,0.1,DEU,1.0\n"
    "2026-03-02T12:00:00,sweep,s1,3600,0.1,2,0.2,1.6,0.2,DEU,1.0\n"
    "2026-03-03T12:00:00,final,f0,7200,0.1,4,0.4,3.2,0.4,DEU,1.0\n";

std::string study(const std::string& run) {
  return "cradle: 1\nfunctional_unit: all\nboundary: {include: [training, development], exclude: {hardware: x, "
         "inference: x, water: "
         "x}}\nsites: {s: {grid: 1000 g/kWh, pue: 1}}\nruns: [{site: s, " +
         run + "}]\n";
}

}  // namespace

TEST_CASE("one run for every project or run of a log, each with its part", "[study]") {
  LogFolder folder;
  const std::string log = (folder.file("emissions.csv", tracked).path() / "emissions.csv").string();
  const auto from = [&](const std::string& by, const std::string& more) {
    return study(fmt::format("from: {{files: {}, timezone: UTC{}}}, {}", log, by, more));
  };
  const auto energies = [](const Assessed& assessed) {
    std::map<std::string, double> kwh;
    for (const auto& row : assessed.d.energy) kwh[row.run] += row.kwh;
    return kwh;
  };
  const auto projects =
      assess(from("", "status: {sweep: search, final: final}, stage: {sweep: development, final: training}"));
  CHECK(projects.value("ghg.total") == Approx(7));
  CHECK(energies(projects) == std::map<std::string, double>{{"sweep", 3}, {"final", 4}});
  CHECK(projects.d.study().run("sweep")->status == RunStatus::search);
  CHECK(projects.d.study().run("sweep")->stage == "development");
  CHECK(projects.d.study().run("final")->status == RunStatus::final_run);
  const auto runs = assess(from(", by: run_id", "status: search"));
  CHECK(energies(runs) == std::map<std::string, double>{{"s0", 1}, {"s1", 2}, {"f0", 4}});
  // The same as when each is written out.
  const auto written = assess(
      "cradle: 1\nfunctional_unit: all\nboundary: {include: [training, development], exclude: {hardware: x, inference: "
      "x, water: "
      "x}}\nsites: {s: {grid: 1000 g/kWh, pue: 1}}\nruns:\n" +
      fmt::format("- {{name: sweep, site: s, stage: development, status: search, energy: {{logs: {{files: {0}, "
                  "timezone: UTC, project: sweep}}}}}}\n"
                  "- {{name: final, site: s, energy: {{logs: {{files: {0}, timezone: UTC, project: final}}}}}}\n",
                  log));
  CHECK(written.value("ghg.total") == Approx(projects.value("ghg.total")));
}

TEST_CASE("what became of runs of a log is said, never guessed", "[study]") {
  LogFolder folder;
  const std::string log = (folder.file("emissions.csv", tracked).path() / "emissions.csv").string();
  const auto from = [&](const std::string& more) {
    return study(fmt::format("from: {{files: {}, timezone: UTC}}{}", log, more));
  };
  CHECK(codes(from("")) == std::vector<std::string>{"E038", "E038"});
  CHECK(codes(from(", status: {final: final}")) == std::vector<std::string>{"E038"});
  CHECK(codes(from(", status: {sweep: search, final: final, finl: final}")) == std::vector<std::string>{"E038"});
  CHECK(codes(from(", status: {sweep: searching, final: final}")) == std::vector<std::string>{"E013"});
  CHECK(codes(from(", status: search, energy: 3 kWh")) == std::vector<std::string>{"E032"});
  CHECK(codes(from(", status: search, devices: 8, duration: 100 h")).front() == "E032");
  const std::string nameless =
      (folder.file("n.csv", tracked + "2026-03-04T12:00:00,,f1,7200,0.1,4,0.4,3.2,0.4,DEU,1.0\n").path() / "n.csv")
          .string();
  CHECK(codes(study(fmt::format("from: {{files: {}, timezone: UTC}}, status: search", nameless))) ==
        std::vector<std::string>{"E038"});
  CHECK(codes(study(fmt::format("from: {{files: {}, timezone: UTC, by: run_id}}, status: search", nameless))).empty());
  CHECK(codes(study(fmt::format("from: {{files: {}, by: colour}}, status: search", log))).front() == "E013");
  CHECK(codes(study("from: nowhere.csv, status: search")).front() == "E001");
}

TEST_CASE("parts of one log count beside one another where they are told apart, and once where not", "[study]") {
  LogFolder folder;
  const std::string log = (folder.file("emissions.csv", tracked).path() / "emissions.csv").string();
  const auto two = [&](const std::string& one, const std::string& other) {
    return codes(
        "cradle: 1\nfunctional_unit: all\nboundary: {include: [training], exclude: {hardware: x, inference: x, water: "
        "x, development: x}}\n"
        "sites: {s: {grid: 1000 g/kWh, pue: 1}}\nruns:\n" +
        fmt::format("- {{name: a, site: s, energy: {{logs: {{files: {0}, timezone: UTC, {1}}}}}}}\n"
                    "- {{name: b, site: s, energy: {{logs: {{files: {0}, timezone: UTC, {2}}}}}}}\n",
                    log, one, other));
  };
  const std::vector<std::string> none, twice{"E062"};
  CHECK(two("project: sweep", "project: final") == none);
  CHECK(two("run_id: s0", "run_id: s1") == none);
  CHECK(two("where: {project_name: sweep}", "where: {project_name: final}") == none);
  CHECK(two("to: 2026-03-03T00:00:00Z", "from: 2026-03-03T00:00:00Z") == none);
  CHECK(two("project: sweep", "project: sweep") == twice);
  CHECK(two("project: sweep", "run_id: s0") == twice);  // s0 is of that project
  CHECK(two("to: 2026-03-03T11:00:00Z", "from: 2026-03-02T11:00:00Z") == twice);
  CHECK(two("gaps: mean", "project: final") == twice);
}
