#!/usr/bin/python3
"""Checks the tables of lesion invariance against PyTorch, Pillow and NumPy.

    tests/golden/check_invariance.py MODEL.bin IMAGES NODES.csv KERNELS.csv [LABELS.csv]

The network runs in PyTorch by scripts/bench_network.py, with the model file's weights.
Activations differ from lesion's in their last bits, which may change which of two nearly equal
kernels is the largest; so cells may differ by 1e-4. Prints the largest difference in each
column, and exits with 1 if one is larger or a row is missing.
"""
import csv
import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
from bench_network import Network

TOLERANCE = 1e-4
CONSTANT = 1e-6


def crop_of(path, spec):
    image = Image.open(path).convert("RGB")
    if spec["resize"]:
        short, size = min(image.size), spec["resize"]
        image = image.resize([int(size * s / short) if s != short else size for s in image.size],
                             Image.BICUBIC if spec["interpolation"] == "bicubic" else Image.BILINEAR)
    left, top = round((image.width - spec["width"]) / 2), round((image.height - spec["height"]) / 2)
    return np.array(image.crop((left, top, left + spec["width"], top + spec["height"])))


def shown(crop, contrast, spec):
    x = crop / 255
    if contrast < 1:
        x = np.trunc(255 * ((1 - contrast) / 2 + contrast * x) + 1e-9) / 255
    x = (255 * x * spec["scale"])[..., ::-1 if spec["order"] == "BGR" else 1] - spec["mean"]
    return torch.from_numpy((x / spec["std"]).transpose(2, 0, 1)[None].astype("f4"))


def activations(net, x):
    values = {"input": x}
    with torch.no_grad():
        net.run(values, net.nodes)
    return {n["name"]: np.float64(values[n["name"]][0].reshape(values[n["name"]].shape[1], -1))
            for n in net.nodes}


def correlations(a, r, axis):
    """Pearson's correlations of a and r along axis, NaN where one of them is constant; and whether r
    varies there."""
    varies = [x.std(axis) > CONSTANT * np.sqrt((x ** 2).mean(axis)) for x in (a, r)]
    a, r = (x - x.mean(axis, keepdims=True) for x in (a, r))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (a * r).sum(axis) / np.sqrt((a ** 2).sum(axis) * (r ** 2).sum(axis))
    return np.where(varies[0] & varies[1], rho, np.nan), varies[1]


def mean(values):
    values = np.asarray(values)
    return np.nan if np.isnan(values).all() else np.nanmean(values)


def compute(net, spec, files, contrasts):
    """The rows of both tables: {(node, contrast): cells}, {(node, contrast, kernel): cells}."""
    seen = {}
    for path in files:
        crop = crop_of(path, spec)
        reference = activations(net, shown(crop, 1, spec))
        for contrast in contrasts:
            for name, a in activations(net, shown(crop, float(contrast), spec)).items():
                r = reference[name]
                space, _ = correlations(a, r, 1)
                over, varies = correlations(a, r, 0)
                seen.setdefault((name, contrast), []).append(
                    (space, mean(over), (a.argmax(0) == r.argmax(0))[varies].sum(), varies.sum(),
                     np.abs(a).sum(1), np.abs(r).sum(1)))
    nodes, kernels = {}, {}
    for (name, contrast), images in seen.items():
        space, over, same, winners, a, r = (np.array(x) for x in zip(*images))
        with np.errstate(divide="ignore", invalid="ignore"):
            nodes[name, contrast] = {
                "space_correlation": mean(space), "kernel_correlation": mean(over),
                "same_winner": same.sum() / winners.sum(),
                "relative_magnitude": a.sum() / r.sum()}
            for k in range(a.shape[1]):
                kernels[name, contrast, str(k)] = {
                    "space_images": np.sum(~np.isnan(space[:, k])),
                    "space_correlation": mean(space[:, k]),
                    "relative_magnitude": a[:, k].sum() / r[:, k].sum()}
    return nodes, kernels


def compare(path, wanted, key):
    rows = {tuple(row[k] for k in key): row for row in csv.DictReader(open(path))}
    wrong = [f"{path}: its rows are not those of the network"] if rows.keys() != wanted.keys() else []
    worst = {}
    for at, cells in wanted.items():
        for column, value in cells.items():
            text = rows.get(at, {}).get(column)
            if text is None or (text == "") != bool(np.isnan(value)):
                wrong.append(f"{path}: {at} {column}: {text!r}, wanted {value}")
            elif text:
                worst[column] = max(worst.get(column, (0, at)), (abs(float(text) - value), at))
    for column, (difference, at) in worst.items():
        print(f"{path}: {column}: largest difference {difference:.2g}, of {at}")
        if difference > TOLERANCE:
            wrong.append(f"{path}: {column}: {difference:.2g} at {at}")
    return wrong


def main():
    model, images, nodes, kernels, *labels = sys.argv[1:]
    net, folder = Network(model), pathlib.Path(images)
    files = sorted(folder.glob("*/*.*"))
    if labels or (folder / "labels.csv").exists():
        rows = csv.DictReader(open((labels + [folder / "labels.csv"])[0]))
        files = [folder / row["file"] for row in rows]
    contrasts = list(dict.fromkeys(row["contrast"] for row in csv.DictReader(open(nodes))))
    by_node, by_kernel = compute(net, net.graph["input"], files, contrasts)
    wrong = compare(nodes, by_node, ("node", "contrast")) + \
        compare(kernels, by_kernel, ("node", "contrast", "kernel"))
    print("\n".join(wrong[:20]), file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
