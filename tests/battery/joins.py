"""Joins of maps, vectors and constants of all shapes; views; and blocks that are made of such."""
import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Branches, Gate, Residual, conv_bn, head, network, plain


class Constants(nn.Module):
    """function(x, *constants), which are parameters of these shapes."""

    def __init__(self, function, *shapes):
        super().__init__()
        self.function = function
        self.constants = nn.ParameterList(nn.Parameter(torch.rand(shape) + .3) for shape in shapes)

    def forward(self, x):
        return self.function(x, *self.constants)


def over(function, gate):
    """function(gate(x), x)."""
    return Residual(gate, join=function)


def channel_gate(c):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(c, c, 1))


# ---- maps with vectors and single maps ----

@network()
def bam():
    """Park et al. 2018: a vector and a single map, joined before the sigmoid."""
    pixel = nn.Sequential(conv_bn(8, 4, 1), conv_bn(4, 4, padding=2, dilation=2), nn.Conv2d(4, 1, 1))
    both = Branches(channel_gate(8), pixel, join=lambda x: x[0] + x[1])
    return plain(nn.ReLU(), over(lambda a, x: x * (1 + torch.sigmoid(a)), both))


@network()
def bam_product():
    pixel = nn.Conv2d(8, 1, 3, padding=1)
    return plain(nn.ReLU(), Gate(Branches(channel_gate(8), pixel, join=lambda x: torch.sigmoid(x[0] * x[1]))))


@network()
def vectors_before_maps():
    return plain(over(lambda g, x: g - x, channel_gate(8)), nn.ReLU(), nn.Conv2d(8, 8, 3),
                 over(lambda g, x: g / (x.abs() + 1), channel_gate(8)), nn.Conv2d(8, 8, 1),
                 over(torch.max, channel_gate(8)))


@network()
def single_maps_before_maps():
    single = lambda: nn.Conv2d(8, 1, 1)
    return plain(over(lambda s, x: s - x, single()), nn.ReLU(), nn.Conv2d(8, 8, 3),
                 over(lambda s, x: s / (x.abs() + 1), single()), nn.Conv2d(8, 8, 1), over(torch.min, single()))


@network()
def rows_and_columns():
    return plain(Apply(lambda x: x * torch.sigmoid(x.mean(2, keepdim=True)) - x.amax(3, keepdim=True)))


@network()
def channels_with_rows_or_columns():
    return plain(Apply(lambda x: x - x.mean((1, 3), keepdim=True) + x.amin((1, 2), keepdim=True)), nn.Conv2d(8, 8, 3),
                 Apply(lambda x: x * x.amin(3, keepdim=True) + x.amax(2, keepdim=True)))


@network()
def mean_of_everything_removed():
    return plain(Apply(lambda x: x - x.mean((1, 2, 3), keepdim=True)), nn.ReLU(), nn.Conv2d(8, 8, 3),
                 Apply(lambda x: x / x.square().sum((1, 2, 3), keepdim=True).sqrt() * 10))


@network()
def surround_suppression():
    return plain(nn.ReLU(), Apply(lambda x: x / (.2 + F.avg_pool2d(x, 5, 1, 2))), nn.Conv2d(8, 8, 3),
                 Apply(lambda x: x - F.avg_pool2d(x.mean(1, keepdim=True), 3, 1, 1)))


# ---- constants ----

@network()
def constants_of_all_shapes():
    def join(x, row, column, plane, channel, whole, one):
        return (x * column + row - plane) / channel.view(1, -1, 1, 1) * whole + one
    return plain(Constants(join, (20,), (16, 1), (16, 20), (8,), (1, 8, 16, 20), ()))


@network()
def constants_first():
    def join(x, channel, plane):
        return (channel - x) + plane / (x.abs() + 1)
    return plain(Constants(join, (1, 8, 1, 1), (1, 1, 16, 20)), nn.ReLU())


@network()
def constants_compared():
    return plain(Constants(lambda x, t: torch.max(x, -t), (1, 8, 1, 1)), nn.Conv2d(8, 8, 3),
                 Constants(lambda x, t: torch.minimum(x, t), (14, 18)), nn.Conv2d(8, 8, 1),
                 Constants(lambda x, t: torch.maximum(t, x), (1,)))


@network(refused="(Pow): its exponent is not one number")
def powers():
    positive = Apply(lambda x: x.abs() + .5)
    return plain(positive, Apply(lambda x: x ** -1.5), nn.Conv2d(8, 8, 3), Apply(lambda x: x ** 3), nn.Conv2d(8, 8, 1),
                 positive, Constants(lambda x, p: x ** p, (1, 8, 1, 1)), Apply(lambda x: x.reciprocal().rsqrt()))


