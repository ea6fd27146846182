#!/usr/bin/python3
"""The numbers of lesion claims, computed again from its run directory with SciPy.

    tests/golden/check_claims.py DIR [WHOLE]    compares DIR/claims.csv with the arrays of DIR, and of
                                                DIR/handful where races chose the top kernels; these
                                                with WHOLE, a run of all kernels on the same images
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy import stats

HIGH, LOW, EDGES, NON_EDGES, OTHER_EDGES, RANDOM = range(6)
PARTS = 20


def rows(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def interval(value, variances, turn_back=lambda x: x):
    """A value and its 95 % interval from independent variances with their degrees of freedom."""
    variance = sum(v for v, _ in variances)
    freedom = np.floor(variance ** 2 / sum(v * v / f for v, f in variances) + 1e-6) if variance > 0 else 1
    half = stats.t.ppf(.975, freedom) * np.sqrt(variance)
    return turn_back(value - half), turn_back(value + half)


class Run:
    """A run under the conditions of the claims; given a usual ratio of effects, one under the first
    two of them."""

    def __init__(self, folder, usual=None):
        self.conditions = [(row['contrast'], row['region']) for row in rows(folder / 'conditions.csv')]
        kernels = rows(folder / 'kernels.csv')
        layers = [row['layer'] for row in kernels]
        self.names = list(dict.fromkeys(layers))
        self.layer_of = np.array([self.names.index(name) for name in layers])
        drawn = np.bincount(self.layer_of)
        self.sizes = drawn.copy()              # of the layers, of which some kernels may not be drawn
        for layer, row in zip(self.layer_of, kernels):
            self.sizes[layer] = row.get('sampled_from') or drawn[layer]
        intact = np.load(folder / 'intact_rank.npy') == 1
        lesioned = np.load(folder / 'rank.npy') == 1
        loss = np.load(folder / 'loss.npy').astype(float)
        intact_loss = np.load(folder / 'intact_loss.npy').astype(float)
        self.right = intact
        self.lost = (intact[:, :, None] & ~lesioned).astype(float)
        pair = intact[:, [HIGH, LOW]].all(1)
        regions = intact[:, 2:].all(1)
        self.shared = np.stack([pair, pair] + [regions] * (intact.shape[1] - 2), 1)  # [image][condition]
        margin = np.load(folder / 'margin.npy').astype(float)
        intact_margin = np.load(folder / 'intact_margin.npy').astype(float)
        effect = intact_margin[:, :, None] - margin
        size = np.abs(effect[pair]).sum(0)
        has = size[HIGH] > 0
        self.usual = usual
        if usual is None:
            self.usual = np.median(size[LOW][has] / size[HIGH][has]) if has.sum() >= 10 else np.nan
        self.predicted = (pair[:, None] & (intact_margin[:, LOW, None] < self.usual * effect[:, HIGH])).astype(float)
        self.wrong = (~lesioned).astype(float)
        self.dropped = intact[:, :, None].astype(float) - lesioned      # [image][condition][kernel]
        self.loss = loss - intact_loss[:, :, None]
        self.part = np.arange(len(intact)) % min(PARTS, len(intact))
        self.drawn = {name: getattr(self, name) for name in ('lost', 'predicted', 'wrong', 'dropped', 'loss')}
        self.stand_for(np.arange(len(layers)))

    def stand_for(self, present):
        """Puts copies of the kernels present in place of those of their layers that are not, so many
        of all as make whole numbers of each: a statistic of the copies is that of the layers."""
        number = np.bincount(self.layer_of[present], minlength=len(self.names))
        self.copies = int(np.lcm.reduce(number // np.gcd(number, self.sizes)))
        times = self.copies * self.sizes // number
        of = np.repeat(present, times[self.layer_of[present]])
        for name, array in self.drawn.items():
            setattr(self, name, array[..., of])
        self.layer = self.layer_of[of]
        self.shallow = self.layer < (len(self.names) + 2) // 3

    def variances(self, statistic, turn=lambda x: x):
        """Over images, then over the kernels of each layer that is a sample; with degrees of freedom."""
        parts = range(self.part.max() + 1)
        without = np.array([turn(statistic(self.part != part)) for part in parts])
        variances = [((len(parts) - 1) / len(parts) * ((without - without.mean()) ** 2).sum(), len(parts) - 1)]
        for layer, size in enumerate(self.sizes):
            of = np.flatnonzero(self.layer_of == layer)
            if len(of) == size:
                continue
            without = []
            for kernel in of:
                self.stand_for(np.delete(np.arange(len(self.layer_of)), kernel))
                without.append(turn(statistic(self.part >= 0)))
            n = len(of)
            variances.append(((1 - n / size) * (n - 1) / n * ((without - np.mean(without)) ** 2).sum(), n - 1))
        self.stand_for(np.arange(len(self.layer_of)))
        return variances

    def jackknife(self, statistic, correlation=False):
        """A statistic (a function of a mask of images) over all images, and its 95 % interval."""
        value = statistic(self.part >= 0)
        turn = (lambda r: np.arctanh(np.clip(r, -1 + 1e-6, 1 - 1e-6))) if correlation else (lambda r: r)
        return (value, *interval(turn(value), self.variances(statistic, turn), np.tanh if correlation else lambda x: x))

    def halves(self, mask):
        return [mask & (self.part % 2 == half) for half in range(2)]


def gini(x):
    x = np.maximum(x, 0)
    return np.abs(x[:, None] - x).mean() / 2 / x.mean() if x.any() else 0


def measures_of(run):
    """{prefix: the selectivity of each kernel on a mask of images}."""
    def of_shared(m, condition):
        return (run.wrong[m, condition] * run.shared[m, condition, None]).sum(0)

    def rate(m, condition):
        with np.errstate(invalid='ignore', divide='ignore'):
            return run.lost[m, condition].sum(0) / run.right[m, condition].sum()

    def both(m):
        with np.errstate(invalid='ignore', divide='ignore'):
            return (of_shared(m, LOW) - of_shared(m, HIGH)) / run.shared[m, LOW].sum()

    def beyond(m):
        with np.errstate(invalid='ignore', divide='ignore'):
            return (of_shared(m, LOW) - run.predicted[m].sum(0)) / run.shared[m, LOW].sum()

    return {'both_': both, 'beyond_': beyond, 'lost_rate_': lambda m: rate(m, LOW) - rate(m, HIGH),
            'loss_': lambda m: run.loss[m, LOW].mean(0) - run.loss[m, HIGH].mean(0),
            '': lambda m: run.dropped[m, LOW].mean(0) - run.dropped[m, HIGH].mean(0)}


def expected(run):
    """{(quantity, layer, contrast, region): (value, low, high)}; low and high are None where they are
    not checked."""
    found = {}
    names = run.names

    def of_shared(m, condition):
        return (run.wrong[m, condition] * run.shared[m, condition, None]).sum(0)

    measures = measures_of(run)
    for prefix, per_kernel in measures.items():
        for i, name in enumerate(names):
            found[prefix + 'selectivity', name, '', ''] = run.jackknife(lambda m: per_kernel(m)[run.layer == i].mean())
        key = '', '', ''
        found[(prefix + 'shallow', *key)] = run.jackknife(lambda m: per_kernel(m)[run.shallow].mean())
        found[(prefix + 'others', *key)] = run.jackknife(lambda m: per_kernel(m)[~run.shallow].mean())
        found[(prefix + 'shallow_difference', *key)] = run.jackknife(
            lambda m: per_kernel(m)[run.shallow].mean() - per_kernel(m)[~run.shallow].mean())
        found[(prefix + 'depth_correlation', *key)] = run.jackknife(
            lambda m: stats.spearmanr(np.arange(len(names)), [per_kernel(m)[run.layer == i].mean().round(9)
                                                              for i in range(len(names))])[0], True)
    top = int(np.ceil(.05 * run.sizes.sum()))

    def weights(x):
        """The weight of each kernel among the top ones: 1, or if several tie for the last places, an
        equal share of these."""
        least = np.sort(x)[-top * run.copies]
        above, ties = x > least + 1e-9, np.abs(x - least) <= 1e-9
        return above + ties * (top * run.copies - above.sum()) / ties.sum()

    def share(mask, condition):
        some = everything = 0
        for a, b in (run.halves(mask), run.halves(mask)[::-1]):
            chosen = run.loss[a, condition].sum(0)
            of = run.loss[b, condition].sum(0)
            some += (of * weights(chosen)).sum()
            everything += of.sum()
        return some / everything

    def top_of(mask, per_kernel):
        means = []
        for a, b in (run.halves(mask), run.halves(mask)[::-1]):
            chosen = per_kernel(a)
            means.append((per_kernel(b) * weights(chosen)).sum() / (top * run.copies))
        return np.mean(means)

    for prefix, per_kernel in measures.items():
        key = '', '', ''
        found[(prefix + 'top_selectivity', *key)] = run.jackknife(lambda m: top_of(m, per_kernel))
        found[(prefix + 'mean_selectivity', *key)] = run.jackknife(lambda m: per_kernel(m).mean())
        found[(prefix + 'top_excess', *key)] = run.jackknife(
            lambda m: top_of(m, per_kernel) - per_kernel(m).mean())
    for c in (LOW, HIGH):
        key = ('', *run.conditions[c])
        value, *ends = run.jackknife(lambda m: gini(run.dropped[m, c].sum(0)))
        found['gini', *key] = (value, *np.clip(ends, 0, 1))
        found['top_loss_share', *key] = run.jackknife(lambda m: share(m, c))

    costs = {'': lambda m, c: run.loss[m, c].sum(0), 'drop_': lambda m, c: run.dropped[m, c].sum(0),
             'lost_rate_': lambda m, c: run.lost[m, c].sum(0), 'both_': of_shared}
    for prefix, cost in costs.items():
        def rho(m, a, b):
            return stats.spearmanr(cost(m, a), cost(m, b))[0]

        def reliability(m, c):
            a, b = run.halves(m)
            r = stats.spearmanr(cost(a, c), cost(b, c))[0]
            return 2 * r / (1 + r) if r > 0 else np.nan

        if prefix == '':
            for c in (EDGES, OTHER_EDGES, NON_EDGES, RANDOM, HIGH):
                found['correlation_with_all', '', *run.conditions[c]] = run.jackknife(lambda m: rho(m, c, LOW), True)
        for c in (EDGES, OTHER_EDGES):
            found[prefix + 'correlation_with_non_edges', '', *run.conditions[c]] = run.jackknife(
                lambda m: rho(m, c, NON_EDGES), True)
        for c in (EDGES, LOW, NON_EDGES, OTHER_EDGES) if prefix == '' else (EDGES, OTHER_EDGES):
            found[prefix + 'reliability', '', *run.conditions[c]] = run.jackknife(lambda m: reliability(m, c), True)
        found[prefix + 'distinctness', '', *run.conditions[EDGES]] = run.jackknife(
            lambda m: rho(m, OTHER_EDGES, NON_EDGES) - rho(m, EDGES, NON_EDGES))
    found['images_right_in_both', '', '', ''] = (run.shared[:, LOW].sum(), None, None)
    found['usual_ratio', '', '', ''] = (run.usual, None, None)
    for c in range(6):
        if c > HIGH:
            found['intact_drop', '', *run.conditions[c]] = (
                (run.right[:, HIGH].astype(float) - run.right[:, c]).mean(), None, None)
        if c <= LOW:
            x, n, z = run.right[:, c].sum(), len(run.right), stats.norm.ppf(.975)
            centre, half = (x + z * z / 2) / (n + z * z), z * np.sqrt(x * (n - x) / n + z * z / 4) / (n + z * z)
            found['accuracy', '', *run.conditions[c]] = (x / n, centre - half, centre + half)
    found['beyond_other_edges', '', *run.conditions[EDGES]] = (
        (run.right[:, OTHER_EDGES].astype(float) - run.right[:, EDGES]).mean(), None, None)
    return found


def halves_of(folder, run):
    """The runs of the kernels chosen on the first half of the images, and on the second."""
    return [Run(folder / 'handful' / ('measure-%d' % (half + 1)), run.usual) for half in range(2)]


def expected_of_races(folder, run, found):
    """Puts claim 2's numbers by races in place of those of the sample."""
    halves, key = halves_of(folder, run), ('', '', '')
    for prefix, per_kernel in measures_of(run).items():
        means = [lambda m, f=measures_of(half)[prefix]: f(m).mean() for half in halves]
        value = np.mean([mean(half.part >= 0) for mean, half in zip(means, halves)])
        variances = [(v / 4, f) for mean, half in zip(means, halves) for v, f in half.variances(mean)]
        found[(prefix + 'top_selectivity', *key)] = (value, *interval(value, variances))
        mean = found[(prefix + 'mean_selectivity', *key)][0]
        variances += run.variances(lambda m: per_kernel(m).mean())
        found[(prefix + 'top_excess', *key)] = (value - mean, *interval(value - mean, variances))
    outcomes = [np.load(folder / 'handful' / name / 'predicted.npy') for name in
                ('choose-1', 'choose-2', 'measure-1', 'measure-2')]
    whole = sum(array.size for array in outcomes[:2])
    found[('variants_run', *key)] = (sum((array >= 0).sum() for array in outcomes) / whole, None, None)


