"""Attention by gates, and mobile networks."""
import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Branches, Gate, Residual, conv_bn, head, network, plain


class ChannelGate(nn.Module):
    """Of CBAM (Woo et al. 2018): one MLP on the mean and on the maximum."""

    def __init__(self, c, mlp):
        super().__init__()
        self.mlp = mlp

    def forward(self, x):
        size = (x.size(2), x.size(3))
        both = self.mlp(F.avg_pool2d(x, size, stride=size)) + self.mlp(F.max_pool2d(x, size, stride=size))
        return x * torch.sigmoid(both).view(x.size(0), -1).unsqueeze(2).unsqueeze(3).expand_as(x)


def linear_mlp(c):
    return nn.Sequential(nn.Flatten(), nn.Linear(c, c // 2), nn.ReLU(), nn.Linear(c // 2, c))


def conv_mlp(c):
    return nn.Sequential(nn.Conv2d(c, c // 2, 1, bias=False), nn.ReLU(), nn.Conv2d(c // 2, c, 1, bias=False))


def spatial_gate():
    both = Apply(lambda x: torch.cat([torch.max(x, 1)[0].unsqueeze(1), torch.mean(x, 1).unsqueeze(1)], 1))
    return Gate(both, nn.Conv2d(2, 1, 7, padding=3, bias=False), nn.BatchNorm2d(1), nn.Sigmoid())


@network()
def cbam():
    return nn.Sequential(conv_bn(3, 8, 3, 2), ChannelGate(8, linear_mlp(8)), spatial_gate(), conv_bn(8, 8), head(8))


@network()
def cbam_conv_mlp():
    return nn.Sequential(conv_bn(3, 8, 3, 2), ChannelGate(8, conv_mlp(8)), spatial_gate(), conv_bn(8, 8), head(8))


@network()
def spatial_attention_keepdim():
    both = Apply(lambda x: torch.cat([torch.mean(x, 1, keepdim=True), torch.max(x, 1, keepdim=True)[0]], 1))
    return plain(nn.ReLU(), Gate(both, nn.Conv2d(2, 1, 3, padding=1), nn.Sigmoid()))


class EfficientChannel(nn.Module):
    """ECA (Wang et al. 2020): a Conv1d over the channels' means."""

    def __init__(self, k=3):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.conv = nn.Conv1d(1, 1, k, padding=k // 2, bias=False)

    def forward(self, x):
        y = self.conv(self.pool(x).squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        return x * torch.sigmoid(y).expand_as(x)


@network()
def eca():
    body = nn.Sequential(conv_bn(8, 8), conv_bn(8, 8, act=None), EfficientChannel())
    return nn.Sequential(conv_bn(3, 8, 3, 2), EfficientChannel(), Residual(body, after=nn.ReLU()), head(8))


@network()
def eca_view():
    """As timm writes it."""
    class Eca(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(1, 1, 5, padding=2, bias=False)

        def forward(self, x):
            y = self.conv(x.mean((2, 3)).view(x.shape[0], 1, -1))
            return x * y.view(x.shape[0], -1, 1, 1).sigmoid().expand_as(x)
    return plain(nn.ReLU(), Eca())


@network()
def se_linear():
    class Squeeze(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.pool = nn.AdaptiveAvgPool2d(1)
            self.fc = nn.Sequential(nn.Linear(c, c // 2, bias=False), nn.ReLU(inplace=True),
                                    nn.Linear(c // 2, c, bias=False), nn.Sigmoid())

        def forward(self, x):
            b, c, _, _ = x.size()
            return x * self.fc(self.pool(x).view(b, c)).view(b, c, 1, 1).expand_as(x)
    return nn.Sequential(conv_bn(3, 8, 3, 2), Squeeze(8), conv_bn(8, 8), Squeeze(8), head(8))


@network()
def se_and_spatial_squeeze():
    """scSE (Roy et al. 2018): the larger of a channel gate's and a pixel gate's result."""
    channel = Gate(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, 1), nn.Sigmoid())
    pixel = Gate(nn.Conv2d(8, 1, 1), nn.Sigmoid())
    return plain(nn.ReLU(), Branches(channel, pixel, join=lambda x: torch.max(x[0], x[1])))


@network()
def coordinate_attention():
    """Hou et al. 2021: means over rows and over columns, one convolution on both."""
    class Coordinate(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.both = conv_bn(c, 4, 1, act=nn.Hardswish)
            self.rows, self.columns = nn.Conv2d(4, c, 1), nn.Conv2d(4, c, 1)

        def forward(self, x):
            h, w = x.shape[2:]
            rows, columns = x.mean(3, keepdim=True), x.mean(2, keepdim=True).permute(0, 1, 3, 2)
            rows, columns = torch.split(self.both(torch.cat([rows, columns], 2)), [h, w], 2)
            return x * self.rows(rows).sigmoid() * self.columns(columns.permute(0, 1, 3, 2)).sigmoid()
    return plain(nn.ReLU(), Coordinate(8))


@network()
def simam():
    def energy(x):
        d = (x - x.mean(dim=[2, 3], keepdim=True)).pow(2)
        n = x.shape[2] * x.shape[3] - 1
        return x * torch.sigmoid(d / (4 * (d.sum(dim=[2, 3], keepdim=True) / n + 1e-4)) + .5)
    return plain(nn.ReLU(), Apply(energy))


@network()
def gather_excite():
    gate = nn.Sequential(nn.AvgPool2d(15, 1, 7, count_include_pad=False), nn.Sigmoid())
    return plain(nn.ReLU(), Gate(*gate))


@network()
def global_and_local_gate():
    """SRM-like (Lee et al. 2019): gates from mean and standard deviation over space."""
    class Style(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.mix, self.norm = nn.Parameter(torch.randn(2, c)), nn.BatchNorm2d(c)

        def forward(self, x):
            mean = x.mean((2, 3), keepdim=True)
            sd = (((x - mean) ** 2).mean((2, 3), keepdim=True) + 1e-5).sqrt()
            z = mean * self.mix[0].view(1, -1, 1, 1) + sd * self.mix[1].view(1, -1, 1, 1)
            return x * torch.sigmoid(self.norm(z))
    return plain(nn.ReLU(), Style(8))


@network()
def mobilenet_v1():
    def separable(i, o, stride):
        return nn.Sequential(conv_bn(i, i, 3, stride, groups=i), conv_bn(i, o, 1))
    return nn.Sequential(conv_bn(3, 6, 3, 2), separable(6, 8, 1), separable(8, 10, 2), separable(10, 10, 1),
                         head(10))


def inverted(i, o, stride, act=nn.ReLU6, k=3, gate=None):
    middle = 2 * i
    layers = [conv_bn(i, middle, 1, act=act), conv_bn(middle, middle, k, stride, act=act, groups=middle)]
    layers += [gate(middle)] if gate else []
    body = nn.Sequential(*layers, conv_bn(middle, o, 1, act=None))
    return Residual(body) if i == o and stride == 1 else body


@network()
def mobilenet_v2():
    return nn.Sequential(conv_bn(3, 4, 3, 2, act=nn.ReLU6), inverted(4, 4, 1), inverted(4, 6, 2), inverted(6, 6, 1),
                         conv_bn(6, 12, 1, act=nn.ReLU6), head(12))


@network()
def mobilenet_v3():
    gate = lambda c: Gate(nn.AdaptiveAvgPool2d(1), nn.Conv2d(c, 4, 1), nn.ReLU(), nn.Conv2d(4, c, 1),
                          nn.Hardsigmoid())
    return nn.Sequential(conv_bn(3, 4, 3, 2, act=nn.Hardswish), inverted(4, 4, 1, nn.ReLU, 3, gate),
                         inverted(4, 6, 2, nn.Hardswish, 5, gate), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(6, 10), nn.Hardswish(), nn.Dropout(), nn.Linear(10, 6))


@network()
def mobilenet_v3_by_hand():
    """Hardswish as relu6(x + 3) / 6, as the older code has it."""
    swish = lambda: Apply(lambda x: x * F.relu6(x + 3) / 6)
    gate = lambda c: Gate(nn.AdaptiveAvgPool2d(1), nn.Conv2d(c, c, 1), Apply(lambda x: F.relu6(x + 3.) / 6.))
    return nn.Sequential(conv_bn(3, 4, 3, 2, act=swish), inverted(4, 6, 2, swish, 5, gate), head(6))


@network()
def efficientnet():
    gate = lambda c: Gate(Apply(lambda x: x.mean((2, 3), keepdim=True)), nn.Conv2d(c, 2, 1), nn.SiLU(),
                          nn.Conv2d(2, c, 1), nn.Sigmoid())
    return nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), conv_bn(3, 4, 3, 2, act=nn.SiLU, padding=0),
                         inverted(4, 4, 1, nn.SiLU, 3, gate), inverted(4, 6, 2, nn.SiLU, 5, gate), head(6))


def shuffle(x, groups=2):
    b, c, h, w = x.size()
    return x.view(b, groups, c // groups, h, w).transpose(1, 2).contiguous().view(b, -1, h, w)


@network()
def shufflenet_v1():
    body = nn.Sequential(conv_bn(8, 8, 1, groups=2), Apply(shuffle), conv_bn(8, 8, 3, 2, act=None, groups=8),
                         conv_bn(8, 8, 1, act=None, groups=2))
    return nn.Sequential(conv_bn(3, 8), Residual(body, nn.AvgPool2d(3, 2, 1), nn.ReLU(),
                         lambda a, b: torch.cat([b, a], 1)), head(16))


@network()
def shufflenet_v2():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.branch = nn.Sequential(conv_bn(4, 4, 1), conv_bn(4, 4, 3, act=None, groups=4), conv_bn(4, 4, 1))

        def forward(self, x):
            kept, changed = x.chunk(2, dim=1)
            return shuffle(torch.cat([kept, self.branch(changed)], 1))
    return nn.Sequential(conv_bn(3, 8, 3, 2), Block(), Block(), head(8))


@network()
def ghostnet():
    class Ghost(nn.Module):
        def __init__(self, i, o):
            super().__init__()
            self.o, half = o, (o + 1) // 2
            self.primary, self.cheap = conv_bn(i, half, 1), conv_bn(half, half, 3, groups=half)

        def forward(self, x):
            y = self.primary(x)
            return torch.cat([y, self.cheap(y)], 1)[:, :self.o]
    return nn.Sequential(conv_bn(3, 6, 3, 2), Ghost(6, 7), Ghost(7, 8), head(8))


@network()
def mixnet():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            sizes = (4, 3), (3, 5), (3, 7)
            self.convs = nn.ModuleList(nn.Conv2d(c, c, k, padding=k // 2, groups=c) for c, k in sizes)

        def forward(self, x):
            return torch.cat([conv(part) for conv, part in zip(self.convs, torch.split(x, [4, 3, 3], 1))], 1)
    return plain(nn.ReLU(), Mixed(), nn.ReLU(), channels=10, after=10)


@network()
def convnext():
    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.depthwise, self.norm = nn.Conv2d(c, c, 7, padding=3, groups=c), nn.LayerNorm(c, eps=1e-6)
            self.up, self.act, self.down = nn.Linear(c, 4 * c), nn.GELU(), nn.Linear(4 * c, c)
            self.gamma = nn.Parameter(torch.rand(c))

        def forward(self, x):
            y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
            y = self.gamma * self.down(self.act(self.up(y)))
            return x + y.permute(0, 3, 1, 2)
    return nn.Sequential(nn.Conv2d(3, 6, 4, 4), Block(6), Block(6), Apply(lambda x: x.mean([-2, -1])),
                         nn.LayerNorm(6), nn.Linear(6, 6))


@network()
def convnext_channels_first():
    class Norm(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.rand(c) + .5), nn.Parameter(torch.randn(c))

        def forward(self, x):
            u = x.mean(1, keepdim=True)
            s = (x - u).pow(2).mean(1, keepdim=True)
            x = (x - u) / torch.sqrt(s + 1e-6)
            return self.weight[:, None, None] * x + self.bias[:, None, None]
    return nn.Sequential(nn.Conv2d(3, 6, 4, 4), Norm(6), nn.Conv2d(6, 6, 3, padding=1, groups=6), Norm(6),
                         nn.Conv2d(6, 12, 1), nn.GELU(), nn.Conv2d(12, 6, 1), head(6))
