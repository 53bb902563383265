"""What a denoising model does with a picture that is there: redraw it, find the noise that it came from."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from generative.errors import check_choice, check_number
from generative.frame import Frame
from generative.models.diffusion.denoising import DenoisingModel, DenoisingOptions
from generative.models.diffusion.process import CLEAN, Estimate, Level
from generative.models.diffusion.samplers import Network
from generative.seeds import Seeds

REFINEMENTS = 2  # passes that make a step of an inversion the exact reverse of the step of a drawing


class Editing(DenoisingModel):
    """Pictures are (N, C, H, W) in [0, 1], N = len(seeds) or 1. What is not given is not told."""

    def looking(self, seeds: Seeds, options: DenoisingOptions, condition: Any) -> Network:
        """The network that looks at given pictures: without a condition it is told nothing, so nothing guides it."""
        told = self.asked(seeds, condition)
        if not tells(condition):
            return self.guided(self.untold(told), replace(options, guidance_scale=1.0))
        return self.guided(told, options)

    def folded(self, images: Tensor, seeds: Seeds) -> Tensor:
        return self.fold(self.check_images(images).expand(len(seeds), -1, -1, -1))

    @torch.inference_mode()
    def redraw(
        self,
        images: Tensor,
        strength: float,
        seeds: Seeds,
        options: DenoisingOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Image to image (Meng et al. 2022, SDEdit): noise the picture part of the way and draw on from there.

        strength: in [0, 1], the share of the steps that are drawn, at least one; 1 keeps next to nothing.
        """
        options = options or self.default_options
        network = self.looking(seeds, options, condition)
        timesteps, generators = self.timesteps(options), seeds.generators()
        drawn = max(1, round(check_number("strength", strength, 0, 1) * len(timesteps)))
        timesteps = timesteps[len(timesteps) - drawn :]
        x_t = self.process.level(timesteps[0]).noised(self.folded(images, seeds), self.noise(generators))
        yield from self.denoised(x_t, timesteps, network, options, generators)

    @torch.inference_mode()
    def invert(
        self, images: Tensor, seeds: Seeds, options: DenoisingOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """The noise that DDIM draws the pictures from (Song et al. 2021, section 5.4), found step by step.

        The last frame's `latents` are that noise, (N, *latent_shape), the `start` that leads back. A step back should
        ask the network about the place that it leads to; fixed-point passes find it (Pan et al. 2023).
        """
        options = options or self.default_options
        network, x, below = self.looking(seeds, options, condition), self.folded(images, seeds), CLEAN
        timesteps, passed = self.timesteps(options).flip(0), None
        for step, t in enumerate(timesteps, start=1):
            level = self.process.level(t)
            estimate = passed or self.process.estimate(x, network(x, t), level)
            x_t = level.noised(estimate.x0, estimate.eps)
            for _ in range(REFINEMENTS):
                passed = self.process.estimate(x_t, network(x_t, t), level)
                x_t = raised(x, below, level, passed)
            x, below = x_t, level
            frame = self.frame(step, len(timesteps) + 1, float(t), x, passed)
            last = step == len(timesteps)
            yield replace(frame, total=len(timesteps), latents=x if last else None)

    @torch.inference_mode()
    def edit(
        self,
        images: Tensor,
        seeds: Seeds,
        way: str = "redraw",
        strength: float = 0.5,
        options: DenoisingOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """`redraw`, or `revise`, which is the way "invert"."""
        ways = {"redraw": self.redraw, "invert": self.revise}
        draw = ways[check_choice("way", way, list(ways))]
        yield from draw(images, strength, seeds, options, condition)

    def revise(
        self,
        images: Tensor,
        strength: float,
        seeds: Seeds,
        options: DenoisingOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Find the noise of pictures, told nothing, and draw on from there by DDIM's steps, told the condition.

        strength: in [0, 1], how far that noise is moved towards the seed's, along an arc on which it stays normal. At 0
        all seeds draw the same, and without a condition they come back to the picture.
        """
        arc = math.pi / 2 * check_number("strength", strength, 0, 1)
        options = self.reversible(options or self.default_options)
        alone = seeds if len(images) > 1 else Seeds(seeds.first)  # one picture is inverted once
        for frame in self.invert(images, alone, options):
            noise = frame.latents
            yield of_a_part(spread(frame, len(seeds)), 0, "to its noise")
        generators = seeds.generators()
        x_t = math.cos(arc) * noise + math.sin(arc) * self.noise(generators)
        network = self.looking(seeds, options, condition)
        for frame in self.denoised(x_t, self.timesteps(options), network, options, generators):
            yield of_a_part(frame, 1, "and back")

    def reversible(self, options: DenoisingOptions) -> DenoisingOptions:
        """The same with the sampler whose steps `invert` turns round, without fresh noise."""
        exact = {"sampler": "ddim", "eta": 0.0} if "ddim" in self.samplers else {"sampler": "euler"}
        return replace(options, **exact)


def of_a_part(frame: Frame, part: int, words: str) -> Frame:
    """A frame of the first or the second half of a run of two."""
    total = frame.total
    return replace(
        frame, step=frame.step + part * total, total=2 * total, label=f"{words}, {frame.label}", latents=None
    )


def spread(frame: Frame, count: int) -> Frame:
    """The frame of one picture as that of `count`."""
    if len(frame.images) == count:
        return frame
    views = {name: replace(view, images=each(view.images, count)) for name, view in frame.views.items()}
    return replace(frame, images=each(frame.images, count), views=views)


def each(images: Tensor, count: int) -> Tensor:
    return images.expand(count, -1, -1, -1)


def tells(condition: Any) -> bool:
    """Whether a condition says anything: of {name: value} no value may."""
    said = condition.values() if isinstance(condition, Mapping) else [condition]
    return any(value is not None for value in said)


def raised(x: Tensor, below: Level, level: Level, estimate: Estimate) -> Tensor:
    """The x_t at `level` from which a step with this estimate leads to x at `below`.

    Whichever of the two, picture or noise, is the lesser part of x is taken from the estimate; the other follows.
    """
    a, s = below.of(x)
    if a > s:
        return level.noised((x - s * estimate.eps) / a, estimate.eps)
    return level.noised(estimate.x0, (x - a * estimate.x0) / s)
