"""What the models of this family share: a UNet that is shown noisy pictures, and the loop that draws with it.

It is told a class or attributes; what it is told is left out of a part of the training, so that it also knows
how to draw without, which guidance and restoring need.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.conditions import UNTOLD
from generative.errors import InvalidOption
from generative.frame import Frame, View
from generative.models.diffusion.guidance import Guidance
from generative.models.diffusion.process import Estimate, Process
from generative.models.diffusion.samplers import Network, Sampler, steps
from generative.models.folded_unet import FoldedConfig, FoldedUNet
from generative.options import Options, integer, number
from generative.seeds import Seeds, normal

X_T = partial(View, "Noisy image xₜ", "What the network is given at this step")
NOISE = partial(View, "Predicted noise", "What of it the network takes for noise", low=-4.0, high=4.0)
X0 = partial(View, "Estimate of x₀", "What it would draw if it had to finish now")


@dataclass(frozen=True)
class DenoisingConfig(FoldedConfig):
    least: ClassVar[Mapping[str, Any]] = {"channels": (16, 16), "attention": (False, False), "layers_per_block": 1}
    attention: tuple[bool, ...] = (False, False, True)
    num_train_timesteps: int = 1000


@dataclass(frozen=True)
class DenoisingOptions(Options):
    sampler: str = ""
    num_inference_steps: int = integer(
        20,
        1,
        1000,
        "Steps",
        "How many steps lead from noise to picture, each one look of the network, or two with Heun. More steps take "
        "longer and lose less.",
    )
    guidance_scale: float = number(
        2.0,
        0.0,
        10.0,
        0.1,
        "Guidance scale",
        "How strongly what is told pulls. 1 is the plain model, 0 does not hear it; higher is clearer and less varied.",
    )
    guidance_start: float = number(
        0.0,
        0.0,
        1.0,
        0.05,
        "Guidance from",
        "Guidance acts only on a part of the way from 1, pure noise, to 0, the picture: above this value.",
        more=True,
    )
    guidance_end: float = number(
        1.0,
        0.0,
        1.0,
        0.05,
        "Guidance up to",
        "Guidance acts only at or below this value. Outside of the two a step costs one look instead of two.",
        more=True,
    )

    @property
    def guidance(self) -> Guidance:
        """Its scale, and the part of the way on which it acts."""
        return Guidance(self.guidance_scale, self.guidance_start, self.guidance_end)


class DenoisingModel(FoldedUNet, ABC):
    """A network that is shown x_t and t. A subclass says what the process is and which samplers there are."""

    family = "diffusion"
    samplers: ClassVar[Mapping[str, Sampler]]

    def __init__(self, config: DenoisingConfig) -> None:
        super().__init__(config, config.attention)

    @property
    def num_timesteps(self) -> int:
        """t goes from 0 to one less than this."""
        return self.config.num_train_timesteps

    @abstractmethod
    def make_process(self) -> Process:
        """The forward process, with the tables that it needs; made once, when first asked for."""

    @cached_property
    def process(self) -> Process:
        """The forward process that the network has learnt to turn round."""
        return self.make_process()

    def unfold(self, x: Tensor) -> Tensor:
        """The inverse of `fold`, cut to [0, 1]."""
        return ((self.flat(x) + 1) / 2).clamp(0, 1)

    def forward(self, x_t: Tensor, t: Tensor, told: Tensor) -> Tensor:
        """What the network says of folded images (N, 4C, H/2, W/2) at timesteps t, 0-d or (N,).

        told: (N,) int64 class, which may be `no_class`, or (N, A) int64 values of attributes, which may be UNTOLD.
        """
        return self.unet(x_t, t, class_labels=told).sample

    def untold(self, told: Tensor) -> Tensor:
        """What the network is told when it is told nothing, for as many images."""
        return torch.full_like(told, UNTOLD if self.config.attributes else self.no_class)

    def asked(self, seeds: Seeds, condition: Any = None) -> Tensor:
        """What the network is told of each image. Raises NotSupported or InvalidOption."""
        told = self.told(seeds, condition)
        return torch.zeros(len(seeds), dtype=torch.int64, device=self.device) if told is None else told

    def guided(
        self,
        told: Tensor,
        options: DenoisingOptions,
        away: Tensor | None = None,
        look: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None,
    ) -> Network:
        """The network under the guidance of `options`, led away from what `away` tells, or else from nothing told.

        look: a pass of the network, where something is to be seen of it.
        """
        guidance, away, look = options.guidance, self.untold(told) if away is None else away, look or self

        def led(x_t: Tensor, t: Tensor) -> Tensor:
            return guidance(look, x_t, there(t, x_t), told, away)

        return self.within(guidance, lambda x_t, t: look(x_t, there(t, x_t), told), led)

    def within(self, guidance: Guidance, plain: Network, led: Network) -> Network:
        """`led` where guidance acts, `plain` elsewhere; both get t as it comes, for which no device is waited."""

        def network(x_t: Tensor, t: Tensor) -> Tensor:
            return (led if guidance.acts(self.process.fraction(float(t))) else plain)(x_t, t)

        return network

    def timesteps(self, options: DenoisingOptions) -> Tensor:
        """(steps,) the t of the run, falling. Raises InvalidOption for more steps than the process has."""
        count, most = options.num_inference_steps, self.process.steps
        if count > most:
            raise InvalidOption(
                f"num_inference_steps must be at most {most} for this model, not {count}", "num_inference_steps"
            )
        return self.process.timesteps(count, self.spacing(options))

    def spacing(self, options: DenoisingOptions) -> str:
        """How the sampler of `options` spaces its steps, one of SPACINGS."""
        return self.sampler(options).spacing

    def sampler(self, options: DenoisingOptions) -> Sampler:
        """That of `options`."""
        return self.samplers[options.sampler]

    def evaluations(self, options: DenoisingOptions) -> int:
        """Passes of the network for one image, as they are made: two where guidance acts."""
        visits = self.sampler(options).visits(self.timesteps(options))
        return sum(options.guidance.passes(self.process.fraction(t)) for t in visits)

    def noise(self, generators: list[torch.Generator]) -> Tensor:
        """(N, *latent_shape): what a run begins with, an image's own."""
        return normal(generators, *self.latent_shape).to(self.device)

    @torch.inference_mode()
    def sample(
        self,
        seeds: Seeds,
        options: DenoisingOptions | None = None,
        condition: Any = None,
        start: Tensor | None = None,
        against: Any = None,
    ) -> Iterator[Frame]:
        """A frame per step: `images` is what the picture would be by now; views "x_t", "noise" and "x0"; `latents` x_t
        as it is, (N, *latent_shape).

        start: (N, *latent_shape) noise to begin with instead of that of the seeds. against: a condition that guidance
        leads away from, instead of from what the network draws untold.
        """
        options = options or self.default_options
        generators, told = seeds.generators(), self.asked(seeds, condition)
        noise = self.noise(generators)
        x_t = noise if start is None else start.to(noise)
        network = self.guided(told, options, None if against is None else self.asked(seeds, against))
        yield from self.denoised(x_t, self.timesteps(options), network, options, generators)

    def guide(
        self, seeds: Seeds, against: Any, options: DenoisingOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """As `sample`, but guidance leads away from what `against` tells (a "negative" condition)."""
        yield from self.sample(seeds, options, condition, against=against)

    def denoised(
        self,
        x_t: Tensor,
        timesteps: Tensor,
        network: Network,
        options: DenoisingOptions,
        generators: list[torch.Generator],
    ) -> Iterator[Frame]:
        """From x_t, at the first of the timesteps, to pictures."""
        eta = getattr(options, "eta", 0.0)
        for moment in steps(self.sampler(options), self.process, timesteps, network, x_t, generators, eta):
            frame = self.frame(moment.step, moment.total, moment.t, moment.x_t, moment.estimate)
            yield replace(frame, latents=moment.x_t)

    def glimpse(self, x: Tensor) -> Tensor:
        """What `unfold` gives, of a moment that is not the last, where something may be spared."""
        return self.unfold(x)

    def frame(self, step: int, total: int, t: float, x_t: Tensor, estimate: Estimate) -> Frame:
        """The frame of a step that led to x_t; of the last one the picture is x_t itself."""
        noisy = self.unfold(x_t) if step == total else self.glimpse(x_t)
        picture = noisy if step == total else self.glimpse(estimate.x0)
        views = {"x_t": X_T(noisy), "noise": NOISE(self.flat(estimate.eps).clamp(-4, 4)), "x0": X0(picture)}
        return Frame(picture, step, total, f"t = {t:.0f}", views)


def there(t: Tensor, x_t: Tensor) -> Tensor:
    """t where x_t is, as networks are told it."""
    return t.float().to(x_t.device)
