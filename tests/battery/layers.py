"""Activations and norms, each in a small network."""
import torch
import torch.nn.functional as F
from torch import nn

from parts import Apply, Residual, conv_bn, head, network, plain

# ---- activations ----


@network()
def mish():
    return nn.Sequential(conv_bn(3, 6, 3, 2, act=nn.Mish), conv_bn(6, 8, act=nn.Mish), head(8))


@network()
def mish_by_hand():
    return plain(Apply(lambda x: x * torch.tanh(F.softplus(x))))


@network(opset=12)
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


@network(refused="(Greater): this op is not supported")
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


@network(steep=True)
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