@network(refused="(Pow): input 0 is a constant, only feature maps are supported there")
def powers_of_a_number():
    return plain(Apply(lambda x: 2 ** x))


@network()
def central_window():
    """A Gaussian window over space, in the graph."""
    y, x = torch.linspace(-1, 1, 16)[:, None], torch.linspace(-1, 1, 20)
    window = torch.exp(-2 * (x ** 2 + y ** 2))

    class Window(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("window", window)

        def forward(self, x):
            return x * self.window
    return nn.Sequential(Window(), nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), Window(), head(8))


# ---- several maps ----

@network()
def joins_of_three():
    branches = [nn.Conv2d(8, 8, k, padding=k // 2) for k in (1, 3, 5)]
    return plain(nn.ReLU(), Branches(*branches, join=lambda x: torch.max(torch.min(x[0], x[1]), x[2]) - x[0] * x[1]))


@network()
def fractal():
    """The mean of paths as torch.stack writes it (Larsson et al. 2017)."""
    return plain(nn.ReLU(), Branches(conv_bn(8, 8), nn.Sequential(conv_bn(8, 8), conv_bn(8, 8)),
                                     join=lambda x: torch.stack(x).mean(0)))


@network()
def stacks():
    branches = [nn.Conv2d(8, 8, k, padding=k // 2) for k in (1, 3)]
    def twice(x):
        return torch.cat([torch.stack([x, -x], -1).amin(-1), torch.stack([x, x * x], 2).mean(1)], 1)
    return plain(Branches(*branches, join=lambda x: torch.stack(x, 1).sum(1)), nn.ReLU(),
                 Branches(nn.Conv2d(8, 8, 1), nn.MaxPool2d(3, 1, 1), join=lambda x: torch.stack(x, 2).amax(2)),
                 Apply(twice), after=10)


@network()
def quadratic_neurons():
    return plain(Branches(*(nn.Conv2d(8, 8, 3) for _ in range(3)), join=lambda x: x[0] * x[1] + x[2]))


@network(opset=10)
def energy_of_pairs():
    """Complex cells: the root of the sum of squares of pairs of channels."""
    return plain(Apply(lambda x: (x[:, ::2] ** 2 + x[:, 1::2] ** 2 + 1e-4).sqrt()), after=4)


@network()
def energy_by_view():
    return plain(Apply(lambda x: x.view(x.shape[0], 4, 2, *x.shape[2:]).pow(2).sum(2).add(1e-4).sqrt()), after=4)


@network()
def octave():
    """Chen et al. 2019: two resolutions, from one to the other by pooling and nearest."""
    class Octave(nn.Module):
        def __init__(self):
            super().__init__()
            self.hh, self.hl, self.lh, self.ll = (nn.Conv2d(4, 4, 3, padding=1) for _ in range(4))

        def forward(self, x):
            high, low = x[:, :4], F.avg_pool2d(x[:, 4:], 2)
            high, low = (self.hh(high) + F.interpolate(self.lh(low), scale_factor=2, mode="nearest"),
                         self.ll(low) + self.hl(F.avg_pool2d(high, 2)))
            return torch.cat([F.max_pool2d(F.relu(high), 2), F.relu(low)], 1)
    return plain(nn.ReLU(), Octave())


@network()
def pyramidnet():
    """Channels added to the shortcut as zeros, concatenated (Han et al. 2017)."""
    def widen(x):
        x = F.avg_pool2d(x, 2)
        return torch.cat([x, torch.zeros(x.shape[0], 4, x.shape[2], x.shape[3], dtype=x.dtype)], 1)
    body = nn.Sequential(nn.BatchNorm2d(8), conv_bn(8, 12, 3, 2), nn.Conv2d(12, 12, 3, padding=1), nn.BatchNorm2d(12))
    return plain(Residual(body, Apply(widen)), after=12)


@network()
def cross_stage_partial():
    class Partial(nn.Module):
        def __init__(self):
            super().__init__()
            leaky = lambda: nn.LeakyReLU(.1)
            self.body = nn.Sequential(conv_bn(4, 4, 1, act=leaky), Residual(conv_bn(4, 4, act=leaky)))
            self.join = conv_bn(8, 8, 1, act=leaky)

        def forward(self, x):
            kept, changed = torch.split(x, x.shape[1] // 2, dim=1)
            return self.join(torch.cat((self.body(changed), kept), dim=1))
    return plain(nn.LeakyReLU(.1), nn.MaxPool2d(2), Partial())


@network()
def two_streams():
    """Two groups of layers that meet twice, as AlexNet's two halves."""
    class Streams(nn.Module):
        def __init__(self):
            super().__init__()
            self.a1, self.b1, self.a2, self.b2 = (nn.Conv2d(i, 4, 3, s, 1)
                                                  for i, s in ((3, 2), (3, 2), (4, 1), (4, 1)))
            self.a3, self.b3 = nn.Conv2d(8, 4, 3), nn.Conv2d(8, 4, 3)

        def forward(self, x):
            a, b = F.relu(self.a2(F.relu(self.a1(x)))), F.relu(self.b2(F.relu(self.b1(x))))
            both = torch.cat([a, b], 1)
            return torch.cat([F.relu(self.a3(both)), F.relu(self.b3(both))], 1)
    return nn.Sequential(Streams(), head(8))


# ---- blocks ----

@network()
def convmixer():
    act = lambda c: [nn.GELU(), nn.BatchNorm2d(c)]
    block = [Residual(nn.Sequential(nn.Conv2d(6, 6, 5, groups=6, padding=2), *act(6))), nn.Conv2d(6, 6, 1), *act(6)]
    return nn.Sequential(nn.Conv2d(3, 6, 2, 2), *act(6), *block, head(6))


@network()
def poolformer():
    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.norm1, self.norm2 = nn.GroupNorm(1, c), nn.GroupNorm(1, c)
            self.pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
            self.mlp = nn.Sequential(nn.Conv2d(c, 2 * c, 1), nn.GELU(), nn.Conv2d(2 * c, c, 1))
            self.scale1, self.scale2 = nn.Parameter(torch.rand(c)), nn.Parameter(torch.rand(c))

        def forward(self, x):
            y = self.norm1(x)
            x = x + self.scale1.unsqueeze(-1).unsqueeze(-1) * (self.pool(y) - y)
            return x + self.scale2.unsqueeze(-1).unsqueeze(-1) * self.mlp(self.norm2(x))
    return nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), Block(6), Block(6), nn.GroupNorm(1, 6), head(6))


@network()
def large_kernel_attention():
    """VAN (Guo et al. 2022)."""
    gate = [nn.Conv2d(8, 8, 5, padding=2, groups=8), nn.Conv2d(8, 8, 7, padding=9, groups=8, dilation=3),
            nn.Conv2d(8, 8, 1)]
    return plain(nn.GELU(), Residual(nn.Sequential(nn.Conv2d(8, 8, 1), nn.GELU(), Gate(*gate), nn.Conv2d(8, 8, 1))))


@network()
def normalizer_free():
    """NFNet: scaled weights, activations times a number, no norm."""
    class Scaled(nn.Conv2d):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.gain = nn.Parameter(torch.ones(self.out_channels, 1, 1, 1))

        def forward(self, x):
            var, mean = torch.var_mean(self.weight, dim=(1, 2, 3), keepdim=True)
            w = (self.weight - mean) * torch.rsqrt(var * self.weight[0].numel() + 1e-4) * self.gain
            return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)
    act = Apply(lambda x: F.gelu(x) * 1.7)
    block = Residual(nn.Sequential(Apply(lambda x: x / 1.2), act, Scaled(6, 6, 3, padding=1), act, Scaled(6, 6, 1)),
                     join=lambda a, x: .2 * a + x)
    return nn.Sequential(Scaled(3, 6, 3, 2, 1), block, act, head(6))


@network()
def half_instance_half_batch():
    """IBN-Net."""
    class Half(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.other = nn.InstanceNorm2d(4, affine=True), nn.BatchNorm2d(4)

        def forward(self, x):
            a, b = torch.split(x, 4, 1)
            return torch.cat((self.one(a.contiguous()), self.other(b.contiguous())), 1)
    return plain(Half(), nn.ReLU())


@network()
def instance_norm_with_statistics():
    """With the statistics of the training, so a batch-norm."""
    return plain(nn.InstanceNorm2d(8, affine=True, track_running_stats=True), nn.ReLU())


class Recurrent(nn.Module):
    """A convolutional GRU over steps at which it is shown the same (as in hGRU)."""

    def __init__(self, c, steps=3):
        super().__init__()
        self.gates, self.new = nn.Conv2d(2 * c, 2 * c, 3, padding=1), nn.Conv2d(2 * c, c, 3, padding=1)
        self.steps = steps

    def forward(self, x):
        h = torch.tanh(x)
        for _ in range(self.steps):
            z, r = torch.sigmoid(self.gates(torch.cat([x, h], 1))).chunk(2, 1)
            h = (1 - z) * h + z * torch.tanh(self.new(torch.cat([x, r * h], 1)))
        return h


@network()
def convolutional_gru():
    return nn.Sequential(conv_bn(3, 4, 3, 2), Recurrent(4), head(4))


@network()
def predictive_coding():
    """Feedback: what the upper layer predicts is taken off the lower one, over and over."""
    class Feedback(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down, self.head = nn.Conv2d(6, 8, 3, 2, 1), nn.Conv2d(8, 6, 3, padding=1), head(8)

        def forward(self, x):
            top = F.relu(self.up(x))
            for _ in range(2):
                error = x - self.down(F.interpolate(top, scale_factor=2, mode="nearest"))
                top = F.relu(top + .3 * self.up(error))
            return self.head(top)
    return nn.Sequential(conv_bn(3, 6, 3, 2), Feedback())


@network()
def tied_weights():
    """Two layers with one weight, each with its own bias and stride."""
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.a, self.b = conv_bn(3, 6), nn.Conv2d(6, 6, 3, 2, 1), nn.Conv2d(6, 6, 3, 1, 2, dilation=2)
            self.b.weight = self.a.weight
            self.head = head(6)

        def forward(self, x):
            return self.head(F.relu(self.b(F.relu(self.a(self.stem(x))))))
    return Tied()


# ---- views ----

@network()
def pooled_by_view():
    both = Apply(lambda x: torch.cat([x.view(x.size(0), x.size(1), -1).mean(2), x.flatten(2).max(-1)[0]], 1))
    return nn.Sequential(conv_bn(3, 8, 3, 2), both, nn.Linear(16, 6))


@network()
def statistics_head():
    both = Apply(lambda x: torch.cat([x.mean((2, 3)), x.std((2, 3)), x.var((2, 3), unbiased=False)], 1))
    return nn.Sequential(conv_bn(3, 8, 3, 2), both, nn.Linear(24, 6))


@network()
def flattened_channels_last():
    """As a network that came from TensorFlow flattens."""
    return nn.Sequential(conv_bn(3, 4, 3, 2), nn.MaxPool2d(2),
                         Apply(lambda x: x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)), nn.Linear(80, 6))


@network()
def flattened_by_number():
    view = Apply(lambda x: x.view(-1, 4 * 4 * 5))
    return nn.Sequential(conv_bn(3, 4, 3, 2), nn.MaxPool2d(2), view, nn.Linear(80, 6))


@network()
def vectors():
    def features(x):
        return torch.cat([F.softplus(x[:, :4]) * x[:, 4:8], F.normalize(x[:, 6:]), x.max(1, keepdim=True)[0]], 1)
    return nn.Sequential(conv_bn(3, 8, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 12), Apply(features),
                         nn.Linear(11, 6))


@network()
def maxout_of_units():
    return nn.Sequential(conv_bn(3, 8, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 20),
                         Apply(lambda x: x.view(-1, 10, 2).max(2)[0]), nn.Linear(10, 6))


@network()
def classes_of_two_heads():
    return nn.Sequential(conv_bn(3, 8, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         Branches(nn.Linear(8, 4), nn.Linear(8, 5)), Apply(lambda x: x[:, 2:8]))


@network()
def repeated():
    def repeat(x):
        vector = x.mean((2, 3), keepdim=True)
        return torch.cat([x, vector.repeat(1, 1, *x.shape[2:]), x[:, :2].repeat(1, 3, 1, 1)], 1).repeat(1, 1, 1, 2)
    return plain(nn.ReLU(), Apply(repeat), after=22)


@network()
def framed():
    """Constants and maps joined along rows and columns."""
    def frame(x, row, columns):
        row, columns = (k.expand(x.shape[0], -1, -1, -1) for k in (row, columns))
        x, edge = torch.cat([x[:, :, 3:], row, x[:, :, :3]], 2), x[:, :, :1, :1] + columns[..., :1]
        return torch.cat([columns, x, edge], 3)
    return plain(Constants(frame, (1, 8, 1, 20), (1, 8, 17, 2)))


@network()
def grey_and_back_inside():
    return nn.Sequential(Apply(lambda x: x.mean(1, keepdim=True).repeat(1, 3, 1, 1)), conv_bn(3, 6, 3, 2), head(6))
