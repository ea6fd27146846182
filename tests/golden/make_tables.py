#!/usr/bin/python3
"""Computes the tables of lesion stats from a run directory with NumPy.

    tests/golden/make_tables.py               makes tables/run and tables/*.csv
    tests/golden/make_tables.py check RUN DIR compares the tables in DIR with RUN's arrays

tables/run is a made-up run of 18 images (16 of them complete), 3 conditions and 16
kernels, whose outcomes follow from whole numbers below. check also shows that np.load and
pandas.read_csv read every file without options (Python's csv, if there is no pandas; also
R's read.csv, if there is R).
"""

import csv
import itertools
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from scipy.stats import norm, t as student

from make_stats import interval, mcnemar, q_values, signs, wilson
from rundir import write_run

TOP = Path(__file__).parent / 'tables'
FIELDS = ('predicted', 'rank', 'loss', 'margin')
NAMES = ['kernels', 'intact', 'images', 'selectivity', 'layers', 'classes']


class Run:
    def __init__(self, folder):
        def column(name, key, kind):
            with open(folder / name, newline='') as file:
                return [kind(row[key]) for row in csv.DictReader(file)]
        self.contrasts = column('conditions.csv', 'contrast', float)
        self.regions = column('conditions.csv', 'region', str)
        self.showings = list(zip(self.regions, column('conditions.csv', 'normalise', str)))
        self.conditions = [(c, *showing) for c, showing in zip(self.contrasts, self.showings)]
        self.layer = column('kernels.csv', 'layer', str)
        self.layer_index = column('kernels.csv', 'layer_index', int)
        self.kernel = column('kernels.csv', 'kernel', int)
        self.lesion = column('kernels.csv', 'lesion', str)
        with open(folder / 'kernels.csv', newline='') as file:
            self.sampled_from = [int(row['sampled_from']) if 'sampled_from' in row else ''
                                 for row in csv.DictReader(file)]
        files, truth = column('images.csv', 'file', str), column('images.csv', 'class', int)
        names = dict(zip(truth, column('images.csv', 'class_name', str)))
        arrays = {name: np.load(folder / (name + '.npy')) for part in FIELDS
                  for name in (part, 'intact_' + part)}
        same = np.load(folder / 'same.npy')
        shape = (len(files), len(self.contrasts), len(self.kernel))
        assert same.shape == shape and same.dtype == np.uint8
        for name, array in arrays.items():
            assert array.shape == shape[:2 if name.startswith('intact_') else 3], name
            assert array.dtype == ('<f4' if name.endswith(('loss', 'margin')) else '<i4'), name
        missing = (arrays['predicted'] < 0).any((1, 2)) | (arrays['intact_predicted'] < 0).any(1)
        self.n = n = int(missing.argmax()) if missing.any() else len(files)
        self.files, self.truth, self.names = files[:n], np.array(truth[:n]), names
        self.same = same[:n]
        for name, array in arrays.items():
            setattr(self, name, array[:n].astype(float if array.dtype == '<f4' else int))
        self.right, self.intact_right = self.rank == 1, self.intact_rank == 1
        self.lost = self.intact_right[:, :, None] & ~self.right
        self.gained = ~self.intact_right[:, :, None] & self.right

    def heads(self):
        return list(zip(self.layer, self.layer_index, self.kernel, self.lesion))

    def families(self):
        """Slices of the kernels whose tests are corrected together: of the same lesion, apart from its
        numbers, such as planes:in=1 and planes:in=2."""
        kin = [re.sub('=[0-9]+', '=', lesion) for lesion in self.lesion]
        of = [list(group) for _, group in itertools.groupby(range(len(kin)), kin.__getitem__)]
        return [slice(k[0], k[-1] + 1) for k in of]


def tests(lost, gained):
    return mcnemar(int(lost), int(gained)) if lost or gained else (1., 1.)


def q_of(run):
    counts = run.lost.sum(0), run.gained.sum(0)
    p = np.vectorize(lambda lost, gained: tests(lost, gained)[0])(*counts)
    return np.array([sum((list(q_values(list(row[of]))) for of in run.families()), []) for row in p])


def rate(some, everything):
    """The share some / everything with Wilson's 95 % interval."""
    if everything == 0:
        return '', '', ''
    return (some / everything, *wilson(some, everything, norm.isf(.025)))


