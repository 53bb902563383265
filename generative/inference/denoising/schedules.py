"""Schedules of forward processes, to be looked at: how fast each of them turns a picture into noise."""

from dataclasses import dataclass

import torch
from torch import Tensor

from generative.models.diffusion.denoising import DenoisingModel
from generative.models.diffusion.process import SCHEDULES, Process, VariancePreserving

NAMES = {"squaredcos_cap_v2": "cosine", "linear": "linear", "sigmoid": "sigmoid"}
STRAIGHT = "straight line"  # of rectified flow


@dataclass(frozen=True, eq=False)
class Schedule:
    """At every whole t, each (steps,) float64.

    own: whether the model's. share: of the picture in the variance, α²/(α² + σ²), which is ᾱ_t where both add up to 1.
    log_snr: ln(α²/σ²). beta: β_t, the noise that is new at t; None where nothing is mixed in step by step.
    """

    name: str
    own: bool
    share: Tensor
    log_snr: Tensor
    beta: Tensor | None


def schedules(model: DenoisingModel) -> list[Schedule]:
    """The three that diffusers knows, the model's own among them or after them; the own one last, to lie on top."""
    own, steps = model.process, model.num_timesteps
    known = [(NAMES[name], VariancePreserving(steps, name)) for name in SCHEDULES]
    is_own = [isinstance(own, VariancePreserving) and own.alpha_bar.equal(p.alpha_bar) for _, p in known]
    found = [described(name, process, mine) for (name, process), mine in zip(known, is_own, strict=True)]
    if not any(is_own):
        found.append(described(STRAIGHT, own, True))
    return sorted(found, key=lambda schedule: schedule.own)


def described(name: str, process: Process, own: bool) -> Schedule:
    """A process at each of its timesteps."""
    level = process.level(torch.arange(process.steps))
    log_snr = level.log_snr.flatten()
    beta = None
    if isinstance(process, VariancePreserving):
        before = torch.cat([torch.ones(1, dtype=torch.float64), process.alpha_bar[:-1]])
        beta = 1 - process.alpha_bar / before
    return Schedule(name, own, log_snr.sigmoid(), log_snr, beta)
