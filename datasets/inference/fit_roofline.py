#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the constants of the estimator `roofline` to measured energies of serving, and validates them on models left out.

Writes the fitted constants into datasets/estimators/roofline.yaml and the page docs/method/roofline-validation.md with
its picture; --check only says whether they are what it would write. The same formulas as the estimator's, written out
once more: tests/roofline.py compares the two. A fit is a maximum a posteriori estimate: every constant has a centre and
a spread on the logarithm, and the data move it from there. Pure Python, one result on every machine."""
import csv
import math
import pathlib
import re
import sys
from math import exp, log, sqrt

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ESTIMATOR = ROOT / "datasets/estimators/roofline.yaml"
PAGE = ROOT / "docs/method/roofline-validation.md"
PICTURE = ROOT / "docs/method/roofline-validation.svg"
MEASURED = ROOT / "datasets/inference/mlenergy-v3.csv"

# Constant, centre, spread (standard deviation of the logarithm).
FITTED = [("scattered", 0.60, 0.5), ("gemm", 0.75, 0.3), ("grouped", 0.40, 0.8), ("layer_overhead", 30e-6, 0.5), ("sequence_overhead", 35e-6, 1.0),
          ("sampler_passes", 25.0, 1.2), ("busy_share", 0.20, 0.8), ("byte_energy", 120.0, 0.5), ("vector_energy", 1.30, 0.6), ("flop_energy", 1.30, 0.4)]
# Prompt lengths are not in the data: two are fitted, one hardly matters beside outputs of 5,000 to 12,000 tokens.
PROMPTS = [("lm-arena-chat", 300.0, 0.8), ("sourcegraph-fim", 2000.0, 0.8)]
FIXED_PROMPTS = {"gpqa": 250.0}
ERROR = 1.5  # the printed 95 % interval: estimate / ERROR to estimate x ERROR
WEIGHT = {"step": 0.5, "power": 0.5, "energy": 1.0, "latency": 0.3}
BEND = 0.2   # residuals beyond 20 % count less (pseudo-Huber)
# One measured point: its correction fades with distance (logarithms); how far is the estimator's own.
NEAR = {"batch": "near_batch", "devices": "near_devices", "tokens_out": "near_output"}

# A whole model with its variants is left out together; one of the two Nemotrons was pruned from the other.
FAMILIES = {"qwen3-coder-30b-a3b": "qwen3-30b-a3b", "qwen3-235b-a22b-fp8": "qwen3-235b-a22b", "llama-3.1-405b-fp8": "llama-3.1-405b", "nemotron-nano-9b-v2": "nemotron-nano-12b-v2"}


def number(text):
    return float(text.split()[0])


def devices():
    found = {}
    with open(ROOT / "datasets/hardware/devices.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["figure"] in ("peak_bf16", "peak_fp8", "bandwidth", "tdp", "idle_in_service", "link_bandwidth"):
                found.setdefault(row["id"], {})[row["figure"]] = number(row["value"])
    return found


def shapes():
    figures = ("parameters", "active_parameters", "layers", "hidden_size", "vocabulary", "experts", "experts_per_token", "expert_layers", "routed_parameters", "cache_values",
               "window_values", "window", "state_bytes", "weight_bits", "block_scaled", "full_layers", "query_heads", "head_size")
    found = {}
    with open(ROOT / "datasets/inference/language-models.csv", newline="") as file:
        for row in csv.DictReader(file):
            shape = {name: float(row[name] or 0) for name in figures}
            shape["expert_bits"] = float(row["expert_bits"] or row["weight_bits"])
            shape["attention_width"] = shape["full_layers"] * shape["query_heads"] * shape["head_size"]
            found[row["id"]] = shape
    return found


def measurements():
    known, of = devices(), shapes()
    rows = []
    with open(MEASURED, newline="") as file:
        for row in csv.DictReader(file):
            one = dict(of[row["shape"]], **known[row["device"]])
            one.update(model=row["model"], shape=row["shape"], family=FAMILIES.get(row["shape"], row["shape"]), task=row["task"], device=row["device"],
                       joules=float(row["joules_per_token"]), watts=float(row["watts"]), step=float(row["batch"]) / float(row["tokens_per_second"]), latency=float(row["token_latency_ms"]) / 1e3,
                       devices=float(row["devices"]), batch=float(row["batch"]), tokens_out=float(row["tokens_out"]))
            rows.append(one)
    return rows


def step_of(c, r, tokens, started, read, mixed):
    """Seconds, and joules of one device beyond idle, of a step that computes `tokens`, `batch` of them decoded."""
    n, b, p = r["devices"], r["batch"], c["overlap"]
    span = r["tdp"] - r["idle_in_service"]
    low = max(0.0, min(1.0, (16 - max(r["weight_bits"], 8)) / 8))
    peak = (r["peak_bf16"] + low * c["low_precision_gain"] * (r["peak_fp8"] - r["peak_bf16"])) * 1e12
    context = read + r["tokens_out"] / 2
    chosen = r["routed_parameters"] * r["experts_per_token"] / r["experts"]
    dense_bytes = max(0.0, r["parameters"] - r["routed_parameters"] - r["vocabulary"] * r["hidden_size"]) * r["weight_bits"] / 8 / n
    expert_bytes = expert_flop = moved = 0.0
    flop = 2 * r["active_parameters"] * tokens / n
    if r["experts"] > 1:
        touched = 1 - (1 - r["experts_per_token"] / r["experts"]) ** (tokens ** c["skew"])
        expert_bytes = r["routed_parameters"] * touched * r["expert_bits"] / 8 / n
        padding = c["block_rows"] if r["block_scaled"] else c["rows"]
        expert_flop = 2 * r["routed_parameters"] * (tokens * r["experts_per_token"] / r["experts"] + padding * sqrt(touched)) / n
        moved = 4 * (chosen / r["hidden_size"] + r["hidden_size"] * r["experts_per_token"] * r["expert_layers"]) * tokens
        flop = 2 * (r["active_parameters"] - chosen) * tokens / n
    if mixed:
        flop += 2 * r["attention_width"] * read ** 2 * started / n
    cache = b * (r["cache_values"] * context + r["window_values"] * min(context, r["window"])) * 2 / n
    sequence = 2 * b * r["state_bytes"] / n + 4 * b * r["vocabulary"] * c["sampler_passes"]
    speed = r["bandwidth"] * 1e9

    def product(read_seconds, computed_seconds):
        return (read_seconds ** p + computed_seconds ** p) ** (1 / p)

    busy = product(dense_bytes / (speed * c["contiguous"]), flop / (peak * c["gemm"]))
    busy += product(expert_bytes / (speed * c["scattered"]), expert_flop / (peak * c["grouped"]))
    busy += cache / (speed * c["scattered"]) + (sequence + moved) / (speed * c["contiguous"])
    busy += 8 * r["hidden_size"] * r["layers"] * tokens * (n - 1) / n / (r["link_bandwidth"] / 2 * 1e9)
    busy += c["step_overhead"] + r["layers"] * (c["layer_overhead"] + mixed * c["mixed_layer"] + 2 * c["reduce_latency"] * (n - 1))
    joules = span * c["busy_share"] * busy + c["byte_energy"] * 1e-12 * (dense_bytes + expert_bytes + c["vector_energy"] * (cache + sequence + moved))
    joules += c["flop_energy"] * span / peak * (flop + expert_flop)
    return max(busy, joules / span) + c["sequence_overhead"] * b, joules


def predict(c, r, read=None):
    """Seconds of a mean step, watts of all devices, seconds of a step that only decodes, share of those that do not."""
    read = c[r["task"]] if read is None else read
    mixed_share = 1 - exp(-r["batch"] / r["tokens_out"])
    started = r["batch"] / r["tokens_out"] / mixed_share
    seconds, joules = step_of(c, r, r["batch"], started, read, 0)
    mixed_seconds, mixed_joules = step_of(c, r, r["batch"] + started * read, started, read, 1)
    step = (1 - mixed_share) * seconds + mixed_share * mixed_seconds
    watts = r["devices"] * (r["idle_in_service"] + ((1 - mixed_share) * joules + mixed_share * mixed_joules) / step)
    return step, watts, seconds, mixed_share


def joules_per_token(c, r, read=None):
    step, watts, _, _ = predict(c, r, read)
    return step * watts / r["batch"]


class Fit:
    """Gauss-Newton with Levenberg's damping, on logarithms."""

    def __init__(self, fixed):
        self.fixed = fixed
        self.terms = FITTED + PROMPTS

    def constants(self, u):
        return dict(self.fixed, **FIXED_PROMPTS, **{name: exp(v) for (name, _, _), v in zip(self.terms, u)})

    def residuals(self, u, rows, weights):
        bend = lambda r: math.copysign(BEND * sqrt(2 * (sqrt(1 + (r / BEND) ** 2) - 1)), r)
        c, out = self.constants(u), []
        for r, k in zip(rows, weights):
            step, watts, decode, mixed_share = predict(c, r)
            slow, hot = log(step / r["step"]), log(watts / r["watts"])
            out += [WEIGHT["step"] * k * bend(slow), WEIGHT["power"] * k * bend(hot), WEIGHT["energy"] * k * bend(slow + hot)]
            if mixed_share < 0.5:
                out.append(WEIGHT["latency"] * k * (1 - 2 * mixed_share) * bend(log(decode / r["latency"])))
        return out + [(v - log(centre)) / spread for v, (_, centre, spread) in zip(u, self.terms)]

    def run(self, rows, start=None):
        count = {}
        for r in rows:
            count[r["model"]] = count.get(r["model"], 0) + 1
        weights = [sqrt(len(rows) / len(count) / count[r["model"]]) for r in rows]  # models weigh alike
        u = start or [log(centre) for _, centre, _ in self.terms]
        now = self.residuals(u, rows, weights)
        cost, damping = sum(x * x for x in now), 1e-3
        for _ in range(40):
            columns = []
            for i in range(len(u)):
                moved = u[:]
                moved[i] += 1e-4
                columns.append([(a - b) * 1e4 for a, b in zip(self.residuals(moved, rows, weights), now)])
            normal = [[sum(a * b for a, b in zip(x, y)) for y in columns] for x in columns]
            down = [-sum(a * b for a, b in zip(x, now)) for x in columns]
            while True:
                damped = [[v * (1 + damping) if i == j else v for j, v in enumerate(line)] for i, line in enumerate(normal)]
                tried = [a + b for a, b in zip(u, solve(damped, down))]
                after = self.residuals(tried, rows, weights)
                lower = sum(x * x for x in after)
                if lower <= cost:
                    break
                damping *= 10
                if damping > 1e6:
                    return u
            done = cost - lower < 1e-5 * cost
            u, now, cost, damping = tried, after, lower, damping / 10
            if done:
                break
        return u


