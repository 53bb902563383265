"""Classifier-free guidance (Ho & Salimans 2022), in an interval of t (Kynkäänniemi et al. 2024).

Guidance costs a second pass and takes variety away. Early on it decides too much, and late it changes nothing, so that
a middle interval of t is cheaper and better than all of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Guidance:
    """`scale` acts where ``start < t <= end``, t as a fraction of the process; 1 is where sampling begins.

    Scale 1 and an empty interval are the plain model, and cost one pass.
    """

    scale: float = 1.0
    start: float = 0.0
    end: float = 1.0

    def acts(self, fraction: float) -> bool:
        """Whether it does at a moment of the way, 1 pure noise and 0 the picture; at scale 1 it changes nothing."""
        return self.scale != 1 and self.start < fraction <= self.end

    def passes(self, fraction: float) -> int:
        """Passes of the network that one image takes at this t."""
        return 2 if self.acts(fraction) else 1

    def __call__(
        self, network: Callable[[Tensor, Tensor, Tensor], Tensor], x_t: Tensor, t: Tensor, told: Tensor, away: Tensor
    ) -> Tensor:
        """output_away + scale·(output_told − output_away), in one pass over a doubled batch.

        told, away: what the network is told and what it is led away from, usually nothing.
        """
        output, other = network(x_t.repeat(2, 1, 1, 1), t, torch.cat([told, away])).chunk(2)
        return other + self.scale * (output - other)
