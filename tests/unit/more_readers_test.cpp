// SPDX-License-Identifier: Apache-2.0
// Formats that people have by the hundred: each on a small file of its shape, with a total worked out by hand.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

std::string says_what(const LogReading& reading) {
  return reading.findings.empty() ? "" : reading.findings.front().message + " " + reading.findings.front().hint;
}

/// One file named by itself, so that what it is refused for is said.
LogReading alone(const std::string& name, const std::string& text, LogSources options = {}) {
  LogFolder folder;
  folder.file(name, text);
  if (options.timezone.empty()) options.timezone = "UTC";
  return read_logs({(folder.path() / name).string()}, options, {}, 1);
}

}  // namespace

TEST_CASE("EnergiBridge: counters of the package and memory, power of GPUs; cores lie inside") {
  const auto reading = alone("e.csv",
                             "Delta,Time,CORE0_ENERGY (J),DRAM_ENERGY (J),GPU0_POWER (mWatts),PACKAGE_ENERGY (J),PP0_ENERGY (J)\n"
                             "0,1750000000000,50.0,10.0,60000,100.0,80\n200,1750000000200,55.0,11.0,60000,110.0,88\n");
  CHECK(joules(reading) == Approx(10 + 1 + 12));
  CHECK(joules(alone("amd.csv", "Delta,Time,CPU_ENERGY (J),CORE0_ENERGY (J)\n0,1750000000000,100,60\n200,1750000000200,110,68\n")) ==
        Approx(10));
  CHECK(joules(alone("mac.csv", "Delta,Time,SYSTEM_POWER (Watts)\n0,1750000000000,20\n1000,1750000001000,30\n")) == Approx(25));
}

TEST_CASE("powermetrics: the mean over the time before a stamp; the whole, not its parts; text and property lists") {
  std::string text;
  for (int i = 1; i <= 20; ++i)  // two seconds of samples of 100 ms under stamps of whole seconds
    text += fmt::format(
        "*** Sampled system activity (Sat Apr 18 06:26:{:02d} 2026 +0200) (100.00ms elapsed) ***\n\nCPU Power: 900 mW\n"
        "GPU Power: 100 mW\nANE Power: 0 mW\nCombined Power (CPU + GPU + ANE): 1000 mW\n\nGPU Power: 100 mW\n",
        35 + i / 10);
  const auto reading = alone("power.txt", text);
  CHECK(joules(reading) == Approx(2.0));
  CHECK(reading.logs.front().start == "2026-04-18T04:26:34Z");
  CHECK(joules(alone("old.txt", "*** Sampled system activity (Sat Apr 18 06:26:35 2026 +0200) (1000.00ms elapsed) ***\n"
                                "Intel energy model derived package power (CPUs+GT+SA): 3.42W\n"
                                "*** Sampled system activity (Sat Apr 18 06:26:36 2026 +0200) (1000.00ms elapsed) ***\n"
                                "Intel energy model derived package power (CPUs+GT+SA): 3.42W\n")) == Approx(6.84));
  std::string lists;
  for (int i = 0; i < 2; ++i)
    lists += fmt::format(
                 "<?xml version=\"1.0\"?>\n<plist version=\"1.0\">\n<dict>\n<key>elapsed_ns</key><integer>1000000000</integer>\n"
                 "<key>timestamp</key><date>2026-04-18T04:26:3{}Z</date>\n<key>processor</key><dict>"
                 "<key>cpu_power</key><real>900</real><key>gpu_power</key><real>100</real>"
                 "<key>combined_power</key><real>1000</real></dict>\n</dict>\n</plist>\n",
                 5 + i) +
             std::string(1, '\0');
  CHECK(joules(alone("power.plist", lists)) == Approx(2.0));
}

TEST_CASE("tegrastats: the board, by its input or by its rails; now, not the mean") {
  const auto orin = alone("t.txt",
                          "07-21-2025 16:33:42 RAM 2448/7772MB SWAP 0/3886MB CPU [2%@1190] VDD_GPU_SOC 2798mW/9999mW VDD_CPU_CV "
                          "799mW/9999mW VIN_SYS_5V0 3403mW/9999mW VDDQ_VDD2_1V8AO 500mW/500mW\n"
                          "07-21-2025 16:33:43 RAM 2448/7772MB SWAP 0/3886MB CPU [2%@1190] VDD_GPU_SOC 2798mW/9999mW VDD_CPU_CV "
                          "799mW/9999mW VIN_SYS_5V0 3403mW/9999mW VDDQ_VDD2_1V8AO 500mW/500mW\n");
  CHECK(joules(orin) == Approx(7.0));
  CHECK(orin.logs.front().start == "2025-07-21T16:33:42Z");
  const std::string nano = "RAM 1000/3964MB POM_5V_IN 920/800 POM_5V_GPU 0/0 POM_5V_CPU 119/119\n";
  CHECK(joules(alone("n.txt", nano + nano + nano)) == Approx(2 * 0.92));
  const std::string xavier = "RAM 1000/15817MB GPU 0/0 CPU 311/311 SOC 779/779 CV 0/0 VDDRQ 0/0 SYS5V 1530/1530\n";
  LogSources slower;
  slower.interval = 10;
  CHECK(joules(alone("x.txt", xavier + xavier, slower)) == Approx(26.2));
}

