#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Targets of others: files are valid against the official schemas, their figures are those of the result, what a target demands
and nothing tells is refused, and a hostile study harms none. Usage: targets.py CRADLE ROOT"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import jsonschema

warnings.filterwarnings("ignore", category=DeprecationWarning)  # RefResolver, the one that Debian 12 has

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SCHEMAS = ROOT / "tests/schemas"
STUDY = (ROOT / "examples/disclosures/study.yaml").read_text()
failures = []


def check(that, words):
    if not that:
        failures.append(words)


def near(one, other):
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1e-300)


def report(folder, study, *outputs, draft=False):
    path = folder / "study.yaml"
    path.write_text(study)
    arguments = [CRADLE, "report", path, "--quiet"] + (["--draft"] if draft else [])
    for output in outputs:
        arguments += ["-o", f"{output.split(':')[0]}:{folder / output.split(':')[1]}"]
    done = subprocess.run(arguments, capture_output=True, text=True)
    return done.returncode, done.stderr


def validate(document, folder, name):
    store = {}
    for path in (SCHEMAS / folder).glob("*.json"):
        schema = json.loads(path.read_text())
        for key in ("id", "$id"):
            if key in schema:
                store[schema[key]] = schema
    schema = json.loads((SCHEMAS / folder / name).read_text())
    kind = jsonschema.validators.validator_for(schema)
    resolver = jsonschema.RefResolver.from_schema(schema, store=store)
    for error in kind(schema, resolver=resolver).iter_errors(document):
        failures.append(f"{folder}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")


def whole(folder):
    code, words = report(folder, STUDY, "boamps:b.json", "cyclonedx:c.json", "sci:s.json", "sci:s.md", "gpai:g.md", "gpai:g.json", "ghg:g2.md", "esrs:e.csv", "vsme:v.csv")
    check(code == 0, f"the study of all targets is refused: {words}")
    check("left open: system.os" in words, "what is left open is not said")
    result = json.loads(subprocess.run([CRADLE, "assess", folder / "study.yaml", "--format", "json"], capture_output=True, text=True).stdout)
    figure = {name: value["value"] for name, value in result["figures"].items()}

    boamps = json.loads((folder / "b.json").read_text())
    validate(boamps, "boamps", "report_schema.json")
    check(near(sum(m["powerConsumption"] for m in boamps["measures"]), figure["energy.it"]), "BoAmps: the measures are not the IT energy")

    bom = json.loads((folder / "c.json").read_text())
    validate(bom, "cyclonedx", "bom-1.7.schema.json")
    energy = bom["components"][0]["modelCard"]["considerations"]["environmentalConsiderations"]["energyConsumptions"]
    check(near(sum(e["activityEnergyCost"]["value"] for e in energy), figure["energy.facility"]), "CycloneDX: not the facility energy")
    check(near(sum(e["co2CostEquivalent"]["value"] for e in energy) * 1000, figure["ghg.operational"]), "CycloneDX: not the operational emissions")
    for one in energy:
        check(near(sum(p["energyProvided"]["value"] for p in one["energyProviders"]), one["activityEnergyCost"]["value"]), "CycloneDX: providers do not sum")

    sci = json.loads((folder / "s.json").read_text())
    check(near(sci["sci"]["score"], (figure["ghg.operational"] + figure["ghg.embodied"]) * 1000 / sci["sci"]["R"]), "SCI: not (O + M) per R")
    check(near(sci["sci"]["E_kWh"] * sci["sci"]["I_g_per_kWh"], sci["sci"]["O_g"]), "SCI: E x I is not O")
    # 15e12 training tokens and 7.2e23 FLOP share what development and training took.
    tokens, flop = sci["sci_ai"]["provider"]["scores"]
    check(near(tokens["score"] * 15e12, flop["score"] * 7.2e23 / 1e18), "SCI for AI: two units of one footprint disagree")
    check(sci["sci_ai"]["consumer"]["score"] is None, "SCI for AI: a consumer's score without a service")

    facts = list(csv.DictReader((folder / "e.csv").open()))
    value = {(row["element"], row["member"]): row["value"] for row in facts}
    check(near(float(value[("GrossLocationBasedScope2GreenhouseGasEmissions", "")]), round(figure["ghg.scope2_lb"] / 1000, 3)), "ESRS: not scope 2")
    check(near(float(value[("EnergyConsumptionRelatedToOwnOperations", "")]), round(figure["energy.facility"] / 1000, 3)), "ESRS: not the energy")
    check(all(row["value"] or row["reason"] for row in facts), "ESRS: a fact has neither value nor reason")
    form = json.loads((folder / "g.json").read_text())
    check(form["compute"]["computation"] == "7.2x10^23 FLOP" and form["compute"]["training_time_days"] == "20.0", "GPAI: time or compute")
    inventory = (folder / "g2.md").read_text()
    check(inventory.count("Scope 3, category") == 15, "GHG Protocol: a category is missing")
    check("N/A: who assured it" in inventory, "GHG Protocol: a gap is not named")


