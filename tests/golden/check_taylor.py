#!/usr/bin/python3
"""Checks the tables of lesion taylor against PyTorch's autograd and SciPy.

    tests/golden/check_taylor.py MODEL.bin IMAGES LIST.csv TAYLOR.csv [LAYERS.csv]

The network runs in PyTorch by scripts/bench_network.py, with the model file's weights. Estimates may
differ by 1e-4 of the largest of their layer and condition. True drops are not computed again here;
the rank correlations over them are, and their intervals. Prints the largest differences, and exits
with 1 if one is too large. Resampled planes are those of the other image: LIST has two then.
"""
import collections
import csv
import math
import pathlib
import re
import sys

import torch
from scipy.stats import norm, spearmanr

from check_invariance import crop_of, shown
from bench_network import Network

TOLERANCE = 1e-4
ESTIMATES = 'loss_drop_estimate', 'margin_drop_estimate'


def passes(net, stimuli, classes):
    """For each stimulus the activations and the derivatives of loss and margin by the layers'
    outputs."""
    for x, true in zip(stimuli, classes):
        values = {'input': x.requires_grad_()}
        logits = net.run(values, net.nodes)
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([true]))
        others = logits[0].clone()
        others[true] = -math.inf
        margin = logits[0, true] - others.max()
        outputs = [values[layer['name']] for layer in net.layers]
        yield values, [dict(zip((n['name'] for n in net.layers),
                                torch.autograd.grad(value, outputs, retain_graph=True)))
                       for value in (loss, margin)]


def lesioned(net, layer, lesion, values, mean, other):
    """The output of all kernels of a layer lesioned so."""
    y = values[layer['name']].detach()
    if lesion == 'weights':
        return layer['held']['bias'][:, None, None].expand_as(y)
    if lesion == 'silence':
        return torch.zeros_like(y)
    if lesion == 'mean':
        return mean[layer['name']]
    if lesion == 'resample':
        return other[layer['name']].detach()
    weight = layer['held']['weight'].clone()
    at = {key: int(number) for key, number in re.findall('(in|row|col)=([0-9]+)', lesion)}
    weight[(slice(None), *(at.get(key, slice(None)) for key in ('in', 'row', 'col')))] = 0
    part = dict(layer, held=dict(layer['held'], weight=weight))
    return net.step(part, [values[i].detach() for i in layer['inputs']])


def estimates(net, stimuli, classes, lesions):
    """Yields lesion, layer and for each measure the means over the images [kernels]."""
    seen = list(passes(net, stimuli, classes))
    mean = {n['name']: sum(v[n['name']].detach() for v, _ in seen) / len(seen) for n in net.layers}
    for lesion in lesions:
        for layer in net.layers:
            name, sums = layer['name'], [0, 0]
            for number, (values, gradients) in enumerate(seen):
                other = seen[1 - number][0] if lesion == 'resample' else None
                change = lesioned(net, layer, lesion, values, mean, other) - values[name].detach()
                for measure, sign in enumerate((1, -1)):
                    sums[measure] += sign * (gradients[measure][name] * change).sum((0, 2, 3)).double()
            yield lesion, name, [total / len(seen) for total in sums]


def check_estimates(net, folder, listed, rows):
    found = {(r['lesion'], r['layer'], r['contrast'], int(r['kernel'])): r for r in rows}
    lesions = list(dict.fromkeys(r['lesion'] for r in rows))
    spec, wrong, compared = net.graph['input'], [], 0
    crops = [crop_of(folder / r['file'], spec) for r in listed]
    for contrast in dict.fromkeys(r['contrast'] for r in rows):
        stimuli = [shown(crop, float(contrast), spec) for crop in crops]
        worst = 0
        for lesion, layer, values in estimates(net, stimuli, [int(r['class']) for r in listed], lesions):
            for column, of_column in zip(ESTIMATES, values):
                scale = float(of_column.abs().max())
                for kernel, value in enumerate(of_column.tolist()):
                    row = found.get((lesion, layer, contrast, kernel))
                    if not row:
                        continue
                    compared += 1
                    difference = abs(float(row[column]) - value) / scale
                    worst = max(worst, difference)
                    if difference > TOLERANCE:
                        wrong.append(f'{column} of {layer} {kernel} by {lesion} at {contrast}: '
                                     f'{row[column]}, wanted {value:.9g}')
        print(f'contrast {contrast}: largest difference {worst:.2g} of the scale')
    if compared != 2 * len(rows):
        wrong.append(f'{compared} estimates of {2 * len(rows)} are of the network')
    return wrong


def check_layers(rows, layers):
    """The rank correlations by SciPy, their intervals by NumPy's arithmetic."""
    pairs, wrong = collections.defaultdict(list), []
    for row in rows:
        if row['loss_drop']:
            pairs[row['lesion'], row['layer'], row['contrast']].append(row)
    if len(layers) != len(pairs):
        wrong.append(f'{len(layers)} rows of layers, wanted {len(pairs)}')
    for row in layers:
        of = pairs[row['lesion'], row['layer'], row['contrast']]
        if int(row['kernels']) != len(of):
            wrong.append(f'{row}: wanted {len(of)} kernels')
        for measure in ('loss', 'margin'):
            r = spearmanr([float(x[measure + '_drop_estimate']) for x in of],
                          [float(x[measure + '_drop']) for x in of])[0] if len(of) > 1 else math.nan
            half = norm.ppf(.975) * math.sqrt((1 + r * r / 2) / (len(of) - 3)) if len(of) > 3 else math.nan
            known = not math.isnan(r) and abs(r) < 1 - 1e-12
            ends = [math.tanh(math.atanh(r) + s * half) if known else math.nan for s in (-1, 1)]
            names = [measure + '_correlation' + end for end in ('', '_ci_low', '_ci_high')]
            for name, value in zip(names, [r, *ends]):
                if (row[name] == '') != math.isnan(value) or row[name] and abs(float(row[name]) - value) > 1e-7:
                    wrong.append(f'{row["layer"]} {row["contrast"]} {name}: {row[name]!r}, wanted {value}')
    return wrong


def read(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def main(model, images, listed, table, layers=None):
    torch.set_num_threads(1)
    rows = read(table)
    wrong = check_estimates(Network(model), pathlib.Path(images), read(listed), rows)
    if layers:
        wrong += check_layers(rows, read(layers))
    print('\n'.join(wrong[:20]), file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main(*sys.argv[1:])
