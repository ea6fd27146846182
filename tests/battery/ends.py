"""What stands before the first convolution, and what behind the last."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Gate, Residual, basic_block, conv_bn, head, network


class Ended(nn.Module):
    """A network with something behind its logits; what is compared is the logits."""

    def __init__(self, body, end):
        super().__init__()
        self.body, self.end = body, end

    def forward(self, x):
        return self.end(self.body(x))

    def logits(self, x):
        return self.body(x)


def small(classes=6, channels=3):
    return nn.Sequential(conv_bn(channels, 6, 3, 2), conv_bn(6, 8), head(8, classes))


# ---- ends ----

@network()
def log_softmax_end():
    return Ended(small(), nn.LogSoftmax(1))


@network()
def softmax_end():
    return Ended(small(), nn.Softmax(dim=-1))


@network()
def softmax_and_log_end():
    return Ended(small(), Apply(lambda x: torch.log(torch.softmax(x, 1))))


@network()
def sigmoid_end():
    return Ended(small(), nn.Sigmoid())


@network(classes=2)
def one_logit():
    class One(Ended):
        def logits(self, x):
            z = self.body(x)
            return torch.cat([torch.zeros_like(z), z], 1)
    return One(small(1), nn.Sigmoid())


@network(classes=2)
def one_logit_squeezed():
    class One(Ended):
        def logits(self, x):
            z = self.body(x)
            return torch.cat([torch.zeros_like(z), z], 1)
    return One(small(1), Apply(lambda x: torch.sigmoid(x).squeeze(1)))


class Two(nn.Module):
    """Two outputs, of which the first is compared."""

    def __init__(self, second):
        super().__init__()
        self.stem, self.rest, self.second = conv_bn(3, 6, 3, 2), nn.Sequential(conv_bn(6, 8), head(8)), second

    def forward(self, x):
        x = self.stem(x)
        return self.rest(x), self.second(x)

    def logits(self, x):
        return self.rest(self.stem(x))


@network(named=("logits", "aux"), arguments=("--output-name", "logits"))
def auxiliary_head():
    return Two(head(6))


@network(named=("logits", "features"))
def features_beside():
    return Two(nn.Conv2d(6, 5, 3))


@network(named=("logits", "probabilities"))
def probabilities_beside():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = small()

        def forward(self, x):
            z = self.net(x)
            return z, torch.softmax(z, 1)

        def logits(self, x):
            return self.net(x)
    return Both()


@network(named=("logits", "winner"))
def winner_beside():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = small()

        def forward(self, x):
            z = self.net(x)
            return z, torch.argmax(z, 1)

        def logits(self, x):
            return self.net(x)
    return Both()


class Cosine(nn.Module):
    """s * cos(x, w): both normalised."""

    def __init__(self, c, classes=6):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, c))

    def forward(self, x):
        return 8. * F.linear(F.normalize(x), F.normalize(self.weight))


@network()
def cosine_head():
    return nn.Sequential(conv_bn(3, 6, 3, 2), conv_bn(6, 8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), Cosine(8))


@network()
def cosine_head_by_norm():
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.scale = nn.Parameter(torch.randn(8, 6)), nn.Parameter(torch.tensor(5.))

        def forward(self, x):
            x = x / x.norm(dim=1, keepdim=True)
            return self.scale.exp().log() * (x @ (self.weight / self.weight.norm(dim=0, keepdim=True)))
    return nn.Sequential(conv_bn(3, 6, 3, 2), conv_bn(6, 8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), Head())


@network()
def arcface():
    def block(i, o, stride):
        body = nn.Sequential(nn.BatchNorm2d(i), nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o), nn.PReLU(o),
                             nn.Conv2d(o, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o))
        return Residual(body, nn.MaxPool2d(1, stride) if i == o else conv_bn(i, o, 1, stride, act=None))
    return nn.Sequential(nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.PReLU(4), block(4, 4, 2),
                         block(4, 8, 2), nn.BatchNorm2d(8), nn.Dropout(.4), nn.Flatten(), nn.Linear(160, 12),
                         nn.BatchNorm1d(12), Cosine(12))


@network()
def fully_connected():
    """AlexNet's end."""
    return nn.Sequential(nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
                         nn.Conv2d(8, 6, 3, padding=1), nn.ReLU(inplace=True), nn.Flatten(), nn.Dropout(),
                         nn.Linear(6 * 3 * 4, 16), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(16, 12),
                         nn.ReLU(inplace=True), nn.Linear(12, 6))


