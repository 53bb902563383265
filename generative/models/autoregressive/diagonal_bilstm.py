"""Diagonal BiLSTM: van den Oord et al., "Pixel Recurrent Neural Networks", 2016, section 3.2 and figure 5.

Two LSTMs cross the image along its diagonals, one from the upper left corner and one from the upper right. The state
at a pixel comes from those of the pixel above and the pixel beside it. The one from the right has seen pixels that are
yet to come, so its states count for the pixel one row lower; together the two see every earlier pixel:

    x x x x x
    x x x x x
    x x ? . .

Deviations: the map is one column wider than the image, for otherwise the last pixel of the row above would be hidden
(the first layer's features at a pixel do not hold its own value, and none came after it); the forget gates begin open
(bias 1); values may enter as sines and cosines too (encoding.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.encoding import Encoding, PixelConfig
from generative.models.autoregressive.masked import MaskedConv2d
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.autoregressive.recurrence import Head, Layer, diagonal_fronts
from generative.models.autoregressive.recurrent_sweep import RecurrentSweep, cell


@dataclass(frozen=True)
class DiagonalBiLSTMConfig(PixelConfig):
    """channels: h of the paper; the residual stream is 2h wide."""

    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "first_kernel": 3, "layers": 2}
    channels: int = 48
    first_kernel: int = 7
    layers: int = 3


class DiagonalBiLSTM(PixelModel):
    title = "Diagonal BiLSTM"
    paper = "https://arxiv.org/abs/1601.06759"
    Config = DiagonalBiLSTMConfig
    Options = PixelOptions

    def __init__(self, config: DiagonalBiLSTMConfig) -> None:
        super().__init__(config)
        groups, h = config.image_channels, config.channels
        self.enter = Encoding(groups, config.frequencies)
        self.first = MaskedConv2d(self.enter.features, 2 * h, config.first_kernel, groups, see_own=False)
        self.layers = nn.ModuleList([Layer(h, groups, 2, 1, 2) for _ in range(config.layers)])
        self.head = Head(h, groups, config.levels)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits or mixture parameters of every pixel, (N, C · outputs, H, W), for images (N, C, H, W) in [0, 1]."""
        height, width = images.shape[2], images.shape[3] + 1
        fronts = diagonal_fronts(height, width)
        x = (
            self.first(F.pad(self.enter(images), (0, 1))).permute(2, 3, 0, 1).flatten(0, 1).contiguous()
        )  # (H · W, N, 2h)
        for layer in self.layers:
            left, right = layer.hidden(x, fronts).unbind(2)
            x = x + layer.up(left + F.pad(right[:-width], (0, 0, 0, 0, width, 0)))
        return self.head(x.unflatten(0, (height, width))[:, :-1])

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> "DiagonalSweep":
        """The network pixel by pixel over `canvas`, which the caller fills."""
        return DiagonalSweep(self, canvas)


class DiagonalSweep(RecurrentSweep):
    """The LSTM from the left goes along with the pixels; the one from the right runs over each row once it is known."""

    def __init__(self, model: DiagonalBiLSTM, canvas: Tensor) -> None:
        super().__init__(model, canvas, margin=1)
        layers = model.layers
        inputs = torch.stack([layer.input.masked.unflatten(0, (2, -1)).transpose(1, 2) for layer in layers])
        states = torch.stack([layer.state.unflatten(1, (2, -1)) for layer in layers])  # (layers, 2, 2 taps, h, 4h)
        self.biases = torch.stack([layer.input.bias.view(2, 1, -1) for layer in layers])
        above, beside = states.unbind(2)
        self.left_above, self.left = above[:, 0], torch.cat([beside[:, 0], inputs[:, 0]], 1)
        self.right_above, self.right_beside = torch.cat([above[:, 1], inputs[:, 1]], 1), beside[:, 1].contiguous()
        self.right = torch.zeros_like(self.states)  # the states from the right, of the row above
        self.above = self.right.new_zeros(0)

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        super().reorder(index)
        self.right, self.above = self.right[:, :, index], self.above[:, :, index]
        self.first.above = self.first.above[:, index]

    def _end_row(self) -> None:
        columns, n = self.states.shape[1:3]
        self._features(columns - 1)
        seen = torch.cat([self.right, self.stream], -1).flatten(1, 2)
        gates = torch.baddbmm(self.biases[:, 1], seen, self.right_above).unflatten(1, (columns, n))
        c = torch.zeros_like(self.cells[:, 0])
        state = torch.zeros_like(c)
        for column in reversed(range(columns)):
            state, c = cell(torch.baddbmm(gates[:, column], state, self.right_beside), c)
            self.right[:, column] = state

    def _start_row(self) -> None:
        gates = torch.baddbmm(self.biases[:, 0], self.states.flatten(1, 2), self.left_above)
        self.above = gates.unflatten(1, self.states.shape[1:3])

    def _state(self, layer: int, column: int) -> Tensor:
        if column > 0:
            state, c = self.states[layer, column - 1], self.cells[layer, column - 1]
        else:
            state = c = torch.zeros_like(self.states[layer, 0])
        seen = torch.cat([state, self.stream[layer, column]], 1)
        state, self.cells[layer, column] = cell(torch.addmm(self.above[layer, column], seen, self.left[layer]), c)
        self.states[layer, column] = state
        return state + self.right[layer, column]
