#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of whole processes against their limits: median of 15 runs (min to max), files cached.
The ratio is limit over median, so above 1 is good. A limit missed is exit 1."""
import os
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRADLE = ROOT / "build" / "release" / "cradle"
BLOOM = ROOT / "examples" / "bloom-176b" / "study.yaml"
GRAVE = ROOT / "examples" / "bloom-176b" / "cradle-to-grave.yaml"


def once(arguments, folder):
    """Seconds and peak resident megabytes of one process."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        quiet = os.open("/dev/null", os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.execv(arguments[0], [str(argument) for argument in arguments])
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit("bench: %s ended with %d" % (" ".join(map(str, arguments)), status))
    return seconds, usage.ru_maxrss / 1024


def main():
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = [argument for kind in ("html", "md", "xlsx", "json") for argument in ("-o", "report." + kind)]
        cases = [
            ("assess, BLOOM", [CRADLE, "assess", BLOOM], 0.050, 60, 15),
            ("assess, BLOOM cradle to grave", [CRADLE, "assess", GRAVE], 0.050, 60, 15),
            ("report in four formats, BLOOM", [CRADLE, "report", BLOOM, *files], 1.0, 250, 15),
            ("report in four formats, cradle to grave", [CRADLE, "report", GRAVE, *files], 1.0, 250, 15),
            ("./dev demo, second run", [ROOT / "dev", "demo"], 5.0, None, 3),
        ]
        print("%-42s %10s %22s %8s %7s %9s %9s %7s" % ("whole process", "median", "min to max", "limit", "ratio", "peak", "limit", "ratio"))
        for name, arguments, limit_s, limit_mb, runs in cases:
            once(arguments, folder)
            samples = [once(arguments, folder) for _ in range(runs)]
            seconds = sorted(sample[0] for sample in samples)
            median, peak = statistics.median(seconds), max(sample[1] for sample in samples)
            ratio = limit_s / median
            memory = "%6.0f MB %6.0f MB %7.1f" % (peak, limit_mb, limit_mb / peak) if limit_mb else ""
            print("%-42s %7.0f ms %8.0f to %6.0f ms %5.0f ms %7.1f %s" % (name, median * 1e3, seconds[0] * 1e3, seconds[-1] * 1e3, limit_s * 1e3, ratio, memory))
            missed += ratio < 1 or (limit_mb is not None and peak > limit_mb)
    return 1 if missed else 0


sys.exit(main())
