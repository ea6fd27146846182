#!/usr/bin/python3
"""Draw the demonstration images, train the demonstration network, write both.

    /usr/bin/python3 scripts/train_demo.py [--output DIR] [--seed N]

writes DIR/demo.bin (the network, lesion's native format) and DIR/images/CLASS/*.png
(held-out images), then prints how well the network does at several contrasts and which
of its kernels carry it.  DIR defaults to data/ beside this script's folder.

    /usr/bin/python3 scripts/train_demo.py --fresh N --output DIR [--seed N]

trains nothing: it only draws N more images of the same kinds into DIR/CLASS/*.png.  None of
them is among the training or the held-out images, so they can confirm what a run on the
held-out images finds.

Everything in both is made by this script: no photograph, data set or pretrained weight
is used, so images and network are the project's own, under its licence.

The images (48 x 48 px, RGB, 8 bit) show one of eight things: six shapes (disc, ring,
square, triangle, cross, star) or a patch of one of two textures (grating, checker).
Position, size, rotation, colour, shading, sharpness and the contrast of thing against
ground are random; so is the surface, whose amplitude spectrum falls as 1/f^a like that of
natural images.  The ground is coloured 1/f^a noise too, with channels correlated as in
photographs.  Some things are partly hidden by a bar, some scenes are hazy (both thing and
ground pale towards the ground's mean colour); all images carry some pixel noise.

The network is AlexNet in small: convolution, ReLU, max-pooling, a grouped convolution,
two more, and two linear layers.  It is trained by Adam with weight decay and dropout, on
images at full contrast ONLY: contrast is never an augmentation (flips and small shifts
are), so the network has not been taught to see at low contrast.  Biases learn at a fraction
of the weights' rate: the smaller they stay, the lower the contrast at which the network still sees.
"""
import argparse
import collections
import json
import pathlib
import shutil
import struct
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

SIZE = 48  # px
CLASSES = ["disc", "ring", "square", "triangle", "cross", "star", "grating", "checker"]
MEAN, STD = [0.45, 0.45, 0.45], [0.2, 0.2, 0.2]  # those of the images
TRAIN_PER_CLASS, TEST_PER_CLASS, HELD_OUT_PER_CLASS = 1500, 200, 40
EPOCHS, BATCH, RATE, DECAY, DROPOUT, SHIFT = 24, 64, 2e-3, 5e-2, 0.05, 3
BIAS_RATE = 0.15  # the biases' learning rate / RATE
HAZE = 0.45  # haze multiplies a scene's contrast by this at least
CONTRASTS = [0.05, 0.1, 0.5, 1.0]


# ---------------------------------------------------------------- the images

def column(values):
    """values [n] as [n][1][1], to broadcast over [n][y][x]."""
    return values[:, None, None]


def noise_field(rng, n, exponent):
    """[n][SIZE][SIZE] noise of mean 0 and sd 1 whose amplitude falls as 1/f^exponent."""
    f = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)[None, :])
    f[0, 0] = 1
    spectrum = np.fft.rfft2(rng.standard_normal((n, SIZE, SIZE))) * f ** -column(exponent)
    spectrum[:, 0, 0] = 0
    field = np.fft.irfft2(spectrum, s=(SIZE, SIZE))
    return field / field.std(axis=(1, 2), keepdims=True)


def surface(rng, n, colour, contrast):
    """[n][SIZE][SIZE][3] coloured 1/f noise about colour [n][3]: one strong luminance
    field, two weak opponent ones (red-green, blue-yellow)."""
    exponent = rng.uniform(1.1, 1.8, n)
    fields = np.stack([noise_field(rng, n, exponent) for _ in range(3)], axis=-1)
    mixing = np.array([[1.0, 1.0, 1.0], [0.3, -0.3, 0.0], [0.15, 0.15, -0.3]])
    return colour[:, None, None, :] + contrast[:, None, None, None] * (fields @ mixing)


def random_colour(rng, luminance):
    """[n][3] of mean near luminance [n], with a random tint."""
    tint = rng.normal(0, 0.08, (len(luminance), 3))
    return luminance[:, None] + tint - tint.mean(axis=1, keepdims=True)


def folded_polygon(u, v, corners, inner):
    """Signed distance (negative inside) of a star of radius 1 whose inner corners lie at
    radius inner; the distance is exact near the edges, not at the corners."""
    half = np.pi / corners
    angle = np.abs(np.mod(np.arctan2(v, u), 2 * half) - half)  # half at a tip, 0 midway to the next
    x, y = np.hypot(u, v) * np.cos(angle), np.hypot(u, v) * np.sin(angle)
    ex, ey = np.cos(half) - inner, np.sin(half)  # the edge from (inner, 0) to a tip
    return ((x - inner) * ey - y * ex) / np.hypot(ex, ey)


