"""What a PixelCNN++ is made of: shifted convolutions in two streams, gated residual blocks, resolutions.

    vertical stream, 2×3     horizontal stream, 2×2
    x x x                    x x        ? is where the result goes
    x ? x                    x ?

A place may see itself, because the first layers shift their results on: down by a row, and right by a column.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoregressive.encoding import Encoding

Streams = tuple[Tensor, Tensor]  # vertical and horizontal, each (N, channels, H, W)


def concat_elu(x: Tensor) -> Tensor:
    """Both signs of x, through ELUs: twice the channels."""
    return F.elu(torch.cat([x, -x], 1))


class ShiftedConv2d(nn.Conv2d):
    """A 2×3 (down-shifted) or 2×2 (down-right-shifted) convolution: it sees the row above and its own, no further."""

    def __init__(self, inputs: int, outputs: int, taps: int, stride: int = 1) -> None:
        super().__init__(inputs, outputs, (2, taps), stride)
        self.right = taps - 2

    def forward(self, x: Tensor) -> Tensor:
        """Same height and width; padded above and at the sides, so that nothing below is seen."""
        return super().forward(F.pad(x, (1, self.right, 1, 0)))


class Widen(nn.ConvTranspose2d):
    """To twice the height and width: a place reaches the 2×2 that it covers and, with 3 taps, one more to the left."""

    def __init__(self, inputs: int, outputs: int, taps: int) -> None:
        super().__init__(inputs, outputs, (2, taps), 2)
        self.right = taps - 2

    def forward(self, x: Tensor) -> Tensor:
        """Twice the height and width, cut so that nothing ahead is seen."""
        return super().forward(x)[..., self.right : self.right + 2 * x.shape[-1]]


class GatedResidual(nn.Module):
    """x + a · σ(b), where a and b come from x and from `links` further inputs of the same shape."""

    def __init__(self, channels: int, taps: int, links: int, dropout: float) -> None:
        super().__init__()
        self.first = ShiftedConv2d(2 * channels, channels, taps)
        self.links = nn.ModuleList(nn.Conv2d(channels, channels, 1, bias=False) for _ in range(links))
        self.dropout = nn.Dropout(dropout)
        self.second = ShiftedConv2d(2 * channels, 2 * channels, taps)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, x: Tensor, *linked: Tensor) -> Tensor:
        """(N, C, H, W) plus a gated change; `linked` streams enter after the first convolution."""
        hidden = self.first(concat_elu(x))
        for link, other in zip(self.links, linked, strict=True):
            hidden = hidden + link(other)
        a, b = self.second(self.dropout(concat_elu(hidden))).chunk(2, 1)
        return x + a * torch.sigmoid(b)


class Block(nn.Module):
    """A step of both streams: the horizontal one also sees the vertical one, and each its shortcut, if there is one."""

    def __init__(self, channels: int, shortcut: bool, dropout: float) -> None:
        super().__init__()
        self.vertical = GatedResidual(channels, 3, int(shortcut), dropout)
        self.horizontal = GatedResidual(channels, 2, 1 + int(shortcut), dropout)

    def forward(self, streams: Streams, shortcut: Streams | tuple[()] = ()) -> Streams:
        """Both streams after a block, with those of the same size on the way down as a shortcut."""
        v, h = streams
        v = self.vertical(v, *shortcut[:1])
        return v, self.horizontal(h, v, *shortcut[1:])


class First(nn.Module):
    """From pixels to streams that do not see their own pixel. A channel of ones tells where the image ends."""

    def __init__(self, enter: Encoding, channels: int) -> None:
        super().__init__()
        self.enter, inputs = enter, enter.features
        self.vertical = nn.Conv2d(inputs + 1, channels, (2, 3))
        self.above = nn.Conv2d(inputs + 1, channels, (1, 3))
        self.left = nn.Conv2d(inputs + 1, channels, (2, 1))

    def forward(self, images: Tensor) -> Streams:
        """The vertical stream (all that is above) and the horizontal one (that, and what is to the left)."""
        x = torch.cat([self.enter(images), torch.ones_like(images[:, :1])], 1)
        above = self.above(F.pad(x, (1, 1, 1, -1)))
        left = self.left(F.pad(x, (1, -1, 1, 0)))
        return self.vertical(F.pad(x, (1, 1, 2, -1))), above + left


class Level(nn.Module):
    """One resolution: its blocks down and up; where the next has `coarser` channels, also the ways there and back."""

    def __init__(self, channels: int, blocks: int, coarser: int | None, dropout: float) -> None:
        super().__init__()
        self.down = nn.ModuleList(Block(channels, False, dropout) for _ in range(blocks))
        self.up = nn.ModuleList(Block(channels, True, dropout) for _ in range(blocks))
        if coarser is not None:
            self.shrink = nn.ModuleList(ShiftedConv2d(channels, coarser, taps, stride=2) for taps in (3, 2))
            self.widen = nn.ModuleList(Widen(coarser, channels, taps) for taps in (3, 2))
