#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text in, text out: tests/golden/*.test hold commands ("$ cradle ...") and what they print, standard output and
errors together, then "exit N" where N is not 0; lines of "%% " are remarks. --approve writes what they print now."""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(command, folder, cradle):
    environment = {"PATH": "%s:/usr/bin:/bin" % cradle.parent, "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run(["sh", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    return done.stdout + ("exit %d\n" % done.returncode if done.returncode else "")


def main():
    cradle, approve = pathlib.Path(sys.argv[1]).resolve(), "--approve" in sys.argv
    failed = 0
    cases = sorted((ROOT / "tests" / "golden").glob("*.test"))
    for case in cases:
        expected = case.read_text()
        lines = []
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            os.symlink(ROOT / "examples", folder / "examples")
            for line in expected.splitlines(keepends=True):
                if line.startswith("$ "):
                    lines.append(line + run(line[2:], folder, cradle))
                elif line.startswith("%% "):
                    lines.append(line)
        text = "".join(lines)
        if approve:
            case.write_text(text)
        elif text != expected:
            failed += 1
            with tempfile.NamedTemporaryFile("w", suffix=".got") as got:
                got.write(text)
                got.flush()
                subprocess.run(["diff", "-u", str(case), got.name])
    print("%d golden cases, %d failed" % (len(cases), failed))
    return 1 if failed else 0


sys.exit(main())
