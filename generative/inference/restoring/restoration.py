"""A picture, what was left of it, and what was made of that: by a model and without one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from generative.inference.pictures.grids import grid
from generative.inference.pictures.masks import hatched
from generative.inference.restoring.likeness import psnr, ssim
from generative.models.diffusion.restoring import Measurement
from generative.seeds import Seeds


@dataclass(frozen=True, eq=False)
class Spoiled:
    """What was left of a picture.

    truth: (C, H, W) the picture. seen: what is known of it, each value where it was measured, hatched where nothing
    was. plain: what is made of that without a model; `how`, in a few words.
    """

    truth: Tensor
    seen: Tensor
    plain: Tensor
    how: str

    @classmethod
    def of(cls, truth: Tensor, given: Mapping[str, Any]) -> "Spoiled":
        """From a picture and what a request to restore says of it: "factor", "grey", "mask" and "noise", if so."""
        factor, grey, hole = given.get("factor", 1), given.get("grey", False), given.get("mask")
        measurement = Measurement(tuple(truth.shape), factor, grey, hole, given.get("noise", 0.0))
        known = measurement.spread(measurement.taken(truth[None]))[0].clamp(0, 1)
        seen = known if hole is None else hatched(known, hole)
        return cls(truth, seen, without_model(known, factor, hole), words(factor, grey, hole is not None))


def words(factor: int, grey: bool, hole: bool) -> str:
    """What `without_model` does, in a few words."""
    done = ["bicubic"] * (factor > 1) + ["grey"] * grey + ["mean fill"] * hole
    return " and ".join(done) or "as it is"


def without_model(known: Tensor, factor: int, hole: Tensor | None) -> Tensor:
    """(C, H, W) what is known, enlarged bicubically, and the mean of it where nothing is."""
    there = torch.ones_like(known[:1]) if hole is None else (~hole).to(known)[None]
    mean = (known * there).sum((1, 2)) / there.sum()
    share = F.avg_pool2d(there, factor, ceil_mode=True)
    blocks = F.avg_pool2d(known * there, factor, ceil_mode=True) / share.clamp(min=1e-6)
    blocks = torch.where(share > 0, blocks, mean[:, None, None])
    if factor == 1:
        return blocks
    large = F.interpolate(blocks[None], scale_factor=factor, mode="bicubic", align_corners=False)[0]
    return large[:, : known.shape[1], : known.shape[2]].clamp(0, 1)


@dataclass(frozen=True, eq=False)
class Restorations:
    """spoiled: what was left. images: (N, C, H, W) restorations of it, of `seeds`."""

    spoiled: Spoiled
    images: Tensor
    seeds: Seeds

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What programs are told of each restoration; `psnr` is None for one that meets the truth exactly."""
        found = [likeness(image, self.spoiled.truth) for image in self.images]
        return [{"seed": seed, **each} for seed, each in zip(self.seeds, found, strict=True)]

    @property
    def plain(self) -> dict[str, Any]:
        """The same of what is made without a model, and how that was made."""
        return {"how": self.spoiled.how, **likeness(self.spoiled.plain, self.spoiled.truth)}

    @property
    def mean(self) -> dict[str, Any]:
        """The same of the mean of all restorations, which errs less than any, and is blurred."""
        return likeness(self.images.mean(0), self.spoiled.truth)

    def sheet(self) -> Image.Image:
        """The truth, what is known, what is made without a model, then the restorations."""
        first = torch.stack([self.spoiled.truth, self.spoiled.seen, self.spoiled.plain])
        return grid(torch.cat([first, self.images]))


def likeness(image: Tensor, truth: Tensor) -> dict[str, float | None]:
    """PSNR in dB, None for the same picture, and SSIM of two (C, H, W)."""
    decibels = float(psnr(image[None], truth[None])[0])
    return {"psnr": decibels if math.isfinite(decibels) else None, "ssim": float(ssim(image[None], truth[None])[0])}
