#!/usr/bin/python3
"""Makes tests/golden/onnx: tiny networks as ONNX files, written as old and new exporters write
them, and the logits that they must give.

    /usr/bin/python3 tests/golden/make_onnx.py

Needs torch, onnx and numpy (made with Debian's: torch 1.13, onnx 1.12, numpy 1.24).
The functions make_*() build graphs node by node, and compute each node's value at the same time
in double precision, by the functions under "What each op means" and in onnx_ops.py, which
follow ONNX's documentation and use torch.nn.functional. The functions export_*() let torch
export modules: expected are the logits that torch computes, and for convolutions the names
in torch's named_modules().
Seeded: the same versions on the same processor give the same bytes.

Files: NAME.onnx; data.bin, the external data of some networks; image.input.json, the
preprocessing of all; image.f32, the image that all get, floats [y][x][channel];
logits.f32, the logits of all, in the order of list.h, which also names convolutions.
"""
import functools
import io
import itertools
import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import onnx_ops
from onnx_ops import listed

FOLDER = Path(__file__).resolve().parent / "onnx"
H, W, CLASSES = 8, 10, 3
END = 2**63 - 1
IMAGE = torch.from_numpy(np.random.default_rng(1).uniform(-2, 2, (1, 3, H, W)).astype(np.float32))
results = []  # (name, logits, names of convolutions or None, name of the output or None)
outside = bytearray()  # data.bin


# ---- What each op means: opset, inputs (None: left out), attributes -> output(s) ----

