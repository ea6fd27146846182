#!/usr/bin/python3
"""Checks the numbers of lesion group against NumPy's.

    tests/golden/check_group.py GROUP.csv RUN
    tests/golden/check_group.py GROUP.csv SINGLES JOINT

RUN is the run directory of lesion group, whose first set is the group. SINGLES is a run directory
of the group's kernels, each lesioned alone; JOINT one of a single lesion that has the same effect
as lesioning all of them.
"""

import csv
import sys
from pathlib import Path

import numpy as np

FLIPS = 20000


def differences(folder):
    """What each lesion costs, [image][condition][kernel]: images that are no longer right (-1: newly
    right), and increase of the loss in nats."""
    intact = np.load(folder / 'intact_rank.npy')[:, :, None] == 1
    loss = np.load(folder / 'loss.npy').astype(float)
    return (intact.astype(float) - (np.load(folder / 'rank.npy') == 1),
            loss - np.load(folder / 'intact_loss.npy').astype(float)[:, :, None])


def flip(x, rng):
    """The two-sided p of the sign-flip test of x [image], and the standard error of the difference
    between this p and one from 1999 flips."""
    signs = rng.choice([-1.0, 1.0], (FLIPS, len(x)))
    p = (1 + (np.abs(signs @ x) >= np.abs(x.sum()) - 1e-9).sum()) / (1 + FLIPS)
    return p, np.sqrt(p * (1 - p) * (1 / 1999 + 1 / FLIPS))


def main(table, singles, joint=None):
    rng = np.random.default_rng(0)
    alone = differences(Path(singles))
    together = differences(Path(joint)) if joint else [x[:, :, :1] for x in alone]
    alone = alone if joint else [x[:, :, 1:] for x in alone]
    failures = 0
    with open(table, newline='') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == alone[0].shape[1], 'conditions'
    for c, row in enumerate(rows):
        for measure, drop in enumerate(['', 'loss_']):
            sums = alone[measure][:, c].sum(1)
            beyond = together[measure][:, c, 0] - sums
            p, error = flip(beyond, rng)
            for name, value, tolerance in [
                    ('single_loss_drop' if measure else 'single_drop', sums.mean(), 1e-5),
                    (drop + 'interaction', beyond.mean(), 1e-5),
                    (drop + 'interaction_p', p, 5 * error + .002)]:
                if not abs(float(row[name]) - value) <= tolerance:
                    print(f'condition {c}: {name} is {row[name]}, not {value:.6g}')
                    failures += 1
    sys.exit(failures > 0)


main(*sys.argv[1:])
