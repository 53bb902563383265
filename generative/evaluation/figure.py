"""A measured figure and how it was measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generative.inference.latent.atlas import Atlas


@dataclass(frozen=True)
class Figure:
    """unit: what `value` counts ("bits/dim", "ms/image"; "share" is 0 to 1, "" has none). how: one sentence.
    kind: "exact" or "bound" of a likelihood; other figures have none.
    """

    value: float | int
    unit: str
    how: str
    kind: str | None = None

    def describe(self) -> dict[str, Any]:
        """As metrics.json holds it: five significant digits, since more would be noise."""
        value = float(f"{self.value:.5g}") if isinstance(self.value, float) else self.value
        return {"value": value, "unit": self.unit, "how": self.how} | ({"kind": self.kind} if self.kind else {})


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
