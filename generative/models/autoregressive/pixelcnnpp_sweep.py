"""Sampling a PixelCNN++ without repeating work: the vertical stream runs once a row, the horizontal once a pixel.

Every activation that a later pixel needs is kept, so that a new pixel costs its own column of the network only. The
coarser resolutions change more seldom: a place at half the resolution, with all below it, is worked out at the first of
the four pixels that it covers, and what it sends back up waits for the other three.
"""

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.models.autoregressive.logistic_mixture import LogisticMixture
from generative.models.autoregressive.pixelcnnpp_layers import First, GatedResidual, Level, ShiftedConv2d, concat_elu

if TYPE_CHECKING:
    from generative.models.autoregressive.pixelcnnpp import PixelCNNPP


class PixelCNNPPSweep:
    """Holds the activations of one run over `canvas` (N, C, H, W), which its owner fills in pixel by pixel."""

    def __init__(self, model: "PixelCNNPP", canvas: Tensor) -> None:
        self.model, self.canvas = model, canvas
        self.first = FirstSweep(model.first, canvas)
        self.levels = LevelSweep(list(model.levels), canvas, canvas.shape[3])
        self.head = (model.head.weight.flatten(1) * model.gain[:, None]).t().contiguous()
        self.bias = model.head.bias * model.gain
        self.h = canvas.new_zeros(0)
        self.mixture: LogisticMixture | None = None

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """Logits (N, 256) of a value, given all that stands before it; None where they are not needed."""
        if channel == 0:
            if column == 0:
                self.levels.start(row, self.first.start(row))
            self.h = self.levels.step(row, column, self.first.step(row, column))
            self.mixture = None
        if not needed:
            return None
        if self.mixture is None:
            output = torch.addmm(self.bias, concat_elu(self.h), self.head)
            self.mixture = self.model.mixture(output + self._anchors(row, column))
        return self.mixture.table(self.canvas[:, :, row, column], channel)

    def _anchors(self, row: int, column: int) -> Tensor:
        """(N, P): what `PixelCNNPP.anchors` gives at this pixel, from the 2×3 pixels that it looks at."""
        left, right = max(column - 1, 0), column + 2
        patch = self.canvas[:, :, max(row - 1, 0) : row + 1, left:right]
        return self.model.anchors(patch)[:, :, -1, column - left]

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.levels.reorder(index)


class FirstSweep:
    """The first layers of both streams; all they need is on the canvas."""

    def __init__(self, first: First, canvas: Tensor) -> None:
        self.first, self.canvas = first, canvas
        self.upper_left, own_left = first.left.weight.split(1, 2)
        own_left = own_left[:, :, 0, 0].t()
        self.left, self.left_of_ones = own_left[:-1].contiguous(), own_left[-1]
        self.above = canvas.new_zeros(0)  # (N, W, channels)

    def start(self, row: int) -> Tensor:
        """(N, channels, W) vertical stream."""
        known = self.first.enter(self.canvas[:, :, max(row - 2, 0) : row])
        x = F.pad(torch.cat([known, torch.ones_like(known[:, :1])], 1), (1, 1, 2 - known.shape[2], 0))
        above = self.first.above(x[:, :, 1:]) + F.conv2d(x[:, :, 1:, :-2], self.upper_left, self.first.left.bias)
        self.above = above[:, :, 0].transpose(1, 2).contiguous()
        self.above[:, 1:] += self.left_of_ones
        return self.first.vertical(x)[:, :, 0]

    def step(self, row: int, column: int) -> Tensor:
        """(N, channels) horizontal stream."""
        if column == 0:
            return self.above[:, 0]
        before = self.first.enter(self.canvas[:, :, row, column - 1])
        return torch.addmm(self.above[:, column], before, self.left)


