"""More ops for make_onnx.py, in double precision by torch.nn.functional and NumPy, after ONNX's
documentation: functions of one value, joins of two maps, reductions, normalisations, Lp pooling, slices,
padding, resampling, and ops that exporters use to compute weights.

Each is called with opset, inputs (None: left out) and attributes, and returns the output.
"""
import functools
import math

import numpy as np
import torch
import torch.nn.functional as F


def listed(o, since, a, i, attribute):
    """A list of numbers that is input i since an opset, an attribute before; None if not given."""
    if o < since:
        return attribute
    return a[i].flatten().tolist() if len(a) > i and a[i] is not None else None


def selu(o, a, alpha=1.67326319217681884765625, gamma=1.05070102214813232421875):
    return gamma * F.elu(a[0], alpha)


def prelu(o, a):
    x, slope = a
    if o < 7 and slope.numel() > 1:  # one slope per channel
        slope = slope.reshape([-1] + [1] * (x.dim() - 2))
    return torch.where(x < 0, slope * x, x)


def of_any_number(function):
    return lambda o, a: functools.reduce(function, a)


def reduced(function, since=18):
    """A reduction. Without axes it is over all, or with noop_with_empty_axes over none."""
    def of(o, a, axes=None, keepdims=1, noop_with_empty_axes=0):
        axes = listed(o, since, a, 1, axes)
        if not axes and noop_with_empty_axes:
            axes = []
        elif not axes:
            axes = range(a[0].dim())
        y = function(a[0].numpy(), tuple(axes), bool(keepdims))
        return torch.from_numpy(np.asarray(y))
    return of


