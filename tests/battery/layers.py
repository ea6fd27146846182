"""Activations, norms, pools, paddings and resampling, each in a small network."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Branches, Residual, conv_bn, head, network, plain

# ---- activations ----


@network()
def mish():
    return nn.Sequential(conv_bn(3, 6, 3, 2, act=nn.Mish), conv_bn(6, 8, act=nn.Mish), head(8))


@network()
def mish_by_hand():
    return plain(Apply(lambda x: x * torch.tanh(F.softplus(x))))


@network()
def elu_selu_celu():
    return nn.Sequential(conv_bn(3, 4, act=nn.ELU), conv_bn(4, 6, 3, 2, act=nn.SELU),
                         conv_bn(6, 6, act=lambda: nn.CELU(.7)), conv_bn(6, 6, act=lambda: nn.ELU(.5)), head(6))


@network()
def relu6_threshold_hardtanh():
    return nn.Sequential(conv_bn(3, 4, act=nn.ReLU6), conv_bn(4, 6, 3, 2, act=lambda: nn.Threshold(0, 0)),
                         conv_bn(6, 6, act=nn.Hardtanh), conv_bn(6, 6, act=lambda: nn.Hardtanh(-.5, 2.)), head(6))


@network()
def prelu_one_and_each():
    return plain(nn.PReLU(), nn.Conv2d(8, 8, 3), nn.PReLU(8))


@network()
def leaky_and_random_relu():
    return plain(nn.LeakyReLU(.1), nn.Conv2d(8, 8, 3), nn.RReLU())


@network()
def softplus_softsign_logsigmoid():
    return plain(nn.Softplus(), nn.Conv2d(8, 8, 3), nn.Softsign(), nn.Conv2d(8, 8, 1), nn.LogSigmoid())


@network()
def softplus_beta():
    return plain(nn.Softplus(beta=2), nn.Conv2d(8, 8, 3), nn.Softplus(beta=.5, threshold=10))


@network()
def gelu_silu_swish():
    swish = Apply(lambda x: x * torch.sigmoid(1.5 * x))
    return plain(nn.GELU(), nn.Conv2d(8, 8, 3), nn.SiLU(), nn.Conv2d(8, 8, 1), swish)


@network()
def gelu_tanh():
    return plain(nn.GELU(approximate="tanh"))


@network()
def shrinks():
    return plain(nn.Softshrink(.2), nn.Conv2d(8, 8, 3), nn.Hardshrink(.1), nn.Conv2d(8, 8, 1), nn.Tanhshrink())


@network()
def hard_swish_and_sigmoid():
    return plain(nn.Hardswish(), nn.Conv2d(8, 8, 3), nn.Hardsigmoid(), nn.Conv2d(8, 8, 1), nn.Tanh())


@network()
def concatenated_relu():
    return plain(Apply(lambda x: torch.cat([F.relu(x), F.relu(-x)], 1)), after=16)


@network()
def maxout():
    def largest(x):
        return torch.max(x[:, :4], x[:, 4:])
    return plain(Apply(largest), nn.Conv2d(4, 8, 3), after=8)


@network()
def maxout_by_view():
    return plain(Apply(lambda x: x.view(x.shape[0], 4, 2, *x.shape[2:]).max(2)[0]), after=4)


@network()
def gated_linear_unit():
    return plain(nn.GLU(1), after=4)


@network()
def funnel_relu():
    """max(x, depthwise(x)), Ma et al. 2020."""
    return plain(Residual(conv_bn(8, 8, act=None, groups=8), join=torch.max))


@network()
def powers_and_logs():
    return plain(Apply(lambda x: torch.log(1 + x * x)), nn.Conv2d(8, 8, 3), Apply(lambda x: torch.exp(-x ** 2)),
                 nn.Conv2d(8, 8, 1), Apply(lambda x: torch.sqrt(torch.abs(x) + .1)))


@network()
def signed_square_root():
    return plain(Apply(lambda x: torch.sign(x) * torch.sqrt(torch.abs(x) + 1e-3)))


@network()
def snake():
    return plain(Apply(lambda x: x + torch.sin(x) ** 2))


@network()
def clamps():
    return plain(Apply(lambda x: x.clamp(min=-.1)), nn.Conv2d(8, 8, 3), Apply(lambda x: x.clamp(max=.4)))


# ---- norms ----

@network()
def layer_norm_of_maps():
    return plain(nn.LayerNorm([8, 16, 20]), nn.ReLU())


@network()
def local_response_norm():
    return nn.Sequential(nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.LocalResponseNorm(5, 1e-2, .75, 2.),
                         nn.Conv2d(8, 8, 3, padding=1, groups=2), nn.ReLU(), nn.LocalResponseNorm(3, .1), head(8))


@network()
def filter_response_norm():
    class Response(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.tau, self.beta, self.gamma = (nn.Parameter(torch.randn(1, c, 1, 1)) for _ in range(3))

        def forward(self, x):
            nu2 = torch.mean(x ** 2, dim=[2, 3], keepdim=True)
            x = x * torch.rsqrt(nu2 + 1e-6)
            return torch.max(self.gamma * x + self.beta, self.tau)
    return plain(Response(8), nn.Conv2d(8, 8, 3), Response(8))


@network()
def pixel_norm():
    return plain(Apply(lambda x: x / torch.sqrt(torch.mean(x ** 2, dim=1, keepdim=True) + 1e-6)))


@network()
def unit_norm_of_channels():
    return plain(Apply(lambda x: F.normalize(x, dim=1)), nn.Conv2d(8, 8, 3), nn.ReLU())


@network()
def local_contrast_norm():
    """Jarrett et al. 2009, on the image, with fixed blurs."""
    class Local(nn.Module):
        def __init__(self):
            super().__init__()
            row = torch.exp(-torch.arange(-2., 3) ** 2 / 2)
            blur = row[:, None] * row
            self.register_buffer("blur", (blur / blur.sum() / 3).repeat(1, 3, 1, 1))

        def forward(self, x):
            v = x - F.conv2d(x, self.blur, padding=2)
            s = torch.sqrt(F.conv2d(v * v, self.blur, padding=2) + 1e-6)
            return v / torch.max(s, s.mean((2, 3), keepdim=True))
    return nn.Sequential(Local(), conv_bn(3, 6, 3, 2), head(6))


@network()
def batch_norm_alone():
    return nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 6, 3, 2, 1), nn.ReLU(), nn.BatchNorm2d(6),
                         nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, 1, 1), nn.ReLU(), head(8))


@network()
def batch_norm_of_vectors():
    return nn.Sequential(conv_bn(3, 6, 3, 2), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 10, bias=False),
                         nn.BatchNorm1d(10), nn.ReLU(), nn.Linear(10, 6), nn.BatchNorm1d(6, affine=False))


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


@network(size=(17, 22))
def pools_of_all_kinds():
    return nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), nn.Conv2d(6, 6, 3, padding=1),
                         nn.ReLU(), nn.MaxPool2d(2, 1, dilation=2), nn.Conv2d(6, 6, 1), nn.AvgPool2d(3, 2, 1,
                         ceil_mode=True), nn.AvgPool2d(2, 1, count_include_pad=False), nn.Conv2d(6, 8, 1), head(8))


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


@network()
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


# ---- paddings ----

@network()
def paddings():
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=2, padding_mode="reflect"), nn.ReLU(), nn.ReplicationPad2d(2),
                         nn.Conv2d(4, 6, 3, 2), nn.ReLU(), nn.ReflectionPad2d((1, 2, 0, 1)), nn.Conv2d(6, 6, 3), head(6))


@network()
def padding_circular():
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"), nn.ReLU(),
                         nn.Conv2d(4, 6, 3, 2, 1, padding_mode="replicate"), nn.ReLU(), head(6))


@network()
def padding_asymmetric():
    return nn.Sequential(nn.ZeroPad2d((0, 1, 2, 1)), nn.Conv2d(3, 4, 3, 2), nn.ReLU(), nn.ConstantPad2d((1, 0, 0, 2), .7),
                         nn.Conv2d(4, 6, 3), nn.ReLU(), nn.ZeroPad2d((-1, 1, 0, -1)), nn.MaxPool2d(2), head(6))


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
                         dilation=(3, 1), groups=2), nn.ReLU(), nn.Conv2d(8, 16, 3, (1, 2), groups=8), nn.ReLU(), head(16))


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
def focus():
    """YOLOv5's stem: four interleaved quarters."""
    quarters = Apply(lambda x: torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1))
    return nn.Sequential(quarters, conv_bn(12, 8, act=nn.SiLU), quarters, conv_bn(32, 8, 1, act=nn.SiLU), head(8))


