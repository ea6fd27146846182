"""Runs a lesion model file in PyTorch, for scripts/bench and tests: class Network.

Knows every op of the format, where PyTorch has a call for it by that one call. Activations are
[n][c][h][w], in either of PyTorch's two layouts of memory (Network.lay_out).
"""
import json
import struct

import numpy as np
import torch
from torch.nn import functional as F

DEFAULTS = {"stride": [1, 1], "dilation": [1, 1], "pads": [0] * 4, "groups": 1, "epsilon": 1e-5}
FOLDED = ("BatchNormalization", "Affine")
TAKES_IN = ("Conv", "Linear", "LayerNormalization", "GroupNormalization", *FOLDED)


class NotRun(RuntimeError):
    """The network has an op, or a case of one, that PyTorch has no call for."""


def read_model(path):
    """The graph of a lesion model file and its tensors."""
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = file.read()
    graph = json.loads(header.pop("__metadata__")["graph"])
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return graph, tensors


def padded(x, pads, value=0.0):
    top, left, bottom, right = pads
    return F.pad(x, (left, right, top, bottom), value=value) if any(pads) else x


def symmetric(pads):
    return pads[:2] == pads[2:]


def channels_last(x):
    """x as [n][h][w][c], without a copy if its memory is laid out so."""
    return x.permute(0, 2, 3, 1)


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def per_channel(v):
    return v[:, None, None]


def conv(a, t, x):
    even = symmetric(a["pads"])
    return F.conv2d(x if even else padded(x, a["pads"]), t["weight"], t.get("bias"), a["stride"],
                    a["pads"][:2] if even else 0, a["dilation"], a["groups"])


def linear(a, t, x):
    if x.shape[2:] == (1, 1):
        return F.linear(x.flatten(1), t["weight"], t.get("bias"))[:, :, None, None]
    return channels_first(F.linear(channels_last(x), t["weight"], t.get("bias")))


def max_pool(a, t, x):
    even = symmetric(a["pads"])
    return F.max_pool2d(x if even else padded(x, a["pads"], -np.inf), a["kernel"], a["stride"],
                        a["pads"][:2] if even else 0, a["dilation"], a.get("ceil_mode", False))


def average_pool(a, t, x):
    ceil, counted = a.get("ceil_mode", False), a.get("count_include_pad", False)
    if a["dilation"] != [1, 1] or (ceil and not symmetric(a["pads"])):
        raise NotRun("an AveragePool that is dilated, or padded unevenly with ceil_mode")
    if symmetric(a["pads"]):
        return F.avg_pool2d(x, a["kernel"], a["stride"], a["pads"][:2], ceil, counted)
    mean = F.avg_pool2d(padded(x, a["pads"]), a["kernel"], a["stride"])
    inside = padded(torch.ones_like(x[:1, :1]), a["pads"])
    return mean if counted else mean / F.avg_pool2d(inside, a["kernel"], a["stride"])


def hard_sigmoid(a, t, x):
    alpha, beta = a.get("alpha", 0.2), a.get("beta", 0.5)
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        return F.hardsigmoid(x)
    return (alpha * x + beta).clamp(0, 1)


def selu(a, t, x):
    alpha, gamma = a.get("alpha", 1.6732632423543772), a.get("gamma", 1.0507009873554805)
    return gamma * F.elu(x, alpha)


def reduced(function):
    """An op that reduces channels, space or both to size 1."""
    def run(a, t, x):
        axes = [1] * a.get("over_channels", False) + [2, 3] * a.get("over_space", False)
        return function(x, axes)
    return run


def resample(a, t, x):
    return torch.matmul(torch.matmul(t["rows"], x), t["columns"].T)


class Ops(dict):
    """A function of one value without a row is PyTorch's of that name in lower case."""

    def __missing__(self, op):
        function = getattr(torch, op.lower(), None)
        if function is None:
            raise NotRun(f"the op {op}")
        return lambda attributes, tensors, x: function(x)


