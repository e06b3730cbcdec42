#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Same inputs, same bytes: a second run, another folder, another time zone, other CPU features, other threads."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
FORMATS = ("html", "md", "xlsx", "json")
failures = []


def report(study, folder, environment=None, more=()):
    folder.mkdir(parents=True)
    outputs = [argument for kind in FORMATS for argument in ("-o", str(folder / ("report." + kind)))]
    subprocess.run([CRADLE, "report", study.name, "--quiet", *outputs, *more], cwd=study.parent, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    return {kind: (folder / ("report." + kind)).read_bytes() for kind in FORMATS}


with tempfile.TemporaryDirectory() as temporary:
    work = pathlib.Path(temporary)
    for example in ("bert-strubell-2019/study.yaml", "bloom-176b/cradle-to-grave.yaml", "fine-tune-from-logs/study.yaml"):
        study = ROOT / "examples" / example
        base = work / example.replace("/", "-")
        first = report(study, base / "first")
        time.sleep(2.1)  # a zip's time stamp counts in steps of two seconds
        elsewhere = base / "elsewhere"
        shutil.copytree(study.parent, elsewhere)
        variants = {
            "a second run": report(study, base / "second"),
            "another folder": report(elsewhere / study.name, base / "third"),
            "another time zone": report(study, base / "fourth", {"TZ": "Pacific/Auckland", "LC_ALL": "C"}),
            "a CPU without AVX2 and FMA": report(study, base / "fifth", {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable,-AVX512F"}),
            "four threads": report(study, base / "sixth", more=("--threads", "4")),
        }
        for name, files in variants.items():
            for kind in FORMATS:
                if files[kind] != first[kind]:
                    failures.append("%s: %s gives another %s" % (example, name, kind))
        drawn = [report(study, base / ("drawn" + threads), more=("--draws", "500", "--seed", "3", "--threads", threads)) for threads in ("1", "2")]
        for kind in FORMATS:
            if drawn[0][kind] != drawn[1][kind]:
                failures.append("%s: two threads draw another %s" % (example, kind))
        printed = subprocess.run([CRADLE, "assess", study.name, "--format", "json"], cwd=study.parent, check=True, capture_output=True).stdout
        if printed != first["json"]:
            failures.append("%s: assess --format json and report -o x.json differ" % example)
print("\n".join(failures) or "the same bytes everywhere")
sys.exit(1 if failures else 0)
