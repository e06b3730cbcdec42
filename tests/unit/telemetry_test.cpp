// SPDX-License-Identifier: Apache-2.0
// Every log format on a small file with a total worked out by hand, and the traps that real files hold. Files of other
// people are read by tests/captures.py.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/unit/log_folder.hpp"

using namespace cradle;
using namespace cradle::inventory;

TEST_CASE("nvidia-smi dmon: columns by their names, with and without times") {
  const std::string table =
      "#Date       Time        gpu   pwr gtemp\n#YYYYMMDD   HH:MM:SS    Idx     W     C\n"
      " 20210102   19:12:31      0    37    19\n 20210102   19:12:33      0    39    19\n 20210102   19:12:35      0   "
      "  -    19\n"
      " 20210102   19:12:37      0    39    19\n 20210102   19:12:39      0    41    19\n";
  CHECK(joules(one("dmon.txt", table)) == Approx(2 * 38 + 2 * 40));
  const std::string timeless = "# gpu    pwr\n# Idx      W\n    0    100\n    1    200\n    0    110\n    1    200\n";
  CHECK(
      says(
          LogFolder().file("d.txt", timeless).file("also.csv", smi_header + smi(0, 0, "1 W") + smi(5, 0, "1 W")).read(),
          "E060") == false);
  LogSources options;
  CHECK(says(read_logs({"/nonexistent"}, options), "E001"));
  options.start = "2026-05-14T13:00:00";
  options.interval = 2;
  CHECK(joules(one("dmon.txt", timeless, options)) == Approx(2 * 105 + 2 * 200));
  // midnight, with times of day only
  options.start = "2026-05-14";
  CHECK(joules(one("dmon.txt", "# Time gpu pwr\n23:59:58 0 100\n23:59:59 0 100\n00:00:01 0 100\n", options)) ==
        Approx(300));
}

TEST_CASE("nvidia-smi -q -x: whichever power element the driver writes, N/A is a gap") {
  const auto document = [](const char* time, const char* power) {
    return std::string(
               "<?xml version=\"1.0\" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "
               "\"nvsmi_device_v12.dtd\">\n<nvidia_smi_log><timestamp>") +
           time + "</timestamp><gpu id=\"0\"><product_name>A</product_name><uuid>GPU-1</uuid>" + power +
           "</gpu></nvidia_smi_log>\n";
  };
  const std::string log =
      document("Fri Aug  4 11:44:30 2023", "<power_readings><power_draw>100.00 W</power_draw></power_readings>") +
      document("Fri Aug  4 11:44:34 2023",
               "<gpu_power_readings><power_draw>110.00 W</power_draw></gpu_power_readings>") +
      document("Fri Aug  4 11:44:38 2023",
               "<gpu_power_readings><average_power_draw>120.00 W</average_power_draw><instant_power_draw>90 "
               "W</instant_power_draw></gpu_power_readings>") +
      document("Fri Aug  4 11:44:42 2023", "<power_readings><power_draw>N/A</power_draw></power_readings>");
  CHECK(joules(one("q.xml", log)) == Approx(4 * 105 + 4 * 115));
}

TEST_CASE("Slurm: the allocation's energy once, in joules") {
  const std::string table =
      "JobID|NNodes|AllocTRES|Start|End|ElapsedRaw|State|ConsumedEnergyRaw|ConsumedEnergy|TRESUsageOutAve\n"
      "91001|2|billing=256,gres/gpu=8,node=2|2026-05-14T13:00:00|2026-05-14T15:00:00|7200|COMPLETED|33120000|33.12M|\n"
      "91001.batch|1|cpu=128|2026-05-14T13:00:00|2026-05-14T15:00:00|7200|COMPLETED|16580000|16.58M|energy=2302\n"
      "91001.extern|2|billing=256|2026-05-14T13:00:00|2026-05-14T15:00:00|7200|COMPLETED|33120000|33.12M|energy=4600\n"
      "91001.0|2|cpu=256|2026-05-14T13:00:20|2026-05-14T14:59:50|7170|COMPLETED|33020000|33.02M|energy=4605\n"
      "91002|1|node=1|2026-05-14T13:00:00|2026-05-14T13:10:00|600|FAILED|4294967294||\n";
  const auto reading = one("sacct.txt", table);
  CHECK(joules(reading) == Approx(33'120'000));
  CHECK(*reading.logs[0].device_hours == Approx(16));
  CHECK(reading.logs[0].gap_count == 1);
  CHECK(says(one("s.txt",
                 "JobID           Elapsed ConsumedEnergy\n------------ ---------- --------------\n2658300.bat+   "
                 "02:19:48 4.58M\n"),
             "E060"));
}

