#!/usr/bin/python3
"""Checks the numbers of lesion group against NumPy's and SciPy's.

    tests/golden/check_group.py GROUP.csv RUN
    tests/golden/check_group.py GROUP.csv SINGLES JOINT

RUN is the run directory of lesion group, whose first set is the group. SINGLES is a run directory
of the group's kernels, each lesioned alone; JOINT one of a single lesion that has the same effect
as lesioning all of them.
"""

import sys
from pathlib import Path

import numpy as np
from check_pairs import FLIPS, adjusted, all_flips, benjamini_hochberg, drops, flip, read, students


def expected(d, kernels, loss, rng):
    """Name's end, value and tolerance of each column of the interaction d [image]."""
    low, high = students(d) if loss else adjusted(d, most=kernels)
    p = flip(d, rng) if loss else all_flips(d)
    error = np.sqrt(p * (1 - p) * (1 / 19999 + 1 / FLIPS))
    return [('', d.mean(), 1e-5), ('_ci_low', low, 1e-5 if loss else 1e-8),
            ('_ci_high', high, 1e-5 if loss else 1e-8),
            ('_p', p, 5 * error + .0002 if loss else 1e-8 * p)]


def main(table, singles, joint=None):
    rng = np.random.default_rng(0)
    alone = drops(Path(singles))
    together = drops(Path(joint)) if joint else [x[:, :, :1] for x in alone]
    alone = alone if joint else [x[:, :, 1:] for x in alone]
    rows = read(table)
    assert len(rows) == alone[0].shape[1], 'conditions'
    failures = 0
    for measure, name in enumerate(['', 'loss_', 'margin_']):
        p = np.array([float(row[name + 'interaction_p']) for row in rows])
        for c, (row, q) in enumerate(zip(rows, benjamini_hochberg(p))):
            single = alone[measure][:, c].sum(1)
            columns = expected(together[measure][:, c, 0] - single, int(row['kernels']), name, rng)
            columns = [(f'{name}interaction{end}', *wanted) for end, *wanted in columns]
            for column, value, tolerance in columns + [
                    (f'single_{name}drop', single.mean(), 1e-5), (f'{name}interaction_q', q, 1e-8)]:
                if not abs(float(row[column]) - value) <= tolerance:
                    print(f'condition {c}: {column} is {row[column]}, not {value:.9g}')
                    failures += 1
    sys.exit(failures > 0)


main(*sys.argv[1:])