def kernels(run):
    q = q_of(run)
    for k, head in enumerate(run.heads()):
        for c, condition in enumerate(run.conditions):
            lost, gained = int(run.lost[:, c, k].sum()), int(run.gained[:, c, k].sum())
            top1 = int(run.intact_right[:, c].sum())
            top5 = [int((rank <= 5).sum()) for rank in (run.intact_rank[:, c], run.rank[:, c, k])]
            loss = run.intact_loss[:, c].mean(), run.loss[:, c, k].mean()
            yield (*head, *condition, run.n, top1, int(run.right[:, c, k].sum()), lost, gained,
                   (lost - gained) / run.n, *interval(run.n, top1, lost, gained, .95),
                   *rate(lost, top1), *rate(gained, run.n - top1), *tests(lost, gained), q[c, k], *top5, (top5[0] - top5[1]) / run.n, *loss,
                   loss[1] - loss[0], (run.intact_margin[:, c] - run.margin[:, c, k]).mean(),
                   int((run.intact_predicted[:, c] != run.predicted[:, c, k]).sum()),
                   int(run.same[:, c, k].all()))


def intact(run):
    for c, condition in enumerate(run.conditions):
        yield (*condition, run.n, int(run.intact_right[:, c].sum()),
               int((run.intact_rank[:, c] <= 5).sum()), run.intact_loss[:, c].mean(),
               run.intact_margin[:, c].mean())


def images(run):
    for i, file in enumerate(run.files):
        for c, condition in enumerate(run.conditions):
            yield (file, int(run.truth[i]), *condition, int(run.intact_predicted[i, c]),
                   int(run.intact_rank[i, c]), run.intact_loss[i, c], run.intact_margin[i, c])


def flip_tests(d, flips, seed):
    norm = np.sqrt((d ** 2).sum(0))
    norm[norm == 0] = 1
    score = np.abs(d.sum(0)) / norm
    flipped = np.abs(signs(seed, flips, len(d)) @ d) / norm
    return ((1 + (flipped >= score - 1e-8).sum(0)) / (1 + flips),
            (1 + (flipped.max(1)[:, None] >= score - 1e-8).sum(0)) / (1 + flips))


def jackknife(run, statistic):
    """The 95 % interval of a statistic by the jackknife: over 20 parts of the images, of which each is
    left out in turn; image i is in part i mod 20."""
    parts = min(run.n, 20)
    of = np.arange(run.n) % parts
    without = np.array([statistic(of != j) for j in range(parts)])
    if np.isnan(without).any() or np.isnan(statistic(of >= 0)):
        return '', ''
    half = student.ppf(.975, parts - 1) * np.sqrt((parts - 1) / parts * ((without - without.mean()) ** 2).sum())
    return statistic(of >= 0) - half, statistic(of >= 0) + half


def both_right(run, low, high, family, flips, seed):
    """The cells of selectivity.csv about images right in both conditions when intact: a list for each
    kernel."""
    right = run.intact_right[:, low] & run.intact_right[:, high]
    both, lost = int(right.sum()), run.lost[:, :, family] & right[:, None, None]
    effect = [run.intact_margin[right, c, None] - run.margin[right, c, family] for c in (low, high)]
    size = [np.abs(e).mean(0) if both else np.zeros(e.shape[1]) for e in effect]
    has = size[1] > 0
    usual = np.median(size[0][has] / size[1][has]) if has.sum() >= 10 else np.nan
    predicted = np.zeros(lost[:, low].shape, bool)
    predicted[right] = run.intact_margin[right, low, None] < usual * effect[1]
    d = lost[:, low].astype(float) - lost[:, high], lost[:, low].astype(float) - predicted
    p_max = [flip_tests(x, flips, seed)[1] for x in d]
    counts = [((x > 0).sum(0), (x < 0).sum(0)) for x in d]
    p = [np.array([tests(*c) for c in zip(*pair)]) for pair in counts]
    q = [list(q_values(list(x[:, 0]))) for x in p]
    value = d[0].sum(0) / max(both, 1)
    layer = [key for key in zip(run.layer_index[family], run.lesion[family])]
    rows = []
    for k in range(len(value)):
        at = [int(lost[:, c, k].sum()) for c in (low, high)]
        b, c = (int(x[k]) for x in counts[0])
        median = np.median([v for v, key in zip(value, layer) if key == layer[k]])
        row = [both, *at, b, c, value[k] if both else '', *interval(both, both - at[1], b, c, .95),
               value[k] - median if both else '', *p[0][k], q[0][k], p_max[0][k]]
        if not both:
            row[5:] = [''] * 8
        row += [size[0][k], size[1][k]] if both else ['', '']
        row += [size[0][k] / size[1][k] if has[k] else '']
        if np.isnan(usual):
            rows.append(row + [''] * 8)
            continue
        extra, spared = (int(x[k]) for x in counts[1])
        foreseen = int(predicted[:, k].sum())
        rows.append(row + [usual, foreseen, (extra - spared) / both,
                           *interval(both, both - foreseen, extra, spared, .95), p[1][k][0], q[1][k],
                           p_max[1][k]])
    return rows


