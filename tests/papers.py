#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes into papers and model pages: LaTeX compiles, also of a hostile study; a short form is one page; a model card
has valid metadata, and a card that is there keeps every other byte. Usage: papers.py CRADLE ROOT"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
failures = []
HOSTILE = r"""cradle: 1
title: '</script> 100 % & #1 _x_ {y} $z$ ~ ^ \input{/etc/passwd} "q" 日本 שלום 🌍 =cmd|'' /C calc''!A0 %s'
organisation: 'A & B_C % 🌍'
date: 2026-01-01
boundary: {include: [training], exclude: {hardware: 'a_b & 50 %% {', development: '\end{document}', inference: x, water: x}}
functional_unit: '1 model \ & _'
sites: {'s_1 & %%': {grid: {region: FR, year: 2023}, pue: 1.1}}
runs: [{name: 'run_1 & 🌍 \foo', site: 's_1 & %%', energy: 12 MWh}, {name: 'lost', status: failed, site: 's_1 & %%', energy: 3 MWh}]
""".replace("%s", "long " * 2000).replace("%%", "%")
PREAMBLE = r"\documentclass{article}\usepackage[utf8]{inputenc}\usepackage{booktabs}\usepackage[margin=2cm]{geometry}\newcommand{\answerYes}{[Yes]}\begin{document}"
CARD = """---
license: apache-2.0
co2_eq_emissions:
  emissions: 1
  source: old
tags:
- text
---
# A model

```
## Environmental Impact
```

## Environmental Impact

old words

### below it

## Citation

kept to the last byte"""


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True)


