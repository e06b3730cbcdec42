#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages of docs/method that describe estimators are made from datasets/estimators, so that they never differ from
what is computed. --approve writes them. Beside its table each page has a part written by people, after the line of dashes."""
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
APPROVE = "--approve" in sys.argv
MARK = "<!-- written by hand from here on -->"


def cell(value):
    return str(value).replace("|", "\\|").replace("\n", " ")


def formula(value):
    return "`%s` where `%s` is given, else `%s`" % (value["then"], value["if"], value["else"]) if isinstance(value, dict) else "`%s`" % value


def default(entry):
    if entry.get("needed"):
        return "must be stated"
    if entry.get("optional"):
        return "optional"
    ways = []
    if entry.get("host"):
        ways.append("(machine's rating - devices' design power) x load / devices")
    if "with" in entry:
        ways.append("asked for with `%s`" % entry["with"])
    if "run" in entry:
        ways.append("the run's `%s`" % entry["run"])
    if "device" in entry:
        ways.append("the device's `%s`" % entry["device"])
    if "formula" in entry:
        ways.append("`%s`" % entry["formula"])
    if "default" in entry:
        ways.append("%s%s" % (entry["default"], " (%s to %s)" % (entry["low"], entry["high"]) if "low" in entry else ""))
    return ", else ".join(ways)


def page(entry):
    lines = ["# %s: %s" % (entry["id"], entry["title"]), "", "Version %s; energy at level `%s`, without PUE. Source: %s. Licence: %s." % (entry["version"], entry["level"], entry["source"], entry["licence"]), "",
             entry["limits"], "", "```yaml", "energy: {estimator: %s%s}" % (entry["id"], "".join(", %s: ..." % name for name, value in entry["inputs"].items() if value.get("needed"))), "```", "",
             "| input | unit | meaning | where nothing is stated | source |", "|---|---|---|---|---|"]
    for name, value in entry["inputs"].items():
        verified = "" if "source" not in value else " (verified)" if value.get("verified") else " (not verified)"
        lines.append("| `%s` | %s | %s | %s | %s |" % (name, value["unit"], cell(value.get("meaning", "")), cell(default(value)), cell(value.get("source", "")) + verified))
    for word, choice in (entry.get("words") or {}).items():
        lines.append("| `%s` | word | one of %s | %s | |" % (word, ", ".join(choice["of"]), choice["default"]))
    for value, check in (entry.get("checks") or {}).items():
        lines += ["", "`%s` must be %s%s%s: %s." % (value, "a whole number, " if check.get("whole") else "", "%s or more" % check["min"], " where `%s` is given" % check["with"] if "with" in check else "", check["says"])]
    lines += ["", "| quantity | formula |", "|---|---|"]
    for name, value in (entry.get("let") or {}).items():
        lines.append("| %s | %s |" % (name, cell(formula(value))))
    for name, value in entry["energy"].items():
        lines.append("| **energy, %s (kWh)** | %s |" % (name, cell(formula(value))))
    for name in ("device_hours", "flop"):
        if name in entry:
            lines.append("| **%s** | `%s` |" % (name.replace("_", "-"), entry[name]))
    return "\n".join(lines + ["", MARK, ""])


failures = []
for path in sorted((ROOT / "datasets/estimators").glob("*.yaml")):
    entry = yaml.safe_load(path.read_text())
    file = ROOT / "docs/method" / (path.stem + ".md")
    old = file.read_text() if file.exists() else ""
    hand = old.partition(MARK + "\n")[2]
    wanted = page(entry) + hand
    if old != wanted:
        if APPROVE:
            file.write_text(wanted)
        else:
            failures.append("%s is not what %s says: run tests/methods.py --approve" % (file.relative_to(ROOT), path.relative_to(ROOT)))
    if not hand.strip() and not APPROVE:
        failures.append("%s has nothing on what it was proved on" % file.relative_to(ROOT))
print("\n".join(failures) or "every estimator has its page")
sys.exit(1 if failures else 0)
