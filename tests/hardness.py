#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile inputs: a clear error within a second and under 200 MB, and nothing lost."""
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
LIMIT_S, LIMIT_KB = 1.0, 200_000
failures = []


def run(arguments, folder):
    start = time.monotonic()
    process = subprocess.Popen([CRADLE, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    seconds = time.monotonic() - start
    return process.returncode, out, err, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def expect(name, condition, detail=""):
    if not condition:
        failures.append("%s: %s" % (name, detail))


bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join("a%d: &a%d [%s]\n" % (i, i, ", ".join(["*a%d" % (i - 1)] * 10)) for i in range(1, 12))
cases = {
    "empty": (b"", "E004"),
    "blank": (b"\n \n", "E004"),
    "binary": (bytes(range(256)) * 4000, "E003"),
    "latin-1": ("cradle: 1\ntitle: Ökobilanz\n".encode("latin-1"), "E003"),
    "anchors": (bomb.encode(), "E007"),
    "nested sequences": (b"[" * 1000 + b"]" * 1000, "E007"),
    "nested mappings": (b"".join(b"%s- a:\n" % (b" " * (2 * i)) for i in range(1000)), "E007"),
    "deep JSON": (b'{"a":' * 100_000, "E007"),
    "3 MB of keys": (b"".join(b"k%d: 1\n" % i for i in range(250_000)), "E007"),
    "one 3 MB line": (b"title: " + b"x" * 3_000_000 + b"\n", "E0"),
    "unclosed quote": (b'title: "' + b"y" * 100_000, "E005"),
    "surrogates": (b"cradle: 1\ntitle: \xed\xa0\x80\n", "E003"),
    "escaped control character": (b'cradle: 1\ntitle: "a\\eb"\n', "E003"),
    "two documents": (b"cradle: 1\nruns: []\n---\ncradle: 1\n", "E005"),
    "60,000 unknown keys": (b"cradle: 1\n" + b"".join(b"key%d: 1\n" % i for i in range(60_000)), "E010"),
    "tabs": (b"cradle: 1\n\tboundary: x\n", "E005"),
}
with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for name, (content, code) in cases.items():
        (folder / "study.yaml").write_bytes(content)
        status, _, err, seconds, kilobytes = run(["check", "study.yaml"], folder)
        expect(name, status == 1 and "[" + code in err, "exit %d, %s" % (status, err[:200]))
        expect(name, seconds < LIMIT_S, "%.2f s" % seconds)
        expect(name, kilobytes < LIMIT_KB, "%d kB" % kilobytes)
        expect(name, len(err) < 4000 or name.startswith("60,000"), "%d characters of error" % len(err))
    with open(folder / "huge.yaml", "wb") as huge:
        huge.truncate(200_000_000)
    status, _, err, seconds, kilobytes = run(["check", "huge.yaml"], folder)
    expect("200 MB", status == 1 and "E002" in err and seconds < LIMIT_S and kilobytes < LIMIT_KB, "exit %d, %.2f s, %d kB, %s" % (status, seconds, kilobytes, err[:200]))

    # A failed run leaves the old report as it was, whatever fails.
    study = ROOT / "examples" / "bloom-176b" / "study.yaml"
    old = folder / "old.html"
    old.write_text("the old report")
    status, *_ = run(["report", str(study), "--quiet", "-o", str(old), "-o", "no-such-folder/new.md"], folder)
    expect("unwritable second output", status == 3 and old.read_text() == "the old report", "exit %d, old report %s" % (status, old.read_text()[:20]))
    (folder / "taken.md").mkdir()
    status, *_ = run(["report", str(study), "--quiet", "-o", str(old), "-o", "taken.md"], folder)
    expect("a folder in the way", status == 3 and old.read_text() == "the old report", "exit %d" % status)
    full = pathlib.Path("/dev/full")
    if full.exists():
        done = subprocess.run("%s assess %s --format json > /dev/full" % (CRADLE, study), shell=True, capture_output=True, text=True)
        expect("full disk", done.returncode == 3, "exit %d" % done.returncode)
    keep = folder / "keep"
    keep.mkdir()
    (keep / "report.html").write_text("the old report")
    (folder / "bad.yaml").write_text("cradle: 1\nruns: 3\n")
    status, *_ = run(["report", "bad.yaml", "--quiet", "-o", str(keep / "report.html")], folder)
    expect("refused study", status == 1 and (keep / "report.html").read_text() == "the old report")
    expect("no litter", [path.name for path in keep.iterdir()] == ["report.html"], str(list(keep.iterdir())))

    # Names from job schedulers and file systems must not become markup or formulas.
    nasty = "</script><script>alert(1)</script>=HYPERLINK(\"http://x\")|`*_é\u202eعربي😀" + "n" * 10_000
    (folder / "nasty.yaml").write_text(
        "cradle: 1\ntitle: '%s'\nfunctional_unit: '=1+1'\nboundary: {include: [training], exclude: {hardware: '<b>x', development: '-', inference: '@x', water: '+x'}}\n"
        "sites: {'=cmd|x': {grid: 57 g/kWh, pue: 1.1}}\nruns: [{name: '=1+1', site: '=cmd|x', energy: 100 kWh}]\n" % nasty)
    status, _, err, _, _ = run(["report", "nasty.yaml", "--quiet", "-o", "n.html", "-o", "n.md", "-o", "n.xlsx", "-o", "n.json"], folder)
    expect("nasty names", status == 0, err[:300])
    html = (folder / "n.html").read_text()
    expect("nasty names", html.count("<script") == 1 and "alert(1)</script>" not in html, "markup got through")
    # Wrong use
    for arguments, code in ((["report", str(study), "-o", "x.pdf"], 2), (["assess", str(study), "--draws", "100"], 2), (["frobnicate"], 2), (["assess"], 2), (["assess", str(study), "--param", "x"], 2), (["report", "nasty.yaml", "-o", "a.md", "-o", "a.md"], 2), (["report", "nasty.yaml", "-o", "hf:card.md"], 2), (["assess", str(study), "--unit", "1 run of runs/final"], 0), (["assess", str(study), "--unit", "a dozen"], 1), (["assess", str(study), "--unit", "1 run of runs/fnal"], 1), (["--help"], 0), (["report", "--help"], 0)):
        status, out, err, _, _ = run(arguments, folder)
        expect(" ".join(arguments[:1] + arguments[2:]), status == code, "exit %d instead of %d" % (status, code))
    expect("--draws", "Monte Carlo" in run(["assess", str(study), "--draws", "100"], folder)[2], "no sentence")
print("\n".join(failures) or "every hostile input got its sentence")
sys.exit(1 if failures else 0)