def pads_of(size, kernel, strides, dilations, pads, auto_pad):
    if auto_pad == "NOTSET":
        return list(pads)
    before, after = [], []
    for n, k, s, d in zip(size, kernel, strides, dilations):
        total = max((math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0) if auto_pad != "VALID" else 0
        small, large = total // 2, (total + 1) // 2
        before.append(small if auto_pad == "SAME_UPPER" else large)
        after.append(large if auto_pad == "SAME_UPPER" else small)
    return before + after


def conv(o, a, group=1, strides=(1, 1), dilations=(1, 1), pads=(0, 0, 0, 0), auto_pad="NOTSET", kernel_shape=None):
    x, w, b = (list(a) + [None])[:3]
    if x.dim() == 3:
        return F.conv1d(F.pad(x, tuple(pads[:2])), w, b, strides[0], 0, dilations[0], group)
    p = pads_of(x.shape[2:], w.shape[2:], strides, dilations, pads, auto_pad)
    return F.conv2d(F.pad(x, (p[1], p[3], p[0], p[2])), w, b, strides, 0, dilations, group)


def pool(best, o, a, kernel_shape, strides=(1, 1), dilations=(1, 1), pads=(0, 0, 0, 0), auto_pad="NOTSET", ceil_mode=0,
         count_include_pad=0, storage_order=0):
    """Computes pooling one window after another. As in torch, a last window that would start in the
    padding is left out."""
    x, size, out = a[0], a[0].shape[2:], []
    p = pads_of(size, kernel_shape, strides, dilations, pads, auto_pad)
    for i in range(2):
        span = size[i] + p[i] + p[i + 2] - (kernel_shape[i] - 1) * dilations[i] - 1
        n = (math.ceil if ceil_mode else math.floor)(span / strides[i]) + 1
        out.append(n - 1 if ceil_mode and (n - 1) * strides[i] >= size[i] + p[i] else n)
    y = torch.zeros(x.shape[0], x.shape[1], *out, dtype=x.dtype)
    for r, c in itertools.product(range(out[0]), range(out[1])):
        rows = [r * strides[0] - p[0] + i * dilations[0] for i in range(kernel_shape[0])]
        columns = [c * strides[1] - p[1] + i * dilations[1] for i in range(kernel_shape[1])]
        inside = x[:, :, [i for i in rows if 0 <= i < size[0]]][:, :, :, [i for i in columns if 0 <= i < size[1]]]
        padded = sum(i < size[0] + p[2] for i in rows) * sum(i < size[1] + p[3] for i in columns)
        y[:, :, r, c] = inside.amax((2, 3)) if best else \
            inside.sum((2, 3)) / (padded if count_include_pad else inside.shape[2] * inside.shape[3])
    return y


def lrn(o, a, size, alpha=1e-4, beta=0.75, bias=1.0):
    x, y = a[0], torch.empty_like(a[0])
    for c in range(x.shape[1]):
        low, high = max(0, c - (size - 1) // 2), min(x.shape[1] - 1, c + size // 2)
        y[:, c] = x[:, c] / (bias + alpha / size * (x[:, low:high + 1]**2).sum(1))**beta
    return y


def layer_norm(o, a, axis=-1, epsilon=1e-5, stash_type=1):
    x, axes = a[0], list(range(axis % a[0].dim(), a[0].dim()))
    centred = x - x.mean(axes, True)
    y = centred / (centred**2).mean(axes, True).add(epsilon).sqrt() * a[1]
    return y + a[2] if len(a) > 2 else y


def clip(o, a, min=None, max=None):
    low, high = (list(a[1:]) + [None, None])[:2] if o >= 11 else (min, max)
    y = a[0] if low is None else torch.clamp(a[0], min=float(low))
    return y if high is None else torch.clamp(y, max=float(high))


def gelu(o, a, approximate="none"):
    x = a[0]
    if approximate == "tanh":
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def reshape(o, a, allowzero=0):
    target = [a[0].shape[i] if n == 0 else n for i, n in enumerate(a[1].tolist())]
    return a[0].reshape(target)


def flatten(o, a, axis=1):
    return a[0].reshape(int(np.prod(a[0].shape[:axis])), -1)


def squeeze(o, a, axes=None):
    axes = listed(o, 13, a, 1, axes)
    return torch.from_numpy(np.squeeze(a[0].numpy(), None if axes is None else tuple(axes)))


def unsqueeze(o, a, axes=None):
    return torch.from_numpy(np.expand_dims(a[0].numpy(), tuple(listed(o, 13, a, 1, axes))))


def split(o, a, outputs, axis=0, split=None, num_outputs=None):
    n, sizes = a[0].shape[axis], listed(o, 13, a, 1, split)
    return torch.split(a[0], sizes or math.ceil(n / outputs), axis)


def cut(o, a, starts=None, ends=None, axes=None):
    starts, ends = listed(o, 10, a, 1, starts), listed(o, 10, a, 2, ends)
    axes = listed(o, 10, a, 3, axes) or range(len(starts))
    steps = listed(o, 10, a, 4, None) or [1] * len(starts)
    index = [slice(None)] * a[0].dim()
    for start, end, axis, step in zip(starts, ends, axes, steps):
        index[axis] = slice(start, None if step < 0 and end < -a[0].shape[axis] else end, step)
    return torch.from_numpy(a[0].numpy()[tuple(index)].copy())


def gather(o, a, axis=0):
    return torch.from_numpy(np.asarray(np.take(a[0].numpy(), a[1].numpy(), axis)))


def gemm(o, a, alpha=1.0, beta=1.0, transA=0, transB=0, broadcast=0):
    y = alpha * (a[0] @ (a[1].T if transB else a[1]))
    return y + beta * a[2] if len(a) > 2 else y


def shape(o, a, start=0, end=None):
    return torch.tensor(list(a[0].shape)[start:end])


def divide(o, a):
    return a[0] / a[1] if a[0].is_floating_point() else torch.div(a[0], a[1], rounding_mode="trunc")


def constant(o, a, **value):
    v = next(iter(value.values()))
    if isinstance(v, TensorProto):
        t = torch.from_numpy(numpy_helper.to_array(v).copy())
        return t.double() if t.is_floating_point() else t
    return torch.tensor(v, dtype=torch.float64 if isinstance(np.ravel(v)[0], float) else torch.int64)


def old_binary(function):
    """An op of two inputs. Before opset 7 the second input's axes are those of the first from `axis`
    on, or its last ones."""
    def of(o, a, broadcast=0, axis=None):
        b = a[1]
        if o < 7 and axis is not None:
            assert broadcast and tuple(a[0].shape[axis:axis + b.dim()]) == tuple(b.shape)
            b = b.reshape(list(b.shape) + [1] * (a[0].dim() - axis - b.dim()))
        return function(a[0], b)
    return of


def image_scaler(o, a, bias, scale=1.0):
    return scale * a[0] + torch.tensor(bias, dtype=a[0].dtype).reshape(1, -1, 1, 1)


def cast(o, a, to):
    return a[0].to(torch.int64 if to in (TensorProto.INT64, TensorProto.INT32) else torch.float64)


def constant_of_shape(o, a, value=None):
    return torch.full(a[0].tolist(), numpy_helper.to_array(value).item() if value is not None else 0.0)


same = lambda o, a, **ignored: a[0]
OPS = {
    "Add": old_binary(lambda a, b: a + b), "Sub": old_binary(lambda a, b: a - b),
    "Mul": old_binary(lambda a, b: a * b), "Div": divide, "ImageScaler": image_scaler,
    "Pow": lambda o, a: a[0]**a[1], "Sqrt": lambda o, a: torch.sqrt(a[0]), "Neg": lambda o, a: -a[0],
    "Floor": lambda o, a: torch.floor(a[0]), "Ceil": lambda o, a: torch.ceil(a[0]), "Cast": cast,
    "Constant": constant, "ConstantOfShape": constant_of_shape, "Shape": shape,
    "Conv": conv, "MaxPool": lambda o, a, **k: pool(True, o, a, **k),
    "AveragePool": lambda o, a, **k: pool(False, o, a, **k),
    "GlobalAveragePool": lambda o, a: a[0].mean((2, 3), True), "GlobalMaxPool": lambda o, a: a[0].amax((2, 3), True),
    "BatchNormalization": lambda o, a, epsilon=1e-5, **k: F.batch_norm(a[0], a[3], a[4], a[1], a[2], eps=epsilon),
    "LayerNormalization": layer_norm, "LRN": lrn, "Clip": clip, "Gelu": gelu,
    "Relu": lambda o, a: F.relu(a[0]), "LeakyRelu": lambda o, a, alpha=0.01: F.leaky_relu(a[0], alpha),
    "Sigmoid": lambda o, a: torch.sigmoid(a[0]), "Tanh": lambda o, a: torch.tanh(a[0]),
    "Erf": lambda o, a: torch.erf(a[0]), "HardSwish": lambda o, a: F.hardswish(a[0]),
    "HardSigmoid": lambda o, a, alpha=0.2, beta=0.5: torch.clamp(alpha * a[0] + beta, 0, 1),
    "Identity": same, "Dropout": same,
    "Softmax": same, "LogSoftmax": same,  # at the end only, where lesion returns the logits before it
    "Reshape": reshape, "Flatten": flatten, "Squeeze": squeeze,
    "Unsqueeze": unsqueeze, "Split": split, "Slice": cut, "Gather": gather, "Gemm": gemm,
    "MatMul": lambda o, a: a[0] @ a[1], "Concat": lambda o, a, axis: torch.cat(a, axis),
    "Transpose": lambda o, a, perm=None: a[0].permute(perm if perm else list(range(a[0].dim()))[::-1]),
    **onnx_ops.OPS,
}


# ---- Building a graph ----

class Value:
    def __init__(self, name, tensor):
        self.name, self.tensor = name, tensor

    @property
    def c(self):
        return self.tensor.shape[1]


class Net:
    def __init__(self, name, opset, batch=1, last=False, listed=False, ir=8, unchecked=False, tensor=None):
        """tensor: the image in the shape of the network's input, if that is not batch x channels x
        height x width."""
        self.name, self.opset, self.listed, self.ir, self.unchecked = name, opset, listed, ir, unchecked
        self.rng = np.random.default_rng(sum(map(ord, name)) + opset)
        self.nodes, self.initialisers, self.count, self.convs = [], [], 0, None
        if tensor is None:
            tensor = IMAGE.double().permute(0, 2, 3, 1) if last else IMAGE.double()
        self.x = Value("image", tensor)
        self.input = helper.make_tensor_value_info(
            "image", TensorProto.FLOAT,
            None if unchecked else ([batch] if tensor.shape[0] == 1 else [tensor.shape[0]]) + list(tensor.shape[1:]))

    def fresh(self, word):
        self.count += 1
        return "%s_%d" % (word, self.count)

    def op(self, op, *inputs, outputs=1, name="", **attributes):
        """Adds a node, and returns its value or values. inputs: values, arrays (which become
        initialisers), None for one left out."""
        if op == "Gemm" and len(inputs) == 2 and self.opset < 11:
            inputs += (np.array([0.1], np.float32),)
        values = [v if v is None or isinstance(v, Value) else self.stored(v) for v in inputs]
        extra = {"outputs": outputs} if op == "Split" else {}
        tensors = OPS[op](self.opset, [v.tensor if v else None for v in values], **extra, **attributes)
        results = [Value(self.fresh("v"), t) for t in (tensors if outputs > 1 else [tensors])]
        self.nodes.append(helper.make_node(
            op, [v.name if v else "" for v in values], [v.name for v in results], name or None, **attributes))
        return results if outputs > 1 else results[0]

    def stored(self, array, name=None, way="raw", type=None):
        """Adds an initialiser, stored in one of the ways that ONNX has."""
        array, name = np.asarray(array), name or self.fresh("k")
        if type is None:
            type = TensorProto.INT64 if array.dtype.kind == "i" else TensorProto.FLOAT
        if type == TensorProto.BFLOAT16:
            bits = (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
            array = (bits.astype(np.uint32) << 16).view(np.float32)
        else:
            bits = array = array.astype(helper.mapping.TENSOR_TYPE_TO_NP_TYPE[type])
        t = TensorProto(name=name, data_type=type, dims=array.shape)
        if way == "typed" and type in (TensorProto.FLOAT16, TensorProto.BFLOAT16):
            t.int32_data.extend(int(i) for i in bits.view(np.uint16).ravel())
        elif way == "typed":
            field = {TensorProto.FLOAT: t.float_data, TensorProto.DOUBLE: t.double_data,
                     TensorProto.INT64: t.int64_data, TensorProto.UINT64: t.uint64_data}.get(type, t.int32_data)
            field.extend(array.ravel().tolist())
        elif way == "outside":
            self.unchecked = True  # the checker would look for the file
            t.data_location = TensorProto.EXTERNAL
            outside.extend(b"\xff" * (-len(outside) % 64))
            for key, text in (("location", "data.bin"), ("offset", len(outside)), ("length", bits.nbytes)):
                t.external_data.add(key=key, value=str(text))
            outside.extend(bits.tobytes())
        else:
            t.raw_data = bits.tobytes()
        self.initialisers.append(t)
        exact = array if array.dtype.kind in "iub" else array.astype(np.float64)
        return Value(name, torch.from_numpy(np.array(exact).astype(np.int64 if exact.dtype.kind in "ub" else exact.dtype)))

    def random(self, *dims, low=None, high=1.0):
        scale = 1 / math.sqrt(max(np.prod(dims[1:]), 1)) if low is None else 1
        return (self.rng.uniform(-high if low is None else low, high, dims) * scale * 1.5).astype(np.float32)

    def without_effect(self, op, x, domain=None, outputs=1, **attributes):
        """Adds a node that does not change the logits, as lesion removes it from the end or ignores it:
        its value is its input's."""
        values = [Value(self.fresh("v"), x.tensor) for _ in range(outputs)]
        extra = [self.stored(np.array([2])).name] if op == "TopK" else []
        self.nodes.append(helper.make_node(op, [x.name] + extra, [v.name for v in values], domain=domain, **attributes))
        return values if outputs > 1 else values[0]

    def conv(self, x, o, k=1, name="", weight=None, bias=True, group=1, **attributes):
        kh, kw = (k, k) if isinstance(k, int) else k
        w = self.stored(self.random(o, x.c // group, kh, kw), weight)
        if group > 1:
            attributes["group"] = group
        return self.op("Conv", x, w, *([self.random(o)] if bias else []), name=name, **attributes)

    def per_channel(self, c, low=-1.0, rank=1):
        return self.random(c, low=low).reshape([c] + [1] * (rank - 1))

    def head(self, x, classes=CLASSES):
        """A linear layer on all positions, without pooling, so that the logits show misplaced values."""
        n = int(np.prod(x.tensor.shape[1:]))
        return self.op("Gemm", self.op("Flatten", x), self.random(classes, n), self.random(classes), transB=1)

    def heads(self, *values):
        """The sum of the logits of each of the values, of any shapes."""
        return functools.reduce(lambda a, b: self.op("Add", a, b), [self.head(v) for v in values])

    def mixed(self, *values):
        """The logits of all values concatenated; these have the same height and width."""
        return self.head(self.conv(self.op("Concat", *values, axis=1) if len(values) > 1 else values[0], 2))

    def finish(self, y, convs=None, outputs=None, output_name=None):
        """Saves the network. y: the logits; a single one z is expected as the two logits 0, z. outputs:
        (value, element type) of all outputs, unless y is the only one."""
        outputs = outputs or [(y, TensorProto.FLOAT)]
        graph = helper.make_graph(
            self.nodes, "g", [self.input], [helper.make_tensor_value_info(
                v.name, t, list(v.tensor.shape) if t == TensorProto.FLOAT else None) for v, t in outputs], self.initialisers)
        if self.listed:
            graph.input.extend(helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in self.initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=self.ir,
                                  producer_name="")
        if self.opset <= 17 and not self.unchecked:
            onnx.checker.check_model(model)
        logits = y.tensor.float().reshape(-1).numpy()
        logits = np.concatenate([[0], logits]) if len(logits) == 1 else logits
        save(self.name, model.SerializeToString(), logits, convs, output_name)


def save(name, data, logits, convs, output_name=None):
    assert np.isfinite(logits).all() and 2 <= len(logits) <= 8 and np.ptp(logits) > 1e-3, (name, logits)
    assert name not in [r[0] for r in results], name
    (FOLDER / (name + ".onnx")).write_bytes(data)
    results.append((name, logits, convs, output_name))


# ---- Graphs node by node ----

def make_conv():
    n = Net("conv_asymmetric", 7, listed=True, ir=3)
    x = n.conv(n.x, 6, 3, name="first", pads=[1, 0, 2, 1], strides=[2, 1])
    x = n.conv(n.op("Relu", x), 6, (3, 2), name="second", group=3, dilations=[1, 2], bias=False, kernel_shape=[3, 2])
    n.finish(n.head(x), ["first", "second"])
    for auto_pad, opset in (("SAME_UPPER", 7), ("SAME_LOWER", 9), ("VALID", 11)):
        n = Net("auto_pad_" + auto_pad.lower(), opset)
        x = n.conv(n.x, 4, (4, 3), auto_pad=auto_pad, strides=[1, 2], name="a")
        x = n.conv(x, 4, 2, auto_pad=auto_pad, dilations=[3, 1], group=4, name="b")
        m = n.op("MaxPool", x, kernel_shape=[2, 3], strides=[2, 1], auto_pad=auto_pad)
        a = n.op("AveragePool", x, kernel_shape=[2, 3], strides=[2, 1], auto_pad=auto_pad)
        n.finish(n.head(n.op("Concat", m, a, axis=1)), ["a", "b"])


def make_batch_norm():
    for opset, attributes in ((7, {"momentum": 0.9}), (9, {"epsilon": 1e-3}), (15, {"training_mode": 0, "momentum": 0.9})):
        n = Net("batch_norm_%d" % opset, opset)
        norm = lambda x: n.op("BatchNormalization", x, n.per_channel(x.c), n.per_channel(x.c), n.per_channel(x.c),
                              n.per_channel(x.c, low=0.1), **attributes)
        x = n.op("Relu", norm(n.conv(norm(n.x), 4, 3, bias=opset != 9, name="c")))
        n.finish(n.head(norm(x)), ["c"])
    n = Net("batch_norm_vector", 13)
    x = n.op("Flatten", n.op("GlobalAveragePool", n.conv(n.x, 4)))
    x = n.op("BatchNormalization", x, n.per_channel(4), n.per_channel(4), n.per_channel(4), n.per_channel(4, low=0.1))
    n.finish(n.op("Gemm", n.op("Tanh", x), n.random(4, CLASSES)))


def make_activations():
    n = Net("clip_attributes", 7)
    x = n.op("Clip", n.conv(n.x, 4), min=0.0, max=0.8)
    x = n.op("Clip", n.op("Clip", n.conv(x, 4), max=0.5), min=-0.25)
    n.finish(n.head(n.op("Clip", x, min=-3.4028234663852886e38, max=3.4028234663852886e38)))
    n = Net("clip_inputs", 11)
    x = n.op("Clip", n.conv(n.x, 4), np.float32(0), np.float32(0.8))
    x = n.op("Clip", n.op("Clip", n.conv(x, 4), None, np.float32(0.5)), np.float32(-0.25))
    n.finish(n.head(n.op("Clip", x)))
    n = Net("clip_constant_nodes", 13)
    low, high = (n.op("Constant", value=numpy_helper.from_array(np.array(v, np.float32))) for v in (0, 6))
    n.finish(n.head(n.op("Clip", n.conv(n.x, 4), low, high)))
    n = Net("activations", 14)
    x = n.conv(n.x, 4)
    for op, k in (("HardSwish", {}), ("LeakyRelu", {}), ("LeakyRelu", {"alpha": 0.3}), ("HardSigmoid", {}), ("Tanh", {}),
                  ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}), ("Sigmoid", {}), ("Erf", {}), ("Relu", {})):
        x = n.conv(n.op(op, x, **k), 4)
    n.finish(n.head(x))
    three, six, zero = np.float32(3), np.float32(6), np.float32(0)
    for name, opset in (("clip_div", 9), ("clip_mul", 11), ("relu6_first", 13), ("hard_sigmoid", 13)):
        n = Net("hard_swish_" + name, opset)
        x = n.conv(n.x, 4, 3)
        if name == "hard_sigmoid":
            y = n.op("Mul", x, n.op("HardSigmoid", x, alpha=1 / 6, beta=0.5))
        elif opset == 9:
            y = n.op("Div", n.op("Mul", x, n.op("Clip", n.op("Add", x, three), min=0.0, max=6.0)), six)
        elif opset == 11:
            y = n.op("Mul", n.op("Clip", n.op("Add", three, x), zero, six), x)
            y = n.op("Mul", y, np.float32(1 / 6))
        else:
            y = n.op("Mul", n.op("Div", n.op("Clip", n.op("Add", x, three), zero, six), six), x)
        n.finish(n.head(y))
    for name, opset in (("silu", 9), ("silu_flipped", 13)):
        n = Net(name, opset)
        x = n.conv(n.x, 4, 3)
        s = n.op("Sigmoid", x)
        n.finish(n.head(n.op("Mul", x, s) if opset == 9 else n.op("Mul", s, x)))
    n = Net("gelu_op", 20)
    x = n.conv(n.op("Gelu", n.conv(n.x, 4)), 4)
    n.finish(n.head(n.op("Gelu", n.conv(n.op("Gelu", x, approximate="tanh"), 4), approximate="none")))


def make_gelu():
    one, half = np.float32(1), np.float32(0.5)
    for order in "x(1+erf)/2", "x/2(1+erf)", "(1+erf)/2x", "mul":
        n = Net("gelu_erf_%s" % {"x": "late" if "x(" in order else "early", "(": "middle", "m": "mul"}[order[0]], 9)
        x = n.conv(n.x, 4, 3)
        root = np.float32(math.sqrt(2))
        early = n.op("Mul", x, half) if order == "x/2(1+erf)" else None
        e = n.op("Erf", n.op("Mul", x, np.float32(math.sqrt(0.5))) if order == "mul" else n.op("Div", x, root))
        plus = n.op("Add", e, one) if order[0] == "x" else n.op("Add", one, e)
        if order == "x/2(1+erf)":
            y = n.op("Mul", early, plus)
        elif order == "(1+erf)/2x":
            y = n.op("Mul", n.op("Mul", half, plus), x)
        else:
            y = n.op("Mul", n.op("Mul", x, plus), half)
        n.finish(n.head(n.conv(y, 4)))
    for early in True, False:
        n = Net("gelu_tanh_%s" % ("early" if early else "late"), 13)
        x = n.conv(n.x, 4, 3)
        half_x = n.op("Mul", half, x) if early else None
        inner = n.op("Add", x, n.op("Mul", np.float32(0.044715), n.op("Pow", x, np.float32(3)))) if early else None
        if not early:
            three = n.op("Constant", value=numpy_helper.from_array(np.array(3, np.float32)))
            inner = n.op("Add", n.op("Mul", n.op("Pow", x, three), np.float32(0.044715)), x)
        plus = n.op("Add", n.op("Tanh", n.op("Mul", np.float32(math.sqrt(2 / math.pi)), inner)), one)
        y = n.op("Mul", half_x, plus) if early else n.op("Mul", n.op("Mul", x, plus), half)
        n.finish(n.head(n.conv(y, 4)))


def make_layer_norm():
    n = Net("layer_norm_op", 17)
    x = n.op("Transpose", n.conv(n.x, 4, 3), perm=[0, 2, 3, 1])
    x = n.op("LayerNormalization", x, n.per_channel(4), n.per_channel(4), axis=-1, epsilon=1e-2)
    x = n.op("LayerNormalization", n.op("Relu", x), n.per_channel(4))
    x = n.conv(n.op("Transpose", x, perm=[0, 3, 1, 2]), 4)
    x = n.op("Squeeze", n.op("GlobalAveragePool", x), np.array([-1, 2]))
    x = n.op("LayerNormalization", x, n.per_channel(4), n.per_channel(4), axis=1)
    n.finish(n.op("Gemm", x, n.random(4, CLASSES)))
    for place, opset, keep in (("last", 9, False), ("last", 13, True), ("first", 9, True), ("first", 18, False)):
        n = Net("layer_norm_%s_%d" % (place, opset), opset)
        x = n.conv(n.x, 4, 3, name="c")
        last = place == "last"
        x = n.op("Transpose", x, perm=[0, 2, 3, 1]) if last else x
        axis = [-1] if last else [1]
        mean = lambda v: n.op("ReduceMean", v, np.array(axis)) if opset >= 18 else n.op("ReduceMean", v, axes=axis)
        average = mean(x)
        centred = n.op("Sub", x, average)
        again = n.op("Sub", x, average) if keep else centred
        square = n.op("Mul", centred, centred) if place == "first" and keep else n.op("Pow", centred, np.float32(2))
        deviation = n.op("Sqrt", n.op("Add", mean(square), np.float32(1e-3)))
        y = n.op("Div", again, deviation)
        rank = 1 if last else 3
        y = n.op("Add", n.op("Mul", y, n.per_channel(4, rank=rank)), n.per_channel(4, rank=rank))
        y = n.op("Transpose", y, perm=[0, 3, 1, 2]) if last else y
        n.finish(n.head(n.conv(y, 4, name="d")), ["c", "d"])


def make_blocks():
    n = Net("se_conv", 11)
    x = n.conv(n.x, 4, 3)
    s = n.op("HardSigmoid", n.conv(n.op("Relu", n.conv(n.op("GlobalAveragePool", x), 2)), 4), alpha=1 / 6)
    x = n.op("Mul", s, x)
    s = n.op("Sigmoid", n.conv(n.op("ReduceMean", x, axes=[2, 3], keepdims=1), 4))
    n.finish(n.head(n.op("Mul", x, s)))
    n = Net("se_linear", 13)
    x = n.conv(n.x, 4, 3)
    s = n.op("ReduceMean", x, axes=[-1, -2], keepdims=0)
    s = n.op("Relu", n.op("Gemm", s, n.random(4, 2), n.random(2)))
    s = n.op("Sigmoid", n.op("Add", n.op("MatMul", s, n.random(2, 4)), n.random(4)))
    y = n.op("Mul", x, n.op("Unsqueeze", s, np.array([2, 3])))
    n.finish(n.head(n.op("Mul", y, n.op("Reshape", s, np.array([1, 4, 1, 1])))))
    n = Net("layer_scale", 13)
    x = n.conv(n.x, 4, 3)
    y = n.op("Mul", n.per_channel(4, rank=3), n.op("Relu", n.conv(x, 4, 3, pads=[1] * 4)))
    n.finish(n.head(n.op("Add", y, x)))
    n = Net("channel_shuffle", 9)
    x = n.conv(n.x, 6, 3)
    y = n.op("Reshape", x, np.array([0, 2, 3, 6, 8]))
    y = n.op("Reshape", n.op("Transpose", y, perm=[0, 2, 1, 3, 4]), np.array([1, -1, 6, 8]))
    n.finish(n.head(n.op("Add", n.conv(y, 6, group=3), n.op("Relu", y))))


def make_pools():
    n = Net("max_pool", 10)
    x = n.conv(n.x, 4, 3, pads=[1] * 4)
    y = n.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    z = n.op("MaxPool", x, kernel_shape=[2, 3], strides=[2, 3], pads=[1, 0, 0, 2], ceil_mode=1, storage_order=0)
    z = n.op("MaxPool", z, kernel_shape=[2, 2], dilations=[2, 1], pads=[0, 1, 1, 0])
    n.finish(n.op("Add", n.head(y), n.head(z)))
    assert torch.equal(y.tensor, F.max_pool2d(x.tensor, 3, 2, ceil_mode=True))
    for include in 0, 1:
        n = Net("average_pool_%d" % include, 11)
        x = n.conv(n.x, 4, 3, pads=[1] * 4)
        y = n.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, ceil_mode=1, count_include_pad=include)
        z = n.op("AveragePool", x, kernel_shape=[2, 4], strides=[1, 3], pads=[0, 1, 1, 2], count_include_pad=include)
        n.finish(n.op("Add", n.head(y), n.head(n.op("AveragePool", z, kernel_shape=[2, 2]))))
        want = F.avg_pool2d(x.tensor, 3, 2, 1, ceil_mode=True, count_include_pad=bool(include))
        assert torch.allclose(y.tensor, want)
    n = Net("global_pools", 8)
    x = n.conv(n.x, 4, 3)
    x = n.op("Concat", n.op("GlobalMaxPool", x), n.op("GlobalAveragePool", x), axis=1)
    n.finish(n.head(x))
    n = Net("reduce_mean", 13)
    x = n.conv(n.x, 4, 3)
    merged = n.op("Reshape", x, np.array([0, 0, -1]))
    a = n.op("Gemm", n.op("ReduceMean", merged, axes=[2], keepdims=0), n.random(4, CLASSES))
    b = n.op("Flatten", n.op("ReduceMean", n.op("Transpose", n.op("Relu", x), perm=[0, 2, 3, 1]), axes=[1, 2]))
    n.finish(n.op("Add", a, n.op("Gemm", b, n.random(4, CLASSES))))
    n = Net("reduce_mean_input", 18)
    x = n.op("ReduceMean", n.conv(n.x, 4, 3), np.array([3, 2]), keepdims=0)
    x = n.op("ReduceMean", x, noop_with_empty_axes=1)
    x = n.op("ReduceMean", x, np.array([], np.int64), noop_with_empty_axes=1)
    n.finish(n.op("Gemm", n.op("Tanh", x), n.random(4, CLASSES)))


def make_arithmetic():
    n = Net("constants", 7)
    x = n.conv(n.op("Div", n.op("Sub", n.x, n.per_channel(3, rank=3)), n.per_channel(3, low=0.5, rank=3)), 4)
    x = n.op("Sub", np.float32(0.5), n.op("Mul", n.random(1, 4, 1, 1), x))
    x = n.op("Add", n.op("Tanh", x), n.random(1, 4, 1, 1))
    x = n.op("Div", n.op("Relu", x), np.array([[3.0]], np.float32))
    n.finish(n.head(n.op("Sub", n.op("Tanh", x), np.array([0.25], np.float32))))
    n = Net("two_maps", 13)
    x, y = n.conv(n.x, 4, 3), n.conv(n.x, 4, 3)
    one = n.conv(n.x, 1, 3)
    x = n.op("Sub", x, n.op("Mul", y, n.op("GlobalAveragePool", x)))
    x = n.op("Add", n.op("Mul", one, x), n.op("Sub", one, y))
    row = n.op("MaxPool", x, kernel_shape=[6, 1])
    n.finish(n.head(n.op("Sub", row, n.op("Add", x, x))))
    n = Net("constant_of_higher_rank", 13)
    x = n.op("Flatten", n.op("GlobalAveragePool", n.conv(n.x, 4)))
    x = n.op("Squeeze", n.op("Add", x, n.random(1, 1, 4)), np.array([1]))
    n.finish(n.op("Gemm", n.op("Tanh", x), n.random(4, CLASSES)))
    n = Net("concat", 11)
    x, y = n.conv(n.x, 4, 3), n.conv(n.x, 1, 3)
    last = [n.op("Transpose", v, perm=[0, 2, 3, 1]) for v in (x, y, x)]
    z = n.op("Transpose", n.op("Concat", *last, axis=3), perm=[0, 3, 1, 2])
    n.finish(n.head(n.conv(n.op("Concat", z, y, axis=-3), 4)))
    n = Net("lrn", 7)
    x = n.op("LRN", n.conv(n.x, 6, 3), size=5, alpha=0.5, beta=0.6, bias=2.0)
    x = n.op("LRN", n.conv(x, 6), size=4, alpha=0.9)
    n.finish(n.head(n.op("LRN", n.conv(x, 3), size=3)))
    n = Net("gemm", 9)
    x = n.op("Flatten", n.op("GlobalAveragePool", n.conv(n.x, 4)))
    x = n.op("Gemm", x, n.random(6, 4), n.random(1, 6), transB=1, alpha=0.5, beta=2.0)
    x = n.op("Gemm", n.op("Relu", x), n.random(6, 5), np.array([0.3], np.float32), alpha=2.0)
    x = n.op("Gemm", n.op("Tanh", x), n.random(5, 4), n.random(4), transA=0, transB=0, beta=0.5)
    n.finish(n.op("Add", n.random(CLASSES), n.op("MatMul", n.op("Relu", x), n.random(4, CLASSES))))
    n = Net("gemm_without_bias", 11)
    x = n.op("Flatten", n.op("GlobalAveragePool", n.conv(n.x, 4)))
    n.finish(n.op("Gemm", n.op("Tanh", n.op("Gemm", x, n.random(4, 4))), n.random(CLASSES, 4), transB=1))
    n = Net("matmul_channels_last", 13)
    x = n.op("Transpose", n.conv(n.x, 4, 3), perm=[0, 2, 3, 1])
    x = n.op("Add", n.op("MatMul", n.op("Relu", n.op("MatMul", x, n.random(4, 6))), n.random(6, 4)), n.random(4))
    n.finish(n.head(n.op("Transpose", x, perm=[0, 3, 1, 2])))


def make_pads():
    n = Net("pad_attributes", 7)
    x = n.op("Pad", n.conv(n.x, 4), pads=[0, 0, 1, 2, 0, 0, 0, 3], value=0.5)
    n.finish(n.head(n.op("Pad", n.conv(x, 2, 3), mode="constant", pads=[0] * 8)))
    n = Net("pad_inputs", 11)
    x = n.op("Pad", n.conv(n.x, 4), np.array([0, 0, 1, 2, 0, 0, 0, 3]), np.float32(-0.5))
    n.finish(n.head(n.op("Pad", n.conv(x, 2, 3), np.array([0, 0, 0, 1, 0, 0, 1, 0]))))
    n = Net("pad_axes", 18)
    x = n.op("Pad", n.conv(n.x, 4), np.array([1, 2, 0, 3]), np.float32(2), np.array([-1, 2]))
    n.finish(n.head(n.op("Pad", n.conv(x, 2, 3), np.array([1, 0]), None, np.array([3]))))


def make_views():
    n = Net("flatten", 9)
    x = n.conv(n.x, 4, 3)
    a = n.op("Gemm", n.op("Flatten", x, axis=1), n.random(192, CLASSES))
    spaces = n.op("Flatten", n.op("Relu", x), axis=2)
    b = n.op("Gemm", n.op("Reshape", spaces, np.array([1, -1])), n.random(192, CLASSES))
    last = n.op("Transpose", n.op("Tanh", x), perm=[0, 2, 3, 1])
    c = n.op("Gemm", n.op("Flatten", last), n.random(192, CLASSES))
    y = n.op("Flatten", n.op("Reshape", n.op("Add", n.op("Add", a, b), c), np.array([CLASSES])), axis=0)
    n.finish(y)
    n = Net("reshape", 13)
    x = n.conv(n.x, 4, 3)
    y = n.op("Reshape", n.op("Transpose", n.op("Reshape", x, np.array([0, 0, -1])), perm=[0, 2, 1]), np.array([1, 48, 4]))
    y = n.op("Add", n.op("MatMul", y, n.random(4, 4)), n.random(4))
    y = n.op("Reshape", n.op("Transpose", n.op("Relu", y), perm=[0, 2, 1]), np.array([1, 4, 6, 8]))
    y = n.op("Reshape", n.conv(y, 4), np.array([1, 2, 2, 6, 8]))
    y = n.op("Reshape", y, np.array([-1, 4, 6, 8]))
    n.finish(n.head(n.op("Add", y, x)))
    n = Net("squeeze_attributes", 11)
    x = n.op("GlobalAveragePool", n.conv(n.x, 4, 3))
    x = n.op("Squeeze", n.op("Unsqueeze", n.op("Squeeze", x, axes=[3]), axes=[0, -1]), axes=[0, 3])
    x = n.op("Unsqueeze", n.op("Squeeze", n.op("Tanh", x)), axes=[0])
    n.finish(n.op("Gemm", x, n.random(4, CLASSES)))
    n = Net("squeeze_inputs", 13)
    x = n.op("Squeeze", n.op("GlobalAveragePool", n.conv(n.x, 4, 3)), np.array([-1]))
    x = n.op("Squeeze", n.op("Unsqueeze", x, np.array([-1, 0])), np.array([0, 3, 4]))
    x = n.op("Unsqueeze", n.op("Squeeze", n.op("Tanh", x)), np.array([0]))
    n.finish(n.op("Gemm", x, n.random(4, CLASSES)))
    n = Net("identity", 9)
    x = n.op("Dropout", n.op("Identity", n.conv(n.x, 4, 3)), ratio=0.3)
    n.finish(n.op("Identity", n.head(n.op("Cast", x, to=TensorProto.FLOAT))))
    n = Net("dropout_inputs", 13)
    x = n.op("Dropout", n.conv(n.x, 4, 3), np.float32(0.2), seed=4)
    n.finish(n.head(n.op("Cast", n.op("Cast", x, to=TensorProto.DOUBLE), to=TensorProto.FLOAT)))
    for name, opset, op, axis in (("softmax_11", 11, "Softmax", 1), ("softmax_13", 13, "Softmax", -1),
                                  ("log_softmax", 13, "LogSoftmax", 1), ("softmax_planes", 11, "Softmax", 1)):
        n = Net(name, opset)
        x = n.head(n.conv(n.x, 4, 3))
        if name == "softmax_planes":
            x = n.op("GlobalAveragePool", n.conv(n.op("Relu", n.conv(n.x, 4, 3)), CLASSES))
        x = n.op(op, x, axis=axis)
        n.finish(n.op("Identity", n.op("Flatten", n.op("Reshape", x, np.array([1, CLASSES, 1, 1])))))
    n = Net("view", 9, batch="N")
    x = n.conv(n.x, 4, 3)
    index = lambda i: n.op("Constant", value=numpy_helper.from_array(np.array(i)))
    size = n.op("Unsqueeze", n.op("Gather", n.op("Shape", x), index(0), axis=0), axes=[0])
    rest = n.op("Unsqueeze", index(-1), axes=[0])
    y = n.op("Reshape", x, n.op("Concat", size, rest, axis=0))
    n.finish(n.op("Gemm", y, n.random(CLASSES, 192), n.random(CLASSES), transB=1))
    n = Net("view_shape", 15, unchecked=True)
    x = n.conv(n.x, 4, 3)
    sizes = n.op("Shape", x, start=0, end=2)
    y = n.op("Reshape", x, n.op("Concat", sizes, n.op("Shape", n.op("Flatten", x, axis=2), start=-1), axis=0))
    y = n.op("Reshape", n.op("Relu", y), n.op("Slice", n.op("Shape", x), np.array([0]), np.array([4])))
    n.finish(n.head(y))


def make_channels():
    n = Net("split_attributes", 9)
    a, b, c = n.op("Split", n.conv(n.x, 6, 3), outputs=3, axis=1, split=[1, 2, 3])
    d, e = n.op("Split", n.op("Relu", c), outputs=2, axis=-3, split=[2, 1])
    n.finish(n.head(n.op("Concat", e, b, n.op("Mul", a, d), axis=1)))
    n = Net("split_inputs", 13)
    a, b = n.op("Split", n.conv(n.x, 6, 3), np.array([2, 4]), outputs=2, axis=1)
    c, d = n.op("Split", n.op("Tanh", b), outputs=2, axis=1)
    n.finish(n.head(n.op("Concat", n.op("Sub", d, a), c, axis=1)))
    n = Net("split_uneven", 18)
    a, b, c = n.op("Split", n.conv(n.x, 5, 3), outputs=3, axis=1, num_outputs=3)
    n.finish(n.head(n.op("Concat", c, b, n.op("Tanh", a), axis=1)))
    n = Net("split_channels_last", 13)
    x = n.op("Transpose", n.conv(n.x, 6, 3), perm=[0, 2, 3, 1])
    a, b = n.op("Split", x, outputs=2, axis=3)
    n.finish(n.head(n.op("Transpose", n.op("Mul", a, n.op("Sigmoid", b)), perm=[0, 3, 1, 2])))
    n = Net("slice_attributes", 9)
    x = n.conv(n.x, 6, 3)
    y = n.op("Slice", x, starts=[0, 2], ends=[1, END], axes=[0, 1])
    z = n.op("Slice", x, starts=[0, -6], ends=[END, -2])
    n.finish(n.head(n.op("Sub", y, z)))
    n = Net("slice_inputs", 11)
    x = n.conv(n.x, 6, 3)
    cut = lambda v, start, end, step, axis=1: n.op(
        "Slice", v, np.array([start]), np.array([end]), np.array([axis]), np.array([step]))
    parts = [cut(x, -1, -END - 1, -1), cut(x, 1, END, 2), cut(x, 4, 0, -2), cut(x, -100, 100, 5), cut(x, 100, 3, -1)]
    parts.append(n.op("Slice", n.op("Relu", x), np.array([0, 1]), np.array([1, 3])))
    parts.append(cut(cut(x, 0, 6, 1, axis=2), 0, END, 1, axis=-1))
    n.finish(n.head(n.conv(n.op("Concat", *parts, axis=1), 4)))
    n = Net("gather", 11)
    x = n.op("Gather", n.conv(n.x, 6, 3), np.array([4, -1, 0, 0]), axis=1)
    y = n.op("Gather", x, np.array(2), axis=1)
    z = n.op("Gather", x, n.stored(np.array([-3]), type=TensorProto.INT32), axis=-3)
    n.finish(n.head(n.op("Concat", x, n.op("Unsqueeze", y, axes=[1]), z, axis=1)))
    n = Net("gather_vector", 13)
    x = n.op("Gather", n.op("Gather", n.conv(n.x, 6, 3), np.array(0), axis=0), np.array([5, 1]), axis=0)
    n.finish(n.head(n.op("Unsqueeze", x, np.array([0]))))


def make_storage():
    n = Net("types", 13)
    x = n.x
    for type, way in ((TensorProto.FLOAT16, "raw"), (TensorProto.FLOAT16, "typed"), (TensorProto.BFLOAT16, "raw"),
                      (TensorProto.BFLOAT16, "typed"), (TensorProto.DOUBLE, "raw"), (TensorProto.DOUBLE, "typed"),
                      (TensorProto.FLOAT, "typed")):
        weight = n.stored(n.random(4, x.c, 1, 1), type=type, way=way)
        bias = n.stored(n.random(4), type=type, way=way)
        x = n.op("Tanh", n.op("Conv", x, weight, bias))
    for type, way in itertools.product((TensorProto.INT32, TensorProto.INT64), ("raw", "typed")):
        x = n.op("Gather", x, n.stored(np.array([2, -1, 1, 0]), type=type, way=way), axis=1)
    for type, way in itertools.product((TensorProto.INT8, TensorProto.UINT8, TensorProto.INT16, TensorProto.UINT16,
                                        TensorProto.UINT32, TensorProto.UINT64), ("raw", "typed")):
        signed = type in (TensorProto.INT8, TensorProto.INT16)
        if type == TensorProto.UINT32 and way == "typed":
            continue  # ONNX stores it in uint64_data, tested below
        steps = n.stored(np.array([-2 if signed else 3, 100, 7, 1]), type=type, way=way)
        k = n.op("Cast", steps, to=TensorProto.FLOAT)
        x = n.op("Tanh", n.op("Div", x, n.op("Unsqueeze", k, np.array([1, 2])) if way == "raw" else n.op(
            "Reshape", k, np.array([4, 1, 1]))))
        x = n.op("Mul", x, np.float32(3.0))
    n.finish(n.head(x))
    n = Net("outside", 13)
    w = n.stored(n.random(4, 3, 3, 3), "first.weight", way="outside")
    x = n.op("Conv", n.x, w, n.stored(n.random(4), way="outside", type=TensorProto.DOUBLE))
    w = n.stored(n.random(4, 1, 3, 3), "second.weight", way="outside", type=TensorProto.FLOAT16)
    x = n.op("Conv", x, w, group=4)
    y = n.op("Reshape", x, n.stored(np.array([1, -1]), way="outside"))
    n.finish(n.op("Gemm", y, n.random(96, CLASSES)), ["first", "second"])
    n = Net("channels_last_image", 13, last=True)
    x = n.conv(n.op("Transpose", n.x, perm=[0, 3, 1, 2]), 4, 3, strides=[2, 1])
    y = n.op("Transpose", n.op("Relu", x), perm=[0, 2, 3, 1])
    y = n.op("Add", y, n.random(4))
    n.finish(n.op("MatMul", n.op("Reshape", y, np.array([1, 96])), n.random(96, CLASSES)))
    n = Net("channels_last_batch", 9, last=True, batch=0)
    x = n.op("Div", n.op("Sub", n.x, n.random(3)), np.float32(0.7))
    n.finish(n.head(n.conv(n.op("Transpose", x, perm=[0, 3, 1, 2]), 4, 3)))


def make_constants():
    n = Net("constant_nodes", 13)
    weight = numpy_helper.from_array(n.random(4, 3, 1, 1), "stem.weight")
    x = n.op("Conv", n.x, n.op("Constant", value=weight))
    x = n.op("Mul", x, n.op("Constant", value_float=0.5))
    x = n.op("Add", x, n.op("Unsqueeze", n.op("Constant", value_floats=[0.5, -1.0, 2.0, 0.25]),
                            n.op("Constant", value_ints=[1, 2])))
    x = n.op("Gather", n.op("Relu", x), n.op("Constant", value_int=2), axis=1)
    n.finish(n.op("Gemm", n.op("Reshape", x, n.op("Constant", value_ints=[1, -1])), n.random(80, CLASSES)))
    n = Net("constant_arithmetic", 13)
    f = lambda *v: np.array(v, np.float32)
    w = n.op("Transpose", n.random(3, 1, 1, 4), perm=[3, 0, 2, 1])
    w = n.op("Div", n.op("Mul", w, n.random(4, 1, 1, 1)), n.op("Sqrt", n.op("Add", n.per_channel(4, 0.1, 4), f(1e-5))))
    b = n.op("Neg", n.op("Sub", n.op("Pow", n.random(4), f(2)), n.op("Floor", f(1.75))))
    b = n.op("Concat", n.op("Slice", b, np.array([2]), np.array([END])), n.op("Ceil", f(0.25, -1.5)), axis=0)
    x = n.op("Conv", n.x, w, n.op("Identity", n.op("Dropout", b)))
    sizes = n.op("Cast", n.op("Mul", n.op("Cast", n.op("Shape", x), to=TensorProto.FLOAT), f(1.0)), to=TensorProto.INT64)
    half = n.op("Div", n.op("Slice", sizes, np.array([3]), np.array([-END]), np.array([0]), np.array([-2])), np.array([2]))
    ones = n.op("ConstantOfShape", np.array([3]), value=helper.make_tensor("one", TensorProto.INT64, [1], [1]))
    zero = n.op("ConstantOfShape", np.array([2]), value=helper.make_tensor("none", TensorProto.INT64, [1], [0]))
    pads = n.op("Concat", zero, n.op("Sub", half, n.op("Gather", n.op("Add", ones, ones), np.array([0, 1]))),
                n.op("Squeeze", n.op("Reshape", zero, np.array([1, 2])), np.array([0])), zero, axis=0)
    n.finish(n.head(n.conv(n.op("Pad", x, pads), 2, 3)))


def make_names():
    n = Net("names", 13)
    x = n.x
    for node, weight in (("stem", "conv.weight"), ("Conv_12", "body.0.weight"), ("", "body.1_weight"),
                         ("/features/features.3/Conv", "onnx::Conv_497"), ("/layer1/layer1.0/conv1/Conv", "onnx::Conv_498"),
                         ("node_conv2d_1", "model.head.conv.weight"), ("", "onnx::Conv_499"), ("", "onnx::Conv_500"),
                         ("/stage/block/Conv_1", "val_7"), ("19", "inner"), ("Conv_x", "y.weight")):
        x = n.conv(x, 2, 1, name=node, weight=weight)
    n.finish(n.head(x), ["stem", "body.0", "body.1", "features.3", "layer1.0.conv1", "model.head.conv", "Conv", "Conv_2",
                         "stage.block", "inner", "Conv_x"])


def make_outputs():
    floats, integers = TensorProto.FLOAT, TensorProto.INT64
    for name, op, classes in (("sigmoid_classes", "Sigmoid", CLASSES), ("sigmoid_one", "Sigmoid", 1), ("one_logit", None, 1)):
        n = Net(name, 13)
        x = n.head(n.conv(n.x, 4, 3), classes)
        n.finish(x, outputs=[(n.without_effect(op, x) if op else x, floats)])
    n = Net("softmax_log", 13)
    x = n.head(n.conv(n.x, 4, 3))
    n.finish(x, outputs=[(n.without_effect("Log", n.op("Identity", n.without_effect("Softmax", x, axis=1))), floats)])
    n = Net("outputs_features", 13)
    features = n.op("Flatten", n.op("GlobalAveragePool", n.op("Relu", n.conv(n.x, 5, 3))))
    x = n.op("Gemm", features, n.random(5, CLASSES))
    n.finish(x, outputs=[(features, floats), (n.without_effect("Sigmoid", x), floats)])
    n = Net("outputs_same", 13)
    maps = n.conv(n.x, 4, 3)
    x = n.head(maps)
    n.finish(x, outputs=[(n.without_effect("Softmax", x, axis=-1), floats), (x, floats), (maps, floats),
                         (n.without_effect("LogSoftmax", n.op("Reshape", x, np.array([1, CLASSES])), axis=-1), floats)])
    n = Net("outputs_labels", 13, unchecked=True)
    x = n.head(n.conv(n.x, 4, 3))
    best, places = n.without_effect("TopK", n.without_effect("Softmax", x, axis=1), outputs=2)
    label = n.without_effect("ArgMax", x, axis=1)
    named = n.without_effect("ZipMap", n.without_effect("Softmax", x, axis=1), domain="ai.onnx.ml")
    n.finish(x, outputs=[(label, integers), (n.without_effect("Frobnicate", label), integers), (best, floats),
                         (places, integers), (named, TensorProto.UNDEFINED)])
    n = Net("outputs_named", 13)
    maps = n.conv(n.x, 4, 3)
    first, second = n.head(maps), n.head(maps, 4)
    n.finish(second, outputs=[(first, floats), (second, floats)],
             output_name=second.name)


def make_orders():
    n = Net("unsorted", 13, unchecked=True)
    x = n.op("Relu", n.conv(n.x, 4, 3, weight="a.weight"))
    e = n.op("Erf", n.op("Div", x, np.float32(math.sqrt(2))))
    x = n.op("Mul", n.op("Mul", x, n.op("Add", e, np.float32(1))), np.float32(0.5))
    weight = n.op("Constant", value=numpy_helper.from_array(n.random(4, 4, 1, 1), "b.weight"))
    x = n.op("Add", n.op("Conv", x, n.op("Identity", weight)), x)
    sizes = n.op("Concat", n.op("Shape", x, end=1), n.op("Constant", value_ints=[-1]), axis=0)
    x = n.op("Gemm", n.op("Reshape", x, sizes), n.random(192, CLASSES))
    n.nodes.reverse()
    n.finish(x)
    n = Net("batch_of_four", 13, batch=4)
    x = n.conv(n.x, 4, 3)
    targets = []

    def reshape(x, *target):
        targets.append(n.stored(np.array(target)))
        return n.op("Reshape", x, targets[-1])
    y = reshape(n.op("Transpose", reshape(x, 1, 2, 2, 6, 8), perm=[0, 2, 1, 3, 4]), -1, 4, 6, 8)
    y = reshape(n.op("Relu", n.conv(y, 4)), 1, -1)
    y = n.op("Gemm", y, n.random(192, CLASSES))
    y = n.op("Add", y, n.op("Gemm", reshape(n.op("GlobalAveragePool", x), 0, 4), n.random(4, CLASSES)))
    for t in n.initialisers:
        if t.name in [v.name for v in targets]:
            array = numpy_helper.to_array(t).copy()
            array[0] = 4 if array[0] == 1 else array[0]
            t.raw_data = array.tobytes()
    n.finish(y)


def make_images():
    flat, last = IMAGE.double().reshape(1, -1), IMAGE.double().permute(0, 2, 3, 1)
    n = Net("image_flat", 13, batch="N", tensor=flat)
    n.finish(n.head(n.conv(n.op("Reshape", n.x, np.array([-1, 3, H, W])), 4, 3)))
    n = Net("image_flat_channels_last", 13, tensor=last.reshape(1, -1))
    x = n.op("Transpose", n.op("Reshape", n.x, np.array([1, H, W, 3])), perm=[0, 3, 1, 2])
    n.finish(n.head(n.conv(x, 4, 3)))
    n = Net("image_vector", 13, tensor=flat)
    n.finish(n.op("Gemm", n.op("Relu", n.op("Gemm", n.x, n.random(240, 8), n.random(8))), n.random(8, CLASSES)))
    n = Net("image_without_batch", 13, tensor=IMAGE.double()[0])
    n.finish(n.head(n.conv(n.op("Unsqueeze", n.x, np.array([0])), 4, 3)))
    n = Net("image_without_batch_channels_last", 11, tensor=last[0])
    x = n.op("Unsqueeze", n.op("Transpose", n.x, perm=[2, 0, 1]), axes=[0])
    n.finish(n.head(n.conv(x, 4, 3)))
    n = Net("image_scaler", 8, unchecked=True)
    x = n.op("ImageScaler", n.x, bias=[0.5, -1.0, 0.25], scale=0.5)
    n.finish(n.head(n.conv(n.op("Tanh", x), 4, 3)))


def make_opset_6():
    n = Net("opset_6", 6, ir=3, listed=True)
    x = n.op("Add", n.conv(n.x, 4, 3, bias=False), n.random(4), broadcast=1, axis=1)
    x = n.op("BatchNormalization", x, *[n.per_channel(4, low=0.1) for _ in range(4)], is_test=1, spatial=1)
    x = n.op("Dropout", n.op("Mul", x, np.array([0.5], np.float32), broadcast=1), is_test=1, ratio=0.5)
    s = n.op("Reshape", n.op("GlobalAveragePool", x), np.array([1, 4]))
    x = n.op("Mul", n.op("Relu", x), s, broadcast=1, axis=0)
    x = n.op("Sub", x, n.random(1, 4, 1, 1), broadcast=1)
    x = n.op("Add", n.op("Mul", x, n.random(4), broadcast=1, axis=1), n.op("Tanh", x))
    x = n.op("Reshape", x, np.array([1, -1]))
    n.finish(n.op("Gemm", x, n.random(192, CLASSES), n.random(CLASSES), broadcast=1))


# ---- Families of ops: the logits add up all variants of an op, or are computed from all of them ----

def make_functions():
    f = np.float32
    for opset in 6, 12:
        n = Net("functions_%d" % opset, opset)
        x = n.conv(n.x, 4, 5)
        plus = n.op("Softplus", x)
        y = [n.op("Elu", x), n.op("Elu", x, alpha=0.4), n.op("Selu", x), n.op("Selu", x, alpha=1.5, gamma=0.75), plus,
             n.op("Softsign", x), n.op("Abs", x), n.op("Neg", x), n.op("Exp", x), n.op("Log", plus), n.op("Sqrt", plus),
             n.op("Reciprocal", n.op("Exp", x)), n.op("PRelu", x, np.array([0.3], f))]
        if opset == 6:
            y.append(n.op("PRelu", x, n.random(4, low=-1.0)))
        else:
            y += [n.op("Celu", x), n.op("Celu", x, alpha=0.3), n.op("ThresholdedRelu", x),
                  n.op("ThresholdedRelu", x, alpha=0.2)]
        n.finish(n.mixed(*y))
    for opset in 9, 16:
        n = Net("prelu_%d" % opset, opset)
        x = n.conv(n.x, 4, 5)
        y = [n.op("PRelu", x, slope) for slope in (n.random(4, 1, 1, low=-1.0), n.random(1, 4, 1, 1, low=-1.0), f(0.2),
                                                   np.array([[[0.4]]], f))]
        v = n.op("Flatten", n.op("GlobalAveragePool", x))
        v = n.op("Gemm", n.op("PRelu", v, n.random(4, low=-1.0)), n.random(4, CLASSES))
        n.finish(n.op("Add", n.mixed(*y), v))
    n = Net("mish", 18)
    n.finish(n.head(n.op("Mish", n.conv(n.x, 4, 5))))
    n = Net("mish_written_out", 13)
    x = n.conv(n.x, 4, 5)
    gate = lambda v: n.op("Tanh", n.op("Softplus", v))
    n.finish(n.mixed(n.op("Mul", x, gate(x)), n.op("Mul", gate(x), x), n.op("Mul", x, gate(n.op("Relu", x)))))
    n = Net("power", 13)
    x = n.conv(n.x, 4, 5)
    size, square = n.op("Add", n.op("Abs", x), f(0.5)), n.op("Constant", value=numpy_helper.from_array(np.array(2, f)))
    y = [n.op("Pow", x, square), n.op("Pow", x, f(3)), n.op("Pow", x, np.array([2])), n.op("Pow", size, f(0.5)),
         n.op("Pow", size, np.array([[[[-1.5]]]], f)), n.op("Pow", x, f(1)), n.op("Pow", x, f(0))]
    n.finish(n.mixed(*y))


def make_joins():
    n = Net("variadic_6", 6)
    x, y, z = (n.conv(n.x, 4, 5) for _ in range(3))
    n.finish(n.mixed(*[n.op(op, *v) for op in ("Sum", "Max", "Min", "Mean") for v in ((x,), (x, y), (x, y, z))]))
    n = Net("variadic", 13)
    x, y, one = n.conv(n.x, 4, 5), n.conv(n.x, 4, 5), n.conv(n.x, 1, 5)
    gap = n.op("GlobalAveragePool", x)
    values = ((gap, x), (one, y, gap), (x, np.float32(0.1)), (n.random(4, 1, 1), x), (x, n.random(4, 6)),
              (x, n.random(1, 4, 4, 6), y), (np.array([0.2], np.float32), n.random(6), y, x),
              (n.random(1, 1, 4, 1), one, y))
    n.finish(n.mixed(*[n.op(op, *v) for op in ("Sum", "Max", "Min", "Mean") for v in values]))
    shapes = ((), (1,), (4, 1, 1), (1, 4, 1, 1), (1, 1, 4, 6), (4, 6), (6,), (4, 1), (4, 4, 6), (1, 4, 4, 6), (4, 1, 6),
              (1, 1, 1))
    for op in "Add", "Sub", "Mul", "Div", "Max", "Min":
        n = Net("constants_%s" % op.lower(), 13)
        x, y = n.op("Add", n.op("Abs", n.conv(n.x, 4, 5)), np.float32(0.5)), []
        for s in shapes:
            k = lambda: np.asarray(n.rng.uniform(0.5, 2, s), np.float32)
            y += [n.op(op, x, k()), n.op(op, k(), x)]
        n.finish(n.mixed(*y))
    n = Net("constants_that_are_larger", 13)
    x = n.conv(n.x, 4, 5)
    v, one = n.op("GlobalAveragePool", x), n.conv(n.x, 1, 5)
    y = [n.op("Mul", v, n.random(1, 1, 4, 6)), n.op("Sub", n.random(4, 6), v), n.op("Add", v, n.random(1, 4, 4, 6)),
         n.op("Max", one, n.random(4, 1, 1)), n.op("Sub", n.random(4, 4, 6), one), n.op("Mul", one, n.random(1, 4, 1, 6))]
    n.finish(n.mixed(*y))
    n = Net("constants_of_views", 13)
    x = n.conv(n.x, 4, 5)
    last, flat = n.op("Transpose", x, perm=[0, 2, 3, 1]), n.op("Reshape", x, np.array([0, 4, -1]))
    y = [n.op(op, last, n.random(*s, low=0.5)) for op in ("Add", "Div", "Max")
         for s in ((4,), (6, 1), (4, 1, 1), (4, 6, 4), (1, 1, 6, 4))]
    z = [n.op(op, n.random(*s, low=0.5), flat) for op in ("Sub", "Mul", "Min") for s in ((24,), (4, 1), (1, 4, 24))]
    n.finish(n.mixed(*[n.op("Transpose", v, perm=[0, 3, 1, 2]) for v in y],
                     *[n.op("Reshape", v, np.array([1, 4, 4, 6])) for v in z]))
    n = Net("sub_and_div", 13)
    x, y, one = (n.op("Add", n.op("Abs", n.conv(n.x, c, 5)), np.float32(0.5)) for c in (4, 4, 1))
    gap = n.op("GlobalAveragePool", x)
    pairs = (x, y), (y, x), (x, one), (one, x), (x, gap), (gap, x)
    n.finish(n.mixed(*[n.op(op, *v) for op in ("Sub", "Div") for v in pairs]))


REDUCTIONS = "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"


def make_reductions():
    for op, opset in [*itertools.product(REDUCTIONS, (11, 18)), ("ReduceSum", 13)]:
        n = Net("%s_%d" % (op.lower(), opset), opset)
        x = n.op("Add", n.conv(n.x, 4, 5), np.float32(0.3))

        def reduce(v, *axes, **keep):
            if opset < (13 if op == "ReduceSum" else 18):
                return n.op(op, v, **({"axes": list(axes)} if axes else {}), **keep)
            return n.op(op, v, *([np.array(axes)] if axes else []), **keep)

        def unsqueeze(v, *axes):
            return n.op("Unsqueeze", v, axes=list(axes)) if opset < 13 else n.op("Unsqueeze", v, np.array(axes))
        y = [reduce(x, 2, 3), reduce(x, -1, -2, keepdims=1), unsqueeze(reduce(x, 3, 2, keepdims=0), 2, 3), reduce(x, 1),
             unsqueeze(reduce(x, -3, keepdims=0), 1), reduce(x, 1, 2, 3), reduce(x), reduce(x, 0, -2, -1),
             unsqueeze(reduce(x, 1, 2, 3, keepdims=0), 1, 2, 3), reduce(reduce(x, 2, 3), 1), reduce(reduce(x, 1), 1),
             reduce(n.op("Transpose", x, perm=[0, 2, 3, 1]), 1, 2, 3)]
        if op in ("ReduceMean", "ReduceSum"):
            y += [reduce(x, 2), reduce(x, -1)] + [unsqueeze(reduce(x, side, keepdims=0), side) for side in (2, 3)]
        flat = n.op("Reshape", x, np.array([0, 4, -1]))
        v = n.op("Gemm", reduce(flat, 2, keepdims=0), n.random(4, CLASSES))
        n.finish(n.op("Add", v, n.mixed(*[n.op("Mul", x, v) for v in y])))
    n = Net("reductions_that_change_nothing", 18)
    x = n.conv(n.x, 4, 5)
    y = [n.op(op, x, noop_with_empty_axes=1) for op in REDUCTIONS[:4]]
    gap = n.op("GlobalAveragePool", x)
    y += [n.op("Mul", x, n.op(op, gap, np.array([2, 3]))) for op in REDUCTIONS]
    n.finish(n.mixed(*y))


def make_norms():
    n = Net("instance_norm", 6)
    x = n.op("InstanceNormalization", n.conv(n.x, 4, 5), n.per_channel(4), n.per_channel(4))
    x = n.op("InstanceNormalization", n.op("Relu", x), n.per_channel(4), n.per_channel(4), epsilon=0.1)
    n.finish(n.head(x))
    for opset in 18, 21:
        n = Net("group_norm_%d" % opset, opset)
        x = n.conv(n.x, 6, 5)
        for groups, k in ((3, {}), (2, {"epsilon": 0.1}), (1, {"stash_type": 1} if opset == 21 else {}), (6, {})):
            count = 6 if opset == 21 else groups
            x = n.op("GroupNormalization", x, n.per_channel(count, low=0.5), n.per_channel(count), num_groups=groups, **k)
            x = n.op("Selu", x)
        n.finish(n.head(x))
    for name, opset, ones in (("torch", 13, True), ("scaled", 9, False)):
        n = Net("group_norm_" + name, opset)
        x = n.conv(n.x, 6, 5)
        scale, bias = (np.ones(3, np.float32), np.zeros(3, np.float32)) if ones else (n.per_channel(3), n.per_channel(3))
        y = n.op("InstanceNormalization", n.op("Reshape", x, np.array([0, 3, -1])), scale, bias, epsilon=1e-3)
        y = n.op("Reshape", y, n.op("Shape", x) if ones else np.array([1, 6, 4, 6]))
        y = n.op("Add", n.op("Mul", y, n.per_channel(6, rank=3)), n.per_channel(6, rank=3))
        n.finish(n.head(n.op("Selu", y)))
    n = Net("group_norm_ends", 13)
    x = n.conv(n.x, 6, 5)
    for groups, target in ((1, [0, 1, -1]), (6, [0, 6, -1]), (6, [0, 0, -1]), (1, [1, 1, 144]), (2, [-1, 2, 72])):
        y = n.op("Reshape", x, np.array(target))
        y = n.op("InstanceNormalization", y, n.per_channel(groups, low=0.5), n.per_channel(groups))
        y = n.op("Reshape", y, np.array([1, 6, 4, 6]))
        x = n.op("Add", n.op("Mul", y, n.per_channel(6, low=0.5, rank=3)), n.op("Selu", x))
    n.finish(n.head(x))
    for opset, axes in ((9, None), (13, [0, 2, 3]), (13, [0, 1, 2, 3]), (9, [1, 2, 3])):
        n = Net("mean_variance_%d_%d" % (opset, len(axes or [])), opset)
        x = n.op("MeanVarianceNormalization", n.conv(n.x, 4, 5), **({"axes": axes} if axes else {}))
        n.finish(n.head(n.op("Selu", x)))
    n = Net("lp_normalization", 13)
    x = n.conv(n.x, 4, 5)
    y = [n.op("LpNormalization", x, axis=1, **k) for k in ({}, {"p": 1}, {"p": 2})]
    y.append(n.op("LpNormalization", n.op("Relu", x), axis=-3, p=2))
    v = n.op("Flatten", n.op("GlobalAveragePool", x))
    v = [n.op("Gemm", n.op("LpNormalization", v, **k), n.random(4, CLASSES)) for k in ({}, {"p": 1, "axis": 1})]
    n.finish(n.op("Sum", n.mixed(*y), *v))
    n = Net("layer_norm_of_all", 17)
    x = n.conv(n.x, 4, 5)
    y = [n.op("LayerNormalization", x, n.random(4, 4, 6, low=-1.0), n.random(4, 4, 6), axis=1),
         n.op("LayerNormalization", x, n.random(4, 4, 6, low=-1.0), axis=-3, epsilon=0.1),
         n.op("LayerNormalization", x, n.random(1, 4, 4, 6, low=-1.0), n.random(1, 4, 4, 6), axis=0)]
    n.finish(n.mixed(*y))


def make_cuts():
    n = Net("slices_of_space", 13)
    x = n.conv(n.x, 4, 5)

    def cut(v, starts, ends, axes, steps):
        return n.op("Slice", v, *[np.array(k) for k in (starts, ends, axes, steps)])
    y = [cut(x, [0], [END], [2], [2]), cut(x, [1], [END], [3], [2]), cut(x, [-1], [-END], [3], [-1]),
         cut(x, [3], [0], [-2], [-2]), cut(x, [0, 1], [3, -1], [2, 3], [1, 3]), cut(x, [1, -1], [4, -END], [1, 2], [2, -1]),
         cut(x, [2], [3], [2], [1])]
    rows = [n.op("Gather", x, np.array([2, 0, -1, 0]), axis=2), n.op("Gather", x, np.array([5, 3]), axis=-1)]
    rows.append(n.op("Unsqueeze", n.op("Gather", x, np.array(1), axis=2), np.array([2])))
    rows.append(n.op("Unsqueeze", n.op("Gather", x, np.array(-2), axis=3), np.array([3])))
    halves = n.op("Split", x, outputs=2, axis=3)
    n.finish(n.heads(*y, *rows, *halves))
    n = Net("slices_of_space_9", 9)
    x = n.conv(n.x, 4, 5)
    parts = [n.op("Slice", n.op("Slice", x, starts=[0, 0, i, 0], ends=[1, 4, END, END]), starts=[i], ends=[end], axes=[3])
             for i, end in ((0, -1), (1, END))]
    n.finish(n.heads(*parts))
    n = Net("focus", 11)
    part = lambda v, axis, i: n.op("Slice", v, np.array([i]), np.array([END]), np.array([axis]), np.array([2]))
    parts = [part(part(n.x, 2, i), 3, j) for j, i in itertools.product((0, 1), repeat=2)]
    n.finish(n.head(n.conv(n.op("Concat", *parts, axis=1), 4, 3)))


def make_more_pads():
    f = np.float32
    n = Net("pad_modes_9", 9)
    x = n.conv(n.x, 4, 5)
    around = [0, 0, 1, 2, 0, 0, 3, 0]
    y = [n.op("Pad", x, pads=around, mode=mode) for mode in ("reflect", "edge")]
    y += [n.op("Pad", x, pads=[0, 0, -1, 2, 0, 0, 1, -2], value=0.25), n.op("Pad", x, pads=[0, 2, 0, 0, 0, 1, 0, 0])]
    n.finish(n.heads(*y))
    n = Net("pad_modes_13", 13)
    x = n.conv(n.x, 4, 5)
    y = [n.op("Pad", x, np.array(around), mode=mode) for mode in ("reflect", "edge", "constant")]
    y += [n.op("Pad", x, np.array([0, 1, 1, 0, 0, 2, 0, 1]), f(0.5)), n.op("Pad", x, np.array([0, 0, -1, -2, 0, 0, 0, -1])),
          n.op("Pad", x, np.array([0, 0, -1, 1, 0, 0, 1, -2]), f(-0.5), mode="constant"),
          n.op("Pad", x, np.array([0, 0, 0, 2, 0, 0, 0, -1]), mode="edge"),
          n.op("Pad", x, np.array([0] * 8), f(np.finfo(f).min)),
          n.op("Pad", n.op("GlobalAveragePool", x), np.array(around), f(1.5))]
    n.finish(n.heads(*y))
    n = Net("pad_before_max_pool", 13)
    x = n.op("Pad", n.conv(n.x, 4, 5), np.array([0, 0, 1, 1, 0, 0, 0, 1]), f(np.finfo(f).min))
    n.finish(n.head(n.op("MaxPool", x, kernel_shape=[2, 3])))
    n = Net("pad_modes_19", 19)
    x = n.conv(n.x, 4, 5)
    y = [n.op("Pad", x, np.array(around), mode="wrap"), n.op("Pad", x, np.array([5, 2]), None, np.array([-1]), mode="wrap"),
         n.op("Pad", x, np.array([2, 1, 1, 0]), None, np.array([2, -1]), mode="reflect"),
         n.op("Pad", x, np.array([1, 0]), f(0.5), np.array([1])),
         n.op("Pad", x, np.array([1, -1, -2, 0]), f(0.5), np.array([-1, 2]))]
    n.finish(n.heads(*y))


def make_norm_pools():
    n = Net("lp_pool", 11)
    x, k = n.conv(n.x, 4, 3), {"kernel_shape": [2, 3]}
    y = [n.op("LpPool", x, **k), n.op("LpPool", x, p=1, strides=[1, 2], **k),
         n.op("LpPool", x, p=2, pads=[1, 0, 0, 2], **k), n.op("LpPool", x, p=3, strides=[2, 1], pads=[0, 1, 1, 1], **k)]
    y += [n.op("GlobalLpPool", x, **p) for p in ({}, {"p": 1}, {"p": 3})]
    n.finish(n.heads(*y))
    for opset in 9, 13:
        n = Net("depth_%d" % opset, opset)
        x = n.conv(n.x, 8, (5, 5))
        y = [n.op("SpaceToDepth", x, blocksize=size) for size in (2, 1)] + [n.op("DepthToSpace", x, blocksize=2)]
        if opset == 13:
            y += [n.op("DepthToSpace", x, blocksize=2, mode=mode) for mode in ("DCR", "CRD")]
        n.finish(n.heads(*y))
    n = Net("expand", 13)
    x = n.conv(n.x, 4, 5)
    one = n.conv(n.x, 1, 5)
    gap, row = n.op("GlobalAveragePool", x), n.op("MaxPool", x, kernel_shape=[4, 1])
    y = [n.op("Expand", gap, np.array(shape)) for shape in ([1, 4, 4, 6], [1, 1, 4, 6], [4, 6])]
    y += [n.op("Expand", one, np.array([4, 1, 1])), n.op("Expand", row, np.array([4, 1])), n.op("Expand", x, np.array([1])),
         n.op("Expand", n.op("GlobalMaxPool", one), np.array([1, 4, 4, 6])), n.op("Expand", gap, n.op("Shape", x))]
    n.finish(n.mixed(*y))


def make_resizes():
    n = Net("upsample_9", 9)
    x = n.conv(n.x, 4, 5)
    n.finish(n.heads(n.op("Upsample", x, np.array([1, 1, 2, 3], np.float32)),
                     n.op("Upsample", x, np.array([1, 1, 2, 1.5], np.float32), mode="linear")))
    n = Net("resize_10", 10)
    x = n.conv(n.x, 4, 5)
    n.finish(n.heads(n.op("Resize", x, np.array([1, 1, 2, 0.5], np.float32)),
                     n.op("Resize", x, np.array([1, 1, 0.5, 2], np.float32), mode="linear")))
    coordinates = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    for opset, mode in itertools.product((11, 13, 19), ("nearest", "linear", "cubic")):
        n = Net("resize_%s_%d" % (mode, opset), opset)
        x = n.conv(n.x, 2, 5)
        roi = np.array([], np.float32) if opset == 11 else None
        hows = [dict(mode=mode)]
        for coordinate in coordinates + (["half_pixel_symmetric"] if opset == 19 else []):
            how = dict(mode=mode, coordinate_transformation_mode=coordinate)
            hows += [dict(nearest_mode=r, **how) for r in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")] \
                if mode == "nearest" else [how]
        if mode == "cubic":
            hows.append(dict(mode=mode, cubic_coeff_a=-0.5))
        y = []
        for how in hows:
            # With nearest, scales whose reciprocals are exact in float32, so that rounding cannot change which
            # position is nearest.
            scales = (2, 0.5) if mode == "nearest" else (1.75, 0.6)
            sizes = (6, 3) if mode == "nearest" else (7, 5)
            y.append(n.op("Resize", x, roi, np.array((1, 1) + scales, np.float32), **how))
            if opset == 11:
                y.append(n.op("Resize", x, roi, np.array([], np.float32), np.array((1, 2) + sizes), **how))
            else:
                y.append(n.op("Resize", x, roi, None, np.array((1, 2) + sizes), **how))
        y.append(n.op("Resize", n.op("GlobalAveragePool", x), roi, np.array([1, 1, 4, 6], np.float32), mode=mode))
        n.finish(n.heads(*y))
    n = Net("resize_axes", 18)
    x = n.conv(n.x, 2, 5)
    n.finish(n.heads(n.op("Resize", x, None, np.array([2, 0.5], np.float32), axes=[2, 3]),
                     n.op("Resize", x, None, None, np.array([7, 5]), axes=[-2, -1], mode="linear")))
    check_resize()


def check_resize():
    """Checks onnx_ops.resize against torch's interpolate, for the modes that torch has."""
    x = torch.rand(1, 2, 5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for h, w in ((10, 12), (7, 4), (3, 13), (1, 6)):
        of = lambda **how: onnx_ops.resize(13, [x, None, None, torch.tensor([1, 2, h, w])], **how)
        for mode, ours in (("bilinear", "linear"), ("bicubic", "cubic")):
            for align, coordinate in ((True, "align_corners"), (False, "half_pixel")):
                torch.testing.assert_close(of(mode=ours, coordinate_transformation_mode=coordinate),
                                           F.interpolate(x, (h, w), mode=mode, align_corners=align))
        torch.testing.assert_close(of(coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
                                   F.interpolate(x, (h, w), mode="nearest"))
        torch.testing.assert_close(of(nearest_mode="round_prefer_ceil"), F.interpolate(x, (h, w), mode="nearest-exact"))


def make_computed_weights():
    f = np.float32
    n = Net("eca", 13)
    x = n.conv(n.x, 5, 5)
    for pads, k in (([1, 1], {}), ([2, 2], {"dilations": [2], "strides": [1], "group": 1})):
        s = n.op("Transpose", n.op("Squeeze", n.op("GlobalAveragePool", x), np.array([-1])), perm=[0, 2, 1])
        bias = [np.array([0.3], f)] if k else []
        s = n.op("Sigmoid", n.op("Conv", s, n.random(1, 1, 3), *bias, pads=pads, kernel_shape=[3], **k))
        x = n.op("Mul", x, n.op("Unsqueeze", n.op("Transpose", s, perm=[0, 2, 1]), np.array([-1])))
    n.finish(n.head(x))
    n = Net("eca_flat", 11)
    x = n.conv(n.x, 5, 5)
    s = n.op("Reshape", n.op("GlobalAveragePool", x), np.array([1, 1, 5]))
    s = n.op("Reshape", n.op("Sigmoid", n.op("Conv", s, n.random(1, 1, 5), pads=[2, 2])), np.array([1, 5, 1, 1]))
    n.finish(n.head(n.op("Mul", x, s)))
    for opset in 10, 13:
        n = Net("dequantized_%d" % opset, opset)
        i8, u8, i32 = TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32
        bytes_of = lambda *dims, type: n.stored(n.rng.integers(0, 256, dims) - (128 if type == i8 else 0), type=type)
        zero = lambda v, type: n.stored(np.array(v), type=type)
        w = n.op("DequantizeLinear", bytes_of(4, 3, 5, 5, type=i8), f(0.002))
        bias = n.op("DequantizeLinear", n.stored(np.array([40, -100, 0, 77]), type=i32), f(0.01))
        x = n.op("Conv", n.x, w, bias)
        w = n.op("DequantizeLinear", bytes_of(4, 4, 1, 1, type=u8), f(0.01), zero(120, u8))
        x = n.op("Conv", n.op("Relu", x), w)
        if opset == 13:
            scales = np.array([0.01, 0.02, 0.005, 0.015], f)
            w = n.op("DequantizeLinear", bytes_of(4, 4, 1, 1, type=i8), scales, zero([0, 3, -4, 9], i8), axis=0)
            x = n.op("Conv", n.op("Relu", x), w)
            w = n.op("DequantizeLinear", bytes_of(4, 4, 1, 1, type=u8), scales, zero([120, 128, 130, 140], u8))
            x = n.op("Conv", n.op("Selu", x), w)
            w = n.op("DequantizeLinear", bytes_of(4, 4, 1, 1, type=i8), scales, axis=-4)
            x = n.op("Conv", n.op("Selu", x), w)
        n.finish(n.head(x))
    n = Net("weight_standardised", 13)
    x = n.x
    for way in range(2):
        w = n.stored(n.random(4, x.c, 3, 3))
        axes = {"axes": [1, 2, 3], "keepdims": 1} if way == 0 else {"axes": [-3, -2, -1]}
        centred = n.op("Sub", w, n.op("ReduceMean", w, **axes))
        if way == 0:
            variance = n.op("ReduceMean", n.op("Mul", centred, centred), **axes)
            w = n.op("Div", centred, n.op("Sqrt", n.op("Add", variance, f(1e-5))))
        else:
            norm = n.op("Max", n.op("ReduceL2", centred, **axes), f(1e-3))
            w = n.op("Mul", n.op("Mul", centred, n.op("Reciprocal", norm)), n.random(4, 1, 1, 1, low=0.5))
        x = n.op("Selu", n.op("Conv", x, w))
    n.finish(n.head(x))
    n = Net("cosine_head", 13)
    v = n.op("Flatten", n.op("GlobalAveragePool", n.op("Relu", n.conv(n.x, 6, 5))))
    w = n.stored(n.random(CLASSES, 6))
    bounded = lambda t: n.op("Clip", n.op("ReduceL2", t, axes=[1], keepdims=1), f(1e-12))
    w = n.op("Div", w, n.op("Expand", bounded(w), n.op("Shape", w)))
    v = n.op("Div", v, bounded(v))
    n.finish(n.op("Mul", n.op("Gemm", v, w, transB=1), f(16)))
    n = Net("expand_as", 11)
    x = n.conv(n.x, 4, 5)
    wanted = n.op("Concat", np.array([-1]), n.op("Slice", n.op("Shape", x), np.array([1]), np.array([4])), axis=0)
    wanted = n.op("Reshape", wanted, np.array([-1]))
    ones = n.op("ConstantOfShape", n.op("Shape", wanted), value=helper.make_tensor("one", TensorProto.INT64, [1], [1]))
    wanted = n.op("Where", n.op("Equal", wanted, n.op("Mul", ones, np.array(-1))), ones, wanted)
    n.finish(n.head(n.op("Add", x, n.op("Expand", n.op("Sigmoid", n.op("GlobalAveragePool", x)), wanted))))
    n = Net("weights_of_all_kinds", 13)
    w = n.random(4, 3, 1, 1)
    over = lambda op, v, **k: n.op(op, v, axes=[1, 2, 3], **k)
    parts = [over(op, w) for op in ("ReduceMax", "ReduceMin", "ReduceL1", "ReduceProd")]
    parts += [n.op("Exp", over("ReduceMean", w)), n.op("Log", over("ReduceL2", w)),
              n.op("Abs", n.op("Neg", over("ReduceSumSquare", w))), n.op("ReduceSum", w, np.array([-1, 1, 2]))]
    total = n.op("Clip", parts[0], f(-2), f(2))
    for part in parts[1:]:
        total = n.op("Add", total, part)
    positive = n.op("Equal", n.op("Max", w, f(0)), w)
    other = n.op("Min", n.random(1, 3, 1, 1), n.op("Round", n.op("Mul", w, f(3))))
    w = n.op("Where", positive, n.op("Mul", w, total), other)
    n.finish(n.head(n.conv(n.op("Conv", n.x, w), 2, 5)))


def make_more_views():
    f = np.float32
    n = Net("signs", 9)
    x = n.conv(n.x, 4, 5)
    root = n.op("Mul", n.op("Sign", x), n.op("Sqrt", n.op("Abs", x)))
    n.finish(n.mixed(n.op("Sign", x), n.op("Sin", x), n.op("Cos", x), root))
    n = Net("concat_of_space", 13)
    x, y = n.conv(n.x, 4, 5), n.conv(n.x, 4, (3, 5))
    z = n.op("Transpose", n.conv(n.x, 4, (5, 7)), perm=[0, 2, 3, 1])
    last = n.op("Transpose", x, perm=[0, 2, 3, 1])
    values = [n.op("Concat", x, y, x, axis=2), n.op("Concat", x, n.random(1, 4, 4, 2), axis=-1), n.op("Concat", z, last, axis=2),
              n.op("Concat", n.random(1, 2, 4, 6), x, n.random(1, 1, 4, 6), axis=1)]
    v = n.op("Flatten", n.op("GlobalAveragePool", x))
    n.finish(n.heads(*values, n.op("Concat", v, n.random(1, 3), axis=1)))
    n = Net("stacks", 13)
    x, y, z = (n.conv(n.x, 4, 5) for _ in range(3))
    for axis in 1, 2:
        stack = n.op("Concat", *[n.op("Unsqueeze", v, np.array([axis])) for v in (x, y, z)], axis=axis)
        x = n.op("Add", x, n.op("ReduceMax", stack, axes=[axis], keepdims=0))
        y = n.op("Sub", y, n.op("ReduceMean", n.op("Selu", stack), axes=[axis], keepdims=0))
    n.finish(n.mixed(x, y))
    n = Net("tiles", 13)
    x = n.conv(n.x, 2, 5)
    v = n.op("Flatten", n.op("GlobalAveragePool", x))
    values = [n.op("Tile", x, np.array(times)) for times in ([1, 3, 1, 1], [1, 1, 2, 1], [1, 2, 1, 2], [1, 1, 1, 1])]
    values += [n.op("Tile", v, np.array([1, 3])), n.op("Expand", n.op("ReduceMean", v, axes=[1]), np.array([1, 5]))]
    n.finish(n.heads(*values))
    for op in REDUCTIONS[:4]:
        n = Net("%s_of_parts" % op.lower(), 13)
        reduce = lambda v, axes, **k: n.op(op, v, np.array(axes), **k) if op == "ReduceSum" else n.op(op, v, axes=axes, **k)
        x = n.op("Add", n.conv(n.x, 6, 5), f(0.3))
        parts = n.op("Reshape", x, np.array([1, 2, 3, 4, 6]))
        y = [reduce(parts, [1], keepdims=0), reduce(parts, [2], keepdims=0), n.op("Squeeze", reduce(parts, [-3]), np.array([2]))]
        y += [n.op("Mul", x, reduce(x, axes)) for axes in ([2], [3], [1, 2], [-1, 1])]
        n.finish(n.mixed(*y))
    n = Net("blocks_by_view", 13)
    x = n.conv(n.x, 4, 5)
    down = n.op("Transpose", n.op("Reshape", x, np.array([1, 4, 2, 2, 3, 2])), perm=[0, 1, 3, 5, 2, 4])
    up = n.op("Transpose", n.op("Reshape", x, np.array([1, 1, 2, 2, 4, 6])), perm=[0, 1, 4, 2, 5, 3])
    n.finish(n.heads(n.op("Reshape", down, np.array([1, 16, 2, 3])), n.op("Reshape", up, np.array([1, 1, 8, 12]))))
    n = Net("normalised_vectors", 11)
    v = n.op("Flatten", n.op("GlobalAveragePool", n.op("Relu", n.conv(n.x, 6, 5))))
    norm = n.op("Clip", n.op("ReduceL2", v, axes=[1], keepdims=1), f(1e-12))
    n.finish(n.op("Gemm", n.op("Div", v, n.op("Expand", norm, n.op("Shape", v))), n.random(6, CLASSES)))
    n = Net("products_of_weights", 13)
    w = n.op("MatMul", n.stored(n.random(4, 5)), n.random(5, 75))
    x = n.op("Conv", n.x, n.op("Tile", n.op("Reshape", w, np.array([4, 3, 5, 5])), np.array([2, 1, 1, 1])))
    n.finish(n.head(x))


# ---- torch modules as torch exports them ----

class Fire(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU(inplace=True), nn.MaxPool2d(2, 1, ceil_mode=True))
        self.squeeze, self.left, self.right = nn.Conv2d(4, 2, 1), nn.Conv2d(2, 3, 1), nn.Conv2d(2, 3, 3, padding=1)
        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(6, CLASSES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x):
        x = F.relu(self.squeeze(self.features(x)))
        return torch.flatten(self.classifier(torch.cat([F.relu(self.left(x)), F.relu(self.right(x))], 1)), 1)


class Residual(nn.Module):
    class Block(nn.Module):
        def __init__(self, i, o):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(i, o, 3, 2, 1, bias=False), nn.BatchNorm2d(o)
            self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, 2, bias=False), nn.BatchNorm2d(o))

        def forward(self, x):
            return F.relu(self.bn1(self.conv1(x)) + self.downsample(x))

    def __init__(self):
        super().__init__()
        self.layer1 = nn.Sequential(Residual.Block(3, 4), Residual.Block(4, 4))
        self.fc = nn.Linear(4 * 2 * 3, CLASSES)

    def forward(self, x):
        x = self.layer1(x)
        return self.fc(x.view(x.size(0), -1))


class Shuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.branch = nn.Conv2d(3, 8, 3), nn.Sequential(nn.Conv2d(4, 4, 3, 1, 1, groups=4), nn.ReLU6())
        self.conv5, self.fc = nn.Conv2d(8, 6, 1), nn.Linear(6, CLASSES)

    def forward(self, x):
        a, b = self.conv1(x).chunk(2, dim=1)
        x = torch.cat((a, self.branch(b)), 1)
        n, c, h, w = x.size()
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, -1, h, w)
        return self.fc(self.conv5(x[:, [1, 0, 3, 2, 7, 6, 5, 4]]).mean([2, 3]))


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.ZeroPad2d((0, 1, 1, 2)), nn.Conv2d(3, 6, 3, 2), nn.BatchNorm2d(6), nn.Hardswish())
        self.dw = nn.Conv2d(6, 6, 3, padding=2, dilation=2, groups=6)
        self.fc1, self.fc2 = nn.Conv2d(6, 2, 1), nn.Conv2d(2, 6, 1)
        self.swish, self.classifier = nn.SiLU(), nn.Linear(6, CLASSES)

    def forward(self, x):
        x = self.dw(self.stem(x))
        x = x * F.hardsigmoid(self.fc2(F.relu(self.fc1(F.adaptive_avg_pool2d(x, 1)))))
        x = F.pad(self.swish(x), (1, 0, 2, 0), value=0.5)
        return torch.log_softmax(self.classifier(F.adaptive_avg_pool2d(x, 1).flatten(1)), 1)


class ConvNext(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.dw = nn.Conv2d(3, 6, 2, 2), nn.Conv2d(6, 6, 3, padding=1, groups=6)
        self.norm, self.first = nn.LayerNorm(6, eps=1e-6), nn.LayerNorm(6)
        self.up, self.down, self.scale = nn.Linear(6, 12), nn.Linear(12, 6), nn.Parameter(torch.rand(6, 1, 1))
        self.head = nn.Linear(6, CLASSES)

    def forward(self, x):
        x = self.first(self.stem(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        y = self.down(F.gelu(self.up(self.norm(self.dw(x).permute(0, 2, 3, 1)))))
        x = x + self.scale * y.permute(0, 3, 1, 2)
        return self.head(self.first(x.mean([-2, -1])))


class Inception(nn.Module):
    """As in torchvision's Inception: the arithmetic of transform_input, and a branch with pooling."""
    def __init__(self):
        super().__init__()
        self.a, self.b, self.fc = nn.Conv2d(3, 3, (1, 3)), nn.Conv2d(3, 2, 1), nn.Linear(5 * 6 * 6, CLASSES)

    def forward(self, x):
        planes = [torch.unsqueeze(x[:, i], 1) * (0.2 + i) + (0.5 - i) for i in range(3)]
        x = torch.cat(planes, 1)
        left = F.max_pool2d(self.a(x), (3, 3), stride=1)
        right = self.b(F.avg_pool2d(x, 3, stride=1, padding=1))
        return self.fc(torch.cat([left, F.max_pool2d(right, (3, 5), 1)], 1).flatten(1))


def exported(module, name, opset, folded=True, batch=1):
    torch.manual_seed(sum(map(ord, name)))
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.running_mean, -0.5, 0.5)
            nn.init.uniform_(m.running_var, 0.2, 2)
            nn.init.uniform_(m.weight, 0.5, 2)
        elif hasattr(m, "weight") and m.weight is not None:
            nn.init.uniform_(m.weight, -0.6, 0.6)
    for p in module.parameters():
        if p.dim() == 1:
            nn.init.uniform_(p, -1, 1)
    module.eval()
    calls = []
    names = {m: n for n, m in module.named_modules() if isinstance(m, nn.Conv2d)}
    hooks = [m.register_forward_hook(lambda m, i, o: calls.append(names[m])) for m in names]
    ends = []  # the logits before a final LogSoftmax, which are expected
    if isinstance(module, Mobile):
        hooks.append(module.classifier.register_forward_hook(lambda m, i, o: ends.append(o)))
    with torch.no_grad():
        logits = module(IMAGE)
    logits = (ends or [logits])[-1][0].numpy()
    for hook in hooks:
        hook.remove()
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, IMAGE.repeat(batch, 1, 1, 1), stream, opset_version=opset, do_constant_folding=folded,
                          training=torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE,
                          keep_initializers_as_inputs=opset < 9)
    model = onnx.load_model_from_string(stream.getvalue())
    for node in model.graph.node:
        node.ClearField("doc_string")  # it holds this file's path
    return model.SerializeToString(), logits, calls


def export_all():
    for make, name, opsets in ((Fire, "fire", (7, 11, 17)), (Residual, "residual", (7, 9, 13, 17)),
                               (Shuffle, "shuffle", (9, 11, 13)), (Mobile, "mobile", (9, 11, 14, 17)),
                               (ConvNext, "convnext", (9, 13, 17)), (Inception, "inception", (7, 9, 13))):
        for opset in opsets:
            folded = opset not in (9, 17)
            data, logits, calls = exported(make(), name, opset, folded)
            save("torch_%s_%d" % (name, opset), data, logits, calls)
    for make, name, opset in ((Shuffle, "shuffle", 11), (Residual, "residual", 13)):
        data, logits, calls = exported(make(), name, opset, batch=5)
        save("torch_%s_batch" % name, data, logits, calls)


class Functions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 5), nn.ModuleList(nn.Conv2d(4, 4, 1) for _ in range(8))
        self.prelu, self.slope, self.fc = nn.PReLU(4), nn.PReLU(), nn.Linear(4, CLASSES)
        self.functions = (nn.ELU(0.5), nn.SELU(), nn.CELU(0.7), nn.Softplus(), nn.Mish(), nn.LogSigmoid(),
                          nn.Hardtanh(-0.5, 0.75))

    def forward(self, x):
        x = self.prelu(self.a(x))
        for conv, f in zip(self.b, self.functions):
            x = x + f(conv(x)) / 4
        x = torch.maximum(x.abs().sqrt(), torch.minimum(self.b[7](x), x.exp() - 1)) + x.square() + (x.abs() + 1).log()
        return self.fc(self.slope(x).pow(2).mean((2, 3)).add(1e-3).reciprocal())


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 6, 3, bias=False)
        self.instance, self.group = nn.InstanceNorm2d(6, affine=True), nn.GroupNorm(3, 6)
        self.plain, self.all = nn.InstanceNorm2d(6), nn.LayerNorm([6, 4, 6])
        self.fc = nn.Linear(6, CLASSES, bias=False)

    def forward(self, x):
        x = F.selu(self.plain(self.instance(self.a(x))))
        mean = self.b.weight.mean((1, 2, 3), keepdim=True)
        std = self.b.weight.std((1, 2, 3), keepdim=True, unbiased=False)
        x = self.all(self.group(F.conv2d(x, (self.b.weight - mean) / (std + 1e-5))))
        x = F.adaptive_max_pool2d(x, 1).flatten(1)
        return 16 * F.linear(x / x.norm(dim=1, keepdim=True).clamp_min(1e-3), F.normalize(self.fc.weight))


