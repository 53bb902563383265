"""Filling holes in latent space: Avrahami, Fried & Lischinski, "Blended Latent Diffusion", 2023.

What is known of a picture is put back into its latent at every step, and what is invented has to go with it. A latent
knows no single pixels: each of its places stands for several, and a little for those around. So the hole in the latent
is one place wider all round than that in the picture, what lies in the hole is never shown to the encoder, and the
pixels that are known are put back into the picture itself.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from generative.frame import Frame
from generative.models.diffusion.denoising import X0, DenoisingOptions
from generative.models.diffusion.editing import Editing
from generative.models.diffusion.process import CLEAN
from generative.seeds import Seeds, normal

FRESH = 0.85  # the share of the noise that is new at each step, as in restoring
GREY = 0.5  # what the encoder is shown in place of a hole


class Blending(Editing):
    ignores = {"completes": ("sampler", "eta")}  # the steps of completing are its own

    @abstractmethod
    def hole(self, mask: Tensor) -> Tensor:
        """(*latent_shape) bool: what of a latent is to be invented where `mask`, (H, W) bool, is true."""

    @torch.inference_mode()
    def complete(
        self, images: Tensor, mask: Tensor, seeds: Seeds, options: DenoisingOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """Invent the pixels where `mask`, (H, W) bool, is true and keep the others bit for bit.

        images: (N, C, H, W) in [0, 1], N = len(seeds) or 1. Where nothing is known, pictures are drawn from nothing.
        """
        images, mask = self.check_images(images), mask.to(self.device)
        if mask.all():
            yield from self.sample(seeds, options, condition)
            return
        options = options or self.default_options
        network, generators = self.looking(seeds, options, condition), seeds.generators()
        known, free = self.folded(images.masked_fill(mask, GREY), seeds), self.hole(mask)
        timesteps = self.timesteps(options)
        levels = [*(self.process.level(t) for t in timesteps), CLEAN]
        x_t = self.noise(generators)
        for step, t in enumerate(timesteps, start=1):
            level, after = levels[step - 1 : step + 1]
            estimate = self.process.estimate(x_t, network(x_t, t), level)
            estimate = replace(estimate, x0=torch.where(free, estimate.x0, known))
            fresh = normal(generators, *self.latent_shape).to(x_t)
            x_t = after.noised(estimate.x0, (1 - FRESH**2) ** 0.5 * estimate.eps + FRESH * fresh)
            frame = self.frame(step, len(timesteps), float(t), x_t, estimate)
            kept = torch.where(mask, frame.images, images)
            yield replace(frame, images=kept, views={**frame.views, "x0": X0(kept)})
