"""What came of completing a picture, in order of likelihood."""

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from generative.frame import Frame
from generative.inference.pictures.grids import grid
from generative.inference.pictures.masks import hatched
from generative.options import Options
from generative.seeds import Seeds

RANKING = ("bits_per_dim", "bits_per_token", "energy")  # figures that rank completions, the lowest first


@dataclass(frozen=True, eq=False)
class Completions:
    """Completed pictures, the most probable first; in the order of their seeds if the model tells neither likelihoods
    nor energies.

    seen: (C, H, W) what the model saw, its hidden part hatched. images: (N, C, H, W) in [0, 1].
    bits_per_dim, bits_per_token, energy, effective, ancestors: of each image, where the model told. `effective` is the
    sample size that the weighed candidates of an image were worth when they were worth least, `ancestors` how many of
    those begun the last ones go back to, both of `candidates`; None for a model that begins none.
    """

    seen: Tensor
    images: Tensor
    seeds: list[int]
    bits_per_dim: list[float] | None
    bits_per_token: list[float] | None
    energy: list[float] | None
    effective: list[float] | None
    ancestors: list[float] | None
    candidates: int | None

    @classmethod
    def ranked(cls, image: Tensor, mask: Tensor, seeds: Seeds, options: Options, frame: Frame) -> "Completions":
        """From the picture (C, H, W), the mask and the last frame of its completion."""
        figures = {name: values.float().cpu() for name, values in frame.figures.items()}
        heights = next((figures[name] for name in RANKING if name in figures), None)
        order = torch.arange(len(seeds)) if heights is None else heights.argsort(stable=True)

        def ordered(name: str) -> list[float] | None:
            return figures[name][order].tolist() if name in figures else None

        every = list(seeds)
        return cls(
            hatched(image, mask),
            frame.images.float().cpu()[order],
            [every[i] for i in order.tolist()],
            *map(ordered, RANKING),
            ordered("effective_candidates"),
            ordered("ancestors"),
            getattr(options, "candidates", None),
        )

    def sheet(self) -> Image.Image:
        """What the model saw, then the completions."""
        return grid(torch.cat([self.seen[None], self.images]))

    def rows(self) -> list[dict[str, Any]]:
        """What programs are told of each; None for what the model did not tell."""
        unknown = [None] * len(self.seeds)
        names = ("rank", "seed", *RANKING, "effective_sample_size", "ancestors")
        ranks = range(1, len(self.seeds) + 1)
        told = (self.bits_per_dim, self.bits_per_token, self.energy, self.effective, self.ancestors)
        values = (ranks, self.seeds, *(each or unknown for each in told))
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]

    @property
    def effective_sample_size(self) -> float | None:
        """The least of the images; None where no candidates were weighed."""
        return None if self.effective is None else min(self.effective)

    @property
    def weighing(self) -> str:
        """In words, how well the candidates fitted the known pixels after the hole."""
        if self.energy is not None:
            return "energies of the whole picture, whose known pixels were held all the way down"
        if self.candidates is None:
            return "this model tells no likelihood, and sees all that is known at every step"
        if self.effective is None and self.candidates == 1:
            return "one candidate each, so known pixels after the hole, if any, had no say"
        if self.effective is None:
            return "no known pixels come after the hole, so there was nothing to weigh candidates by"
        some = " to ".join(dict.fromkeys(f"{count:.0f}" for count in (min(self.ancestors), max(self.ancestors))))
        return (
            f"effective sample size {self.effective_sample_size:.1f} of {self.candidates} candidates where it was "
            f"least; of those begun {some} survive"
        )
