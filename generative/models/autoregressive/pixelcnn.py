"""PixelCNN: van den Oord et al., "Pixel Recurrent Neural Networks", 2016, section 3.5 and figure 5.

Masked convolutions (masked.py) read the rows above and the pixels to the left; in the first layer, where the pixel's
own value must stay hidden, with mask A, in all others with mask B. The channels of a pixel come in the order R, G, B.
Stacked, the convolutions never see a wedge to the upper right of the pixel: the blind spot that Gated PixelCNN removes.

In one thing it may differ from the paper: values may enter as sines and cosines too (encoding.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoregressive.captured import Captured
from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.encoding import Encoding, PixelConfig
from generative.models.autoregressive.masked import Dense, Line, MaskedConv2d, slice_of
from generative.models.autoregressive.pixel_model import PixelModel


@dataclass(frozen=True)
class PixelCNNConfig(PixelConfig):
    """channels: h of the paper, a multiple of image_channels; the residual stream is 2h wide."""

    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "first_kernel": 3, "blocks": 1}
    channels: int = 48
    first_kernel: int = 7
    blocks: int = 10


class Block(nn.Module):
    """The residual block of figure 5: 2h → h, a masked 3×3, h → 2h."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.down = MaskedConv2d(2 * channels, channels, 1, groups)
        self.middle = MaskedConv2d(channels, channels, 3, groups)
        self.up = MaskedConv2d(channels, 2 * channels, 1, groups)

    def forward(self, x: Tensor) -> Tensor:
        """A residual block, (N, 2h, H, W): van den Oord et al. 2016, figure 5."""
        return x + self.up(F.relu(self.middle(F.relu(self.down(F.relu(x))))))


class PixelCNN(PixelModel):
    title = "PixelCNN"
    paper = "https://arxiv.org/abs/1601.06759"
    Config = PixelCNNConfig
    Options = PixelOptions

    def __init__(self, config: PixelCNNConfig) -> None:
        super().__init__(config)
        groups, width = config.image_channels, 2 * config.channels
        self.enter = Encoding(groups, config.frequencies)
        self.first = MaskedConv2d(self.enter.features, width, config.first_kernel, groups, see_own=False)
        self.blocks = nn.Sequential(*[Block(config.channels, groups) for _ in range(config.blocks)])
        self.hidden = MaskedConv2d(width, width, 1, groups)
        self.logits = MaskedConv2d(width, groups * config.levels, 1, groups)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits or mixture parameters of every pixel, (N, C · outputs, H, W), for images (N, C, H, W) in [0, 1]."""
        x = self.blocks(self.first(self.enter(images)))
        return self.logits(F.relu(self.hidden(F.relu(x))))

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> "PixelCNNSweep":
        """The network pixel by pixel over `canvas`, which the caller fills."""
        return PixelCNNSweep(self, canvas)


class PixelCNNSweep:
    """Sampling without repeating work: what rows above contribute is convolved once a row, the rest once a value."""

    def __init__(self, model: PixelCNN, canvas: Tensor) -> None:
        self.canvas, self.enter = canvas, model.enter
        self.groups = model.config.image_channels
        self.first = Line(model.first, canvas, self.groups)
        self.middles = [Line(block.middle, canvas, self.groups) for block in model.blocks]
        self.downs = [Dense(block.down, self.groups) for block in model.blocks]
        self.ups = [Dense(block.up, self.groups) for block in model.blocks]
        self.hidden, self.output = Dense(model.hidden, self.groups), Dense(model.logits, self.groups)
        n, h = len(canvas), model.config.channels
        self.streams = [canvas.new_zeros(n, 2 * h) for _ in range(len(model.blocks) + 1)]
        self.inner = [canvas.new_zeros(n, h) for _ in model.blocks]
        self.last = canvas.new_zeros(n, 2 * h)
        self.captured = Captured(canvas.device)

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """Logits (N, L) of a value, given all that stands before it; None where they are not needed."""
        if channel == 0:
            self._step_to(row, column)
        self.first.write(column, self.enter(self.canvas[:, :, row, column]))
        return self.captured(self._logits, column, channel, needed)

    def _logits(self, column: int, channel: int, needed: bool) -> Tensor | None:
        self._set(self.streams[0], channel, self.first.read(column, channel))
        for i, (down, middle, up) in enumerate(zip(self.downs, self.middles, self.ups, strict=True)):
            stream, after = self.streams[i], self.streams[i + 1]
            middle.write_group(column, channel, F.relu(down(F.relu(stream), channel)))
            self._set(self.inner[i], channel, F.relu(middle.read(column, channel)))
            own = slice_of(channel, self.groups, stream.shape[1])
            after[:, own] = stream[:, own] + up(self.inner[i], channel)
        if not needed:
            return None
        self._set(self.last, channel, F.relu(self.hidden(F.relu(self.streams[-1]), channel)))
        return self.output(self.last, channel)

    def _step_to(self, row: int, column: int) -> None:
        """Take note of the pixel before, now complete; at a row's beginning, convolve what is above."""
        before = (row, column - 1) if column else (row - 1, self.canvas.shape[3] - 1)
        if before[0] >= 0:
            self.first.write(before[1], self.enter(self.canvas[(..., *before)]))
        if column == 0:
            for line in (self.first, *self.middles):
                line.start(row)

    def _set(self, features: Tensor, channel: int, values: Tensor) -> None:
        features[:, slice_of(channel, self.groups, features.shape[1])] = values

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        for line in (self.first, *self.middles):
            line.reorder(index)
