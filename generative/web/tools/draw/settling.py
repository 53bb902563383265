"""How a picture settles while noise is removed: how far each estimate of x₀ still is from the picture in the end."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import torch
from torch import Tensor

from generative.frame import Frame
from generative.models.model import to_bytes
from generative.web.widgets.plot.plot import Axis, Chart, Series

MOST = 100  # moments of a run that are remembered
LINES = 16  # images that have a line of their own
MSE = "Mean squared difference between pixel values, which go from 0 to 1"


@dataclass
class Settling:
    """The estimates of x₀ of a run, as bytes, at each of `steps`; none of a run without them."""

    steps: list[int] = field(default_factory=list)
    estimates: list[Tensor] = field(default_factory=list)

    def of(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames of a run, remembered as they pass."""
        with closing(frames):
            for frame in frames:
                if "x0" in frame.views and thinly(frame):
                    self.steps.append(frame.step)
                    self.estimates.append(to_bytes(frame.views["x0"].images).to(torch.uint8).cpu())
                yield frame

    def changes(self) -> Tensor:
        """(moments, N): mean squared difference of each estimate to the last one, which is the picture."""
        last = self.estimates[-1].float()
        return torch.stack([((e.float() - last) / 255).square().mean((1, 2, 3)) for e in self.estimates])

    def to_html(self) -> str:
        """The chart and what it says in words; nothing for a run of one step or without estimates."""
        if len(self.steps) < 2:
            return ""
        changes = self.changes()
        mean = changes.mean(1)
        half = next(s for s, value in zip(self.steps, mean.tolist(), strict=True) if value <= float(mean[0]) / 2)
        total, top = self.steps[-1], float(changes[:, :LINES].max()) or 1.0
        each = [Series(list(zip(self.steps, line.tolist(), strict=True)), "other") for line in changes.T[:LINES]]
        lines = [*each, Series(list(zip(self.steps, mean.tolist(), strict=True)), "mean")]
        steps = Axis(self.steps[0], total, [(self.steps[0], f"step {self.steps[0]}, noise"), (total, f"step {total}")])
        words = f"Change of the estimate of x₀ still to come: half of it is done by step {half} of {total}"
        chart = Chart(words, lines, steps, Axis(0, top, [(0, "0"), (top, f"{top:.2g}")]))
        caption = (
            f'How the picture settles: the <abbr title="{MSE}">difference</abbr> of each step\'s estimate of x₀ to the '
            f"picture in the end; in colour the mean of all, halved by step {half} of {total}."
        )
        return f"<figure>{chart.to_html()}<figcaption>{caption}</figcaption></figure>"


def thinly(frame: Frame) -> bool:
    """Whether a moment is remembered: MOST of them, evenly, the first and the last in any case."""
    return frame.step == 1 or frame.step * MOST // frame.total > (frame.step - 1) * MOST // frame.total