@network()
def depth_to_space():
    return plain(nn.ReLU(), nn.PixelShuffle(2), nn.Conv2d(2, 8, 3), nn.ReLU())


@network()
def upsample_nearest():
    return plain(nn.ReLU(), nn.MaxPool2d(4), nn.Conv2d(8, 8, 1), nn.Upsample(scale_factor=2), nn.Conv2d(8, 8, 3),
                 Apply(lambda x: F.interpolate(x, size=(15, 7), mode="nearest")))


@network()
def upsample_bilinear():
    up = Apply(lambda x: F.interpolate(x, size=(9, 11), mode="bilinear", align_corners=True))
    return plain(nn.ReLU(), nn.AvgPool2d(4), nn.Conv2d(8, 8, 1), nn.Upsample(scale_factor=2, mode="bilinear"),
                 nn.Conv2d(8, 8, 3), nn.ReLU(), up)


@network()
def upsample_bicubic():
    return plain(nn.ReLU(), nn.AvgPool2d(4), nn.Upsample(scale_factor=2, mode="bicubic"))


@network()
def resized_inside():
    small = Apply(lambda x: F.interpolate(x, scale_factor=.5, mode="bilinear", align_corners=False))
    return nn.Sequential(small, conv_bn(3, 6), Apply(lambda x: F.interpolate(x, scale_factor=.5)), head(6))


@network()
def cropped_inside():
    return nn.Sequential(Apply(lambda x: x[:, :, 2:-2, 3:]), nn.Conv2d(3, 6, 3), nn.ReLU(),
                         Apply(lambda x: x[:, 1:5, ::2, 1:]), nn.Conv2d(4, 6, 3), nn.ReLU(), head(6))


@network()
def valid_with_cropped_shortcut():
    return plain(Residual(nn.Conv2d(8, 8, 3), Apply(lambda x: x[:, :, 1:-1, 1:-1]), nn.ReLU()))


@network()
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
