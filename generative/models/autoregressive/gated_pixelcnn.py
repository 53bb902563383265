"""Gated PixelCNN: van den Oord et al., "Conditional Image Generation with PixelCNN Decoders", 2016.

An image is drawn pixel by pixel in raster order, each from a softmax over its 256 values given all earlier pixels
and the class. Two stacks of masked convolutions see the past without a blind spot (their figure 1):

    vertical stack          horizontal stack
    x x x x x               . . . . .
    x x x x x               . . . . .
    . . ? . .               x x ? . .

Deviations: the convolutions are dilated, so that seven layers reach 15 pixels far; the vertical stack is residual
too; there are no skip connections to the output.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.abilities import Likelihood
from generative.errors import NotSupported
from generative.frame import Frame
from generative.models.autoregressive.incremental import IncrementalPixelCNN
from generative.models.model import ImageConfig, Model, likeliest_class, to_bytes
from generative.options import ClassOptions, number
from generative.seeds import Seeds, uniform

LEVELS = 256


@dataclass(frozen=True)
class GatedPixelCNNConfig(ImageConfig):
    channels: int = 48
    first_kernel: int = 7
    dilations: tuple[int, ...] = (1, 2, 1, 4, 1, 2, 1)


@dataclass(frozen=True)
class GatedPixelCNNOptions(ClassOptions):
    temperature: float = number(
        1.0,
        0.1,
        2.0,
        0.05,
        "Temperature",
        "Below 1 the model prefers its likeliest pixel values: cleaner, less varied. Above 1: bolder, noisier.",
    )


def gate(x: Tensor, dim: int = 1) -> Tensor:
    """tanh(a) · σ(b) of the two halves of x (eq. 2)."""
    a, b = x.chunk(2, dim)
    return torch.tanh(a) * torch.sigmoid(b)


class GatedLayer(nn.Module):
    """One layer of both stacks (figure 2). The first layer of a network must not see the pixel it predicts (mask A)."""

    def __init__(self, inputs: int, channels: int, kernel: int, dilation: int, classes: int, first: bool) -> None:
        super().__init__()
        reach = kernel // 2
        self.first, self.dilation, self.far = first, dilation, dilation * reach
        taps = reach if first else reach + 1
        self.vertical = nn.Conv2d(inputs, 2 * channels, (taps, kernel), dilation=dilation)
        self.horizontal = nn.Conv2d(inputs, 2 * channels, (1, taps), dilation=dilation)
        self.link = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.output = nn.Conv2d(channels, channels, 1)
        self.vertical_class = nn.Embedding(classes, 2 * channels)
        self.horizontal_class = nn.Embedding(classes, 2 * channels)

    def forward(self, v: Tensor, h: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        far = self.far
        # The first layer sees only what is strictly above and strictly left: its output is shifted by one.
        above = self.vertical(F.pad(v, (far, far, far, -1 if self.first else 0)))
        left = self.horizontal(F.pad(h, (far, -1 if self.first else 0, 0, 0)))
        v_class = self.vertical_class(labels)[:, :, None, None].to(above.dtype)
        h_class = self.horizontal_class(labels)[:, :, None, None].to(above.dtype)
        v_out = gate(above + v_class)
        h_out = self.output(gate(left + self.link(above) + h_class))
        return (v_out, h_out) if self.first else (v + v_out, h + h_out)


class GatedPixelCNN(Model):
    family = "autoregressive"
    title = "Gated PixelCNN"
    paper = "https://arxiv.org/abs/1606.05328"
    Config = GatedPixelCNNConfig
    Options = GatedPixelCNNOptions

    def __init__(self, config: GatedPixelCNNConfig) -> None:
        super().__init__(config)
        c, classes = config.channels, len(config.classes)
        self.layers = nn.ModuleList([GatedLayer(config.image_channels, c, config.first_kernel, 1, classes, first=True)])
        self.layers.extend(GatedLayer(c, c, 3, d, classes, first=False) for d in config.dilations)
        self.hidden = nn.Conv2d(c, c, 1)
        self.logits = nn.Conv2d(c, LEVELS, 1)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """(N, 1, H, W) in [0, 1] and (N,) classes → (N, 256, H, W) logits of every pixel given those before it."""
        v = h = images * 2 - 1
        for layer in self.layers:
            v, h = layer(v, h, labels)
        return self.logits(F.relu(self.hidden(F.relu(h))))

    def evaluations(self, options: GatedPixelCNNOptions) -> int:
        return self.config.size**2

    def sample(self, seeds: Seeds, options: GatedPixelCNNOptions | None = None) -> Iterator[Frame]:
        size = self.config.size
        blank = torch.zeros(1, self.config.image_channels, size, size)
        return self.complete(blank, torch.ones(size, size, dtype=torch.bool), seeds, options)

    @torch.inference_mode()
    def complete(
        self, images: Tensor, mask: Tensor, seeds: Seeds, options: GatedPixelCNNOptions | None = None
    ) -> Iterator[Frame]:
        """Raster order cannot look ahead: pixels after a hole do not shape what is drawn in it."""
        options = options or self.Options()
        size = self.config.size
        if images.shape[-2:] != (size, size) or mask.shape != (size, size):
            raise NotSupported(
                f"{self.title} works on {size}×{size} pixels; the image is {tuple(images.shape)} "
                f"and the mask {tuple(mask.shape)}"
            )
        labels = seeds.labels(self.class_index(options), len(self.config.classes)).to(self.device)
        draws = uniform(seeds.generators(), size, size).to(self.device)
        canvas = images.to(self.device, torch.float32).expand(len(seeds), -1, -1, -1).clone()
        canvas[..., mask.to(self.device)] = 0
        wanted = mask.tolist()
        rows = [row for row in range(size) if any(wanted[row])]
        network = IncrementalPixelCNN(self, labels, canvas)
        for row in range(size):
            for column in range(size):
                logits = network.pixel(row, column, needed=wanted[row][column])
                if logits is not None:
                    cumulative = (logits / options.temperature).softmax(1).cumsum(1)
                    value = torch.searchsorted(cumulative, draws[:, row, column, None] * cumulative[:, -1:])
                    canvas[:, :, row, column] = value / (LEVELS - 1)
            if row in rows:
                yield Frame(canvas.clone(), rows.index(row) + 1, len(rows), f"row {row + 1} of {size}")

    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """Exact: the chain rule's sum of the surprise of every pixel. Without labels, the best class's."""
        if labels is None:
            return likeliest_class(self.score, images, len(self.config.classes))
        images = images.to(self.device)
        logits = self(to_bytes(images) / (LEVELS - 1), labels.to(self.device))
        nats = F.cross_entropy(logits.float(), to_bytes(images)[:, 0], reduction="none")
        bits = (nats / torch.log(torch.tensor(2.0)).to(nats)).unsqueeze(1)
        return Likelihood(bits.mean((1, 2, 3)), "exact", bits)
