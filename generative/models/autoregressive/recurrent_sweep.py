"""Sampling a PixelRNN without repeating work: each pixel's states are computed once it is reached, and then kept.

What the row above contributes is computed once a row, for all pixels and layers together; a new pixel then costs its
own column of the network only. With several channels, a pixel is computed anew for each of them: the mask keeps what
is not yet drawn out of what is read, and the last time all features are final.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.models.autoregressive.masked import Line, slice_of

if TYPE_CHECKING:
    from generative.models.autoregressive.diagonal_bilstm import DiagonalBiLSTM
    from generative.models.autoregressive.row_lstm import RowLSTM


def cell(gates: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
    """Gates (…, 4h), before o, f, i and g are squashed, and the last cell (…, h) → the state and its cell (eq. 3)."""
    width = before.shape[-1]
    o, f, i = gates[..., : 3 * width].sigmoid().chunk(3, -1)
    c = torch.addcmul(i * gates[..., 3 * width :].tanh(), f, before)
    return o * c.tanh(), c


class RecurrentSweep:
    """One run over `canvas` (N, C, H, W), on a map that is `margin` columns wider.

    `stream` (layers, columns, N, 2h), `states` and `cells` (layers, columns, N, h) are those of the current row, and,
    right of the current pixel, of the row above.
    """

    def __init__(self, model: "RowLSTM | DiagonalBiLSTM", canvas: Tensor, margin: int = 0) -> None:
        self.model, self.canvas, self.groups = model, canvas, model.config.image_channels
        (n, _, _, width), layers, h = canvas.shape, len(model.layers), model.config.channels
        self.first = Line(model.first, F.pad(canvas, (0, margin)), groups=1)
        self.stream = canvas.new_zeros(layers, width + margin, n, 2 * h)
        self.states, self.cells = canvas.new_zeros(2, layers, width + margin, n, h)
        self.ups = [(layer.up.bias, layer.up.masked.t().contiguous()) for layer in model.layers]
        self.hidden = model.head.hidden.bias, model.head.hidden.masked.t().contiguous()
        bias, weight = model.head.logits.bias, model.head.logits.masked
        own = [slice_of(channel, self.groups, len(weight)) for channel in range(self.groups)]
        self.output = [(bias[part], weight[part].t().contiguous()) for part in own]

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """Logits (N, L) of a value, given all that stands before it; None where they are not needed."""
        if channel == 0:
            self._step_to(row, column)
        if not needed and channel + 1 < self.groups:
            return None
        self.first.write(column, self._pixel(row, column))
        x = self._features(column)
        if not needed:
            return None
        bias, weight = self.output[channel]
        return torch.addmm(bias, torch.addmm(self.hidden[0], x.relu(), self.hidden[1]).relu_(), weight)

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.first.reorder(index)
        self.stream, self.states = self.stream[:, :, index], self.states[:, :, index]
        self.cells = self.cells[:, :, index]

    @abstractmethod
    def _start_row(self) -> None:
        """Gather what the row above, whose states lie in `states` and `cells`, contributes to this one."""

    @abstractmethod
    def _state(self, layer: int, column: int) -> Tensor:
        """(N, h) what a layer adds at this pixel, before it is widened; its input lies in `stream`."""

    def _step_to(self, row: int, column: int) -> None:
        """Take note of the pixel before, now complete; at a row's beginning, of the row above."""
        if column > 0:
            self.first.write(column - 1, self._pixel(row, column - 1))
            return
        if row > 0:
            last = self.canvas.shape[3] - 1
            self.first.write(last, self._pixel(row - 1, last))
            self._end_row()
        self.first.start(row)
        self._start_row()

    def _end_row(self) -> None:
        """All pixels of a row are known."""

    def _pixel(self, row: int, column: int) -> Tensor:
        return self.model.enter(self.canvas[:, :, row, column])

    def _features(self, column: int) -> Tensor:
        """(N, 2h) the stream after the last layer."""
        x = self.first.read(column, 0)
        for layer, (bias, weight) in enumerate(self.ups):
            self.stream[layer, column] = x
            x = x + torch.addmm(bias, self._state(layer, column), weight)
        return x
