"""Pools, paddings and resampling, each in a small network."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Branches, Residual, conv_bn, head, network, plain

# ---- pools ----

@network()
def lp_pool():
    return plain(nn.ReLU(), nn.LPPool2d(2, 2), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.LPPool2d(3, 2, 1))


@network()
def gem():
    class GeM(nn.Module):
        def __init__(self):
            super().__init__()
            self.p = nn.Parameter(torch.ones(1) * 2.7)

        def forward(self, x):
            return F.avg_pool2d(x.clamp(min=1e-6).pow(self.p), (x.size(-2), x.size(-1))).pow(1. / self.p)
    return nn.Sequential(conv_bn(3, 6, 3, 2), conv_bn(6, 8), GeM(), nn.Flatten(), nn.Linear(8, 6))


@network(size=(17, 22), opset=10)
def pools_of_all_kinds():
    return nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True),
                         nn.Conv2d(6, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 1, dilation=2), nn.Conv2d(6, 6, 1),
                         nn.AvgPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, 1, count_include_pad=False),
                         nn.Conv2d(6, 8, 1), head(8))


@network()
def adaptive_to_2():
    return nn.Sequential(conv_bn(3, 6), nn.AdaptiveAvgPool2d((2, 2)), nn.Flatten(), nn.Linear(24, 6))


@network()
def adaptive_max():
    return nn.Sequential(conv_bn(3, 6), nn.AdaptiveMaxPool2d((4, 5)), nn.Conv2d(6, 8, 3), nn.AdaptiveMaxPool2d(1),
                         nn.Flatten(), nn.Linear(8, 6))


@network()
def spatial_pyramid():
    pools = [nn.Sequential(nn.AdaptiveMaxPool2d(n), nn.Flatten()) for n in (1, 2, 4)]
    return nn.Sequential(conv_bn(3, 6), Branches(*pools), nn.Linear(6 * 21, 6))


@network()
def mixed_pool():
    pools = Branches(nn.MaxPool2d(2), nn.AvgPool2d(2), join=lambda x: .3 * x[0] + .7 * x[1])
    return plain(nn.ReLU(), pools)


@network()
def soft_pool():
    def pool(x):
        e = torch.exp(x)
        return F.avg_pool2d(e * x, 2) / F.avg_pool2d(e, 2)
    return plain(Apply(pool))


@network()
def mean_and_maximum_head():
    both = Apply(lambda x: torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
    return nn.Sequential(conv_bn(3, 8, 3, 2), both, nn.Linear(16, 6))


@network(refused="(ReduceLogSumExp): this op is not supported")
def log_sum_exp_head():
    return nn.Sequential(conv_bn(3, 8, 3, 2), Apply(lambda x: torch.logsumexp(x, (2, 3))), nn.Linear(8, 6))


@network()
def sum_and_norm_head():
    both = Apply(lambda x: torch.cat([x.sum((2, 3)) / 50, x.norm(dim=(2, 3)), x.abs().sum((2, 3)) / 40], 1))
    return nn.Sequential(conv_bn(3, 8, 3, 2, act=nn.Tanh), both, nn.Linear(24, 6))


@network()
def smallest_pool():
    return plain(Apply(lambda x: -F.max_pool2d(-x, 2)), Apply(lambda x: x - x.amin((2, 3), keepdim=True)))


@network()
def mean_of_one_axis():
    return nn.Sequential(conv_bn(3, 6), Apply(lambda x: x.mean(3)), nn.Flatten(), nn.Linear(96, 6))


@network(size=(15, 18), opset=10)
def windows_at_the_border():
    """A last window of ceil_mode that begins in the padding is none."""
    return nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.MaxPool2d(2, 2, 1, ceil_mode=True), nn.Conv2d(6, 6, 1),
                         nn.AvgPool2d(2, 2, 1, ceil_mode=True), nn.Conv2d(6, 6, 1),
                         nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), nn.Conv2d(6, 6, 1), nn.ReLU(),
                         nn.Flatten(), nn.Linear(6 * 3 * 4, 6))


# ---- paddings ----

@network()
def paddings():
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=2, padding_mode="reflect"), nn.ReLU(), nn.ReplicationPad2d(2),
                         nn.Conv2d(4, 6, 3, 2), nn.ReLU(), nn.ReflectionPad2d((1, 2, 0, 1)), nn.Conv2d(6, 6, 3),
                         head(6))


@network()
def padding_circular():
    """By hand: of padding_mode="circular" torch 1.13 exports other rows than it pads with."""
    def pad(x):
        x = torch.cat([x[:, :, -1:], x, x[:, :, :2]], 2)
        return torch.cat([x[:, :, :, -2:], x, x[:, :, :, :1]], 3)
    return nn.Sequential(Apply(pad), nn.Conv2d(3, 4, 3), nn.ReLU(),
                         nn.Conv2d(4, 6, 3, 2, 1, padding_mode="replicate"), nn.ReLU(), head(6))


@network()
def padding_asymmetric():
    return nn.Sequential(nn.ZeroPad2d((0, 1, 2, 1)), nn.Conv2d(3, 4, 3, 2), nn.ReLU(),
                         nn.ConstantPad2d((1, 0, 0, 2), .7), nn.Conv2d(4, 6, 3), nn.ReLU(),
                         nn.ZeroPad2d((-1, 1, 0, -1)), nn.MaxPool2d(2), head(6))


@network(size=(17, 20))
def padding_same():
    """As TensorFlow pads: behind where the number of lines is odd (timm's Conv2dSame)."""
    class Same(nn.Conv2d):
        def forward(self, x):
            pads = []
            for i in 1, 0:
                n, k, s, d = x.shape[2 + i], self.kernel_size[i], self.stride[i], self.dilation[i]
                total = max((math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0)
                pads += [total // 2, total - total // 2]
            return F.conv2d(F.pad(x, pads), self.weight, self.bias, self.stride, 0, self.dilation, self.groups)
    return nn.Sequential(Same(3, 4, 4), nn.ReLU(), Same(4, 6, (3, 2), 2, dilation=(1, 2)), nn.ReLU(), Same(6, 6, 3, 2),
                         head(6))


@network()
def dilated_and_grouped():
    return nn.Sequential(nn.Conv2d(3, 6, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(6, 8, 3, padding=(3, 1),
                         dilation=(3, 1), groups=2), nn.ReLU(), nn.Conv2d(8, 16, 3, (1, 2), groups=8), nn.ReLU(),
                         head(16))


# ---- resampling, and other views ----

@network()
def space_to_depth():
    return nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 8, 1),
                         nn.PixelUnshuffle(2), nn.Conv2d(32, 8, 1), nn.ReLU(), head(8))


@network()
def space_to_depth_by_view():
    """TResNet's stem."""
    def stem(x):
        n, c, h, w = x.size()
        x = x.view(n, c, h // 4, 4, w // 4, 4).permute(0, 3, 5, 1, 2, 4).contiguous()
        return x.view(n, c * 16, h // 4, w // 4)
    return nn.Sequential(Apply(stem), nn.Conv2d(48, 6, 3, padding=1), nn.ReLU(), head(6))


@network()
def windows_by_view():
    def windows(x):
        n, c, h, w = x.size()
        return x.view(n, c, h // 2, 2, w // 2, 2)
    return plain(nn.ReLU(), Apply(lambda x: windows(x).mean((3, 5))), nn.Conv2d(8, 8, 1),
                 Apply(lambda x: windows(x[..., :8]).amax((3, 5)) - windows(x[..., 2:]).amin(5).amin(3)))


@network()
def depth_to_space_by_view():
    """Of both orders: torch's, and TensorFlow's."""
    def torchs(x):
        n, c, h, w = x.size()
        return x.view(n, c // 6, 2, 3, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c // 6, 2 * h, 3 * w)

    def tensorflows(x):
        n, c, h, w = x.size()
        return x.view(n, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // 4, 2 * h, 2 * w)
    return nn.Sequential(nn.Conv2d(3, 12, 3, 2, 1), nn.ReLU(), Apply(torchs), nn.Conv2d(2, 8, 3), nn.ReLU(),
                         Apply(tensorflows), nn.Conv2d(2, 8, 3, 2), nn.ReLU(), head(8))


@network(opset=10)
def focus():
    """YOLOv5's stem: four interleaved quarters."""
    quarters = Apply(lambda x: torch.cat([x[..., y::2, i::2] for i in (0, 1) for y in (0, 1)], 1))
    return nn.Sequential(quarters, conv_bn(12, 8, act=nn.SiLU), quarters, conv_bn(32, 8, 1, act=nn.SiLU), head(8))


@network()
def depth_to_space():
    return plain(nn.ReLU(), nn.PixelShuffle(2), nn.Conv2d(2, 8, 3), nn.ReLU())


@network()
def upsample_nearest():
    return plain(nn.ReLU(), nn.MaxPool2d(4), nn.Conv2d(8, 8, 1), nn.Upsample(scale_factor=2), nn.Conv2d(8, 8, 3),
                 Apply(lambda x: F.interpolate(x, size=(15, 7), mode="nearest")))


@network(opset=11)
def upsample_bilinear():
    up = Apply(lambda x: F.interpolate(x, size=(9, 11), mode="bilinear", align_corners=True))
    return plain(nn.ReLU(), nn.AvgPool2d(4), nn.Conv2d(8, 8, 1), nn.Upsample(scale_factor=2, mode="bilinear"),
                 nn.Conv2d(8, 8, 3), nn.ReLU(), up)


@network(opset=11)
def upsample_bicubic():
    return plain(nn.ReLU(), nn.AvgPool2d(4), nn.Upsample(scale_factor=2, mode="bicubic"))


@network(opset=11)
def resized_inside():
    small = Apply(lambda x: F.interpolate(x, scale_factor=.5, mode="bilinear", align_corners=False))
    return nn.Sequential(small, conv_bn(3, 6), Apply(lambda x: F.interpolate(x, scale_factor=.5)), head(6))


@network(opset=10)
def cropped_inside():
    return nn.Sequential(Apply(lambda x: x[:, :, 2:-2, 3:]), nn.Conv2d(3, 6, 3), nn.ReLU(),
                         Apply(lambda x: x[:, 1:5, ::2, 1:]), nn.Conv2d(4, 6, 3), nn.ReLU(), head(6))


@network()
def valid_with_cropped_shortcut():
    return plain(Residual(nn.Conv2d(8, 8, 3), Apply(lambda x: x[:, :, 1:-1, 1:-1]), nn.ReLU()))


@network(opset=10)
def mirrored():
    """The mean over the image and its mirror image, in the graph."""
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(conv_bn(3, 6, 3, 2), head(6))

        def forward(self, x):
            return (self.net(x) + self.net(torch.flip(x, [3]))) / 2
    return Both()


@network()
def shifted_channels():
    """Shift (Wu et al. 2018), as slices of a padded map."""
    def shift(x):
        p = F.pad(x, (1, 1, 1, 1))
        h, w = x.shape[2:]
        return torch.cat([p[:, :2, 0:h, 1:w + 1], p[:, 2:4, 2:h + 2, 1:w + 1], p[:, 4:6, 1:h + 1, 0:w],
                          p[:, 6:, 1:h + 1, 2:w + 2]], 1)
    return plain(nn.ReLU(), Apply(shift), nn.Conv2d(8, 8, 1), nn.ReLU())


@network(size=(15, 21))
def nearest_by_odd_factors():
    def by(factor):
        return Apply(lambda x: F.interpolate(x, scale_factor=factor, mode="nearest"))
    return plain(by(1.5), nn.Conv2d(8, 8, 3), by((.7, .4)), nn.Conv2d(8, 8, 1), by((2.3, 1.1)))


@network(size=(15, 21), opset=11)
def bilinear_by_odd_factors():
    def by(factor, corners=False):
        return Apply(lambda x: F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=corners))
    return plain(by(1.7), nn.Conv2d(8, 8, 3), by((.6, .45)), nn.Conv2d(8, 8, 1), by(1.3, True))
