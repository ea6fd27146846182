"""Residual, dense, recurrent and branching networks."""
import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Branches, Residual, basic_block, conv_bn, head, network


class CORBlock(nn.Module):
    """Of CORnet-S (Kubilius et al. 2018): its convolutions are shared over the steps, its
    batch-norms are not."""

    def __init__(self, i, o, times=2, scale=2):
        super().__init__()
        self.times = times
        self.conv_input = nn.Conv2d(i, o, 1, bias=False)
        self.skip = nn.Conv2d(o, o, 1, stride=2, bias=False)
        self.norm_skip = nn.BatchNorm2d(o)
        self.conv1 = nn.Conv2d(o, o * scale, 1, bias=False)
        self.conv2 = nn.Conv2d(o * scale, o * scale, 3, stride=2, padding=1, bias=False)
        self.conv3 = nn.Conv2d(o * scale, o, 1, bias=False)
        for t in range(times):
            for n, c in (1, o * scale), (2, o * scale), (3, o):
                setattr(self, f"norm{n}_{t}", nn.BatchNorm2d(c))

    def forward(self, x):
        x = self.conv_input(x)
        for t in range(self.times):
            skip = self.norm_skip(self.skip(x)) if t == 0 else x
            self.conv2.stride = (2, 2) if t == 0 else (1, 1)
            for n in 1, 2, 3:
                x = getattr(self, f"norm{n}_{t}")(getattr(self, f"conv{n}")(x))
                x = F.relu(x + skip if n == 3 else x)
        return x


@network(size=(24, 20))
def cornet_s():
    return nn.Sequential(conv_bn(3, 4, 7, 2), CORBlock(4, 6), CORBlock(6, 6, 3), head(6))


class RecurrentBlock(nn.Module):
    """One convolution applied over and over to its own output and the input's (CORnet-RT)."""

    def __init__(self, i, o, times=3):
        super().__init__()
        self.feed, self.recur = nn.Conv2d(i, o, 3, 2, 1), nn.Conv2d(o, o, 3, 1, 1)
        self.norm, self.times = nn.GroupNorm(2, o), times

    def forward(self, x):
        x, state = self.feed(x), 0
        for _ in range(self.times):
            state = F.relu(self.norm(self.recur(x + state)))
        return state


@network()
def cornet_rt():
    return nn.Sequential(RecurrentBlock(3, 6), RecurrentBlock(6, 8), head(8))


@network()
def recurrent_plain():
    class Unrolled(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.cell = nn.Conv2d(3, 6, 3, 2, 1), nn.Conv2d(6, 6, 3, 1, 1)
            self.head = head(6)

        def forward(self, x):
            first = x = F.relu(self.stem(x))
            for _ in range(3):
                x = F.relu(first + self.cell(x))
            return self.head(x)
    return Unrolled()


@network()
def shared_scales():
    """The same convolutions on the image and on the image at half its size."""
    class Tower(nn.Module):
        def __init__(self):
            super().__init__()
            self.tower = nn.Sequential(conv_bn(3, 6), conv_bn(6, 8, stride=2), nn.AdaptiveAvgPool2d(1))
            self.classify = nn.Linear(8, 6)

        def forward(self, x):
            both = torch.max(self.tower(x), self.tower(F.avg_pool2d(x, 2)))
            return self.classify(both.flatten(1))
    return Tower()


@network()
def resnet_group_norm():
    norm = lambda c: nn.GroupNorm(2, c)
    return nn.Sequential(conv_bn(3, 4, norm=norm), basic_block(4, 4, norm=norm),
                         basic_block(4, 8, 2, norm), head(8))


@network()
def resnet_instance_norm():
    norm = lambda c: nn.InstanceNorm2d(c, affine=True)
    return nn.Sequential(conv_bn(3, 4, norm=norm), nn.Conv2d(4, 4, 3), nn.InstanceNorm2d(4), nn.ReLU(),
                         basic_block(4, 8, 2, norm), nn.Conv2d(8, 8, 3), nn.ReLU(), head(8))


@network()
def resnet_batch_norm():
    return nn.Sequential(conv_bn(3, 4), basic_block(4, 4), basic_block(4, 8, 2), head(8))


@network()
def resnet_preactivated():
    def block(i, o, stride):
        body = nn.Sequential(nn.BatchNorm2d(i), nn.ReLU(), nn.Conv2d(i, o, 3, stride, 1, bias=False),
                             nn.BatchNorm2d(o), nn.ReLU(), nn.Dropout(.3), nn.Conv2d(o, o, 3, 1, 1, bias=False))
        return Residual(body, nn.Conv2d(i, o, 1, stride, bias=False) if stride > 1 else None)
    return nn.Sequential(nn.Conv2d(3, 4, 3, 1, 1), block(4, 4, 1), block(4, 8, 2), nn.BatchNorm2d(8),
                         nn.ReLU(), head(8))


@network(opset=10)
def resnet20_option_a():
    def block(i, o, stride=1):
        add = (o - i) // 2
        shortcut = Apply(lambda x: F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, add, add))) if add else None
        return Residual(nn.Sequential(conv_bn(i, o, 3, stride), conv_bn(o, o, act=None)), shortcut, nn.ReLU())
    return nn.Sequential(conv_bn(3, 4), block(4, 4), block(4, 8, 2), block(8, 8), block(8, 12, 2),
                         head(12))