TEST_CASE("Prometheus: a counter that is reset starts again; sentinels and duplicates of MIG are no energy") {
  const std::string json =
      R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION","UUID":"GPU-1","hostname":"node01"},)"
      R"("values":[[1778763600,"984211004512"],[1778763660,"984235148120"],[1778763720,"11902334"],[1778763780,"NaN"],[1778763840,"35902334"]]}]}})";
  const auto reading = one("range.json", json);
  // 402.4 W over the first minute, a reset, 200 W over the two minutes around a reading that failed
  CHECK(joules(reading) == Approx(24'143.608 + 24'000));
  CHECK(reading.logs[0].gap_count == 1);
  const std::string name = "DCGM_FI_DEV_POWER_USAGE{gpu=\"0\",UUID=\"GPU-1\",GPU_I_ID=\"";
  const auto scrape = [&](const char* watts) { return name + "3\"} " + watts + "\n" + name + "4\"} " + watts + "\n"; };
  LogFolder folder;
  folder.file("scrape-1778763600.prom", scrape("100.0")).file("scrape-1778763605.prom", scrape("9223372036854775794"));
  folder.file("scrape-1778763610.prom", scrape("100.0")).file("scrape-1778763615.prom", scrape("120.0"));
  CHECK(joules(folder.read()) == Approx(5 * 110));
  CHECK(says(one("scrape.prom", scrape("100")), "E060"));  // a scrape without a time
  CHECK(one("scrape.prom", scrape("100")).passed_over.size() == 1);
}

TEST_CASE("Kepler: package and DRAM zones, idle and dynamic added, zones inside others not") {
  const auto scrape = [](double package, double core, double dynamic, double idle) {
    return fmt::format(
        "kepler_node_cpu_joules_total{{zone=\"package\",path=\"p0\",node_name=\"n\"}} {}\n"
        "kepler_node_cpu_joules_total{{zone=\"core\",path=\"p0c\",node_name=\"n\"}} {}\n"
        "kepler_node_dram_joules_total{{mode=\"dynamic\",instance=\"n\"}} "
        "{}\nkepler_node_dram_joules_total{{mode=\"idle\",instance=\"n\"}} {}\n",
        package, core, dynamic, idle);
  };
  LogFolder folder;
  folder.file("a-1778763600.prom", scrape(1000, 500, 10, 100)).file("a-1778763660.prom", scrape(7000, 4000, 30, 160));
  CHECK(joules(folder.read()) == Approx(6000 + 20 + 60));
}

TEST_CASE("experiment-impact-tracker: attributable power over the time that passed; one cut line is no harm") {
  const auto sample = [](double t, int cpu, int gpu) {
    return fmt::format(
               R"({{"timestamp": {}, "rapl_power_draw_absolute": 141.0, "rapl_estimated_attributable_power_draw": {}, "nvidia_draw_absolute": 402.0, "nvidia_estimated_attributable_power_draw": {}}})",
               t, cpu, gpu) +
           "\n";
  };
  const auto reading =
      one("data.json", sample(1778763731.25, 96, 318) + sample(1778763734.75, 95, 320) + "{\"timestamp\": 17787");
  CHECK(joules(reading) == Approx(3.5 * (95 + 320)));  // right-end rectangles, as the tool sums them
  CHECK(notes(reading, "last line is cut"));
}

