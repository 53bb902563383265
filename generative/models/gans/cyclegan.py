"""CycleGAN: Zhu, Park, Isola & Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", 2017: two generators, each to the other kind of picture, learnt from pictures of both kinds without a pair.

It does not draw from noise: what comes out is decided by what goes in. Networks: translator.py; the pairs: domains.py;
the critics are of use in training alone, and are not kept.

What goes there and comes back is close to what it was even where the picture in between cannot tell it: the generators
hide it there as a faint pattern (Chu, Zhmoginov & Sandler, "CycleGAN, a Master of Steganography", 2017). A little noise
on the picture in between (`disturbed`) wipes that out, and what then comes back is what was in plain sight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.frame import Frame, View
from generative.models.gans.domains import PENCIL, SUNGLASSES, Pair
from generative.models.gans.objectives import LEAST_SQUARES, Objective
from generative.models.gans.translator import Both, Generator
from generative.models.model import ImageConfig, Model
from generative.options import Options, number
from generative.seeds import Seeds, normal

AMPLIFIED = 8  # times: a difference of an eighth is drawn black or white


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

    @torch.inference_mode()
    def translate(
        self, images: Tensor, seeds: Seeds, to: str, prepared: bool = False, options: CycleGANOptions | None = None
    ) -> Iterator[Frame]:
        """One frame: the translations to the kind called `to`, and, as views, the way back. Raises InvalidOption.

        The figure "cycle_error" is what the picture that came back errs by, root mean square; "disturbed_error" that of
        the one which came back by way of a disturbed picture; "error", where the truth is known, that of the
        translation.
        """
        options, place = options or self.default_options, self.pair.place(to)
        images = self.check_images(images).expand(len(seeds), -1, -1, -1).float()
        given, truth = self.pair.given(images, place, prepared)
        there = self.translated(given, place)
        noise = normal(seeds.generators(), *there.shape[1:]).to(there)
        between = (there + options.disturbed * noise).clamp(0, 1)
        back, recovered = self.translated(there, 1 - place), self.translated(between, 1 - place)
        shown = {"given": given, "back": back, "between": between, "recovered": recovered}
        figures = {"cycle_error": rms(back, given), "disturbed_error": rms(recovered, given)}
        if truth is not None:
            shown["truth"], figures["error"] = truth, rms(there, truth)
            shown["honest"] = self.translated(truth, 1 - place)
            figures["honest_error"] = rms(shown["honest"], given)
        views = {name: View(*WORDS[name], pictures) for name, pictures in shown.items()}
        views["difference"] = difference(there, given if truth is None else truth, truth is not None)
        yield Frame(there, 1, 1, "translated", views, figures)


WORDS = {  # of each view: title, help
    "given": ("Given", "The picture that is translated"),
    "back": ("Back again", "What the other generator makes of the translation"),
    "between": ("Disturbed", "The translation, with a little noise on it"),
    "recovered": ("Back from there", "What comes back of the disturbed translation"),
    "truth": ("Truth", "The picture of this kind that belongs to the given one; training never saw it"),
    "honest": ("Back from the truth", "What comes back of the true picture, in which nothing is hidden"),
}


def difference(there: Tensor, other: Tensor, known: bool) -> View:
    """What a translation (N, C, H, W) differs by from the truth or, where nobody knows it, from the picture given."""
    words = "the truth" if known else "the given picture"
    apart = (there - other).clamp(-1 / AMPLIFIED, 1 / AMPLIFIED)
    title, help = f"Difference ×{AMPLIFIED}", f"The translation less {words}, {AMPLIFIED}-fold; grey is none"
    return View(title, help, apart, -1 / AMPLIFIED, 1 / AMPLIFIED)


def rms(images: Tensor, others: Tensor) -> Tensor:
    """(N,) root mean square difference of (N, C, H, W)."""
    return (images - others).square().mean((1, 2, 3)).sqrt()


class PencilCycleGAN(CycleGAN):
    title = "CycleGAN, pencil"
    pair = PENCIL


class SunglassesCycleGAN(CycleGAN):
    title = "CycleGAN, sunglasses"
    pair = SUNGLASSES
