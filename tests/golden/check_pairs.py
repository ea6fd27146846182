#!/usr/bin/python3
"""Checks the numbers of lesion pairs against NumPy's and SciPy's, from the outcomes in its run.

    tests/golden/check_pairs.py PAIRS.csv RUN SINGLES

RUN is the run directory of lesion pairs; SINGLES one of lesion sweep, which has the kernels of the
pairs, each lesioned alone.

    tests/golden/check_pairs.py --simulate

says how often the interval of an interaction holds the truth, and how often the sign-flip test
errs, where the truth is known: d in -2 ... 2, or up to 8 as of groups, of mean 0 that is not
symmetric.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.stats import norm, t

FLIPS = 20000


def read(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def drops(folder):
    """What each lesion costs, [image][condition][kernel]: images that are no longer right (-1: newly
    right), increase of the loss in nats, decrease of the margin in logits."""
    intact = np.load(folder / 'intact_rank.npy')[:, :, None] == 1
    loss = np.load(folder / 'loss.npy').astype(float)
    return (intact.astype(float) - (np.load(folder / 'rank.npy') == 1),
            loss - np.load(folder / 'intact_loss.npy').astype(float)[:, :, None],
            np.load(folder / 'intact_margin.npy').astype(float)[:, :, None] -
            np.load(folder / 'margin.npy').astype(float))


def flip(x, rng, flips=FLIPS):
    """The two-sided p of the sign-flip test of x [image]."""
    signs = rng.choice([-1.0, 1.0], (flips, len(x)))
    return (1 + (np.abs(signs @ x) >= np.abs(x.sum()) - 1e-9).sum()) / (1 + flips)


def all_flips(x):
    """The same over all ways to flip the signs of whole numbers, by convolution."""
    chances = np.ones(1)
    for size in np.abs(x).astype(int):
        if size:
            chances = np.convolve(chances, [.5] + [0] * (2 * size - 1) + [.5])
    values = np.arange(len(chances)) - len(chances) // 2
    return chances[np.abs(values) >= abs(x.sum())].sum()


def adjusted(x, level=.95, most=2):
    """Agresti and Min's Wald+2: two images more, one of which has half of +1 and half of -1; no number
    is beyond most in magnitude."""
    values = np.concatenate([x, [1, -1, 0]])
    weights = np.concatenate([np.ones(len(x)), [.5, .5, 1]])
    mean = np.average(values, weights=weights)
    variance = np.average((values - mean) ** 2, weights=weights)
    half = norm.ppf((1 + level) / 2) * np.sqrt(variance / weights.sum())
    return max(mean - half, -most), min(mean + half, most)


def students(x, level=.95):
    half = t.ppf((1 + level) / 2, len(x) - 1) * x.std(ddof=1) / np.sqrt(len(x))
    return x.mean() - half, x.mean() + half


def benjamini_hochberg(p):
    order = np.argsort(p)
    q = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    found = np.empty(len(p))
    found[order] = np.minimum(q, 1)
    return found


def sets_of(folder):
    """The kernels of each set of a run of joint lesions."""
    sets = {}
    for row in read(folder / 'kernels.csv'):
        sets.setdefault(int(row['set']), []).append((row['layer'], int(row['kernel'])))
    assert sorted(sets) == list(range(len(sets)))
    return {tuple(kernels): k for k, kernels in sets.items()}


class Checker:
    def __init__(self):
        self.failures = 0

    def near(self, row, name, value, tolerance):
        if not abs(float(row[name]) - value) <= tolerance:
            print(f"{row['layer_a']}:{row['kernel_a']} {row['layer_b']}:{row['kernel_b']} at "
                  f"{row['contrast']}: {name} is {row[name]}, not {value:.9g}")
            self.failures += 1


def check_row(checker, row, c, sets, effects, rng):
    a = (row['layer_a'], int(row['kernel_a']))
    b = (row['layer_b'], int(row['kernel_b']))
    for measure, loss in enumerate(['', 'loss_', 'margin_']):
        one, other, both = (effects[measure][:, c, sets[kernels]] for kernels in ((a,), (b,), (a, b)))
        d = both - one - other
        low, high = students(d) if loss else adjusted(d)
        p = flip(d, rng) if loss else all_flips(d)
        error = np.sqrt(p * (1 - p) * (1 / 19999 + 1 / FLIPS)) if loss else 0
        for name, value in [(loss + 'drop_a', one.mean()), (loss + 'drop_b', other.mean()),
                            (f'single_{loss}drop', one.mean() + other.mean()),
                            (loss + 'drop' if loss else 'top1_drop', both.mean()),
                            (loss + 'interaction', d.mean()), (loss + 'interaction_ci_low', low),
                            (loss + 'interaction_ci_high', high)]:
            checker.near(row, name, value, 5e-6 if loss else 1e-8)
        checker.near(row, loss + 'interaction_p', p, 5 * error + .0002 if loss else 1e-8 * p)
        if not loss:
            assert set(d) <= {-2, -1, 0, 1, 2}


def check(table, run, singles):
    rng = np.random.default_rng(0)
    rows, effects, sets = read(table), drops(run), sets_of(run)
    conditions = [row['contrast'] for row in read(run / 'conditions.csv')]
    checker = Checker()
    pairs = [kernels for kernels in sets if len(kernels) == 2]
    assert len(rows) == len(pairs) * len(conditions), 'rows'
    for row in rows:
        check_row(checker, row, conditions.index(row['contrast']), sets, effects, rng)
    for contrast in conditions:
        family = [row for row in rows if row['contrast'] == contrast]
        for loss in ['', 'loss_', 'margin_']:
            q = benjamini_hochberg(np.array([float(row[loss + 'interaction_p']) for row in family]))
            for row, value in zip(family, q):
                checker.near(row, loss + 'interaction_q', value, 1e-8)
    # Kernels lesioned alone are those of a sweep.
    alone = drops(singles)
    for k, row in enumerate(read(singles / 'kernels.csv')):
        kernels = ((row['layer'], int(row['kernel'])),)
        if kernels in sets:
            assert (alone[0][:, :, k] == effects[0][:, :, sets[kernels]]).all(), kernels
            assert np.abs(alone[1][:, :, k] - effects[1][:, :, sets[kernels]]).max() < 1e-4, kernels
    sys.exit(checker.failures > 0)


def simulate():
    rng = np.random.default_rng(1)
    runs = 2000
    for name, values, chances in [
            ('few of -1 and 1', [-1, 0, 1], [.02, .96, .02]),
            ('many of -1 and 1', [-1, 0, 1], [.2, .6, .2]),
            ('-2 against 1', [-2, 0, 1], [.04, .88, .08]),
            ('few of -2 against 1', [-2, 0, 1], [.01, .97, .02]),
            ('mean -.1', [-1, 0, 1], [.15, .8, .05]),
            ('mean .04', [0, 1], [.96, .04]),
            ('group: -3 against 1', [-3, 0, 1], [.05, .8, .15]),
            ('group: few of -5 against 1', [-5, 0, 1], [.01, .94, .05]),
            ('group: -8 ... 1', [-8, -4, -1, 0, 1], [.01, .02, .04, .73, .2]),
            ('group: mean -1', [-8, -3, -1, 0, 1], [.05, .15, .3, .35, .15])]:
        truth = np.dot(values, chances)
        for n in (60, 250, 1000):
            held = rejected = 0
            for _ in range(runs):
                x = rng.choice(values, n, p=chances).astype(float)
                low, high = adjusted(x, most=max(np.abs(values)))
                held += low <= truth <= high
                rejected += abs(truth) < 1e-9 and all_flips(x) <= .05
            test = f', p <= .05 in {rejected / runs:.3f}' if abs(truth) < 1e-9 else ''
            print(f'{name}, {n} images: the interval holds in {held / runs:.3f}{test}')


if __name__ == '__main__':
    if sys.argv[1] == '--simulate':
        simulate()
    else:
        check(*(Path(argument) for argument in sys.argv[1:]))