TEST_CASE("nvidia-smi's table for people: dates between boxes, else the query to run") {
  const auto box = [](int watts) {
    return fmt::format(
        "+---+\n| NVIDIA-SMI 550.54.15    Driver Version: 550.54.15    CUDA Version: 12.4 |\n"
        "| GPU  Name    Persistence-M | Bus-Id    Disp.A | Volatile Uncorr. ECC |\n| Fan  Temp   Perf          Pwr:Usage/Cap |   "
        "Memory-Usage | GPU-Util |\n|   0  Tesla V100-SXM2-32GB  On  |   00000000:1A:00.0 Off | 0 |\n"
        "| N/A   34C    P0    {}W / 300W |      0MiB / 32768MiB |   0%   Default |\n+---+\n",
        watts);
  };
  const auto looped = alone("smi.txt", "Thu May 14 13:00:05 2026\n" + box(43) + "Thu May 14 13:00:10 2026\n" + box(53));
  CHECK(joules(looped) == Approx(5 * 48.0));
  CHECK(looped.logs.front().devices.front().name == "Tesla V100-SXM2-32GB");
  CHECK(says_what(alone("smi.txt", box(43))).find("--query-gpu=timestamp,uuid,power.draw") != std::string::npos);
  CHECK(says_what(alone("u.csv", "timestamp, utilization.gpu [%]\n2026/05/14 13:00:00.000, 5 %\n")).find("--query-gpu") !=
        std::string::npos);
}

TEST_CASE("perf stat: joules in any locale, of a command or by interval") {
  const char* german =
      "# started on Thu May 14 13:00:05 2026\n\n Performance counter stats for 'system wide':\n\n"
      "          9.372,26 Joules power/energy-pkg/\n            512,74 Joules power/energy-ram/\n"
      "          7.000,00 Joules power/energy-cores/\n\n     134,917958416 seconds time elapsed\n";
  const auto reading = alone("perf.txt", german);
  CHECK(joules(reading) == Approx(9885.0));
  CHECK(reading.logs.front().start == "2026-05-14T13:00:05Z");
  CHECK(reading.logs.front().window_hours * 3600 == Approx(134.917958416));
  CHECK(joules(alone("perf.txt", "S0        1           9,372.26 Joules power/energy-pkg/\nS1        1           1.00 Joules power/energy-pkg/\n")) ==
        Approx(9373.26));
  CHECK(joules(alone("perf.csv", "9372.26,Joules,power/energy-pkg/,134917958416,100.00,,\n")) == Approx(9372.26));
  CHECK(joules(alone("perf.txt", "     1.000100000              10.50 Joules power/energy-pkg/\n     2.000200000              11.50 Joules "
                                 "power/energy-pkg/\n")) == Approx(22));
}

TEST_CASE("Intel Power Gadget: counters by elapsed time, and a summary below") {
  const char* text =
      "System Time,RDTSC,Elapsed Time (sec), CPU Utilization(%),Processor Power_0(Watt),Cumulative Processor Energy_0(Joules),IA "
      "Power_0(Watt),Cumulative IA Energy_0(Joules)\n13:00:00:100,1,0.1, 5.0, 20.0, 2.0, 10.0, 1.0\n13:00:01:100,2,1.1, 5.0, 20.0, "
      "22.0, 10.0, 11.0\n\nTotal Elapsed Time (sec) = 1.1\nCumulative Processor Energy_0 (Joules) = 22.0\n";
  const auto reading = alone("pg.csv", text);
  CHECK(joules(reading) == Approx(20));
  CHECK(reading.logs.front().start.empty());
  LogSources dated;
  dated.start = "2026-05-14T13:00:00Z";
  CHECK(alone("pg.csv", text, dated).logs.front().start == "2026-05-14T13:00:00Z");
}

TEST_CASE("turbostat: the row of the whole machine, block by block") {
  const std::string block =
      "Core\tCPU\tBusy%\tTime_Of_Day_Seconds\tPkgWatt\tCorWatt\tRAMWatt\n-\t-\t5.0\t{}\t50.0\t30.0\t5.0\n0\t0\t5.0\t{}\t25.0\t15.0\t2.5\n";
  std::string text;
  for (const int s : {1750000000, 1750000010}) text += fmt::format(fmt::runtime(block), s, s);
  CHECK(joules(alone("ts.txt", text)) == Approx(550));
  CHECK(joules(alone("ts.txt", "PkgWatt\tRAMWatt\n50.0\t5.0\n50.0\t5.0\n")) == Approx(2 * 5 * 55.0));
}