# op: (attributes, tensors, inputs...) -> output
OPS = Ops({
    "Conv": conv,
    "Linear": linear,
    "BatchNormalization": lambda a, t, x: F.batch_norm(
        x, t["mean"], t["var"], t["scale"], t["bias"], False, 0, a["epsilon"]),
    "Affine": lambda a, t, x: torch.addcmul(per_channel(t["bias"]), x, per_channel(t["scale"])),
    "LayerNormalization": lambda a, t, x: channels_first(F.layer_norm(
        channels_last(x), x.shape[1:2], t["scale"], t.get("bias"), a["epsilon"])),
    "GroupNormalization": lambda a, t, x: F.group_norm(
        x, a["groups"], t["scale"], t["bias"], a["epsilon"]),
    "LRN": lambda a, t, x: F.local_response_norm(
        x, a["size"], a.get("alpha", 1e-4), a.get("beta", 0.75), a.get("bias", 1.0)),
    "PRelu": lambda a, t, x: F.prelu(x, t["slope"]),
    "Relu": lambda a, t, x: F.relu(x),
    "LeakyRelu": lambda a, t, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "Clip": lambda a, t, x: x.clamp(a.get("min", -np.inf), a.get("max", np.inf)),
    "HardSwish": lambda a, t, x: F.hardswish(x),
    "HardSigmoid": hard_sigmoid,
    "Gelu": lambda a, t, x: F.gelu(x, approximate="tanh" if a.get("tanh_approx") else "none"),
    "Silu": lambda a, t, x: F.silu(x),
    "Elu": lambda a, t, x: F.elu(x, a.get("alpha", 1.0)),
    "Selu": selu,
    "Celu": lambda a, t, x: F.celu(x, a.get("alpha", 1.0)),
    "ThresholdedRelu": lambda a, t, x: F.threshold(x, a.get("alpha", 1.0), 0),
    "Softplus": lambda a, t, x: F.softplus(x),
    "Softsign": lambda a, t, x: F.softsign(x),
    "Mish": lambda a, t, x: F.mish(x),
    "Pow": lambda a, t, x: torch.pow(x, a.get("exponent", 1.0)),
    "Add": lambda a, t, x, y: x + y,
    "Sub": lambda a, t, x, y: x - y,
    "Mul": lambda a, t, x, y: x * y,
    "Div": lambda a, t, x, y: x / y,
    "Max": lambda a, t, x, y: torch.maximum(x, y),
    "Min": lambda a, t, x, y: torch.minimum(x, y),
    "ReduceMean": reduced(lambda x, axes: x.mean(axes, True)),
    "ReduceSum": reduced(lambda x, axes: x.sum(axes, True)),
    "ReduceMax": reduced(lambda x, axes: x.amax(axes, True)),
    "ReduceMin": reduced(lambda x, axes: x.amin(axes, True)),
    "ReduceL1": reduced(lambda x, axes: x.abs().sum(axes, True)),
    "ReduceL2": reduced(lambda x, axes: x.square().sum(axes, True).sqrt()),
    "ReduceSumSquare": reduced(lambda x, axes: x.square().sum(axes, True)),
    "Constant": lambda a, t: t["value"][None],
    "Concat": lambda a, t, *x: torch.cat(x, 1),
    "Select": lambda a, t, x: x[:, a["channels"]],
    "Pad": lambda a, t, x: padded(x, a["pads"], a.get("value", 0.0)),
    "Resample": resample,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, t, x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda a, t, x: x.flatten(1)[:, :, None, None],
})
# Ops that can write their output over their input, as PyTorch's networks do where nothing else reads
# that.
IN_PLACE = {
    "Relu": lambda a, t, x: F.relu_(x),
    "Clip": lambda a, t, x: x.clamp_(a.get("min", -np.inf), a.get("max", np.inf)),
    "HardSwish": lambda a, t, x: F.hardswish(x, inplace=True),
    "Silu": lambda a, t, x: F.silu(x, inplace=True),
}
MAKES_MEMORY = ("Conv", "Linear", "BatchNormalization", "Affine", "Concat", "Add", "Mul")


