"""Samplers: how noise is removed, one network evaluation after another. Every step is made by a scheduler of diffusers.

A scheduler of diffusers counts its own timesteps, and at most step counts they disagree with where it lands: DDIM goes
to t − 1000 // n whatever comes next, and rounding adds a step below t = 0. So each gets a process of just the n
timesteps that are visited, "respaced" as in Nichol & Dhariwal 2021 (section 4), in which the next timestep is always
t − 1. Nothing is clipped: a clipped x0 would no longer belong to the noise that was predicted with it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from generative.models.diffusion.process import Estimate, Level, Process

Network = Callable[[Tensor, Tensor], Tensor]  # x_t and a 0-d t → what the network says of it


@dataclass(frozen=True)
class Sampler:
    """A scheduler of diffusers, by its name there, with its settings.

    spacing: how its timesteps lie when nobody says (`Process.timesteps`).
    scaled: whether it works on x_t / α_t, in which noise is added and nothing shrinks.
    """

    title: str
    help: str
    scheduler: str
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    spacing: str = "even"
    scaled: bool = False

    @property
    def kind(self) -> type[Any]:
        """The scheduler's class."""
        import diffusers  # which takes seconds, for which only those wait who denoise

        return getattr(diffusers, self.scheduler)

    @property
    def twice(self) -> bool:
        """Whether a step looks at both of its ends. The last has no second end: at t = 0 there is no noise to see."""
        return self.kind.order == 2

    def visits(self, timesteps: Tensor) -> list[float]:
        """The t of every network evaluation of a run over these timesteps, in order."""
        first, *rest = timesteps.tolist()
        return [first, *(t for t in rest for _ in range(2 if self.twice else 1))]

    def told(self, process: Process, x_t: Tensor, output: Tensor, level: Level) -> Tensor:
        """What a step is told of the network's `output`."""
        return process.velocity(x_t, output, level)

    def begin(self, scheduler: Any, scale: float, part: bool) -> float:
        """What the x_t that a run begins with is multiplied by: `scale`, 1 / α_t where steps work on x_t / α_t.

        part: whether the scheduler's way is gone only in part, so that x_t is more than noise."""
        return scale

    def over(self, process: Process, timesteps: Tensor) -> Any:
        """The scheduler over a process whose only timesteps are these."""
        count = len(timesteps)
        scheduler = self.kind(
            num_train_timesteps=count,
            prediction_type="v_prediction",
            timestep_spacing="trailing",
            **self.settings,
        )
        # In float64, where what stands under a root cannot round below 0: DDIM's 1 − ᾱ − σ², an ancestral σ² − σ_up².
        scheduler.alphas_cumprod = process.level(timesteps).alpha.flatten().square().flip(0)
        scheduler.set_timesteps(count)
        if self.scaled:
            scheduler.sigmas = scheduler.sigmas.double()
        return scheduler


@dataclass(frozen=True)
class FlowSampler(Sampler):
    """A scheduler of diffusers for rectified flow, whose own timesteps are even and end a step before the picture."""

    def over(self, process: Process, timesteps: Tensor) -> Any:
        scheduler = self.kind(num_train_timesteps=process.steps)
        sigma = process.level(timesteps).sigma.flatten()
        scheduler.sigma_max, scheduler.sigma_min = float(sigma[0]), float(sigma[-1])
        scheduler.set_timesteps(len(timesteps))
        return scheduler


WHOLE = MappingProxyType({"clip_sample": False})
SECOND, THIRD = MappingProxyType({"solver_order": 2}), MappingProxyType({"solver_order": 3})

SAMPLERS: dict[str, Sampler] = {
    "dpm-solver++": Sampler(
        "DPM-Solver++ 2M",
        "Uses the last two estimates of the picture. 20 steps are enough.",
        "DPMSolverMultistepScheduler",
        SECOND,
    ),
    "dpm-solver++3": Sampler("DPM-Solver++ 3M", "Uses the last three estimates.", "DPMSolverMultistepScheduler", THIRD),
    "unipc": Sampler(
        "UniPC", "Predicts a step and corrects it with the next evaluation, at no cost.", "UniPCMultistepScheduler"
    ),
    "ddim": Sampler("DDIM", "A straight step to the next t; eta adds fresh noise.", "DDIMScheduler", WHOLE),
    "ddpm": Sampler("DDPM", "The original: fresh noise at each step, wants hundreds.", "DDPMScheduler", WHOLE),
    "euler": Sampler(
        "Euler",
        "DDIM's step, at the t that Karras et al. chose.",
        "EulerDiscreteScheduler",
        spacing="karras",
        scaled=True,
    ),
    "euler-ancestral": Sampler(
        "Euler ancestral",
        "Euler with fresh noise at each step.",
        "EulerAncestralDiscreteScheduler",
        spacing="karras",
        scaled=True,
    ),
    "heun": Sampler(
        "Heun",
        "Looks at both ends of each step but the last, so evaluates nearly twice as often. Wants 10 steps or more.",
        "HeunDiscreteScheduler",
        WHOLE,
        spacing="karras",
        scaled=True,
    ),
}

FLOW_SAMPLERS: dict[str, Sampler] = {
    "euler": FlowSampler("Euler", "A straight step along the velocity.", "FlowMatchEulerDiscreteScheduler"),
    "heun": FlowSampler(
        "Heun",
        "Looks at both ends of each step but the last, so evaluates nearly twice as often.",
        "FlowMatchHeunDiscreteScheduler",
    ),
}


@dataclass(frozen=True, eq=False)
class Moment:
    """A step that has been taken.

    step, total: ``1 <= step <= total``. t: where the network looked last. x_t: where the step led, at the last step
    the result. estimate: the picture and the noise that the network saw.
    """

    step: int
    total: int
    t: float
    x_t: Tensor
    estimate: Estimate


def steps(
    sampler: Sampler,
    process: Process,
    timesteps: Tensor,
    network: Network,
    x_t: Tensor,
    generators: list[torch.Generator],
    eta: float = 0.0,
) -> Iterator[Moment]:
    """From x_t at the first of `timesteps` to a picture, a moment per step.

    x_t: (N, C, H, W). generators: one an image, for samplers that add noise. eta: in [0, 1], of DDIM only.
    """
    scheduler = sampler.over(process, timesteps)
    more = {"generator": generators} if takes_noise(sampler) else {}
    more |= {"eta": eta} if sampler.scheduler == "DDIMScheduler" else {}
    scale = [1 / float(process.level(t).alpha) if sampler.scaled else 1.0 for t in timesteps] + [1.0]
    visits, total = sampler.visits(timesteps), len(timesteps)
    left_out = len(scheduler.timesteps) - len(visits)  # of a part of the way, which is its end
    x, step = x_t * sampler.begin(scheduler, scale[0], left_out > 0), 0
    for index, (place, t) in enumerate(zip(scheduler.timesteps[left_out:], visits, strict=True)):
        x_t = scheduler.scale_model_input(x, place) if sampler.scaled else x
        output = network(x_t, torch.tensor(t))
        level = process.level(torch.tensor(t))
        x = scheduler.step(sampler.told(process, x_t, output, level), place, x, **more).prev_sample
        if sampler.twice and index % 2 == 0 and index + 1 < len(visits):
            continue  # half of a step
        step += 1
        estimate = process.estimate(x_t, output, level)
        yield Moment(step, total, t, x / scale[step], estimate)


def takes_noise(sampler: Sampler) -> bool:
    """Whether it adds noise at its steps, so that a run needs the seeds after its start as well."""
    return sampler.scheduler in ("DDIMScheduler", "DDPMScheduler", "EulerAncestralDiscreteScheduler")
