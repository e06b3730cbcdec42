#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone: whoever includes it need not know what else it wants."""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
FLOORS = ["lca", "inventory", "reporting", "app"]
flags = {}
for entry in json.loads((BUILD / "compile_commands.json").read_text()):
    floor = pathlib.Path(entry["file"]).resolve().relative_to(ROOT.resolve()).parts[0] if entry["file"].startswith(str(ROOT.resolve())) else ""
    words = shlex.split(entry["command"])
    include = [w for i, w in enumerate(words) if w.startswith(("-I", "-D", "-std")) or (i and words[i - 1] == "-isystem") or w == "-isystem"]
    flags.setdefault(floor, [])
    flags[floor] += [w for w in include if w not in flags[floor] or w == "-isystem"]


def check(header):
    command = [os.environ.get("CXX", "c++"), "-fsyntax-only", "-x", "c++", "-include", str(header), *flags[header.relative_to(ROOT).parts[0]], "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True)
    return header, done.returncode, done.stderr


headers = [h for floor in FLOORS for h in sorted((ROOT / floor).rglob("*.hpp")) if not h.name.endswith("_impl.hpp")]
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    wrong = [(h, err) for h, code, err in pool.map(check, headers) if code != 0]
for header, err in wrong:
    print("%s does not compile alone:\n%s" % (header.relative_to(ROOT), err[:600]))
print("%d headers, %d do not compile alone" % (len(headers), len(wrong)))
sys.exit(1 if wrong else 0)