def shape_distance(kind, u, v):
    """Signed distance [n][y][x] to the outline, negative inside; the shape has radius about 1."""
    r, au, av = np.hypot(u, v), np.abs(u), np.abs(v)
    if kind == "disc":
        return r - 0.85
    if kind == "ring":
        return np.abs(r - 0.72) - 0.2
    if kind == "square":
        return np.maximum(au, av) - 0.76
    if kind == "triangle":
        return folded_polygon(u, v, 3, 0.5)
    if kind == "cross":
        return np.minimum(np.maximum(au - 0.95, av - 0.28), np.maximum(au - 0.28, av - 0.95))
    return folded_polygon(u, v, 5, 0.45)


def texture_distance(rng, kind, u, v):
    """Signed distance to the marks of a texture, inside a round or square window."""
    n, r = len(u), np.hypot(u, v)
    window = np.where(column(rng.random(n) < 0.5), r - 1, np.maximum(np.abs(u), np.abs(v)) - 0.85)
    pu, pv = column(rng.uniform(0, 2 * np.pi, n)), column(rng.uniform(0, 2 * np.pi, n))
    w = 2 * np.pi * column(rng.uniform(1.3, 2.6, n))
    cu, cv = np.cos(w * u + pu), np.cos(w * v + pv)
    wave = {"grating": cu, "checker": 2 * cu * cv}[kind]
    return np.maximum(-wave / w, window)


def draw(rng, kind, n):
    """n images of one kind, uint8 [n][SIZE][SIZE][3]."""
    radius = rng.uniform(0.22, 0.4, n) * SIZE  # px
    reach = SIZE / 2 - 0.8 * radius
    centre = SIZE / 2 + rng.uniform(-1, 1, (2, n)) * reach
    turn = rng.uniform(0, 2 * np.pi, n)
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    dx, dy = x - column(centre[0]), y - column(centre[1])
    cos, sin = column(np.cos(turn)), column(np.sin(turn))
    u, v = (dx * cos + dy * sin) / column(radius), (dy * cos - dx * sin) / column(radius)
    if kind in ("grating", "checker"):
        distance = texture_distance(rng, kind, u, v)
    else:
        distance = shape_distance(kind, u, v)
    blur = column(rng.uniform(0.5, 1.5, n))  # px
    alpha = np.clip(0.5 - distance * column(radius) / (2 * blur), 0, 1)

    # One thing in three is partly hidden by a bar of random brightness.
    lean, at = rng.uniform(0, np.pi, n), rng.uniform(-0.7, 0.7, n) * radius
    away = np.abs(dx * column(np.cos(lean)) + dy * column(np.sin(lean)) - column(at))
    bar = np.clip(column(rng.uniform(1.0, 2.5, n)) + 0.5 - away, 0, 1)
    bar = bar * column(rng.random(n) < 0.33)

    ground = rng.uniform(0.25, 0.65, n)
    step = rng.uniform(0.12, 0.45, n) * np.where(rng.random(n) < 0.5, 1, -1)
    step = np.where((ground + step < 0.05) | (ground + step > 0.95), -step, step)
    image = surface(rng, n, random_colour(rng, ground), rng.uniform(0.03, 0.13, n))
    thing = surface(rng, n, random_colour(rng, ground + step), rng.uniform(0.01, 0.09, n))
    light = rng.uniform(-0.12, 0.12, (2, n))
    thing += (u * column(light[0]) + v * column(light[1]))[..., None]
    image += alpha[..., None] * (thing - image)
    image += bar[..., None] * (random_colour(rng, rng.uniform(0.1, 0.9, n))[:, None, None, :] - image)
    haze = rng.uniform(np.log(HAZE), 0, n)
    pale = random_colour(rng, ground)[:, None, None, :]
    image = pale + np.exp(haze)[:, None, None, None] * (image - pale)
    image += rng.standard_normal(image.shape) * rng.uniform(0, 0.025, n)[:, None, None, None]
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def draw_all(seed, per_class):
    """Images uint8 [n][SIZE][SIZE][3], class by class, and their labels [n]."""
    rng = np.random.default_rng(seed)
    images = np.concatenate([draw(rng, kind, per_class) for kind in CLASSES])
    return images, torch.arange(len(CLASSES)).repeat_interleave(per_class)


def show(images, contrast):
    """The network's input for images uint8 [n][y][x][3]: contrast lowered about mid-grey, truncated
    to 8 bits, normalised; float [n][3][y][x]."""
    if contrast != 1:
        images = ((1 - contrast) / 2 * 255 + contrast * images.astype(np.float64)).astype(np.uint8)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


# ---------------------------------------------------------------- the network