def check_races(folder, whole):
    """Whether the kernels measured on each half are the most selective ones on the other half, and
    have the outcomes that they have among all kernels."""
    def axis(name, run, *columns):
        return [tuple(row[column] for column in columns) for row in rows(run / name)]

    kernels = axis('kernels.csv', whole, 'layer', 'kernel')
    images = axis('images.csv', whole, 'file')
    contrasts = [float(c) for c, in axis('conditions.csv', whole, 'contrast')]
    order = [contrasts.index(max(contrasts)), contrasts.index(min(contrasts))]      # HIGH, LOW
    ranks = np.load(whole / 'rank.npy')[:, order]
    intact = np.load(whole / 'intact_rank.npy')[:, order]
    for number in '12':
        measured, chosen = folder / 'handful' / ('measure-' + number), folder / 'handful' / ('choose-' + number)
        top = [kernels.index(k) for k in axis('kernels.csv', measured, 'layer', 'kernel')]
        here = [images.index(i) for i in axis('images.csv', chosen, 'file')]
        there = [images.index(i) for i in axis('images.csv', measured, 'file')]
        if sorted(here + there) != list(range(len(images))) or abs(len(here) - len(there)) > 1:
            return 'measure-%s: no half of the images' % number
        wrong = ranks[here] != 1
        selectivity = ((intact[here] == 1).all(1)[:, None] * (wrong[:, LOW].astype(int) - wrong[:, HIGH])).sum(0)
        if selectivity[top].min() < np.delete(selectivity, top).max() or len(top) != np.ceil(len(kernels) * .05):
            return 'measure-%s: others are more selective than %s' % (number, top)
        if not np.array_equal(np.load(measured / 'rank.npy'), ranks[there][:, :, top]):
            return 'measure-%s: other outcomes than among all kernels' % number
    return None