def group_norm(o, a, num_groups, epsilon=1e-5, stash_type=1):
    x, scale, bias = a
    if o < 21:  # one scale and bias per group
        scale, bias = (v.repeat_interleave(x.shape[1] // num_groups) for v in (scale, bias))
    return F.group_norm(x, num_groups, scale, bias, epsilon)


def mean_variance(o, a, axes=(0, 2, 3)):
    centred = a[0] - a[0].mean(axes, True)
    return centred / ((centred**2).mean(axes, True).sqrt() + 1e-9)


def lp_pool(o, a, kernel_shape, p=2, strides=(1, 1), pads=(0, 0, 0, 0)):
    return F.lp_pool2d(F.pad(a[0].abs(), (pads[1], pads[3], pads[0], pads[2])), p, kernel_shape, tuple(strides))


def pad(o, a, mode="constant", pads=None, value=0.0):
    """Negative pads remove rows or columns; the rest is numpy.pad, which defines ONNX's modes."""
    p = listed(o, 11, a, 1, pads)
    value = float(a[2]) if o >= 11 and len(a) > 2 and a[2] is not None else value
    axes = [int(i) for i in a[3]] if len(a) > 3 else list(range(a[0].dim()))
    cuts, widths = [slice(None)] * a[0].dim(), [(0, 0)] * a[0].dim()
    for i, axis in enumerate(axes):
        before, after = p[i], p[i + len(axes)]
        cuts[axis] = slice(max(-before, 0), a[0].shape[axis] - max(-after, 0))
        widths[axis] = (max(before, 0), max(after, 0))
    extra = {"constant_values": value} if mode == "constant" else {}
    return torch.from_numpy(np.pad(a[0].numpy()[tuple(cuts)], widths, mode, **extra))


def space_to_depth(o, a, blocksize):
    b, c, h, w = a[0].shape
    s = blocksize
    return a[0].reshape(b, c, h // s, s, w // s, s).permute(0, 3, 5, 1, 2, 4).reshape(b, c * s * s, h // s, w // s)


def depth_to_space(o, a, blocksize, mode="DCR"):
    if mode == "CRD":
        return F.pixel_shuffle(a[0], blocksize)
    b, c, h, w = a[0].shape
    s = blocksize
    return a[0].reshape(b, s, s, c // (s * s), h, w).permute(0, 3, 4, 1, 5, 2).reshape(b, c // (s * s), h * s, w * s)


def original(x, mode, scale, n, count):
    """The position of output x among n inputs, by ONNX's table of coordinate_transformation_mode."""
    if mode == "asymmetric":
        return x / scale
    if mode == "align_corners":
        return x * (n - 1) / (count - 1) if count > 1 else 0.0
    if mode == "pytorch_half_pixel" and count == 1:
        return 0.0
    start = n / 2 * (1 - count / (n * scale)) if mode == "half_pixel_symmetric" else 0.0
    return start + (x + 0.5) / scale - 0.5


def nearest(x, mode):
    low, middle = math.floor(x), x == math.floor(x) + 0.5
    if mode in ("floor", "ceil"):
        return low if mode == "floor" else math.ceil(x)
    return low + (mode == "round_prefer_ceil") if middle else math.floor(x + 0.5)


def taps(x, mode, nearest_mode, a):
    """[(input, weight)] of which the output at position x is the sum."""
    low = math.floor(x)
    t = x - low
    if mode == "nearest":
        return [(nearest(x, nearest_mode), 1.0)]
    if mode == "linear":
        return [(low, 1 - t), (low + 1, t)]
    near = lambda d: (a + 2) * d**3 - (a + 3) * d**2 + 1
    far = lambda d: a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a
    return [(low - 1, far(1 + t)), (low, near(t)), (low + 1, near(1 - t)), (low + 2, far(2 - t))]


def resized(x, axis, count, scale, coordinates, **how):
    n, planes = x.shape[axis], []
    for i in range(count):
        places = taps(original(i, coordinates, scale, n, count), **how)
        planes.append(sum(share * x.select(axis, min(max(place, 0), n - 1)) for place, share in places))
    return torch.stack(planes, axis)


def resize(o, a, mode="nearest", coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_floor",
           cubic_coeff_a=-0.75, axes=(0, 1, 2, 3), **unused):
    a, x = list(a) + [None] * 3, a[0]
    scales, sizes = (a[1], None) if o < 11 else (a[2], a[3])
    if o < 11:
        coordinate_transformation_mode, nearest_mode = "asymmetric", "floor"
    for i, axis in enumerate(axes):
        n = x.shape[axis]
        by_size = sizes is not None and sizes.numel() > 0
        count = int(sizes[i]) if by_size else math.floor(n * float(scales[i]))
        scale = count / n if by_size else float(scales[i])
        if axis % 4 > 1:
            x = resized(x, axis, count, scale, coordinate_transformation_mode, mode=mode, nearest_mode=nearest_mode,
                        a=cubic_coeff_a)
        else:
            assert count == n
    return x


def expand(o, a):
    return a[0].expand(torch.broadcast_shapes(a[0].shape, tuple(a[1].tolist()))).contiguous()


def dequantize(o, a, axis=1):
    x, scale = a[0].double(), a[1]
    zero = a[2].double() if len(a) > 2 else torch.zeros_like(scale)
    dims = [-1 if d == axis % x.dim() else 1 for d in range(x.dim())] if scale.dim() else []
    return (x - zero.reshape(dims)) * scale.reshape(dims)


OPS = {
    "Elu": lambda o, a, alpha=1.0: F.elu(a[0], alpha), "Selu": selu,
    "Celu": lambda o, a, alpha=1.0: F.celu(a[0], alpha),
    "ThresholdedRelu": lambda o, a, alpha=1.0: F.threshold(a[0], alpha, 0), "PRelu": prelu,
    "Softplus": lambda o, a: F.softplus(a[0]), "Softsign": lambda o, a: F.softsign(a[0]), "Mish": lambda o, a: F.mish(a[0]),
    "Abs": lambda o, a: a[0].abs(), "Exp": lambda o, a: a[0].exp(), "Log": lambda o, a: a[0].log(),
    "Sign": lambda o, a: a[0].sign(), "Sin": lambda o, a: a[0].sin(), "Cos": lambda o, a: a[0].cos(),
    "Tile": lambda o, a: a[0].repeat(a[1].tolist()),
    "Round": lambda o, a: a[0].round(), "Reciprocal": lambda o, a: 1 / a[0],
    "Sum": of_any_number(torch.add), "Max": of_any_number(torch.maximum), "Min": of_any_number(torch.minimum),
    "Mean": lambda o, a: functools.reduce(torch.add, a) / len(a),
    "Equal": lambda o, a: a[0] == a[1], "Where": lambda o, a: torch.where(a[0].bool(), a[1], a[2]),
    "ReduceMean": reduced(lambda x, axes, keep: x.mean(axes, keepdims=keep)),
    "ReduceSum": reduced(lambda x, axes, keep: x.sum(axes, keepdims=keep), since=13),
    "ReduceMax": reduced(lambda x, axes, keep: x.max(axes, keepdims=keep)),
    "ReduceMin": reduced(lambda x, axes, keep: x.min(axes, keepdims=keep)),
    "ReduceProd": reduced(lambda x, axes, keep: x.prod(axes, keepdims=keep)),
    "ReduceL1": reduced(lambda x, axes, keep: abs(x).sum(axes, keepdims=keep)),
    "ReduceL2": reduced(lambda x, axes, keep: np.sqrt((x**2).sum(axes, keepdims=keep))),
    "ReduceSumSquare": reduced(lambda x, axes, keep: (x**2).sum(axes, keepdims=keep)),
    "InstanceNormalization": lambda o, a, epsilon=1e-5: F.instance_norm(a[0], weight=a[1], bias=a[2], eps=epsilon),
    "GroupNormalization": group_norm, "MeanVarianceNormalization": mean_variance,
    "LpNormalization": lambda o, a, axis=-1, p=2: F.normalize(a[0], p, axis, 1e-300),
    "LpPool": lp_pool, "GlobalLpPool": lambda o, a, p=2: F.lp_pool2d(a[0].abs(), p, tuple(a[0].shape[2:])),
    "Pad": pad, "SpaceToDepth": space_to_depth, "DepthToSpace": depth_to_space, "Resize": resize,
    "Upsample": lambda o, a, mode="nearest": resize(10, a, mode), "Expand": expand, "DequantizeLinear": dequantize,
}
