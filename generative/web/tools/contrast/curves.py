"""What trainings could watch, and how good their pictures were meanwhile, as charts over the images seen."""

import math
from collections.abc import Sequence
from typing import Any

from generative.inference.contrast import Curve, curve
from generative.library.entries import Entry
from generative.web.widgets.plot.plot import Axis, Chart, Series

HEIGHT = 190
FID = (
    "Fréchet distance between 500 drawn and 500 real pictures, in the features of a classifier, measured at each "
    "moment of the film, on a logarithmic scale. The training itself never sees it"
)
WATCHED = (
    "Each on a scale of its own, from its lowest value to its highest, since their numbers cannot be compared: the "
    "discriminator's loss; of the Wasserstein GAN how far apart its critic holds real and forged pictures"
)


def kinds(entries: Sequence[Entry]) -> list[str]:
    """The colour of each, as a class of the page's styles."""
    return [f"colour-{i}" for i in range(len(entries))]


def charts(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """How good they were, if that is known, and what they could watch; none without curves."""
    found = [(e, kind, c) for e, kind in zip(entries, kinds(entries), strict=True) if (c := curve(e)) is not None]
    if not found:
        return []
    end = max(c.images[-1] for _, _, c in found)
    seen = Axis(0, end, [(0, "0"), (end, f"{end:,.0f} images seen")])
    legend = [{"name": e.title, "kind": kind} for e, kind, _ in found]
    watched = [Series(list(zip(c.images, stretched(c.watched), strict=True)), kind) for _, kind, c in found]
    names = [
        {"name": e.title + (": Wasserstein estimate" if c.estimates else ": loss"), "kind": kind}
        for e, kind, c in found
    ]
    own = Chart("What each training can watch, by images seen", watched, seen, Axis(0, 1, ENDS), height=HEIGHT)
    return [
        *quality([(kind, c) for _, kind, c in found], seen, legend),
        {"title": "What each training can watch", "help": WATCHED, "legend": names, "chart": own.data()},
    ]


ENDS = [(0, "low"), (1, "high")]


def quality(found: Sequence[tuple[str, Curve]], seen: Axis, legend: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The chart of the FID, if that was measured of all."""
    if any(c.fid is None for _, c in found):
        return []
    lines = [
        Series([(x, math.log10(max(y, 1e-3))) for x, y in zip(c.images, c.fid, strict=True)], kind) for kind, c in found
    ]
    values = [y for line in lines for _, y in line.points]
    low, high = min(values), max(max(values), min(values) + 0.1)
    axis = Axis(low, high, [(low, f"{10**low:.2g}"), (high, f"{10**high:.2g}")])
    chart = Chart("FID by images seen", lines, seen, axis, height=HEIGHT)
    return [
        {
            "title": "How good the pictures are (FID, lower is better)",
            "help": FID,
            "legend": legend,
            "chart": chart.data(),
        }
    ]


def stretched(values: Sequence[float]) -> list[float]:
    """Values on a scale from 0, their lowest, to 1."""
    low, high = min(values), max(values)
    return [(value - low) / (high - low or 1) for value in values]