def solve(matrix, right):
    n = len(right)
    rows = [line[:] + [v] for line, v in zip(matrix, right)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for j in range(i + 1, n):
            factor = rows[j][i] / rows[i][i]
            for k in range(i, n + 1):
                rows[j][k] -= factor * rows[i][k]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - sum(rows[i][k] * x[k] for k in range(i + 1, n))) / rows[i][i]
    return x


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def percent(share, digits=0):
    return "%.*f %%" % (digits, 100 * share)


def ranking(rows, predicted):
    """Pairs of configurations of one model and task in the order that was measured: all, and the least group."""
    good = pairs = 0
    least = 1.0
    for group in sorted({(r["model"], r["task"]) for r in rows}):
        at = [i for i, r in enumerate(rows) if (r["model"], r["task"]) == group]
        right = sum((predicted[x] - predicted[y]) * (rows[x]["joules"] - rows[y]["joules"]) > 0 for x in at for y in at if y < x)
        total = len(at) * (len(at) - 1) // 2
        good, pairs = good + right, pairs + total
        least = min(least, right / total) if total else least
    return good / pairs, least


def trust(c, point, r):
    return exp(-sum((log(r[key] / point[key]) / c[scale]) ** 2 for key, scale in NEAR.items()) / 2)


def calibration(c, rows, predicted):
    """Each configuration in turn as the measured point of its model and device: mean error of the others with it, without it, and the share within the interval."""
    groups = {}
    for i, r in enumerate(rows):
        groups.setdefault((r["model"], r["device"]), []).append(i)
    sigma = log(ERROR) / 1.96
    results = []
    for at in groups.values():
        pairs = [(p, x) for p in at for x in at if p != x]
        if not pairs:
            continue
        errors, plain, inside = [], [], []
        for p, x in pairs:
            near = trust(c, rows[p], rows[x])
            corrected = predicted[x] * (rows[p]["joules"] / predicted[p]) ** near
            errors.append(abs(corrected / rows[x]["joules"] - 1))
            plain.append(abs(predicted[x] / rows[x]["joules"] - 1))
            inside.append(abs(log(corrected / rows[x]["joules"])) <= 1.96 * sqrt(sigma ** 2 * (1 - near ** 2) + c["point_error"] ** 2))
        results.append((mean(errors), mean(plain), mean(inside)))
    return [mean(r[k] for r in results) for k in range(3)]


