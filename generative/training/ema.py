"""An exponential moving average of a network, which samples better than the network itself."""

import copy

import torch
from torch import nn


class EMA:
    """Keeps `average`, a copy of a network that follows it. Early on it follows faster, to forget the start."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.average = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move the averages a little towards the weights of now."""
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.average.parameters()), list(network.parameters()), 1 - decay)
        for mine, theirs in zip(self.average.buffers(), network.buffers(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(theirs, 1 - decay)
            else:
                mine.copy_(theirs)
