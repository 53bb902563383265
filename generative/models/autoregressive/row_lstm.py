"""Row LSTM: van den Oord et al., "Pixel Recurrent Neural Networks", 2016, section 3.1 and figure 5.

The LSTM goes down the image, a row at a time; its state at a pixel comes from the three states above it, so that it
sees a triangle, and through its input also pixels to the left in its own row:

    x x x x x
    . x x x .
    x x ? . .

Deviations: the forget gates begin open (bias 1); values may enter as sines and cosines too (encoding.py).
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
from generative.models.autoregressive.recurrence import Head, Layer, row_fronts
from generative.models.autoregressive.recurrent_sweep import RecurrentSweep, cell


@dataclass(frozen=True)
class RowLSTMConfig(PixelConfig):
    """channels: h of the paper; the residual stream is 2h wide. kernel: k, odd, of both parts of a layer."""

    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "first_kernel": 3, "layers": 2}
    channels: int = 48
    first_kernel: int = 7
    kernel: int = 3
    layers: int = 4


class RowLSTM(PixelModel):
    title = "Row LSTM"
    paper = "https://arxiv.org/abs/1601.06759"
    Config = RowLSTMConfig
    Options = PixelOptions

    def __init__(self, config: RowLSTMConfig) -> None:
        super().__init__(config)
        groups, h, k = config.image_channels, config.channels, config.kernel
        self.enter = Encoding(groups, config.frequencies)
        self.first = MaskedConv2d(self.enter.features, 2 * h, config.first_kernel, groups, see_own=False)
        self.layers = nn.ModuleList([Layer(h, groups, 1, k // 2 + 1, k) for _ in range(config.layers)])
        self.head = Head(h, groups, config.levels)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits or mixture parameters of every pixel, (N, C · outputs, H, W), for images (N, C, H, W) in [0, 1]."""
        height, width = images.shape[2:]
        fronts, reach = row_fronts(height, width), self.config.kernel // 2
        x = self.first(self.enter(images)).permute(2, 3, 0, 1).flatten(0, 1).contiguous()  # (H · W, N, 2h)
        for layer in self.layers:
            left = F.pad(x.unflatten(0, (height, width)), (0, 0, 0, 0, reach, 0))
            window = torch.cat([left[:, tap : tap + width] for tap in range(reach + 1)], -1).flatten(0, 1)
            x = x + layer.up(layer.hidden(window, fronts)[:, :, 0])
        return self.head(x.unflatten(0, (height, width)))

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> "RowSweep":
        """The network pixel by pixel over `canvas`, which the caller fills."""
        return RowSweep(self, canvas)


class RowSweep(RecurrentSweep):
    """What the three states above a pixel contribute is known for the whole row before the row begins."""

    def __init__(self, model: RowLSTM, canvas: Tensor) -> None:
        super().__init__(model, canvas)
        self.reach = model.config.kernel // 2
        self.inputs = [layer.input.masked.t().contiguous() for layer in model.layers]
        self.biases = torch.stack([layer.input.bias for layer in model.layers])[:, None]
        self.weights = torch.cat([layer.state for layer in model.layers])

    def _start_row(self) -> None:
        layers, width, n, h = self.states.shape
        line = F.pad(self.states, (0, 0, 0, 0, self.reach, self.reach))
        near = torch.cat([line[:, tap : tap + width] for tap in range(2 * self.reach + 1)], -1)
        self.above = torch.baddbmm(self.biases, near.flatten(1, 2), self.weights).view(layers, width, n, 4 * h)
        self.cells_above = self.cells.clone()

    def _state(self, layer: int, column: int) -> Tensor:
        # At the left edge, the taps that lie outside are left out.
        seen = self.stream[layer, max(0, column - self.reach) : column + 1].transpose(0, 1).flatten(1)
        gates = torch.addmm(self.above[layer, column], seen, self.inputs[layer][-seen.shape[1] :])
        state, self.cells[layer, column] = cell(gates, self.cells_above[layer, column])
        self.states[layer, column] = state
        return state
