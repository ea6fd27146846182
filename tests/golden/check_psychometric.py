#!/usr/bin/python3
"""Checks the numbers of lesion psychometric against NumPy's and SciPy's.

    tests/golden/check_psychometric.py RUN psychometric.csv FLIPS SEED BOOTSTRAPS

Curves are fitted by SciPy's L-BFGS-B from many starts. The weights of the sign-flip test come from
numerical derivatives, and all flips are done as one matrix product. The bootstrap draws the same
resamples as lesion, for the kernels that change most.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from make_stats import mix, q_values, signs

STEP = 0x9e3779b97f4a7c15
BOOTSTRAPPED = 3
FLAT = 5.991464547107979


def rise(function, c, threshold, slope):
    c = np.asarray(c, float)
    if function == 'weibull':
        return -np.expm1(-(c / threshold) ** slope)
    return c ** slope / (c ** slope + threshold ** slope)


def accuracy(function, guess, c, x):
    """The accuracy at contrasts c. x: ln threshold, ln slope, lapse."""
    return guess + (1 - guess - x[2]) * rise(function, c, np.exp(x[0]), np.exp(x[1]))


def log_likelihood(n, right, p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return (right * np.log(p) + (n - right) * np.log1p(-p)).sum()


def fit(function, guess, c, n, right, near=None):
    """The x of greatest likelihood, and the deviance; None where there is no fit, for which the table
    has to give a reason. near: the only start, instead of many."""
    def minus(x):
        return -log_likelihood(n, right, accuracy(function, guess, c, x)) / (n * len(c))
    above = c[c > 0]
    bounds = [(np.log(above.min() / 4), np.log(above.max() * 4)), (np.log(.1), np.log(20)),
              (0, 1 - guess)]
    starts = [near] if near is not None else [
        (np.log(t), np.log(s), lapse) for t in np.geomspace(above.min(), above.max(), 5)
        for s in (1, 2, 4) for lapse in (.02, .3)]
    best = None
    for start in starts:
        found = minimize(minus, start, method='L-BFGS-B', bounds=bounds,
                         options={'ftol': 1e-15, 'gtol': 1e-9, 'maxiter': 500})
        if best is None or found.fun < best.fun:
            best = found
    best = minimize(minus, best.x, method='Nelder-Mead', bounds=bounds,
                    options={'xatol': 1e-8, 'fatol': 1e-15, 'maxiter': 2000})
    share = np.clip(right / n, 1e-300, 1)
    saturated = log_likelihood(n, right, share)
    deviance = 2 * (saturated + best.fun * n * len(c))
    rises = 2 * (saturated - log_likelihood(n, right, np.full(len(c), right.sum() / n / len(c))))
    is_fine = (near is not None or rises - deviance >= FLAT and
               above.min() <= np.exp(best.x[0]) <= above.max()) and best.x[1] < np.log(20) - 1e-5
    return (best.x, deviance) if is_fine else None


def influence(function, guess, c, n, x):
    """By how much log10 threshold and lapse change per right image at each contrast, [2][contrast]."""
    theta, h = np.array([x[0] / np.log(10), x[1], x[2]]), 1e-5

    def psi(t):
        return accuracy(function, guess, c, (t[0] * np.log(10), t[1], t[2]))
    slopes = np.array([(psi(theta + h * e) - psi(theta - h * e)) / (2 * h) for e in np.eye(3)])
    variance = psi(theta) * (1 - psi(theta))
    return np.linalg.solve(n * (slopes / variance) @ slopes.T, slopes / variance)[[0, 2]]


def weights(seed, images, replicates):
    """How often each image is drawn, [replicate][image]."""
    drawn = np.zeros((replicates, images), int)
    limit = 2 ** 64 - 1 - (2 ** 64 - 1 - images + 1) % images
    for r in range(replicates):
        state = mix((mix((seed + STEP) % 2 ** 64) + r) % 2 ** 64)
        left = images
        while left:
            state = (state + STEP) % 2 ** 64
            number = mix(state)
            if number <= limit:
                drawn[r, number % images] += 1
                left -= 1
    return drawn


class Check:
    failures = 0

    def near(self, what, cell, value, tolerance):
        if (cell == '') != (value is None) or cell and not abs(float(cell) - value) <= tolerance:
            self.failures += 1
            print(f'{what} is {cell or "empty"}, not {value}')


def quantile(sorted_, share):
    at = share * (len(sorted_) + 1) - 1
    return np.interp(at, np.arange(len(sorted_)), sorted_)


def check_intervals(check, name, row, setting, drawn, both, fits):
    """Checks a row's bootstrap. drawn: weights() of the replicates. both: whether images are right
    [image][contrast], without and with the lesion. fits: of both to all images."""
    function, guess, c = setting
    n, found = len(both[0]), []
    for draw in drawn:
        pair = [fit(function, guess, c, n, draw @ right, near[0]) for right, near in zip(both, fits)]
        if all(pair):
            found.append(((pair[1][0][0] - pair[0][0][0]) / np.log(10), pair[1][0][2] - pair[0][0][2]))
    check.near(f'{name}: bootstraps', row['bootstraps'], len(found), 0)
    for which, column in enumerate(('threshold_shift', 'lapse_change')):
        values = np.sort([f[which] for f in found])
        for end, share in (('_ci_low', .025), ('_ci_high', .975)):
            check.near(f'{name}: {column}{end}', row[column + end], quantile(values, share), 5e-4)


def main(run, table, flips, seed, replicates):
    check, run = Check(), Path(run)
    with open(run / 'conditions.csv', newline='') as file:
        contrasts = np.array([float(row['contrast']) for row in csv.DictReader(file)])
    intact, lesioned = (np.load(run / name) == 1 for name in ('intact_rank.npy', 'rank.npy'))
    with open(table, newline='') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == lesioned.shape[2], 'kernels'
    order = np.argsort(contrasts)
    c, intact, lesioned = contrasts[order], intact[:, order].astype(int), lesioned[:, order].astype(int)
    function, guess, n = rows[0]['function'], float(rows[0]['guess']), len(intact)
    without = fit(function, guess, c, n, intact.sum(0))
    shares, tested, fits = [[], []], [], []
    for k, row in enumerate(rows):
        name = f"{row['layer']} {row['kernel']}"
        assert int(row['images']) == n and int(row['contrasts']) == len(c)
        found = fit(function, guess, c, n, lesioned[:, :, k].sum(0))
        fits.append(found)
        for one, suffix in ((without, '_intact'), (found, '')):
            if (row['fit' + suffix] == 'fine') != (one is not None):
                check.failures += 1
                print(f"{name}: fit{suffix} is {row['fit' + suffix]}")
            x, deviance = one or ((None,) * 3, None)
            check.near(f'{name}: log10 threshold{suffix}',
                       row['threshold' + suffix] and np.log10(float(row['threshold' + suffix])),
                       one and x[0] / np.log(10), 1e-4)
            check.near(f'{name}: ln slope{suffix}',
                       row['slope' + suffix] and np.log(float(row['slope' + suffix])), x[1], 1e-3)
            check.near(f'{name}: lapse{suffix}', row['lapse' + suffix], x[2], 1e-4)
            check.near(f'{name}: deviance{suffix}', row['deviance' + suffix], deviance, 1e-5)
        both = without and found
        check.near(f'{name}: shift', row['threshold_shift'],
                   both and (found[0][0] - without[0][0]) / np.log(10), 2e-4)
        check.near(f'{name}: lapse change', row['lapse_change'], both and found[0][2] - without[0][2], 2e-4)
        pooled = fit(function, guess, c, 2 * n, (intact + lesioned[:, :, k]).sum(0))
        if not pooled:
            assert row['threshold_p'] == row['lapse_q'] == '', name
            continue
        tested.append(row)
        for part, w in zip(shares, influence(function, guess, c, n, pooled[0])):
            part.append((lesioned[:, :, k] - intact) @ w)
    flipped = signs(seed, flips, n)
    for part, column in zip(shares, ('threshold', 'lapse')):
        d = np.array(part).T
        norm = np.sqrt((d ** 2).sum(0))
        norm[norm == 0] = 1
        score, under = np.abs(d.sum(0)) / norm, np.abs(flipped @ d) / norm
        p = (1 + (under >= score - 1e-7).sum(0)) / (1 + flips)
        p_max = (1 + (under.max(1)[:, None] >= score - 1e-7).sum(0)) / (1 + flips)
        for row, *values in zip(tested, p, q_values([float(row[column + '_p']) for row in tested]), p_max):
            for name, value in zip(('_p', '_q', '_p_max'), values):
                # If a flip's score equals the observed one within rounding, it may count or not.
                check.near(f"{row['layer']} {row['kernel']}: {column}{name}", row[column + name],
                           value, 2.1 / (1 + flips))
    drawn = weights(seed, n, replicates)
    changed = np.abs(lesioned - intact[:, :, None]).sum((0, 1))
    chosen = [k for k in np.argsort(-changed, kind='stable') if fits[k] and without][:BOOTSTRAPPED]
    for k in chosen:
        check_intervals(check, f"{rows[k]['layer']} {rows[k]['kernel']}", rows[k],
                        (function, guess, c), drawn, (intact, lesioned[:, :, k]), (without, fits[k]))
    for k in np.flatnonzero(changed == 0):
        if without:
            assert [rows[k][f'{m}{end}'] for m in ('threshold_shift', 'lapse_change')
                    for end in ('', '_ci_low', '_ci_high')] == ['0'] * 6, rows[k]
            assert rows[k]['threshold_p'] == rows[k]['lapse_p'] == '1', rows[k]
    sys.exit(check.failures > 0)


main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
