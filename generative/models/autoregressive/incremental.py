"""Sampling a Gated PixelCNN without repeating work: the vertical stack runs once a row, the horizontal once a pixel.

Every activation that a later pixel needs is kept. A new pixel then costs its own column of the network only, instead
of a pass over the whole image, and comes out the same as from the full network, up to rounding.
"""

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoregressive.captured import Captured

if TYPE_CHECKING:
    from generative.models.autoregressive.gated_pixelcnn import GatedPixelCNN


def added(embedding: nn.Embedding | None, canvas: Tensor, labels: Tensor | None) -> Tensor:
    """(N, 2C) what a layer adds for classes (N,); nothing, (N, 1) of zeros, where it is told none."""
    return canvas.new_zeros(len(canvas), 1) if embedding is None else embedding(labels)


class GatedSweep:
    """Holds the activations of one run over `canvas` (N, 1, H, W), which its owner fills in pixel by pixel."""

    def __init__(self, model: "GatedPixelCNN", canvas: Tensor, labels: Tensor | None) -> None:
        self.model, self.canvas = model, canvas
        self.layers = list(model.layers)
        n, _, height, width = canvas.shape
        self.v_class = [added(layer.vertical_class, canvas, labels) for layer in self.layers]
        self.h_class = [added(layer.horizontal_class, canvas, labels) for layer in self.layers]
        self.h_weight = [
            layer.horizontal.weight[:, :, 0].transpose(1, 2).flatten(1).t().contiguous() for layer in self.layers
        ]
        self.o_weight = [layer.output.weight.flatten(1).t().contiguous() for layer in self.layers]
        # What each layer's vertical stack reads, with room for the zeros above and beside the image.
        self.v_in = [
            canvas.new_zeros(n, layer.vertical.in_channels, height + layer.far, width + 2 * layer.far)
            for layer in self.layers
        ]
        self.h_in = [canvas.new_zeros(width + layer.far, n, layer.horizontal.in_channels) for layer in self.layers]
        self.links = [canvas.new_zeros(width, n, layer.link.out_channels) for layer in self.layers]
        self.captured = Captured(canvas.device)

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """Logits (N, L) of a value, given all that stands before it; None where they are not needed."""
        if column == 0:
            self._start_row(row)
        else:
            self._write_left(row, column - 1)
        return self.captured(self._logits, column, needed)

    def _logits(self, column: int, needed: bool) -> Tensor | None:
        h = self._horizontal(column)
        if not needed:
            return None
        hidden = F.relu(F.linear(F.relu(h), self.model.hidden.weight.flatten(1), self.model.hidden.bias))
        return F.linear(hidden, self.model.logits.weight.flatten(1), self.model.logits.bias)

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.v_in = [seen[index] for seen in self.v_in]

    def _write_left(self, row: int, column: int) -> None:
        self.h_in[0][column + self.layers[0].far] = self.model.enter(self.canvas[:, :, row, column])

    def _start_row(self, row: int) -> None:
        """Run the vertical stack on the row above, whose pixels are now all known."""
        first = self.layers[0]
        if row > 0:
            above = self.model.enter(self.canvas[:, :, row - 1])
            self.v_in[0][:, :, row - 1 + first.far, first.far : -first.far] = above
        for i, layer in enumerate(self.layers):
            top = row if layer.first else row + layer.far - layer.dilation * (layer.vertical.kernel_size[0] - 1)
            bottom = row + layer.far + (0 if layer.first else 1)
            above = layer.vertical(self.v_in[i][:, :, top:bottom])  # (N, 2C, 1, W)
            link = layer.link(above)[:, :, 0] + self.h_class[i][:, :, None] + layer.horizontal.bias[:, None]
            self.links[i].copy_(link.permute(2, 0, 1))
            if layer.last:
                break
            a, b = (above[:, :, 0] + self.v_class[i][:, :, None]).chunk(2, 1)
            v = torch.tanh(a) * torch.sigmoid(b)
            if not layer.first:
                v = v + self.v_in[i][:, :, row + layer.far, layer.far : -layer.far]
            far = self.layers[i + 1].far
            self.v_in[i + 1][:, :, row + far, far:-far] = v
        for buffer in self.h_in:
            buffer.zero_()

    def _horizontal(self, column: int) -> Tensor:
        """(N, C): the horizontal stack at one pixel."""
        h = None
        for i, layer in enumerate(self.layers):
            if h is not None:
                self.h_in[i][column + layer.far] = h
            end = column + layer.far + (0 if layer.first else 1)
            seen = self.h_in[i][
                end - layer.horizontal.kernel_size[1] * layer.dilation + layer.dilation - 1 : end : layer.dilation
            ]
            z = torch.addmm(self.links[i][column], seen.transpose(0, 1).flatten(1), self.h_weight[i])
            a, b = z.chunk(2, 1)
            out = torch.addmm(layer.output.bias, torch.tanh(a) * torch.sigmoid(b), self.o_weight[i])
            h = out if h is None else h + out
        return h
