"""Sums of latents: a picture with attributes added and taken away, and A − B + C."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import BadCheckpoint, InvalidOption, check_choice
from generative.inference.latent.atlas import METHODS, Atlas
from generative.inference.latent.formula import Term, parse, written
from generative.inference.latent.walks import lerp

MOMENTS = 16  # of the animation of a sum


@dataclass(frozen=True, eq=False)
class Sum:
    """parts: (K, D) what was added up: the start of a formula, or the means of A, B and C. latent: (D,) the result.

    formula: with its names in full; None for A − B + C.
    """

    parts: Tensor
    latent: Tensor
    formula: str | None = None

    @property
    def latents(self) -> Tensor:
        """(K + 1, D): the parts, then the result."""
        return torch.cat([self.parts, self.latent[None]])

    @property
    def way(self) -> Tensor:
        """(MOMENTS, D): straight from the first part to the result."""
        return lerp(self.parts[0], self.latent, torch.linspace(0, 1, MOMENTS))


@dataclass(frozen=True, eq=False)
class Edit:
    """What a formula over the directions of an atlas adds to a latent, by one of METHODS."""

    atlas: Atlas
    terms: Sequence[Term]
    method: str

    def of(self, start: Tensor) -> Sum:
        """`start` (D,) and what is added. Raises BadCheckpoint when the atlas was of another model."""
        if self.atlas.mean.shape != start.shape:
            words = f"The atlas is of {len(self.atlas.mean)} dimensions and a latent of this model has {len(start)}"
            raise BadCheckpoint(f"{words}; `python -m generative evaluate` writes it anew.", "model")
        return Sum(start[None], self.atlas.moved(start, self.terms, self.method), written(self.terms))


def read_edit(formula: Any, method: Any, atlas: Atlas) -> Edit:
    """Raises InvalidOption, also for a method that there is not."""
    return Edit(atlas, parse(formula, atlas.directions), check_choice("method", method, list(METHODS)))


def combined(a: Sequence[Tensor], b: Sequence[Tensor], c: Sequence[Tensor]) -> Sum:
    """mean(A) − mean(B) + mean(C), each of one or more latents (D,): Radford, Metz & Chintala 2016, section 6.3.2.

    Raises InvalidOption for a set without any.
    """
    for name, latents in (("a", a), ("b", b), ("c", c)):
        if not latents:
            raise InvalidOption(f"A − B + C needs pictures or seeds for each of the three; {name} has none", name)
    means = torch.stack([torch.stack(list(latents)).mean(0) for latents in (a, b, c)])
    return Sum(means, means[0] - means[1] + means[2])


def measured(metrics: Mapping[str, Any], name: str) -> dict[str, dict[str, float | None]]:
    """By method, the "success" and "leakage" of a direction in metrics.json; None where it was not measured."""
    found = {}
    for method in METHODS:
        row: Any = metrics
        for key in ("directions", method, name):
            row = row.get(key) if isinstance(row, Mapping) else None
        figures = row if isinstance(row, Mapping) else {}
        found[method] = {kind: number(figures.get(kind)) for kind in ("success", "leakage")}
    return found


def number(value: Any) -> float | None:
    """A figure of the atlas that is a finite number; None for anything else that a file may hold."""
    return float(value) if type(value) in (int, float) and math.isfinite(value) else None
