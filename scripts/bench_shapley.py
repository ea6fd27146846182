#!/usr/bin/python3
"""Times orders of cumulative lesions, in lesion shapley and in loops in PyTorch.

    scripts/bench_shapley.py [-r ROUNDS] [-n TURNS] LESION MODEL.bin IMAGE LAYER ...

On one image at contrast 1, one thread each, all programs in turn. Printed for each layer: user
seconds per order of all the layer's kernels, the median of the turns, and how many times lesion's
the others took. lesion: what ROUNDS more rounds take beyond one, so without loading. torch-full:
a full forward pass for each prefix of the order; torch-cached: the activations before the layer are
kept, the rest runs on batches of copies, each with one prefix lesioned. Of the layouts of memory and
batch sizes the fastest counts. Last, how many prefixes have lesion's predicted class, of how many.
"""
import argparse
import csv
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from bench_network import Network
from bench_peers import LAYOUTS, left_of, read_image

BATCHES = (1, 4, 16, 64)


def mix(x):
    x = ((x ^ x >> 30) * 0xbf58476d1ce4e5b9) % 2 ** 64
    x = ((x ^ x >> 27) * 0x94d049bb133111eb) % 2 ** 64
    return x ^ x >> 31


def draw(name, seed, number, count):
    """The order in which lesion lesions kernels (src/sweep/order.c)."""
    digest = hashlib.sha256(f"{seed}\n{number}\n{name}".encode()).hexdigest()
    state, order = int(digest[:16], 16), []
    for i in range(count):
        while True:
            state = (state + 0x9e3779b97f4a7c15) % 2 ** 64
            if mix(state) < 2 ** 64 - 2 ** 64 % (i + 1):
                break
        j = mix(state) % (i + 1)
        order.append(order[j] if j < i else i)
        order[j] = i
    return order


def run_lesion(options, layer, work, rounds):
    """User seconds of that many rounds from the start, and the classes predicted in round 1."""
    run = work / "run"
    shutil.rmtree(run, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([options.lesion, "shapley", "--model", options.model, "--images", work / "images",
                    "--layers", layer, "--contrast", "1", "--threads", "1", "--rounds", str(rounds),
                    "--run", run, "--output", work / "t.csv", "--force", "--quiet"], check=True)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return seconds, np.load(run / "round-001" / "predicted.npy")[0, 0]


def loop(net, values, layer, order, nodes, batch, layout):
    """The classes predicted with each prefix of the order lesioned, in batches; the nodes are those
    after the layer, or all."""
    run, left, predicted = net.compiled(nodes), left_of(layer, values), []
    whole = nodes[0] is net.nodes[0]
    others = {i for n in nodes for i in n["inputs"]} - {n["name"] for n in nodes} - {layer["name"]}
    for first in range(0, len(order), batch):
        size = min(batch, len(order) - first)
        start = {i: values[i].repeat(size, 1, 1, 1).contiguous(memory_format=layout) for i in others}
        if whole:  # each prefix has weights of its own
            for i in range(size):
                weight = layer["held"]["weight"]
                kept = weight.clone()
                weight[order[:first + i + 1]] = 0
                predicted += run({k: v[i:i + 1] for k, v in start.items()}).argmax(1).tolist()
                weight.copy_(kept)
            continue
        planes = values[layer["name"]].repeat(size, 1, 1, 1).contiguous(memory_format=layout)
        for i in range(size):
            lesioned = order[:first + i + 1]
            planes[i, lesioned] = left[lesioned][:, None, None]
        predicted += run({**start, layer["name"]: planes}).argmax(1).tolist()
    return predicted


def timed(function):
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def best(net, values, layer, order, nodes, batches):
    """The fastest way to run the loop, and what it predicts."""
    ways = []
    for layout in LAYOUTS:
        net.lay_out(layout)
        for batch in batches:
            seconds, _ = timed(lambda: loop(net, values, layer, order, nodes, batch, layout))
            ways.append((seconds, batch, layout))
    _, batch, layout = min(ways, key=lambda w: w[0])

    def run():
        net.lay_out(layout)
        return timed(lambda: loop(net, values, layer, order, nodes, batch, layout))
    return run


def show(options, work):
    """The image alone in a folder, and as the network's input."""
    image = Path(options.image)
    (work / "images").mkdir()
    shutil.copy(image, work / "images")
    with open(work / "images" / "labels.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["file", "class"], [image.name, 0]])
    subprocess.run([options.lesion, "stimuli", "--model", options.model, "--images", work / "images",
                    "--contrast", "1", "--output", work / "shown", "--quiet"], check=True)
    return next((work / "shown").rglob("*.png"))


def compare(options, net, values, name, work):
    layer = next(n for n in net.layers if n["name"] == name)
    order = draw(Path(options.image).name, 0, 1, values[name].shape[1])
    ways = {"torch-full": best(net, values, layer, order, net.nodes, BATCHES[:1]),
            "torch-cached": best(net, values, layer, order, net.behind(layer), BATCHES)}
    times = {"lesion": [], **{way: [] for way in ways}}
    right = {}
    for _ in range(options.turns):
        one, _ = run_lesion(options, name, work, 1)
        more, predicted = run_lesion(options, name, work, 1 + options.rounds)
        times["lesion"].append((more - one) / options.rounds)
        for way, run in ways.items():
            seconds, found = run()
            times[way].append(seconds)
            right[way] = int((np.array(found) == predicted[order]).sum())
    own = np.median(times["lesion"])
    print(f"{name}, {len(order)} kernels: lesion {own:.4f} s per order", end="")
    for way in ways:
        seconds = np.median(times[way])
        print(f"; {way} {seconds:.4f} s, {seconds / own:.1f} x, {right[way]}/{len(order)}", end="")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-r", "--rounds", type=int, default=20)
    parser.add_argument("-n", "--turns", type=int, default=3)
    for name in ("lesion", "model", "image"):
        parser.add_argument(name)
    parser.add_argument("layers", nargs="+")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        net = Network(options.model)
        values = {"input": read_image(show(options, work), net.graph["input"])}
        net.run(values, net.nodes)
        for name in options.layers:
            compare(options, net, values, name, work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