TEST_CASE("experiment trackers: wandb, Trackio and MLflow") {
  std::string events, csv = "_timestamp,sweep-1 - system.gpu.0.powerWatts,sweep-1 - system.gpu.process.0.powerWatts\n";
  for (int i = 0; i < 3; ++i) {
    events += fmt::format(
        "{{\"system.gpu.0.powerWatts\": 100.0, \"system.gpu.process.0.powerWatts\": 100.0, \"system.cpu\": 5, \"_timestamp\": {}, "
        "\"_runtime\": {}}}\n",
        1750000000 + 30 * i, 30 * i);
    csv += fmt::format("{},100,100\n", 1750000000 + 30 * i);
  }
  CHECK(joules(alone("wandb-events.jsonl", events)) == Approx(6000));
  CHECK(joules(alone("export.csv", csv)) == Approx(6000));
  CHECK(joules(alone("trackio.json",
                     R"([{"timestamp": "2026-05-14T13:00:00", "gpu/0/power": 90, "gpu/0/energy_consumed": 0, "gpu/total_power": 90},
                         {"timestamp": "2026-05-14T13:00:10", "gpu/0/power": 90, "gpu/0/energy_consumed": 1000, "gpu/total_power": 90}])")) ==
        Approx(1000));
  CHECK(joules(alone("gpu_0_power_usage_watts", "1750000000000 100.0 0\n1750000010000 100.0 1\n")) == Approx(1000));
  CHECK(joules(alone("m.csv", "run_uuid,key,value,timestamp,step\na,system/gpu_0_power_usage_watts,100,1750000000000,0\n"
                              "a,loss,1,1750000005000,0\na,system/gpu_0_power_usage_watts,100,1750000010000,1\n")) == Approx(1000));
}

