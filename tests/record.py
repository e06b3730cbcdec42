#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`cradle record` on counters of the test's own (a folder laid out as the kernel's powercap is): energy, exit codes, signals, a
recorder that is killed, and nothing to read. Real GPUs are beyond a test machine; NVML is asked for, and its absence said."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

CRADLE = pathlib.Path(sys.argv[1]).resolve()
failures = []


def check(what, condition, detail=""):
    if not condition:
        failures.append("%s %s" % (what, detail))


# A library with AMD SMI's functions as ROCm 6 and 7 have them: two sockets of two dies, of which the second counts nothing.
AMD_SMI = r"""
#include <stdint.h>
#include <string.h>
#include <time.h>
static int handles[6];
int amdsmi_init(uint64_t flags) { return flags == 2 ? 0 : 1; }
int amdsmi_shut_down(void) { return 0; }
int amdsmi_get_socket_handles(uint32_t* count, void** into) {
  if (into) for (uint32_t i = 0; i < *count; ++i) into[i] = &handles[i];
  *count = 2; return 0; }
int amdsmi_get_processor_handles(void* socket, uint32_t* count, void** into) {
  int s = (int*)socket - handles;
  if (into) for (uint32_t i = 0; i < *count; ++i) into[i] = &handles[2 + 2 * s + i];
  *count = 2; return 0; }
int amdsmi_get_energy_count(void* p, uint64_t* counter, float* resolution, uint64_t* ns) {
  struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
  double seconds = t.tv_sec + t.tv_nsec * 1e-9;
  int i = (int*)p - handles - 2;
  *resolution = 15.3f; *ns = 1;
  *counter = i % 2 ? 0 : (uint64_t)(seconds * 300 * (1 + i / 2) / 15.3e-6);
  return 0; }
int amdsmi_get_gpu_device_uuid(void* p, unsigned* length, char* into) {
  if (*length < 38) return 1;
  strcpy(into, "aeff74b5-0000-1000-8000-00000000000"); into[35] = '0' + (char)((int*)p - handles); into[36] = 0; return 0; }
int amdsmi_get_gpu_asic_info(void* p, void* info) { strcpy(info, "AMD Instinct MI250X"); return 0; }
"""