@network()
def convolution_as_classifier():
    """SqueezeNet's and NIN's end."""
    return nn.Sequential(conv_bn(3, 6, 3, 2), nn.Dropout(.5), nn.Conv2d(6, 6, 1), nn.ReLU(),
                         nn.AdaptiveAvgPool2d((1, 1)), Apply(lambda x: torch.flatten(x, 1)))


@network()
def squeezed_end():
    end = Apply(lambda x: F.avg_pool2d(x, x.shape[2:]).squeeze(3).squeeze(2))
    return nn.Sequential(conv_bn(3, 6, 3, 2), nn.Conv2d(6, 6, 1), end)


@network()
def fully_convolutional_head():
    return nn.Sequential(conv_bn(3, 6, 3, 2), nn.Conv2d(6, 8, (8, 10)), nn.ReLU(), nn.Conv2d(8, 6, 1), nn.Flatten())


@network()
def temperature():
    return nn.Sequential(small(), Apply(lambda x: x / 1.7 - x.mean(1, keepdim=True)))


@network()
def two_heads_averaged():
    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.a, self.b = conv_bn(3, 8, 3, 2), head(8), nn.Sequential(conv_bn(8, 4), head(4))

        def forward(self, x):
            x = self.stem(x)
            return torch.stack([self.a(x), self.b(x)]).mean(0)
    return Heads()


@network()
def mlp_with_layer_norm():
    return nn.Sequential(conv_bn(3, 6, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(6), nn.Linear(6, 12),
                         nn.GELU(), nn.Linear(12, 6))


# ---- beginnings ----

@network()
def normalised_inside():
    class Normalised(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.tensor([.48, .45, .4]).view(1, 3, 1, 1))
            self.register_buffer("std", torch.tensor([.23, .22, .25]).view(1, 3, 1, 1))
            self.net = small()

        def forward(self, x):
            return self.net((x - self.mean) / self.std)
    return Normalised()


@network()
def mean_image_inside():
    class Subtracted(nn.Module):
        def __init__(self):
            super().__init__()
            self.mean, self.net = nn.Parameter(torch.rand(3, 16, 20)), small()

        def forward(self, x):
            return self.net((x * 255 - self.mean * 255) / 57.)
    return Subtracted()


@network()
def scaled_inside():
    return nn.Sequential(Apply(lambda x: 2 * x - 1), small())


@network()
def channels_turned_inside():
    return nn.Sequential(Apply(lambda x: x[:, [2, 1, 0]]), small())


@network()
def made_grey_inside():
    weights = torch.tensor([.299, .587, .114]).view(1, 3, 1, 1)
    return nn.Sequential(Apply(lambda x: (x * weights.to(x)).sum(1, keepdim=True)), small(channels=1))


@network()
def opponent_colours_inside():
    def opponent(x):
        r, g, b = x[:, 0:1], x[:, 1:2], x[:, 2:3]
        return torch.cat([(r - g) / 2 ** .5, (r + g - 2 * b) / 6 ** .5, (r + g + b) / 3 ** .5], 1)
    return nn.Sequential(Apply(opponent), small())


@network(opset=11)
def coordinates_appended():
    """CoordConv (Liu et al. 2018)."""
    class Coordinates(nn.Module):
        def forward(self, x):
            b, _, h, w = x.shape
            ys, xs = (torch.linspace(-1, 1, n, dtype=x.dtype) for n in (h, w))
            ys, xs = ys.view(1, 1, h, 1).expand(b, 1, h, w), xs.view(1, 1, 1, w).expand(b, 1, h, w)
            return torch.cat([x, ys, xs], 1)
    return nn.Sequential(Coordinates(), small(channels=5))


@network()
def channels_last_input():
    class Last(nn.Module):
        """Exported for an input [1][h][w][c]."""
        channels_last = True

        def __init__(self):
            super().__init__()
            self.net = small()

        def forward(self, x):
            return self.net(x.permute(0, 3, 1, 2))
    return Last()


@network(size=(28, 28), channels=1, classes=10)
def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 5), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 20), nn.ReLU(), nn.Linear(20, 12), nn.ReLU(),
                         nn.Linear(12, 10))


