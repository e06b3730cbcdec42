#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The documents' commands run: every `cradle` line of a ```sh block in README and docs, and every example in --help.
Also: every finding code in the sources has its page, and every link between documents leads somewhere."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
# Not to be reached from files; unit tests show them. E091 needs a build without MPI under mpirun.
UNIT_ONLY = ("E051", "E091", "E096", "E097")
failures, commands = [], []
documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
for document in documents:
    text = document.read_text()
    if document.name != "errors.md":
        for block in re.findall(r"```sh\n(.*?)```", text, re.S):
            commands += [(document.name, line) for line in block.splitlines() if line.startswith("cradle ")]
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith("http") and not (document.parent / target).exists():
            failures.append("%s links to %s, which is not there" % (document.name, target))
subcommands = re.findall(r"^  (\w+)  +", subprocess.run([CRADLE, "--help"], capture_output=True, text=True).stdout.split("Subcommands:")[1].split("Start with")[0], re.M)
subcommands = [[name] for name in subcommands]
lca = subprocess.run([CRADLE, "lca", "--help"], capture_output=True, text=True).stdout
subcommands += [["lca", name] for name in re.findall(r"^  (\w+)  +", lca.split("Subcommands:")[1].split("Example:")[0], re.M)]
for words in subcommands:
    name = " ".join(words)
    help_text = subprocess.run([CRADLE, *words, "--help"], capture_output=True, text=True).stdout
    examples = [line for line in re.findall(r"^  (cradle .*)$", help_text.partition("Example:")[2], re.M) if " DIR" not in line]
    if not examples:
        failures.append("%s --help has no example" % name)
    commands += [(name + " --help", line) for line in examples]
studies = [path.relative_to(ROOT) for path in sorted((ROOT / "examples").glob("*/*.yaml"))]
commands += [("an example that cannot be disclosed", "cradle check %s" % path) for path in studies]
with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    shutil.copytree(ROOT / "examples", folder / "examples")
    subprocess.run([CRADLE, "init", "-o", "study.yaml"], cwd=folder, check=True, capture_output=True)
    shutil.copy(ROOT / "examples/fine-tune-from-logs/emissions.csv", folder)
    (folder / "mine").mkdir()
    for where, line in commands:
        line = line.replace("/etc/bash_completion.d/", "").replace("cradle init ", "cradle init --force ", 1)
        done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, env={"PATH": "%s:/usr/bin:/bin" % CRADLE.parent})
        if done.returncode != 0:
            failures.append("%s: `%s` ends with %d: %s" % (where, line, done.returncode, done.stderr[-300:]))
sources = "".join(path.read_text() for floor in ("lca", "inventory", "reporting") for path in (ROOT / floor).rglob("*.[ch]pp"))
pages = (ROOT / "docs/errors.md").read_text()
for code in sorted(set(re.findall(r'"([EWR]\d{2,3})"', sources))):
    if "## %s:" % code not in pages and code not in UNIT_ONLY:
        failures.append("%s has no page in docs/errors.md" % code)
FIGURES_HEAD = """# Figures

Every figure of a report with the question that it answers: which entries of the ledger are summed, and what of them. A figure stands in one
table of the program, which its value, interval, workbook formula and explanation are made from; `cradle explain STUDY figures` prints
it, and `tests/docs.py BINARY ROOT --approve` writes this page from it.

| figure | meaning | unit | summed | over entries where |
|---|---|---|---|---|
"""
figures = json.loads(subprocess.run([CRADLE, "explain", "any", "figures", "--format", "json"], capture_output=True, text=True).stdout)
page = FIGURES_HEAD + "".join("| `%s` | %s | %s | %s%s | %s |\n" % (f["id"], f["label"], f["unit"], "`%s`" % f["method"] if f["method"] else "amounts", ", per unit" if f["per_unit"] else "", f["where"]) for f in figures)
if "--approve" in sys.argv:
    (ROOT / "docs/figures.md").write_text(page)
elif (ROOT / "docs/figures.md").read_text() != page:
    failures.append("docs/figures.md is not what the table of figures says: run tests/docs.py BINARY ROOT --approve")
readme = (ROOT / "README.md").read_text()
formats = [row for row in json.loads(subprocess.run([CRADLE, "logs", "--formats", "--format", "json"], capture_output=True, text=True).stdout) if not row["taken"].startswith("refused")]
for count, words in [(len(formats), "log formats"), (len([p for p in (ROOT / "datasets/estimators").glob("*.yaml") if not re.search(r"-\d$", p.stem)]), "estimators")]:
    if "%d %s" % (count, words) not in readme:
        failures.append("README does not say %d %s" % (count, words))
validated = re.search(r"per model, then over models \| ([\d.]+ %)", (ROOT / "docs/method/roofline-validation.md").read_text()).group(1)
if "within\n%s on average" % validated not in readme:
    failures.append("README does not say what the validation of roofline reached, %s" % validated)
print("\n".join(failures) or "%d commands of the documents run" % len(commands))
sys.exit(1 if failures or len(commands) < 15 else 0)
