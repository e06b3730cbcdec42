#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Published figures recomputed: docs/reproductions.md is what the program says, each figure follows within its tolerance or says
why not, and each study of examples/published passes `check`. Usage: reproductions.py CRADLE ROOT [--approve]"""
import json
import pathlib
import subprocess
import sys

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
PAGE = ROOT / "docs/reproductions.md"
HEAD = """# Published figures, recomputed

What papers and model cards printed, beside what follows from their own inputs. Each row is a study in `examples/published`, written as a user would write it, with the source's own boundary; `cradle reproduce published` computes them all. A tool that matched the rows which do
not follow would have copied an error. Evidence: `published-inputs` where every input is printed, `has-inferred-input` where one had to be inferred (the study says which).

| study | figure | published | computed | difference | tolerance | evidence |
|---|---|--:|--:|--:|--:|---|
"""
failures = []


def short(value):
    return f"{value:.5g}"


rows = json.loads(subprocess.run([CRADLE, "reproduce", "published", "--format", "json"], capture_output=True, text=True, check=True).stdout)
page = HEAD
for row in rows:
    if row["computed"] is None:
        failures.append(f"{row['id']} {row['figure']}: nothing is computed")
        continue
    page += (f"| [{row['id']}](../examples/published/{row['id']}.yaml) | {row['figure']} | {short(row['published'])} {row['unit']} | {short(row['computed'])} | "
             f"{100 * row['relative']:+.1f} % | {100 * row['tolerance']:.3g} % | {row['evidence']} |\n")
    if row["verdict"] == "gap" and not row.get("cause"):
        failures.append(f"{row['id']} {row['figure']}: {row['computed']} is not {row['published']}, and nothing says why")
notes = list(dict.fromkeys((row["id"], row["cause"]) for row in rows if row.get("cause")))
page += "\n## Where a source does not follow from its inputs\n\n" + "".join(f"- {name}: {cause}.\n" for name, cause in notes)
within = sum(row["verdict"].startswith("within") for row in rows)
page += f"\n{within} of {len(rows)} figures of {len({row['id'] for row in rows})} studies follow within their tolerance.\n"
if "--approve" in sys.argv:
    PAGE.write_text(page)
elif not PAGE.exists() or PAGE.read_text() != page:
    failures.append("docs/reproductions.md is not what the program says: run with --approve")

studies = {path.stem for path in (ROOT / "examples/published").glob("*.yaml")}
if studies != {row["id"] for row in rows}:
    failures.append(f"studies and rows differ: {sorted(studies ^ {row['id'] for row in rows})}")
for name in sorted(studies):
    done = subprocess.run([CRADLE, "check", ROOT / f"examples/published/{name}.yaml"], capture_output=True, text=True)
    if done.returncode != 0:
        failures.append(f"{name}: {done.stdout}{done.stderr}")
print("\n".join(failures) or "published figures are recomputed")
sys.exit(1 if failures else 0)