class BlurPool(nn.Module):
    """Zhang 2019: a fixed depthwise filter on a reflected border."""

    def __init__(self, channels, size=3):
        super().__init__()
        row = torch.tensor([1., 2., 1.]) if size == 3 else torch.tensor([1., 4., 6., 4., 1.])
        filt = row[:, None] * row / row.sum() ** 2
        self.register_buffer("filt", filt.repeat(channels, 1, 1, 1))
        self.pad = nn.ReflectionPad2d([size // 2] * 4)

    def forward(self, x):
        return F.conv2d(self.pad(x), self.filt, stride=2, groups=x.shape[1])


@network(size=(20, 24))
def resnet_blurpool():
    body = nn.Sequential(conv_bn(4, 8), BlurPool(8), conv_bn(8, 8, act=None))
    shortcut = nn.Sequential(BlurPool(4, 5), conv_bn(4, 8, 1, act=None))
    return nn.Sequential(conv_bn(3, 4), nn.MaxPool2d(2, 1), BlurPool(4), Residual(body, shortcut, nn.ReLU()), head(8))


class StandardConv(nn.Conv2d):
    """Weight standardisation (Qiao et al. 2019), computed at every pass."""

    def forward(self, x):
        w = self.weight
        w = w - w.mean(dim=(1, 2, 3), keepdim=True)
        w = w / (w.view(w.size(0), -1).std(dim=1).view(-1, 1, 1, 1) + 1e-5)
        return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)


@network()
def weight_standardised():
    norm = lambda c: nn.GroupNorm(2, c)
    return nn.Sequential(StandardConv(3, 4, 3, 1, 1), norm(4), nn.ReLU(),
                         basic_block(4, 8, 2, norm, StandardConv), head(8))


class BitConv(nn.Conv2d):
    """As in Big Transfer and timm: by F.batch_norm over the weights."""

    def forward(self, x):
        w = F.batch_norm(self.weight.reshape(1, self.out_channels, -1), None, None, training=True,
                         momentum=0., eps=1e-6).reshape_as(self.weight)
        return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)


@network()
def weight_standardised_bit():
    return nn.Sequential(BitConv(3, 4, 3, 1, 1), nn.GroupNorm(2, 4), nn.ReLU(), BitConv(4, 8, 3, 2, 1),
                         nn.ReLU(), head(8))


@network()
def weight_norm():
    wrap = nn.utils.weight_norm
    return nn.Sequential(wrap(nn.Conv2d(3, 6, 3, 1, 1)), nn.ReLU(), wrap(nn.Conv2d(6, 8, 3, 2, 1)), nn.ReLU(), head(8))


@network()
def spectral_norm():
    wrap = nn.utils.spectral_norm
    return nn.Sequential(wrap(nn.Conv2d(3, 6, 3, 1, 1)), nn.ReLU(), wrap(nn.Conv2d(6, 8, 3, 2, 1)), nn.ReLU(), head(8))


@network()
def fixup():
    class Block(nn.Module):
        def __init__(self, i, o, stride):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.Conv2d(o, o, 3, 1, 1, bias=False)
            self.biases = nn.ParameterList(nn.Parameter(torch.randn(1)) for _ in range(4))
            self.scale = nn.Parameter(torch.rand(1) + .5)
            self.shortcut = nn.Conv2d(i, o, 1, stride)

        def forward(self, x):
            b = self.biases
            y = F.relu(self.conv1(x + b[0]) + b[1])
            y = self.conv2(y + b[2]) * self.scale + b[3]
            return F.relu(y + self.shortcut(x + b[0]))
    return nn.Sequential(nn.Conv2d(3, 4, 3, 1, 1), Block(4, 6, 1), Block(6, 8, 2), head(8))


@network()
def rezero():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.alpha = nn.Conv2d(6, 6, 3, 1, 1), nn.Parameter(torch.tensor(.7))

        def forward(self, x):
            return x + self.alpha * F.relu(self.conv(x))
    return nn.Sequential(conv_bn(3, 6, 3, 2), Block(), Block(), head(6))


@network()
def repvgg():
    def block(i, o, stride=1):
        branches = [conv_bn(i, o, 3, stride, act=None), conv_bn(i, o, 1, stride, act=None)]
        if i == o and stride == 1:
            branches.append(nn.BatchNorm2d(i))
        return nn.Sequential(Branches(*branches, join=sum), nn.ReLU())
    return nn.Sequential(block(3, 4, 2), block(4, 4), block(4, 8, 2), head(8))


