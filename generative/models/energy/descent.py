"""Drawing by descent: chains that roll down an energy, each with a momentum and, if wanted, noise.

    v ← μ v − η ∇E(x + μ v),    x ← x + v + √(2 η T) ξ

Nesterov's accelerated descent (Wang & Du 2025, section 3.3); with μ = 0 and T = 1 it is Langevin dynamics (Welling &
Teh, "Bayesian Learning via Stochastic Gradient Langevin Dynamics", 2011), whose chains end up as draws from exp(−E).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from generative.seeds import normal

FARTHEST = 50.0  # a value that a chain may reach; pictures have values from −1 to 1 and noise hardly more than 5

Slope = Callable[[Tensor], tuple[Tensor, Tensor]]  # (N, …) places → (N,) their energies and (N, …) gradients
Pull = Callable[[Tensor], Tensor]  # (N, …) → the places nearest to them that are allowed


@dataclass(frozen=True)
class Pace:
    """How chains move: μ, η and T of the formula, and how often."""

    steps: int
    step_size: float
    momentum: float = 0.0
    temperature: float = 0.0


@dataclass(frozen=True, eq=False)
class Moment:
    """step: from 1 to `total`. x: (N, …) where the chains look, with the energy (N,) and the gradient (N, …) there.

    exploded: (N,) bool, the chains that were stopped; their x is the last one that was not too far.
    """

    step: int
    total: int
    x: Tensor
    energy: Tensor
    gradient: Tensor
    exploded: Tensor


def descend(
    slope: Slope, x: Tensor, pace: Pace, generators: list[torch.Generator], pull: Pull | None = None
) -> Iterator[Moment]:
    """A moment per step from x, (N, …). One look more than there are steps: the last one at where the chains end.

    A chain that leaves [−FARTHEST, FARTHEST], or has no finite energy there, is stopped where it was before. pull: what
    is done to each place before it is looked at, to hold what is known of it.
    """
    pull = pull or (lambda place: place)
    x = pull(x)
    speed, exploded = torch.zeros_like(x), torch.zeros(len(x), dtype=torch.bool, device=x.device)
    energy, gradient = slope(x)
    shown = x
    for step in range(1, pace.steps + 1):
        speed = pace.momentum * speed - pace.step_size * gradient
        x = x + speed
        if pace.temperature:
            fresh = normal(generators, *x.shape[1:]).to(x)
            x = x + (2 * pace.step_size * pace.temperature) ** 0.5 * fresh
        look = pull(x + pace.momentum * speed if step < pace.steps else x)
        next_energy, next_gradient = slope(torch.where(held(exploded, x), shown, look))
        exploded = exploded | lost(look, next_energy, next_gradient)
        still = held(exploded, x)
        shown, energy = torch.where(still, shown, look), torch.where(exploded, energy, next_energy)
        gradient = torch.where(still, gradient, next_gradient)
        x, speed = torch.where(still, shown, x), speed.masked_fill(still, 0)
        yield Moment(step, pace.steps, shown, energy, gradient, exploded)


def lost(x: Tensor, energy: Tensor, gradient: Tensor) -> Tensor:
    """(N,) bool: which chains went too far, or where no number says how high they are."""
    near = (x.abs() <= FARTHEST).flatten(1).all(1)  # of NaN this is false
    return ~(near & energy.isfinite() & gradient.isfinite().flatten(1).all(1))


def held(chains: Tensor, x: Tensor) -> Tensor:
    """(N,) in a form that is laid over x, (N, …)."""
    return chains.view(-1, *[1] * (x.dim() - 1))
