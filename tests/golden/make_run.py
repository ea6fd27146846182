#!/usr/bin/python3
"""Writes a run directory with made-up outcomes, of ResNet-50's size, to try lesion stats and report.

    tests/golden/make_run.py DIR [IMAGES [CONTRAST,CONTRAST... [KERNELS]]]

By default 20 images at six contrasts, and all 26,560 kernels of 53 layers; KERNELS: only the first
so many. A few kernels cost much, those of shallow layers more at low contrast. Seeded: the same
outcomes each time.
"""

import sys
from pathlib import Path

import numpy as np

from rundir import write_run


def layers():
    yield 'conv1', 64
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
        for block in range(blocks):
            name = 'layer%d.%d.' % (stage, block)
            yield name + 'conv1', width
            yield name + 'conv2', width
            yield name + 'conv3', 4 * width
            if block == 0:
                yield name + 'downsample.0', 4 * width


def main(folder, images=20, contrasts='0.03,0.05,0.1,0.25,0.5,1', count=26560):
    images, count = int(images), int(count)
    contrasts = contrasts.split(',')
    levels = np.array([float(c) for c in contrasts])
    kernels = [(name, index, k) for index, (name, n) in enumerate(layers()) for k in range(n)]
    assert len(kernels) == 26560
    kernels = kernels[:count]
    rng = np.random.default_rng(1)
    depth = np.array([index for _, index, _ in kernels]) / 53
    # How much each kernel costs: most of them next to nothing.
    weight = rng.pareto(1.2, len(kernels)) * .003 * (1 - .7 * depth)
    truth = np.arange(images) % 1000
    accuracy = .76 * levels ** .3
    intact_right = rng.random((images, 1)) < accuracy[None]
    chance = np.clip(weight[None] * (1 + (1 - depth[None]) * (1 - levels[:, None])), 0, .9)
    lost = intact_right[:, :, None] & (rng.random((images, len(levels), len(kernels))) < chance)
    gained = ~intact_right[:, :, None] & (rng.random(lost.shape) < .001)
    right = (intact_right[:, :, None] & ~lost) | gained
    intact_rank = np.where(intact_right, 1, 3)
    rank = np.where(right, 1, np.where(lost, 2, 3))
    loss = 1.5 * (rank - 1) + .3 + .2 * chance[None]
    write_run(folder, [('image%d.png' % i, t, 'class %d' % t, 1) for i, t in enumerate(truth)], contrasts,
              [(*kernel, 'weights') for kernel in kernels],
              {'intact_predicted': np.where(intact_right, truth[:, None], (truth[:, None] + 1) % 1000),
               'predicted': np.where(right, truth[:, None, None], (truth[:, None, None] + 1) % 1000),
               'intact_rank': intact_rank, 'rank': rank,
               'intact_loss': 1.5 * (intact_rank - 1) + .3, 'loss': loss,
               'intact_margin': 1. - (intact_rank - 1), 'margin': 2. - rank,
               'same': np.zeros(rank.shape)}, 1000)


if len(sys.argv) < 2:
    sys.exit(__doc__)
main(Path(sys.argv[1]), *sys.argv[2:])
