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
    if not isinstance(value, dict):
        return "`%s`" % value
    given = value["if"] if isinstance(value["if"], list) else [value["if"]]
    return "`%s` where %s is given, else `%s`" % (value["then"], " or ".join("`%s`" % name for name in given), value["else"])


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
    if "model" in entry:
        ways.append("the named model's `%s`" % entry["model"])
    if "device" in entry:
        ways.append("the device's `%s`" % entry["device"])
    if "formula" in entry:
        ways.append("`%s`" % entry["formula"])
    if "default" in entry:
        ways.append("%s%s" % (entry["default"], " (%s to %s)" % (entry["low"], entry["high"]) if "low" in entry else ""))
    return ", else ".join(ways)


def page(path, entry):
    lines = ["# %s: %s" % (path.stem, entry["title"]), "", "Version %s; energy at level `%s`, without PUE. Source: %s. Licence: %s." % (entry["version"], entry["level"], entry["source"], entry["licence"]), "",
             entry["limits"], "", "```yaml", "energy: {estimator: %s%s}" % (path.stem, "".join(", %s: ..." % name for name, value in entry["inputs"].items() if value.get("needed"))), "```", "",
             "| input | unit | meaning | where nothing is stated | source |", "|---|---|---|---|---|"]
    for name, value in entry["inputs"].items():
        verified = "" if "source" not in value else " (verified)" if value.get("verified") else " (not verified)"
        lines.append("| `%s` | %s | %s | %s | %s |" % (name, value["unit"], cell(value.get("meaning", "")), cell(default(value)), cell(value.get("source", "")) + verified))
    for name, value in (entry.get("constants") or {}).items():
        lines.append("| `%s` | %s | constant: %s | %s | %s |" % (name, value["unit"], cell(value["meaning"]), value["default"], cell(value["source"])))
    for word, choice in (entry.get("words") or {}).items():
        lines.append("| `%s` | word | one of %s | %s | |" % (word, ", ".join(choice["of"]), choice["default"]))
    for value, check in (entry.get("checks") or {}).items():
        lines += ["", "`%s` must be %s%s%s: %s." % (value, "a whole number, " if check.get("whole") else "", "%s or more" % check["min"], " where `%s` is given" % check["with"] if "with" in check else "", check["says"])]
    point = entry.get("point")
    if point:
        lines += ["", "Where %s is stated all steps are computed once more with %s; %s are of that point." % (" or ".join("`%s`" % name for name in point["when"]), ", ".join("`%s` for `%s`" % (b, a) for a, b in point["with"].items()), " and ".join("`%s`" % name for name in point["gives"]))]
    lines += ["", "| quantity | formula |", "|---|---|"]
    for name, value in list((entry.get("let") or {}).items()) + list((entry.get("result") or {}).items()):
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
    wanted = page(path, entry) + hand
    if old != wanted:
        if APPROVE:
            file.write_text(wanted)
        else:
            failures.append("%s is not what %s says: run tests/methods.py --approve" % (file.relative_to(ROOT), path.relative_to(ROOT)))
    if not hand.strip() and not APPROVE:
        failures.append("%s has nothing on what it was proved on" % file.relative_to(ROOT))
print("\n".join(failures) or "every estimator has its page")
sys.exit(1 if failures else 0)
