"""Restoring without training for it: DDNM, Wang, Yu & Zhang, "Zero-Shot Image Restoration", 2022.

What is known of a picture is y = A x, and each estimate of the picture is made to agree with it:

    x̂_0 ← A† y + (I − A† A) x_0                                                                          (eq. 13)

Here all that can be known are means of disjoint groups of values: of single pixels around a hole, of the pixels of a
block, of the three colours, or of what several of these leave. So A† gives each value of a group its mean, and two
degradations together are one with smaller or larger groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.errors import InvalidOption, InvalidPicture, check_integer, check_number
from generative.frame import Frame
from generative.models.diffusion.denoising import X0, DenoisingOptions
from generative.models.diffusion.noising import Noising
from generative.models.diffusion.process import CLEAN, Estimate, Level
from generative.seeds import MAX_SEED, Seeds, normal

FRESH = 0.85  # η of the paper: the share of the noise that is new at each step
HALVINGS = 50
OF_NOISE = MAX_SEED  # the seed of the noise of a measurement: none that a picture is likely to be drawn with


class Measurement:
    """Means of groups of the values of pictures (C, H, W), each with noise of standard deviation `noise`.

    factor: pixels of a block that is known by its mean only, along one side. grey: only the mean of the colours is
    known. hole: (H, W) bool, of which nothing is known. Raises InvalidPicture when nothing at all is known, and
    InvalidOption for a factor or a noise that cannot be.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        factor: int = 1,
        grey: bool = False,
        hole: Tensor | None = None,
        noise: float = 0.0,
    ) -> None:
        factor, noise = check_integer("factor", factor, 1, shape[1]), check_number("noise", noise, 0, 1)
        channel, row, column = torch.meshgrid(*(torch.arange(n) for n in shape), indexing="ij")
        group = ((channel * (not grey)) * shape[1] + row // factor) * shape[2] + column // factor
        known = torch.ones(shape, dtype=torch.bool) if hole is None else ~hole.cpu().expand(shape)
        if not known.any():
            raise InvalidPicture("Nothing of the picture is left to restore it from. Make the hole smaller.", "mask")
        self.shape, self.noise = shape, noise
        self.place = known.flatten().nonzero().flatten()  # of each known value, among all
        _, self.group = group[known].unique(return_inverse=True)
        self.sizes = self.group.bincount()

    def measure(self, images: Tensor) -> Tensor:
        """A x: (N, C, H, W) → (N, G) means."""
        values = images.flatten(1)[:, self.place.to(images.device)]
        sums = values.new_zeros(len(images), len(self.sizes)).index_add_(1, self.group.to(images.device), values)
        return sums / self.sizes.to(images)

    def taken(self, images: Tensor) -> Tensor:
        """The same with the noise, which is the same for all pictures, whatever the seeds of what is drawn."""
        known = self.measure(images)
        return known + self.noise * normal(Seeds(OF_NOISE).generators(), known.shape[1]).to(known)

    def spread(self, known: Tensor) -> Tensor:
        """A† y: (N, G) → (N, C, H, W), 0 where nothing is known."""
        whole = known.new_zeros(len(known), self.shape[0] * self.shape[1] * self.shape[2])
        whole[:, self.place.to(known.device)] = known[:, self.group.to(known.device)]
        return whole.view(-1, *self.shape)

    def fitted(self, images: Tensor, known: Tensor) -> Tensor:
        """The pictures in [0, 1] nearest to `images` whose means are `known`: what is lacking is added to a group as
        far as black and white allow. Single pixels come out to the bit."""
        exact, wanted = images.double(), known.double()
        low, high = -torch.ones_like(wanted), torch.ones_like(wanted)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            short = self.measure((exact.clamp(0, 1) + self.spread(middle)).clamp(0, 1)) < wanted
            low, high = torch.where(short, middle, low), torch.where(short, high, middle)
        fitted = (exact.clamp(0, 1) + self.spread(high)).clamp(0, 1).to(images.dtype)
        single = self.spread((self.sizes == 1).to(known).expand_as(known)).bool()
        return torch.where(single, self.spread(known).to(images.dtype), fitted)


@dataclass(frozen=True, eq=False)
class Correction:
    """What a measurement with noise allows at one step (section 3.4, DDNM+): nothing may be taken from y with more
    noise than x_s has room for.

    trust: λ, (G,) how much of y is taken. left: (G,) the noise that is still to be added to what was taken.
    """

    trust: Tensor
    left: Tensor

    @classmethod
    def of(cls, measurement: Measurement, level: Level) -> "Correction":
        alpha, sigma = float(level.alpha), float(level.sigma)
        # Of a group of g values, each given the same noise; pictures are twice as wide in [−1, 1] as in [0, 1].
        taken = alpha * 2 * measurement.noise * measurement.sizes.sqrt()
        trust = (sigma / taken.clamp(min=1e-12)).clamp(max=1)
        left = (sigma**2 - (trust * taken) ** 2).clamp(min=0).sqrt()
        return cls(trust if measurement.noise else torch.ones_like(trust), left)


class Restoring(Noising):
    ignores = dict.fromkeys(("completes", "restores"), ("sampler", "eta"))  # the steps of restoring are its own

    @torch.inference_mode()
    def restore(
        self,
        images: Tensor,
        seeds: Seeds,
        factor: int = 1,
        grey: bool = False,
        mask: Tensor | None = None,
        noise: float = 0.0,
        options: DenoisingOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Spoil pictures (N, C, H, W) in [0, 1], N = len(seeds) or 1, and restore them (`Measurement`, `restored`).

        Raises InvalidOption when nothing is spoiled. What is measured is the same for all seeds, its noise too.
        """
        images = self.check_images(images)
        measurement = Measurement(tuple(images.shape[1:]), factor, grey, mask, noise)
        if len(measurement.sizes) == images[0].numel() and not noise:
            raise InvalidOption("Nothing to do: nothing of the picture is taken away. Choose what to spoil.", "factor")
        yield from self.restored(measurement.taken(images), measurement, seeds, options, condition)

    @torch.inference_mode()
    def restored(
        self,
        known: Tensor,
        measurement: Measurement,
        seeds: Seeds,
        options: DenoisingOptions | None = None,
        condition: Any = None,
        travel: int = 1,
    ) -> Iterator[Frame]:
        """Pictures that agree with what is known: `measurement.measure` of the last frame is `known`, unless noisy.

        known: (N, G), N = len(seeds) or 1. travel: how often each step is taken; going back and over it again lets what
        is invented settle with what is known (Lugmayr et al. 2022).
        """
        check_integer("travel", travel, 1, 10)
        options = options or self.default_options
        network, generators, timesteps = (
            self.looking(seeds, options, condition),
            seeds.generators(),
            self.timesteps(options),
        )
        known = known.to(self.device).expand(len(seeds), -1)
        levels = [*(self.process.level(t) for t in timesteps), CLEAN]
        x_t = self.noise(generators)
        for step, t in enumerate(timesteps, start=1):
            level, after = levels[step - 1 : step + 1]
            for turn in range(travel):
                estimate = self.process.estimate(x_t, network(x_t, t), level)
                x, estimate = self.agreed(estimate, known, measurement, after, generators)
                if turn + 1 < travel:
                    x_t = self.back(x, after, level, generators)
            x_t = x
            yield self.agreeing(self.frame(step, len(timesteps), float(t), x_t, estimate), known, measurement)

    def agreed(
        self,
        estimate: Estimate,
        known: Tensor,
        measurement: Measurement,
        after: Level,
        generators: list[torch.Generator],
    ) -> tuple[Tensor, Estimate]:
        """x at the level after this step, and the estimate that was made to agree with what is known."""
        correction = Correction.of(measurement, after)
        pixels = self.flat(estimate.x0)
        lacking = (2 * known - 1 - measurement.measure(pixels)) * correction.trust.to(pixels)
        x0 = self.replaced(estimate.x0, pixels + measurement.spread(lacking))
        fresh = normal(generators, *self.latent_shape).to(x0)
        noise = (1 - FRESH**2) ** 0.5 * estimate.eps + FRESH * fresh
        alpha, sigma = after.of(x0)
        pixels = self.flat(noise)
        within = measurement.measure(pixels)
        within = measurement.spread(within * (correction.left.to(pixels) - sigma))
        return alpha * x0 + self.replaced(sigma * noise, sigma * pixels + within), Estimate(x0, estimate.eps)

    def replaced(self, x: Tensor, pixels: Tensor) -> Tensor:
        """(N, *latent_shape) with the pixels of the picture replaced and the padding kept."""
        flat = F.pixel_shuffle(x, self.config.fold)
        end = flat.shape[-1] - self.padding
        flat[..., self.padding : end, self.padding : end] = pixels
        return F.pixel_unshuffle(flat, self.config.fold)

    def back(self, x: Tensor, below: Level, level: Level, generators: list[torch.Generator]) -> Tensor:
        """x of the level below, noised until it is as noisy as `level` again."""
        ratio = level.alpha / below.alpha
        fresh = normal(generators, *self.latent_shape).to(x)
        return float(ratio) * x + float((level.sigma**2 - ratio**2 * below.sigma**2).sqrt()) * fresh

    def agreeing(self, frame: Frame, known: Tensor, measurement: Measurement) -> Frame:
        """The frame whose picture keeps what is known exactly, after black and white have cut it."""
        if measurement.noise:
            return frame
        images = measurement.fitted(frame.images, known)
        return replace(frame, images=images, views={**frame.views, "x0": X0(images)})

    @torch.inference_mode()
    def complete(
        self, images: Tensor, mask: Tensor, seeds: Seeds, options: DenoisingOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """Invent the pixels where `mask`, (H, W) bool, is true and keep the others bit for bit.

        images: (N, C, H, W) in [0, 1], N = len(seeds) or 1. All that is known is seen at every step, wherever it lies;
        where nothing is, pictures are drawn from nothing.
        """
        images = self.check_images(images)
        if mask.all():
            yield from self.sample(seeds, options, condition)
            return
        measurement = Measurement(tuple(images.shape[1:]), hole=mask)
        yield from self.restored(measurement.measure(images), measurement, seeds, options, condition)
