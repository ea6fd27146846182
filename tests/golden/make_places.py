#!/usr/bin/python3
"""Makes tests/golden/places: small networks that use the same weights at several places, exported
by torch, and PyTorch's logits with each kernel lesioned.

    /usr/bin/python3 tests/golden/make_places.py

Needs torch and numpy (made with Debian's: torch 1.13, numpy 1.24). Seeded.

NAME.onnx     a torch module exported by torch.onnx.export. Where each call of a convolution has a
              batch-norm of its own, _folded has it folded into the weights, so that these differ
              between calls; _kept has it as a node after shared weights
NAME.lesions  for both, a safetensors file: 'input' and 'partner' [h][w][3], two images; 'logits';
              and for each convolution module 'LESION/MODULE' [kernels][classes], the logits for
              'input' with one kernel lesioned in all calls, and 'LESION/MODULE@K', with it
              lesioned in call number K only. LESION is as in --lesion; resample takes planes of
              'partner' in the same call
image.input.json  the preprocessing of all

The lesioned logits are computed in double precision: the module is called with the kernel's weights
set to zero in that call, or with its plane after the batch-norm replaced.
"""
import io
import json
import os
import struct
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = Path(__file__).resolve().parent / "places"
H, W, CLASSES = 12, 10, 4


class Sites(nn.Module):
    """A network that calls all its convolutions by site(), which can lesion a kernel."""

    def start(self, lesion=None, partner=None):
        """Sets the lesion of the next pass: (kind, module's name, call or None for all, kernel), and for
        resample the planes of the partner."""
        self.lesion, self.partner, self.calls, self.planes = lesion, partner, {}, {}

    def site(self, name, x, norm=None):
        conv = self.get_submodule(name)
        call = self.calls[name] = self.calls.get(name, 0) + 1
        hit = self.lesion and self.lesion[1] == name and self.lesion[2] in (None, call)
        kind, kernel = (self.lesion[0], self.lesion[3]) if hit else ("", None)
        whole = {"weights": (kernel,), "planes:in=0": (kernel, 0), "planes:row=0": (kernel, slice(None), 0),
                 "lines:row=0:col=0": (kernel, slice(None), 0, 0)}.get(kind)
        kept = conv.weight.detach().clone()
        if whole:
            conv.weight.data[whole] = 0
        y = conv(x)
        if whole:
            conv.weight.data = kept
        if norm:
            y = norm(y)
        if kind == "silence":
            y = torch.cat([y[:, :kernel], torch.zeros_like(y[:, kernel:kernel + 1]), y[:, kernel + 1:]], 1)
        if kind == "resample":
            y = torch.cat([y[:, :kernel], self.partner[name, call][:, kernel:kernel + 1], y[:, kernel + 1:]], 1)
        self.planes[name, call] = y
        return y


class Recurrent(Sites):
    """As CORnet-S: an area's convolutions are applied in three steps, each with batch-norms of its
    own; only the first has a stride in conv2 and a convolution in the shortcut."""

    class Area(nn.Module):
        def __init__(self, c_in, c, times):
            super().__init__()
            self.times = times
            self.conv_input, self.skip = nn.Conv2d(c_in, c, 1, bias=False), nn.Conv2d(c, c, 1, 2, bias=False)
            self.norm_skip = nn.BatchNorm2d(c)
            self.conv1, self.conv2 = nn.Conv2d(c, 2 * c, 1, bias=False), nn.Conv2d(2 * c, 2 * c, 3, 1, 1, bias=False)
            self.conv3 = nn.Conv2d(2 * c, c, 1, bias=False)
            for t in range(times):
                for i, width in ((1, 2 * c), (2, 2 * c), (3, c)):
                    setattr(self, f"norm{i}_{t}", nn.BatchNorm2d(width))

        def forward(self, x, site):
            x = site("V2.conv_input", x)
            for t in range(self.times):
                skip = site("V2.skip", x, self.norm_skip) if t == 0 else x
                x = F.relu(site("V2.conv1", x, getattr(self, f"norm1_{t}")))
                self.conv2.stride = (1, 1) if t else (2, 2)
                x = F.relu(site("V2.conv2", x, getattr(self, f"norm2_{t}")))
                x = F.relu(site("V2.conv3", x, getattr(self, f"norm3_{t}")) + skip)
            return x

    def __init__(self):
        super().__init__()
        self.V1 = nn.Sequential(nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4))
        self.V2, self.fc = Recurrent.Area(4, 3, 3), nn.Linear(3, CLASSES)

    def forward(self, x):
        x = self.V2(F.relu(self.site("V1.0", x, self.V1[1])), self.site)
        return self.fc(x.mean((2, 3)))


