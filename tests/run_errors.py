#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every bad example in tests/errors and compares what is said, word for word, and the exit code.

Each folder holds the bad input, `why` (what the code means, for docs/errors.md) and `expected`; `command` replaces
the default `cradle check study.yaml`; `setup` is a shell line run first. --approve writes `expected` and the page.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "errors.md"
HEAD = """# Findings

Every finding has a code that stays the same. E are errors, W warnings, R refusals to print a report (`--draft`
writes it all the same, marked as a draft). Exit codes: 0 done, 1 an error or a refusal, 2 wrong use, 3 trouble of the
machine. This page is made from the runnable examples in `tests/errors` by `tests/run_errors.py --approve`.
"""


def run(case, cradle):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder) / "case"
        shutil.copytree(case, work)
        command_file = case / "command"
        command = command_file.read_text().strip() if command_file.exists() else "cradle check study.yaml"
        setup = (case / "setup").read_text() if (case / "setup").exists() else "true"
        subprocess.run(["sh", "-c", setup], cwd=work, check=True)
        shell = command.replace("cradle", str(cradle), 1)
        done = subprocess.run(["sh", "-c", shell], cwd=work, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "NO_COLOR": "1"})
        return command, done.stderr + "exit %d\n" % done.returncode


def printable(text):
    """Control characters written out, so that the page stays a text."""
    return "".join(c if c >= " " or c in "\n\t" else "\\x%02x" % ord(c) for c in text)


def page(case, command, output):
    code, _, title = case.name.partition("-")
    lines = ["", "## %s: %s" % (code, title.replace("-", " ")), "", (case / "why").read_text().strip(), ""]
    study = case / "study.yaml"
    if study.exists() and study.stat().st_size < 1500:
        lines += ["```yaml", printable(study.read_text().rstrip()), "```", ""]
    return "\n".join(lines + ["```", "$ " + command, output.rstrip(), "```", ""])


def main():
    cradle = pathlib.Path(sys.argv[1]).resolve()
    approve = "--approve" in sys.argv
    failed, pages = [], [HEAD]
    cases = sorted(path for path in (HERE / "errors").iterdir() if path.is_dir())
    for case in cases:
        command, output = run(case, cradle)
        pages.append(page(case, command, output))
        expected = case / "expected"
        if approve:
            expected.write_text(output)
        elif not expected.exists() or expected.read_text() != output:
            failed.append(case.name)
            print("%s: expected\n%sgot\n%s" % (case.name, expected.read_text() if expected.exists() else "(nothing)\n", output))
    text = "".join(pages)
    if approve:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        failed.append("docs/errors.md is not what the examples say: run tests/run_errors.py BINARY --approve")
        print(failed[-1])
    print("%d examples, %d failed" % (len(cases), len(failed)))
    return 1 if failed else 0


sys.exit(main())
