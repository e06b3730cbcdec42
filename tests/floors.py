#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A straight stair: each floor includes only what is below it. Also keeps heavy or private libraries in their room."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
FLOORS = ["lca", "inventory", "reporting", "app"]
ROOMS = {  # library -> the only floors (and kinds of file) that may include it
    r"boost/": (["lca"], ".cpp"), r"suitesparse/": (["lca"], ".cpp"), r"sleef\.h": (["lca"], ".cpp"), r"oneapi/": (["lca", "inventory"], ".cpp"), r"mpi\.h": (["app"], ".cpp"), r"Random123/": ([], None),
    r"yaml-cpp/": (["inventory"], ".cpp"), r"udunits2\.h": (["inventory"], ".cpp"), r"csv\.h": (["inventory"], ".cpp"), r"openssl/": (["inventory"], ".cpp"), r"date/": (["inventory"], ".cpp"),
    r"kainjow/": (["reporting"], ".cpp"), r"duktape\.h": (["reporting"], ".cpp"), r"xlsxwriter\.h": (["reporting"], None), r"CLI/": (["app"], ".cpp"), r"nlohmann/json\.hpp": (["inventory", "reporting", "app"], ".cpp"), r"pugixml\.hpp": (["inventory"], ".cpp"), r"zip\.h": (["inventory"], ".cpp"), r"curl/": (["inventory"], ".cpp"),
}
# Rooms of inventory/: what each may include beside itself and the floor below.
INVENTORY = {"text": [], "telemetry": ["text"], "recording": ["text"], "catalogue": ["text"], "systems": ["catalogue", "text"],
             "study": ["catalogue", "telemetry", "text"], "compiler": ["study", "catalogue", "telemetry", "text"],
             "assessment": ["compiler", "study", "catalogue", "telemetry", "text"]}
wrong = []
for level, floor in enumerate(FLOORS):
    for path in sorted((ROOT / floor).rglob("*.[ch]pp")):
        name = path.relative_to(ROOT)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include\s+["<]([^">]+)[">]', line)
            if not match:
                continue
            target = match.group(1)
            other = target.split("/")[0]
            if other in FLOORS and FLOORS.index(other) > level:
                wrong.append("%s:%d: %s/ includes %s, which is a floor above it: move what it needs down, or the code up." % (name, number, floor, target))
            if floor == "inventory" and other == "inventory":
                room, theirs = name.parts[1], target.split("/")[1]
                if room != theirs and theirs not in INVENTORY.get(room, []):
                    wrong.append("%s:%d: the room inventory/%s includes inventory/%s, which is not below it." % (name, number, room, theirs))
            for library, (floors, kind) in ROOMS.items():
                if re.match(library, target) and (floor not in floors or (kind and path.suffix != kind)):
                    wrong.append("%s:%d: %s belongs in %s files of %s only." % (name, number, target, kind or "the", " and ".join(floors)))
print("\n".join(wrong) or "every include goes down the stair")
sys.exit(1 if wrong else 0)
