#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The published schemas against the program: every example study and every result fits, and a study that the program
refuses for its form is refused by the schema too. Every key of the schema is one that the reader knows."""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import yaml

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
STUDY = json.loads((ROOT / "docs/schema/study.schema.json").read_text())
RESULT = json.loads((ROOT / "docs/schema/result.schema.json").read_text())
FORM = ("E010", "E012", "E013", "E032")  # codes of form; the schema cannot know units, names and years
failures = []


def plain(value):
    """Dates as an editor's JSON view has them: text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


def fits(study):
    return not list(jsonschema.Draft7Validator(STUDY).iter_errors(plain(yaml.safe_load(study))))


for schema in (STUDY, RESULT):
    jsonschema.Draft7Validator.check_schema(schema)
for path in sorted(ROOT.glob("examples/*/*.yaml")):
    if not fits(path.read_text()):
        failures.append("%s does not fit the study schema: %s" % (path, next(jsonschema.Draft7Validator(STUDY).iter_errors(plain(yaml.safe_load(path.read_text())))).message))
    result = json.loads(subprocess.run([CRADLE, "assess", path, "--format", "json"], check=True, capture_output=True).stdout)
    for error in jsonschema.Draft7Validator(RESULT).iter_errors(result):
        failures.append("%s: the result does not fit its schema: %s at %s" % (path, error.message, list(error.path)))
with tempfile.TemporaryDirectory() as temporary:
    fresh = pathlib.Path(temporary) / "study.yaml"
    subprocess.run([CRADLE, "init", "-o", fresh], check=True, capture_output=True)
    if not fits(fresh.read_text()):
        failures.append("what init writes does not fit the study schema")
refused = 0
for case in sorted((ROOT / "tests/errors").iterdir()):
    study = case / "study.yaml"
    if case.name[:4] in FORM:
        refused += 1
        if fits(study.read_text()):
            failures.append("%s fits the study schema, but the program refuses its form" % case.name)
    elif case.name[:4] in ("E014", "E017", "E024", "E030", "W101", "R05") and not fits(study.read_text()):
        failures.append("%s is well formed, but does not fit the study schema" % case.name)
if refused < 4:
    failures.append("only %d bad forms were tried" % refused)

# A key that the schema offers and the reader does not know would be completed by editors and refused by check.
minimal = {"run": {"name": "r"}, "hardware": {}, "site": {"grid": "57 g/kWh"}, "service": {}, "model": {"trained_by": "r"}, "given": {"ghg": "1 kg"}}
sections = {"run": lambda x: {"runs": [x]}, "hardware": lambda x: {"hardware": {"h": x}}, "site": lambda x: {"sites": {"s": x}}, "service": lambda x: {"services": {"s": x}}, "model": lambda x: {"models": {"m": x}}, "given": lambda x: {"given": [x]}}
with tempfile.TemporaryDirectory() as temporary:
    path = pathlib.Path(temporary) / "study.json"
    for kind, wrap in sections.items():
        for key in STUDY["definitions"][kind]["properties"]:
            path.write_text(json.dumps({"cradle": 1, **wrap({**minimal[kind], key: "x"})}))
            err = subprocess.run([CRADLE, "check", path], capture_output=True, text=True).stderr
            if "has no key '%s'" % key in err:
                failures.append("the schema offers '%s' in a %s, which the reader does not know" % (key, kind))
print("\n".join(failures) or "schemas and program agree")
sys.exit(1 if failures else 0)
