"""Parts that several networks of the battery share, and the list of its networks.

@network() above a function adds what it returns to NETWORKS: a torch module, whose
weights are drawn afterwards. SIZE is [height, width], not square, so that an
exchange of the two shows.
"""
import torch
import torch.nn.functional as F
from torch import nn

NETWORKS = {}  # name -> (function that makes the module, its facts)


def network(size=(16, 20), channels=3, classes=6, arguments=(), opset=9, named=(), refused=None,
            steep=False):
    """arguments: for every command of lesion; opset: the least that torch exports
    it to so that it means the same (bilinear: 11);
    named: names of the outputs; refused: part of the sentence in which lesion says what of the
    network it does not support."""
    facts = dict(size=size, channels=channels, classes=classes, arguments=list(arguments),
                 opset=opset, named=list(named), refused=refused, steep=steep)

    def add(make):
        NETWORKS[make.__name__] = (make, facts)
        return make
    return add


class Apply(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *x):
        return self.function(*x)


class Residual(nn.Module):
    """after(body(x) + shortcut(x)); join: another function of the two."""

    def __init__(self, body, shortcut=None, after=None, join=torch.add):
        super().__init__()
        self.body, self.join = body, join
        self.shortcut, self.after = shortcut or nn.Identity(), after or nn.Identity()

    def forward(self, x):
        return self.after(self.join(self.body(x), self.shortcut(x)))


class Branches(nn.Module):
    """What join makes of the list of what each branch makes of x."""

    def __init__(self, *branches, join=lambda x: torch.cat(x, 1)):
        super().__init__()
        self.branches, self.join = nn.ModuleList(branches), join

    def forward(self, x):
        return self.join([branch(x) for branch in self.branches])


class Gate(nn.Module):
    """x times what gate makes of it."""

    def __init__(self, *gate):
        super().__init__()
        self.gate = nn.Sequential(*gate)

    def forward(self, x):
        return x * self.gate(x)


def conv_bn(i, o, k=3, stride=1, act=nn.ReLU, norm=nn.BatchNorm2d, **more):
    """A convolution without bias, its norm and activation; k is odd where no padding is given."""
    if "padding" not in more:
        more["padding"] = (k - 1) // 2
    layers = [nn.Conv2d(i, o, k, stride, bias=False, **more), norm(o)]
    return nn.Sequential(*layers, *([act()] if act else []))


def head(channels, classes=6):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def basic_block(i, o, stride=1, norm=nn.BatchNorm2d, conv=nn.Conv2d):
    body = nn.Sequential(conv(i, o, 3, stride, 1, bias=False), norm(o), nn.ReLU(),
                         conv(o, o, 3, 1, 1, bias=False), norm(o))
    shortcut = None
    if stride > 1 or i != o:
        shortcut = nn.Sequential(conv(i, o, 1, stride, bias=False), norm(o))
    return Residual(body, shortcut, nn.ReLU())


def plain(*middle, channels=8, stem=3, after=8):
    """Convolution, what is between, convolution and head."""
    return nn.Sequential(nn.Conv2d(stem, channels, 3, padding=1), *middle,
                         nn.Conv2d(after, 8, 3, stride=2, padding=1), nn.ReLU(), head(8))