def selectivity(run, flips=1999, seed=0):
    right = run.intact_right[:, :, None].astype(int) - run.right
    loss = run.loss - run.intact_loss[:, :, None]
    drop, accuracy = right.mean(0), run.intact_right.mean(0)
    for family, showing in itertools.product(run.families(), dict.fromkeys(run.showings)):
        of = [c for c, name in enumerate(run.showings) if name == showing]
        low = min(of, key=lambda c: run.contrasts[c])
        high = max(of, key=lambda c: run.contrasts[c])
        p, p_max = flip_tests((right[:, low, family] - right[:, high, family]).astype(float), flips,
                              seed)
        loss_p, loss_p_max = flip_tests(loss[:, low, family] - loss[:, high, family], flips, seed)
        both = both_right(run, low, high, family, flips, seed)
        for i, head in enumerate(run.heads()[family]):
            k = family.start + i

            def relative(m):
                with np.errstate(invalid='ignore', divide='ignore'):
                    a, b = (np.where(run.intact_right[m, c].any(), right[m, c, k].sum() /
                                     run.intact_right[m, c].sum(), np.nan) for c in (low, high))
                return float(a - b)
            value = relative(np.ones(run.n, bool))
            rates = ['' if accuracy[c] == 0 else run.lost[:, c, k].sum() / run.intact_right[:, c].sum()
                     for c in (low, high)]
            yield (*head, *showing, run.contrasts[low], run.contrasts[high], run.n, drop[low, k],
                   drop[high, k], drop[low, k] - drop[high, k], '' if math.isnan(value) else value,
                   *jackknife(run, relative), loss[:, low, k].mean() - loss[:, high, k].mean(),
                   p[i], p_max[i], loss_p[i], loss_p_max[i], *rates, *both[i])


def layers(run):
    q, drop = q_of(run), (run.lost.sum(0) - run.gained.sum(0)) / run.n
    index = list(zip(run.lesion, run.layer_index))
    for lesion, layer in dict.fromkeys(index):
        of = np.array([k for k, key in enumerate(index) if key == (lesion, layer)])
        for c, condition in enumerate(run.conditions):
            d, significant = drop[c, of], int((q[c, of] < .05).sum())
            harm = np.maximum(d, 0)
            # Gini: the mean difference of all pairs / twice the mean.
            gini = np.abs(harm[:, None] - harm).mean() / 2 / harm.mean() if harm.any() else 0
            top = -np.sort(-harm)[:5].sum() / harm.sum() if harm.any() else 0
            yield (run.layer[of[0]], layer, lesion, *condition, len(of), run.n, d.mean(), np.median(d),
                   d.max(), run.kernel[of[int(d.argmax())]], significant, significant / len(of),
                   gini, top, run.sampled_from[of[0]], *mean_interval(run, c, of))


def mean_interval(run, c, of):
    """Of the mean over a layer's kernels, which images and, in a sample, kernels vary."""
    drops = run.lost[:, c, of].astype(float) - run.gained[:, c, of]
    parts = [(drops.mean(1).var(ddof=1) / run.n, run.n - 1)]
    if run.sampled_from[of[0]] != '' and run.sampled_from[of[0]] > len(of):
        if np.ptp(drops.mean(0)) == 0:
            return '', ''
        share = len(of) / run.sampled_from[of[0]]
        parts.append(((1 - share) * drops.mean(0).var(ddof=1) / len(of), len(of) - 1))
    variance = sum(v for v, _ in parts)
    if variance == 0:
        return drops.mean(), drops.mean()
    freedom = math.floor(variance ** 2 / sum(v * v / f for v, f in parts) + 1e-6)
    half = student.ppf(.975, freedom) * math.sqrt(variance)
    return max(drops.mean() - half, -1), min(drops.mean() + half, 1)


