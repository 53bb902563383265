"""DDPM: Ho, Jain & Abbeel, "Denoising Diffusion Probabilistic Models", 2020, conditional on the class.

    q(x_t | x_0) = N(√ᾱ_t x_0, (1 − ᾱ_t) I)                                                            (eq. 4)

The network is diffusers' UNet2DModel and predicts v = √ᾱ_t ε − √(1−ᾱ_t) x_0 (Salimans & Ho 2022) under the cosine
schedule of Nichol & Dhariwal 2021. Labels are dropped in training, so that sampling can use classifier-free guidance
(Ho & Salimans 2022). Images are folded 2×2 into channels first: a quarter of the positions, the same pixels.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, UNet2DModel
from torch import Tensor

from generative.frame import Frame, View
from generative.models.model import ImageConfig, Model
from generative.options import Options, choice, integer, number
from generative.seeds import Seeds, normal

SAMPLERS = {"dpm-solver++": DPMSolverMultistepScheduler, "ddim": DDIMScheduler, "ddpm": DDPMScheduler}
X_T = partial(View, "Noisy image xₜ", "What the network is given at this step")
X0 = partial(View, "Estimate of x₀", "What it would draw if it had to finish now")


@dataclass(frozen=True)
class DDPMConfig(ImageConfig):
    can_be_told = ("class",)
    least: ClassVar[Mapping[str, Any]] = {"channels": (16, 16), "attention": (False, False), "layers_per_block": 1}
    fold: int = 2
    channels: tuple[int, ...] = (48, 96, 112)
    layers_per_block: int = 2
    attention: tuple[bool, ...] = (False, False, True)
    num_train_timesteps: int = 1000
    beta_schedule: str = "squaredcos_cap_v2"


@dataclass(frozen=True)
class DDPMOptions(Options):
    sampler: str = choice(
        "dpm-solver++",
        tuple(SAMPLERS),
        "Sampler",
        "How noise is removed. DPM-Solver++ needs few steps; DDIM is deterministic and smooth; DDPM is the original, "
        "which adds fresh noise at each step and wants hundreds of them.",
    )
    num_inference_steps: int = integer(
        20,
        1,
        1000,
        "Steps",
        "How many times the network looks at the picture. More steps take longer and lose less.",
    )
    guidance_scale: float = number(
        2.0,
        1.0,
        10.0,
        0.1,
        "Guidance scale",
        "How strongly the class pulls. 1 is the plain model; higher is clearer and less varied.",
    )
    eta: float = number(
        0.0,
        0.0,
        1.0,
        0.05,
        "Eta (DDIM only)",
        "Fresh noise at each DDIM step. 0 is deterministic; 1 is as random as DDPM.",
    )


class DDPM(Model):
    family = "diffusion"
    title = "DDPM"
    paper = "https://arxiv.org/abs/2006.11239"
    Config = DDPMConfig
    Options = DDPMOptions
    weights = {"unet/diffusion_pytorch_model.safetensors": "unet"}

    def __init__(self, config: DDPMConfig) -> None:
        super().__init__(config)
        self.no_class = len(config.classes)  # the label that stands for none
        self.padding = -config.size % (config.fold * 2 ** (len(config.channels) - 1)) // 2
        folded = config.image_channels * config.fold**2
        self.unet = UNet2DModel(
            sample_size=(config.size + 2 * self.padding) // config.fold,
            in_channels=folded,
            out_channels=folded,
            layers_per_block=config.layers_per_block,
            block_out_channels=config.channels,
            norm_num_groups=16,
            num_class_embeds=len(config.classes) + 1,
            down_block_types=["AttnDownBlock2D" if a else "DownBlock2D" for a in config.attention],
            up_block_types=["AttnUpBlock2D" if a else "UpBlock2D" for a in reversed(config.attention)],
        )

    def scheduler(self, sampler: str = "ddpm", **options: Any) -> Any:
        """diffusers' scheduler of that name, set to this model's noise."""
        return SAMPLERS[sampler](
            num_train_timesteps=self.config.num_train_timesteps,
            beta_schedule=self.config.beta_schedule,
            prediction_type="v_prediction",
            timestep_spacing="trailing",
            **options,
        )

    def companions(self) -> dict[str, dict[str, Any]]:
        index = {
            "_class_name": "DDPMPipeline",
            "unet": ["diffusers", "UNet2DModel"],
            "scheduler": ["diffusers", "DDPMScheduler"],
        }
        return {
            "model_index.json": index,
            "unet/config.json": {**self.unet.config, "_class_name": "UNet2DModel"},
            "scheduler/scheduler_config.json": {**self.scheduler().config, "_class_name": "DDPMScheduler"},
        }

    def fold(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → what the network works on: [−1, 1], padded with −1 and folded into channels."""
        return F.pixel_unshuffle(F.pad(images * 2 - 1, [self.padding] * 4, value=-1.0), self.config.fold)

    def unfold(self, x: Tensor) -> Tensor:
        """The inverse of `fold`, cut to [0, 1]."""
        x = F.pixel_shuffle(x, self.config.fold)
        end = x.shape[-1] - self.padding
        return ((x[..., self.padding : end, self.padding : end] + 1) / 2).clamp(0, 1).float()

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """v for folded images (N, 4C, H/2, W/2) at timesteps (N,); `labels` may hold `no_class`."""
        return self.unet(x_t, t, class_labels=labels).sample

    def guided(self, x_t: Tensor, t: Tensor, labels: Tensor, scale: float) -> Tensor:
        """v with classifier-free guidance: v_∅ + scale·(v_c − v_∅); one pass over a doubled batch."""
        if scale == 1:
            return self(x_t, t, labels)
        both = torch.cat([labels, torch.full_like(labels, self.no_class)])
        v_class, v_none = self(x_t.repeat(2, 1, 1, 1), t, both).chunk(2)
        return v_none + scale * (v_class - v_none)

    def evaluations(self, options: DDPMOptions) -> int:
        """One a step; two where guidance also asks the network without the class."""
        return options.num_inference_steps * (1 if options.guidance_scale == 1 else 2)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: DDPMOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """A frame per step: images and "x0" are the present estimate of the result, "x_t" is the noisy picture."""
        options = options or self.default_options
        labels = self.told(seeds, condition)
        generators = seeds.generators()
        scheduler = self.scheduler(options.sampler)
        scheduler.set_timesteps(options.num_inference_steps)
        extra = {"eta": options.eta} if options.sampler == "ddim" else {}
        x_t = normal(generators, self.unet.config.in_channels, *[self.unet.config.sample_size] * 2).to(self.device)
        total = len(scheduler.timesteps)
        for step, t in enumerate(scheduler.timesteps, start=1):
            v = self.guided(x_t, t, labels, options.guidance_scale)
            alpha_bar = scheduler.alphas_cumprod[t]
            x0 = alpha_bar.sqrt() * x_t - (1 - alpha_bar).sqrt() * v
            x_t = scheduler.step(v, t, x_t, generator=generators, **extra).prev_sample
            image = self.unfold(x_t if step == total else x0)
            yield Frame(image, step, total, f"t = {int(t)}", {"x_t": X_T(self.unfold(x_t)), "x0": X0(image)})
