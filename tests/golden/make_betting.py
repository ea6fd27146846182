#!/usr/bin/python3
"""Prints the reference values in tests/unit/betting_test.c: intervals of a mean by betting, from
the values themselves by SciPy's root finder.

    tests/golden/make_betting.py
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

CASES = [  # values of -1, 0 and 1 in each round; rounds; the most values that may come; error
    (0, 0, 1, 1, 1, .05), (0, 10, 0, 1, 10, .05), (1, 97, 2, 1, 100, .05), (0, 99, 1, 10, 5000, .05),
    (3, 490, 7, 10, 5000, .05), (0, 0, 50, 1, 50, .05), (50, 0, 0, 2, 100, .01),
    (25, 50, 25, 10, 1000, .001), (40, 9900, 60, 100, 1000000, .05), (4, 990, 6, 200, 200000, .0001)]


def epoch(number):
    return min(int(np.log2(number)), 7)


def first_shares(most):
    out = [.9]
    while out[-1] / 2 >= 2 / np.sqrt(most) and len(out) < 24:
        out.append(out[-1] / 2)
    return np.array(out)


def lower(rounds, most, error):
    """rounds: a list of pairs (values, how often each)."""
    parts = [[] for _ in range(8)]
    for number, one in enumerate(rounds, 1):
        parts[epoch(number)].append(one)
    parts = [(np.concatenate([v for v, _ in p]), np.concatenate([w for _, w in p])) for p in parts if p]
    later = []
    for i in range(1, len(parts)):
        values, weights = (np.concatenate(x) for x in zip(*parts[:i]))
        count, mean = weights.sum(), np.average(values, weights=weights)
        variance = (weights @ values ** 2 + 1) / (count + 1) - mean ** 2
        later.append(min(np.sqrt(2 * np.log(2 / error) / (max(most - count, 1) * variance)) * (1 + mean), .9))

    def wealth(m):
        def log_gain(part, share):
            return part[1] @ np.log1p(share * ((part[0] + 1) / (m + 1) - 1))
        shares = first_shares(most)
        total = logsumexp([log_gain(parts[0], f) for f in shares]) - np.log(len(shares))
        return total + sum(log_gain(p, f) for p, f in zip(parts[1:], later)) - np.log(2 / error)
    if max(v[w > 0].max() for v, w in rounds) == -1:
        return -1.
    return brentq(wealth, -1 + 1e-15, 1, xtol=1e-14, rtol=1e-14)


def interval(rounds, most, error):
    rounds = [(np.asarray(v, float), np.asarray(w, float)) for v, w in rounds]
    mean = sum(v @ w for v, w in rounds) / sum(w.sum() for _, w in rounds)
    return (min(lower(rounds, most, error), mean),
            max(-lower([(-v, w) for v, w in rounds], most, error), mean))


def main():
    for minus, zero, plus, rounds, most, error in CASES:
        ends = interval([([-1, 0, 1], [minus, zero, plus])] * rounds, most, error)
        print("    {%d, %d, %d, %d, %d, %g, %.11g, %.11g}," % (minus, zero, plus, rounds, most, error, *ends))
    # Values between the nodes, as those of a loss: cubes of 200 equally spaced numbers, 10 rounds.
    x = (np.arange(200) + .5) / 100 - 1
    for scale, shift in ((1, 0), (.1, .02), (.001, .0005)):
        ends = interval([(x ** 3 * scale + shift, np.ones(200))] * 10, 2000, .05)
        print("    {%g, %g, %.11g, %.11g}," % (scale, shift, *ends))


if __name__ == "__main__":
    main()