@network(size=(28, 28), channels=1, classes=10)
def mnist_example():
    """PyTorch's own example."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 8, 3, 1), nn.Conv2d(8, 10, 3, 1)
            self.dropout1, self.dropout2 = nn.Dropout(.25), nn.Dropout(.5)
            self.fc1, self.fc2 = nn.Linear(1440, 16), nn.Linear(16, 10)

        def logits(self, x):
            x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
            x = F.relu(self.fc1(torch.flatten(self.dropout1(x), 1)))
            return self.fc2(self.dropout2(x))

        def forward(self, x):
            return F.log_softmax(self.logits(x), dim=1)
    return Net()


@network(channels=1)
def grey_replicated():
    return nn.Sequential(Apply(lambda x: x.expand(-1, 3, -1, -1)), small())


@network(channels=1)
def grey_repeated():
    return nn.Sequential(Apply(lambda x: x.repeat(1, 3, 1, 1)), small())


# ---- front ends of vision science ----

def gabors(orientations, size, wavelength, phase):
    at = torch.arange(size) - (size - 1) / 2
    y, x = torch.meshgrid(at, at, indexing="ij")
    envelope, made = torch.exp(-(x ** 2 + y ** 2) / (.3 * size) ** 2 / 2), []
    for i in range(orientations):
        t = math.pi * i / orientations
        u = x * math.cos(t) + y * math.sin(t)
        made.append(envelope * torch.cos(2 * math.pi * u / wavelength + phase))
    return torch.stack(made)


class VOne(nn.Module):
    """VOneNet's front end (Dapello et al. 2020) without its noise: simple cells, then complex ones."""

    def __init__(self, orientations=4, size=7):
        super().__init__()
        self.simple_conv_q0 = nn.Conv2d(3, orientations, size, 2, size // 2, bias=False)
        self.simple_conv_q1 = nn.Conv2d(3, orientations, size, 2, size // 2, bias=False)
        for conv, phase in (self.simple_conv_q0, 0), (self.simple_conv_q1, math.pi / 2):
            conv.weight = nn.Parameter(gabors(orientations, size, 5., phase)[:, None].repeat(1, 3, 1, 1) / 8)
            conv.weight.requires_grad = False
        self.half = orientations // 2

    def forward(self, x):
        a, b = self.simple_conv_q0(x), self.simple_conv_q1(x)
        complex_cells = torch.sqrt(a[:, self.half:] ** 2 + b[:, self.half:] ** 2) / math.sqrt(2)
        return 2 * torch.cat([F.relu(a[:, :self.half]), complex_cells], 1)


@network(size=(24, 20))
def vonenet():
    return nn.Sequential(VOne(), nn.Conv2d(4, 6, 1), basic_block(6, 8, 2), head(8))


@network(size=(24, 20))
def hmax():
    """Gabors of two sizes as buffers, the larger of both over space (Riesenhuber & Poggio 1999)."""
    class Layers(nn.Module):
        def __init__(self):
            super().__init__()
            for n in 5, 7:
                self.register_buffer(f"gabor{n}", gabors(4, n, n * .8, 0)[:, None])
            self.patches, self.classify = nn.Conv2d(4, 8, 3), nn.Linear(8, 6)

        def forward(self, x):
            x = x.mean(1, keepdim=True)
            scales = [torch.abs(F.conv2d(x, g, padding=p)) for g, p in ((self.gabor5, 2), (self.gabor7, 3))]
            s2 = self.patches(F.max_pool2d(torch.max(*scales), 4, 2))
            return self.classify(torch.exp(-s2 ** 2).amax((2, 3)))
    return Layers()