def compile_tex(folder, name, body, pages=None):
    (folder / (name + "-main.tex")).write_text(PREAMBLE + body + r"\end{document}")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", name + "-main.tex"], cwd=folder, capture_output=True)
    log = done.stdout.decode("utf-8", "replace")
    written = re.search(r"Output written on .*?\((\d+) page", log.replace("\n", ""))
    if done.returncode or written is None:
        failures.append("%s does not compile: %s" % (name, [line for line in log.splitlines() if line.startswith("!")][:3]))
    elif pages is not None and int(written.group(1)) > pages:
        failures.append("%s takes %s pages" % (name, written.group(1)))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    hostile = folder / "hostile.yaml"
    hostile.write_text(HOSTILE)
    studies = {"hostile": hostile, "bloom": ROOT / "examples/bloom-176b/cradle-to-grave.yaml", "serve": ROOT / "examples/serve-7b/study.yaml"}
    for key, study in studies.items():
        files = {kind: folder / ("%s-%s" % (key, kind)) for kind in ("paper.tex", "short.tex", "neurips.tex", "acl.tex", "short.md", "short.html", "card.md", "result.json")}
        targets = {"paper.tex": "", "short.tex": "short:", "neurips.tex": "neurips:", "acl.tex": "acl:", "short.md": "short:", "short.html": "short:", "card.md": "hf:", "result.json": ""}
        files["card.md"].write_text(CARD)
        done = run(CRADLE, "report", study, "--quiet", *[word for kind, path in files.items() for word in ("-o", targets[kind] + str(path))])
        if done.returncode:
            failures.append("%s: %s" % (key, done.stderr))
            continue
        compile_tex(folder, key + "-paper", r"\input{%s-paper.tex}" % key)
        compile_tex(folder, key + "-short", r"\input{%s-short.tex}" % key, pages=None if key == "hostile" else 1)
        compile_tex(folder, key + "-lists", r"\begin{itemize}\input{%s-neurips.tex}\end{itemize}\input{%s-acl.tex}" % (key, key))
        figures = json.loads(files["result.json"].read_text())["figures"]
        card = files["card.md"].read_text()
        front = yaml.safe_load(card.split("---\n")[1])
        grams = figures["ghg.operational"]["value"] * 1000
        if not isinstance(front["co2_eq_emissions"]["emissions"], (int, float)) or abs(front["co2_eq_emissions"]["emissions"] / grams - 1) > 0.005:
            failures.append("%s: the card says %r g, the result %g" % (key, front["co2_eq_emissions"]["emissions"], grams))
        if front["license"] != "apache-2.0" or front["tags"] != ["text"] or "source: old" in card or "old words" in card or "below it" in card:
            failures.append("%s: the card's metadata or section is not what it must be" % key)
        if not card.endswith("## Citation\n\nkept to the last byte") or not card.startswith("---\nlicense: apache-2.0\n") or "```\n## Environmental Impact\n```\n" not in card:
            failures.append("%s: the card lost bytes that are not ours" % key)
        bullets = re.findall(r"^- \*\*(.+?):\*\*", card, re.M)
        if bullets != ["Hardware Type", "Hours used", "Cloud Provider", "Compute Region", "Carbon Emitted"]:
            failures.append("%s: the bullets are %s" % (key, bullets))
        again = run(CRADLE, "report", study, "--quiet", "-o", "hf:" + str(files["card.md"]))
        if again.returncode or files["card.md"].read_text() != card:
            failures.append("%s: a second run changes the card" % key)
        if "</script>" in files["short.html"].read_text():
            failures.append("%s: text became markup" % key)
    # the same headline at the same rounding in every target
    line = (folder / "bloom-short.md").read_text().split("**")[1]
    for kind in ("short.html", "card.md", "paper.tex", "acl.tex"):
        text = (folder / ("bloom-" + kind)).read_text().replace("CO\\textsubscript{2}e", "CO2e")
        if line not in text:
            failures.append("%s does not say %s" % (kind, line))
    # cards of odd form: the new figure is in force, once, or the card is refused and stays as it was
    block = "co2_eq_emissions: # grams\n# note\n  emissions: 3\n\n  source: x\n"
    odd = {"remark": "---\nlicense: mit\n" + block + "tags: [a]\n---\n# T\n", "list": "---\nco2_eq_emissions:\n- 5\n- 6\nlicense: mit\n---\n", "bare": "---\nco2_eq_emissions: 12\n---\ntext\n",
           "quoted": "---\n\"co2_eq_emissions\": 5\n---\n", "spaced": "---\nco2_eq_emissions : 5\n---\n", "mark": "\ufeff---\nlicense: mit\n---\n# T\n", "open": "---\nlicense: mit\n# T\n",
           "tilde": "# T\n\n~~~\n# Environmental Impact\n~~~\n\n# Environmental Impact\nold words\n", "lower": "# T\n## Environmental impact\nold words\n## Next\n", "under": "T\n===\n\nEnvironmental Impact\n---------\nold words\n\nNext\n----\nkept\n",
           "bold": "# T\n## **Environmental Impact**\nold words\n", "anchor": "# T\n## Environmental Impact {#env}\nold words\n", "crlf": "---\r\nlicense: mit\r\n---\r\n# T\r\n\r\n## Environmental Impact\r\nold words\r\n"}
    for kind, before in odd.items():
        path = folder / ("odd-%s.md" % kind)
        path.write_bytes(before.encode())
        done = run(CRADLE, "report", studies["bloom"], "--quiet", "-o", "hf:" + str(path))
        after = path.read_bytes().decode()
        if done.returncode:
            if after != before or "R17" not in done.stderr or kind != "open":
                failures.append("card '%s' is refused: %s" % (kind, done.stderr))
            continue
        text = after.lstrip("\ufeff")
        front = yaml.safe_load(text.replace("\r\n", "\n").split("---\n")[1])
        if not isinstance(front.get("co2_eq_emissions"), dict) or front["co2_eq_emissions"]["emissions"] < 1e6 or text.count("co2_eq_emissions") != 1:
            failures.append("card '%s': the new figure is not in force: %r" % (kind, front))
        if "old words" in text or text.lower().count("environmental impact") != (2 if kind == "tilde" else 1):
            failures.append("card '%s': two footprints" % kind)
        if kind == "crlf" and "\n" in text.replace("\r\n", ""):
            failures.append("card 'crlf': line ends are mixed")
        if kind == "tilde" and "~~~\n# Environmental Impact\n~~~\n" not in text:
            failures.append("card 'tilde': the code was touched")
        if kind in ("remark", "under") and ("tags: [a]" if kind == "remark" else "Next\n----\nkept\n") not in text:
            failures.append("card '%s': something else was lost" % kind)
    fresh = folder / "fresh.md"
    run(CRADLE, "report", studies["bloom"], "--quiet", "-o", "hf:" + str(fresh))
    if not fresh.read_text().startswith("---\nco2_eq_emissions:\n"):
        failures.append("a new card has no metadata")
    unknown = run(CRADLE, "report", studies["bloom"], "-o", "esg:" + str(folder / "x.md"))
    if unknown.returncode != 2 or (folder / "x.md").exists() or "short:*.md" not in unknown.stderr:
        failures.append("an unknown target must be refused with the list")
print("\n".join(failures) or "papers and cards are as they must be")
sys.exit(1 if failures else 0)