class LevelSweep:
    """One resolution, `width` places wide, and all coarser ones within it."""

    def __init__(self, levels: list[Level], canvas: Tensor, width: int) -> None:
        level, *coarser = levels
        self.down = [
            (RowResidual(b.vertical, canvas, width), Residual(b.horizontal, canvas, width)) for b in level.down
        ]
        self.up = [(RowResidual(b.vertical, canvas, width), Residual(b.horizontal, canvas, width)) for b in level.up]
        self.inner = LevelSweep(coarser, canvas, width // 2) if coarser else None
        if self.inner:
            self.shrink_row, self.shrink = RowConv(level.shrink[0], canvas, width), Line(level.shrink[1], canvas, width)
            self.widen_row, widen = level.widen
            self.channels = widen.out_channels
            self.widen = widen.weight.permute(0, 2, 3, 1).flatten(1).contiguous()  # (inputs, 2 · 2 · channels)
            self.bias = widen.bias.repeat(4)
            self.wide_rows = canvas.new_zeros(0)  # (N, channels, 2, W)
            self.wide = canvas.new_zeros(len(canvas), width // 2, 4 * self.channels)

    def start(self, row: int, v: Tensor) -> Tensor:
        """The vertical stream (N, channels, W) through this level, once for a row."""
        shortcuts = []
        for vertical, horizontal in self.down:
            v = vertical(v)
            horizontal.start(v)
            shortcuts.append(v)
        if self.inner:
            if row % 2 == 0:
                self.shrink.start()
                coarse = self.inner.start(row // 2, self.shrink_row(v))
                self.wide_rows = self.widen_row(coarse[:, :, None])
            else:
                self.shrink_row.before = v
            v = self.wide_rows[:, :, row % 2]
        for vertical, horizontal in self.up:
            v = vertical(v, shortcuts.pop())
            horizontal.start(v)
        return v

    def step(self, row: int, column: int, h: Tensor) -> Tensor:
        """The horizontal stream (N, channels) through this level, once for a place."""
        shortcuts = []
        for _, horizontal in self.down:
            h = horizontal(column, h)
            shortcuts.append(h)
        if self.inner:
            self.shrink.write(column, h)
            if row % 2 == 0 and column % 2 == 0:
                coarse = self.inner.step(row // 2, column // 2, self.shrink.read(column // 2))
                self.wide[:, column // 2] = torch.addmm(self.bias, coarse, self.widen)
            place = 2 * (row % 2) + column % 2
            h = self.wide[:, column // 2, place * self.channels : (place + 1) * self.channels]
        for _, horizontal in self.up:
            h = horizontal(column, h, shortcuts.pop())
        return h

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        for vertical, horizontal in (*self.down, *self.up):
            for convolution in (vertical.first, vertical.second, horizontal.first, horizontal.second):
                convolution.reorder(index)
        if self.inner:
            for convolution in (self.shrink_row, self.shrink, self.inner):
                convolution.reorder(index)
            self.wide_rows, self.wide = self.wide_rows[index], self.wide[index]


class RowConv:
    """A convolution of the vertical stream, a row at a time."""

    def __init__(self, conv: ShiftedConv2d, canvas: Tensor, width: int) -> None:
        self.conv, self.before = conv, canvas.new_zeros(len(canvas), conv.in_channels, width)

    def __call__(self, row: Tensor) -> Tensor:
        window = F.pad(torch.stack([self.before, row], 2), (1, 1))
        self.before = row
        return F.conv2d(window, self.conv.weight, self.conv.bias, self.conv.stride)[:, :, 0]

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.before = self.before[index]


class RowResidual:
    """A residual step of the vertical stream."""

    def __init__(self, block: GatedResidual, canvas: Tensor, width: int) -> None:
        self.first, self.second = RowConv(block.first, canvas, width), RowConv(block.second, canvas, width)
        self.links = [link.weight[..., 0] for link in block.links]

    def __call__(self, v: Tensor, *linked: Tensor) -> Tensor:
        hidden = self.first(concat_elu(v))
        for weight, other in zip(self.links, linked, strict=True):
            hidden = hidden + F.conv1d(other, weight)
        a, b = self.second(concat_elu(hidden)).chunk(2, 1)
        return v + a * torch.sigmoid(b)


class Line:
    """A convolution of the horizontal stream: its inputs in this row so far, and what the row above contributes."""

    def __init__(self, conv: ShiftedConv2d, canvas: Tensor, width: int) -> None:
        upper, lower = conv.weight.permute(2, 3, 1, 0).unbind()  # each (2, inputs, outputs)
        self.upper_left, self.upper, self.lower = upper[0], upper[1], lower.flatten(0, 1).contiguous()
        self.bias, self.stride = conv.bias, conv.stride[0]
        self.now = canvas.new_zeros(len(canvas), width + 1, conv.in_channels)  # a place of zeros, then the row
        self.above = canvas.new_zeros(0)

    def start(self, linked: Tensor | float = 0) -> None:
        """The row above is complete; `linked` (N, W, outputs) is added to the outputs of the new row."""
        left, own = self.now[:, : -1 : self.stride], self.now[:, 1 :: self.stride]
        self.above = left @ self.upper_left + own @ self.upper + self.bias + linked

    def write(self, column: int, x: Tensor) -> None:
        """Take note of what a column holds, (N, C)."""
        self.now[:, column + 1] = x

    def read(self, column: int) -> Tensor:
        """(N, outputs) at this column of the result."""
        window = self.now[:, self.stride * column : self.stride * column + 2].flatten(1)
        return torch.addmm(self.above[:, column], window, self.lower)

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.now = self.now[index]


class Residual:
    """A residual step of the horizontal stream."""

    def __init__(self, block: GatedResidual, canvas: Tensor, width: int) -> None:
        self.first, self.second = Line(block.first, canvas, width), Line(block.second, canvas, width)
        self.row_link, *self.links = [link.weight[:, :, 0, 0].t().contiguous() for link in block.links]

    def start(self, v: Tensor) -> None:
        """Begin a row, whose vertical stream is `v`."""
        self.first.start(v.transpose(1, 2) @ self.row_link)
        self.second.start()

    def __call__(self, column: int, h: Tensor, *linked: Tensor) -> Tensor:
        self.first.write(column, concat_elu(h))
        hidden = self.first.read(column)
        for weight, other in zip(self.links, linked, strict=True):
            hidden = torch.addmm(hidden, other, weight)
        self.second.write(column, concat_elu(hidden))
        a, b = self.second.read(column).chunk(2, 1)
        return h + a * torch.sigmoid(b)
