// SPDX-License-Identifier: Apache-2.0
// Every reader there is, one format or tool a file.
#pragma once

#include "inventory/telemetry/reader.hpp"

namespace cradle::inventory {

extern const Reader column_map, codecarbon, nvidia_smi_query, slurm_sacct, slurm_fixed, prometheus_json, exposition;
extern const Reader carbontracker, impact_tracker, eco2ai, zeus_windows, zeus_power, zeus_profile, rapl, rapl_list,
    boamps;
extern const Reader nvidia_smi_dmon, nvidia_smi_xml, ipmi, ipmi_sensors, redfish, scaphandre, mlperf_power, mlperf_tiny,
    impact_framework, amd_smi, cray_counters, model_card, cloud_carbon, cloud_usage, cradle_record;
extern const Reader energibridge, powermetrics, tegrastats, nvidia_smi_table, perf_stat, power_gadget, turbostat,
    tracker_json, tracker_csv, mlflow, serving, plain_table;

}  // namespace cradle::inventory
