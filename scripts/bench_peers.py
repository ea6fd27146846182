#!/usr/bin/python3
"""Times how others lesion kernels, on the weights and image that lesion runs on.

Called by scripts/bench; needs PyTorch, NumPy and Pillow, and for ONNX Runtime python3-onnx
and onnxruntime-node. Prints one line per way:

    WAY SECONDS VERIFIED

WAY is torch-full (the paper's way: one full forward pass per kernel, the better of
contiguous and channels_last, and of several batch sizes), torch-cached (activations
before the layer kept, the rest run in batches of lesioned copies, the best layout and
batch size of several) or ort-cached (the same in ONNX Runtime, on the part of the ONNX
file that is behind the layer's output, batch-norm included: bench_onnx.py).
SECONDS are per kernel, image and contrast, as a sweep over the kernels of the table would
average: each layer's figure, from batches of its first kernels, weighs as many times as
the table has rows of it. VERIFIED counts kernels of which lesion's own table says rightly
whether their lesion changes the predicted class. A way that does not work is told on
standard error.
"""
import argparse
import csv
import sys
import time

import numpy as np
import torch
from PIL import Image

from bench_network import Network

BATCHES = (4, 16, 64)
LAYOUTS = (torch.contiguous_format, torch.channels_last)
LONG_ENOUGH, TOO_LONG = 0.2, 1.0  # seconds that calls of one kind take together at least, about


def timed(function):
    """Median seconds of a call after one to warm up, and its result."""
    result, times = function(), []
    while (len(times) < 3 or sum(times) < LONG_ENOUGH) and sum(times) < TOO_LONG:
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return float(np.median(times)), result


def full_pass(net, x):
    """Seconds per image of one whole forward pass: the best way of several."""
    best = np.inf
    run = net.compiled(net.nodes)
    for layout in LAYOUTS:
        net.lay_out(layout)
        for batch in (1, 8, 32):
            data = x[:1].repeat(batch, 1, 1, 1).contiguous(memory_format=layout)
            seconds, _ = timed(lambda: run({"input": data}))
            best = min(best, seconds / batch)
            if seconds > TOO_LONG:
                break
    return best


def sizes(kernels):
    return sorted({min(b, kernels) for b in BATCHES})


def left_of(layer, values):
    """What a layer's planes are with their kernels lesioned: the bias, batch-norm folded."""
    bias = layer["held"].get("bias")
    return torch.zeros(values[layer["name"]].shape[1]) if bias is None else bias


def lesioned_batch(net, values, layer, batch, layout):
    """Inputs of the nodes behind a layer: its output with one kernel lesioned in each copy,
    and what else they read, repeated."""
    nodes, left = net.behind(layer), left_of(layer, values)
    planes = values[layer["name"]].repeat(batch, 1, 1, 1)
    for k in range(batch):
        planes[k, k] = left[k]
    others = {i for n in nodes for i in n["inputs"]} - {n["name"] for n in nodes}
    start = {i: values[i].repeat(batch, 1, 1, 1) for i in others}
    start[layer["name"]] = planes
    return nodes, {i: v.contiguous(memory_format=layout) for i, v in start.items()}


def torch_cached(net, values, layer):
    """Seconds per kernel with the activations before the layer kept, the best way of several,
    and the classes predicted without its first kernels."""
    best, predicted = np.inf, []
    for layout in LAYOUTS:
        net.lay_out(layout)
        for batch in sizes(values[layer["name"]].shape[1]):
            nodes, start = lesioned_batch(net, values, layer, batch, layout)
            run = net.compiled(nodes)
            seconds, logits = timed(lambda: run(start))
            best = min(best, seconds / batch)
            predicted = max(predicted, logits.argmax(1).tolist(), key=len)
            if seconds > TOO_LONG:
                break
    return best, predicted


def ort_cached(path, net, values, layers, options):
    """torch_cached of the same arguments, of ONNX Runtime and the ONNX file."""
    from bench_onnx import NotCut, Source

    source = Source(path, options.threads, options.node_modules)
    outputs = {n["name"]: values[n["name"]].numpy() for n in layers}
    logits = values[net.output].flatten().numpy()
    tensors = source.look(values["input"].numpy(), outputs, logits)

    def measure(layer):
        name = layer["name"]
        if name not in tensors:
            raise NotCut(f"layer {name}: no tensor of the ONNX file has its values")
        left = left_of(layer, values).tolist()
        return source.timed(tensors[name], left, sizes(len(left)))

    return measure


def averaged(net, values, table, measure):
    """Seconds per kernel over the table's layers, and how many outcomes agree with it."""
    intact = int(values[net.output].flatten(1).argmax(1))
    total, kernels, right, checked = 0.0, 0, 0, 0
    for layer in net.layers:
        changed = table.get(layer["name"])
        if not changed:
            continue
        seconds, predicted = measure(layer)
        total, kernels = total + seconds * len(changed), kernels + len(changed)
        for kernel, p in enumerate(predicted):
            if kernel in changed:
                checked += 1
                right += changed[kernel] == (p != intact)
    return total / kernels, right, checked


def read_table(path):
    """{layer: {kernel: whether its lesion changes the predicted class}} at contrast 1."""
    table = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if float(row["contrast"]) == 1:
                table.setdefault(row["layer"], {})[int(row["kernel"])] = row["changed"] != "0"
    return table


def read_image(path, given):
    """What the network is shown: [1][c][h][w]."""
    x = Image.open(path).convert("L" if given["channels"] == 1 else "RGB")
    x = torch.from_numpy(np.array(x).reshape(x.height, x.width, -1)).permute(2, 0, 1)[None].float()
    x = x.flip(1) if given["order"] == "BGR" else x
    mean, std = (torch.tensor(given[k]).float()[None, :, None, None] for k in ("mean", "std"))
    return ((x * given["scale"] - mean) / std).contiguous()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="the lesion model file")
    parser.add_argument("stimulus", help="PNG of what the network is shown")
    parser.add_argument("table", help="lesion's CSV for that stimulus alone")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--onnx", help="the same network as an ONNX file")
    parser.add_argument("--node-modules", help="folder with onnxruntime-node")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    net, table = Network(options.model), read_table(options.table)
    values = {"input": read_image(options.stimulus, net.graph["input"])}
    net.run(values, net.nodes)
    layers = [n for n in net.layers if n["name"] in table]

    def full():
        return full_pass(net, values["input"]), "-"

    def cached():
        return averaged(net, values, table, lambda layer: torch_cached(net, values, layer))

    def ort():
        return averaged(net, values, table, ort_cached(options.onnx, net, values, layers, options))

    ways = {"torch-full": full, "torch-cached": cached}
    if options.node_modules and options.onnx:
        ways["ort-cached"] = ort
    for way, measure in ways.items():
        try:
            seconds, *verified = measure()
            print(f"{way} {seconds:.6g} {'/'.join(map(str, verified))}", flush=True)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            print(f"bench_peers.py: {way}: not timed: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
