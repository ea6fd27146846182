#!/usr/bin/python3
"""Checks the PyTorch programs that scripts/bench times, and export_torchvision.py --calibrate.

    tests/golden/check_bench.py network NETWORKS   bench_network.py gives the golden activations of
                                                   every network, in both layouts of memory
    tests/golden/check_bench.py calibrate IMAGES   after --calibrate, outputs of batch-norms have mean
                                                   0 and variance 1 over those images

NETWORKS is the folder networks beside this file. Prints what is wrong; exits with 1 then.
"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import export_torchvision
from bench_network import Network

TOLERANCE = 1e-5  # as a share of an activation's largest value, as in golden_test.c
LAYOUTS = (torch.contiguous_format, torch.channels_last)


def read_activations(path):
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + size])
    header.pop("__metadata__")
    for name, entry in header.items():
        begin, end = (8 + size + o for o in entry["data_offsets"])
        yield name, np.frombuffer(raw[begin:end], "<f4").reshape(entry["shape"])


def check_network(folder):
    paths = sorted(pathlib.Path(folder).glob("*.bin"))
    if not paths:
        yield f"{folder}: holds no networks"
    for path in paths:
        known = dict(read_activations(path.with_suffix(".activations")))
        for layout in LAYOUTS:
            net = Network(path)
            net.lay_out(layout)
            x = torch.from_numpy(known["input"].copy()).permute(2, 0, 1)[None]
            values = {"input": x.contiguous(memory_format=layout)}
            logits = net.run(values, net.nodes)
            for name, value in values.items():
                wanted = known[name].transpose(2, 0, 1)
                error = np.abs(value[0].numpy() - wanted).max()
                if not error <= TOLERANCE * np.abs(wanted).max():
                    yield f"{path.name}: {name} is off by {error:.3g} ({layout})"
            if not torch.equal(net.compiled(net.nodes)({"input": values["input"]}), logits):
                yield f"{path.name}: compiled() gives other logits ({layout})"
            for layer in net.layers:
                yield from check_lesions(path.name, net, values, layer, known)


def check_lesions(name, net, values, layer, known):
    """Checks that lesioning as bench_peers.py does gives the golden logits."""
    from bench_peers import lesioned_batch

    wanted = known[f"weights/{layer['name']}"]
    nodes, start = lesioned_batch(net, values, layer, len(wanted), torch.contiguous_format)
    error = np.abs(net.compiled(nodes)(start).numpy() - wanted).max()
    if not error <= TOLERANCE * np.abs(wanted).max():
        yield f"{name}: lesions of {layer['name']} are off by {error:.3g}"


def check_calibrate(folder):
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Dropout(),
        torch.nn.Conv2d(4, 5, 3), torch.nn.BatchNorm2d(5))
    spec = {"channels": 3, "height": 32, "width": 32, "resize": 40, "interpolation": "bilinear",
            "order": "RGB", "scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.2] * 3}
    paths = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".png", ".jpeg"))
    shown = torch.cat([export_torchvision.show(p, spec) for p in paths])
    export_torchvision.calibrate(module, spec, folder, len(paths))
    if module.training or module[1].training or module[1].momentum != 0.1:
        yield "the network is not left as a network to evaluate"
    with torch.no_grad():
        for norm in (1, 5):
            x = module[:norm + 1](shown).double()
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
            if mean.abs().max() > 1e-4 or (var - 1).abs().max() > 1e-2:
                yield f"batch-norm {norm} makes mean {mean.tolist()}, variance {var.tolist()}"


def main():
    what, folder = sys.argv[1:]
    torch.set_grad_enabled(False)
    wrong = list({"network": check_network, "calibrate": check_calibrate}[what](folder))
    print("\n".join(wrong[:20]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
