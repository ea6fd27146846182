#!/usr/bin/python3
"""Times the usual ways to lesion kernels, on the weights and image that lesion runs on.

Called by scripts/bench; needs PyTorch, NumPy and Pillow, and for ONNX Runtime python3-onnx
and onnxruntime-node. Prints one line per way:

    WAY SECONDS VERIFIED

WAY is torch-full (the paper's way: one full forward pass per kernel), torch-cached (the
activations before the layer are kept, the rest runs on batches of copies, each with one kernel
lesioned) or ort-cached (the same in ONNX Runtime, on the part of the ONNX file after the layer and
its batch-norm: bench_onnx.py). Of the layouts of memory (contiguous, channels_last) and batch sizes
tried, the fastest counts.
SECONDS are per kernel, image and contrast, averaged over the kernels of the table: a layer is timed
on batches of its first kernels, and weighted by its number of kernels in the table. VERIFIED is
how many kernels agree with lesion's table on whether lesioning them changes the predicted class, of
how many compared. If a way does not work, standard error tells why.
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
LONG_ENOUGH, TOO_LONG = 0.2, 1.0  # seconds to repeat a call for, at least and about at most


def timed(function):
    """The median seconds of a call, not counting a first one to warm up, and its result."""
    result, times = function(), []
    while (len(times) < 3 or sum(times) < LONG_ENOUGH) and sum(times) < TOO_LONG:
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return float(np.median(times)), result


def full_pass(net, x):
    """Seconds per image of a whole forward pass, at the best layout and batch size."""
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
    """The value that fills each plane of a layer when its kernel is lesioned: the folded bias."""
    bias = layer["held"].get("bias")
    return torch.zeros(values[layer["name"]].shape[1]) if bias is None else bias


def lesioned_batch(net, values, layer, batch, layout):
    """The nodes after a layer and a batch of inputs for them: the layer's output, with kernel k
    lesioned in copy k, and copies of the other activations that they read."""
    nodes, left = net.behind(layer), left_of(layer, values)
    planes = values[layer["name"]].repeat(batch, 1, 1, 1)
    for k in range(batch):
        planes[k, k] = left[k]
    others = {i for n in nodes for i in n["inputs"]} - {n["name"] for n in nodes}
    start = {i: values[i].repeat(batch, 1, 1, 1) for i in others}
    start[layer["name"]] = planes
    return nodes, {i: v.contiguous(memory_format=layout) for i, v in start.items()}


def torch_cached(net, values, layer):
    """Seconds per kernel of running only the nodes after a layer, at the best layout and batch size,
    and the classes predicted with each of its first kernels lesioned."""
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
    """A function of a layer that does what torch_cached does, in ONNX Runtime on the ONNX file."""
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
    """Averages measure(layer) over the table's kernels: seconds per kernel, how many outcomes agree
    with the table, of how many."""
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
    """The image file as the network's input [1][c][h][w]."""
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