class Spaces(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect")
        self.c, self.fc = nn.Conv1d(1, 1, 3, padding=1, bias=False), nn.Linear(4, CLASSES)
        self.up, self.shuffle = nn.Upsample(scale_factor=2, mode="bilinear"), nn.PixelShuffle(2)

    def forward(self, x):
        x = self.b(self.a(x))
        s = self.c(F.adaptive_avg_pool2d(x, 1).squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        x = x * torch.sigmoid(s).expand_as(x)
        y = F.interpolate(x, scale_factor=2, mode="nearest") + self.up(x)
        y = y + F.interpolate(x, (12, 16), mode="bicubic", align_corners=False)
        moved = F.pad(x, (0, 0, -1, 1), mode="constant")
        y = y[:, :, ::2, 1:-1] + F.interpolate(moved, (6, 14), mode="bilinear", align_corners=True)
        y = torch.cat([y, self.shuffle(x)[:, :, :6, :14], F.pad(x, (3, 3, 0, 0), mode="replicate")[:, :3]], 1)
        return self.fc(F.avg_pool2d(y.square(), (3, 2)).sqrt().amax((2, 3))[:, :4] + y.amin((2, 3))[:, 4:])


class Vectors(nn.Module):
    """F.normalize, weight standardisation as in BiT, Lp pooling, and signed square roots."""
    def __init__(self):
        super().__init__()
        self.a, self.b, self.fc = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 6, 3), nn.Linear(6, CLASSES, bias=False)
        self.pool, self.lrn = nn.LPPool2d(2, 2), nn.LocalResponseNorm(3, alpha=0.5)

    def forward(self, x):
        w = F.batch_norm(self.b.weight.view(1, 6, -1), None, None, training=True, momentum=0.0, eps=1e-8)
        x = self.pool(F.conv2d(torch.sin(self.a(x)), w.view_as(self.b.weight)))
        x = F.normalize(torch.stack([x, -x.sign() * x.abs().sqrt()]).amax(0), dim=1)
        x = torch.cat([x, x.repeat(1, 1, 2, 1), torch.ones(1, 6, 1, 3)], 2)
        return 16 * F.linear(F.normalize(x.mean((2, 3))), F.normalize(self.fc.weight))


def export_more_families():
    for opset in 9, 13, 17:
        data, logits, calls = exported(Vectors(), "vectors", opset, opset != 17)
        save("torch_vectors_%d" % opset, data, logits, None)


def export_families():
    for make, name, opsets in ((Functions, "functions", (12, 17)), (Norms, "norms", (9, 13, 17)),
                               (Spaces, "spaces", (11, 13, 17))):
        for opset in opsets:
            data, logits, calls = exported(make(), name, opset, opset != 17)
            save("torch_%s_%d" % (name, opset), data, logits, None)


def write_list():
    lines = ["/* Made by make_onnx.py: the models of golden/onnx, as logits.f32 has them. */",
             "/* clang-format off */",
             "static const struct golden_model {",
             "    const char *name;",
             "    int classes;",
             "    const char *convs[12];    /* in execution order; none: any names */",
             "    const char *output_name; /* to be given; NULL: it is found */",
             "} golden_models[] = {"]
    for name, logits, convs, output_name in results:
        quoted = ", ".join('"%s"' % c for c in convs or ["NULL"]).replace('"NULL"', "NULL")
        lines.append('    {"%s", %d, {%s}, %s},' % (name, len(logits), quoted, '"%s"' % output_name if output_name else "NULL"))
    lines += ["};", "/* clang-format on */", ""]
    (FOLDER / "list.h").write_text("\n".join(lines))


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for make in (make_conv, make_batch_norm, make_activations, make_gelu, make_layer_norm, make_blocks, make_pools,
                 make_arithmetic, make_pads, make_views, make_channels, make_storage, make_constants, make_names, make_outputs,
                 make_orders, make_images, make_opset_6, export_all, make_functions, make_joins, make_reductions,
                 make_norms, make_cuts, make_more_pads, make_norm_pools, make_resizes, make_computed_weights,
                 export_families, make_more_views, export_more_families):
        make()
    (FOLDER / "data.bin").write_bytes(outside)
    (FOLDER / "image.f32").write_bytes(IMAGE[0].permute(1, 2, 0).numpy().astype("<f4").tobytes())
    (FOLDER / "image.input.json").write_text(
        '{"channels": 3, "height": %d, "width": %d, "resize": null, "interpolation": "bilinear", "order": "RGB",\n'
        ' "scale": 0.00392156862745098, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}\n' % (H, W))
    (FOLDER / "logits.f32").write_bytes(b"".join(r[1].astype("<f4").tobytes() for r in results))
    write_list()
    files = list(FOLDER.iterdir())
    print("%d models, %d bytes" % (len(results), sum(f.stat().st_size for f in files)))


if __name__ == "__main__":
    main()