def build():
    net = nn.Sequential(collections.OrderedDict([
        ("conv1", nn.Conv2d(3, 12, 7, stride=2, padding=3)), ("relu1", nn.ReLU()),
        ("pool1", nn.MaxPool2d(3, 2)),
        ("conv2", nn.Conv2d(12, 32, 5, padding=2, groups=2)), ("relu2", nn.ReLU()),
        ("pool2", nn.MaxPool2d(3, 2)),
        ("conv3", nn.Conv2d(32, 32, 3, padding=1)), ("relu3", nn.ReLU()),
        ("conv4", nn.Conv2d(32, 32, 3, padding=1, groups=2)), ("relu4", nn.ReLU()),
        ("pool4", nn.MaxPool2d(3, 2)), ("flatten", nn.Flatten()),
        ("drop5", nn.Dropout(DROPOUT)), ("fc5", nn.Linear(32 * 4, 96)), ("relu5", nn.ReLU()),
        ("drop6", nn.Dropout(DROPOUT)), ("fc6", nn.Linear(96, len(CLASSES)))]))
    for p in net.parameters():
        if p.dim() == 1:
            nn.init.zeros_(p)
    return net


def augment(x, generator):
    """One flip and one shift for the whole batch (edges repeated)."""
    flip, dy, dx = (int(torch.randint(high, (1,), generator=generator))
                    for high in (4, 2 * SHIFT + 1, 2 * SHIFT + 1))
    x = x.flip([d for d in (2, 3) if flip >> (d - 2) & 1])
    x = F.pad(x, (SHIFT, SHIFT, SHIFT, SHIFT), mode="replicate")
    return x[:, :, dy:dy + SIZE, dx:dx + SIZE]