@network()
def res2net():
    class Block(nn.Module):
        def __init__(self, width=2, scale=4):
            super().__init__()
            self.width, c = width, width * scale
            self.first, self.last = conv_bn(c, c, 1), conv_bn(c, c, 1, act=None)
            self.steps = nn.ModuleList(conv_bn(width, width) for _ in range(scale - 1))

        def forward(self, x):
            parts, made = torch.split(self.first(x), self.width, 1), []
            for i, step in enumerate(self.steps):
                made.append(step(parts[i] + made[-1] if i else parts[i]))
            return F.relu(x + self.last(torch.cat(made + [parts[-1]], 1)))
    return nn.Sequential(conv_bn(3, 8, 3, 2), Block(), Block(), head(8))


@network()
def resnext():
    body = nn.Sequential(conv_bn(8, 8, 1), conv_bn(8, 8, 3, 2, groups=4), conv_bn(8, 12, 1, act=None))
    return nn.Sequential(conv_bn(3, 8), Residual(body, conv_bn(8, 12, 1, 2, act=None), nn.ReLU()), head(12))


@network()
def densenet():
    def dense(i):
        return Residual(nn.Sequential(nn.BatchNorm2d(i), nn.ReLU(), nn.Conv2d(i, 8, 1, bias=False), nn.BatchNorm2d(8),
                                      nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1, bias=False)),
                        join=lambda new, old: torch.cat([old, new], 1))
    between = nn.Sequential(nn.BatchNorm2d(12), nn.ReLU(), nn.Conv2d(12, 6, 1, bias=False), nn.AvgPool2d(2, 2))
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), dense(4), dense(8), between, dense(6),
                         nn.BatchNorm2d(10), nn.ReLU(), head(10))


@network(size=(20, 24))
def inception():
    def block(i):
        return Branches(conv_bn(i, 4, 1), nn.Sequential(conv_bn(i, 4, 1), conv_bn(4, 4, 3)),
                        nn.Sequential(conv_bn(i, 3, 1), conv_bn(3, 4, (1, 7), padding=(0, 3)),
                                      conv_bn(4, 4, (7, 1), padding=(3, 0))),
                        nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False), conv_bn(i, 2, 1)))
    shrink = Branches(conv_bn(14, 6, 3, 2, padding=0), nn.MaxPool2d(3, 2))
    return nn.Sequential(conv_bn(3, 6, 3, 2, padding=0), block(6), shrink, nn.Conv2d(20, 8, 1), nn.ReLU(), head(8))


@network()
def highway():
    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.change, self.gate = nn.Conv2d(c, c, 3, 1, 1), nn.Conv2d(c, c, 3, 1, 1)

        def forward(self, x):
            t = torch.sigmoid(self.gate(x))
            return t * F.relu(self.change(x)) + (1 - t) * x
    return nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), Block(6), Block(6), head(6))


@network()
def gated_division():
    class Gates(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.up, self.down = (nn.Conv2d(i, 6, 3, s, 1) for i, s in ((3, 2), (6, 1), (6, 1)))
            self.head = head(6)

        def forward(self, x):
            x = torch.relu(self.stem(x))
            return self.head((self.up(x) - x) / (1 + torch.abs(self.down(x))))
    return Gates()


@network(opset=11)
def crossing_scales():
    """HRNet's exchange of two resolutions."""
    class Fuse(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.low = conv_bn(3, 4), conv_bn(4, 6, 3, 2)
            self.up, self.down = conv_bn(6, 4, 1, act=None), conv_bn(4, 6, 3, 2, act=None)
            self.smooth, self.head = conv_bn(4, 4), head(10)

        def forward(self, x):
            high = self.stem(x)
            low = self.low(high)
            high, low = (F.relu(high + F.interpolate(self.up(low), scale_factor=2, mode="nearest")),
                         F.relu(low + self.down(high)))
            wide = F.interpolate(low, size=high.shape[2:], mode="bilinear", align_corners=False)
            return self.head(torch.cat([self.smooth(high), wide], 1))
    return Fuse()


@network(opset=11)
def residual_attention():
    """(1 + mask) * trunk, the mask from a path that goes down and up (Wang et al. 2017)."""
    mask = nn.Sequential(nn.MaxPool2d(3, 2, 1), conv_bn(6, 6), nn.Upsample(scale_factor=2, mode="bilinear",
                         align_corners=True), nn.Conv2d(6, 6, 1), nn.Sigmoid())
    block = Residual(mask, conv_bn(6, 6), join=lambda m, t: (1 + m) * t)
    return nn.Sequential(conv_bn(3, 6), block, nn.MaxPool2d(2), head(6))


@network()
def lateral_inhibition():
    """x / sqrt(beta + gamma * x²) over channels: divisive normalisation as a layer (Ballé et al. 2016)."""
    class Divisive(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.gamma = nn.Parameter(torch.rand(c, c, 1, 1) * .2)
            self.beta = nn.Parameter(torch.rand(c) + .5)

        def forward(self, x):
            return x / torch.sqrt(F.conv2d(x * x, self.gamma, self.beta))
    return nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), Divisive(6), nn.Conv2d(6, 6, 3, 1, 1), Divisive(6), head(6))
