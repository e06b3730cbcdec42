#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The estimator `roofline`: its constants and its validation are what the fit writes, the fit reaches what it must on
models left out, and the program computes what the fit's own formulas do. Usage: roofline.py CRADLE ROOT"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
sys.path.insert(0, str(ROOT / "datasets/inference"))
import fit_roofline  # noqa: E402

failures = []
check = subprocess.run([sys.executable, str(ROOT / "datasets/inference/fit_roofline.py"), "--check"], capture_output=True, text=True)
if check.returncode:
    failures.append(check.stdout.strip() or check.stderr.strip())

# What the validation must reach (mean error 20 %, ranking 90 %, coverage 90 %, no model under 70 %, one point 10 %).
page = (ROOT / "docs/method/roofline-validation.md").read_text()
for words, limit, least in (("per model, then over models", 20.0, False), ("in the right order", 90.0, True), ("within the printed interval", 90.0, True), ("one configuration measured", 10.0, False)):
    line = next(line for line in page.splitlines() if words in line)
    reached = float(re.search(r"\| ([\d.]+) %", line).group(1))
    if (reached < limit) if least else (reached > limit):
        failures.append("%s: %s %%, and the limit is %s %%" % (words, reached, limit))
covered = [int(line.split("|")[5].strip().rstrip(" %")) for line in page.splitlines() if re.match(r"\| [\w.-]+ \| \d+ \| \d+ % \| [+-]", line)]
if len(covered) < 16 or min(covered) < 70:
    failures.append("a model has fewer than 70 % of its measurements within the interval: %s" % covered)

STUDY = """cradle: 1
boundary: {include: [inference], exclude: {hardware: x, development: x, training: x, water: x}}
functional_unit: {amount: 1, of: services/s, unit: token}
hardware: {h: {device: %s}}
sites: {s: {grid: 100 g/kWh, pue: 1}}
services: {s: {hardware: h, site: s, requests: 1e6 requests, tokens: {in: %r tokens, out: %r tokens}, energy: {estimator: roofline, model: %s, devices: %d, batch: %r, host: not counted}}}
"""
constants = fit_roofline.fixed_constants()
with tempfile.TemporaryDirectory() as folder:
    study = pathlib.Path(folder) / "study.yaml"
    for row in fit_roofline.measurements()[::9]:
        read = 300.0
        study.write_text(STUDY % (row["device"], read * 1e6, row["tokens_out"] * 1e6, row["shape"], row["devices"], row["batch"]))
        done = subprocess.run([str(CRADLE), "assess", str(study), "--format", "json"], capture_output=True, text=True)
        if done.returncode:
            failures.append("%s: %s" % (row["model"], done.stderr.strip()))
            continue
        joules = json.loads(done.stdout)["figures"]["energy.it"]["value"] * 3.6e6
        wanted = fit_roofline.joules_per_token(constants, row, read)
        if abs(joules / wanted - 1) > 1e-6:
            failures.append("%s on %d x %s, batch %g: %g J, the fit's formulas %g" % (row["model"], row["devices"], row["device"], row["batch"], joules, wanted))
print("\n".join(failures) or "roofline is what its fit says, and computes what its fit computes")
sys.exit(1 if failures else 0)
