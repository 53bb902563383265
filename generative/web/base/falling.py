"""The energy of each picture over the steps of its descent, as a chart that grows with the run."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import torch
from torch import Tensor

from generative.frame import Frame
from generative.web.widgets.plot.plot import Axis, Chart, one_of_many

ENERGY = "The height of the landscape at a picture: −ln p(x) up to a constant, where the model is a density at all"
LINES = 16  # pictures that have a line of their own


@dataclass
class Falling:
    """How far each chain has come: `energies`, (N,) at each of `steps`, of which there will be `total`; none of a run
    without energies. `exploded`: (N,) of the last step, which were stopped."""

    total: int = 1
    steps: list[int] = field(default_factory=list)
    energies: list[Tensor] = field(default_factory=list)
    exploded: Tensor = field(default_factory=lambda: torch.empty(0))

    def of(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames of a run, remembered as they pass."""
        with closing(frames):
            for frame in frames:
                if "energy" in frame.figures:
                    self.total = frame.total
                    self.steps.append(frame.step)
                    self.energies.append(frame.figures["energy"].float().cpu())
                    self.exploded = frame.figures["exploded"].cpu()
                yield frame

    def to_html(self) -> str:
        """The chart and what it says in words; nothing for a run without energies."""
        if not self.steps:
            return ""
        lines = torch.stack(self.energies)[:, :LINES]
        low, high = float(lines.min()), float(lines.max())
        highest = int(lines[-1].argmax())
        series = one_of_many(self.steps, lines, highest)
        words = f"Energies of {lines.shape[1]} pictures, from {float(lines[0].mean()):,.0f} on average"
        words += f" to {float(lines[-1].mean()):,.0f} after {self.steps[-1]} steps"
        steps = Axis(0, self.total, [(self.total, f"{self.total} steps")])
        heights = Axis(low, max(high, low + 1e-3), [(low, f"{low:,.0f}"), (high, f"{high:,.0f}")])
        chart = Chart(words, series, steps, heights)
        return f"<figure>{chart.to_html()}<figcaption>{self._caption(highest)}</figcaption></figure>"

    def _caption(self, highest: int) -> str:
        lost = int(self.exploded.sum())
        stuck = f'<abbr title="{ENERGY}">Energy</abbr> of each picture; in colour the one that lies highest now'
        stuck += f" (the {ordinal(highest + 1)} of the pictures)."
        if lost:
            stuck += f" <b>{lost} exploded</b>: their lines go on flat, and the last sound picture was kept."
        return stuck


def ordinal(number: int) -> str:
    """ "1st", "2nd", "11th"."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{endings.get(number % 10, 'th') if number // 10 % 10 != 1 else 'th'}"
