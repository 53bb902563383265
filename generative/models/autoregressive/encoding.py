"""How the values of pixels enter a network: as numbers, and as sines and cosines of them.

Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in Low Dimensional Domains", 2020: with
frequencies that double, "the same value as to the left", which is nearly all there is to say of flat colours, is a
linear function of what enters. Where the map ends, zeros enter, which no value's sines and cosines are.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generative.errors import check_integer
from generative.models.model import ImageConfig

LEVELS = 256


@dataclass(frozen=True)
class PixelConfig(ImageConfig):
    """frequencies: of the sines and cosines of values that enter beside them. levels: that a value may have, from black
    to white; 2 of pictures in black and white."""

    frequencies: int = 0
    levels: int = LEVELS

    def __post_init__(self) -> None:
        check_integer("levels", self.levels, 2, LEVELS)


class Encoding(nn.Module):
    """Each of `channels` values becomes `features` / `channels` numbers in [−1, 1]; has nothing to learn."""

    def __init__(self, channels: int, frequencies: int) -> None:
        super().__init__()
        self.features = channels * (1 + 2 * frequencies)
        self.register_buffer("scales", 2 * math.pi * 2.0 ** torch.arange(frequencies), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, …) in [0, 1] → (N, features, …): of each value 2x − 1, then its sines, then its cosines."""
        if not len(self.scales):
            return values * 2 - 1
        angles = values.unsqueeze(2) * self.scales.view(-1, *[1] * (values.ndim - 2))
        return torch.cat([values.unsqueeze(2) * 2 - 1, angles.sin(), angles.cos()], 2).flatten(1, 2)
