"""DDPM: Ho, Jain & Abbeel, "Denoising Diffusion Probabilistic Models", 2020, conditional on the class.

    q(x_t | x_0) = N(√ᾱ_t x_0, (1 − ᾱ_t) I)                                                            (eq. 4)

The network predicts v = √ᾱ_t ε − √(1−ᾱ_t) x_0 (Salimans & Ho 2022) under the cosine schedule of Nichol & Dhariwal 2021.
Labels are dropped in training, so that sampling can use classifier-free guidance (Ho & Salimans 2022), or be guided by
another network instead (by_another.py).
"""

from dataclasses import dataclass
from typing import Any

from generative.models.diffusion.by_another import GuidedByAnother, GuidedOptions
from generative.models.diffusion.denoising import DenoisingConfig, DenoisingModel, DenoisingOptions
from generative.models.diffusion.process import SCHEDULES, SPACINGS, VariancePreserving
from generative.models.diffusion.restoring import Restoring
from generative.models.diffusion.samplers import SAMPLERS
from generative.models.folded_unet import readable
from generative.options import choice, number

OWN = "sampler's own"


@dataclass(frozen=True)
class DDPMConfig(DenoisingConfig):
    beta_schedule: str = SCHEDULES[0]


@dataclass(frozen=True)
class DDPMOptions(DenoisingOptions):
    sampler: str = choice(
        "dpm-solver++",
        tuple(SAMPLERS),
        "Sampler",
        "How noise is removed. DPM-Solver++ and UniPC need few steps; DDIM is deterministic and smooth; DDPM is the "
        "original, which adds fresh noise at each step and wants hundreds of them.",
    )
    spacing: str = choice(
        OWN,
        (OWN, *SPACINGS),
        "Spacing of steps",
        "Where the steps lie: evenly in t, closer together towards the picture as Karras et al. chose, or evenly in "
        "the ratio of signal to noise.",
        more=True,
    )
    eta: float = number(
        0.0,
        0.0,
        1.0,
        0.05,
        "Eta",
        "Fresh noise at each DDIM step. 0 is deterministic; 1 is as random as DDPM.",
        when=("sampler", "ddim"),
    )


class Scheduled(DenoisingModel):
    """What has DDPM's forward process, the schedule its configuration's, and so its samplers."""

    Config: type[DDPMConfig] = DDPMConfig
    Options = DDPMOptions
    samplers = SAMPLERS

    def __init__(self, config: DDPMConfig) -> None:
        super().__init__(config)
        if config.beta_schedule not in SCHEDULES:
            raise ValueError(f"beta_schedule must be one of {', '.join(SCHEDULES)}, not {config.beta_schedule}")

    def make_process(self) -> VariancePreserving:
        """That of variances that add up to one, with the configuration's schedule."""
        return VariancePreserving(self.config.num_train_timesteps, self.config.beta_schedule)

    def spacing(self, options: DDPMOptions) -> str:
        """That of the options, or the sampler's own."""
        return super().spacing(options) if options.spacing == OWN else options.spacing

    def companions(self) -> dict[str, dict[str, Any]]:
        """What diffusers needs to read the network and its noise. No index: none of its pipelines unfolds images."""
        from diffusers import DDPMScheduler  # which takes seconds

        scheduler = DDPMScheduler(
            self.config.num_train_timesteps,
            beta_schedule=self.config.beta_schedule,
            prediction_type="v_prediction",
            timestep_spacing="trailing",
            clip_sample=False,
        )
        config = readable(scheduler.config, "DDPMScheduler")
        return {**super().companions(), "scheduler/scheduler_config.json": config}


@dataclass(frozen=True)
class GuidedDDPMOptions(DDPMOptions, GuidedOptions):
    """All of them, and what guides."""


class DDPM(GuidedByAnother, Scheduled, Restoring):
    title = "DDPM"
    paper = "https://arxiv.org/abs/2006.11239"
    Options = GuidedDDPMOptions


class SmallDDPM(Scheduled, Restoring):
    """A worse one, of fewer channels and little training, away from which the other can be guided."""

    title = "DDPM, small"
    paper = "https://arxiv.org/abs/2406.02507"