def classes(run):
    for k, head in enumerate(run.heads()):
        for c, condition in enumerate(run.conditions):
            rows = []
            for number in sorted(set(run.truth.tolist())):
                of = run.truth == number
                lost, gained = int(run.lost[of, c, k].sum()), int(run.gained[of, c, k].sum())
                if lost or gained:
                    rows.append([*head, *condition, number, run.names[number], int(of.sum()),
                                 int(run.intact_right[of, c].sum()), int(run.right[of, c, k].sum()),
                                 lost, gained, (lost - gained) / int(of.sum())])
            most = max((row[-1] for row in rows), default=0)
            worst = next((row for row in rows if row[-1] == most > 0), None)
            yield from (row + [int(row is worst)] for row in rows)


HEADERS = {
    'kernels': 'layer,layer_index,kernel,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,lost,gained,'
               'top1_drop,top1_drop_ci_low,top1_drop_ci_high,lost_rate,lost_rate_ci_low,lost_rate_ci_high,gained_rate,'
               'gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid,q,top5_intact,top5_lesioned,'
               'top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed,noop',
    'intact': 'contrast,region,normalise,images,top1,top5,loss,margin',
    'images': 'file,class,contrast,region,normalise,predicted,rank,loss,margin',
    'selectivity': 'layer,layer_index,kernel,lesion,region,normalise,contrast_low,contrast_high,images,drop_low,drop_high,'
                   'selectivity,relative_selectivity,relative_selectivity_ci_low,relative_selectivity_ci_high,'
                   'loss_selectivity,p,p_max,loss_p,loss_p_max,lost_rate_low,lost_rate_high,both,both_lost_low,'
                   'both_lost_high,lost_low_only,lost_high_only,lost_selectivity,lost_selectivity_ci_low,'
                   'lost_selectivity_ci_high,lost_selectivity_layer,lost_p,lost_p_mid,lost_q,lost_p_max,effect_low,'
                   'effect_high,effect_ratio,usual_ratio,lost_predicted,selectivity_beyond,'
                   'selectivity_beyond_ci_low,selectivity_beyond_ci_high,beyond_p,beyond_q,beyond_p_max',
    'layers': 'layer,layer_index,lesion,contrast,region,normalise,kernels,images,mean_drop,median_drop,max_drop,'
              'max_kernel,significant,significant_share,gini,top5_share,sampled_from,mean_drop_ci_low,'
              'mean_drop_ci_high',
    'classes': 'layer,layer_index,kernel,lesion,contrast,region,normalise,class,class_name,class_images,top1_intact,'
               'top1_lesioned,lost,gained,drop,worst'}


def rows_of(name, run):
    return [HEADERS[name].split(',')] + [list(row) for row in globals()[name](run)]


# ---- the made-up run ----

def invent():
    """Outcomes whose numbers are all exact in float32; [image][condition][kernel]."""
    truth = [0, 1, 3, 1, 0, 3, 3, 1, 0, 1, 3, 0, 1, 3, 0, 1, 0, 1]
    # When intact, no image of class 3 is right at contrast .5; some of all are at .1, most at 1.
    intact = [[1, 1, 1], [1, 2, 1], [2, 6, 1], [1, 1, 2], [3, 1, 1], [1, 2, 1], [1, 7, 1], [6, 1, 1],
              [1, 1, 1], [2, 1, 1], [1, 3, 3], [1, 4, 1], [1, 1, 1], [5, 2, 1], [1, 1, 1], [2, 1, 1],
              [1, 1, 1], [1, 1, 1]]
    intact = np.array(intact)
    i, c, k = np.meshgrid(np.arange(18), np.arange(3), np.arange(16), indexing='ij')
    rank = np.repeat(intact[:, :, None], 16, 2)
    moved = (7 * i + 5 * c + 3 * k + i * k) % (2 + 2 * c) == 0
    rank[moved] = 1 + (rank[moved] + i[moved] + k[moved]) % 7
    rank[:, :, 4] = intact                             # no effect at all
    rank[:, 0, 2] = np.where(intact[:, 0] == 1, 2, intact[:, 0])  # at .1 all right ones are lost ...
    rank[:, 2, 2] = np.where(np.arange(18) == 2, 1, intact[:, 2])  # ... and at 1 none
    rank[:, 1, 6] = 1                                  # all are right, none is lost
    of = np.array(truth)
    outcomes = {}
    for prefix, ranks, extra in (('intact_', intact, 0), ('', rank, (k + i) % 5 * (rank > 1) + k)):
        shape = (18,) + (1,) * (ranks.ndim - 1)
        outcomes[prefix + 'predicted'] = np.where(ranks == 1, of.reshape(shape), (of.reshape(shape) + ranks) % 8)
        outcomes[prefix + 'rank'] = ranks
        outcomes[prefix + 'loss'] = (ranks * 16 + extra) / 64
        outcomes[prefix + 'margin'] = (24 - ranks * 16 - extra) / 32
    same = np.zeros(rank.shape, np.uint8)
    same[:, :, 4] = 1
    for part in ('loss', 'margin'):
        outcomes[part][:, :, 4] = outcomes['intact_' + part]
    return truth, outcomes, same


