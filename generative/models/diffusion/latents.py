"""What models have in common that draw in the latents of an autoencoder: small pictures of a few channels."""

import math
from dataclasses import replace
from functools import partial

import torch.nn.functional as F
from torch import Tensor

from generative.frame import Frame, View
from generative.models.diffusion.blending import Blending
from generative.models.diffusion.denoising import NOISE
from generative.models.diffusion.process import Estimate

LATENT = partial(
    View,
    "Latent",
    "What is really drawn: a small picture of four channels, side by side, which the autoencoder turns into pixels",
    low=-3.0,
    high=3.0,
)


class InLatents(Blending):
    """Of models whose `config.canvas` is that of a latent, each place of which stands for `config.factor` pixels along
    a side."""

    def hole(self, mask: Tensor) -> Tensor:
        """(*latent_shape) bool, one place wider all round than `mask`, (H, W) bool."""
        places = F.max_pool2d(mask[None, None].float(), self.config.factor)
        wider = F.pad(F.max_pool2d(places, 3, 1, 1), [self.padding] * 4)
        return F.pixel_unshuffle(wider.expand(-1, self.config.canvas[0], -1, -1), self.config.fold)[0] > 0

    def tiles(self, x: Tensor) -> Tensor:
        """Folded latents → (N, C, H, W) of an image's shape: the channels of the latent side by side, as they are."""
        latents, (channels, side) = self.flat(x), self.config.canvas
        across = math.ceil(math.sqrt(channels))
        rows = F.pad(latents, (0, 0, 0, 0, 0, across**2 - channels)).unflatten(1, (across, across))
        sheet = rows.permute(0, 1, 3, 2, 4).reshape(len(x), 1, across * side, across * side)
        image = F.interpolate(sheet, size=(self.config.size, self.config.size))
        return image.expand(-1, self.config.image_channels, -1, -1)

    def frame(self, step: int, total: int, t: float, x_t: Tensor, estimate: Estimate) -> Frame:
        """As of every denoising model, and the view "latent"; the noise, too, is one of latents."""
        frame = super().frame(step, total, t, x_t, estimate)
        views = {"noise": NOISE(self.tiles(estimate.eps).clamp(-4, 4)), "latent": LATENT(self.tiles(x_t).clamp(-3, 3))}
        return replace(frame, views={**frame.views, **views})
