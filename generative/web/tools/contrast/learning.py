"""Trainings beside one another on one timeline: their films, and curves over the images seen with a mark at the moment
that the films show.

Its value is {"films": [{"title", "kind", "url", "moments"}], "cubes": [{"title", "kind", "of", "moments", "drawn"}],
"charts": [{"title", "help", "legend", "chart"}]}: url of a film's picture, its moments below one another; moments: the
images seen at each; drawn: which of so many modes, as library/modes.py says.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generative.library.entries import Entry
from generative.library.modes import read_modes
from generative.library.reel import read_reel
from generative.web.tools.contrast.curves import charts, kinds
from generative.web.widgets.widget import Widget


class Learning(Widget):
    """A slider from the first moment to the last, films, and charts."""

    files = "tools/contrast/learning"


def learning(entries: Sequence[Entry]) -> dict[str, Any]:
    """The value for models whose films, modes and curves are there; a model without one is left out there."""
    coloured = list(zip(entries, kinds(entries), strict=True))
    found = {name: [made(entry, kind) for entry, kind in coloured] for name, made in (("films", film), ("cubes", cube))}
    return {**{name: list(filter(None, some)) for name, some in found.items()}, "charts": charts(entries)}


def film(entry: Entry, kind: str) -> dict[str, Any] | None:
    """Of a model; None without a film."""
    reel = read_reel(entry.folder)
    if reel is None:
        return None
    return {"title": entry.title, "kind": kind, "url": address(reel.picture), "moments": images_at(entry, reel.steps)}


def cube(entry: Entry, kind: str) -> dict[str, Any] | None:
    """The modes that a model drew while it learnt, of stacked digits; None where they were not counted."""
    modes = read_modes(entry.folder)
    if modes is None or modes.of != 1000:
        return None
    told = {"of": modes.of, "moments": images_at(entry, modes.steps), "drawn": list(modes.drawn)}
    return {"title": entry.title, "kind": kind, **told}


def images_at(entry: Entry, steps: Sequence[int]) -> list[int]:
    """How many images were seen at each step."""
    batch = entry.training.get("batch_size", 1)
    return [step * batch for step in steps]


def address(picture: Path) -> str:
    """A WebP inside an address."""
    return "data:image/webp;base64," + base64.b64encode(picture.read_bytes()).decode()