def refused(folder):
    bare = STUDY[:STUDY.index("disclosure:")]
    for output, missing in {"boamps:x.json": "task.taskFamily", "gpai:x.md": None, "ghg:x.md": None}.items():
        code, words = report(folder, bare.replace("organisation: Example Labs\n", ""), output)
        check(code == 1 and "R17" in words and not (folder / output.split(":")[1]).exists(), f"{output} without what it demands: {code} {words}")
        check(missing is None or missing in words, f"{output} does not name {missing}")
    code, words = report(folder, STUDY.replace("environment: {country: BEL}", "measures: [{powerConsumption: 1}]"), "boamps:x.json")
    check(code == 1 and "E032" in words and "is computed" in words, f"a computed figure may be replaced: {words}")
    for fact in ("energy: {kind: measured}", "compute: {computation: 1 FLOP}", "energy: {methodology: ours}"):
        code, words = report(folder, STUDY.replace("gpai: {", "gpai: {" + fact + ", "), "gpai:x.md")
        check(code == 1 and "E032" in words, f"a computed word may be replaced: {fact}: {words}")
    code, words = report(folder, STUDY.replace("  ghg: {", "  esrs: {rows: [{value: 5}]}\n  ghg: {rows: [{location: '0'}], "), "ghg:x.md")
    check(code == 1 and "E032" in words, f"a computed row may be replaced: {words}")
    code, words = report(folder, STUDY.replace("boamps:", "boamp:"), "boamps:x.json")
    check(code == 1 and "did you mean 'boamps'" in words, f"a target that is not known: {words}")


TWO = """cradle: 1
title: two models
subject: a
organisation: o
period: 2025
%s
boundary: {include: [training, inference], exclude: {hardware: x, water: x, development: x}}
sites: {dc: {grid: {location: 100 g/kWh, factor: life-cycle}, pue: 1.0}}
runs:
- {name: ra, site: dc, duration: 10 days, tokens: 1e12 tokens, flop: 1e23 FLOP, energy: 100 MWh}
- {name: rb, site: dc, duration: 300 days, tokens: 9e12 tokens, flop: 9e23 FLOP, energy: 900 MWh}
models: {a: {trained_by: [ra], lifetime: 1e9 requests}, b: {trained_by: [rb], lifetime: 1e9 requests}}
services: {api: {model: a, site: dc, requests: 1e6 requests, energy: 500 kWh}}
"""


def whole_training(folder):
    """Whatever the functional unit takes of a model, its training is told whole and once, and of no other model."""
    for unit in ("{amount: 1, of: models/a, unit: model}", "{amount: 2, of: models/a, unit: model}", "{amount: 1000, of: services/api, unit: request}"):
        code, words = report(folder, TWO % ("functional_unit: " + unit), "sci:s.json", "gpai:g.json")
        check(code == 0, f"{unit}: {words}")
        form, sci = (json.loads((folder / name).read_text()) for name in ("g.json", "s.json"))
        check((form["energy"]["training"], form["compute"]["computation"], form["compute"]["training_time_days"]) == ("1.0x10^2 MWh", "1.0x10^23 FLOP", "10.0"), f"{unit}: {form['energy']} {form['compute']}")
        score = sci["sci_ai"]["provider"]["scores"]
        check(len(score) == 2 and near(score[0]["score"], 100e3 * 0.1 * 1000 / 1e12), f"{unit}: {sci['sci_ai']['provider']}")


def hostile(folder):
    evil = "=cmd|' /C calc'!A0</script>\\u202e שלום 🌍 \\\" , %s" % ("long " * 500)
    study = STUDY.replace("subject: Example 8B", f'subject: "{evil}"').replace("organisation: Example Labs", f'organisation: "{evil}"')
    code, words = report(folder, study, "boamps:b.json", "cyclonedx:c.json", "sci:s.json", "gpai:g.md", "ghg:g2.md", "esrs:e.csv")
    check(code == 0, f"a hostile study is refused: {words}")
    validate(json.loads((folder / "c.json").read_text()), "cyclonedx", "bom-1.7.schema.json")
    check(all(len(row) == len(next(csv.reader((folder / "e.csv").open()))) for row in csv.reader((folder / "e.csv").open())), "ESRS: columns slip")
    code, _ = report(folder, STUDY, "boamps:d.json", draft=True)
    check(code == 0, "a draft of a sound study")


def same_bytes(folder):
    first = [(folder / name).read_bytes() for name in ("b.json", "c.json", "s.json")]
    report(folder, STUDY, "boamps:b.json", "cyclonedx:c.json", "sci:s.json")
    again = [(folder / name).read_bytes() for name in ("b.json", "c.json", "s.json")]
    report(folder, STUDY, "boamps:b.json", "cyclonedx:c.json", "sci:s.json")
    check(again == [(folder / name).read_bytes() for name in ("b.json", "c.json", "s.json")], "other bytes of the same study")
    check(first != again, "the hostile study's files were not replaced")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    whole(folder)
    refused(folder)
    whole_training(folder)
    hostile(folder)
    same_bytes(folder)
print("\n".join(failures) or "targets are valid, and say what the result says")
sys.exit(1 if failures else 0)
