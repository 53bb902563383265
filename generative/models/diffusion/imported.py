"""Diffusion models of other people: pipelines that diffusers saved. Here are DDPMPipeline, DDIMPipeline and what all
have in common; imported_latent.py has those that draw in latents, imported_text.py those that are told a sentence.

The network is diffusers' own as it is, of unfolded images. It predicts what its scheduler says: the noise, the
picture or v; of a learnt variance, which has channels of its own, only the pipeline's own sampler makes use. That one
is the scheduler of the folder, step by step what the pipeline does; all other samplers work on the same schedule. Where
the pipeline cuts its estimates of the picture off, they do so too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.errors import BadCheckpoint, InvalidOption, shown
from generative.models.diffusion.ddpm import DDPMConfig, DDPMOptions, Scheduled
from generative.models.diffusion.process import Estimate, Level, VariancePreserving
from generative.models.diffusion.restoring import Restoring
from generative.models.diffusion.samplers import SAMPLERS, Sampler
from generative.options import choice

OWN = "pipeline's own"
OWN_KINDS = {  # those that can sample as their pipeline does, and whether they work on x_t / α_t
    "DDPMScheduler": False,
    "DDIMScheduler": False,
    "PNDMScheduler": False,
    "DPMSolverMultistepScheduler": False,
    "UniPCMultistepScheduler": False,
    "EulerDiscreteScheduler": True,
    "EulerAncestralDiscreteScheduler": True,
}
CLIPPING = ("DDPMScheduler", "DDIMScheduler")  # those that cut the estimate of the picture off unless told otherwise
PREDICTIONS = ("epsilon", "sample", "v_prediction")
TINY_UNET = {
    "sample_size": 8,
    "in_channels": 1,
    "out_channels": 1,
    "block_out_channels": (8, 8),
    "layers_per_block": 1,
    "norm_num_groups": 4,
    "down_block_types": ("DownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "UpBlock2D"),
}


@dataclass(frozen=True)
class ImportedConfig(DDPMConfig):
    """unet, scheduler: what diffusers makes both of, from unet/config.json and scheduler/scheduler_config.json."""

    least: ClassVar[Mapping[str, Any]] = {"unet": TINY_UNET, "scheduler": {"_class_name": "DDPMScheduler"}}
    unet: dict[str, Any] = field(default_factory=dict)
    scheduler: dict[str, Any] = field(default_factory=dict)
    fold: int = 1
    channels: tuple[int, ...] = (1,)
    attention: tuple[bool, ...] = ()


@dataclass(frozen=True)
class ImportedOptions(DDPMOptions):
    sampler: str = choice(
        "dpm-solver++",
        (*SAMPLERS, OWN),
        "Sampler",
        "How noise is removed. The pipeline's own is the scheduler that it came with, and may want a thousand steps; "
        "DPM-Solver++ and UniPC need few.",
    )


@dataclass(frozen=True)
class OwnSampler(Sampler):
    """The scheduler of the folder, as its pipeline uses it. count: steps of the whole way."""

    config: Mapping[str, Any] = field(default_factory=dict)
    count: int = 0

    def over(self, process: VariancePreserving, timesteps: Tensor | None = None) -> Any:
        scheduler = self.kind.from_config(dict(self.config))
        scheduler.set_timesteps(self.count)
        return scheduler

    def begin(self, scheduler: Any, scale: float, part: bool) -> float:
        return scale if part else float(scheduler.init_noise_sigma)

    def told(self, process: VariancePreserving, x_t: Tensor, output: Tensor, level: Level) -> Tensor:
        """All of it, whatever it is; but only DDPM has a use for a variance that was learnt."""
        learnt = self.scheduler == "DDPMScheduler" and str(self.config.get("variance_type")).startswith("learned")
        return output if learnt else output[:, : x_t.shape[1]]


class ImportedProcess(VariancePreserving):
    """The schedule of a scheduler of diffusers, and what it says that the network predicts."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises BadCheckpoint for a schedule or a prediction that there is not."""
        with torch.device("cpu"), read_from("scheduler/scheduler_config.json", "a noise schedule"):
            scheduler = scheduler_of(config)
        about, schedule = scheduler.config, scheduler.alphas_cumprod.double()
        super().__init__(len(schedule), schedule)
        self.prediction = about.prediction_type
        self.most = about.clip_sample_range if about.clip_sample else None
        if self.prediction not in PREDICTIONS or len(schedule) != about.num_train_timesteps:
            wrong = ("prediction_type", self.prediction)
            wrong = wrong if self.prediction not in PREDICTIONS else ("num_train_timesteps", about.num_train_timesteps)
            raise BadCheckpoint(f"scheduler/scheduler_config.json: {wrong[0]} cannot be {shown(wrong[1])}")

    def estimate(self, x_t: Tensor, output: Tensor, level: Level) -> Estimate:
        """The picture and the noise; the picture cut off where the pipeline does so, and the noise that fits to it."""
        output, (alpha, sigma) = output[:, : x_t.shape[1]], level.of(x_t)
        if self.prediction == "v_prediction":
            x0 = alpha * x_t - sigma * output
        else:
            x0 = output if self.prediction == "sample" else (x_t - sigma * output) / alpha
        if self.most is not None:
            x0 = x0.clamp(-self.most, self.most)
        elif self.prediction == "epsilon":
            return Estimate(x0, output)
        return Estimate(x0, (x_t - alpha * x0) / sigma)

    def velocity(self, x_t: Tensor, output: Tensor, level: Level) -> Tensor:
        estimate = self.estimate(x_t, output, level)
        return self.target(estimate.x0, estimate.eps, level)


