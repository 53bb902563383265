"""PixelCNN: van den Oord et al., "Pixel Recurrent Neural Networks", 2016, section 3.4 and figure 5.

Masked convolutions read the rows above and the pixels to the left. The mask also orders the channels of one pixel,
R → G → B: features are dealt to three groups, and at the pixel itself a group sees only the groups before it (mask A,
in the first layer, where its own value must stay hidden) or up to its own (mask B, in all others):

    x x x
    x m .      what lies right of m, and all rows below, is never seen, and not stored

Stacked, they never see a wedge to the upper right of the pixel: the blind spot that Gated PixelCNN removes.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoregressive.completion import LEVELS, PixelOptions
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.model import ImageConfig


@dataclass(frozen=True)
class PixelCNNConfig(ImageConfig):
    """channels: h of the paper, a multiple of image_channels; the residual stream is 2h wide."""

    channels: int = 32
    first_kernel: int = 7
    blocks: int = 10


class MaskedConv2d(nn.Conv2d):
    """A convolution of which only the part above and to the left is kept, its channels in `groups` ordered groups."""

    def __init__(self, inputs: int, outputs: int, kernel: int, groups: int, see_own: bool = True) -> None:
        reach = kernel // 2
        super().__init__(inputs, outputs, (reach + 1, kernel))
        self.reach = reach
        to, of = (torch.arange(n) * groups // n for n in (outputs, inputs))
        mask = torch.ones_like(self.weight)
        mask[:, :, -1, reach] = (to[:, None] >= of if see_own else to[:, None] > of).to(mask)
        mask[:, :, -1, reach + 1 :] = 0
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(F.pad(x, (self.reach, self.reach, self.reach, 0)), self.weight * self.mask, self.bias)


class Block(nn.Module):
    """The residual block of figure 5: 2h → h, a masked 3×3, h → 2h."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.down = MaskedConv2d(2 * channels, channels, 1, groups)
        self.middle = MaskedConv2d(channels, channels, 3, groups)
        self.up = MaskedConv2d(channels, 2 * channels, 1, groups)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.up(F.relu(self.middle(F.relu(self.down(F.relu(x))))))


class PixelCNN(PixelModel):
    title = "PixelCNN"
    paper = "https://arxiv.org/abs/1601.06759"
    Config = PixelCNNConfig
    Options = PixelOptions

    def __init__(self, config: PixelCNNConfig) -> None:
        super().__init__(config)
        groups, width = config.image_channels, 2 * config.channels
        self.first = MaskedConv2d(groups, width, config.first_kernel, groups, see_own=False)
        self.blocks = nn.Sequential(*[Block(config.channels, groups) for _ in range(config.blocks)])
        self.hidden = MaskedConv2d(width, width, 1, groups)
        self.logits = MaskedConv2d(width, groups * LEVELS, 1, groups)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.blocks(self.first(images * 2 - 1))
        return self.logits(F.relu(self.hidden(F.relu(x))))

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> "PixelCNNSweep":
        return PixelCNNSweep(self, canvas)


class PixelCNNSweep:
    """Sampling without repeating work: what rows above contribute is convolved once a row, the rest once a value."""

    def __init__(self, model: PixelCNN, canvas: Tensor) -> None:
        self.model, self.canvas = model, canvas
        self.groups = model.config.image_channels
        self.first = Line(model.first, canvas, self.groups)
        self.middles = [Line(block.middle, canvas, self.groups) for block in model.blocks]
        self.downs, self.ups = ([Dense(conv, self.groups) for conv in convs] for convs in self._one_by_ones())
        self.hidden, self.output = Dense(model.hidden, self.groups), Dense(model.logits, self.groups)
        n, h = len(canvas), model.config.channels
        self.streams = [canvas.new_zeros(n, 2 * h) for _ in range(len(model.blocks) + 1)]
        self.inner = [canvas.new_zeros(n, h) for _ in model.blocks]
        self.last = canvas.new_zeros(n, 2 * h)

    def _one_by_ones(self) -> tuple[list[MaskedConv2d], list[MaskedConv2d]]:
        return [block.down for block in self.model.blocks], [block.up for block in self.model.blocks]

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        if channel == 0:
            self._step_to(row, column)
        self.first.write(column, self.canvas[:, :, row, column] * 2 - 1)
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
            self.first.write(before[1], self.canvas[:, :, *before] * 2 - 1)
        if column == 0:
            for line in (self.first, *self.middles):
                line.start(row)

    def _set(self, features: Tensor, channel: int, values: Tensor) -> None:
        features[:, slice_of(channel, self.groups, features.shape[1])] = values

    def reorder(self, index: Tensor) -> None:
        for line in (self.first, *self.middles):
            line.reorder(index)


def slice_of(group: int, groups: int, width: int) -> slice:
    """Where the channels of a group lie."""
    return slice(-(-group * width // groups), -(-(group + 1) * width // groups))


class Dense:
    """A masked 1×1 convolution at one pixel, a group of its outputs at a time."""

    def __init__(self, conv: MaskedConv2d, groups: int) -> None:
        weight = (conv.weight * conv.mask)[:, :, 0, 0]
        parts = [slice_of(g, groups, len(weight)) for g in range(groups)]
        self.weights = [weight[part].t().contiguous() for part in parts]
        self.biases = [conv.bias[part] for part in parts]

    def __call__(self, x: Tensor, group: int) -> Tensor:
        return torch.addmm(self.biases[group], x, self.weights[group])


class Line:
    """A masked convolution over one row: its inputs so far, and what the rows above contribute."""

    def __init__(self, conv: MaskedConv2d, canvas: Tensor, groups: int) -> None:
        n, _, height, width = canvas.shape
        self.conv, self.reach, self.groups = conv, conv.reach, groups
        masked = conv.weight * conv.mask
        self.above_weight = masked[:, :, :-1].contiguous()
        left = masked[:, :, -1, : self.reach + 1].transpose(1, 2).flatten(1)  # (outputs, taps · inputs)
        self.parts = [slice_of(g, groups, len(left)) for g in range(groups)]
        self.left_weights = [left[part].t().contiguous() for part in self.parts]
        self.seen = canvas.new_zeros(n, conv.in_channels, height + self.reach, width + 2 * self.reach)
        self.now = canvas.new_zeros(width + self.reach, n, conv.in_channels)
        self.above = canvas.new_zeros(0)

    def start(self, row: int) -> None:
        reach = self.reach
        if row > 0:
            self.seen[:, :, row - 1 + reach, reach : self.seen.shape[3] - reach] = self.now[reach:].permute(1, 2, 0)
        above = F.conv2d(self.seen[:, :, row : row + reach], self.above_weight, self.conv.bias)  # (N, outputs, 1, W)
        self.above = above[:, :, 0].permute(2, 0, 1).contiguous()

    def write(self, column: int, values: Tensor) -> None:
        self.now[column + self.reach] = values

    def write_group(self, column: int, group: int, values: Tensor) -> None:
        self.now[column + self.reach][:, slice_of(group, self.groups, self.conv.in_channels)] = values

    def read(self, column: int, group: int) -> Tensor:
        """(N, outputs of the group) at this column."""
        window = self.now[column : column + self.reach + 1].transpose(0, 1).flatten(1)
        return torch.addmm(self.above[column][:, self.parts[group]], window, self.left_weights[group])

    def reorder(self, index: Tensor) -> None:
        self.seen, self.now = self.seen[index], self.now[:, index]
