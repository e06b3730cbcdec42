#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that floors.py fails: an include upwards and a library out of its room each give their sentence."""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
with tempfile.TemporaryDirectory() as folder:
    root = pathlib.Path(folder)
    for floor in ("lca", "inventory", "reporting", "app"):
        (root / floor).mkdir()
    (root / "lca" / "bad.cpp").write_text('#include "reporting/figures.hpp"\n#include <yaml-cpp/yaml.h>\n')
    (root / "inventory" / "telemetry").mkdir()
    (root / "inventory" / "telemetry" / "bad.cpp").write_text('#include "inventory/study/study.hpp"\n')
    done = subprocess.run([sys.executable, HERE / "floors.py", folder], capture_output=True, text=True)
    assert done.returncode == 1, done
    assert "lca/bad.cpp:1: lca/ includes reporting/figures.hpp, which is a floor above it" in done.stdout, done.stdout
    assert "lca/bad.cpp:2: yaml-cpp/yaml.h belongs in .cpp files of inventory only" in done.stdout, done.stdout
    assert "inventory/telemetry/bad.cpp:1: the room inventory/telemetry includes inventory/study" in done.stdout, done.stdout
print("an include upwards is refused with a sentence")
