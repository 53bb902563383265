"""A VQ-VAE whose codes go from coarse to fine: Tian et al., "Visual Autoregressive Modeling: Scalable Image Generation
via Next-Scale Prediction" (VAR), 2024, section 3.2 and algorithms 1 and 2.

What the encoder says of a picture, a grid of vectors, is told as a sum: first one code for all of it, then 2×2 codes
for what is left over, then 4×4 for what is left over of that, until each place has its own.

    vectors ≈ φ₁(□ enlarged) + φ₂(⊞ enlarged) + φ₃(4×4 enlarged) + φ₄(8×8)

All scales share one codebook; φ, a small convolution, smooths what enlarging leaves blocky. Deviations: each scale has
its own φ, codes follow running means (quantiser.py), and both φ and encoder learn from the picture's error.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.autoencoders.quantiser import perplexity
from generative.models.autoencoders.vqvae import VQVAE, Learnt, VQVAEConfig
from generative.options import Options
from generative.seeds import Seeds, uniform


def scales(grid: int) -> tuple[int, ...]:
    """Codes along a side at each scale, each twice as many as before: (1, 2, 4, 8) for a grid of 8, (1, 2, 4, 7) for
    one of 7."""
    return (*(scales((grid + 1) // 2) if grid > 1 else ()), grid)


@dataclass(frozen=True)
class MultiScaleVQVAEConfig(VQVAEConfig):
    channels: int = 24
    dims: int = 16


class Refine(nn.Module):
    """φ: half of what comes in, and half of a 3×3 convolution of it (section 3.2)."""

    def __init__(self, dims: int) -> None:
        super().__init__()
        self.layer = nn.Conv2d(dims, dims, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) of the same."""
        return (x + self.layer(x)) / 2


class MultiScaleVQVAE(VQVAE):
    title = "Multi-scale VQ-VAE"
    paper = "https://arxiv.org/abs/2404.02905"
    Config = MultiScaleVQVAEConfig

    def __init__(self, config: MultiScaleVQVAEConfig) -> None:
        super().__init__(config)
        self.sides = scales(config.grid)
        self.refine = nn.ModuleList(Refine(config.dims) for _ in self.sides)

    def forward(self, images: Tensor) -> Learnt:
        """What is to be made small for images (N, C, H, W) in [0, 1]; in training the codebook learns from them.

        commitment: the mean over the scales of how far vectors lie from the sum so far, for the encoder and for φ.
        """
        vectors = self.vectors(images).float()
        parts, coarse, sums = [], [], []
        with torch.autocast(images.device.type, enabled=False):
            for small, tokens, whole in self.divide(vectors):
                coarse.append(small.detach().flatten(0, 2))
                parts.append(tokens.flatten())
                sums.append(F.mse_loss(vectors, whole.detach()) + F.mse_loss(whole, vectors.detach()))
        if self.training:
            self.quantiser.learn(torch.cat(coarse), torch.cat(parts))
        passed = whole + (vectors - vectors.detach())
        error = F.mse_loss(self.draw(passed), images)
        return Learnt(error, torch.stack(sums).mean(), perplexity(torch.cat(parts), self.config.codes))

    def divide(self, vectors: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Of vectors (N, grid, grid, dims), scale by scale: what is left of them, (N, k, k, dims), its tokens (N, k, k)
        and the sum of all codes so far, (N, grid, grid, dims) (algorithm 1)."""
        whole = torch.zeros_like(vectors)
        for number, side in enumerate(self.sides):
            small = shrunk(vectors - whole, side)
            tokens = self.quantiser.nearest(small)
            whole = whole + self.enlarged(tokens, number)
            yield small, tokens, whole

    def enlarged(self, tokens: Tensor, number: int) -> Tensor:
        """(N, grid, grid, dims): what tokens (N, k, k) of a scale add to the sum (algorithm 2)."""
        codes = self.quantiser.look_up(tokens).movedim(3, 1)
        if number < len(self.sides) - 1:
            codes = F.interpolate(codes, (self.config.grid, self.config.grid), mode="bicubic")
        return self.refine[number](codes).movedim(1, 3)

    def sums(self, tokens: Tensor) -> Iterator[Tensor]:
        """The sum of codes after each scale, (N, grid, grid, dims), of tokens (N, T), one scale after the other."""
        parts = tokens.split([side**2 for side in self.sides], 1)
        whole: Tensor | float = 0.0
        for number, (part, side) in enumerate(zip(parts, self.sides, strict=True)):
            whole = whole + self.enlarged(part.unflatten(1, (side, side)), number)
            yield whole

    @torch.inference_mode()
    def pyramid(self, images: Tensor) -> Tensor:
        """(N, T) int64: the tokens of images (N, C, H, W) in [0, 1], of the coarsest scale first."""
        vectors = self.vectors(self.check_images(images, clipped=False)).float()
        return torch.cat([tokens.flatten(1) for _, tokens, _ in self.divide(vectors)], 1)

    @torch.inference_mode()
    def tokens(self, images: Tensor) -> Tensor:
        """(N, grid, grid) int64, the tokens of the finest scale, of images (N, C, H, W) in [0, 1]."""
        grid = self.config.grid
        return self.pyramid(images)[:, -(grid**2) :].unflatten(1, (grid, grid))

    @torch.inference_mode()
    def from_pyramid(self, tokens: Tensor) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of tokens (N, T), of the coarsest scale first."""
        return self.draw(list(self.sums(tokens))[-1])

    @torch.inference_mode()
    def latents(self, seeds: Seeds, options: Options | None = None, condition: object = None) -> Tensor:
        """(N, D): sums of codes drawn as often as they are used, each from its own seed."""
        self.told(seeds, condition)  # refuses one
        draws = uniform(seeds.generators(), sum(side**2 for side in self.sides)).to(self.device)
        shares = self.quantiser.usage.cumsum(0)
        tokens = torch.searchsorted(shares, draws * shares[-1], right=True).clamp_max(self.config.codes - 1)
        return list(self.sums(tokens))[-1].flatten(1)

    @torch.inference_mode()
    def encode(self, images: Tensor, space: str | None = None) -> Tensor:
        """(N, D): what the encoder says of images (N, C, H, W) in [0, 1], before it is told in codes."""
        self.space(space)
        return self.vectors(self.check_images(images, clipped=False)).flatten(1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, D), told in codes, scale by scale."""
        grid = self.config.grid
        vectors = self.check_latents(latents, space).unflatten(1, (grid, grid, self.config.dims))
        return self.draw(list(self.divide(vectors))[-1][2])


def shrunk(vectors: Tensor, side: int) -> Tensor:
    """(N, H, W, dims) → (N, side, side, dims), the mean of what lies in each place."""
    return F.adaptive_avg_pool2d(vectors.movedim(3, 1), side).movedim(1, 3)