TEST_CASE("carbontracker: arrays that wrap over lines, None as a gap, the standard log before the output") {
  const std::string log =
      "2026-05-14 13:00:01 - carbontracker version 2.3.1\n2026-05-14 13:00:01 - PUE coefficient of 1.58\n"
      "2026-05-14 13:10:03 - Epoch 1:\n2026-05-14 13:10:03 - Duration: 0:10:00.00\n"
      "2026-05-14 13:10:03 - Average power usage (W) for gpu: [240. 260.\n 100.]\n2026-05-14 13:10:03 - Average power "
      "usage (W) for cpu: [80.]\n"
      "2026-05-14 13:20:03 - Epoch 2:\n2026-05-14 13:20:03 - Duration: 0:10:00.00\n"
      "2026-05-14 13:20:03 - Average power usage (W) for gpu: None\n2026-05-14 13:20:03 - Average power usage (W) for "
      "cpu: [80.]\n";
  const std::string output =
      "2026-05-14 13:20:05 - CarbonTracker: \nActual consumption for 2 "
      "epoch(s):\n\tTime:\t0:20:00\n\tEnergy:\t0.305466666667 kWh\n"
      "2026-05-14 13:20:05 - CarbonTracker: \nPredicted consumption for 9 epoch(s):\n\tTime:\t1:30:00\n\tEnergy:\t9 "
      "kWh\n";
  CHECK(joules(one("1_2026_carbontracker.log", log)) == Approx(600 * 600 + 80 * 600 + 80 * 600));
  LogSources pue;
  pue.pue = 1.58;
  CHECK(joules(one("1_2026_carbontracker_output.log", output, pue)) == Approx(580.0 * 1200));
  LogFolder both;
  both.file("1_2026_carbontracker.log", log).file("1_2026_carbontracker_output.log", output);
  CHECK(joules(both.read()) == Approx(680 * 600 + 80 * 600));
}

TEST_CASE("eco2AI: cumulative rows of one id, old spelling of the energy column") {
  const std::string rows =
      "7a1d,demo,run,\"epoch: 1{'loss': 0.61}\",2026-05-14 09:00:00,600.5,0.0583,0.0026,CPU,GPU,Linux,France/Whole "
      "country,0\n"
      "7a1d,demo,run,\"epoch: 2{'loss': 0.44}\",2026-05-14 09:00:00,1201.0,0.1168,0.0052,CPU,GPU,Linux,France/Whole "
      "country,0\n";
  const std::string head =
      "id,project_name,experiment_description,epoch,start_time,duration(s),power_consumption(kWh),CO2_emissions(kg),"
      "CPU_name,GPU_name,OS,region/country,cost\n";
  CHECK(counted(one("emission.csv", head + rows)) == Approx(0.1168));
  CHECK(counted(one("old.csv",
                    "project_name,start_time,duration(s),power_consumption(kWTh)\np,2026-05-14 09:00:00,3600,0.5\n")) ==
        Approx(0.5));
}

TEST_CASE("Zeus: outermost windows only, names with commas, exactly zero is a gap") {
  const std::string log =
      "start_time,window_name,elapsed_time,gpu0_energy,gpu1_energy\n1778763600.125,epoch_0,300.5,96160.0,97210.5\n"
      "1778763600.250,step, the first,0.75,238.25,0.0\n1778763901.000,epoch_1,0.001,0.0,1.0\n";
  const auto reading = one("zeus.csv", log);
  CHECK(joules(reading) == Approx(96160.0 + 97210.5 + 1.0));
  CHECK(notes(reading, "inside others"));
  CHECK(reading.logs[0].gap_count == 1);
  CHECK(joules(one("power.csv",
                   "Time,Power\n2026-05-14 13:00:00.0,100000\n2026-05-14 13:00:02.0,120000\n2026-05-14 13:00:0")) ==
        Approx(220));
}