def check(folder, whole=None):
    run, failed = Run(folder), 0
    wanted = expected(run)
    if (folder / 'handful').exists():
        expected_of_races(folder, run, wanted)
    found = dict(wanted)
    fault = whole and check_races(folder, whole)
    if fault:
        print(fault)
        failed = 1

    def needed(row):
        """The images on which the quantities that leave a claim undecided would exclude 0."""
        claim, prefix, key = row['claim'], row['quantity'][:-len('images_needed')], ('', '', '')
        if claim == '1':
            of = [found[(prefix + name, *key)]
                  for name in ['shallow_difference'] + ['shallow'] * (prefix == 'beyond_')]
        elif claim == '2':
            of = [found[(prefix + 'top_selectivity', *key)]]
            if of[0][0] > 0:
                of.append(found[(prefix + 'top_excess', *key)])
        else:
            of = [found[prefix + 'distinctness', '', *run.conditions[EDGES]]]
        return max(0 if low > 0 or high < 0 else len(run.part) * ((high - low) / 2 / value) ** 2
                   for value, low, high in of)
    for row in rows(folder / 'claims.csv'):
        key = row['quantity'], row['layer'], row['contrast'], row['region']
        if row['claim'] == '4' or key[0].endswith(('significant_kernels', 'beyond_other_edges_p', 'intact_accuracy')):
            continue                                   # from another run, or checked with other tables
        if key[0].endswith('images_needed'):
            if abs(float(row['value']) / needed(row) - 1) > 1e-3:
                print('%s: is %s, not %.9g' % (key, row['value'], needed(row)))
                failed = 1
            continue
        for name, x in zip(('value', 'ci_low', 'ci_high'), wanted.pop(key)):
            if x is not None and not (np.isnan(x) and row[name] == '' or
                                      abs(float(row[name] or 'nan') - x) <= 2e-4 * max(1, abs(x))):
                print('%s: %s is %s, not %.9g' % (key, name, row[name], x))
                failed = 1
    if wanted:
        print('claims.csv lacks', list(wanted))
    return failed or bool(wanted)


if __name__ == '__main__':
    sys.exit(check(*map(Path, sys.argv[1:])))
