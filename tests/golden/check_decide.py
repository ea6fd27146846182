#!/usr/bin/python3
"""Checks decisions between groups of classes against NumPy's, computed from the network's logits.

    tests/golden/check_decide.py table MODEL.bin MAP.csv RULE LOGITS.npy IMAGES.csv
        IMAGES.csv, LOGITS.npy: written by one lesion eval --decide MAP.csv, as its --per-image and
        --logits
    tests/golden/check_decide.py zero MODEL.bin LAYER KERNEL OUT.bin
        writes the network with that kernel's weights set to 0, a lesion not made by lesion
    tests/golden/check_decide.py run MODEL.bin MAP.csv RULE LOGITS.npy RUN PLACE
        RUN: a run directory of a sweep with the map; PLACE: the kernel's index in it; LOGITS.npy:
        from lesion eval of the network that zero wrote, on the same images
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

TOLERANCE = 1e-4  # nats, logits: by how much lesion's two engines may differ


def read_model(path):
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], 'little')
    return data, start, json.loads(data[8:start])


def read_rows(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def read_groups(model, path):
    """The groups' classes, in the order in which the map names the groups first."""
    header = read_model(model)[2]
    names = [c['name'] for c in json.loads(header['__metadata__']['graph'])['classes']]
    groups = {}
    for row in read_rows(path):
        index = int(row['class']) if row['class'].isdigit() else names.index(row['class'])
        groups.setdefault(row['group'], []).append(index)
    return groups


def decide(logits, groups, rule, truth):
    """predicted, rank, loss and margin of a decision between groups, whose probabilities are the mean
    or maximum (rule) of their classes' in the softmax over all classes, as in Geirhos et al. 2018."""
    p = np.exp(logits.astype(float) - logits.max())
    p /= p.sum()
    p = np.array([getattr(p[classes], rule)() for classes in groups.values()])
    p /= p.sum()
    return (int(p.argmax()), 1 + int((p > p[truth]).sum()), -np.log(p[truth]),
            np.log(p[truth] / np.delete(p, truth).max()))


def is_alike(wanted, got):
    near = np.abs(np.subtract(wanted[2:], got[2:])).max() < TOLERANCE
    return near and (wanted[:2] == got[:2] or abs(wanted[3]) < TOLERANCE)


def check(cells, groups, rule, logits):
    """Compares decisions. cells: (true group, lesion's outcome) for each row of logits."""
    failures = 0
    cells, flat = list(cells), logits.reshape(-1, logits.shape[-1])
    assert len(cells) == len(flat) > 0, 'as many outcomes as logits'
    for i, (truth, got) in enumerate(cells):
        wanted = decide(flat[i], groups, rule, truth)
        if not is_alike(wanted, got):
            print(f'stimulus {i}: {got}, wanted {wanted}')
            failures += 1
    print(f'{len(cells)} decisions, {len(set(c[1][0] for c in cells))} groups answered')
    return failures


def main(what, model, *rest):
    if what == 'zero':
        layer, kernel, out = rest
        data, start, header = read_model(model)
        tensor = header[layer + '.weight']
        first, last = tensor['data_offsets']
        size = (last - first) // tensor['shape'][0]
        at = start + first + int(kernel) * size
        Path(out).write_bytes(data[:at] + bytes(size) + data[at + size:])
        return 0
    path, rule, logits = rest[:3]
    groups, logits = read_groups(model, path), np.load(logits)
    if what == 'table':
        cells = ((int(row['class']), (int(row['predicted']), int(row['rank']), float(row['loss']),
                                      float(row['margin']))) for row in read_rows(rest[3]))
        return check(cells, groups, rule, logits)
    run, place = Path(rest[3]), int(rest[4])
    names = list(groups)
    truth = [names.index(row['class_name']) for row in read_rows(run / 'images.csv')]
    arrays = [np.load(run / f'{name}.npy')[:, :, place]
              for name in ('predicted', 'rank', 'loss', 'margin')]
    cells = ((truth[i], (int(arrays[0][i, c]), int(arrays[1][i, c]), float(arrays[2][i, c]),
                         float(arrays[3][i, c])))
             for i in range(len(truth)) for c in range(arrays[0].shape[1]))
    return check(cells, groups, rule, logits)


if __name__ == '__main__':
    sys.exit(1 if main(*sys.argv[1:]) else 0)