with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    zone = folder / "powercap" / "intel-rapl:0"
    inner = folder / "powercap" / "intel-rapl:0:0"
    for path, name in ((zone, "package-0"), (inner, "core")):
        path.mkdir(parents=True)
        (path / "name").write_text(name + "\n")
        (path / "energy_uj").write_text("262138328850\n")
        (path / "max_energy_range_uj").write_text("262143328850\n")
    card = folder / "hwmon" / "hwmon0"
    card.mkdir(parents=True)
    (card / "name").write_text("amdgpu\n")
    (card / "power1_average").write_text("100000000\n")
    sensors = ["--powercap", folder / "powercap", "--hwmon", folder / "hwmon", "--interval", "50 ms"]
    # The counter starts again at its range while the command runs: 5 J to the end and 5 J after it.
    step = "sleep 0.3; echo 5000000 > %s/new; mv %s/new %s/energy_uj; sleep 0.3; exit 7" % (zone, zone, zone)
    done = subprocess.run([CRADLE, "record", *sensors, "-o", folder / "a.csv", "--", "sh", "-c", step], capture_output=True, text=True)
    check("the command's exit code", done.returncode == 7, done.stderr)
    read = json.loads(subprocess.run([CRADLE, "logs", folder / "a.csv", "--format", "json"], capture_output=True, text=True).stdout)
    parts = {part["component"]: part["energy_kwh"] * 3.6e6 for part in read["logs"][0]["parts"]}
    check("RAPL across its wrap", abs(parts["cpu"] - 10) < 1e-6, parts)
    check("amdgpu at 100 W", 50 < parts["accelerator"] < 150, parts)
    text = (folder / "a.csv").read_text()
    check("the node's zone inside a package is not recorded", "core" not in text)
    check("exit and share are kept", "# exit: 7" in text and "process share" in text)
    # Energy counters of AMD's library instead of the kernel's power: 300 and 600 W, and the dies that count nothing left out.
    (folder / "smi.c").write_text(AMD_SMI)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / "libamd_smi.so", folder / "smi.c"], check=True)
    amd = subprocess.run([CRADLE, "record", *sensors, "-o", folder / "amd.csv", "--", "sleep", "1"], capture_output=True, text=True, env={**os.environ, "LD_LIBRARY_PATH": str(folder)})
    read = json.loads(subprocess.run([CRADLE, "logs", folder / "amd.csv", "--format", "json"], capture_output=True, text=True).stdout)
    watts = {device["id"].split("/")[-1]: device["energy_kwh"] * 1000 / device["covered_hours"] for device in read["logs"][0]["devices"] if device["component"] == "accelerator"}
    check("AMD SMI's counters", amd.returncode == 0 and sorted(round(w, -1) for w in watts.values()) == [300, 600], (watts, amd.stderr))
    check("dies that count nothing are named", "2 device(s) whose counter stands still" in (folder / "amd.csv").read_text())

    # Of 12 J of the package, the share of the command's processes, one of them an orphan: nearly all of a busy core's.
    (zone / "energy_uj").write_text("1000000\n")
    busy = "(sh -c 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done' &) ; sleep 0.8; echo 13000000 > %s/new; mv %s/new %s/energy_uj; sleep 0.3" % (zone, zone, zone)
    subprocess.run([CRADLE, "record", *sensors, "-o", folder / "p.csv", "--", "sh", "-c", busy], capture_output=True, text=True)
    seconds = [float(line.split(",")[7]) for line in (folder / "p.csv").read_text().splitlines() if ",process,cpu,,,seconds," in line]
    check("CPU time of the command's processes grows, orphans included", len(seconds) > 3 and seconds == sorted(seconds) and seconds[-1] > 0.1, seconds)
    shown = subprocess.run([CRADLE, "logs", folder / "p.csv"], capture_output=True, text=True).stdout
    check("their share of the processors' energy is told", "the command's processes took" in shown and "of 0.003333 Wh" in shown, shown)
    (zone / "energy_uj").write_text("262138328850\n")
    again = subprocess.run([CRADLE, "record", *sensors, "-o", folder / "a.csv", "--", "true"], capture_output=True, text=True)
    check("an old recording stays", again.returncode == 1 and (folder / "a.csv").read_text() == text)
    missing = subprocess.run([CRADLE, "record", *sensors, "-o", folder / "m.csv", "--", "no-such-command"], capture_output=True, text=True)
    check("a command that is not there", missing.returncode == 127, missing.stderr)

    # Three epochs of about 0.3 s at a steady 100 W, six in all: 180 J = 0.05 Wh.
    epochs = "for epoch in 1 2 3; do sleep 0.3; echo done >> $CRADLE_MARKS; done; sleep 0.2"
    foretold = subprocess.run([CRADLE, "record", "--powercap", folder / "none", *sensors[2:], "--forecast", "6 epochs", "-o", folder / "f.csv", "--", "sh", "-c", epochs], capture_output=True, text=True)
    said = foretold.stderr.strip().splitlines()[-1] if foretold.stderr else ""
    words = said.split()
    check("a forecast from marked epochs", said.startswith("forecast: ") and "from 3 epochs" in said and 0.03 < float(words[1]) < 0.1, foretold.stderr)
    check("marks are in the recording, and their file is gone", (folder / "f.csv").read_text().count("# mark: ") == 3 and not list(folder.glob("*.marks")))
    told = subprocess.run([CRADLE, "logs", folder / "f.csv", "--forecast", "6 epochs"], capture_output=True, text=True)
    check("the recording tells the same later", told.stdout.strip().splitlines()[-1] == said, told.stdout)
    check("a forecast of nothing", subprocess.run([CRADLE, "logs", folder / "f.csv", "--forecast", "soon"], capture_output=True).returncode == 2)

    def start(name):
        process = subprocess.Popen([CRADLE, "record", *sensors, "-o", folder / name, "--quiet", "--", "sleep", "30"], stderr=subprocess.PIPE, start_new_session=True)
        for _ in range(100):
            time.sleep(0.05)
            if (folder / name).exists() and (folder / name).read_text().count("counter") > 3:
                return process
        raise SystemExit("the recording does not start")

    interrupted = start("b.csv")
    os.killpg(interrupted.pid, signal.SIGINT)  # as a terminal does: to the recorder and to the command
    check("Ctrl-C", interrupted.wait(10) == 130 and "# exit: 130" in (folder / "b.csv").read_text(), interrupted.returncode)
    ended = start("c.csv")
    ended.send_signal(signal.SIGTERM)
    check("a signal is passed on", ended.wait(10) == 143, ended.returncode)
    warned = subprocess.Popen([CRADLE, "record", *sensors, "-o", folder / "u.csv", "--quiet", "--", "sh", "-c", "trap 'exit 9' USR1; while :; do sleep 0.05; done"])
    time.sleep(0.5)
    warned.send_signal(signal.SIGUSR1)  # as Slurm does before a job's time is over
    check("a scheduler's warning reaches the command", warned.wait(10) == 9 and "# exit: 9" in (folder / "u.csv").read_text(), warned.returncode)
    killed = start("d.csv")
    killed.kill()
    killed.wait(10)
    left = subprocess.run([CRADLE, "logs", folder / "d.csv", "--format", "json"], capture_output=True, text=True)
    check("what was measured before a kill", left.returncode == 0 and json.loads(left.stdout)["logs"][0]["rows"] > 3, left.stderr)
    os.killpg(killed.pid, signal.SIGKILL)
    nothing = subprocess.run([CRADLE, "record", "--powercap", folder / "none", "--hwmon", folder / "none", "-o", folder / "e.csv", "--", "touch", folder / "ran"], capture_output=True, text=True)
    if "NVML" not in nothing.stderr and nothing.returncode == 0:
        print("an NVIDIA GPU is here; the case of nothing to read is not tried")
    else:
        check("nothing to read is an error that says what is missing", nothing.returncode == 3 and nothing.stderr.count("\n") >= 4 and not (folder / "ran").exists(), nothing.stderr)
print("\n".join(failures) or "recordings hold what was drawn, whatever ends them")
sys.exit(1 if failures else 0)
