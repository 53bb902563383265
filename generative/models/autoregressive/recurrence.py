"""What Row LSTM and Diagonal BiLSTM share: the LSTM of van den Oord et al. 2016 (eq. 3), swept over a map in fronts.

A front is what can be computed at once, a row or a diagonal; its states depend on those of the front before. All maps
lie as (H · W, N, ·) in memory, so that a front is a slice of the pixels, and a diagonal needs no skewing:

    0  1  2  3        the diagonal 2 5 8 is [2:9:3], a step of width − 1;
    4  5  6  7        mirrored, 1 6 11 is [1:12:5], a step of width + 1
    8  9 10 11

The gates are in the order o, f, i, g. The gradient is written by hand: autograd's would spend most of its time on
bookkeeping for thousands of small operations.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from generative.models.autoregressive.masked import group_of


@dataclass(frozen=True)
class Front:
    """The places first … last − 1 of the line of states, and for each direction the pixels that they are now."""

    first: int
    last: int
    pixels: tuple[slice, ...]


def row_fronts(height: int, width: int) -> list[Front]:
    """From top to bottom; a place is a column."""
    return [Front(0, width, (slice(row * width, (row + 1) * width),)) for row in range(height)]


def diagonal_fronts(height: int, width: int) -> list[Front]:
    """Diagonals from the upper left corner, and mirrored, from the upper right one; a place is a row."""
    fronts = []
    for t in range(height + width - 1):
        first, last = max(0, t - width + 1), min(height, t + 1)
        starts = first * width + t - first, first * width + width - 1 - (t - first)
        steps = max(1, width - 1), width + 1
        ends = [start + (last - first - 1) * step + 1 for start, step in zip(starts, steps, strict=True)]
        fronts.append(Front(first, last, tuple(map(slice, starts, ends, steps))))
    return fronts


class Recurrence(torch.autograd.Function):
    """`(x, weight, fronts) -> h`: input-to-state (H · W, N, D, 4h) of D directions and state-to-state weights
    (D, taps · h, 4h) → the hidden states (H · W, N, D, h).

    Tap k of place p is the state that the front before left at place p + k − taps // 2. The states are computed in the
    weights' precision, whatever autocast made of x: in-place products are not subject to it.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, fronts: list[Front]) -> Tensor:
        """The hidden states of a convolutional LSTM, front by front; what `backward` needs is kept."""
        ways, taps = len(weight), 4 * weight.shape[1] // weight.shape[2]
        n, width, own = x.shape[1], weight.shape[2] // 4, taps // 2
        places = max(front.last for front in fronts)
        line = weight.new_zeros(ways, places + taps - 1, n, width)  # with room for the zeros beside the map
        cells = weight.new_zeros(ways, places, n, width)
        hidden = x.new_empty(*x.shape[:3], width)
        saved = []
        for front in fronts:
            first, last = front.first, front.last
            near = torch.cat([line[:, first + k : last + k] for k in range(taps)], -1)
            gates = take(x, front, weight)
            gates.flatten(1, 2).baddbmm_(near.flatten(1, 2), weight)
            o, f, i = gates[..., : 3 * width].sigmoid_().chunk(3, -1)
            g = gates[..., 3 * width :].tanh_()
            before = cells[:, first:last].clone()
            cells[:, first:last] = torch.addcmul(i * g, f, before)
            squashed = cells[:, first:last].tanh()
            line[:, first + own : last + own] = h = o * squashed
            for way, pixels in enumerate(front.pixels):
                hidden[pixels, :, way] = h[way]
            saved += [near, gates, before, squashed]
        ctx.fronts = fronts
        ctx.save_for_backward(weight, *saved)
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        """Gradients of x and weight, by going through the fronts in reverse."""
        weight, *saved = ctx.saved_tensors
        ways, taps = len(weight), 4 * weight.shape[1] // weight.shape[2]
        n, width, own = grad.shape[1], weight.shape[2] // 4, taps // 2
        places = max(front.last for front in ctx.fronts)
        d_line = weight.new_zeros(ways, places + taps - 1, n, width)
        d_cells = weight.new_zeros(ways, places, n, width)
        d_x, d_weight = grad.new_empty(*grad.shape[:3], 4 * width), torch.zeros_like(weight)
        for number in reversed(range(len(ctx.fronts))):
            front = ctx.fronts[number]
            first, last = front.first, front.last
            near, gates, before, squashed = saved[4 * number : 4 * number + 4]
            o, f, i, g = gates.chunk(4, -1)
            d_h = take(grad, front, weight).add_(d_line[:, first + own : last + own])
            d_c = torch.addcmul(d_cells[:, first:last], d_h * o, 1 - squashed.square())
            d_cells[:, first:last] = d_c * f
            d_gates = torch.cat([d_h * squashed, d_c * before, d_c * g, d_c * i], -1)
            sigmoids = gates[..., : 3 * width]
            d_gates[..., : 3 * width] *= torch.addcmul(sigmoids, sigmoids, sigmoids, value=-1)
            d_gates[..., 3 * width :] *= 1 - g.square()
            flat = d_gates.flatten(1, 2)
            d_weight.baddbmm_(near.flatten(1, 2).transpose(1, 2), flat)
            d_near = torch.empty_like(near)
            d_near.flatten(1, 2).baddbmm_(flat, weight.transpose(1, 2), beta=0)
            d_line[:, first + own : last + own] = 0
            for k, part in enumerate(d_near.chunk(taps, -1)):
                d_line[:, first + k : last + k] += part
            for way, pixels in enumerate(front.pixels):
                d_x[pixels, :, way] = d_gates[way]
        return d_x, d_weight, None


