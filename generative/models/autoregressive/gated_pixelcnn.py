"""Gated PixelCNN: van den Oord et al., "Conditional Image Generation with PixelCNN Decoders", 2016.

An image is drawn pixel by pixel in raster order, each from a softmax over its values given all earlier pixels and,
where there is one, the class. Two stacks of masked convolutions see the past without a blind spot (their figure 1):

    vertical stack          horizontal stack
    x x x x x               . . . . .
    x x x x x               . . . . .
    . . ? . .               x x ? . .

Deviations: the convolutions are dilated, so that seven layers reach 15 pixels far; the vertical stack is residual
too; there are no skip connections to the output; values may enter as sines and cosines too (encoding.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.encoding import Encoding, PixelConfig
from generative.models.autoregressive.incremental import GatedSweep
from generative.models.autoregressive.pixel_model import PixelModel


@dataclass(frozen=True)
class GatedPixelCNNConfig(PixelConfig):
    can_be_told = ("class",)
    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "dilations": (1, 2)}
    channels: int = 64
    first_kernel: int = 7
    dilations: tuple[int, ...] = (1, 2, 1, 4, 1, 2, 1)


def gate(x: Tensor, dim: int = 1) -> Tensor:
    """tanh(a) · σ(b) of the two halves of x (eq. 2)."""
    a, b = x.chunk(2, dim)
    return torch.tanh(a) * torch.sigmoid(b)


def told(x: Tensor, embedding: nn.Embedding | None, labels: Tensor | None) -> Tensor:
    """x (N, C, H, W) with what is to be added for the classes (N,) (eq. 4); x itself, where no class is told."""
    return x if embedding is None else x + embedding(labels)[:, :, None, None].to(x.dtype)


class GatedLayer(nn.Module):
    """One layer of both stacks (figure 2). The first layer of a network must not see the pixel it predicts (mask A).

    Nothing reads the vertical stack's result of the `last` layer, so that it has no class to add to it.
    """

    def __init__(
        self, inputs: int, channels: int, kernel: int, dilation: int, classes: int, first: bool, last: bool
    ) -> None:
        super().__init__()
        reach = kernel // 2
        self.first, self.last, self.dilation, self.far = first, last, dilation, dilation * reach
        taps = reach if first else reach + 1
        self.vertical = nn.Conv2d(inputs, 2 * channels, (taps, kernel), dilation=dilation)
        self.horizontal = nn.Conv2d(inputs, 2 * channels, (1, taps), dilation=dilation)
        self.link = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.output = nn.Conv2d(channels, channels, 1)
        self.vertical_class = None if last or not classes else nn.Embedding(classes, 2 * channels)
        self.horizontal_class = nn.Embedding(classes, 2 * channels) if classes else None

    def forward(self, v: Tensor, h: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Vertical and horizontal stacks (N, C, H, W) after a layer: van den Oord et al. 2016, figure 2."""
        far = self.far
        # The first layer sees only what is strictly above and strictly left: its output is shifted by one.
        above = self.vertical(F.pad(v, (far, far, far, -1 if self.first else 0)))
        left = self.horizontal(F.pad(h, (far, -1 if self.first else 0, 0, 0)))
        h_out = self.output(gate(told(left + self.link(above), self.horizontal_class, labels)))
        h = h_out if self.first else h + h_out
        if self.last:
            return v, h
        v_out = gate(told(above, self.vertical_class, labels))
        return v_out if self.first else v + v_out, h


class GatedPixelCNN(PixelModel):
    title = "Gated PixelCNN"
    paper = "https://arxiv.org/abs/1606.05328"
    Config = GatedPixelCNNConfig
    Options = PixelOptions

    def __init__(self, config: GatedPixelCNNConfig) -> None:
        super().__init__(config)
        c, classes = config.channels, len(config.classes)
        self.enter, last = Encoding(config.image_channels, config.frequencies), len(config.dilations)
        first = GatedLayer(self.enter.features, c, config.first_kernel, 1, classes, first=True, last=last == 0)
        self.layers = nn.ModuleList([first])
        self.layers.extend(
            GatedLayer(c, c, 3, d, classes, first=False, last=number == last)
            for number, d in enumerate(config.dilations, start=1)
        )
        self.hidden = nn.Conv2d(c, c, 1)
        self.logits = nn.Conv2d(c, config.levels, 1)

    def forward(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Logits or mixture parameters of every pixel, (N, C · outputs, H, W), for images (N, C, H, W) in [0, 1]."""
        v = h = self.enter(images)
        for layer in self.layers:
            v, h = layer(v, h, labels)
        return self.logits(F.relu(self.hidden(F.relu(h))))

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> GatedSweep:
        """The network pixel by pixel over `canvas`, which the caller fills."""
        return GatedSweep(self, canvas, labels)