def train(net, images, labels, epochs, rate, decay, generator, augmented=True):
    """Adam with decoupled weight decay on the weights (not the biases), one cosine cycle."""
    weights = [p for p in net.parameters() if p.dim() > 1]
    biases = [p for p in net.parameters() if p.dim() == 1]
    optimiser = torch.optim.AdamW([{"params": weights, "weight_decay": decay},
                                   {"params": biases, "weight_decay": 0.0}], lr=rate)
    rates = [rate, rate * BIAS_RATE]
    steps = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps,
                                                   pct_start=0.1)
    for epoch in range(epochs):
        net.train()
        order, total = torch.randperm(len(images), generator=generator), 0.0
        for batch in order[:len(order) // BATCH * BATCH].split(BATCH):
            x = show(images[batch.numpy()], 1)
            loss = F.cross_entropy(net(augment(x, generator) if augmented else x), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * BATCH
        if epoch % 4 == 3:
            print(f"  epoch {epoch + 1:3d}: loss {total / len(order):.3f}", flush=True)
    return net.eval()


@torch.no_grad()
def count_correct(net, x, labels):
    return int(sum((net(a).argmax(1) == b).sum() for a, b in zip(x.split(200), labels.split(200))))


@torch.no_grad()
def lesion_counts(net, name, x, labels):
    """For each kernel of one layer, how many images are right with its weights zeroed, bias kept."""
    conv = net.get_submodule(name)
    index = list(dict(net.named_children())).index(name)
    before, plane_on = net[:index](x), net[index + 1:]
    intact, counts = conv(before), []
    for k in range(conv.out_channels):
        plane = intact[:, k].clone()
        intact[:, k] = conv.bias[k]
        counts.append(count_correct(plane_on, intact, labels))
        intact[:, k] = plane
    return counts


# ---------------------------------------------------------------- the files

def describe(name, layer, source):
    """One node of the graph of lesion's native format, and its tensors."""
    node, tensors = {"name": name, "op": "Relu", "inputs": [source]}, {}
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        node["op"] = "Linear"
        tensors = {f"{name}.{role}": getattr(layer, role) for role in ("weight", "bias")}
        node["tensors"] = {role: f"{name}.{role}" for role in ("weight", "bias")}
    if isinstance(layer, nn.Conv2d):
        node["op"] = "Conv"
        node["attributes"] = {"stride": list(layer.stride), "dilation": list(layer.dilation),
                              "pads": 2 * list(layer.padding), "groups": layer.groups}
    elif isinstance(layer, nn.MaxPool2d):
        node["op"] = "MaxPool"
        node["attributes"] = {"kernel": 2 * [layer.kernel_size], "stride": 2 * [layer.stride]}
    elif isinstance(layer, nn.Flatten):
        node["op"] = "Flatten"
    return node, tensors


def write_model(net, path):
    """A safetensors file: header length, JSON header, float32 tensors, all little-endian."""
    nodes, tensors, source = [], {}, "input"
    for name, layer in net.named_children():
        if not isinstance(layer, nn.Dropout):  # it does nothing in a trained network
            node, own = describe(name, layer, source)
            nodes.append(node)
            tensors.update(own)
            source = name
    graph = {"input": {"channels": 3, "height": SIZE, "width": SIZE, "resize": 0,
                       "interpolation": "bilinear", "order": "RGB", "scale": 1 / 255,
                       "mean": MEAN, "std": STD},
             "classes": [{"id": c, "name": c} for c in CLASSES], "nodes": nodes}
    header = {"__metadata__": {"format": "lesion-model", "version": "1",
                               "graph": json.dumps(graph, separators=(",", ":"))}}
    data = b""
    for name, tensor in tensors.items():
        raw = tensor.detach().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_images(images, labels, folder):
    """Writes images into class folders, the same number each. Returns their size in bytes."""
    per_class = len(images) // len(CLASSES)
    for i, (image, label) in enumerate(zip(images, labels.tolist())):
        path = folder / CLASSES[label] / f"{i % per_class + 1:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, optimize=True)
    return sum(p.stat().st_size for p in folder.rglob("*.png"))


def report(net, images, labels):
    """Prints the intact accuracy, and the 12 kernels whose lesion costs most at low contrast
    compared with full contrast."""
    shown, n, rows = [show(images, c) for c in CONTRASTS], len(labels), []
    intact = [count_correct(net, x, labels) for x in shown]
    print("contrast           " + "".join(f"{c:8g}" for c in CONTRASTS))
    print("intact accuracy    " + "".join(f"{k / n:8.3f}" for k in intact))
    for name, layer in net.named_children():
        if isinstance(layer, nn.Conv2d):
            counts = [lesion_counts(net, name, x, labels) for x in shown]
            for k, left in enumerate(zip(*counts)):
                rows.append((f"{name} {k}", [(a - b) / n for a, b in zip(intact, left)]))
    rows.sort(key=lambda row: row[1][-1] - max(row[1][:2]))
    for title, drops in rows[:12]:
        print(f"drop without {title:9s}" + "".join(f"{d:+7.3f} " for d in drops)[1:])
    strong = sum(max(d[:2]) >= 0.1 and d[3] <= 0.02 for _, d in rows)
    print(f"{strong} of {len(rows)} kernels: drop >= 0.10 at contrast 0.05 or 0.1, <= 0.02 at 1")


def make_demo(output, seed):
    start = time.time()
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # two threads are slower, much slower on a busy machine
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)

    images, labels = draw_all([seed, 0], TRAIN_PER_CLASS)
    test_images, test_labels = draw_all([seed, 1], TEST_PER_CLASS)
    held_images, held_labels = draw_all([seed, 2], HELD_OUT_PER_CLASS)
    print(f"{len(images)} training images drawn in {time.time() - start:.0f} s", flush=True)

    linear = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIZE * SIZE, len(CLASSES)))
    train(linear, images, labels, 4, 1e-4, 1e-1, generator, augmented=False)
    right = count_correct(linear, show(test_images, 1), test_labels)
    print(f"linear classifier on pixels: {right / len(test_labels):.3f} of the test images")

    net = build()
    print(f"network of {sum(p.numel() for p in net.parameters())} weights", flush=True)
    train(net, images, labels, EPOCHS, RATE, DECAY, generator)
    right = count_correct(net, show(test_images, 1), test_labels)
    print(f"network: {right / len(test_labels):.3f} of {len(test_labels)} test images")

    output.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(output / "images", ignore_errors=True)
    write_model(net, output / "demo.bin")
    size = write_images(held_images, held_labels, output / "images")
    print(f"wrote {output / 'demo.bin'}: {(output / 'demo.bin').stat().st_size} bytes")
    print(f"wrote {output / 'images'}: {len(held_images)} PNGs, {size} bytes")
    report(net, held_images, held_labels)
    print(f"{time.time() - start:.0f} s")


def draw_fresh(parser, args):
    per_class, rest = divmod(args.fresh, len(CLASSES))
    if per_class < 1 or rest:
        parser.error(f"--fresh: got {args.fresh}, wanted a multiple of {len(CLASSES)}, the classes")
    if not args.output or args.output.exists():
        parser.error("--fresh wants --output DIR, a folder that is not there yet")
    write_images(*draw_all([args.seed, 3], per_class), args.output)
    print(f"wrote {args.output}: {args.fresh} PNGs")


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, metavar="DIR",
                        help="where to; default: data/ beside this script's folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", type=int, metavar="N",
                        help="only draw N images that are neither trained on nor held out")
    args = parser.parse_args()
    if args.fresh is not None:
        draw_fresh(parser, args)
    else:
        make_demo(args.output or here.parent / "data", args.seed)


if __name__ == "__main__":
    main()
