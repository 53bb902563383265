"""Layers whose weights all have the same size, and are scaled when they are used, by what keeps signals as strong from
layer to layer: the equalised learning rate of Karras, Aila, Laine & Lehtinen, "Progressive Growing of GANs", 2018,
section 4.1. An optimiser that goes by the size of gradients, as Adam does, then teaches all layers equally fast.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEAK = 0.2


def gain(fan_in: int) -> float:
    """What a unit weight is multiplied by, where leaky ReLUs follow (He et al., "Delving Deep into Rectifiers", 2015,
    eq. 15)."""
    return math.sqrt(2 / ((1 + LEAK**2) * fan_in))


def leaky(x: Tensor) -> Tensor:
    """The activation of all these networks."""
    return F.leaky_relu(x, LEAK)


class EqualLinear(nn.Module):
    """rate: how fast it learns beside the others (Karras et al., "StyleGAN", 2019, appendix C: slower in the mapping
    network)."""

    def __init__(self, inputs: int, outputs: int, rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs) → (N, outputs)."""
        return F.linear(x, self.weight * (self.rate * gain(self.weight.shape[1])), self.bias * self.rate)


class EqualConv(nn.Module):
    """A convolution that keeps the size, or halves it with a `stride` of 2."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.stride, self.padding = stride, (kernel - 1) // 2
        self.gain = gain(inputs * kernel**2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) → (N, outputs, H / stride, W / stride)."""
        return F.conv2d(x, self.weight * self.gain, self.bias, self.stride, self.padding)