def swept(x: Tensor, weight: Tensor, fronts: list[Front]) -> Tensor:
    """`Recurrence`, applied."""
    return Recurrence.apply(x, weight, fronts)


def take(x: Tensor, front: Front, like: Tensor) -> Tensor:
    """(H · W, N, D, c) → a copy (D, places, N, c) of the front's pixels, in the precision of `like`."""
    taken = like.new_empty(len(front.pixels), front.last - front.first, x.shape[1], x.shape[3])
    for way, pixels in enumerate(front.pixels):
        taken[way] = x[pixels, :, way]
    return taken


class GroupLinear(nn.Linear):
    """A linear map at every pixel between features that are dealt to `groups` ordered groups: mask B.

    An output sees the groups up to its own. With `taps`, the input holds that many pixels of `inputs` features each,
    all but the last of them earlier pixels, which are seen in full. The outputs are `blocks` blocks, each dealt alike.
    """

    def __init__(self, inputs: int, outputs: int, groups: int, taps: int = 1, blocks: int = 1) -> None:
        super().__init__(taps * inputs, blocks * outputs)
        to, of = group_of(outputs, groups)[:, None], group_of(inputs, groups)
        mask = torch.ones_like(self.weight)
        mask[:, -inputs:] = (to >= of).repeat(blocks, 1).to(mask)
        self.register_buffer("mask", mask, persistent=False)

    @property
    def masked(self) -> Tensor:
        """The weight, zero where a colour channel would see a later one."""
        return self.weight * self.mask

    def forward(self, x: Tensor) -> Tensor:
        """(…, outputs) of (…, inputs)."""
        return F.linear(x, self.masked, self.bias)


class Layer(nn.Module):
    """An LSTM layer of figure 5: a stream of 2h features → h in each of `ways` directions → 2h, added to the stream.

    `taps` pixels of the stream, the last of them the pixel itself, are its input; `state_taps` states of the front
    before are its past.
    """

    def __init__(self, channels: int, groups: int, ways: int, taps: int, state_taps: int) -> None:
        super().__init__()
        self.ways = ways
        self.input = GroupLinear(2 * channels, channels, groups, taps, blocks=4 * ways)
        bound = 1 / math.sqrt(state_taps * channels)
        self.state = nn.Parameter(torch.empty(ways, state_taps * channels, 4 * channels).uniform_(-bound, bound))
        self.up = GroupLinear(channels, 2 * channels, groups)
        with torch.no_grad():  # open forget gates, so that the past is remembered from the start
            self.input.bias.view(ways, 4, channels)[:, 1] = 1

    def hidden(self, x: Tensor, fronts: list[Front]) -> Tensor:
        """Input (H · W, N, taps · 2h) → hidden states (H · W, N, ways, h)."""
        return swept(self.input(x).unflatten(-1, (self.ways, -1)), self.state, fronts)


class Head(nn.Module):
    """Two 1×1 layers behind ReLUs: features (H, W, N, 2h) → logits (N, C · levels, H, W)."""

    def __init__(self, channels: int, groups: int, levels: int) -> None:
        super().__init__()
        self.hidden = GroupLinear(2 * channels, 2 * channels, groups)
        self.logits = GroupLinear(2 * channels, groups * levels, groups)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, C · levels, H, W) of features (H, W, N, 2h) of both kinds of layer."""
        x = F.relu(x.permute(2, 0, 1, 3).contiguous())
        return self.logits(F.relu(self.hidden(x))).permute(0, 3, 1, 2)
