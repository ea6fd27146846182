#!/usr/bin/python3
"""Prints the reference values in tests/unit/stats_*_test.c, computed in other ways than in
src/statistics. Copy the numbers of a changed part into its test.

    tests/golden/make_stats.py

Intervals: the ends of Wilson's interval are roots of the score equation, the correlation comes
from the table of outcomes (Newcombe 1998, method 10). McNemar: in whole numbers, for large
counts scipy's binomial. q values: from their definition. Sign flips: all sums as one matrix
product, with the generator of signs written again; of whole numbers, all ways to flip them counted,
and scipy's permutation test. Similarity: numpy.corrcoef.
"""

from fractions import Fraction
from math import atanh, comb, sqrt, tanh

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom, norm, permutation_test

TABLES = [  # n, intact, lost, gained, level
    (21, 2, 1, 7, .95), (41, 19, 5, 0, .95), (104, 48, 12, 2, .95), (50, 25, 15, 5, .95),
    (161, 65, 6, 16, .95), (1600, 944, 150, 86, .95), (54, 53, 0, 1, .95), (50, 50, 0, 0, .95),
    (50, 0, 0, 0, .95), (50, 50, 50, 0, .95), (10, 5, 5, 5, .95), (1, 1, 1, 0, .95),
    (50, 25, 0, 0, .95), (1000, 560, 31, 12, .9), (50000, 28261, 412, 377, .99),
    (50000, 40000, 3, 0, .95), (1000000, 761300, 5210, 1204, .999)]
COUNTS = [(18, 33), (10, 2), (0, 6), (5, 5), (1, 1), (0, 1), (3, 4), (0, 40), (60, 100),
          (412, 377), (5210, 5004), (500000, 501500), (1000000, 996000), (900, 1400)]
FLIPPED = [  # how many are 1, 2, ... in magnitude; sum
    ((8,), 8), ((12,), -8), ((0, 5), 10), ((0, 5), 2), ((9, 4), 5), ((30, 7), -24), ((1, 1), 3),
    ((1, 1), -1), ((400, 25), 90), ((200, 60), -2), ((0, 1), 2), ((3,), 3), ((2, 3), 8),
    ((5, 2, 2, 1), 13), ((0, 0, 6), 12), ((0, 0, 0, 0, 0, 1), -6), ((7, 0, 3, 0, 2), -16),
    ((40, 21, 13, 8, 5, 3, 2, 1), 121), ((300, 150, 80, 40, 20, 10), -37), ((0, 90, 60), 200)]
INTERACTIONS = [  # n, largest, sum, sum of squares, level
    (60, 2, 0, 0, .95), (60, 2, 5, 5, .95), (60, 2, -12, 20, .95), (250, 2, 31, 55, .99),
    (1, 2, 2, 4, .95), (3, 2, -6, 12, .9), (1000, 2, 4, 26, .95), (60, 5, -31, 97, .95),
    (250, 12, 9, 1201, .99), (4, 7, 28, 196, .95), (0, 7, 0, 0, .95)]
P_VALUES = [.01, .04, .03, .005, .55, .04, 1, 0, .2, .049, .0125, .9]


def wilson(x, n, z):
    def distance(pi, sign):
        return x / n - pi - sign * z * sqrt(pi * (1 - pi) / n)
    # Where x is 0 or n, the end is 0 or 1; brentq would find no change of sign.
    low = 0 if x == 0 else brentq(distance, 1e-12, min(x / n, 1 - 1e-12), args=(1,), rtol=1e-15)
    high = 1 if x == n else brentq(distance, max(x / n, 1e-12), 1 - 1e-12, args=(-1,), rtol=1e-15)
    return low, high


def interval(n, intact, lost, gained, level):
    both, neither = intact - lost, n - intact - gained
    p1, p2 = intact / n, (both + gained) / n
    (l1, u1), (l2, u2) = (wilson(round(p * n), n, norm.isf((1 - level) / 2)) for p in (p1, p2))
    determinant = both * neither - lost * gained
    corrected = determinant if determinant < 0 else max(determinant - Fraction(n, 2), 0)
    margins = intact * (n - intact) * (both + gained) * (lost + neither)
    phi = float(corrected) / sqrt(margins) if margins else 0
    drop = (lost - gained) / n

    def reach(a, b):
        return sqrt(max((a - b) ** 2 + 2 * (1 - phi) * a * b, 0))
    return max(drop - reach(p1 - l1, u2 - p2), -1), min(drop + reach(p2 - l2, u1 - p1), 1)


def mcnemar(lost, gained):
    n, k = lost + gained, min(lost, gained)
    if n < 5000:
        tail = sum(comb(n, i) for i in range(k + 1)) / 2 ** n
        point = comb(n, k) / 2 ** n
    else:
        tail, point = binom.cdf(k, n, .5), binom.pmf(k, n, .5)
    exact = min(2 * tail, 1)
    return exact, 1 - point / 2 if lost == gained else exact - point


def q_values(p):
    """Benjamini and Hochberg's q of each p: the least p-threshold x tests / significant ones, over the
    thresholds at which p is significant; at most 1."""
    return [min([1] + [t * len(p) / sum(x <= t for x in p) for t in p if t >= own]) for own in p]


def mix(x):
    x = ((x ^ x >> 30) * 0xbf58476d1ce4e5b9) % 2 ** 64
    x = ((x ^ x >> 27) * 0x94d049bb133111eb) % 2 ** 64
    return x ^ x >> 31


