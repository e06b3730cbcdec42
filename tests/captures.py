#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real measurement files of other people, where they are at hand (CRADLE_CAPTURES, or a folder beside the checkout):
the totals that a careful reader gets. Skips, saying so, where they are not."""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
CAPTURES = pathlib.Path(os.environ.get("CRADLE_CAPTURES", ROOT.parent / "shared" / "captures"))
RAPL = "columns: {energy: rapl_energy, unit: kWh, duration: duration}"
# file, expected kWh of IT energy (None: must be refused), how it is read, relative tolerance
CASES = [
    ("codecarbon/v1-12col-bom-sample.csv", 496, "", 1e-9), ("codecarbon/v1-13col-index-bom-crlf-sample.csv", 496, "", 1e-9),
    # the last line holds two records; it is rejected by number, so its 5 kWh are missing
    ("codecarbon/v2-glued-rows-trailing-commas.csv", 496 - 5, "", 1e-9),
    ("codecarbon/2.4.3rc1-31col-maintainers.csv", 0.00809026617, "", 1e-8), ("codecarbon/2.5.0-31col-boamps-input.csv", 0.0397805395, "", 1e-8),
    ("codecarbon/2.5.0-49col-boamps-extended.csv", 0.0397805395, "", 1e-8), ("codecarbon/2.7.4-32col-cubes.csv", 0.00357835369, "", 1e-8),
    ("codecarbon/2.8.4-32col-greenkode.csv", 3.59109426e-05, "", 1e-8), ("codecarbon/3.0.5-32col-fedhenet.csv", 0.0321018072, "", 1e-8),
    ("codecarbon/3.0.7-32col-crlf-lifecycle.csv", 26.4960694, "", 1e-8), ("codecarbon/3.2.7-38col-nnlandmark.csv", 1.23371703e-05, "", 1e-8),
    ("nvidia-smi/query-h100x8-gpu-glasses.csv", 0.00110121528, "", 1e-8), ("nvidia-smi/query-noheader-units-plato.csv", 0.0103020853, "", 1e-8),
    ("nvidia-smi/query-no-power-column-llamacpp.csv", None, "", 0),
    ("rapl/codecarbon-load-profile-amd-threadripper-all-cores.csv", 0.0119843405, RAPL, 1e-8), ("rapl/codecarbon-load-profile-amd-epyc-8024p-8c-all-cores.csv", 0.0039031957, RAPL, 1e-8),
    ("rapl/codecarbon-load-profile-e5-2620-some-cores.csv", 0.0055265645, RAPL, 1e-8),
]
if not CAPTURES.is_dir():
    print("skipped: no captures at %s" % CAPTURES)
    sys.exit(77)
failures = []
with tempfile.TemporaryDirectory() as temporary:
    study = pathlib.Path(temporary) / "study.yaml"
    for name, expected, how, tolerance in CASES:
        study.write_text("cradle: 1\nfunctional_unit: u\nboundary: {include: [training], exclude: {hardware: x, development: x, inference: x, water: x}}\nsites: {s: {grid: 100 g/kWh, pue: 1.0}}\n"
                         "runs: [{name: r, site: s, energy: {logs: {files: '%s', timezone: UTC%s}}}]\n" % (CAPTURES / name, ", " + how if how else ""))
        done = subprocess.run([CRADLE, "assess", study, "--format", "json"], capture_output=True, text=True)
        if expected is None:
            if done.returncode != 1 or "E060" not in done.stderr:
                failures.append("%s: must be refused, got exit %d %s" % (name, done.returncode, done.stderr[:200]))
            continue
        if done.returncode != 0:
            failures.append("%s: exit %d %s" % (name, done.returncode, done.stderr[:300]))
            continue
        result = json.loads(done.stdout)
        log = result["provenance"]["logs"][0]
        print("%-62s %.9g kWh, expected %.9g%s" % (name, log["energy_kwh"], expected, "; " + "; ".join(log["notes"]) if log["notes"] else ""))
        if not math.isclose(log["energy_kwh"], expected, rel_tol=tolerance):
            failures.append("%s: %r kWh, expected %r" % (name, log["energy_kwh"], expected))
# The other formats, by `cradle logs`: expected kWh as the captures' own page gives them, and where we differ on purpose.
LOGS = [
    ("boamps/llm-inference.json", 0.00267074), ("boamps/llm-inference.csv", 0.00267074), ("boamps/generated-from-codecarbon.json", 0.0004784439185735),
    ("mlperf-power/eb6-resnet50-offline-run1-spl.txt", 0.00434837), ("mlperf-power/xr12-bert-offline-run1-multichannel-spl.txt", 0.0150991),
    ("mlperf-power/tiny-ic-energy-results.txt", 2.35364e-06), ("carbontracker/kaggle-output-blocks.md", 29.091139), ("eco2ai/v0.3-hse-masters.csv", 9.554287156),
    # the first sample is a start-up placeholder, not a reading: a gap
    ("scaphandre/boagent-power-data.json", 0.000442415),
    ("impact-framework/pipeline-teads-sci.yaml", 5.804253e-05 + 4e-06), ("impact-framework/nesting.yaml", 2.32170139e-04 + 1.6e-05),
    ("impact-framework/builtins-time-sync-success.yaml", None), ("ccf/api-mock-estimates.json", 5034.583790), ("zeus/nsdi23-summary-power-a40.csv", None),
]
for name, expected in LOGS:
    done = subprocess.run([CRADLE, "logs", CAPTURES / name, "--timezone", "UTC", "--format", "json"], capture_output=True, text=True)
    if expected is None:
        if done.returncode != 1 or "E060" not in done.stderr:
            failures.append("%s: must be refused, got exit %d %s" % (name, done.returncode, done.stderr[:200]))
        continue
    if done.returncode != 0:
        failures.append("%s: exit %d %s" % (name, done.returncode, done.stderr[:300]))
        continue
    energy = json.loads(done.stdout)["energy_kwh"]
    print("%-62s %.9g kWh, expected %.9g" % (name, energy, expected))
    if not math.isclose(energy, expected, rel_tol=2e-4 if "mlperf" in name else 1e-5):
        failures.append("%s: %r kWh, expected %r" % (name, energy, expected))
print("\n".join(failures) or "every capture is read as a careful reader reads it")
sys.exit(1 if failures else 0)
