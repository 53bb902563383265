"""A measured figure and how it was measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from generative.evaluation.bootstrap import error_of_mean
from generative.figures import quantity
from generative.inference.latent.atlas import Atlas


@dataclass(frozen=True)
class Figure:
    """A value in the unit that `figures.py` says. how: one sentence. kind: "exact" or "bound" of a likelihood; other
    figures have none. error: its standard error over other draws of as many images. real: what real images reach."""

    value: float | int
    how: str
    kind: str | None = None
    error: float | None = None
    real: "Figure | None" = None

    def describe(self, id: str) -> dict[str, Any]:
        """As metrics.json holds it: five significant digits, since more would be noise."""
        told: dict[str, Any] = {"value": digits(self.value), "unit": quantity(id).unit, "how": self.how}
        if self.kind:
            told["kind"] = self.kind
        if self.error is not None:
            told["interval"] = [digits(self.value + side * 1.96 * self.error) for side in (-1, 1)]
        if self.real:
            told["real"] = {"value": digits(self.real.value), "how": self.real.how}
        return told


def share(hits: Tensor, how: str) -> Figure:
    """The share of (N,) bool that is true."""
    return Figure(float(hits.double().mean()), how, error=error_of_mean(hits))


def digits(value: float | int) -> float | int:
    """Five significant ones of a float."""
    return float(f"{value:.5g}") if isinstance(value, float) else value


Figures = dict[str, Figure]


@dataclass(frozen=True)
class Measured:
    """What one part of the protocol found. settings: what to tell under "protocol". files: further JSON files for the
    checkpoint folder, by name. tables: what else metrics.json holds, by name. atlas: of the latent space."""

    figures: Figures
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    atlas: Atlas | None = None
