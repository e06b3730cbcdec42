#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Studies of very many runs: time and memory of each command, how they grow, and the limits that they are held to.

Ten fleets at ten sites. Growth from 1,000 to 10,000 runs is a ratio within one machine and one run; the limits in
seconds and bytes are printed beside what was measured.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRADLE = ROOT / "build" / "release" / "cradle"
LIMITS = {  # command -> seconds at 10,000 runs
    "check": 1.0, "assess": 2.0, "assess, JSON": 5.0, "assess, 1,000 draws": 10.0, "report, HTML and XLSX": 10.0}
FILES = {"json": 100e6, "html": 10e6}
MEMORY = 500e6


def study(runs):
    lines = ["cradle: 1", "title: %d runs over ten fleets" % runs, "functional_unit: all runs",
             "boundary: {include: [training, hardware], exclude: {development: none, inference: none, water: no WUE}}", "hardware:"]
    lines += ["  fleet%d: {device: nvidia-a100-80gb-sxm4, per_node: 8, node: 8-gpu-server, "
              "lifetime: {value: 4 years, low: 3 years, high: 6 years}, utilisation: 80 %%}" % i for i in range(10)]
    lines.append("sites:")
    lines += ["  site%d: {grid: {value: %d g/kWh, low: %d g/kWh, high: %d g/kWh}, pue: {value: 1.%d, low: 1.05, high: 1.5}}"
              % (i, 50 + 40 * i, 40 + 40 * i, 70 + 40 * i, i % 4 + 1) for i in range(10)]
    lines.append("runs:")
    lines += ["  - {name: run-%d, hardware: fleet%d, site: site%d, device_hours: %d h, status: %s, "
              "energy: {power: {per_device: {value: %d W, low: 300 W, high: 450 W}}, basis: modelled}}"
              % (i, i % 10, i // 10 % 10, 100 + i % 977, "final" if i % 7 else "failed", 330 + i % 50) for i in range(runs)]
    return "\n".join(lines) + "\n"


def measure(arguments):
    """Least of three in seconds, and the largest memory in bytes."""
    times, memory = [], 0
    for _ in range(3):
        start = time.perf_counter()
        process = subprocess.Popen([str(CRADLE)] + arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        times.append(time.perf_counter() - start)
        memory = max(memory, usage.ru_maxrss * 1024)
        if status != 0:
            sys.exit("cradle %s: status %d" % (" ".join(arguments), status))
    return min(times), memory


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        results = {}
        for runs in (1_000, 10_000):
            path = work / ("%d.yaml" % runs)
            path.write_text(study(runs))
            html, xlsx, json = (str(work / ("r." + kind)) for kind in ("html", "xlsx", "json"))
            commands = {"check": ["check", str(path)], "assess": ["assess", str(path)],
                        "assess, JSON": ["report", str(path), "--quiet", "-o", json],
                        "assess, 1,000 draws": ["assess", str(path), "--draws", "1000"],
                        "report, HTML and XLSX": ["report", str(path), "--quiet", "-o", html, "-o", xlsx]}
            for name, arguments in commands.items():
                results[runs, name] = measure(arguments)
        sizes = {"json": pathlib.Path(json).stat().st_size, "html": pathlib.Path(html).stat().st_size}
    print("%-24s %10s %10s %8s %10s %8s" % ("10,000 runs", "1,000: s", "10,000: s", "growth", "memory MB", "limit s"))
    for name, limit in LIMITS.items():
        (few, _), (many, memory) = results[1_000, name], results[10_000, name]
        print("%-24s %10.2f %10.2f %7.1fx %10.0f %8.0f%s" % (name, few, many, many / few, memory / 1e6, limit, "" if many <= limit else "  MISSED"))
    for kind, limit in FILES.items():
        print("%-24s %10.1f MB, limit %.0f MB%s" % (kind, sizes[kind] / 1e6, limit / 1e6, "" if sizes[kind] <= limit else "  MISSED"))
    worst = max(many / few for (few, many) in ((results[1_000, n][0], results[10_000, n][0]) for n in LIMITS))
    print("growth for ten times the runs: at most %.1fx (linear is 10x)" % worst)
    sys.exit(0 if worst <= 12 else "grows faster than linearly")


if __name__ == "__main__":
    main()