TEST_CASE("RAPL: one wrap is resolved, zones inside a package are not added, two wraps in a gap are no energy") {
  const std::string head = "t_unix,zone,name,energy_uj,max_energy_range_uj\n";
  const std::string range = ",262143328850\n";
  const auto reading = one("rapl.csv", head + "1778763600.0,intel-rapl:0,package-0,262100000000" + range +
                                           "1778763600.0,intel-rapl:0:0,core,1" + range +
                                           "1778763660.0,intel-rapl:0,package-0,11956671150" + range +
                                           "1778763660.0,intel-rapl:0:0,core,999999999" + range);
  CHECK(joules(reading) == Approx(12'000));  // 200 W over a minute
  const auto hidden = one("rapl.csv", head + "1778763600,intel-rapl:0,package-0,1000" + range +
                                          "1778764600,intel-rapl:0,package-0,900" + range +
                                          "1778764660,intel-rapl:0,package-0,6000000900" + range);
  CHECK(joules(hidden) == Approx(6000));
  REQUIRE(hidden.logs[0].gaps.size() == 1);
  CHECK(hidden.logs[0].gaps[0].reason == "the counter may have wrapped more than once");
}

TEST_CASE("BMC: ipmitool blocks, lines with the collector's time, Redfish files named by their moment") {
  const auto block = [](const char* watts, const char* time) {
    return fmt::format(
        "    Instantaneous power reading:                  {} Watts\n    Average power reading over sample period:     "
        "2298 Watts\n"
        "    IPMI timestamp:                           {} UTC    Sampling period:  00000005 Seconds.\n    Power "
        "reading state is:                   activated\n",
        watts, time);
  };
  CHECK(joules(one("ipmi.txt", block("2312", "05/14/26 13:00:05") + block("2322", "05/14/26 13:00:10"))) ==
        Approx(5 * 2317));
  CHECK(joules(one("i.txt",
                   "1580143466:     Instantaneous power reading:   497 Watts\n1580143470:     Instantaneous power "
                   "reading:   555 Watts\n")) == Approx(4 * 526));
  LogFolder redfish;
  redfish.file(
      "power-1778763600.json",
      R"({"@odata.type":"#Power.v1_7_0.Power","PowerControl":[{"MemberId":"0","PowerConsumedWatts":2312}],"PowerSupplies":[{"PowerInputWatts":900}]})");
  redfish.file(
      "power-1778763605.json",
      R"({"@odata.type":"#Power.v1_7_0.Power","PowerControl":[{"MemberId":"0","PowerConsumedWatts":"2322"}]})");
  CHECK(joules(redfish.read()) == Approx(5 * 2317));
}

TEST_CASE("listings of counters and sensors, a stamp before each") {
  const auto counters = [](int time, const char* package, const char* dram) {
    return fmt::format(
        "{}\n/sys/class/powercap/intel-rapl:0/energy_uj:{}\n/sys/class/powercap/intel-rapl:0:0/energy_uj:{}\n"
        "/sys/class/powercap/intel-rapl-mmio:0/energy_uj:77\n",
        time, package, dram);
  };
  const std::string names =
      "/sys/class/powercap/intel-rapl:0/name:package-0\n/sys/class/powercap/intel-rapl:0:0/name:dram\n"
      "/sys/class/powercap/intel-rapl:0/max_energy_range_uj:262143328850\n";
  // 12 kJ over the wrap and 600 J of memory, as the CSV of the same counters gives.
  const std::string listed =
      counters(1778763600, "262100000000", "1000000") + counters(1778763660, "11956671150", "601000000");
  CHECK(joules(one("rapl.txt", names + listed)) == Approx(12'600));
  // Without names the package alone is sure; without a range its decrease is a gap and no energy.
  CHECK(says(one("bare.txt", counters(1, "5", "5")), "E060"));
  const auto bare = one("bare.txt", counters(1778763600, "1000000", "1") + counters(1778763660, "6001000000", "2"));
  CHECK(joules(bare) == Approx(6000));
  const auto sdr = [](int time, const char* one_supply, const char* state) {
    return fmt::format(
        "{}\nPSU1_PIN         | {} Watts        | {}\nPSU2_PIN         | 1162 Watts        | ok\n"
        "PSU1_POUT        | 1080 Watts        | ok\nCPU1 Temp        | 45 degrees C      | ok\n",
        time, one_supply, state);
  };
  CHECK(joules(one("sdr.txt", sdr(1778763600, "1150", "ok") + sdr(1778763605, "1150", "ok"))) == Approx(5 * 2312));
  // A supply that cannot be read makes a gap, not half a machine.
  const auto lost = one(
      "sdr.txt", sdr(1778763600, "1150", "ok") + sdr(1778763605, "no reading", "ns") + sdr(1778763610, "1150", "ok"));
  CHECK(joules(lost) == 0.0);
  CHECK(lost.logs[0].gap_count == 1);
  const auto sensor = [](int time) {
    return fmt::format(
        "{} Sys_Power        | 2312.000   | Watts      | ok    | na | na\n{} PSU1_PIN         | 1150.000   | Watts     "
        " | ok    | na\n",
        time, time);
  };
  CHECK(joules(one("sensor.txt", sensor(1778763600) + sensor(1778763605))) == Approx(5 * 2312));
  CHECK(says(one("timeless.txt", "PSU1_PIN | 1150 Watts | ok\n"), "E060"));
  // A recording of a command that names a counter is still a recording.
  CHECK_FALSE(says(one("record.csv",
                       "# cradle record 1\n# command: cat /sys/class/powercap/intel-rapl:0/energy_uj; sleep 1\n"
                       "time,node,scope,component,device,name,reading,value,unit,wrap,note\n"
                       "1778763600,n,component,cpu,0,x,power,100,W,,\n1778763601,n,component,cpu,0,x,power,100,W,,\n"),
                   "E061"));
}

TEST_CASE("Scaphandre: microwatts, the start-up placeholder is no zero, an array that was never closed") {
  const std::string text =
      R"([{"host":{"consumption":0,"timestamp":1778763600},"consumers":[],"sockets":[]},{"host":{"consumption":60000000.0,"timestamp":1778763602},"consumers":[{"pid":1,"consumption":1}],"sockets":[]},)"
      R"({"host":{"consumption":62000000.0,"timestamp":1778763604},"consumers":[],"sockets":[{}]},{"host":{"consu)";
  CHECK(joules(one("power.json", text)) == Approx(2 * 61));
}

TEST_CASE("AMD, Cray, BoAmps, MLPerf, Cloud Carbon Footprint, our own record") {
  LogFolder rocm;
  rocm.file(
      "r-1778763600.json",
      R"j({"card0": {"Average Graphics Package Power (W)": "36.0", "Max Graphics Package Power (W)": "290.0"}, "system": {}})j");
  rocm.file("r-1778763604.json", R"j({"card0": {"Current Socket Graphics Package Power (W)": "40.0"}})j");
  CHECK(joules(rocm.read()) == Approx(4 * 38));
  CHECK(joules(one("amd.txt",
                   "'CTRL' + 'C' to stop:\n[{\"timestamp\": 1769014607, \"gpu\": 0, \"power\": {\"socket_power\": "
                   "{\"value\": 57, \"unit\": \"W\"}}}]\n"
                   "[{\"timestamp\": 1769014609, \"gpu\": 0, \"power\": {\"socket_power\": 59}}]\n")) ==
        Approx(2 * 58));
  CHECK(joules(one("pm.txt",
                   "energy: 1000 J 1778763600000000 us\naccel0_energy: 900 J 1778763600000000 us\nenergy: 1500 J "
                   "1778763602000000 us\n")) == Approx(500));
  CHECK(
      counted(one(
          "boamps.json",
          R"({"header":{"reportId":"x"},"task":{},"measures":[{"measurementMethod":"codecarbon","powerConsumption":0.0213,"measurementDuration":312.5},{"measurementMethod":"meter","powerConsumption":0.03}]})")) ==
      Approx(0.0213));
  LogFolder mlperf;
  mlperf.file("spl.txt",
              "Time,05-14-2026 "
              "13:00:00.000,Watts,2312.4,Volts,229.8,Amps,10.2,PF,0.98,Mark,x,Ch1,Watts,1000.0\nTime,05-14-2026 "
              "13:00:01.000,Watts,2318.0,Volts,1,Amps,1,PF,1,Mark,x\n"
              "Time,05-14-2026 13:00:02.000,Watts,9999.0,Volts,1,Amps,1,PF,1,Mark,x\n");
  mlperf.file("mlperf_log_detail.txt",
              ":::MLLOG {\"key\": \"power_begin\", \"value\": \"05-14-2026 13:00:00.000\", \"x\": 1}\n:::MLLOG "
              "{\"key\": \"power_end\", \"value\": \"05-14-2026 13:00:01.500\", \"x\": 1}\n");
  CHECK(joules(mlperf.read()) == Approx((2312.4 + 2318.0) / 2 * 1.5));
  CHECK(
      counted(one(
          "ccf.json",
          R"([{"timestamp":"2023-07-01T04:00:00.000Z","serviceEstimates":[{"cloudProvider":"AWS","serviceName":"ebs","kilowattHours":0.9,"co2e":0.0003},{"cloudProvider":"AWS","serviceName":"s3","kilowattHours":0.1}]}])")) ==
      Approx(1.0));
  CHECK(joules(one(
            "record.csv",
            "# cradle record 1\n# command: true\ntime,node,scope,component,device,name,reading,value,unit,wrap,note\n"
            "1778763600.0,n,component,cpu,intel-rapl:0,package-0,counter,10,J,262143,\n1778763601.0,n,component,cpu,"
            "intel-rapl:0,package-0,counter,110,J,262143,\n")) == Approx(100));
  for (const char* no_energy :
       {"---\nco2_eq_emissions: 0.0121\n---\n", "dataset,batch_size,time_per_epoch,average_power\na,8,27.13,106.9\n"}) {
    const auto reading = one("file.txt", no_energy);
    CHECK(reading.logs.empty());
    CHECK(reading.passed_over.size() == 1);
  }
}

TEST_CASE("files as machines leave them: marks, line ends, NUL bytes, cut lines, clocks") {
  const std::string rows = smi(0, 0, "100.00 W") + smi(5, 0, "200.00 W");
  const double right = 5 * 150;
  CHECK(joules(one("bom.csv", "\xEF\xBB\xBF" + smi_header + rows)) == Approx(right));
  std::string mixed = smi_header + rows;
  mixed.insert(mixed.find('\n'), "\r");
  CHECK(joules(one("mixed.csv", mixed)) == Approx(right));
  std::string wide = "\xFF\xFE";
  for (const char c : smi_header + rows) wide += std::string{c, '\0'};
  CHECK(joules(one("utf16.csv", wide)) == Approx(right));
  const auto nul = one("nul.csv", smi_header + rows + smi(10, 0, "2").substr(0, 28) + std::string(64, '\0'));
  CHECK(joules(nul) == Approx(right));
  // "2026/05/14 00:00:10.000, 0, 40" could have been 400: not taken
  const auto cut = one("cut.csv", smi_header + rows + smi(10, 0, "40").substr(0, 30));
  CHECK(joules(cut) == Approx(right));
  CHECK(notes(cut, "the last line is cut"));
  // writers that take turns and one that lags: sorted
  const auto lag = one("lag.csv", smi_header + smi(5, 0, "200.00 W") + smi(0, 0, "100.00 W") + smi(10, 0, "200.00 W"));
  CHECK(joules(lag) == Approx(right + 5 * 200));
  CHECK(notes(lag, "sorted by time"));
  // a clock that jumps forward leaves a gap
  CHECK(one("jump.csv", smi_header + rows + smi(3605, 0, "200.00 W") + smi(3610, 0, "200.00 W")).logs[0].gap_count ==
        1);
}

TEST_CASE("the hour that repeats when summer time ends counts twice where the zone is declared") {
  std::string text = smi_header;
  for (int pass = 0; pass < 2; ++pass)
    for (int minute = 0; minute < 60; ++minute)
      text += smi(7200 + minute * 60, 0, std::to_string(100 + pass * 100) + ".00 W", "2026/10/25");
  LogSources paris;
  paris.timezone = "Europe/Paris";
  CHECK(joules(one("dst.csv", text, paris)) == Approx(59 * 60 * 100 + 60 * 150 + 59 * 60 * 200));
  LogSources none;
  none.timezone = "UTC";
  CHECK(says(one("dst.csv", text, none), "E065"));
}

TEST_CASE("what is no reading counts nothing: a counter that is missing or stands still, a negative energy, a year that none was measured in") {
  const auto scrape = [](const std::string& counter, int second) {
    return fmt::format("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{{gpu=\"0\",UUID=\"GPU-a\",Hostname=\"n1\"}} {} {}\n"
                       "DCGM_FI_DEV_POWER_USAGE{{gpu=\"0\",UUID=\"GPU-a\",Hostname=\"n1\"}} 200 {}\n",
                       counter, 1767225600000 + second * 1000, 1767225600000 + second * 1000);
  };
  for (const char* counter : {"9223372036854775794", "0", "5000000"}) {  // DCGM's "not there", and counters that stand still
    const auto reading = one("gpu.prom", scrape(counter, 0) + scrape(counter, 30));
    CAPTURE(counter);
    CHECK(joules(reading) == Approx(6000));
    CHECK(notes(reading, "never moves"));
  }
  CHECK(joules(one("gpu.prom", scrape("0", 0) + scrape("3000000", 30))) == Approx(3000));  // one that moves counts

  const std::string csv =
      "timestamp,run_id,duration,emissions,gpu_energy,cpu_energy,ram_energy,energy_consumed,gpu_count\n"
      "2026-05-01T10:00:00,a,3600,0.1,-0.3,0.1,0.02,-0.18,1\n";
  const auto negative = one("emissions.csv", csv);
  CHECK(joules(negative) == Approx(0.12 * 3.6e6));
  CHECK(notes(negative, "negative energy"));

  const std::string smi =
      "timestamp, index, uuid, name, power.draw [W]\n2026/03/02 09:00:00.000, 0, GPU-1, NVIDIA T4, 300.00 W\n"
      "2026/03/02 09:00:10.000, 0, GPU-1, NVIDIA T4, 300.00 W\n6026/03/02 09:00:20.000, 0, GPU-1, NVIDIA T4, 300.00 W\n";
  const auto far = one("gpu.csv", smi);
  CHECK(joules(far) == Approx(3000));
  CHECK(notes(far, "line 4 rejected"));
}
