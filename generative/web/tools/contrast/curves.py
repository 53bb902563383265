"""What trainings could watch, and how good their pictures were meanwhile, as charts over the images seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generative.inference.contrast import Curve, curve
from generative.library.entries import Entry
from generative.web.widgets.plot.plot import Axis, Chart, Series

HEIGHT = 190
SMALLEST = 1e-3  # FID on its chart
FID = (
    "Fréchet distance between 500 drawn and 500 real pictures, 10,000 of stacked digits, in the features of a "
    "classifier, at each moment of the film, on a logarithmic scale. The training itself never sees it"
)
WATCHED = (
    "Each on a scale of its own, from its lowest value to its highest, since their numbers cannot be compared: the "
    "discriminator's loss; of the Wasserstein GAN how far apart its critic holds real and forged pictures"
)


def kinds(entries: Sequence[Entry]) -> list[str]:
    """The colour of each, as a class of the page's styles."""
    return [f"colour-{i}" for i in range(len(entries))]


@dataclass(frozen=True)
class Line:
    """The curve of a model, with its name and its colour."""

    name: str
    kind: str
    curve: Curve


def charts(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """How good they were, where that is known, and what they could watch; none without curves."""
    lines = [
        Line(e.title, kind, found)
        for e, kind in zip(entries, kinds(entries), strict=True)
        if (found := curve(e)) is not None
    ]
    if not lines:
        return []
    end = max(line.curve.images[-1] for line in lines)
    seen = Axis(0, end, [(0, "0"), (end, f"{end:,.0f} images seen")])
    return [*quality([line for line in lines if line.curve.fid], seen), watched(lines, seen)]


def quality(lines: Sequence[Line], seen: Axis) -> list[dict[str, Any]]:
    """The chart of the FID, on a logarithmic scale, if there are any lines."""
    if not lines:
        return []
    logs = [[math.log10(max(value, SMALLEST)) for value in line.curve.fid or ()] for line in lines]
    low, high = min(map(min, logs)), max(*map(max, logs), min(map(min, logs)) + 0.1)
    axis = Axis(low, high, [(low, f"{10**low:.2g}"), (high, f"{10**high:.2g}")])
    chart = Chart("FID by images seen", series(lines, logs), seen, axis, height=HEIGHT)
    legend = [{"name": line.name, "kind": line.kind} for line in lines]
    return [
        {
            "title": "How good the pictures are (FID, lower is better)",
            "help": FID,
            "legend": legend,
            "chart": chart.data(),
        }
    ]


def watched(lines: Sequence[Line], seen: Axis) -> dict[str, Any]:
    """The chart of what each training can watch, on scales of their own."""
    drawn = series(lines, [stretched(line.curve.watched) for line in lines])
    ends = Axis(0, 1, [(0, "low"), (1, "high")])
    chart = Chart("What each training can watch, by images seen", drawn, seen, ends, height=HEIGHT)
    names = [line.name + (": Wasserstein estimate" if line.curve.estimates else ": loss") for line in lines]
    legend = [{"name": name, "kind": line.kind} for name, line in zip(names, lines, strict=True)]
    return {"title": "What each training can watch", "help": WATCHED, "legend": legend, "chart": chart.data()}


def series(lines: Sequence[Line], values: Sequence[Sequence[float]]) -> list[Series]:
    """Values over the images seen."""
    return [
        Series(list(zip(line.curve.images, v, strict=True)), line.kind) for line, v in zip(lines, values, strict=True)
    ]


def stretched(values: Sequence[float]) -> list[float]:
    """Values on a scale from 0, their lowest, to 1; the very first ones, which are like no later ones, may leave it."""
    later = values[len(values) // 8 :]
    low, high = min(later), max(later)
    return [(value - low) / (high - low or 1) for value in values]
