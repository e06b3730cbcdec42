#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Workbooks recalculated by LibreOffice: every check cell true, totals within 1e-9 of the engine, and a changed input
moves the total to what the engine says for it."""
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import openpyxl

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SHEETS = ["README", "Summary", "Stages", "Inputs", "Calculated", "Factors", "Calc_Operational", "Calc_Embodied", "Coverage", "Provenance", "Checks"]
failures = []


def recalculate(source, folder):
    """Loads without cached values, so that LibreOffice has to compute every formula, and saves."""
    target = folder / "recalculated"
    target.mkdir()
    subprocess.run(["soffice", "-env:UserInstallation=file://%s/profile" % folder, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", target, source],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    return openpyxl.load_workbook(target / source.name, data_only=True)


def engine(study, *more):
    out = subprocess.run([CRADLE, "assess", study, "--format", "json", *more], check=True, capture_output=True).stdout
    return json.loads(out)["figures"]


def compare(name, book, figures, changed=False):
    summary = book["Summary"]
    seen = 0
    for row in summary.iter_rows(values_only=True):
        figure = figures.get(row[0])
        if figure is None:
            continue
        if figure["value"] is None:
            if row[2] is not None:
                failures.append("%s: %s has no value in the engine and %r in the sheet" % (name, row[0], row[2]))
            continue
        seen += 1
        if not math.isclose(row[2], figure["value"], rel_tol=1e-9, abs_tol=1e-12):
            failures.append("%s: %s is %r in the sheet and %r in the engine" % (name, row[0], row[2], figure["value"]))
        if not changed and row[9] not in (True, None):
            failures.append("%s: check cell of %s is %r" % (name, row[0], row[9]))
    if seen < 5:
        failures.append("%s: only %d figures were compared" % (name, seen))
    checks = [row[3] for row in book["Checks"].iter_rows(min_row=2, values_only=True) if row[3] is not None]
    if not changed and (len(checks) < 8 or not all(value is True for value in checks)):
        failures.append("%s: checks are %r" % (name, checks))
    if changed and checks[-1] is not False:
        failures.append("%s: ALL_CHECKS does not notice a changed input" % name)


def many_runs(folder):
    """More runs than are written out one by one: trees are shared, and their users are told apart by more than a spreadsheet's idea of equal names."""
    study = {"cradle": 1, "boundary": {"include": ["training", "hardware"], "exclude": {"development": "x", "inference": "x", "water": "x"}}, "functional_unit": "all",
             "sites": {"s": {"grid": {"region": "FR", "year": 2023}, "losses": "national", "pue": 1.2}, "S": {"grid": "500 g/kWh", "pue": 1.5}, "s*": {"grid": "300 g/kWh", "pue": 1.1}},
             "hardware": {name: {"device": "nvidia-h100-80gb-sxm5", "per_node": 8, "node": "8-gpu-server", "lifetime": lifetime, "utilisation": "80 %"}
                          for name, lifetime in [('h', "5 years"), ('H', "3 years"), ('h"', "4 years")]},
             "given": [{"name": "crates", "ghg": "5 kg", "scope": "3.2", "life_cycle": "manufacture", "source": "packing list", "of": "hardware/h", "per": "device-hour"}]}
    study["runs"] = [{"name": "run %d" % index, "stage": "training", "site": ["s", "S", "s*"][index % 3], "hardware": ["h", "H", 'h"'][index // 3 % 3], "devices": 8 + index % 5,
                      "duration": "20 h", "energy": {"power": {"per_device": "300 W"}}, "idle": {"power": {"per_device": "30 W"}}} for index in range(120)]
    path = folder / "many-runs.json"
    path.write_text(json.dumps(study))
    return path


for example, change in [("examples/bert-strubell-2019/study.yaml", None), ("examples/bloom-176b/study.yaml", None), ("examples/llama-3.1-405b/study.yaml", None), ("examples/fine-tune-from-logs/study.yaml", None),
                        ("examples/bloom-176b/cradle-to-grave.yaml", None), ("examples/bloom-176b/cradle-to-grave.yaml", ("sites.idris.pue", "1.4")),
                        ("tests/studies/odd-names.yaml", None), ("tests/studies/scenario.yaml", None), ("tests/studies/service.yaml", None), ("tests/studies/service.yaml", ("functional_unit.amount", "5")),
                        (many_runs, None), (many_runs, ("sites.S.pue", "1.7"))]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        study = example(folder) if callable(example) else ROOT / example
        example = example.__name__ if callable(example) else example
        path = folder / "book.xlsx"
        subprocess.run([CRADLE, "report", study, "--quiet", "-o", path], check=True, stdout=subprocess.DEVNULL)
        cached = openpyxl.load_workbook(path, data_only=True)
        if cached.sheetnames != SHEETS:
            failures.append("%s: sheets are %r" % (example, cached.sheetnames))
        total = engine(study)["ghg.total"]
        if not math.isclose(cached["Summary"]["B3"].value * 1000, total["value"] or (total["low"] + total["high"]) / 2, rel_tol=1e-12):
            failures.append("%s: the cached total is not the engine's" % example)
        book = openpyxl.load_workbook(path)
        if book["Calc_Embodied"].freeze_panes is None or "Total_LB_kg" not in [name.name for name in (book.defined_names.values() if hasattr(book.defined_names, "values") else book.defined_names.definedName)]:
            failures.append("%s: no frozen header or no defined name" % example)
        formulas = sum(1 for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
        if formulas < 30:
            failures.append("%s: only %d formulas" % (example, formulas))
        if change:
            for row in book["Inputs"].iter_rows(min_row=2):
                if row[0].value == change[0]:
                    row[2].value = float(change[1])
        book.save(path)
        more = ("--param", "=".join(change)) if change else ()
        compare(example + (" with " + "=".join(change) if change else ""), recalculate(path, folder), engine(study, *more), bool(change))
print("\n".join(failures) or "every workbook recalculates to the engine's figures")
sys.exit(1 if failures else 0)