def picture(rows, predicted):
    """Predicted over measured on logarithmic axes, one colour a device, hollow where several devices share the model."""
    size, margin, low, high = 420, 46, log(0.02), log(40)
    place = lambda v: margin + (log(v) - low) / (high - low) * (size - margin - 8)
    colours = {"nvidia-h100-80gb-sxm5": "#0072b2", "nvidia-b200-180gb-sxm6": "#d55e00"}
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="11">' % (size, size, size, size),
           '<rect width="%d" height="%d" fill="#ffffff"/>' % (size, size)]
    for factor in (1 / ERROR, 1, ERROR):
        ends = (exp(low) * max(1, 1 / factor), exp(high) / max(1, factor))
        out.append('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#888888"%s/>' % (place(ends[0]), size - place(ends[0] * factor), place(ends[1]), size - place(ends[1] * factor), "" if factor == 1 else ' stroke-dasharray="3 3"'))
    for tick in (0.03, 0.1, 0.3, 1, 3, 10, 30):
        out.append('<text x="%.1f" y="%d" text-anchor="middle" fill="#333333">%g</text>' % (place(tick), size - margin + 16, tick))
        out.append('<text x="%d" y="%.1f" text-anchor="end" fill="#333333">%g</text>' % (margin - 6, size - place(tick) + 4, tick))
    for r, joules in zip(rows, predicted):
        colour = colours[r["device"]]
        out.append('<circle cx="%.1f" cy="%.1f" r="3" stroke="%s" fill="%s" fill-opacity="0.6"/>' % (place(r["joules"]), size - place(joules), colour, "none" if r["devices"] > 1 else colour))
    out.append('<text x="%d" y="%d" text-anchor="middle" fill="#333333">measured, J per output token</text>' % ((size + margin) // 2, size - 10))
    out.append('<text transform="translate(12 %d) rotate(-90)" text-anchor="middle" fill="#333333">predicted, model left out</text>' % ((size - margin) // 2))
    for line, (name, colour) in enumerate((("H100", "#0072b2"), ("B200", "#d55e00"))):
        out.append('<circle cx="%d" cy="%d" r="4" fill="%s"/><text x="%d" y="%d" fill="#333333">%s</text>' % (margin + 14, 20 + 16 * line, colour, margin + 24, 24 + 16 * line, name))
    return "\n".join(out + ["</svg>", ""])


def page(fit, u, rows, folds, predicted):
    c = fit.constants(u)
    errors = lambda at: mean(abs(predicted[i] / rows[i]["joules"] - 1) for i in at)
    covered = lambda at: mean(rows[i]["joules"] / ERROR <= predicted[i] <= rows[i]["joules"] * ERROR for i in at)
    everything = range(len(rows))
    models = sorted({r["model"] for r in rows})
    of = {m: [i for i in everything if rows[i]["model"] == m] for m in models}
    in_sample = [joules_per_token(c, r) for r in rows]
    order, least_order = ranking(rows, predicted)
    point, plain, inside = calibration(c, rows, predicted)
    lines = ["# roofline: validation", "",
             "Made by `datasets/inference/fit_roofline.py`; the gate checks that it is what the script writes.", "",
             "Measured: %d configurations of %d models on H100 and B200, text, vLLM, GPU energy over output tokens (ML.ENERGY Benchmark v3, Chung et al. 2025; `datasets/inference/mlenergy-v3.csv`)." % (len(rows), len(models)),
             "Left out: each of %d models with all its variants in turn; the rest fits the constants, and the model left out is predicted." % len(folds), "",
             "| | reached |", "|---|--:|",
             "| mean of \\|predicted - measured\\| / measured, per model, then over models | %s |" % percent(mean(errors(of[m]) for m in models), 1),
             "| the same with nothing left out | %s |" % percent(mean(mean(abs(in_sample[i] / rows[i]["joules"] - 1) for i in of[m]) for m in models), 1),
             "| worst and best model | %s, %s |" % (percent(max(errors(of[m]) for m in models), 1), percent(min(errors(of[m]) for m in models), 1)),
             "| pairs of configurations of one model and task in the right order | %s (least group %s) |" % (percent(order, 1), percent(least_order)),
             "| measurements within the printed interval (estimate / %g to x %g) | %s (least model %s) |" % (ERROR, ERROR, percent(covered(everything), 1), percent(min(covered(of[m]) for m in models))),
             "| high over low of the interval | %.2f |" % ERROR ** 2,
             "| one configuration measured: error of the others of that model and device | %s (without it %s; within the narrowed interval %s) |" % (percent(point, 1), percent(plain, 1), percent(inside)),
             "", "**How far to believe it.** The form, the centres and the fixed constants were chosen while looking at these models, so that unseen ones will do worse: expect 12 to 16 %%. With the centres alone, nothing fitted, the error is %s." % percent(mean(mean(abs(joules_per_token(fit.constants([log(x) for _, x, _ in fit.terms]), rows[i]) / rows[i]["joules"] - 1) for i in of[m]) for m in models), 1),
             "Step time alone errs by %s and power by %s; the two errors partly cancel. Input lengths are not in the data: %.0f tokens of a chat and %.0f of a completion are fitted, 250 of gpqa assumed." % (
                 percent(mean(mean(abs(predict(c, rows[i])[0] / rows[i]["step"] - 1) for i in of[m]) for m in models)), percent(mean(mean(abs(predict(c, rows[i])[1] / rows[i]["watts"] - 1) for i in of[m]) for m in models)), c["lm-arena-chat"], c["sourcegraph-fim"]),
             "Devices other than these two have no such data: their interval is twice to half, assumed.", "",
             "![Predicted over measured energy per output token](roofline-validation.svg)", "", "Hollow: several devices share the model. Dashed: the printed interval.", "",
             "| model | rows | error | bias | within | by device and task |", "|---|--:|--:|--:|--:|---|"]
    for m in models:
        groups = sorted({(rows[i]["device"], rows[i]["task"]) for i in of[m]})
        by = ", ".join("%s %s %s" % (device.split("-")[1].upper(), task, percent(errors([i for i in of[m] if (rows[i]["device"], rows[i]["task"]) == (device, task)]))) for device, task in groups)
        lines.append("| %s | %d | %s | %+.0f %% | %s | %s |" % (m, len(of[m]), percent(errors(of[m])), 100 * (exp(mean(log(predicted[i] / rows[i]["joules"]) for i in of[m])) - 1), percent(covered(of[m])), by))
    lines += ["", "The worst:", "", "| model | task | devices | batch | predicted J | measured J | |", "|---|---|---|--:|--:|--:|--:|"]
    for i in sorted(everything, key=lambda i: -abs(log(predicted[i] / rows[i]["joules"])))[:10]:
        r = rows[i]
        lines.append("| %s | %s | %d x %s | %.0f | %.3g | %.3g | %+.0f %% |" % (r["model"], r["task"], r["devices"], r["device"].split("-")[1].upper(), r["batch"], predicted[i], r["joules"], 100 * (predicted[i] / r["joules"] - 1)))
    lines += ["", "Small models that reason at small batches on one B200 are limited by their host, which nothing here predicts; experts with scales per block draw more at batches of 8 and 16 than the form says; dense models above",
              "1,000 sequences on B200 need less, perhaps because prompts repeat. The bias of a model is the mean of its logarithms.", ""]
    return "\n".join(lines)


def with_constants(text, fit, u):
    for name, value in fit.constants(u).items():
        if name in dict((n, 0) for n, _, _ in FITTED):
            text, times = re.subn(r"(?m)^(  %s: \{.*?default: )[^,]+," % name, lambda m: "%s%s," % (m.group(1), "%.3g" % value), text)
            if times != 1:
                raise SystemExit("%s names %s %d times" % (ESTIMATOR, name, times))
    return text


def fixed_constants():
    constants = yaml.safe_load(ESTIMATOR.read_text())["constants"]
    return {name: float(entry["default"]) for name, entry in constants.items()}


def main():
    rows = measurements()
    fit = Fit(fixed_constants())
    u = fit.run(rows)
    rounded = [log(float("%.3g" % exp(v))) for v in u]
    folds = sorted({r["family"] for r in rows})
    left_out = {family: fit.constants(fit.run([r for r in rows if r["family"] != family], u)) for family in folds}
    predicted = [joules_per_token(left_out[r["family"]], r) for r in rows]
    wanted = {ESTIMATOR: with_constants(ESTIMATOR.read_text(), fit, rounded), PAGE: page(fit, rounded, rows, folds, predicted), PICTURE: picture(rows, predicted)}
    wrong = [str(path.relative_to(ROOT)) for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        print("not what the script writes: " + ", ".join(wrong) if wrong else "fit and validation are what the script writes")
        return 1 if wrong else 0
    for path, text in wanted.items():
        path.write_text(text)
    print("\n".join(wanted[PAGE].splitlines()[9:22]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