def signs(seed, flips, images):
    step = 0x9e3779b97f4a7c15
    out = np.empty((flips, images))
    for image in range(images):
        start = mix((mix((seed + step) % 2 ** 64) + (image + 1) * step) % 2 ** 64)
        for flip in range(flips):
            out[flip, image] = 2 * (mix((start + (flip // 64 + 1) * step) % 2 ** 64)
                                    >> flip % 64 & 1) - 1
    return out


def flips(seed=2020, count=499, images=12, kernels=5):
    d = np.array([[((i * 7 + k * 13 + i * k * 3) % 11 - 4 + k) / 8 if (i + k) % 3 else 0
                   for k in range(kernels)] for i in range(images)])
    norm_of = np.sqrt((d ** 2).sum(0))
    score = np.abs(d.sum(0)) / norm_of
    flipped = np.abs(signs(seed, count, images) @ d) / norm_of
    p = (1 + (flipped >= score - 1e-8).sum(0)) / (1 + count)
    p_max = (1 + (flipped.max(1)[:, None] >= score - 1e-8).sum(0)) / (1 + count)
    return zip(score, p * (1 + count), p_max * (1 + count))


def similarity(positions=15, kernels=19):
    """Yields each kernel's correlation and magnitudes, then the node's correlation and winners."""
    i = np.arange(positions * kernels).reshape(positions, kernels)
    a, r = ((i * i * 7 + i * 13) % 101 - 40) / 16, ((i * i * 3 + i * 29) % 67 - 20) / 8
    a[9:13], r[:, 3], r[7] = r[9:13] + 2, 1, 1
    a[:, 4], a[:, 5], a[:, 6] = 0, 3 * r[:, 5], r[:, 6] / -2
    a[:, 8] -= 1000
    a[0, 9] = -1e6
    varies = [np.ptp(x, axis=1) > 0 for x in (a, r)]
    for x, y in zip(a.T, r.T):
        rho = np.corrcoef(x, y)[0, 1] if np.ptp(x) and np.ptp(y) else np.nan
        yield rho, np.abs(x).sum(), np.abs(y).sum()
    both = varies[0] & varies[1]
    over = [np.corrcoef(x, y)[0, 1] for x, y in zip(a[both], r[both])]
    yield np.mean(over), varies[1].sum(), (a.argmax(1) == r.argmax(1))[varies[1]].sum()


def interaction(n, largest, sum_, squares, level):
    """Wald+2 as Agresti and Min have it: a Wald interval with half an image more in each of the four
    cells, of which one is +1, one -1 and two are 0."""
    mean = sum_ / (n + 2)
    variance = (squares + 1) / (n + 2) - mean ** 2
    half = norm.isf((1 - level) / 2) * sqrt(variance / (n + 2))
    return (max(mean - half, -largest), min(mean + half, largest)) if n else (-largest, largest)


def sign_flips(counts, sum_):
    """Over all ways to flip the signs, counted in whole numbers; where they are few, scipy's exact
    permutation test must say the same."""
    ways = {0: 1}
    numbers = [size for size, count in enumerate(counts, 1) for _ in range(count)]
    for number in numbers:
        more = {}
        for total, count in ways.items():
            for flipped in (total - number, total + number):
                more[flipped] = more.get(flipped, 0) + count
        ways = more
    p = float(Fraction(sum(n for total, n in ways.items() if abs(total) >= abs(sum_)),
                       2 ** len(numbers)))
    if 1 < len(numbers) <= 14:
        signs_of = next(s for s in np.ndindex(*[2] * len(numbers))
                        if (2 * np.array(s) - 1) @ numbers == sum_)
        tested = permutation_test(((2 * np.array(signs_of) - 1) * numbers,), np.sum,
                                  permutation_type='samples', n_resamples=np.inf, vectorized=True)
        assert abs(tested.pvalue - p) < 1e-12, (counts, sum_, p, tested.pvalue)
    return p
def spearman_interval(r, n, level):
    half = norm.ppf(.5 + level / 2) * sqrt((1 + r * r / 2) / (n - 3))
    return tanh(atanh(r) - half), tanh(atanh(r) + half)


def main():
    for case in TABLES:
        print('{%d, %d, %d, %d, %g, %.12f, %.12f},' % (case + interval(*case)))
    for case in COUNTS:
        print('{%d, %d, %.12g, %.12g},' % (case + mcnemar(*case)))
    for p, q in zip(P_VALUES, q_values(P_VALUES)):
        print('{%g, %.12g},' % (p, q))
    for row in flips():
        print('{%.12g, %.0f, %.0f},' % row)
    for row in similarity():
        print('{%.12g, %.12g, %.12g},' % row)
    for counts, sum_ in FLIPPED:
        listed = ', '.join(map(str, counts))
        print('{{%s}, %d, %.12g},' % (listed, sum_, sign_flips(counts, sum_)))
    for case in INTERACTIONS:
        print('{%d, %d, %d, %d, %g, %.12f, %.12f},' % (case + interaction(*case)))
    for case in [(.5, 10, .95), (-.9, 8, .95), (.226576473614808, 7, .95), (0, 4, .99), (.97, 208, .9)]:
        print('{%.15g, %d, %g, %.15g, %.15g},' % (case + spearman_interval(*case)))


if __name__ == '__main__':
    main()
