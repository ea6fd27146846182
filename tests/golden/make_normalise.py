#!/usr/bin/python3
"""Computes contrast normalisation and contrast pooling by NumPy and SciPy: golden/normalise.*.

    tests/golden/make_normalise.py

normalise.safetensors  inputs 'NAME' [h][w][c], an image (pixels 0 ... 255) or an activation, and
                       results: 'NAME TEXT' after the normalisation TEXT
                       (include/lesion/normalise.h) of an activation, or of an image as
                       stimulus, which brings it to mean .449 and sd .226; 'NAME pool K S P
                       CEIL' after contrast pooling with kernel, stride, padding and ceil_mode
normalise.h            lists these, for the test

    tests/golden/make_normalise.py compare SHOWN BROUGHT

is called by cli/normalise_test.sh. It compares stimuli of lesion at contrast .2 with those made
here of the same images: SHOWN has the usual mean and sd, BROUGHT mean .6 and sd .1.

Everything is computed in float64 from float32 inputs. x[0] is subtracted first, so that constant
inputs give exact zeros; in exact arithmetic it changes nothing, as the Gaussian keeps constants.
Made with NumPy 1.24.2 and SciPy 1.10.1.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

HERE = Path(__file__).parent


def blur(plane, sigma):
    def smooth(of):
        return gaussian_filter(of, sigma, mode='constant', truncate=4.0)
    return smooth(plane) / smooth(np.ones_like(plane))


def mean_blur(x, sigma):
    return blur(x.mean(axis=2), sigma)[:, :, None]


def ratio(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


def normalised(x, text, stimulus):
    kind, *numbers = text.split(':')
    numbers = [float(n) for n in numbers]
    if kind == 'none':
        return x
    if kind == 'global':
        x = x - x.flat[0]
        return ratio(x - x.mean(), np.broadcast_to(x.std(), x.shape))
    sigma = numbers[0]
    if kind == 'local':
        x = x - x.flat[0]
        v = x - mean_blur(x, sigma)
        s = np.sqrt(mean_blur(v ** 2, sigma))
        return ratio(v, np.broadcast_to(np.maximum(s.mean(), s), v.shape))
    half, n = numbers[1:]
    if stimulus:
        x = x - x.flat[0]
        x = x - mean_blur(x, sigma)
    power = np.abs(x) ** n
    return np.sign(x) * power / (half ** n + mean_blur(power, sigma))


def shown(pixels, text, mean=.449, sd=.226):
    y = normalised(pixels / 255, text, True)
    return np.clip(normalised(y, 'global', True) * sd + mean, 0, 1) * 255


def pooled(x, kernel, stride, pad, ceil):
    h, w, c = x.shape

    def length(n):
        span = n + 2 * pad - kernel
        steps = -(-span // stride) if ceil else span // stride
        return steps + 1 - int(ceil and steps * stride >= n + pad)
    windows = [[x[max(i * stride - pad, 0):i * stride - pad + kernel,
                  max(j * stride - pad, 0):j * stride - pad + kernel].reshape(-1, c)
                for j in range(length(w))] for i in range(length(h))]
    largest, mean, variance = (np.array([[of(window) for window in row] for row in windows])
                               for of in (lambda a: a.max(0), lambda a: a.mean(0), lambda a: a.var(0)))
    s = np.minimum(1, variance.mean(axis=(0, 1)))
    return s * largest + (1 - s) * mean


def inputs():
    rng = np.random.default_rng(5)
    flat = np.full((5, 7, 3), 127)
    steps = np.full((9, 12, 3), 40)
    steps[:, 6:] = (200, 90, 41)
    return {
        'photo': rng.integers(0, 256, (7, 11, 3)),
        'faint': 118 + rng.integers(0, 13, (13, 6, 3)),
        'flat': flat, 'tinted': flat + (30, 0, -90), 'steps': steps,
        'grey': rng.normal(size=(8, 5, 1)),
        'relu': np.maximum(rng.normal(size=(5, 6, 20)), 0) * rng.uniform(0, 4, 20),
        'soft': rng.normal(size=(9, 7, 3)) * (.2, .5, 2),
        'same': np.full((4, 3, 5), -1.7), 'line': rng.normal(size=(1, 17, 2)),
        'point': rng.normal(size=(1, 1, 9))}


STIMULI = ['photo', 'faint', 'flat', 'tinted', 'steps']
TEXTS = ['global', 'local:0.3', 'local:1', 'local:2.5', 'local:40', 'divisive:1:0.1:2', 'divisive:3:0.5:1.5']
POOLS = [(3, 2, 0, 0), (2, 2, 0, 1), (3, 2, 1, 1), (3, 1, 1, 0)]


def main():
    from make_networks import write_safetensors  # needs PyTorch

    arrays, rows = {}, []
    for name, x in inputs().items():
        arrays[name] = x = x.astype(np.float32)
        wide = x.astype(np.float64)
        for text in TEXTS:
            what = 'stimulus' if name in STIMULI else 'node'
            y = shown(wide, text) if what == 'stimulus' else normalised(wide, text, False)
            arrays[f'{name} {text}'] = y
            rows.append((name, what, text, x.shape, (0, 0, 0, 0)))
        for pool in POOLS if name in ('grey', 'relu', 'same', 'soft') else []:
            text = 'pool %d %d %d %d' % pool
            arrays[f'{name} {text}'] = pooled(wide, *pool)
            rows.append((name, 'pool', text, x.shape, pool))
    write_safetensors(HERE / 'normalise.safetensors', {k: np.asarray(v, '<f4') for k, v in arrays.items()}, {})
    (HERE / 'normalise.h').write_text(
        '/* Made by golden/make_normalise.py: input, what it is, text, shape, window. */\n'
        '/* clang-format off */\n'
        'static const struct {\n    const char *input, *what, *text;\n    struct lsn_shape shape;\n'
        '    int kernel, stride, pad, ceil;\n} normalised[] = {\n' +
        ''.join('    {"%s", "%s", "%s", {%d, %d, %d}, %d, %d, %d, %d},\n' % (n, what, t, c, h, w, *pool)
                for n, what, t, (h, w, c), pool in rows) +
        '};\n/* clang-format on */\n')


def compare(shown_folder, brought):
    from PIL import Image

    def load(path):
        return np.asarray(Image.open(path)).astype(float)
    plain, worst, count = shown_folder / 'contrast-0.2', 0, 0
    cases = [(shown_folder / ('contrast-0.2-' + text.replace(':', '-')), text, .449, .226)
             for text in ('global', 'local:1.5', 'divisive:2:0.1:2')]
    cases.append((brought / 'contrast-0.2-local-1.5', 'local:1.5', .6, .1))
    for path in sorted(plain.glob('**/*.png')):
        for folder, text, mean, sd in cases:
            got, wanted = load(folder / path.relative_to(plain)), shown(load(path), text, mean, sd)
            # Values in a PNG are rounded to whole levels.
            worst, count = max(worst, np.abs(got - wanted).max()), count + 1
    print('%d stimuli, largest difference %.6f levels' % (count, worst))
    return count > 0 and worst <= .5 + 1e-3


if __name__ == '__main__':
    if sys.argv[1:2] == ['compare']:
        sys.exit(not compare(Path(sys.argv[2]), Path(sys.argv[3])))
    main()
