"""Guidance, in an interval of t (Kynkäänniemi et al. 2024): classifier-free (Ho & Salimans 2022), by a classifier
(Dhariwal & Nichol 2021), or by a worse model (Karras et al. 2024).

The first two draw from p(x) p(y|x)^scale. Classifier-free, the network is asked twice, told y and not told, and the
difference of its answers stands for the slope of log p(y|x). Where a classifier knows that slope, the network is told
nothing. A worse model is told y too, and errs in the same places as the network, only more: so away from it is away
from errors, not from variety.

Guidance takes variety away. Early on it decides too much, and late it changes nothing, so that a middle interval of t
is cheaper and better than all of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from generative.models.diffusion.process import Level


@dataclass(frozen=True)
class Guidance:
    """`scale` acts where ``start < t <= end``, t as a fraction of the process; 1 is where sampling begins.

    Scale 1 and an empty interval are the plain model, scale 0 is the model that is told nothing; each costs one pass.
    """

    scale: float = 1.0
    start: float = 0.0
    end: float = 1.0

    def within(self, fraction: float) -> bool:
        """Whether a moment of the way, 1 pure noise and 0 the picture, lies in the interval."""
        return self.start < fraction <= self.end

    def acts(self, fraction: float) -> bool:
        """Whether it does there; at scale 1 it changes nothing."""
        return self.scale != 1 and self.within(fraction)

    def passes(self, fraction: float) -> int:
        """Passes of the network that one image takes at this t."""
        return 2 if self.scale != 0 and self.acts(fraction) else 1

    def __call__(
        self, network: Callable[[Tensor, Tensor, Tensor], Tensor], x_t: Tensor, t: Tensor, told: Tensor, away: Tensor
    ) -> Tensor:
        """output_away + scale·(output_told − output_away), in one pass over a doubled batch.

        told, away: what the network is told and what it is led away from, usually nothing. Of a network that says its
        variance too, in further channels, that is of what it was told: it has no direction to be led in.
        """
        if self.scale == 0:
            return network(x_t, t, away)
        output, other = network(x_t.repeat(2, 1, 1, 1), t, torch.cat([told, away])).chunk(2)
        guided = other + self.scale * (output - other)
        return torch.cat([guided[:, : x_t.shape[1]], output[:, x_t.shape[1] :]], 1)


@dataclass(frozen=True)
class ClassifierGuidance(Guidance):
    """The same, of a classifier that knows noise. The network is told nothing anywhere, so scale 1 is none of none."""

    def acts(self, fraction: float) -> bool:
        """Whether the classifier is asked there; at scale 0 it changes nothing."""
        return self.scale != 0 and self.within(fraction)

    def passes(self, fraction: float) -> int:
        """One: the classifier's passes are its own."""
        return 1

    def led(self, output: Tensor, slope: Tensor, level: Level) -> Tensor:
        """What the network says of x_t, its v, with the noise that it sees less by scale · σ · slope (algorithm 2).

        slope: ∇ log p(y|x_t), of the shape of `output`. x_t stays, so of v = α ε − σ x0 a change of ε is 1/α of it.
        """
        alpha, sigma = level.of(output)
        return output - self.scale * sigma / alpha * slope


@dataclass(frozen=True)
class AutoGuidance(Guidance):
    """By a worse model that is told the same: Karras et al., "Guiding a Diffusion Model with a Bad Version of Itself",
    2024, eq. 3."""

    def passes(self, fraction: float) -> int:
        """One: the worse model's passes are its own."""
        return 1

    def led(self, output: Tensor, worse: Tensor) -> Tensor:
        """worse + scale · (output − worse): what the network says of x_t, led away from what the worse model says."""
        return worse + self.scale * (output - worse)
