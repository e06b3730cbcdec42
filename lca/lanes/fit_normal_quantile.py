#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints lca/lanes/normal_quantile.inc: the standard normal quantile as z = (2u - 1) P(w), w = -ln(4 u (1 - u)), the
form of Giles (2010), fitted here in double precision by Chebyshev interpolation of SciPy's ndtri in two pieces:
w < 6.25 in w, beyond that in sqrt(w) up to p = 2^-53, the smallest a draw can be. Nothing is recalled from a table."""
import numpy as np
from numpy.polynomial import chebyshev
from scipy.special import ndtri


def ratio(w):
    """z / (2u - 1) at w, by the upper tail q = 1 - u = (1 - sqrt(1 - exp(-w))) / 2, free of cancellation."""
    e = np.exp(-w)
    root = np.sqrt(-np.expm1(-w))
    q = 0.5 * e / (1 + root)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = -ndtri(q) / root
    # near u = 1/2: z = sqrt(pi/2) r (1 + pi r^2 / 12 + 7 pi^2 r^4 / 480 + ...), r = 2u - 1
    r2 = root * root
    series = np.sqrt(np.pi / 2) * (1 + np.pi / 12 * r2 + 7 * np.pi**2 / 480 * r2**2 + 127 * np.pi**3 / 40320 * r2**3)
    return np.where(root < 2e-2, series, value)


def fit(function, low, high, degree):
    nodes = np.cos(np.pi * (np.arange(400) + 0.5) / 400)
    middle, half = (low + high) / 2, (high - low) / 2
    values = function(middle + half * nodes)
    power = chebyshev.cheb2poly(chebyshev.chebfit(nodes, values, degree))
    return power, middle, half


def show(name, piece):
    power, middle, half = piece
    print("constexpr double %s_middle = %r, %s_scale = %r;" % (name, float(middle), name, float(1 / half)))
    print("constexpr double %s[] = {  // ascending powers" % name)
    for i in range(0, len(power), 3):
        print("    " + " ".join("%r," % float(c) for c in power[i:i + 3]))
    print("};")


if __name__ == "__main__":
    print("// SPDX-License-Identifier: Apache-2.0\n// Made by fit_normal_quantile.py; see there.")
    show("central", fit(ratio, 0.0, 6.25, 16))
    show("tail", fit(lambda s: ratio(s * s), 2.5, 6.1, 20))
