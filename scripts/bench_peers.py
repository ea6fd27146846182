#!/usr/bin/python3
"""Times how others lesion kernels, on the weights and images that lesion runs on.

Called by scripts/bench; needs PyTorch, NumPy and Pillow, and for ONNX Runtime python3-onnx
and onnxruntime-node. Executes a lesion model file node by node and prints one line per way:

    WAY SECONDS VERIFIED

WAY is torch-full (the paper's way: one full forward pass per kernel, the better of
contiguous and channels_last, and of several batch sizes), torch-cached (activations
before the layer kept, the rest run in batches of lesioned copies, the best of several
batch sizes) or ort-cached (the same in ONNX Runtime, on the layer's own sub-network).
SECONDS are per kernel, image and contrast, as a sweep over all kernels of all layers
would average: each layer's figure, from batches of its first kernels, weighs as many
times as it has kernels. VERIFIED counts kernels of which lesion's own table says rightly
whether their lesion changes the predicted class.
"""
import argparse
import csv
import json
import pathlib
import struct
import subprocess
import tempfile
import time

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F


def read_model(path):
    """The graph of a lesion model file and its tensors."""
    raw = open(path, "rb").read()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + size])
    graph = json.loads(header.pop("__metadata__")["graph"])
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + o for o in entry["data_offsets"])
        data = np.frombuffer(raw[begin:end], "<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(data.copy())
    return graph, tensors


def padded(x, pads, value=0.0):
    top, left, bottom, right = pads
    return F.pad(x, (left, right, top, bottom), value=value) if any(pads) else x


class Network:
    """Runs nodes of the graph on values kept by name."""

    def __init__(self, path):
        self.graph, self.tensors = read_model(path)
        self.nodes = self.fold(self.graph["nodes"])
        self.output = self.nodes[-1]["name"]
        self.layers = [n for n in self.nodes if n["op"] == "Conv"]

    def weight(self, node, role):
        name = node.get("tensors", {}).get(role)
        return self.tensors[name] if name else None

    def fold(self, nodes):
        """Batch-norm into the convolution before it, as any deployment does."""
        kept, renamed = [], {}
        for node in nodes:
            node = dict(node, inputs=[renamed.get(i, i) for i in node["inputs"]])
            before = next((n for n in kept if n["name"] == node["inputs"][0]), None)
            if node["op"] != "BatchNormalization" or not before or before["op"] != "Conv":
                kept.append(node)
                continue
            scale, bias, mean, var = (self.weight(node, r) for r in ("scale", "bias", "mean", "var"))
            scale = scale / torch.sqrt(var + node["attributes"]["epsilon"])
            tensors = before["tensors"]
            old = self.weight(before, "bias")
            self.tensors[tensors["weight"]] *= scale[:, None, None, None]
            self.tensors[tensors.setdefault("bias", before["name"] + ".folded")] = \
                bias + scale * ((0 if old is None else old) - mean)
            renamed[node["name"]] = before["name"]
        return kept

    def step(self, node, values):
        x = [values[i] for i in node["inputs"]]
        a, op = node.get("attributes", {}), node["op"]
        if op == "Conv":
            pads = a["pads"]
            even = pads[0] == pads[2] and pads[1] == pads[3]
            return F.conv2d(x[0] if even else padded(x[0], pads), self.weight(node, "weight"),
                            self.weight(node, "bias"), a["stride"], pads[:2] if even else 0,
                            a["dilation"], a["groups"])
        if op == "Linear":
            return F.linear(x[0].flatten(1), self.weight(node, "weight"), self.weight(node, "bias"))
        if op == "Relu":
            return F.relu(x[0])
        if op == "MaxPool":
            top, left, bottom, right = a["pads"]
            if (top, left) == (bottom, right):
                return F.max_pool2d(x[0], a["kernel"], a["stride"], (top, left), a["dilation"],
                                    a["ceil_mode"])
            return F.max_pool2d(padded(x[0], a["pads"], -np.inf), a["kernel"], a["stride"], 0,
                                a["dilation"], a["ceil_mode"])
        if op == "AveragePool":
            return F.avg_pool2d(x[0], a["kernel"], a["stride"], a["pads"][:2], a["ceil_mode"],
                                a["count_include_pad"])
        if op == "GlobalAveragePool":
            return x[0].mean((2, 3), keepdim=True)
        if op == "LRN":
            return F.local_response_norm(x[0], a["size"], a["alpha"], a["beta"], a["bias"])
        if op == "Concat":
            return torch.cat(x, 1)
        if op == "Add":
            return x[0] + x[1]
        if op == "Flatten":
            return x[0].flatten(1)
        raise SystemExit(f"bench_peers.py: the op {op} is not timed")

    def run(self, values, nodes):
        for node in nodes:
            values[node["name"]] = self.step(node, values)
        return values[self.output].flatten(1)

    def behind(self, layer):
        """The nodes that see a change in the layer's output, in order."""
        reached = {layer["name"]}
        nodes = []
        for node in self.nodes:
            if any(i in reached for i in node["inputs"]):
                reached.add(node["name"])
                nodes.append(node)
        return nodes


def timed(function, at_least=0.3):
    """Median seconds of a call after one to warm up."""
    result, times = function(), []
    while sum(times) < at_least or len(times) < 3:
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return float(np.median(times)), result


def full_pass(net, x):
    """Seconds per image of one whole forward pass: the best way of several."""
    best = np.inf
    for batch in (1, 8, 32):
        images = x[:1].repeat(batch, 1, 1, 1)
        for layout in (torch.contiguous_format, torch.channels_last):
            data = images.contiguous(memory_format=layout)
            seconds, _ = timed(lambda: net.run({"input": data}, net.nodes))
            best = min(best, seconds / batch)
    return best


BATCHES = (4, 16, 64)


def lesioned_batch(net, values, layer, batch):
    """Inputs of the nodes behind a layer: the layer's output with one kernel lesioned in
    each copy, and what else they read, repeated."""
    nodes, bias = net.behind(layer), net.weight(layer, "bias")
    planes = values[layer["name"]].repeat(batch, 1, 1, 1)
    for k in range(batch):
        planes[k, k] = 0 if bias is None else bias[k]
    others = {i for n in nodes for i in n["inputs"]} - {n["name"] for n in nodes}
    start = {i: values[i].expand(batch, *values[i].shape[1:]) for i in others}
    start[layer["name"]] = planes
    return nodes, start


def cached(net, values, layer):
    """Seconds per kernel with the activations before the layer kept, at the best batch
    size, and the classes predicted without its first kernels."""
    kernels, best, predicted = values[layer["name"]].shape[1], np.inf, []
    for batch in sorted({min(b, kernels) for b in BATCHES}):
        nodes, start = lesioned_batch(net, values, layer, batch)
        seconds, logits = timed(lambda: net.run(dict(start), nodes), 0.15)
        best = min(best, seconds / batch)
        predicted = logits.argmax(1).tolist()
    return best, predicted


# ---------------------------------------------------------------- ONNX Runtime

def onnx_nodes(node):
    """The node as ONNX has it; a Linear is a Flatten (of vectors c x 1 x 1) and a Gemm."""
    from onnx import helper
    a, op = node.get("attributes", {}), node["op"]
    name = {"Linear": "Gemm"}.get(op, op)
    inputs = list(node["inputs"]) + [t for t in node.get("tensors", {}).values()]
    window = {"strides": a.get("stride"), "dilations": a.get("dilation"), "pads": a.get("pads")}
    attributes = {"Conv": dict(window, group=a.get("groups")),
                  "Linear": {"transB": 1},
                  "MaxPool": dict(window, kernel_shape=a.get("kernel"),
                                  ceil_mode=int(a.get("ceil_mode", 0))),
                  "AveragePool": {"strides": a.get("stride"), "pads": a.get("pads"),
                                  "kernel_shape": a.get("kernel"),
                                  "ceil_mode": int(a.get("ceil_mode", 0)),
                                  "count_include_pad": int(a.get("count_include_pad", 0))},
                  "LRN": {k: v if k == "size" or isinstance(v, list) else float(v)
                          for k, v in a.items() if op == "LRN"},
                  "Concat": {"axis": 1}}.get(op, {})
    nodes = [helper.make_node(name, inputs, [node["name"]], **attributes)]
    if op == "Linear":
        flat = node["name"] + ".flat"
        nodes[0].input[0] = flat
        nodes.insert(0, helper.make_node("Flatten", inputs[:1], [flat]))
    return nodes


def write_tail(net, values, layer, path):
    """The sub-network behind a layer as an ONNX file for any batch size."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    nodes, start = lesioned_batch(net, values, layer, 1)
    used = {t for n in nodes for t in n.get("tensors", {}).values()}
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *value.shape[1:]])
              for name, value in start.items()]
    output = helper.make_tensor_value_info(net.output, TensorProto.FLOAT, None)
    weights = [numpy_helper.from_array(net.tensors[t].numpy(), t) for t in sorted(used)]
    graph = helper.make_graph([o for n in nodes for o in onnx_nodes(n)], "tail", inputs, [output], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7),
              str(path))


def ort_cached(net, values, layer, threads, node_modules):
    """Seconds per kernel in ONNX Runtime, and the classes predicted, as cached()."""
    kernels = values[layer["name"]].shape[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_tail(net, values, layer, folder / "tail.onnx")
        feeds = []
        for batch in sorted({min(b, kernels) for b in BATCHES}):
            _, start = lesioned_batch(net, values, layer, batch)
            feed = {"batch": batch, "inputs": []}
            for i, (name, value) in enumerate(start.items()):
                file = f"{batch}_{i}.f32"
                value.contiguous().numpy().tofile(folder / file)
                feed["inputs"].append({"name": name, "file": file, "dims": list(value.shape)})
            feeds.append(feed)
        (folder / "feeds.json").write_text(json.dumps({"threads": threads, "feeds": feeds}))
        script = pathlib.Path(__file__).with_name("bench_ort.cjs")
        out = subprocess.run(["node", str(script), str(folder), str(node_modules)], check=True,
                             capture_output=True, text=True).stdout
    result = json.loads(out)
    return result["seconds"], result["predicted"]


# ---------------------------------------------------------------- the sweep

def averaged(net, values, changed, measure):
    """Seconds per kernel over all layers, and how many outcomes agree with lesion's."""
    intact = int(values[net.output].flatten(1).argmax(1))
    total, kernels, right, checked = 0.0, 0, 0, 0
    for index, layer in enumerate(net.layers):
        seconds, predicted = measure(layer)
        k = values[layer["name"]].shape[1]
        total, kernels = total + seconds * k, kernels + k
        for kernel, p in enumerate(predicted):
            if (index, kernel) in changed:
                checked += 1
                right += changed[index, kernel] == (p != intact)
    return total / kernels, right, checked


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("stimulus", help="PNG of what the network is shown")
    parser.add_argument("table", help="lesion's CSV for that stimulus alone")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--node-modules", help="folder with onnxruntime-node")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)
    net = Network(args.model)
    given = net.graph["input"]
    x = Image.open(args.stimulus).convert("L" if given["channels"] == 1 else "RGB")
    x = torch.from_numpy(np.array(x).reshape(x.height, x.width, -1)).permute(2, 0, 1)[None].float()
    x = x.flip(1) if given["order"] == "BGR" else x
    mean, std = (torch.tensor(given[k]).float()[None, :, None, None] for k in ("mean", "std"))
    x = (x * given["scale"] - mean) / std
    with open(args.table, newline="") as file:
        changed = {(int(r["layer_index"]), int(r["kernel"])): r["changed"] != "0"
                   for r in csv.DictReader(file)}

    print("torch-full %.6g -" % full_pass(net, x), flush=True)
    values = {"input": x}
    net.run(values, net.nodes)
    ways = {"torch-cached": lambda layer: cached(net, values, layer)}
    if args.node_modules:
        ways["ort-cached"] = lambda layer: ort_cached(net, values, layer, args.threads,
                                                      args.node_modules)
    for way, measure in ways.items():
        print("%s %.6g %d/%d" % (way, *averaged(net, values, changed, measure)), flush=True)


if __name__ == "__main__":
    main()
