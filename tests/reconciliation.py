#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of examples/bloom-176b/README.md, from the paper's 50.5 t to cradle-to-grave.yaml one change at a time:
each row is a study of its own, solved. --approve writes the table."""
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
EXAMPLE = ROOT / "examples" / "bloom-176b"
README = EXAMPLE / "README.md"
PAPER = 50.5  # t, Luccioni et al. 2023


def total(text, folder):
    path = pathlib.Path(folder) / "study.yaml"
    path.write_text(text)
    return json.loads(subprocess.run([CRADLE, "assess", path, "--format", "json"], check=True, capture_output=True).stdout)["figures"]["ghg.total"]["value"] / 1000


def change(text, old, new):
    changed, count = re.subn(old, new, text, flags=re.M)
    assert count == 1, old
    return changed


study = (EXAMPLE / "study.yaml").read_text()
steps = [("the paper's inputs", "Luccioni et al. 2023", study)]
study = change(study, r"grid: \{value: 57 g/kWh.*\}$", "grid: {region: FR, year: 2022}")
steps.append(("national grid of 2022", "57 to 78.55 g/kWh (Our World in Data, Ember)", study))
study = change(change(study, r"pue: \{value: 1\.0.*\}$", "pue: 1.2"), r"level: facility", "level: it")
steps.append(("PUE on all IT energy", "1.0 to 1.2, on the run and on idle nodes", study))
study = change(study, r"^    embodied: .*\n", "")
steps.append(("hardware from the catalogue", "2,500 kg a server and 150 kg a GPU to component models", study))
study = change(change(study, r"^    transport: .*\n", ""), r"include: \[training, ", "include: [training, transport, ")
steps.append(("transport", "GPUs 10,000 km by air, the servers 19,000 km by sea, 1,000 km by road", study))
study = change(change(study, r"^    end-of-life: .*\n", ""), r"include: \[training, ", "include: [training, end-of-life, ")
steps.append(("end of life", "collected, taken apart, burnt or landfilled; no credit", study))

failures, rows, last = [], ["| step | change | t CO2e | difference |", "|---|---|--:|--:|"], None
with tempfile.TemporaryDirectory() as folder:
    for name, words, text in steps:
        value = total(text, folder)
        rows.append("| %s | %s | %.2f | %s |" % (name, words, value, "" if last is None else "%+.2f" % (value - last)))
        if last is None and abs(value / PAPER - 1) > 0.01:
            failures.append("the paper's inputs give %.2f t, not %.1f" % (value, PAPER))
        last = value
    grave = total((EXAMPLE / "cradle-to-grave.yaml").read_text(), folder)
if not math.isclose(grave, last, rel_tol=1e-9):
    failures.append("the steps end at %r t, cradle-to-grave.yaml at %r" % (last, grave))
table = "\n".join(rows)
text = README.read_text()
marked = re.compile(r"(<!-- reconciliation -->\n).*?(\n<!-- end -->)", re.S)
fresh = marked.sub(lambda match: match.group(1) + table + match.group(2), text)
if "--approve" in sys.argv:
    README.write_text(fresh)
elif fresh != text:
    failures.append("the table in %s is not what the studies give:\n%s" % (README, table))
print("\n".join(failures) or table)
sys.exit(1 if failures else 0)
