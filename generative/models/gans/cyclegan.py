"""CycleGAN: Zhu, Park, Isola & Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", 2017: two generators, each to the other kind of picture, learnt from pictures of both kinds without a pair.

It does not draw from noise: what comes out is decided by what goes in. Networks: translator.py; the pairs: domains.py;
the critics are of use in training alone, and are not kept.

What goes there and comes back is close to what it was even where the picture in between cannot tell it: the generators
hide it there as a faint pattern (Chu, Zhmoginov & Sandler, "CycleGAN, a Master of Steganography", 2017). A little noise
on the picture in between (`disturbed`) wipes that out, and what then comes back is what was in plain sight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.models.gans.domains import PENCIL, SUNGLASSES, Pair
from generative.models.gans.objectives import LEAST_SQUARES, Objective
from generative.models.gans.translator import Both, Generator
from generative.models.model import ImageConfig, Model
from generative.options import Options, number


@dataclass(frozen=True)
class CycleGANConfig(ImageConfig):
    least: ClassVar[Mapping[str, Any]] = {"channels": 2, "blocks": 1}
    channels: int = 32
    blocks: int = 4


@dataclass(frozen=True)
class CycleGANOptions(Options):
    disturbed: float = number(
        0.05,
        0.0,
        0.5,
        0.01,
        "Noise in between",
        "Added to the picture in between before the way back, its standard deviation, where pixels go from 0 to 1. It "
        "wipes out what is hidden there.",
    )


class CycleGAN(Model):
    """What all pairs have in common. A subclass names its pair."""

    family = "gans"
    paper = "https://arxiv.org/abs/1703.10593"
    Config = CycleGANConfig
    Options = CycleGANOptions
    objective: ClassVar[Objective] = LEAST_SQUARES
    pair: ClassVar[Pair]

    def __init__(self, config: CycleGANConfig) -> None:
        super().__init__(config)
        self.generators = Both([Generator(config), Generator(config)])  # to the first kind, to the second

    @torch.inference_mode()
    def translated(self, images: Tensor, place: int) -> Tensor:
        """Pictures of the kind `place` of those (N, C, H, W) in [0, 1] of the other kind, of the same shape."""
        return ((self.generators(images.to(self.device) * 2 - 1, place) + 1) / 2).float()


class PencilCycleGAN(CycleGAN):
    title = "CycleGAN, pencil"
    pair = PENCIL


class SunglassesCycleGAN(CycleGAN):
    title = "CycleGAN, sunglasses"
    pair = SUNGLASSES
