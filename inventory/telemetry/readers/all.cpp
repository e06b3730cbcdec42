// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {

const std::vector<Reader>& readers() {
  static const std::vector<Reader> all = {cradle_record,
                                          column_map,
                                          codecarbon,
                                          nvidia_smi_query,
                                          nvidia_smi_dmon,
                                          nvidia_smi_xml,
                                          slurm_sacct,
                                          slurm_fixed,
                                          prometheus_json,
                                          exposition,
                                          carbontracker,
                                          impact_tracker,
                                          eco2ai,
                                          zeus_windows,
                                          zeus_power,
                                          zeus_profile,
                                          rapl,
                                          rapl_list,
                                          ipmi,
                                          ipmi_sensors,
                                          redfish,
                                          amd_smi,
                                          cray_counters,
                                          scaphandre,
                                          boamps,
                                          impact_framework,
                                          mlperf_power,
                                          mlperf_tiny,
                                          cloud_carbon,
                                          cloud_usage,
                                          model_card,
                                          energibridge,
                                          powermetrics,
                                          tegrastats,
                                          nvidia_smi_table,
                                          perf_stat,
                                          power_gadget,
                                          turbostat,
                                          tracker_json,
                                          tracker_csv,
                                          mlflow,
                                          serving,
                                          plain_table};
  return all;
}

}  // namespace cradle::inventory