class Network:
    """The nodes of the graph, each with all its attributes, also defaults, and its tensors under
    "held". Batch-norms and the like are folded into the weights before them: lesion does so, as
    does everybody who wants speed, and lesioning "weights" keeps the bias after folding."""

    def __init__(self, path):
        self.graph, self.tensors = read_model(path)
        self.nodes = []
        for node in self.graph["nodes"]:
            held = {role: self.tensors[name] for role, name in node.get("tensors", {}).items()}
            attributes = {**DEFAULTS, **node.get("attributes", {})}
            self.nodes.append(dict(node, attributes=attributes, held=held))
        self.fold()
        self.output = self.nodes[-1]["name"]
        self.layers = [n for n in self.nodes if n["op"] == "Conv"]

    def readers(self):
        readers = {}
        for node in self.nodes:
            for source in set(node["inputs"]):
                readers.setdefault(source, []).append(node["name"])
        return readers

    def fold(self):
        readers, kept, renamed = self.readers(), {}, {}
        for node in self.nodes:
            node["inputs"] = [renamed.get(i, i) for i in node["inputs"]]
            before = kept.get(node["inputs"][0]) if node["inputs"] else None
            source = node["inputs"][0] if node["inputs"] else None
            if node["op"] not in FOLDED or not before or before["op"] not in TAKES_IN \
                    or len(readers[before.get("read_as", source)]) > 1:
                kept[node["name"]] = node
                continue
            own, into = node["held"], before["held"]
            scale, shift = own["scale"].double(), own["bias"].double()
            if node["op"] == "BatchNormalization":
                scale = scale / torch.sqrt(own["var"].double() + node["attributes"]["epsilon"])
                shift = shift - scale * own["mean"].double()
            role = "weight" if "weight" in into else "scale"
            weight, bias = into[role].double(), into.get("bias")
            into[role] = (weight * scale.reshape([-1] + [1] * (weight.dim() - 1))).float()
            into["bias"] = (shift if bias is None else scale * bias.double() + shift).float()
            before["read_as"] = node["name"]
            renamed[node["name"]] = before["name"]
        self.nodes = list(kept.values())

    def lay_out(self, layout):
        """Lays out the weights in this layout (torch.channels_last or torch.contiguous_format), so
        that convolutions of activations in it need not copy them."""
        for layer in self.layers:
            layer["held"]["weight"] = layer["held"]["weight"].contiguous(memory_format=layout)

    def step(self, node, inputs):
        return OPS[node["op"]](node["attributes"], node["held"], *inputs)

    def run(self, values, nodes):
        """Runs nodes, adds the activation of each to values, and returns the logits."""
        for node in nodes:
            values[node["name"]] = self.step(node, [values[i] for i in node["inputs"]])
        return values[self.output].flatten(1)

    def behind(self, layer):
        """The nodes that a change of the layer's output reaches, in order."""
        reached, nodes = {layer["name"]}, []
        for node in self.nodes:
            if any(i in reached for i in node["inputs"]):
                reached.add(node["name"])
                nodes.append(node)
        return nodes

    def compiled(self, nodes):
        """A function from {name: activation} to logits that runs the nodes as fast as PyTorch can:
        it overwrites or frees activations as soon as nothing else reads them."""
        last, made, steps = {}, {}, []
        count = {}
        for node in nodes:
            for source in node["inputs"]:
                last[source] = node["name"]
                count[source] = count.get(source, 0) + 1
        for node in nodes:
            source = node["inputs"][0] if node["inputs"] else None
            over = node["op"] in IN_PLACE and made.get(source) in MAKES_MEMORY and count[source] == 1
            function = (IN_PLACE if over else OPS)[node["op"]]
            made[node["name"]] = node["op"]
            dropped = [i for i in set(node["inputs"]) if last[i] == node["name"]]
            steps.append((function, node, dropped))

        def run(start):
            values = dict(start)
            for function, node, dropped in steps:
                values[node["name"]] = function(node["attributes"], node["held"],
                                                *[values[i] for i in node["inputs"]])
                for name in dropped:
                    del values[name]
            return values[self.output].flatten(1)
        return run
