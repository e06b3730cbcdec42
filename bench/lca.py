#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The LCA engine against what LCA tools in Python call (bench/peers.py), on synthetic systems of real shape, one thread
each, pairs taken in turn: median ratio (min to max). Correctness first: static scores and sampled systems are solved by
both. A floor missed is exit 1; without systems it says how to make them and skips.

    bench/lca.py SYSTEMS [--pairs 5] [--document docs/performance.md]     SYSTEMS holds n1000, n5000, n20000, n50000"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CRADLE = ROOT / "build" / "release" / "cradle"
ENGINE = ROOT / "build" / "release" / "cradle_bench"
sys.path.insert(0, str(HERE))


MEASURE = """
import os, sys, time
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_maxrss / 1024, file=sys.stderr)
sys.exit(1 if status else 0)
"""


def whole(arguments):
    """Seconds and peak megabytes of one process, and its output. Started from a small process of its own: a child
    begins with the memory of its parent, and this one holds the peers' matrices."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit("bench: %s failed: %s" % (" ".join(map(str, arguments)), done.stderr))
    seconds, megabytes = done.stderr.strip().splitlines()[-1].split()
    return float(seconds), float(megabytes), done.stdout


def engine(folder, *task):
    return json.loads(whole([ENGINE, folder, *map(str, task)])[2])


class Peer:
    """The same questions asked of SciPy and libumfpack in this process."""

    def __init__(self, folder):
        import numpy
        import peers
        self.peers, self.numpy = peers, numpy
        self.system = peers.System(folder, uncertainty=True)
        self.generator = numpy.random.default_rng(1)
        self.base = peers.gmres(self.system.A, self.system.unit(0))

    def timed(self, function):
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    def factor(self):
        self.solver = self.peers.Umfpack(self.system.A)

    def solves(self, count):
        for demand in range(count):
            x = self.solver.solve(self.system.unit(demand))
            self.system.C[0] @ (self.system.B @ x)

    def draw(self, direct):
        a, b = self.system.sample("A", self.generator), self.system.sample("B", self.generator)
        x = self.peers.Umfpack(a).solve(self.system.unit(0)) if direct else self.peers.gmres(a, self.system.unit(0), self.base)
        return self.system.C[0] @ (b @ x)


def peer_process(folder, solver):
    """One LCA from files, in a process of its own."""
    import peers
    system = peers.System(folder)
    x = peers.Umfpack(system.A).solve(system.unit(0)) if solver == "umfpack" else peers.gmres(system.A, system.unit(0))
    print((system.C @ (system.B @ x))[0])


def check(folder, peer):
    """Static scores within 1e-10, sampled systems within 1e-8 of libumfpack."""
    ours = json.loads(whole([CRADLE, "lca", "solve", folder, "--demand", "0", "--only", "scores", "--format", "json"])[2])["demands"][0]["scores"]
    theirs = peer.system.C @ (peer.system.B @ peer.solver.solve(peer.system.unit(0)))
    worst = max(abs(a / b - 1) for a, b in zip(ours, theirs))
    assert worst < 1e-10, "static scores differ by %g" % worst
    sampled = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for draw in (0, 3, 9):
            whole([CRADLE, "lca", "write", folder, "--draw", draw, "--seed", 1, "-o", scratch])
            system = peer.peers.System(scratch)
            exact = (system.C @ (system.B @ peer.peers.Umfpack(system.A).solve(peer.system.unit(0))))[0]
            drawn = json.loads(whole([CRADLE, "lca", "solve", scratch, "--demand", "0", "--only", "scores", "--format", "json"])[2])["demands"][0]["scores"][0]
            sampled = max(sampled, abs(drawn / exact - 1))
    assert sampled < 1e-8, "sampled systems differ by %g" % sampled
    print("checked: static scores within %.1e of libumfpack, three sampled systems within %.1e\n" % (worst, sampled))


def pairs(folder, peer, count):
    """Name, floor, list of ratios, what was counted."""
    rows = {}

    def add(name, floor, ratio, ours, theirs):
        rows.setdefault(name, (floor, [], []))
        rows[name][1].append(ratio)
        rows[name][2].append((ours, theirs))

    peer.factor()
    counts = {"escalated": 0, "failed": 0, "draws": 0}
    for _ in range(count):
        ours = whole([CRADLE, "lca", "solve", folder, "--demand", "0", "--only", "scores", "--format", "json"])
        for solver, floor in (("umfpack", 20), ("gmres", 10)):
            theirs = whole([sys.executable, __file__, folder, "--peer", solver])
            add("one LCA from files, whole process, against %s" % solver, floor, theirs[0] / ours[0], ours[0], theirs[0])
            if solver == "umfpack":
                add("its peak memory", 5, theirs[1] / ours[1], ours[1], theirs[1])
        factor = peer.timed(peer.factor)
        solve = peer.timed(lambda: peer.solves(10)) / 10
        scores = engine(folder, "scores")
        add("scores of 1,000 functional units, against umfpack", 1000, (factor + 1000 * solve) / scores["seconds"], scores["seconds"], factor + 1000 * solve)
        supplies = engine(folder, "supplies")
        add("1,000 supply vectors and inventories, against umfpack", 20, (factor + 1000 * solve) / supplies["seconds"], supplies["seconds"], factor + 1000 * solve)
        tree = engine(folder, "traversal")
        # The peer solves once for each product it meets until the cut-off; ours meets as many.
        theirs = factor + tree["work"] * solve
        add("traversal at 0.5 %%, %d products, against a solve each" % tree["work"], 500, theirs / tree["seconds"], tree["seconds"], theirs)
        one, four, two = engine(folder, "draws", 1, 1, 1600), engine(folder, "draws", 1, 4, 800), engine(folder, "draws", 2, 1, 1600)
        per_draw = one["seconds"] / one["work"]
        direct, iterative = peer.timed(lambda: peer.draw(True)), peer.timed(lambda: [peer.draw(False) for _ in range(5)]) / 5
        add("Monte Carlo, every exchange, against umfpack", 500, direct / per_draw, per_draw, direct)
        add("Monte Carlo, every exchange, against gmres", 30, iterative / per_draw, per_draw, iterative)
        add("Monte Carlo, 4 methods, against gmres with 1", 20, iterative / (four["seconds"] / four["work"]), four["seconds"] / four["work"], iterative)
        add("Monte Carlo, two threads over one", 1.7, one["seconds"] / two["seconds"], two["seconds"], one["seconds"])
        for key in ("escalated", "failed"):
            counts[key] += one[key]
        counts["draws"] += one["work"]
    return rows, counts


def exponent(points):
    """Least squares in logarithms."""
    x, y = [math.log(p[0]) for p in points], [math.log(p[1]) for p in points]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def growth(systems):
    """Seconds by the exchanges that the functional unit reaches."""
    series = {"one LCA": [], "scores of all functional units": [], "one draw": []}
    table = []
    for n in (1000, 5000, 20000, 50000):
        folder = systems / ("n%d" % n)
        if not folder.exists():
            continue
        solve, scores = engine(folder, "solve"), engine(folder, "scores")
        draws = engine(folder, "draws", 1, 1, 400)
        series["one LCA"].append((n, solve["seconds"]))
        series["scores of all functional units"].append((n, scores["seconds"]))
        series["one draw"].append((n, draws["seconds"] / draws["work"]))
        table.append((n, solve["reached"], draws["reached"], solve["seconds"], scores["seconds"], draws["seconds"] / draws["work"], draws["escalated"], draws["failed"], draws["work"]))
    return series, table


def picture(series, path):
    """Log-log lines as SVG, readable in light and dark."""
    width, height, left, top, right, bottom = 760, 420, 80, 20, 280, 50
    points = [p for line in series.values() for p in line]
    x0, x1 = math.log10(min(p[0] for p in points)), math.log10(max(p[0] for p in points))
    y0, y1 = math.floor(math.log10(min(p[1] for p in points))), math.ceil(math.log10(max(p[1] for p in points)))
    at = lambda p: (left + (math.log10(p[0]) - x0) / (x1 - x0) * (width - left - right), height - bottom - (math.log10(p[1]) - y0) / (y1 - y0) * (height - top - bottom))
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" role="img">' % (width, height),
           "<title>Cost against size</title><style>text{fill:#333}.grid{stroke:#ccc}@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#555}}</style>"]
    for decade in range(y0, y1 + 1):
        y = at((10 ** x0, 10 ** decade))[1]
        label = {0: "1 s", -1: "0.1 s", -2: "10 ms", -3: "1 ms", -4: "0.1 ms", -5: "10 us", -6: "1 us"}.get(decade, "1e%d s" % decade)
        out.append('<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>' % (left, width - right, y, y, left - 8, y + 4, label))
    for n in sorted({p[0] for p in points}):
        x = at((n, 10 ** y0))[0]
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (x, height - bottom + 20, format(n, ",")))
    out.append('<text x="%d" y="%d" text-anchor="middle">processes</text>' % ((left + width - right) / 2, height - 8))
    lines = sorted(zip(("#4477aa", "#228833", "#cc6677"), series.items()), key=lambda item: -item[1][1][-1][1])
    below = -20.0
    for colour, (name, line) in lines:
        dots = [at(p) for p in line]
        out.append('<polyline fill="none" stroke="%s" stroke-width="2.5" points="%s"/>' % (colour, " ".join("%.1f,%.1f" % d for d in dots)))
        out += ['<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>' % (*d, colour) for d in dots]
        below = max(dots[-1][1] + 4, below + 18)  # labels keep a line's distance
        out.append('<text x="%.1f" y="%.1f" style="fill:%s">%s, n^%.2f</text>' % (dots[-1][0] + 10, below, colour, name, exponent(line)))
    path.write_text("\n".join(out + ["</svg>"]) + "\n")


def report(rows, counts, series, table):
    lines = ["| what | ours | theirs | ratio (min to max) | floor |", "|---|---|---|---|---|"]
    missed = 0
    for name, (floor, ratios, times) in rows.items():
        ours, theirs = statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)
        unit = lambda v: "%.0f MB" % v if "memory" in name else ("%.3g s" % v if v >= 1 else "%.3g ms" % (v * 1e3))
        lines.append("| %s | %s | %s | %.3g (%.3g to %.3g) | %g |" % (name, unit(ours), unit(theirs), statistics.median(ratios), min(ratios), max(ratios), floor))
        missed += statistics.median(ratios) < floor
    lines += ["", "Of %d draws, %d went past plain sweeps and %d had no meaningful solution." % (counts["draws"], counts["escalated"], counts["failed"])]
    grown = ["| processes | reached | uncertain exchanges reached | one LCA | scores of all functional units | one draw | escalated, failed of draws |", "|---|---|---|---|---|---|---|"]
    for n, reached, uncertain, solve, scores, draw, escalated, failed, draws in table:
        grown.append("| %s | %s | %s | %.3g ms | %.3g ms | %.3g ms | %d, %d of %d |" % (format(n, ","), format(reached, ","), format(uncertain, ","), solve * 1e3, scores * 1e3, draw * 1e3, escalated, failed, draws))
    for name, line in series.items():
        grown.append("" if name == "one LCA" else "")
    grown = grown[: 2 + len(table)] + ["", "Fitted: " + ", ".join("%s n^%.2f" % (name, exponent(line)) for name, line in series.items()) + "."]
    return "\n".join(lines), "\n".join(grown), missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("systems", nargs="?", default=os.environ.get("CRADLE_SYSTEMS", ""))
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--document")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer_process(options.systems, options.peer)
    systems = pathlib.Path(options.systems or "none")
    folder = systems / "n20000"
    if not folder.exists():
        print("LCA engine: no systems, skipped. Give a folder that holds n20000 (A.mtx, B.mtx, C.mtx, demand.csv, uncertainty.csv), or set CRADLE_SYSTEMS.")
        return 0
    peer = Peer(folder)
    peer.factor()
    check(folder, peer)
    rows, counts = pairs(folder, peer, options.pairs)
    series, table = growth(systems)
    ratios, grown, missed = report(rows, counts, series, table)
    print(ratios + "\n\n" + grown)
    if options.document:
        document = pathlib.Path(options.document)
        picture(series, document.parent / "images" / "cost-against-size.svg")
        text = document.read_text()
        for name, body in (("ratios", ratios), ("growth", grown)):
            before, rest = text.split("<!-- %s -->\n" % name)
            text = before + "<!-- %s -->\n" % name + body + "\n<!-- end -->" + rest.split("<!-- end -->", 1)[1]
        document.write_text(text)
    return 1 if missed else 0


sys.exit(main())
