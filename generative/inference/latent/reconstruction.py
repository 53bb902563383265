"""A picture through an autoencoder: what went in, what came out, and how far apart they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generative.errors import check_integer, check_number
from generative.inference.engine.engine import Engine
from generative.inference.pictures.heatmap import colours
from generative.library.percentile import RECONSTRUCTION, percentile
from generative.seeds import MAX_SEED, Seeds, normal

STRONGEST_NOISE = 1.0
TOGETHER = 32  # pictures of one pass through the network
LARGEST_ERROR = 0.5  # of a pixel, at the bright end of the colours


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """Pictures (N, C, H, W) in [0, 1] on the CPU, and what an autoencoder made of them.

    images: the clean pictures. shown: what the encoder saw, with noise of standard deviation `noise` added; clipped to
    [0, 1] here, though not for the encoder. latents: (N, D) what it made of that. result: what was decoded from them.
    sample: the same from a draw of the posterior instead of its mean; None for a model without one. tokens: (N, rows,
    columns) int64 numbers of codes, of a model whose code is a grid of them.
    """

    images: Tensor
    shown: Tensor
    latents: Tensor
    result: Tensor
    sample: Tensor | None = None
    tokens: Tensor | None = None
    noise: float = 0.0

    @property
    def error(self) -> Tensor:
        """(N, 1, H, W) in [0, 1]: how far `result` is from `images`, root mean square over the channels."""
        return (self.result - self.images).square().mean(1, keepdim=True).sqrt()

    @property
    def mse(self) -> Tensor:
        """(N,) mean square of that over a picture."""
        return (self.result - self.images).square().mean((1, 2, 3))

    @property
    def rmse(self) -> Tensor:
        """(N,) its root."""
        return self.mse.sqrt()

    @property
    def psnr(self) -> Tensor:
        """(N,) peak signal-to-noise ratio in dB, 10 log₁₀(1 / mse); infinite for a picture that is met exactly."""
        return -10 * self.mse.log10()

    def rows(self, folder: Path) -> list[dict[str, Any]]:
        """What programs are told of each picture: "rmse", "psnr", "percentile", "latent" and "tokens".

        percentile: of the test images, how many in 100 come back with a smaller error, where the checkpoint in `folder`
        knows; None with noise, since test images went in without. psnr: None where it is infinite. tokens: rows of the
        numbers of codes; None for a model whose code is no grid of them.
        """
        tokens = [None] * len(self.images) if self.tokens is None else self.tokens.tolist()
        return [
            {
                "rmse": rmse,
                "psnr": psnr if rmse > 0 else None,
                "percentile": None if self.noise else percentile(folder, rmse, RECONSTRUCTION),
                "latent": latent,
                "tokens": grid,
            }
            for rmse, psnr, latent, grid in zip(
                self.rmse.tolist(), self.psnr.tolist(), self.latents.tolist(), tokens, strict=True
            )
        ]


def noisy(images: Tensor, strength: float, seeds: Seeds) -> Tensor:
    """With Gaussian noise of that standard deviation, each picture's from its own seed; not clipped to [0, 1]."""
    return with_noise(images, strength, seeds.generators())


def with_noise(images: Tensor, strength: float, generators: list[torch.Generator]) -> Tensor:
    """Images (N, C, H, W) plus normal noise of this standard deviation, each from its own generator; not cut to [0,
    1]."""
    return images + strength * normal(generators, *images.shape[1:]).to(images)


def reconstruct(
    engine: Engine, model: Any, images: Tensor, noise: Any = 0.0, seed: Any = 0, visitor: str = ""
) -> Reconstruction:
    """Encode and decode images (N, C, H, W) in [0, 1], with Gaussian noise of standard deviation `noise` added first.

    Picture i draws its noise, and then its sample of the posterior, from seed `seed` + i. Raises GenerativeError.
    """

    def ask(ability: str, **inputs: Tensor) -> Any:
        return engine.answer(engine.request(ability, entry, **inputs), visitor)

    entry = engine.able(model, "encodes")
    strength = check_number("noise", noise, 0, STRONGEST_NOISE)
    images = engine.request("encodes", entry, images=images).inputs["images"].cpu()
    seeds = Seeds(check_integer("seed", seed, 0, MAX_SEED + 1 - len(images)), len(images))
    parts = []
    for part, few in zip(images.split(TOGETHER), seeds.batches(TOGETHER), strict=True):
        generators = few.generators()
        shown = with_noise(part, strength, generators)
        latents = ask("encodes", images=shown)
        result, sample = ask("decodes", latents=latents), None
        if "infers" in entry.abilities:
            mean, log_std = ask("infers", images=shown)
            sample = ask("decodes", latents=mean + log_std.exp() * normal(generators, mean.shape[1]))
        tokens = ask("tokenises", images=shown) if "tokenises" in entry.abilities else None
        parts.append((shown.clamp(0, 1), latents, result, sample, tokens))
    joined = [None if tensors[0] is None else torch.cat(tensors) for tensors in zip(*parts, strict=True)]
    return Reconstruction(images, *joined, noise=strength)


def error_map(error: Tensor) -> Tensor:
    """(1, H, W) of `Reconstruction.error` → (3, H, W) in [0, 1], from dark, 0, to light, LARGEST_ERROR or more."""
    return colours(error[0] / LARGEST_ERROR)
