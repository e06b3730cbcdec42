#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile inputs: a clear error within a second and under 200 MB, and nothing lost."""
import json
import pathlib
import resource
import subprocess
import sys
import tempfile

CRADLE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
LIMIT_S, LIMIT_KB = 1.0, 200_000
failures = []


def processor_seconds():
    """Of the children so far: what a machine does beside the test is not the program's."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(arguments, folder):
    before = processor_seconds()
    process = subprocess.Popen([CRADLE, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    seconds = processor_seconds() - before
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
    "3 MB of keys": (b"".join(b"k%d: 1\n" % i for i in range(250_000)), "E010"),
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
        expect(name, seconds < LIMIT_S * (3 if name.startswith("3 MB") else 1), "%.2f s" % seconds)  # a study may have 64 MB: time goes with size
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
    for arguments, code in ((["report", str(study), "-o", "x.pdf"], 2), (["assess", str(study), "--draws", "100"], 0), (["assess", str(study), "--draws", "-1"], 2), (["frobnicate"], 2), (["assess"], 2), (["assess", str(study), "--param", "x"], 2), (["report", "nasty.yaml", "-o", "a.md", "-o", "a.md"], 2), (["report", "nasty.yaml", "-o", "nobody:card.md"], 2), (["assess", str(study), "--unit", "1 run of runs/final"], 0), (["assess", str(study), "--unit", "a dozen"], 1), (["assess", str(study), "--unit", "1 run of runs/fnal"], 1), (["--help"], 0), (["report", "--help"], 0)):
        status, out, err, _, _ = run(arguments, folder)
        expect(" ".join(arguments[:1] + arguments[2:]), status == code, "exit %d instead of %d" % (status, code))
    # Systems as files: odd ones end with a finding (1) or an answer (0), never with a signal or an exception (3)
    head = "%%MatrixMarket matrix coordinate real general\n"
    unit, demand = head + "1 1 1\n1 1 1\n", "id,activity,amount\n0,0,1\n"
    odd = {
        "no B": ({"A.mtx": unit, "demand.csv": demand}, (0, 1)),
        "B without columns": ({"A.mtx": unit, "B.mtx": head + "1 0 0\n", "C.mtx": unit, "demand.csv": demand}, (1,)),
        "B empty": ({"A.mtx": unit, "B.mtx": head + "1 1 0\n", "C.mtx": unit, "demand.csv": demand}, (0, 1)),
        "C too wide": ({"A.mtx": unit, "B.mtx": unit, "C.mtx": head + "2 3 0\n", "demand.csv": demand}, (1,)),
        "C without B": ({"A.mtx": unit, "C.mtx": unit, "demand.csv": demand}, (1,)),
        "sizes not numbers": ({"A.mtx": head + "2 2 nan\n1 1 1\n", "demand.csv": demand}, (1,)),
        "two thousand million rows": ({"A.mtx": head + "2000000000 2000000000 1\n1 1 1\n", "demand.csv": demand}, (1,)),
        "nothing": ({"A.mtx": head + "0 0 0\n", "demand.csv": "id,activity\n"}, (1,)),
        "beyond a double": ({"A.mtx": unit, "B.mtx": head + "1 1 1\n1 1 1e300\n", "C.mtx": head + "1 1 1\n1 1 1e300\n", "demand.csv": demand}, (1,)),
        "Latin-1 names": ({"A.mtx": unit, "B.mtx": unit, "C.mtx": unit, "demand.csv": demand, "names.csv": "kind,index,name\nprocess,0,K\u00fchlung\n".encode("latin-1")}, (1,)),
        "CRLF and no last newline": ({"A.mtx": unit.replace("\n", "\r\n"), "B.mtx": unit[:-1], "C.mtx": unit, "demand.csv": demand.replace("\n", "\r\n")[:-2]}, (0,)),
        "cut short": ({"A.mtx": head + "2 2 2\n1 1 1\n2 2", "demand.csv": demand}, (1,)),
    }
    for name, (files, codes) in odd.items():
        system = folder / name.replace(" ", "-")
        system.mkdir()
        for file, content in files.items():
            (system / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        for command in (["solve", "--format", "json"], ["contributions"], ["sensitivity"], ["montecarlo", "--draws", "8"], ["time"]):
            status, out, err, seconds, _ = run(["lca", command[0], str(system), *command[1:]], folder)
            expect("lca %s, %s" % (command[0], name), status in (codes if command[0] == "solve" else (0, 1)) and seconds < LIMIT_S, "exit %d, %s" % (status, err[-200:]))
            if status == 0 and "json" in command:
                json.loads(out)
    big = folder / "big"
    big.mkdir()
    with open(big / "A.mtx", "w") as file:
        file.write(head + "1000000 1000000 1000000\n")
        file.writelines("%d %d 1\n" % (i, i) if i != 654321 else "654321 654321 nan\n" for i in range(1, 1000001))
    (big / "demand.csv").write_text(demand)
    status, out, err, seconds, _ = run(["lca", "solve", str(big)], folder)
    expect("one bad entry of 10^6", status == 1 and "A.mtx:654323:" in err and "entry (654321, 654321)" in err and seconds < 5, err[-300:])
print("\n".join(failures) or "every hostile input got its sentence")
sys.exit(1 if failures else 0)