@contextmanager
def read_from(file: str, what: str) -> Iterator[None]:
    """Turns what diffusers says of a description that it cannot read into BadCheckpoint, which names the file."""
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError, RuntimeError, ArithmeticError) as e:
        raise BadCheckpoint(f"{file} does not describe {what}: {e}") from e


def scheduler_of(config: Mapping[str, Any]) -> Any:
    """The scheduler of diffusers, or DDPM's of the same noise where that one works in another way. Raises ValueError
    for a schedule that there is not."""
    from diffusers import DDIMScheduler, DDPMScheduler  # which takes seconds

    kind = DDIMScheduler if config.get("_class_name") == "DDIMScheduler" else DDPMScheduler
    clipped = {} if config.get("_class_name") in CLIPPING else {"clip_sample": False}
    return kind.from_config({**config, **clipped})


class Pipeline(Scheduled):
    """What all of them share."""

    Config = ImportedConfig
    Options = ImportedOptions
    config: ImportedConfig
    samplers = {**SAMPLERS, OWN: OwnSampler("Pipeline's own", "The scheduler that it came with.", "DDPMScheduler")}
    renamed = (
        (".query.", ".to_q."),
        (".key.", ".to_k."),
        (".value.", ".to_v."),
        (".proj_attn.", ".to_out.0."),
    )  # what older versions of diffusers called the layers of attention

    def __init__(self, config: ImportedConfig) -> None:
        super().__init__(config)
        kind = config.scheduler.get("_class_name", "DDPMScheduler")
        self.process  # noqa: B018 - says what is wrong with the schedule
        about = {"scheduler": kind, "config": config.scheduler, "scaled": OWN_KINDS.get(kind, False)}
        own = replace(Pipeline.samplers[OWN], **about)
        self.samplers = {**SAMPLERS, OWN: own} if kind in OWN_KINDS else SAMPLERS
        if kind in OWN_KINDS:
            with torch.device("cpu"), read_from("scheduler/scheduler_config.json", f"a {kind}"):
                own.kind.from_config(dict(config.scheduler))

    def network(self, attention: Sequence[bool], **about: Any) -> Any:
        """The UNet that the folder describes."""
        from diffusers import UNet2DModel  # which takes seconds

        with read_from("unet/config.json", "a UNet2DModel"):
            return UNet2DModel(**{"num_class_embeds": len(self.config.classes) or None, **self.config.unet})

    def make_process(self) -> ImportedProcess:
        """That of the scheduler."""
        return ImportedProcess(self.config.scheduler)

    def forward(self, x_t: Tensor, t: Tensor, told: Tensor) -> Tensor:
        """What the network says of images (N, C, H, W) in [−1, 1], told their classes (N,) if it was taught any."""
        return self.unet(x_t, t, class_labels=told if self.config.classes else None).sample

    def untold(self, told: Tensor) -> Tensor:
        """The same class: such networks were taught none that stands for no class, so guidance changes nothing."""
        return told

    def sampler(self, options: ImportedOptions) -> Sampler:
        """That of `options`. Raises InvalidOption where the pipeline's own is none that is known here."""
        if options.sampler not in self.samplers:
            kind = shown(self.config.scheduler.get("_class_name"))
            raise InvalidOption(f"The pipeline's own sampler, {kind}, is not known here. Choose another.", "sampler")
        found = super().sampler(options)
        return replace(found, count=options.num_inference_steps) if isinstance(found, OwnSampler) else found

    def timesteps(self, options: ImportedOptions) -> Tensor:
        """As of all models of this kind; the pipeline's own sampler brings its own, which may be a few more."""
        sampler, usual = self.sampler(options), super().timesteps(options)
        if not isinstance(sampler, OwnSampler):
            return usual
        return torch.as_tensor(sampler.over(self.process).timesteps, dtype=torch.float64)


class Imported(Pipeline, Restoring):
    title = "Imported pipeline"
    paper = "https://arxiv.org/abs/2006.11239"
