#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Power logs to energy per GPU: one nvidia-smi CSV against pandas and mawk on the same file in one run, and folders of many
small files. The file is made here (about a gigabyte unless --bytes says otherwise); it is read once before anything is timed.

Results are compared first: no speed without the same energies. Times are of whole processes, medians of interleaved rounds."""
import argparse
import datetime
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRADLE = ROOT / "build/release/cradle"
PANDAS = """
import pandas as pd, sys
d = pd.read_csv(sys.argv[1], names=["t", "i", "p"], header=0, skipinitialspace=True)
d["t"] = pd.to_datetime(d["t"], format="%Y/%m/%d %H:%M:%S.%f")
d["p"] = d["p"].str.slice(0, -2).astype(float)
for i, g in d.groupby("i"):
    dt = g["t"].diff().dt.total_seconds().to_numpy()[1:]; p = g["p"].to_numpy()
    print(i, ((p[1:] + p[:-1]) / 2 * dt).sum() / 3.6e6)
"""
AWK = """NR > 1 { split($1, a, /[\\/ :]/); day = (a[2] == "03" ? 0 : a[2] == "04" ? 31 : 61) + a[3]; t = (day * 24 + a[4]) * 3600 + a[5] * 60 + a[6]
w = $3 + 0; if ($2 in last) e[$2] += (t - last[$2]) * (w + watts[$2]) / 2; last[$2] = t; watts[$2] = w }
BEGIN { FS = ", " }
END { for (k in e) printf "%s %.12g\\n", k, e[k] / 3.6e6 }"""


def write_log(path, size, gpus=8, seed=1):
    """Plateaus of power with noise, one row per GPU and second, two decimals, as the tool writes them."""
    random.seed(seed)
    level, second, written = [71.0] * gpus, 0, 0
    first = datetime.datetime(2026, 3, 1)
    noise = [[random.gauss(1, 0.02) for _ in range(997)] for _ in range(gpus)]
    with open(path, "w", buffering=1 << 22) as file:
        written += file.write("timestamp, index, power.draw [W]\n")
        while written < size:
            stamp = (first + datetime.timedelta(seconds=second)).strftime("%Y/%m/%d %H:%M:%S") + ".%03d" % random.randrange(20)
            if second % 60 == 0:
                level = [random.choice((71.0, 310.0, 690.0)) if random.random() < 0.2 else old for old in level]
            written += file.write("".join("%s, %d, %.2f W\n" % (stamp, g, level[g] * noise[g][second % 997]) for g in range(gpus)))
            second += 1


def timed(command):
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout


def energies(text):
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line.strip()}


def ours(path, threads):
    return [str(CRADLE), "logs", str(path), "--timezone", "UTC", "--threads", str(threads), "--quiet"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=float, default=1e9)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        log = folder / "gpu.csv"
        write_log(log, arguments.bytes)
        one, two, pandas, awk = [], [], [], []
        for _ in range(arguments.rounds):
            one.append(timed(ours(log, 1))[0])
            pandas.append(timed(["/usr/bin/python3", "-c", PANDAS, str(log)]))
            two.append(timed(ours(log, 2))[0])
            awk.append(timed(["mawk", AWK, str(log)]))
        result = json.loads(subprocess.run([str(CRADLE), "logs", str(log), "--timezone", "UTC", "--format", "json"], check=True, capture_output=True, text=True).stdout)
        devices = {device["id"]: device["energy_kwh"] for device in result["logs"][0]["devices"]}
        for name, text in (("pandas", pandas[0][1]), ("mawk", awk[0][1])):
            for gpu, kwh in energies(text).items():
                if abs(devices[gpu] / kwh - 1) > (1e-12 if name == "pandas" else 1e-9):
                    sys.exit("%s and cradle differ on GPU %s: %r, %r kWh" % (name, gpu, kwh, devices[gpu]))
        memory = subprocess.run(["/usr/bin/python3", "-c", "import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", *ours(log, 2)], check=True, capture_output=True, text=True).stdout
        mine, both = statistics.median(one), statistics.median(two)
        print("%.2f GB, %d rows, %d GPUs; the same energies to 1e-12" % (log.stat().st_size / 1e9, result["logs"][0]["rows"], len(devices)))
        for name, times in (("pandas", [t for t, _ in pandas]), ("mawk", [t for t, _ in awk])):
            print("  %-7s %6.2f s   one thread %5.1f times faster (%.1f to %.1f), two threads %5.1f" % (name, statistics.median(times), statistics.median(times) / mine, min(times) / max(one), max(times) / min(one), statistics.median(times) / both))
        print("  cradle  %6.2f s with one thread (%.2f GB/s), %.2f s with two; %.0f MB at most (limit 200)" % (mine, log.stat().st_size / 1e9 / mine, both, int(memory) / 1000))
        log.unlink()
        previous = None
        for count in (1000, 10000):
            many = folder / ("many%d" % count)
            many.mkdir()
            for i in range(count):
                rows = "".join("2026/03/%02d %02d:%02d:%02d.000, 0, %d.00 W\n" % (1 + i // 1440 % 28, i // 60 % 24, i % 60, s, 100 + s) for s in range(60))
                (many / ("log-%05d.csv" % i)).write_text("timestamp, index, power.draw [W]\n" + rows)
            timed(ours(many, 2))
            took = statistics.median(timed(ours(many, 2))[0] for _ in range(arguments.rounds))
            print("  %5d files in %.2f s%s" % (count, took, "" if previous is None else ", %.1f times as long as a tenth of them" % (took / previous)))
            previous = took
            shutil.rmtree(many)


if __name__ == "__main__":
    main()
