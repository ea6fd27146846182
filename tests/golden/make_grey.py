#!/usr/bin/python3
"""Makes tests/golden/grey: a network for grey images, images, and PyTorch's results for them.

    /usr/bin/python3 tests/golden/make_grey.py

grey.onnx, grey.input.json      a small random network of one channel
colour.onnx, colour.input.json  the same for three channels: each has a third of the grey network's
                                first weights, so that both give the same logits for grey images
images/                         colour and grey PNG and JPEG files, also with a palette;
                                labels.csv lists all, grey.csv the grey ones
logits.txt                      the logits of each image at contrast 1 and .3, a line each
kernels.csv                     the table of a sweep: each kernel's weights zeroed, its bias kept

Images are decoded by Pillow, made grey, scaled and cropped by torchvision's Grayscale, Resize
and CenterCrop, and lowered in contrast in NumPy; PyTorch computes in float64. Labels are the
intact network's predictions, except for every sixth image. Margins are checked to be so large
that rounding cannot change a prediction. Needs PyTorch 1.13, torchvision, Pillow, NumPy. Seeded.
"""
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision import transforms

FOLDER = Path(__file__).resolve().parent / "grey"
HEIGHT, WIDTH, RESIZE, CLASSES, MEAN, STD = 20, 23, 24, 4, 0.45, 0.25
CONTRASTS = (1, 0.3)


class Net(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 8, 3, stride=2)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(8 * 4 * 5, CLASSES)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        return self.fc(torch.flatten(torch.relu(self.conv2(x)), 1))


def picture(seed, channels):
    rng = np.random.default_rng(seed)
    width, height = rng.integers(26, 40, 2)
    y, x = np.mgrid[0:height, 0:width]
    a, b, phase = rng.uniform(0.1, 0.7, 3)
    planes = [127 + 70 * np.sin(x * a + k + phase) * np.cos(y * b - k) + 50 * (x > y + 9 * k) for k in range(channels)]
    noise = rng.normal(0, 8, (height, width, channels))
    return np.clip(np.stack(planes, 2) + noise, 0, 255).astype(np.uint8)


def make_images():
    """Writes the images. Returns the names of all, and of the grey ones."""
    names, grey = [], []
    for i in range(24):
        kind = i % 6
        name = f"{i:02}." + ("jpg" if kind in (1, 4) else "png")
        image = Image.fromarray(picture(i, 3) if kind in (0, 1, 2) else picture(i, 1)[:, :, 0])
        if kind == 2:
            image = image.quantize(40)
        image.save(FOLDER / "images" / name, **({"quality": 88} if name.endswith("jpg") else {}))
        names.append(name)
        grey += [name] * (kind > 2)
    return names, grey


def crop(name):
    """The file made grey, scaled and cropped: [h][w], 8 bits."""
    steps = transforms.Compose([transforms.Grayscale(), transforms.Resize(RESIZE),
                                transforms.CenterCrop((HEIGHT, WIDTH))])
    return np.asarray(steps(Image.open(FOLDER / "images" / name).convert("RGB")))


def shown(pixels, contrast):
    """The crop with contrast c about mid-grey, truncated to 8 bits. Computed in whole thousandths, so
    that rounding cannot change a pixel."""
    mille = round(1000 * contrast)
    return ((1000 - mille) * 255 + 2 * mille * pixels.astype(int)) // 2000


def answers(net, x):
    with torch.no_grad():
        return net(x).numpy()


def export(net, name, channels):
    net = net.float().eval()
    torch.onnx.export(net, (torch.zeros(1, channels, HEIGHT, WIDTH),), str(FOLDER / f"{name}.onnx"),
                      input_names=["image"], output_names=["logits"], opset_version=13)
    input = {"channels": channels, "height": HEIGHT, "width": WIDTH, "resize": RESIZE,
             "interpolation": "bilinear", "order": "GREY" if channels == 1 else "RGB",
             "scale": 1 / 255, "mean": [MEAN] * channels, "std": [STD] * channels}
    (FOLDER / f"{name}.input.json").write_text(json.dumps(input) + "\n")


def spread_answers(net, x):
    """Sets the last layer so that each class is predicted for some images at full contrast."""
    with torch.no_grad():
        features = torch.flatten(torch.relu(net.conv2(net.pool(torch.relu(net.conv1(x))))), 1)
        net.fc.weight *= 3
        net.fc.bias.copy_(-net.fc.weight @ features.mean(0))
        for parameter in net.parameters():  # float32, as in the file
            parameter.copy_(parameter.float().double())


def margins(logits):
    best = np.sort(logits, 1)
    return best[:, -1] - best[:, -2]


def loss(logits, labels):
    return -torch.log_softmax(torch.from_numpy(logits), 1)[np.arange(len(labels)), labels].numpy()


def lesions(net, x, labels):
    """The rows of kernels.csv."""
    intact = [answers(net, at) for at in x]
    for layer in ("conv1", "conv2"):
        weight = getattr(net, layer).weight
        for kernel in range(len(weight)):
            kept = weight.detach()[kernel].clone()
            weight.data[kernel] = 0
            for c, contrast in enumerate(CONTRASTS):
                got = answers(net, x[c])
                assert margins(got).min() > 1e-4 and margins(intact[c]).min() > 1e-4
                was, now = intact[c].argmax(1), got.argmax(1)
                yield (layer, kernel, contrast, (was == labels).sum(), (now == labels).sum(),
                       ((was == labels) & (now != labels)).sum(), ((was != labels) & (now == labels)).sum(),
                       (was != now).sum(), "%.9g" % loss(intact[c], labels).mean(),
                       "%.9g" % loss(got, labels).mean())
            weight.data[kernel] = kept


def main():
    (FOLDER / "images").mkdir(parents=True, exist_ok=True)
    for old in (FOLDER / "images").iterdir():
        old.unlink()
    names, grey = make_images()
    torch.manual_seed(5)
    net = Net(1).double()
    pixels = np.stack([crop(name) for name in names])
    x = [torch.from_numpy(((shown(pixels, c) / 255 - MEAN) / STD).astype(np.float32)).double()[:, None]
         for c in CONTRASTS]
    spread_answers(net, x[0])
    logits = [answers(net, at) for at in x]
    labels = logits[0].argmax(1)
    assert len(set(labels)) == CLASSES, labels
    labels[::6] = (labels[::6] + 1) % CLASSES
    for list_name, wanted in (("labels", names), ("grey", grey)):
        rows = [f"{name},{label}\n" for name, label in zip(names, labels) if name in wanted]
        (FOLDER / f"{list_name}.csv").write_text("file,class\n" + "".join(rows))
    lines = [" ".join("%.9g" % v for v in at[i]) for i in range(len(names)) for at in logits]
    (FOLDER / "logits.txt").write_text("\n".join(lines) + "\n")
    header = "layer,kernel,contrast,top1_intact,top1_lesioned,lost,gained,changed,loss_intact,loss_lesioned"
    rows = [",".join(map(str, row)) for row in lesions(net, x, labels)]
    (FOLDER / "kernels.csv").write_text("\n".join([header] + rows) + "\n")
    colour = Net(3).double()
    state = net.state_dict()
    state["conv1.weight"] = (state["conv1.weight"] / 3).repeat(1, 3, 1, 1)
    colour.load_state_dict(state)
    export(net, "grey", 1)
    export(colour, "colour", 3)


if __name__ == "__main__":
    main()
