#!/usr/bin/python3
"""Small networks of the kinds that people publish: PyTorch against lesion, kernel by kernel.

    tests/battery/battery.py LESION [--opset N] [--export folded|kept|dynamic] [--keep FOLDER] [NAME ...]

Each network of the files beside this one (or those named) gets
seeded random weights, is exported by torch.onnx and run by the program LESION. Compared
with PyTorch in double precision are, of two images at two contrasts: the intact logits;
and in both engines predicted class, rank, loss and margin with each kernel of each
convolution zeroed (bias and batch-norm kept). They may differ by 1e-4 of the largest
logit; predicted class and rank count only where no other logit is nearer than that. The
engines are compared with each other, too. Prints a line for each network:

    name, convolutions, kernels, largest difference of the intact logits, and in the full and
    in the incremental engine of loss and margin, all in parts of the largest logit; the share
    of kernels whose lesion PyTorch finds to move a logit by 100 times what is tolerated; what
    is wrong, or ok. For those that lesion must refuse, ok is that it says why

and exits with 1 if one is wrong. --opset: the least, of those that need no later one;
--export kept leaves batch-norms apart, dynamic leaves the batch's size open; --keep: there
the networks and what was made of them are left.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

import attention  # noqa: F401  these fill NETWORKS
import ends  # noqa: F401
import joins  # noqa: F401
import layers  # noqa: F401
import residual  # noqa: F401
import space  # noqa: F401
from parts import NETWORKS

TOLERANCE = 1e-4
CONTRASTS = (1, .4)
IMAGES = 2
MEAN, STD = [.45, .5, .4], [.25, .3, .28]


class Wrong(Exception):
    """What is wrong with a network, in a sentence."""


# ---- PyTorch's side ----

class Convolutions:
    """Within it, torch's convolutions over space tell which they are, and one kernel's weights may be zero.

    A convolution is its weight: one that is used at several places is one. It is called after
    its parameter, and after the module that uses it."""

    def __init__(self, net):
        self.net, self.running, self.hooks = net, [""], []
        self.kernels, self.called, self.lesion = {}, {}, None
        self.parameters = {id(p): n for n, p in [*net.named_parameters(), *net.named_buffers()]}

    def __enter__(self):
        self.real = F.conv2d
        for name, module in self.net.named_modules():
            self.hooks.append(module.register_forward_pre_hook(lambda m, x, name=name: self.running.append(name)))
            self.hooks.append(module.register_forward_hook(lambda m, x, y: self.running.__delitem__(-1)))
        F.conv2d = self.wrapped(self.real)
        return self

    def __exit__(self, *exception):
        F.conv2d = self.real
        for hook in self.hooks:
            hook.remove()

    def wrapped(self, real):
        def convolve(x, weight, *more, **named):
            name = self.name_of(weight)
            if self.lesion and self.lesion[0] == name:
                weight = weight.clone()
                weight[self.lesion[1]] = 0
            return real(x, weight, *more, **named)
        return convolve

    def name_of(self, weight):
        module = self.running[-1]
        name = self.parameters.get(id(weight), module)
        name = name[:-len(".weight")] if name.endswith(".weight") else name
        self.kernels[name] = weight.shape[0]
        self.called[name] = self.called[module] = name
        return name


def randomise(net, x):
    """Batch-norms get the statistics of some random images, and gains and shifts of their own."""
    norms = [m for m in net.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for m in norms:
        m.momentum = None
        if m.affine:
            nn.init.uniform_(m.weight, .5, 1.5)
            nn.init.normal_(m.bias, 0, .3)
    net.train()
    with torch.no_grad():
        for _ in range(2):
            net(x + torch.randn_like(x) * .3)
    return net.eval()


def build(name):
    make, facts = NETWORKS[name]
    torch.manual_seed(zlib.crc32(name.encode()))
    net = make()
    last = getattr(net, "channels_last", False)
    x = torch.randn(8, facts["channels"], *facts["size"])
    return randomise(net, x.permute(0, 2, 3, 1) if last else x), facts


def logits_of(net, x):
    x = x.permute(0, 2, 3, 1) if getattr(net, "channels_last", False) else x
    with torch.no_grad():
        return getattr(net, "logits", net)(x).numpy()


def reference(net, x):
    """The intact logits [stimulus][class]; those with each kernel lesioned, by convolution
    [kernel][stimulus][class]; and what each name of a convolution stands for."""
    net = net.double()
    with Convolutions(net) as convolutions:
        intact, lesioned = logits_of(net, x), {}
        for name, kernels in list(convolutions.kernels.items()):
            made = []
            for k in range(kernels):
                convolutions.lesion = name, k
                made.append(logits_of(net, x))
            lesioned[name] = np.stack(made)
    return intact, lesioned, convolutions.called


# ---- what both are shown ----

def draw_images(folder, facts, seed):
    """Smooth random pictures, so that a lower contrast leaves something; returns the pixels."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    made, labels = [], ["file,class"]
    for i in range(IMAGES):
        h, w = facts["size"]
        pixels = random.uniform(0, 255, (h // 4 + 1, w // 4 + 1, 3)).astype(np.uint8)
        image = Image.fromarray(pixels).resize((w, h), Image.BICUBIC)
        image = image.convert("L") if facts["channels"] == 1 else image
        image.save(folder / f"{i}.png")
        made.append(np.array(image).reshape(h, w, -1))
        labels.append(f"{i}.png,{random.integers(facts['classes'])}")
    (folder / "labels.csv").write_text("\n".join(labels) + "\n")
    return made, [int(line.split(",")[1]) for line in labels[1:]]


def shown(images, channels):
    """[image, contrast][channel][y][x], as lesion-method(7) has it."""
    made = []
    for pixels in images:
        for contrast in CONTRASTS:
            x = pixels / 255
            if contrast < 1:
                x = np.trunc(255 * ((1 - contrast) / 2 + contrast * x) + 1e-9) / 255
            made.append(((x - MEAN[:channels]) / STD[:channels]).transpose(2, 0, 1))
    return torch.from_numpy(np.ascontiguousarray(np.stack(made), "f4")).double()


def export(net, facts, path, options):
    h, w = facts["size"]
    c = facts["channels"]
    x = torch.zeros(1, h, w, c) if getattr(net, "channels_last", False) else torch.zeros(1, c, h, w)
    more = {"output_names": facts["named"]} if facts["named"] else {}
    if options.export == "dynamic":
        more.update(input_names=["input"], dynamic_axes={"input": {0: "batch"}})
    if options.export == "kept":
        more.update(training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    try:
        torch.onnx.export(net.float(), x, str(path), opset_version=max(options.opset, facts["opset"]), **more)
    except Exception as why:  # of many kinds, also of its C++ part
        raise Wrong(f"not exported: {str(why).splitlines()[0]}") from why
    spec = dict(channels=c, height=h, width=w, resize=0, interpolation="bilinear", order="RGB", scale=1 / 255,
                mean=MEAN[:c], std=STD[:c])
    path.with_suffix(".input.json").write_text(json.dumps(spec))


# ---- lesion's side ----

def run(program, command, *arguments):
    done = subprocess.run([str(a) for a in (program, command, *arguments)], capture_output=True, text=True)
    if done.returncode:
        model = arguments[arguments.index("--model") + 1]
        said = done.stderr.strip().splitlines() or [""]
        said = said[0].removeprefix("lesion: error: ").removeprefix(f"{model}: ")
        where = f"{arguments[arguments.index('--engine') + 1]}: " if "--engine" in arguments else ""
        raise Wrong(f"{where}{'refused' if done.returncode == 1 else f'exit {done.returncode}'}: {said}")


def outcomes(program, folder, common, engine):
    """Arrays [stimulus][kernel] by name, and the kernels as (layer, kernel)."""
    out = folder / engine
    run(program, "sweep", *common, "--engine", engine, "--run", out)
    arrays = {}
    for name in "predicted", "rank", "loss", "margin", "same":
        array = np.load(out / f"{name}.npy")
        arrays[name] = array.reshape(-1, array.shape[-1])
    with open(out / "kernels.csv", newline="") as file:
        return arrays, [(row["layer"], int(row["kernel"])) for row in csv.DictReader(file)]


# ---- compared ----

def ordered(kernels, lesioned, called):
    """PyTorch's logits [stimulus][kernel][class], in the order of lesion's kernels."""
    strange = sorted({layer for layer, _ in kernels} - set(called))
    if strange:
        raise Wrong(f"no convolution of PyTorch's: {', '.join(strange)}")
    seen = {(called[layer], k) for layer, k in kernels}
    absent = sorted({name for name in lesioned for k in range(len(lesioned[name])) if (name, k) not in seen})
    if absent:
        raise Wrong(f"not lesioned: {', '.join(absent)}")
    if len(kernels) != len(seen):
        raise Wrong("a convolution is there twice")
    return np.stack([lesioned[called[layer]][k] for layer, k in kernels], 1)


def measures(z, labels):
    """Of logits [stimulus][kernel][class]; labels [stimulus]."""
    true = np.take_along_axis(z, labels[:, None, None].repeat(z.shape[1], 1), 2)[..., 0]
    others = z.copy()
    np.put_along_axis(others, labels[:, None, None].repeat(z.shape[1], 1), -np.inf, 2)
    top = np.sort(z, 2)
    best = z.max(2)
    return {"predicted": z.argmax(2), "rank": 1 + (z > true[..., None]).sum(2), "margin": true - others.max(2),
            "loss": best + np.log(np.exp(z - best[..., None]).sum(2)) - true, "gap": top[..., -1] - top[..., -2],
            "true_gap": np.sort(np.abs(z - true[..., None]), 2)[..., 1]}


def differences(got, want, scale):
    """The largest difference of loss or margin, in parts of the scale; and what is wrong."""
    wrong = []
    worst = max(np.abs(got[n] - want[n]).max() if np.isfinite(got[n]).all() else np.inf for n in ("loss", "margin"))
    for name, gap in ("predicted", "gap"), ("rank", "true_gap"):
        bad = (got[name] != want[name]) & (want[gap] > TOLERANCE * scale)
        if bad.any():
            wrong.append(f"{name} of {bad.sum()} of {bad.size} variants")
    if not worst / scale <= TOLERANCE:
        wrong.append("loss or margin")
    return worst / scale, wrong


def compare(program, folder, common, reference, labels, steep):
    """Columns, and what is wrong; reference: what reference() returned, labels [stimulus]."""
    row, (intact, lesioned, called) = [], reference
    run(program, "eval", *common, "--logits", folder / "logits.npy", "--output", folder / "eval.csv")
    got = np.load(folder / "logits.npy").reshape(intact.shape)
    row.append(np.abs(got - intact).max() / np.abs(intact).max())
    wrong = [] if row[-1] <= TOLERANCE else ["INTACT LOGITS"]
    full, kernels = outcomes(program, folder, common, "full")
    incremental, _ = outcomes(program, folder, common, "incremental")
    z = ordered(kernels, lesioned, called)
    want, scale = measures(z, labels), max(np.abs(intact).max(), np.abs(z).max())
    for name, got, true in ("full", full, want), ("incremental", incremental, want), ("engines", incremental,
                                                                                     {**want, **full}):
        worst, bad = differences(got, true, scale)
        row += [worst] if name != "engines" else []
        wrong += [f"{name}: {what}" for what in bad if name == "full" or not steep]
    row.append((np.abs(z - intact[:, None]).max((0, 2)) > 100 * TOLERANCE * scale).mean())
    if (full["same"] != incremental["same"]).any() and not steep:
        wrong.append(f"engines: noop of {(full['same'] != incremental['same']).sum()} variants")
    return row, wrong


def check(program, name, folder, options):
    """The columns of its line, and what is wrong."""
    net, facts = build(name)
    images, labels = draw_images(folder / "images", facts, len(name))
    computed = reference(net, shown(images, facts["channels"]))
    row = [len(computed[1]), sum(len(z) for z in computed[1].values())]
    common = ["--model", folder / "net.onnx", "--images", folder / "images", "--contrast",
              ",".join(map(str, CONTRASTS)), "-t", "1", "-q", *facts["arguments"]]
    more, refused = [], facts["refused"]
    try:
        export(net, facts, folder / "net.onnx", options)
        more, wrong = compare(program, folder, common, computed, np.repeat(labels, len(CONTRASTS)),
                              facts["steep"])
        wrong += [f"not refused: {refused}"] if refused else []
    except Wrong as why:
        wrong = [] if refused and str(why).startswith("refused: ") and refused in str(why) else [str(why)]
    return row + more, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lesion", type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--opset", type=int, default=14)
    parser.add_argument("--export", choices=("folded", "kept", "dynamic"), default="folded")
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_intermixed_args()
    unknown = set(options.names) - set(NETWORKS)
    if unknown:
        parser.error(f"no network called {', '.join(sorted(unknown))}")
    if options.keep and options.keep.exists():
        parser.error(f"{options.keep}: exists")
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # of torch.onnx, mostly
    failed, names = 0, options.names or list(NETWORKS)
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            row, wrong = check(options.lesion, name, (options.keep or pathlib.Path(scratch)) / name, options)
            cells = [f"{value:.1e}" if isinstance(value, float) else str(value) for value in row]
            verdict = "FAIL " + "; ".join(wrong) if wrong else "ok"
            print(f"{name:30s} {' '.join(f'{c:>8s}' for c in cells):54s} {verdict}", flush=True)
            failed += bool(wrong)
    print(f"{len(names) - failed} of {len(names)} ok")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