def make_run(folder):
    truth, outcomes, same = invent()
    outcomes['predicted'][16, 1, 8] = -1               # image 16 lacks an outcome; image 17 is whole
    outcomes['same'] = same
    names = ['cat, tabby', 'dog', 'none here', '']
    kernels_of = [('conv1', 0, k, 'weights') for k in (0, 1, 7)]
    kernels_of += [('conv, 3', 2, k, 'weights') for k in range(9)]
    kernels_of += [('conv, 3', 2, k, 'planes:in=%d' % i) for i in (0, 2) for k in range(2)]
    shutil.rmtree(TOP, ignore_errors=True)
    write_run(folder, [('%d/image "%d".png' % (t, i), t, names[t], 100 + i) for i, t in enumerate(truth)],
              ('0.1', '0.5', '1'), kernels_of, outcomes, 8, {'conv1': 3, 'conv, 3': 40})


def make():
    make_run(TOP / 'run')
    run = Run(TOP / 'run')
    for name in NAMES:
        with open(TOP / (name + '.csv'), 'w', newline='') as file:
            csv.writer(file, lineterminator='\n').writerows(
                ['%.12g' % v if isinstance(v, float) else v for v in row]
                for row in rows_of(name, run))


# ---- comparing tables ----

def read(path):
    try:
        import pandas
    except ImportError:
        print('check: no pandas, csv reads the tables')
        with open(path, newline='') as file:
            return [row for row in csv.reader(file)]
    frame = pandas.read_csv(path)
    return [list(frame.columns)] + frame.values.tolist()


def alike(got, wanted):
    if wanted == '':
        return got == '' or isinstance(got, float) and math.isnan(got)
    if isinstance(wanted, str):
        return str(got) == wanted
    return abs(float(got) - wanted) <= 1e-8 * max(1, abs(wanted))


def check(run_folder, folder):
    run, failed = Run(run_folder), False
    for name in NAMES:
        if name == 'selectivity' and len(set(run.contrasts)) == 1:
            continue
        got, wanted = read(folder / (name + '.csv')), rows_of(name, run)
        assert got[0] == wanted[0], '%s: columns %s' % (name, got[0])
        assert len(got) == len(wanted), '%s: %d rows, not %d' % (name, len(got), len(wanted))
        for row, (a, b) in enumerate(zip(got[1:], wanted[1:])):
            for column, x, y in zip(got[0], a, b):
                if not alike(x, y):
                    print('%s: row %d: %s is %s, not %s' % (name, row, column, x, y))
                    failed = True
        if shutil.which('Rscript'):
            call = 'cat(dim(read.csv(commandArgs(TRUE)[1])))'
            size = subprocess.run(['Rscript', '-e', call, folder / (name + '.csv')], check=True,
                                  capture_output=True, text=True).stdout
            assert size.split() == [str(len(got) - 1), str(len(got[0]))], '%s in R: %s' % (name, size)
    if not shutil.which('Rscript'):
        print('check: no R, its read.csv is not tried')
    return failed


if __name__ == '__main__':
    if sys.argv[1:2] == ['check']:
        sys.exit(check(Path(sys.argv[2]), Path(sys.argv[3])))
    make()