class Siamese(Sites):
    """The difference of two branches with the same weights, one of them grouped, over the image at
    two scales."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 6, 3, groups=2)
        self.head, self.fc = nn.Conv2d(6, 4, 1), nn.Linear(4, CLASSES)

    def branch(self, x):
        return self.site("conv2", F.relu(self.site("conv1", x))).mean((2, 3), keepdim=True)

    def forward(self, x):
        y = self.branch(x) - self.branch(F.avg_pool2d(x, 2))
        return self.fc(F.relu(self.site("head", y)).flatten(1))


class Attention(Sites):
    """As CBAM: the two layers of an MLP, written as 1 x 1 convolutions, over the mean and the
    maximum of each channel."""

    def __init__(self):
        super().__init__()
        self.conv, self.fc1, self.fc2 = nn.Conv2d(3, 6, 3, 2), nn.Conv2d(6, 3, 1), nn.Conv2d(3, 6, 1, bias=False)
        self.deep, self.fc = nn.Conv2d(6, 5, 3), nn.Linear(5, CLASSES)

    def mlp(self, x):
        return self.site("fc2", F.relu(self.site("fc1", x)))

    def forward(self, x):
        x = torch.tanh(self.site("conv", x))
        x = x * torch.sigmoid(self.mlp(F.adaptive_avg_pool2d(x, 1)) + self.mlp(F.adaptive_max_pool2d(x, 1)))
        return self.fc(F.relu(self.site("deep", x)).mean((2, 3)))


class Unrolled(Sites):
    """A convolution applied to its own output; the second time gives the logits."""

    def __init__(self):
        super().__init__()
        self.stem, self.step = nn.Conv2d(3, CLASSES, 5, 2), nn.Conv2d(CLASSES, CLASSES, (4, 3))

    def forward(self, x):
        x = self.site("stem", x)
        return self.site("step", F.relu(self.site("step", F.pad(x, (0, 2, 0, 3))))).flatten(1)


def write_safetensors(path, arrays):
    header, offset = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.astype("<f4").tobytes())


def initialise(module, seed):
    torch.manual_seed(seed)
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.running_mean, -0.5, 0.5)
            nn.init.uniform_(m.running_var, 0.2, 2)
            nn.init.uniform_(m.weight, -1.5, 1.5)
            nn.init.uniform_(m.bias, -0.5, 0.5)
        elif isinstance(m, (nn.Conv2d, nn.Linear)):
            fan_in = m.weight[0].numel()
            nn.init.uniform_(m.weight, -(3 / fan_in) ** 0.5, (3 / fan_in) ** 0.5)
            if m.bias is not None:
                nn.init.uniform_(m.bias, -0.5, 0.5)
    return module.eval()


def lesioned(module, x, other):
    with torch.no_grad():
        module.start()
        module(other)
        partner = module.planes
        module.start()
        logits = module(x)[0]
        arrays, calls = {"logits": logits}, module.calls
        for kind in ("weights", "planes:in=0", "planes:row=0", "lines:row=0:col=0", "silence", "resample"):
            for name, count in calls.items():
                for call in [None] + list(range(1, count + 1) if count > 1 else []):
                    rows = []
                    for kernel in range(module.get_submodule(name).out_channels):
                        module.start((kind, name, call, kernel), partner)
                        rows.append(module(x)[0])
                    arrays[f"{kind}/{name}" + (f"@{call}" if call else "")] = torch.stack(rows)
    module.start()
    return {name: array.numpy().astype(np.float32) for name, array in arrays.items()}


def export(module, x, kept):
    stream = io.BytesIO()
    mode = torch.onnx.TrainingMode.PRESERVE if kept else torch.onnx.TrainingMode.EVAL
    module.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, x, stream, opset_version=13, do_constant_folding=not kept, training=mode)
    return stream.getvalue()


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    random = np.random.default_rng(1)
    x, other = (torch.from_numpy(random.uniform(-2, 2, (1, 3, H, W)).astype(np.float32)) for _ in range(2))
    for seed, (name, make, ways) in enumerate((("recurrent", Recurrent, ("_folded", "_kept")), ("siamese", Siamese, ("",)),
                                               ("attention", Attention, ("",)), ("unrolled", Unrolled, ("",)))):
        module = initialise(make(), seed)
        files = {way: export(module, x, way == "_kept") for way in ways}
        arrays = {"input": x[0].permute(1, 2, 0).numpy(), "partner": other[0].permute(1, 2, 0).numpy()}
        arrays.update(lesioned(module.double(), x.double(), other.double()))
        for way, data in files.items():
            (FOLDER / f"{name}{way}.onnx").write_bytes(data)
        write_safetensors(FOLDER / f"{name}.lesions", arrays)
    (FOLDER / "image.input.json").write_text(
        '{"channels": 3, "height": %d, "width": %d, "resize": null, "interpolation": "bilinear", "order": "RGB",\n'
        ' "scale": 0.00392156862745098, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}\n' % (H, W))
    print("%d bytes" % sum(f.stat().st_size for f in FOLDER.iterdir()))


if __name__ == "__main__":
    main()