TEST_CASE("serving benchmarks: joules and tokens; none of the energy is no zero") {
  const auto trt = alone("r.json", R"({"duration": 100.0, "completed": 10, "total_input_tokens": 2000, "total_output_tokens": 1000,
    "energy": {"total_energy_j": 50000.0, "output_tps_per_w": 0.02, "total_gpu_power_w": 500.0}})");
  CHECK(joules(trt) == Approx(50'000));
  CHECK(notes(trt, "50 J per token"));
  CHECK(joules(alone("e.jsonl", "{\"total_energy_j\": 10.0, \"query_time\": 1750000000.0}\n{\"total_energy_j\": 1010.0, \"query_time\": "
                                "1750000010.0}\n")) == Approx(1000));
  const auto vllm = alone("v.json", R"({"duration": 100.0, "completed": 10, "total_input_tokens": 2000, "total_output_tokens": 1000})");
  CHECK(says(vllm, "E060"));
  CHECK(says_what(vllm).find("without an energy") != std::string::npos);
}

TEST_CASE("plain tables: units in the names, one column a device, a total never added; without a unit the map to type") {
  CHECK(joules(alone("p.csv", "timestamp,n1_watts,n2_watts,total_watts\n1750000000,100,300,400\n1750000010,100,300,400\n")) ==
        Approx(4000));
  CHECK(joules(alone("p.csv", "Timestamp (ns),Power Draw (W)\n1750000000000000000,100\n1750000010000000000,100\n")) == Approx(1000));
  CHECK(joules(alone("p.csv", "Timestamp (s),Power (mW)\n0,100000\n10,100000\n")) == Approx(1000));
  CHECK(says_what(alone("p.csv", "timestamp,power\n1750000000,100\n1750000010,100\n"))
            .find("--column 'time=timestamp' --column 'power=power' --column unit=W") != std::string::npos);
  CHECK(says(alone("d.csv", "Timestamp,Power (W)\n2026-05-01 10:00:00,0,9\n2026-05-01 10:00:10,0,9\n"), "E060"));
}

TEST_CASE("plain tables: a whole and its parts count once, statistics and ratings are no readings, what is unclear is asked") {
  const auto minutes = [](const std::string& header, const std::string& row) {
    std::string text = "timestamp," + header + "\n";
    for (int i = 0; i < 4; ++i) text += fmt::format("{},{}\n", 1767225600 + 60 * i, row);
    return alone("p.csv", text);
  };
  const double per_watt = 180.0;  // J over three minutes
  CHECK(joules(minutes("node_w,gpu0_w,gpu1_w", "1000,300,300")) == Approx(1000 * per_watt));
  CHECK(joules(minutes("cpu_w,gpu_w,system_w", "100,200,400")) == Approx(400 * per_watt));
  CHECK(joules(minutes("sum_w,gpu0_w,gpu1_w", "600,300,300")) == Approx(600 * per_watt));
  CHECK(joules(minutes("power_w,avg_power_w,peak_power_w", "100,90,150")) == Approx(100 * per_watt));
  CHECK(joules(minutes("gpu0_power_w,gpu0_power_limit_w,gpu0_tdp_w", "100,300,350")) == Approx(100 * per_watt));
  CHECK(joules(minutes("total_gpu_w,total_cpu_w", "300,200")) == Approx(500 * per_watt));
  CHECK(says(minutes("gpu0_w,total_gpu_w,total_cpu_w", "300,300,200"), "E063"));
  CHECK(says(minutes("Power (MW)", "2"), "E063"));
  CHECK(joules(alone("p.csv", "timestamp,gpu,power_w\n0,0,100\n30,1,300\n60,0,100\n90,1,300\n")) == Approx(60 * 400.0));
  CHECK(joules(alone("p.csv", "date,time,power_w\n2026-05-01,23:00:00,100\n2026-05-02,00:00:00,100\n")) == Approx(3600 * 100.0));
  CHECK(joules(alone("p.csv", "timestamp;power_w\n1767225600;980,5\n1767225610;1.020,5\n")) == Approx(10 * 1000.5));
}

TEST_CASE("readers: what does not answer is a gap, runs of one export are apart, other languages are read") {
  const auto table = [](const char* second) {
    return fmt::format(
        "+---+\n| NVIDIA-SMI 550.54.15    Driver Version: 550.54.15 |\n| Fan  Temp   Perf          Pwr:Usage/Cap |   Memory-Usage |\n"
        "|   0  A  On  |   00000000:1A:00.0 Off | 0 |\n| N/A   34C    P0    43W / 300W |      0MiB / 32768MiB |\n"
        "|   1  A  On  |   00000000:1B:00.0 Off | 0 |\n| N/A   34C    P0    {} / 300W |      0MiB / 32768MiB |\n+---+\n",
        second);
  };
  const auto unread = alone("smi.txt", "Thu May 14 13:00:05 2026\n" + table("N/A") + "Thu May 14 13:00:35 2026\n" + table("ERR!"));
  CHECK(unread.logs.front().devices.size() == 2);
  CHECK(unread.logs.front().covered_share() == Approx(0.5));
  CHECK(joules(alone("m.csv", "run_id,key,value,timestamp,step\na,gpu_0_power_usage_watts,100,1750000000000,0\n"
                              "b,gpu_0_power_usage_watts,200,1750000000000,0\na,gpu_0_power_usage_watts,100,1750000010000,1\n"
                              "b,gpu_0_power_usage_watts,200,1750000010000,1\n")) == Approx(3000));
  CHECK(joules(alone("perf.csv", "1,000123,5,20,Joules,power/energy-pkg/,1,100,,\n2,000223,5,20,Joules,power/energy-pkg/,1,100,,\n")) ==
        Approx(10.4));
  CHECK(says(alone("perf.txt", "Performance counter stats (5 runs):\n 9.37 Joules power/energy-pkg/ ( +- 0.50% )\n 1.0012 +- 0.0025 "
                               "seconds time elapsed\n"),
             "E060"));
  CHECK(joules(alone("x.log", "CarbonTracker:\nActual consumption for 1 epoch(s):\n\tTime:\t0:06:00\n\tEnergy:\t100 Wh\n"
                              "Predicted consumption for 10 epoch(s):\n\tTime:\t1:00:00\n\tEnergy:\t1.0 kWh\nCarbonTracker:\n"
                              "Actual consumption for 10 epoch(s):\n\tTime:\t1:00:00\n\tEnergy:\t1.0 kWh\n")) ==
        Approx(3.6e6));
  CHECK(joules(alone("clusters.txt", "*** Sampled system activity (Sat Apr 18 06:26:35 2026 +0200) (1000.00ms elapsed) ***\n"
                                     "E-Cluster Power: 100 mW\nP-Cluster Power: 900 mW\nDRAM Power: 50 mW\nGPU Power: 50 mW\n"
                                     "*** Sampled system activity (Sat Apr 18 06:26:36 2026 +0200) (1000.00ms elapsed) ***\n"
                                     "E-Cluster Power: 100 mW\nP-Cluster Power: 900 mW\nDRAM Power: 50 mW\nGPU Power: 50 mW\n")) ==
        Approx(2.2));
  CHECK(says(alone("nv.csv", "timestamp, index, power.draw [W]\n2026/05/01 10:00:00.000, 0, 0,9\n2026/05/01 10:01:00.000, 0, 0,9\n"),
             "E060"));
}
