#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the two synthetic logs of this example: gpu-power.csv as nvidia-smi keeps it and emissions.csv as
codecarbon 3.2 keeps it, of one made-up two-hour run on 8 GPUs. Nothing here was measured."""
import datetime
import math
import pathlib

HERE = pathlib.Path(__file__).parent
GPUS, PERIOD, STEPS = 8, 30, 240
START = datetime.datetime(2026, 5, 14, 13, 0, 0)  # local time, Europe/Paris
PUE = 1.3  # codecarbon multiplies its energies by it
GAP = range(100, 107)  # seven samples missing: 4 minutes from one sample to the next


def watts(gpu, second):
    """Power of one GPU: a warm-up, a plateau with a slow swell, and a dip at each evaluation."""
    if second < 120:
        return 90.0 + 2.5 * second
    dip = 150.0 if second % 1800 < 90 else 0.0
    return 385.0 + 4.0 * gpu + 12.0 * math.sin(second / 300.0 + gpu) - dip


def uuid(gpu):
    return "GPU-%08x-0000-4000-8000-%012x" % (0xC0DE0000 + gpu, gpu)


with open(HERE / "gpu-power.csv", "w") as log:
    log.write("timestamp, index, uuid, name, power.draw [W], utilization.gpu [%], memory.used [MiB]\n")
    for step in range(STEPS + 1):
        if step in GAP:
            continue
        for gpu in range(GPUS):
            stamp = START + datetime.timedelta(seconds=step * PERIOD, milliseconds=12 + gpu)
            power = "[N/A]" if (step, gpu) == (60, 3) else "%.2f W" % watts(gpu, step * PERIOD)
            log.write("%s, %d, %s, NVIDIA A100-SXM4-80GB, %s, 97 %%, 61234 MiB\n"
                      % (stamp.strftime("%Y/%m/%d %H:%M:%S.") + "%03d" % (stamp.microsecond // 1000), gpu, uuid(gpu), power))

seconds = STEPS * PERIOD
gpu_kwh = sum(watts(gpu, second) for gpu in range(GPUS) for second in range(seconds)) / 3.6e6 * PUE
cpu_kwh = 310.0 * seconds / 3.6e6 * PUE
ram_kwh = 96.0 * seconds / 3.6e6 * PUE
total = gpu_kwh + cpu_kwh + ram_kwh
row = {
    "timestamp": (START + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S"), "project_name": "fine-tune", "run_id": "3f0c8f0e-6a2b-4c1e-9a57-0d2b7f6f1a01",
    "experiment_id": "None", "duration": float(seconds), "emissions": total * 0.0443, "emissions_rate": total * 0.0443 / seconds,
    "cpu_power": 310.0, "gpu_power": gpu_kwh / PUE * 3.6e6 / seconds, "ram_power": 96.0, "cpu_energy": cpu_kwh, "gpu_energy": gpu_kwh, "ram_energy": ram_kwh,
    "energy_consumed": total, "water_consumed": 0.0, "country_name": "France", "country_iso_code": "FRA", "region": "ile-de-france", "cloud_provider": "", "cloud_region": "",
    "os": "Linux-6.8.0-x86_64", "python_version": "3.12.4", "codecarbon_version": "3.2.3", "cpu_count": 128, "cpu_model": "AMD EPYC 7543 32-Core Processor",
    "gpu_count": GPUS, "gpu_model": "8 x NVIDIA A100-SXM4-80GB", "longitude": 2.0, "latitude": 49.0, "ram_total_size": 503.5, "tracking_mode": "machine",
    "cpu_utilization_percent": 31.2, "gpu_utilization_percent": 97.0, "ram_utilization_percent": 18.0, "ram_used_gb": 90.6, "on_cloud": "N", "pue": PUE, "wue": 0.0,
}
(HERE / "emissions.csv").write_text(",".join(row) + "\n" + ",".join(str(value) for value in row.values()) + "\n")
